#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/charset.h"

#include <iconv.h>

/* 上海市发布新闻 and more, in what the answer may come in. */
#define NEWS "上海市发布新闻:区域经济稳中向好,重点项目集中开工。"

static struct slice in_charset(const char *charset, const char *text, struct buf *buf) {
    iconv_t converter = iconv_open(charset, "UTF-8");
    struct slice rest = slice_of(text);
    char *in = (char *)(uintptr_t)rest.data;
    assert_true(converter != (iconv_t)-1);
    char *out = buf_reserve(buf, 4 * rest.size + 8);
    size_t room = 4 * rest.size + 8;
    assert_true(iconv(converter, &in, &rest.size, &out, &room) != (size_t)-1);
    buf->size = (size_t)(out - buf->data);
    iconv_close(converter);
    return buf_slice(buf);
}

/* What comes out: the text, or the problem behind `!`. */
static void expect(struct slice bytes, const char *content_type, const char *encoding, const char *wanted) {
    CLEANUP(buf_release) struct buf decoded = BUF(1 << 20);
    CLEANUP(buf_release) struct buf said = BUF(1 << 20);
    struct charset_text text;
    buf_append_byte(&said, '!');
    if (charset_decode(bytes, slice_of(content_type), slice_of(encoding), &decoded, &text, &said)) {
        assert_int_equal(said.size, 1);
        buf_clear(&said);
        buf_append_slice(&said, text.text);
    }
    assert_string_equal(buf_string(&said), wanted);
}

static void expect_from(const char *charset, const char *document, const char *content_type, const char *encoding,
                        const char *wanted) {
    CLEANUP(buf_release) struct buf buf = BUF(1 << 22);
    expect(in_charset(charset, document, &buf), content_type, encoding, wanted);
}

static void labels_are_known_by_all_their_names(void **unused) {
    (void)unused;
    const char *charset = "";
    assert_true(charset_find(SLICE("X-GBK"), &charset));
    assert_string_equal(charset, "GB18030");
    assert_true(charset_find(SLICE("Big5"), &charset));
    assert_string_equal(charset, "BIG5-HKSCS");
    assert_true(charset_find(SLICE("UTF8"), &charset));
    assert_null(charset);
    assert_true(charset_find(SLICE(""), &charset));
    assert_false(charset_find(SLICE("gb"), &charset));
}

static void the_header_says_it(void **unused) {
    (void)unused;
    expect_from("GB18030", NEWS, "text/html; charset=gb2312", "", NEWS);
    expect_from("GB18030", NEWS, "text/html;charset=\"GBK\"; x=y", "", NEWS);
    expect_from("BIG5", "臺灣新聞報導", "text/html; Charset = Big5", "", "臺灣新聞報導");
    expect_from("UTF-16LE", NEWS, "text/plain; charset=utf-16", "", NEWS);
    expect_from("UTF-8", NEWS, "application/json", "", NEWS);
    expect_from("UTF-8", NEWS, "", "", NEWS);
}

