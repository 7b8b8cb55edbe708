#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/classify_rules.h"

/* RULES 1 to 6: what stands, and what takes it away. Points and decisions are in classify_points_test.c. */

static void text_is_folded_and_positions_map_back(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    score: {min: 1}\n    terms:\n"
                 "      putuo: {label: 普陀区, words: 普陀 Ｍ50}\n"
                 "      jingji: {label: 经济, words: 经济}\n");
    assert_string_equal(rules_body(rules, "上海市普陀區"), "putuo");
    assert_string_equal(rules_body(rules, "走进ｍ５０创意园"), "putuo");
    assert_string_equal(rules_body(rules, "經(jīng)濟(jì)"), "jingji");
    assert_string_equal(rules_body(rules, "普　陀"), "putuo");
    assert_string_equal(rules_article(rules, "走進ＡＢ普　陀", "無"), "putuo");
    const struct match *match = rules_match(rules, "普陀");
    assert_int_equal(match->field, FIELD_TITLE);
    struct slice folded = slice_range(classify_folded(rules->worker, FIELD_TITLE), match->begin, match->end);
    assert_true(slice_equal(folded, SLICE("普陀")));
    assert_int_equal(classify_origin(rules->worker, FIELD_TITLE, match->begin), strlen("走進ＡＢ"));
    assert_int_equal(classify_origin(rules->worker, FIELD_TITLE, match->end), strlen("走進ＡＢ普　陀"));
}

static void positions_of_lead_and_body_are_those_of_the_text(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    terms:\n      putuo: {label: 普陀区, words: 真如 桃浦}\n");
    const char *text = "Ａ真如\nＢＢ桃浦";
    (void)rules_article(rules, "", text);
    const struct match *lead = rules_match(rules, "真如");
    const struct match *body = rules_match(rules, "桃浦");
    assert_int_equal(lead->field, FIELD_LEAD);
    assert_int_equal(body->field, FIELD_BODY);
    assert_int_equal(classify_origin(rules->worker, FIELD_LEAD, lead->begin), strlen("Ａ"));
    assert_int_equal(classify_origin(rules->worker, FIELD_BODY, body->begin), strlen("Ａ真如\nＢＢ"));
    struct slice folded = slice_range(classify_folded(rules->worker, FIELD_BODY), body->begin, body->end);
    assert_true(slice_equal(folded, SLICE("桃浦")));
}

/* A lead cut inside a paragraph: the word belongs to the field in which it begins, and is not lost. */
static void a_word_may_cross_the_end_of_the_lead(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    terms:\n      putuo: {label: 普陀区, words: 桃浦镇}\n");
    struct slice text = SLICE("今天在桃浦镇开工");
    struct classify_input input = {.text = text, .lead_size = strlen("今天在桃")};
    (void)rules_decide(rules, &input);
    assert_points(rules, "putuo", 1.5);
    assert_int_equal(rules_match(rules, "桃浦镇")->field, FIELD_LEAD);
    input.lead_size = strlen("今天在");
    (void)rules_decide(rules, &input);
    assert_points(rules, "putuo", 1);
    assert_int_equal(rules_match(rules, "桃浦镇")->begin, 0);
    input.lead_size = text.size + 10;
    (void)rules_decide(rules, &input);
    assert_points(rules, "putuo", 1.5);
}

static void latin_edges_need_a_stranger(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    score: {min: 1}\n    terms:\n      a: {label: 甲, words: M50 AI i金山}\n");
    assert_string_equal(rules_body(rules, "在M50举行"), "a");
    assert_string_equal(rules_body(rules, "M50"), "a");
    assert_string_equal(rules_body(rules, "M500"), "");
    assert_string_equal(rules_body(rules, "XM50"), "");
    assert_string_equal(rules_body(rules, "SAID"), "");
    assert_string_equal(rules_body(rules, "éAI"), "");
    assert_string_equal(rules_body(rules, "AIé"), "");
    assert_string_equal(rules_body(rules, "说AI，"), "a");
    assert_string_equal(rules_body(rules, "(AI)"), "a");
    /* Only the side that is Latin asks. */
    assert_string_equal(rules_body(rules, "i金山2"), "a");
    assert_string_equal(rules_body(rules, "wifi金山"), "");
}

