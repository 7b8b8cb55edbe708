#include "output/parts.h"

#include <errno.h>
#include <fcntl.h>

enum { FOREIGN_NAMED = 3, SIGNED_MOST = 64 << 20 };

static int compare_files(const void *a, const void *b) {
    return slice_compare(((const struct tree_file *)a)->path, ((const struct tree_file *)b)->path);
}

static void sort_files(struct output *output) {
    if (output->new_tree.files.count)
        qsort(output->new_tree.files.items, output->new_tree.files.count, sizeof *output->new_tree.files.items,
              compare_files);
    if (output->written.count)
        qsort(output->written.items, output->written.count, sizeof *output->written.items, slice_compare_items);
}

/* Gone through, for it may be asked before they are sorted: for a first feed or two, and where a manifest is lost. */
static bool is_written(const struct output *output, struct slice path) {
    for (size_t i = 0; i < output->written.count; i++)
        if (slice_equal(output->written.items[i], path))
            return true;
    return false;
}

/* The manifest of the new tree, once: of a large one the text is large, so it comes as late as it can. */
static bool write_manifest(struct output *output) {
    if (output->new_manifest.size == 0)
        manifest_write(&output->new_tree, &output->new_manifest);
    output->new_hash = hash64(buf_slice(&output->new_manifest));
    if (!output->new_manifest.failed)
        return true;
    errno = EFBIG;
    return stage_fail(&output->stage, "write", SLICE(MANIFEST_NAME));
}

static bool find_changes(struct output *output, const struct plan *plan) {
    const struct tree *old = listing_tree(output->old);
    for (size_t i = 0; i < old->files.count; i++) {
        enum expectation expected = plan_expected(plan, old->files.items[i].path);
        output->counts.removed += expected != EXPECT_FILE && expected != EXPECT_SAME;
    }
    /* Half published by a run before, and no longer wanted. */
    for (size_t i = 0; i < output->mark.paths.count && output->served >= 0; i++) {
        struct slice path = output->mark.paths.items[i];
        enum expectation expected = plan_expected(plan, path);
        struct stat status;
        output->counts.removed += expected == EXPECT_NOTHING && !listing_find(output->old, path) &&
                                  fstatat(output->served, path.data, &status, AT_SYMLINK_NOFOLLOW) == 0;
    }
    output->counts.written = output->written.count;
    output->counts.unchanged = output->new_tree.files.count - output->written.count;
    output->changed = output->served < 0 || output->counts.written || output->counts.removed;
    if (!output->changed && !write_manifest(output))
        return false;
    output->changed = output->changed || !listing_holds(output->old, buf_slice(&output->new_manifest));
    return true;
}

struct pruning {
    struct output *output;
    bool can_link;
    struct walk unexpected; /* paths in the plan's arena */
};

static bool is_in_place(const struct plan *plan, const struct walk_item *item) {
    enum expectation expected = plan_expected(plan, item->path);
    return expected != EXPECT_NOTHING && (item->kind == WALK_FOLDER) == (expected == EXPECT_FOLDER);
}

static bool visit_staged(void *context, const struct walk_item *item) {
    struct pruning *pruning = context;
    struct plan *plan = &pruning->output->plan;
    if (pruning->can_link)
        plan_linked(plan, pruning->output, item);
    if (!is_in_place(plan, item)) {
        struct walk_item kept = *item;
        kept.path = arena_copy(&plan->arena, item->path);
        vec_push(&pruning->unexpected.items, kept);
    }
    return true;
}

/* Away with what is not expected: what was removed, and what crashed runs and others left. */
static bool prune(struct output *output, struct buf *named) {
    struct pruning pruning = {.output = output, .can_link = plan_can_link(output)};
    const struct walk *unexpected = &pruning.unexpected;
    struct slice unreadable;
    bool pruned = walk_each(output->stage.root, visit_staged, &pruning, &output->plan.arena, &unreadable) ||
                  stage_fail(&output->stage, "read", unreadable);
    if (pruned)
        latecomers_keep(output, unexpected, named);
    for (size_t i = unexpected->items.count; pruned && i-- > 0;)
        if (!is_in_place(&output->plan, &unexpected->items.items[i]))
            pruned = stage_drop(&output->stage, &unexpected->items.items[i]);
    walk_release(&pruning.unexpected);
    return pruned;
}

