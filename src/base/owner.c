#include "base/owner.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct owner owner_of(int folder) {
    struct stat status;
    if (geteuid() != 0 || fstat(folder, &status) != 0 || (status.st_uid == 0 && status.st_gid == getegid()))
        return (struct owner){0};
    return (struct owner){true, status.st_uid, status.st_gid};
}

bool owner_give(const struct owner *owner, int descriptor) {
    return !owner->is_another || fchown(descriptor, owner->user, owner->group) == 0;
}

bool owner_give_at(const struct owner *owner, int root, const char *path) {
    return !owner->is_another || fchownat(root, path, owner->user, owner->group, AT_SYMLINK_NOFOLLOW) == 0;
}

static int open_folder_of(const char *path) {
    CLEANUP(arena_release) struct arena arena = {0};
    return open(file_folder(&arena, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool owner_settle(const char *path, int descriptor) {
    CLEANUP(file_close) int folder = open_folder_of(path);
    struct owner owner = owner_of(folder);
    return folder >= 0 && owner_give(&owner, descriptor) && fsync(folder) == 0;
}

bool owner_make_folder(const char *path) {
    if (mkdir(path, 0777) != 0)
        return errno == EEXIST;
    CLEANUP(file_close) int above = open_folder_of(path);
    struct owner owner = owner_of(above);
    return owner_give_at(&owner, AT_FDCWD, path);
}
