#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/classify_rules.h"

/* RULES 7 to 10: points, decisions and labels; then what surrounds them: bad rules and the cache. */

static void spans_go_to_terms_with_points_of_their_own(void **unused) {
    (void)unused;
    RULES(rules,
          "  d:\n    label: D\n    support: 沪\n    spans: {虹桥: 'a b', 漕河泾: 'a* c', 临港: 'c b'}\n    terms:\n"
          "      a: {label: 甲, words: 长宁, elsewhere: 宜宾}\n      b: {label: 乙, words: 闵行}\n"
          "      c: {label: 丙, words: 青浦, weak: 练塘}\n");
    (void)rules_body(rules, "虹桥");
    assert_points(rules, "a", 0);
    assert_int_equal(rules_match(rules, "虹桥")->fate, MATCH_SPAN_NOBODY);
    (void)rules_body(rules, "虹桥长宁");
    assert_points(rules, "a", 2);
    assert_points(rules, "b", 0);
    (void)rules_article(rules, "虹桥", "长宁\n闵行");
    assert_points(rules, "a", 4.5);
    assert_points(rules, "b", 4);
    (void)rules_body(rules, "漕河泾");
    assert_points(rules, "a", 1);
    (void)rules_body(rules, "漕河泾青浦");
    assert_points(rules, "a", 0);
    assert_points(rules, "c", 2);
    (void)rules_body(rules, "沪练塘临港");
    assert_points(rules, "c", 1.3);
    (void)rules_body(rules, "漕河泾宜宾");
    assert_points(rules, "a", 0);
    /* What a span gave is nobody's own. */
    (void)rules_body(rules, "漕河泾虹桥");
    assert_points(rules, "a", 1);
    (void)rules_body(rules, "虹桥虹桥虹桥虹桥长宁");
    assert_points(rules, "a", 4);
}

static void fields_weigh_and_words_repeat_three_times(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    terms:\n      a: {label: 甲, strong: 桃浦镇, words: 普陀 M50, weak: 长风}\n"
                 "      b: {label: 乙, words: 闸北}\n");
    (void)rules_article(rules, "普陀", "普陀\n普陀");
    assert_points(rules, "a", 5.5);
    assert_points(rules, "b", 0);
    assert_int_equal(rules_term(rules, "b")->verdict, VERDICT_NOTHING);
    (void)rules_article(rules, "无", "桃浦镇\n桃浦镇长风");
    assert_points(rules, "a", 5.3);
    /* The fourth counts no more; the title comes first. */
    (void)rules_article(rules, "普陀", "无\n普陀普陀普陀普陀");
    assert_points(rules, "a", 5);
    /* Each word for itself. */
    (void)rules_article(rules, "无", "无\n普陀普陀普陀普陀M50，M50");
    assert_points(rules, "a", 5);
    /* Titles give six at most. */
    (void)rules_article(rules, "桃浦镇普陀M50", "M50\n无");
    assert_points(rules, "a", 7.5);
    assert_true(rules_term(rules, "a")->points_in_title > 5.99 && rules_term(rules, "a")->points_in_title < 6.01);
}

static void capped_matches_say_so(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    terms:\n      a: {label: 甲, words: 普陀}\n");
    (void)rules_body(rules, "普陀普陀普陀普陀");
    const struct decision *decision = &rules->decisions[0];
    assert_int_equal(decision->matches.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(decision->matches.items[i].fate, i < 3 ? MATCH_COUNTED : MATCH_CAPPED);
        assert_true(decision->matches.items[i].points > 0.5 || i == 3);
    }
}

static void only_the_best_words_count(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    terms:\n"
                 "      a: {label: 甲, best_words: 2, words: 江苏 浙江 安徽 福建, hosts: gov.cn}\n");
    (void)rules_body(rules, "江苏、浙江、安徽、福建");
    assert_points(rules, "a", 2);
    (void)rules_body(rules, "江苏、浙江、安徽、浙江、福建，浙江");
    assert_points(rules, "a", 4);
    double sum = 0;
    for (size_t i = 0; i < rules->decisions[0].matches.count; i++) {
        sum += rules->decisions[0].matches.items[i].points;
    }
    assert_true(sum > 3.99 && sum < 4.01);
    /* What a host gives is no word. */
    struct classify_input input = {.text = SLICE("江苏、浙江、安徽"), .host = SLICE("gov.cn")};
    (void)rules_decide(rules, &input);
    assert_points(rules, "a", 4);
}

