#include "output/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void add_name(struct buf *named, struct slice path) {
    buf_append_format(named, "%s%.*s", named->size ? ", " : "", SLICE_ARGUMENTS(path));
}

static bool was_ours(const struct output *output, struct slice path) {
    return plan_is_ours(output, path) || (!output->crashed && listing_find(output->previous, path));
}

/*
 * Files that were carried into both trees are in the stage too when their owner has taken them out of the served one:
 * those go. What came later tells itself by its time: it was written after the manifest of the tree that is served, and
 * so after that tree had got all that was there.
 */
static bool came_later(const struct output *output, struct slice path, struct timespec swapped) {
    struct stat staged, served;
    if (fstatat(output->stage.root, path.data, &staged, AT_SYMLINK_NOFOLLOW) != 0 || staged.st_nlink != 1 ||
        fstatat(output->served, path.data, &served, AT_SYMLINK_NOFOLLOW) == 0)
        return false;
    return staged.st_mtim.tv_sec > swapped.tv_sec ||
           (staged.st_mtim.tv_sec == swapped.tv_sec && staged.st_mtim.tv_nsec > swapped.tv_nsec);
}

void latecomers_keep(struct output *output, const struct walk *staged, struct buf *named) {
    struct plan *plan = &output->plan;
    struct stat manifest;
    if (output->served < 0 || fstatat(output->served, MANIFEST_NAME, &manifest, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    for (size_t i = 0; i < staged->items.count; i++) {
        const struct walk_item item = staged->items.items[i];
        bool is_file = item.kind == WALK_FILE || item.kind == WALK_LINK;
        if (!is_file || plan_expected(plan, item.path) != EXPECT_NOTHING || !plan_has_room(plan, item.path) ||
            was_ours(output, item.path) || !came_later(output, item.path, manifest.st_mtim))
            continue;
        plan_expect_foreign(plan, item.path, item.kind);
        add_name(named, item.path);
    }
}

struct carrying {
    struct output *output;
    struct buf *named;
};

/* What vanished again meanwhile is nobody's loss. */
static bool carry_one(const struct carrying *carrying, struct slice path) {
    struct output *output = carrying->output;
    struct stat status;
    bool is_new = false;
    if (fstatat(output->served, path.data, &status, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
        return true;
    if (!stage_link(&output->stage, stage_keep_path(&output->stage, path), &is_new))
        return false;
    if (is_new)
        add_name(carrying->named, path);
    return true;
}

static bool carry_visited(void *context, const struct walk_item *item) {
    const struct carrying *carrying = context;
    struct output *output = carrying->output;
    bool is_file = item->kind == WALK_FILE || item->kind == WALK_LINK;
    bool is_empty_folder = item->kind == WALK_FOLDER && item->empty;
    if ((!is_file && !is_empty_folder) || plan_is_ours(output, item->path) || !plan_has_room(&output->plan, item->path))
        return true;
    return is_empty_folder ? stage_make_folder(&output->stage, item->path) : carry_one(carrying, item->path);
}

bool latecomers_carry(struct output *output, struct buf *named) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct carrying carrying = {output, named};
    struct slice unreadable = {0};
    /* What could not be carried is remembered already, and what failed first is what is said. */
    if (!walk_each(output->served, carry_visited, &carrying, &arena, &unreadable))
        return stage_fail(&output->stage, "read", unreadable);
    return named->size == 0 || stage_seal(&output->stage);
}

/* The folders above `path` in the served tree, real ones. false: something else stands there. */
static bool make_folders(const struct output *output, struct slice path, struct arena *arena) {
    struct slice folder = walk_folder_of(path);
    if (folder.size == 0)
        return true;
    struct stat status;
    const char *name = arena_copy(arena, folder).data;
    if (fstatat(output->served, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        return S_ISDIR(status.st_mode);
    return errno == ENOENT && make_folders(output, folder, arena) && mkdirat(output->served, name, 0755) == 0 &&
           owner_give_at(&output->layout.owner, output->served, name);
}

bool latecomers_rescue(struct output *output, struct buf *named) {
    CLEANUP(walk_release) struct walk walk = {0};
    CLEANUP(arena_release) struct arena arena = {0};
    struct stage *stage = &output->stage;
    struct slice unreadable;
    struct stat manifest;
    if (output->served < 0 || fstatat(output->served, MANIFEST_NAME, &manifest, AT_SYMLINK_NOFOLLOW) != 0)
        return true;
    if (!walk_all(stage->root, &arena, &walk, &unreadable))
        return stage_fail(stage, "read", unreadable);
    for (size_t i = 0; i < walk.items.count; i++) {
        const struct walk_item *item = &walk.items.items[i];
        bool is_file = item->kind == WALK_FILE || item->kind == WALK_LINK;
        if (!is_file || was_ours(output, item->path) || !came_later(output, item->path, manifest.st_mtim))
            continue;
        if (!make_folders(output, item->path, &arena) ||
            !walk_link(stage->root, item->path, output->served, item->path, true, &stage->links_refused))
            return stage_fail(stage, "carry over", item->path);
        add_name(named, item->path);
    }
    return named->size == 0 || syncfs(output->served) == 0 || stage_fail(stage, "sync", slice_of(output->layout.name));
}
