#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/vec.h"

static void test_appending(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    assert_int_equal(buf_slice(&buf).size, 0);
    assert_string_equal(buf_string(&buf), "");
    buf_append(&buf, "ab", 2);
    buf_append(&buf, NULL, 0);
    buf_append_slice(&buf, SLICE("c\0d"));
    buf_append_string(&buf, "e");
    buf_append_byte(&buf, 'f');
    buf_append_unsigned(&buf, 0);
    buf_append_unsigned(&buf, UINT64_MAX);
    buf_append_format(&buf, "<%s %d>", "x", -5);
    assert_true(slice_equal(buf_slice(&buf), SLICE("abc\0def018446744073709551615<x -5>")));
    assert_false(buf.failed);
    assert_int_equal(buf_string(&buf)[buf.size], '\0');
    buf_clear(&buf);
    buf_append_lower(&buf, SLICE("@AZ[az{ÄÀ上"));
    assert_string_equal(buf_string(&buf), "@az[az{ÄÀ上");
}

static void test_ceiling_is_reached_but_not_passed(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(4);
    buf_append_string(&buf, "abcd");
    assert_false(buf.failed);
    buf_append_byte(&buf, 'e');
    assert_true(buf.failed);
    assert_true(slice_equal(buf_slice(&buf), SLICE("abcd")));
}

static void test_nothing_is_appended_after_a_failure(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(4);
    buf_append_string(&buf, "a");
    buf_append_string(&buf, "bcde");
    buf_append_byte(&buf, 'f'); /* would fit, but the text would have a hole */
    assert_null(buf_reserve(&buf, 1));
    assert_true(buf.failed);
    assert_true(slice_equal(buf_slice(&buf), SLICE("a")));
    buf_clear(&buf);
    assert_false(buf.failed);
    buf_append_string(&buf, "bcde");
    assert_true(slice_equal(buf_slice(&buf), SLICE("bcde")));
}

static void test_the_string_form_fits_a_full_buffer(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(4096);
    for (size_t i = 0; i < 4096; i++) {
        buf_append_byte(&buf, 'x');
        assert_int_equal(strlen(buf_string(&buf)), i + 1);
    }
    assert_false(buf.failed);
}

static void test_reserving_and_truncating(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(1000);
    char *room = buf_reserve(&buf, 1000);
    assert_non_null(room);
    memset(room, 'a', 1000);
    buf.size += 1000;
    assert_null(buf_reserve(&buf, 1));
    buf_truncate(&buf, 3);
    assert_string_equal(buf_string(&buf), "aaa");
}

static void test_releasing_leaves_a_usable_buffer(void **state) {
    (void)state;
    struct buf buf = BUF(8);
    buf_append_string(&buf, "abc");
    buf_release(&buf);
    assert_null(buf.data);
    buf_append_string(&buf, "12345678");
    assert_false(buf.failed);
    buf_release(&buf);
}

static void test_vectors_keep_what_is_pushed(void **state) {
    (void)state;
    struct {
        VEC(size_t) items;
    } numbers = {0};
    for (size_t i = 0; i < 10000; i++)
        vec_push(&numbers.items, i * i);
    assert_int_equal(numbers.items.count, 10000);
    assert_true(numbers.items.capacity >= 10000);
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(numbers.items.items[i], i * i);
    vec_clear(&numbers.items);
    assert_int_equal(numbers.items.count, 0);
    vec_release(&numbers.items);
    assert_null(numbers.items.items);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appending),
        cmocka_unit_test(test_ceiling_is_reached_but_not_passed),
        cmocka_unit_test(test_nothing_is_appended_after_a_failure),
        cmocka_unit_test(test_the_string_form_fits_a_full_buffer),
        cmocka_unit_test(test_reserving_and_truncating),
        cmocka_unit_test(test_releasing_leaves_a_usable_buffer),
        cmocka_unit_test(test_vectors_keep_what_is_pushed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
