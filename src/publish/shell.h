#ifndef PINDAO_PUBLISH_SHELL_H
#define PINDAO_PUBLISH_SHELL_H

#include "base/buf.h"

/*
 * A line of the configuration, run by /bin/sh -c: nothing is put into its text, so that no path can become a command.
 * What it is to know stands on its standard input, whole before it starts, and in its environment. SIGPIPE ends it as
 * everywhere else (this program ignores it, which children inherit), and no descriptor of ours is open in it.
 */
struct shell_order {
    struct slice command;
    const char *folder; /* it is run here */
    struct slice input;
    const char *const *added; /* "PINDAO_TARGET=bucket" … */
    size_t added_count;
    const struct slice *withheld; /* names of environment variables that it does not get: others' secrets */
    size_t withheld_count;
};

enum { SHELL_SAID_MOST = 64 << 10 /* bytes */ };

/*
 * Waits for its end. What it has said on both outputs is appended to *said, the last SHELL_SAID_MOST bytes of it. true
 * for exit 0; else *problem gets a few words: "exit 3", "ended by signal 9 (Killed)".
 */
MUST_CHECK bool shell_run(const struct shell_order *order, struct buf *said, struct buf *problem);

#endif
