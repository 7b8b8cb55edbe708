#ifndef PINDAO_CHECK_CHECK_H
#define PINDAO_CHECK_CHECK_H

#include "diag/diag.h"

/*
 * Is this a valid feed? Atom (RFC 4287, 5005, 6721), RSS 2.0 (and what is plain wrong in 0.9x and 1.0), JSON Feed 1.1,
 * OPML 2.0, found out from the content. Serves pindao's own files before they are published (at some hundred MB/s) and
 * `pindao validate` (anybody's feed). Problems are FEED_ERROR and FEED_WARNING with line and column.
 */
enum feed_kind {
    FEED_UNKNOWN,
    FEED_ATOM,
    FEED_RSS,
    FEED_JSON,
    FEED_OPML,
};

struct check_result {
    enum feed_kind kind;
    size_t entries;
    size_t errors;
    size_t warnings;
};

/* `file` is its name in messages. */
void check_feed(struct slice bytes, struct slice file, struct diagnostics *diagnostics,
                struct check_result *ret_result);

/* The same of a feed that was fetched: its link to itself should be one of the addresses at which it is. */
struct check_answer {
    struct slice text; /* UTF-8 where `is_text`, whatever its XML declaration says; else as that says */
    bool is_text;
    const struct slice *addresses; /* absolute; the first one that people may know */
    size_t address_count;
};
void check_fetched_feed(const struct check_answer *answer, struct slice file, struct diagnostics *diagnostics,
                        struct check_result *ret_result);

const char *feed_kind_name(enum feed_kind kind); /* "Atom" */

/*
 * The ids and dates of the entries of a feed in any of our formats, for the guard that compares old and new heads.
 * Called once an entry; what an entry does not have is empty.
 */
MUST_CHECK bool check_each_entry(struct slice feed,
                                 void (*entry)(void *context, struct slice id, struct slice published), void *context);

#endif
