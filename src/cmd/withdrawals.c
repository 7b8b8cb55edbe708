#include "cmd/withdrawals_parts.h"

struct withdrawals *withdrawals_new(struct history_file *history, struct served *served,
                                    const struct withdrawal_request *request, int64_t now) {
    struct withdrawals *withdrawals = memory_new(sizeof *withdrawals);
    *withdrawals = (struct withdrawals){.file = history, .served = served, .request = request, .now = now};
    return withdrawals;
}

void withdrawals_free(struct withdrawals *withdrawals) {
    if (!withdrawals)
        return;
    hash_set_release(&withdrawals->hidden);
    hash_set_release(&withdrawals->own);
    vec_release(&withdrawals->wishes);
    vec_release(&withdrawals->similar);
    vec_release(&withdrawals->vanished);
    vec_release(&withdrawals->asked);
    vec_release(&withdrawals->asked_lines);
    free(withdrawals->channels);
    arena_release(&withdrawals->arena);
    arena_release(&withdrawals->stubs);
    free(withdrawals);
}

bool withdrawals_are_possible(const struct withdrawals *withdrawals) {
    return !withdrawals->is_impossible;
}

void withdrawals_vanish(struct withdrawals *withdrawals, struct slice key) {
    vec_push(&withdrawals->vanished, arena_copy(&withdrawals->arena, key));
}

struct withdrawal_counts withdrawals_counts(const struct withdrawals *withdrawals) {
    return withdrawals->counts;
}

const size_t *withdrawals_asked_for(const struct withdrawals *withdrawals, size_t *ret_count) {
    *ret_count = withdrawals->asked_lines.count;
    return withdrawals->asked_lines.items;
}

struct hash128 entry_hash_of(const struct history *history, struct hash128 key) {
    const struct history_join *join = history_entry_of(history, key);
    return join ? join->leader_hash : key;
}

const struct withdrawal *standing_line(const struct history *history, struct hash128 key) {
    const struct withdrawal *line = history_withdrawal_of(history, key);
    return line && !line->released ? line : NULL;
}

/* --- records ------------------------------------------------------------------------------------------------ */

static size_t record_total(const struct index *index) {
    return index->blocks.count * INDEX_BLOCK;
}

/* Blocks end in records that were never filled: no article is made of no bytes. NULL for these. */
static struct record *record_at(const struct index *index, size_t number) {
    struct record *record = index_record(index, (uint32_t)number);
    return record->location.size > 0 ? record : NULL;
}

/* --- which lines count -------------------------------------------------------------------------------------- */

struct marking {
    struct withdrawals *withdrawals;
    const struct corpus *corpus;
    const struct history *history;
    struct hash_set lines;   /* the keys of those that stand */
    struct hash_set present; /* … whose articles are in the index */
    VEC(struct withdrawal_look) looks;
};

static void list_lines(struct marking *marking) {
    for (size_t i = 0; i < marking->history->withdrawals.count; i++) {
        const struct withdrawal *line = &marking->history->withdrawals.items[i];
        if (!line->released)
            hash_set_add(&marking->lines, line->hash);
    }
    hash_set_seal(&marking->lines);
}

/* Which articles are there, and which of them say themselves that they are withdrawn. */
static void look_around(struct marking *marking) {
    struct withdrawals *withdrawals = marking->withdrawals;
    const struct index *index = &marking->corpus->index;
    for (size_t i = 0; i < record_total(index); i++) {
        const struct record *record = record_at(index, i);
        if (!record)
            continue;
        if (record->withdrawn)
            hash_set_add(&withdrawals->own, record->key);
        if (hash_set_has(&marking->lines, record->key))
            hash_set_add(&marking->present, record->key);
    }
    hash_set_seal(&withdrawals->own);
    hash_set_seal(&marking->present);
}

/* Those by a correction stand with it, as long as there is an article for it to speak of. */
static bool is_active(const struct marking *marking, const struct withdrawal *line) {
    if (line->released || !takes_copies(line->cause))
        return false;
    return line->cause != WITHDRAWN_BY_CORRECTION || !hash_set_has(&marking->present, line->hash) ||
           hash_set_has(&marking->withdrawals->own, line->hash);
}

