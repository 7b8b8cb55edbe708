#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/media_type.h"

static void expect(const char *value, const char *type, const char *charset) {
    struct media_type found = media_type_read(slice_of(value));
    if (!slice_equal(found.type, slice_of(type)) || !slice_equal(found.charset, slice_of(charset)))
        fail_msg("%s became \"%.*s\" and \"%.*s\"", value, SLICE_ARGUMENTS(found.type), SLICE_ARGUMENTS(found.charset));
}

static void test_types(void **state) {
    (void)state;
    expect("", "", "");
    expect("text/html", "text/html", "");
    expect("  Text/HTML ; Charset=GBK ", "Text/HTML", "GBK");
    expect("text/xml;charset=\"gb18030\"", "text/xml", "gb18030");
    expect("text/xml; charset='big5'", "text/xml", "big5");
    expect("text/xml; charset = utf-8", "text/xml", "utf-8");
    expect("text/xml;;; version=1 ;charset=utf-8;charset=gbk", "text/xml", "utf-8");
    expect("text/xml; title=\"; charset=no\"; charset=yes", "text/xml", "yes");
    expect("text/xml; title=\"\\\"; charset=no\"; charset=yes", "text/xml", "yes");
    expect("text/xml; charset=\"open", "text/xml", "open");
    expect("text/xml; charset=\"", "text/xml", "");
    expect("text/xml; charset", "text/xml", "");
    expect("text/xml; x=\"\\", "text/xml", "");
    expect(";", "", "");
    expect("; charset=gbk", "", "gbk");
    expect("text/xml; xcharset=gbk", "text/xml", "");
}

static void test_comparison(void **state) {
    (void)state;
    struct media_type type = media_type_read(SLICE("Application/Atom+XML; charset=utf-8"));
    assert_true(media_type_is(type, SLICE("application/atom+xml")));
    assert_false(media_type_is(type, SLICE("application/atom")));
    assert_false(media_type_is(media_type_read(SLICE("")), SLICE("text/html")));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_types), cmocka_unit_test(test_comparison)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
