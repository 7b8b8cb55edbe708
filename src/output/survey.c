#include "output/survey.h"

#include "base/arena.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <sys/file.h>
#include <sys/stat.h>

/* Files of the folder; with `own`, those alone that have no second name. false when there is no such folder. */
static bool count(const char *folder, bool own, size_t *ret_files, uint64_t *ret_bytes) {
    CLEANUP(arena_release) struct arena arena = {0};
    const struct slice copy = arena_copy(&arena, slice_of(folder));
    char *paths[] = {(char *)(uintptr_t)copy.data, NULL};
    struct stat status;
    if (lstat(folder, &status) != 0 || !S_ISDIR(status.st_mode))
        return false;
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *entry; walk && (entry = fts_read(walk));) {
        if (entry->fts_info != FTS_F || (own && entry->fts_statp->st_nlink > 1))
            continue;
        *ret_files += 1;
        *ret_bytes += (uint64_t)entry->fts_statp->st_size;
    }
    if (walk)
        fts_close(walk);
    return true;
}

/* Shared, and let go at once: a run that begins in this very moment may find the output busy. */
static bool is_locked(const char *lock) {
    CLEANUP(file_close) int descriptor = open(lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return descriptor >= 0 && flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

void output_look(const char *directory, struct output_survey *ret_survey) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(memory_free) char *path = realpath(directory, NULL);
    CLEANUP(buf_release) struct buf name = BUF(BUF_UNLIMITED);
    struct output_survey survey = {.files = 0};
    if (path) {
        const char *parent = file_folder(&arena, path);
        const char *slash = strrchr(path, '/');
        buf_append_format(&name, ".%s.stage", slash ? slash + 1 : path);
        const char *stage = file_join(&arena, parent, buf_string(&name));
        buf_clear(&name);
        buf_append_format(&name, ".%s.lock", slash ? slash + 1 : path);
        survey.exists = count(path, false, &survey.files, &survey.bytes);
        survey.has_previous = count(stage, true, &survey.previous_files, &survey.previous_bytes);
        survey.is_busy = is_locked(file_join(&arena, parent, buf_string(&name)));
    }
    *ret_survey = survey;
}
