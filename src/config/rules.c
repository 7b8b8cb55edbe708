#include "config/merge.h"
#include "config/sections.h"
#include "config/spans.h"
#include "config/words.h"

struct taxonomy_keys {
    struct slice label;
    const struct node *support, *followed_by, *not, *spans, *score, *spread, *otherwise, *terms;
    double rescue;
};

struct followed_keys {
    const struct node *forbidden, *kept;
};

struct spread_keys {
    unsigned at_least;
    const struct node *to;
};

struct term_keys {
    struct slice label, short_label;
    const struct node *label_node;
    bool background, alongside;
    double min, of_best;
    unsigned best_words;
    const struct node *strong, *words, *weak, *not, *elsewhere, *hosts, *sources;
};

/* Figures that no rule can have stand for «not said». */
static const double unsaid = -1;

#define ROW_OF(type, name, member, value, ...)                                                                         \
    { .key = name, .kind = value, .offset = offsetof(struct type, member), __VA_ARGS__ }
#define NODE_ROW(type, name, member) ROW_OF(type, name, member, VALUE_NODE, .required = false)
#define POINTS_ROW(type, name, member) ROW_OF(type, name, member, VALUE_NUMBER, .least = 0, .most = 1000)
#define SHARE_ROW(type, name, member) ROW_OF(type, name, member, VALUE_NUMBER, .least = 0, .most = 1)

static const struct key_row taxonomy_rows[] = {
    ROW_OF(taxonomy_keys, "label", label, VALUE_TEXT, .required = true),
    NODE_ROW(taxonomy_keys, "support", support),
    NODE_ROW(taxonomy_keys, "followed_by", followed_by),
    NODE_ROW(taxonomy_keys, "not", not ),
    NODE_ROW(taxonomy_keys, "spans", spans),
    NODE_ROW(taxonomy_keys, "score", score),
    NODE_ROW(taxonomy_keys, "spread", spread),
    POINTS_ROW(taxonomy_keys, "rescue", rescue),
    NODE_ROW(taxonomy_keys, "otherwise", otherwise),
    ROW_OF(taxonomy_keys, "terms", terms, VALUE_NODE, .required = true),
};
const struct key_table taxonomy_table = {"taxonomy", taxonomy_rows, ARRAY_LENGTH(taxonomy_rows), false};

static const struct key_row followed_by_rows[] = {
    NODE_ROW(followed_keys, "void", forbidden),
    NODE_ROW(followed_keys, "keep", kept),
};
const struct key_table followed_by_table = {"followed_by", followed_by_rows, ARRAY_LENGTH(followed_by_rows), false};

static const struct key_row spread_rows[] = {
    ROW_OF(spread_keys, "at_least", at_least, VALUE_COUNT, .required = true, .least = 2, .most = TERMS_MOST),
    ROW_OF(spread_keys, "to", to, VALUE_NODE, .required = true),
};
const struct key_table spread_table = {"spread", spread_rows, ARRAY_LENGTH(spread_rows), false};

static const struct key_row score_rows[] = {
    POINTS_ROW(score, "strong", strong),
    POINTS_ROW(score, "words", word),
    POINTS_ROW(score, "weak", weak),
    POINTS_ROW(score, "title", title),
    POINTS_ROW(score, "lead", lead),
    POINTS_ROW(score, "body", body),
    ROW_OF(score, "repeat", repeat, VALUE_COUNT, .least = 1, .most = 1000),
    POINTS_ROW(score, "title_cap", title_cap),
    POINTS_ROW(score, "min", min),
    SHARE_ROW(score, "share", share),
    SHARE_ROW(score, "of_best", of_best),
};
const struct key_table score_table = {"score", score_rows, ARRAY_LENGTH(score_rows), false};

