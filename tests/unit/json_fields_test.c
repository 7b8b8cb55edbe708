#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "json/fields.h"

#include <json-c/json.h>

static struct arena arena;

static bool read_text(struct slice text, struct json_members *members, struct json_error *error) {
    arena_clear(&arena);
    /* A copy of exactly this size on the heap, so that the sanitizer sees a byte too many being read. */
    char *exact = memory_new(text.size + !text.size);
    memcpy(exact, text.data, text.size);
    bool good = json_members_read((struct slice){exact, text.size}, &arena, members, error);
    for (size_t i = 0; good && i < members->count; i++) {
        /* const away: these are the test's own arrays */
        struct json_member *member = (struct json_member *)(uintptr_t)&members->items[i];
        member->name = arena_copy(&arena, member->name);
        member->text = arena_copy(&arena, member->text);
    }
    free(exact);
    return good;
}

/* json-c's opinion: the object, strictly, and nothing behind it but blanks. */
static struct json_object *oracle(struct slice text) {
    struct json_tokener *tokener = json_tokener_new();
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    struct json_object *object = json_tokener_parse_ex(tokener, text.data, (int)text.size);
    bool good = json_tokener_get_error(tokener) == json_tokener_success;
    for (size_t at = json_tokener_get_parse_end(tokener); good && at < text.size; at++)
        good = text.data[at] == ' ' || text.data[at] == '\t' || text.data[at] == '\n' || text.data[at] == '\r';
    json_tokener_free(tokener);
    if (good)
        return object;
    json_object_put(object);
    return NULL;
}

static enum json_type type_of(enum json_kind kind) {
    static const enum json_type types[] = {
        [JSON_STRING] = json_type_string, [JSON_NUMBER] = json_type_double, [JSON_TRUE] = json_type_boolean,
        [JSON_FALSE] = json_type_boolean, [JSON_NULL] = json_type_null,     [JSON_ARRAY] = json_type_array,
        [JSON_OBJECT] = json_type_object};
    return types[kind];
}

/*
 * json-c cuts names at NUL, and may then take two for one. It also takes the pairs that mean U+1D800 to U+1DFFF (and
 * the same in the planes above) for lone surrogates.
 */
static bool json_c_is_wrong(struct slice text) {
    for (size_t at = 0; at < text.size;) {
        uint32_t character = 'a';
        size_t size = utf8_decode(text, at, &character);
        if (character > 0xFFFF && (character & 0xF800) == 0xD800)
            return true;
        at += size ? size : 1;
    }
    return false;
}

/* Every member that json-c has, with the same type and the same string. */
static void compare(const struct json_members *members, struct json_object *object) {
    for (size_t i = 0; i < members->count; i++)
        if (memchr(members->items[i].name.data, '\0', members->items[i].name.size) ||
            json_c_is_wrong(members->items[i].name) || json_c_is_wrong(members->items[i].text))
            return;
    for (size_t i = 0; i < members->count; i++) {
        const struct json_member *member = &members->items[i];
        struct json_object *value = NULL;
        bool last = true;
        for (size_t j = i + 1; j < members->count; j++)
            last = last && !slice_equal(members->items[j].name, member->name);
        if (!last)
            continue;
        assert_true(json_object_object_get_ex(object, member->name.data, &value));
        enum json_type type = json_object_get_type(value);
        assert_int_equal(type == json_type_int ? json_type_double : type, type_of(member->kind));
        if (member->kind == JSON_STRING) {
            assert_int_equal(json_object_get_string_len(value), member->text.size);
            assert_memory_equal(json_object_get_string(value), member->text.data, member->text.size);
        }
    }
}

static uint64_t state = 20261122;
static size_t random_below(size_t most) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state >> 33) % most;
}

static void append_random_string(struct buf *buf) {
    static const char *const parts[] = {"普陀区",
                                        "a",
                                        "\\n",
                                        "\\\"",
                                        "\\\\",
                                        "\\u4e0a",
                                        "\\ud83d\\ude00",
                                        "\\ud800",
                                        "\\udc00x",
                                        "\\ud800\\u0041",
                                        "\\/",
                                        "\\b\\f\\r\\t",
                                        "é",
                                        "😀",
                                        " ",
                                        "\\u0000",
                                        "\t",
                                        "\x01",
                                        "}",
                                        "]",
                                        ",",
                                        ":",
                                        "'"};
    buf_append_byte(buf, '"');
    for (size_t i = random_below(8); i > 0; i--)
        buf_append_string(buf, parts[random_below(ARRAY_LENGTH(parts))]);
    buf_append_byte(buf, '"');
}

