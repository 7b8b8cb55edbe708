#ifndef PINDAO_NET_TRANSFER_H
#define PINDAO_NET_TRANSFER_H

#include "net/decoder.h"
#include "net/request.h"

#include <curl/curl.h>

/* One request and its one answer: a redirect is followed by another transfer (client.c). */
struct transfer {
    const struct request *request;
    struct response *response;
    const char *url;        /* encoded, of this hop */
    bool with_secrets;      /* this hop is request->url's origin */
    bool allow_private;     /* … and its host */
    int64_t milliseconds;   /* what is left of the whole time */
    struct decoder decoder; /* below: the transfer's own */
    bool headers_done, length_seen, is_enough;
    uint64_t length, wire_size;
    size_t header_lines, header_bytes;
    unsigned addresses_tried, addresses_refused;
    uint64_t sent;
};

/* Fills the response, whose failure says how it went. `curl` keeps its connections and nothing else. */
void transfer_run(struct transfer *transfer, CURL *curl, const char *authorities);

/* The failure of a transfer that libcurl ended with `code`; never shows an address, which may hold a secret. */
void transfer_explain(struct transfer *transfer, CURL *curl, CURLcode code, const char *message);

#endif