static const struct key_row term_rows[] = {
    ROW_OF(term_keys, "label", label, VALUE_TEXT, .required = true),
    ROW_OF(term_keys, "short", short_label, VALUE_TEXT, .required = false),
    NODE_ROW(term_keys, "strong", strong),
    NODE_ROW(term_keys, "words", words),
    NODE_ROW(term_keys, "weak", weak),
    NODE_ROW(term_keys, "not", not ),
    NODE_ROW(term_keys, "elsewhere", elsewhere),
    NODE_ROW(term_keys, "hosts", hosts),
    NODE_ROW(term_keys, "sources", sources),
    ROW_OF(term_keys, "background", background, VALUE_FLAG, .required = false),
    ROW_OF(term_keys, "alongside", alongside, VALUE_FLAG, .required = false),
    ROW_OF(term_keys, "best_words", best_words, VALUE_COUNT, .least = 1, .most = 1000),
    POINTS_ROW(term_keys, "min", min),
    SHARE_ROW(term_keys, "of_best", of_best),
};
const struct key_table term_table = {"term", term_rows, ARRAY_LENGTH(term_rows), false};

/* A taxonomy being read. */
struct rules_reader {
    struct loading *loading;
    struct taxonomy *taxonomy;
    struct term *terms;
    struct term_keys *keys; /* of each term */
    struct word_list words;
};

static void report_bad(struct loading *loading, const struct node *item, const char *why) {
    node_report_key(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, item, "%.*s: %s", SLICE_ARGUMENTS(item->key),
                    why);
}

/* --- names -------------------------------------------------------------------------------------------------- */

bool config_id_is_valid(struct slice id) {
    if (id.size == 0 || id.data[0] == '-')
        return false;
    for (size_t i = 0; i < id.size; i++) {
        unsigned char byte = (unsigned char)id.data[i];
        if (byte >= 0x80 || (!islower(byte) && !isdigit(byte) && byte != '-'))
            return false;
    }
    return true;
}

const struct taxonomy *taxonomy_wanted(struct loading *loading, const struct node *node, struct slice id) {
    const struct taxonomies *taxonomies = &loading->settings->taxonomies;
    const struct taxonomy *taxonomy = taxonomy_find(taxonomies, id);
    if (taxonomy)
        return taxonomy;
    VEC(struct slice) names = {0};
    for (size_t i = 0; i < taxonomies->count; i++)
        vec_push(&names, taxonomies->items[i].id);
    report_unknown_name(loading, DIAGNOSTIC_CONFIG_UNKNOWN_TERM, node, "no taxonomy", id, names.items, names.count);
    vec_release(&names);
    return NULL;
}

uint16_t term_wanted(struct loading *loading, const struct taxonomy *taxonomy, const struct node *node,
                     struct slice name) {
    uint16_t number = taxonomy_find_term(taxonomy, name);
    if (number != TERM_NONE)
        return number;
    VEC(struct slice) names = {0};
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        vec_push(&names, taxonomy->terms[i].id);
        vec_push(&names, taxonomy->terms[i].label);
        vec_push(&names, taxonomy->terms[i].short_label);
    }
    CLEANUP(buf_release) struct buf what = BUF(BUF_UNLIMITED);
    buf_append_format(&what, "%.*s has no term", SLICE_ARGUMENTS(taxonomy->id));
    report_unknown_name(loading, DIAGNOSTIC_CONFIG_UNKNOWN_TERM, node, buf_string(&what), name, names.items,
                        names.count);
    vec_release(&names);
    return TERM_NONE;
}

/* A name must not stand for two terms. */
static void add_name(struct rules_reader *reader, const struct node *item, struct slice name, uint16_t term) {
    struct map *names = &reader->taxonomy->term_names;
    uint64_t other = map_get(names, name, TERM_NONE);
    if (name.size == 0 || other == term)
        return;
    if (other == TERM_NONE) {
        map_set(names, name, term);
        return;
    }
    const struct term *named = &reader->terms[other];
    node_report_key(reader->loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, item,
                    "%.*s also names %.*s, at %.*s:%u:%u", SLICE_ARGUMENTS(name), SLICE_ARGUMENTS(named->id),
                    SLICE_ARGUMENTS(named->place.file), named->place.line, named->place.column);
}

/* --- terms -------------------------------------------------------------------------------------------------- */