static bool carry_foreign(struct output *output, const struct plan *plan, struct buf *named) {
    size_t new_ones = 0;
    for (size_t i = 0; i < plan->foreign.count; i++) {
        const struct walk_item *item = &plan->foreign.items[i];
        bool is_new = false;
        if (item->kind == WALK_FOLDER ? !stage_make_folder(&output->stage, item->path)
                                      : !stage_link(&output->stage, item->path, &is_new))
            return false;
        if (is_new && new_ones++ < FOREIGN_NAMED)
            buf_append_format(named, "%s%.*s", named->size ? ", " : "", SLICE_ARGUMENTS(item->path));
    }
    if (new_ones > FOREIGN_NAMED)
        buf_append_format(named, " and %zu more", new_ones - FOREIGN_NAMED);
    return true;
}

static bool stage_manifest(struct output *output) {
    bool is_new;
    if (output->served >= 0 && listing_holds(output->old, buf_slice(&output->new_manifest)))
        return stage_link(&output->stage, SLICE(MANIFEST_NAME), &is_new);
    return stage_write(&output->stage, SLICE(MANIFEST_NAME), buf_slice(&output->new_manifest), NULL);
}

/* What was not put by output_put: everything that is as it was. */
static bool fill_stage(struct output *output, struct plan *plan, struct diagnostics *diagnostics) {
    struct stage *stage = &output->stage;
    CLEANUP(buf_release) struct buf named = BUF(BUF_UNLIMITED);
    /* The manifest first, so that its text is held no longer: before the mark is gone nobody believes the stage. */
    if (!stage_begin(stage) || !stage_manifest(output))
        return false;
    buf_release(&output->new_manifest);
    if (!prune(output, &named))
        return false;
    bool is_new;
    for (size_t i = 0; i < output->new_tree.files.count; i++) {
        struct slice path = output->new_tree.files.items[i].path;
        if (plan_expected(plan, path) == EXPECT_SAME && !stage_link(stage, path, &is_new))
            return false;
    }
    if (!carry_foreign(output, plan, &named) || !stage_seal(stage))
        return false;
    if (named.size)
        diag_report(diagnostics, DIAGNOSTIC_OUTPUT_FOREIGN, output_place(output), "%s", buf_string(&named));
    if (stage->links_refused)
        diag_report(diagnostics, DIAGNOSTIC_OUTPUT_COPIED, output_place(output), "%s", "");
    return true;
}

static enum output_result report_clash(struct output *output, struct slice path, const char *why,
                                       struct diagnostics *diagnostics) {
    diag_report(diagnostics, DIAGNOSTIC_OUTPUT_CLASH, output_place(output), "%.*s%s", SLICE_ARGUMENTS(path), why);
    return OUTPUT_CLASH;
}

static void report_left_out(struct output *output, const struct plan *plan, struct diagnostics *diagnostics) {
    for (size_t i = 0; i < plan->special.count; i++)
        diag_report(diagnostics, DIAGNOSTIC_OUTPUT_SPECIAL, output_place(output), "%.*s",
                    SLICE_ARGUMENTS(plan->special.items[i]));
    for (size_t i = 0; i < output->left_out.count; i++)
        diag_report(diagnostics, DIAGNOSTIC_OUTPUT_SPECIAL,
                    (struct place){.file = slice_of(output->options.copied_folder)}, "%.*s",
                    SLICE_ARGUMENTS(output->left_out.items[i]));
}

/* Does the served feed of that path say that pindao wrote it? Text cannot say so: its < is escaped. */
static bool is_signed(const struct output *output, struct slice path) {
    static const struct slice signature = SLICE_CONSTANT("<generator>pindao</generator>");
    CLEANUP(buf_release) struct buf bytes = BUF(SIGNED_MOST);
    return output_read_old(output, path, &bytes) && slice_find(buf_slice(&bytes), signature, 0) < bytes.size;
}

