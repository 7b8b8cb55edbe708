#include "cmd/build_state.h"

#include "cmd/archives.h"
#include "cmd/article_pages.h"
#include "cmd/command.h"
#include "cmd/configuration.h"
#include "cmd/fingerprints.h"
#include "cmd/folders.h"
#include "cmd/open_history.h"
#include "cmd/open_output.h"
#include "cmd/pages.h"
#include "cmd/permalinks.h"
#include "cmd/placeholders.h"
#include "cmd/publishing.h"
#include "cmd/recall.h"
#include "cmd/rollback.h"
#include "cmd/site_files.h"
#include "cmd/withdrawal_pages.h"

#include <sysexits.h>

/*
 * pindao build: read → clean → classify → index → select → render → check → stage → guard → swap.
 */

enum { ATTEMPTS = 3 /* at reading sources that change while they are read */ };

static int check_folders(struct build *build) {
    build->state_folder = configuration_state_folder(&build->options, &build->settings);
    int code = folders_check(&build->options, &build->settings, build->state_folder, &build->diagnostics);
    /* It may be the file for the figures that may not be written. */
    if (code == EX_USAGE)
        build->options.metrics = NULL;
    return code;
}

/* Said before anything is done. */
static int check_targets(struct build *build) {
    if (!build->options.publish)
        return EX_OK;
    if (!placeholders_check(&build->settings, slice_of(build->options.config), &build->diagnostics))
        return EX_CONFIG;
    if (build->settings.target_count)
        return EX_OK;
    diag_report(&build->diagnostics, DIAGNOSTIC_USAGE, (struct place){0},
                "--publish: %s has no publish:, so there is nothing to publish to", build->options.config);
    return EX_USAGE;
}

/* Before anything is done: a mistake in them writes nothing, as one in feeds.yaml. */
static int open_templates(struct build *build) {
    return templates_open(&build->settings, &build->diagnostics, &build->templates) ? EX_OK : EX_CONFIG;
}

static int open_trees(struct build *build) {
    build->report.directory = configuration_output_folder(&build->options, &build->settings);
    return open_output(&build->options, &build->settings, &build->diagnostics, &build->output);
}

static int read_history(struct build *build) {
    int code =
        open_history(&build->settings, build->options.dry_run, build->cache, &build->diagnostics, &build->history);
    if (code != EX_OK)
        return code;
    build->served = served_new(build->output, &build->settings, build->options.jobs);
    const struct withdrawal_request *request = build->order->request.count ? &build->order->request : NULL;
    build->withdrawals = withdrawals_new(build->history, build->served, request, build->options.now);
    return EX_OK;
}

/* --full believes nothing of it, but leaves a new one. */
static int open_cache(struct build *build) {
    build->cache = cache_open(build->state_folder, &build->diagnostics);
    if (build->options.full)
        cache_clear(build->cache);
    return EX_OK;
}

/*
 * A build that is held back must not lose what an upstream shows for a day. Who withdraws something does not wait for
 * an upstream; who takes that back may need one.
 */
static int fetch_upstreams(struct build *build) {
    struct options options = build->options;
    if (build->order->request.count && !options.undo && !options.fetch)
        options.offline = true;
    return fetch_sources(&options, &build->settings, build->cache, &build->diagnostics, &build->fetched);
}

/* Whoever rolled back must not get the bad tree again in ten minutes. A withdrawal does not wait. */
static int stay_rolled_back(struct build *build) {
    bool waits = !build->options.full && build->order->request.count == 0;
    build->is_over =
        waits && rollback_holds(&build->options, &build->settings, build->state_folder, &build->diagnostics);
    return EX_OK;
}

/* Most runs from cron end here. */
static int look_for_news(struct build *build) {
    const struct options *options = &build->options;
    bool is_ordinary = !options->full && !options->strict && build->order->request.count == 0;
    corpus_begin(&build->corpus, &build->settings, build->cache);
    corpus_list(&build->corpus, build->state_folder, &build->diagnostics);
    news_look(options, &build->settings, &build->corpus.plan, build->report.directory, build->output,
              &build->diagnostics, &build->facts);
    build->is_over = is_ordinary && news_is_nothing(build->cache, &build->facts, &build->counts);
    /* What there is to say is what the last run said. */
    if (build->is_over)
        diagnostics_release(&build->diagnostics);
    return EX_OK;
}

static int compile_rules(struct build *build) {
    if (!corpus_compile(&build->corpus, &build->diagnostics))
        return EX_CONFIG;
    build->corpus.templates = &build->templates;
    build->corpus.withdrawals = build->withdrawals;
    build->corpus.served = build->served;
    build->corpus.history = build->history;
    build->fingerprint = fingerprint_of_configuration(&build->settings);
    build->corpus.tree = output_served_hash(build->output);
    signatures_open(&build->signatures, build->cache, build->corpus.tree, build->fingerprint);
    build->has_signatures = true;
    return EX_OK;
}

