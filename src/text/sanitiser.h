#ifndef PINDAO_TEXT_SANITISER_H
#define PINDAO_TEXT_SANITISER_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * HTML from anywhere to HTML that is safe in a feed: elements and attributes on an allow-list only, http, https and
 * mailto addresses only, relative ones made absolute (`base`; dropped when it is empty), every element closed, text
 * escaped. What is not on the list loses its tags and keeps its text; script, style, template, iframe, object, svg,
 * math, form controls and the like lose their content too. Elements that mean the same as one on the list become that
 * one (center: div, strike: s). What would end, in a browser, what all stands in (an item without a list, a cell
 * without a table), or means nothing where it stands, loses its tags (nesting.h); text and images between the cells of
 * a table go before it. Every image is lazy, tells no referrer, and has an alternative text. Dates, times and spans of
 * cells are valid HTML or go, with the tags of a time that then says none; so do the user and password of an address,
 * empty paragraphs and headings, and images without an address. Nothing that the choke point drops comes in by a
 * character reference. Sanitising twice changes nothing. false (nothing appended) for a tag over 64 KiB or more than
 * 1,000 attributes on one: every HTML parser in Debian 12 takes seconds on those.
 */
MUST_CHECK bool html_sanitise(struct slice html, struct slice base, struct buf *safe);

/* The text of sanitised HTML: blocks become lines, entities characters; for matching and summaries. */
void html_append_text(struct slice safe_html, struct buf *text);

/* Text as HTML text: & < > " ' escaped. */
void html_append_escaped(struct buf *buf, struct slice text);

#endif
