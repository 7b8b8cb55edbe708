/*
 * Loaded before the C library (LD_PRELOAD): makes the n-th call that changes or syncs something fail, or kills there.
 *
 *     FAULT_AT=n           the call, from 1; 0 or nothing: none
 *     FAULT_KIND           enospc, eio: the call fails; kill: the process dies before it; kill-after: behind it
 *     FAULT_COUNT_FILE     at the end: "total N", then "NAME N" for each call
 *     FAULT_NO_EXCHANGE=1  renameat2 knows no flags (EINVAL), as on NFS
 *     FAULT_NO_LINK=1      linkat is refused (EPERM), as on FAT
 *     FAULT_CLOCK=n        the clock is n seconds ahead: files that were just made look settled
 *     FAULT_MUTANT=1       an exchange is carried out file by file: a program without protection, which the test must
 * catch
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum call {
    WRITE,
    PWRITE,
    WRITEV,
    OPEN,
    MKDIR,
    LINK,
    SYMLINK,
    UNLINK,
    RENAME,
    SYNC,
    CLOSE,
    TRUNCATE,
    TIMES,
    MODE,
    OWNER,
    COPY,
    CALLS
};
static const char *const call_names[CALLS] = {
    "write",    "pwrite", "writev", "openat",    "mkdirat",  "linkat", "symlinkat", "unlinkat",
    "renameat", "fsync",  "close",  "ftruncate", "futimens", "fchmod", "fchown",    "copy_file_range"};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned long calls[CALLS], total;

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

/* Counts a call. 0: go on; else the errno with which it fails. Sets *ret_kill when the process dies behind it. */
static int fault(enum call call, bool *ret_kill) {
    pthread_mutex_lock(&mutex);
    calls[call]++;
    bool here = ++total == strtoul(setting("FAULT_AT"), NULL, 10);
    pthread_mutex_unlock(&mutex);
    const char *kind = setting("FAULT_KIND");
    if (!here)
        return 0;
    if (strcmp(kind, "kill") == 0)
        raise(SIGKILL);
    *ret_kill = strcmp(kind, "kill-after") == 0;
    if (*ret_kill)
        return 0;
    return strcmp(kind, "eio") == 0 ? EIO : ENOSPC;
}

