#include "base/utf8.h"
#include "base/vec.h"
#include "classify/rules.h"

/* Tables while they grow; copied into the arena, grouped, at the end. */
struct builder {
    struct classifier *classifier;
    struct arena *arena;
    struct map pattern_numbers;    /* folded text → pattern */
    struct map expression_numbers; /* text → expression */
    struct map entry_numbers;      /* taxonomy, kind and text → entry */
    struct map counter_numbers;    /* entry and term → counter, of the taxonomy at hand */
    VEC(struct pattern) patterns;
    VEC(struct expression) expressions;
    VEC(struct use) uses;
    VEC(struct entry) entries;
    VEC(struct meaning) meanings;
    VEC(struct pair) pairs;
    VEC(struct counter) counters; /* of the taxonomy at hand, as those below */
    VEC(uint32_t) span_counters;
    VEC(struct follower) followers;
    const struct taxonomy *taxonomy;
    uint16_t taxonomy_number;
};

static void builder_release(struct builder *builder) {
    map_release(&builder->pattern_numbers);
    map_release(&builder->expression_numbers);
    map_release(&builder->entry_numbers);
    map_release(&builder->counter_numbers);
    vec_release(&builder->patterns);
    vec_release(&builder->expressions);
    vec_release(&builder->uses);
    vec_release(&builder->entries);
    vec_release(&builder->meanings);
    vec_release(&builder->pairs);
    vec_release(&builder->counters);
    vec_release(&builder->span_counters);
    vec_release(&builder->followers);
}

unsigned follower_bucket(struct slice text) {
    const unsigned char *bytes = (const unsigned char *)text.data;
    if (bytes[0] < 0xe0 || text.size < 3) {
        return bytes[0];
    }
    return (bytes[1] * 5U ^ bytes[2]) & 255U;
}

static uint32_t pattern_number(struct builder *builder, struct slice text) {
    uint64_t number = map_get(&builder->pattern_numbers, text, UINT64_MAX);
    if (number == UINT64_MAX) {
        number = builder->patterns.count;
        (void)map_set(&builder->pattern_numbers, text, number);
        vec_push(&builder->patterns,
                 (struct pattern){.text = text, .characters = (uint32_t)utf8_count(text), .edges = edges_of(text)});
    }
    return (uint32_t)number;
}

/* Numbered from 0 here; behind the patterns once their number is known. */
static uint32_t expression_number(struct builder *builder, const struct word *word) {
    uint64_t number = map_get(&builder->expression_numbers, word->folded, UINT64_MAX);
    if (number == UINT64_MAX) {
        number = builder->expressions.count;
        (void)map_set(&builder->expression_numbers, word->folded, number);
        vec_push(&builder->expressions,
                 (struct expression){.text = expression_fold(word->folded, builder->arena), .word = word});
    }
    return (uint32_t)number;
}

/* Expressions are marked by the highest bit until use_owners_finish. */
#define OWNER_EXPRESSION 0x80000000U

static void use_add(struct builder *builder, uint32_t owner, enum use_kind kind, uint32_t index) {
    vec_push(
        &builder->uses,
        (struct use){.owner = owner, .index = index, .taxonomy = builder->taxonomy_number, .kind = (uint16_t)kind});
}

/* The entry of a word in its taxonomy; *ret_new when it is the first with this text. */
static uint32_t entry_number(struct builder *builder, const struct word *word, bool *ret_new) {
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    /* A NUL between the parts: none of them holds one. */
    buf_append_format(&key, "%u %d ", builder->taxonomy_number, (int)word->kind);
    buf_append_slice(&key, word->folded);
    buf_append_byte(&key, '\0');
    buf_append_slice(&key, word->second);
    uint64_t number = map_get(&builder->entry_numbers, buf_slice(&key), UINT64_MAX);
    *ret_new = number == UINT64_MAX;
    if (*ret_new) {
        number = builder->entries.count;
        (void)map_set(&builder->entry_numbers, arena_copy(builder->arena, buf_slice(&key)), number);
        vec_push(&builder->entries, (struct entry){.order = (uint32_t)(word - builder->taxonomy->words)});
    }
    return (uint32_t)number;
}

