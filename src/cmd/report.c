#include "cmd/report.h"

#include "json/writer.h"

#include <sysexits.h>

/* Nothing can be said where saying fails; the exit code still tells. */
static void print(FILE *stream, struct slice text) {
    if (text.size && fwrite(text.data, 1, text.size, stream) != text.size)
        return;
    (void)fflush(stream);
}

void report_diagnostics(const struct options *options, const struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    enum severity least = options_talkative(options) ? SEVERITY_NOTE : SEVERITY_WARNING;
    if (options->verbosity < 0)
        least = SEVERITY_ERROR;
    diagnostics_print(diagnostics, least, &text);
    print(stderr, buf_slice(&text));
}

static const char *const severity_names[] = {
    [SEVERITY_NOTE] = "note",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_REFUSED] = "refused",
    [SEVERITY_ERROR] = "error",
};

static void write_diagnostic(struct json_writer *json, const struct diagnostic *item) {
    json_open_object(json);
    json_member_text(json, "name", slice_of(diagnostic_name(item->id)));
    json_member_text(json, "severity", slice_of(severity_names[diagnostic_severity(item->id)]));
    json_member_text(json, "file", item->place.file);
    json_member_unsigned(json, "line", item->place.line);
    json_member_unsigned(json, "column", item->place.column);
    json_member_text(json, "text", slice_of(diagnostic_text(item->id)));
    json_member_text(json, "detail", item->detail);
    json_member_boolean(json, "known", item->known);
    json_close(json);
}

static void print_json(const struct report *report, const struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    struct json_writer json = json_writer_on(&text);
    json_open_object(&json);
    json_member_text(&json, "command", slice_of(report->command));
    json_member_unsigned(&json, "exit", (uint64_t)report->exit_code);
    json_member_unsigned(&json, "articles", report->articles);
    json_member_unsigned(&json, "refused", report->refused);
    json_member_unsigned(&json, "future", report->future);
    json_member_unsigned(&json, "withdrawn", report->withdrawn);
    json_member_unsigned(&json, "held", report->held);
    json_member_unsigned(&json, "joined", report->joined);
    json_member_unsigned(&json, "copies", report->copies);
    json_member_unsigned(&json, "duplicates", report->duplicates);
    json_member_unsigned(&json, "channels", report->channels);
    json_member_unsigned(&json, "shown", report->shown);
    json_member_unsigned(&json, "filesRead", report->files_read);
    json_member_unsigned(&json, "bytesRead", report->bytes_read);
    json_member_unsigned(&json, "requests", report->requests);
    json_member_unsigned(&json, "sourcesFetched", report->fetched);
    json_member_unsigned(&json, "bytesFetched", report->bytes_fetched);
    json_member_unsigned(&json, "channelsRendered", report->rendered);
    json_member_boolean(&json, "nothingNew", report->nothing_new);
    json_member_unsigned(&json, "written", report->written);
    json_member_unsigned(&json, "unchanged", report->unchanged);
    json_member_unsigned(&json, "relinked", report->relinked);
    json_member_unsigned(&json, "removed", report->removed);
    json_member_unsigned(&json, "bytesWritten", report->bytes_written);
    json_member_boolean(&json, "dryRun", report->dry_run);
    json_member_unsigned(&json, "expectations", report->expectations);
    json_member_unsigned(&json, "failed", report->failed);
    if (report->counts.size) {
        json_key(&json, "counts");
        json_fragment(&json, report->counts);
    }
    if (report->withdrawals.size) {
        json_key(&json, "withdrawals");
        json_fragment(&json, report->withdrawals);
    }
    if (report->publishing.size) {
        json_key(&json, "publishing");
        json_fragment(&json, report->publishing);
    }
    if (report->movement.size) {
        json_key(&json, "movement");
        json_fragment(&json, report->movement);
    }
    json_key(&json, "diagnostics");
    json_open_array(&json);
    for (size_t i = 0; i < diagnostics->items.count; i++)
        write_diagnostic(&json, &diagnostics->items.items[i]);
    json_close(&json);
    json_close(&json);
    print(stdout, buf_slice(&text));
}

static void append_count(struct buf *line, size_t count, const char *what) {
    if (count)
        buf_append_format(line, ", %zu %s", count, what);
}

static void append_articles(const struct report *report, struct buf *line) {
    buf_append_format(line, "%zu article%s", report->articles, report->articles == 1 ? "" : "s");
    append_count(line, report->refused, "refused");
    append_count(line, report->future, "to come");
    append_count(line, report->withdrawn, "withdrawn");
    append_count(line, report->held, "held back");
    append_count(line, report->joined, "the same as another");
    append_count(line, report->copies, "copies of another");
    append_count(line, report->duplicates, "replaced by a newer version");
}

/* "1,234 articles"-style lines stay one line: cron mails what is printed. */
static void print_summary(const struct report *report, size_t known) {
    CLEANUP(buf_release) struct buf line = BUF(4096);
    buf_append_string(&line, "pindao: ");
    if (!report->tree_only)
        append_articles(report, &line);
    if (!report->tree_only && report->directory)
        buf_append_format(&line, "; %zu channels show %zu; ", report->channels, report->shown);
    if (report->directory) {
        buf_append_format(&line, "%s: %zu files %s, %zu unchanged", report->directory, report->written,
                          report->dry_run ? "would be written" : "written", report->unchanged);
        append_count(&line, report->removed, "removed");
    }
    if (known)
        buf_append_format(&line, "; %zu known problem%s (pindao status)", known, known == 1 ? "" : "s");
    buf_append_byte(&line, '\n');
    print(stdout, buf_slice(&line));
}

void report_print(const struct report *report, const struct options *options, const struct diagnostics *diagnostics) {
    if (options->json) {
        print_json(report, diagnostics);
        return;
    }
    report_diagnostics(options, diagnostics);
    if (options->verbosity >= 0)
        print(stdout, report->body);
    if (options_talkative(options))
        print(stdout, report->published);
    bool has_summary = report->directory || !report->tree_only;
    /* With a source that is down, 66 stands for a run that has come to its end, else for one that was given up. */
    bool is_done = report->exit_code == EX_OK || report->exit_code == EX_DATAERR ||
                   (report->exit_code == EX_NOINPUT && diagnostics->counts[SEVERITY_ERROR] == 0);
    if (has_summary && options_talkative(options) && is_done)
        print_summary(report, diagnostics_known(diagnostics, SEVERITY_WARNING));
}

int report_exit_code(const struct options *options, const struct diagnostics *diagnostics) {
    if (diagnostics->per_id[DIAGNOSTIC_READING_FAILED])
        return EX_IOERR;
    if (diagnostics->per_id[DIAGNOSTIC_SOURCE_DOWN] > diagnostics->known[DIAGNOSTIC_SOURCE_DOWN])
        return EX_NOINPUT;
    bool refused = diagnostics_new(diagnostics, SEVERITY_REFUSED) > 0;
    bool warned = options->strict && diagnostics_new(diagnostics, SEVERITY_WARNING) > 0;
    return refused || warned ? EX_DATAERR : EX_OK;
}
