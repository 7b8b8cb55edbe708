#include "net/broken_pipe.h"

#include <errno.h>
#include <time.h>

static bool is_pending(void) {
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE) == 1;
}

static sigset_t only_pipe(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    return set;
}

struct broken_pipe broken_pipe_ignore(void) {
    struct broken_pipe before = {.was_pending = is_pending()};
    sigset_t set = only_pipe();
    pthread_sigmask(SIG_BLOCK, &set, &before.mask);
    return before;
}

void broken_pipe_restore(struct broken_pipe *before) {
    int saved = errno;
    sigset_t set = only_pipe();
    /* One that was waiting before is somebody else's. */
    if (!before->was_pending && is_pending())
        while (sigtimedwait(&set, NULL, &(struct timespec){0}) < 0 && errno == EINTR)
            ;
    pthread_sigmask(SIG_SETMASK, &before->mask, NULL);
    errno = saved;
}