static void who_is_asked_first_counts(void **unused) {
    (void)unused;
    /* encoding: over all; a mark over the header; the header over the document. */
    expect_from("GB18030", NEWS, "text/html; charset=utf-8", "gb18030", NEWS);
    expect(SLICE("\xEF\xBB\xBF" NEWS), "text/html; charset=gbk", "", NEWS);
    expect(SLICE("\xEF\xBB\xBF" NEWS), "", "utf-8", NEWS);
    expect(SLICE("\xFE\xFF\x4E\x0A\x6D\x77"), "text/html; charset=gbk", "", "上海");
    expect(SLICE("\xFF\xFE\x0A\x4E\x77\x6D"), "", "", "上海");
    expect_from("GB18030", "<?xml version=\"1.0\" encoding=\"utf-8\"?><a>" NEWS "</a>", "text/xml; charset=gbk", "",
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><a>" NEWS "</a>");
}

static void the_document_says_it(void **unused) {
    (void)unused;
    const char *const documents[] = {
        "<?xml version='1.0' encoding='GB2312' ?>\n<rss><title>" NEWS "</title></rss>",
        "<!doctype html><html><head><title>甲</title><meta charset=gbk><p>" NEWS,
        "<HTML><HEAD><META http-equiv=Content-Type content=\"text/html; charset=gb2312\"><p>" NEWS,
        "<!-- <meta charset=utf-8> --><html><script>'<meta charset=utf-8>'</script><meta charset='gbk'>" NEWS,
    };
    for (size_t i = 0; i < ARRAY_LENGTH(documents); i++) {
        expect_from("GB18030", documents[i], "text/html", "", documents[i]);
        /* What servers add to everything is no answer. */
        expect_from("GB18030", documents[i], "text/html; charset=ISO-8859-1", "", documents[i]);
    }
    /* A feed that quotes a page says nothing by it. */
    expect_from("UTF-8", "<rss><![CDATA[<meta charset=gbk>]]>" NEWS "</rss>", "", "",
                "<rss><![CDATA[<meta charset=gbk>]]>" NEWS "</rss>");
    /* UTF-16 that can be read as ASCII is none. */
    expect_from("UTF-8", "<meta charset=utf-16>" NEWS, "", "", "<meta charset=utf-16>" NEWS);
}

static void latin_1_is_the_last_resort(void **unused) {
    (void)unused;
    expect_from("UTF-8", NEWS, "text/plain; charset=iso-8859-1", "", NEWS);
    expect(SLICE("caf\xE9 \x93x\x94"), "text/plain; charset=iso-8859-1", "", "café “x”");
    expect_from("GB18030", NEWS, "text/plain; charset=iso-8859-1", "",
                "!the header says iso-8859-1, but its bytes are GB18030: say encoding: gb18030");
}

static void lies_are_named(void **unused) {
    (void)unused;
    expect_from("GB18030", NEWS, "text/html; charset=utf-8", "",
                "!the header says utf-8, but its bytes are GB18030: say encoding: gb18030");
    expect_from("GB18030", "<meta charset=utf-8>" NEWS, "", "",
                "!its <meta> says utf-8, but its bytes are GB18030: say encoding: gb18030");
    expect_from("GB18030", NEWS, "", "", "!its bytes are GB18030: say encoding: gb18030");
    expect_from("UTF-8", NEWS, "text/html; charset=gb2312", "",
                "!the header says gb2312, but its bytes are UTF-8: say encoding: utf-8");
    expect_from("UTF-8", NEWS, "", "big5", "!encoding: says big5, but its bytes are UTF-8: say encoding: utf-8");
    expect(
        SLICE("x"), "text/html; charset=klingon", "",
        "!the header says the charset “klingon”, which is not known; if it is wrong, say what is right by encoding:");
    expect(SLICE("x"), "text/html; charset=klingon", "gbk", "x");
    expect(SLICE("\x89PNG\r\n\x1A\n\xFF\x00\xFE\x81\x92\xA3\xB4\xC5\xD6\xE7\xF8\xF9\xFA\xFB\xFC\xFD"), "", "",
           "!its bytes are no UTF-8");
}

static void damaged_text_in_gb18030_is_still_recognised(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf buf = BUF(1 << 16);
    in_charset("GB18030", NEWS "\n" NEWS "\n" NEWS "\n", &buf);
    /* A character cut in two, as byte-wise cutting does. */
    buf.data[buf.size - 2] = '\xB0';
    expect(buf_slice(&buf), "", "", "!its bytes are GB18030: say encoding: gb18030");
}

static void single_bad_bytes_are_repaired_and_counted(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf decoded = BUF(1 << 16);
    CLEANUP(buf_release) struct buf problem = BUF(1 << 12);
    struct charset_text text;
    assert_true(charset_decode(SLICE(NEWS "\n" NEWS "\n\xFF" NEWS "\n\xE4\xB8" NEWS), SLICE(""), SLICE(""), &decoded,
                               &text, &problem));
    assert_int_equal(text.invalid, 2);
    assert_int_equal(text.invalid_line, 3);
    assert_true(slice_equal(text.text, SLICE(NEWS "\n" NEWS "\n\xEF\xBF\xBD" NEWS "\n\xEF\xBF\xBD" NEWS)));
    buf_clear(&decoded);
    CLEANUP(buf_release) struct buf bytes = BUF(1 << 16);
    in_charset("GB18030", NEWS "\n" NEWS, &bytes);
    buf_append_byte(&bytes, '\xFF');
    assert_true(charset_decode(buf_slice(&bytes), SLICE(""), SLICE("gbk"), &decoded, &text, &problem));
    assert_int_equal(text.invalid, 1);
    assert_int_equal(text.invalid_line, 2);
    assert_true(slice_ends_with(text.text, SLICE("\xEF\xBF\xBD")));
}

/* A character may lie across two chunks, in any position. */
static void chunks_cut_no_character(void **unused) {
    (void)unused;
    for (size_t shift = 0; shift < 4; shift++) {
        CLEANUP(buf_release) struct buf document = BUF(1 << 22);
        for (size_t i = 0; i < shift; i++)
            buf_append_byte(&document, 'x');
        while (document.size < 200000)
            buf_append_string(&document, NEWS "𠀀");
        expect_from("GB18030", buf_string(&document), "text/plain; charset=gb18030", "", buf_string(&document));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_known_by_all_their_names),
        cmocka_unit_test(the_header_says_it),
        cmocka_unit_test(who_is_asked_first_counts),
        cmocka_unit_test(the_document_says_it),
        cmocka_unit_test(latin_1_is_the_last_resort),
        cmocka_unit_test(lies_are_named),
        cmocka_unit_test(damaged_text_in_gb18030_is_still_recognised),
        cmocka_unit_test(single_bad_bytes_are_repaired_and_counted),
        cmocka_unit_test(chunks_cut_no_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