static void read_term(struct rules_reader *reader, const struct node *item, uint16_t number) {
    struct term_keys *keys = &reader->keys[number];
    *keys = (struct term_keys){.min = unsaid, .of_best = unsaid};
    table_read(reader->loading, &term_table, item, keys);
    keys->label_node = node_get(item, SLICE("label"));
    struct term *term = &reader->terms[number];
    *term = (struct term){
        .id = item->key,
        .label = keys->label,
        .short_label = keys->short_label.size ? keys->short_label : keys->label,
        .background = keys->background,
        .alongside = keys->alongside,
        .has_min = keys->min > unsaid,
        .has_of_best = keys->of_best > unsaid,
        .min = keys->min > unsaid ? keys->min : 0,
        .of_best = keys->of_best > unsaid ? keys->of_best : 0,
        .best_words = keys->best_words,
        .place = word_place_of(item->key_place),
    };
    if (!config_id_is_valid(item->key))
        report_bad(reader->loading, item, "an id has only a-z, 0-9 and -, and does not begin with -");
    if (term->background && term->alongside)
        report_bad(reader->loading, item, "background or alongside, not both");
}

static void read_terms(struct rules_reader *reader, const struct node *node, size_t room) {
    struct loading *loading = reader->loading;
    size_t most = node->count < room ? node->count : room;
    reader->terms = arena_new_array(&loading->settings->arena, most, sizeof *reader->terms);
    reader->keys = arena_new_array(&loading->settings->arena, most, sizeof *reader->keys);
    reader->taxonomy->terms = reader->terms;
    uint16_t number = 0;
    const struct node *item = node->first;
    for (; item && number < most; item = item->next, number++)
        read_term(reader, item, number);
    if (item)
        report_bad(loading, item, "more than 1024 terms in all taxonomies");
    reader->taxonomy->term_count = number;
    /* Ids first: a term's own id must not be taken by the label of one before it. */
    number = 0;
    for (item = node->first; item && number < most; item = item->next, number++)
        add_name(reader, item, item->key, number);
    number = 0;
    for (item = node->first; item && number < most; item = item->next, number++) {
        const struct term *term = &reader->terms[number];
        add_name(reader, item, term->label, number);
        if (!slice_equal(term->short_label, term->label))
            add_name(reader, item, term->short_label, number);
    }
}

/* --- words -------------------------------------------------------------------------------------------------- */

static void read_words(struct rules_reader *reader, const struct node *node, enum word_role role, uint16_t term) {
    struct word like = {.role = role, .in = FIELD_ANY, .term = term};
    words_read(reader->loading, node, &like, &reader->words);
}

static void read_term_words(struct rules_reader *reader, uint16_t term) {
    static const struct {
        size_t offset;
        enum word_role role;
    } lists[] = {
        {offsetof(struct term_keys, strong), ROLE_STRONG},       {offsetof(struct term_keys, words), ROLE_WORD},
        {offsetof(struct term_keys, weak), ROLE_WEAK},           {offsetof(struct term_keys, not ), ROLE_TERM_NOT},
        {offsetof(struct term_keys, elsewhere), ROLE_ELSEWHERE}, {offsetof(struct term_keys, hosts), ROLE_HOST},
        {offsetof(struct term_keys, sources), ROLE_SOURCE},
    };
    const struct term_keys *keys = &reader->keys[term];
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        const struct node *node;
        memcpy(&node, (const char *)keys + lists[i].offset, sizeof node);
        read_words(reader, node, lists[i].role, term);
    }
    if (keys->strong || keys->words || keys->weak || !keys->label_node || keys->label.size == 0)
        return;
    struct word like = {.role = ROLE_WORD, .in = FIELD_ANY, .term = term};
    words_add_literal(reader->loading, keys->label_node, &like, &reader->words);
}

