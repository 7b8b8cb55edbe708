#ifndef PINDAO_RENDER_HEADINGS_H
#define PINDAO_RENDER_HEADINGS_H

#include "base/buf.h"

/*
 * A body is written for a page of its own; on ours its headings stand below the article's title. Appends sanitised HTML
 * (text/sanitiser.h) with the levels of its headings made anew: the first is h2, none is more than one deeper than the
 * one before it, whatever the levels were (WCAG 2.2, technique G141). Nothing else is changed.
 */
void headings_append_in_order(struct slice html, struct buf *buf);

#endif
