#include "json/writer.h"

#include "base/date.h"

#include <assert.h>

enum { JSON_DEPTH_MOST = 16 };

struct json_writer json_writer_on(struct buf *buf) {
    return (struct json_writer){.buf = buf};
}

struct json_writer json_line_writer_on(struct buf *buf) {
    return (struct json_writer){.buf = buf, .in_one_line = true};
}

struct json_writer json_fragment_writer_on(struct buf *buf, unsigned depth) {
    assert(depth > 0);
    return (struct json_writer){.buf = buf, .base_depth = depth};
}

static void append_line(struct json_writer *json) {
    static const char line[] = "\n                                                                ";
    size_t size = 2 * ((size_t)json->base_depth + json->depth);
    assert(size < sizeof line - 1);
    buf_append(json->buf, line, 1 + size);
}

static void begin_item(struct json_writer *json) {
    bool is_first = !json->has_items[json->depth];
    json->has_items[json->depth] = true;
    if (!is_first)
        buf_append_byte(json->buf, ',');
    if (!json->in_one_line)
        append_line(json);
    else if (!is_first)
        buf_append_byte(json->buf, ' ');
}

/* Before any value: the comma and the line that belong in front of it. */
static void begin_value(struct json_writer *json) {
    if (json->after_key)
        json->after_key = false;
    else if (json->depth > 0) {
        assert(!json->is_object[json->depth]);
        begin_item(json);
    } else {
        assert(!json->has_items[0]);
        json->has_items[0] = true;
    }
}

/* A document ends with its line; a fragment is put into one. */
static void end_value(struct json_writer *json) {
    if (json->depth == 0 && json->base_depth == 0)
        buf_append_byte(json->buf, '\n');
}

static void open_scope(struct json_writer *json, bool is_object) {
    begin_value(json);
    assert(json->depth < JSON_DEPTH_MOST);
    json->depth++;
    json->has_items[json->depth] = false;
    json->is_object[json->depth] = is_object;
    buf_append_byte(json->buf, is_object ? '{' : '[');
}

void json_open_object(struct json_writer *json) {
    open_scope(json, true);
}

void json_open_array(struct json_writer *json) {
    open_scope(json, false);
}

void json_close(struct json_writer *json) {
    assert(json->depth > 0 && !json->after_key);
    bool is_object = json->is_object[json->depth];
    bool has_items = json->has_items[json->depth];
    json->depth--;
    if (has_items && !json->in_one_line)
        append_line(json);
    buf_append_byte(json->buf, is_object ? '}' : ']');
    end_value(json);
}

static void append_escape(struct buf *buf, unsigned char byte) {
    static const char letters[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char letter = byte < 32 ? letters[byte] : (char)byte;
    if (letter) {
        buf_append_byte(buf, '\\');
        buf_append_byte(buf, letter);
    } else {
        buf_append_format(buf, "\\u%04x", byte);
    }
}

static void append_string(struct buf *buf, struct slice text) {
    size_t begin = 0;
    buf_append_byte(buf, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        buf_append(buf, text.data + begin, i - begin);
        append_escape(buf, byte);
        begin = i + 1;
    }
    buf_append_slice(buf, slice_from(text, begin));
    buf_append_byte(buf, '"');
}

void json_key(struct json_writer *json, const char *key) {
    assert(json->depth > 0 && json->is_object[json->depth] && !json->after_key);
    begin_item(json);
    append_string(json->buf, slice_of(key));
    buf_append(json->buf, ": ", 2);
    json->after_key = true;
}

void json_string(struct json_writer *json, struct slice text) {
    begin_value(json);
    append_string(json->buf, text);
    end_value(json);
}

void json_unsigned(struct json_writer *json, uint64_t number) {
    begin_value(json);
    buf_append_unsigned(json->buf, number);
    end_value(json);
}

void json_boolean(struct json_writer *json, bool value) {
    begin_value(json);
    buf_append_string(json->buf, value ? "true" : "false");
    end_value(json);
}

void json_member_text(struct json_writer *json, const char *key, struct slice text) {
    json_key(json, key);
    json_string(json, text);
}

void json_member_unsigned(struct json_writer *json, const char *key, uint64_t number) {
    json_key(json, key);
    json_unsigned(json, number);
}

void json_member_boolean(struct json_writer *json, const char *key, bool value) {
    json_key(json, key);
    json_boolean(json, value);
}

void json_member_time(struct json_writer *json, const char *key, int64_t seconds) {
    CLEANUP(buf_release) struct buf text = BUF(64);
    date_append_rfc3339(&text, seconds);
    json_member_text(json, key, buf_slice(&text));
}

void json_fragment(struct json_writer *json, struct slice value) {
    begin_value(json);
    buf_append_slice(json->buf, value);
    end_value(json);
}