/* An editor lets a copy go that was kept out. */
static void release_copies(struct marking *marking) {
    struct withdrawals *withdrawals = marking->withdrawals;
    const struct index *index = &marking->corpus->index;
    for (size_t i = 0; index->released.count && i < marking->history->withdrawals.count; i++) {
        const struct withdrawal *line = &marking->history->withdrawals.items[i];
        if (line->released || line->cause != WITHDRAWN_AS_COPY || !index_is_released(index, line->hash))
            continue;
        history_add_release(withdrawals->file, line->key, withdrawals->now);
        withdrawals->counts.released++;
        withdrawals->counts.coming_back += line->channel_count;
    }
}

/* Keys of all that goes with what people withdrew. */
static void list_hidden(struct marking *marking) {
    struct withdrawals *withdrawals = marking->withdrawals;
    const struct history *history = marking->history;
    struct hash_set *hidden = &withdrawals->hidden;
    for (size_t i = 0; i < history->withdrawals.count; i++) {
        const struct withdrawal *line = &history->withdrawals.items[i];
        if (!is_active(marking, line))
            continue;
        hash_set_add(hidden, line->hash);
        hash_set_add(hidden, line->entry_hash);
        struct kept_sketch kept;
        if (!hash_set_has(&marking->present, line->hash) && kept_sketch_parse(line->sketch, &kept))
            vec_push(&marking->looks, (struct withdrawal_look){line->entry, kept, false});
    }
    for (size_t i = 0; i < withdrawals->wishes.count; i++) {
        hash_set_add(hidden, withdrawals->wishes.items[i].record->key);
        hash_set_add(hidden, entry_hash_of(history, withdrawals->wishes.items[i].record->key));
    }
    hash_set_seal(hidden);
    size_t before = hidden->items.count;
    for (size_t i = 0; before && i < history->joins.count; i++)
        if (hash_set_has(hidden, entry_hash_of(history, history->joins.items[i].member_hash)))
            hash_set_add(hidden, history->joins.items[i].member_hash);
    if (hidden->items.count > before)
        hash_set_seal(hidden);
}

static void hide(struct marking *marking) {
    const struct index *index = &marking->corpus->index;
    const struct hash_set *hidden = &marking->withdrawals->hidden;
    if (hidden->items.count == 0)
        return;
    for (size_t i = 0; i < record_total(index); i++) {
        struct record *record = record_at(index, i);
        if (record && hash_set_has(hidden, record->key))
            record->withdrawn = record->taken_back = 1;
    }
}

/* --- copies whose original is gone -------------------------------------------------------------------------- */

/* What is withdrawn only now, whose line comes later. What has changed since it was read is found out then. */
static void add_new_looks(struct marking *marking, struct looks_reader *reader) {
    const struct index *index = &marking->corpus->index;
    for (size_t i = 0; i < record_total(index); i++) {
        const struct record *record = record_at(index, i);
        struct kept_sketch kept;
        if (record && record->taken_back && !hash_set_has(&marking->lines, record->key) &&
            looks_read(reader, record, &kept))
            vec_push(&marking->looks, (struct withdrawal_look){.kept = kept, .is_new = true});
    }
}

enum { VALUES = 1 << 16, TITLE_BIN = SKETCH_BINS, BINS = SKETCH_BINS + 1 };

static void set_value(uint64_t *values, size_t bin, uint32_t value) {
    values[(bin * VALUES + value % VALUES) / 64] |= (uint64_t)1 << value % 64;
}

static bool has_value(const uint64_t *values, size_t bin, uint32_t value) {
    return values[(bin * VALUES + value % VALUES) / 64] >> value % 64 & 1;
}

/*
 * Which values the bins and titles of those that are looked for have: most articles have none of them. A bit for each
 * value.
 */
static uint64_t *list_values(const struct marking *marking) {
    uint64_t *values = memory_new_array((size_t)BINS * VALUES / 64, sizeof *values);
    for (size_t i = 0; i < marking->looks.count; i++) {
        const struct kept_sketch *kept = &marking->looks.items[i].kept;
        for (size_t bin = 0; bin < SKETCH_BINS; bin++)
            set_value(values, bin, kept->bins[bin]);
        if (kept->title)
            set_value(values, TITLE_BIN, kept->title);
    }
    return values;
}

/* Does it share at least two values, or the title's, with any of them? */
static bool may_be_copy(const uint64_t *values, const struct sketch *sketch) {
    unsigned known = sketch->title && has_value(values, TITLE_BIN, sketch->title) ? 2 : 0;
    for (size_t bin = 0; bin < SKETCH_BINS && known < 2; bin++)
        known += has_value(values, bin, sketch->bins[bin]);
    return known >= 2;
}

