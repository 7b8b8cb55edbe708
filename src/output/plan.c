#include "output/parts.h"

#include <errno.h>

void plan_release(struct plan *plan) {
    map_release(&plan->expected);
    vec_release(&plan->foreign);
    vec_release(&plan->special);
    arena_release(&plan->arena);
}

static enum expectation expected_at(const struct plan *plan, struct slice path) {
    return (enum expectation)map_get(&plan->expected, path, EXPECT_NOTHING);
}

static void note_clash(struct plan *plan, struct slice path) {
    if (plan->clash.size == 0)
        plan->clash = path;
}

/* All folders above `path`. What is a file already stays one: the clash is found where it is looked for. */
static void expect_folders(struct plan *plan, struct slice path) {
    for (struct slice folder = walk_folder_of(path); folder.size; folder = walk_folder_of(folder)) {
        if (expected_at(plan, folder) != EXPECT_NOTHING)
            return;
        map_set(&plan->expected, folder, EXPECT_FOLDER);
    }
}

static bool is_below_file(const struct plan *plan, struct slice path) {
    for (struct slice folder = walk_folder_of(path); folder.size; folder = walk_folder_of(folder)) {
        enum expectation expected = expected_at(plan, folder);
        if (expected == EXPECT_FILE || expected == EXPECT_SAME)
            return true;
    }
    return false;
}

void plan_own(struct plan *plan, const struct output *output) {
    map_set(&plan->expected, SLICE(MANIFEST_NAME), EXPECT_FILE);
    for (size_t i = 0; i < output->puts.count; i++) {
        const struct put *put = &output->puts.items[i];
        if (!map_set(&plan->expected, put->file.path, put->same ? EXPECT_SAME : EXPECT_FILE))
            note_clash(plan, put->file.path);
    }
    for (size_t i = 0; i < output->puts.count; i++) {
        struct slice path = output->puts.items[i].file.path;
        if (is_below_file(plan, path))
            note_clash(plan, path);
        expect_folders(plan, path);
    }
}

bool plan_is_ours(const struct output *output, struct slice path) {
    return map_get(&output->old_paths, path, UINT64_MAX) != UINT64_MAX || map_get(&output->mark.set, path, 0) ||
           slice_equal(path, SLICE(MANIFEST_NAME)) || slice_equal(path, SLICE(REPLACE_DRAFT));
}

void plan_expect_foreign(struct plan *plan, struct slice path, enum walk_kind kind) {
    map_set(&plan->expected, path, kind == WALK_FOLDER ? EXPECT_FOLDER : EXPECT_FOREIGN);
    expect_folders(plan, path);
}

static void carry(struct plan *plan, struct walk_item item) {
    plan_expect_foreign(plan, item.path, item.kind);
    vec_push(&plan->foreign, item);
}

static void sort_out(struct plan *plan, const struct output *output, struct walk_item item) {
    enum expectation expected = expected_at(plan, item.path);
    bool wanted = expected == EXPECT_FILE || expected == EXPECT_SAME;
    if (item.kind == WALK_FOLDER) {
        /* What is in a folder speaks for it. An empty one costs nobody anything where a file must stand. */
        if (item.empty && expected == EXPECT_NOTHING && !is_below_file(plan, item.path))
            carry(plan, item);
        return;
    }
    if (plan_is_ours(output, item.path))
        return;
    /* The same bytes are no clash: the file was moved to static:, or the manifest was lost. */
    if (wanted && (expected == EXPECT_SAME || (output->unknown_owner && item.kind == WALK_FILE)))
        return;
    if (expected != EXPECT_NOTHING || is_below_file(plan, item.path))
        note_clash(plan, item.path);
    else if (item.kind == WALK_SPECIAL)
        vec_push(&plan->special, item.path);
    else
        carry(plan, item);
}

bool plan_has_room(const struct plan *plan, struct slice path) {
    enum expectation expected = expected_at(plan, path);
    return (expected == EXPECT_NOTHING || expected == EXPECT_FOREIGN) && !is_below_file(plan, path);
}

bool plan_foreign(struct plan *plan, struct output *output) {
    CLEANUP(walk_release) struct walk walk = {0};
    struct slice unreadable;
    if (output->served < 0)
        return true;
    if (!walk_all(output->served, &plan->arena, &walk, &unreadable))
        return stage_fail(&output->stage, "read", unreadable);
    for (size_t i = 0; i < walk.items.count; i++)
        sort_out(plan, output, walk.items.items[i]);
    return true;
}
