#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "base/vec.h"
#include "unit/classify_rules.h"

/* Random rules over few characters, so that everything overlaps, held against the plainest reading of RULES 3. */

static uint64_t state = 88172645463325252U;

static unsigned draw(unsigned below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % below;
}

static const char *const alphabet[] = {"金", "山", "路", "区", "好"};

static void put_text(struct buf *buf, unsigned most, bool with_stops) {
    unsigned count = 1 + draw(most);
    for (unsigned i = 0; i < count; i++) {
        if (with_stops && draw(7) == 0) {
            buf_append_string(buf, draw(2) ? "。" : "\n");
        } else {
            buf_append_string(buf, alphabet[draw(ARRAY_LENGTH(alphabet))]);
        }
    }
}

static void put_words(struct buf *yaml, unsigned most) {
    buf_append_byte(yaml, '\'');
    for (unsigned i = 0; i < most; i++) {
        put_text(yaml, 4, false);
        buf_append_byte(yaml, ' ');
    }
    buf_append_string(yaml, "'");
}

static void put_terms(struct buf *yaml, bool with_exceptions) {
    for (unsigned term = 0; term < 3; term++) {
        buf_append_format(yaml, "      t%u:\n        label: 标%u\n        strong: ", term, term);
        put_words(yaml, 1);
        buf_append_string(yaml, "\n        words: ");
        put_words(yaml, 3);
        if (with_exceptions) {
            buf_append_string(yaml, "\n        weak: ");
            put_words(yaml, 2);
            buf_append_string(yaml, "\n        not: ");
            put_words(yaml, 1);
            buf_append_string(yaml, "\n        elsewhere: ");
            put_words(yaml, 1);
        }
        buf_append_byte(yaml, '\n');
    }
}

struct place_of_word {
    const struct word *word;
    size_t begin, end, order;
    bool lost;
};

static int compare_places(const void *left, const void *right) {
    const struct place_of_word *a = left;
    const struct place_of_word *b = right;
    size_t a_size = a->end - a->begin;
    size_t b_size = b->end - b->begin;
    if (a_size != b_size) {
        return a_size > b_size ? -1 : 1;
    }
    if (a->begin != b->begin) {
        return a->begin < b->begin ? -1 : 1;
    }
    return a->order < b->order ? -1 : a->order > b->order;
}

static bool overlap(const struct place_of_word *a, const struct place_of_word *b) {
    return a->begin < b->end && b->begin < a->end;
}

/* Every occurrence of every word, the winners picked one by one. Same words at the same place do not compete. */
static size_t count_winners(const struct taxonomy *taxonomy, struct slice text, size_t *ret_all) {
    VEC(struct place_of_word) places = {0};
    for (size_t i = 0; i < taxonomy->word_count; i++) {
        const struct word *word = &taxonomy->words[i];
        for (size_t at = slice_find(text, word->folded, 0); at < text.size;
             at = slice_find(text, word->folded, at + 1)) {
            vec_push(&places, (struct place_of_word){word, at, at + word->folded.size, i, false});
        }
    }
    if (places.count > 0) {
        qsort(places.items, places.count, sizeof places.items[0], compare_places);
    }
    size_t winners = 0;
    for (size_t i = 0; i < places.count; i++) {
        struct place_of_word *place = &places.items[i];
        for (size_t before = 0; before < i && !place->lost; before++) {
            const struct place_of_word *other = &places.items[before];
            place->lost = !other->lost && overlap(place, other) && other->begin != place->begin;
            place->lost |= !other->lost && overlap(place, other) && other->end != place->end;
        }
        winners += !place->lost;
    }
    *ret_all = places.count;
    vec_release(&places);
    return winners;
}

