#include "publish/websub.h"

#include "base/date.h"
#include "base/file.h"
#include "base/uri.h"
#include "json/fields.h"
#include "json/writer.h"
#include "net/request.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
    WAITS_MOST = 3 * 86400, /* seconds; then whoever subscribed has fetched it anyway */
    REQUEST_SECONDS = 10,
    ALL_SECONDS = 60,
    FAILURES_MOST = 2,     /* in a row, of one hub */
    QUEUE_MOST = 64 << 20, /* bytes */
};

struct waiting {
    struct slice hub, topic;
    int64_t since;
    bool is_reported; /* that the hub did not take it: it is said once, not every ten minutes */
};

struct queue {
    struct arena arena;
    VEC(struct waiting) items; /* by hub, then topic; each pair once */
};

static void queue_release(struct queue *queue) {
    arena_release(&queue->arena);
    vec_release(&queue->items);
}

/* --- the file ------------------------------------------------------------------------------------------------- */

static const char file_name[] = "websub.jsonl";

/* A line that somebody wrote into it says nothing. */
static bool read_line(struct slice line, struct arena *arena, struct waiting *ret_waiting) {
    struct waiting waiting = {0};
    struct json_members members;
    struct json_error error;
    struct timestamp since = {0};
    if (!json_members_read(line, arena, &members, &error) || members.kind != JSON_OBJECT)
        return false;
    for (size_t i = 0; i < members.count; i++) {
        const struct json_member *member = &members.items[i];
        if (slice_equal(member->name, SLICE("reported")))
            waiting.is_reported = member->kind == JSON_TRUE;
        if (member->kind != JSON_STRING)
            continue;
        if (slice_equal(member->name, SLICE("hub")))
            waiting.hub = member->text;
        else if (slice_equal(member->name, SLICE("topic")))
            waiting.topic = member->text;
        else if (slice_equal(member->name, SLICE("since")) && date_parse(member->text, &since))
            waiting.since = since.seconds;
    }
    if (!waiting.hub.size || !waiting.topic.size || !waiting.since)
        return false;
    *ret_waiting = waiting;
    return true;
}

/* false with errno. None is an empty one. */
static bool queue_read(const char *folder, struct queue *queue) {
    CLEANUP(buf_release) struct buf bytes = BUF(QUEUE_MOST);
    if (!file_read(file_join(&queue->arena, folder, file_name), &bytes))
        return errno == ENOENT;
    struct slice rest = arena_copy(&queue->arena, buf_slice(&bytes));
    struct slice line;
    while (slice_take_until(&rest, '\n', &line)) {
        struct waiting waiting;
        if (read_line(line, &queue->arena, &waiting))
            vec_push(&queue->items, waiting);
    }
    return true;
}

static void write_line(const struct waiting *waiting, struct buf *buf) {
    struct json_writer json = json_line_writer_on(buf);
    json_open_object(&json);
    json_member_text(&json, "hub", waiting->hub);
    json_member_text(&json, "topic", waiting->topic);
    json_member_time(&json, "since", waiting->since);
    if (waiting->is_reported)
        json_member_boolean(&json, "reported", true);
    json_close(&json);
}

static bool write_draft(const char *path, struct slice bytes) {
    CLEANUP(file_close) int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    return file >= 0 && file_write(file, bytes) && fsync(file) == 0;
}

/* Whole or not at all, and on disk. An empty queue has no file. false with errno. */
static bool queue_write(const char *folder, struct queue *queue) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    const char *path = file_join(&queue->arena, folder, file_name);
    const char *draft = file_join(&queue->arena, folder, "websub.jsonl.new");
    for (size_t i = 0; i < queue->items.count; i++)
        write_line(&queue->items.items[i], &bytes);
    if (bytes.size == 0)
        return (unlink(path) == 0 && file_sync_folder(path)) || errno == ENOENT;
    if (write_draft(draft, buf_slice(&bytes)) && rename(draft, path) == 0)
        return file_sync_folder(path);
    int error = errno;
    unlink(draft);
    errno = error;
    return false;
}

/* --- what waits ------------------------------------------------------------------------------------------------ */

/* The older one first, so that what waits is not made young again by a second change. */
static int by_hub(const void *left, const void *right) {
    const struct waiting *a = left;
    const struct waiting *b = right;
    int order = slice_compare(a->hub, b->hub);
    order = order ? order : slice_compare(a->topic, b->topic);
    return order ? order : (a->since > b->since) - (a->since < b->since);
}

static void queue_sort(struct queue *queue) {
    size_t kept = 0;
    if (queue->items.count)
        qsort(queue->items.items, queue->items.count, sizeof *queue->items.items, by_hub);
    for (size_t i = 0; i < queue->items.count; i++) {
        const struct waiting *last = kept ? &queue->items.items[kept - 1] : NULL;
        const struct waiting *item = &queue->items.items[i];
        if (!last || !slice_equal(last->hub, item->hub) || !slice_equal(last->topic, item->topic))
            queue->items.items[kept++] = *item;
    }
    queue->items.count = kept;
}

static void report_file(const char *folder, const char *what, struct diagnostics *diagnostics) {
    diag_report(diagnostics, DIAGNOSTIC_HUB_FAILED, (struct place){0}, "%s/%s cannot be %s: %s", folder, file_name,
                what, strerror(errno));
}

