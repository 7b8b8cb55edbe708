#include "config/spans.h"

#include "config/sections.h"

struct span_terms {
    VEC(uint16_t) items;
    uint16_t starred;
};

static bool is_named(const struct span_terms *terms, uint16_t term) {
    for (size_t i = 0; i < terms->items.count; i++)
        if (terms->items.items[i] == term)
            return true;
    return false;
}

/* One name, with or without its star. */
static void read_name(struct loading *loading, const struct taxonomy *taxonomy, const struct node *node,
                      struct slice name, struct span_terms *terms) {
    bool starred = slice_ends_with(name, SLICE("*"));
    if (starred)
        name.size--;
    uint16_t term = term_wanted(loading, taxonomy, node, name);
    if (term == TERM_NONE)
        return;
    if (!is_named(terms, term))
        vec_push(&terms->items, term);
    if (!starred)
        return;
    if (terms->starred != TERM_NONE && terms->starred != term)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "only one term can have the *");
    terms->starred = term;
}

/* A name is looked up where it stands, so that a mistake in a long line is shown there. */
static struct node part_of(const struct node *scalar, struct slice name) {
    struct node part = *scalar;
    part.place = node_place_inside(scalar->place, scalar->line, scalar->text, (size_t)(name.data - scalar->text.data));
    return part;
}

static void read_names(struct loading *loading, const struct taxonomy *taxonomy, const struct node *scalar,
                       struct span_terms *terms) {
    static const char separators[] = " \t\n,;";
    struct slice text = scalar->text;
    for (size_t at = 0; at < text.size;) {
        size_t end = at;
        while (end < text.size && !memchr(separators, text.data[end], sizeof separators - 1))
            end++;
        if (end > at) {
            struct slice name = slice_range(text, at, end);
            struct node part = part_of(scalar, name);
            read_name(loading, taxonomy, &part, name, terms);
        }
        at = end + 1;
    }
}

/* The key of an item, as if it were a scalar, for the word list in it. */
static struct node key_as_scalar(const struct node *item) {
    return (struct node){.kind = NODE_SCALAR, .place = item->key_place, .line = item->key_line, .text = item->key};
}

void spans_read(struct loading *loading, const struct node *node, struct taxonomy *taxonomy, struct word_list *words) {
    if (!node || !want_mapping(loading, node))
        return;
    struct span *spans = arena_new_array(&loading->settings->arena, node->count, sizeof *spans);
    taxonomy->spans = spans;
    for (const struct node *item = node->first; item; item = item->next) {
        struct span_terms terms = {.starred = TERM_NONE};
        struct scalars scalars = scalars_read(loading, item);
        for (size_t i = 0; i < scalars.count; i++)
            read_names(loading, taxonomy, scalars.items[i], &terms);
        if (scalars.count == 0 && (item->kind == NODE_LIST || node_is_empty(item)))
            node_report_key(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, item, "no term is named");
        spans[taxonomy->span_count] = (struct span){
            loading_keep(loading, terms.items.items, terms.items.count, sizeof(uint16_t)),
            terms.items.count,
            terms.starred,
        };
        struct word like = {
            .role = ROLE_SPAN, .in = FIELD_ANY, .term = TERM_NONE, .span = (uint16_t)taxonomy->span_count};
        struct node key = key_as_scalar(item);
        words_read_text(loading, &key, &like, words);
        taxonomy->span_count++;
        vec_release(&terms.items);
    }
}
