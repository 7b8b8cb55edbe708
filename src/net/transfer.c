#include "net/transfer.h"

#include "net/addresses.h"
#include "net/response.h"

#include "base/file.h"
#include "base/uri.h"

#include <sys/socket.h>
#include <unistd.h>

enum { HEADER_LINES_MOST = 200, HEADER_BYTES_MOST = 64 * 1024, ERROR_BODY_MOST = 64 * 1024, SLOW_BYTES = 100 };

/* --- what comes --- */

static bool is_good(int status) {
    return status / 100 == 2;
}

/* A line "HTTP/1.1 200 OK"; false for anything else. */
static bool parse_status(struct slice line, int *ret_status) {
    uint64_t status = 0;
    if (!slice_starts_with(line, SLICE("HTTP/")))
        return false;
    line = slice_from(line, slice_find_byte(line, ' ', 0) + 1);
    if (!slice_parse_unsigned(slice_range(line, 0, 3), &status) || status < 100)
        return false;
    *ret_status = (int)status;
    return true;
}

/* Two lengths that are not the same are how answers are smuggled (RFC 9112 6.3). */
static void take_length(struct transfer *transfer, struct slice value) {
    struct slice part;
    while (slice_take_until(&value, ',', &part)) {
        uint64_t length = 0;
        if (!slice_parse_unsigned(slice_trim(part), &length) || (transfer->length_seen && length != transfer->length)) {
            response_fail(transfer->response, REQUEST_BROKEN, "a length that cannot be, or two");
            return;
        }
        transfer->length_seen = true;
        transfer->length = length;
    }
}

static void take_field(struct transfer *transfer, struct slice line) {
    size_t colon = slice_find_byte(line, ':', 0);
    struct slice name = slice_range(line, 0, colon);
    struct slice value = slice_trim(slice_from(line, colon + 1));
    if (slice_equal_ignoring_case(name, SLICE("Content-Length")))
        take_length(transfer, value);
    else if (slice_equal_ignoring_case(name, SLICE("Transfer-Encoding")) &&
             !slice_equal_ignoring_case(value, SLICE("chunked")) &&
             !slice_equal_ignoring_case(value, SLICE("identity")))
        response_fail(transfer->response, REQUEST_BROKEN, "a transfer encoding that was not asked for");
    else
        response_take_header(transfer->response, name, value);
}

static bool is_conditional(const struct request *request) {
    for (size_t i = 0; i < request->header_count; i++) {
        struct slice name = slice_of(request->headers[i].name);
        if (slice_equal_ignoring_case(name, SLICE("If-None-Match")) ||
            slice_equal_ignoring_case(name, SLICE("If-Modified-Since")))
            return true;
    }
    return false;
}

/* Behind the last header of the answer itself: what can be said before its body. */
static void end_headers(struct transfer *transfer) {
    struct response *response = transfer->response;
    transfer->headers_done = true;
    if (response->status == 304 && !is_conditional(transfer->request))
        response_fail(response, REQUEST_BROKEN, "304 Not Modified, to a request without a condition");
    if (response->status == 101)
        response_fail(response, REQUEST_BROKEN, "101 Switching Protocols, to a request for none");
    if (response->status == 206)
        response_fail(response, REQUEST_BROKEN, "206 Partial Content, to a request for the whole");
    if (is_good(response->status) && transfer->length_seen && transfer->length > transfer->request->limits.body_most &&
        strcmp(transfer->request->method, "HEAD") != 0)
        response_fail(response, REQUEST_TOO_LARGE, "more than %llu bytes",
                      (unsigned long long)transfer->request->limits.body_most);
}

static size_t on_header(char *bytes, size_t one, size_t size, void *context) {
    struct transfer *transfer = context;
    (void)one;
    transfer->header_lines++;
    transfer->header_bytes += size;
    if (transfer->header_lines > HEADER_LINES_MOST || transfer->header_bytes > HEADER_BYTES_MOST)
        response_fail(transfer->response, REQUEST_TOO_LARGE, "too many headers, or too long ones");
    if (transfer->response->failure != REQUEST_ANSWERED)
        return 0;
    struct slice line = slice_trim((struct slice){bytes, size});
    int status = 0;
    /* libcurl asks again by itself where a server refuses to be asked for "100 Continue" (417). Trailers behind a
     * chunked body come here too, and change nothing. */
    transfer->headers_done = transfer->headers_done && (transfer->response->status != 417 || transfer->wire_size);
    if (!transfer->headers_done && parse_status(line, &status)) {
        response_begin(transfer->response, status);
        transfer->length_seen = false;
    } else if (!transfer->headers_done && line.size) {
        take_field(transfer, line);
    } else if (!transfer->headers_done && (transfer->response->status >= 200 || transfer->response->status == 101)) {
        end_headers(transfer);
    }
    return transfer->response->failure == REQUEST_ANSWERED ? size : 0;
}

