#include "cmd/withdrawals_parts.h"

#include "assemble/archive.h"
#include "cmd/reread.h"

/* From what is withdrawn in this run to lines of the history, and from what is not any more. */
struct noting {
    struct withdrawals *withdrawals;
    const struct corpus *corpus;
    const struct channels *channels;
    struct diagnostics *diagnostics;
    struct line_finder finder;
    struct arena arena; /* of the article at hand */
    struct buf key, hex;
    struct looks_reader looks;
    bool changed; /* a source, since it was read */
};

/* --- the article -------------------------------------------------------------------------------------------- */

/* What the history keeps of its looks: hex, in noting->hex. */
static void make_sketch(struct noting *noting, const struct record *record) {
    struct kept_sketch kept;
    buf_clear(&noting->hex);
    if (looks_read(&noting->looks, record, &kept))
        kept_sketch_append(&kept, &noting->hex);
}

/* Its key, in noting->key; false when its source has changed. */
static bool read_key(struct noting *noting, const struct record *record, bool *ret_says_so_itself) {
    const struct corpus *corpus = noting->corpus;
    struct article article = {0};
    arena_clear(&noting->arena);
    buf_clear(&noting->key);
    if (!corpus_read_again(corpus, record, &noting->arena, &article)) {
        noting->changed = true;
        return false;
    }
    *ret_says_so_itself = article.withdrawn;
    corrections_apply(&corpus->desk, &article, &noting->key, &noting->arena, NULL);
    return true;
}

/* --- who showed it ------------------------------------------------------------------------------------------ */

static bool is_among(const struct slice *channels, size_t count, struct slice path) {
    for (size_t i = 0; i < count; i++)
        if (slice_equal(channels[i], path))
            return true;
    return false;
}

/* Only where it is too old for the head. */
static bool stands_in_archive(struct noting *noting, const struct channel *channel, const struct withdrawal *line) {
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    if (channel->rule->archive == ARCHIVE_NONE)
        return false;
    archive_append_path(&path, channel, line->date);
    return served_file_shows(noting->withdrawals->served, buf_slice(&path), hash128(line->entry));
}

/* Date, channels and page of the entry, as far as it is served. `record` NULL: what it belongs to is not known. */
static void ask_served(struct noting *noting, const struct record *record, struct withdrawal *line) {
    struct served_entry seen = {0};
    if (!noting->withdrawals->served)
        return;
    line->page = page_of_entry(noting->withdrawals->served, hash128(line->entry));
    if (served_find(noting->withdrawals->served, hash128(line->entry), &seen) ||
        (!record && served_find_archived(noting->withdrawals->served, hash128(line->entry), NULL,
                                         &noting->withdrawals->arena, &seen)))
        line->date = seen.date;
    size_t most = seen.channel_count + noting->channels->items.count;
    struct slice *channels = memory_new_array(most, sizeof *channels);
    size_t count = 0;
    for (size_t i = 0; i < seen.channel_count; i++)
        channels[count++] = seen.channels[i];
    const uint64_t *labels = record ? label_table_set(&noting->corpus->labels, record->labels) : NULL;
    for (size_t i = 0; labels && i < noting->channels->items.count; i++) {
        const struct channel *channel = &noting->channels->items.items[i];
        if (channel->rule->archive != ARCHIVE_NONE && channel_wants(channel, labels) &&
            !is_among(seen.channels, seen.channel_count, channel->path) && stands_in_archive(noting, channel, line))
            channels[count++] = channel->path;
    }
    if (count > 1)
        qsort(channels, count, sizeof *channels, slice_compare_items);
    struct slice *kept = arena_new_array(&noting->withdrawals->arena, count, sizeof *kept);
    for (size_t i = 0; i < count; i++)
        kept[i] = channels[i];
    free(channels);
    line->channels = kept;
    line->channel_count = count;
}

/* --- lines -------------------------------------------------------------------------------------------------- */

static void add_line(struct noting *noting, const struct withdrawal *line) {
    struct withdrawals *withdrawals = noting->withdrawals;
    history_add_withdrawal(withdrawals->file, line);
    withdrawals->counts.withdrawn++;
    if (line->cause == WITHDRAWN_BY_VANISHING)
        withdrawals->counts.vanished++;
    else
        withdrawals->counts.on_purpose += line->channel_count;
}

static struct slice entry_of(const struct history *history, struct slice key) {
    const struct history_join *join = history_entry_of(history, hash128(key));
    return join ? join->leader : key;
}

static void report_copy(struct noting *noting, const struct withdrawal_wish *wish) {
    struct place place = record_place(noting->corpus, wish->record, &noting->finder);
    diag_report(noting->diagnostics, DIAGNOSTIC_WITHDRAWN_TWIN, place, "%.*s, as %.*s",
                SLICE_ARGUMENTS(buf_slice(&noting->key)), SLICE_ARGUMENTS(wish->original));
}

