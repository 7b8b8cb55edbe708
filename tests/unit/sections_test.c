#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "clean/clean.h"

#include <json-c/json.h>

/* Pieces as a person would note them down: `# ` before headings, one a line. */
static void note(void *context, struct slice text, bool is_heading) {
    buf_append_format(context, "%s%.*s\n", is_heading ? "# " : "", SLICE_ARGUMENTS(text));
}

static void expect(const char *text, const char *pieces) {
    CLEANUP(buf_release) struct buf notes = BUF(1 << 20);
    clean_sections(slice_of(text), note, &notes);
    assert_string_equal(buf_string(&notes), pieces);
}

static void lines_are_paragraphs(void **unused) {
    (void)unused;
    expect("", "");
    expect("\n \n", "");
    expect("第一段。\n\n第二段。\n", "第一段。\n第二段。\n");
    expect("\u3000\u3000第一段。\n\u3000\u3000第二段。\u3000", "第一段。\n第二段。\n");
}

static void inline_headings_are_found(void **unused) {
    (void)unused;
    expect("导语。 一、第一个标题 正文一。 二、第二个标题 正文二。",
           "导语。\n# 一、第一个标题\n正文一。\n# 二、第二个标题\n正文二。\n");
    expect("导语。一、标题甲。正文一。二、标题乙。正文二。",
           "导语。\n# 一、标题甲\n正文一。\n# 二、标题乙\n正文二。\n");
    expect("一、为什么？因为。二、怎么办？这样办。", "# 一、为什么？\n因为。\n# 二、怎么办？\n这样办。\n");
    expect("他说“好。” 一、标题甲 正文一。” 二、标题乙 正文二。",
           "他说“好。”\n# 一、标题甲\n正文一。”\n# 二、标题乙\n正文二。\n");
}

static void headings_on_lines_of_their_own(void **unused) {
    (void)unused;
    expect("导语\n一、标题甲\n正文一。\n正文一之二。\n二、标题乙\n正文二。",
           "导语\n# 一、标题甲\n正文一。\n正文一之二。\n# 二、标题乙\n正文二。\n");
}

static void a_sentence_with_yi_is_not_broken(void **unused) {
    (void)unused;
    expect("一、二、三线城市都在抢人。", "一、二、三线城市都在抢人。\n");
    expect("这是头一、二名。后来一、二名都走了。", "这是头一、二名。后来一、二名都走了。\n");
    expect("全市齐心。一、二线城市不同。就是这样。", "全市齐心。一、二线城市不同。就是这样。\n");
    expect("只有一节。 一、标题 正文。", "只有一节。 一、标题 正文。\n");
    expect("从二开始。 二、标题 正文。 三、标题 正文。", "从二开始。 二、标题 正文。 三、标题 正文。\n");
}

/* A sentence that begins with 一、 inside a run neither ends the run nor starts one. */
static void a_run_goes_on_over_a_sentence(void **unused) {
    (void)unused;
    expect("一、标题甲 正文。一、二线城市不同。 二、标题乙 正文。 三、标题丙 正文。",
           "# 一、标题甲\n正文。一、二线城市不同。\n# 二、标题乙\n正文。\n# 三、标题丙\n正文。\n");
    expect("齐心。一、二线城市不同。 一、标题甲 正文。 二、标题乙 正文。",
           "齐心。一、二线城市不同。\n# 一、标题甲\n正文。\n# 二、标题乙\n正文。\n");
    expect("一、标题甲 正文。 二、标题乙 正文。一、二线城市不同。 三、标题丙 正文。",
           "# 一、标题甲\n正文。\n# 二、标题乙\n正文。一、二线城市不同。\n# 三、标题丙\n正文。\n");
}

static void numbered_paragraphs_are_no_headings(void **unused) {
    (void)unused;
    expect("导语。 一、短标题。正文一。 "
           "二、作为国家级平台,本届大会以开放引领创新为主题,吸引多个国家和地区的企业和机构参加展览和论坛。正文二。",
           "导语。\n一、短标题。正文一。\n"
           "二、作为国家级平台,本届大会以开放引领创新为主题,吸引多个国家和地区的企业和机构参加展览和论坛。正文二。\n");
    expect("一、加强领导。\n二、落实责任。\n三、加强监督。", "一、加强领导。\n二、落实责任。\n三、加强监督。\n");
}

static void headings_have_forty_characters(void **unused) {
    (void)unused;
    for (unsigned length = 39; length <= 42; length++) {
        CLEANUP(buf_release) struct buf text = BUF(1 << 20);
        CLEANUP(buf_release) struct buf notes = BUF(1 << 20);
        buf_append_string(&text, "一、短标题 正文。 二、");
        for (unsigned i = 2; i < length; i++)
            buf_append_string(&text, "长");
        buf_append_string(&text, " 正文。");
        clean_sections(buf_slice(&text), note, &notes);
        assert_int_equal(slice_find(buf_slice(&notes), SLICE("# 一、短标题"), 0) == 0, length <= 40);
    }
}

