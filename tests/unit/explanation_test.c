#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/classify_rules.h"

#include "classify/explanation.h"

/* Decisions made ready to be read: where matches stand in the original, how far terms are from standing. */

struct explained {
    struct rules_case *rules;
    struct classify_input input;
    struct explanation explanation;
    struct arena arena;
};

static void explained_release(struct explained *explained) {
    arena_release(&explained->arena);
}

static void explain(struct explained *explained, struct rules_case *rules, const char *title, const char *text,
                    size_t lead_size) {
    arena_release(&explained->arena);
    explained->rules = rules;
    explained->input =
        (struct classify_input){.title = slice_of(title), .text = slice_of(text), .lead_size = lead_size};
    (void)rules_decide(rules, &explained->input);
    explanation_make(rules->worker, &explained->input, &rules->decisions[0], &explained->arena,
                     &explained->explanation);
}

static const struct term_explanation *term_of(const struct explained *explained, const char *id) {
    const struct explanation *explanation = &explained->explanation;
    for (size_t i = 0; i < explanation->term_count; i++)
        if (slice_equal(explanation->decision->taxonomy->terms[explanation->terms[i].term].id, slice_of(id)))
            return &explanation->terms[i];
    return NULL;
}

static void assert_reason(const struct reason *reason, const char *before, const char *text, const char *after) {
    CLEANUP(buf_release) struct buf found = BUF(1 << 16);
    CLEANUP(buf_release) struct buf wanted = BUF(1 << 16);
    buf_append_format(&found, "%.*s[%.*s]%.*s", SLICE_ARGUMENTS(reason->before), SLICE_ARGUMENTS(reason->text),
                      SLICE_ARGUMENTS(reason->after));
    buf_append_format(&wanted, "%s[%s]%s", before, text, after);
    assert_string_equal(buf_string(&found), buf_string(&wanted));
}

static void test_words_around_are_of_the_original(void **state) {
    (void)state;
    RULES(rules, "  d: {label: D, score: {min: 1}, terms: {a: {label: 甲, words: 经济 ai 东区…西区}}}\n");
    CLEANUP(explained_release) struct explained explained = {0};
    explain(&explained, rules, "經(jīng)濟(jì)發展", "說ＡＩ與\n經　濟，東區到西區。", 0);
    const struct term_explanation *term = term_of(&explained, "a");
    assert_int_equal(term->reason_count, 4);
    assert_reason(&term->reasons[0], "", "經(jīng)濟", "(jì)");
    assert_reason(&term->reasons[1], "說", "ＡＩ", "與");
    assert_reason(&term->reasons[2], "", "經　濟", "，東區到");
    assert_reason(&term->reasons[3], "經　濟，", "東區到西區", "。");
}

static void test_ends_of_the_text(void **state) {
    (void)state;
    RULES(rules, "  d: {label: D, score: {min: 1}, terms: {a: {label: 甲, words: 经济}}}\n");
    CLEANUP(explained_release) struct explained explained = {0};
    explain(&explained, rules, "经济", "经济", 6);
    assert_reason(&term_of(&explained, "a")->reasons[0], "", "经济", "");
    assert_reason(&term_of(&explained, "a")->reasons[1], "", "经济", "");
    /* A lead that is cut in the middle of the word. */
    explain(&explained, rules, "", "一二三四五经济六七八九十", 18);
    assert_int_equal(term_of(&explained, "a")->reasons[0].match->field, FIELD_LEAD);
    assert_reason(&term_of(&explained, "a")->reasons[0], "二三四五", "经济", "六七八九");
}

static void test_whom_a_word_consumed(void **state) {
    (void)state;
    RULES(rules, "  d:\n    label: D\n    score: {min: 1}\n    terms:\n      a: {label: 甲, words: 赵巷 漕河泾赵巷}\n"
                 "      b: {label: 乙, words: 漕河泾}\n");
    CLEANUP(explained_release) struct explained explained = {0};
    explain(&explained, rules, "", "漕河泾赵巷", 0);
    const struct term_explanation *term = term_of(&explained, "a");
    const struct reason *winner = NULL;
    for (size_t i = 0; i < term->reason_count; i++)
        if (term->reasons[i].match->fate == MATCH_COUNTED)
            winner = &term->reasons[i];
    assert_non_null(winner);
    assert_non_null(winner->consumed);
    assert_string_equal(arena_copy(&explained.arena, winner->consumed->word->written).data, "漕河泾");
    assert_int_equal(term_of(&explained, "b")->decision->verdict, VERDICT_NOTHING);
}

