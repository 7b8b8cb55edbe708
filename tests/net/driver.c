/*
 * Makes one request and says how it went: what tests/net/run drives at the hostile server.
 *
 *     driver [OPTION…] URL
 *     --method M, --header 'NAME: VALUE', --secret 'NAME: VALUE' (sent to the first origin only)
 *     --body TEXT, --file PATH           what is sent
 *     --sign REGION [--token TOKEN]      as AKID with SECRET/KEY+1
 *     --public                           public addresses only (else private ones too)
 *     --redirects N, --body-most BYTES, --total SECONDS, --low-speed SECONDS
 *     --uncompressed, --take BYTES       a sink that stops behind so many
 *     --attempts N                       by client_request_patiently, 20 ms, at most 2 s
 *     --again [--again-public]           the same once more with the same client; the second one is said
 *     --show                             the body, behind a blank line
 */
#include "net/request.h"
#include "net/retry.h"

#include "base/file.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

enum { HEADERS_MOST = 300 };

struct wish {
    struct request request;
    struct request_header headers[HEADERS_MOST], secrets[HEADERS_MOST];
    struct request_signature signature;
    char hash[SHA256_HEX_SIZE + 1];
    unsigned attempts;
    bool again, again_public, show;
    uint64_t take_most, taken;
};

static uint64_t number(const char *text) {
    uint64_t value = 0;
    if (!slice_parse_unsigned(slice_of(text), &value)) {
        fprintf(stderr, "no number: %s\n", text);
        exit(64);
    }
    return value;
}

static struct request_header header(char *text) {
    char *colon = strchr(text, ':');
    if (!colon) {
        fprintf(stderr, "no header: %s\n", text);
        exit(64);
    }
    *colon = '\0';
    return (struct request_header){text, slice_trim(slice_of(colon + 1))};
}

static bool take(void *context, struct slice bytes) {
    struct wish *wish = context;
    wish->taken += bytes.size;
    return wish->taken <= wish->take_most;
}

static void set_file(struct wish *wish, const char *path) {
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(64);
    }
    wish->request.body_file = descriptor;
    wish->request.body_file_size = (uint64_t)status.st_size;
}

static void set_option(struct wish *wish, const char *name, char *value) {
    struct request *request = &wish->request;
    struct request_limits *limits = &request->limits;
    if (strcmp(name, "method") == 0)
        request->method = value;
    else if (strcmp(name, "header") == 0 && request->header_count < HEADERS_MOST)
        wish->headers[request->header_count++] = header(value);
    else if (strcmp(name, "secret") == 0 && request->secret_header_count < HEADERS_MOST)
        wish->secrets[request->secret_header_count++] = header(value);
    else if (strcmp(name, "body") == 0)
        request->body = slice_of(value);
    else if (strcmp(name, "file") == 0)
        set_file(wish, value);
    else if (strcmp(name, "sign") == 0)
        wish->signature.region = slice_of(value);
    else if (strcmp(name, "token") == 0)
        wish->signature.session_token = slice_of(value);
    else if (strcmp(name, "redirects") == 0)
        limits->redirects = (unsigned)number(value);
    else if (strcmp(name, "body-most") == 0)
        limits->body_most = number(value);
    else if (strcmp(name, "total") == 0)
        limits->total_seconds = (unsigned)number(value);
    else if (strcmp(name, "low-speed") == 0)
        limits->low_speed_seconds = (unsigned)number(value);
    else if (strcmp(name, "take") == 0)
        wish->take_most = number(value);
    else if (strcmp(name, "attempts") == 0)
        wish->attempts = (unsigned)number(value);
}

static void set_flag(struct wish *wish, const char *name) {
    wish->request.uncompressed = wish->request.uncompressed || strcmp(name, "uncompressed") == 0;
    wish->request.limits.allow_private = wish->request.limits.allow_private && strcmp(name, "public") != 0;
    wish->again = wish->again || strcmp(name, "again") == 0;
    wish->again_public = wish->again_public || strcmp(name, "again-public") == 0;
    wish->show = wish->show || strcmp(name, "show") == 0;
}

static void parse_options(struct wish *wish, int count, char **arguments) {
    static const struct option options[] = {
        {"method", required_argument, NULL, 0},
        {"header", required_argument, NULL, 0},
        {"secret", required_argument, NULL, 0},
        {"body", required_argument, NULL, 0},
        {"file", required_argument, NULL, 0},
        {"sign", required_argument, NULL, 0},
        {"token", required_argument, NULL, 0},
        {"redirects", required_argument, NULL, 0},
        {"body-most", required_argument, NULL, 0},
        {"total", required_argument, NULL, 0},
        {"low-speed", required_argument, NULL, 0},
        {"take", required_argument, NULL, 0},
        {"attempts", required_argument, NULL, 0},
        {"uncompressed", no_argument, NULL, 0},
        {"public", no_argument, NULL, 0},
        {"again", no_argument, NULL, 0},
        {"again-public", no_argument, NULL, 0},
        {"show", no_argument, NULL, 0},
        {0},
    };
    int which = 0;
    int code = 0;
    while ((code = getopt_long(count, arguments, "", options, &which)) == 0) {
        if (options[which].has_arg)
            set_option(wish, options[which].name, optarg);
        else
            set_flag(wish, options[which].name);
    }
    if (code != -1 || optind + 1 != count) {
        fprintf(stderr, "usage: driver [OPTION…] URL\n");
        exit(64);
    }
    wish->request.url = slice_of(arguments[optind]);
}