static void append_random_value(struct buf *buf, unsigned depth) {
    static const char *const others[] = {"true", "false", "null", "0", "-0", "12", "-3.25", "1e5", "2E-3", "1.5e+10"};
    size_t shape = random_below(depth < 6 ? 8 : 5);
    size_t count = random_below(5);
    if (shape < 3) {
        append_random_string(buf);
        return;
    }
    if (shape < 5) {
        buf_append_string(buf, others[random_below(ARRAY_LENGTH(others))]);
        return;
    }
    buf_append_byte(buf, shape == 5 ? '[' : '{');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_append_string(buf, random_below(3) ? "," : " , ");
        if (shape != 5) {
            append_random_string(buf);
            buf_append_string(buf, random_below(3) ? ":" : " : ");
        }
        append_random_value(buf, depth + 1);
    }
    buf_append_byte(buf, shape == 5 ? ']' : '}');
}

static void append_random_object(struct buf *buf) {
    buf_append_byte(buf, '{');
    for (size_t i = 0, count = random_below(7); i < count; i++) {
        buf_append_string(buf, i ? "," : "");
        append_random_string(buf);
        buf_append_byte(buf, ':');
        append_random_value(buf, 1);
    }
    buf_append_byte(buf, '}');
}

static void generated_lines_read_as_json_c_reads_them(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf line = BUF(1 << 20);
    for (unsigned i = 0; i < 20000; i++) {
        struct json_members members;
        struct json_error error;
        buf_clear(&line);
        append_random_object(&line);
        struct json_object *object = oracle(buf_slice(&line));
        assert_non_null(object);
        assert_true(read_text(buf_slice(&line), &members, &error));
        compare(&members, object);
        json_object_put(object);
    }
}

static void mutate(struct buf *line) {
    static const char bytes[] = "\"\\{}[],:0123456789eE+-.tfnu/ \t'abcx\x01\x7f\xe4\xff";
    size_t at = random_below(line->size);
    switch (random_below(4)) {
    case 0:
        line->data[at] = bytes[random_below(sizeof bytes)]; /* NUL too */
        break;
    case 1:
        buf_truncate(line, at);
        break;
    case 2:
        memmove(line->data + at, line->data + at + 1, line->size - at - 1);
        line->size--;
        break;
    default:
        buf_append_byte(line, bytes[random_below(sizeof bytes - 1)]);
    }
}

static void what_json_c_refuses_is_refused(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf line = BUF(1 << 20);
    unsigned refused = 0;
    unsigned accepted = 0;
    for (unsigned i = 0; i < 60000; i++) {
        struct json_members members;
        struct json_error error = {SIZE_MAX, NULL};
        buf_clear(&line);
        append_random_object(&line);
        for (size_t n = random_below(3) + 1; n > 0 && line.size; n--)
            mutate(&line);
        struct json_object *object = line.size ? oracle(buf_slice(&line)) : NULL;
        bool good = read_text(buf_slice(&line), &members, &error);
        if (good && !object)
            fail_msg("accepted, and json-c does not: %s", buf_string(&line));
        if (good && members.kind == JSON_OBJECT)
            compare(&members, object);
        if (!good)
            assert_true(error.offset <= line.size && error.reason);
        refused += !good;
        accepted += good;
        json_object_put(object);
    }
    /* The test is worth something only while both happen often. */
    assert_true(refused > 10000 && accepted > 5000);
}

static void refuse(const char *text, size_t offset) {
    struct json_members members;
    struct json_error error = {0};
    if (read_text(slice_of(text), &members, &error))
        fail_msg("accepted: %s", text);
    assert_int_equal(error.offset, offset);
}

static void errors_have_their_byte(void **unused) {
    (void)unused;
    refuse("", 0);
    refuse("   ", 3);
    refuse("\"a\"", 0);
    refuse("{\"a\":1", 6);
    refuse("{\"a\":\"b", 7);
    refuse("{\"a\" 1}", 5);
    refuse("{\"a\":}", 5);
    refuse("{a:1}", 1);
    refuse("{\"a\":1,}", 7);
    refuse("{\"a\":1}}", 7);
    refuse("{\"a\":01}", 6);
    refuse("{\"a\":1.}", 7);
    refuse("{\"a\":-}", 6);
    refuse("{\"a\":NaN}", 5);
    refuse("{\"a\":tru}", 5);
    refuse("{\"a\":\"x\\q\"}", 7);
    refuse("{\"a\":\"\\u12\"}", 6);
    refuse("{\"a\":[1,[2,]]}", 11);
    refuse("{\"a\":{\"b\":\"\\x\"}}", 11);
    refuse("{'a':1}", 1);
}

