#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "text/pinyin.h"
#include "text/restore.h"
#include "unit/reading.h"

/* A text as copy sites make them: enough readings that the rest is looked at. */
#define DISTORTED "經(jīng)濟(jì)發(fā)展,產(chǎn)業(yè)轉(zhuǎn)型。\n"

static struct arena arena;
static struct restore_report report; /* its places live in the arena until the next text */

static void expect(const char *text, const char *wanted) {
    arena_clear(&arena);
    assert_slice(text_restore(slice_of(text), &arena, &report), wanted);
}

static void expect_behind(const char *text, const char *wanted) {
    CLEANUP(buf_release) struct buf in = BUF(1 << 16);
    CLEANUP(buf_release) struct buf out = BUF(1 << 16);
    buf_append_format(&in, "%s%s", DISTORTED, text);
    buf_append_format(&out, "經濟發展,產業轉型。\n%s", wanted);
    expect(buf_string(&in), buf_string(&out));
}

static void readings_go(void **unused) {
    (void)unused;
    expect_behind("區(qū)里的人們(men)", "區里的人們");
    assert_int_equal(report.readings, 8);
    expect_behind("新闻记者(xīnwénjìzhě)在眉山(méishān)馆", "新闻记者在眉山馆");
    expect_behind("西安(xī'ān)和銀行(yín háng)", "西安和銀行");
    /* Another reading than the most frequent one. */
    expect_behind("會(kuài)計", "會計");
}

static void real_parentheses_stay(void **unused) {
    (void)unused;
    static const char text[] = "國內生產總值(GDP)、滬(上海)、東方智芯(600848)、小鎮(Gulf Town)、智能(AI)、"
                               "男裝(men)、安(an apple)、甲(a)、公司(inc)、圖(1)、(jīng)";
    expect_behind(text, text);
}

static void a_text_that_is_not_distorted_stays(void **unused) {
    (void)unused;
    static const char *const texts[] = {
        "郪(qī)江和邛崃(qiónglái)、圐圙(kūlüè)、犍(qián)為都不好讀。",
        "經(jīng)濟(jì)只有兩處。",
        "真的嗎??是的?！好。",
        "他說(shuō):“很好(hǎo)”,只是一個人說了這一句。",
        "",
        "(",
        "經(",
        "(jīng)",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        expect(texts[i], texts[i]);
        assert_int_equal(report.readings + report.restored + report.lost, 0);
    }
}

/* As in gold/noise.json, where it can be read by whoever has it; these are of our own making by the same model. */
static void shifted_text_is_put_back(void **unused) {
    (void)unused;
    expect_behind("領(lǐng)域?qū)崿F(xiàn)突破", "領域實現突破");
    assert_int_equal(report.restored, 1);
    assert_int_equal(report.lost, 0);
    expect_behind("當(dāng)?shù)蒯t(yī)療", "當地醫療");
    expect_behind("領(lǐng)域?qū)\uE78B诤献魍卣股罨\uE1D6⑷\uE080驿侀_。", "領域對口合作拓展深化、全面鋪開。");
    assert_int_equal(report.place_count, 1);
    assert_int_equal(report.places[0].line, 2);
    assert_true(slice_ends_with(report.places[0].after, SLICE("領域對口合作拓展深化、全面鋪開")));
}

static void what_is_lost_is_marked_and_never_guessed(void **unused) {
    (void)unused;
    expect_behind("“上??偛?三明基地”", "“上\uFFFD總\uFFFD三明基地”");
    assert_int_equal(report.lost, 2);
    assert_int_equal(report.restored, 0);
    /* Real question marks in a distorted text. */
    expect_behind("真的?是的。真的??不是?!", "真的?是的。真的??不是?!");
    assert_int_equal(report.lost, 0);
    /* A shift that ends in nothing: the place is marked, the rest stays. */
    expect_behind("當(dāng)?shù)", "當\uFFFD");
    assert_int_equal(report.lost, 1);
}

static void lines_stay_lines(void **unused) {
    (void)unused;
    expect(DISTORTED "\n\n經(jīng)\n", "經濟發展,產業轉型。\n\n\n經\n");
}

static void tables(void **unused) {
    (void)unused;
    char letters[8];
    size_t tones = 0;
    assert_string_equal(pinyin_reading(0x9A45), "qū");
    assert_null(pinyin_reading('a'));
    assert_int_equal(pinyin_plain(SLICE("lǜ"), letters, sizeof letters, &tones), 2);
    assert_memory_equal(letters, "lv", 2);
    assert_int_equal(tones, 1);
    assert_int_equal(pinyin_plain(SLICE("Lu"), letters, sizeof letters, &tones), 0);
    assert_int_equal(pinyin_plain(SLICE("zhuangzhuang"), letters, sizeof letters, &tones), 0);
    assert_true(pinyin_is_syllable("zhuang", 6));
    assert_true(pinyin_is_syllable("er", 2));
    assert_false(pinyin_is_syllable("ing", 3));
    assert_false(pinyin_is_syllable("gdp", 3));
    assert_false(pinyin_is_syllable("", 0));
    assert_int_equal(gbk_encode(0x9A45), 0xF28C);
    assert_int_equal(gbk_decode(0xF2, 0x8C), 0x9A45);
    assert_int_equal(gbk_encode(0xE78B), 0xA6BF);
    assert_int_equal(gbk_decode(0xFF, 0x41), 0);
    assert_int_equal(gbk_decode(0x81, 0x3F), 0);
    assert_int_equal(gbk_encode(0x1F600), 0);
    for (unsigned lead = 0x81; lead < 0xFF; lead++)
        for (unsigned trail = 0x40; trail < 0xFF; trail++)
            if (gbk_decode(lead, trail))
                assert_int_equal(gbk_encode(gbk_decode(lead, trail)), lead << 8 | trail);
}

static int release(void **unused) {
    (void)unused;
    arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_go),
        cmocka_unit_test(real_parentheses_stay),
        cmocka_unit_test(a_text_that_is_not_distorted_stays),
        cmocka_unit_test(shifted_text_is_put_back),
        cmocka_unit_test(what_is_lost_is_marked_and_never_guessed),
        cmocka_unit_test(lines_stay_lines),
        cmocka_unit_test(tables),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
