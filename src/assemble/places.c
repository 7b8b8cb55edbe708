#include "assemble/places.h"

#include "assemble/arranging.h"

enum { DAY = 24 * 60 * 60, ARTICLES_A_BOUNDARY = 512 };

struct record *places_record(const struct places *places, size_t place) {
    return index_record(places->index, places->numbers[place]);
}

const struct sketch *places_sketch(struct places *places, size_t place) {
    return sketches_at(&places->index->sketches, &places->reader, places->numbers[place]);
}

/* --- who takes part ----------------------------------------------------------------------------------------- */

/* Those withdrawn by people take part, so that no copy takes their place; those withdrawn by their source do not. */
static void list(struct places *places) {
    const struct index *index = places->index;
    places->numbers = memory_new_array(index->order_count + index->aside.count + index->hidden_leaders.count,
                                       sizeof *places->numbers);
    for (size_t i = index->order_count; i-- > 0;)
        places->numbers[places->count++] = index->order[i];
    for (size_t i = 0; i < index->aside.count; i++)
        if (index_record(index, index->aside.items[i])->taken_back)
            places->numbers[places->count++] = index->aside.items[i];
    for (size_t i = 0; i < index->hidden_leaders.count; i++)
        places->numbers[places->count++] = index->hidden_leaders.items[i];
    records_sort_by_date_and_key(index, places->numbers, places->count);
    places->leaders = memory_new_array(places->count, sizeof *places->leaders);
    for (size_t i = 0; i < places->count; i++)
        places->leaders[i] = (uint32_t)i;
}

static void bind_all(struct places *places) {
    const struct index *index = places->index;
    if (index->bonds.count == 0)
        return;
    uint32_t *place_of_number = memory_new_array(index->blocks.count * INDEX_BLOCK, sizeof *place_of_number);
    for (size_t i = 0; i < places->count; i++)
        place_of_number[places->numbers[i]] = (uint32_t)i + 1;
    for (size_t i = 0; i < index->bonds.count; i++) {
        uint32_t member = place_of_number[index->bonds.items[i].member];
        uint32_t leader = place_of_number[index->bonds.items[i].leader];
        if (member && leader)
            places_bind(places, member - 1, leader - 1);
    }
    free(place_of_number);
}

void places_init(struct places *places, struct index *index, unsigned days) {
    *places = (struct places){.index = index, .days = days};
    list(places);
    bind_all(places);
}

void places_release(struct places *places) {
    sketch_reader_release(&places->reader);
    free(places->numbers);
    free(places->leaders);
    free(places->bound);
    free(places->hashes);
    *places = (struct places){0};
}

/* --- what is given ------------------------------------------------------------------------------------------ */

bool places_is_bound(const struct places *places, size_t place) {
    return places->bound && places->bound[place / 8] >> place % 8 & 1;
}

void places_bind(struct places *places, size_t place, size_t leader) {
    if (!places->bound)
        places->bound = memory_new(places->count / 8 + 1);
    places->bound[place / 8] |= (unsigned char)(1u << place % 8);
    places->leaders[place] = (uint32_t)leader;
}

bool places_are_near(const struct places *places, size_t a, size_t b) {
    int64_t x = places_record(places, a)->date;
    int64_t y = places_record(places, b)->date;
    return (x < y ? y - x : x - y) <= (int64_t)places->days * DAY;
}

uint32_t places_window(const struct places *places, size_t place, uint32_t first) {
    int64_t oldest = places_record(places, place)->date - (int64_t)places->days * DAY;
    while (first < place && places_record(places, first)->date < oldest)
        first++;
    return first;
}

bool places_is_boundary(const struct places *places, size_t place) {
    return places_record(places, place)->key.high % ARTICLES_A_BOUNDARY == 0;
}

/* --- hashes ------------------------------------------------------------------------------------------------- */

struct article_facts {
    struct hash128 key;
    int64_t date;
    uint64_t labels;
    uint64_t content;
    struct sketch sketch;
};

/* Neither records nor sketches are near each other: memory would be waited for. */
static void places_prefetch(const struct places *places, size_t place) {
    uint32_t number = places->numbers[place];
    const char *sketch = (const char *)places->index->sketches.blocks.items[number / SKETCH_BLOCK];
    __builtin_prefetch(index_record(places->index, number));
    if (!sketch)
        return;
    sketch += number % SKETCH_BLOCK * sizeof(struct sketch);
    __builtin_prefetch(sketch);
    __builtin_prefetch(sketch + sizeof(struct sketch) - 1);
}

void places_forget_hashes(struct places *places) {
    free(places->hashes);
    places->hashes = NULL;
}

void places_hash(struct places *places, const struct label_table *labels) {
    enum { AHEAD = 8 };
    if (places->hashes)
        return;
    const size_t bytes = labels->words * sizeof(uint64_t);
    uint64_t *sets = memory_new_array(labels->sets.count, sizeof *sets);
    struct article_facts facts;
    for (size_t i = 0; i < labels->sets.count; i++)
        sets[i] = hash64((struct slice){(const char *)label_table_set(labels, (uint32_t)i), bytes});
    memset(&facts, 0, sizeof facts);
    places->hashes = memory_new_array(places->count, sizeof *places->hashes);
    for (size_t i = 0; i < places->count; i++) {
        if (i + AHEAD < places->count)
            places_prefetch(places, i + AHEAD);
        const struct record *record = places_record(places, i);
        facts.key = record->key;
        facts.date = record->date;
        facts.labels = sets[record->labels];
        facts.content = (uint64_t)record->location.size << 32 | record->content_hash;
        facts.sketch = *places_sketch(places, i);
        places->hashes[i] = hash64((struct slice){(const char *)&facts, sizeof facts});
    }
    free(sets);
}

static uint64_t hash_with_leader(const struct places *places, size_t place) {
    const struct record *leader = places_record(places, places->leaders[place]);
    const uint64_t parts[] = {places->hashes[place], leader->key.high, leader->key.low, (uint64_t)leader->date};
    return hash64((struct slice){(const char *)parts, sizeof parts});
}

uint64_t places_hash_given(const struct places *places, size_t place) {
    return places_is_bound(places, place) ? hash_with_leader(places, place) : places->hashes[place];
}

uint64_t places_hash_joined(const struct places *places, size_t place) {
    bool is_given = places_is_bound(places, place) || places->leaders[place] != place;
    return is_given ? hash_with_leader(places, place) : places->hashes[place];
}
