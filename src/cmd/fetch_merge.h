#ifndef PINDAO_CMD_FETCH_MERGE_H
#define PINDAO_CMD_FETCH_MERGE_H

#include "cmd/fetch_state.h"
#include "model/history.h"

/* What an answer shows, into the kept file: between fetching, which knows nothing of articles, and store/kept.h. */
struct merge {
    const struct settings *settings;
    const struct source *source;
    const struct history *history; /* whose standing withdrawals by the command are not taken, nor kept; NULL: none */
    const char *path;              /* the kept file */
    int64_t now;                   /* for keep: */
};

struct merge_result {
    struct file_identity kept; /* the file as it lies there now */
    bool changed;
    size_t articles; /* in it, without those withdrawn */
    int error;       /* errno of the kept file; 0: it is in order */
};

/*
 * Reads the answer and commits. The source's problem is in *problem (for people) where false is returned and
 * ret_result->error is 0; *ret_result is set in any case. *state gets `shown`, `refused` and `said`; nothing of a bad
 * answer.
 */
struct upstream_answer;
MUST_CHECK bool merge_answer(const struct merge *merge, const struct upstream_answer *answer, struct fetch_state *state,
                             struct buf *problem, struct merge_result *ret_result);

/* The same answer as before: only time has passed. false for ret_result->error. */
MUST_CHECK bool merge_nothing(const struct merge *merge, struct fetch_state *state, struct merge_result *ret_result);

/* Takes out what is withdrawn by the command, and nothing else. false with errno. */
MUST_CHECK bool merge_purge(const struct merge *merge, struct file_identity *ret_kept);

/* Is this article not to be kept? */
bool is_withdrawn_by_command(const struct history *history, struct hash128 key);
/* Of all such articles; 0: none. */
uint64_t withdrawn_by_command(const struct history *history);

#endif