static void test_what_capped_it(void **state) {
    (void)state;
    RULES(rules,
          "  d:\n    label: D\n    score: {min: 1}\n    terms:\n"
          "      a: {label: 甲, best_words: 1, words: 普陀 真如 长风}\n      b: {label: 乙, words: 宝山 罗店 大场}\n");
    CLEANUP(explained_release) struct explained explained = {0};
    explain(&explained, rules, "宝山罗店大场", "普陀普陀普陀普陀，真如", 0);
    const struct term_explanation *first = term_of(&explained, "a");
    const struct term_explanation *second = term_of(&explained, "b");
    assert_string_equal(first->reasons[3].cap, "counted 3 times already");
    assert_string_equal(first->reasons[4].cap, "not among the 1 best words");
    assert_string_equal(second->reasons[2].cap, "titles give 6 at most");
    assert_null(second->reasons[1].cap);
}

static void test_order_and_nearness(void **state) {
    (void)state;
    RULES(rules,
          "  d:\n    label: D\n    score: {min: 2, share: 0.2, of_best: 0.5}\n    terms:\n"
          "      a: {label: 甲, words: 甲字}\n      b: {label: 乙, words: 乙字}\n      c: {label: 丙, words: 丙字}\n"
          "      e: {label: 戊, words: 戊字, min: 8}\n      f: {label: 己, words: 己字}\n");
    CLEANUP(explained_release) struct explained explained = {0};
    explain(&explained, rules, "", "甲字甲字甲字，乙字，丙字丙字，戊字戊字", 0);
    const struct explanation *explanation = &explained.explanation;
    assert_int_equal(explanation->chosen_count, 2);
    assert_int_equal(explanation->term_count, 4);
    assert_ptr_equal(&explanation->terms[0], term_of(&explained, "a"));
    assert_ptr_equal(&explanation->terms[1], term_of(&explained, "c"));
    assert_ptr_equal(&explanation->terms[2], term_of(&explained, "b"));
    assert_ptr_equal(&explanation->terms[3], term_of(&explained, "e"));
    assert_null(term_of(&explained, "f"));
    /* 1 of 2 wanted; 1 of 8 points, 0.2 wanted; 1 of 3, half wanted: the least counts. */
    assert_true(term_of(&explained, "b")->nearness > 0.499 && term_of(&explained, "b")->nearness < 0.501);
    assert_true(term_of(&explained, "a")->nearness > 1.49 && term_of(&explained, "a")->nearness < 1.51);
    assert_true(term_of(&explained, "e")->nearness > 0.249 && term_of(&explained, "e")->nearness < 0.251);
}

static void test_a_text_of_one_word_only(void **state) {
    (void)state;
    RULES(rules,
          "  d: {label: D, score: {min: 1}, terms: {a: {label: 甲, words: 甲字 甲}, b: {label: 乙, words: 字}}}\n");
    CLEANUP(explained_release) struct explained explained = {0};
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    for (int i = 0; i < 100000; i++)
        buf_append_string(&text, "甲字");
    explain(&explained, rules, "", buf_string(&text), 0);
    assert_int_equal(term_of(&explained, "a")->reason_count, 200000);
    assert_string_equal(term_of(&explained, "a")->reasons[199999].match->fate == MATCH_CAPPED
                            ? term_of(&explained, "a")->reasons[199999].cap
                            : "counted 3 times already",
                        "counted 3 times already");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_around_are_of_the_original),
        cmocka_unit_test(test_ends_of_the_text),
        cmocka_unit_test(test_whom_a_word_consumed),
        cmocka_unit_test(test_what_capped_it),
        cmocka_unit_test(test_order_and_nearness),
        cmocka_unit_test(test_a_text_of_one_word_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
