#include "publish/place.h"

#include "base/file.h"
#include "net/retry.h"
#include "net/secret.h"
#include "store/manifest.h"
#include "xml/parser.h"

#include <stdlib.h>

/*
 * A bucket of any service that speaks S3 (GetObject, PutObject, DeleteObject, Signature Version 4). The payload's
 * SHA-256 is signed and verified there, so what is stored is what the manifest says, or nothing.
 */
enum { WORKERS = 8, TEXT_MOST = 200 };

static const struct request_limits limits_usual = {
    .body_most = 1 << 30,
    .connect_seconds = 10,
    .total_seconds = 3600,
    /* 100 kbit/s are enough: what eight connections hand to the kernel at once, some 40 KiB each, goes in that time. */
    .low_speed_seconds = 30,
};

struct worker {
    struct client *client;
    size_t requests, retries;
};

struct publish_place {
    const struct publish_order *order;
    struct request_limits limits;
    struct buf access_key, secret_key, session_token;
    struct request_signature signature;
    struct worker workers[WORKERS];
};

/* --- addresses ---------------------------------------------------------------------------------------------- */

static void append_address(const struct publish_target *target, struct slice path, struct buf *url) {
    struct slice endpoint = target->endpoint;
    size_t host = slice_find(endpoint, SLICE("://"), 0) + 3;
    buf_append_slice(url, slice_range(endpoint, 0, host));
    if (!target->path_style && !target->endpoint_is_bucket)
        buf_append_format(url, "%.*s.", SLICE_ARGUMENTS(target->bucket));
    buf_append_slice(url, slice_from(endpoint, host));
    buf_append_byte(url, '/');
    if (target->path_style)
        buf_append_format(url, "%.*s/", SLICE_ARGUMENTS(target->bucket));
    place_append_key(url, target->prefix);
    place_append_key(url, path);
}

/* --- what it answers ---------------------------------------------------------------------------------------- */

/* <Error><Code>NoSuchKey</Code><Message>…</Message>… */
struct s3_error {
    struct buf code, message;
    struct buf *taking;
};

static void error_release(struct s3_error *error) {
    buf_release(&error->code);
    buf_release(&error->message);
}

static void error_open(void *context, const char *namespace, const char *name,
                       const struct xml_attribute_in *attributes, size_t count, struct xml_place place) {
    struct s3_error *error = context;
    (void)namespace, (void)attributes, (void)count, (void)place;
    if (strcmp(name, "Code") == 0)
        error->taking = &error->code;
    else if (strcmp(name, "Message") == 0)
        error->taking = &error->message;
}

static void error_text(void *context, struct slice text) {
    struct s3_error *error = context;
    if (error->taking)
        buf_append_slice(error->taking, slice_range(text, 0, TEXT_MOST - error->taking->size));
}

static void error_close(void *context, const char *namespace, const char *name) {
    struct s3_error *error = context;
    (void)namespace, (void)name;
    error->taking = NULL;
}

static void read_error(const struct response *response, struct s3_error *error) {
    static const struct xml_handler handler = {.open = error_open, .text = error_text, .close = error_close};
    struct xml_error unread;
    if (response->status / 100 != 2 && response->body.size &&
        !xml_parse(buf_slice(&response->body), &handler, error, &unread)) {
        buf_clear(&error->code);
        buf_clear(&error->message);
    }
}

static bool is_code(const struct s3_error *error, const char *const *codes, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (slice_equal(buf_slice(&error->code), slice_of(codes[i])))
            return true;
    return false;
}

static enum publish_result result_of(const struct response *response, const struct s3_error *error) {
    static const char *const forbidden[] = {"ExpiredToken", "InvalidToken", "InvalidAccessKeyId",
                                            "SignatureDoesNotMatch"};
    static const char *const changed[] = {"XAmzContentSHA256Mismatch", "BadDigest"};
    if (response->failure == REQUEST_STOPPED || is_code(error, changed, ARRAY_LENGTH(changed)))
        return PUBLISH_TREE_CHANGED;
    if (response->status == 401 || response->status == 403 || is_code(error, forbidden, ARRAY_LENGTH(forbidden)))
        return PUBLISH_NOT_ALLOWED;
    return PUBLISH_FAILED;
}

