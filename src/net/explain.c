#include "net/transfer.h"

#include "net/response.h"

#include <string.h>

static void explain_time(struct transfer *transfer, CURL *curl) {
    const struct request_limits *limits = &transfer->request->limits;
    curl_off_t connected = 0;
    curl_off_t whole = 0;
    curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &connected);
    curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &whole);
    /* Its timer and its clock differ by some milliseconds. */
    if (whole / 1000 + 50 >= transfer->milliseconds)
        response_fail(transfer->response, REQUEST_TIMED_OUT, "not finished within %u seconds", limits->total_seconds);
    else if (connected == 0)
        response_fail(transfer->response, REQUEST_TIMED_OUT, "no connection within %u seconds",
                      limits->connect_seconds);
    else
        response_fail(transfer->response, REQUEST_TIMED_OUT, "less than 100 bytes a second for %u seconds",
                      limits->low_speed_seconds);
}

/* libcurl's words for what is wrong with a certificate hold no address but the host's name. */
static void explain_trust(struct transfer *transfer, const char *message) {
    struct slice words = slice_of(message);
    struct slice begin = SLICE("SSL certificate problem: ");
    if (slice_starts_with(words, begin))
        words = slice_from(words, begin.size);
    size_t size = words.size < 200 ? words.size : 200;
    response_fail(transfer->response, REQUEST_NOT_TRUSTED, "TLS: %.*s", (int)size, words.data);
}

static void explain_connection(struct transfer *transfer, CURL *curl) {
    long error = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &error);
    if (transfer->addresses_refused && transfer->addresses_refused == transfer->addresses_tried)
        response_fail(transfer->response, REQUEST_ADDRESS_REFUSED,
                      "the address is not public; allow_private lets it be asked");
    else if (error)
        response_fail(transfer->response, REQUEST_NO_CONNECTION, "no connection: %s", strerrordesc_np((int)error));
    else
        response_fail(transfer->response, REQUEST_NO_CONNECTION, "no connection");
}

/* Cut off: before an answer nothing has happened, behind it the answer is not whole. */
static void explain_end(struct transfer *transfer) {
    if (transfer->response->status)
        response_fail(transfer->response, REQUEST_BROKEN, "the answer is cut off");
    else
        response_fail(transfer->response, REQUEST_NO_CONNECTION, "the connection was closed before an answer");
}

void transfer_explain(struct transfer *transfer, CURL *curl, CURLcode code, const char *message) {
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
        response_fail(transfer->response, REQUEST_URL_BAD, "no address that can be asked");
        break;
    case CURLE_COULDNT_RESOLVE_HOST:
        response_fail(transfer->response, REQUEST_NO_HOST, "the host is not known");
        break;
    case CURLE_COULDNT_CONNECT:
        explain_connection(transfer, curl);
        break;
    case CURLE_OPERATION_TIMEDOUT:
        explain_time(transfer, curl);
        break;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        explain_trust(transfer, message);
        break;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
        explain_end(transfer);
        break;
    case CURLE_OUT_OF_MEMORY: /* its allocators exit: this is how 7.88 says that a header is over its own limit */
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE:
#endif
        response_fail(transfer->response, REQUEST_TOO_LARGE, "too many headers, or too long ones");
        break;
    case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9 */
        response_fail(transfer->response, REQUEST_BROKEN, "no HTTP");
        break;
    default:
        response_fail(transfer->response, REQUEST_BROKEN, "no HTTP: %s", curl_easy_strerror(code));
        break;
    }
}
