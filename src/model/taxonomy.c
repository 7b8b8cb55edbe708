#include "model/taxonomy.h"

const struct taxonomy *taxonomy_find(const struct taxonomies *taxonomies, struct slice id) {
    for (size_t i = 0; i < taxonomies->count; i++)
        if (slice_equal(taxonomies->items[i].id, id))
            return &taxonomies->items[i];
    return NULL;
}

uint16_t taxonomy_find_term(const struct taxonomy *taxonomy, struct slice name) {
    return (uint16_t)map_get(&taxonomy->term_names, name, TERM_NONE);
}
