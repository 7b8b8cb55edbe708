#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config/words.h"

/* Word lists read from one line of YAML, `w: …`. */
struct rules {
    struct settings settings;
    struct diagnostics diagnostics;
    struct word_list list;
    size_t before; /* words of other rules */
};

static int set_up(void **state) {
    static struct rules rules;
    rules = (struct rules){0};
    *state = &rules;
    return 0;
}

static int tear_down(void **state) {
    struct rules *rules = *state;
    word_list_release(&rules->list);
    diagnostics_release(&rules->diagnostics);
    arena_release(&rules->settings.arena);
    return 0;
}

static void read_as(void **state, const char *yaml, enum word_role role) {
    struct rules *rules = *state;
    struct loading loading = {
        .settings = &rules->settings, .diagnostics = &rules->diagnostics, .word_count = rules->before};
    const struct node *root =
        node_read(slice_of(yaml), SLICE("r.yaml"), 1, &rules->settings.arena, &rules->diagnostics);
    assert_non_null(root);
    struct word like = {.role = role, .in = FIELD_ANY, .term = 7};
    words_read(&loading, node_get(root, SLICE("w")), &like, &rules->list);
}

static void read_words(void **state, const char *yaml) {
    read_as(state, yaml, ROLE_WORD);
}

static void append_word(struct buf *buf, const struct word *word) {
    static const char *const before[] = {[WORD_LITERAL] = "", [WORD_PAIR] = "", [WORD_REGEX] = "re:"};
    buf_append_format(buf, "%s%s%.*s", buf->size ? " | " : "", before[word->kind], SLICE_ARGUMENTS(word->folded));
    if (word->kind == WORD_PAIR)
        buf_append_format(buf, "~%.*s", SLICE_ARGUMENTS(word->second));
}

/* All words as "a | b~c | re:d", and nothing reported. */
static void assert_words(void **state, const char *expected) {
    struct rules *rules = *state;
    CLEANUP(buf_release) struct buf all = BUF(BUF_UNLIMITED);
    for (size_t i = 0; i < rules->list.words.count; i++)
        append_word(&all, &rules->list.words.items[i]);
    assert_string_equal(buf_string(&all), expected);
    assert_int_equal(rules->diagnostics.items.count, 0);
}

static void assert_reported(void **state, enum diagnostic_id id, unsigned line, unsigned column) {
    struct rules *rules = *state;
    assert_int_equal(rules->diagnostics.items.count, 1);
    const struct diagnostic *item = &rules->diagnostics.items.items[0];
    assert_string_equal(diagnostic_name(item->id), diagnostic_name(id));
    assert_int_equal(item->place.line, line);
    assert_int_equal(item->place.column, column);
}

static void test_split_at_blanks_and_points(void **state) {
    read_words(state, "w: 甲 乙、丙，丁,戊；己;庚　辛\n");
    assert_words(state, "甲 | 乙 | 丙 | 丁 | 戊 | 己 | 庚 | 辛");
}

static void test_list_of_lines(void **state) {
    read_words(state, "w:\n  - 甲 乙   # why\n  - 丙\n  - 12345\n  - no\n  - 5G\n");
    assert_words(state, "甲 | 乙 | 丙 | 12345 | no | 5g");
}

static void test_nothing(void **state) {
    read_words(state, "w:\n");
    read_words(state, "w: []\n");
    read_words(state, "w: ' 、 '\n");
    read_words(state, "v: x\n");
    assert_words(state, "");
}

static void test_alternatives(void **state) {
    read_words(state, "w: 上海(市|)普陀 (a|b)(1|2)\n");
    assert_words(state, "上海市普陀 | 上海普陀 | a1 | a2 | b1 | b2");
}

static void test_nested_alternatives(void **state) {
    read_words(state, "w: 甲(乙(丙|丁)|戊)\n");
    assert_words(state, "甲乙丙 | 甲乙丁 | 甲戊");
}

static void test_full_width_signs(void **state) {
    read_words(state, "w: 普陀（区｜）\n");
    assert_words(state, "普陀区 | 普陀");
}

static void test_parentheses_without_bar_are_literal(void **state) {
    read_words(state, "w: 中以(上海)创新园 甲(乙(丙|丁))\n");
    assert_words(state, "中以(上海)创新园 | 甲(乙丙) | 甲(乙丁)");
}

static void test_pair(void **state) {
    read_words(state, "w: 浙江…普陀(区|) (项目|个)…签约 甲……乙\n");
    assert_words(state, "浙江~普陀区 | 浙江~普陀 | 项目~签约 | 个~签约 | 甲~乙");
}