static void pairs_stay_in_a_sentence(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    score: {min: 1}\n    terms:\n      a: {label: 甲, words: 项目…签约}\n");
    assert_string_equal(rules_body(rules, "项目今天签约"), "a");
    assert_string_equal(rules_body(rules, "项目签约"), "a");
    assert_string_equal(rules_body(rules, "签约项目"), "");
    assert_string_equal(rules_body(rules, "项目。签约"), "");
    assert_string_equal(rules_body(rules, "项目！签约"), "");
    assert_string_equal(rules_body(rules, "项目\n签约"), "");
    assert_string_equal(rules_body(rules, "项目，签约"), "a");
    assert_string_equal(rules_body(rules, "项目一二三四五六七八九十一二三四五六七八九十签约"), "a");
    assert_string_equal(rules_body(rules, "项目一二三四五六七八九十一二三四五六七八九十一签约"), "");
    /* Blanks would be folded away; letters count as one character each. */
    assert_string_equal(rules_body(rules, "项目abcdefghijklmnopqrst签约"), "a");
    assert_string_equal(rules_body(rules, "项目abcdefghijklmnopqrstu签约"), "");
    const struct match *match;
    (void)rules_body(rules, "两个项目与项目签约");
    match = rules_match(rules, "项目…签约");
    assert_int_equal(match->end - match->begin, strlen("项目与项目签约"));
    (void)rules_body(rules, "项目签约，项目签约，签约");
    assert_points(rules, "a", 2);
}

static void expressions_find_in_every_field(void **unused) {
    (void)unused;
    RULES(rules,
          "  d:\n    label: D\n    score: {min: 1}\n    terms:\n      a: {label: 甲, words: '/\\d+个(重点|)项目/'}\n"
          "      b: {label: 乙, words: /^开工/}\n      c: {label: 丙, words: /\\A竣工/}\n"
          "      d: {label: 丁, words: /结束$/}\n");
    assert_string_equal(rules_body(rules, "共12个重点项目"), "a");
    assert_points(rules, "a", 1);
    assert_string_equal(rules_body(rules, "共１２個項目"), "a");
    assert_string_equal(rules_body(rules, "几个项目"), "");
    assert_string_equal(rules_article(rules, "3个项目", "4个项目\n5个项目"), "a");
    assert_points(rules, "a", 5.5);
    /* ^ is the begin of a field, not of a line. */
    assert_string_equal(rules_article(rules, "开工", "无"), "b");
    assert_string_equal(rules_article(rules, "无", "开工"), "b");
    assert_string_equal(rules_article(rules, "无", "无\n开工"), "");
    assert_string_equal(rules_article(rules, "无", "竣工"), "c");
    assert_string_equal(rules_article(rules, "结束", "无"), "d");
}

static void expressions_are_folded_as_text_is(void **unused) {
    (void)unused;
    RULES(rules,
          "  d:\n    label: D\n    score: {min: 1}\n    terms:\n      a: {label: 甲, words: '/M50/'}\n"
          "      b: {label: 乙, words: '/[A-Z]Y[0-9]+/'}\n      c: {label: 丙, words: '/經濟[體躰]+/'}\n"
          "      d: {label: 丁, words: '/（試）?點＋/'}\n      e: {label: 戊, words: '/[一-龥]\\Q１(號)\\E/'}\n");
    assert_string_equal(rules_body(rules, "在M50举行"), "a");
    assert_string_equal(rules_body(rules, "在ｍ５０舉行"), "a");
    assert_string_equal(rules_body(rules, "型号XY12"), "b");
    assert_string_equal(rules_body(rules, "型号12"), "");
    assert_string_equal(rules_body(rules, "经济体"), "c");
    assert_string_equal(rules_body(rules, "經濟體"), "c");
    /* A full-width sign is a literal, never one of the expression's own. */
    assert_string_equal(rules_body(rules, "（试点＋"), "d");
    assert_string_equal(rules_body(rules, "(试)点+"), "d");
    assert_string_equal(rules_body(rules, "试点"), "");
    assert_string_equal(rules_body(rules, "第1(号)"), "e");
}

static void words_may_say_where_and_how_much(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    score: {min: 0.1}\n    terms:\n      a:\n        label: 甲\n        words:\n"
                 "          - {words: 长风公园, in: title, points: 0.5}\n          - 长风\n");
    (void)rules_article(rules, "长风公园", "无");
    assert_points(rules, "a", 1.5);
    /* Where it may not stand it does not compete either. */
    (void)rules_body(rules, "长风公园");
    assert_points(rules, "a", 1);
    assert_int_equal(rules_match(rules, "长风公园")->fate, MATCH_NOT_HERE);
    assert_int_equal(rules_match(rules, "长风")->fate, MATCH_COUNTED);
}