/* Decoded bytes. */
static bool take_body(void *context, struct slice bytes) {
    struct transfer *transfer = context;
    struct response *response = transfer->response;
    const struct request *request = transfer->request;
    response->body_size += bytes.size;
    if (!is_good(response->status)) {
        buf_append_slice(&response->body, slice_range(bytes, 0, ERROR_BODY_MOST - response->body.size));
        transfer->is_enough = response->body_size >= ERROR_BODY_MOST;
        return !transfer->is_enough;
    }
    if (response->body_size > request->limits.body_most) {
        response_fail(response, REQUEST_TOO_LARGE, "more than %llu bytes",
                      (unsigned long long)request->limits.body_most);
    } else if (!request->take) {
        buf_append_slice(&response->body, bytes);
    } else if (!request->take(request->context, bytes)) {
        response_fail(response, REQUEST_STOPPED, "stopped");
    }
    return response->failure == REQUEST_ANSWERED;
}

static bool begin_body(struct transfer *transfer) {
    struct slice encoding = transfer->request->uncompressed ? (struct slice){0} : transfer->response->content_encoding;
    if (decoder_init(&transfer->decoder, encoding))
        return true;
    response_fail(transfer->response, REQUEST_BROKEN, "a content encoding that was not asked for");
    return false;
}

static size_t on_body(char *bytes, size_t one, size_t size, void *context) {
    struct transfer *transfer = context;
    (void)one;
    if (transfer->wire_size == 0 && size && !begin_body(transfer))
        return 0;
    transfer->wire_size += size;
    /* Compressed bytes that become nothing would go on for ever. */
    if (transfer->wire_size > transfer->request->limits.body_most && is_good(transfer->response->status)) {
        response_fail(transfer->response, REQUEST_TOO_LARGE, "more than %llu bytes",
                      (unsigned long long)transfer->request->limits.body_most);
        return 0;
    }
    switch (decoder_write(&transfer->decoder, (struct slice){bytes, size}, take_body, transfer)) {
    case DECODER_FINE:
        return size;
    case DECODER_BROKEN:
        response_fail(transfer->response, REQUEST_BROKEN, "a body that cannot be decompressed");
        return 0;
    default:
        return 0;
    }
}

/* --- what goes out --- */

static size_t on_send(char *bytes, size_t one, size_t count, void *context) {
    struct transfer *transfer = context;
    const struct request *request = transfer->request;
    size_t most = one * count;
    if (request->body_file <= 0) {
        struct slice part = slice_range(request->body, transfer->sent, transfer->sent + most);
        if (part.size)
            memcpy(bytes, part.data, part.size);
        transfer->sent += part.size;
        return part.size;
    }
    uint64_t left = request->body_file_size - transfer->sent;
    size_t wanted = most < left ? most : (size_t)left;
    size_t got = 0;
    if (!file_read_at(request->body_file, bytes, wanted, transfer->sent, &got) || got < wanted) {
        response_fail(transfer->response, REQUEST_STOPPED, "the file to be sent cannot be read, or has become shorter");
        return CURL_READFUNC_ABORT;
    }
    transfer->sent += got;
    return got;
}

