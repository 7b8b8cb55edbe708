#include "classify/advice.h"

#include "base/utf8.h"
#include "classify/explanation.h"

enum { UNSEEN_NAMED = 6 /* words of one role */ };

static const double neighbour_share = 0.6;
static const double everywhere_share = 0.25;

void advice_release(struct advice *advice) {
    vec_release(&advice->items);
    arena_release(&advice->arena);
}

/* What happened most to one word. */
struct most {
    const struct word_event *eaten, *voided, *before, *behind, *inside;
    uint32_t inside_count;
};

struct adviser {
    const struct word_counts *counts;
    struct advice *advice;
    size_t taxonomy;   /* at hand */
    struct most *most; /* of its words */
    struct buf text;
};

static const struct taxonomy *taxonomy_of(const struct adviser *adviser) {
    return &adviser->counts->taxonomies->items[adviser->taxonomy];
}

static bool is_evidence(const struct word *word) {
    return word->role <= ROLE_SPAN;
}

/* --- texts -------------------------------------------------------------------------------------------------- */

static const char *role_text(enum word_role role) {
    static const char *const texts[] = {
        [ROLE_STRONG] = "strong",       [ROLE_WORD] = "words",      [ROLE_WEAK] = "weak",
        [ROLE_SPAN] = "spans",          [ROLE_NOT] = "not",         [ROLE_TERM_NOT] = "not",
        [ROLE_ELSEWHERE] = "elsewhere", [ROLE_SUPPORT] = "support", [ROLE_VOID] = "followed_by",
        [ROLE_KEEP] = "keep",           [ROLE_HOST] = "hosts",      [ROLE_SOURCE] = "sources",
    };
    return texts[role];
}

/* The taxonomy whose word this is: words stand in one array a taxonomy. */
static const struct taxonomy *owner_of(const struct adviser *adviser, const struct word *word) {
    const struct taxonomies *taxonomies = adviser->counts->taxonomies;
    for (size_t i = 0; i < taxonomies->count; i++)
        if (word >= taxonomies->items[i].words && word < taxonomies->items[i].words + taxonomies->items[i].word_count)
            return &taxonomies->items[i];
    return taxonomy_of(adviser);
}

/* "普陀 (普陀区, words)" */
static void append_word(struct adviser *adviser, const struct word *word) {
    const struct taxonomy *taxonomy = owner_of(adviser, word);
    struct slice owner = word->term == TERM_NONE ? taxonomy->label : term_name(&taxonomy->terms[word->term]);
    buf_append_format(&adviser->text, "%.*s (%.*s, %s)", SLICE_ARGUMENTS(word->written), SLICE_ARGUMENTS(owner),
                      role_text(word->role));
}

static void append_with_place(struct adviser *adviser, const struct word *word) {
    append_word(adviser, word);
    buf_append_format(&adviser->text, " at %.*s:%u", SLICE_ARGUMENTS(word->place.file), word->place.line);
}

static void add_item(struct adviser *adviser, enum diagnostic_id id, const struct word *word, uint32_t article,
                     double weight) {
    struct advice_item item = {.id = id, .article = article, .weight = weight};
    item.detail = arena_copy(&adviser->advice->arena, buf_slice(&adviser->text));
    if (word)
        item.place = word->place;
    vec_push(&adviser->advice->items, item);
}

/* --- what happened most ------------------------------------------------------------------------------------- */