static void consumption_is_that_of_the_plain_reading(void **unused) {
    (void)unused;
    for (int round = 0; round < 60; round++) {
        CLEANUP(buf_release) struct buf yaml = BUF(1 << 16);
        buf_append_string(&yaml, "  d:\n    label: D\n    score: {repeat: 1000}\n    terms:\n");
        put_terms(&yaml, false);
        RULES(rules, buf_string(&yaml));
        for (int article = 0; article < 40; article++) {
            CLEANUP(buf_release) struct buf text = BUF(1 << 16);
            put_text(&text, article < 38 ? 30 : 2000, false);
            (void)rules_body(rules, buf_string(&text));
            const struct decision *decision = &rules->decisions[0];
            size_t winners = 0;
            size_t all;
            for (size_t i = 0; i < decision->matches.count; i++) {
                winners += decision->matches.items[i].fate == MATCH_COUNTED;
                assert_true((decision->matches.items[i].fate == MATCH_CONSUMED) ==
                            (decision->matches.items[i].by != NULL));
            }
            assert_int_equal(winners, count_winners(decision->taxonomy, buf_slice(&text), &all));
            assert_int_equal(decision->matches.count, all);
        }
    }
}

/* Looking at the matches changes no decision, and the points of the matches are those of the terms. */
static void explaining_changes_nothing(void **unused) {
    (void)unused;
    for (int round = 0; round < 60; round++) {
        CLEANUP(buf_release) struct buf yaml = BUF(1 << 16);
        buf_append_string(&yaml, "  d:\n    label: D\n    support: 好\n    followed_by: {void: 路, keep: 路好}\n"
                                 "    not: 区区\n    spans: {山山: 't0 t1*'}\n    score: {min: 1}\n    terms:\n");
        put_terms(&yaml, true);
        RULES(rules, buf_string(&yaml));
        struct classifier_worker *plain = classifier_worker_new(rules->classifier);
        for (int article = 0; article < 40; article++) {
            CLEANUP(buf_release) struct buf text = BUF(1 << 16);
            CLEANUP(buf_release) struct buf title = BUF(1 << 16);
            put_text(&text, 60, true);
            put_text(&title, 6, false);
            struct classify_input input = {.title = buf_slice(&title),
                                           .text = buf_slice(&text),
                                           .lead_size = utf8_offset(buf_slice(&text), draw(60)),
                                           .column = draw(3) ? (struct slice){0} : SLICE("金山")};
            (void)rules_decide(rules, &input);
            const struct decision *shown = &rules->decisions[0];
            const struct decision *hidden = classify(plain, &input, false, (struct place){0}, &rules->diagnostics);
            double sums[3] = {0};
            for (size_t i = 0; i < shown->matches.count; i++) {
                const struct match *match = &shown->matches.items[i];
                assert_true(match->points <= 0 || match->fate == MATCH_COUNTED);
                if (match->term < 3) {
                    sums[match->term] += match->points;
                }
            }
            for (size_t term = 0; term < 3; term++) {
                assert_memory_equal(&shown->terms[term].points, &hidden->terms[term].points, sizeof(double));
                assert_int_equal(shown->terms[term].verdict, hidden->terms[term].verdict);
                assert_int_equal(shown->terms[term].chosen, hidden->terms[term].chosen);
                assert_true(sums[term] > shown->terms[term].points - 1e-6);
                assert_true(sums[term] < shown->terms[term].points + 1e-6);
            }
        }
        classifier_worker_free(plain);
    }
}

/* Texts built to be slow: one chain of overlaps through a whole article, and weak words without a stop. */
static void long_chains_take_no_time(void **unused) {
    (void)unused;
    RULES(rules, "  d:\n    label: D\n    support: 沪\n    score: {min: 1}\n    terms:\n"
                 "      a: {label: 甲, words: '金山 山金 金山金 项目…金 /[金山]+好/', weak: 路路 路, not: 金山金山}\n");
    CLEANUP(buf_release) struct buf text = BUF(1 << 21);
    clock_t begin = clock();
    for (int i = 0; i < 80000; i++) {
        buf_append_string(&text, "金山");
    }
    for (int i = 0; i < 80000; i++) {
        buf_append_string(&text, "路");
    }
    buf_append_string(&text, "沪好山好");
    struct classify_input input = {.text = buf_slice(&text)};
    (void)classify(rules->worker, &input, false, (struct place){0}, &rules->diagnostics);
    (void)classify(rules->worker, &input, true, (struct place){0}, &rules->diagnostics);
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consumption_is_that_of_the_plain_reading),
        cmocka_unit_test(explaining_changes_nothing),
        cmocka_unit_test(long_chains_take_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
