#ifndef PINDAO_PUBLISH_PUBLISH_H
#define PINDAO_PUBLISH_PUBLISH_H

#include "diag/diag.h"
#include "model/settings.h"
#include "model/tree.h"

struct request_limits;
struct retry_policy;

/*
 * One target is made to hold the tree. To add a kind of place: a file publish/NAME.c with a struct place_driver
 * (publish/place.h), a row in publish.c's table, a paragraph in feeds.yaml(5), tests against a real one.
 *
 * Two runs do not publish to one target at once: flock on publish-NAME.lock in the state folder, for all kinds. What
 * has been uploaded is remembered there in publish-NAME.journal (publish/journal.h) until the place holds the tree.
 */
struct publish_order {
    const struct publish_target *target;
    const char *folder;       /* of the configuration: for relative paths and file: secrets */
    const char *tree_path;    /* of the tree, absolute: for commands */
    int tree;                 /* its folder, open: it may be exchanged while we read, files are verified by SHA-256;
                                 -1 is fine for a dry run */
    const struct tree *local; /* its manifest */
    struct slice manifest;    /* … as bytes */
    const struct slice *withdrawn; /* paths to delete whatever the cap, with their variants (.gz, .br): those that were
                                      withdrawn since the target was published last, since each costs three requests */
    size_t withdrawn_count;
    const char *state_folder;     /* journals of what was uploaded; must exist */
    const struct slice *withheld; /* names of environment variables that commands do not get: other targets' secrets */
    size_t withheld_count;
    bool dry_run;
    bool accept_deletions;
    struct buf *plan_text;                                   /* for dry_run: what would be done; else NULL */
    void (*progress)(void *context, size_t done, size_t of); /* may be NULL */
    void *context;
    const struct request_limits *limits; /* NULL: publish's own; allow_private is the target's whatever stands here */
    const struct retry_policy *retry;    /* NULL: retry_policy_publish */
    unsigned verify_seconds;             /* how long publish_verify asks again; 0: 10 */
};

enum publish_result {
    PUBLISH_DONE,
    PUBLISH_UNCHANGED,   /* the place held it already */
    PUBLISH_FAILED,      /* exit 74 */
    PUBLISH_NOT_ALLOWED, /* exit 77: 401, 403, EACCES, a secret that is not there */
    PUBLISH_REFUSED, /* exit 73: too many deletions (all else was done, outcome.changed is what), or what is there is
                        not ours (nothing was done) */
    PUBLISH_TREE_CHANGED, /* exit 75: the local tree is not what its manifest says: another run has replaced it */
    PUBLISH_BUSY,         /* exit 75: another run is publishing to it */
};

struct publish_outcome {
    struct arena arena;
    size_t uploaded, deleted, already; /* already: uploaded by a run that was killed */
    size_t requests, retries;
    uint64_t bytes;
    VEC(struct slice)
    changed;                   /* paths that were uploaded or deleted, by this run or, since it came to no end, the one
                                  before; sorted */
    VEC(struct slice) removed; /* of these the deleted ones, sorted */
    struct slice said;         /* by a command, the end of it (publish/shell.h); lines of whatever bytes */
};
void publish_outcome_release(struct publish_outcome *outcome);

/* Reports into *diagnostics what went wrong. *ret_outcome is to be released in any case. */
enum publish_result publish_run(const struct publish_order *order, struct diagnostics *diagnostics,
                                struct publish_outcome *ret_outcome);

/*
 * Are the bytes of these files what the public address serves? Fetches the feeds among `paths` and, last, the manifest,
 * at most `most` files; compares bytes and media type (that of the syntax alone will do: text/xml) with the manifest,
 * and looks for Content-Disposition: attachment. Asks again for some seconds, since caches in between may lag. For a
 * target that is DONE: else another manifest is there. false after reporting warnings.
 */
bool publish_verify(const struct publish_order *order, const struct slice *paths, size_t count, size_t most,
                    struct diagnostics *diagnostics);

#endif
