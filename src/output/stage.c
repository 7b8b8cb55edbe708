#include "output/stage.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Up to here each file is synced for itself: syncfs also writes what other programs left in memory. */
enum { FEW = 16 };

void stage_init(struct stage *stage, const struct layout *layout, struct mark *mark) {
    *stage = (struct stage){.layout = layout, .mark = mark, .served = -1, .root = -1};
    pthread_mutex_init(&stage->mutex, NULL);
}

void stage_release(struct stage *stage) {
    file_close(&stage->root);
    vec_release(&stage->changed_files);
    vec_release(&stage->changed_folders);
    map_release(&stage->folders);
    arena_release(&stage->arena);
    pthread_mutex_destroy(&stage->mutex);
}

static bool fail_locked(struct stage *stage, const char *failed_to, struct slice path) {
    if (!stage->failed) {
        stage->error = errno;
        stage->failed_to = failed_to;
        stage->failed_path = arena_copy(&stage->arena, path);
        stage->failed = true;
    }
    return false;
}

bool stage_fail(struct stage *stage, const char *failed_to, struct slice path) {
    int error = errno;
    pthread_mutex_lock(&stage->mutex);
    errno = error;
    fail_locked(stage, failed_to, path);
    pthread_mutex_unlock(&stage->mutex);
    return false;
}

struct slice stage_keep_path(struct stage *stage, struct slice path) {
    pthread_mutex_lock(&stage->mutex);
    struct slice kept = arena_copy(&stage->arena, path);
    pthread_mutex_unlock(&stage->mutex);
    return kept;
}

/* The stage has the mode of the served folder, which its owner may have made read-only. */
static bool make_writable(int root) {
    struct stat status;
    if (fstat(root, &status) != 0)
        return false;
    return (status.st_mode & S_IRWXU) == S_IRWXU || fchmod(root, (status.st_mode & 07777) | S_IRWXU) == 0;
}