static int read_articles(struct build *build) {
    diagnostics_release(&build->reading);
    corpus_read(&build->corpus, &build->options, build->state_folder, &build->reading);
    if (build->reading.per_id[DIAGNOSTIC_READING_FAILED])
        return EX_IOERR;
    if (!withdrawals_are_possible(build->withdrawals))
        return EX_NOINPUT;
    if (build->order->request.count)
        return EX_OK; /* what is served can be withdrawn though all sources are gone */
    return guard_articles(&build->options, &build->settings, &build->corpus.counts, &build->reading) ? EX_OK
                                                                                                     : EX_NOINPUT;
}

static int make_channels(struct build *build) {
    channels_release(&build->channels);
    build->channels = (struct channels){0};
    return channels_make(&build->settings, &build->diagnostics, &build->channels) ? EX_OK : EX_CONFIG;
}

static int guard_channels(struct build *build) {
    return guard_paths(&build->settings, &build->channels, &build->options, build->output, &build->diagnostics)
               ? EX_OK
               : EX_CANTCREAT;
}

/* All that is made for people. */
static enum making_result make_pages(const struct tree_making *making, struct diagnostics *diagnostics) {
    withdrawal_pages_write(making);
    enum making_result result = article_pages_write(making, diagnostics);
    return result == MAKING_OK ? pages_write(making, diagnostics) : result;
}

static enum making_result make_files(struct build *build, const struct tree_making *making,
                                     struct diagnostics *diagnostics) {
    signatures_clear(&build->signatures);
    enum making_result result = feeds_write(making, &build->widest, diagnostics, &build->feeds);
    if (result == MAKING_OK)
        result = archives_write(making, diagnostics);
    if (result == MAKING_OK && build->templates.has_pages)
        result = make_pages(making, diagnostics);
    if (result == MAKING_OK)
        site_files_write(making);
    return result;
}

static enum making_result make_tree(struct build *build, struct diagnostics *diagnostics) {
    CLEANUP(memberships_release) struct memberships memberships;
    CLEANUP(page_links_release) struct page_links links = {0};
    const struct tree_making making = {
        .corpus = &build->corpus,
        .channels = &build->channels,
        .options = &build->options,
        .spool_folder = build->state_folder,
        .signatures = &build->signatures,
        .output = build->output,
        .memberships = &memberships,
        .links = &links,
    };
    memberships_init(&memberships, &build->channels, &build->corpus.labels);
    channels_select(&build->channels, &build->corpus.index, &build->corpus.labels);
    if (build->templates.has_pages)
        build->corpus.term_paths =
            channels_term_paths(&build->channels, &build->settings.taxonomies, &build->channels.arena);
    if (!withdrawals_note(build->withdrawals, &build->corpus, &build->channels, diagnostics) ||
        !permalinks_note(&build->corpus, build->output, build->options.now))
        return MAKING_SOURCE_CHANGED;
    return make_files(build, &making, diagnostics);
}

/* What the first reading said, the next one says again. */
static int read_anew(struct build *build) {
    diag_report(&build->diagnostics, DIAGNOSTIC_SOURCE_CHANGED, (struct place){.file = slice_of(build->options.config)},
                "%s", "");
    recall_report_broken(&build->corpus, &build->diagnostics);
    output_begin_anew(build->output);
    build->corpus.is_distrusted = true;
    int code = make_channels(build);
    return code == EX_OK ? read_articles(build) : code;
}

static int write_feeds(struct build *build) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        struct diagnostics writing = {0};
        enum making_result result = make_tree(build, &writing);
        /* What was made of nothing behind it says nothing of the configuration or the sources. */
        if (templates_take_failure(&build->templates, &build->diagnostics)) {
            diagnostics_release(&writing);
            return EX_CONFIG;
        }
        if (result != MAKING_SOURCE_CHANGED) {
            diagnostics_append(&build->diagnostics, &build->reading, 0);
            diagnostics_append(&build->diagnostics, &writing, 0);
        }
        diagnostics_release(&writing);
        if (result == MAKING_OK)
            return EX_OK;
        if (result == MAKING_NOT_VALID)
            return EX_SOFTWARE;
        if (result == MAKING_FAILED)
            return EX_IOERR;
        int code = read_anew(build);
        if (code != EX_OK)
            return code;
    }
    return EX_TEMPFAIL;
}

static int finish_output(struct build *build) {
    return output_exit_code(output_finish(build->output, &build->diagnostics));
}

