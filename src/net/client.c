#include "net/request.h"

#include "net/broken_pipe.h"
#include "net/host_name.h"
#include "net/response.h"
#include "net/status.h"
#include "net/transfer.h"

#include "base/memory.h"
#include "base/uri.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

const struct request_limits request_limits_default = {
    .body_most = 64 << 20,
    .connect_seconds = 10,
    .total_seconds = 120,
    .low_speed_seconds = 20,
    .redirects = 5,
};

/* --- a client --- */

struct client {
    CURL *curl;
    const char *authorities; /* as other programs find them: SSL_CERT_FILE; NULL: the system's */
};

static void *allocate(size_t size) {
    return memory_resize(NULL, size);
}

static void set_up(void) {
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, allocate, free, memory_resize, memory_copy_string,
                             memory_new_array) != CURLE_OK)
        memory_exhausted();
}

struct client *client_new(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up);
    struct client *client = memory_new(sizeof *client);
    client->curl = curl_easy_init();
    if (!client->curl)
        memory_exhausted();
    const char *authorities = getenv("SSL_CERT_FILE");
    client->authorities = authorities && authorities[0] ? memory_copy_string(authorities) : NULL;
    return client;
}

void client_free(struct client *client) {
    if (!client)
        return;
    CLEANUP(broken_pipe_restore) struct broken_pipe before = broken_pipe_ignore();
    (void)before;
    curl_easy_cleanup(client->curl);
    memory_free(&client->authorities);
    free(client);
}

/* --- addresses --- */

static bool is_secure(struct slice url) {
    return slice_equal_ignoring_case(slice_range(url, 0, 6), SLICE("https:"));
}

bool origin_append(struct slice url, struct buf *buf) {
    if (!uri_is_web(url))
        return false;
    struct slice host = uri_host(url);
    buf_append_string(buf, is_secure(url) ? "https://" : "http://");
    buf_append_lower(buf, host);
    struct slice rest = slice_from(url, (size_t)(host.data - url.data) + host.size);
    size_t digits = 0;
    while (digits + 1 < rest.size && rest.data[0] == ':' && rest.data[digits + 1] >= '0' &&
           rest.data[digits + 1] <= '9')
        digits++;
    buf_append_byte(buf, ':');
    buf_append_slice(buf, digits ? slice_range(rest, 1, digits + 1) : is_secure(url) ? SLICE("443") : SLICE("80"));
    return true;
}

static bool is_same_origin(struct slice a, struct slice b) {
    CLEANUP(buf_release) struct buf one = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf other = BUF(BUF_UNLIMITED);
    return origin_append(a, &one) && origin_append(b, &other) && slice_equal(buf_slice(&one), buf_slice(&other));
}

/* Names and passwords do not stand in addresses: they would be shown with them. */
static bool has_user(struct slice url) {
    size_t begin = slice_find(url, SLICE("//"), 0) + 2;
    struct slice host = uri_host(url);
    return host.data != url.data + begin;
}

/* --- one request --- */

struct journey {
    const struct request *request;
    struct response *response;
    struct slice visited[16]; /* the addresses asked, in the response's arena */
    size_t count;
    int64_t deadline;  /* ms of the monotonic clock */
    bool is_permanent; /* every redirect so far */
};

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* As it goes over the wire, in the arena. */
static struct slice encode(struct response *response, struct slice url) {
    CLEANUP(buf_release) struct buf plain = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf encoded = BUF(BUF_UNLIMITED);
    struct slice host = uri_host(url);
    size_t begin = host.size ? (size_t)(host.data - url.data) : 0;
    buf_append_slice(&plain, slice_range(url, 0, begin));
    host_name_append_ascii(host, &plain);
    buf_append_slice(&plain, slice_from(url, begin + host.size));
    uri_append_encoded(&encoded, buf_slice(&plain));
    return arena_copy(&response->arena, buf_slice(&encoded));
}

static bool is_followed(const struct journey *journey) {
    const struct request *request = journey->request;
    const struct response *response = journey->response;
    int status = response->status;
    return response->failure == REQUEST_ANSWERED && request->limits.redirects && !request->signature &&
           (strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0) && response->location.size &&
           (status == 301 || status == 302 || status == 303 || status == 307 || status == 308);
}

