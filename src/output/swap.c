#include "base/file.h"
#include "output/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static enum output_result report_carried(struct output *output, struct buf *named, struct diagnostics *diagnostics) {
    if (named->size)
        diag_report(diagnostics, DIAGNOSTIC_OUTPUT_FOREIGN, output_place(output), "%s", buf_string(named));
    return OUTPUT_OK;
}

static bool remove_stage(struct output *output) {
    const struct layout *layout = &output->layout;
    file_close(&output->stage.root);
    return (walk_remove(layout->parent, slice_of(layout->stage)) && fsync(layout->parent) == 0) ||
           stage_fail(&output->stage, "remove", slice_of(layout->stage));
}

/* The stage is a tree that was served, and nobody's half-done work. */
static bool rescue(struct output *output, struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf named = BUF(BUF_UNLIMITED);
    if (output->crashed || listing_state(output->previous) != LISTING_READ)
        return true;
    return stage_begin(&output->stage) && latecomers_rescue(output, &named) &&
           report_carried(output, &named, diagnostics) == OUTPUT_OK;
}

/*
 * Nothing changed, but a run before came to no end, or the previous tree is to be forgotten. The served files were
 * compared byte by byte, or belong to a run that ended well, so they are whole; what is in the stage is of no use.
 * Without it the mark may go, or every run would compare them again.
 */
static bool clear_away(struct output *output, struct diagnostics *diagnostics) {
    const struct layout *layout = &output->layout;
    if (!output->mark.stands)
        return true;
    if (!rescue(output, diagnostics))
        return false;
    if (output->served >= 0 && !walk_remove(output->served, SLICE(REPLACE_DRAFT)))
        return stage_fail(&output->stage, "remove", SLICE(REPLACE_DRAFT));
    return remove_stage(output) &&
           (mark_remove(&output->mark, layout) || stage_fail(&output->stage, "remove", slice_of(layout->mark)));
}

/* Not for want of permission, as far as the exit code goes: that would say that the old tree is served. */
static enum output_result report_stays(struct output *output, struct diagnostics *diagnostics) {
    (void)output_report_failure(output, DIAGNOSTIC_PREVIOUS_STAYS, diagnostics);
    return OUTPUT_FAILED;
}

/* EXDEV also from overlays, EBUSY from mount points. */
static bool cannot_exchange(int error) {
    return error == EINVAL || error == ENOSYS || error == ENOTSUP || error == EXDEV || error == EBUSY;
}

static bool move_first(const struct layout *layout) {
    if (renameat2(layout->parent, layout->stage, layout->parent, layout->name, RENAME_NOREPLACE) == 0)
        return true;
    /* A plain rename is as whole: it fails if a folder with anything in it came to stand there. */
    return cannot_exchange(errno) && renameat(layout->parent, layout->stage, layout->parent, layout->name) == 0;
}

static enum output_result swap_per_file(struct output *output, struct diagnostics *diagnostics) {
    bool began = false;
    diag_report(diagnostics, DIAGNOSTIC_OUTPUT_PER_FILE, output_place(output), "%s", "");
    if (replace_files(output, &began))
        return OUTPUT_OK;
    return output_report_failure(output, began ? DIAGNOSTIC_OUTPUT_PARTLY : DIAGNOSTIC_OUTPUT_FAILED, diagnostics);
}

/* The new tree is served by now: what cannot be carried is in the previous one, and must be said. */
static enum output_result carry_latecomers(struct output *output, struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf named = BUF(BUF_UNLIMITED);
    if (!latecomers_carry(output, &named)) {
        (void)output_report_failure(output, DIAGNOSTIC_OUTPUT_LEFT_BEHIND, diagnostics);
        return OUTPUT_FAILED;
    }
    return report_carried(output, &named, diagnostics);
}

static enum output_result swap_trees(struct output *output, struct diagnostics *diagnostics) {
    const struct layout *layout = &output->layout;
    if (output->served < 0 && move_first(layout))
        return OUTPUT_OK;
    if (output->served >= 0 &&
        renameat2(layout->parent, layout->stage, layout->parent, layout->name, RENAME_EXCHANGE) == 0)
        return carry_latecomers(output, diagnostics);
    if (output->served >= 0 && cannot_exchange(errno))
        return swap_per_file(output, diagnostics);
    stage_fail(&output->stage, "swap", slice_of(layout->stage));
    return output_report_failure(output, DIAGNOSTIC_OUTPUT_FAILED, diagnostics);
}

enum output_result output_swap(struct output *output, struct diagnostics *diagnostics) {
    if (!output->finished || output->options.dry_run)
        return output->finished ? OUTPUT_OK : OUTPUT_FAILED;
    if (!output->changed) {
        output->swapped = clear_away(output, diagnostics);
        return output->swapped ? OUTPUT_OK : output_report_failure(output, DIAGNOSTIC_OUTPUT_FAILED, diagnostics);
    }
    enum output_result result = swap_trees(output, diagnostics);
    if (result != OUTPUT_OK)
        return result;
    if (fsync(output->layout.parent) != 0) {
        stage_fail(&output->stage, "sync", slice_of("the folder around it"));
        return output_report_failure(output, DIAGNOSTIC_OUTPUT_UNCERTAIN, diagnostics);
    }
    output->swapped = true;
    if (output->mark.forget && !remove_stage(output))
        return report_stays(output, diagnostics);
    /* A mark that stays makes the next run slower, no more: the new tree stands, and that is what is to be said. */
    bool removed = mark_remove(&output->mark, &output->layout);
    (void)removed;
    return OUTPUT_OK;
}

enum output_result output_forget_previous(struct output *output, struct diagnostics *diagnostics) {
    if (output->options.dry_run)
        return OUTPUT_OK;
    if (!mark_set_forget(&output->mark, &output->layout)) {
        stage_fail(&output->stage, "write", slice_of(output->layout.mark));
        return output->swapped ? report_stays(output, diagnostics)
                               : output_report_failure(output, DIAGNOSTIC_OUTPUT_FAILED, diagnostics);
    }
    if (!output->swapped)
        return OUTPUT_OK;
    if ((!output->changed && !rescue(output, diagnostics)) || !remove_stage(output))
        return report_stays(output, diagnostics);
    bool removed = mark_remove(&output->mark, &output->layout);
    (void)removed;
    return OUTPUT_OK;
}