/* What depends on several options. */
static void settle(struct wish *wish) {
    struct request *request = &wish->request;
    request->headers = wish->headers;
    request->secret_headers = wish->secrets;
    if (wish->take_most) {
        request->take = take;
        request->context = wish;
    }
    if (!wish->signature.region.size)
        return;
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    wish->signature.service = SLICE("s3");
    wish->signature.access_key = SLICE("AKID");
    wish->signature.secret_key = SLICE("SECRET/KEY+1");
    request->signature = &wish->signature;
    if (request->body_file > 0 && !file_read_open(request->body_file, &bytes))
        exit(74);
    buf_append_slice(&bytes, request->body);
    struct sha256 hash = sha256_of(buf_slice(&bytes));
    sha256_hex(&hash, wish->hash);
    request->payload_hash = wish->hash;
}

static const char *failure_name(enum request_failure failure) {
    switch (failure) {
    case REQUEST_ANSWERED:
        return "answered";
    case REQUEST_URL_BAD:
        return "url-bad";
    case REQUEST_ADDRESS_REFUSED:
        return "address-refused";
    case REQUEST_NO_HOST:
        return "no-host";
    case REQUEST_NO_CONNECTION:
        return "no-connection";
    case REQUEST_NOT_TRUSTED:
        return "not-trusted";
    case REQUEST_TIMED_OUT:
        return "timed-out";
    case REQUEST_REDIRECT_BAD:
        return "redirect-bad";
    case REQUEST_TOO_LARGE:
        return "too-large";
    case REQUEST_BROKEN:
        return "broken";
    case REQUEST_STOPPED:
        return "stopped";
    }
    return "?";
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* KiB; 0 where there is no /proc. */
static uint64_t peak_memory(void) {
    CLEANUP(buf_release) struct buf text = BUF(65536);
    if (!file_read("/proc/self/status", &text))
        return 0;
    struct slice line = slice_from(buf_slice(&text), slice_find(buf_slice(&text), SLICE("VmHWM:"), 0) + 6);
    uint64_t peak = 0;
    line = slice_trim(slice_range(line, 0, slice_find(line, SLICE("kB"), 0)));
    return slice_parse_unsigned(line, &peak) ? peak : 0;
}

static void say_field(const char *name, struct slice value) {
    if (value.size)
        printf("%s=%.*s\n", name, SLICE_ARGUMENTS(value));
}

static void say(const struct wish *wish, const struct response *response, unsigned attempts, int64_t milliseconds) {
    printf("result=%s %d\n", failure_name(response->failure), response->status);
    printf("reason=%s\nbytes=%llu\n", response->reason, (unsigned long long)response->body_size);
    printf("milliseconds=%lld\npeak=%llu\nattempts=%u\n", (long long)milliseconds, (unsigned long long)peak_memory(),
           attempts);
    printf("retry_after=%lld\n", (long long)response->retry_after);
    say_field("url", response->url);
    say_field("moved_to", response->moved_to);
    say_field("content_type", response->content_type);
    say_field("content_encoding", response->content_encoding);
    say_field("location", response->location);
    say_field("etag", response->etag);
    say_field("last_modified", response->last_modified);
    if (wish->show)
        printf("\n");
    if (wish->show && response->body.size)
        fwrite(response->body.data, 1, response->body.size, stdout);
}

int main(int count, char **arguments) {
    static struct wish wish;
    wish.request.method = "GET";
    wish.request.limits = (struct request_limits){1 << 20, 2, 4, 2, 5, true};
    parse_options(&wish, count, arguments);
    settle(&wish);
    struct client *client = client_new();
    CLEANUP(response_release) struct response response = {0};
    unsigned attempts = 1;
    int64_t begin = now_ms();
    if (wish.again) {
        client_request(client, &wish.request, &response);
        response_release(&response);
        wish.taken = 0;
        wish.request.limits.allow_private = wish.request.limits.allow_private && !wish.again_public;
    }
    struct retry_policy policy = {wish.attempts, 20, 2000};
    if (wish.attempts)
        client_request_patiently(client, &wish.request, &policy, &response, &attempts);
    else
        client_request(client, &wish.request, &response);
    say(&wish, &response, attempts, now_ms() - begin);
    client_free(client);
    file_close(&wish.request.body_file);
    return 0;
}