static void the_longer_wins_then_the_leftmost_then_the_first(void **unused) {
    (void)unused;
    RULES(rules,
          "  d:\n    label: D\n    terms:\n      a: {label: 甲, words: 宝山}\n"
          "      b: {label: 乙, words: 宝山路街道 山路}\n      c: {label: 丙, words: 甲乙}\n"
          "      d: {label: 丁, words: 乙丙}\n      e: {label: 戊, words: /二./}\n      f: {label: 己, words: 二三}\n");
    (void)rules_body(rules, "宝山路街道");
    assert_points(rules, "a", 0);
    assert_points(rules, "b", 1);
    const struct match *lost = rules_match(rules, "宝山");
    assert_int_equal(lost->fate, MATCH_CONSUMED);
    assert_true(slice_equal(lost->by->written, SLICE("宝山路街道")));
    (void)rules_body(rules, "宝山路");
    assert_points(rules, "a", 1);
    assert_points(rules, "b", 0);
    (void)rules_body(rules, "甲乙丙");
    assert_points(rules, "c", 1);
    assert_points(rules, "d", 0);
    (void)rules_body(rules, "二三");
    assert_points(rules, "e", 1);
    assert_points(rules, "f", 0);
}

/* 四五六 is gone, so 五六, which only it would have eaten, stands. */
static void losers_do_not_consume(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    terms:\n      a: {label: 甲, words: 一二三四}\n"
                 "      b: {label: 乙, words: 四五六}\n      c: {label: 丙, words: 五六}\n");
    (void)rules_body(rules, "一二三四五六");
    assert_points(rules, "a", 1);
    assert_points(rules, "b", 0);
    assert_points(rules, "c", 1);
}

static void one_word_of_two_terms_counts_for_both(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    score: {min: 1}\n    terms:\n      a: {label: 甲, words: 漕河泾}\n"
                 "      b: {label: 乙, strong: 漕河泾}\n");
    assert_string_equal(rules_body(rules, "漕河泾"), "a b");
    assert_points(rules, "a", 1);
    assert_points(rules, "b", 2);
}

static void taxonomies_do_not_eat_each_other(void **unused) {
    (void)unused;
    RULES(rules,
          "  d:\n    label: D\n    score: {min: 1}\n    terms:\n      a: {label: 甲, words: 宝山}\n"
          "  t:\n    label: T\n    not: 宝山钢铁\n    score: {min: 1}\n    terms:\n      b: {label: 乙, words: 钢铁}\n"
          "      c: {label: 丙, words: 宝山}\n");
    assert_string_equal(rules_body(rules, "宝山钢铁"), "a");
    assert_string_equal(rules_body(rules, "宝山的钢铁"), "a b c");
}

static void not_of_a_term_takes_only_its_matches(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    terms:\n"
                 "      a: {label: 甲, words: 普陀 普陀区 真如铁塔, not: 普陀山 果真如 普陀…景区}\n"
                 "      b: {label: 乙, words: 普陀 普陀山}\n");
    (void)rules_body(rules, "普陀山");
    assert_points(rules, "a", 0);
    assert_points(rules, "b", 1);
    (void)rules_body(rules, "去普陀");
    assert_points(rules, "a", 1);
    assert_points(rules, "b", 1);
    /* Shorter than the match: it stays. */
    (void)rules_body(rules, "果真如铁塔");
    assert_points(rules, "a", 1);
    /* As long, and not behind it. */
    (void)rules_body(rules, "普陀的景区");
    assert_points(rules, "a", 0);
    assert_points(rules, "b", 1);
    /* Nobody else's matches. */
    (void)rules_body(rules, "普陀区的景区");
    assert_points(rules, "a", 1);
}

static void not_says_what_it_took(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    terms:\n      a: {label: 甲, words: 金山, not: 旧金山}\n");
    (void)rules_article(rules, "旧金山", "无");
    const struct match *match = rules_match(rules, "金山");
    assert_int_equal(match->fate, MATCH_NOT);
    assert_true(slice_equal(match->by->written, SLICE("旧金山")));
    assert_true(rules_term(rules, "a")->voided > 2.9);
    assert_int_equal(rules_term(rules, "a")->verdict, VERDICT_NOTHING);
}

static void pieces_of_pairs_compete_separately(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    terms:\n      a: {label: 甲, words: 项目…签约仪式 签约}\n"
                 "      b: {label: 乙, words: 重大项目 上海}\n");
    /* What stands between is nobody's. */
    (void)rules_body(rules, "项目在上海签约仪式");
    assert_points(rules, "a", 1);
    assert_points(rules, "b", 1);
    /* A is eaten, so there is no pair, and its B eats nothing. */
    (void)rules_body(rules, "重大项目在上海签约仪式");
    assert_points(rules, "a", 1);
    assert_points(rules, "b", 2);
    assert_int_equal(rules_match(rules, "项目…签约仪式")->fate, MATCH_CONSUMED);
    assert_true(slice_equal(rules_match(rules, "项目…签约仪式")->by->written, SLICE("重大项目")));
    assert_int_equal(rules_match(rules, "签约")->fate, MATCH_COUNTED);
}

