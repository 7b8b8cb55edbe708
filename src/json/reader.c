#include "json/reader.h"

#include <json-c/json.h>
#include <limits.h>

enum { JSON_LEVELS_MOST = 32 };

static bool is_digit(struct slice text, size_t at) {
    return at < text.size && text.data[at] >= '0' && text.data[at] <= '9';
}

/* The end of a number as RFC 8259 6 has it; `at` when there is none. */
static size_t number_end(struct slice text, size_t at) {
    size_t i = at + (text.data[at] == '-');
    if (!is_digit(text, i) || (text.data[i] == '0' && is_digit(text, i + 1)))
        return at;
    while (is_digit(text, i))
        i++;
    if (i < text.size && text.data[i] == '.') {
        if (!is_digit(text, ++i))
            return at;
        while (is_digit(text, i))
            i++;
    }
    if (i < text.size && (text.data[i] | 0x20) == 'e') {
        i++;
        i += i < text.size && (text.data[i] == '+' || text.data[i] == '-');
        if (!is_digit(text, i))
            return at;
        while (is_digit(text, i))
            i++;
    }
    return i;
}

/* Behind the closing quote of the string that begins at `at`; text.size when it does not close. */
static size_t string_end(struct slice text, size_t at, size_t *ret_control) {
    for (size_t i = at + 1; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        /* Nearly all of a feed is such bytes. */
        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        if (byte == '"')
            return i + 1;
        if (byte < 0x20 && *ret_control == text.size)
            *ret_control = i;
        i += byte == '\\';
    }
    return text.size;
}

/*
 * What json-c 0.16 lets through in strict mode: control characters in strings, keys between single quotes, NaN
 * and Infinity, 007 and "1.". Outside of strings only these bytes can stand; `true`, `false` and `null` are its affair.
 */
static const char *find_lenience(struct slice text, size_t *ret_offset) {
    size_t control = text.size;
    for (size_t i = 0; i < text.size;) {
        char byte = text.data[i];
        if (byte == '"') {
            i = string_end(text, i, &control);
            if (control < text.size) {
                *ret_offset = control;
                return "a control character in a string";
            }
        } else if (byte == '-' || is_digit(text, i)) {
            size_t end = number_end(text, i);
            if (end == i) {
                *ret_offset = i;
                return "not a number";
            }
            i = end;
        } else if (byte == '\0' || !strchr("{}[]:, \t\r\ntruefalsn", byte)) {
            *ret_offset = i;
            return "not a value";
        } else {
            i++;
        }
    }
    return NULL;
}

/* json-c wants to see that a number at the top has ended: the NUL behind the text. */
static struct json_object *parse(struct json_tokener *tokener, struct slice text, enum json_tokener_error *ret_error) {
    struct json_object *object = json_tokener_parse_ex(tokener, text.data, (int)text.size);
    *ret_error = json_tokener_get_error(tokener);
    if (!object && *ret_error == json_tokener_continue) {
        object = json_tokener_parse_ex(tokener, "", 1);
        *ret_error = json_tokener_get_error(tokener);
        if (*ret_error == json_tokener_continue)
            *ret_error = json_tokener_error_parse_eof;
    }
    return object;
}

struct json_object *json_read(struct slice text, size_t *ret_error_offset, const char **ret_error) {
    return json_read_part(text, 0, ret_error_offset, ret_error);
}

