#include "cmd/build_state.h"

#include "base/file.h"
#include "cmd/run_metrics.h"

#include <sysexits.h>

/* What a run says of itself: the report, the log of runs, the figures. */

void build_count(struct build *build) {
    const struct index_counts *counts = &build->corpus.counts;
    const struct output_counts tree = output_counts(build->output);
    if (!build->is_over)
        build->counts = (struct news_counts){
            .articles = counts->articles,
            .refused = build->corpus.refused + build->fetched.refused,
            .future = counts->future,
            .withdrawn = counts->withdrawn,
            .held = counts->held,
            .joined = counts->joined,
            .copies = counts->copies,
            .duplicates = counts->duplicates,
            .channels = build->feeds.channels,
            .shown = build->feeds.shown,
            .files = tree.written + tree.unchanged,
        };
}

void build_fill_report(struct build *build, int exit_code) {
    const struct news_counts *counts = &build->counts;
    struct report *report = &build->report;
    struct output_counts tree = {0};
    if (build->output) {
        build_count(build);
        tree = output_counts(build->output);
    }
    if (build->is_over)
        tree.unchanged = counts->files;
    report->command = build->order->command;
    report->articles = counts->articles;
    report->refused = counts->refused;
    report->future = counts->future;
    report->withdrawn = counts->withdrawn;
    report->held = counts->held;
    report->joined = counts->joined;
    report->copies = counts->copies;
    report->duplicates = counts->duplicates;
    report->channels = counts->channels;
    report->shown = counts->shown;
    report->files_read = build->corpus.files_read;
    report->bytes_read = build->corpus.bytes_read;
    report->rendered = build->feeds.rendered;
    report->requests = build->fetched.requests;
    report->fetched = build->fetched.changed;
    report->bytes_fetched = build->fetched.bytes;
    report->nothing_new = build->is_over;
    report->written = tree.written;
    report->unchanged = tree.unchanged;
    report->relinked = tree.relinked;
    report->removed = tree.removed;
    report->bytes_written = tree.bytes_written;
    report->dry_run = build->options.dry_run;
    report->exit_code = exit_code;
}

static const char *first_error(const struct diagnostics *diagnostics) {
    for (size_t i = 0; i < diagnostics->items.count; i++)
        if (diagnostic_severity(diagnostics->items.items[i].id) == SEVERITY_ERROR)
            return diagnostic_name(diagnostics->items.items[i].id);
    return NULL;
}

void build_log(struct build *build) {
    const struct report *report = &build->report;
    struct run run = {
        .command = report->command,
        .exit_code = report->exit_code,
        .error = first_error(&build->diagnostics),
        .nothing_new = build->is_over,
        .is_served = build->is_served,
        .articles = report->articles,
        .refused = report->refused,
        .new_articles = build->new_articles,
        .written = report->written,
        .relinked = report->relinked,
        .removed = report->removed,
        .bytes_written = report->bytes_written,
        .channels_changed = report->rendered,
        .requests = report->requests,
        .bytes_fetched = report->bytes_fetched,
        .next_date = build->facts.next_date ? build->facts.next_date : INT64_MAX,
    };
    CLEANUP(arena_release) struct arena arena = {0};
    const char *folder = build->state_folder;
    /* The configuration could not be read, which should be seen too. */
    if (!folder && build->options.state)
        folder = build->options.state;
    else if (!folder)
        folder = file_join(&arena, file_folder(&arena, build->options.config), ".pindao");
    if (!build->options.dry_run && report->exit_code != EX_USAGE)
        run_log_add(folder, build->clock, run);
}

void build_write_metrics(struct build *build) {
    CLEANUP(metrics_release) struct metrics metrics = {0};
    const struct run_facts facts = {
        .report = &build->report,
        .clock = build->clock,
        .is_complete = build->is_complete,
        .new_articles = build->new_articles,
        .settings = &build->settings,
        .cache = build->cache,
        .state_folder = build->state_folder,
        .diagnostics = &build->diagnostics,
    };
    if (!build->options.metrics || build->options.dry_run)
        return;
    metrics_open(&metrics, build->options.metrics);
    run_metrics_append(&metrics, &facts);
    if (build->options.publish)
        publish_metrics_append(&metrics, &(struct publish_facts){.clock = build->clock,
                                                                 .did_run = build->has_published,
                                                                 .exit_code = build->publish_code,
                                                                 .settings = &build->settings,
                                                                 .state_folder = build->state_folder});
    metrics_write(&metrics, &build->diagnostics);
}

void build_tell_more(struct build *build, struct buf *text) {
    if (!build->order->tell || !build->history)
        return;
    const struct build_outcome outcome = {
        .options = &build->options,
        .corpus = &build->corpus,
        .withdrawals = build->withdrawals,
        .history = history_of(build->history),
        .is_done = build->is_served,
    };
    build->order->tell(&outcome, text);
    *(build->options.json ? &build->report.withdrawals : &build->report.body) = buf_slice(text);
}
