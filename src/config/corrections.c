#include "base/utf8.h"
#include "config/sections.h"
#include "config/words.h"
#include "text/choke.h"

enum { CORRECTED_TITLE_MOST = 200 /* characters, as of articles */ };

struct correction_keys {
    struct slice title, same_as;
    bool withdrawn, released;
};

#define ROW(name, member, value)                                                                                       \
    { .key = name, .kind = value, .offset = offsetof(struct correction_keys, member) }
static const struct key_row correction_rows[] = {
    ROW("title", title, VALUE_TEXT),
    ROW("same_as", same_as, VALUE_TEXT),
    ROW("withdrawn", withdrawn, VALUE_FLAG),
    ROW("release", released, VALUE_FLAG),
};
const struct key_table correction_table = {"correction", correction_rows, ARRAY_LENGTH(correction_rows), true};

/* --- names -------------------------------------------------------------------------------------------------- */

static struct slice choked_line(struct loading *loading, struct slice text) {
    struct choke_report report = {0};
    return text_choke(text, CHOKE_LINE, &loading->settings->arena, &report);
}

static struct article_name name_of(struct loading *loading, struct slice written, struct place place,
                                   struct slice line) {
    struct settings *settings = loading->settings;
    struct article_name name = {.written = choked_line(loading, written), .place = word_place_of(place), .line = line};
    if (name.written.size)
        name.keys = name_keys_of(&settings->site, name.written, &settings->arena);
    return name;
}

/* --- one correction ----------------------------------------------------------------------------------------- */

static void read_title(struct loading *loading, const struct node *node, struct slice title,
                       struct correction *correction) {
    struct slice choked = choked_line(loading, title);
    if (choked.size == 0)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "it is empty");
    else if (utf8_count(choked) > CORRECTED_TITLE_MOST)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "a title has at most %d characters",
                    CORRECTED_TITLE_MOST);
    else
        correction->title = choked;
}

static void read_same_as(struct loading *loading, const struct node *node, struct slice same_as,
                         struct correction *correction) {
    struct article_name leader = name_of(loading, same_as, node->place, node->line);
    const struct name_keys *own = &correction->name.keys;
    if (leader.keys.count && own->count && slice_equal(leader.keys.keys[0], own->keys[0]))
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node,
                    "this is the same name; another is wanted");
    else
        correction->same_as = leader;
}

static void report_unknown(struct loading *loading, const struct node *item) {
    const struct taxonomies *taxonomies = &loading->settings->taxonomies;
    VEC(struct slice) names = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(correction_rows); i++)
        vec_push(&names, slice_of(correction_rows[i].key));
    for (size_t i = 0; i < taxonomies->count; i++)
        vec_push(&names, taxonomies->items[i].id);
    report_unknown_key(loading, item, names.items, names.count);
    vec_release(&names);
}

/* Every other key is a taxonomy. */
static void read_labels(struct loading *loading, const struct node *node, struct correction *correction) {
    struct label_list labels = {0};
    for (const struct node *item = node->first; item; item = item->next) {
        if (table_has(&correction_table, item->key))
            continue;
        const struct taxonomy *taxonomy = taxonomy_find(&loading->settings->taxonomies, item->key);
        if (!taxonomy)
            report_unknown(loading, item);
        else if (node_is_empty(item))
            node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, item, "no term is named; [] is none at all");
        else
            labels_read(loading, taxonomy, item, &labels);
    }
    correction->labels = loading_keep(loading, labels.items.items, labels.items.count, sizeof *labels.items.items);
    correction->label_count = labels.items.count;
    vec_release(&labels.items);
}

static struct correction read_correction(struct loading *loading, const struct node *node) {
    struct correction_keys keys = {0};
    struct correction correction = {.name = name_of(loading, node->key, node->key_place, node->key_line)};
    if (correction.name.keys.count == 0)
        node_report_key(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "the name of an article is wanted");
    if (node_is_empty(node) || (node->kind == NODE_MAPPING && node->count == 0)) {
        node_report_key(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "nothing is said of this article");
        return correction;
    }
    table_read(loading, &correction_table, node, &keys);
    correction.withdrawn = keys.withdrawn;
    correction.released = keys.released;
    if (keys.title.size)
        read_title(loading, node_get(node, SLICE("title")), keys.title, &correction);
    if (keys.same_as.size)
        read_same_as(loading, node_get(node, SLICE("same_as")), keys.same_as, &correction);
    read_labels(loading, node, &correction);
    return correction;
}

/* --- the file ----------------------------------------------------------------------------------------------- */

void corrections_read(struct loading *loading, const struct node *root) {
    struct corrections *corrections = &loading->settings->corrections;
    if (!want_mapping(loading, root))
        return;
    struct correction *items = arena_new_array(&loading->settings->arena, root->count, sizeof *items);
    struct map keys = {0};
    for (const struct node *node = root->first; node; node = node->next) {
        struct correction *correction = &items[corrections->count];
        *correction = read_correction(loading, node);
        if (correction->name.keys.count == 0)
            continue;
        struct slice key = correction->name.keys.keys[0];
        uint64_t other = map_get(&keys, key, UINT64_MAX);
        if (other != UINT64_MAX)
            node_report_key(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node,
                            "the same article as in line %u; say everything there", items[other].name.place.line);
        else
            map_set(&keys, key, corrections->count++);
    }
    map_release(&keys);
    corrections->items = items;
}

/* --- hold --------------------------------------------------------------------------------------------------- */

void hold_read(struct loading *loading, const struct node *node) {
    /* As behind `void:`, words are compared as they are. */
    static const struct word like = {.role = ROLE_VOID, .in = FIELD_ANY, .term = TERM_NONE};
    struct corrections *corrections = &loading->settings->corrections;
    CLEANUP(word_list_release) struct word_list list = {0};
    if (!node)
        return;
    words_read(loading, node, &like, &list);
    struct hold_word *words = arena_new_array(&loading->settings->arena, list.words.count, sizeof *words);
    for (size_t i = 0; i < list.words.count; i++)
        words[i] =
            (struct hold_word){list.words.items[i].written, list.words.items[i].folded, list.words.items[i].place};
    corrections->hold = words;
    corrections->hold_count = list.words.count;
}
