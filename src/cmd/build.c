#include "cmd/build.h"

#include "base/file.h"
#include "cmd/archives.h"
#include "cmd/command.h"
#include "cmd/configuration.h"
#include "cmd/corpus.h"
#include "cmd/feeds.h"
#include "cmd/fetch.h"
#include "cmd/fingerprints.h"
#include "cmd/folders.h"
#include "cmd/guard.h"
#include "cmd/health.h"
#include "cmd/known.h"
#include "cmd/news.h"
#include "cmd/open_history.h"
#include "cmd/open_output.h"
#include "cmd/placeholders.h"
#include "cmd/published.h"
#include "cmd/publishing.h"
#include "cmd/recall.h"
#include "cmd/report.h"
#include "cmd/rollback.h"
#include "cmd/run_log.h"
#include "cmd/run_metrics.h"
#include "cmd/served.h"

#include <sysexits.h>

/*
 * pindao build: read → clean → classify → index → select → render → check → stage → guard → swap.
 */
struct build {
    const struct build_order *order;
    struct options options;
    struct diagnostics diagnostics;
    struct diagnostics reading; /* of the last reading, until it is known not to be repeated */
    struct settings settings;
    const char *state_folder;
    struct cache *cache;
    struct corpus corpus;
    struct channels channels;
    struct output *output;
    struct history_file *history;
    struct served *served;
    struct withdrawals *withdrawals;
    struct feeds_counts feeds;
    struct fetch_counts fetched;
    struct widest_feed widest;
    uint64_t fingerprint; /* of the configuration */
    struct signatures signatures;
    bool has_signatures;
    struct news_facts facts;
    struct news_counts counts;
    bool is_over;   /* nothing is new: no further step */
    bool is_served; /* every step has succeeded: the tree being served is what it should be */
    bool has_published;
    int publish_code;
    bool is_complete; /* what was counted is what is served now */
    struct report report;
    struct run_clock clock;
    size_t new_articles;
};

enum { ATTEMPTS = 3 /* at reading sources that change while they are read */ };

