#ifndef PINDAO_CMD_REPORT_H
#define PINDAO_CMD_REPORT_H

#include "cmd/options.h"

/* What a run says at its end. Diagnostics go to standard error, the report to standard output. */
struct report {
    const char *command;
    size_t articles, refused, future, withdrawn, held, joined, copies, duplicates;
    size_t channels, shown;
    size_t files_read, rendered; /* sources' files that were not as they were; channels likewise */
    uint64_t bytes_read;
    size_t requests, fetched; /* to sources with a url; of them that showed something new */
    uint64_t bytes_fetched;
    bool nothing_new; /* nothing was looked into at all */
    size_t written, unchanged, relinked, removed;
    uint64_t bytes_written;
    const char *directory; /* what was written; NULL: nothing */
    bool tree_only;        /* no articles were looked at: the summary is silent about them */
    bool dry_run;
    int exit_code;
    struct slice body;             /* for people: what else was asked for; before the summary */
    struct slice counts, movement; /* the same for machines, fragments one level deep; empty: not asked for */
    struct slice published;        /* for people: what was done at each target */
    struct slice publishing;       /* the same for machines; empty: nothing was published */
    struct slice withdrawals;      /* of `withdraw`: likewise */
    size_t expectations, failed;   /* check --test */
};

/* Diagnostics at the severity that the options ask for, for people; or everything as one JSON object with --json. */
void report_print(const struct report *report, const struct options *options, const struct diagnostics *diagnostics);

/* Only the diagnostics; for commands that have no more to say. */
void report_diagnostics(const struct options *options, const struct diagnostics *diagnostics);

/*
 * 66 where a source is down, 65 where articles were refused, or with --strict anything was to be warned of, and it is
 * not known; else 0.
 */
int report_exit_code(const struct options *options, const struct diagnostics *diagnostics);

#endif
