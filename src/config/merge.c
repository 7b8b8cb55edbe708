#include "config/merge.h"

/* Which mapping is being merged says what two items of one key mean. */
enum merge_level { MERGE_TAXONOMIES, MERGE_TAXONOMY, MERGE_TERMS };

/* Where the item with this key hangs, or where a new one is to be hung. */
static struct node **find_item(struct node *mapping, struct slice key) {
    struct node **item = &mapping->first;
    while (*item && !slice_equal((*item)->key, key))
        item = &(*item)->next;
    return item;
}

static void merge_into(struct loading *loading, struct node *whole, const struct node *part, enum merge_level level);

/* Two items of one key from two places. */
static void merge_items(struct loading *loading, struct node *first, const struct node *second,
                        enum merge_level level) {
    bool mappings = first->kind == NODE_MAPPING && second->kind == NODE_MAPPING;
    if (mappings && level == MERGE_TAXONOMIES) {
        merge_into(loading, first, second, MERGE_TAXONOMY);
    } else if (mappings && level == MERGE_TAXONOMY && slice_equal(first->key, SLICE("terms"))) {
        merge_into(loading, first, second, MERGE_TERMS);
    } else {
        struct place place = first->key_place;
        node_report_key(loading->diagnostics, DIAGNOSTIC_YAML_DUPLICATE_KEY, second, "%.*s, first at %.*s:%u:%u",
                        SLICE_ARGUMENTS(second->key), SLICE_ARGUMENTS(place.file), place.line, place.column);
    }
}

/* An item of its own, which can be given more items without changing what was read. */
static struct node *copy_item(struct loading *loading, const struct node *item, enum merge_level level) {
    struct node *copy = arena_new(&loading->settings->arena, sizeof *copy);
    *copy = *item;
    copy->next = NULL;
    bool grows = level == MERGE_TAXONOMIES || (level == MERGE_TAXONOMY && slice_equal(item->key, SLICE("terms")));
    if (grows && item->kind == NODE_MAPPING) {
        copy->first = NULL;
        copy->count = 0;
        merge_into(loading, copy, item, level == MERGE_TAXONOMIES ? MERGE_TAXONOMY : MERGE_TERMS);
    }
    return copy;
}

static void merge_into(struct loading *loading, struct node *whole, const struct node *part, enum merge_level level) {
    for (const struct node *item = part->first; item; item = item->next) {
        struct node **earlier = find_item(whole, item->key);
        if (*earlier) {
            merge_items(loading, *earlier, item, level);
        } else {
            *earlier = copy_item(loading, item, level);
            whole->count++;
        }
    }
}

const struct node *taxonomies_merge(struct loading *loading, const struct node *const *parts, size_t count) {
    struct node *whole = arena_new(&loading->settings->arena, sizeof *whole);
    whole->kind = NODE_MAPPING;
    for (size_t i = 0; i < count; i++)
        if (want_mapping(loading, parts[i]))
            merge_into(loading, whole, parts[i], MERGE_TAXONOMIES);
    return whole;
}
