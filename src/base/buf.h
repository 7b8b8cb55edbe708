#ifndef PINDAO_BASE_BUF_H
#define PINDAO_BASE_BUF_H

#include "base/attributes.h"
#include "base/slice.h"

#include <stdarg.h>

/*
 * A growing run of bytes with a ceiling. Born with `BUF(limit)`; owns its bytes; buf_release gives them back.
 * The first append that would pass the ceiling sets `failed`, appends nothing, and so do all later ones: a
 * writer appends freely and checks buf.failed once, at the end. Out of memory exits (memory.h).
 */
struct buf {
    char *data;
    size_t size;
    size_t capacity;
    size_t limit; /* bytes; never exceeded */
    bool failed;
};

#define BUF_UNLIMITED ((size_t)1 << 40)
#define BUF(most) ((struct buf){.limit = (most)})

void buf_append(struct buf *buf, const void *bytes, size_t size);
void buf_append_slice(struct buf *buf, struct slice slice);
void buf_append_string(struct buf *buf, const char *string);
void buf_append_byte(struct buf *buf, char byte);
void buf_append_lower(struct buf *buf, struct slice slice); /* ASCII letters in lower case, the rest as it is */
void buf_append_unsigned(struct buf *buf, uint64_t number);
void buf_append_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_append_format_list(struct buf *buf, const char *format, va_list arguments) PRINTF_LIKE(2, 0);

/*
 * Room for `size` more bytes, to be written at the returned pointer and counted by adding to buf->size; NULL
 * (and failed) past the ceiling.
 */
char *buf_reserve(struct buf *buf, size_t size);

/* The bytes as a slice; valid until the next change. */
struct slice buf_slice(const struct buf *buf);
/* The bytes as a C string (a NUL behind them that does not count). */
const char *buf_string(struct buf *buf);

void buf_truncate(struct buf *buf, size_t size); /* keeps memory; size <= buf->size */
void buf_clear(struct buf *buf);                 /* empty and not failed; keeps memory */
void buf_release(struct buf *buf);

#endif