static int on_seek(void *context, curl_off_t offset, int origin) {
    struct transfer *transfer = context;
    if (origin != SEEK_SET || offset < 0)
        return CURL_SEEKFUNC_FAIL;
    transfer->sent = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

/* --- whom it goes to --- */

static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    struct transfer *transfer = context;
    (void)purpose;
    transfer->addresses_tried++;
    if (!transfer->allow_private && !address_is_public(&address->addr)) {
        transfer->addresses_refused++;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* A connection kept from a request that was allowed more is not opened again: this one sees it too. */
static int on_connected(void *context, char *remote, char *local, int remote_port, int local_port) {
    struct transfer *transfer = context;
    (void)local;
    (void)remote_port;
    (void)local_port;
    if (transfer->allow_private || address_text_is_public(remote))
        return CURL_PREREQFUNC_OK;
    response_fail(transfer->response, REQUEST_ADDRESS_REFUSED,
                  "the address is not public; allow_private lets it be asked");
    return CURL_PREREQFUNC_ABORT;
}

/* --- options --- */

static void append_header(struct curl_slist **list, const char *name, struct slice value) {
    CLEANUP(buf_release) struct buf line = BUF(BUF_UNLIMITED);
    /* libcurl takes "Name:" for a wish to leave it out. */
    buf_append_format(&line, value.size ? "%s: %.*s" : "%s;%.*s", name, SLICE_ARGUMENTS(value));
    *list = curl_slist_append(*list, buf_string(&line));
    explicit_bzero(line.data, line.capacity);
}

static void free_headers(struct curl_slist **list) {
    for (struct curl_slist *line = *list; line; line = line->next)
        explicit_bzero(line->data, strlen(line->data));
    curl_slist_free_all(*list);
}

static struct curl_slist *make_headers(const struct transfer *transfer) {
    const struct request *request = transfer->request;
    struct curl_slist *list = NULL;
    append_header(&list, "Accept-Encoding", request->uncompressed ? SLICE("identity") : SLICE("gzip, deflate"));
    for (size_t i = 0; i < request->header_count; i++)
        append_header(&list, request->headers[i].name, request->headers[i].value);
    for (size_t i = 0; transfer->with_secrets && i < request->secret_header_count; i++)
        append_header(&list, request->secret_headers[i].name, request->secret_headers[i].value);
    if (request->signature) {
        append_header(&list, "x-amz-content-sha256", slice_of(request->payload_hash));
        if (request->signature->session_token.size)
            append_header(&list, "x-amz-security-token", request->signature->session_token);
    }
    return list;
}

static void set_safety(struct transfer *transfer, CURL *curl, const char *authorities) {
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (authorities)
        curl_easy_setopt(curl, CURLOPT_CAINFO, authorities);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(curl, CURLOPT_PREREQDATA, transfer);
}

static void set_limits(const struct transfer *transfer, CURL *curl) {
    const struct request_limits *limits = &transfer->request->limits;
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)transfer->milliseconds);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect_seconds * 1000);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)limits->low_speed_seconds);
}

static void set_method(struct transfer *transfer, CURL *curl) {
    const struct request *request = transfer->request;
    const char *method = request->method;
    curl_off_t size = (curl_off_t)(request->body_file > 0 ? request->body_file_size : request->body.size);
    if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else if (strcmp(method, "PUT") == 0) {
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, size);
    } else if (strcmp(method, "POST") == 0) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, size);
    } else if (strcmp(method, "GET") != 0) {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    }
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_send);
    curl_easy_setopt(curl, CURLOPT_READDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, transfer);
    /* A body waits for no "100 Continue"; without the header that asks for it, 7.88 would sign another request. */
    curl_easy_setopt(curl, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
}

static void set_signature(const struct request_signature *signature, CURL *curl) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    buf_append_format(&text, "aws:amz:%.*s:%.*s", SLICE_ARGUMENTS(signature->region),
                      SLICE_ARGUMENTS(signature->service));
    curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, buf_string(&text));
    buf_clear(&text);
    buf_append_slice(&text, signature->access_key);
    curl_easy_setopt(curl, CURLOPT_USERNAME, buf_string(&text));
    buf_clear(&text);
    buf_append_slice(&text, signature->secret_key);
    curl_easy_setopt(curl, CURLOPT_PASSWORD, buf_string(&text));
    explicit_bzero(text.data, text.capacity);
}

static void set_answer(struct transfer *transfer, CURL *curl) {
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    CLEANUP(buf_release) struct buf agent = BUF(4096);
    buf_append_string(&agent, "pindao/" PINDAO_VERSION);
    if (transfer->request->contact.size) {
        buf_append_string(&agent, " (+");
        uri_append_encoded(&agent, transfer->request->contact);
        buf_append_byte(&agent, ')');
    }
    curl_easy_setopt(curl, CURLOPT_USERAGENT, buf_string(&agent)); /* which copies it */
}

void transfer_run(struct transfer *transfer, CURL *curl, const char *authorities) {
    char message[CURL_ERROR_SIZE] = "";
    CLEANUP(free_headers) struct curl_slist *headers = make_headers(transfer);
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, transfer->url);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    set_safety(transfer, curl, authorities);
    set_limits(transfer, curl);
    set_method(transfer, curl);
    set_answer(transfer, curl);
    if (transfer->request->signature)
        set_signature(transfer->request->signature, curl);
    CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OK && !transfer->headers_done)
        response_fail(transfer->response, REQUEST_BROKEN, "headers that are cut off");
    if (code == CURLE_OK && !decoder_is_complete(&transfer->decoder))
        response_fail(transfer->response, REQUEST_BROKEN, "a compressed body that is cut off");
    if (code != CURLE_OK && !transfer->is_enough)
        transfer_explain(transfer, curl, code, message);
    /* Nothing of this transfer outlives it in the handle, a secret least of all. */
    curl_easy_reset(curl);
    decoder_release(&transfer->decoder);
}
