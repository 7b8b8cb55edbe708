#ifndef PINDAO_TEST_CLASSIFY_RULES_H
#define PINDAO_TEST_CLASSIFY_RULES_H

/* Included behind cmocka.h: little rules, as an editor would write them, and articles that are held against them. */
#include "base/file.h"
#include "base/memory.h"
#include "classify/classify.h"
#include "config/config.h"

#include <unistd.h>

struct rules_case {
    struct settings settings;
    struct diagnostics diagnostics;
    struct classifier *classifier;
    struct classifier_worker *worker;
    const struct decision *decisions;
    struct buf chosen;
};

/* The settings of a configuration that holds these taxonomies (YAML, two blanks deep). */
static inline void rules_load(struct rules_case *rules, const char *taxonomies) {
    static const char *const formats[] = {"atom"};
    static const char *const readers[] = {"markdown", "jsonl"};
    const struct known_names known = {formats, ARRAY_LENGTH(formats), readers, ARRAY_LENGTH(readers), NULL, 0};
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    buf_append_string(&text, "site: {title: T, url: 'https://feeds.test/', tag: 'feeds.test,2026'}\n"
                             "sources: [{files: '*.md'}]\ntaxonomies:\n");
    buf_append_string(&text, taxonomies);
    char path[] = "/tmp/pindao-rules-XXXXXX.yaml";
    int file = mkstemps(path, 5);
    assert_true(file >= 0);
    assert_true(file_write(file, buf_slice(&text)));
    file_close(&file);
    bool loaded = config_load(path, &known, &rules->diagnostics, &rules->settings);
    assert_int_equal(unlink(path), 0);
    if (!loaded) {
        buf_clear(&text);
        diagnostics_print(&rules->diagnostics, SEVERITY_NOTE, &text);
        fail_msg("%s", buf_string(&text));
    }
}

static inline struct rules_case *rules_new(const char *taxonomies) {
    struct rules_case *rules = memory_new(sizeof *rules);
    rules->chosen = BUF(1 << 16);
    rules_load(rules, taxonomies);
    rules->classifier = classifier_new(&rules->settings.taxonomies, (struct slice){0}, &rules->diagnostics);
    assert_non_null(rules->classifier);
    rules->worker = classifier_worker_new(rules->classifier);
    return rules;
}

static inline void rules_free(struct rules_case **rules) {
    classifier_worker_free((*rules)->worker);
    classifier_free((*rules)->classifier);
    settings_release(&(*rules)->settings);
    diagnostics_release(&(*rules)->diagnostics);
    buf_release(&(*rules)->chosen);
    free(*rules);
}

#define RULES(name, yaml) CLEANUP(rules_free) struct rules_case *name = rules_new(yaml)

/* Ids of the chosen terms of all taxonomies, in their order, a blank between. */
static inline const char *rules_decide(struct rules_case *rules, const struct classify_input *input) {
    struct place place = {SLICE("article"), 1, 0};
    rules->decisions = classify(rules->worker, input, true, place, &rules->diagnostics);
    buf_clear(&rules->chosen);
    for (size_t i = 0; i < rules->settings.taxonomies.count; i++) {
        const struct decision *decision = &rules->decisions[i];
        for (size_t term = 0; term < decision->taxonomy->term_count; term++) {
            if (decision->terms[term].chosen) {
                buf_append_string(&rules->chosen, rules->chosen.size > 0 ? " " : "");
                buf_append_slice(&rules->chosen, decision->taxonomy->terms[term].id);
            }
        }
    }
    return buf_string(&rules->chosen);
}

/* The lead is the first line of the text. */
static inline const char *rules_article(struct rules_case *rules, const char *title, const char *text) {
    struct slice lines = slice_of(text);
    struct classify_input input = {
        .title = slice_of(title), .text = lines, .lead_size = slice_find_byte(lines, '\n', 0)};
    return rules_decide(rules, &input);
}

/* A body alone: an empty first line keeps it from being the lead. */
static inline const char *rules_body(struct rules_case *rules, const char *body) {
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    buf_append_byte(&text, '\n');
    buf_append_string(&text, body);
    return rules_article(rules, "", buf_string(&text));
}

static inline const struct term_decision *rules_term(const struct rules_case *rules, const char *id) {
    for (size_t i = 0; i < rules->settings.taxonomies.count; i++) {
        const struct decision *decision = &rules->decisions[i];
        for (size_t term = 0; term < decision->taxonomy->term_count; term++) {
            if (slice_equal(decision->taxonomy->terms[term].id, slice_of(id))) {
                return &decision->terms[term];
            }
        }
    }
    fail_msg("no term %s", id);
    return NULL;
}

static inline double rules_points(const struct rules_case *rules, const char *id) {
    return rules_term(rules, id)->points;
}

/* The only match of this word, as written; NULL when there is none. */
static inline const struct match *rules_match(const struct rules_case *rules, const char *written) {
    const struct match *found = NULL;
    for (size_t i = 0; i < rules->settings.taxonomies.count; i++) {
        for (size_t at = 0; at < rules->decisions[i].matches.count; at++) {
            const struct match *match = &rules->decisions[i].matches.items[at];
            if (slice_equal(match->word->written, slice_of(written))) {
                assert_null(found);
                found = match;
            }
        }
    }
    return found;
}

#define assert_points(rules, id, wanted)                                                                               \
    do {                                                                                                               \
        double points_there = rules_points(rules, id);                                                                 \
        if (points_there < (wanted)-1e-6 || points_there > (wanted) + 1e-6) {                                          \
            fail_msg("%s has %g points, not %g", id, points_there, (double)(wanted));                                  \
        }                                                                                                              \
    } while (0)

#endif
