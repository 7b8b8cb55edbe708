#ifndef PINDAO_CMD_COPIES_H
#define PINDAO_CMD_COPIES_H

#include "cmd/corpus.h"

/*
 * Near-duplicates in a corpus: who is whose copy, and what the entry of a group says.
 */

/* When all articles are in the index and in order: finds the groups. Labels given by hand to any member, in its source
 * or in corrections.yaml, beat what the rules say of the one that is shown. Joins that are new are added to
 * corpus->history. What corpus->served shows stays an entry. */
void copies_find(struct corpus *corpus, const struct options *options);

/* The one that is shown, with a title given by hand to any member, and the addresses of the others. */
struct copies {
    struct article article;
    const struct source *source;
    struct slice key;            /* of the leader */
    const struct slice *related; /* in order of date and key, each once, at most RELATED_MOST */
    size_t related_count;
};
enum { RELATED_MOST = 20 };

/* false when a file has changed since. Everything lives in the arena. */
MUST_CHECK bool copies_read(const struct corpus *corpus, const struct index_group *group, struct arena *arena,
                            struct copies *ret_copies);

#endif