static void hosts_and_sources_give_one_strong(void **unused) {
    (void)unused;
    RULES(rules,
          "  d:\n    label: D\n    score: {min: 1}\n    terms:\n"
          "      a: {label: 甲, words: 普陀, weak: 长风, elsewhere: 舟山, hosts: shpt.gov.cn, sources: 新普陀报}\n"
          "      b: {label: 乙, hosts: gov.cn}\n");
    struct classify_input input = {.host = SLICE("WWW.shpt.gov.cn")};
    assert_string_equal(rules_decide(rules, &input), "a b");
    assert_points(rules, "a", 2);
    assert_points(rules, "b", 2);
    input.host = SLICE("notshpt.gov.cn");
    assert_string_equal(rules_decide(rules, &input), "b");
    input.host = SLICE("gov.cn.example.org");
    assert_string_equal(rules_decide(rules, &input), "");
    input.source = SLICE(" 新普陀報 ");
    assert_string_equal(rules_decide(rules, &input), "a");
    input.source = SLICE("新普陀报社");
    assert_string_equal(rules_decide(rules, &input), "");
    /* Together one; and it is a strong one: it holds words, and weak ones lean on it. */
    input = (struct classify_input){
        .host = SLICE("shpt.gov.cn"), .source = SLICE("新普陀报"), .text = SLICE("普陀长风舟山")};
    (void)rules_decide(rules, &input);
    assert_points(rules, "a", 3.3);
}

static void the_column_gives_no_points(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    otherwise: c\n    score: {min: 1}\n    terms:\n"
                 "      a: {label: 甲, words: 普陀}\n      b: {label: 全市, words: 上海 外滩, background: true}\n"
                 "      c: {label: 外地}\n");
    struct classify_input input = {.title = SLICE("无"), .column = SLICE("普陀")};
    assert_string_equal(rules_decide(rules, &input), "c");
    assert_points(rules, "a", 0);
    assert_int_equal(rules_match(rules, "普陀")->fate, MATCH_ADMITS);
    input.column = SLICE("上海");
    assert_string_equal(rules_decide(rules, &input), "b");
    input.title = SLICE("普陀");
    assert_string_equal(rules_decide(rules, &input), "a");
}

static void a_term_stands_by_three_figures(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    score: {min: 1.5, share: 0.3, of_best: 0.6, repeat: 100}\n    terms:\n"
                 "      a: {label: 甲, words: 普陀, weak: 长风}\n      b: {label: 乙, words: 静安}\n"
                 "      c: {label: 丙, words: 金山}\n      e: {label: 戊, words: 松江, min: 1}\n");
    assert_string_equal(rules_body(rules, "普陀"), "");
    assert_int_equal(rules_term(rules, "a")->verdict, VERDICT_BELOW_MIN);
    assert_string_equal(rules_body(rules, "松江"), "e");
    assert_string_equal(rules_body(rules, "普陀普陀"), "a");
    assert_string_equal(rules_body(rules, "普陀普陀普陀静安静安"), "a b");
    assert_string_equal(rules_body(rules, "普陀普陀普陀普陀静安静安"), "a");
    assert_int_equal(rules_term(rules, "b")->verdict, VERDICT_BELOW_BEST);
    assert_string_equal(rules_body(rules, "普陀普陀普陀静安静安金山金山"), "a");
    assert_int_equal(rules_term(rules, "b")->verdict, VERDICT_BELOW_SHARE);
    /* 1.2 + 0.3 is 1.5 to people. */
    assert_string_equal(rules_body(rules, "普陀。"), "");
    RULES(weak, "  d:\n    label: D\n    support: 沪\n    score: {min: 1.5, repeat: 9}\n    terms:\n"
                "      a: {label: 甲, weak: 长风}\n");
    assert_string_equal(rules_body(weak, "沪长风长风长风长风长风"), "a");
    assert_string_equal(rules_body(weak, "沪长风长风长风长风"), "");
}

