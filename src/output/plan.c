#include "output/parts.h"

#include <errno.h>

void plan_release(struct plan *plan) {
    map_release(&plan->expected);
    vec_release(&plan->inodes);
    vec_release(&plan->foreign);
    vec_release(&plan->adopted);
    vec_release(&plan->special);
    arena_release(&plan->arena);
}

/* How the map has them: the expectation in the lowest byte, above it the place in the new tree. */
enum { EXPECTATION_BITS = 8 };

static uint64_t pack(enum expectation expected, size_t place) {
    return (uint64_t)place << EXPECTATION_BITS | expected;
}

static size_t place_at(const struct plan *plan, struct slice path) {
    return map_get(&plan->expected, path, 0) >> EXPECTATION_BITS;
}

enum expectation plan_expected(const struct plan *plan, struct slice path) {
    return (enum expectation)(map_get(&plan->expected, path, EXPECT_NOTHING) & ((1 << EXPECTATION_BITS) - 1));
}

static bool is_own_file(enum expectation expected) {
    return expected == EXPECT_FILE || expected == EXPECT_SAME || expected == EXPECT_LINKED;
}

static void note_clash(struct plan *plan, struct slice path) {
    if (plan->clash.size == 0)
        plan->clash = arena_copy(&plan->arena, path);
}

/* All folders above `path`. What is a file already stays one: the clash is found where it is looked for. */
static void expect_folders(struct plan *plan, struct slice path) {
    for (struct slice folder = walk_folder_of(path); folder.size; folder = walk_folder_of(folder)) {
        if (plan_expected(plan, folder) != EXPECT_NOTHING)
            return;
        map_set(&plan->expected, folder, EXPECT_FOLDER);
    }
}

static bool is_below_file(const struct plan *plan, struct slice path) {
    for (struct slice folder = walk_folder_of(path); folder.size; folder = walk_folder_of(folder)) {
        enum expectation expected = plan_expected(plan, folder);
        if (is_own_file(expected))
            return true;
    }
    return false;
}

void plan_own(struct plan *plan, const struct output *output) {
    map_set(&plan->expected, SLICE(MANIFEST_NAME), EXPECT_FILE);
    for (size_t i = 0; i < output->new_tree.files.count; i++) {
        struct slice path = output->new_tree.files.items[i].path;
        if (!map_set(&plan->expected, path, pack(EXPECT_SAME, i)))
            note_clash(plan, path);
    }
    for (size_t i = 0; i < output->written.count; i++) {
        struct slice path = output->written.items[i];
        map_set(&plan->expected, path, pack(EXPECT_FILE, place_at(plan, path)));
    }
    for (size_t i = 0; i < output->new_tree.files.count; i++) {
        struct slice path = output->new_tree.files.items[i].path;
        if (is_below_file(plan, path))
            note_clash(plan, path);
        expect_folders(plan, path);
    }
}

static bool is_adopted(const struct output *output, struct slice path) {
    return output->unknown_owner && output->options.is_own_path && output->options.is_own_path(path);
}

bool plan_is_ours(const struct output *output, struct slice path) {
    return is_adopted(output, path) || listing_find(output->old, path) || map_get(&output->mark.set, path, 0) ||
           slice_equal(path, SLICE(MANIFEST_NAME)) || slice_equal(path, SLICE(REPLACE_DRAFT));
}

void plan_expect_foreign(struct plan *plan, struct slice path, enum walk_kind kind) {
    map_set(&plan->expected, path, kind == WALK_FOLDER ? EXPECT_FOLDER : EXPECT_FOREIGN);
    expect_folders(plan, path);
}

static void carry(struct plan *plan, struct walk_item item) {
    item.path = arena_copy(&plan->arena, item.path);
    plan_expect_foreign(plan, item.path, item.kind);
    vec_push(&plan->foreign, item);
}

static void sort_out(struct plan *plan, const struct output *output, struct walk_item item) {
    enum expectation expected = plan_expected(plan, item.path);
    bool wanted = is_own_file(expected);
    if (item.kind == WALK_FOLDER) {
        /* What is in a folder speaks for it. An empty one costs nobody anything where a file must stand. */
        if (item.empty && expected == EXPECT_NOTHING && !is_below_file(plan, item.path))
            carry(plan, item);
        return;
    }
    if (item.kind == WALK_FILE && expected == EXPECT_SAME)
        plan->inodes.items[place_at(plan, item.path)] = item.inode;
    if (expected == EXPECT_NOTHING && is_adopted(output, item.path) && !map_get(&output->mark.set, item.path, 0))
        vec_push(&plan->adopted, arena_copy(&plan->arena, item.path));
    if (plan_is_ours(output, item.path))
        return;
    /* The same bytes are no clash: the file was moved to static:, or the manifest was lost. */
    if (wanted && (expected == EXPECT_SAME || (output->unknown_owner && item.kind == WALK_FILE)))
        return;
    if (expected != EXPECT_NOTHING || is_below_file(plan, item.path))
        note_clash(plan, item.path);
    else if (item.kind == WALK_SPECIAL)
        vec_push(&plan->special, arena_copy(&plan->arena, item.path));
    else
        carry(plan, item);
}

bool plan_has_room(const struct plan *plan, struct slice path) {
    enum expectation expected = plan_expected(plan, path);
    return (expected == EXPECT_NOTHING || expected == EXPECT_FOREIGN) && !is_below_file(plan, path);
}

static bool visit_served(void *context, const struct walk_item *item) {
    struct output *output = context;
    sort_out(&output->plan, output, *item);
    return true;
}

bool plan_foreign(struct plan *plan, struct output *output) {
    struct slice unreadable;
    if (output->served < 0)
        return true;
    for (size_t i = 0; i < output->new_tree.files.count; i++)
        vec_push(&plan->inodes, 0);
    return walk_each(output->served, visit_served, output, &plan->arena, &unreadable) ||
           stage_fail(&output->stage, "read", unreadable);
}

/* Both manifests say the same of it: what a mount point in the tree would make of inodes is ruled out. */
static bool has_same_row(const struct output *output, struct slice path) {
    const struct tree_file *old = listing_find(output->old, path);
    const struct tree_file *previous = listing_find(output->previous, path);
    return old && previous && old->size == previous->size && sha256_equal(&old->hash, &previous->hash);
}

bool plan_can_link(const struct output *output) {
    struct stat served, stage;
    return !output->suspicious && output->served >= 0 && fstat(output->served, &served) == 0 &&
           fstat(output->stage.root, &stage) == 0 && served.st_dev == stage.st_dev;
}

void plan_linked(struct plan *plan, const struct output *output, const struct walk_item *staged) {
    if (staged->kind != WALK_FILE || plan_expected(plan, staged->path) != EXPECT_SAME)
        return;
    size_t place = place_at(plan, staged->path);
    if (place < plan->inodes.count && plan->inodes.items[place] == staged->inode && staged->inode != 0 &&
        has_same_row(output, staged->path))
        map_set(&plan->expected, output->new_tree.files.items[place].path, pack(EXPECT_LINKED, place));
}
