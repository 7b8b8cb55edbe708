#include "cmd/status.h"

#include "json/writer.h"

static void write_run(struct json_writer *json, const struct run *run) {
    json_open_object(json);
    json_member_time(json, "start", run->start);
    json_member_text(json, "command", slice_of(run->command));
    json_member_unsigned(json, "milliseconds", run->milliseconds);
    json_member_unsigned(json, "exit", (uint64_t)run->exit_code);
    if (run->error)
        json_member_text(json, "error", slice_of(run->error));
    json_member_boolean(json, "nothingNew", run->nothing_new);
    json_member_unsigned(json, "articles", run->articles);
    json_member_unsigned(json, "newArticles", run->new_articles);
    json_member_unsigned(json, "refused", run->refused);
    json_member_unsigned(json, "written", run->written);
    json_member_unsigned(json, "relinked", run->relinked);
    json_member_unsigned(json, "removed", run->removed);
    json_member_unsigned(json, "bytesWritten", run->bytes_written);
    json_member_unsigned(json, "channelsChanged", run->channels_changed);
    json_member_unsigned(json, "requests", run->requests);
    json_member_unsigned(json, "bytesFetched", run->bytes_fetched);
    if (run->next_date != INT64_MAX)
        json_member_time(json, "next", run->next_date);
    json_close(json);
}

static void write_runs(struct json_writer *json, const struct status *status) {
    const struct run *last = status_last_run(status);
    const struct run *change = status_last_change(status);
    if (last) {
        json_key(json, "lastRun");
        write_run(json, last);
    }
    if (change) {
        json_key(json, "lastChange");
        write_run(json, change);
    }
    json_key(json, "runs");
    json_open_array(json);
    for (size_t i = status_first_run(status); i < status->log.runs.count; i++)
        if (run_did_something(&status->log.runs.items[i]))
            write_run(json, &status->log.runs.items[i]);
    json_close(json);
}

static void write_sizes(struct json_writer *json, const struct status *status) {
    json_key(json, "sizes");
    json_open_object(json);
    json_member_unsigned(json, "files", status->output.files);
    json_member_unsigned(json, "bytes", status->output.bytes);
    json_member_unsigned(json, "previousFiles", status->output.previous_files);
    json_member_unsigned(json, "previousBytes", status->output.previous_bytes);
    json_member_unsigned(json, "cacheBytes", status->cache_size);
    json_member_unsigned(json, "historyBytes", status->history_size);
    json_member_unsigned(json, "logBytes", status->log.size);
    json_close(json);
}

static void write_known_time(struct json_writer *json, const char *key, int64_t seconds) {
    if (seconds)
        json_member_time(json, key, seconds);
}

static void write_fetch(struct json_writer *json, const struct source *source, const struct fetch_state *state) {
    json_member_text(json, "url", source->upstream.url);
    json_member_boolean(json, "asked", state->is_known);
    if (!state->is_known)
        return;
    json_member_unsigned(json, "kept", state->articles);
    write_known_time(json, "lastAsked", state->attempted);
    write_known_time(json, "lastAnswered", state->answered);
    write_known_time(json, "lastChanged", state->changed);
    write_known_time(json, "nextDue", fetch_state_next(state, source));
    if (state->reason.size) {
        write_known_time(json, "failingSince", state->failing_since);
        json_member_text(json, "failure", state->reason);
    }
    if (state->moved_to.size)
        json_member_text(json, "movedTo", state->moved_to);
}