static void followed_by_voids_unless_kept(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    followed_by: {void: 路 大道 AI, keep: 路演 路演天}\n    terms:\n"
                 "      a: {label: 甲, words: 宝山 宝山路街道}\n");
    (void)rules_body(rules, "宝山路");
    assert_points(rules, "a", 0);
    assert_int_equal(rules_match(rules, "宝山")->fate, MATCH_FOLLOWED);
    assert_true(slice_equal(rules_match(rules, "宝山")->by->written, SLICE("路")));
    (void)rules_body(rules, "宝山大道");
    assert_points(rules, "a", 0);
    (void)rules_body(rules, "宝山路演");
    assert_points(rules, "a", 1);
    (void)rules_body(rules, "宝山路街道");
    assert_points(rules, "a", 1);
    (void)rules_body(rules, "宝山大");
    assert_points(rules, "a", 1);
    (void)rules_body(rules, "宝山\n路");
    assert_points(rules, "a", 1);
    (void)rules_body(rules, "宝山ai");
    assert_points(rules, "a", 0);
    (void)rules_body(rules, "宝山air");
    assert_points(rules, "a", 1);
}

static void elsewhere_voids_words_and_weak(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    not: 舟山路\n    terms:\n"
                 "      a: {label: 甲, strong: 上海普陀, words: 普陀, weak: 真如, elsewhere: 舟山}\n"
                 "      b: {label: 乙, words: 桃浦}\n");
    (void)rules_article(rules, "普陀桃浦", "真如在普陀。\n舟山");
    assert_points(rules, "a", 0);
    assert_points(rules, "b", 3);
    assert_true(rules_term(rules, "a")->voided > 4);
    /* A strong one holds them, wherever it stands. */
    (void)rules_article(rules, "普陀", "舟山\n上海普陀");
    assert_points(rules, "a", 5);
    /* Eaten, it is no elsewhere; nor in the column. */
    (void)rules_body(rules, "普陀的舟山路");
    assert_points(rules, "a", 1);
    struct classify_input input = {.title = SLICE("普陀"), .column = SLICE("舟山")};
    (void)rules_decide(rules, &input);
    assert_points(rules, "a", 3);
}

static void weak_needs_a_friend(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    support: 上海 沪\n    terms:\n"
                 "      a: {label: 甲, words: 普陀, weak: 长风, not: 普陀山}\n"
                 "      b: {label: 乙, words: 金山, weak: 廊下}\n");
    (void)rules_body(rules, "长风");
    assert_points(rules, "a", 0);
    assert_int_equal(rules_match(rules, "长风")->fate, MATCH_UNSUPPORTED);
    (void)rules_article(rules, "普陀", "无\n长风");
    assert_points(rules, "a", 3.3);
    (void)rules_body(rules, "普陀山。长风");
    assert_points(rules, "a", 0);
    (void)rules_body(rules, "金山。长风");
    assert_points(rules, "a", 0);
    (void)rules_body(rules, "在上海，长风");
    assert_points(rules, "a", 0.3);
    (void)rules_body(rules, "长风，在沪上");
    assert_points(rules, "a", 0.3);
    (void)rules_body(rules, "在上海。长风");
    assert_points(rules, "a", 0);
    (void)rules_body(rules, "无。长风。在上海");
    assert_points(rules, "a", 0);
    (void)rules_body(rules, "上海！长风？上海；");
    assert_points(rules, "a", 0);
    (void)rules_body(rules, "上海长风。上海廊下。廊下");
    assert_points(rules, "a", 0.3);
    assert_points(rules, "b", 0.3);
    (void)rules_article(rules, "上海", "长风");
    assert_points(rules, "a", 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_folded_and_positions_map_back),
        cmocka_unit_test(positions_of_lead_and_body_are_those_of_the_text),
        cmocka_unit_test(a_word_may_cross_the_end_of_the_lead),
        cmocka_unit_test(latin_edges_need_a_stranger),
        cmocka_unit_test(pairs_stay_in_a_sentence),
        cmocka_unit_test(expressions_find_in_every_field),
        cmocka_unit_test(expressions_are_folded_as_text_is),
        cmocka_unit_test(words_may_say_where_and_how_much),
        cmocka_unit_test(the_longer_wins_then_the_leftmost_then_the_first),
        cmocka_unit_test(losers_do_not_consume),
        cmocka_unit_test(one_word_of_two_terms_counts_for_both),
        cmocka_unit_test(taxonomies_do_not_eat_each_other),
        cmocka_unit_test(not_of_a_term_takes_only_its_matches),
        cmocka_unit_test(not_says_what_it_took),
        cmocka_unit_test(pieces_of_pairs_compete_separately),
        cmocka_unit_test(followed_by_voids_unless_kept),
        cmocka_unit_test(elsewhere_voids_words_and_weak),
        cmocka_unit_test(weak_needs_a_friend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
