#ifndef PINDAO_CMD_CLEAN_OUTPUT_H
#define PINDAO_CMD_CLEAN_OUTPUT_H

#include "base/buf.h"
#include "model/article.h"

/*
 * An article as a file that `build` reads back to the same entry: same id, title, dates, HTML. Bodies become what
 * people would write, a paragraph a line, unless that would read back to something else: then they stay as they are.
 */

/* One line of JSON, with its line end. */
void clean_append_jsonl(const struct article *article, struct buf *buf);
/* The same with the body as it was read, which reads back to the same article, not only to the same entry. */
void clean_append_jsonl_as_read(const struct article *article, struct buf *buf);

/* Markdown with front matter. */
void clean_append_markdown(const struct article *article, struct buf *buf);

#endif
