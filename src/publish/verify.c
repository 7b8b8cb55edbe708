#include "publish/publish.h"

#include "net/media_type.h"
#include "net/request.h"
#include "publish/place.h"
#include "store/manifest.h"

#include <time.h>

/* Does the public address serve what was published? */

static const struct request_limits limits_usual = {
    .body_most = 1 << 30,
    .connect_seconds = 10,
    .total_seconds = 60,
    .low_speed_seconds = 20,
    .redirects = 3,
};

struct verifying {
    const struct publish_order *order;
    struct diagnostics *diagnostics;
    struct client *client;
    struct request_limits limits;
    int64_t deadline; /* milliseconds: until then it is asked again */
    unsigned wait;    /* milliseconds, before it is asked again */
};

static void verifying_release(struct verifying *verifying) {
    client_free(verifying->client);
}

static int64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool wait_for_next(struct verifying *verifying) {
    if (milliseconds() + verifying->wait > verifying->deadline)
        return false;
    struct timespec wait = {.tv_sec = verifying->wait / 1000, .tv_nsec = (long)(verifying->wait % 1000) * 1000000};
    (void)nanosleep(&wait, NULL);
    verifying->wait *= 2;
    return true;
}

/* --- one file ----------------------------------------------------------------------------------------------- */

static bool is_xml(struct media_type type) {
    return media_type_is(type, SLICE("application/xml")) || media_type_is(type, SLICE("text/xml")) ||
           media_type_is(type, SLICE("application/atom+xml")) || media_type_is(type, SLICE("application/rss+xml"));
}

/*
 * Servers that go by the name's ending serve feeds by their syntax alone, "text/xml" for what was published as
 * "application/xml", and some know better: "application/atom+xml". Readers take any of them.
 */
static bool is_good_type(struct media_type served, struct slice wanted) {
    if (is_xml(media_type_read(wanted)))
        return is_xml(served);
    return media_type_is(served, wanted) ||
           (slice_ends_with(wanted, SLICE("+json")) && media_type_is(served, SLICE("application/json")));
}

/* false with what is wrong. The size goes first: it is the quickest to understand. */
static bool is_served(const struct response *response, const struct tree_file *file, struct buf *problem) {
    struct sha256 hash = sha256_of(buf_slice(&response->body));
    struct media_type wanted = media_type_read(file->type);
    struct slice disposition = slice_trim(response->content_disposition);
    if (response->body_size != file->size)
        buf_append_format(problem, "%llu bytes, %llu were published", (unsigned long long)response->body_size,
                          (unsigned long long)file->size);
    else if (!sha256_equal(&hash, &file->hash))
        buf_append_string(problem, "other bytes than were published");
    else if (!is_good_type(media_type_read(response->content_type), wanted.type))
        buf_append_format(problem, "its type is %.*s, %.*s was published",
                          SLICE_ARGUMENTS(response->content_type.size ? response->content_type : SLICE("not given")),
                          SLICE_ARGUMENTS(file->type));
    else if (slice_equal_ignoring_case(slice_range(disposition, 0, strlen("attachment")), SLICE("attachment")))
        buf_append_string(problem, "browsers are told to save it (Content-Disposition: attachment)");
    return problem->size == 0;
}

static bool look_once(struct verifying *verifying, struct slice url, const struct tree_file *file,
                      struct buf *problem) {
    CLEANUP(response_release) struct response response = {0};
    struct request request = {
        .method = "GET", .url = url, .limits = verifying->limits, .uncompressed = true, /* the very bytes */
    };
    buf_clear(problem);
    if (!client_request(verifying->client, &request, &response) || response.status != 200) {
        buf_append_string(problem, response.reason);
        if (response.status == 304 || problem->size == 0)
            buf_append_format(problem, "status %d", response.status);
        return false;
    }
    return is_served(&response, file, problem);
}

static bool look(struct verifying *verifying, const struct tree_file *file) {
    CLEANUP(buf_release) struct buf url = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf problem = BUF(BUF_UNLIMITED);
    const struct publish_target *target = verifying->order->target;
    buf_append_slice(&url, target->url);
    place_append_key(&url, file->path);
    verifying->wait = 250;
    while (!look_once(verifying, buf_slice(&url), file, &problem))
        if (!wait_for_next(verifying)) {
            diag_report(verifying->diagnostics, DIAGNOSTIC_PUBLISH_NOT_SERVED, target_place(target), "%.*s: %.*s: %s",
                        SLICE_ARGUMENTS(target->name), SLICE_ARGUMENTS(buf_slice(&url)), buf_string(&problem));
            return false;
        }
    return true;
}

/* --- which ones --------------------------------------------------------------------------------------------- */

bool publish_verify(const struct publish_order *order, const struct slice *paths, size_t count, size_t most,
                    struct diagnostics *diagnostics) {
    unsigned seconds = order->verify_seconds ? order->verify_seconds : 10;
    CLEANUP(verifying_release)
    struct verifying verifying = {
        .order = order,
        .diagnostics = diagnostics,
        .client = client_new(),
        .limits = order->limits ? *order->limits : limits_usual,
        .deadline = milliseconds() + (int64_t)seconds * 1000,
    };
    verifying.limits.allow_private = order->target->allow_private;
    bool served = true;
    size_t looked = 0;
    for (size_t i = 0; i < count && looked + 1 < most; i++) {
        const struct tree_file *file = tree_find(order->local, paths[i]); /* NULL: it was deleted */
        if (!file || !file->is_feed)
            continue;
        looked++;
        served = look(&verifying, file) && served;
    }
    struct tree_file manifest = {
        .path = SLICE(MANIFEST_NAME),
        .size = order->manifest.size,
        .hash = sha256_of(order->manifest),
        .type = SLICE("application/json"),
    };
    return look(&verifying, &manifest) && served;
}
