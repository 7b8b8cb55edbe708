#include "base/file.h"
#include "cmd/command.h"
#include "cmd/configuration.h"
#include "cmd/corpus.h"
#include "cmd/feeds.h"
#include "cmd/folders.h"
#include "cmd/guard.h"
#include "cmd/report.h"

#include <sysexits.h>

/*
 * pindao build: read → clean → classify → index → select → render → check → stage → guard → swap.
 */
struct build {
    struct options options;
    struct diagnostics diagnostics;
    struct settings settings;
    const char *state_folder;
    struct cache *cache;
    struct corpus corpus;
    struct channels channels;
    struct output *output;
    struct feeds_counts feeds;
    struct widest_feed widest;
    struct report report;
};

enum { ATTEMPTS = 3 /* at reading sources that change while they are read */ };

static int exit_code_of(enum output_result result) {
    switch (result) {
    case OUTPUT_OK:
        return EX_OK;
    case OUTPUT_BUSY:
        return EX_TEMPFAIL;
    case OUTPUT_CANNOT_CREATE:
        return EX_CANTCREAT;
    case OUTPUT_NO_PERMISSION:
        return EX_NOPERM;
    case OUTPUT_CLASH:
        return EX_CANTCREAT;
    case OUTPUT_FAILED:
        return EX_IOERR;
    }
    return EX_SOFTWARE;
}

static int check_folders(struct build *build) {
    build->state_folder = configuration_state_folder(&build->options, &build->settings);
    return folders_check(&build->options, &build->settings, build->state_folder, &build->diagnostics);
}

static int open_output(struct build *build) {
    struct settings *settings = &build->settings;
    const char *directory = configuration_output_folder(&build->options, settings);
    const struct output_options options = {
        .directory = directory,
        .wait = build->options.wait,
        .full = build->options.full,
        .dry_run = build->options.dry_run,
        .copied_folder = settings->output.copied_folder.size
                             ? file_join(&settings->arena, settings->folder, settings->output.copied_folder.data)
                             : NULL,
    };
    build->report.directory = directory;
    return exit_code_of(output_open(&options, &build->diagnostics, &build->output));
}

static int compile_rules(struct build *build) {
    build->cache = build->options.full ? NULL : cache_open(build->state_folder, &build->diagnostics);
    return corpus_init(&build->corpus, &build->settings, build->cache, &build->diagnostics) ? EX_OK : EX_CONFIG;
}

static int read_articles(struct build *build) {
    corpus_read(&build->corpus, &build->options, build->state_folder, &build->diagnostics);
    if (build->diagnostics.per_id[DIAGNOSTIC_READING_FAILED])
        return EX_IOERR;
    return guard_articles(&build->options, &build->corpus.counts, &build->diagnostics) ? EX_OK : EX_NOINPUT;
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

static int write_feeds(struct build *build) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        channels_select(&build->channels, &build->corpus.index, &build->corpus.labels);
        enum feeds_result result = feeds_write(&build->corpus, &build->channels, &build->options, build->state_folder,
                                               build->output, &build->widest, &build->diagnostics, &build->feeds);
        if (result == FEEDS_OK)
            return EX_OK;
        if (result == FEEDS_NOT_VALID)
            return EX_SOFTWARE;
        if (result == FEEDS_FAILED)
            return EX_IOERR;
        diag_report(&build->diagnostics, DIAGNOSTIC_SOURCE_CHANGED,
                    (struct place){.file = slice_of(build->options.config)}, "%s", "");
        int code = make_channels(build);
        if (code == EX_OK)
            code = read_articles(build);
        if (code != EX_OK)
            return code;
    }
    return EX_TEMPFAIL;
}

static int finish_output(struct build *build) {
    return exit_code_of(output_finish(build->output, &build->diagnostics));
}

static int guard_tree(struct build *build) {
    if (!guard_emptied(&build->options, build->output, &build->diagnostics))
        return EX_NOINPUT;
    return guard_entries(&build->options, &build->channels, &build->widest, build->output, &build->diagnostics)
               ? EX_OK
               : EX_CANTCREAT;
}

static int swap_trees(struct build *build) {
    if (build->options.dry_run)
        return EX_OK;
    return exit_code_of(output_swap(build->output, &build->diagnostics));
}

/*
 * The steps in order; the first that fails ends the run, and the tree being served stands. The lock is taken before
 * anything that takes long, so that runs from cron do not pile up.
 */
static int (*const steps[])(struct build *) = {
    check_folders, make_channels, open_output,   guard_channels, compile_rules,
    read_articles, write_feeds,   finish_output, guard_tree,     swap_trees,
};

static void fill_report(struct build *build, int exit_code) {
    const struct corpus *corpus = &build->corpus;
    struct output_counts counts = {0};
    if (build->output)
        counts = output_counts(build->output);
    build->report.command = "build";
    build->report.articles = corpus->counts.articles;
    build->report.refused = corpus->refused;
    build->report.future = corpus->counts.future;
    build->report.withdrawn = corpus->counts.withdrawn;
    build->report.held = corpus->counts.held;
    build->report.joined = corpus->counts.joined;
    build->report.copies = corpus->counts.copies;
    build->report.duplicates = corpus->counts.duplicates;
    build->report.channels = build->feeds.channels;
    build->report.shown = build->feeds.shown;
    build->report.written = counts.written;
    build->report.unchanged = counts.unchanged;
    build->report.removed = counts.removed;
    build->report.bytes_written = counts.bytes_written;
    build->report.dry_run = build->options.dry_run;
    build->report.exit_code = exit_code;
}

static void build_release(struct build *build) {
    output_close(build->output);
    channels_release(&build->channels);
    if (build->corpus.settings)
        corpus_release(&build->corpus);
    widest_feed_release(&build->widest);
    cache_close(build->cache);
    settings_release(&build->settings);
    diagnostics_release(&build->diagnostics);
}

int build_command(int argc, char **argv) {
    struct build build = {.widest = {BUF(BUF_UNLIMITED), BUF(BUF_UNLIMITED)}};
    int code = EX_OK;
    if (!options_read(argc, argv, "coSnjdfswJRMGvq", &build.diagnostics, &build.options) ||
        !options_end(argc, argv, &build.options, &build.diagnostics))
        code = EX_USAGE;
    if (code == EX_OK)
        code = configuration_load(&build.options, &build.diagnostics, &build.settings);
    for (size_t i = 0; code == EX_OK && i < ARRAY_LENGTH(steps); i++)
        code = steps[i](&build);
    if (code == EX_OK)
        code = report_exit_code(&build.options, &build.diagnostics);
    fill_report(&build, code);
    report_print(&build.report, &build.options, &build.diagnostics);
    build_release(&build);
    return code;
}
