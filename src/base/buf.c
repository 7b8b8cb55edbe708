#include "base/buf.h"

#include "base/memory.h"

#include <assert.h>

char *buf_reserve(struct buf *buf, size_t size) {
    assert(buf->limit > 0);
    if (buf->failed || size > buf->limit - buf->size) {
        buf->failed = true;
        return NULL;
    }
    if (size > buf->capacity - buf->size) {
        size_t wanted = buf->size + size;
        size_t doubled = buf->capacity + buf->capacity / 2 + 64;
        buf->capacity = wanted > doubled ? wanted : doubled;
        buf->data = memory_resize(buf->data, buf->capacity);
    }
    return buf->data + buf->size;
}

void buf_append(struct buf *buf, const void *bytes, size_t size) {
    char *room = size ? buf_reserve(buf, size) : NULL;
    if (!room)
        return;
    memcpy(room, bytes, size);
    buf->size += size;
}

void buf_append_slice(struct buf *buf, struct slice slice) {
    buf_append(buf, slice.data, slice.size);
}

void buf_append_string(struct buf *buf, const char *string) {
    buf_append(buf, string, strlen(string));
}

void buf_append_byte(struct buf *buf, char byte) {
    buf_append(buf, &byte, 1);
}

void buf_append_lower(struct buf *buf, struct slice slice) {
    for (size_t i = 0; i < slice.size; i++) {
        char c = slice.data[i];
        buf_append_byte(buf, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
    }
}

void buf_append_unsigned(struct buf *buf, uint64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    buf_append(buf, digits + at, sizeof digits - at);
}

void buf_append_format_list(struct buf *buf, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    assert(size >= 0);
    char *room = buf_reserve(buf, (size_t)size + 1);
    if (room) {
        vsnprintf(room, (size_t)size + 1, format, again);
        buf->size += (size_t)size;
    }
    va_end(again);
}

void buf_append_format(struct buf *buf, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    buf_append_format_list(buf, format, arguments);
    va_end(arguments);
}

struct slice buf_slice(const struct buf *buf) {
    return (struct slice){buf->data ? buf->data : "", buf->size};
}

const char *buf_string(struct buf *buf) {
    if (buf->size == buf->capacity) {
        buf->capacity += 64;
        buf->data = memory_resize(buf->data, buf->capacity);
    }
    buf->data[buf->size] = '\0';
    return buf->data;
}

void buf_truncate(struct buf *buf, size_t size) {
    assert(size <= buf->size);
    buf->size = size;
}

void buf_clear(struct buf *buf) {
    buf->size = 0;
    buf->failed = false;
}

void buf_release(struct buf *buf) {
    free(buf->data);
    *buf = (struct buf){.limit = buf->limit};
}
