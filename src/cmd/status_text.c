#include "cmd/status.h"

#include "base/date.h"
#include "cmd/columns.h"

#include <sysexits.h>
#include <unistd.h>

enum { LABEL_COLUMNS = 13, MINUTES_SIZE = 16 /* of a date: up to the minute */, DAY_SIZE = 10 };

/* --- values ------------------------------------------------------------------------------------------------- */

/* "2026-11-22 08:00", in the site's zone. */
static void append_time(struct buf *buf, int64_t seconds) {
    size_t at = buf->size;
    date_append_rfc3339(buf, seconds);
    if (buf->size < at + MINUTES_SIZE)
        return;
    buf_truncate(buf, at + MINUTES_SIZE);
    buf->data[at + DAY_SIZE] = ' ';
}

static void append_size(struct buf *buf, uint64_t bytes) {
    static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB"};
    double size = (double)bytes;
    size_t unit = 0;
    for (; size >= 1000 && unit + 1 < ARRAY_LENGTH(units); unit++)
        size /= 1000;
    buf_append_format(buf, unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

static void append_count(struct buf *buf, size_t count, const char *what) {
    buf_append_format(buf, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

static void append_label(struct buf *buf, const char *label) {
    buf_append_string(buf, label);
    columns_pad(buf, LABEL_COLUMNS);
}

static const char *exit_words(int code) {
    switch (code) {
    case EX_USAGE:
        return "the command line was wrong";
    case EX_NOINPUT:
        return "there was no article";
    case EX_SOFTWARE:
        return "a bug";
    case EX_OSERR:
        return "no memory";
    case EX_CANTCREAT:
        return "refused to write the tree";
    case EX_IOERR:
        return "reading or writing failed";
    case EX_TEMPFAIL:
        return "another run was at work";
    case EX_NOPERM:
        return "no permission";
    case EX_CONFIG:
        return "the configuration was wrong";
    default:
        return "failed";
    }
}

/* --- runs --------------------------------------------------------------------------------------------------- */

static void append_failure(struct buf *buf, const struct run *run) {
    buf_append_format(buf, "%s (exit %d", exit_words(run->exit_code), run->exit_code);
    if (run->error) {
        buf_append_string(buf, ", ");
        columns_append(buf, slice_of(run->error));
    }
    buf_append_string(buf, run_is_change(run) ? "); " : ")\n");
}

static void append_run(struct buf *buf, const struct run *run) {
    append_time(buf, run->start);
    buf_append_string(buf, "  ");
    columns_append(buf, slice_of(run->command));
    buf_append_format(buf, ", %llu ms: ", (unsigned long long)run->milliseconds);
    if (!run_is_done(run)) {
        append_failure(buf, run);
        if (!run_is_change(run))
            return;
    }
    if (!run_did_something(run)) {
        buf_append_string(buf, "nothing new\n");
        return;
    }
    append_count(buf, run->articles, "article");
    if (run->new_articles)
        buf_append_format(buf, ", %zu new", run->new_articles);
    if (run->refused)
        buf_append_format(buf, ", %zu refused", run->refused);
    buf_append_string(buf, "; ");
    append_count(buf, run->written, "file");
    buf_append_string(buf, " written, ");
    append_size(buf, run->bytes_written);
    if (run->channels_changed) {
        buf_append_string(buf, ", in ");
        append_count(buf, run->channels_changed, "channel");
    }
    if (run->removed)
        buf_append_format(buf, ", %zu removed", run->removed);
    if (run->requests) {
        buf_append_string(buf, "; ");
        append_count(buf, run->requests, "source");
        buf_append_string(buf, " asked, ");
        append_size(buf, run->bytes_fetched);
    }
    buf_append_byte(buf, '\n');
}

static void append_head(const struct status *status, struct buf *buf) {
    const struct run *last = status_last_run(status);
    const struct run *change = status_last_change(status);
    append_label(buf, "last run");
    if (last)
        append_run(buf, last);
    else
        buf_append_string(buf, "no run yet\n");
    if (change && change != last) {
        append_label(buf, "last change");
        append_run(buf, change);
    }
    if (last && last->next_date != INT64_MAX) {
        append_label(buf, "next date");
        append_time(buf, last->next_date);
        buf_append_byte(buf, '\n');
    }
    if (status->output.is_busy) {
        append_label(buf, "now");
        buf_append_string(buf, "a run is at work\n");
    }
    if (status->is_rolled_back) {
        append_label(buf, "rolled back");
        append_time(buf, status->rolled_back_at);
        buf_append_string(buf, "; builds wait for a change of the configuration, or --full\n");
    }
}

static void append_runs(const struct status *status, struct buf *buf) {
    size_t first = status_first_run(status);
    bool is_first = true;
    for (size_t i = first; i < status->log.runs.count; i++) {
        const struct run *run = &status->log.runs.items[i];
        if (!run_did_something(run))
            continue;
        if (is_first)
            buf_append_string(buf, "\nruns that wrote something, or failed:\n");
        is_first = false;
        buf_append_string(buf, "  ");
        append_run(buf, run);
    }
}

/* --- sizes, sources ----------------------------------------------------------------------------------------- */

static void append_sizes(const struct status *status, struct buf *buf) {
    append_label(buf, "output");
    columns_append(buf, slice_of(status->directory));
    buf_append_string(buf, ": ");
    if (status->output.exists) {
        append_count(buf, status->output.files, "file");
        buf_append_string(buf, ", ");
        append_size(buf, status->output.bytes);
    } else {
        buf_append_string(buf, "none");
    }
    if (status->output.has_previous) {
        buf_append_string(buf, "; the previous tree has ");
        append_count(buf, status->output.previous_files, "other file");
        buf_append_string(buf, ", ");
        append_size(buf, status->output.previous_bytes);
    }
    buf_append_byte(buf, '\n');
    append_label(buf, "cache");
    columns_append(buf, slice_of(status->state_folder));
    buf_append_string(buf, ": ");
    if (status->cache_size)
        append_size(buf, status->cache_size);
    else
        buf_append_string(buf, "none");
    buf_append_byte(buf, '\n');
    if (!status->has_history)
        return;
    append_label(buf, "history");
    columns_append(buf, slice_of(status->history_file));
    buf_append_string(buf, ": ");
    append_size(buf, status->history_size);
    buf_append_byte(buf, '\n');
}

static void append_fetch_time(const char *what, int64_t seconds, struct buf *buf) {
    if (!seconds)
        return;
    buf_append_string(buf, what);
    append_time(buf, seconds);
}

/* A line of its own below the source's. */
static void append_fetch(const struct status *status, size_t number, struct buf *buf) {
    const struct source *source = &status->settings->sources[number];
    const struct fetch_state *state = &status->fetches[number];
    if (!source->upstream.url.size)
        return;
    buf_append_string(buf, "    ");
    columns_append(buf, source->files);
    if (!state->is_known) {
        buf_append_string(buf, ": not asked yet\n");
        return;
    }
    buf_append_string(buf, ": ");
    append_count(buf, state->articles, "article");
    buf_append_string(buf, " kept");
    append_fetch_time(", asked ", state->attempted, buf);
    append_fetch_time(", something new ", state->changed, buf);
    append_fetch_time(", next ", fetch_state_next(state, source), buf);
    if (state->reason.size) {
        append_fetch_time("; failing since ", state->failing_since, buf);
        buf_append_string(buf, ": ");
        columns_append(buf, state->reason);
    }
    if (state->moved_to.size) {
        buf_append_string(buf, "; moved to ");
        columns_append(buf, state->moved_to);
    }
    buf_append_byte(buf, '\n');
}

static void append_source(const struct status *status, size_t number, struct buf *buf) {
    const struct source *source = &status->settings->sources[number];
    const struct source_health *health = health_of_source(&status->health, status->settings, number);
    buf_append_string(buf, "  ");
    columns_append(buf, source_shown(source));
    buf_append_format(buf, " (%s): ", source->upstream.url.size ? source->upstream.reader : source->reader);
    if (!health) {
        buf_append_string(buf, "not read yet\n");
        return;
    }
    append_count(buf, health->articles, "article");
    buf_append_string(buf, " in ");
    append_count(buf, health->file_count, "file");
    if (health->refused)
        buf_append_format(buf, ", %zu refused", health->refused);
    if (health->newest != INT64_MIN) {
        buf_append_string(buf, ", the newest of ");
        date_append_day(buf, health->newest);
    }
    if (health->arrived != INT64_MIN) {
        buf_append_string(buf, ", the last came ");
        append_time(buf, health->arrived);
    }
    if (source_is_silent(source, health->newest, status->options->now))
        buf_append_string(buf, "; silent for longer than expected");
    buf_append_byte(buf, '\n');
}

/* Eight heights would be too fine for some fonts. A day without any is the lowest. */
static void append_sparkline(const struct status *status, struct buf *buf) {
    static const char *const heights[] = {"▂", "▃", "▅", "▇"};
    uint32_t days[HEALTH_DAYS];
    uint32_t most = 0;
    if (isatty(STDOUT_FILENO) != 1 && status->options->verbosity < 1)
        return;
    health_days_until(&status->health, status->options->now, days);
    for (size_t i = 0; i < HEALTH_DAYS; i++)
        most = days[i] > most ? days[i] : most;
    buf_append_string(buf, "  ");
    for (size_t i = HEALTH_DAYS; i > 0; i--) {
        size_t height = days[i - 1] ? ((size_t)days[i - 1] * ARRAY_LENGTH(heights) - 1) / most : 0;
        buf_append_string(buf, days[i - 1] ? heights[height] : "▁");
    }
    buf_append_format(buf, " articles by day, %d days, at most %u\n", HEALTH_DAYS, most);
}

/* --- targets --------------------------------------------------------------------------------------------------- */

static void append_target(const struct published *published, struct buf *buf) {
    buf_append_format(buf, "  %.*s: ", SLICE_ARGUMENTS(published->name));
    if (published->at) {
        buf_append_string(buf, "last published ");
        append_time(buf, published->at);
    } else {
        buf_append_string(buf, "not published yet");
    }
    if (published->failed_at) {
        buf_append_string(buf, "; failed ");
        append_time(buf, published->failed_at);
    }
    if (published->changed.count) {
        buf_append_string(buf, "; ");
        append_count(buf, published->changed.count, "feed");
        buf_append_string(buf, " not seen at its address yet");
    }
    if (published->withdrawn.count)
        buf_append_string(buf, "; may still have what was withdrawn");
    for (size_t i = 0; i < published->said.count; i++)
        buf_append_format(buf, "; %.*s", SLICE_ARGUMENTS(published->said.items[i]));
    buf_append_byte(buf, '\n');
}

static void append_targets(const struct status *status, struct buf *buf) {
    if (status->published.items.count)
        buf_append_string(buf, "\ntargets:\n");
    for (size_t i = 0; i < status->published.items.count; i++)
        append_target(&status->published.items.items[i], buf);
    if (status->hubs_waiting) {
        buf_append_string(buf, "  hubs: ");
        append_count(buf, status->hubs_waiting, "change");
        buf_append_string(buf, status->hubs_waiting == 1 ? " waits to be told\n" : " wait to be told\n");
    }
}

/* --- problems ----------------------------------------------------------------------------------------------- */

/*
 * Those that were first reported at one time together. `shown` is a view: of each kind as many as it has items.
 */
static void append_since(const struct status *status, size_t first, bool *told, enum severity least, struct buf *buf) {
    const struct known *known = &status->known;
    struct diagnostics shown = {.dropped = 0};
    for (size_t i = first; i < known->since.count; i++) {
        const struct diagnostic *item = &known->reported.items.items[i];
        if (told[i] || known->since.items[i] != known->since.items[first])
            continue;
        told[i] = true;
        vec_push(&shown.items, *item);
        shown.per_id[item->id]++;
    }
    size_t at = buf->size;
    buf_append_string(buf, "since ");
    append_time(buf, known->since.items[first]);
    buf_append_string(buf, ":\n");
    size_t head = buf->size;
    diagnostics_print(&shown, least, buf);
    if (buf->size == head)
        buf_truncate(buf, at);
    vec_release(&shown.items);
}

static void append_problems(const struct status *status, struct buf *buf) {
    const struct diagnostics *reported = &status->known.reported;
    size_t problems = status_problems(status);
    enum severity least = status->options->verbosity > 0 ? SEVERITY_NOTE : SEVERITY_WARNING;
    buf_append_byte(buf, '\n');
    if (problems)
        append_count(buf, problems, "open problem");
    else
        buf_append_string(buf, "no open problem");
    buf_append_byte(buf, '\n');
    bool *told = memory_new_array(reported->items.count, sizeof *told);
    for (size_t i = 0; i < reported->items.count; i++)
        if (!told[i])
            append_since(status, i, told, least, buf);
    free(told);
    for (size_t id = 0; id < DIAGNOSTIC_COUNT; id++)
        if (reported->per_id[id] > DIAGNOSTICS_MOST && diagnostic_severity((enum diagnostic_id)id) >= least)
            buf_append_format(buf, "and %zu more: %s [%s]\n", reported->per_id[id] - DIAGNOSTICS_MOST,
                              diagnostic_text((enum diagnostic_id)id), diagnostic_name((enum diagnostic_id)id));
}

void status_append_text(const struct status *status, struct buf *buf) {
    append_head(status, buf);
    if (status->options->verbosity < 0) {
        append_label(buf, "problems");
        buf_append_format(buf, "%zu\n", status_problems(status));
        return;
    }
    append_sizes(status, buf);
    append_runs(status, buf);
    buf_append_string(buf, "\nsources:\n");
    for (size_t i = 0; i < status->settings->source_count; i++) {
        append_source(status, i, buf);
        append_fetch(status, i, buf);
    }
    append_sparkline(status, buf);
    append_targets(status, buf);
    append_problems(status, buf);
}
