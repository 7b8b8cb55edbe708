#ifndef PINDAO_INGEST_LABELLED_BY_H
#define PINDAO_INGEST_LABELLED_BY_H

#include "base/buf.h"
#include "json/fields.h"

/*
 * The member that `pindao classify` adds to a line, which tells its labels from those that somebody gave:
 *
 *   "labelled_by": {"rules": "9c0d2e51a7b3f804", "article": "41f07e6bd5a2c893", "hand": {"district": "+putuo"}}
 *
 * `rules` and `article` say by which rules, and on what, the labels were decided (model/article.h); `hand`, only where
 * there is something, has the members as they stood in the line before.
 */
struct labelled_by {
    uint64_t rules;
    uint64_t article;
    struct slice hand;  /* an object, as written; empty: none */
    size_t hand_offset; /* in the member's value */
};

extern const struct slice labelled_by_name;

/* false when somebody else gave the member this name: it is none of ours. */
MUST_CHECK bool labelled_by_read(const struct json_member *member, struct arena *arena,
                                 struct labelled_by *ret_labelled_by);
/* The member's value. */
void labelled_by_append(const struct labelled_by *labelled_by, struct buf *json);

#endif
