#include "classify/classify.h"

#include "classify/worker.h"

void classifier_free(struct classifier *classifier) {
    if (classifier == NULL) {
        return;
    }
    expressions_release(classifier);
    for (size_t i = 0; i < classifier->taxonomies->count; i++) {
        map_release(&classifier->rules[i].addresses);
        map_release(&classifier->rules[i].sources);
    }
    (void)hs_free_database(classifier->database);
    arena_release(&classifier->arena);
    free(classifier);
}

struct classifier *classifier_new(const struct taxonomies *taxonomies, struct slice cached,
                                  struct diagnostics *diagnostics) {
    struct classifier *classifier = memory_new(sizeof *classifier);
    classifier->taxonomies = taxonomies;
    rules_compile(classifier);
    if (!expressions_compile(classifier, diagnostics) || !database_compile(classifier, cached, diagnostics)) {
        classifier_free(classifier);
        return NULL;
    }
    return classifier;
}

bool classifier_check_expressions(const struct taxonomies *taxonomies, struct diagnostics *diagnostics) {
    struct classifier *classifier = memory_new(sizeof *classifier);
    classifier->taxonomies = taxonomies;
    rules_compile(classifier);
    bool good = expressions_compile(classifier, diagnostics);
    classifier_free(classifier);
    return good;
}

void classifier_serialise(const struct classifier *classifier, struct buf *bytes) {
    database_serialise(classifier, bytes);
}

bool classifier_was_cached(const struct classifier *classifier) {
    return classifier->cached;
}

/* Sized once by the rules; only what depends on the article grows. */
static void state_init(struct state *state, const struct rules *rules, struct decision *decision) {
    size_t terms = rules->taxonomy->term_count;
    state->rules = rules;
    state->decision = decision;
    state->tallies = memory_new_array(rules->counter_count, sizeof *state->tallies);
    state->flags = memory_new_array(terms, sizeof *state->flags);
    state->elsewhere = memory_new_array(terms, sizeof *state->elsewhere);
    decision->taxonomy = rules->taxonomy;
    decision->terms = memory_new_array(terms, sizeof *decision->terms);
}

static void state_release(struct state *state) {
    vec_release(&state->candidates);
    vec_release(&state->pair_matches);
    vec_release(&state->nots);
    vec_release(&state->evidence);
    vec_release(&state->supports);
    vec_release(&state->touched);
    free(state->tallies);
    free(state->flags);
    free(state->elsewhere);
    free(state->decision->terms);
    vec_release(&state->decision->matches);
}

/* Everything of the last article goes, the memory stays. */
static void state_clear(struct state *state) {
    size_t terms = state->rules->taxonomy->term_count;
    vec_clear(&state->candidates);
    vec_clear(&state->pair_matches);
    vec_clear(&state->nots);
    vec_clear(&state->evidence);
    vec_clear(&state->supports);
    vec_clear(&state->decision->matches);
    memset(state->flags, 0, terms * sizeof *state->flags);
    if (state->has_elsewhere) {
        memset(state->elsewhere, 0, terms * sizeof *state->elsewhere);
        state->has_elsewhere = false;
    }
    memset(state->decision->terms, 0, terms * sizeof *state->decision->terms);
    state->longest_not = 0;
    state->sentence_begin = state->sentence_end = 0;
}

struct classifier_worker *classifier_worker_new(const struct classifier *classifier) {
    size_t count = classifier->taxonomies->count;
    struct classifier_worker *worker = memory_new(sizeof *worker);
    worker->classifier = classifier;
    worker->folded = BUF(BUF_UNLIMITED);
    worker->name = BUF(BUF_UNLIMITED);
    worker->pair_resume = memory_new_array(classifier->pair_count, sizeof *worker->pair_resume);
    worker->expression_seen = memory_new_array(classifier->expression_count, sizeof *worker->expression_seen);
    worker->states = memory_new_array(count, sizeof *worker->states);
    worker->decisions = memory_new_array(count, sizeof *worker->decisions);
    for (size_t i = 0; i < count; i++) {
        state_init(&worker->states[i], &classifier->rules[i], &worker->decisions[i]);
    }
    if (classifier->database != NULL && hs_alloc_scratch(classifier->database, &worker->scratch) != HS_SUCCESS) {
        memory_exhausted();
    }
    if (classifier->expression_count > 0) {
        /* Only the whole match is asked for. */
        worker->match_data = pcre2_match_data_create(1, NULL);
        if (worker->match_data == NULL) {
            memory_exhausted();
        }
    }
    return worker;
}

void classifier_worker_free(struct classifier_worker *worker) {
    if (worker == NULL) {
        return;
    }
    for (size_t i = 0; i < worker->classifier->taxonomies->count; i++) {
        state_release(&worker->states[i]);
    }
    for (int i = 0; i < PART_COUNT; i++) {
        fold_origins_release(&worker->parts[i].origins);
    }
    pcre2_match_data_free(worker->match_data);
    (void)hs_free_scratch(worker->scratch);
    buf_release(&worker->folded);
    buf_release(&worker->name);
    vec_release(&worker->hits);
    vec_release(&worker->order);
    vec_release(&worker->taken);
    vec_release(&worker->owners);
    free(worker->pair_resume);
    free(worker->expression_seen);
    free(worker->states);
    free(worker->decisions);
    free(worker);
}

const struct decision *classify(struct classifier_worker *worker, const struct classify_input *input, bool with_matches,
                                struct place place, struct diagnostics *diagnostics) {
    size_t count = worker->classifier->taxonomies->count;
    worker->with_matches = with_matches;
    for (size_t i = 0; i < count; i++) {
        state_clear(&worker->states[i]);
    }
    worker_match(worker, input, place, diagnostics);
    for (size_t i = 0; i < count; i++) {
        struct state *state = &worker->states[i];
        state_consume(worker, state);
        state_collect(worker, state, input);
        state_score(state);
        state_decide(state, input);
        if (with_matches) {
            state_explain(worker, state);
        }
    }
    labels_check(worker->classifier, input, place, diagnostics);
    return worker->decisions;
}

void classify_fold(struct classifier_worker *worker, const struct classify_input *input) {
    worker->with_matches = false;
    worker_fold(worker, input);
}
