#ifndef PINDAO_CMD_RUN_LOG_H
#define PINDAO_CMD_RUN_LOG_H

#include "base/arena.h"
#include "base/vec.h"

/*
 * runs.jsonl in the state folder: a line for every run that may change the served tree, whatever became of it, for
 * `status`. Not synced, not needed by anything; nothing that goes wrong here is an error of the run.
 */
struct run {
    const char *command;   /* "build" */
    int64_t start;         /* seconds, by the clock, whatever --now says */
    uint64_t milliseconds; /* that it took */
    int exit_code;
    const char *error; /* name of the first error; NULL: none */
    bool nothing_new;  /* found out without reading anything */
    bool is_served;    /* the tree that it made, though the exit code may tell that it could not be published */
    size_t articles;   /* shown; so are the others numbers of the report, 0 where the run did not come so far */
    size_t refused;
    size_t new_articles;
    size_t written, relinked, removed; /* files */
    uint64_t bytes_written;
    size_t channels_changed;
    size_t requests; /* to sources with a url */
    uint64_t bytes_fetched;
    int64_t next_date; /* when the earliest article comes that is held back by its date; INT64_MAX: none */
};

/* The time at the beginning, for both fields about it. */
struct run_clock {
    int64_t start;    /* seconds */
    int64_t measured; /* nanoseconds of a clock that nobody sets */
};
struct run_clock run_clock_start(void);
uint64_t run_clock_milliseconds(struct run_clock clock); /* since then */

/*
 * Appends a line in one write. A folder that is not there is not made. A file over RUN_LOG_MOST is first rewritten with
 * its newer half; a line that another run appends meanwhile may be lost.
 */
enum { RUN_LOG_MOST = 256 << 10 /* bytes */ };
void run_log_add(const char *folder, struct run_clock clock, struct run run);

/* What is in the file, oldest first; lines that are none are passed over. Strings are in the arena. */
struct run_log {
    VEC(struct run) runs;
    uint64_t size; /* of the file, bytes */
};
void run_log_read(const char *folder, struct arena *arena, struct run_log *ret_log);
void run_log_release(struct run_log *log);

#endif
