#include "publish/plan.h"

#include "base/map.h"
#include "store/manifest.h"

#include <stdlib.h>

/* --- classes ------------------------------------------------------------------------------------------------ */

static struct slice folder_of(struct slice path) {
    while (path.size > 0 && path.data[path.size - 1] != '/')
        path.size--;
    return path;
}

/* As feeds, and as pages: of one month the latter goes first, for the feed names it. */
static bool is_archive_page(struct slice path) {
    struct slice folder = folder_of(path);
    return slice_ends_with(folder, SLICE("archive/")) &&
           (slice_ends_with(path, SLICE(".xml")) || (slice_ends_with(path, SLICE(".html")) &&
                                                     !slice_equal(slice_from(path, folder.size), SLICE("index.html"))));
}

static bool is_index(struct slice path) {
    static const struct slice names[] = {SLICE_CONSTANT("index.html"), SLICE_CONSTANT("_headers"),
                                         SLICE_CONSTANT("robots.txt")};
    if (folder_of(path).size != 0)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (slice_equal(path, names[i]))
            return true;
    return slice_ends_with(path, SLICE(".opml")) || slice_starts_with(path, SLICE("sitemap"));
}

enum file_class file_class_of(const struct tree_file *file) {
    if (file->is_feed || slice_equal(file->path, SLICE("recent.json")))
        return CLASS_FEED;
    if (is_index(file->path))
        return CLASS_INDEX;
    if (is_archive_page(file->path))
        return CLASS_ARCHIVE;
    if (slice_ends_with(file->path, SLICE("/index.html")))
        return CLASS_PAGE;
    return slice_ends_with(file->path, SLICE(".html")) ? CLASS_ARTICLE : CLASS_ASSET;
}

const char *cache_control_of(const struct tree_file *file) {
    enum file_class class = file_class_of(file);
    return class <= CLASS_ARCHIVE ? "public, max-age=3600" : "public, max-age=300";
}

/* --- the plan ----------------------------------------------------------------------------------------------- */

static bool is_same(const struct tree_file *a, const struct tree_file *b) {
    return a->size == b->size && sha256_equal(&a->hash, &b->hash) && slice_equal(a->type, b->type);
}

static int compare_uploads(const void *a, const void *b) {
    const struct plan_upload *one = a, *other = b;
    if (one->class != other->class)
        return one->class < other->class ? -1 : 1;
    return slice_compare(one->file->path, other->file->path);
}

static void plan_uploads(const struct tree *local, const struct tree *remote, struct publish_plan *plan) {
    for (size_t i = 0; i < local->files.count; i++) {
        const struct tree_file *file = &local->files.items[i];
        const struct tree_file *listed = tree_find(remote, file->path);
        bool pending = tree_has_pending(remote, file->path);
        if (listed && !pending && is_same(file, listed))
            continue;
        bool is_new = !listed && !pending;
        vec_push(&plan->uploads, (struct plan_upload){file, file_class_of(file), is_new});
        plan->new_paths += is_new;
        plan->bytes += file->size;
    }
    if (plan->uploads.count)
        qsort(plan->uploads.items, plan->uploads.count, sizeof *plan->uploads.items, compare_uploads);
}

struct deleting {
    const struct tree *local;
    struct publish_plan *plan;
    struct map seen; /* path → its place among the deletions */
};

static void plan_deletion(struct deleting *deleting, const struct tree_file *file, bool is_withdrawn) {
    struct slice path = file->path;
    if (tree_find(deleting->local, path))
        return;
    struct publish_plan *plan = deleting->plan;
    uint64_t place = map_get(&deleting->seen, path, UINT64_MAX);
    if (place == UINT64_MAX) {
        map_set(&deleting->seen, path, plan->deletions.count);
        vec_push(&plan->deletions, (struct plan_deletion){path, file_class_of(file), is_withdrawn});
        plan->withdrawn += is_withdrawn;
    } else if (is_withdrawn && !plan->deletions.items[place].is_withdrawn) {
        plan->deletions.items[place].is_withdrawn = true;
        plan->withdrawn++;
    }
}

/* Of a path of which nothing else is known: feeds go before the articles that they refer to. */
static bool looks_like_feed(struct slice path) {
    return (slice_ends_with(path, SLICE(".xml")) || slice_ends_with(path, SLICE(".json"))) && !is_index(path) &&
           !is_archive_page(path);
}

static void plan_withdrawal(struct deleting *deleting, struct slice path) {
    static const char *const endings[] = {"", ".gz", ".br"};
    for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
        CLEANUP(buf_release) struct buf variant = BUF(BUF_UNLIMITED);
        buf_append_slice(&variant, path);
        buf_append_string(&variant, endings[i]);
        struct slice copy = arena_copy(&deleting->plan->arena, buf_slice(&variant));
        plan_deletion(deleting, &(struct tree_file){.path = copy, .is_feed = looks_like_feed(copy)}, true);
    }
}

