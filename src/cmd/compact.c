#include "cmd/command.h"
#include "cmd/configuration.h"
#include "cmd/folders.h"
#include "cmd/open_history.h"
#include "cmd/open_output.h"
#include "cmd/report.h"

#include <sysexits.h>

/*
 * pindao compact: the history in as few lines as say the same. Under the output's lock, as every run that writes it.
 */
struct compacting {
    struct options options;
    struct diagnostics diagnostics;
    struct settings settings;
    struct output *output;
    struct history_file *history;
};

/* Nothing of the output is changed: a rehearsal takes the lock and no more. */
static int lock_output(struct compacting *compacting) {
    struct options options = compacting->options;
    options.dry_run = true;
    return open_output_alone(&options, &compacting->settings, &compacting->diagnostics, &compacting->output);
}

static int rewrite(struct compacting *compacting) {
    const uint64_t before = history_identity(compacting->history).size;
    size_t dropped = 0;
    if (!history_compact(compacting->history, &compacting->diagnostics, &dropped))
        return EX_IOERR;
    if (options_talkative(&compacting->options))
        printf("pindao: %s: %zu line%s dropped, %llu bytes became %llu\n", compacting->settings.history, dropped,
               dropped == 1 ? "" : "s", (unsigned long long)before,
               (unsigned long long)history_identity(compacting->history).size);
    return EX_OK;
}

static int compact(struct compacting *compacting, int argc, char **argv) {
    struct options *options = &compacting->options;
    struct diagnostics *diagnostics = &compacting->diagnostics;
    struct settings *settings = &compacting->settings;
    if (!options_read(argc, argv, "coShwvq", diagnostics, options) || !options_end(argc, argv, options, diagnostics))
        return EX_USAGE;
    int code = configuration_load(options, diagnostics, settings);
    if (code == EX_OK)
        code = folders_check(options, settings, configuration_state_folder(options, settings), diagnostics);
    if (code == EX_OK)
        code = lock_output(compacting);
    if (code == EX_OK)
        code = open_history(settings, false, NULL, diagnostics, &compacting->history);
    return code == EX_OK ? rewrite(compacting) : code;
}

int compact_command(int argc, char **argv) {
    struct compacting compacting = {0};
    int code = compact(&compacting, argc, argv);
    report_diagnostics(&compacting.options, &compacting.diagnostics);
    history_close(compacting.history);
    output_close(compacting.output);
    settings_release(&compacting.settings);
    diagnostics_release(&compacting.diagnostics);
    return code;
}
