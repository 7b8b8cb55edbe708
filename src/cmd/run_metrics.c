#include "cmd/run_metrics.h"

#include "base/memory.h"
#include "cmd/fetch_state.h"
#include "cmd/health.h"
#include "cmd/published.h"
#include "publish/websub.h"

#include <sysexits.h>

static const struct slice nothing = {NULL, 0};

static void gauge(struct metrics *metrics, const char *name, const char *help, uint64_t number) {
    metrics_family(metrics, name, help);
    metrics_sample(metrics, NULL, nothing, (int64_t)number);
}

/* What this run does not know stays as it was. */
static void gauge_or_keep(struct metrics *metrics, const char *name, const char *help, bool is_known, int64_t number) {
    metrics_family(metrics, name, help);
    if (is_known)
        metrics_sample(metrics, NULL, nothing, number);
    else
        metrics_keep(metrics, NULL, nothing);
}

/* --- a build ------------------------------------------------------------------------------------------------- */

/* Where no file remembers it, the log of runs may. INT64_MIN: there was none. */
static int64_t find_success(const char *state_folder) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(run_log_release) struct run_log log = {0};
    if (!state_folder)
        return INT64_MIN;
    run_log_read(state_folder, &arena, &log);
    for (size_t i = log.runs.count; i > 0; i--)
        if (log.runs.items[i - 1].exit_code == EX_OK || log.runs.items[i - 1].exit_code == EX_DATAERR)
            return log.runs.items[i - 1].start;
    return INT64_MIN;
}

static void append_success(struct metrics *metrics, const struct run_facts *facts) {
    metrics_family(metrics, "pindao_last_success_timestamp_seconds",
                   "Start of the last run that brought the tree up to date.");
    int64_t success = facts->is_complete ? facts->clock.start : INT64_MIN;
    if (success == INT64_MIN && !metrics_has_kept(metrics, NULL, nothing))
        success = find_success(facts->state_folder);
    if (success != INT64_MIN)
        metrics_sample(metrics, NULL, nothing, success);
    else
        metrics_keep(metrics, NULL, nothing);
}

/* A run that came to no end has counted less than there is. */
static void append_counts(struct metrics *metrics, const struct run_facts *facts) {
    const struct report *report = facts->report;
    const struct {
        const char *name, *help;
        uint64_t number;
    } counts[] = {
        {"pindao_articles", "Articles that are shown.", report->articles},
        {"pindao_articles_refused", "Articles and files that were left out.", report->refused},
        {"pindao_articles_held", "Articles that wait for their release.", report->held},
        {"pindao_articles_to_come", "Articles that wait for their date.", report->future},
        {"pindao_channels", "Channels.", report->channels},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(counts); i++)
        gauge_or_keep(metrics, counts[i].name, counts[i].help, facts->is_complete, (int64_t)counts[i].number);
}

static void append_diagnostics(struct metrics *metrics, const struct diagnostics *diagnostics) {
    static const char *const names[] = {
        [SEVERITY_NOTE] = "note",
        [SEVERITY_WARNING] = "warning",
        [SEVERITY_REFUSED] = "refused",
        [SEVERITY_ERROR] = "error",
    };
    metrics_family(metrics, "pindao_diagnostics", "Problems that there are, new ones and known ones.");
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        metrics_sample(metrics, "severity", slice_of(names[i]), (int64_t)diagnostics->counts[i]);
}

/* --- its sources --------------------------------------------------------------------------------------------- */

/* As people call it: the name of an upstream, else its files; a number behind it tells two that are alike apart. */
static struct slice source_label(const struct settings *settings, size_t number, struct buf *buf) {
    const struct source *source = &settings->sources[number];
    size_t alike = 1;
    for (size_t i = 0; i < number; i++)
        alike += slice_equal(settings->sources[i].files, source->files);
    buf_clear(buf);
    buf_append_slice(buf, source->upstream.url.size ? source->upstream.name : source->files);
    if (alike > 1)
        buf_append_format(buf, " (%zu)", alike);
    return buf_slice(buf);
}

/* What is known of one source; of the files of people nothing was fetched. */
struct source_facts {
    const struct source_health *health; /* NULL: the run came to its end before it knew */
    struct fetch_state state;
    int64_t now;
};
enum source_figure { SOURCE_ARTICLES, SOURCE_REFUSED, SOURCE_NEWEST, SOURCE_ANSWERED, SOURCE_FAILING };

/* false: there is none to be told. */
static bool find_figure(enum source_figure figure, const struct source_facts *facts, int64_t *ret_number) {
    const struct fetch_state *state = &facts->state;
    switch (figure) {
    case SOURCE_ARTICLES:
        *ret_number = facts->health ? (int64_t)facts->health->articles : 0;
        return facts->health;
    case SOURCE_REFUSED:
        *ret_number = facts->health ? (int64_t)facts->health->refused : 0;
        return facts->health;
    case SOURCE_NEWEST:
        *ret_number = facts->health ? facts->health->newest : INT64_MIN;
        return *ret_number != INT64_MIN;
    case SOURCE_ANSWERED:
        *ret_number = state->answered;
        return state->answered != 0;
    case SOURCE_FAILING:
        *ret_number = state->failing_since && state->failing_since < facts->now ? facts->now - state->failing_since : 0;
        return state->is_known;
    }
    return false;
}

