#include "model/taxonomy.h"

#include "base/buf.h"
#include "base/hash.h"

const struct taxonomy *taxonomy_find(const struct taxonomies *taxonomies, struct slice id) {
    for (size_t i = 0; i < taxonomies->count; i++)
        if (slice_equal(taxonomies->items[i].id, id))
            return &taxonomies->items[i];
    return NULL;
}

uint16_t taxonomy_find_term(const struct taxonomy *taxonomy, struct slice name) {
    return (uint16_t)map_get(&taxonomy->term_names, name, TERM_NONE);
}

/* --- the hash ----------------------------------------------------------------------------------------------- */

/* Changed when the same rules come to mean something else. */
#define DECISIONS_FORMAT "pindao-decisions-1"

/* With its size before it, so that no two lists of texts are the same bytes. */
static void append_text(struct buf *bytes, struct slice text) {
    buf_append_format(bytes, "%zu:", text.size);
    buf_append_slice(bytes, text);
}

static void append_words(struct buf *bytes, const struct taxonomy *taxonomy) {
    for (size_t i = 0; i < taxonomy->word_count; i++) {
        const struct word *word = &taxonomy->words[i];
        buf_append_format(bytes, "\nword %d %d %d %u %u %d %a ", word->role, word->kind, word->in, word->term,
                          word->span, word->has_points, word->points);
        append_text(bytes, word->folded);
        append_text(bytes, word->second);
    }
    for (size_t i = 0; i < taxonomy->span_count; i++) {
        const struct span *span = &taxonomy->spans[i];
        buf_append_format(bytes, "\nspan %u", span->starred);
        for (size_t k = 0; k < span->term_count; k++)
            buf_append_format(bytes, " %u", span->terms[k]);
    }
}

/* Labels of articles name a term by its id, label or short. */
static void append_terms(struct buf *bytes, const struct taxonomy *taxonomy) {
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        const struct term *term = &taxonomy->terms[i];
        buf_append_format(bytes, "\nterm %d %d %d %d %a %a %u ", term->background, term->alongside, term->has_min,
                          term->has_of_best, term->min, term->of_best, term->best_words);
        append_text(bytes, term->id);
        append_text(bytes, term->label);
        append_text(bytes, term->short_label);
    }
}

uint64_t taxonomies_hash(const struct taxonomies *taxonomies) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    buf_append_string(&bytes, DECISIONS_FORMAT);
    for (size_t i = 0; i < taxonomies->count; i++) {
        const struct taxonomy *taxonomy = &taxonomies->items[i];
        const struct score *score = &taxonomy->score;
        buf_append_string(&bytes, "\ntaxonomy ");
        append_text(&bytes, taxonomy->id);
        buf_append_format(&bytes, " %a %a %a %a %a %a %u %a %a %a %a", score->strong, score->word, score->weak,
                          score->title, score->lead, score->body, score->repeat, score->title_cap, score->min,
                          score->share, score->of_best);
        buf_append_format(&bytes, " %u %u %a %u", taxonomy->spread_at_least, taxonomy->spread_to, taxonomy->rescue,
                          taxonomy->otherwise);
        append_terms(&bytes, taxonomy);
        append_words(&bytes, taxonomy);
    }
    return hash64(buf_slice(&bytes));
}
