#include "output/parts.h"

#include <errno.h>
#include <fcntl.h>

enum { FOREIGN_NAMED = 3, SIGNED_MOST = 64 << 20 };

static int compare_puts(const void *a, const void *b) {
    return slice_compare(((const struct put *)a)->file.path, ((const struct put *)b)->file.path);
}

/* The new tree and its manifest, out of what was put, and what they are worth. */
static void list_files(struct output *output) {
    if (output->puts.count)
        qsort(output->puts.items, output->puts.count, sizeof *output->puts.items, compare_puts);
    for (size_t i = 0; i < output->puts.count; i++) {
        const struct put *put = &output->puts.items[i];
        vec_push(&output->new_tree.files, put->file);
        output->counts.unchanged += put->same;
        output->counts.written += !put->same;
        output->counts.bytes_written += put->same ? 0 : put->file.size;
    }
    manifest_write(&output->new_tree, &output->new_manifest);
}

static void find_changes(struct output *output, const struct plan *plan) {
    const struct tree *old = listing_tree(output->old);
    for (size_t i = 0; i < old->files.count; i++) {
        uint64_t expected = map_get(&plan->expected, old->files.items[i].path, EXPECT_NOTHING);
        output->counts.removed += expected != EXPECT_FILE && expected != EXPECT_SAME;
    }
    /* Half published by a run before, and no longer wanted. */
    for (size_t i = 0; i < output->mark.paths.count && output->served >= 0; i++) {
        struct slice path = output->mark.paths.items[i];
        uint64_t expected = map_get(&plan->expected, path, EXPECT_NOTHING);
        struct stat status;
        output->counts.removed += expected == EXPECT_NOTHING && !listing_find(output->old, path) &&
                                  fstatat(output->served, path.data, &status, AT_SYMLINK_NOFOLLOW) == 0;
    }
    output->changed = output->served < 0 || output->counts.written || output->counts.removed ||
                      !slice_equal(listing_bytes(output->old), buf_slice(&output->new_manifest));
}

/* Away with what is not expected: what was removed, and what crashed runs and others left. */
static bool prune(struct output *output, struct plan *plan, struct arena *arena, struct buf *named) {
    CLEANUP(walk_release) struct walk walk = {0};
    struct slice unreadable;
    if (!walk_all(output->stage.root, arena, &walk, &unreadable))
        return stage_fail(&output->stage, "read", unreadable);
    plan_linked(plan, output, &walk);
    latecomers_keep(output, &walk, named);
    for (size_t i = walk.items.count; i-- > 0;) {
        const struct walk_item *item = &walk.items.items[i];
        uint64_t expected = map_get(&plan->expected, item->path, EXPECT_NOTHING);
        bool folder = item->kind == WALK_FOLDER;
        if ((expected == EXPECT_NOTHING || folder != (expected == EXPECT_FOLDER)) && !stage_drop(&output->stage, item))
            return false;
    }
    return true;
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
    if (output->served >= 0 && slice_equal(listing_bytes(output->old), buf_slice(&output->new_manifest)))
        return stage_link(&output->stage, SLICE(MANIFEST_NAME), &is_new);
    return stage_write(&output->stage, SLICE(MANIFEST_NAME), buf_slice(&output->new_manifest), NULL);
}

/* What was not put by output_put: everything that is as it was. */
static bool fill_stage(struct output *output, struct plan *plan, struct diagnostics *diagnostics) {
    struct stage *stage = &output->stage;
    CLEANUP(buf_release) struct buf named = BUF(BUF_UNLIMITED);
    if (!stage_begin(stage) || !prune(output, plan, &plan->arena, &named))
        return false;
    bool is_new;
    for (size_t i = 0; i < output->puts.count; i++) {
        const struct put *put = &output->puts.items[i];
        if (put->same && map_get(&plan->expected, put->file.path, EXPECT_NOTHING) != EXPECT_LINKED &&
            !stage_link(stage, put->file.path, &is_new))
            return false;
    }
    if (!carry_foreign(output, plan, &named) || !stage_manifest(output) || !stage_seal(stage))
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

/*
 * The manifest is gone, as when somebody tidied up. The tree is ours all the same when one of its feeds is, byte for
 * byte, the one that we would write, or says that it is ours, or when the tree before it has a manifest: then what
 * differs is ours too.
 */
static void adopt_files(struct output *output, struct diagnostics *diagnostics) {
    bool ours = output_previous_tree(output)->files.count > 0;
    for (size_t i = 0; i < output->puts.count && !ours; i++)
        ours = output->puts.items[i].file.is_feed &&
               (output->puts.items[i].same || is_signed(output, output->puts.items[i].file.path));
    if (!ours)
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
    if (!judge_manifest(output, diagnostics))
        return OUTPUT_CLASH;
    list_files(output);
    plan_own(plan, output);
    if (plan->clash.size)
        return report_clash(output, plan->clash, " (static: and pindao, or two channels, want this path)", diagnostics);
    if (output->new_manifest.failed) {
        errno = EFBIG;
        stage_fail(&output->stage, "write", SLICE(MANIFEST_NAME));
        return output_report_failure(output, DIAGNOSTIC_OUTPUT_FAILED, diagnostics);
    }
    find_changes(output, plan);
    /* Nothing changed: nothing is looked at. What others put into the served folder stays there anyway. */
    if (output->changed && !plan_foreign(plan, output))
        return output_report_failure(output, DIAGNOSTIC_OUTPUT_FAILED, diagnostics);
    if (plan->clash.size)
        return report_clash(output, plan->clash, is_manifest_lost(output) ? lost_manifest : "", diagnostics);
    output->counts.foreign = plan->foreign.count;
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
