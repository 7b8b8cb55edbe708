/* The choke point: what comes out of it, what it says it did, and that clean text is not copied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "text/choke.h"

#define TEXT(literal) (literal), sizeof(literal) - 1

static void assert_chokes(enum choke_kind kind, const char *text, size_t size, const char *wanted) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct choke_report report = {0};
    struct slice choked = text_choke((struct slice){text, size}, kind, &arena, &report);
    assert_int_equal(choked.size, strlen(wanted));
    assert_memory_equal(choked.data, wanted, choked.size);
    /* What came out needs nothing more. */
    struct choke_report again = {0};
    struct slice twice = text_choke(choked, kind, &arena, &again);
    assert_ptr_equal(twice.data, choked.data);
    assert_int_equal(again.ill_formed + again.forbidden + again.invisible + again.bidi, 0);
}

static void test_text(void **state) {
    (void)state;
    assert_chokes(CHOKE_TEXT, TEXT(""), "");
    assert_chokes(CHOKE_TEXT, TEXT("上海\r\n浦东\r普陀\n"), "上海\n浦东\n普陀\n");
    assert_chokes(CHOKE_TEXT, TEXT("a \t\nb\u3000\u00a0\r\nc \u3000"), "a\nb\nc");
    assert_chokes(CHOKE_TEXT, TEXT("\n\n a\tb  c"), "\n\n a\tb  c");
    assert_chokes(CHOKE_TEXT,
                  TEXT("a\u2028b\u2029c\xc2\x85"
                       "d\r\re"),
                  "a\nb\nc\nd\n\ne");
    assert_chokes(CHOKE_TEXT, TEXT("\ufeff上\u200b海\u00ad\u2060"), "上海");
    assert_chokes(CHOKE_TEXT, TEXT("上\0海\x01\x1f\x7f\xc2\x9f"), "上海");
    assert_chokes(CHOKE_TEXT, TEXT("a\ufffe\uffff\ufdd0\ufdef\U0001fffe\U0010ffffb"), "ab");
    assert_chokes(CHOKE_TEXT, TEXT("x\U000e0001\U000e0041y\U000e007f"), "xy");
    assert_chokes(CHOKE_TEXT, TEXT("क्\u200dष \u200c👨\u200d👩"), "क्\u200dष \u200c👨\u200d👩");
    assert_chokes(CHOKE_TEXT, TEXT("a\u202eb"), "a\u202eb");
    assert_chokes(CHOKE_TEXT, TEXT("a \u200b\nb"), "a\nb");
    assert_chokes(CHOKE_TEXT, TEXT("a \x01"), "a");
    assert_chokes(CHOKE_TEXT, TEXT("\ufdcf\ufdf0\ufffd"), "\ufdcf\ufdf0\ufffd");
}

static void test_ill_formed(void **state) {
    (void)state;
    assert_chokes(CHOKE_TEXT, TEXT("\xff"), "\ufffd");
    assert_chokes(CHOKE_TEXT, TEXT("上\xe6\xb5海"), "上\ufffd海");
    assert_chokes(CHOKE_TEXT, TEXT("上海浦东普陀\xe6\xb5"), "上海浦东普陀\ufffd");
    assert_chokes(CHOKE_TEXT, TEXT("\xc0\xaf"), "\ufffd\ufffd");
    assert_chokes(CHOKE_TEXT, TEXT("\xed\xa0\x80"), "\ufffd\ufffd\ufffd");
    assert_chokes(CHOKE_TEXT, TEXT("\xf0\x9f\x91z\xf4\x90\x80\x80"), "\ufffdz\ufffd\ufffd\ufffd\ufffd");
    assert_chokes(CHOKE_TEXT, TEXT("\xe0\x80\x80"), "\ufffd\ufffd\ufffd");
    assert_chokes(CHOKE_TEXT, TEXT("上海\x80浦东普陀徐汇黄浦"), "上海\ufffd浦东普陀徐汇黄浦");
}

static void test_line(void **state) {
    (void)state;
    assert_chokes(CHOKE_LINE, TEXT("  上海 \t 浦东\n\n普陀\r\n"), "上海 浦东 普陀");
    assert_chokes(CHOKE_LINE, TEXT("上海\u3000浦东\u00a0\u3000x\u3000"), "上海 浦东 x");
    assert_chokes(CHOKE_LINE, TEXT(" \n\u3000"), "");
    assert_chokes(CHOKE_LINE, TEXT("a \u200b b"), "a b");
    assert_chokes(CHOKE_LINE, TEXT("plain title, nothing to do"), "plain title, nothing to do");
}

