#include "assemble/corrections.h"

#include "assemble/key.h"
#include "base/memory.h"
#include "model/page.h"

#define NOBODY UINT32_MAX

/* --- names -------------------------------------------------------------------------------------------------- */

static void add_name(struct corrections_desk *desk, const struct article_name *name, uint32_t correction,
                     bool is_same_as) {
    for (size_t i = 0; i < name->keys.count; i++) {
        struct slice key = name->keys.keys[i];
        uint32_t next = (uint32_t)map_get(&desk->by_key, key, NOBODY);
        map_set(&desk->by_key, key, desk->named.count);
        vec_push(&desk->named, (struct named_key){key, correction, next, is_same_as});
    }
    if (name->keys.has_page) {
        vec_push(&desk->pages, (struct named_hash){name->keys.page, (uint32_t)desk->named.count});
        vec_push(&desk->named, (struct named_key){{0}, correction, NOBODY, is_same_as});
    }
}

static int by_low_half(const void *left, const void *right) {
    uint64_t a = ((const struct named_hash *)left)->hash.low;
    uint64_t b = ((const struct named_hash *)right)->hash.low;
    return (a > b) - (a < b);
}

/* Of one page, as they stand in the file. */
static int by_whole_hash(const void *left, const void *right) {
    const struct named_hash *a = left;
    const struct named_hash *b = right;
    int order = hash128_compare(a->hash, b->hash);
    return order ? order : (a->named > b->named) - (a->named < b->named);
}

static void list_hashes(struct corrections_desk *desk) {
    for (size_t i = 0; i < desk->named.count; i++)
        if (desk->named.items[i].key.size && map_get(&desk->by_key, desk->named.items[i].key, NOBODY) == i)
            vec_push(&desk->by_hash, (struct named_hash){hash128(desk->named.items[i].key), (uint32_t)i});
    if (desk->by_hash.count)
        qsort(desk->by_hash.items, desk->by_hash.count, sizeof *desk->by_hash.items, by_low_half);
    if (desk->pages.count)
        qsort(desk->pages.items, desk->pages.count, sizeof *desk->pages.items, by_whole_hash);
}

void corrections_desk_init(struct corrections_desk *desk, const struct corrections *corrections) {
    *desk = (struct corrections_desk){.corrections = corrections};
    for (size_t i = 0; i < corrections->count; i++) {
        add_name(desk, &corrections->items[i].name, (uint32_t)i, false);
        add_name(desk, &corrections->items[i].same_as, (uint32_t)i, true);
    }
    list_hashes(desk);
}

void corrections_desk_release(struct corrections_desk *desk) {
    map_release(&desk->by_key);
    vec_release(&desk->named);
    vec_release(&desk->by_hash);
    vec_release(&desk->pages);
    *desk = (struct corrections_desk){0};
}

/* --- one article -------------------------------------------------------------------------------------------- */

static bool speaks_of(const struct correction *correction, struct slice taxonomy, bool only_lists) {
    for (size_t i = 0; i < correction->label_count; i++) {
        const struct label *label = &correction->labels[i];
        if (slice_equal(label->taxonomy, taxonomy) && (!only_lists || label->change == LABEL_IS))
            return true;
    }
    return false;
}

/* A list of labels replaces what the article says of that taxonomy; + and - amend it, standing behind. */
static void correct_labels(const struct correction *correction, struct article *article, struct arena *arena) {
    if (correction->label_count == 0)
        return;
    struct label *labels = arena_new_array(arena, article->label_count + correction->label_count, sizeof *labels);
    size_t count = 0;
    for (size_t i = 0; i < article->label_count; i++)
        if (!speaks_of(correction, article->labels[i].taxonomy, true))
            labels[count++] = article->labels[i];
    for (size_t i = 0; i < correction->label_count; i++)
        labels[count++] = correction->labels[i];
    article->labels = labels;
    article->label_count = count;
}

static void correct(const struct correction *correction, struct article *article, struct arena *arena,
                    struct correction_effect *effect) {
    if (correction->title.size)
        article->title = correction->title;
    correct_labels(correction, article, arena);
    article->withdrawn = article->withdrawn || correction->withdrawn;
    effect->released = effect->released || correction->released;
}

/* An article while it is being corrected. */
struct correcting {
    const struct corrections_desk *desk;
    struct hash128 key;
    struct article *article;
    struct arena *arena;
    struct named_articles *met; /* NULL: nobody asks */
    struct correction_effect *effect;
};

static void apply_one(const struct correcting *correcting, const struct named_key *named) {
    if (correcting->met)
        vec_push(&correcting->met->items,
                 (struct named_article){correcting->key, named->correction, named->is_same_as});
    if (!named->is_same_as)
        correct(&correcting->desk->corrections->items[named->correction], correcting->article, correcting->arena,
                correcting->effect);
}

