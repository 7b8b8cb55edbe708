#ifndef PINDAO_CLEAN_MARKUP_H
#define PINDAO_CLEAN_MARKUP_H

#include "base/buf.h"
#include "model/article.h"

/* The sanitised HTML of a body in Markdown or HTML; false, with nothing appended, for HTML that must be refused. */
MUST_CHECK bool clean_markup(const struct article *article, struct buf *html);

#endif