static void test_bidi(void **state) {
    (void)state;
    assert_chokes(CHOKE_LINE, TEXT("a\u202eb"), "a\u202eb\u202c");
    assert_chokes(CHOKE_LINE, TEXT("a\u2066b"), "a\u2066b\u2069");
    assert_chokes(CHOKE_LINE, TEXT("a\u202eb \u2066c "), "a\u202eb \u2066c\u2069\u202c");
    assert_chokes(CHOKE_LINE, TEXT("a\u202cb\u2069"), "ab");
    assert_chokes(CHOKE_LINE, TEXT("\u2067\u202bx\u2069y"), "\u2067\u202bx\u202c\u2069y");
    assert_chokes(CHOKE_LINE, TEXT("\u202a\u2068x\u202cy"), "\u202a\u2068xy\u2069\u202c");
    assert_chokes(CHOKE_LINE, TEXT("\u202ax\u202c"), "\u202ax\u202c");
    CLEANUP(buf_release) struct buf deep = BUF(BUF_UNLIMITED);
    for (int i = 0; i < 1000; i++)
        buf_append_string(&deep, "\u202e");
    CLEANUP(arena_release) struct arena arena = {0};
    struct choke_report report = {0};
    struct slice choked = text_choke(buf_slice(&deep), CHOKE_LINE, &arena, &report);
    assert_int_equal(choked.size, 32 * 3 * 2);
    assert_int_equal(report.bidi, 1000);
}

static void test_no_copy(void **state) {
    (void)state;
    static const char *const clean[] = {"",         "a",      "上海市普陀区，长风生态商务区。\n第二段 text, 5G\n",
                                        "\n首行空", "  缩进", "👍🏻é"};
    for (size_t i = 0; i < ARRAY_LENGTH(clean); i++) {
        struct arena arena = {0};
        struct choke_report report = {0};
        struct slice choked = text_choke(slice_of(clean[i]), CHOKE_TEXT, &arena, &report);
        assert_ptr_equal(choked.data, clean[i]);
        assert_int_equal(arena.total, 0);
    }
}

static void test_report(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf words = BUF(200);
    struct choke_report report = {0};
    choke_report_describe(&report, &words);
    assert_int_equal(words.size, 0);
    (void)text_choke(SLICE("上海\r\n \x01\x02\xff\xfe\u200b"), CHOKE_TEXT, &arena, &report);
    assert_int_equal(report.first, 9);
    assert_int_equal(report.forbidden, 2);
    choke_report_describe(&report, &words);
    assert_string_equal(buf_string(&words), "2 control characters, 2 pieces of broken UTF-8, 1 invisible character");
    /* Added up over fields: the place of the first stays. */
    (void)text_choke(SLICE("\x01"), CHOKE_LINE, &arena, &report);
    assert_int_equal(report.first, 9);
    assert_int_equal(report.forbidden, 3);
    buf_clear(&words);
    report = (struct choke_report){.forbidden = 2, .ill_formed = 1};
    choke_report_describe(&report, &words);
    assert_string_equal(buf_string(&words), "2 control characters, 1 piece of broken UTF-8");
    report = (struct choke_report){0};
    (void)text_choke(SLICE("a \r\n\u3000b"), CHOKE_LINE, &arena, &report);
    buf_clear(&words);
    choke_report_describe(&report, &words);
    assert_int_equal(words.size, 0);
}

/* Every character between two others: dropped exactly when choke_drops says so, but for line ends. */
static void test_every_character(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    for (uint32_t character = 0; character < 0x110000; character++) {
        if (character >= 0xD800 && character <= 0xDFFF)
            continue;
        char bytes[2 + UTF8_MOST] = "a";
        size_t size = 1 + utf8_encode(character, bytes + 1);
        bytes[size++] = 'b';
        struct choke_report report = {0};
        struct slice choked = text_choke((struct slice){bytes, size}, CHOKE_TEXT, &arena, &report);
        bool line_end = character == '\r' || character == 0x85 || character == 0x2028 || character == 0x2029;
        struct slice wanted = line_end                 ? SLICE("a\nb")
                              : choke_drops(character) ? SLICE("ab")
                                                       : (struct slice){bytes, size};
        assert_true(slice_equal(choked, wanted));
    }
}

/* Random bytes: the result is well-formed and stable, whatever came, in a run or alone. */
static void test_random(void **state) {
    (void)state;
    static const char *const pieces[] = {"上海",   "普陀区桃浦", " ",          "\t",   "\r",       "\n",     "\u3000",
                                         "\u200b", "\x01",       "\xe6",       "\x80", "\xf0\x9f", "\u202e", "\u2069",
                                         "\u2066", "\u202c",     "abcdefghij", "，",   "\u00a0"};
    uint32_t seed = 7;
    for (int round = 0; round < 20000; round++) {
        CLEANUP(arena_release) struct arena arena = {0};
        char text[256];
        size_t size = 0;
        for (int i = 0; i < 12; i++) {
            seed = seed * 1664525u + 1013904223u;
            const char *piece = pieces[(seed >> 16) % ARRAY_LENGTH(pieces)];
            memcpy(text + size, piece, strlen(piece));
            size += strlen(piece);
        }
        for (int kind = CHOKE_LINE; kind <= CHOKE_TEXT; kind++) {
            struct choke_report report = {0};
            struct slice once = text_choke((struct slice){text, size}, (enum choke_kind)kind, &arena, &report);
            assert_int_equal(utf8_valid_prefix(once), once.size);
            struct slice twice = text_choke(once, (enum choke_kind)kind, &arena, &report);
            assert_ptr_equal(twice.data, once.data);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_ill_formed),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_bidi),
        cmocka_unit_test(test_no_copy),
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_every_character),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