static void nul_is_refused(void **unused) {
    (void)unused;
    struct json_members members;
    struct json_error error;
    assert_false(read_text(SLICE("{\"a\":\"x\0y\"}"), &members, &error));
    assert_int_equal(error.offset, 7);
}

static void levels_end_where_json_c_ends(void **unused) {
    (void)unused;
    for (unsigned levels = 30; levels < 36; levels++) {
        CLEANUP(buf_release) struct buf text = BUF(1000);
        struct json_members members;
        struct json_error error;
        buf_append_string(&text, "{\"a\":");
        for (unsigned i = 1; i < levels; i++)
            buf_append_byte(&text, '[');
        for (unsigned i = 1; i < levels; i++)
            buf_append_byte(&text, ']');
        buf_append_byte(&text, '}');
        struct json_object *object = oracle(buf_slice(&text));
        assert_int_equal(read_text(buf_slice(&text), &members, &error), object != NULL);
        assert_int_equal(levels <= JSON_LEVELS_MOST, object != NULL);
        json_object_put(object);
    }
}

static void only_escapes_are_copied(void **unused) {
    (void)unused;
    struct slice text = SLICE("{\"plain\":\"正文\",\"escaped\":\"一\\n二\"}");
    struct json_members members;
    struct json_error error;
    assert_true(json_members_read(text, &arena, &members, &error));
    assert_ptr_equal(members.items[0].text.data, text.data + 10);
    assert_false(members.items[1].text.data >= text.data && members.items[1].text.data < text.data + text.size);
    assert_true(slice_equal(members.items[1].text, SLICE("一\n二")));
    assert_int_equal(members.items[0].offset, 9);
}

static void lone_surrogates_are_counted(void **unused) {
    (void)unused;
    struct json_members members;
    struct json_error error;
    assert_true(read_text(SLICE("{\"a\":\"\\ud800\\ud83d\\ude00\\udc00\\ud801\\u0041\"}"), &members, &error));
    assert_int_equal(members.lone_surrogates, 3);
    assert_true(slice_equal(members.items[0].text, SLICE("\uFFFD\U0001F600\uFFFD\uFFFDA")));
}

static void parts_can_be_read_again(void **unused) {
    (void)unused;
    struct json_members members;
    struct json_members parts;
    struct json_error error;
    assert_true(read_text(SLICE("{\"author\": [ {\"name\":\"张\\u4e09\"} , \"李四\", 5 ] }"), &members, &error));
    assert_int_equal(members.items[0].kind, JSON_ARRAY);
    assert_true(json_members_read(members.items[0].text, &arena, &parts, &error));
    assert_int_equal(parts.kind, JSON_ARRAY);
    assert_int_equal(parts.count, 3);
    assert_int_equal(parts.items[0].kind, JSON_OBJECT);
    assert_true(slice_equal(parts.items[1].text, SLICE("李四")));
    assert_true(slice_equal(parts.items[2].text, SLICE("5")));
    assert_true(json_members_read(parts.items[0].text, &arena, &parts, &error));
    assert_true(slice_equal(parts.items[0].text, SLICE("张三")));
}

static void members_have_a_ceiling(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    struct json_members members;
    struct json_error error;
    for (unsigned extra = 0; extra < 2; extra++) {
        buf_clear(&text);
        for (unsigned i = 0; i < JSON_MEMBERS_MOST + extra; i++)
            buf_append_format(&text, "%s\"k%u\":%u", i ? "," : "{", i, i);
        buf_append_byte(&text, '}');
        assert_int_equal(read_text(buf_slice(&text), &members, &error), extra == 0);
    }
}

static void runs_of_backslashes_are_linear(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 21);
    struct json_members members;
    struct json_error error;
    buf_append_string(&text, "{\"a\":\"");
    for (unsigned i = 0; i < 250000; i++)
        buf_append_string(&text, "\\\\\\\"");
    buf_append_string(&text, "\"}");
    assert_true(read_text(buf_slice(&text), &members, &error));
    assert_int_equal(members.items[0].text.size, 500000);
}

static int release(void **unused) {
    (void)unused;
    arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_lines_read_as_json_c_reads_them),
        cmocka_unit_test(what_json_c_refuses_is_refused),
        cmocka_unit_test(errors_have_their_byte),
        cmocka_unit_test(nul_is_refused),
        cmocka_unit_test(levels_end_where_json_c_ends),
        cmocka_unit_test(only_escapes_are_copied),
        cmocka_unit_test(lone_surrogates_are_counted),
        cmocka_unit_test(parts_can_be_read_again),
        cmocka_unit_test(members_have_a_ceiling),
        cmocka_unit_test(runs_of_backslashes_are_linear),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