/* In this order they stand in taxonomy->words: the taxonomy's own before those of its terms. */
static void read_all_words(struct rules_reader *reader, const struct taxonomy_keys *keys) {
    struct followed_keys followed = {0};
    if (keys->followed_by)
        table_read(reader->loading, &followed_by_table, keys->followed_by, &followed);
    read_words(reader, keys->support, ROLE_SUPPORT, TERM_NONE);
    read_words(reader, followed.forbidden, ROLE_VOID, TERM_NONE);
    read_words(reader, followed.kept, ROLE_KEEP, TERM_NONE);
    read_words(reader, keys->not, ROLE_NOT, TERM_NONE);
    spans_read(reader->loading, keys->spans, reader->taxonomy, &reader->words);
    for (size_t term = 0; term < reader->taxonomy->term_count; term++)
        read_term_words(reader, (uint16_t)term);
    struct taxonomy *taxonomy = reader->taxonomy;
    const struct word_list *words = &reader->words;
    taxonomy->word_count = words->words.count;
    taxonomy->words = loading_keep(reader->loading, words->words.items, words->words.count, sizeof *words->words.items);
}

/* --- a taxonomy --------------------------------------------------------------------------------------------- */

/* A term named by a scalar: otherwise, spread.to. */
static uint16_t read_term_name(struct rules_reader *reader, const struct node *node) {
    if (!node)
        return TERM_NONE;
    if (node->kind != NODE_SCALAR || node->text.size == 0) {
        report_wrong_kind(reader->loading, node, "the name of a term");
        return TERM_NONE;
    }
    return term_wanted(reader->loading, reader->taxonomy, node, node->text);
}

static void read_spread(struct rules_reader *reader, const struct node *node) {
    struct spread_keys keys = {0};
    if (!node)
        return;
    table_read(reader->loading, &spread_table, node, &keys);
    reader->taxonomy->spread_at_least = keys.at_least;
    reader->taxonomy->spread_to = read_term_name(reader, keys.to);
}

/* Names that front matter, `retired:` or paths need for themselves. */
static void check_taxonomy_id(struct loading *loading, const struct node *item) {
    if (!config_id_is_valid(item->key))
        report_bad(loading, item, "an id has only a-z, 0-9 and -, and does not begin with -");
    else if (article_field_find(item->key) != ARTICLE_FIELD_COUNT)
        report_bad(loading, item, "a field of articles has this name");
    else if (table_has(&retired_table, item->key))
        report_bad(loading, item, "this name is taken, by retired:");
    else if (table_has(&correction_table, item->key))
        report_bad(loading, item, "this name is taken, by corrections");
}

static void read_taxonomy(struct loading *loading, const struct node *item, size_t first_term,
                          struct taxonomy *taxonomy) {
    struct taxonomy_keys keys = {0};
    *taxonomy = (struct taxonomy){
        .id = item->key,
        .score = {2, 1, 0.3, 3, 1.5, 1, 3, 6, 3, 0.2, 0.4},
        .spread_to = TERM_NONE,
        .otherwise = TERM_NONE,
        .first_term = first_term,
    };
    check_taxonomy_id(loading, item);
    table_read(loading, &taxonomy_table, item, &keys);
    taxonomy->label = keys.label;
    taxonomy->rescue = keys.rescue;
    if (keys.score)
        table_read(loading, &score_table, keys.score, &taxonomy->score);
    struct rules_reader reader = {.loading = loading, .taxonomy = taxonomy};
    if (keys.terms && want_mapping(loading, keys.terms)) {
        read_terms(&reader, keys.terms, TERMS_MOST - first_term);
        if (keys.terms->count == 0)
            report_bad(loading, keys.terms, "at least one term is wanted");
    }
    read_spread(&reader, keys.spread);
    taxonomy->otherwise = read_term_name(&reader, keys.otherwise);
    read_all_words(&reader, &keys);
    word_list_release(&reader.words);
}

void taxonomies_read(struct loading *loading, const struct node *const *parts, size_t count) {
    const struct node *whole = taxonomies_merge(loading, parts, count);
    struct taxonomies *taxonomies = &loading->settings->taxonomies;
    struct taxonomy *items = arena_new_array(&loading->settings->arena, whole->count, sizeof *items);
    taxonomies->items = items;
    for (const struct node *item = whole->first; item; item = item->next) {
        struct taxonomy *taxonomy = &items[taxonomies->count++];
        read_taxonomy(loading, item, taxonomies->term_total, taxonomy);
        taxonomies->term_total += taxonomy->term_count;
    }
}