/* By place in the files: words of two taxonomies lie anywhere in memory. */
static int compare_places(const struct word_place *a, const struct word_place *b) {
    int files = slice_compare(a->file, b->file);
    if (files != 0)
        return files;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

static int compare_words(const struct word *a, const struct word *b) {
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    int places = compare_places(&a->place, &b->place);
    return places != 0 ? places : slice_compare(a->written, b->written);
}

/* Threads count in any order: of equals the one that stands first in the rules, then the lesser character. */
static bool is_more(const struct word_event *event, const struct word_event *than) {
    if (!than || event->count != than->count)
        return !than || event->count > than->count;
    if (event->fate != than->fate)
        return event->fate < than->fate;
    int others = compare_words(event->other, than->other);
    return others != 0 ? others < 0 : event->character < than->character;
}

static void note(struct most *most, const struct word_event *event) {
    const struct word_event **const slots[] = {
        [EVENT_EATEN] = &most->eaten,   [EVENT_VOIDED] = &most->voided, [EVENT_BEFORE] = &most->before,
        [EVENT_BEHIND] = &most->behind, [EVENT_INSIDE] = &most->inside,
    };
    if (event->kind == EVENT_INSIDE)
        most->inside_count += event->count;
    if (event->kind != EVENT_HELD && is_more(event, *slots[event->kind]))
        *slots[event->kind] = event;
}

static void find_most(struct adviser *adviser) {
    const struct taxonomy *taxonomy = taxonomy_of(adviser);
    adviser->most = memory_new_array(taxonomy->word_count, sizeof *adviser->most);
    for (size_t i = 0; i < adviser->counts->events.count; i++) {
        const struct word_event *event = &adviser->counts->events.items[i];
        if (owner_of(adviser, event->word) == taxonomy)
            note(&adviser->most[event->word - taxonomy->words], event);
    }
}

/* --- words that do nothing ---------------------------------------------------------------------------------- */

static bool is_same_place(const struct word *a, const struct word *b) {
    return a->place.line == b->place.line && a->place.column == b->place.column && a->role == b->role &&
           a->term == b->term && slice_equal(a->place.file, b->place.file);
}

/* How many of the forms that (a|b|) makes of one written word stand anywhere; *ret_end is behind the last of them. */
static uint32_t count_forms(const struct adviser *adviser, size_t first, size_t *ret_end) {
    const struct taxonomy *taxonomy = taxonomy_of(adviser);
    uint32_t seen = 0;
    size_t end = first;
    for (; end < taxonomy->word_count && is_same_place(&taxonomy->words[first], &taxonomy->words[end]); end++) {
        const struct word_count *count = word_count_of(adviser->counts, adviser->taxonomy, &taxonomy->words[end]);
        seen += count->live + count->dead;
    }
    *ret_end = end;
    return seen;
}

/* The unseen words of one role of a term, as written; returns how many. */
static size_t list_unseen(struct adviser *adviser, uint16_t term, enum word_role role, size_t *all,
                          const struct word **first) {
    const struct taxonomy *taxonomy = taxonomy_of(adviser);
    size_t unseen = 0;
    for (size_t i = 0, end; i < taxonomy->word_count; i = end) {
        const struct word *word = &taxonomy->words[i];
        uint32_t seen = count_forms(adviser, i, &end);
        if (word->term != term || word->role != role)
            continue;
        ++*all;
        if (seen > 0)
            continue;
        if (unseen++ < UNSEEN_NAMED)
            buf_append_format(&adviser->text, "%s%.*s", unseen > 1 ? " " : "", SLICE_ARGUMENTS(word->written));
        if (!*first)
            *first = word;
    }
    if (unseen > UNSEEN_NAMED)
        buf_append_format(&adviser->text, " and %zu more", unseen - UNSEEN_NAMED);
    return unseen;
}

/* One piece of advice a term: most words of a good list wait for their article. */
static void advise_unseen(struct adviser *adviser) {
    const struct taxonomy *taxonomy = taxonomy_of(adviser);
    for (size_t term = 0; term < taxonomy->term_count; term++) {
        const struct word *first = NULL;
        size_t all = 0;
        size_t unseen = 0;
        buf_clear(&adviser->text);
        buf_append_format(&adviser->text, "%.*s", SLICE_ARGUMENTS(term_name(&taxonomy->terms[term])));
        for (enum word_role role = ROLE_STRONG; role <= ROLE_WEAK; role++) {
            size_t before = adviser->text.size;
            buf_append_format(&adviser->text, ", %s: ", role_text(role));
            size_t count = list_unseen(adviser, (uint16_t)term, role, &all, &first);
            unseen += count;
            if (count == 0)
                buf_truncate(&adviser->text, before);
        }
        buf_append_format(&adviser->text, "; %zu of %zu", unseen, all);
        if (unseen > 0)
            add_item(adviser, DIAGNOSTIC_WORD_UNSEEN, first, ADVICE_NO_ARTICLE, (double)unseen / (double)all);
    }
}

static void advise_eaten(struct adviser *adviser, const struct word *word, const struct word_count *count,
                         const struct most *most) {
    const struct word *eater = most->eaten->other;
    /* Within its own term it does not matter which of two words counts. */
    if (eater && eater->term == word->term && word->term != TERM_NONE)
        return;
    buf_clear(&adviser->text);
    append_word(adviser, word);
    buf_append_format(&adviser->text, ", all %u times, mostly of ", count->dead);
    if (eater)
        append_with_place(adviser, eater);
    else
        buf_append_string(&adviser->text, "several");
    add_item(adviser, DIAGNOSTIC_WORD_EATEN, word, most->eaten->first, count->dead);
}

static const char *void_text(const struct word_event *event) {
    switch (event->fate) {
    case MATCH_NOT:
        return "not ";
    case MATCH_FOLLOWED:
        return "followed by ";
    case MATCH_ELSEWHERE:
        return "elsewhere ";
    case MATCH_SPAN_NOBODY:
        return "none of its terms has points of its own";
    case MATCH_NOT_HERE:
        return "it never stands in the field that in: wants";
    default:
        return "";
    }
}

static void advise_voided(struct adviser *adviser, const struct word *word, const struct word_count *count,
                          const struct most *most) {
    /* Weak words wait for better ones: that is what they are for. */
    if (most->voided->fate == MATCH_UNSUPPORTED)
        return;
    buf_clear(&adviser->text);
    append_word(adviser, word);
    buf_append_format(&adviser->text, ", all %u times, mostly: %s", count->dead, void_text(most->voided));
    if (most->voided->other)
        append_with_place(adviser, most->voided->other);
    add_item(adviser, DIAGNOSTIC_WORD_VOIDED, word, most->voided->first, count->dead);
}

static void advise_dead(struct adviser *adviser, const struct word *word, const struct word_count *count,
                        const struct most *most) {
    if (count->live > 0 || count->dead < ADVICE_MATCHES_LEAST)
        return;
    if (most->eaten && (!most->voided || most->eaten->count >= most->voided->count))
        advise_eaten(adviser, word, count, most);
    else if (most->voided)
        advise_voided(adviser, word, count, most);
}

/* --- words that do too much --------------------------------------------------------------------------------- */

static void advise_everywhere(struct adviser *adviser, const struct word *word, const struct word_count *count) {
    size_t articles = adviser->counts->articles;
    if (articles < ADVICE_ARTICLES_LEAST || count->articles <= everywhere_share * (double)articles)
        return;
    buf_clear(&adviser->text);
    append_word(adviser, word);
    buf_append_format(&adviser->text, ", in %u of %zu", count->articles, articles);
    add_item(adviser, DIAGNOSTIC_WORD_EVERYWHERE, word, ADVICE_NO_ARTICLE, count->articles);
}

static void append_character(struct buf *buf, uint32_t character) {
    char bytes[UTF8_MOST];
    buf_append(buf, bytes, utf8_encode(character, bytes));
}

/* 引领区|域: the word is most often half of another. */
static void advise_neighbour(struct adviser *adviser, const struct word *word, const struct word_count *count,
                             const struct word_event *event) {
    bool is_before = event && event->kind == EVENT_BEFORE;
    if (!event || event->count < ADVICE_NEIGHBOURS_LEAST || event->count < neighbour_share * count->live)
        return;
    buf_clear(&adviser->text);
    if (is_before)
        append_character(&adviser->text, event->character);
    buf_append_string(&adviser->text, is_before ? "|" : "");
    buf_append_slice(&adviser->text, word->written);
    if (!is_before) {
        buf_append_byte(&adviser->text, '|');
        append_character(&adviser->text, event->character);
    }
    buf_append_format(&adviser->text, ", %u of %u times: ", event->count, count->live);
    append_word(adviser, word);
    add_item(adviser, DIAGNOSTIC_WORD_NEIGHBOUR, word, event->first, event->count);
}

static void advise_inside(struct adviser *adviser, const struct word *word, const struct word_count *count,
                          const struct most *most) {
    if (!most->inside || most->inside_count < ADVICE_MATCHES_LEAST)
        return;
    buf_clear(&adviser->text);
    append_word(adviser, word);
    buf_append_format(&adviser->text, ", %u of %u times, mostly ", most->inside_count, count->live);
    append_with_place(adviser, most->inside->other);
    add_item(adviser, DIAGNOSTIC_WORD_INSIDE, word, most->inside->first, most->inside_count);
}

static void advise_words(struct adviser *adviser) {
    const struct taxonomy *taxonomy = taxonomy_of(adviser);
    for (size_t i = 0; i < taxonomy->word_count; i++) {
        const struct word *word = &taxonomy->words[i];
        const struct word_count *count = word_count_of(adviser->counts, adviser->taxonomy, word);
        const struct most *most = &adviser->most[i];
        if (!is_evidence(word))
            continue;
        advise_dead(adviser, word, count, most);
        advise_everywhere(adviser, word, count);
        advise_neighbour(adviser, word, count, most->before);
        advise_neighbour(adviser, word, count, most->behind);
        advise_inside(adviser, word, count, most);
    }
}

/* --- words of two terms ------------------------------------------------------------------------------------- */

static void advise_twice(struct adviser *adviser) {
    const struct taxonomy *taxonomy = taxonomy_of(adviser);
    struct map first = {0};
    for (size_t i = 0; i < taxonomy->word_count; i++) {
        const struct word *word = &taxonomy->words[i];
        if (word->role > ROLE_WEAK || word->kind != WORD_LITERAL)
            continue;
        uint64_t number = map_get(&first, word->folded, UINT64_MAX);
        if (number == UINT64_MAX) {
            (void)map_set(&first, word->folded, i);
            continue;
        }
        const struct word *other = &taxonomy->words[number];
        if (other->term == word->term)
            continue;
        buf_clear(&adviser->text);
        append_word(adviser, word);
        buf_append_string(&adviser->text, ", and ");
        append_with_place(adviser, other);
        add_item(adviser, DIAGNOSTIC_WORD_TWICE, word, ADVICE_NO_ARTICLE,
                 word_count_of(adviser->counts, adviser->taxonomy, word)->live);
    }
    map_release(&first);
}

/* --- articles ----------------------------------------------------------------------------------------------- */

static void advise_held(struct adviser *adviser) {
    for (size_t i = 0; i < adviser->counts->events.count; i++) {
        const struct word_event *event = &adviser->counts->events.items[i];
        if (event->kind != EVENT_HELD)
            continue;
        buf_clear(&adviser->text);
        append_word(adviser, event->word);
        buf_append_string(&adviser->text, " beside ");
        append_with_place(adviser, event->other);
        buf_append_format(&adviser->text, ", in %u article%s", event->count, event->count == 1 ? "" : "s");
        add_item(adviser, DIAGNOSTIC_STRONG_ELSEWHERE, event->word, event->first, event->count);
    }
}

static void advise_near(struct adviser *adviser) {
    for (size_t i = 0; i < adviser->counts->near_misses.count; i++) {
        const struct near_miss *near = &adviser->counts->near_misses.items[i];
        const struct taxonomy *taxonomy = &adviser->counts->taxonomies->items[near->taxonomy];
        double distance = near->nearness > 1 ? near->nearness - 1 : 1 - near->nearness;
        buf_clear(&adviser->text);
        buf_append_format(&adviser->text, "%.*s %g, %.0f%% of what it needs: it %s",
                          SLICE_ARGUMENTS(term_name(&taxonomy->terms[near->term])), near->points, near->nearness * 100,
                          near->stands ? "stands" : "does not stand");
        add_item(adviser, DIAGNOSTIC_NEAR_THRESHOLD, NULL, near->place, 1 - distance);
    }
}

/* --- the whole ---------------------------------------------------------------------------------------------- */

static int compare_items(const void *left, const void *right) {
    const struct advice_item *a = left;
    const struct advice_item *b = right;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    if (a->weight < b->weight || a->weight > b->weight)
        return a->weight > b->weight ? -1 : 1;
    int places = compare_places(&a->place, &b->place);
    if (places != 0)
        return places;
    if (a->article != b->article)
        return a->article < b->article ? -1 : 1;
    return slice_compare(a->detail, b->detail);
}

void advice_make(const struct word_counts *counts, struct advice *ret_advice) {
    struct advice advice = {0};
    struct adviser adviser = {.counts = counts, .advice = &advice, .text = BUF(BUF_UNLIMITED)};
    for (size_t i = 0; i < counts->taxonomies->count; i++) {
        adviser.taxonomy = i;
        find_most(&adviser);
        advise_twice(&adviser);
        advise_words(&adviser);
        advise_unseen(&adviser);
        free(adviser.most);
    }
    advise_held(&adviser);
    advise_near(&adviser);
    if (advice.items.count > 1)
        qsort(advice.items.items, advice.items.count, sizeof *advice.items.items, compare_items);
    buf_release(&adviser.text);
    *ret_advice = advice;
}