static void background_waits_and_alongside_joins(void **unused) {
    (void)unused;
    RULES(rules,
          "  d:\n    label: D\n    otherwise: o\n    score: {min: 1, share: 0.2, of_best: 0.5}\n    terms:\n"
          "      a: {label: 甲, words: 普陀}\n      bg: {label: 全市, words: 上海, background: true, of_best: 0.8}\n"
          "      o: {label: 外地, words: 舟山 宁波, alongside: true, min: 2, of_best: 0.5}\n");
    assert_string_equal(rules_body(rules, "上海"), "bg");
    assert_string_equal(rules_body(rules, "上海普陀"), "a");
    assert_int_equal(rules_term(rules, "bg")->verdict, VERDICT_BACKGROUND);
    /* It counts in the ratios: 1 of 3 reaches the share, not half of the best. */
    assert_string_equal(rules_article(rules, "上海", "普陀\n无"), "a");
    assert_string_equal(rules_article(rules, "上海", "无\n普陀"), "bg");
    assert_int_equal(rules_term(rules, "a")->verdict, VERDICT_BELOW_BEST);
    /* Beside the others, by its own figures. */
    assert_string_equal(rules_body(rules, "普陀舟山"), "a");
    assert_string_equal(rules_body(rules, "普陀舟山宁波"), "a o");
    assert_string_equal(rules_article(rules, "普陀", "无\n普陀普陀舟山宁波"), "a");
    /* The background beside it needs its part of the points. */
    assert_string_equal(rules_body(rules, "上海舟山宁波"), "o");
    assert_string_equal(rules_body(rules, "上海上海舟山宁波"), "bg o");
    assert_string_equal(rules_body(rules, "无"), "o");
    assert_int_equal(rules_term(rules, "o")->verdict, VERDICT_OTHERWISE);
}

static void spread_makes_one_of_many(void **unused) {
    (void)unused;
    RULES(rules,
          "  d:\n    label: D\n    spread: {at_least: 3, to: x}\n    score: {min: 1}\n    terms:\n"
          "      a: {label: 甲, words: 普陀}\n      b: {label: 乙, words: 静安}\n      c: {label: 丙, words: 金山}\n"
          "      x: {label: 全市, background: true}\n");
    assert_string_equal(rules_body(rules, "普陀静安"), "a b");
    assert_string_equal(rules_body(rules, "普陀静安金山"), "x");
    assert_int_equal(rules_term(rules, "a")->verdict, VERDICT_SPREAD);
    assert_string_equal(rules_article(rules, "普陀", "无\n普陀静安金山"), "a");
}

static void rescue_takes_a_clear_best(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    rescue: 1\n    score: {min: 5, repeat: 9}\n    otherwise: z\n    terms:\n"
                 "      a: {label: 甲, words: 普陀}\n      b: {label: 乙, words: 静安}\n      z: {label: 别的}\n");
    assert_string_equal(rules_body(rules, "普陀"), "a");
    assert_int_equal(rules_term(rules, "a")->verdict, VERDICT_RESCUED);
    assert_string_equal(rules_body(rules, "普陀静安"), "z");
    assert_string_equal(rules_body(rules, "普陀普陀普陀静安静安"), "a");
    assert_string_equal(rules_body(rules, "普陀普陀普陀普陀静安静安静安静安"), "z");
    assert_string_equal(rules_body(rules, "无"), "z");
}

static const char *with_labels(struct rules_case *rules, const char *body, const struct label *labels, size_t count) {
    struct classify_input input = {.text = slice_of(body), .labels = labels, .label_count = count};
    return rules_decide(rules, &input);
}

