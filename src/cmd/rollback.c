#include "cmd/rollback.h"

#include "base/file.h"
#include "check/check.h"
#include "cmd/command.h"
#include "cmd/configuration.h"
#include "cmd/folders.h"
#include "cmd/open_output.h"
#include "cmd/report.h"
#include "cmd/run_log.h"

#include <errno.h>
#include <sysexits.h>

/*
 * pindao rollback: the previous tree is put again, file by file, so that what differs is newer for every cache than
 * what it replaces; the tree that was served becomes the previous one.
 */
struct rollback {
    struct options options;
    struct diagnostics diagnostics;
    struct settings settings;
    const char *state_folder;
    struct output *output;
    bool has_note, undoes; /* it has written one; or there was one, which it takes away */
    struct report report;
};

static int refuse(struct rollback *rollback, const char *why, struct slice path) {
    diag_report(&rollback->diagnostics, DIAGNOSTIC_NO_PREVIOUS_TREE,
                (struct place){.file = slice_of(rollback->report.directory)}, "%s%.*s", why, SLICE_ARGUMENTS(path));
    return EX_NOINPUT;
}

static int find_folders(struct rollback *rollback) {
    struct settings *settings = &rollback->settings;
    rollback->state_folder = configuration_state_folder(&rollback->options, settings);
    rollback->report.directory = configuration_output_folder(&rollback->options, settings);
    return folders_check(&rollback->options, settings, rollback->state_folder, &rollback->diagnostics);
}

static int open_trees(struct rollback *rollback) {
    return open_output_alone(&rollback->options, &rollback->settings, &rollback->diagnostics, &rollback->output);
}

/* Calls `each` for the files that the two trees do not have in common; until one returns another code than 0. */
static int each_difference(struct rollback *rollback, int (*each)(struct rollback *, const struct tree_file *),
                           int (*same)(struct rollback *, const struct tree_file *)) {
    const struct tree *previous = output_previous_tree(rollback->output);
    const struct tree *old = output_old_tree(rollback->output);
    size_t at = 0;
    for (size_t i = 0; i < previous->files.count; i++) {
        const struct tree_file *file = &previous->files.items[i];
        while (at < old->files.count && slice_compare(old->files.items[at].path, file->path) < 0)
            at++;
        const struct tree_file *served = at < old->files.count ? &old->files.items[at] : NULL;
        bool is_same = served && slice_equal(served->path, file->path) && served->size == file->size &&
                       sha256_equal(&served->hash, &file->hash) && slice_equal(served->type, file->type) &&
                       served->is_feed == file->is_feed && served->entries == file->entries;
        int code = is_same ? same(rollback, file) : each(rollback, file);
        if (code != EX_OK)
            return code;
    }
    return EX_OK;
}

static bool is_same_tree(const struct tree *a, const struct tree *b) {
    bool same = a->files.count == b->files.count;
    for (size_t i = 0; same && i < a->files.count; i++)
        same = slice_equal(a->files.items[i].path, b->files.items[i].path) &&
               sha256_equal(&a->files.items[i].hash, &b->files.items[i].hash) &&
               a->files.items[i].entries == b->files.items[i].entries;
    return same;
}

static bool read_file(struct rollback *rollback, const struct tree_file *file, struct buf *bytes) {
    if (!output_read_previous(rollback->output, file->path, bytes) || bytes->size != file->size)
        return false;
    struct sha256 hash = sha256_of(buf_slice(bytes));
    return sha256_equal(&hash, &file->hash);
}

static int check_file(struct rollback *rollback, const struct tree_file *file) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    if (!read_file(rollback, file, &bytes))
        return refuse(rollback, "it is not as its manifest.json says: ", file->path);
    struct check_result result = {0};
    if (!file->is_feed)
        return EX_OK;
    check_feed(buf_slice(&bytes), file->path, &rollback->diagnostics, &result);
    /* Stubs of what was withdrawn are entries that the manifest does not count. */
    if (result.errors == 0 && result.entries >= file->entries)
        return EX_OK;
    diag_report(&rollback->diagnostics, DIAGNOSTIC_CHECK_FAILED, (struct place){.file = file->path},
                "%zu errors, %zu of %u entries", result.errors, result.entries, file->entries);
    return EX_SOFTWARE;
}

static int pass_over(struct rollback *rollback, const struct tree_file *file) {
    (void)rollback, (void)file;
    return EX_OK;
}

/* All is looked at before the first file is put: the stage is where the new tree is made, and would be lost. */
static int check_previous(struct rollback *rollback) {
    const struct tree *previous = output_previous_tree(rollback->output);
    if (previous->files.count == 0)
        return refuse(rollback, "", SLICE(""));
    if (is_same_tree(previous, output_old_tree(rollback->output)))
        return refuse(rollback, "it is the one that is served", SLICE(""));
    return each_difference(rollback, check_file, pass_over);
}