static bool explain(const struct response *response, const struct s3_error *error, struct slice path,
                    struct place_failure *failure) {
    const char *first = error->code.size ? ": " : "", *second = error->message.size ? ": " : "";
    place_fail(failure, result_of(response, error), "%.*s: %s%s%.*s%s%.*s", SLICE_ARGUMENTS(path), response->reason,
               first, SLICE_ARGUMENTS(buf_slice(&error->code)), second, SLICE_ARGUMENTS(buf_slice(&error->message)));
    /* A name that is not known after all attempts is mostly a wrong one. */
    failure->stays = !response_is_passing(response) || response->failure == REQUEST_NO_HOST;
    return false;
}

/* --- requests ----------------------------------------------------------------------------------------------- */

/* `hash` is that of the body. The answer is in *response, to be released; false for none, or one that is not 2xx. */
static bool ask(struct publish_place *place, size_t worker, struct slice path, struct request *request,
                const struct sha256 *hash, struct response *response) {
    CLEANUP(buf_release) struct buf url = BUF(BUF_UNLIMITED);
    const struct publish_order *order = place->order;
    struct worker *mine = &place->workers[worker];
    char hex[SHA256_HEX_SIZE + 1];
    unsigned attempts = 0;
    sha256_hex(hash, hex);
    append_address(order->target, path, &url);
    request->url = buf_slice(&url);
    request->signature = &place->signature;
    request->payload_hash = hex;
    request->limits = place->limits;
    request->uncompressed = true;
    if (!mine->client)
        mine->client = client_new();
    bool answered = client_request_patiently(mine->client, request, order->retry ? order->retry : &retry_policy_publish,
                                             response, &attempts);
    mine->requests += attempts;
    mine->retries += attempts - 1;
    return answered && response->status / 100 == 2;
}

static bool s3_read_manifest(struct publish_place *place, struct buf *manifest, bool *ret_found,
                             struct place_failure *failure) {
    CLEANUP(response_release) struct response response = {0};
    CLEANUP(error_release) struct s3_error error = {.code = BUF(TEXT_MOST), .message = BUF(TEXT_MOST)};
    struct sha256 empty = sha256_of((struct slice){0});
    struct request request = {.method = "GET"};
    if (ask(place, 0, SLICE(MANIFEST_NAME), &request, &empty, &response)) {
        buf_append_slice(manifest, buf_slice(&response.body));
        *ret_found = true;
        return true;
    }
    read_error(&response, &error);
    /* Of a bucket or a service that is not there nothing is known. */
    if (response.status == 404 && slice_equal(buf_slice(&error.code), SLICE("NoSuchKey")))
        return true;
    return explain(&response, &error, SLICE(MANIFEST_NAME), failure);
}

static bool put(struct publish_place *place, size_t worker, struct slice path, struct slice type, const char *caching,
                struct request *request, const struct sha256 *hash, struct place_failure *failure) {
    CLEANUP(response_release) struct response response = {0};
    CLEANUP(error_release) struct s3_error error = {.code = BUF(TEXT_MOST), .message = BUF(TEXT_MOST)};
    const struct request_header headers[] = {{"Content-Type", type}, {"Cache-Control", slice_of(caching)}};
    request->method = "PUT";
    request->headers = headers;
    request->header_count = ARRAY_LENGTH(headers);
    if (ask(place, worker, path, request, hash, &response))
        return true;
    read_error(&response, &error);
    return explain(&response, &error, path, failure);
}

