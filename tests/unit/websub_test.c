#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/loaded.h"

#include "publish/websub.h"

/* The queue and the form; how hubs are told, tests/publish/whole has. */

#define NOW INT64_C(1795000000)

static const struct slice hubs[] = {SLICE_CONSTANT("https://b.example.org/"), SLICE_CONSTANT("https://a.example.org/")};
static const struct site site = {.hubs = hubs, .hub_count = 2};

static const char *queue_of(void **state) {
    static char text[4096];
    CLEANUP(buf_release) struct buf bytes = BUF(sizeof text - 1);
    memset(text, 0, sizeof text);
    if (file_read(path_of(*state, "websub.jsonl"), &bytes) && bytes.size)
        memcpy(text, bytes.data, bytes.size);
    return text;
}

static void add(void **state, int64_t now, const char *topic) {
    struct loaded *loaded = *state;
    const struct slice topics[] = {slice_of(topic)};
    assert_true(websub_queue_add(loaded->folder, &site, topics, 1, now, &loaded->diagnostics));
}

static void test_form(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf form = BUF(1024);
    websub_append_form(SLICE("https://x.org/a b/频/atom.xml?q=1&r=%2F"), &form);
    assert_string_equal(buf_string(&form), "hub.mode=publish&hub.url=https%3A%2F%2Fx.org%2Fa%2520b%2F%25E9%25A2%2591"
                                           "%2Fatom.xml%3Fq%3D1%26r%3D%252F");
}

static void test_each_pair_waits_once_and_since_the_first_time(void **state) {
    struct loaded *loaded = *state;
    add(state, NOW, "https://x.org/atom.xml");
    add(state, NOW + 60, "https://x.org/atom.xml");
    add(state, NOW + 60, "https://x.org/a/atom.xml");
    assert_int_equal(websub_waiting(loaded->folder), 4);
    const char *text = queue_of(state);
    assert_non_null(strstr(text, "https://a.example.org/"));
    assert_true(strstr(text, "https://a.example.org/") < strstr(text, "https://b.example.org/"));
    assert_int_equal(loaded->diagnostics.items.count, 0);
    size_t lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 4);
}

static void test_nothing_to_tell_makes_no_file(void **state) {
    struct loaded *loaded = *state;
    const struct site silent = {0};
    const struct slice topics[] = {SLICE("https://x.org/atom.xml")};
    assert_true(websub_queue_add(loaded->folder, &silent, topics, 1, NOW, &loaded->diagnostics));
    assert_true(websub_queue_add(loaded->folder, &site, NULL, 0, NOW, &loaded->diagnostics));
    assert_int_equal(access(path_of(loaded, "websub.jsonl"), F_OK), -1);
}

static void test_what_is_no_line_says_nothing(void **state) {
    struct loaded *loaded = *state;
    write_file(state, "websub.jsonl",
               "{\n[]\n{\"hub\": \"https://a.example.org/\"}\n"
               "{\"hub\": \"https://a.example.org/\", \"topic\": 5, \"since\": \"2026-11-22\"}\n"
               "{\"hub\": \"https://a.example.org/\", \"topic\": \"https://x.org/\", "
               "\"since\": \"2026-11-22T00:00:00Z\"}\n{\"hub\": \"https://a.exam");
    assert_int_equal(websub_waiting(loaded->folder), 1);
}

static void test_old_ones_are_given_up_without_a_request(void **state) {
    struct loaded *loaded = *state;
    struct websub_counts counts = {0};
    add(state, NOW, "https://x.org/atom.xml");
    websub_tell(loaded->folder, NOW + 3 * 86400 + 1, false, &loaded->diagnostics, &counts);
    assert_int_equal(counts.dropped, 2);
    assert_int_equal(counts.told + counts.waiting, 0);
    assert_int_equal(loaded->diagnostics.per_id[DIAGNOSTIC_HUB_FAILED], 1);
    assert_int_equal(access(path_of(loaded, "websub.jsonl"), F_OK), -1);
}

static void test_a_queue_that_cannot_be_written_is_a_warning(void **state) {
    struct loaded *loaded = *state;
    const struct slice topics[] = {SLICE("https://x.org/atom.xml")};
    assert_false(websub_queue_add("/proc/nowhere", &site, topics, 1, NOW, &loaded->diagnostics));
    assert_int_equal(loaded->diagnostics.per_id[DIAGNOSTIC_HUB_FAILED], 1);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(form),
        TEST(each_pair_waits_once_and_since_the_first_time),
        TEST(nothing_to_tell_makes_no_file),
        TEST(what_is_no_line_says_nothing),
        TEST(old_ones_are_given_up_without_a_request),
        TEST(a_queue_that_cannot_be_written_is_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