struct json_object *json_read_part(struct slice text, int above, size_t *ret_error_offset, const char **ret_error) {
    *ret_error_offset = 0;
    if (text.size == 0 || text.size > INT_MAX) {
        *ret_error = text.size ? "over 2 GiB" : "nothing there";
        return NULL;
    }
    const char *lenience = find_lenience(text, ret_error_offset);
    struct json_tokener *tokener = json_tokener_new_ex(JSON_LEVELS_MOST - above);
    if (!tokener) {
        *ret_error = "out of memory";
        return NULL;
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    enum json_tokener_error error = json_tokener_success;
    struct json_object *object = parse(tokener, text, &error);
    size_t end = error == json_tokener_error_parse_eof ? text.size : json_tokener_get_parse_end(tokener);
    json_tokener_free(tokener);
    if (object && !lenience)
        return object;
    /* The earlier of the two mistakes is the one to show. */
    if (!object && (!lenience || end < *ret_error_offset)) {
        *ret_error_offset = end < text.size ? end : text.size;
        lenience = error == json_tokener_success ? "null, where a document should be" : json_tokener_error_desc(error);
    }
    json_object_put(object);
    *ret_error = lenience;
    return NULL;
}

void json_release(struct json_object **object) {
    json_object_put(*object);
    *object = NULL;
}

static size_t skip_blanks(struct slice text, size_t at) {
    while (at < text.size && strchr(" \t\r\n", text.data[at]))
        at++;
    return at;
}

/* Behind the value that begins at `at`, in a document that is known to be well-formed. */
static size_t skip_value(struct slice text, size_t at) {
    size_t control = text.size;
    size_t depth = 0;
    for (size_t i = at; i < text.size;) {
        char byte = text.data[i];
        if (byte == '"') {
            i = string_end(text, i, &control);
            if (depth == 0)
                return i;
            continue;
        }
        if (depth == 0 && (byte == ',' || byte == '}' || byte == ']'))
            return i;
        depth += byte == '{' || byte == '[';
        depth -= byte == '}' || byte == ']';
        i++;
        if (depth == 0 && (byte == '}' || byte == ']'))
            return i;
    }
    return text.size;
}

/* Where the part begins that `step` names of the container at `at`, and its value; text.size when there is none. */
static size_t find_part(struct slice text, size_t at, const struct json_step *step, size_t *ret_value) {
    size_t found = text.size;
    size_t control = text.size;
    bool is_object = text.data[at] == '{';
    if ((!is_object && text.data[at] != '[') || is_object != (step->key != NULL))
        return found;
    size_t i = skip_blanks(text, at + 1);
    for (size_t index = 0; i < text.size && text.data[i] != '}' && text.data[i] != ']'; index++) {
        size_t begin = i;
        if (is_object) {
            size_t end = string_end(text, i, &control);
            i = skip_blanks(text, skip_blanks(text, end) + 1);
            if (slice_equal(slice_range(text, begin + 1, end - 1), slice_of(step->key))) {
                found = begin; /* of keys that stand twice json-c keeps the last */
                *ret_value = i;
            }
        } else if (index == step->index) {
            *ret_value = i;
            return i;
        }
        i = skip_blanks(text, skip_value(text, i));
        if (i < text.size && text.data[i] == ',')
            i = skip_blanks(text, i + 1);
    }
    return found;
}

size_t json_locate(struct slice text, const struct json_step *steps, size_t count) {
    size_t part = skip_blanks(text, 0);
    size_t value = part;
    for (size_t i = 0; i < count && value < text.size; i++) {
        size_t next = find_part(text, value, &steps[i], &value);
        if (next == text.size)
            break;
        part = next;
    }
    return part;
}

/* --- documents taken apart ---------------------------------------------------------------------------------- */

bool json_take_apart(struct slice document, const char *key, struct slice *ret_array, struct buf *head) {
    size_t top = skip_blanks(document, 0);
    size_t begin = document.size;
    if (top == document.size || find_part(document, top, &(struct json_step){.key = key}, &begin) == document.size ||
        begin >= document.size || document.data[begin] != '[')
        return false;
    size_t end = skip_value(document, begin);
    *ret_array = slice_range(document, begin, end);
    buf_append_slice(head, slice_range(document, 0, begin));
    buf_append_string(head, "[]");
    buf_append_slice(head, slice_from(document, end));
    return true;
}

bool json_next_element(struct slice *rest, struct slice *ret_element) {
    size_t at = skip_blanks(*rest, 1); /* behind the bracket, or the comma */
    size_t end = at < rest->size ? skip_value(*rest, at) : at;
    size_t next = skip_blanks(*rest, end);
    bool is_first = rest->size && rest->data[0] == '[';
    bool is_last = next + 1 == rest->size && rest->data[next] == ']';
    if (is_first && is_last && end == at) {
        *rest = (struct slice){0};
        return false;
    }
    if (end == at || !(is_last || (next < rest->size && rest->data[next] == ',')))
        return false;
    *ret_element = slice_range(*rest, at, end);
    *rest = is_last ? (struct slice){0} : slice_from(*rest, next);
    return true;
}