/* Everything that is said under the name `called`. */
static void apply_named(const struct correcting *correcting, struct slice called) {
    const struct corrections_desk *desk = correcting->desk;
    uint32_t number = (uint32_t)map_get(&desk->by_key, called, NOBODY);
    for (; number != NOBODY; number = desk->named.items[number].next)
        apply_one(correcting, &desk->named.items[number]);
}

/* The first name that may be that of the page of the entry with this key. */
static size_t find_page(const struct corrections_desk *desk, struct hash128 key) {
    const struct hash128 begin = article_page_begin(key);
    size_t low = 0;
    size_t high = desk->pages.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hash128_compare(desk->pages.items[middle].hash, begin) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The number of the next name of the page of this entry, from *at on; NOBODY when there is none. */
static uint32_t next_of_page(const struct corrections_desk *desk, struct hash128 key, size_t *at) {
    if (*at == desk->pages.count || !article_page_is_of(desk->pages.items[*at].hash, key))
        return NOBODY;
    return desk->pages.items[(*at)++].named;
}

static void apply_page(const struct correcting *correcting) {
    size_t at = find_page(correcting->desk, correcting->key);
    for (uint32_t number; (number = next_of_page(correcting->desk, correcting->key, &at)) != NOBODY;)
        apply_one(correcting, &correcting->desk->named.items[number]);
}

struct correction_effect corrections_apply(const struct corrections_desk *desk, struct article *article,
                                           struct buf *key, struct arena *arena, struct named_articles *met) {
    struct correction_effect effect = {0};
    size_t begin = key->size;
    article_append_key(article, key);
    if (desk->named.count == 0)
        return effect;
    struct slice own = slice_from(buf_slice(key), begin);
    const struct correcting correcting = {desk, hash128(own), article, arena, met, &effect};
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    if (article->id.size && article->url.size && address_append_key(article->url, &address))
        apply_named(&correcting, buf_slice(&address));
    apply_page(&correcting);
    apply_named(&correcting, own);
    return effect;
}

/* --- one that is known by a hash ---------------------------------------------------------------------------- */

uint64_t corrections_alias(const struct article *article) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    bool has_one = article->id.size && article->url.size && address_append_key(article->url, &address);
    return has_one ? hash128(buf_slice(&address)).low : 0;
}

/* The first name whose hash has this low half; NULL. */
static const struct named_hash *find_hash(const struct corrections_desk *desk, uint64_t low) {
    const struct named_hash wanted = {.hash = {.low = low}};
    return bsearch(&wanted, desk->by_hash.items, desk->by_hash.count, sizeof wanted, by_low_half);
}

static void meet_one(const struct named_key *named, struct hash128 key, struct named_articles *met) {
    vec_push(&met->items, (struct named_article){key, named->correction, named->is_same_as});
}

static void meet_named(const struct corrections_desk *desk, const struct named_hash *found, struct hash128 key,
                       struct named_articles *met) {
    for (uint32_t number = found ? found->named : NOBODY; number != NOBODY; number = desk->named.items[number].next)
        meet_one(&desk->named.items[number], key, met);
}

void corrections_meet(const struct corrections_desk *desk, struct hash128 key, uint64_t alias,
                      struct named_articles *met) {
    if (desk->by_hash.count == 0)
        return;
    if (alias)
        meet_named(desk, find_hash(desk, alias), key, met);
    size_t at = find_page(desk, key);
    for (uint32_t number; (number = next_of_page(desk, key, &at)) != NOBODY;)
        meet_one(&desk->named.items[number], key, met);
    meet_named(desk, find_hash(desk, key.low), key, met);
}

/* --- all of them -------------------------------------------------------------------------------------------- */

/* Whom a correction turned out to be about. */
struct settled {
    bool has_article;
    bool has_leader;
    bool joins;   /* an article of it is another than the leader */
    bool circles; /* … that it cannot join */
    struct hash128 leader;
};

/* A join, and the correction that asks for it. */
struct wish {
    struct index_join join;
    uint32_t correction;
};

struct settling {
    const struct corrections_desk *desk;
    struct diagnostics *diagnostics;
    struct settled *settled; /* one a correction */
    VEC(struct wish) wishes; /* by key, each once, when sorted */
};

static void meet(struct settling *settling, const struct named_article *article) {
    struct settled *settled = &settling->settled[article->correction];
    if (!article->is_same_as) {
        settled->has_article = true;
    } else if (!settled->has_leader) {
        settled->has_leader = true;
        settled->leader = article->key;
    }
}

