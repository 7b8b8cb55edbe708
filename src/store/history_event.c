#include "store/history_event.h"

#include "base/date.h"
#include "base/utf8.h"
#include "json/fields.h"
#include "json/writer.h"

/* The member that names the event, and whose value is the article's key. Names are for ever. */
static const struct slice names[HISTORY_EVENT_KINDS] = {
    [HISTORY_JOIN] = SLICE_CONSTANT("join"),           [HISTORY_WITHDRAW] = SLICE_CONSTANT("withdraw"),
    [HISTORY_RELEASE] = SLICE_CONSTANT("release"),     [HISTORY_SEEN] = SLICE_CONSTANT("seen"),
    [HISTORY_PERMALINK] = SLICE_CONSTANT("permalink"), [HISTORY_COMPACTED] = SLICE_CONSTANT("compacted"),
};

static const struct slice causes[] = {
    [WITHDRAWN_BY_COMMAND] = SLICE_CONSTANT("command"), [WITHDRAWN_BY_CORRECTION] = SLICE_CONSTANT("correction"),
    [WITHDRAWN_BY_ARTICLE] = SLICE_CONSTANT("article"), [WITHDRAWN_BY_VANISHING] = SLICE_CONSTANT("vanishing"),
    [WITHDRAWN_AS_COPY] = SLICE_CONSTANT("copy"),
};

/* --- reading ------------------------------------------------------------------------------------------------ */

struct event_reader {
    const struct json_members *members;
    struct arena *arena;
    struct slice problem; /* the first one */
    bool is_unknown;
};

static void complain(struct event_reader *reader, struct slice problem) {
    if (reader->problem.size == 0)
        reader->problem = problem;
}

/* The last of its name counts. */
static const struct json_member *find(const struct event_reader *reader, struct slice name) {
    for (size_t i = reader->members->count; i-- > 0;)
        if (slice_equal(reader->members->items[i].name, name))
            return &reader->members->items[i];
    return NULL;
}

static struct slice text_of(struct event_reader *reader, struct slice name) {
    const struct json_member *member = find(reader, name);
    if (member && member->kind == JSON_STRING && member->text.size)
        return member->text;
    complain(reader, name);
    return (struct slice){0};
}

/* In UTC, by a Z: what a date without a zone means would hang on the site's. */
static int64_t date_of(struct event_reader *reader, struct slice name) {
    struct slice text = text_of(reader, name);
    struct timestamp date = {0};
    if (text.size && (!slice_ends_with(text, SLICE("Z")) || !date_parse(text, &date)))
        complain(reader, name);
    return date.seconds;
}

static enum withdrawal_cause cause_of(struct event_reader *reader) {
    struct slice by = text_of(reader, SLICE("by"));
    for (size_t i = 0; i < ARRAY_LENGTH(causes); i++)
        if (slice_equal(causes[i], by))
            return (enum withdrawal_cause)i;
    if (by.size && reader->problem.size == 0) {
        reader->is_unknown = true;
        reader->problem = by;
    }
    return WITHDRAWN_BY_COMMAND;
}

static void read_channels(struct event_reader *reader, struct withdrawal *withdrawal) {
    const struct json_member *member = find(reader, SLICE("channels"));
    struct json_members channels = {0};
    struct json_error error;
    if (!member)
        return;
    if (member->kind != JSON_ARRAY || !json_members_read(member->text, reader->arena, &channels, &error)) {
        complain(reader, SLICE("channels"));
        return;
    }
    struct slice *paths = arena_new_array(reader->arena, channels.count, sizeof *paths);
    for (size_t i = 0; i < channels.count; i++) {
        if (channels.items[i].kind != JSON_STRING)
            complain(reader, SLICE("channels"));
        paths[i] = channels.items[i].text;
    }
    withdrawal->channels = paths;
    withdrawal->channel_count = channels.count;
}

static enum withdrawal_page page_of(struct event_reader *reader) {
    const struct json_member *member = find(reader, SLICE("page"));
    if (!member)
        return WITHDRAWAL_PAGE_UNSAID;
    if (member->kind != JSON_TRUE && member->kind != JSON_FALSE)
        complain(reader, SLICE("page"));
    return member->kind == JSON_TRUE ? WITHDRAWAL_PAGE_STOOD : WITHDRAWAL_PAGE_NONE;
}

static void read_withdrawal(struct event_reader *reader, struct history_event *event) {
    const struct json_member *sketch = find(reader, SLICE("sketch"));
    struct withdrawal *withdrawal = &event->withdrawal;
    *withdrawal = (struct withdrawal){
        .key = event->key,
        .entry = text_of(reader, SLICE("entry")),
        .at = date_of(reader, SLICE("at")),
        .date = date_of(reader, SLICE("date")),
        .cause = cause_of(reader),
        .page = page_of(reader),
    };
    if (sketch && sketch->kind == JSON_STRING)
        withdrawal->sketch = sketch->text;
    read_channels(reader, withdrawal);
}

static void read_count(struct event_reader *reader, struct history_event *event) {
    const struct json_member *member = find(reader, names[HISTORY_COMPACTED]);
    if (member->kind != JSON_NUMBER || !slice_parse_unsigned(member->text, &event->events))
        complain(reader, names[HISTORY_COMPACTED]);
}

