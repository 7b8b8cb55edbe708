#include "model/history.h"

void history_release(struct history *history) {
    map_release(&history->join_numbers);
    map_release(&history->withdrawal_numbers);
    map_release(&history->sighting_numbers);
    map_release(&history->permalink_numbers);
    vec_release(&history->joins);
    vec_release(&history->withdrawals);
    vec_release(&history->sightings);
    vec_release(&history->permalinks);
    vec_release(&history->sources);
    arena_release(&history->arena);
    *history = (struct history){0};
}

/* --- by hash ------------------------------------------------------------------------------------------------ */

struct sighting_name {
    struct hash128 key;
    uint64_t source;
};
_Static_assert(sizeof(struct sighting_name) == 24, "its bytes are a key: none of them may be padding");

static struct sighting_name sighting_name_of(struct hash128 key, struct slice source) {
    return (struct sighting_name){key, hash64(source)};
}

static struct slice bytes_of(const void *name, size_t size) {
    return (struct slice){name, size};
}

static uint64_t number_of(const struct map *numbers, struct hash128 hash) {
    return map_get(numbers, bytes_of(&hash, sizeof hash), UINT64_MAX);
}

static void number(struct history *history, struct map *numbers, struct slice name, uint64_t place) {
    map_set(numbers, arena_copy(&history->arena, name), place);
}

const struct history_join *history_join_of(const struct history *history, struct hash128 member) {
    uint64_t place = number_of(&history->join_numbers, member);
    return place == UINT64_MAX ? NULL : &history->joins.items[place];
}

const struct history_join *history_entry_of(const struct history *history, struct hash128 member) {
    enum { LINKS_MOST = 100 };
    const struct history_join *join = history_join_of(history, member);
    for (int links = 0; join && links < LINKS_MOST; links++) {
        const struct history_join *next = history_join_of(history, join->leader_hash);
        if (!next || hash128_compare(next->leader_hash, next->member_hash) == 0)
            return join;
        join = next;
    }
    return NULL;
}

const struct withdrawal *history_withdrawal_of(const struct history *history, struct hash128 key) {
    uint64_t place = number_of(&history->withdrawal_numbers, key);
    return place == UINT64_MAX ? NULL : &history->withdrawals.items[place];
}

const struct sighting *history_sighting_of(const struct history *history, struct hash128 key, struct slice source) {
    const struct sighting_name name = sighting_name_of(key, source);
    uint64_t place = map_get(&history->sighting_numbers, bytes_of(&name, sizeof name), UINT64_MAX);
    return place == UINT64_MAX ? NULL : &history->sightings.items[place];
}

bool history_keeps_page(const struct history *history, struct hash128 entry) {
    return history->permalinks.count && number_of(&history->permalink_numbers, entry) != UINT64_MAX;
}

/* --- withdrawals -------------------------------------------------------------------------------------------- */

bool withdrawal_was_seen(const struct withdrawal *withdrawal) {
    return withdrawal->channel_count || withdrawal->page == WITHDRAWAL_PAGE_STOOD;
}

bool withdrawal_has_page(const struct withdrawal *withdrawal) {
    if (withdrawal->page != WITHDRAWAL_PAGE_UNSAID)
        return withdrawal->page == WITHDRAWAL_PAGE_STOOD;
    return withdrawal->channel_count && !slice_starts_with(withdrawal->entry, SLICE("url/"));
}

/* --- events ------------------------------------------------------------------------------------------------- */

bool history_put_join(struct history *history, struct slice member, struct slice leader, int64_t date) {
    const struct hash128 hash = hash128(member);
    uint64_t place = number_of(&history->join_numbers, hash);
    if (place == UINT64_MAX) {
        place = history->joins.count;
        number(history, &history->join_numbers, bytes_of(&hash, sizeof hash), place);
        vec_push(&history->joins, (struct history_join){.member = arena_copy(&history->arena, member)});
    } else if (slice_equal(history->joins.items[place].leader, leader) && history->joins.items[place].date == date) {
        return false;
    }
    struct history_join *join = &history->joins.items[place];
    join->leader = arena_copy(&history->arena, leader);
    join->member_hash = hash;
    join->leader_hash = hash128(leader);
    join->date = date;
    return true;
}