static uint32_t counter_number(struct builder *builder, uint32_t entry, uint16_t term) {
    const uint32_t key[2] = {entry, term};
    struct slice bytes = {(const char *)key, sizeof key};
    uint64_t number = map_get(&builder->counter_numbers, bytes, UINT64_MAX);
    if (number == UINT64_MAX) {
        number = builder->counters.count;
        (void)map_set(&builder->counter_numbers, arena_copy(builder->arena, bytes), number);
        vec_push(&builder->counters, (struct counter){.term = term});
    }
    return (uint32_t)number;
}

static uint32_t span_counters_add(struct builder *builder, uint32_t entry, const struct span *span) {
    uint32_t first = (uint32_t)builder->span_counters.count;
    for (size_t i = 0; i < span->term_count; i++) {
        vec_push(&builder->span_counters, counter_number(builder, entry, span->terms[i]));
    }
    return first;
}

static double role_points(const struct score *score, const struct word *word) {
    if (word->has_points) {
        return word->points;
    }
    switch (word->role) {
    case ROLE_STRONG:
    case ROLE_HOST:
    case ROLE_SOURCE:
        return score->strong;
    case ROLE_WORD:
    case ROLE_SPAN:
        return score->word;
    case ROLE_WEAK:
        return score->weak;
    default:
        return 0;
    }
}

static void meaning_add(struct builder *builder, uint32_t entry, const struct word *word) {
    struct meaning meaning = {.word = word,
                              .points = role_points(&builder->taxonomy->score, word),
                              .entry = entry,
                              .term = word->role == ROLE_SPAN ? (uint16_t)TERM_NONE : word->term,
                              .role = (uint8_t)word->role,
                              .in = (uint8_t)word->in};
    if (word->role == ROLE_SPAN) {
        meaning.counter = span_counters_add(builder, entry, &builder->taxonomy->spans[word->span]);
    } else if (word->term != TERM_NONE) {
        meaning.counter = counter_number(builder, entry, word->term);
    }
    vec_push(&builder->meanings, meaning);
    builder->entries.items[entry].restricted |= word->in != FIELD_ANY;
}

static void pair_add(struct builder *builder, const struct word *word, uint32_t entry) {
    uint32_t second = pattern_number(builder, word->second);
    use_add(builder, second, USE_PAIR_END, (uint32_t)builder->pairs.count);
    vec_push(&builder->pairs, (struct pair){.first = pattern_number(builder, word->folded),
                                            .second = second,
                                            .entry = entry,
                                            .term_not = word->role == ROLE_TERM_NOT ? word : NULL,
                                            .taxonomy = builder->taxonomy_number});
}

/* What removes matches of one term does not compete: it is used apart from entries. */
static void term_not_add(struct builder *builder, const struct word *word) {
    uint32_t index = (uint32_t)(word - builder->taxonomy->words);
    if (word->kind == WORD_PAIR) {
        pair_add(builder, word, 0);
    } else if (word->kind == WORD_REGEX) {
        use_add(builder, expression_number(builder, word) | OWNER_EXPRESSION, USE_TERM_NOT, index);
    } else {
        use_add(builder, pattern_number(builder, word->folded), USE_TERM_NOT, index);
    }
}

static void competitor_add(struct builder *builder, const struct word *word) {
    bool is_new;
    uint32_t entry = entry_number(builder, word, &is_new);
    meaning_add(builder, entry, word);
    if (!is_new) {
        return;
    }
    if (word->kind == WORD_PAIR) {
        pair_add(builder, word, entry);
    } else if (word->kind == WORD_REGEX) {
        use_add(builder, expression_number(builder, word) | OWNER_EXPRESSION, USE_ENTRY, entry);
    } else {
        use_add(builder, pattern_number(builder, word->folded), USE_ENTRY, entry);
    }
}

