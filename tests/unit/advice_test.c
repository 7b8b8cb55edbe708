#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/classify_rules.h"

#include "classify/advice.h"

/* What is said of rules that are free of mistakes. tests/explain/advice shows each kind as an editor sees it. */

static const char taxonomies[] = "  d:\n    label: D\n    not: 黄浦江\n    score: {min: 1.5}\n    terms:\n"
                                 "      a: {label: 甲, words: 黄浦 引领区}\n      b: {label: 乙, words: 乙镇}\n"
                                 "  e: {label: E, score: {min: 1}, terms: {x: {label: 丙, words: 引领区域}}}\n";

static const char *const articles[] = {
    "黄浦江。引领区域", "黄浦江，黄浦江。引领区域", "引领区域引领区域", "乙镇，引领区与引领区域", "乙镇乙镇", "无",
};

static void count(struct word_counts *counts, struct rules_case *rules, uint32_t article) {
    (void)rules_body(rules, articles[article]);
    word_counts_add(counts, rules->worker, rules->decisions, article);
}

static size_t number_of(const struct advice *advice, enum diagnostic_id id) {
    size_t number = 0;
    for (size_t i = 0; i < advice->items.count; i++)
        number += advice->items.items[i].id == id;
    return number;
}

static const struct advice_item *item_of(const struct advice *advice, enum diagnostic_id id) {
    for (size_t i = 0; i < advice->items.count; i++)
        if (advice->items.items[i].id == id)
            return &advice->items.items[i];
    fail_msg("no %s", diagnostic_name(id));
    return NULL;
}

static bool says(const struct advice_item *item, const char *text) {
    return slice_find(item->detail, slice_of(text), 0) < item->detail.size;
}

static void test_kinds(void **state) {
    (void)state;
    RULES(rules, taxonomies);
    struct word_counts counts;
    CLEANUP(advice_release) struct advice advice;
    word_counts_init(&counts, &rules->settings.taxonomies);
    for (uint32_t i = 0; i < ARRAY_LENGTH(articles); i++)
        count(&counts, rules, i);
    advice_make(&counts, &advice);
    assert_int_equal(number_of(&advice, DIAGNOSTIC_WORD_EATEN), 1);
    assert_true(says(item_of(&advice, DIAGNOSTIC_WORD_EATEN), "黄浦 (甲, words), all 3 times"));
    assert_int_equal(item_of(&advice, DIAGNOSTIC_WORD_EATEN)->article, 0);
    assert_true(says(item_of(&advice, DIAGNOSTIC_WORD_NEIGHBOUR), "引领区|域, 5 of 6 times"));
    assert_true(
        says(item_of(&advice, DIAGNOSTIC_WORD_INSIDE), "引领区 (甲, words), 5 of 6 times, mostly 引领区域 (丙"));
    /* Six articles are too few to say that a word is everywhere. */
    assert_int_equal(number_of(&advice, DIAGNOSTIC_WORD_EVERYWHERE), 0);
    assert_int_equal(number_of(&advice, DIAGNOSTIC_WORD_UNSEEN), 0);
    assert_int_equal(number_of(&advice, DIAGNOSTIC_WORD_TWICE), 0);
    word_counts_release(&counts);
}

/* However the articles are shared out and whoever comes first: the same advice in the same order. */
static void test_sharing_out_changes_nothing(void **state) {
    (void)state;
    RULES(rules, taxonomies);
    struct word_counts alone, left, right;
    CLEANUP(advice_release) struct advice wanted;
    CLEANUP(advice_release) struct advice found;
    word_counts_init(&alone, &rules->settings.taxonomies);
    word_counts_init(&left, &rules->settings.taxonomies);
    word_counts_init(&right, &rules->settings.taxonomies);
    for (uint32_t i = 0; i < ARRAY_LENGTH(articles); i++)
        count(&alone, rules, i);
    for (uint32_t i = ARRAY_LENGTH(articles); i-- > 0;)
        count(i % 2 ? &left : &right, rules, i);
    word_counts_merge(&left, &right);
    advice_make(&alone, &wanted);
    advice_make(&left, &found);
    assert_int_equal(found.items.count, wanted.items.count);
    for (size_t i = 0; i < wanted.items.count; i++) {
        assert_int_equal(found.items.items[i].id, wanted.items.items[i].id);
        assert_int_equal(found.items.items[i].article, wanted.items.items[i].article);
        assert_true(slice_equal(found.items.items[i].detail, wanted.items.items[i].detail));
    }
    word_counts_release(&alone);
    word_counts_release(&left);
    word_counts_release(&right);
}

static void test_no_articles(void **state) {
    (void)state;
    RULES(rules, taxonomies);
    struct word_counts counts;
    CLEANUP(advice_release) struct advice advice;
    word_counts_init(&counts, &rules->settings.taxonomies);
    advice_make(&counts, &advice);
    assert_int_equal(advice.items.count, number_of(&advice, DIAGNOSTIC_WORD_UNSEEN));
    word_counts_release(&counts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_sharing_out_changes_nothing),
        cmocka_unit_test(test_no_articles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
