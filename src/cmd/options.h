#ifndef PINDAO_CMD_OPTIONS_H
#define PINDAO_CMD_OPTIONS_H

#include "diag/diag.h"

/* The options of all commands in one table; each command says which of them it takes. */
struct options {
    const char *config;   /* "feeds.yaml" */
    const char *output;   /* NULL: as the configuration says */
    const char *state;    /* folder of cache and spool; NULL: .pindao beside the configuration */
    const char *history;  /* NULL: as the configuration says */
    const char *now_text; /* --now as given; NULL */
    int64_t now;          /* seconds: --now, else SOURCE_DATE_EPOCH, else the clock; see options_settle_now */
    size_t jobs;          /* threads */
    bool dry_run, full, strict, wait, json;
    bool accept_removed, accept_shrink, accept_growth;
    bool undo;           /* withdraw: release */
    const char *channel; /* explain: its path; NULL: articles */
    const char *test;    /* check: a file of expectations; NULL */
    const char *diff;    /* check: a git revision or a file; "": not said which; NULL: no --diff */
    bool explain;        /* classify: with reasons */
    const char *fields;  /* classify: "title=headline,body=content"; NULL */
    bool configured;     /* config was given */
    const char *reader;  /* clean: its name; NULL: by the file */
    const char *to;      /* clean: "jsonl", "markdown"; NULL */
    bool report;         /* clean: what was dropped and repaired */
    const char *metrics; /* the file to write them into; NULL: none */
    bool allow_private;  /* validate: not only public addresses (net/request.h) */
    bool offline;        /* no source with a url is asked */
    bool fetch;          /* all of them are */
    bool publish, accept_deletions;
    int verbosity;      /* -1 quiet, 0, 1 verbose */
    int first_argument; /* index in argv of the first word that is no option */
};

/*
 * Reads argv. `letters` names what this command takes, a letter each from options.c's table (for example "coN"). On a
 * mistake it is reported and false returned: the command exits 64.
 */
MUST_CHECK bool options_read(int argc, char **argv, const char *letters, struct diagnostics *diagnostics,
                             struct options *ret_options);

/* For a command without arguments: false, reported, when there is one («build dry-run» must not publish). */
MUST_CHECK bool options_end(int argc, char **argv, const struct options *options, struct diagnostics *diagnostics);

/*
 * A date given with --now is read in the site's zone, which is known only when the configuration has been read: call
 * this then.
 */
MUST_CHECK bool options_settle_now(struct options *options, struct diagnostics *diagnostics);

/* What options_read takes, for --help: "  --config FILE   …" lines of the named letters. */
void options_describe(const char *letters, struct buf *buf);

/* Are notes, progress and the summary wanted on this terminal or not? */
bool options_talkative(const struct options *options);

#endif
