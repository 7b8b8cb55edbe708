#include "cmd/status.h"

#include "base/file.h"
#include "cmd/command.h"
#include "cmd/configuration.h"
#include "cmd/report.h"
#include "publish/websub.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/*
 * pindao status: what the runs of cron have been doing. Reads what they left behind, no articles, and writes nothing.
 */

bool run_is_done(const struct run *run) {
    /* 66 without an error: a source is down. */
    return run->exit_code == EX_OK || run->exit_code == EX_DATAERR || (run->exit_code == EX_NOINPUT && !run->error);
}

bool run_did_something(const struct run *run) {
    return run->written || run->removed || !run_is_done(run);
}

bool run_is_change(const struct run *run) {
    /* What a run that was refused had written was never served. Lines of older versions do not tell. */
    return (run->written || run->removed) && (run->is_served || run_is_done(run));
}

const struct run *status_last_change(const struct status *status) {
    for (size_t i = status->log.runs.count; i > 0; i--)
        if (run_is_change(&status->log.runs.items[i - 1]))
            return &status->log.runs.items[i - 1];
    return NULL;
}

const struct run *status_last_run(const struct status *status) {
    return status->log.runs.count ? &status->log.runs.items[status->log.runs.count - 1] : NULL;
}

size_t status_first_run(const struct status *status) {
    size_t first = status->log.runs.count;
    for (size_t shown = 0; first > 0 && shown < RUNS_SHOWN; first--)
        shown += run_did_something(&status->log.runs.items[first - 1]);
    return first;
}

size_t status_problems(const struct status *status) {
    const struct diagnostics *reported = &status->known.reported;
    return reported->counts[SEVERITY_WARNING] + reported->counts[SEVERITY_REFUSED] + reported->counts[SEVERITY_ERROR];
}

static uint64_t size_of(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
}

/* A cache that is not there would be made by opening it. */
static void read_cache(struct status *status, struct arena *arena, struct diagnostics *diagnostics) {
    const char *path = file_join(arena, status->state_folder, "cache.db");
    if (access(path, F_OK) != 0)
        return;
    status->cache_size = size_of(path);
    struct cache *cache = cache_open(status->state_folder, diagnostics);
    known_read(&status->known, cache);
    if (!health_read(cache, &status->health))
        status->health = (struct health){0};
    for (size_t i = 0; i < status->settings->source_count; i++)
        if (status->settings->sources[i].upstream.url.size)
            fetch_state_read(cache, status->settings, &status->settings->sources[i], &status->fetches[i]);
    cache_close(cache);
}

static void gather(struct status *status, struct settings *settings, struct diagnostics *diagnostics) {
    struct stat mark;
    status->directory = configuration_output_folder(status->options, settings);
    status->state_folder = configuration_state_folder(status->options, settings);
    status->history_file = settings->history;
    output_look(status->directory, &status->output);
    status->has_history = access(status->history_file, F_OK) == 0;
    status->history_size = size_of(status->history_file);
    if (stat(file_join(&settings->arena, status->state_folder, "rolled-back"), &mark) == 0) {
        status->is_rolled_back = true;
        status->rolled_back_at = mark.st_mtim.tv_sec;
    }
    run_log_read(status->state_folder, &settings->arena, &status->log);
    published_read(status->state_folder, settings, &status->published);
    status->hubs_waiting = websub_waiting(status->state_folder);
    read_cache(status, &settings->arena, diagnostics);
}

static int tell(struct options *options, struct settings *settings) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    struct status status = {.options = options, .settings = settings};
    status.fetches = memory_new_array(settings->source_count, sizeof *status.fetches);
    gather(&status, settings, &diagnostics);
    if (options->json)
        status_append_json(&status, &text);
    else
        status_append_text(&status, &text);
    report_diagnostics(options, &diagnostics);
    bool written = fwrite(text.data, 1, text.size, stdout) == text.size;
    published_list_release(&status.published);
    known_release(&status.known);
    for (size_t i = 0; i < settings->source_count; i++)
        fetch_state_release(&status.fetches[i]);
    free(status.fetches);
    health_release(&status.health);
    run_log_release(&status.log);
    return written ? EX_OK : EX_IOERR;
}

int status_command(int argc, char **argv) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct options options = {0};
    struct settings settings = {0};
    int code = EX_USAGE;
    if (options_read(argc, argv, "coShnJvq", &diagnostics, &options) && options_end(argc, argv, &options, &diagnostics))
        code = configuration_load(&options, &diagnostics, &settings);
    if (code == EX_OK) {
        /* What the configuration is warned of, the builds have reported: it is among what is open. */
        code = tell(&options, &settings);
        settings_release(&settings);
        return code;
    }
    const struct report report = {.command = "status", .exit_code = code};
    report_print(&report, &options, &diagnostics);
    return code;
}