static bool withdrawals_equal(const struct withdrawal *a, const struct withdrawal *b) {
    if (!slice_equal(a->entry, b->entry) || a->at != b->at || a->date != b->date || a->cause != b->cause ||
        a->page != b->page || !slice_equal(a->sketch, b->sketch) || a->channel_count != b->channel_count)
        return false;
    for (size_t i = 0; i < a->channel_count; i++)
        if (!slice_equal(a->channels[i], b->channels[i]))
            return false;
    return true;
}

static struct withdrawal copy_withdrawal(struct arena *arena, const struct withdrawal *withdrawal) {
    struct withdrawal copy = *withdrawal;
    struct slice *channels = arena_new_array(arena, withdrawal->channel_count, sizeof *channels);
    for (size_t i = 0; i < withdrawal->channel_count; i++)
        channels[i] = arena_copy(arena, withdrawal->channels[i]);
    copy.key = arena_copy(arena, withdrawal->key);
    copy.entry = arena_copy(arena, withdrawal->entry);
    copy.sketch = arena_copy(arena, withdrawal->sketch);
    copy.channels = channels;
    copy.hash = hash128(copy.key);
    copy.entry_hash = hash128(copy.entry);
    copy.released = false;
    return copy;
}

bool history_put_withdrawal(struct history *history, const struct withdrawal *withdrawal) {
    const struct hash128 hash = hash128(withdrawal->key);
    uint64_t place = number_of(&history->withdrawal_numbers, hash);
    if (place == UINT64_MAX) {
        place = history->withdrawals.count;
        number(history, &history->withdrawal_numbers, bytes_of(&hash, sizeof hash), place);
        struct withdrawal copy = copy_withdrawal(&history->arena, withdrawal);
        vec_push(&history->withdrawals, copy);
        return true;
    }
    struct withdrawal *known = &history->withdrawals.items[place];
    if (!known->released && withdrawals_equal(known, withdrawal))
        return false;
    *known = copy_withdrawal(&history->arena, withdrawal);
    return true;
}

bool history_put_release(struct history *history, struct slice key) {
    uint64_t place = number_of(&history->withdrawal_numbers, hash128(key));
    if (place == UINT64_MAX || history->withdrawals.items[place].released)
        return false;
    return history->withdrawals.items[place].released = true;
}

/* Thousands of sightings share a source. */
static struct slice keep_source(struct history *history, struct slice source) {
    for (size_t i = history->sources.count; i-- > 0;)
        if (slice_equal(history->sources.items[i], source))
            return history->sources.items[i];
    vec_push(&history->sources, arena_copy(&history->arena, source));
    return history->sources.items[history->sources.count - 1];
}

bool history_put_sighting(struct history *history, struct slice key, struct slice source, int64_t at) {
    const struct hash128 hash = hash128(key);
    const struct sighting_name name = sighting_name_of(hash, source);
    uint64_t place = map_get(&history->sighting_numbers, bytes_of(&name, sizeof name), UINT64_MAX);
    if (place != UINT64_MAX) {
        struct sighting *known = &history->sightings.items[place];
        bool is_earlier = at < known->at;
        known->at = is_earlier ? at : known->at;
        return is_earlier;
    }
    number(history, &history->sighting_numbers, bytes_of(&name, sizeof name), history->sightings.count);
    vec_push(&history->sightings,
             (struct sighting){arena_copy(&history->arena, key), hash, keep_source(history, source), at});
    return true;
}

/* It says the same whenever it was said. */
bool history_put_permalink(struct history *history, struct slice key, int64_t at) {
    const struct hash128 hash = hash128(key);
    if (history_keeps_page(history, hash))
        return false;
    number(history, &history->permalink_numbers, bytes_of(&hash, sizeof hash), history->permalinks.count);
    vec_push(&history->permalinks, (struct history_permalink){arena_copy(&history->arena, key), hash, at});
    return true;
}