static void numbers_go_to_twenty(void **unused) {
    (void)unused;
    static const char *const numerals[] = {"一",   "二",   "三",   "四",   "五",   "六",   "七",
                                           "八",   "九",   "十",   "十一", "十二", "十三", "十四",
                                           "十五", "十六", "十七", "十八", "十九", "二十", "二十一"};
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    CLEANUP(buf_release) struct buf notes = BUF(1 << 20);
    for (size_t i = 0; i < ARRAY_LENGTH(numerals); i++)
        buf_append_format(&text, "%s、标题 正文。 ", numerals[i]);
    clean_sections(buf_slice(&text), note, &notes);
    size_t headings = 0;
    for (size_t at = slice_find(buf_slice(&notes), SLICE("# "), 0); at < notes.size;
         at = slice_find(buf_slice(&notes), SLICE("# "), at + 1))
        headings++;
    assert_int_equal(headings, 20);
}

static void a_new_run_may_follow(void **unused) {
    (void)unused;
    expect("一、标题甲 正文。 二、标题乙 正文。 一、标题丙 正文。 二、标题丁 正文。",
           "# 一、标题甲\n正文。\n# 二、标题乙\n正文。\n# 一、标题丙\n正文。\n# 二、标题丁\n正文。\n");
}

/* Thousands of candidates: what is found first stands, nothing is lost, and it does not take for ever. */
static void nothing_is_lost_of_long_lists(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 24);
    CLEANUP(buf_release) struct buf notes = BUF(1 << 24);
    for (unsigned i = 0; i < 20000; i++)
        buf_append_string(&text, "一、甲 子。二、乙 丑。");
    clean_sections(buf_slice(&text), note, &notes);
    size_t kept = 0;
    for (size_t i = 0; i < notes.size; i++)
        kept += (unsigned char)notes.data[i] >= 0x80;
    size_t wanted = 0;
    for (size_t i = 0; i < text.size; i++)
        wanted += (unsigned char)text.data[i] >= 0x80;
    assert_int_equal(kept, wanted);
    memset(text.data, '(', text.size);
    clean_sections(buf_slice(&text), note, &notes);
}

struct found {
    struct json_object *sections;
    size_t next; /* section whose heading is to come */
};

static void compare_heading(void *context, struct slice text, bool is_heading) {
    struct found *found = context;
    struct json_object *heading = NULL;
    struct json_object *number = NULL;
    if (!is_heading)
        return;
    assert_true(found->next < json_object_array_length(found->sections));
    struct json_object *section = json_object_array_get_idx(found->sections, found->next++);
    assert_true(json_object_object_get_ex(section, "heading", &heading));
    assert_true(json_object_object_get_ex(section, "no", &number));
    CLEANUP(buf_release) struct buf wanted = BUF(1000);
    buf_append_format(&wanted, "%s、%s", json_object_get_string(number), json_object_get_string(heading));
    assert_int_equal(text.size, wanted.size);
    assert_memory_equal(text.data, wanted.data, wanted.size);
}

/* The text of a gold article with all its headings in one line, as the dumps have it. */
static void flatten(struct json_object *article, struct buf *text) {
    struct json_object *lines = NULL;
    assert_true(json_object_object_get_ex(article, "text", &lines));
    struct slice rest = slice_of(json_object_get_string(lines));
    struct slice line;
    while (slice_take_until(&rest, '\n', &line)) {
        buf_append_slice(text, line);
        buf_append_byte(text, ' ');
    }
}

static size_t named_headings(struct json_object *sections) {
    size_t count = 0;
    for (size_t i = 0; i < json_object_array_length(sections); i++) {
        struct json_object *heading = NULL;
        json_object_object_get_ex(json_object_array_get_idx(sections, i), "heading", &heading);
        count += heading != NULL;
    }
    return count;
}

static void gold_headings_are_found(void **unused) {
    (void)unused;
    const char *shared = getenv("PINDAO_SHARED");
    CLEANUP(buf_release) struct buf path = BUF(4096);
    CLEANUP(buf_release) struct buf gold = BUF(1 << 24);
    buf_append_format(&path, "%s/gold/seeds_clean.jsonl", shared ? shared : "../shared");
    if (!file_read(buf_string(&path), &gold))
        skip();
    struct slice rest = buf_slice(&gold);
    struct slice line;
    size_t articles = 0;
    while (slice_take_until(&rest, '\n', &line)) {
        CLEANUP(buf_release) struct buf text = BUF(1 << 20);
        CLEANUP(buf_release) struct buf copy = BUF(1 << 20);
        struct found found = {0};
        if (!line.size)
            continue;
        buf_append_slice(&copy, line);
        struct json_object *article = json_tokener_parse(buf_string(&copy));
        assert_non_null(article);
        assert_true(json_object_object_get_ex(article, "sections", &found.sections));
        flatten(article, &text);
        clean_sections(buf_slice(&text), compare_heading, &found);
        assert_int_equal(found.next, named_headings(found.sections));
        json_object_put(article);
        articles++;
    }
    assert_int_equal(articles, 23);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_paragraphs),           cmocka_unit_test(inline_headings_are_found),
        cmocka_unit_test(headings_on_lines_of_their_own), cmocka_unit_test(a_sentence_with_yi_is_not_broken),
        cmocka_unit_test(a_run_goes_on_over_a_sentence),  cmocka_unit_test(numbered_paragraphs_are_no_headings),
        cmocka_unit_test(headings_have_forty_characters), cmocka_unit_test(numbers_go_to_twenty),
        cmocka_unit_test(a_new_run_may_follow),           cmocka_unit_test(nothing_is_lost_of_long_lists),
        cmocka_unit_test(gold_headings_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
