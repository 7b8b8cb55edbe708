#include "publish/place.h"

#include "base/file.h"
#include "base/owner.h"
#include "base/walk.h"
#include "store/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/*
 * A folder of this machine, or what is mounted there. Each file is written whole under another name, synced, and
 * renamed. Links below the folder are never followed. Files that nobody of ours wrote are left, and in the way where
 * one of ours must stand. Two publishers are kept apart by flock on the folder itself: nothing needs to be written
 * beside it, where we may not be allowed to.
 */
enum { WORKERS = 8 };

struct publish_place {
    const struct publish_order *order;
    struct arena arena;
    const char *path; /* as messages show it; real where the folder is there */
    int root;         /* -1: not there, in a dry run */
    struct owner owner;
    const struct publish_plan *plan;
    const struct tree *remote;
};

/* Another name in the root, one for each worker; a crash may leave it. */
struct draft {
    char name[32];
};

static struct draft draft_of(size_t worker) {
    struct draft draft;
    snprintf(draft.name, sizeof draft.name, ".pindao-new-%zu", worker);
    return draft;
}

/* --- which folder ------------------------------------------------------------------------------------------- */

/* Is `path` the folder, or below it? Both are real paths. */
static bool is_within(const char *path, const char *folder) {
    size_t size = strlen(folder);
    if (size == 1)
        return true; /* "/" */
    return strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

static const char *real_path(struct arena *arena, const char *path) {
    char *real = realpath(path, NULL);
    const char *copy = real ? arena_copy_string(arena, real) : path;
    free(real);
    return copy;
}

/* A folder whose files would be deleted by publishing into it, or would be published. */
static bool is_allowed(struct publish_place *place, struct place_failure *failure) {
    const char *configuration = real_path(&place->arena, place->order->folder);
    const char *tree = real_path(&place->arena, place->order->tree_path);
    if (is_within(configuration, place->path))
        return place_fail(failure, PUBLISH_REFUSED, "%s holds the configuration", place->path);
    if (is_within(place->path, tree) || is_within(tree, place->path))
        return place_fail(failure, PUBLISH_REFUSED, "%s and the tree to be published, %s, are in each other",
                          place->path, tree);
    CLEANUP(buf_release) struct buf stage = BUF(BUF_UNLIMITED);
    const char *name = strrchr(place->path, '/') + 1;
    buf_append_format(&stage, "%.*s.%s.stage", (int)(name - place->path), place->path, name);
    if (access(buf_string(&stage), F_OK) == 0)
        return place_fail(failure, PUBLISH_REFUSED, "%s is what another pindao build writes", place->path);
    return true;
}

static bool make_folders(const char *path) {
    CLEANUP(arena_release) struct arena arena = {0};
    if (owner_make_folder(path))
        return true;
    return errno == ENOENT && strcmp(path, ".") != 0 && make_folders(file_folder(&arena, path)) &&
           owner_make_folder(path);
}

static bool lock_root(const struct publish_place *place, struct place_failure *failure) {
    while (flock(place->root, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return place_fail(failure, PUBLISH_BUSY, "%s is locked", place->path);
        if (errno != EINTR)
            break; /* a filesystem without locks on folders: the one in the state folder must do */
    }
    return true;
}

static bool remove_drafts(const struct publish_place *place, struct place_failure *failure) {
    for (size_t i = 0; i < WORKERS; i++)
        if (unlinkat(place->root, draft_of(i).name, 0) != 0 && errno != ENOENT)
            return place_fail_errno(failure, "%s/%s", place->path, draft_of(i).name);
    return true;
}

static bool open_root(struct publish_place *place, struct place_failure *failure) {
    bool dry_run = place->order->dry_run;
    place->root = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place->root < 0 && errno == ENOENT && dry_run)
        return true;
    if (place->root < 0 && errno == ENOENT) {
        if (!make_folders(place->path))
            return place_fail_errno(failure, "%s", place->path);
        place->root = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    if (place->root < 0)
        return place_fail_errno(failure, "%s", place->path);
    place->path = real_path(&place->arena, place->path);
    place->owner = owner_of(place->root);
    return is_allowed(place, failure) && (dry_run || (lock_root(place, failure) && remove_drafts(place, failure)));
}

static void directory_close(struct publish_place *place) {
    if (!place)
        return;
    file_close(&place->root);
    arena_release(&place->arena);
    free(place);
}

static bool directory_open(const struct publish_order *order, struct publish_place **ret_place,
                           struct place_failure *failure) {
    struct publish_place *place = memory_new(sizeof *place);
    *place = (struct publish_place){.order = order, .root = -1};
    const char *given = arena_copy(&place->arena, order->target->directory).data;
    place->path = file_join(&place->arena, order->folder, given);
    if (!open_root(place, failure)) {
        directory_close(place);
        return false;
    }
    *ret_place = place;
    return true;
}

/* --- below it ----------------------------------------------------------------------------------------------- */

static struct slice name_of(struct slice path) {
    size_t begin = path.size;
    while (begin > 0 && path.data[begin - 1] != '/')
        begin--;
    return slice_from(path, begin);
}

/* Did one of ours write it, as far as anybody knows? */
static bool is_ours(const struct publish_place *place, struct slice path) {
    const struct tree *remote = place->remote;
    if (!remote || slice_equal(path, SLICE(MANIFEST_NAME)))
        return true;
    return tree_find(remote, path) || tree_has_pending(remote, path);
}

/* false with errno; a link, too, is no regular file: ELOOP. */
static bool look_at(int folder, const char *name, struct stat *ret_status) {
    if (fstatat(folder, name, ret_status, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    if (S_ISREG(ret_status->st_mode))
        return true;
    errno = S_ISDIR(ret_status->st_mode) ? EISDIR : ELOOP;
    return false;
}

enum opening {
    OPEN_ONLY,
    OPEN_MAKING, /* what is missing; a file of ours that is in the way goes */
};

static int open_step(const struct publish_place *place, int above, struct slice name, struct slice path,
                     enum opening opening) {
    char text[NAME_MAX + 1];
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    memcpy(text, name.data, name.size);
    text[name.size] = '\0';
    int folder = openat(above, text, flags);
    if (folder >= 0 || opening == OPEN_ONLY)
        return folder;
    struct stat status;
    bool is_in_the_way = errno == ENOTDIR;
    if (is_in_the_way && (!look_at(above, text, &status) || !is_ours(place, path) || unlinkat(above, text, 0) != 0)) {
        errno = ENOTDIR;
        return -1;
    }
    /* Another worker may make it at this moment. */
    if (is_in_the_way || errno == ENOENT) {
        bool made = mkdirat(above, text, 0755) == 0;
        if (!made && errno != EEXIST)
            return -1;
        if (made && !owner_give_at(&place->owner, above, text))
            return -1;
    }
    return openat(above, text, flags);
}

/* The folder of that path below the root, a step after the other, so that no link is followed. -1 with errno. */
static int open_folder(const struct publish_place *place, struct slice path, enum opening opening) {
    CLEANUP(file_close) int folder = fcntl(place->root, F_DUPFD_CLOEXEC, 0);
    for (size_t at = 0; folder >= 0 && at < path.size;) {
        size_t end = slice_find_byte(path, '/', at);
        int next = open_step(place, folder, slice_range(path, at, end), slice_range(path, 0, end), opening);
        file_close(&folder);
        folder = next;
        at = end + 1;
    }
    int opened = folder;
    folder = -1;
    return opened;
}

/* Are these bytes there? */
static bool holds(int folder, const char *name, const struct tree_file *file) {
    struct stat status;
    struct sha256 hash;
    uint64_t size = 0;
    if (!look_at(folder, name, &status) || (uint64_t)status.st_size != file->size)
        return false;
    CLEANUP(file_close) int descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    return descriptor >= 0 && sha256_of_file(descriptor, &hash, &size) && size == file->size &&
           sha256_equal(&hash, &file->hash);
}

/* --- the plan may be carried out ---------------------------------------------------------------------------- */

/* What stands where a new file must: nothing, a folder of ours that goes, or just these bytes. */
static bool has_room(struct publish_place *place, const struct tree_file *file, struct place_failure *failure) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(file_close) int folder = open_folder(place, walk_folder_of(file->path), OPEN_ONLY);
    const char *path = arena_copy(&arena, file->path).data;
    const char *name = arena_copy(&arena, name_of(file->path)).data;
    struct stat status;
    if (folder < 0 && (errno == ENOENT || errno == ENOTDIR))
        return true; /* what is in the way of a folder is told when it is made */
    if (folder < 0)
        return place_fail_errno(failure, "%s/%s", place->path, path);
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || S_ISDIR(status.st_mode) ||
        holds(folder, name, file))
        return true;
    return place_fail(failure, PUBLISH_REFUSED, "%s/%s is somebody else's", place->path, path);
}

static bool directory_admit(struct publish_place *place, const struct publish_plan *plan, const struct tree *remote,
                            struct place_failure *failure) {
    place->plan = plan;
    place->remote = remote;
    for (size_t i = 0; remote && i < plan->uploads.count; i++)
        if (plan->uploads.items[i].is_new && !has_room(place, plan->uploads.items[i].file, failure))
            return false;
    return true;
}

/* --- doing it ----------------------------------------------------------------------------------------------- */

/* Now, but at least a second later than what it replaces: servers' ETags are seconds and size. */
static bool set_time(int draft, int folder, const char *name) {
    struct stat old;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (look_at(folder, name, &old) && old.st_mtim.tv_sec >= now.tv_sec)
        now = (struct timespec){.tv_sec = old.st_mtim.tv_sec + 1};
    return futimens(draft, (struct timespec[2]){now, now}) == 0;
}

/* false with errno. */
static bool unlink_path(const struct publish_place *place, struct slice path) {
    CLEANUP(arena_release) struct arena arena = {0};
    for (struct slice at = path; at.size; at = walk_folder_of(at)) {
        CLEANUP(file_close) int folder = open_folder(place, walk_folder_of(at), OPEN_ONLY);
        const char *name = arena_copy(&arena, name_of(at)).data;
        bool is_file = at.size == path.size;
        if (folder >= 0 && unlinkat(folder, name, is_file ? 0 : AT_REMOVEDIR) == 0)
            continue;
        /* A folder or a file of the new tree stands there now, or what is in the folder keeps it. */
        if (folder < 0 || is_file)
            return errno == ENOENT || errno == ENOTDIR || errno == EISDIR || errno == ELOOP;
        return errno == ENOTEMPTY || errno == EEXIST || errno == ENOENT || errno == ENOTDIR;
    }
    return true;
}

/* Our old files in the folder that a file takes the place of. */
static bool clear_folder(const struct publish_place *place, struct slice path) {
    for (size_t i = 0; place->plan && i < place->plan->deletions.count; i++) {
        struct slice old = place->plan->deletions.items[i].path;
        if (slice_starts_with(old, path) && old.size > path.size && old.data[path.size] == '/' &&
            !unlink_path(place, old))
            return false;
    }
    return true;
}

/* Renames the draft, whole and on disk, to where it belongs. */
static bool move_in(const struct publish_place *place, const char *draft, int folder, const char *name,
                    struct slice path) {
    if (renameat(place->root, draft, folder, name) == 0)
        return true;
    if (errno != EISDIR && errno != ENOTEMPTY)
        return false;
    /* An empty folder is gone with the last of its files, or was somebody's. */
    if (!clear_folder(place, path) || (unlinkat(folder, name, AT_REMOVEDIR) != 0 && errno != ENOENT))
        return false;
    return renameat(place->root, draft, folder, name) == 0;
}

/* `from` < 0: the bytes. */
static bool write_file(const struct publish_place *place, size_t worker, struct slice path, int from,
                       struct slice bytes) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct draft draft = draft_of(worker);
    const char *name = arena_copy(&arena, name_of(path)).data;
    CLEANUP(file_close) int folder = open_folder(place, walk_folder_of(path), OPEN_MAKING);
    if (folder < 0)
        return false;
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    CLEANUP(file_close) int file = openat(place->root, draft.name, flags, 0644);
    if (file >= 0 && owner_give(&place->owner, file) && (from < 0 ? file_write(file, bytes) : file_copy(from, file)) &&
        set_time(file, folder, name) && fsync(file) == 0 && move_in(place, draft.name, folder, name, path))
        return true;
    int error = errno;
    (void)unlinkat(place->root, draft.name, 0);
    errno = error;
    return false;
}

static enum put_result directory_put(struct publish_place *place, size_t worker, const struct tree_file *file,
                                     struct place_failure *failure) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(file_close) int from = place_open_file(place->order, file, failure);
    if (from < 0)
        return PUT_FAILED;
    CLEANUP(file_close) int folder = open_folder(place, walk_folder_of(file->path), OPEN_ONLY);
    if (folder >= 0 && holds(folder, arena_copy(&arena, name_of(file->path)).data, file))
        return PUT_ALREADY;
    if (write_file(place, worker, file->path, from, (struct slice){0}))
        return PUT_DONE;
    place_fail_errno(failure, "%s/%.*s", place->path, SLICE_ARGUMENTS(file->path));
    return PUT_FAILED;
}

