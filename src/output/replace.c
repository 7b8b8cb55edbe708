#include "output/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* When a file comes; a later step refers to earlier ones. Deletions go backwards. */
enum step {
    STEP_ASSET,    /* styles, scripts, pictures: refer to nothing */
    STEP_REST,     /* articles' pages, archives: refer to nothing that changes with them */
    STEP_FEED,     /* atom.xml: refers to archives and pages */
    STEP_OPML,     /* refers to feeds; recent.json to articles' pages */
    STEP_INDEX,    /* pages, and the list of them, refer to all of these */
    STEP_MANIFEST, /* says that it is done */
    STEP_COUNT
};

static enum step step_of(struct slice path) {
    struct slice folder = walk_folder_of(path);
    struct slice name = folder.size ? slice_from(path, folder.size + 1) : path;
    if (slice_equal(path, SLICE(MANIFEST_NAME)))
        return STEP_MANIFEST;
    if (slice_equal(name, SLICE("index.html")) || slice_starts_with(path, SLICE("sitemap")))
        return STEP_INDEX;
    if (slice_ends_with(name, SLICE(".opml")) || slice_equal(path, SLICE("recent.json")))
        return STEP_OPML;
    if (slice_ends_with(name, SLICE(".css")) || slice_ends_with(name, SLICE(".js")) ||
        slice_ends_with(name, SLICE(".svg")))
        return STEP_ASSET;
    bool feed = slice_equal(name, SLICE("atom.xml")) || slice_equal(name, SLICE("rss.xml")) ||
                slice_equal(name, SLICE("feed.json"));
    return feed ? STEP_FEED : STEP_REST;
}

/* Folders above `path`, each a real one: what else stands there was pindao's (plan_foreign saw to that). */
static bool make_folders(const struct output *output, struct slice path, struct arena *arena) {
    int root = output->served;
    struct slice folder = walk_folder_of(path);
    if (folder.size == 0)
        return true;
    struct stat status;
    struct slice name = arena_copy(arena, folder);
    if (fstatat(root, name.data, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode))
        return true;
    if (!make_folders(output, folder, arena))
        return false;
    return (unlinkat(root, name.data, 0) == 0 || errno == ENOENT) && mkdirat(root, name.data, 0755) == 0 &&
           owner_give_at(&output->layout.owner, root, name.data);
}

static bool replace_one(struct output *output, struct slice path, struct arena *arena) {
    int root = output->served;
    struct slice draft = SLICE(REPLACE_DRAFT);
    struct stage *stage = &output->stage;
    bool refused = stage->links_refused;
    if (!make_folders(output, path, arena) || !walk_remove(root, draft))
        return stage_fail(stage, "replace", path);
    if (!walk_link(stage->root, path, root, draft, true, &refused) ||
        !owner_give_at(&output->layout.owner, root, draft.data))
        return stage_fail(stage, "replace", path);
    if (renameat(root, draft.data, root, path.data) == 0)
        return true;
    /* A folder of files that are all gone from the new tree stands there. */
    if (errno != EISDIR || !walk_remove(root, path) || renameat(root, draft.data, root, path.data) != 0)
        return stage_fail(stage, "replace", path);
    /* rename does nothing, successfully, when both names are one inode already: after a crash. */
    return true;
}

static bool sync_served(struct output *output) {
    return syncfs(output->served) == 0 || stage_fail(&output->stage, "sync", slice_of(output->layout.name));
}

static bool replace_step(struct output *output, enum step step, struct arena *arena) {
    bool any = false;
    for (size_t i = 0; i < output->written.count; i++) {
        if (step_of(output->written.items[i]) != step)
            continue;
        any = true;
        if (!replace_one(output, output->written.items[i], arena))
            return false;
    }
    if (step == STEP_MANIFEST) {
        any = true;
        if (!replace_one(output, SLICE(MANIFEST_NAME), arena))
            return false;
    }
    return !any || sync_served(output);
}

static bool is_put(const struct map *puts, struct slice path) {
    return map_get(puts, path, 0) != 0;
}

/* The file, and the folders that it leaves empty. */
static bool delete_one(struct output *output, struct slice path, struct arena *arena) {
    if (unlinkat(output->served, path.data, 0) != 0) {
        /* ENOTDIR, EISDIR: the new tree has a file where its folder was, or a folder in its place. */
        if (errno == ENOENT || errno == ENOTDIR || errno == EISDIR)
            return true;
        return stage_fail(&output->stage, "remove", path);
    }
    for (struct slice folder = walk_folder_of(path); folder.size; folder = walk_folder_of(folder))
        if (unlinkat(output->served, arena_copy(arena, folder).data, AT_REMOVEDIR) != 0)
            return errno == ENOTEMPTY || errno == EEXIST || stage_fail(&output->stage, "remove", folder);
    return true;
}

/* What the old manifest or an earlier half-done run names and the new tree does not have: the mark lists all of it. */
static bool delete_files(struct output *output, const struct map *puts, struct arena *arena) {
    if (!walk_remove(output->served, SLICE(REPLACE_DRAFT)))
        return stage_fail(&output->stage, "remove", SLICE(REPLACE_DRAFT));
    for (int step = STEP_COUNT; step-- > 0;)
        for (size_t i = 0; i < output->mark.paths.count; i++) {
            struct slice path = output->mark.paths.items[i];
            if ((int)step_of(path) == step && !is_put(puts, path) && !delete_one(output, path, arena))
                return false;
        }
    return true;
}

struct paths {
    VEC(struct slice) items;
};

static void paths_release(struct paths *paths) {
    vec_release(&paths->items);
}

/*
 * The mark gets the names that one of the two manifests does not have, the new files and the removed ones: whichever
 * manifest a crash leaves, the next run knows that they are pindao's. See mark.h.
 */
static bool announce(struct output *output, const struct map *puts) {
    CLEANUP(paths_release) struct paths paths = {0};
    for (size_t i = 0; i < output->new_tree.files.count; i++) {
        struct slice path = output->new_tree.files.items[i].path;
        if (!listing_find(output->old, path))
            vec_push(&paths.items, path);
    }
    const struct tree *old = listing_tree(output->old);
    for (size_t i = 0; i < old->files.count; i++)
        if (!is_put(puts, old->files.items[i].path))
            vec_push(&paths.items, old->files.items[i].path);
    for (size_t i = 0; i < output->plan.adopted.count; i++)
        vec_push(&paths.items, output->plan.adopted.items[i]);
    return mark_set(&output->mark, &output->layout, paths.items.items, paths.items.count) ||
           stage_fail(&output->stage, "write", slice_of(output->layout.mark));
}

bool replace_files(struct output *output, bool *ret_began) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(map_release) struct map puts = {0};
    for (size_t i = 0; i < output->new_tree.files.count; i++)
        map_set(&puts, output->new_tree.files.items[i].path, 1);
    *ret_began = false;
    if (!announce(output, &puts))
        return false;
    *ret_began = true;
    for (int step = STEP_REST; step < STEP_COUNT; step++)
        if (!replace_step(output, (enum step)step, &arena))
            return false;
    return delete_files(output, &puts, &arena) && sync_served(output);
}
