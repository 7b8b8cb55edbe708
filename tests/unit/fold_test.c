/* The fold: pinned outputs, the edges of its rules, and a plain second implementation on random text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "text/fold.h"

#include <utf8proc.h>

#define PINNED_BLOCK 0x82aa430ea3280a89u

static void assert_folds(const char *text, const char *wanted) {
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    text_fold(slice_of(text), &folded, NULL);
    assert_string_equal(buf_string(&folded), wanted);
}

/* Keys of articles depend on these: a change here is a change of ids in every feed ever written. */
static void test_pinned(void **state) {
    (void)state;
    static const char *const pins[][2] = {
        {"", ""},
        {"普陀区", "普陀区"},
        {"ＡＢＣ　ａｂｃ　１２３", "abc abc 123"},
        {"Shanghai PUDONG New-Area", "shanghai pudong new-area"},
        {"上海（浦东）", "上海(浦东)"},
        {"經濟開發區", "经济开发区"},
        {"經(jīng)濟(jì)", "经济"},
        {"集成電路產業園", "集成电路产业园"},
        {"臺灣與臺北", "台湾与台北"},
        {"後臺 發現 頭髮", "后台发现头发"},
        {"裡裏外外", "里里外外"},
        {"乾坤 乾燥", "干坤干燥"},
        {"總投資１００億元，同比增長５％。", "总投资100亿元,同比增长5%。"},
        {"「引領」『示範』", "「引领」『示范』"},
        {"①②③ Ⅳ ㈱ ㎡ ㎞", "123 iv (株) m2 km"},
        {"ﬁnance ﬂow", "finance flow"},
        {"ｶﾞｷﾞ ﾊﾟ", "ガギ パ"},
        {"カ\u3099", "ガ"},
        {"e\u0301 É é", "é é é"},
        {"가 \u1100\u1161 \u1112\u1161\u11ab", "가 가 한"},
        {"Ω Å K", "ω å k"},
        {"ẞ ß İ I ı Σ ς", "ß ß i i ı σ ς"},
        {"ǅ Ǆ", "dž dž"},
        {"…", "..."},
        {"½", "1⁄2"},
        {"a\u00a0b", "a b"},
        {"豈更", "岂更"},
        {"〇二五", "〇二五"},
        {"二〇 二五", "二〇二五"},
        {"𠀀 𠀁", "𠀀𠀁"},
        {"Q\u0307\u0323", "q\u0323\u0307"},
        {"\u0301甲", "\u0301甲"},
        {"著名", "著名"},
        {"👍🏻 ok", "👍🏻 ok"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(pins); i++)
        assert_folds(pins[i][0], pins[i][1]);
}

/* One number for what becomes of every character of the main block, so that another OpenCC does not change ids unseen.
 */
static void test_pinned_block(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf block = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    for (uint32_t character = 0x4E00; character <= 0x9FA5; character++) {
        char bytes[UTF8_MOST];
        buf_append(&block, bytes, utf8_encode(character, bytes));
        buf_append_byte(&block, '\n');
    }
    text_fold(buf_slice(&block), &folded, NULL);
    assert_int_equal(hash64(buf_slice(&folded)), PINNED_BLOCK);
}

static void test_pinyin(void **state) {
    (void)state;
    assert_folds("经(jing)", "经");
    assert_folds("经（JĪNG）济（jì）发", "经济发");
    assert_folds("经 \t(jing) 济", "经济");
    assert_folds("绿(lǜ)女(nǚ)嗯(ńg)", "绿女嗯");
    assert_folds("双(shuangshu)", "双(shuangshu)");
    assert_folds("双(shuangsh)", "双");
    assert_folds("空()", "空()");
    assert_folds("经(jing1)", "经(jing1)");
    assert_folds("经(jing ji)", "经(jing ji)");
    assert_folds("a(jing)", "a(jing)");
    assert_folds("(jing)", "(jing)");
    assert_folds("经(jing)(ji)", "经(ji)");
    assert_folds("经(jing) (ji)", "经 (ji)");
    assert_folds("经(jing)(ji) 济", "经(ji) 济");
    assert_folds("经(jing", "经(jing");
    assert_folds("经(", "经(");
    assert_folds("经\n(jing)济", "经\n(jing)济");
    assert_folds("人工智能(AI)", "人工智能");
    assert_folds("经(ji\u0304ng)", "经");
    assert_folds("〇(ling)", "〇");
}

static void test_blanks(void **state) {
    (void)state;
    assert_folds("上 海　市\t区", "上海市区");
    assert_folds("上 a 海", "上 a 海");
    assert_folds("上 \n 海", "上 \n 海");
    assert_folds(" 上 ", " 上 ");
    assert_folds("上 ，海", "上 ,海");
    assert_folds("上\n海", "上\n海");
    assert_folds("a  b", "a  b");
    assert_folds("一 二 三 四", "一二三四");
}

/* The second implementation: each step over the whole text, as fold.h lists them; slow and plain. */
struct plain {
    int32_t items[4096];
    size_t count;
};

static int32_t plain_simplified(int32_t character) {
    char bytes[UTF8_MOST];
    CLEANUP(buf_release) struct buf folded = BUF(64);
    size_t size = utf8_encode((uint32_t)character, bytes);
    text_fold((struct slice){bytes, size}, &folded, NULL);
    uint32_t simplified = 0;
    assert_int_not_equal(utf8_decode(buf_slice(&folded), 0, &simplified), 0);
    return (int32_t)simplified;
}

static bool plain_pinyin(int32_t character) {
    static const char letters[] = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹ";
    char bytes[UTF8_MOST + 1] = "";
    utf8_encode((uint32_t)character, bytes);
    return (character >= 'a' && character <= 'z') || (character > 0x7f && strstr(letters, bytes));
}

static bool plain_blank(int32_t character) {
    return character == ' ' || character == '\t' || character == 0x3000;
}

static size_t plain_pinyin_end(const struct plain *text, size_t at) {
    size_t end = at;
    while (end < text->count && plain_blank(text->items[end]))
        end++;
    if (end == text->count || text->items[end] != '(')
        return at;
    size_t first = ++end;
    while (end < text->count && plain_pinyin(text->items[end]))
        end++;
    bool fits = end > first && end - first <= 8 && end < text->count && text->items[end] == ')';
    return fits ? end + 1 : at;
}

static void plain_without_pinyin(struct plain *text) {
    struct plain *kept = test_calloc(1, sizeof *kept);
    for (size_t at = 0; at < text->count;) {
        size_t end = at > 0 && text_is_han((uint32_t)text->items[at - 1]) ? plain_pinyin_end(text, at) : at;
        if (end == at)
            kept->items[kept->count++] = text->items[at++];
        at = end > at ? end : at;
    }
    *text = *kept;
    test_free(kept);
}

static void plain_without_blanks(struct plain *text) {
    size_t kept = 0;
    for (size_t at = 0; at < text->count; at++) {
        size_t end = at;
        while (end < text->count && plain_blank(text->items[end]))
            end++;
        bool between = end > at && kept > 0 && text_is_han((uint32_t)text->items[kept - 1]) && end < text->count &&
                       text_is_han((uint32_t)text->items[end]);
        if (between)
            at = end;
        text->items[kept++] = text->items[at];
    }
    text->count = kept;
}

static void plain_fold(const char *text, size_t size, struct buf *folded) {
    utf8proc_uint8_t *normal = NULL;
    utf8proc_ssize_t normal_size = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &normal,
                                                UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    assert_true(normal_size >= 0);
    struct plain *plain = test_calloc(1, sizeof *plain);
    for (utf8proc_ssize_t at = 0; at < normal_size;) {
        int32_t character = 0;
        at += utf8proc_iterate(normal + at, normal_size - at, &character);
        character = utf8proc_tolower(character);
        plain->items[plain->count++] = text_is_han((uint32_t)character) ? plain_simplified(character) : character;
    }
    free(normal);
    plain_without_pinyin(plain);
    plain_without_blanks(plain);
    for (size_t i = 0; i < plain->count; i++) {
        char bytes[UTF8_MOST];
        buf_append(folded, bytes, utf8_encode((uint32_t)plain->items[i], bytes));
    }
    test_free(plain);
}

static uint32_t next_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* Ranges in which something can go wrong, more often than their size would have it. */
static uint32_t random_character(uint64_t *seed) {
    static const uint32_t ranges[][2] = {
        {0x20, 0x7E},       {0x20, 0x7E},       {'a', 'z'},         {'(', ')'},         {' ', ' '},
        {'\t', '\n'},       {0xA0, 0x24F},      {0x300, 0x36F},     {0x300, 0x345},     {0x370, 0x5FF},
        {0x900, 0xDFF},     {0x1100, 0x11FF},   {0x1E00, 0x1FFF},   {0x2000, 0x2027},   {0x2070, 0x218F},
        {0x2460, 0x24FF},   {0x3000, 0x30FF},   {0x3099, 0x309A},   {0x3200, 0x33FF},   {0x4E00, 0x9FFF},
        {0x4E00, 0x9FFF},   {0x3400, 0x4DBF},   {0xAC00, 0xD7A3},   {0x11A8, 0x11C2},   {0xF900, 0xFAFF},
        {0xFB00, 0xFB4F},   {0xFDF0, 0xFDFF},   {0xFE20, 0xFE6F},   {0xFF01, 0xFFEF},   {0xFF66, 0xFF9F},
        {0x1D15E, 0x1D1C0}, {0x1F100, 0x1F64F}, {0x20000, 0x2A6DF}, {0x2F800, 0x2FA1D}, {0x10000, 0x11FFF},
    };
    size_t range = next_random(seed) % ARRAY_LENGTH(ranges);
    return ranges[range][0] + next_random(seed) % (ranges[range][1] - ranges[range][0] + 1);
}

static size_t random_text(uint64_t *seed, char text[1024]) {
    size_t size = 0;
    size_t count = next_random(seed) % 60;
    for (size_t i = 0; i < count; i++) {
        if (next_random(seed) % 24 == 0) {
            static const char *const pieces[] = {"经(jīng)济", "上海 （pu） 东", "加快推进，", "Plain ASCII text ",
                                                 "(ji)"};
            const char *piece = pieces[next_random(seed) % ARRAY_LENGTH(pieces)];
            memcpy(text + size, piece, strlen(piece));
            size += strlen(piece);
        } else {
            size += utf8_encode(random_character(seed), text + size);
        }
    }
    return size;
}

/* Origins rise, lie at the begin of characters, and stand for what they say: the fold is the same with and without. */
static void assert_origins(struct slice text, struct slice folded) {
    CLEANUP(buf_release) struct buf again = BUF(BUF_UNLIMITED);
    CLEANUP(fold_origins_release) struct fold_origins origins = {0};
    text_fold(text, &again, &origins);
    assert_true(slice_equal(buf_slice(&again), folded));
    assert_int_equal(origins.count, folded.size + 1);
    assert_int_equal(origins.offsets[folded.size], text.size);
    for (size_t i = 0; i < folded.size; i++) {
        assert_true(origins.offsets[i] <= origins.offsets[i + 1]);
        assert_int_not_equal((unsigned char)text.data[origins.offsets[i]] & 0xC0, 0x80);
    }
}

static void test_against_plain(void **state) {
    (void)state;
    uint64_t seed = 20261122;
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf plain = BUF(BUF_UNLIMITED);
    for (int round = 0; round < 20000; round++) {
        char text[1024];
        size_t size = random_text(&seed, text);
        buf_clear(&folded);
        buf_clear(&plain);
        text_fold((struct slice){text, size}, &folded, NULL);
        plain_fold(text, size, &plain);
        if (!slice_equal(buf_slice(&folded), buf_slice(&plain)))
            print_error("text  %.*s\nfold  %s\nplain %s\n", (int)size, text, buf_string(&folded), buf_string(&plain));
        assert_true(slice_equal(buf_slice(&folded), buf_slice(&plain)));
        assert_origins((struct slice){text, size}, buf_slice(&folded));
    }
}

static void test_origins(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    CLEANUP(fold_origins_release) struct fold_origins origins = {0};
    text_fold(SLICE("經(jīng) 濟ＡB㎡"), &folded, &origins);
    assert_string_equal(buf_string(&folded), "经济abm2");
    static const uint32_t wanted[] = {0, 0, 0, 11, 11, 11, 14, 17, 18, 18, 21};
    assert_int_equal(origins.count, ARRAY_LENGTH(wanted));
    assert_memory_equal(origins.offsets, wanted, sizeof wanted);
}

static void test_appends(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    text_fold(SLICE("上 "), &folded, NULL);
    text_fold(SLICE("海"), &folded, NULL);
    text_fold(SLICE("\u0301"), &folded, NULL);
    assert_string_equal(buf_string(&folded), "上 海\u0301");
    struct buf small = BUF(4);
    text_fold(SLICE("上海"), &small, NULL);
    assert_true(small.failed);
    assert_int_equal(small.size, 0);
    buf_release(&small);
}

/* A megabyte of marks in the worst order: sorting them must not take the square of that. */
static void test_many_marks(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    buf_append_byte(&text, 'A');
    for (int i = 0; i < 250000; i++)
        buf_append_string(&text, "\u0307\u0323");
    text_fold(buf_slice(&text), &folded, NULL);
    assert_int_equal(folded.size, text.size);
    assert_true(slice_starts_with(buf_slice(&folded), SLICE("\u1ea1\u0323")));
    assert_true(slice_ends_with(buf_slice(&folded), SLICE("\u0307")));
}

static void test_letters(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf letters = BUF(BUF_UNLIMITED);
    text_append_letters(SLICE("上海,「2025」 a-b。\n〇é…"), &letters);
    assert_string_equal(buf_string(&letters), "上海2025ab〇é");
    buf_clear(&letters);
    /* Marks that belong to a letter stay, variation selectors and marks of nothing do not. */
    text_append_letters(SLICE("ที่ที \u0301❤\uFE0F葛\U000E0100"), &letters);
    assert_string_equal(buf_string(&letters), "ที่ที葛");
    buf_clear(&letters);
    text_append_letters(SLICE("——。"), &letters);
    assert_int_equal(letters.size, 0);
}

static void test_han(void **state) {
    (void)state;
    assert_true(text_is_han(0x4E00) && text_is_han(0x9FFF) && text_is_han(0x3400) && text_is_han(0x3007));
    assert_true(text_is_han(0x20000) && text_is_han(0x3FFFF) && text_is_han(0xF900) && text_is_han(0xFAFF));
    assert_false(text_is_han(0x33FF) || text_is_han(0xA000) || text_is_han(0x3006) || text_is_han(0x3008));
    assert_false(text_is_han('a') || text_is_han(0x40000) || text_is_han(0xFB00) || text_is_han(0x3042));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pinned),        cmocka_unit_test(test_pinned_block), cmocka_unit_test(test_pinyin),
        cmocka_unit_test(test_blanks),        cmocka_unit_test(test_origins),      cmocka_unit_test(test_appends),
        cmocka_unit_test(test_against_plain), cmocka_unit_test(test_many_marks),   cmocka_unit_test(test_letters),
        cmocka_unit_test(test_han),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