static void append_source(struct metrics *metrics, enum source_figure figure, struct slice name,
                          const struct source_facts *facts) {
    int64_t number = 0;
    if (find_figure(figure, facts, &number))
        metrics_sample(metrics, "source", name, number);
    else if (!facts->health)
        metrics_keep(metrics, "source", name);
}

static void append_sources(struct metrics *metrics, const struct run_facts *facts) {
    static const struct {
        enum source_figure figure;
        const char *name, *help;
    } figures[] = {
        {SOURCE_ARTICLES, "pindao_source_articles", "Articles of a source that may be shown."},
        {SOURCE_REFUSED, "pindao_source_articles_refused", "Articles and files of a source that were left out."},
        {SOURCE_NEWEST, "pindao_source_newest_timestamp_seconds", "Date of a source's newest article."},
        {SOURCE_ANSWERED, "pindao_source_answered_timestamp_seconds", "When a source with a url last answered well."},
        {SOURCE_FAILING, "pindao_source_failing_seconds",
         "For how long a source with a url has been down; 0: it is not."},
    };
    CLEANUP(health_release) struct health health = {0};
    CLEANUP(buf_release) struct buf label = BUF(BUF_UNLIMITED);
    const struct settings *settings = facts->settings;
    if (!facts->cache || !health_read(facts->cache, &health))
        health = (struct health){0};
    CLEANUP(memory_free) struct source_facts *sources = memory_new_array(settings->source_count, sizeof *sources);
    for (size_t i = 0; i < settings->source_count; i++) {
        sources[i] = (struct source_facts){.health = health_of_source(&health, settings, i), .now = facts->clock.start};
        if (facts->cache && settings->sources[i].upstream.url.size)
            fetch_state_read(facts->cache, settings, &settings->sources[i], &sources[i].state);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(figures); i++) {
        metrics_family(metrics, figures[i].name, figures[i].help);
        for (size_t k = 0; k < settings->source_count; k++)
            append_source(metrics, figures[i].figure, source_label(settings, k, &label), &sources[k]);
    }
    for (size_t i = 0; i < settings->source_count; i++)
        fetch_state_release(&sources[i].state);
}

void run_metrics_append(struct metrics *metrics, const struct run_facts *facts) {
    const struct report *report = facts->report;
    gauge(metrics, "pindao_run_timestamp_seconds", "Start of the last run.", (uint64_t)facts->clock.start);
    append_success(metrics, facts);
    gauge(metrics, "pindao_exit_code", "Exit code of the last run.", (uint64_t)report->exit_code);
    metrics_family(metrics, "pindao_run_seconds", "Time that the last run took.");
    metrics_seconds(metrics, run_clock_milliseconds(facts->clock));
    append_counts(metrics, facts);
    gauge(metrics, "pindao_new_articles", "Articles that the last run was the first to see.", facts->new_articles);
    gauge(metrics, "pindao_channels_rendered", "Channels that the last run has rendered.", report->rendered);
    gauge(metrics, "pindao_files_written", "Files that the last run has written.", report->written);
    gauge(metrics, "pindao_files_removed", "Files that the last run has removed.", report->removed);
    gauge(metrics, "pindao_bytes_written", "Bytes that the last run has written.", report->bytes_written);
    append_diagnostics(metrics, facts->diagnostics);
    append_sources(metrics, facts);
}

/* --- publishing ---------------------------------------------------------------------------------------------- */

enum target_figure { TARGET_UP, TARGET_AT, TARGET_WAITING };

static void append_target(struct metrics *metrics, enum target_figure figure, const struct published *target) {
    if (figure == TARGET_UP)
        metrics_sample(metrics, "target", target->name, target->at != 0 && target->failed_at == 0);
    else if (figure == TARGET_WAITING)
        metrics_sample(metrics, "target", target->name, (int64_t)target->changed.count);
    else if (target->at != 0)
        metrics_sample(metrics, "target", target->name, target->at);
}

static void append_targets(struct metrics *metrics, const struct publish_facts *facts) {
    static const struct {
        enum target_figure figure;
        const char *name, *help;
    } figures[] = {
        {TARGET_UP, "pindao_publish_up", "Whether publishing to a target has gone well the last time."},
        {TARGET_AT, "pindao_publish_timestamp_seconds", "When a target was last made to hold the tree."},
        {TARGET_WAITING, "pindao_publish_waiting", "Files published that have not been seen at their address yet."},
    };
    CLEANUP(published_list_release) struct published_list list = {0};
    published_read(facts->state_folder, facts->settings, &list);
    for (size_t i = 0; i < ARRAY_LENGTH(figures); i++) {
        metrics_family(metrics, figures[i].name, figures[i].help);
        for (size_t k = 0; k < list.items.count; k++)
            append_target(metrics, figures[i].figure, &list.items.items[k]);
    }
}

void publish_metrics_append(struct metrics *metrics, const struct publish_facts *facts) {
    gauge_or_keep(metrics, "pindao_publish_run_timestamp_seconds", "Start of the last run that published.",
                  facts->did_run, facts->clock.start);
    gauge_or_keep(metrics, "pindao_publish_exit_code", "What became of publishing, as an exit code.", facts->did_run,
                  facts->exit_code);
    if (!facts->state_folder)
        return;
    append_targets(metrics, facts);
    gauge(metrics, "pindao_publish_hub_waiting", "Messages that wait for hubs.", websub_waiting(facts->state_folder));
}
