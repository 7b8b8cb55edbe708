#include "output/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/*
 * Nothing changed, but a run before came to no end. The served files were compared byte by byte, so they are
 * whole; what is in the stage is of no use. Without it the mark may go, or every run would compare them again.
 */
static bool clear_away(struct output *output) {
    const struct layout *layout = &output->layout;
    if (!output->mark.stands)
        return true;
    if ((output->served >= 0 && !walk_remove(output->served, SLICE(REPLACE_DRAFT))) ||
        !walk_remove(layout->parent, slice_of(layout->stage)) || fsync(layout->parent) != 0)
        return stage_fail(&output->stage, "remove", slice_of(layout->stage));
    return mark_remove(&output->mark, layout) || stage_fail(&output->stage, "remove", slice_of(layout->mark));
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
    if (named.size)
        diag_report(diagnostics, DIAGNOSTIC_OUTPUT_FOREIGN, output_place(output), "%s", buf_string(&named));
    return OUTPUT_OK;
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
    if (!output->changed)
        return clear_away(output) ? OUTPUT_OK : output_report_failure(output, DIAGNOSTIC_OUTPUT_FAILED, diagnostics);
    enum output_result result = swap_trees(output, diagnostics);
    if (result != OUTPUT_OK)
        return result;
    if (fsync(output->layout.parent) != 0) {
        stage_fail(&output->stage, "sync", slice_of("the folder around it"));
        return output_report_failure(output, DIAGNOSTIC_OUTPUT_UNCERTAIN, diagnostics);
    }
    /* A mark that stays makes the next run slower, no more: the new tree stands, and that is what is to be said. */
    bool removed = mark_remove(&output->mark, &output->layout);
    (void)removed;
    return OUTPUT_OK;
}
