#ifndef PINDAO_CMD_ENTRY_LIST_H
#define PINDAO_CMD_ENTRY_LIST_H

#include "cmd/tree_making.h"
#include "render/format.h"

/*
 * The newest entries of all channels together, rendered for one file of the tree that is no channel's: index.html,
 * recent.json. What the served file has of them is taken from there, so that a new article costs one.
 */
struct entry_list {
    struct buf bytes;          /* owns the entries */
    VEC(struct slice) entries; /* newest first */
    VEC(uint64_t) signatures;  /* of each: piece_signature */
    VEC(uint32_t) places;      /* of each in index->order */
};
void entry_list_release(struct entry_list *list);

/*
 * The places of those that some channel wants, newest first, at most `most`, and none that is `seconds` or more older
 * than the first (0: whatever its age). true when there are no more of that time.
 */
bool entry_list_choose(struct entry_list *list, const struct tree_making *making, size_t most, int64_t seconds);
/* Renders them. `path`: the file. */
enum making_result entry_list_make(struct entry_list *list, const struct tree_making *making,
                                   const struct format *format, struct slice path, struct diagnostics *diagnostics);
/* For the next run: the file as it is now. */
void entry_list_note(const struct entry_list *list, const struct tree_making *making, struct slice path,
                     struct slice bytes);

#endif
