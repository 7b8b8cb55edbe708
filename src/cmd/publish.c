#include "cmd/command.h"
#include "cmd/configuration.h"
#include "cmd/folders.h"
#include "cmd/publishing.h"
#include "cmd/report.h"
#include "cmd/run_log.h"
#include "cmd/run_metrics.h"

#include <sysexits.h>

/* pindao publish: the tree as it is served, to all targets or those that are named. */

static void log_run(const char *state_folder, const struct options *options, int code, struct run_clock clock,
                    const struct publishing_report *said) {
    const struct run run = {
        .command = "publish",
        .exit_code = code,
        .nothing_new = !said->did_something,
        .next_date = INT64_MAX,
    };
    if (state_folder && !options->dry_run)
        run_log_add(state_folder, clock, run);
}

static void write_metrics(const struct publishing_order *order, int code, struct run_clock clock,
                          struct diagnostics *diagnostics) {
    CLEANUP(metrics_release) struct metrics metrics = {0};
    const struct publish_facts facts = {
        .clock = clock,
        .did_run = true,
        .exit_code = code,
        .settings = order->settings,
        .state_folder = order->state_folder,
    };
    if (!order->options->metrics || order->options->dry_run)
        return;
    metrics_open(&metrics, order->options->metrics);
    publish_metrics_append(&metrics, &facts);
    metrics_write(&metrics, diagnostics);
}

static int publish(int argc, char **argv, struct options *options, struct diagnostics *diagnostics,
                   struct publishing_report *said) {
    struct settings settings = {0};
    struct run_clock clock = run_clock_start();
    int code = configuration_load(options, diagnostics, &settings);
    if (code != EX_OK)
        return code;
    const struct publishing_order order = {
        .options = options,
        .settings = &settings,
        .state_folder = configuration_state_folder(options, &settings),
        .names = argv + options->first_argument,
        .name_count = (size_t)(argc - options->first_argument),
    };
    code = folders_check_configuration(options, &settings, order.state_folder, diagnostics);
    if (code == EX_OK) {
        code = publishing_run(&order, diagnostics, said);
        log_run(order.state_folder, options, code, clock, said);
        write_metrics(&order, code, clock, diagnostics);
    }
    settings_release(&settings);
    return code;
}

int publish_command(int argc, char **argv) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(publishing_report_release) struct publishing_report said = {0};
    struct options options = {0};
    struct report report = {.command = "publish", .exit_code = EX_USAGE, .tree_only = true};
    if (options_read(argc, argv, "coSndLJmvq", &diagnostics, &options)) {
        report.exit_code = publish(argc, argv, &options, &diagnostics, &said);
        report.dry_run = options.dry_run;
        report.publishing = buf_slice(&said.json);
        *(options.dry_run ? &report.body : &report.published) = buf_slice(&said.text);
    }
    report_print(&report, &options, &diagnostics);
    return report.exit_code;
}
