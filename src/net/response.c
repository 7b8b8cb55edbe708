#include "net/response.h"

#include "base/date.h"

#include <stddef.h>
#include <stdio.h>
#include <time.h>

enum { RETRY_AFTER_MOST = INT32_MAX };

void response_release(struct response *response) {
    arena_release(&response->arena);
    if (response->body.limit)
        buf_release(&response->body);
    *response = (struct response){.retry_after = -1};
}

void response_begin(struct response *response, int status) {
    response->status = status;
    response->reason[0] = '\0';
    response->content_type = response->content_encoding = response->content_disposition = (struct slice){0};
    response->cache_control = response->location = response->etag = response->last_modified = (struct slice){0};
    response->retry_after = -1;
    buf_clear(&response->body);
    response->body_size = 0;
}

void response_fail(struct response *response, enum request_failure failure, const char *format, ...) {
    if (response->failure != REQUEST_ANSWERED)
        return;
    response->failure = failure;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(response->reason, sizeof response->reason, format, arguments);
    va_end(arguments);
}

static bool has_control(struct slice value) {
    for (size_t i = 0; i < value.size; i++)
        if (((unsigned char)value.data[i] < ' ' && value.data[i] != '\t') || value.data[i] == 0x7F)
            return true;
    return false;
}

/* RFC 9110 10.2.3: seconds, or a date. */
static int64_t read_retry_after(struct slice value) {
    uint64_t seconds = 0;
    struct timestamp date;
    if (slice_parse_unsigned(value, &seconds))
        return seconds > RETRY_AFTER_MOST ? RETRY_AFTER_MOST : (int64_t)seconds;
    if (!date_parse(value, &date))
        return -1;
    int64_t left = date.seconds - time(NULL);
    return left < 0 ? 0 : left > RETRY_AFTER_MOST ? RETRY_AFTER_MOST : left;
}

void response_take_header(struct response *response, struct slice name, struct slice value) {
    static const struct {
        struct slice name;
        size_t place;
    } kept[] = {
        {SLICE_CONSTANT("Content-Type"), offsetof(struct response, content_type)},
        {SLICE_CONSTANT("Content-Encoding"), offsetof(struct response, content_encoding)},
        {SLICE_CONSTANT("Content-Disposition"), offsetof(struct response, content_disposition)},
        {SLICE_CONSTANT("Cache-Control"), offsetof(struct response, cache_control)},
        {SLICE_CONSTANT("Location"), offsetof(struct response, location)},
        {SLICE_CONSTANT("ETag"), offsetof(struct response, etag)},
        {SLICE_CONSTANT("Last-Modified"), offsetof(struct response, last_modified)},
    };
    value = slice_trim(value);
    if (has_control(value) || value.size == 0)
        return;
    if (slice_equal_ignoring_case(name, SLICE("Retry-After")))
        response->retry_after = read_retry_after(value);
    for (size_t i = 0; i < ARRAY_LENGTH(kept); i++) {
        struct slice *place = (struct slice *)(void *)((char *)response + kept[i].place);
        if (slice_equal_ignoring_case(name, kept[i].name) && !place->size)
            *place = arena_copy(&response->arena, value);
    }
}
