#include "cmd/labelling.h"

#include "base/hash.h"
#include "model/labels.h"

#include <assert.h>

/* The same on machines of either byte order: shards may come from anywhere. */
static uint64_t numbers_hash(const uint64_t *numbers, size_t count) {
    char bytes[8 * 8];
    assert(count * 8 <= sizeof bytes);
    for (size_t i = 0; i < count * 8; i++)
        bytes[i] = (char)(numbers[i / 8] >> (i % 8 * 8) & 0xFF);
    return hash64((struct slice){bytes, count * 8});
}

/* A sum: taxonomies may stand in any order. */
static uint64_t labels_hash(const struct classify_input *input) {
    uint64_t sum = 0;
    for (size_t i = 0; i < input->label_count; i++) {
        const struct label *label = &input->labels[i];
        const uint64_t parts[] = {hash64(label->taxonomy), hash64(label->term), (uint64_t)label->change};
        sum += numbers_hash(parts, ARRAY_LENGTH(parts));
    }
    return sum;
}

uint64_t labelling_article_hash(const struct classify_input *input) {
    const uint64_t parts[] = {
        hash64(input->title), hash64(input->text),   input->lead_size,   hash64(input->column),
        hash64(input->host),  hash64(input->source), labels_hash(input),
    };
    return numbers_hash(parts, ARRAY_LENGTH(parts));
}

/* A member that somebody has taken away is not the same as one that says `[]`. */
static bool speaks_of_all(const struct rule_labels *labels, const struct taxonomies *taxonomies) {
    size_t spoken_of = 0;
    for (size_t i = 0; i < taxonomies->count; i++)
        for (size_t k = 0; k < labels->count; k++)
            if (slice_equal(labels->items[k].taxonomy, taxonomies->items[i].id)) {
                spoken_of++;
                break;
            }
    return spoken_of == taxonomies->count;
}

bool labelling_take(const struct article *article, const struct classify_input *input,
                    const struct taxonomies *taxonomies, uint64_t rules, uint64_t *bits) {
    const struct rule_labels *labels = &article->rule_labels;
    if (!labels->present || labels->rules != rules || input->label_count || !speaks_of_all(labels, taxonomies) ||
        labels->article != labelling_article_hash(input))
        return false;
    for (size_t i = 0; i < labels->count; i++) {
        const struct label *label = &labels->items[i];
        const struct taxonomy *taxonomy = taxonomy_find(taxonomies, label->taxonomy);
        if (!label->term.size)
            continue; /* `[]`: the rules found nothing */
        uint16_t term = taxonomy ? taxonomy_find_term(taxonomy, label->term) : (uint16_t)TERM_NONE;
        if (term == TERM_NONE || label->change != LABEL_IS)
            return false;
        label_bit_set(bits, taxonomy->first_term + term);
    }
    return true;
}
