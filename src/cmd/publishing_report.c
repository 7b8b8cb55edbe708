#include "cmd/publishing_state.h"

#include "cmd/columns.h"

#include <stdio.h>
#include <sysexits.h>

enum { LINES_SHOWN = 20 /* of what a command said that failed */ };

int publishing_exit_code(enum publish_result result) {
    switch (result) {
    case PUBLISH_DONE:
    case PUBLISH_UNCHANGED:
        return EX_OK;
    case PUBLISH_FAILED:
        return EX_IOERR;
    case PUBLISH_NOT_ALLOWED:
        return EX_NOPERM;
    case PUBLISH_REFUSED:
        return EX_CANTCREAT;
    case PUBLISH_TREE_CHANGED:
    case PUBLISH_BUSY:
        return EX_TEMPFAIL;
    }
    return EX_SOFTWARE;
}

/* --- what was said already -------------------------------------------------------------------------------------- */

/* Does anybody want to hear what the run before has said? Cron does not. */
static bool is_hushed(const struct publishing *publishing) {
    const struct options *options = publishing->order->options;
    return publishing->order->only_unsettled && !options->strict && !options->full && !options_talkative(options);
}

static bool is_said(const struct published *published, enum diagnostic_id id) {
    for (size_t i = 0; i < published->said.count; i++)
        if (slice_equal(published->said.items[i], slice_of(diagnostic_name(id))))
            return true;
    return false;
}

bool publishing_is_known(const struct publishing *publishing, const struct published *published,
                         enum diagnostic_id id) {
    return is_hushed(publishing) && is_said(published, id);
}

/* A cache in front of the files may have the old ones for some minutes: the next run looks again before it complains.
 */
static bool may_pass(const struct published *published, enum diagnostic_id id) {
    return id == DIAGNOSTIC_PUBLISH_NOT_SERVED && published->verifications <= 1;
}

/* By kinds: the reason of a failure may be another file each time. */
void publishing_mark_known(struct publishing *publishing, const struct published *published) {
    struct diagnostics *reported = &publishing->reported;
    for (size_t i = 0; i < reported->items.count && is_hushed(publishing); i++) {
        struct diagnostic *item = &reported->items.items[i];
        if (item->known || !(is_said(published, item->id) || may_pass(published, item->id)))
            continue;
        item->known = true;
        reported->known[item->id]++;
    }
}

void publishing_remember_said(struct publishing *publishing, struct published *published) {
    struct diagnostics *reported = &publishing->reported;
    struct published now = {0};
    for (size_t i = 0; i < reported->items.count; i++) {
        const struct diagnostic *item = &reported->items.items[i];
        bool was_quiet = item->known && !is_said(published, item->id);
        if (!was_quiet && !is_said(&now, item->id))
            vec_push(&now.said, slice_of(diagnostic_name(item->id)));
    }
    vec_release(&published->said);
    published->said.items = now.said.items;
    published->said.count = now.said.count;
    published->said.capacity = now.said.capacity;
    diagnostics_append(publishing->diagnostics, reported, 0);
}

void publishing_show_said(const struct publishing *publishing, struct slice said, bool failed) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    struct slice rest = said;
    struct slice line;
    size_t lines = 0;
    while (slice_ends_with(rest, SLICE("\n")))
        rest.size--;
    if (rest.size == 0 || !(failed || publishing->order->options->verbosity > 0))
        return;
    size_t begin = rest.size;
    while (begin > 0 && (publishing->order->options->verbosity > 0 || lines < LINES_SHOWN))
        lines += rest.data[--begin] == '\n';
    rest = slice_from(rest, begin + (rest.data[begin] == '\n'));
    while (slice_take_until(&rest, '\n', &line)) {
        buf_append_string(&text, "  ");
        columns_append(&text, line);
        buf_append_byte(&text, '\n');
    }
    (void)!fwrite(text.data, 1, text.size, stderr);
}

/* --- what there is to say ---------------------------------------------------------------------------------------- */

static void tell_machines(struct publishing *publishing, const struct publish_target *target,
                          const struct publish_outcome *outcome, enum publish_result result, bool verified) {
    struct json_writer *json = &publishing->json;
    json_open_object(json);
    json_member_text(json, "target", target->name);
    json_member_unsigned(json, "exit", (uint64_t)publishing_exit_code(result));
    json_member_boolean(json, "unchanged", result == PUBLISH_UNCHANGED);
    json_member_unsigned(json, "uploaded", outcome->uploaded);
    json_member_unsigned(json, "already", outcome->already);
    json_member_unsigned(json, "deleted", outcome->deleted);
    json_member_unsigned(json, "bytes", outcome->bytes);
    json_member_unsigned(json, "requests", outcome->requests);
    json_member_unsigned(json, "retries", outcome->retries);
    json_member_boolean(json, "verified", verified && target->verify);
    json_close(json);
}

static void tell_people(struct publishing *publishing, const struct publish_target *target,
                        const struct publish_outcome *outcome, enum publish_result result, bool verified) {
    struct buf *text = &publishing->report->text;
    if (publishing->order->options->dry_run || publishing_exit_code(result) != EX_OK)
        return;
    buf_append_format(text, "pindao: %.*s: ", SLICE_ARGUMENTS(target->name));
    if (result == PUBLISH_UNCHANGED) {
        buf_append_string(text, "nothing new\n");
        return;
    }
    buf_append_format(text, "%zu file%s published, %llu bytes", outcome->uploaded, outcome->uploaded == 1 ? "" : "s",
                      (unsigned long long)outcome->bytes);
    if (outcome->already)
        buf_append_format(text, ", %zu by the run before", outcome->already);
    if (outcome->deleted)
        buf_append_format(text, ", %zu deleted", outcome->deleted);
    if (target->verify)
        buf_append_string(text, verified ? ", seen at their address" : ", not seen at their address yet");
    buf_append_byte(text, '\n');
}

void publishing_tell(struct publishing *publishing, const struct publish_target *target,
                     const struct publish_outcome *outcome, enum publish_result result, bool verified) {
    tell_people(publishing, target, outcome, result, verified);
    tell_machines(publishing, target, outcome, result, verified);
}