static void labels_beat_rules(void **unused) {
    (void)unused;
    RULES(rules,
          "  d:\n    label: D\n    otherwise: z\n    score: {min: 1}\n    terms:\n"
          "      putuo: {label: 普陀区, short: 普陀, words: 普陀}\n      pudong: {label: 浦东新区, words: 浦东}\n"
          "      z: {label: 外地}\n");
    const struct label is[] = {{SLICE("d"), SLICE("浦东新区"), LABEL_IS}};
    const struct label both[] = {{SLICE("d"), SLICE("普陀"), LABEL_IS}, {SLICE("d"), SLICE("pudong"), LABEL_IS}};
    const struct label none[] = {{SLICE("d"), SLICE(""), LABEL_IS}};
    const struct label plus[] = {{SLICE("d"), SLICE("putuo"), LABEL_ADD}};
    const struct label change[] = {{SLICE("d"), SLICE("putuo"), LABEL_ADD},
                                   {SLICE("d"), SLICE("pudong"), LABEL_REMOVE}};
    const struct label minus[] = {{SLICE("d"), SLICE("外地"), LABEL_REMOVE}};
    assert_string_equal(with_labels(rules, "普陀", is, 1), "pudong");
    assert_int_equal(rules_term(rules, "pudong")->verdict, VERDICT_LABEL_ADDED);
    assert_int_equal(rules_term(rules, "putuo")->verdict, VERDICT_LABEL_REMOVED);
    assert_string_equal(with_labels(rules, "无", both, 2), "putuo pudong");
    assert_string_equal(with_labels(rules, "普陀", none, 1), "");
    assert_string_equal(with_labels(rules, "无", none, 1), "");
    assert_string_equal(with_labels(rules, "浦东", plus, 1), "putuo pudong");
    assert_string_equal(with_labels(rules, "浦东", change, 2), "putuo");
    /* `otherwise` is for articles that nobody described. */
    assert_string_equal(with_labels(rules, "无", plus, 1), "putuo");
    assert_string_equal(with_labels(rules, "无", minus, 1), "");
    assert_string_equal(with_labels(rules, "无", &change[1], 1), "z");
}

static void unknown_labels_are_reported_and_left_out(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    score: {min: 1}\n    terms:\n      a: {label: 甲, words: 普陀}\n");
    const struct label labels[] = {{SLICE("d"), SLICE("nowhere"), LABEL_IS}, {SLICE("x"), SLICE("a"), LABEL_ADD}};
    assert_string_equal(with_labels(rules, "普陀", labels, 2), "a");
    assert_int_equal(rules->diagnostics.items.count, 2);
    const struct diagnostic *report = &rules->diagnostics.items.items[0];
    assert_int_equal(report->id, DIAGNOSTIC_LABEL_UNKNOWN);
    assert_true(slice_equal(report->place.file, SLICE("article")));
    assert_true(slice_equal(report->detail, SLICE("d: nowhere")));
}

static void assert_refused(const char *yaml, size_t count) {
    struct rules_case rules = {0};
    rules_load(&rules, yaml);
    assert_null(classifier_new(&rules.settings.taxonomies, (struct slice){0}, &rules.diagnostics));
    assert_int_equal(rules.diagnostics.items.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(rules.diagnostics.items.items[i].id, DIAGNOSTIC_RULE_COMPILE);
        assert_true(rules.diagnostics.items.items[i].place.line >= 5);
    }
    settings_release(&rules.settings);
    diagnostics_release(&rules.diagnostics);
}

static void bad_expressions_are_refused_at_their_place(void **unused) {
    (void)unused;
    assert_refused("  d:\n    label: D\n    terms:\n      a: {label: 甲, words: '/[金/ /好/ /(沪/'}\n", 2);
    assert_refused("  d:\n    label: D\n    terms:\n      a: {label: 甲, words: '/金*/'}\n", 1);
    assert_refused("  d:\n    label: D\n    terms:\n      a: {label: 甲, words: '/(?=金)/'}\n", 1);
}

static void an_expression_that_gives_up_is_reported(void **unused) {
    (void)unused;
    RULES(rules,
          "  d:\n    label: D\n    score: {min: 1}\n    terms:\n      a: {label: 甲, words: '/(a+)+\\d甲/ 普陀'}\n");
    assert_string_equal(rules_body(rules, "普陀aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!a1甲"), "a");
    bool reported = false;
    for (size_t i = 0; i < rules->diagnostics.items.count; i++) {
        reported |= rules->diagnostics.items.items[i].id == DIAGNOSTIC_RULE_GAVE_UP;
    }
    assert_true(reported);
}

