#include "output/parts.h"

#include <errno.h>

void plan_release(struct plan *plan) {
    map_release(&plan->expected);
    walk_release(&plan->served);
    vec_release(&plan->foreign);
    vec_release(&plan->special);
    arena_release(&plan->arena);
}

static enum expectation expected_at(const struct plan *plan, struct slice path) {
    return (enum expectation)map_get(&plan->expected, path, EXPECT_NOTHING);
}

static bool is_own_file(enum expectation expected) {
    return expected == EXPECT_FILE || expected == EXPECT_SAME || expected == EXPECT_LINKED;
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
        if (is_own_file(expected))
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
    return listing_find(output->old, path) || map_get(&output->mark.set, path, 0) ||
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
    bool wanted = is_own_file(expected);
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
    struct slice unreadable;
    if (output->served < 0)
        return true;
    if (!walk_all(output->served, &plan->arena, &plan->served, &unreadable))
        return stage_fail(&output->stage, "read", unreadable);
    for (size_t i = 0; i < plan->served.items.count; i++)
        sort_out(plan, output, plan->served.items.items[i]);
    return true;
}

/* Both manifests say the same of it: what a mount point in the tree would make of inodes is ruled out. */
static bool has_same_row(const struct output *output, struct slice path) {
    const struct tree_file *old = listing_find(output->old, path);
    const struct tree_file *previous = listing_find(output->previous, path);
    return old && previous && old->size == previous->size && sha256_equal(&old->hash, &previous->hash);
}

/* Walks have one order: a folder before what is in it, siblings by bytes. */
static int compare_walked(struct slice a, struct slice b) {
    for (size_t i = 0; i < a.size && i < b.size; i++)
        if (a.data[i] != b.data[i])
            return a.data[i] == '/' ? -1 : b.data[i] == '/' ? 1 : (unsigned char)a.data[i] - (unsigned char)b.data[i];
    return (a.size > b.size) - (a.size < b.size);
}

void plan_linked(struct plan *plan, const struct output *output, const struct walk *staged) {
    struct stat served, stage;
    if (output->suspicious || output->served < 0 || fstat(output->served, &served) != 0 ||
        fstat(output->stage.root, &stage) != 0 || served.st_dev != stage.st_dev)
        return;
    size_t at = 0;
    for (size_t i = 0; i < staged->items.count; i++) {
        const struct walk_item *item = &staged->items.items[i];
        while (at < plan->served.items.count && compare_walked(plan->served.items.items[at].path, item->path) < 0)
            at++;
        if (at == plan->served.items.count)
            return;
        const struct walk_item *found = &plan->served.items.items[at];
        if (item->kind == WALK_FILE && found->kind == WALK_FILE && item->inode == found->inode &&
            slice_equal(item->path, found->path) && expected_at(plan, item->path) == EXPECT_SAME &&
            has_same_row(output, item->path))
            map_set(&plan->expected, found->path, EXPECT_LINKED);
    }
}