static int check_folders(struct build *build) {
    build->state_folder = configuration_state_folder(&build->options, &build->settings);
    return folders_check(&build->options, &build->settings, build->state_folder, &build->diagnostics);
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

/* A build that is held back must not lose what an upstream shows for a day. */
static int fetch_upstreams(struct build *build) {
    return fetch_sources(&build->options, &build->settings, build->cache, &build->diagnostics, &build->fetched);
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

static enum feeds_result make_tree(struct build *build, struct diagnostics *diagnostics) {
    channels_select(&build->channels, &build->corpus.index, &build->corpus.labels);
    if (!withdrawals_note(build->withdrawals, &build->corpus, &build->channels, diagnostics))
        return FEEDS_SOURCE_CHANGED;
    enum feeds_result result =
        feeds_write(&build->corpus, &build->channels, &build->options, build->state_folder, &build->signatures,
                    build->output, &build->widest, diagnostics, &build->feeds);
    if (result != FEEDS_OK)
        return result;
    return archives_write(&build->corpus, &build->channels, &build->options, build->state_folder, &build->signatures,
                          build->output, diagnostics);
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
        enum feeds_result result = make_tree(build, &writing);
        if (result != FEEDS_SOURCE_CHANGED) {
            diagnostics_append(&build->diagnostics, &build->reading, 0);
            diagnostics_append(&build->diagnostics, &writing, 0);
        }
        diagnostics_release(&writing);
        if (result == FEEDS_OK)
            return EX_OK;
        if (result == FEEDS_NOT_VALID)
            return EX_SOFTWARE;
        if (result == FEEDS_FAILED)
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
    if (!guard_vanished(&build->options, &withdrawn, build->served, &build->diagnostics))
        return EX_CANTCREAT;
    return guard_entries(&build->options, &withdrawn, &build->channels, &build->widest, build->output,
                         &build->diagnostics)
               ? EX_OK
               : EX_CANTCREAT;
}

/* The cache's value for this output: two configurations may share a cache. */
static void append_standing_name(const struct build *build, struct buf *name) {
    buf_append_format(name, "past/withdrawn/%s", build->report.directory);
}

/* Is something withdrawn that was not when the served tree was made: by this run, or by lines that came from elsewhere?
 */
static bool has_withdrawn(const struct build *build) {
    CLEANUP(buf_release) struct buf name = BUF(8192);
    CLEANUP(buf_release) struct buf then = BUF(64);
    uint64_t now = withdrawals_standing(history_of(build->history));
    append_standing_name(build, &name);
    if (withdrawals_counts(build->withdrawals).withdrawn || now == 0)
        return now != 0;
    return !cache_get(build->cache, buf_string(&name), &then) || then.size != sizeof now ||
           memcmp(then.data, &now, sizeof now) != 0;
}

/* Before the tree is served: it must not hang on what is known nowhere, nor a withdrawn text outlive a crash. */
static int record_history(struct build *build) {
    int code = EX_OK;
    if (has_withdrawn(build))
        code = output_exit_code(output_forget_previous(build->output, &build->diagnostics));
    if (code == EX_OK && !history_commit(build->history, &build->diagnostics))
        code = EX_IOERR;
    return code;
}

/*
 * For whoever publishes next: paths that went with a withdrawal are deleted there whatever else is, and so are variants
 * (.gz) of those that have changed, which still hold the text. What goes stands first: the list may be cut.
 */
static void note_withdrawn_paths(struct build *build) {
    const struct tree *old = output_old_tree(build->output);
    const struct tree *tree = output_new_tree(build->output);
    VEC(struct slice) gone = {0};
    VEC(struct slice) changed = {0};
    size_t at = 0;
    if (build->settings.target_count == 0 || !has_withdrawn(build))
        return;
    for (size_t i = 0; i < old->files.count; i++) {
        const struct tree_file *file = &old->files.items[i];
        while (at < tree->files.count && slice_compare(tree->files.items[at].path, file->path) < 0)
            at++;
        if (at == tree->files.count || !slice_equal(tree->files.items[at].path, file->path))
            vec_push(&gone, file->path);
        else if (!sha256_equal(&tree->files.items[at].hash, &file->hash))
            vec_push(&changed, file->path);
    }
    for (size_t i = 0; i < changed.count; i++)
        vec_push(&gone, changed.items[i]);
    published_note_withdrawn(build->state_folder, &build->settings, gone.items, gone.count);
    vec_release(&changed);
    vec_release(&gone);
}

static int swap_trees(struct build *build) {
    if (build->options.dry_run)
        return EX_OK;
    note_withdrawn_paths(build);
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
    check_folders,    check_targets, make_channels, open_trees,     open_cache,    fetch_upstreams,
    stay_rolled_back, look_for_news, read_history,  guard_channels, compile_rules, read_articles,
    write_feeds,      finish_output, guard_tree,    swap_trees,
};

/* What the run counted, or, where nothing was new, the last one. */
static void count(struct build *build) {
    const struct index_counts *counts = &build->corpus.counts;
    const struct output_counts tree = output_counts(build->output);
    if (!build->is_over)
        build->counts = (struct news_counts){
            .articles = counts->articles,
            .refused = build->corpus.refused,
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

static void fill_report(struct build *build, int exit_code) {
    const struct news_counts *counts = &build->counts;
    struct report *report = &build->report;
    struct output_counts tree = {0};
    if (build->output) {
        count(build);
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

/* When the tree changes, or something is to be said, though nothing is new. */
static int64_t next_date(const struct build *build) {
    int64_t now = build->options.now;
    int64_t dates[] = {
        build->corpus.counts.next_date,
        build->corpus.next_silence,
        withdrawals_next_date(history_of(build->history), now),
        archives_next_date(&build->corpus, &build->channels, now),
    };
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < ARRAY_LENGTH(dates); i++)
        next = dates[i] < next ? dates[i] : next;
    return next;
}

/* What the next run need not do again. Between the swap and this a crash costs time only: the tree is another one. */
static void remember_tree(struct build *build) {
    remember_history(build->history, build->cache);
    uint64_t tree = output_new_hash(build->output);
    CLEANUP(buf_release) struct buf name = BUF(8192);
    uint64_t standing = withdrawals_standing(history_of(build->history));
    append_standing_name(build, &name);
    cache_set(build->cache, buf_string(&name), (struct slice){(const char *)&standing, sizeof standing});
    cache_set(build->cache, RECALL_TREE, (struct slice){(const char *)&tree, sizeof tree});
    signatures_remember(&build->signatures, build->cache, tree, build->fingerprint);
    build->facts.next_date = next_date(build);
    /* What could not be read may be there the next time, and look as it does now. */
    if (build->diagnostics.per_id[DIAGNOSTIC_SOURCE_UNREADABLE] || build->diagnostics.per_id[DIAGNOSTIC_SOURCE_CHANGED])
        build->facts.is_settled = false;
    count(build);
    news_remember(build->cache, build->history, build->output, &build->facts, &build->counts);
}

/* For `status`, and so that the next run can tell what is new. */
static void remember(struct build *build, const struct known *known) {
    struct cache *cache = build->cache;
    CLEANUP(health_release) struct health before = {0};
    CLEANUP(health_release) struct health health = {0};
    known_remember(known, &build->diagnostics, build->options.now, cache);
    if (!health_read(cache, &before))
        before = (struct health){0};
    health_take(&build->corpus, &before, build->options.now, &health);
    health_remember(&health, &before, cache);
    build->new_articles = health.new_articles;
    remember_tree(build);
}

/*
 * What the last completed run has reported is not said again, and decides nothing; --strict and --full want to hear it.
 * A run that fails, or that is a rehearsal, leaves things as they were. Returns the exit code.
 */
static int settle_diagnostics(struct build *build, int code) {
    CLEANUP(known_release) struct known known = {0};
    diagnostics_append(&build->diagnostics, &build->reading, 0);
    bool completes = code == EX_OK && !build->options.dry_run;
    /* A tree that was rolled back is not looked into. */
    build->is_complete = completes && (!build->is_over || build->counts.files > 0);
    known_read(&known, build->cache);
    if (completes && build->is_over)
        known_recall(&known, &build->diagnostics);
    if (!build->options.strict && !build->options.full)
        known_mark(&known, &build->diagnostics);
    if (completes && !build->is_over)
        remember(build, &known);
    else if (completes)
        known_remember(&known, &build->diagnostics, build->options.now, build->cache);
    return code == EX_OK ? report_exit_code(&build->options, &build->diagnostics) : code;
}

static const char *first_error(const struct diagnostics *diagnostics) {
    for (size_t i = 0; i < diagnostics->items.count; i++)
        if (diagnostic_severity(diagnostics->items.items[i].id) == SEVERITY_ERROR)
            return diagnostic_name(diagnostics->items.items[i].id);
    return NULL;
}

static void log_run(struct build *build) {
    const struct report *report = &build->report;
    struct run run = {
        .command = report->command,
        .exit_code = report->exit_code,
        .error = first_error(&build->diagnostics),
        .nothing_new = build->is_over,
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

/* Of failed runs too, for that is what somebody is to be woken for; not of rehearsals. */
static void write_metrics(struct build *build) {
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

/* What the command has to say besides; `text` is what the report borrows. */
static void tell_more(struct build *build, struct buf *text) {
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
    code = settle_diagnostics(&build, code);
    fill_report(&build, code);
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    CLEANUP(publishing_report_release) struct publishing_report said = {0};
    tell_more(&build, &text);
    publish_tree(&build, &said);
    write_metrics(&build);
    report_print(&build.report, &build.options, &build.diagnostics);
    log_run(&build);
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
