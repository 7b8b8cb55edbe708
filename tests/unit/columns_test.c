#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cmd/columns.h"

/* Text as wide as a terminal shows it. */

static void assert_text(const struct buf *buf, const char *wanted) {
    struct buf copy = *buf;
    CLEANUP(buf_release) struct buf text = BUF(1 << 16);
    buf_append_slice(&text, buf_slice(&copy));
    assert_string_equal(buf_string(&text), wanted);
}

static void test_width(void **state) {
    (void)state;
    assert_int_equal(columns_of(SLICE("")), 0);
    assert_int_equal(columns_of(SLICE("ab")), 2);
    assert_int_equal(columns_of(SLICE("普陀ab")), 6);
    assert_int_equal(columns_of(SLICE("e\u0301")), 1);
    assert_int_equal(columns_of(SLICE("→✗·")), 3);
}

static void test_hostile_text_is_tamed(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(1 << 16);
    columns_append(&buf, SLICE("a\x1b[31mb\u202e"
                               "c\xc2\x9b"
                               "d\n"
                               "e\xff"));
    assert_text(&buf, "a [31mb c d e ");
}

static void test_cut(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(1 << 16);
    columns_append_cut(&buf, SLICE("普陀区"), 6);
    assert_text(&buf, "普陀区");
    buf_clear(&buf);
    columns_append_cut(&buf, SLICE("普陀区"), 5);
    assert_text(&buf, "普陀…");
    buf_clear(&buf);
    /* Half a character does not fit. */
    columns_append_cut(&buf, SLICE("普陀区"), 4);
    assert_text(&buf, "普…");
    buf_clear(&buf);
    columns_append_cut(&buf, SLICE("普陀区"), 0);
    assert_text(&buf, "…");
}

static void test_pad(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(1 << 16);
    buf_append_string(&buf, "first line\n普陀");
    assert_int_equal(columns_so_far(&buf), 4);
    columns_pad(&buf, 6);
    buf_append_byte(&buf, '|');
    assert_text(&buf, "first line\n普陀  |");
    columns_pad(&buf, 3);
    buf_append_byte(&buf, '|');
    assert_text(&buf, "first line\n普陀  | |");
}

static void test_flow(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(1 << 16);
    struct columns_flow flow = {&buf, 4, 10, 30, true};
    buf_append_string(&buf, "甲");
    columns_flow_add(&flow, SLICE("one"));
    columns_flow_add(&flow, SLICE("两个"));
    columns_flow_add(&flow, SLICE("three"));
    columns_flow_add(&flow, SLICE("a very long piece that no line can hold"));
    columns_flow_add(&flow, SLICE("end"));
    assert_text(&buf, "甲  one       两个      three\n"
                      "    a very long piece that no line can hold\n"
                      "    end");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_width), cmocka_unit_test(test_hostile_text_is_tamed),
        cmocka_unit_test(test_cut),   cmocka_unit_test(test_pad),
        cmocka_unit_test(test_flow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
