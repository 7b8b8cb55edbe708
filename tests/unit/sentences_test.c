/* Where sentences end, and the summaries made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "text/sentences.h"

/* `marked` is the text with | behind each sentence. */
static void assert_sentences(const char *marked) {
    char text[512];
    size_t ends[32];
    size_t size = 0;
    size_t count = 0;
    for (const char *byte = marked; *byte; byte++) {
        if (*byte == '|')
            ends[count++] = size;
        else
            text[size++] = *byte;
    }
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t end = sentence_end((struct slice){text, size}, at);
        if (end != ends[i])
            print_error("%s: sentence %zu ends at %zu, not %zu\n", marked, i, end, ends[i]);
        assert_int_equal(end, ends[i]);
        at = end + (end < size && text[end] == '\n');
    }
    assert_int_equal(at, size);
}

static void test_ends(void **state) {
    (void)state;
    assert_sentences("上海发布政策。|浦东跟进！|真的吗？|是；|好|");
    assert_sentences("他说：“今年增长。”|明年呢？！|不知道……|完。|");
    assert_sentences("第一行|\n第二行。|\n");
    assert_sentences("（全文完。）|【注】a;| b|");
}

static void assert_end(const char *text, const char *first) {
    size_t end = sentence_end(slice_of(text), 0);
    if (end != strlen(first))
        print_error("%s: %zu, not %zu\n", text, end, strlen(first));
    assert_int_equal(end, strlen(first));
}

static void test_full_stops(void **state) {
    (void)state;
    assert_end("It grew 3.5 percent. We saw it.", "It grew 3.5 percent.");
    assert_end("See example.org/a?b=1 now. Then", "See example.org/a?b=1 now.");
    assert_end("The U.S. Army left. Then", "The U.S. Army left.");
    assert_end("Dr. Li of No. 5 came. Then", "Dr. Li of No. 5 came.");
    assert_end("Apple Co., Ltd. grew. Then", "Apple Co., Ltd. grew.");
    assert_end("It is (was). Then", "It is (was).");
    assert_end("He said \"Go.\" Then", "He said \"Go.\"");
    assert_end("增长3.14倍.浦东", "增长3.14倍.");
    assert_end("在2024.9.25开幕。后", "在2024.9.25开幕。");
    assert_end("Yahoo!7 wins! Ok", "Yahoo!7 wins!");
    assert_end("Wait... then go. Ok", "Wait... then go.");
    assert_end("a; b", "a;");
    assert_end("", "");
    assert_end("\nx", "");
    assert_end("end.", "end.");
    assert_end("增长３．５倍。后", "增长３．５倍。");
}

static void test_from_within(void **state) {
    (void)state;
    struct slice text = SLICE("甲。乙乙。丙");
    assert_int_equal(sentence_end(text, 0), 6);
    assert_int_equal(sentence_end(text, 6), 15);
    assert_int_equal(sentence_end(text, 9), 15);
    assert_int_equal(sentence_end(text, 15), 18);
    assert_int_equal(sentence_end(text, 18), 18);
}

static void assert_summary(const char *text, size_t most, const char *wanted) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct slice summary = text_summary(slice_of(text), most, &arena);
    assert_string_equal(summary.data, wanted); /* arena_copy ends it */
    assert_true(utf8_count(summary) <= most);
    assert_int_equal(slice_find_byte(summary, '\n', 0), summary.size);
}

static void test_summary(void **state) {
    (void)state;
    assert_summary("", 10, "");
    assert_summary(" \n\u3000\n", 10, "");
    assert_summary("甲乙。丙丁。", 10, "甲乙。丙丁。");
    assert_summary("甲乙。丙丁。戊己。", 6, "甲乙。丙丁。");
    assert_summary("甲乙。丙丁。戊己。", 8, "甲乙。丙丁。");
    assert_summary("\u3000\u3000甲乙。\n\u3000\u3000丙丁。", 10, "甲乙。丙丁。");
    assert_summary("一、总体情况\n今年增长。", 20, "一、总体情况 今年增长。");
    assert_summary("It grew.\nWe saw  it.", 30, "It grew. We saw it.");
    assert_summary("他说：“好。”\n她走。", 20, "他说：“好。”她走。");
    assert_summary("甲。", 0, "");
}

static void test_summary_of_clauses(void **state) {
    (void)state;
    assert_summary("上海普陀区发布新政，推动产业升级，带动就业增长，全面发展。", 20,
                   "上海普陀区发布新政，推动产业升级…");
    assert_summary("今年投资1,000亿元，增长百分之五点三。", 16, "今年投资1,000亿元…");
    assert_summary("日前，上海普陀区桃浦智创城发布新政推动产业升级。", 16, "日前，上海普陀区桃浦智创城发布…");
    assert_summary("上海普陀区桃浦智创城发布新政推动产业升级。", 10, "上海普陀区桃浦智创…");
    assert_summary("上海普陀区Intelligence产业。", 10, "上海普陀区…");
    assert_summary("上海普陀增长123.45亿元以上。", 10, "上海普陀增长…");
    assert_summary("abcdefghijklmnop。", 8, "abcdefg…");
    assert_summary("上海普陀e\u0301e\u0301e\u0301区。", 6, "上海普陀…");
    assert_summary("甲乙丙", 1, "…");
    assert_summary("甲乙丙", 2, "甲…");
    assert_summary("Hello big world wide", 12, "Hello big…");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends),        cmocka_unit_test(test_full_stops),         cmocka_unit_test(test_summary),
        cmocka_unit_test(test_from_within), cmocka_unit_test(test_summary_of_clauses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