/* A copy that nobody has seen has never had an entry: its line names the one that it is a copy of. */
static void write_line(struct noting *noting, const struct withdrawal_wish *wish, struct slice entry) {
    make_sketch(noting, wish->record);
    struct withdrawal line = {
        .key = buf_slice(&noting->key),
        .entry = entry.size ? entry : entry_of(history_in(noting->withdrawals), buf_slice(&noting->key)),
        .at = noting->withdrawals->now,
        .date = wish->record->date,
        .cause = wish->cause,
        .sketch = takes_copies(wish->cause) ? buf_slice(&noting->hex) : (struct slice){0},
    };
    ask_served(noting, wish->record, &line);
    if (wish->cause == WITHDRAWN_AS_COPY && !withdrawal_was_seen(&line) && wish->original.size)
        line.entry = wish->original;
    /* Gone by its own source's word before anybody saw it: there is nothing to remember. */
    if (wish->cause == WITHDRAWN_BY_ARTICLE && !withdrawal_was_seen(&line))
        return;
    add_line(noting, &line);
}

/* What the request and copies ask for. A command outranks what an article says of itself. */
static void note_wishes(struct noting *noting) {
    struct withdrawals *withdrawals = noting->withdrawals;
    for (size_t i = 0; i < withdrawals->wishes.count; i++) {
        const struct withdrawal_wish *wish = &withdrawals->wishes.items[i];
        const struct withdrawal *known = standing_line(history_in(withdrawals), wish->record->key);
        bool says_so_itself = false;
        if (known && (known->cause == wish->cause || wish->cause == WITHDRAWN_AS_COPY))
            continue;
        if (!read_key(noting, wish->record, &says_so_itself))
            return;
        if (known) {
            struct withdrawal line = *known;
            line.cause = wish->cause;
            /* Copies, which go only now, have shown the entry since. */
            if (served_has_page(withdrawals->served, line.entry_hash))
                line.page = WITHDRAWAL_PAGE_STOOD;
            make_sketch(noting, wish->record);
            line.sketch = buf_slice(&noting->hex);
            add_line(noting, &line);
            continue;
        }
        write_line(noting, wish, (struct slice){0});
        if (wish->cause == WITHDRAWN_AS_COPY)
            report_copy(noting, wish);
    }
}

static void note_own(struct noting *noting, const struct record *record, struct slice entry) {
    struct withdrawals *withdrawals = noting->withdrawals;
    bool says_so_itself = false;
    if (!hash_set_has(&withdrawals->own, record->key) || standing_line(history_in(withdrawals), record->key) ||
        !read_key(noting, record, &says_so_itself))
        return;
    const struct withdrawal_wish wish = {.record = record,
                                         .cause = says_so_itself ? WITHDRAWN_BY_ARTICLE : WITHDRAWN_BY_CORRECTION};
    write_line(noting, &wish, entry);
}

/* The key of a record, in noting->key's place in the arena of the run; empty when its source has changed. */
static struct slice key_of(struct noting *noting, const struct record *record) {
    bool says_so_itself = false;
    if (!read_key(noting, record, &says_so_itself))
        return (struct slice){0};
    return arena_copy(&noting->withdrawals->arena, buf_slice(&noting->key));
}

static bool is_seen(const struct withdrawals *withdrawals, struct hash128 entry) {
    return served_shows(withdrawals->served, entry) || served_has_page(withdrawals->served, entry);
}

/*
 * A copy that came withdrawn takes the entry with it that was there before: it is this one whose place the stub takes.
 * Where the copy's own line says something else, the leader gets one.
 */
static void note_groups(struct noting *noting) {
    struct withdrawals *withdrawals = noting->withdrawals;
    const struct index *index = &noting->corpus->index;
    for (size_t i = 0; i < index->taken_back.count; i++) {
        const struct record *leader = index_record(index, index->taken_back.items[i].leader);
        const struct record *member = index_record(index, index->taken_back.items[i].member);
        if (leader == member || !is_seen(withdrawals, entry_hash_of(history_in(withdrawals), leader->key)))
            continue;
        struct slice key = key_of(noting, leader);
        if (key.size == 0)
            return;
        struct slice entry = entry_of(history_in(withdrawals), key);
        note_own(noting, member, entry);
        const struct withdrawal *line = standing_line(history_in(withdrawals), member->key);
        bool says_so_itself = false;
        if ((line && slice_equal(line->entry, entry)) || standing_line(history_in(withdrawals), leader->key) ||
            !read_key(noting, leader, &says_so_itself))
            continue;
        const struct withdrawal_wish wish = {.record = leader, .cause = WITHDRAWN_AS_COPY};
        write_line(noting, &wish, entry);
    }
}

static void note_withdrawn(struct noting *noting) {
    const struct index *index = &noting->corpus->index;
    for (size_t i = 0; i < index->aside.count && !noting->changed; i++) {
        const struct record *record = index_record(index, index->aside.items[i]);
        if (record->withdrawn)
            note_own(noting, record, (struct slice){0});
    }
}