bool websub_queue_add(const char *state_folder, const struct site *site, const struct slice *topics, size_t count,
                      int64_t now, struct diagnostics *diagnostics) {
    CLEANUP(queue_release) struct queue queue = {0};
    if (site->hub_count == 0 || count == 0)
        return true;
    if (!queue_read(state_folder, &queue)) {
        report_file(state_folder, "read", diagnostics);
        return false;
    }
    for (size_t i = 0; i < site->hub_count; i++)
        for (size_t k = 0; k < count; k++)
            vec_push(&queue.items, (struct waiting){.hub = site->hubs[i], .topic = topics[k], .since = now});
    queue_sort(&queue);
    if (queue_write(state_folder, &queue))
        return true;
    report_file(state_folder, "written", diagnostics);
    return false;
}

size_t websub_waiting(const char *state_folder) {
    CLEANUP(queue_release) struct queue queue = {0};
    return queue_read(state_folder, &queue) ? queue.items.count : 0;
}

/* --- telling --------------------------------------------------------------------------------------------------- */

/* application/x-www-form-urlencoded: all but the unreserved is escaped, be it escaped already. */
static void append_form_value(struct buf *form, struct slice value) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < value.size; i++) {
        unsigned char byte = (unsigned char)value.data[i];
        if (byte < 0x80 && (isalnum(byte) || strchr("-._~", byte) != NULL) && byte != '\0') {
            buf_append_byte(form, (char)byte);
            continue;
        }
        buf_append_byte(form, '%');
        buf_append_byte(form, digits[byte >> 4]);
        buf_append_byte(form, digits[byte & 15]);
    }
}

void websub_append_form(struct slice topic, struct buf *form) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    uri_append_encoded(&address, topic);
    buf_append_string(form, "hub.mode=publish&hub.url=");
    append_form_value(form, buf_slice(&address));
}

struct telling {
    struct client *client;
    bool allow_private;
    int64_t now;
    struct timespec begin;
    struct slice hub;  /* the one at hand */
    unsigned failures; /* of it, in a row */
    bool is_changed;   /* something waits in another way than before */
    struct diagnostics *diagnostics;
    struct websub_counts counts;
};

static int64_t seconds_since(const struct timespec *begin) {
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)(now.tv_sec - begin->tv_sec);
}

static bool tell(const struct telling *telling, const struct waiting *waiting, struct response *response) {
    static const struct request_header headers[] = {
        {"Content-Type", SLICE_CONSTANT("application/x-www-form-urlencoded")}};
    CLEANUP(buf_release) struct buf form = BUF(BUF_UNLIMITED);
    websub_append_form(waiting->topic, &form);
    const struct request request = {
        .method = "POST",
        .url = waiting->hub,
        .headers = headers,
        .header_count = ARRAY_LENGTH(headers),
        .body = buf_slice(&form),
        .limits = {.body_most = 1 << 16,
                   .connect_seconds = REQUEST_SECONDS,
                   .total_seconds = REQUEST_SECONDS,
                   .low_speed_seconds = REQUEST_SECONDS,
                   .allow_private = telling->allow_private},
    };
    return client_request(telling->client, &request, response) && response->status >= 200 && response->status < 300;
}

static void report_failure(const struct telling *telling, const struct waiting *waiting, const char *why) {
    diag_report(telling->diagnostics, DIAGNOSTIC_HUB_FAILED, (struct place){0}, "%.*s, told of %.*s: %s",
                SLICE_ARGUMENTS(waiting->hub), SLICE_ARGUMENTS(waiting->topic), why);
}

/* Does it still wait? */
static bool try_one(struct telling *telling, struct waiting *waiting) {
    CLEANUP(response_release) struct response response = {0};
    if (!slice_equal(telling->hub, waiting->hub)) {
        telling->hub = waiting->hub;
        telling->failures = 0;
    }
    if (telling->now - waiting->since > WAITS_MOST) {
        if (telling->counts.dropped++ == 0)
            report_failure(telling, waiting, "given up after three days");
        return false;
    }
    if (telling->failures >= FAILURES_MOST || seconds_since(&telling->begin) >= ALL_SECONDS)
        return true;
    if (tell(telling, waiting, &response)) {
        telling->failures = 0;
        telling->counts.told++;
        return false;
    }
    /* A hub that is down is one message, and none in the runs behind. */
    if (telling->failures++ == 0 && !waiting->is_reported)
        report_failure(telling, waiting, response.reason);
    telling->is_changed = telling->is_changed || !waiting->is_reported;
    waiting->is_reported = true;
    return true;
}

void websub_tell(const char *state_folder, int64_t now, bool allow_private, struct diagnostics *diagnostics,
                 struct websub_counts *ret_counts) {
    CLEANUP(queue_release) struct queue queue = {0};
    struct telling telling = {.allow_private = allow_private, .now = now, .diagnostics = diagnostics};
    size_t kept = 0;
    if (!queue_read(state_folder, &queue))
        report_file(state_folder, "read", diagnostics);
    size_t count = queue.items.count;
    if (count) {
        telling.client = client_new();
        clock_gettime(CLOCK_MONOTONIC, &telling.begin);
        queue_sort(&queue);
    }
    for (size_t i = 0; i < queue.items.count; i++)
        if (try_one(&telling, &queue.items.items[i]))
            queue.items.items[kept++] = queue.items.items[i];
    queue.items.count = kept;
    if ((kept < count || telling.is_changed) && !queue_write(state_folder, &queue))
        report_file(state_folder, "written", diagnostics);
    telling.counts.waiting = kept;
    client_free(telling.client);
    *ret_counts = telling.counts;
}
