#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/slice.h"

#include <limits.h>

static void assert_slice(struct slice slice, const char *expected) {
    assert_int_equal(slice.size, strlen(expected));
    assert_memory_equal(slice.data ? slice.data : "", expected, slice.size);
}

static void test_ranges_are_clamped(void **state) {
    (void)state;
    struct slice text = SLICE("abcdef");
    assert_slice(slice_from(text, 2), "cdef");
    assert_slice(slice_from(text, 6), "");
    assert_slice(slice_from(text, 7), "");
    assert_slice(slice_range(text, 1, 3), "bc");
    assert_slice(slice_range(text, 4, 100), "ef");
    assert_slice(slice_range(text, 3, 2), "");
    assert_slice(slice_range(text, SIZE_MAX, SIZE_MAX), "");
    assert_int_equal(slice_range((struct slice){0}, 0, 5).size, 0);
    assert_int_equal(slice_of(NULL).size, 0);
}

static void test_print_size_is_cut(void **state) {
    (void)state;
    assert_int_equal(slice_print_size(SLICE("abc")), 3);
    assert_int_equal(slice_print_size((struct slice){"", (size_t)INT_MAX + 1}), INT_MAX);
}

static void test_comparing(void **state) {
    (void)state;
    assert_true(slice_equal(SLICE(""), (struct slice){0}));
    assert_true(slice_equal(SLICE("a\0b"), SLICE("a\0b")));
    assert_false(slice_equal(SLICE("a\0b"), SLICE("a\0c")));
    assert_true(slice_equal_ignoring_case(SLICE("HtTp"), SLICE("hTtP")));
    /* '[' and '{' differ by the bit that makes a letter lower case. */
    assert_false(slice_equal_ignoring_case(SLICE("["), SLICE("{")));
    assert_false(slice_equal_ignoring_case(SLICE("a"), SLICE("ab")));
    assert_true(slice_compare(SLICE("a"), SLICE("ab")) < 0);
    assert_true(slice_compare(SLICE("ab"), SLICE("a")) > 0);
    assert_true(slice_compare(SLICE("\x7F"), SLICE("\x80")) < 0);
    assert_int_equal(slice_compare(SLICE("上"), SLICE("上")), 0);
    assert_true(slice_compare_items(&SLICE("a"), &SLICE("ab")) < 0);
    assert_true(slice_starts_with(SLICE("abc"), SLICE("")));
    assert_true(slice_starts_with(SLICE("abc"), SLICE("abc")));
    assert_false(slice_starts_with(SLICE("ab"), SLICE("abc")));
    assert_true(slice_ends_with(SLICE("abc"), SLICE("bc")));
    assert_false(slice_ends_with(SLICE("bc"), SLICE("abc")));
}

static void test_finding(void **state) {
    (void)state;
    struct slice text = SLICE("abcabc");
    assert_int_equal(slice_find(text, SLICE("bc"), 0), 1);
    assert_int_equal(slice_find(text, SLICE("bc"), 1), 1);
    assert_int_equal(slice_find(text, SLICE("bc"), 2), 4);
    assert_int_equal(slice_find(text, SLICE("bc"), 5), 6);
    assert_int_equal(slice_find(text, SLICE("x"), 100), 6);
    assert_int_equal(slice_find_byte(text, 'c', 3), 5);
    assert_int_equal(slice_find_byte(text, 'x', 0), 6);
    assert_int_equal(slice_find_byte((struct slice){0}, 'x', 0), 0);
    assert_int_equal(slice_find_byte(SLICE("a\0b"), 'b', 0), 2);
    assert_int_equal(slice_count_byte(text, 'c'), 2);
    assert_int_equal(slice_count_byte(text, 'x'), 0);
    assert_int_equal(slice_count_byte((struct slice){0}, 'x'), 0);
}

static void test_trimming_takes_ascii_blanks_only(void **state) {
    (void)state;
    assert_slice(slice_trim(SLICE(" \t\r\na b\n ")), "a b");
    assert_slice(slice_trim(SLICE(" \n ")), "");
    assert_slice(slice_trim(SLICE("　a　")), "　a　");
    assert_slice(slice_trim(SLICE("\va")), "\va");
}

static void test_taking_lines_sees_each_once(void **state) {
    (void)state;
    struct slice rest = SLICE("a\n\nb\n");
    struct slice line;
    static const char *const expected[] = {"a", "", "b", ""};
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
        assert_true(slice_take_until(&rest, '\n', &line));
        assert_slice(line, expected[i]);
    }
    assert_false(slice_take_until(&rest, '\n', &line));
    rest = SLICE("");
    assert_true(slice_take_until(&rest, '\n', &line));
    assert_false(slice_take_until(&rest, '\n', &line));
}

static void test_parsing_unsigned(void **state) {
    (void)state;
    uint64_t number = 7;
    static const char *const bad[] = {"", " 1", "1 ", "+1", "-1", "1.0", "0x1", "18446744073709551616", "１"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(slice_parse_unsigned(slice_of(bad[i]), &number));
    assert_int_equal(number, 7);
    assert_true(slice_parse_unsigned(SLICE("18446744073709551615"), &number));
    assert_true(number == UINT64_MAX);
    assert_true(slice_parse_unsigned(SLICE("007"), &number));
    assert_int_equal(number, 7);
}

static void test_parsing_decimal(void **state) {
    (void)state;
    double number = 7;
    static const char *const bad[] = {"",    "-",   "1.",  ".5",  "1e3",   "1,5",
                                      "--1", "+-1", "inf", "nan", "1.2.3", "0.1234567890123456"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(slice_parse_decimal(slice_of(bad[i]), &number));
    assert_true(number == 7);
    assert_true(slice_parse_decimal(SLICE("0.45"), &number) && number == 0.45);
    assert_true(slice_parse_decimal(SLICE("-2"), &number) && number == -2);
    assert_true(slice_parse_decimal(SLICE("+1.5"), &number) && number == 1.5);
    assert_true(slice_parse_decimal(SLICE("0.05"), &number) && number == 0.05);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges_are_clamped),
        cmocka_unit_test(test_print_size_is_cut),
        cmocka_unit_test(test_comparing),
        cmocka_unit_test(test_finding),
        cmocka_unit_test(test_trimming_takes_ascii_blanks_only),
        cmocka_unit_test(test_taking_lines_sees_each_once),
        cmocka_unit_test(test_parsing_unsigned),
        cmocka_unit_test(test_parsing_decimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