static void note_vanished(struct noting *noting) {
    struct withdrawals *withdrawals = noting->withdrawals;
    for (size_t i = 0; i < withdrawals->vanished.count; i++) {
        struct slice key = withdrawals->vanished.items[i];
        if (standing_line(history_in(withdrawals), hash128(key)))
            continue;
        struct withdrawal line = {.key = key,
                                  .entry = entry_of(history_in(withdrawals), key),
                                  .at = withdrawals->now,
                                  .date = withdrawals->now,
                                  .cause = WITHDRAWN_BY_VANISHING};
        ask_served(noting, NULL, &line);
        /* Of what nobody has seen too: else it would be looked for in every run. */
        add_line(noting, &line);
    }
}

/* --- releases ----------------------------------------------------------------------------------------------- */

static void release(struct withdrawals *withdrawals, const struct withdrawal *line) {
    withdrawals->counts.released++;
    withdrawals->counts.coming_back += line->channel_count;
    history_add_release(withdrawals->file, line->key, withdrawals->now);
}

/* Of each article that is there: NULL for those whose withdrawal stands by itself. */
static bool says_no_more(const struct withdrawals *withdrawals, const struct hash_set *present,
                         const struct withdrawal *line) {
    if (line->released || line->cause == WITHDRAWN_BY_COMMAND || line->cause == WITHDRAWN_AS_COPY)
        return false;
    return hash_set_has(present, line->hash) && !hash_set_has(&withdrawals->own, line->hash);
}

static void note_releases(struct noting *noting) {
    struct withdrawals *withdrawals = noting->withdrawals;
    const struct history *history = history_in(withdrawals);
    const struct index *index = &noting->corpus->index;
    CLEANUP(hash_set_release) struct hash_set wanted = {0};
    CLEANUP(hash_set_release) struct hash_set present = {0};
    for (size_t i = 0; i < history->withdrawals.count; i++)
        if (!history->withdrawals.items[i].released)
            hash_set_add(&wanted, history->withdrawals.items[i].hash);
    hash_set_seal(&wanted);
    for (size_t i = 0; wanted.items.count && i < index->blocks.count * INDEX_BLOCK; i++) {
        const struct record *record = index_record(index, (uint32_t)i);
        if (record->location.size && hash_set_has(&wanted, record->key))
            hash_set_add(&present, record->key);
    }
    hash_set_seal(&present);
    for (size_t i = 0; i < history->withdrawals.count; i++)
        if (says_no_more(withdrawals, &present, &history->withdrawals.items[i]))
            release(withdrawals, &history->withdrawals.items[i]);
}

/*
 * What looks like something that is withdrawn now but is shown beside it is other news. It must not go later, when the
 * other's source is gone and only its looks are left to compare: a line that is released at once says so.
 */
static void note_others(struct noting *noting) {
    struct withdrawals *withdrawals = noting->withdrawals;
    const struct index *index = &noting->corpus->index;
    CLEANUP(hash_set_release) struct hash_set similar = {0};
    for (size_t i = 0; i < withdrawals->similar.count; i++)
        hash_set_add(&similar, withdrawals->similar.items[i]->key);
    hash_set_seal(&similar);
    for (size_t place = 0; similar.items.count && place < index->order_count; place++) {
        const struct record *record = index_record(index, index->order[place]);
        if (!hash_set_has(&similar, record->key) || history_withdrawal_of(history_in(withdrawals), record->key))
            continue;
        struct slice key = key_of(noting, record);
        if (key.size == 0)
            return;
        const struct withdrawal line = {
            .key = key, .entry = key, .at = withdrawals->now, .date = record->date, .cause = WITHDRAWN_AS_COPY};
        history_add_withdrawal(withdrawals->file, &line);
        history_add_release(withdrawals->file, key, withdrawals->now);
    }
}

/* --- all of it ---------------------------------------------------------------------------------------------- */

static void list_asked(struct withdrawals *withdrawals) {
    const struct history *history = history_in(withdrawals);
    vec_clear(&withdrawals->asked_lines);
    for (size_t i = 0; i < withdrawals->asked.count; i++) {
        const struct withdrawal *line = history_withdrawal_of(history, withdrawals->asked.items[i]);
        if (line)
            vec_push(&withdrawals->asked_lines, (size_t)(line - history->withdrawals.items));
    }
}

bool withdrawals_note(struct withdrawals *withdrawals, const struct corpus *corpus, const struct channels *channels,
                      struct diagnostics *diagnostics) {
    struct noting noting = {
        .withdrawals = withdrawals,
        .corpus = corpus,
        .channels = channels,
        .diagnostics = diagnostics,
        .key = BUF(BUF_UNLIMITED),
        .hex = BUF(BUF_UNLIMITED),
    };
    looks_reader_init(&noting.looks, corpus);
    note_releases(&noting);
    note_wishes(&noting);
    note_groups(&noting);
    note_withdrawn(&noting);
    note_vanished(&noting);
    note_others(&noting);
    arena_release(&noting.arena);
    buf_release(&noting.key);
    looks_reader_release(&noting.looks);
    buf_release(&noting.hex);
    if (noting.changed)
        return false;
    list_asked(withdrawals);
    withdrawals_place(withdrawals, corpus, channels);
    return true;
}
