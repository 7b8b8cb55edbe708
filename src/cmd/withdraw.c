#include "cmd/build.h"
#include "cmd/command.h"
#include "cmd/report.h"
#include "cmd/reread.h"
#include "json/writer.h"

#include <sysexits.h>

/*
 * pindao withdraw: a build that first takes articles out, everywhere at once, and then says where their text still is.
 */

/* Is the record the article of the line, or one of its copies? */
static bool belongs(const struct history *history, const struct withdrawal *line, const struct record *record) {
    const struct history_join *join = history_entry_of(history, record->key);
    struct hash128 entry = join ? join->leader_hash : record->key;
    return hash128_compare(record->key, line->hash) == 0 || hash128_compare(entry, line->entry_hash) == 0;
}

static void each_source(const struct build_outcome *outcome, const struct withdrawal *line,
                        void (*take)(void *context, const struct source *source, bool is_purged, struct place place),
                        void *context) {
    const struct index *index = &outcome->corpus->index;
    struct line_finder finder = {0};
    for (size_t i = 0; i < index->blocks.count * INDEX_BLOCK; i++) {
        const struct record *record = index_record(index, (uint32_t)i);
        if (!record->location.size || !belongs(outcome->history, line, record))
            continue;
        /* Of what was fetched, the one that was named (cmd/fetch.h); its line has gone with it. */
        const struct source *source = outcome->corpus->source_of_file[record->location.file];
        bool is_purged = source->upstream.url.size && hash128_compare(record->key, line->hash) == 0;
        take(context, source, is_purged, record_place(outcome->corpus, record, &finder));
    }
}

/* --- for people --------------------------------------------------------------------------------------------- */

static void append_source(void *context, const struct source *source, bool is_purged, struct place place) {
    struct buf *text = context;
    if (is_purged)
        buf_append_format(text, "  its text goes from %.*s; it came from %.*s\n", SLICE_ARGUMENTS(place.file),
                          SLICE_ARGUMENTS(source->upstream.url));
    else
        buf_append_format(text, "  its text is still in %.*s:%u\n", SLICE_ARGUMENTS(place.file), place.line);
}

static void append_line(const struct build_outcome *outcome, const struct withdrawal *line, struct buf *text) {
    bool rehearsal = outcome->options->dry_run;
    const char *done = line->released ? "released" : "withdrawn";
    buf_append_format(text, "%s%s: %.*s", rehearsal ? "would be " : "", done, SLICE_ARGUMENTS(line->key));
    if (!slice_equal(line->key, line->entry))
        buf_append_format(text, ", shown as %.*s", SLICE_ARGUMENTS(line->entry));
    buf_append_byte(text, '\n');
    if (line->released)
        return;
    if (!withdrawal_was_seen(line))
        buf_append_string(text, "  no channel has shown it\n");
    else if (line->channel_count)
        buf_append_format(text, "  a stub takes its place for 30 days, in %zu channel%s:", line->channel_count,
                          line->channel_count == 1 ? "" : "s");
    for (size_t i = 0; i < line->channel_count; i++)
        buf_append_format(text, " %.*s", SLICE_ARGUMENTS(line->channels[i]));
    buf_append_string(text, line->channel_count ? "\n" : "");
    if (withdrawal_has_page(line) && outcome->corpus->templates->has_pages)
        buf_append_string(text, "  its page says from now on that it was withdrawn\n");
    each_source(outcome, line, append_source, text);
}

/* With --publish they are published to right behind this. */
static void append_targets(const struct build_outcome *outcome, struct buf *text) {
    const struct settings *settings = outcome->corpus->settings;
    if (settings->target_count == 0 || outcome->options->publish)
        return;
    for (size_t i = 0; i < settings->target_count; i++)
        buf_append_format(text, "%s%.*s", i ? ", " : "still shown by what was published, until pindao publish: ",
                          SLICE_ARGUMENTS(settings->targets[i].name));
    buf_append_byte(text, '\n');
}

static void append_text(const struct build_outcome *outcome, const size_t *lines, size_t count, struct buf *text) {
    bool withdrawn = false;
    for (size_t i = 0; i < count; i++) {
        const struct withdrawal *line = &outcome->history->withdrawals.items[lines[i]];
        append_line(outcome, line, text);
        withdrawn = withdrawn || !line->released;
    }
    if (!withdrawn)
        return;
    append_targets(outcome, text);
    buf_append_string(text, "What cannot be reached from here:\n"
                            "  the files named above, and older versions of them under version control\n"
                            "  the web host and its caches, until they have the new files; pages of the site itself\n"
                            "  readers that have fetched it: the stub asks them to show it no more\n"
                            "  older versions that a bucket keeps\n"
                            "  backups; the history keeps the article's key, never its text\n");
}

/* --- for machines ------------------------------------------------------------------------------------------- */

static void write_source(void *context, const struct source *source, bool is_purged, struct place place) {
    struct json_writer *json = context;
    json_open_object(json);
    json_key(json, "file");
    json_string(json, place.file);
    if (is_purged) {
        json_key(json, "url");
        json_string(json, source->upstream.url);
    } else {
        json_key(json, "line");
        json_unsigned(json, place.line);
    }
    json_close(json);
}

static void write_line(const struct build_outcome *outcome, const struct withdrawal *line, struct json_writer *json) {
    json_open_object(json);
    json_key(json, "key");
    json_string(json, line->key);
    json_key(json, "entry");
    json_string(json, line->entry);
    json_key(json, "released");
    json_boolean(json, line->released);
    json_key(json, "channels");
    json_open_array(json);
    for (size_t i = 0; i < line->channel_count; i++)
        json_string(json, line->channels[i]);
    json_close(json);
    json_key(json, "sources");
    json_open_array(json);
    each_source(outcome, line, write_source, json);
    json_close(json);
    json_close(json);
}

/* --- the command -------------------------------------------------------------------------------------------- */

static void tell(const struct build_outcome *outcome, struct buf *text) {
    size_t count = 0;
    const size_t *lines = withdrawals_asked_for(outcome->withdrawals, &count);
    if (!outcome->is_done) {
        if (!outcome->options->json)
            buf_append_string(text, "nothing was withdrawn or released: the messages say why, and what would let it\n");
        return;
    }
    if (!outcome->options->json) {
        append_text(outcome, lines, count, text);
        return;
    }
    struct json_writer json = json_fragment_writer_on(text, 1);
    json_open_array(&json);
    for (size_t i = 0; i < count; i++)
        write_line(outcome, &outcome->history->withdrawals.items[lines[i]], &json);
    json_close(&json);
}

int withdraw_command(int argc, char **argv) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct options options = {0};
    struct build_order order = {.command = "withdraw", .tell = tell};
    if (options_read(argc, argv, "coShnjdfswJRMGUmOEPLvq", &diagnostics, &options)) {
        order.request = (struct withdrawal_request){.names = argv + options.first_argument,
                                                    .count = (size_t)(argc - options.first_argument),
                                                    .is_release = options.undo};
        if (order.request.count)
            return build_run(&options, &order, &diagnostics);
        diag_report(&diagnostics, DIAGNOSTIC_USAGE, (struct place){0}, "pindao withdraw: name articles");
    }
    const struct report report = {.command = order.command, .exit_code = EX_USAGE};
    report_print(&report, &options, &diagnostics);
    return EX_USAGE;
}
