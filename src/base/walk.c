#include "base/walk.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

struct slice walk_folder_of(struct slice path) {
    size_t end = path.size;
    while (end > 0 && path.data[end - 1] != '/')
        end--;
    return slice_range(path, 0, end > 0 ? end - 1 : 0);
}

struct name {
    struct slice name;
    unsigned char type; /* DT_… */
    uint64_t inode;
};

static int compare_names(const void *a, const void *b) {
    return slice_compare(((const struct name *)a)->name, ((const struct name *)b)->name);
}

struct names {
    VEC(struct name) items;
};

static void names_release(struct names *names) {
    vec_release(&names->items);
}

static void folder_close(DIR **folder) {
    if (*folder)
        closedir(*folder);
}

/* Names in full before anything is done with them: a folder that changes while it is read may skip some. */
static bool read_names(int descriptor, struct arena *arena, struct names *names) {
    CLEANUP(folder_close) DIR *folder = fdopendir(descriptor);
    if (!folder) {
        int error = errno;
        close(descriptor);
        errno = error;
        return false;
    }
    errno = 0;
    for (struct dirent *entry; (entry = readdir(folder)); errno = 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            vec_push(&names->items,
                     (struct name){arena_copy(arena, slice_of(entry->d_name)), entry->d_type, entry->d_ino});
    if (errno != 0)
        return false;
    if (names->items.count)
        qsort(names->items.items, names->items.count, sizeof *names->items.items, compare_names);
    return true;
}

/* Most filesystems tell the kind with the name; the others are asked. */
static bool find_kind(int root, struct slice path, unsigned char type, enum walk_kind *ret_kind) {
    struct stat status;
    if (type == DT_UNKNOWN) {
        if (fstatat(root, path.data, &status, AT_SYMLINK_NOFOLLOW) != 0)
            return false;
        type = (unsigned char)IFTODT(status.st_mode);
    }
    if (type == DT_REG)
        *ret_kind = WALK_FILE;
    else if (type == DT_LNK)
        *ret_kind = WALK_LINK;
    else
        *ret_kind = type == DT_DIR ? WALK_FOLDER : WALK_SPECIAL;
    return true;
}

struct walking {
    int root;
    bool (*visit)(void *context, const struct walk_item *item);
    void *context;
    struct buf path; /* of the item that it is at; the root's is empty */
    struct arena *arena;
    struct slice unreadable;
};

static bool cannot_read(struct walking *walking) {
    int error = errno;
    walking->unreadable = walking->path.size ? arena_copy(walking->arena, buf_slice(&walking->path)) : SLICE(".");
    errno = error;
    return false;
}

static struct slice path_of(struct walking *walking) {
    return (struct slice){buf_string(&walking->path), walking->path.size};
}

static bool walk_below(struct walking *walking, uint64_t inode);

static bool walk_to(struct walking *walking, const struct name *name) {
    size_t size = walking->path.size;
    if (size)
        buf_append_byte(&walking->path, '/');
    buf_append_slice(&walking->path, name->name);
    struct walk_item item = {.path = path_of(walking), .inode = name->inode};
    if (!find_kind(walking->root, item.path, name->type, &item.kind))
        return cannot_read(walking);
    bool went = item.kind == WALK_FOLDER ? walk_below(walking, item.inode) : walking->visit(walking->context, &item);
    buf_truncate(&walking->path, size);
    return went;
}

static bool walk_below(struct walking *walking, uint64_t inode) {
    const char *folder = walking->path.size ? buf_string(&walking->path) : ".";
    int descriptor = openat(walking->root, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(names_release) struct names names = {0};
    if (descriptor < 0 || !read_names(descriptor, &arena, &names))
        return cannot_read(walking);
    const struct walk_item item = {path_of(walking), WALK_FOLDER, names.items.count == 0, inode};
    if (item.path.size && !walking->visit(walking->context, &item))
        return false;
    for (size_t i = 0; i < names.items.count; i++)
        if (!walk_to(walking, &names.items.items[i]))
            return false;
    return true;
}

bool walk_each(int root, bool (*visit)(void *context, const struct walk_item *item), void *context, struct arena *arena,
               struct slice *ret_unreadable) {
    struct walking walking = {root, visit, context, BUF(BUF_UNLIMITED), arena, {0}};
    bool walked = walk_below(&walking, 0);
    int error = errno;
    buf_release(&walking.path);
    if (!walked)
        *ret_unreadable = walking.unreadable;
    errno = error;
    return walked;
}

struct collecting {
    struct arena *arena;
    struct walk walk;
};

static bool collect(void *context, const struct walk_item *item) {
    struct collecting *collecting = context;
    struct walk_item kept = *item;
    kept.path = arena_copy(collecting->arena, item->path);
    vec_push(&collecting->walk.items, kept);
    return true;
}

bool walk_all(int root, struct arena *arena, struct walk *ret_walk, struct slice *ret_unreadable) {
    struct collecting collecting = {.arena = arena};
    if (!walk_each(root, collect, &collecting, arena, ret_unreadable)) {
        int error = errno;
        walk_release(&collecting.walk);
        errno = error;
        return false;
    }
    *ret_walk = collecting.walk;
    return true;
}

void walk_release(struct walk *walk) {
    vec_release(&walk->items);
}

/* Backwards, so that a folder is empty when its turn comes. */
static bool remove_items(int root, const struct walk *walk) {
    for (size_t i = walk->items.count; i-- > 0;) {
        const struct walk_item *item = &walk->items.items[i];
        if (unlinkat(root, item->path.data, item->kind == WALK_FOLDER ? AT_REMOVEDIR : 0) != 0 && errno != ENOENT)
            return false;
    }
    return true;
}

bool walk_clear(int root) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(walk_release) struct walk walk = {0};
    struct slice unreadable;
    return walk_all(root, &arena, &walk, &unreadable) && remove_items(root, &walk);
}

bool walk_remove(int root, struct slice path) {
    if (unlinkat(root, path.data, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR)
        return false;
    CLEANUP(file_close) int folder = openat(root, path.data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return folder >= 0 && walk_clear(folder) && unlinkat(root, path.data, AT_REMOVEDIR) == 0;
}

enum { PIECE = 64 * 1024 };

/* By way of a piece on the stack, so that a ceiling is the file's and not that of the room asked for. */
bool walk_read(int file, struct buf *buf) {
    char piece[PIECE];
    size_t got = PIECE;
    for (uint64_t at = 0; got == PIECE; at += got) {
        if (!file_read_at(file, piece, PIECE, at, &got))
            return false;
        buf_append(buf, piece, got);
        if (buf->failed) {
            errno = EFBIG;
            return false;
        }
    }
    return true;
}

bool walk_read_path(int root, struct slice path, struct buf *buf) {
    CLEANUP(file_close) int file = openat(root, path.data, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0)
        return false;
    if (!S_ISREG(status.st_mode)) {
        errno = EISDIR;
        return false;
    }
    return walk_read(file, buf);
}

bool walk_holds(int file, struct slice bytes) {
    char piece[PIECE];
    uint64_t at = 0;
    size_t got = PIECE;
    for (; got == PIECE; at += got)
        if (!file_read_at(file, piece, PIECE, at, &got) || got > bytes.size - at ||
            (got && memcmp(piece, bytes.data + at, got) != 0))
            return false;
    return at == bytes.size;
}

static bool copy_link(int from_root, struct slice from, int to_root, struct slice to) {
    char target[PATH_MAX];
    ssize_t size = readlinkat(from_root, from.data, target, sizeof target - 1);
    if (size < 0)
        return false;
    target[size] = '\0';
    return symlinkat(target, to_root, to.data) == 0;
}

bool walk_copy(int from_root, struct slice from, int to_root, struct slice to, bool synced) {
    CLEANUP(file_close) int source = openat(from_root, from.data, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (source < 0)
        return errno == ELOOP && copy_link(from_root, from, to_root, to);
    struct stat status;
    if (fstat(source, &status) != 0)
        return false;
    CLEANUP(file_close)
    int target = openat(to_root, to.data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    struct timespec times[2] = {status.st_atim, status.st_mtim};
    if (target < 0 || !file_copy(source, target) || fchmod(target, status.st_mode & 07777) != 0 ||
        futimens(target, times) != 0 || (synced && fsync(target) != 0))
        return false;
    int closing = target;
    target = -1;
    return close(closing) == 0;
}

/*
 * Is it the filesystem that refuses (it cannot, must not, or it is another one), not this one file? EPERM can be
 * either: Linux protects the files of others (fs.protected_hardlinks).
 */
static bool all_refused(int error, int root, struct slice path) {
    struct stat status;
    if (error == EPERM)
        return fstatat(root, path.data, &status, AT_SYMLINK_NOFOLLOW) != 0 || status.st_uid == geteuid();
    return error != EMLINK;
}

static bool is_refusal(int error) {
    return error == EPERM || error == EMLINK || error == ENOTSUP || error == EXDEV || error == ENOSYS;
}

bool walk_link(int from_root, struct slice from, int to_root, struct slice to, bool synced, bool *refused) {
    if (!*refused) {
        if (linkat(from_root, from.data, to_root, to.data, 0) == 0)
            return true;
        if (!is_refusal(errno))
            return false;
        *refused = all_refused(errno, from_root, from);
    }
    return walk_copy(from_root, from, to_root, to, synced);
}