static int guard_tree(struct build *build) {
    const struct withdrawal_counts withdrawn = withdrawals_counts(build->withdrawals);
    if (!guard_emptied(&build->options, &withdrawn, build->output, &build->diagnostics))
        return EX_NOINPUT;
    bool is_fit = guard_vanished(&build->options, &withdrawn, build->served, &build->diagnostics) &&
                  guard_entries(&build->options, &withdrawn, &build->channels, &build->widest, build->output,
                                &build->diagnostics) &&
                  guard_pages(&build->settings, &build->options, build->output, &build->diagnostics);
    return is_fit ? EX_OK : EX_CANTCREAT;
}

/* Before the tree is served: it must not hang on what is known nowhere, nor a withdrawn text outlive a crash. */
static int record_history(struct build *build) {
    int code = EX_OK;
    if (build_has_withdrawn(build))
        code = output_exit_code(output_forget_previous(build->output, &build->diagnostics));
    if (code == EX_OK && !history_commit(build->history, &build->diagnostics))
        code = EX_IOERR;
    return code;
}

static int swap_trees(struct build *build) {
    if (build->options.dry_run)
        return EX_OK;
    build_note_withdrawn_paths(build);
    int code = record_history(build);
    if (code != EX_OK)
        return code;
    code = fetch_purge(&build->corpus, history_of(build->history), &build->diagnostics);
    if (code == EX_OK)
        code = output_exit_code(output_swap(build->output, &build->diagnostics));
    if (code == EX_OK)
        rollback_end(&build->options, &build->settings, build->state_folder);
    return code;
}

/*
 * The steps in order; the first that fails ends the run, and the tree being served stands. The lock is taken before
 * anything that takes long, so that runs from cron do not pile up.
 */
static int (*const steps[])(struct build *) = {
    check_folders,   check_targets,    open_templates, make_channels, open_trees,     open_cache,
    fetch_upstreams, stay_rolled_back, look_for_news,  read_history,  guard_channels, compile_rules,
    read_articles,   write_feeds,      finish_output,  guard_tree,    swap_trees,
};

/* Where nothing is new, too: the last publishing may not have come to its end. */
static void publish_tree(struct build *build, struct publishing_report *said) {
    const struct publishing_order order = {
        .options = &build->options,
        .settings = &build->settings,
        .state_folder = build->state_folder,
        .only_unsettled = true,
    };
    if (!build->options.publish || build->options.dry_run || !build->is_served)
        return;
    /* What takes long must not keep the next build waiting. */
    output_close(build->output);
    build->output = NULL;
    build->publish_code = publishing_run(&order, &build->diagnostics, said);
    build->has_published = true;
    if (build->publish_code != EX_OK)
        build->report.exit_code = build->publish_code;
    build->report.published = buf_slice(&said->text);
    build->report.publishing = buf_slice(&said->json);
}

static void build_release(struct build *build) {
    withdrawals_free(build->withdrawals);
    served_free(build->served);
    history_close(build->history);
    output_close(build->output);
    channels_release(&build->channels);
    if (build->has_signatures)
        signatures_release(&build->signatures);
    if (build->corpus.settings)
        corpus_release(&build->corpus);
    widest_feed_release(&build->widest);
    cache_close(build->cache);
    templates_release(&build->templates);
    settings_release(&build->settings);
    diagnostics_release(&build->diagnostics);
}

int build_run(struct options *options, const struct build_order *order, struct diagnostics *diagnostics) {
    struct build build = {.order = order,
                          .options = *options,
                          .diagnostics = *diagnostics,
                          .widest = {BUF(BUF_UNLIMITED), BUF(BUF_UNLIMITED)},
                          .clock = run_clock_start()};
    *diagnostics = (struct diagnostics){0};
    int code = configuration_load(&build.options, &build.diagnostics, &build.settings);
    for (size_t i = 0; code == EX_OK && i < ARRAY_LENGTH(steps) && !build.is_over; i++)
        code = steps[i](&build);
    build.is_served = code == EX_OK;
    code = build_settle(&build, code);
    build_fill_report(&build, code);
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    CLEANUP(publishing_report_release) struct publishing_report said = {0};
    build_tell_more(&build, &text);
    publish_tree(&build, &said);
    build_write_metrics(&build);
    report_print(&build.report, &build.options, &build.diagnostics);
    build_log(&build);
    build_release(&build);
    return build.report.exit_code;
}

int build_command(int argc, char **argv) {
    static const struct build_order order = {.command = "build"};
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct options options = {0};
    if (options_read(argc, argv, "coShnjdfswJRMGmOEPLvq", &diagnostics, &options) &&
        options_end(argc, argv, &options, &diagnostics))
        return build_run(&options, &order, &diagnostics);
    const struct report report = {.command = order.command, .exit_code = EX_USAGE};
    report_print(&report, &options, &diagnostics);
    return EX_USAGE;
}