static void wish(struct settling *settling, const struct named_article *article) {
    struct settled *settled = &settling->settled[article->correction];
    if (article->is_same_as || !settled->has_leader || hash128_compare(article->key, settled->leader) == 0)
        return;
    settled->joins = true;
    vec_push(&settling->wishes, (struct wish){{article->key, settled->leader}, article->correction});
}

static int by_key(const void *left, const void *right) {
    const struct wish *a = left;
    const struct wish *b = right;
    int order = hash128_compare(a->join.key, b->join.key);
    return order ? order : (a->correction > b->correction) - (a->correction < b->correction);
}

/* Of two corrections of one article, the first in the file says whom it joins. */
static void sort_wishes(struct settling *settling) {
    struct wish *items = settling->wishes.items;
    size_t kept = 0;
    if (settling->wishes.count == 0)
        return;
    qsort(items, settling->wishes.count, sizeof *items, by_key);
    for (size_t i = 0; i < settling->wishes.count; i++)
        if (kept == 0 || hash128_compare(items[i].join.key, items[kept - 1].join.key) != 0)
            items[kept++] = items[i];
    settling->wishes.count = kept;
}

static const struct wish *wish_of(const struct settling *settling, struct hash128 key) {
    size_t low = 0;
    size_t high = settling->wishes.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = hash128_compare(settling->wishes.items[middle].join.key, key);
        if (order == 0)
            return &settling->wishes.items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Members join the last leader of a chain, so that nobody waits for an entry that is not there. */
static bool follow(const struct settling *settling, struct hash128 *leader) {
    enum { LINKS_MOST = 100 };
    for (int links = 0; links < LINKS_MOST; links++) {
        const struct wish *next = wish_of(settling, *leader);
        if (!next)
            return true;
        *leader = next->join.leader;
    }
    return false;
}

static int compare_keys(const void *left, const void *right) {
    return hash128_compare(*(const struct hash128 *)left, *(const struct hash128 *)right);
}

static void list_released(const struct corrections_desk *desk, const struct named_articles *const *met,
                          size_t met_count, struct index *index) {
    vec_clear(&index->released);
    for (size_t i = 0; i < met_count; i++)
        for (size_t k = 0; k < met[i]->items.count; k++) {
            const struct named_article *article = &met[i]->items.items[k];
            if (!article->is_same_as && desk->corrections->items[article->correction].released)
                vec_push(&index->released, article->key);
        }
    if (index->released.count > 1)
        qsort(index->released.items, index->released.count, sizeof *index->released.items, compare_keys);
}

static void fulfil(struct settling *settling, struct index *index) {
    for (size_t i = 0; i < settling->wishes.count; i++) {
        const struct wish *wish = &settling->wishes.items[i];
        struct index_join join = wish->join;
        if (follow(settling, &join.leader))
            vec_push(&index->joins, join);
        else
            settling->settled[wish->correction].circles = true;
    }
}

static void report(struct settling *settling, enum diagnostic_id id, const struct article_name *name) {
    struct place place = {name->place.file, name->place.line, name->place.column};
    struct diagnostic *item = diag_report(settling->diagnostics, id, place, "%.*s", SLICE_ARGUMENTS(name->written));
    diag_excerpt(settling->diagnostics, item, name->line);
}

static void report_all(struct settling *settling) {
    const struct corrections *corrections = settling->desk->corrections;
    for (size_t i = 0; i < corrections->count; i++) {
        const struct correction *correction = &corrections->items[i];
        const struct settled *settled = &settling->settled[i];
        if (!settled->has_article)
            report(settling, DIAGNOSTIC_CORRECTION_UNUSED, &correction->name);
        if (correction->same_as.keys.count && !settled->has_leader)
            report(settling, DIAGNOSTIC_CORRECTION_UNUSED, &correction->same_as);
        if (settled->has_article && settled->has_leader && (!settled->joins || settled->circles))
            report(settling, DIAGNOSTIC_CORRECTION_CIRCLE, &correction->same_as);
    }
}

void corrections_settle(const struct corrections_desk *desk, const struct named_articles *const *met, size_t met_count,
                        struct index *index, struct diagnostics *diagnostics) {
    if (desk->named.count == 0)
        return;
    struct settling settling = {.desk = desk, .diagnostics = diagnostics};
    settling.settled = memory_new_array(desk->corrections->count, sizeof *settling.settled);
    for (size_t i = 0; i < met_count; i++)
        for (size_t k = 0; k < met[i]->items.count; k++)
            meet(&settling, &met[i]->items.items[k]);
    for (size_t i = 0; i < met_count; i++)
        for (size_t k = 0; k < met[i]->items.count; k++)
            wish(&settling, &met[i]->items.items[k]);
    list_released(desk, met, met_count, index);
    sort_wishes(&settling);
    fulfil(&settling, index);
    report_all(&settling);
    vec_release(&settling.wishes);
    free(settling.settled);
}