static bool begin_locked(struct stage *stage) {
    const struct layout *layout = stage->layout;
    if (stage->root >= 0)
        return !stage->failed;
    if (stage->failed)
        return false;
    if (!mark_set(stage->mark, layout, NULL, 0))
        return fail_locked(stage, "write", slice_of(layout->mark));
    if (mkdirat(layout->parent, layout->stage, 0755) != 0 && errno != EEXIST)
        return fail_locked(stage, "create", slice_of(layout->stage));
    stage->root = openat(layout->parent, layout->stage, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (stage->root < 0 || !make_writable(stage->root) || !owner_give(&layout->owner, stage->root))
        return fail_locked(stage, "open", slice_of(layout->stage));
    /* Read now, though it may not be believed: soon it is another one. */
    bool whole = listing_state(stage->previous) == LISTING_READ && !stage->distrusted;
    if (!whole && !walk_clear(stage->root))
        return fail_locked(stage, "empty", slice_of(layout->stage));
    return true;
}

bool stage_begin(struct stage *stage) {
    pthread_mutex_lock(&stage->mutex);
    bool begun = begin_locked(stage);
    pthread_mutex_unlock(&stage->mutex);
    return begun;
}

static void note_folder(struct stage *stage, struct slice folder) {
    for (size_t i = 0; i < stage->changed_folders.count; i++)
        if (slice_equal(stage->changed_folders.items[i], folder))
            return;
    if (stage->changed_folders.count == FEW)
        stage->changed_many = true;
    else
        vec_push(&stage->changed_folders, arena_copy(&stage->arena, folder));
}

/* The folder of `path` was changed; with `file`, the file too. */
static void note_change(struct stage *stage, struct slice path, bool file) {
    pthread_mutex_lock(&stage->mutex);
    if (file && stage->changed_files.count == FEW)
        stage->changed_many = true;
    else if (file)
        vec_push(&stage->changed_files, path);
    if (!stage->changed_many)
        note_folder(stage, walk_folder_of(path));
    pthread_mutex_unlock(&stage->mutex);
}

/* Asked first: in most runs nearly all folders are there. */
static bool make_folder_locked(struct stage *stage, struct slice folder) {
    if (folder.size == 0 || map_get(&stage->folders, folder, 0))
        return true;
    if (!make_folder_locked(stage, walk_folder_of(folder)))
        return false;
    struct slice path = arena_copy(&stage->arena, folder);
    struct stat status;
    bool there = fstatat(stage->root, path.data, &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!there && errno != ENOENT)
        return fail_locked(stage, "look at", path);
    bool right = there && S_ISDIR(status.st_mode);
    if (!right && ((there && unlinkat(stage->root, path.data, 0) != 0) || mkdirat(stage->root, path.data, 0755) != 0))
        return fail_locked(stage, "create", path);
    /* One that is there may be left from a run of root's before this was done. */
    if (!owner_give_at(&stage->layout->owner, stage->root, path.data))
        return fail_locked(stage, "set the owner of", path);
    map_set(&stage->folders, path, 1);
    if (!right && !stage->changed_many) {
        note_folder(stage, walk_folder_of(path));
        note_folder(stage, path);
    }
    return true;
}

bool stage_make_folder(struct stage *stage, struct slice folder) {
    pthread_mutex_lock(&stage->mutex);
    bool made = make_folder_locked(stage, folder);
    pthread_mutex_unlock(&stage->mutex);
    return made;
}

/* The later of `time` and a second after the mtime of root/path, when that exists. */
static struct timespec later_than(struct timespec time, int root, struct slice path) {
    struct stat status;
    if (root < 0 || fstatat(root, path.data, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return time;
    struct timespec least = {status.st_mtim.tv_sec + 1, status.st_mtim.tv_nsec};
    bool early = time.tv_sec < least.tv_sec || (time.tv_sec == least.tv_sec && time.tv_nsec < least.tv_nsec);
    return early ? least : time;
}

static bool write_new(const struct stage *stage, struct slice path, struct slice bytes, struct timespec mtime) {
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    CLEANUP(file_close) int file = openat(stage->root, path.data, flags, 0644);
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, mtime};
    if (file < 0 || !owner_give(&stage->layout->owner, file) || !file_write(file, bytes) || futimens(file, times) != 0)
        return false;
    /* It is on its way to the disk while the next ones are made: less is left to wait for. No promise, so no error. */
    (void)sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE);
    int closing = file;
    file = -1;
    return close(closing) == 0;
}

bool stage_write(struct stage *stage, struct slice path, struct slice bytes, const struct timespec *wanted) {
    if (!stage_begin(stage) || !stage_make_folder(stage, walk_folder_of(path)))
        return false;
    struct timespec mtime;
    if (wanted)
        mtime = *wanted;
    else
        clock_gettime(CLOCK_REALTIME, &mtime);
    mtime = later_than(later_than(mtime, stage->served, path), stage->root, path);
    if (!walk_remove(stage->root, path) || !write_new(stage, path, bytes, mtime))
        return stage_fail(stage, "write", path);
    note_change(stage, path, true);
    return true;
}

static bool same_time(struct timespec a, struct timespec b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* Where links are refused, a copy of an earlier run serves: same size and mtime, and no crash since. */
static bool is_copy(const struct stat *a, const struct stat *b) {
    return S_ISREG(a->st_mode) && S_ISREG(b->st_mode) && a->st_size == b->st_size && a->st_mode == b->st_mode &&
           same_time(a->st_mtim, b->st_mtim);
}

bool stage_link(struct stage *stage, struct slice path, bool *ret_new) {
    struct stat served, staged;
    if (!stage_make_folder(stage, walk_folder_of(path)))
        return false;
    if (fstatat(stage->served, path.data, &served, AT_SYMLINK_NOFOLLOW) != 0)
        return stage_fail(stage, "look at", path);
    bool there = fstatat(stage->root, path.data, &staged, AT_SYMLINK_NOFOLLOW) == 0;
    *ret_new = !there;
    if (there && served.st_dev == staged.st_dev && served.st_ino == staged.st_ino)
        return true;
    if (there && stage->links_refused && is_copy(&served, &staged))
        return true;
    if (there && !walk_remove(stage->root, path))
        return stage_fail(stage, "remove", path);
    if (!walk_link(stage->served, path, stage->root, path, false, &stage->links_refused))
        return stage_fail(stage, "link", path);
    stage->linked++;
    /* A copy is a new file of ours; a linked one is the same to give twice. */
    if (stage->links_refused && !owner_give_at(&stage->layout->owner, stage->root, path.data))
        return stage_fail(stage, "set the owner of", path);
    note_change(stage, path, stage->links_refused && S_ISREG(served.st_mode));
    return true;
}

bool stage_drop(struct stage *stage, const struct walk_item *item) {
    if (unlinkat(stage->root, item->path.data, item->kind == WALK_FOLDER ? AT_REMOVEDIR : 0) != 0)
        return stage_fail(stage, "remove", item->path);
    note_change(stage, item->path, false);
    return true;
}

static bool sync_one(int root, struct slice path) {
    CLEANUP(file_close) int file = openat(root, path.size ? path.data : ".", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    /* A folder that was changed and then dropped needs no syncing; its own folder is on the list too. */
    return file < 0 ? errno == ENOENT : fsync(file) == 0;
}

static bool sync_all(struct stage *stage) {
    if (stage->changed_many)
        return syncfs(stage->root) == 0 || stage_fail(stage, "sync", slice_of(stage->layout->stage));
    for (size_t i = 0; i < stage->changed_files.count; i++)
        if (!sync_one(stage->root, stage->changed_files.items[i]))
            return stage_fail(stage, "sync", stage->changed_files.items[i]);
    for (size_t i = 0; i < stage->changed_folders.count; i++)
        if (!sync_one(stage->root, stage->changed_folders.items[i]))
            return stage_fail(stage, "sync", stage->changed_folders.items[i]);
    return sync_one(stage->root, SLICE("")) || stage_fail(stage, "sync", slice_of(stage->layout->stage));
}

/* Another's folder keeps its group where we belong to it; only root can keep the owner, and does. */
static bool take_looks(int served, int root) {
    struct stat wanted, now;
    if (fstat(served, &wanted) != 0 || fstat(root, &now) != 0)
        return false;
    if (wanted.st_uid != now.st_uid || wanted.st_gid != now.st_gid)
        if (fchown(root, wanted.st_uid, wanted.st_gid) != 0 &&
            (errno != EPERM || (fchown(root, (uid_t)-1, wanted.st_gid) != 0 && errno != EPERM)))
            return false;
    return (wanted.st_mode & 07777) == (now.st_mode & 07777) || fchmod(root, wanted.st_mode & 07777) == 0;
}

bool stage_seal(struct stage *stage) {
    if (stage->served >= 0 && !take_looks(stage->served, stage->root))
        return stage_fail(stage, "set mode and owner of", slice_of(stage->layout->stage));
    return sync_all(stage);
}
