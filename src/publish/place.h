#ifndef PINDAO_PUBLISH_PLACE_H
#define PINDAO_PUBLISH_PLACE_H

#include "publish/plan.h"
#include "publish/publish.h"

/*
 * A kind of place that files are put into one by one (directory.c, s3.c); publish.c decides what and in which order.
 * For src/publish only. Functions that get a `worker` are called from that many threads at once, each with its own
 * number. All return false with *failure filled, and report nothing.
 */
struct place_failure {
    enum publish_result result; /* FAILED, NOT_ALLOWED, REFUSED, TREE_CHANGED, BUSY */
    bool stays;                 /* FAILED, and as long as the target is described so, the next run will, too */
    char text[600];             /* for people, with the path or address that it was about */
};
/* Fills it; by errno: "TEXT: Permission denied", NOT_ALLOWED where it is that. Both return false. */
bool place_fail(struct place_failure *failure, enum publish_result result, const char *format, ...) PRINTF_LIKE(3, 4);
bool place_fail_errno(struct place_failure *failure, const char *format, ...) PRINTF_LIKE(2, 3);

/* Where it stands in feeds.yaml. */
struct place target_place(const struct publish_target *target);

enum put_result {
    PUT_FAILED,
    PUT_DONE,
    PUT_ALREADY, /* these bytes were there: nothing was done */
};

struct publish_place; /* each driver's own */

struct place_driver {
    size_t workers;
    /*
     * A place of which somebody's journal may be believed. Not where a power cut takes back what was said to be done,
     * or looking costs next to nothing: put then compares.
     */
    bool believes_journal;
    bool (*open)(const struct publish_order *order, struct publish_place **ret_place, struct place_failure *failure);
    void (*close)(struct publish_place *place); /* NULL is fine */
    /* Appends manifest.json; *ret_found false where there is none. */
    bool (*read_manifest)(struct publish_place *place, struct buf *manifest, bool *ret_found,
                          struct place_failure *failure);
    /*
     * Before the first change: may the plan be carried out? `remote` is what the manifest there says, NULL where it is
     * damaged: anything there may be ours. Both outlive the place. May be NULL.
     */
    bool (*admit)(struct publish_place *place, const struct publish_plan *plan, const struct tree *remote,
                  struct place_failure *failure);
    /* A file of order->tree, verified: TREE_CHANGED where it is not what the local manifest says. */
    enum put_result (*put)(struct publish_place *place, size_t worker, const struct tree_file *file,
                           struct place_failure *failure);
    bool (*put_manifest)(struct publish_place *place, struct slice manifest, struct place_failure *failure);
    /* What is not there is removed already. */
    bool (*remove)(struct publish_place *place, size_t worker, struct slice path, struct place_failure *failure);
    /* All that was done so far lasts; called between steps. May be NULL. */
    bool (*settle)(struct publish_place *place, struct place_failure *failure);
    /* Adds the requests made so far, and how many of them were made again. May be NULL. */
    void (*count)(const struct publish_place *place, size_t *ret_requests, size_t *ret_retries);
};

extern const struct place_driver place_directory, place_s3;

/*
 * The path of an address: what is not unreserved (RFC 3986 2.3) is encoded, once, but for the slashes, as Signature
 * Version 4 wants it.
 */
void place_append_key(struct buf *url, struct slice key);

/* The file of the tree, open, when it is what its manifest says; else -1 with TREE_CHANGED (or why it cannot be read).
 */
int place_open_file(const struct publish_order *order, const struct tree_file *file, struct place_failure *failure);

/* Targets of the kind PUBLISH_COMMAND have a flow of their own; publish_run has taken the lock. */
enum publish_result command_publish(const struct publish_order *order, struct diagnostics *diagnostics,
                                    struct publish_outcome *outcome);

#endif
