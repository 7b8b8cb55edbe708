#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/scripts.h"
#include "unit/reading.h"

static void text_becomes_simplified(void **unused) {
    (void)unused;
    CLEANUP(arena_release) struct arena arena = {0};
    assert_slice(text_simplify(SLICE("經濟發展"), &arena), "经济发展");
    /* By words: 乾 of 乾隆 is no 干. */
    assert_slice(text_simplify(SLICE("乾隆與餅乾"), &arena), "乾隆与饼干");
    assert_slice(text_simplify(SLICE("(GDP) ＡＢ ab"), &arena), "(GDP) ＡＢ ab");
}

static void what_needs_nothing_is_not_copied(void **unused) {
    (void)unused;
    CLEANUP(arena_release) struct arena arena = {0};
    const struct slice texts[] = {SLICE("经济发展 2024 (上海) 新闻(xīn)"), SLICE("abc"), SLICE("")};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        assert_ptr_equal(text_simplify(texts[i], &arena).data, texts[i].data);
}

static void markup_and_addresses_stay(void **unused) {
    (void)unused;
    CLEANUP(arena_release) struct arena arena = {0};
    assert_slice(text_simplify_markup(SLICE("<a title=\"經\" href=\"/經\">經</a>濟"), &arena),
                 "<a title=\"經\" href=\"/經\">经</a>济");
    assert_slice(text_simplify_markup(SLICE("[經](http://example.org/經)濟 <經"), &arena),
                 "[经](http://example.org/經)济 <经");
    assert_slice(text_simplify_markup(SLICE("[經](濟"), &arena), "[经](济");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_becomes_simplified),
        cmocka_unit_test(what_needs_nothing_is_not_copied),
        cmocka_unit_test(markup_and_addresses_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
