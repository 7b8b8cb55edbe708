#ifndef PINDAO_INGEST_UPSTREAM_H
#define PINDAO_INGEST_UPSTREAM_H

#include "diag/diag.h"
#include "model/settings.h"

/*
 * What an upstream has answered → articles. Bytes become UTF-8 first: by the source's `encoding`, a byte order mark, the
 * header's charset, the XML declaration, or <meta>, in this order; else they are UTF-8. Text that is not in the charset
 * that it claims is an answer that is not understood where it is valid in another one (UTF-8, GB18030), which the
 * problem names; single bad bytes are repaired, as in files.
 *
 * Readers: `feed` (ingest/feed.h); `jsonl`; `listing`, which takes the dump of a list page as the files' reader does, and
 * HTML list pages (ingest/list_page.h); `page`, one article, whose url is the address that answered unless the page
 * names another (canonical).
 */
struct upstream_answer {
    struct slice bytes;
    struct slice content_type; /* the header's value; may be empty */
    struct slice url;          /* that answered in the end: base of relative references */
};

struct upstream_reading {
    size_t articles; /* that were taken */
    size_t refused;  /* reported, each with the answer's url and the line */
    size_t withdrawn;
};

/*
 * Calls `take` for every article, the oldest first (source->upstream.order says how they stand in the answer), choked,
 * required fields present, all strings alive during the call. A tombstone comes as an article that is `withdrawn`.
 * false with a sentence in *problem where the answer as a whole is not what the reader reads: an error page, another
 * format, cut off in the middle, too deep; then nothing of it counts, though `take` may have been called.
 */
MUST_CHECK bool upstream_read(const struct source *source, const struct taxonomies *taxonomies,
                              const struct upstream_answer *answer,
                              void (*take)(void *context, const struct article *article), void *context,
                              struct diagnostics *diagnostics, struct buf *problem,
                              struct upstream_reading *ret_reading);

#endif