static bool serves(const struct rules_case *rules, struct slice cached) {
    struct diagnostics diagnostics = {0};
    struct classifier *classifier = classifier_new(&rules->settings.taxonomies, cached, &diagnostics);
    assert_non_null(classifier);
    bool served = classifier_was_cached(classifier);
    classifier_free(classifier);
    diagnostics_release(&diagnostics);
    return served;
}

static void a_cached_database_serves_its_own_rules_only(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    terms:\n      a: {label: 甲, words: '普陀 /\\d+个项目/ /\\A好/'}\n");
    RULES(other, "  d:\n    label: D\n    terms:\n      a: {label: 甲, words: '普陀 /\\d+个项目/ /\\A坏/'}\n");
    CLEANUP(buf_release) struct buf bytes = BUF(1 << 24);
    classifier_serialise(rules->classifier, &bytes);
    assert_false(classifier_was_cached(rules->classifier));
    assert_true(serves(rules, buf_slice(&bytes)));
    assert_false(serves(other, buf_slice(&bytes)));
    for (size_t size = 0; size < bytes.size; size += 1 + size / 3) {
        assert_false(serves(rules, slice_range(buf_slice(&bytes), 0, size)));
    }
    for (size_t at = 0; at < bytes.size; at += 97) {
        bytes.data[at] = (char)(bytes.data[at] ^ 1);
        (void)serves(rules, buf_slice(&bytes));
        bytes.data[at] = (char)(bytes.data[at] ^ 1);
    }
    struct classifier *again = classifier_new(&rules->settings.taxonomies, buf_slice(&bytes), &rules->diagnostics);
    struct classifier_worker *worker = classifier_worker_new(again);
    struct classify_input input = {.title = SLICE("好，有3个项目在普陀")};
    const struct decision *decisions = classify(worker, &input, false, (struct place){0}, &rules->diagnostics);
    assert_true(decisions[0].terms[0].points > 5.99); /* three words, six at most */
    classifier_worker_free(worker);
    classifier_free(again);
}

static void rules_without_words_decide_too(void **unused) {
    (void)unused;
    const struct term terms[] = {{.id = SLICE("a"), .label = SLICE("甲")}, {.id = SLICE("b"), .label = SLICE("乙")}};
    const struct taxonomy taxonomy = {.id = SLICE("d"), .terms = terms, .term_count = 2, .otherwise = 1};
    const struct taxonomies taxonomies = {.items = &taxonomy, .count = 1, .term_total = 2};
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf bytes = BUF(1 << 20);
    struct classifier *classifier = classifier_new(&taxonomies, (struct slice){0}, &diagnostics);
    struct classifier_worker *worker = classifier_worker_new(classifier);
    struct classify_input input = {.title = SLICE("甲骨文"), .text = SLICE("乙"), .host = SLICE("a.test")};
    const struct decision *decisions = classify(worker, &input, true, (struct place){0}, &diagnostics);
    assert_false(decisions[0].terms[0].chosen);
    assert_true(decisions[0].terms[1].chosen);
    classifier_serialise(classifier, &bytes);
    assert_int_equal(bytes.size, 0);
    classifier_worker_free(worker);
    classifier_free(classifier);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_go_to_terms_with_points_of_their_own),
        cmocka_unit_test(fields_weigh_and_words_repeat_three_times),
        cmocka_unit_test(capped_matches_say_so),
        cmocka_unit_test(only_the_best_words_count),
        cmocka_unit_test(hosts_and_sources_give_one_strong),
        cmocka_unit_test(the_column_gives_no_points),
        cmocka_unit_test(a_term_stands_by_three_figures),
        cmocka_unit_test(background_waits_and_alongside_joins),
        cmocka_unit_test(spread_makes_one_of_many),
        cmocka_unit_test(rescue_takes_a_clear_best),
        cmocka_unit_test(labels_beat_rules),
        cmocka_unit_test(unknown_labels_are_reported_and_left_out),
        cmocka_unit_test(bad_expressions_are_refused_at_their_place),
        cmocka_unit_test(an_expression_that_gives_up_is_reported),
        cmocka_unit_test(a_cached_database_serves_its_own_rules_only),
        cmocka_unit_test(rules_without_words_decide_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