static void ask(struct journey *journey, struct client *client, struct slice url) {
    const struct request *request = journey->request;
    struct slice first = journey->visited[0];
    struct transfer transfer = {
        .request = request,
        .response = journey->response,
        .url = url.data,
        .with_secrets = is_same_origin(first, url),
        .allow_private = request->limits.allow_private && slice_equal_ignoring_case(uri_host(first), uri_host(url)),
        .milliseconds = journey->deadline - now_ms(),
    };
    response_begin(journey->response, 0);
    journey->response->url = url;
    if (transfer.milliseconds > 0)
        transfer_run(&transfer, client->curl, client->authorities);
    else
        response_fail(journey->response, REQUEST_TIMED_OUT, "not finished within %u seconds",
                      request->limits.total_seconds);
}

/* Where the answer leads, checked; empty when it leads nowhere good: the response has failed then. */
static struct slice next_address(struct journey *journey) {
    struct response *response = journey->response;
    struct slice from = journey->visited[journey->count - 1];
    CLEANUP(buf_release) struct buf resolved = BUF(BUF_UNLIMITED);
    bool is_odd = slice_find_byte(response->location, '\\', 0) < response->location.size;
    struct slice to = {0};
    if (!is_odd && uri_resolve(from, response->location, &resolved))
        to = encode(response, slice_range(buf_slice(&resolved), 0, slice_find_byte(buf_slice(&resolved), '#', 0)));
    if (!uri_is_web(to) || has_user(to))
        response_fail(response, REQUEST_REDIRECT_BAD, "a redirect to what is no http or https address");
    else if (is_secure(from) && !is_secure(to))
        response_fail(response, REQUEST_REDIRECT_BAD, "a redirect from https to http");
    else if (journey->count > journey->request->limits.redirects || journey->count >= ARRAY_LENGTH(journey->visited))
        response_fail(response, REQUEST_REDIRECT_BAD, "more than %zu redirects", journey->count - 1);
    for (size_t i = 0; i < journey->count; i++)
        if (slice_equal(journey->visited[i], to))
            response_fail(response, REQUEST_REDIRECT_BAD, "redirects in a circle");
    return response->failure == REQUEST_ANSWERED ? to : (struct slice){0};
}

static void travel(struct journey *journey, struct client *client, struct slice url) {
    struct response *response = journey->response;
    do {
        journey->visited[journey->count++] = url;
        ask(journey, client, url);
        if (!is_followed(journey))
            return;
        journey->is_permanent = journey->is_permanent && (response->status == 301 || response->status == 308);
        url = next_address(journey);
        if (url.size && journey->is_permanent)
            response->moved_to = url;
    } while (url.size);
}

static bool header_is_good(const struct request_header *header) {
    for (size_t i = 0; i < header->value.size; i++)
        if (header->value.data[i] == '\r' || header->value.data[i] == '\n' || header->value.data[i] == '\0')
            return false;
    return true;
}

static bool is_sendable(const struct request *request) {
    for (size_t i = 0; i < request->header_count; i++)
        if (!header_is_good(&request->headers[i]))
            return false;
    for (size_t i = 0; i < request->secret_header_count; i++)
        if (!header_is_good(&request->secret_headers[i]))
            return false;
    return true;
}

bool client_request(struct client *client, const struct request *request, struct response *ret_response) {
    uint64_t body_most = request->limits.body_most;
    *ret_response = (struct response){.retry_after = -1, .body = BUF(body_most > 65536 ? body_most : 65536)};
    ret_response->url = arena_copy(&ret_response->arena, request->url);
    struct journey journey = {
        .request = request,
        .response = ret_response,
        .deadline = now_ms() + (int64_t)request->limits.total_seconds * 1000,
        .is_permanent = true,
    };
    CLEANUP(broken_pipe_restore) struct broken_pipe before = broken_pipe_ignore();
    (void)before;
    if (!uri_is_web(request->url))
        response_fail(ret_response, REQUEST_URL_BAD, "no http or https address");
    else if (has_user(request->url))
        response_fail(ret_response, REQUEST_URL_BAD, "a name or password in the address");
    else if (!is_sendable(request))
        response_fail(ret_response, REQUEST_URL_BAD, "a header that holds a line end");
    else
        travel(&journey, client, encode(ret_response, request->url));
    int status = ret_response->status;
    if (ret_response->failure == REQUEST_ANSWERED && status / 100 != 2 && status != 304)
        snprintf(ret_response->reason, sizeof ret_response->reason, "%d %s", status, status_phrase(status));
    return ret_response->failure == REQUEST_ANSWERED;
}
