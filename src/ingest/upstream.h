#ifndef PINDAO_INGEST_UPSTREAM_H
#define PINDAO_INGEST_UPSTREAM_H

#include "diag/diag.h"
#include "model/settings.h"

/*
 * What an upstream has answered → articles. A gzip file is unpacked, to at most 64 MiB. Bytes become UTF-8 first
 * (ingest/charset.h): by the source's `encoding`, a byte order mark, the header's charset, the XML declaration, or
 * <meta>, in this order; else they are UTF-8. Text that is not in the charset that it claims is an answer that is not
 * understood; single bad bytes are repaired, as in files.
 *
 * Readers: `feed` (ingest/feed.h); `jsonl`, lines or one array of objects; `listing`, which takes the dump of a list
 * page as the files' reader does, and HTML list pages (ingest/list_page.h), where an item without a summary has its
 * title for one; `page`, one article, whose url is what the page says itself (on the same host, not the front page),
 * else the address that answered.
 *
 * The source's defaults are not filled in, but for title and date where there are none: they are for who reads what is
 * kept.
 */
struct upstream_answer {
    struct slice bytes;
    struct slice content_type; /* the header's value; may be empty */
    struct slice url;          /* that answered in the end: base of relative references */
};

struct upstream_reading {
    size_t articles;  /* that were taken, tombstones not counted */
    size_t refused;   /* reported, each with the answer's url and, but for HTML list pages, the line */
    size_t withdrawn; /* tombstones that were taken */
};

/*
 * Calls `take` for every article, the oldest first (source->upstream.order says how they stand in the answer), choked,
 * required fields present, all strings alive during the call. A tombstone comes as an article that is `withdrawn`.
 * false with a sentence in *problem (lower case, no full stop; 4 KiB are enough) where the answer as a whole is not
 * what the reader reads: an error page, another format, empty, cut off in the middle, too deep, or all of it refused;
 * then nothing of it counts, though `take` may have been called, and *diagnostics and *ret_reading are untouched. A
 * feed or an array with nothing in it is understood: no article.
 *
 * `bytes` outlives the call; besides them, about twice their size is held for a feed (what the XML parser copies, and
 * its lines), four and a half times for one in a charset of two bytes a character, next to nothing for lines in UTF-8.
 */
MUST_CHECK bool upstream_read(const struct source *source, const struct taxonomies *taxonomies,
                              const struct upstream_answer *answer,
                              void (*take)(void *context, const struct article *article), void *context,
                              struct diagnostics *diagnostics, struct buf *problem,
                              struct upstream_reading *ret_reading);

#endif
