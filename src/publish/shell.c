#include "publish/shell.h"

#include "base/arena.h"
#include "base/file.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct environment {
    VEC(char *) items; /* ends with NULL */
};

static void environment_release(struct environment *environment) {
    for (size_t i = 0; i < environment->items.count; i++)
        free(environment->items.items[i]);
    vec_release(&environment->items);
}

static struct slice name_of(const char *variable) {
    struct slice whole = slice_of(variable);
    return slice_range(whole, 0, slice_find_byte(whole, '=', 0));
}

static bool is_withheld(const struct shell_order *order, struct slice name) {
    for (size_t i = 0; i < order->withheld_count; i++)
        if (slice_equal(order->withheld[i], name))
            return true;
    for (size_t i = 0; i < order->added_count; i++)
        if (slice_equal(name_of(order->added[i]), name))
            return true;
    return false;
}

static void environment_make(const struct shell_order *order, struct environment *environment) {
    for (char **variable = environ; *variable; variable++)
        if (!is_withheld(order, name_of(*variable)))
            vec_push(&environment->items, memory_copy_string(*variable));
    for (size_t i = 0; i < order->added_count; i++)
        vec_push(&environment->items, memory_copy_string(order->added[i]));
    vec_push(&environment->items, NULL);
}

/* 0, or an errno. */
static int start(const struct shell_order *order, int input, int output, char **environment, pid_t *ret_child) {
    CLEANUP(arena_release) struct arena arena = {0};
    char shell[] = "/bin/sh";
    char option[] = "-c";
    CLEANUP(memory_free) char *command = memory_copy_string(arena_copy(&arena, order->command).data);
    char *words[] = {shell, option, command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t usual;
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    if (posix_spawn_file_actions_init(&actions) != 0 || posix_spawnattr_init(&attributes) != 0)
        memory_exhausted();
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    posix_spawn_file_actions_addchdir_np(&actions, order->folder);
    int error = posix_spawn(ret_child, shell, &actions, &attributes, words, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

static bool has_ended_well(int status, struct buf *problem) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (WIFEXITED(status))
        buf_append_format(problem, "exit %d", WEXITSTATUS(status));
    else
        buf_append_format(problem, "ended by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    return false;
}

static void read_end(int output, struct buf *said) {
    struct stat status;
    if (fstat(output, &status) != 0 || status.st_size == 0)
        return;
    size_t size = status.st_size < SHELL_SAID_MOST ? (size_t)status.st_size : SHELL_SAID_MOST;
    char *room = buf_reserve(said, size);
    size_t got = 0;
    if (room && file_read_at(output, room, size, (uint64_t)status.st_size - size, &got))
        said->size += got;
}

bool shell_run(const struct shell_order *order, struct buf *said, struct buf *problem) {
    /* Files and no pipes: nobody has to read while the other one writes. */
    CLEANUP(file_close) int input = memfd_create("input", MFD_CLOEXEC);
    CLEANUP(file_close) int output = file_open_scratch("");
    CLEANUP(environment_release) struct environment environment = {0};
    pid_t child = 0;
    int status = 0;
    if (input < 0 || output < 0 || !file_write(input, order->input) || lseek(input, 0, SEEK_SET) != 0) {
        buf_append_string(problem, strerror(errno));
        return false;
    }
    environment_make(order, &environment);
    int error = start(order, input, output, environment.items.items, &child);
    if (error != 0) {
        buf_append_string(problem, strerror(error));
        return false;
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) {
            buf_append_string(problem, strerror(errno));
            return false;
        }
    read_end(output, said);
    return has_ended_well(status, problem);
}