static void follower_add(struct builder *builder, const struct word *word) {
    if (word->kind == WORD_LITERAL) {
        vec_push(&builder->followers, (struct follower){.text = word->folded,
                                                        .word = word,
                                                        .edges = edges_of(word->folded),
                                                        .bucket = follower_bucket(word->folded),
                                                        .keep = word->role == ROLE_KEEP});
    }
}

/*
 * Hosts and sources are compared whole and asked for once an article, so they are no part of the scan: the map has the
 * last word with a name, next_same those before.
 */
static void name_add(struct map *names, uint32_t *next_same, const struct word *word, uint32_t index) {
    next_same[index] = (uint32_t)map_get(names, word->folded, UINT32_MAX);
    (void)map_set(names, word->folded, index);
}

static int compare_followers(const void *left, const void *right) {
    const struct follower *a = left;
    const struct follower *b = right;
    if (a->bucket != b->bucket) {
        return a->bucket < b->bucket ? -1 : 1;
    }
    if (a->text.size != b->text.size) {
        return a->text.size > b->text.size ? -1 : 1;
    }
    if (a->keep != b->keep) {
        return a->keep ? -1 : 1;
    }
    return a->word < b->word ? -1 : a->word > b->word;
}

static void *table_copy(struct arena *arena, const void *items, size_t count, size_t size) {
    void *copy = arena_new_array(arena, count, size);
    if (count > 0) {
        memcpy(copy, items, count * size);
    }
    return copy;
}

/* Few words may follow, but every match asks: buckets by first character leave one or two to compare. */
static void followers_finish(struct builder *builder, struct rules *rules) {
    if (builder->followers.count > 0) {
        qsort(builder->followers.items, builder->followers.count, sizeof(struct follower), compare_followers);
    }
    struct follower *followers =
        table_copy(builder->arena, builder->followers.items, builder->followers.count, sizeof *followers);
    rules->followers = followers;
    rules->follower_count = builder->followers.count;
    size_t next = 0;
    for (unsigned bucket = 0; bucket <= 256; bucket++) {
        while (next < rules->follower_count && followers[next].bucket < bucket) {
            next++;
        }
        rules->follower_begin[bucket] = (uint16_t)next;
    }
}

static void word_add(struct builder *builder, struct rules *rules, uint32_t *next_same, const struct word *word) {
    uint32_t index = (uint32_t)(word - builder->taxonomy->words);
    if (word->folded.size == 0 || (word->kind == WORD_PAIR && word->second.size == 0)) {
        return;
    }
    switch (word->role) {
    case ROLE_TERM_NOT:
        term_not_add(builder, word);
        break;
    case ROLE_VOID:
    case ROLE_KEEP:
        follower_add(builder, word);
        break;
    case ROLE_HOST:
        name_add(&rules->addresses, next_same, word, index);
        break;
    case ROLE_SOURCE:
        name_add(&rules->sources, next_same, word, index);
        break;
    default:
        competitor_add(builder, word);
    }
}

static void taxonomy_add(struct builder *builder, struct rules *rules) {
    const struct taxonomy *taxonomy = builder->taxonomy;
    uint32_t *next_same = arena_new_array(builder->arena, taxonomy->word_count, sizeof *next_same);
    map_release(&builder->counter_numbers);
    vec_clear(&builder->counters);
    vec_clear(&builder->span_counters);
    vec_clear(&builder->followers);
    rules->taxonomy = taxonomy;
    rules->next_same = next_same;
    for (size_t i = 0; i < taxonomy->word_count; i++) {
        word_add(builder, rules, next_same, &taxonomy->words[i]);
    }
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        rules->has_best_words |= taxonomy->terms[i].best_words > 0;
    }
    followers_finish(builder, rules);
    rules->counter_count = builder->counters.count;
    rules->counters =
        table_copy(builder->arena, builder->counters.items, builder->counters.count, sizeof(struct counter));
    rules->span_counters =
        table_copy(builder->arena, builder->span_counters.items, builder->span_counters.count, sizeof(uint32_t));
}