static int put_file(struct rollback *rollback, const struct tree_file *file) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    if (!read_file(rollback, file, &bytes))
        return refuse(rollback, "it is not as its manifest.json says: ", file->path);
    if (file->is_feed)
        output_put_feed(rollback->output, file->path, buf_slice(&bytes), file->type.data, file->entries);
    else
        output_put(rollback->output, file->path, buf_slice(&bytes), file->type.data);
    return EX_OK;
}

/* The served one, when it is as it should be. */
static int keep_file(struct rollback *rollback, const struct tree_file *file) {
    return output_keep(rollback->output, file->path) ? EX_OK : put_file(rollback, file);
}

static int put_previous(struct rollback *rollback) {
    return each_difference(rollback, put_file, keep_file);
}

static int finish_output(struct rollback *rollback) {
    return output_exit_code(output_finish(rollback->output, &rollback->diagnostics));
}

/*
 * The note is there before the swap: a build that came between would undo it. And before the stage is touched: where it
 * cannot be written, the previous tree stays. A rollback of a rollback takes the note away instead.
 */
static int write_note(struct rollback *rollback) {
    const struct options *options = &rollback->options;
    rollback->undoes = rollback_is_noted(options, &rollback->settings, rollback->state_folder);
    if (options->dry_run || rollback->undoes)
        return EX_OK;
    rollback->has_note = true;
    if (rollback_note(options, &rollback->settings, rollback->state_folder))
        return EX_OK;
    diag_report(&rollback->diagnostics, DIAGNOSTIC_OUTPUT_FAILED,
                (struct place){.file = slice_of(rollback->state_folder)}, "cannot write rolled-back: %s",
                strerror(errno));
    return EX_IOERR;
}

static int swap_trees(struct rollback *rollback) {
    if (rollback->options.dry_run)
        return EX_OK;
    return output_exit_code(output_swap(rollback->output, &rollback->diagnostics));
}

/* The tree may stand though the swap failed, where only the disk did not confirm it; then the note is right. */
static void settle_note(struct rollback *rollback, int code) {
    bool stands = code == EX_OK || rollback->diagnostics.per_id[DIAGNOSTIC_OUTPUT_UNCERTAIN] ||
                  rollback->diagnostics.per_id[DIAGNOSTIC_OUTPUT_LEFT_BEHIND];
    if (rollback->options.dry_run)
        return;
    if ((rollback->has_note && !stands) || (rollback->undoes && stands))
        rollback_end(&rollback->options, &rollback->settings, rollback->state_folder);
}

static int (*const steps[])(struct rollback *) = {
    find_folders, open_trees, check_previous, write_note, put_previous, finish_output, swap_trees,
};

static void fill_report(struct rollback *rollback, int code) {
    struct output_counts counts = {0};
    if (rollback->output)
        counts = output_counts(rollback->output);
    rollback->report.command = "rollback";
    rollback->report.tree_only = true;
    rollback->report.written = counts.written;
    rollback->report.unchanged = counts.unchanged;
    rollback->report.relinked = counts.relinked;
    rollback->report.removed = counts.removed;
    rollback->report.bytes_written = counts.bytes_written;
    rollback->report.dry_run = rollback->options.dry_run;
    rollback->report.exit_code = code;
}

static void log_run(const struct rollback *rollback, struct run_clock clock) {
    const struct report *report = &rollback->report;
    const struct run run = {
        .command = report->command,
        .exit_code = report->exit_code,
        .written = report->written,
        .relinked = report->relinked,
        .removed = report->removed,
        .bytes_written = report->bytes_written,
        .next_date = INT64_MAX,
    };
    if (rollback->state_folder && !rollback->options.dry_run)
        run_log_add(rollback->state_folder, clock, run);
}

int rollback_command(int argc, char **argv) {
    struct rollback rollback = {0};
    struct run_clock clock = run_clock_start();
    int code = EX_OK;
    if (!options_read(argc, argv, "coSdwJvq", &rollback.diagnostics, &rollback.options) ||
        !options_end(argc, argv, &rollback.options, &rollback.diagnostics))
        code = EX_USAGE;
    if (code == EX_OK)
        code = configuration_load(&rollback.options, &rollback.diagnostics, &rollback.settings);
    for (size_t i = 0; code == EX_OK && i < ARRAY_LENGTH(steps); i++)
        code = steps[i](&rollback);
    settle_note(&rollback, code);
    fill_report(&rollback, code);
    report_print(&rollback.report, &rollback.options, &rollback.diagnostics);
    log_run(&rollback, clock);
    output_close(rollback.output);
    settings_release(&rollback.settings);
    diagnostics_release(&rollback.diagnostics);
    return code;
}
