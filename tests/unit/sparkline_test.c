#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "render/sparkline.h"

#include <stdio.h>

static void test_nothing_for_no_articles(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    sparkline_append(SLICE("x"), (const uint32_t[12]){0}, 12, &buf);
    assert_int_equal(buf.size, 0);
}

static void test_what_is_drawn(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    sparkline_append(SLICE("三个月："), (const uint32_t[]){0, 20, 10}, 3, &buf);
    assert_string_equal(buf_string(&buf),
                        "<svg class=\"sparkline\" viewBox=\"0 0 96 24\" role=\"img\" aria-label=\"三个月：0 20 10\">"
                        "<path class=\"sparkline-area\" d=\"M2 22V22l46-20 46 10V22z\"/>"
                        "<path class=\"sparkline-line\" d=\"M2 22l46-20 46 10\"/>"
                        "<circle class=\"sparkline-end\" cx=\"94\" cy=\"12\" r=\"2\"/></svg>");
}

/* One article beside a hundred thousand is seen, and none is not. */
static void test_little_is_not_nothing(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    sparkline_append(SLICE(""), (const uint32_t[]){0, 1, 100000}, 3, &buf);
    assert_true(slice_find(buf_slice(&buf), SLICE("M2 22l46-1 46-19"), 0) < buf.size);
}

static void test_hostile_label(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    sparkline_append(SLICE("\"><script>&"), (const uint32_t[]){1}, 1, &buf);
    assert_true(slice_find(buf_slice(&buf), SLICE("\"&quot;&gt;&lt;script&gt;&amp;1\""), 0) < buf.size);
}

/* Walks the line: all of it lies within the box, the highest at its top. */
static void test_all_within_the_box(void **state) {
    (void)state;
    uint32_t values[12] = {UINT32_MAX, 1, 0, UINT32_MAX / 2, 7, UINT32_MAX, 3, 0, 0, 1000, 4000000000, 12};
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    sparkline_append(SLICE("近一年："), values, 12, &buf);
    const char *line = strstr(buf_string(&buf), "sparkline-line\" d=\"M");
    assert_non_null(line);
    int x, y, used, highest = 24;
    assert_int_equal(sscanf(line, "sparkline-line\" d=\"M%d %dl%n", &x, &y, &used), 2);
    for (size_t i = 0;; i++) {
        int across, down, read;
        assert_true(x >= 2 && x <= 94 && y >= 2 && y <= 22);
        highest = y < highest ? y : highest;
        line += used;
        if (sscanf(line, "%d%d%n", &across, &down, &read) != 2) {
            assert_int_equal(i, 11);
            break;
        }
        used = read;
        x += across;
        y += down;
    }
    assert_int_equal(x, 94);
    assert_int_equal(highest, 2);
}

static void test_size(void **state) {
    (void)state;
    uint32_t values[12] = {900, 0, 900, 0, 900, 0, 900, 0, 900, 0, 900, 0};
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    sparkline_append(SLICE("近一年："), values, 12, &buf);
    assert_in_range(buf.size, 200, 450);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_for_no_articles), cmocka_unit_test(test_what_is_drawn),
        cmocka_unit_test(test_little_is_not_nothing),   cmocka_unit_test(test_hostile_label),
        cmocka_unit_test(test_all_within_the_box),      cmocka_unit_test(test_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