static void test_expression_keeps_its_signs(void **state) {
    read_words(state, "w: '甲 /\\d+个.{0,8}(项目|、)/ /a\\/b_C/ 乙/丙'\n");
    assert_words(state, "甲 | re:\\d+个.{0,8}(项目|、) | re:a\\/b_C | 乙/丙");
}

static void test_underscore_is_blank(void **state) {
    read_words(state, "w: New_York\n");
    assert_words(state, "new york");
    struct rules *rules = *state;
    assert_true(slice_equal(rules->list.words.items[0].written, SLICE("New York")));
}

static void test_folded(void **state) {
    read_words(state, "w: ＡＩ M50 積體電路\n");
    assert_words(state, "ai | m50 | 积体电路");
}

static void test_same_word_counts_once(void **state) {
    read_words(state, "w: 普陀 上海 普陀 (上海|普陀)\n");
    assert_words(state, "普陀 | 上海");
}

static void test_places(void **state) {
    struct rules *rules = *state;
    read_words(state, "w: [普陀 桃浦镇, \"真如 长风\"]\n");
    static const unsigned columns[] = {5, 8, 14, 17};
    assert_int_equal(rules->list.words.count, ARRAY_LENGTH(columns));
    for (size_t i = 0; i < ARRAY_LENGTH(columns); i++) {
        assert_int_equal(rules->list.words.items[i].place.column, columns[i]);
        assert_int_equal(rules->list.words.items[i].place.line, 1);
        assert_int_equal(rules->list.words.items[i].term, 7);
    }
}

static void test_mapping(void **state) {
    struct rules *rules = *state;
    read_words(state, "w:\n  - 甲\n  - {words: 乙 丙, in: title, points: 0.5}\n  - {words: [丁], points: 0}\n");
    assert_words(state, "甲 | 乙 | 丙 | 丁");
    const struct word *words = rules->list.words.items;
    assert_int_equal(words[0].in, FIELD_ANY);
    assert_false(words[0].has_points);
    assert_int_equal(words[2].in, FIELD_TITLE);
    assert_true(words[2].has_points);
    assert_true(words[2].points > 0.49 && words[2].points < 0.51);
    assert_int_equal(words[3].in, FIELD_ANY);
    assert_true(words[3].has_points);
}

static void test_hosts(void **state) {
    read_as(state, "w: ShPt.gov.cn www.example.org\n", ROLE_HOST);
    assert_words(state, "shpt.gov.cn | www.example.org");
}

