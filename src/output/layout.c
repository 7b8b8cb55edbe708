#include "output/layout.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Like mkdir -p: what exists is fine, whatever it is; opening says later if it is no folder. */
static bool make_parents(const char *folder) {
    char *path = memory_copy_string(folder);
    bool made = true;
    for (char *slash = strchr(path + 1, '/'); made; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        made = mkdir(path, 0755) == 0 || errno == EEXIST;
        if (!slash)
            break;
        *slash = '/';
    }
    int error = errno;
    free(path);
    errno = error;
    return made;
}

/* The absolute path of an output that does not exist yet; NULL with errno. On the heap. */
static char *find_new(const char *directory, struct arena *arena) {
    struct stat link;
    if (lstat(directory, &link) == 0) {
        errno = ELOOP;
        return NULL;
    }
    struct slice path = slice_of(directory);
    while (path.size && path.data[path.size - 1] == '/')
        path.size--;
    const char *trimmed = arena_copy(arena, path).data;
    const char *slash = strrchr(trimmed, '/');
    const char *base = slash ? slash + 1 : trimmed;
    if (!*base || strcmp(base, ".") == 0 || strcmp(base, "..") == 0) {
        errno = *base ? ENOENT : EINVAL;
        return NULL;
    }
    const char *folder = file_folder(arena, trimmed);
    if (!make_parents(folder))
        return NULL;
    CLEANUP(memory_free) char *parent = realpath(folder, NULL);
    return parent ? memory_copy_string(file_join(arena, parent, base)) : NULL;
}

static const char *beside(struct arena *arena, const char *name, const char *ending) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    buf_append_format(&buf, ".%s.%s", name, ending);
    return arena_copy(arena, buf_slice(&buf)).data;
}

bool layout_find(const char *directory, struct arena *arena, struct layout *ret_layout) {
    CLEANUP(memory_free) char *path = realpath(directory, NULL);
    if (!path && errno == ENOENT)
        path = find_new(directory, arena);
    if (!path)
        return false;
    struct stat kind;
    if (stat(path, &kind) == 0 && !S_ISDIR(kind.st_mode)) {
        errno = ENOTDIR;
        return false;
    }
    char *slash = strrchr(path, '/');
    const char *name = arena_copy_string(arena, slash + 1);
    if (!*name) {
        errno = EINVAL;
        return false;
    }
    slash[slash == path] = '\0';
    int parent = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0)
        return false;
    CLEANUP(file_close) int served = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    *ret_layout = (struct layout){.parent = parent,
                                  .owner = owner_of(served >= 0 ? served : parent),
                                  .name = name,
                                  .stage = beside(arena, name, "stage"),
                                  .lock = beside(arena, name, "lock"),
                                  .mark = beside(arena, name, "dirty"),
                                  .mark_draft = beside(arena, name, "dirty.new")};
    return true;
}

void layout_release(struct layout *layout) {
    file_close(&layout->parent);
}

/* Only a file that we have made is given away: one that is there may be a second name of anything. */
static int open_lock(const struct layout *layout) {
    int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW;
    int lock = openat(layout->parent, layout->lock, flags);
    if (lock >= 0 || errno != ENOENT)
        return lock;
    lock = openat(layout->parent, layout->lock, flags | O_CREAT | O_EXCL, 0644);
    if (lock < 0)
        return errno == EEXIST ? openat(layout->parent, layout->lock, flags) : -1;
    if (!owner_give(&layout->owner, lock))
        file_close(&lock);
    return lock;
}

bool layout_lock(const struct layout *layout, bool wait, int *ret_lock) {
    CLEANUP(file_close) int lock = open_lock(layout);
    if (lock < 0)
        return false;
    while (flock(lock, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0)
        if (errno != EINTR)
            return false;
    *ret_lock = lock;
    lock = -1;
    return true;
}
