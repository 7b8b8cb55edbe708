#ifndef PINDAO_JSON_FIELDS_H
#define PINDAO_JSON_FIELDS_H

#include "base/arena.h"
#include "base/slice.h"

/*
 * JSON (RFC 8259) for the hot path: one level of one object or array in one pass. Nested values are checked to the last
 * byte but not taken apart; who wants one hands its text to json_members_read again.
 *
 * Strict: what json-c refuses in its strict mode is refused here (a test compares thousands of lines), and NaN,
 * Infinity and raw NUL bytes besides. Other raw control characters and broken UTF-8 in strings pass: the choke point
 * repairs and counts them, and an article is not lost for a tab. At most 32 levels, at most JSON_MEMBERS_MOST members a
 * level.
 */
enum json_kind {
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json_member {
    struct slice name; /* in an object; empty in an array */
    enum json_kind kind;
    struct slice text; /* a string: unescaped; all others: as written, a list or mapping with its brackets */
    size_t offset;     /* byte of the value's first character in what was read */
};

struct json_members {
    enum json_kind kind; /* JSON_OBJECT or JSON_ARRAY */
    const struct json_member *items;
    size_t count;
    size_t lone_surrogates; /* \uD800 and the like without a partner: each became U+FFFD */
};

struct json_error {
    size_t offset;      /* byte where it stopped making sense; the size of the text when it ends too early */
    const char *reason; /* "a comma or } is missing" */
};

enum { JSON_LEVELS_MOST = 32, JSON_MEMBERS_MOST = 4096 };

/*
 * Strings without escapes point into `text`, others into the arena. A name that stands twice is listed twice; the last
 * one counts. false with *ret_error set, and only that.
 */
MUST_CHECK bool json_members_read(struct slice text, struct arena *arena, struct json_members *ret_members,
                                  struct json_error *ret_error);

#endif