static bool directory_settle(struct publish_place *place, struct place_failure *failure) {
    return syncfs(place->root) == 0 || place_fail_errno(failure, "%s", place->path);
}

static bool directory_put_manifest(struct publish_place *place, struct slice manifest, struct place_failure *failure) {
    if (!write_file(place, 0, SLICE(MANIFEST_NAME), -1, manifest))
        return place_fail_errno(failure, "%s/" MANIFEST_NAME, place->path);
    return fsync(place->root) == 0 || place_fail_errno(failure, "%s", place->path);
}

static bool directory_remove(struct publish_place *place, size_t worker, struct slice path,
                             struct place_failure *failure) {
    (void)worker;
    return unlink_path(place, path) || place_fail_errno(failure, "%s/%.*s", place->path, SLICE_ARGUMENTS(path));
}

static bool directory_read_manifest(struct publish_place *place, struct buf *manifest, bool *ret_found,
                                    struct place_failure *failure) {
    if (place->root < 0)
        return true;
    struct stat status;
    CLEANUP(file_close)
    int file = openat(place->root, MANIFEST_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0 && errno == ENOENT)
        return true;
    if (file < 0 || fstat(file, &status) != 0)
        return place_fail_errno(failure, "%s/" MANIFEST_NAME, place->path);
    if (!S_ISREG(status.st_mode))
        return place_fail(failure, PUBLISH_REFUSED, "%s/" MANIFEST_NAME " is no file", place->path);
    if (!file_read_open(file, manifest))
        return place_fail_errno(failure, "%s/" MANIFEST_NAME, place->path);
    *ret_found = true;
    return true;
}

const struct place_driver place_directory = {
    .workers = WORKERS,
    .open = directory_open,
    .close = directory_close,
    .read_manifest = directory_read_manifest,
    .admit = directory_admit,
    .put = directory_put,
    .put_manifest = directory_put_manifest,
    .remove = directory_remove,
    .settle = directory_settle,
};
