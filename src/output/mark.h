#ifndef PINDAO_OUTPUT_MARK_H
#define PINDAO_OUTPUT_MARK_H

#include "base/map.h"
#include "base/vec.h"
#include "output/layout.h"

/*
 * The dirty mark, ".public.dirty". It stands, synced, before the first change of the stage and goes after the swap is
 * synced, so whoever finds it knows that a run did not come to its end. What each point of a crash leaves:
 *
 *   before the mark      nothing was changed.
 *   mark, no swap        the served tree is whole; the stage is anything. The next run empties it and links anew.
 *   swap, mark stands    the served tree is the new one, whole (it was synced before); the stage is the old one. The
 *                        next run cannot tell this from the case above: it believes nothing, which costs time only.
 *   per-file fallback    some served files are new, the manifest is old. So with a mark the manifest is not believed:
 *                        files are compared byte by byte. New files that the old manifest does not name, and
 *                        removed ones that the new one no longer names, would look like somebody else's: the mark
 *                        lists them, one a line, before anything is replaced, and keeps the list over any number of
 *                        crashed runs.
 *
 * A run that is to forget the previous tree (something in it was withdrawn) says so in the mark before it does anything
 * else, and the mark goes when the stage is gone from the disk. Whatever run comes behind a crash does the same.
 *
 * It cannot go before the swap: a rollback would then take a stage that was never served for the previous tree.
 */
struct mark {
    bool stands;
    bool forget; /* what is served now is not to be kept as the previous tree, be it by another run than wanted so */
    VEC(struct slice) paths; /* of the fallback; in the arena */
    struct map set;          /* the same */
};

MUST_CHECK bool mark_read(const struct layout *layout, struct arena *arena, struct mark *ret_mark);
void mark_release(struct mark *mark);

/* Makes the mark stand, with `count` further paths; on disk when it returns. Nothing to do when it says so already. */
MUST_CHECK bool mark_set(struct mark *mark, const struct layout *layout, const struct slice *paths, size_t count);
/* The same with the wish that the previous tree be forgotten: a line that is no path. */
MUST_CHECK bool mark_set_forget(struct mark *mark, const struct layout *layout);
MUST_CHECK bool mark_remove(struct mark *mark, const struct layout *layout);

#endif
