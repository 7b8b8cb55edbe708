#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/map.h"

#include <stdio.h>

static void test_an_empty_map_has_nothing(void **state) {
    (void)state;
    CLEANUP(map_release) struct map map = {0};
    assert_int_equal(map_get(&map, SLICE("a"), 99), 99);
    assert_int_equal(map_get(&map, (struct slice){0}, 99), 99);
}

static void test_setting_says_whether_the_key_is_new(void **state) {
    (void)state;
    CLEANUP(map_release) struct map map = {0};
    assert_true(map_set(&map, SLICE("a"), 1));
    assert_false(map_set(&map, SLICE("a"), 2));
    assert_int_equal(map_get(&map, SLICE("a"), 99), 2);
    assert_int_equal(map.count, 1);
}

static void test_keys_are_bytes(void **state) {
    (void)state;
    CLEANUP(map_release) struct map map = {0};
    assert_true(map_set(&map, SLICE("a\0b"), 1));
    assert_true(map_set(&map, SLICE("a\0c"), 2));
    assert_true(map_set(&map, SLICE("a"), 3));
    /* The empty key is a key, whatever its address. */
    assert_true(map_set(&map, (struct slice){0}, 4));
    assert_false(map_set(&map, SLICE(""), 5));
    assert_int_equal(map_get(&map, SLICE("a\0b"), 99), 1);
    assert_int_equal(map_get(&map, SLICE("a\0c"), 99), 2);
    assert_int_equal(map_get(&map, SLICE("a"), 99), 3);
    assert_int_equal(map_get(&map, (struct slice){0}, 99), 5);
    assert_int_equal(map_get(&map, SLICE("A"), 99), 99);
}

static void test_growing_loses_nothing(void **state) {
    (void)state;
    enum { KEYS = 20000 };
    CLEANUP(map_release) struct map map = {0};
    CLEANUP(arena_release) struct arena arena = {0};
    char text[16];
    for (unsigned i = 0; i < KEYS; i++) {
        snprintf(text, sizeof text, "key%u", i);
        assert_true(map_set(&map, arena_copy(&arena, slice_of(text)), i));
    }
    assert_int_equal(map.count, KEYS);
    for (unsigned i = 0; i < KEYS; i++) {
        snprintf(text, sizeof text, "key%u", i);
        assert_int_equal(map_get(&map, slice_of(text), UINT64_MAX), i);
    }
    assert_true(map_get(&map, SLICE("key20000"), UINT64_MAX) == UINT64_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_map_has_nothing),
        cmocka_unit_test(test_setting_says_whether_the_key_is_new),
        cmocka_unit_test(test_keys_are_bytes),
        cmocka_unit_test(test_growing_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