/* What is wrong, and where; the words around the mistake stay. */
static void test_mistakes(void **state) {
    struct rules *rules = *state;
    static const struct {
        const char *yaml;
        enum diagnostic_id id;
        unsigned line, column;
        size_t words;
        enum word_role role;
    } cases[] = {
        {"w: 甲 乙(丙|丁 戊\n", DIAGNOSTIC_RULE_SYNTAX, 1, 7, 2, ROLE_WORD},
        {"w: 甲 乙丙)丁 戊\n", DIAGNOSTIC_RULE_SYNTAX, 1, 8, 2, ROLE_WORD},
        {"w: 甲 乙（丙\n", DIAGNOSTIC_RULE_SYNTAX, 1, 7, 1, ROLE_WORD},
        {"w: 甲|乙\n", DIAGNOSTIC_RULE_SYNTAX, 1, 5, 0, ROLE_WORD},
        {"w: 甲 (乙|)\n", DIAGNOSTIC_RULE_SYNTAX, 1, 6, 2, ROLE_WORD},
        {"w: 甲…乙…丙\n", DIAGNOSTIC_RULE_SYNTAX, 1, 4, 0, ROLE_WORD},
        {"w: 丁 甲…\n", DIAGNOSTIC_RULE_SYNTAX, 1, 6, 1, ROLE_WORD},
        {"w: 丁 …甲\n", DIAGNOSTIC_RULE_SYNTAX, 1, 6, 1, ROLE_WORD},
        {"w: 丁 /甲 乙\n", DIAGNOSTIC_RULE_SYNTAX, 1, 6, 1, ROLE_WORD},
        {"w: 丁 // 乙\n", DIAGNOSTIC_RULE_SYNTAX, 1, 6, 2, ROLE_WORD},
        {"w:\n  - 甲\n  - [乙]\n", DIAGNOSTIC_CONFIG_WRONG_KIND, 3, 5, 1, ROLE_WORD},
        {"w: {in: title}\n", DIAGNOSTIC_CONFIG_MISSING_KEY, 1, 1, 0, ROLE_WORD},
        {"w: [{words: 甲, in: foot}]\n", DIAGNOSTIC_CONFIG_BAD_VALUE, 1, 20, 1, ROLE_WORD},
        {"w: [{words: 甲, where: title}]\n", DIAGNOSTIC_CONFIG_UNKNOWN_KEY, 1, 16, 1, ROLE_WORD},
        {"w: [{words: 甲, points: -1}]\n", DIAGNOSTIC_CONFIG_BAD_VALUE, 1, 24, 1, ROLE_WORD},
        {"w: [甲, {words: 乙}]\n", DIAGNOSTIC_RULE_SYNTAX, 1, 8, 1, ROLE_ELSEWHERE},
        {"w: 路 甲…乙\n", DIAGNOSTIC_RULE_SYNTAX, 1, 6, 1, ROLE_VOID},
        {"w: 路 /甲/\n", DIAGNOSTIC_RULE_SYNTAX, 1, 6, 1, ROLE_KEEP},
        {"w: a.org https://b.org\n", DIAGNOSTIC_CONFIG_BAD_VALUE, 1, 10, 1, ROLE_HOST},
        {"w: localhost\n", DIAGNOSTIC_CONFIG_BAD_VALUE, 1, 4, 0, ROLE_HOST},
        {"w: (((((((((甲|乙)))))))))\n", DIAGNOSTIC_RULE_SYNTAX, 1, 12, 0, ROLE_WORD},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        read_as(state, cases[i].yaml, cases[i].role);
        if (rules->list.words.count != cases[i].words)
            fail_msg("%s: %zu words", cases[i].yaml, rules->list.words.count);
        assert_reported(state, cases[i].id, cases[i].line, cases[i].column);
        tear_down(state);
        *rules = (struct rules){0};
    }
}

static void test_a_thousand_expansions(void **state) {
    struct rules *rules = *state;
    read_words(state, "w: (0|1|2|3|4|5|6|7|8|9)(0|1|2|3|4|5|6|7|8|9)(0|1|2|3|4|5|6|7|8|9)\n");
    assert_int_equal(rules->list.words.count, 1000);
    assert_int_equal(rules->diagnostics.items.count, 0);
}

static void test_more_than_a_thousand(void **state) {
    struct rules *rules = *state;
    read_words(state, "w: 甲 (0|1|2|3|4|5|6|7|8|9)(0|1|2|3|4|5|6|7|8|9)(0|1|2|3|4|5|6|7|8|9|a) 乙\n");
    assert_int_equal(rules->list.words.count, 2);
    assert_reported(state, DIAGNOSTIC_RULE_TOO_MANY, 1, 6);
}

static void test_longest_word(void **state) {
    CLEANUP(buf_release) struct buf yaml = BUF(BUF_UNLIMITED);
    buf_append_string(&yaml, "w: ");
    for (size_t i = 0; i < WORD_MOST; i++)
        buf_append_byte(&yaml, 'x');
    read_words(state, buf_string(&yaml));
    struct rules *rules = *state;
    assert_int_equal(rules->list.words.count, 1);
    buf_append_byte(&yaml, 'x');
    read_words(state, buf_string(&yaml));
    assert_reported(state, DIAGNOSTIC_RULE_SYNTAX, 1, 4);
}

static void test_all_rules_have_an_end(void **state) {
    struct rules *rules = *state;
    rules->before = WORDS_MOST - 2;
    read_words(state, "w: 甲 乙 (丙|丁) 戊");
    assert_int_equal(rules->list.words.count, 2);
    assert_int_equal(rules->diagnostics.items.count, 1);
    assert_reported(state, DIAGNOSTIC_RULES_TOO_MANY, 1, 8);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(split_at_blanks_and_points),
        TEST(list_of_lines),
        TEST(nothing),
        TEST(alternatives),
        TEST(nested_alternatives),
        TEST(full_width_signs),
        TEST(parentheses_without_bar_are_literal),
        TEST(pair),
        TEST(expression_keeps_its_signs),
        TEST(underscore_is_blank),
        TEST(folded),
        TEST(same_word_counts_once),
        TEST(places),
        TEST(mapping),
        TEST(hosts),
        TEST(mistakes),
        TEST(a_thousand_expansions),
        TEST(more_than_a_thousand),
        TEST(longest_word),
        TEST(all_rules_have_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
