#ifndef PINDAO_JSON_WRITER_H
#define PINDAO_JSON_WRITER_H

#include "base/buf.h"

/*
 * JSON out, RFC 8259: the stack, commas, indentation and escaping are here and nowhere else. Strings must be UTF-8.
 * Written with two blanks of indentation and a final line end, so that trees diff well. Depth at most 16.
 *
 *     struct json_writer json = json_writer_on(&buf);
 *     json_open_object(&json);
 *     json_member_text(&json, "title", title);
 *     json_key(&json, "tags"); json_open_array(&json); … json_close(&json);
 *     json_close(&json);        // as often as opened
 *
 * An error is the buffer's: look at buf->failed at the end. Misnesting is a bug and asserts.
 */
struct json_writer {
    struct buf *buf;
    unsigned depth;
    unsigned base_depth; /* indentation to start from: for fragments that are put into a document later */
    bool in_one_line;
    bool has_items[17];
    bool is_object[17];
    bool after_key;
};

struct json_writer json_writer_on(struct buf *buf);
/* Without line ends but the last: for a line of JSON Lines. */
struct json_writer json_line_writer_on(struct buf *buf);
/* For a value that stands `depth` levels deep in a document. No line end behind it. */
struct json_writer json_fragment_writer_on(struct buf *buf, unsigned depth);

void json_open_object(struct json_writer *json);
void json_open_array(struct json_writer *json);
void json_close(struct json_writer *json);
void json_key(struct json_writer *json, const char *key);
void json_string(struct json_writer *json, struct slice text);
void json_unsigned(struct json_writer *json, uint64_t number);
void json_boolean(struct json_writer *json, bool value);
/* A key with its value. */
void json_member_text(struct json_writer *json, const char *key, struct slice text);
void json_member_unsigned(struct json_writer *json, const char *key, uint64_t number);
void json_member_boolean(struct json_writer *json, const char *key, bool value);
/* A moment as text: RFC 3339 in the site's zone (date_append_rfc3339). */
void json_member_time(struct json_writer *json, const char *key, int64_t seconds);
/* A value already written by a fragment writer of the same depth. */
void json_fragment(struct json_writer *json, struct slice value);

#endif
