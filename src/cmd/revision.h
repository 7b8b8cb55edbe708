#ifndef PINDAO_CMD_REVISION_H
#define PINDAO_CMD_REVISION_H

#include "diag/diag.h"

/*
 * The configuration as it was: feeds.yaml and what it includes at a revision of its git repository, taken out into a
 * temporary folder. git is asked, and run without a shell; that it is not there is said plainly.
 */
struct revision {
    const char *path;   /* of the old configuration */
    const char *folder; /* that was made for it; NULL: none, the path is a file of the user's */
    struct arena arena;
};

/* `what` is an existing file, else a revision; empty: HEAD. false after reporting. */
MUST_CHECK bool revision_open(const char *config, const char *what, struct diagnostics *diagnostics,
                              struct revision *ret_revision);
/* Takes the folder away. */
void revision_close(struct revision *revision);

#endif
