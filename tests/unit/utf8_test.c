#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"

#include <stdlib.h>

/* Text, and where it stops being UTF-8, and how long the ill-formed part there is. */
static const struct {
    struct slice text;
    size_t prefix;
    size_t bad_size;
} ill_formed[] = {
    {{"\x80", 1}, 0, 1},
    {{"\xBF\x80", 2}, 0, 1},
    {{"\xC0\xAF", 2}, 0, 1}, /* overlong */
    {{"\xC1\xBF", 2}, 0, 1},
    {{"\xE0\x80\xAF", 3}, 0, 1},
    {{"\xE0\x9F\xBF", 3}, 0, 1},
    {{"\xF0\x80\x80\xAF", 4}, 0, 1},
    {{"\xF0\x8F\xBF\xBF", 4}, 0, 1},
    {{"\xED\xA0\x80", 3}, 0, 1}, /* surrogates */
    {{"\xED\xBF\xBF", 3}, 0, 1},
    {{"\xF4\x90\x80\x80", 4}, 0, 1}, /* over U+10FFFF */
    {{"\xF5\x80\x80\x80", 4}, 0, 1},
    {{"\xFF", 1}, 0, 1},
    {{"\xC3", 1}, 0, 1}, /* cut off */
    {{"\xE4\xB8", 2}, 0, 2},
    {{"\xF0\x9F\x98", 3}, 0, 3},
    {{"\xE4\xB8"
      "A",
      3},
     0,
     2},
    {{"\xF0\x9F\x98"
      "A",
      4},
     0,
     3},
    {{"\xE4"
      "A",
      2},
     0,
     1},
    {{"abc\xFF", 4}, 3, 1},
    {{"上海\xE4\xB8", 8}, 6, 2},
};

static void test_ill_formed_text(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(ill_formed); i++) {
        uint32_t character = 0xABCD;
        size_t at = ill_formed[i].prefix;
        assert_int_equal(utf8_valid_prefix(ill_formed[i].text), at);
        assert_int_equal(utf8_decode(ill_formed[i].text, at, &character), 0);
        assert_int_equal(character, 0xABCD);
        assert_int_equal(utf8_ill_formed_size(ill_formed[i].text, at), ill_formed[i].bad_size);
    }
}

/* Every scalar value goes out and comes back; every surrogate does not. */
static void test_every_character(void **state) {
    (void)state;
    for (uint32_t character = 0; character <= 0x10FFFF; character++) {
        char bytes[UTF8_MOST];
        size_t size = utf8_encode(character, bytes);
        struct slice text = {bytes, size};
        uint32_t again = UINT32_MAX;
        bool surrogate = character >= 0xD800 && character <= 0xDFFF;
        size_t expected = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
        assert_int_equal(size, expected);
        assert_int_equal(utf8_decode(text, 0, &again), surrogate ? 0 : size);
        assert_int_equal(again, surrogate ? UINT32_MAX : character);
        assert_int_equal(utf8_valid_prefix(text), surrogate ? 0 : size);
    }
}

/* The fast paths take several characters at once: a bad byte must be found wherever it stands among them. */
static void test_a_bad_byte_is_found_at_every_place(void **state) {
    (void)state;
    static const char *const texts[] = {
        "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz",
        "普陀区桃浦镇真如镇长风生态商务区桃浦智创城",
        "2024年9月25日，普陀区。a上b海cd市efg",
        "ééééééé😀😀😀上😀",
    };
    char copy[256];
    for (size_t t = 0; t < ARRAY_LENGTH(texts); t++) {
        struct slice text = slice_of(texts[t]);
        assert_int_equal(utf8_valid_prefix(text), text.size);
        for (size_t at = 0; at < text.size; at++) {
            memcpy(copy, text.data, text.size);
            copy[at] = (char)0xFF;
            size_t start = at;
            while ((texts[t][start] & 0xC0) == 0x80)
                start--;
            assert_int_equal(utf8_valid_prefix((struct slice){copy, text.size}), start);
        }
    }
}

static void test_overlong_and_surrogates_among_han(void **state) {
    (void)state;
    static const char *const bad[] = {"\xE0\x9F\x80", "\xED\xA0\x80", "\xED\xB0\x80", "\xE0\x80\x80"};
    static const char *const good[] = {"\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF"};
    char text[64];
    for (size_t place = 0; place < 6; place++) {
        for (size_t i = 0; i < 4; i++) {
            for (size_t at = 0; at < 6; at++)
                memcpy(text + 3 * at, "海", 3);
            memcpy(text + 3 * place, bad[i], 3);
            assert_int_equal(utf8_valid_prefix((struct slice){text, 18}), 3 * place);
            memcpy(text + 3 * place, good[i], 3);
            assert_int_equal(utf8_valid_prefix((struct slice){text, 18}), 18);
        }
    }
}