static enum put_result s3_put(struct publish_place *place, size_t worker, const struct tree_file *file,
                              struct place_failure *failure) {
    CLEANUP(file_close) int descriptor = place_open_file(place->order, file, failure);
    if (descriptor < 0)
        return PUT_FAILED;
    struct request request = {.body_file = descriptor, .body_file_size = file->size};
    return put(place, worker, file->path, file->type, cache_control_of(file), &request, &file->hash, failure)
               ? PUT_DONE
               : PUT_FAILED;
}

static bool s3_put_manifest(struct publish_place *place, struct slice manifest, struct place_failure *failure) {
    struct sha256 hash = sha256_of(manifest);
    struct request request = {.body = manifest};
    return put(place, 0, SLICE(MANIFEST_NAME), SLICE("application/json; charset=utf-8"), "no-cache", &request, &hash,
               failure);
}

static bool s3_remove(struct publish_place *place, size_t worker, struct slice path, struct place_failure *failure) {
    CLEANUP(response_release) struct response response = {0};
    CLEANUP(error_release) struct s3_error error = {.code = BUF(TEXT_MOST), .message = BUF(TEXT_MOST)};
    struct sha256 empty = sha256_of((struct slice){0});
    struct request request = {.method = "DELETE"};
    if (ask(place, worker, path, &request, &empty, &response) || response.status == 404)
        return true;
    read_error(&response, &error);
    return explain(&response, &error, path, failure);
}

/* --- opening ------------------------------------------------------------------------------------------------ */

static void s3_close(struct publish_place *place) {
    if (!place)
        return;
    for (size_t i = 0; i < WORKERS; i++)
        client_free(place->workers[i].client);
    secret_release(&place->access_key);
    secret_release(&place->secret_key);
    secret_release(&place->session_token);
    free(place);
}

static bool read_key(const struct publish_order *order, const char *name, struct slice reference, struct buf *key,
                     struct place_failure *failure) {
    CLEANUP(buf_release) struct buf problem = BUF(BUF_UNLIMITED);
    return reference.size == 0 || secret_read(reference, order->folder, key, &problem) ||
           place_fail(failure, PUBLISH_NOT_ALLOWED, "%s: %s", name, buf_string(&problem));
}

static bool s3_open(const struct publish_order *order, struct publish_place **ret_place,
                    struct place_failure *failure) {
    enum { KEY_MOST = 64 * 1024 };
    const struct publish_target *target = order->target;
    struct publish_place *place = memory_new(sizeof *place);
    *place = (struct publish_place){
        .order = order,
        .limits = order->limits ? *order->limits : limits_usual,
        .access_key = BUF(KEY_MOST),
        .secret_key = BUF(KEY_MOST),
        .session_token = BUF(KEY_MOST),
    };
    place->limits.allow_private = target->allow_private;
    place->limits.redirects = 0;
    if (!read_key(order, "access_key", target->access_key, &place->access_key, failure) ||
        !read_key(order, "secret_key", target->secret_key, &place->secret_key, failure) ||
        !read_key(order, "session_token", target->session_token, &place->session_token, failure)) {
        s3_close(place);
        return false;
    }
    place->signature = (struct request_signature){
        .region = target->region,
        .service = SLICE("s3"),
        .access_key = buf_slice(&place->access_key),
        .secret_key = buf_slice(&place->secret_key),
        .session_token = buf_slice(&place->session_token),
    };
    *ret_place = place;
    return true;
}

static void s3_count(const struct publish_place *place, size_t *ret_requests, size_t *ret_retries) {
    for (size_t i = 0; i < WORKERS; i++) {
        *ret_requests += place->workers[i].requests;
        *ret_retries += place->workers[i].retries;
    }
}

const struct place_driver place_s3 = {
    .workers = WORKERS,
    .believes_journal = true,
    .open = s3_open,
    .close = s3_close,
    .read_manifest = s3_read_manifest,
    .put = s3_put,
    .put_manifest = s3_put_manifest,
    .remove = s3_remove,
    .count = s3_count,
};
