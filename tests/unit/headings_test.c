#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/headings.h"

static void assert_ordered(const char *html, const char *wanted) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf again = BUF(BUF_UNLIMITED);
    headings_append_in_order(slice_of(html), &buf);
    assert_string_equal(buf_string(&buf), wanted);
    headings_append_in_order(buf_slice(&buf), &again);
    assert_string_equal(buf_string(&again), wanted);
}

static void test_first_is_two(void **state) {
    (void)state;
    assert_ordered("<h1>a</h1><p>b</p>", "<h2>a</h2><p>b</p>");
    assert_ordered("<h4 lang=\"zh\">a</h4>", "<h2 lang=\"zh\">a</h2>");
    assert_ordered("<h2>a</h2>", "<h2>a</h2>");
    assert_ordered("", "");
    assert_ordered("no heading", "no heading");
}

static void test_none_is_skipped(void **state) {
    (void)state;
    assert_ordered("<h2>a</h2><h4>b</h4><h4>c</h4><h3>d</h3><h2>e</h2>",
                   "<h2>a</h2><h3>b</h3><h3>c</h3><h3>d</h3><h2>e</h2>");
    assert_ordered("<h3>a</h3><h2>b</h2><h3>c</h3>", "<h2>a</h2><h2>b</h2><h3>c</h3>");
    assert_ordered("<h1>a</h1><h2>b</h2><h3>c</h3><h4>d</h4><h5>e</h5><h6>f</h6>",
                   "<h2>a</h2><h3>b</h3><h4>c</h4><h5>d</h5><h6>e</h6><h6>f</h6>");
}

static void test_nothing_else(void **state) {
    (void)state;
    assert_ordered("<hr><p>h1 &lt;h1&gt;</p><h3>a</h3><hr>", "<hr><p>h1 &lt;h1&gt;</p><h2>a</h2><hr>");
    assert_ordered("</h3>", "</h3>");
    assert_ordered("<h", "<h");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_is_two),
        cmocka_unit_test(test_none_is_skipped),
        cmocka_unit_test(test_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
