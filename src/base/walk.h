#ifndef PINDAO_BASE_WALK_H
#define PINDAO_BASE_WALK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"

#include <sys/stat.h>

/* Folders on disk, seen through the descriptor of their root. Paths handed in end with a NUL behind the slice. */

/* "a" of "a/b", "" of "b". No NUL behind it. */
struct slice walk_folder_of(struct slice path);

enum walk_kind {
    WALK_FILE,
    WALK_LINK, /* symbolic; never followed */
    WALK_FOLDER,
    WALK_SPECIAL, /* a pipe, a socket, a device */
};

struct walk_item {
    struct slice path;
    enum walk_kind kind;
    bool empty;     /* a folder with nothing in it */
    uint64_t inode; /* as the folder tells it with the name: equal on one filesystem for names of one file */
};

/*
 * Goes to everything below a folder: a folder before what is in it, siblings by bytes. The names of one folder, and of
 * those above it, are held at a time; an item and its path last as long as its visit. false with errno and the path of
 * what cannot be read (in the arena), or, with an empty path, because a visit said so.
 */
MUST_CHECK bool walk_each(int root, bool (*visit)(void *context, const struct walk_item *item), void *context,
                          struct arena *arena, struct slice *ret_unreadable);

/* The same as a list, for folders that are not large. Paths live in the arena. */
struct walk {
    VEC(struct walk_item) items;
};
/* false with errno, and the path of the folder that cannot be read. */
MUST_CHECK bool walk_all(int root, struct arena *arena, struct walk *ret_walk, struct slice *ret_unreadable);
void walk_release(struct walk *walk);

/* Removes a file, a link, or a folder with all that is in it. What is not there is removed already. */
MUST_CHECK bool walk_remove(int root, struct slice path);
/* Removes all that is below the root. */
MUST_CHECK bool walk_clear(int root);

/* The whole of an open file, appended. errno EFBIG past the buffer's ceiling. */
MUST_CHECK bool walk_read(int file, struct buf *buf);
/* The same of a file below the root, which must be a regular one and no link. errno ENOENT when there is none. */
MUST_CHECK bool walk_read_path(int root, struct slice path, struct buf *buf);
/* Does an open file hold exactly these bytes? An unreadable one does not. */
bool walk_holds(int file, struct slice bytes);

/*
 * A new inode at `to`, where nothing may be: the bytes, mode and mtime of a file, or the target of a link. `synced`:
 * the bytes are on disk when it returns.
 */
MUST_CHECK bool walk_copy(int from_root, struct slice from, int to_root, struct slice to, bool synced);
/* A hard link; where `*refused` is set, and where the filesystem refuses (*refused is then set), a copy. */
MUST_CHECK bool walk_link(int from_root, struct slice from, int to_root, struct slice to, bool synced, bool *refused);

#endif