/* By owner; within one in the order of taxonomies and words, which the addresses of uses still tell. */
static int compare_uses(const void *left, const void *right) {
    const struct use *a = left;
    const struct use *b = right;
    if (a->owner != b->owner) {
        return a->owner < b->owner ? -1 : 1;
    }
    if (a->taxonomy != b->taxonomy) {
        return a->taxonomy < b->taxonomy ? -1 : 1;
    }
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    return a->index < b->index ? -1 : a->index > b->index;
}

static void uses_finish(struct builder *builder) {
    uint32_t pattern_count = (uint32_t)builder->patterns.count;
    for (size_t i = 0; i < builder->uses.count; i++) {
        struct use *use = &builder->uses.items[i];
        if (use->owner & OWNER_EXPRESSION) {
            use->owner = pattern_count + (use->owner & ~OWNER_EXPRESSION);
        }
    }
    if (builder->uses.count > 0) {
        qsort(builder->uses.items, builder->uses.count, sizeof(struct use), compare_uses);
    }
    for (uint32_t i = (uint32_t)builder->uses.count; i-- > 0;) {
        uint32_t owner = builder->uses.items[i].owner;
        if (owner < pattern_count) {
            builder->patterns.items[owner].first_use = i;
            builder->patterns.items[owner].use_count++;
        } else {
            builder->expressions.items[owner - pattern_count].first_use = i;
            builder->expressions.items[owner - pattern_count].use_count++;
        }
    }
}

static int compare_meanings(const void *left, const void *right) {
    const struct meaning *a = left;
    const struct meaning *b = right;
    if (a->entry != b->entry) {
        return a->entry < b->entry ? -1 : 1;
    }
    return a->word < b->word ? -1 : a->word > b->word;
}

static void meanings_finish(struct builder *builder) {
    if (builder->meanings.count > 0) {
        qsort(builder->meanings.items, builder->meanings.count, sizeof(struct meaning), compare_meanings);
    }
    for (uint32_t i = (uint32_t)builder->meanings.count; i-- > 0;) {
        struct entry *entry = &builder->entries.items[builder->meanings.items[i].entry];
        entry->first_meaning = i;
        entry->meaning_count++;
    }
}

void rules_compile(struct classifier *classifier) {
    CLEANUP(builder_release) struct builder builder = {.classifier = classifier, .arena = &classifier->arena};
    const struct taxonomies *taxonomies = classifier->taxonomies;
    classifier->rules = arena_new_array(&classifier->arena, taxonomies->count, sizeof *classifier->rules);
    for (size_t i = 0; i < taxonomies->count; i++) {
        builder.taxonomy = &taxonomies->items[i];
        builder.taxonomy_number = (uint16_t)i;
        taxonomy_add(&builder, &classifier->rules[i]);
    }
    uses_finish(&builder);
    meanings_finish(&builder);
    struct arena *arena = &classifier->arena;
    classifier->pattern_count = builder.patterns.count;
    classifier->patterns = table_copy(arena, builder.patterns.items, builder.patterns.count, sizeof(struct pattern));
    classifier->expression_count = builder.expressions.count;
    classifier->expressions =
        table_copy(arena, builder.expressions.items, builder.expressions.count, sizeof(struct expression));
    classifier->uses = table_copy(arena, builder.uses.items, builder.uses.count, sizeof(struct use));
    classifier->entry_count = builder.entries.count;
    classifier->entries = table_copy(arena, builder.entries.items, builder.entries.count, sizeof(struct entry));
    classifier->meanings = table_copy(arena, builder.meanings.items, builder.meanings.count, sizeof(struct meaning));
    classifier->pair_count = builder.pairs.count;
    classifier->pairs = table_copy(arena, builder.pairs.items, builder.pairs.count, sizeof(struct pair));
}