/* The C library's own, found by name. ISO C has no cast from an object's to a function's pointer. */
#define REAL(type, name)                                                                                               \
    static type(*real_##name);                                                                                         \
    if (!real_##name) {                                                                                                \
        void *symbol = dlsym(RTLD_NEXT, #name);                                                                        \
        memcpy(&real_##name, &symbol, sizeof symbol);                                                                  \
    }

#define WRAP(call, failed, result_type, expression)                                                                    \
    bool kill_after = false;                                                                                           \
    int error = fault(call, &kill_after);                                                                              \
    if (error) {                                                                                                       \
        errno = error;                                                                                                 \
        return failed;                                                                                                 \
    }                                                                                                                  \
    result_type result = expression;                                                                                   \
    if (kill_after)                                                                                                    \
        raise(SIGKILL);                                                                                                \
    return result

typedef ssize_t write_function(int, const void *, size_t);
ssize_t write(int descriptor, const void *bytes, size_t size) {
    REAL(write_function, write)
    /* Half of it arrives, as on a full disk. */
    bool kill_after = false;
    int error = descriptor > 2 ? fault(WRITE, &kill_after) : 0;
    ssize_t written = real_write(descriptor, bytes, error || kill_after ? (size + 1) / 2 : size);
    if (kill_after)
        raise(SIGKILL);
    errno = error ? error : errno;
    return error ? -1 : written;
}

typedef ssize_t pwrite_function(int, const void *, size_t, off_t);
ssize_t pwrite(int descriptor, const void *bytes, size_t size, off_t at) {
    REAL(pwrite_function, pwrite)
    WRAP(PWRITE, -1, ssize_t, real_pwrite(descriptor, bytes, size, at));
}

typedef ssize_t writev_function(int, const struct iovec *, int);
ssize_t writev(int descriptor, const struct iovec *pieces, int count) {
    REAL(writev_function, writev)
    WRAP(WRITEV, -1, ssize_t, real_writev(descriptor, pieces, count));
}

typedef int openat_function(int, const char *, int, ...);
int openat(int folder, const char *path, int flags, ...) {
    REAL(openat_function, openat)
    mode_t mode = 0;
    if (!(flags & O_CREAT))
        return real_openat(folder, path, flags);
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
    WRAP(OPEN, -1, int, real_openat(folder, path, flags, mode));
}

typedef int mkdirat_function(int, const char *, mode_t);
int mkdirat(int folder, const char *path, mode_t mode) {
    REAL(mkdirat_function, mkdirat)
    WRAP(MKDIR, -1, int, real_mkdirat(folder, path, mode));
}

typedef int linkat_function(int, const char *, int, const char *, int);
int linkat(int from, const char *old, int to, const char *new, int flags) {
    REAL(linkat_function, linkat)
    if (*setting("FAULT_NO_LINK")) {
        errno = EPERM;
        return -1;
    }
    WRAP(LINK, -1, int, real_linkat(from, old, to, new, flags));
}

typedef int symlinkat_function(const char *, int, const char *);
int symlinkat(const char *target, int folder, const char *path) {
    REAL(symlinkat_function, symlinkat)
    WRAP(SYMLINK, -1, int, real_symlinkat(target, folder, path));
}

typedef int unlinkat_function(int, const char *, int);
int unlinkat(int folder, const char *path, int flags) {
    REAL(unlinkat_function, unlinkat)
    WRAP(UNLINK, -1, int, real_unlinkat(folder, path, flags));
}

typedef int renameat_function(int, const char *, int, const char *);
int renameat(int from, const char *old, int to, const char *new) {
    REAL(renameat_function, renameat)
    WRAP(RENAME, -1, int, real_renameat(from, old, to, new));
}

/* Deletes (to < 0) or moves to the same place below `to` everything in `from`, one after the other. */
static int move_all(int from, int to) {
    int result = 0;
    DIR *entries = fdopendir(from);
    if (!entries)
        return -1;
    for (struct dirent *entry; result == 0 && (entry = readdir(entries));) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        if (entry->d_type != DT_DIR) {
            result = to < 0 ? unlinkat(from, name, 0) : renameat(from, name, to, name);
            continue;
        }
        if (to >= 0)
            mkdirat(to, name, 0755);
        int below = to < 0 ? -1 : openat(to, name, O_RDONLY | O_DIRECTORY);
        result = move_all(openat(from, name, O_RDONLY | O_DIRECTORY), below);
        if (to < 0)
            unlinkat(from, name, AT_REMOVEDIR);
        else
            close(below);
    }
    closedir(entries);
    return result;
}

typedef int renameat2_function(int, const char *, int, const char *, unsigned);
int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
    REAL(renameat2_function, renameat2)
    if (*setting("FAULT_NO_EXCHANGE") && flags) {
        errno = EINVAL;
        return -1;
    }
    if (*setting("FAULT_MUTANT") && (flags & RENAME_EXCHANGE)) {
        int target = openat(to, new, O_RDONLY | O_DIRECTORY);
        int result = move_all(openat(to, new, O_RDONLY | O_DIRECTORY), -1);
        result = result == 0 ? move_all(openat(from, old, O_RDONLY | O_DIRECTORY), target) : result;
        close(target);
        return result;
    }
    WRAP(RENAME, -1, int, real_renameat2(from, old, to, new, flags));
}

typedef int descriptor_function(int);
int fsync(int descriptor) {
    REAL(descriptor_function, fsync)
    WRAP(SYNC, -1, int, real_fsync(descriptor));
}

int fdatasync(int descriptor) {
    REAL(descriptor_function, fdatasync)
    WRAP(SYNC, -1, int, real_fdatasync(descriptor));
}

int syncfs(int descriptor) {
    REAL(descriptor_function, syncfs)
    WRAP(SYNC, -1, int, real_syncfs(descriptor));
}

int close(int descriptor) {
    REAL(descriptor_function, close)
    /* Only what was open for writing: close fails for nothing else. */
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
        return real_close(descriptor);
    bool kill_after = false;
    int error = fault(CLOSE, &kill_after);
    int result = real_close(descriptor);
    if (kill_after)
        raise(SIGKILL);
    errno = error ? error : errno;
    return error ? -1 : result;
}

typedef int ftruncate_function(int, off_t);
int ftruncate(int descriptor, off_t size) {
    REAL(ftruncate_function, ftruncate)
    WRAP(TRUNCATE, -1, int, real_ftruncate(descriptor, size));
}

typedef int futimens_function(int, const struct timespec[2]);
int futimens(int descriptor, const struct timespec times[2]) {
    REAL(futimens_function, futimens)
    WRAP(TIMES, -1, int, real_futimens(descriptor, times));
}

typedef int utimensat_function(int, const char *, const struct timespec[2], int);
int utimensat(int folder, const char *path, const struct timespec times[2], int flags) {
    REAL(utimensat_function, utimensat)
    WRAP(TIMES, -1, int, real_utimensat(folder, path, times, flags));
}

typedef int fchmod_function(int, mode_t);
int fchmod(int descriptor, mode_t mode) {
    REAL(fchmod_function, fchmod)
    WRAP(MODE, -1, int, real_fchmod(descriptor, mode));
}

typedef int fchown_function(int, uid_t, gid_t);
int fchown(int descriptor, uid_t user, gid_t group) {
    REAL(fchown_function, fchown)
    WRAP(OWNER, -1, int, real_fchown(descriptor, user, group));
}

typedef ssize_t copy_function(int, off_t *, int, off_t *, size_t, unsigned);
ssize_t copy_file_range(int from, off_t *from_at, int to, off_t *to_at, size_t size, unsigned flags) {
    REAL(copy_function, copy_file_range)
    WRAP(COPY, -1, ssize_t, real_copy_file_range(from, from_at, to, to_at, size, flags));
}

__attribute__((destructor)) static void tell_counts(void) {
    const char *name = setting("FAULT_COUNT_FILE");
    unsigned long all = total;
    FILE *file = *name ? fopen(name, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "total %lu\n", all);
    for (int i = 0; i < CALLS; i++)
        if (calls[i])
            fprintf(file, "%s %lu\n", call_names[i], calls[i]);
    fclose(file);
}

typedef int clock_gettime_function(clockid_t, struct timespec *);
int clock_gettime(clockid_t clock, struct timespec *time) {
    REAL(clock_gettime_function, clock_gettime)
    int result = real_clock_gettime(clock, time);
    if (clock == CLOCK_REALTIME)
        time->tv_sec += strtol(setting("FAULT_CLOCK"), NULL, 10);
    return result;
}
