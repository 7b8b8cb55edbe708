#ifndef PINDAO_CMD_PUBLISHING_H
#define PINDAO_CMD_PUBLISHING_H

#include "cmd/options.h"
#include "config/config.h"

/*
 * The tree as it is served goes to the targets: `publish`, and `build` and `withdraw` with --publish. Called without
 * the output's lock: what takes long must not keep the next build waiting, and every file is held to the manifest.
 *
 * A target after the other, each to its end though another fails: the files; the command of `purge:`, so that caches
 * have them; a few of the changed feeds as the public address shows them; and only when that is right, what hubs are to
 * be told goes into their queue. Hubs are told last, also of what earlier runs have left. Only a target that is served
 * at site.url has anything to tell: the feeds name themselves by that address.
 */
struct publishing_order {
    const struct options *options;
    struct settings *settings;
    const char *state_folder;
    char **names; /* of targets; none: all */
    size_t name_count;
    bool only_unsettled; /* targets that are known to hold the tree are not asked; and what the run before has said of a
                            target is not said again (struct diagnostic, known), as everywhere in a build. The exit
                            code is what it is each time: the target is still not what it should be. */
};

struct publishing_report {
    struct buf text; /* for people: a line for each target that something was done at; the plan with --dry-run */
    struct buf json; /* a list of the targets, one level deep */
    bool did_something;
};
void publishing_report_release(struct publishing_report *report);

/*
 * Returns the exit code, the worst of all targets' (78 and 66 where nothing was tried), after reporting. *report is to
 * be released in any case; its buffers are added to.
 */
MUST_CHECK int publishing_run(const struct publishing_order *order, struct diagnostics *diagnostics,
                              struct publishing_report *report);

#endif
