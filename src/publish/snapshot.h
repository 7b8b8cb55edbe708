#ifndef PINDAO_PUBLISH_SNAPSHOT_H
#define PINDAO_PUBLISH_SNAPSHOT_H

#include "publish/publish.h"

/*
 * The tree as a command gets it: a folder of hard links in the state folder, so that a build which exchanges the tree
 * meanwhile changes nothing under its hands, and need not wait for it. Copies, with their mtimes, where links are
 * refused. Files that pindao did not write (CNAME) are in it too. manifest.json is a copy: a further link would look
 * to the next build as if somebody had changed it.
 */
struct snapshot {
    struct arena arena;
    int state;         /* the state folder; -1: nothing to remove */
    struct slice name; /* "tree-command", below it */
    const char *path;  /* absolute */
};

/*
 * `changed` are read, and held to their SHA-256; of the others the sizes. PUBLISH_DONE, or after reporting
 * PUBLISH_TREE_CHANGED or PUBLISH_FAILED. To be released in any case, which removes the folder; one that a crash left
 * is removed first.
 */
enum publish_result snapshot_make(const struct publish_order *order, const struct slice *changed, size_t count,
                                  struct diagnostics *diagnostics, struct snapshot *snapshot);
void snapshot_release(struct snapshot *snapshot);

#endif
