#include "assemble/channels.h"
#include "cmd/check_advice.h"
#include "cmd/check_counts.h"
#include "cmd/check_diff.h"
#include "cmd/columns.h"
#include "cmd/command.h"
#include "cmd/configuration.h"
#include "cmd/corpus.h"
#include "cmd/expectations.h"
#include "cmd/folders.h"
#include "cmd/guard.h"
#include "cmd/open_history.h"
#include "cmd/report.h"
#include "cmd/withdrawals.h"

#include <sysexits.h>

/*
 * pindao check: what build would say of configuration, rules and articles, without writing anything; what an editor
 * should look at in the rules; what each term has. Asked for instead: do the rules do what is expected of them
 * (--test), and what do they move (--diff)?
 */
struct checking {
    struct options options;
    struct diagnostics diagnostics;
    struct settings settings;
    struct history_file *history;
    struct withdrawals *withdrawals;
    struct templates templates;
    struct corpus corpus;
    struct channels channels;
    const char *state;
    bool has_read;
    struct buf body, counts, movement; /* of the report */
    struct expectations expectations;
};

static void read_articles(void *context) {
    struct checking *checking = context;
    if (checking->has_read)
        return;
    corpus_read(&checking->corpus, &checking->options, checking->state, &checking->diagnostics);
    channels_select(&checking->channels, &checking->corpus.index, &checking->corpus.labels);
    checking->has_read = true;
}

static int hold_expectations(struct checking *checking) {
    const char *path = checking->options.test;
    struct expectations *expectations = &checking->expectations;
    if (!expectations_hold(path, &checking->corpus, read_articles, checking, checking->options.now,
                           &checking->diagnostics, expectations))
        return EX_NOINPUT;
    columns_append(&checking->body, slice_of(path));
    buf_append_format(&checking->body, ": %zu expectation%s, ", expectations->count,
                      expectations->count == 1 ? "" : "s");
    if (expectations->failed)
        buf_append_format(&checking->body, "%zu not met\n", expectations->failed);
    else
        buf_append_string(&checking->body, "all met\n");
    return expectations->failed ? EX_DATAERR : EX_OK;
}

static int show_movement(struct checking *checking) {
    read_articles(checking);
    return check_diff(&checking->corpus, &checking->channels, &checking->options, checking->state,
                      &checking->diagnostics, checking->options.json ? &checking->movement : &checking->body);
}

static int look_at_everything(struct checking *checking) {
    const struct options *options = &checking->options;
    struct term_counts counts;
    read_articles(checking);
    if (!guard_articles(options, &checking->settings, &checking->corpus.counts, &checking->diagnostics))
        return EX_NOINPUT;
    if (options->verbosity >= 0)
        advice_report(&checking->corpus, options, &checking->diagnostics);
    term_counts_make(&checking->corpus, &counts);
    if (options->json) {
        struct json_writer json = json_fragment_writer_on(&checking->counts, 1);
        term_counts_write_json(&counts, &json);
    } else if (options_talkative(options)) {
        term_counts_append(&counts, columns_of_terminal(), &checking->body);
    }
    term_counts_release(&counts);
    return EX_OK;
}

/* `--diff REV` is as good as `--diff=REV`; other words behind the options mean nothing. */
static bool take_arguments(struct checking *checking, int argc, char **argv) {
    struct options *options = &checking->options;
    if (options->diff && !*options->diff && options->first_argument < argc)
        options->diff = argv[options->first_argument++];
    if (options->first_argument == argc)
        return true;
    diag_report(&checking->diagnostics, DIAGNOSTIC_USAGE, (struct place){0}, "pindao check: what is meant by %s?",
                argv[options->first_argument]);
    return false;
}

static int read_history(struct checking *checking) {
    int code = open_history(&checking->settings, true, NULL, &checking->diagnostics, &checking->history);
    if (code != EX_OK)
        return code;
    checking->withdrawals = withdrawals_new(checking->history, NULL, NULL, checking->options.now);
    checking->corpus.history = checking->history;
    checking->corpus.withdrawals = checking->withdrawals;
    return EX_OK;
}

static int check(struct checking *checking, int argc, char **argv) {
    struct diagnostics *diagnostics = &checking->diagnostics;
    struct options *options = &checking->options;
    if (!options_read(argc, argv, "cShnjsJTDvq", diagnostics, options) || !take_arguments(checking, argc, argv))
        return EX_USAGE;
    int code = configuration_load(options, diagnostics, &checking->settings);
    if (code != EX_OK)
        return code;
    if (!templates_open(&checking->settings, diagnostics, &checking->templates) ||
        !channels_make(&checking->settings, diagnostics, &checking->channels) ||
        !corpus_init(&checking->corpus, &checking->settings, NULL, diagnostics))
        return EX_CONFIG;
    checking->state = configuration_state_folder(options, &checking->settings);
    code = folders_check_configuration(options, &checking->settings, checking->state, diagnostics);
    if (code == EX_OK)
        code = read_history(checking);
    if (code != EX_OK)
        return code;
    if (options->test)
        code = hold_expectations(checking);
    if (options->diff && (code == EX_OK || code == EX_DATAERR)) {
        int own = show_movement(checking);
        code = own > code ? own : code;
    }
    if (!options->test && !options->diff)
        code = look_at_everything(checking);
    return code != EX_OK ? code : report_exit_code(options, diagnostics);
}

static struct report make_report(const struct checking *checking, int code) {
    const struct index_counts *counts = &checking->corpus.counts;
    return (struct report){
        .command = "check",
        .articles = counts->articles,
        .refused = checking->corpus.refused,
        .future = counts->future,
        .withdrawn = counts->withdrawn,
        .held = counts->held,
        .joined = counts->joined,
        .copies = counts->copies,
        .duplicates = counts->duplicates,
        .channels = checking->channels.items.count,
        .exit_code = code,
        .body = buf_slice(&checking->body),
        .counts = buf_slice(&checking->counts),
        .movement = buf_slice(&checking->movement),
        .expectations = checking->expectations.count,
        .failed = checking->expectations.failed,
    };
}

int check_command(int argc, char **argv) {
    struct checking checking = {
        .body = BUF(BUF_UNLIMITED), .counts = BUF(BUF_UNLIMITED), .movement = BUF(BUF_UNLIMITED)};
    int code = check(&checking, argc, argv);
    const struct report report = make_report(&checking, code);
    report_print(&report, &checking.options, &checking.diagnostics);
    channels_release(&checking.channels);
    if (checking.corpus.settings)
        corpus_release(&checking.corpus);
    templates_release(&checking.templates);
    withdrawals_free(checking.withdrawals);
    history_close(checking.history);
    settings_release(&checking.settings);
    buf_release(&checking.body);
    buf_release(&checking.counts);
    buf_release(&checking.movement);
    diagnostics_release(&checking.diagnostics);
    return code;
}