/* Nobody's copy: it was withdrawn already, or people let it go, or its source says so. */
static bool is_exempt(const struct marking *marking, const struct record *record, const struct sketch *sketch) {
    if (record->withdrawn || sketch->alone || index_is_released(&marking->corpus->index, record->key))
        return true;
    const struct withdrawal *line = history_withdrawal_of(marking->history, record->key);
    return line && line->released && line->cause == WITHDRAWN_AS_COPY;
}

/* What is gone says more than what is still there; then the first in order of entries, whatever came when. */
static bool is_better(const struct withdrawal_look *look, const struct withdrawal_look *than) {
    if (!than || look->is_new != than->is_new)
        return !than || !look->is_new;
    return slice_compare(look->entry, than->entry) < 0;
}

static const struct withdrawal_look *find_look(const struct marking *marking, const struct record *record,
                                               const struct sketch *sketch, struct looks_reader *reader) {
    const struct withdrawal_look *found = NULL;
    double contained = marking->corpus->settings->duplicates.containment;
    bool is_read = false;
    for (size_t i = 0; i < marking->looks.count; i++) {
        const struct withdrawal_look *look = &marking->looks.items[i];
        if (!kept_sketch_proposes(&look->kept, sketch))
            continue;
        if (!is_read && !looks_load(reader, record))
            return NULL;
        is_read = true;
        if (is_better(look, found) && kept_comparison_is_copy(&reader->comparison, &look->kept, contained))
            found = look;
    }
    return found;
}

static void find_copies(struct marking *marking, struct looks_reader *reader) {
    struct withdrawals *withdrawals = marking->withdrawals;
    const struct index *index = &marking->corpus->index;
    CLEANUP(memory_free) uint64_t *values = list_values(marking);
    CLEANUP(sketch_reader_release) struct sketch_reader sketches = {0};
    for (size_t i = 0; marking->looks.count && i < record_total(index); i++) {
        struct record *record = record_at(index, i);
        if (!record || record->withdrawn)
            continue;
        const struct sketch sketch = *sketches_at(&index->sketches, &sketches, (uint32_t)i);
        if (!may_be_copy(values, &sketch) || is_exempt(marking, record, &sketch))
            continue;
        const struct withdrawal_look *look = find_look(marking, record, &sketch, reader);
        if (!look)
            continue;
        if (look->is_new) {
            vec_push(&withdrawals->similar, record);
            continue;
        }
        record->withdrawn = record->taken_back = 1;
        vec_push(&withdrawals->wishes, (struct withdrawal_wish){record, WITHDRAWN_AS_COPY, look->entry});
    }
}

static void keep_copies_out(struct marking *marking) {
    struct looks_reader reader;
    if (!marking->corpus->index.sketched)
        return;
    looks_reader_init(&reader, marking->corpus);
    add_new_looks(marking, &reader);
    find_copies(marking, &reader);
    looks_reader_release(&reader);
}

/* --- all of it ---------------------------------------------------------------------------------------------- */

void withdrawals_mark(struct withdrawals *withdrawals, struct corpus *corpus, struct diagnostics *diagnostics) {
    struct marking marking = {.withdrawals = withdrawals, .corpus = corpus, .history = history_in(withdrawals)};
    vec_clear(&withdrawals->wishes);
    vec_clear(&withdrawals->similar);
    vec_clear(&withdrawals->vanished);
    hash_set_release(&withdrawals->hidden);
    hash_set_release(&withdrawals->own);
    if (withdrawals->request)
        withdrawals_resolve(withdrawals, corpus, diagnostics);
    release_copies(&marking);
    list_lines(&marking);
    look_around(&marking);
    list_hidden(&marking);
    hide(&marking);
    keep_copies_out(&marking);
    hash_set_release(&marking.lines);
    hash_set_release(&marking.present);
    vec_release(&marking.looks);
}

const struct withdrawal *withdrawals_reason(const struct withdrawals *withdrawals, struct hash128 key) {
    if (!withdrawals)
        return NULL;
    const struct history *history = history_in(withdrawals);
    const struct withdrawal *own = standing_line(history, key);
    struct hash128 entry = entry_hash_of(history, key);
    for (size_t i = 0; !own && i < history->withdrawals.count; i++) {
        const struct withdrawal *line = &history->withdrawals.items[i];
        if (!line->released && takes_copies(line->cause) && hash128_compare(line->entry_hash, entry) == 0)
            own = line;
    }
    return own;
}