static void read_kind(struct event_reader *reader, struct history_event *event) {
    if (event->kind != HISTORY_COMPACTED)
        event->key = text_of(reader, names[event->kind]);
    switch (event->kind) {
    case HISTORY_JOIN:
        event->other = text_of(reader, SLICE("leader"));
        event->at = date_of(reader, SLICE("date"));
        break;
    case HISTORY_WITHDRAW:
        read_withdrawal(reader, event);
        break;
    case HISTORY_RELEASE:
    case HISTORY_PERMALINK:
        event->at = date_of(reader, SLICE("at"));
        break;
    case HISTORY_SEEN:
        event->other = text_of(reader, SLICE("source"));
        event->at = date_of(reader, SLICE("at"));
        break;
    case HISTORY_COMPACTED:
        read_count(reader, event);
        break;
    case HISTORY_EVENT_KINDS:
        break;
    }
}

/* By the first member that is the name of an event. */
static enum history_event_kind kind_of(const struct json_members *members) {
    for (size_t i = 0; i < members->count; i++)
        for (unsigned kind = 0; kind < HISTORY_EVENT_KINDS; kind++)
            if (slice_equal(members->items[i].name, names[kind]))
                return (enum history_event_kind)kind;
    return HISTORY_EVENT_KINDS;
}

enum history_reading history_event_read(struct slice line, struct arena *arena, struct history_event *ret_event,
                                        struct slice *ret_problem) {
    struct json_members members = {0};
    struct json_error error;
    struct history_event event = {0};
    struct event_reader reader = {.members = &members, .arena = arena};
    if (utf8_valid_prefix(line) != line.size || !json_members_read(line, arena, &members, &error) ||
        members.kind != JSON_OBJECT || members.count == 0) {
        *ret_problem = SLICE("no JSON object");
        return HISTORY_BAD;
    }
    event.kind = kind_of(&members);
    if (event.kind == HISTORY_EVENT_KINDS) {
        *ret_problem = members.items[0].name;
        return HISTORY_UNKNOWN;
    }
    read_kind(&reader, &event);
    if (reader.problem.size) {
        *ret_problem = reader.problem;
        return reader.is_unknown ? HISTORY_UNKNOWN : HISTORY_BAD;
    }
    *ret_event = event;
    return HISTORY_READ;
}

/* --- writing ------------------------------------------------------------------------------------------------ */

static void write_date(struct json_writer *json, const char *name, int64_t seconds) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    date_append_utc(&text, seconds);
    json_member_text(json, name, buf_slice(&text));
}

static void write_withdrawal(struct json_writer *json, const struct withdrawal *withdrawal) {
    json_member_text(json, "withdraw", withdrawal->key);
    json_member_text(json, "entry", withdrawal->entry);
    write_date(json, "at", withdrawal->at);
    write_date(json, "date", withdrawal->date);
    json_member_text(json, "by", causes[withdrawal->cause]);
    json_key(json, "channels");
    json_open_array(json);
    for (size_t i = 0; i < withdrawal->channel_count; i++)
        json_string(json, withdrawal->channels[i]);
    json_close(json);
    if (withdrawal->page != WITHDRAWAL_PAGE_UNSAID) {
        json_key(json, "page");
        json_boolean(json, withdrawal->page == WITHDRAWAL_PAGE_STOOD);
    }
    if (withdrawal->sketch.size)
        json_member_text(json, "sketch", withdrawal->sketch);
}

void history_event_append(const struct history_event *event, struct buf *buf) {
    struct json_writer json = json_line_writer_on(buf);
    json_open_object(&json);
    switch (event->kind) {
    case HISTORY_JOIN:
        json_member_text(&json, "join", event->key);
        json_member_text(&json, "leader", event->other);
        write_date(&json, "date", event->at);
        break;
    case HISTORY_WITHDRAW:
        write_withdrawal(&json, &event->withdrawal);
        break;
    case HISTORY_RELEASE:
        json_member_text(&json, "release", event->key);
        write_date(&json, "at", event->at);
        break;
    case HISTORY_SEEN:
        json_member_text(&json, "seen", event->key);
        json_member_text(&json, "source", event->other);
        write_date(&json, "at", event->at);
        break;
    case HISTORY_PERMALINK:
        json_member_text(&json, "permalink", event->key);
        write_date(&json, "at", event->at);
        break;
    case HISTORY_COMPACTED:
        json_member_unsigned(&json, "compacted", event->events);
        break;
    case HISTORY_EVENT_KINDS:
        break;
    }
    json_close(&json);
}

/* --- effect ------------------------------------------------------------------------------------------------- */

bool history_event_apply(const struct history_event *event, struct history *history) {
    switch (event->kind) {
    case HISTORY_JOIN:
        return history_put_join(history, event->key, event->other, event->at);
    case HISTORY_WITHDRAW:
        return history_put_withdrawal(history, &event->withdrawal);
    case HISTORY_RELEASE:
        return history_put_release(history, event->key);
    case HISTORY_SEEN:
        return history_put_sighting(history, event->key, event->other, event->at);
    case HISTORY_PERMALINK:
        return history_put_permalink(history, event->key, event->at);
    case HISTORY_COMPACTED:
    case HISTORY_EVENT_KINDS:
        break;
    }
    return false;
}
