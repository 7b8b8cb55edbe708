#ifndef PINDAO_NET_BROKEN_PIPE_H
#define PINDAO_NET_BROKEN_PIPE_H

#include <signal.h>
#include <stdbool.h>

/*
 * OpenSSL writes to sockets that the other end has closed, and SIGPIPE would end the program. Held back in this thread
 * only, between the two calls: the program's own pipes, and children, keep what they have.
 */
struct broken_pipe {
    sigset_t mask;
    bool was_pending;
};
struct broken_pipe broken_pipe_ignore(void);
void broken_pipe_restore(struct broken_pipe *before); /* for CLEANUP */

#endif
