#include "assemble/channels.h"
#include "cmd/command.h"
#include "cmd/configuration.h"
#include "cmd/corpus.h"
#include "cmd/report.h"

#include <sysexits.h>

/* pindao check: what build would say of configuration, rules and articles, without writing anything. */
struct checking {
    struct options options;
    struct diagnostics diagnostics;
    struct settings settings;
    struct corpus corpus;
    struct channels channels;
};

static int check_everything(struct checking *checking) {
    struct diagnostics *diagnostics = &checking->diagnostics;
    int code = configuration_load(&checking->options, diagnostics, &checking->settings);
    if (code != EX_OK)
        return code;
    if (!channels_make(&checking->settings, diagnostics, &checking->channels))
        return EX_CONFIG;
    if (!corpus_init(&checking->corpus, &checking->settings, NULL, diagnostics))
        return EX_CONFIG;
    const char *state = configuration_state_folder(&checking->options, &checking->settings);
    corpus_read(&checking->corpus, &checking->options, state, diagnostics);
    return report_exit_code(&checking->options, diagnostics);
}

int check_command(int argc, char **argv) {
    struct checking checking = {0};
    struct report report = {.command = "check"};
    if (options_read(argc, argv, "cSnjsJvq", &checking.diagnostics, &checking.options))
        report.exit_code = check_everything(&checking);
    else
        report.exit_code = EX_USAGE;
    report.articles = checking.corpus.counts.articles;
    report.refused = checking.corpus.refused;
    report.future = checking.corpus.counts.future;
    report.withdrawn = checking.corpus.counts.withdrawn;
    report.held = checking.corpus.counts.held;
    report.joined = checking.corpus.counts.joined;
    report.duplicates = checking.corpus.counts.duplicates;
    report.channels = checking.channels.items.count;
    report_print(&report, &checking.options, &checking.diagnostics);
    channels_release(&checking.channels);
    if (checking.corpus.settings)
        corpus_release(&checking.corpus);
    settings_release(&checking.settings);
    diagnostics_release(&checking.diagnostics);
    return report.exit_code;
}