static int compare_deletions(const void *a, const void *b) {
    return slice_compare(((const struct plan_deletion *)a)->path, ((const struct plan_deletion *)b)->path);
}

void publish_plan_make(const struct tree *local, const struct tree *remote, bool same_bytes,
                       const struct slice *withdrawn, size_t withdrawn_count, struct publish_plan *ret_plan) {
    struct publish_plan plan = {0};
    struct deleting deleting = {.local = local, .plan = &plan};
    if (!same_bytes) {
        plan_uploads(local, remote, &plan);
        for (size_t i = 0; i < remote->files.count; i++)
            plan_deletion(&deleting, &remote->files.items[i], false);
        for (size_t i = 0; i < remote->pending.count; i++)
            plan_deletion(&deleting,
                          &(struct tree_file){.path = remote->pending.items[i],
                                              .is_feed = looks_like_feed(remote->pending.items[i])},
                          false);
    }
    for (size_t i = 0; i < withdrawn_count; i++)
        plan_withdrawal(&deleting, withdrawn[i]);
    if (plan.deletions.count)
        qsort(plan.deletions.items, plan.deletions.count, sizeof *plan.deletions.items, compare_deletions);
    map_release(&deleting.seen);
    plan.is_nothing = same_bytes && plan.deletions.count == 0;
    *ret_plan = plan;
}

void publish_plan_release(struct publish_plan *plan) {
    vec_release(&plan->uploads);
    vec_release(&plan->deletions);
    arena_release(&plan->arena);
}

void publish_plan_append(const struct publish_plan *plan, struct buf *buf) {
    for (size_t i = 0; i < plan->uploads.count; i++) {
        const struct tree_file *file = plan->uploads.items[i].file;
        buf_append_format(buf, "upload %.*s %llu\n", SLICE_ARGUMENTS(file->path), (unsigned long long)file->size);
    }
    for (size_t i = 0; i < plan->deletions.count; i++)
        buf_append_format(buf, "delete %.*s\n", SLICE_ARGUMENTS(plan->deletions.items[i].path));
}

size_t publish_plan_run(const struct publish_plan *plan, size_t begin) {
    const struct plan_upload *first = &plan->uploads.items[begin];
    size_t end = begin + 1;
    if (first->class == CLASS_ARCHIVE)
        while (end < plan->uploads.count && plan->uploads.items[end].class == CLASS_ARCHIVE &&
               slice_equal(folder_of(plan->uploads.items[end].file->path), folder_of(first->file->path)))
            end++;
    return end;
}

/* --- manifests ---------------------------------------------------------------------------------------------- */

static void sort_and_unite(struct tree *tree) {
    size_t kept = 0;
    if (tree->pending.count)
        qsort(tree->pending.items, tree->pending.count, sizeof *tree->pending.items, slice_compare_items);
    for (size_t i = 0; i < tree->pending.count; i++)
        if (kept == 0 || !slice_equal(tree->pending.items[kept - 1], tree->pending.items[i]))
            tree->pending.items[kept++] = tree->pending.items[i];
    tree->pending.count = kept;
}

/* The list of files is borrowed, the other one is not. */
static void write_with(const struct tree *files, struct tree *pending, struct buf *manifest) {
    sort_and_unite(pending);
    struct tree tree = *files;
    tree.pending.items = pending->pending.items;
    tree.pending.count = pending->pending.count;
    tree.run = pending->run;
    manifest_write(&tree, manifest);
}

void publish_plan_announce(const struct publish_plan *plan, const struct tree *remote, struct slice run,
                           struct buf *manifest) {
    CLEANUP(tree_release) struct tree pending = {.run = run};
    for (size_t i = 0; i < remote->pending.count; i++)
        vec_push(&pending.pending, remote->pending.items[i]);
    for (size_t i = 0; i < plan->uploads.count; i++)
        vec_push(&pending.pending, plan->uploads.items[i].file->path);
    write_with(remote, &pending, manifest);
}

void publish_plan_close(const struct publish_plan *plan, const struct tree *local, bool with_withdrawn,
                        struct buf *manifest) {
    CLEANUP(tree_release) struct tree pending = {0};
    for (size_t i = 0; i < plan->deletions.count; i++)
        if (with_withdrawn || !plan->deletions.items[i].is_withdrawn)
            vec_push(&pending.pending, plan->deletions.items[i].path);
    write_with(local, &pending, manifest);
}