static void test_counting_and_cutting(void **state) {
    (void)state;
    struct slice text = SLICE("a上é😀b");
    assert_int_equal(utf8_count(text), 5);
    assert_int_equal(utf8_count((struct slice){0}), 0);
    static const size_t offsets[] = {0, 1, 4, 6, 10, 11, 11};
    for (size_t i = 0; i < ARRAY_LENGTH(offsets); i++)
        assert_int_equal(utf8_offset(text, i), offsets[i]);
    assert_int_equal(utf8_offset(text, SIZE_MAX), 11);
    assert_int_equal(utf8_offset((struct slice){0}, 3), 0);
}

static void test_columns(void **state) {
    (void)state;
    static const uint32_t wide[] = {0x4E0A, 0x3000, 0xFF0C, 0x3001, 0xAC00, 0x20000, 0x1F600, 0x9FFF, 0x3010};
    static const uint32_t narrow[] = {'a', ' ', 0xE9, 0x2014, 0x201C, 0xFF61, 0x303F, 0x00B7, 0x2026};
    static const uint32_t invisible[] = {0x0301, 0x200B, 0xFEFF, 0xFE0F, 0x202E};
    for (size_t i = 0; i < ARRAY_LENGTH(wide); i++)
        assert_int_equal(utf8_columns(wide[i]), 2);
    for (size_t i = 0; i < ARRAY_LENGTH(narrow); i++)
        assert_int_equal(utf8_columns(narrow[i]), 1);
    for (size_t i = 0; i < ARRAY_LENGTH(invisible); i++)
        assert_int_equal(utf8_columns(invisible[i]), 0);
}

static void test_gb18030_is_recognised(void **state) {
    (void)state;
    /* 上海普陀区,2024 */
    assert_true(utf8_looks_like_gb18030(SLICE("\xC9\xCF\xBA\xA3\xC6\xD5\xCD\xD3\xC7\xF8,2024")));
    /* 上海 and a four-byte character */
    assert_true(utf8_looks_like_gb18030(SLICE("\xC9\xCF\xBA\xA3\x81\x30\x81\x30")));
}

static void test_what_is_not_gb18030(void **state) {
    (void)state;
    static const struct slice texts[] = {
        {"plain", 5},
        {"", 0},
        {"上海普陀区", 15},
        {"上海\xFF普陀区", 16},   /* UTF-8 with a bad byte */
        {"上\xE6\xB5普陀区", 14}, /* UTF-8 with a byte lost, which parses as GB18030 */
        {"caf\xE9 cr\xE8me", 10}, /* Latin-1 */
        {"na\xEFve \xC9t\xE9 d\xE9j\xE0", 13},
        {"\xC9\xCF\xBA\xA3\xC6", 5}, /* cut off */
        {"\xC9\xCF\xBA\xA3\x80", 5},
        {"\xC9\xCF\xBA\xA3\xC6\x7F", 6},
        {"\xC9\xCF\xBA\xA3\x81\x30\x81", 7},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        assert_false(utf8_looks_like_gb18030(texts[i]));
}

static void test_the_seeds_are_utf8(void **state) {
    (void)state;
    const char *shared = getenv("PINDAO_SHARED");
    CLEANUP(arena_release) struct arena arena = {0};
    const char *pattern = file_join(&arena, shared ? shared : "../shared", "seeds/*.txt");
    CLEANUP(file_list_release) struct file_list list;
    file_list_matching(pattern, &arena, &list);
    if (list.paths.count == 0)
        skip();
    for (size_t i = 0; i < list.paths.count; i++) {
        CLEANUP(buf_release) struct buf text = BUF(1 << 20);
        assert_true(file_read(list.paths.items[i], &text));
        assert_int_equal(utf8_valid_prefix(buf_slice(&text)), text.size);
        assert_false(utf8_looks_like_gb18030(buf_slice(&text)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ill_formed_text),
        cmocka_unit_test(test_every_character),
        cmocka_unit_test(test_a_bad_byte_is_found_at_every_place),
        cmocka_unit_test(test_overlong_and_surrogates_among_han),
        cmocka_unit_test(test_counting_and_cutting),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_gb18030_is_recognised),
        cmocka_unit_test(test_what_is_not_gb18030),
        cmocka_unit_test(test_the_seeds_are_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