static void write_source(struct json_writer *json, const struct status *status, size_t number) {
    const struct source *source = &status->settings->sources[number];
    const struct source_health *health = health_of_source(&status->health, status->settings, number);
    json_open_object(json);
    json_member_text(json, "files", source->files);
    json_member_text(json, "reader", slice_of(source->upstream.url.size ? source->upstream.reader : source->reader));
    json_member_boolean(json, "read", health != NULL);
    if (health) {
        json_member_unsigned(json, "fileCount", health->file_count);
        json_member_unsigned(json, "articles", health->articles);
        json_member_unsigned(json, "refused", health->refused);
        if (health->newest != INT64_MIN)
            json_member_time(json, "newest", health->newest);
        if (health->arrived != INT64_MIN)
            json_member_time(json, "arrived", health->arrived);
        json_member_boolean(json, "silent", source_is_silent(source, health->newest, status->options->now));
    }
    if (source->upstream.url.size)
        write_fetch(json, source, &status->fetches[number]);
    json_close(json);
}

static void write_target(struct json_writer *json, const struct published *published) {
    json_open_object(json);
    json_member_text(json, "target", published->name);
    if (published->at)
        json_member_time(json, "published", published->at);
    if (published->failed_at)
        json_member_time(json, "failed", published->failed_at);
    json_member_unsigned(json, "notSeenYet", published->changed.count);
    json_member_unsigned(json, "withdrawnWaiting", published->withdrawn.count);
    json_key(json, "problems");
    json_open_array(json);
    for (size_t i = 0; i < published->said.count; i++)
        json_string(json, published->said.items[i]);
    json_close(json);
    json_close(json);
}

static void write_targets(struct json_writer *json, const struct status *status) {
    json_key(json, "targets");
    json_open_array(json);
    for (size_t i = 0; i < status->published.items.count; i++)
        write_target(json, &status->published.items.items[i]);
    json_close(json);
    json_member_unsigned(json, "hubsWaiting", status->hubs_waiting);
}

static void write_days(struct json_writer *json, const struct status *status) {
    uint32_t days[HEALTH_DAYS];
    health_days_until(&status->health, status->options->now, days);
    json_key(json, "days");
    json_open_array(json);
    for (size_t i = HEALTH_DAYS; i > 0; i--)
        json_unsigned(json, days[i - 1]);
    json_close(json);
}

static void write_problem(struct json_writer *json, const struct diagnostic *item, int64_t since) {
    static const char *const severities[] = {
        [SEVERITY_NOTE] = "note",
        [SEVERITY_WARNING] = "warning",
        [SEVERITY_REFUSED] = "refused",
        [SEVERITY_ERROR] = "error",
    };
    json_open_object(json);
    json_member_text(json, "name", slice_of(diagnostic_name(item->id)));
    json_member_text(json, "severity", slice_of(severities[diagnostic_severity(item->id)]));
    json_member_time(json, "since", since);
    json_member_text(json, "file", item->place.file);
    json_member_unsigned(json, "line", item->place.line);
    json_member_unsigned(json, "column", item->place.column);
    json_member_text(json, "text", slice_of(diagnostic_text(item->id)));
    json_member_text(json, "detail", item->detail);
    json_close(json);
}

void status_append_json(const struct status *status, struct buf *buf) {
    struct json_writer json = json_writer_on(buf);
    json_open_object(&json);
    json_member_text(&json, "command", SLICE("status"));
    json_member_text(&json, "output", slice_of(status->directory));
    json_member_text(&json, "state", slice_of(status->state_folder));
    json_member_text(&json, "history", slice_of(status->history_file));
    json_member_boolean(&json, "busy", status->output.is_busy);
    json_member_boolean(&json, "rolledBack", status->is_rolled_back);
    write_runs(&json, status);
    write_sizes(&json, status);
    json_key(&json, "sources");
    json_open_array(&json);
    for (size_t i = 0; i < status->settings->source_count; i++)
        write_source(&json, status, i);
    json_close(&json);
    write_days(&json, status);
    write_targets(&json, status);
    json_member_unsigned(&json, "problems", status_problems(status));
    json_key(&json, "open");
    json_open_array(&json);
    for (size_t i = 0; i < status->known.reported.items.count; i++)
        write_problem(&json, &status->known.reported.items.items[i], status->known.since.items[i]);
    json_close(&json);
    json_close(&json);
}
