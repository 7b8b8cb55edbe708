#ifndef PINDAO_OUTPUT_LAYOUT_H
#define PINDAO_OUTPUT_LAYOUT_H

#include "base/arena.h"
#include "base/owner.h"

/*
 * Where an output lies. Everything beside it is in the same parent folder, hence on the same filesystem (unless the
 * output is a mount point), and is named after it: ".public.stage", ".public.lock", ".public.dirty".
 * Names live in the arena; the descriptor is the layout's.
 */
struct layout {
    int parent;
    struct owner owner; /* of what is made: that of the served folder, else of the one above it */
    const char *name;
    const char *stage;
    const char *lock;
    const char *mark;
    const char *mark_draft; /* the mark while it is written */
};

/*
 * A symbolic link to a folder stands for that folder. What is missing above the output is created. false with errno
 * set: EINVAL when the name is no folder's name ("/", ""), ELOOP for a link to nothing, ENOTDIR for a file.
 */
MUST_CHECK bool layout_find(const char *directory, struct arena *arena, struct layout *ret_layout);
void layout_release(struct layout *layout);

/*
 * flock on a file that is never unlinked: an unlinked one could be locked by two. It is opened for reading, so that
 * whoever may read one that is there can lock it. errno EWOULDBLOCK when busy.
 */
MUST_CHECK bool layout_lock(const struct layout *layout, bool wait, int *ret_lock);

#endif
