#ifndef PINDAO_NET_REQUEST_H
#define PINDAO_NET_REQUEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

/*
 * One hardened HTTP request (RFC 9110, 9112), by libcurl: the only place that calls it. What comes in and goes out over
 * the network stands on this.
 *
 *  - http and https only, HTTP/1.1 only (an aborted HTTP/2 body is reported as complete by libcurl 7.88), TLS 1.2 at
 *    least, certificates and names verified. SSL_CERT_FILE names other authorities, as it does for other programs. No
 *    proxy, no cookies, no netrc, no authentication but what the caller gives; addresses with a name or password in
 *    them are refused. Host names beyond ASCII become "xn--…".
 *  - Redirects (301, 302, 303, 307, 308) are followed here and not by libcurl: at most `redirects`, for GET and HEAD
 *    only, never of a signed request, never from https to http, never to another scheme, never with `secret_headers` to
 *    another origin (scheme, host, port). Where the method, the signature or `redirects` = 0 forbids it, the redirect
 *    is the answer, with `location`.
 *  - Addresses that are not public (loopback, private, link-local, unique local, multicast, unspecified, carrier-grade
 *    NAT, documentation, the metadata service of clouds, and the same embedded in IPv6) are refused where they are
 *    connected to, whatever the name resolved to before, unless `allow_private`: which is leave for the url's own host,
 *    and for no other that it redirects to.
 *  - The body is counted behind decompression, in the write callback: a bomb ends at `body_most`. gzip and deflate
 *    only; with `uncompressed` it stays as it came, whatever content_encoding says. At most 64 KiB and 200 lines of
 *    headers.
 *  - A body shorter than Content-Length, an unfinished chunked or gzip body, is a failure, never an answer. So are two
 *    lengths that differ, an encoding that was not asked for, 206, and 304 without If-None-Match or If-Modified-Since.
 *    (A body without any length ends with the connection: nobody can tell whether that was the whole, TLS or not.)
 *  - Connecting, the whole, and a crawl below 100 bytes a second for `low_speed_seconds` are limited.
 */
struct request_header {
    const char *name;
    struct slice value;
};

/* AWS Signature Version 4, through libcurl (the traps: DESIGN.md section 8). */
struct request_signature {
    struct slice region;  /* "us-east-1" */
    struct slice service; /* "s3" */
    struct slice access_key, secret_key;
    struct slice session_token; /* may be empty */
};

struct request_limits {
    uint64_t body_most; /* bytes, decompressed */
    unsigned connect_seconds, total_seconds, low_speed_seconds;
    unsigned redirects;
    bool allow_private;
};
/* For sources: 64 MiB, 10 s, 120 s, 20 s, 5 redirects, public addresses only. */
extern const struct request_limits request_limits_default;

struct request {
    const char *method; /* "GET", "HEAD", "PUT", "POST", "DELETE" */
    struct slice url;   /* as people write it: encoded here (uri_append_encoded) */
    const struct request_header *headers;
    size_t header_count;
    const struct request_header *secret_headers; /* Authorization: sent to url's own origin only, never shown */
    size_t secret_header_count;
    struct slice body;                         /* of PUT and POST */
    int body_file;                             /* > 0: the body is so many bytes of this file, from its beginning … */
    uint64_t body_file_size;                   /* … (pread: the file's position stays) */
    const struct request_signature *signature; /* NULL: none */
    const char *payload_hash;                  /* hex SHA-256 of the body, with a signature */
    struct slice contact; /* an address, for the User-Agent: "pindao/1.0 (+https://feeds.example.org/)"; may be empty */
    struct request_limits limits;
    bool uncompressed; /* do not ask for gzip: the very bytes are wanted */
    /* Gets the body of a 2xx answer piece by piece; false ends the request (it has failed then). NULL: response.body.
     * What it has got counts when client_request returns true, and not before: the end may be missing. */
    bool (*take)(void *context, struct slice bytes);
    void *context;
};

enum request_failure {
    REQUEST_ANSWERED,        /* by whatever status */
    REQUEST_URL_BAD,         /* no http or https address, a name or password in it; a header with a line end */
    REQUEST_ADDRESS_REFUSED, /* not public */
    REQUEST_NO_HOST,         /* the name is not known */
    REQUEST_NO_CONNECTION,   /* refused, unreachable, cut off before an answer */
    REQUEST_NOT_TRUSTED,     /* TLS: certificate, name, protocol */
    REQUEST_TIMED_OUT,       /* connecting, as a whole, or too slow */
    REQUEST_REDIRECT_BAD,    /* too many, in a circle, downwards, to another scheme */
    REQUEST_TOO_LARGE,       /* body or headers */
    REQUEST_BROKEN,          /* no HTTP, a body that is cut off, lies about length or encoding */
    REQUEST_STOPPED,         /* `take` has said so; body_file cannot be read, or has become shorter */
};

/* Strings live in the response's arena. */
struct response {
    struct arena arena;
    enum request_failure failure;
    int status;       /* 200; 0 without an answer */
    char reason[300]; /* for people, of any failure or status other than 2xx and 304: "503 Service Unavailable", «the
                         certificate has expired»; never holds a secret; ends with NUL */
    struct slice url; /* that answered in the end */
    struct slice moved_to; /* where redirects that are permanent from the first on (301, 308) have led; else empty */
    struct slice content_type, content_encoding, content_disposition, cache_control, location;
    struct slice etag, last_modified; /* as they came, for a conditional request */
    int64_t retry_after;              /* seconds from now, of a number or a date; -1: not said */
    struct buf body;                  /* of a 2xx answer without `take`; of others the first 64 KiB */
    uint64_t body_size;               /* bytes, decompressed, wherever they went */
};
void response_release(struct response *response);

/*
 * A client keeps connections from request to request; one for each thread. Zeroed main() state is enough: libcurl is
 * set up once, on the first client, under a lock.
 */
struct client;
struct client *client_new(void);
void client_free(struct client *client); /* NULL is fine */

/*
 * Fills *ret_response, whatever was in it; to be released in any case. true for REQUEST_ANSWERED, whatever the status.
 * SIGPIPE is held back meanwhile, in this thread.
 */
bool client_request(struct client *client, const struct request *request, struct response *ret_response);

/* "https://host:port", lower case, for telling whether two addresses are of one origin. false for no web address. */
MUST_CHECK bool origin_append(struct slice url, struct buf *buf);

#endif