/* Is something else than a folder there? The path ends with a NUL. */
static bool stands(const struct output *output, struct slice path) {
    struct stat status;
    return output->served >= 0 && fstatat(output->served, path.data, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           !S_ISDIR(status.st_mode);
}

/*
 * The manifest is gone, as when somebody tidied up. The tree is ours all the same when one of its feeds is, byte for
 * byte, the one that we would write, or says that it is ours, or when the tree before it has a manifest: then what
 * differs is ours too.
 */
static bool is_own_tree(const struct output *output) {
    bool ours = output_previous_tree(output)->files.count > 0;
    for (size_t i = 0; i < output->new_tree.files.count && !ours; i++) {
        const struct tree_file *file = &output->new_tree.files.items[i];
        ours = file->is_feed && stands(output, file->path) &&
               (!is_written(output, file->path) || is_signed(output, file->path));
    }
    return ours;
}

static bool has_put_feed(const struct output *output) {
    for (size_t i = 0; i < output->new_tree.files.count; i++)
        if (output->new_tree.files.items[i].is_feed)
            return true;
    return false;
}

/* Is it known of each file of the served folder whose it is? */
static bool tells_apart(const struct output *output) {
    if (listing_state(output->old) == LISTING_READ)
        return true;
    return listing_lacks_manifest(output->old) && has_put_feed(output) && !is_own_tree(output);
}

bool output_is_foreign(const struct output *output, struct slice path) {
    CLEANUP(arena_release) struct arena arena = {0};
    for (struct slice at = path; at.size; at = walk_folder_of(at)) {
        struct slice terminated = arena_copy(&arena, at);
        if (stands(output, terminated) && !plan_is_ours(output, terminated))
            return tells_apart(output);
    }
    return false;
}

static void adopt_files(struct output *output, struct diagnostics *diagnostics) {
    if (!is_own_tree(output))
        return;
    output->unknown_owner = true;
    diag_report(diagnostics, DIAGNOSTIC_MANIFEST_BROKEN, output_place(output), "it is missing");
}

/* What the served tree's manifest is good for. false: it is somebody else's. */
static bool judge_manifest(struct output *output, struct diagnostics *diagnostics) {
    switch (listing_state(output->old)) {
    case LISTING_READ:
        return true;
    case LISTING_NONE:
        if (listing_lacks_manifest(output->old))
            adopt_files(output, diagnostics);
        return true;
    case LISTING_DAMAGED:
        output->unknown_owner = true;
        diag_report(diagnostics, DIAGNOSTIC_MANIFEST_BROKEN, output_place(output), "%s", listing_why(output->old));
        return true;
    case LISTING_SOMEBODYS:
        break;
    }
    diag_report(diagnostics, DIAGNOSTIC_OUTPUT_CLASH, output_place(output), "%s: %s", MANIFEST_NAME,
                listing_why(output->old));
    return false;
}

static const char lost_manifest[] = " (if pindao wrote this tree, its manifest.json is gone: put it back, or move "
                                    "the whole folder away)";

static bool is_manifest_lost(const struct output *output) {
    return listing_lacks_manifest(output->old) && !output->unknown_owner;
}

static enum output_result finish(struct output *output, struct plan *plan, struct diagnostics *diagnostics) {
    sort_files(output);
    if (!judge_manifest(output, diagnostics))
        return OUTPUT_CLASH;
    plan_own(plan, output);
    if (plan->clash.size)
        return report_clash(output, plan->clash, " (static: and pindao, or two channels, want this path)", diagnostics);
    /* Nothing changed: nothing is looked at. What others put into the served folder stays there anyway. */
    if (!find_changes(output, plan) || (output->changed && !plan_foreign(plan, output)) || !write_manifest(output))
        return output_report_failure(output, DIAGNOSTIC_OUTPUT_FAILED, diagnostics);
    if (plan->clash.size)
        return report_clash(output, plan->clash, is_manifest_lost(output) ? lost_manifest : "", diagnostics);
    output->counts.foreign = plan->foreign.count;
    output->counts.removed += plan->adopted.count;
    bool filled = !output->changed || output->options.dry_run || fill_stage(output, plan, diagnostics);
    output->counts.relinked = output->stage.linked;
    if (!filled)
        return output_report_failure(output, DIAGNOSTIC_OUTPUT_FAILED, diagnostics);
    report_left_out(output, plan, diagnostics);
    output->finished = true;
    return OUTPUT_OK;
}

enum output_result output_finish(struct output *output, struct diagnostics *diagnostics) {
    copied_put(output);
    if (output->stage.failed)
        return output_report_failure(output, DIAGNOSTIC_OUTPUT_FAILED, diagnostics);
    return finish(output, &output->plan, diagnostics);
}
