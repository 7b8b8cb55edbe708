#include "cmd/withdrawals_parts.h"

#include "assemble/key.h"
#include "cmd/withdrawal_pages.h"
#include "text/sanitiser.h"

/* What heads show in the place of what was withdrawn. */

/* A line in a channel that has shown the entry. */
struct placed {
    size_t channel;
    const struct withdrawal *line;
};

struct placing {
    struct withdrawals *withdrawals;
    const struct corpus *corpus;
    const struct channels *channels;
    VEC(struct placed) items;      /* by channel, then entry; each once */
    struct hash_set paged_entries; /* that have a page which says the same; none where there are no pages */
};

static bool is_shown(const struct withdrawal *line, int64_t now) {
    return !line->released && line->channel_count && now < line->at + WITHDRAWAL_SHOWN;
}

/* --- which -------------------------------------------------------------------------------------------------- */

static int by_channel(const void *left, const void *right) {
    const struct placed *a = left;
    const struct placed *b = right;
    if (a->channel != b->channel)
        return a->channel < b->channel ? -1 : 1;
    int order = hash128_compare(a->line->entry_hash, b->line->entry_hash);
    if (order == 0)
        order = (a->line->at > b->line->at) - (a->line->at < b->line->at);
    return order ? order : hash128_compare(a->line->hash, b->line->hash);
}

static void list(struct placing *placing) {
    const struct history *history = history_in(placing->withdrawals);
    CLEANUP(map_release) struct map numbers = {0};
    for (size_t i = 0; i < placing->channels->items.count; i++)
        map_set(&numbers, placing->channels->items.items[i].path, i);
    for (size_t i = 0; i < history->withdrawals.count; i++) {
        const struct withdrawal *line = &history->withdrawals.items[i];
        if (!is_shown(line, placing->withdrawals->now))
            continue;
        for (size_t k = 0; k < line->channel_count; k++) {
            uint64_t channel = map_get(&numbers, line->channels[k], UINT64_MAX);
            if (channel != UINT64_MAX)
                vec_push(&placing->items, (struct placed){(size_t)channel, line});
        }
    }
    if (placing->items.count > 1)
        qsort(placing->items.items, placing->items.count, sizeof *placing->items.items, by_channel);
}

void withdrawals_list_visible(const struct index *index, const struct hash_set *entries, struct hash_set *visible) {
    for (size_t place = 0; place < index->order_count; place++) {
        struct hash128 key = index_record(index, index->order[place])->key;
        if (hash_set_has(entries, key))
            hash_set_add(visible, key);
    }
    for (size_t i = 0; i < index->hosts.count; i++)
        if (hash_set_has(entries, index->hosts.items[i].key_hash) &&
            !index_record(index, index->hosts.items[i].number)->withdrawn)
            hash_set_add(visible, index->hosts.items[i].key_hash);
    hash_set_seal(visible);
}

/* These need no stub. */
static void list_visible(const struct placing *placing, struct hash_set *visible) {
    CLEANUP(hash_set_release) struct hash_set entries = {0};
    for (size_t i = 0; i < placing->items.count; i++)
        hash_set_add(&entries, placing->items.items[i].line->entry_hash);
    hash_set_seal(&entries);
    withdrawals_list_visible(&placing->corpus->index, &entries, visible);
}

/* Each entry once in a channel, by the line that came first. */
static void keep_invisible(struct placing *placing) {
    CLEANUP(hash_set_release) struct hash_set visible = {0};
    size_t kept = 0;
    list_visible(placing, &visible);
    for (size_t i = 0; i < placing->items.count; i++) {
        const struct placed *placed = &placing->items.items[i];
        const struct placed *last = kept ? &placing->items.items[kept - 1] : NULL;
        bool is_second = last && last->channel == placed->channel &&
                         hash128_compare(last->line->entry_hash, placed->line->entry_hash) == 0;
        if (!is_second && !hash_set_has(&visible, placed->line->entry_hash))
            placing->items.items[kept++] = *placed;
    }
    placing->items.count = kept;
}

/* --- stubs -------------------------------------------------------------------------------------------------- */

static struct slice stub_content(struct slice text, struct arena *arena) {
    CLEANUP(buf_release) struct buf content = BUF(BUF_UNLIMITED);
    buf_append_string(&content, "<p>");
    html_append_escaped(&content, text);
    buf_append_string(&content, "</p>");
    return arena_copy(arena, buf_slice(&content));
}

static struct entry stub_entry(const struct placing *placing, const struct withdrawal *line, struct slice id,
                               struct arena *arena) {
    const struct corpus *corpus = placing->corpus;
    bool has_page = hash_set_has(&placing->paged_entries, line->entry_hash);
    const struct site *site = &corpus->settings->site;
    struct slice text = interface_text_of(&corpus->templates->text, "stub_text");
    struct author *author = arena_new(arena, sizeof *author);
    author->name = site->author;
    return (struct entry){
        .id = id,
        .page = has_page ? withdrawal_page_path(line->entry_hash, arena) : (struct slice){0},
        .title = interface_text_of(&corpus->templates->text, "stub_title"),
        .published = line->date,
        .updated = line->at,
        .authors = author,
        .author_count = 1,
        .is_withdrawn = true,
        .summary = text,
        .content = stub_content(text, arena),
    };
}

static bool is_in_head(const struct channel *channel, const struct index *index, int64_t date) {
    size_t count = channel->entries.count;
    if (count < channel->rule->items)
        return true;
    return count > 0 && date >= index_record(index, index->order[channel->entries.items[count - 1]])->date;
}

/* Behind the entries of the same date. */
static size_t place_in_head(const struct channel *channel, const struct index *index, int64_t date) {
    size_t place = 0;
    while (place < channel->entries.count &&
           index_record(index, index->order[channel->entries.items[place]])->date >= date)
        place++;
    return place;
}

static int by_date(const void *left, const void *right) {
    const struct stub *a = left;
    const struct stub *b = right;
    if (a->entry.published != b->entry.published)
        return a->entry.published > b->entry.published ? -1 : 1;
    return slice_compare(a->entry.id, b->entry.id);
}

static int latest_first(const void *left, const void *right) {
    const struct tombstone *a = left;
    const struct tombstone *b = right;
    if (a->at != b->at)
        return a->at > b->at ? -1 : 1;
    return slice_compare(a->id, b->id);
}

static struct slice make_id(const struct site *site, struct slice key, struct arena *arena) {
    CLEANUP(buf_release) struct buf id = BUF(BUF_UNLIMITED);
    entry_append_id(site, key, &id);
    return arena_copy(arena, buf_slice(&id));
}

static struct channel_withdrawals place_channel(const struct placing *placing, const struct placed *placed,
                                                size_t count) {
    struct arena *arena = &placing->withdrawals->stubs;
    const struct site *site = &placing->corpus->settings->site;
    const struct index *index = &placing->corpus->index;
    const struct channel *channel = &placing->channels->items.items[placed->channel];
    struct stub *stubs = arena_new_array(arena, count, sizeof *stubs);
    struct tombstone *tombstones = arena_new_array(arena, count, sizeof *tombstones);
    struct channel_withdrawals result = {.stubs = stubs, .tombstones = tombstones, .updated = INT64_MIN};
    for (size_t i = 0; i < count; i++) {
        const struct withdrawal *line = placed[i].line;
        struct slice id = make_id(site, line->entry, arena);
        tombstones[result.tombstone_count++] = (struct tombstone){id, line->at};
        result.updated = line->at > result.updated ? line->at : result.updated;
        if (is_in_head(channel, index, line->date))
            stubs[result.stub_count++] = (struct stub){.entry = stub_entry(placing, line, id, arena),
                                                       .place = place_in_head(channel, index, line->date)};
    }
    qsort(tombstones, count, sizeof *tombstones, latest_first);
    if (result.stub_count > 1)
        qsort(stubs, result.stub_count, sizeof *stubs, by_date);
    return result;
}

void withdrawals_place(struct withdrawals *withdrawals, const struct corpus *corpus, const struct channels *channels) {
    struct placing placing = {.withdrawals = withdrawals, .corpus = corpus, .channels = channels};
    arena_clear(&withdrawals->stubs);
    free(withdrawals->channels);
    withdrawals->channels = NULL;
    list(&placing);
    if (placing.items.count)
        keep_invisible(&placing);
    if (placing.items.count && corpus->templates->has_pages)
        withdrawal_pages_list(history_in(withdrawals), &placing.paged_entries);
    if (placing.items.count) {
        withdrawals->channel_count = channels->items.count;
        withdrawals->channels = memory_new_array(channels->items.count, sizeof *withdrawals->channels);
        for (size_t i = 0; i < channels->items.count; i++)
            withdrawals->channels[i].updated = INT64_MIN;
    }
    for (size_t begin = 0, end; begin < placing.items.count; begin = end) {
        const struct placed *placed = &placing.items.items[begin];
        end = begin;
        while (end < placing.items.count && placing.items.items[end].channel == placed->channel)
            end++;
        withdrawals->channels[placed->channel] = place_channel(&placing, placed, end - begin);
    }
    hash_set_release(&placing.paged_entries);
    vec_release(&placing.items);
}

/* --- questions ---------------------------------------------------------------------------------------------- */

struct channel_withdrawals withdrawals_in(const struct withdrawals *withdrawals, size_t channel) {
    if (!withdrawals || !withdrawals->channels || channel >= withdrawals->channel_count)
        return (struct channel_withdrawals){.updated = INT64_MIN};
    return withdrawals->channels[channel];
}

uint64_t withdrawals_signature(const struct withdrawals *withdrawals, size_t channel) {
    const struct channel_withdrawals in = withdrawals_in(withdrawals, channel);
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    if (in.tombstone_count == 0)
        return 0;
    for (size_t i = 0; i < in.stub_count; i++)
        buf_append_format(&bytes, "%zu %lld %.*s %.*s\n", in.stubs[i].place, (long long)in.stubs[i].entry.published,
                          SLICE_ARGUMENTS(in.stubs[i].entry.id), SLICE_ARGUMENTS(in.stubs[i].entry.page));
    for (size_t i = 0; i < in.tombstone_count; i++)
        buf_append_format(&bytes, "%lld %.*s\n", (long long)in.tombstones[i].at, SLICE_ARGUMENTS(in.tombstones[i].id));
    return hash64(buf_slice(&bytes));
}

uint64_t withdrawals_standing(const struct history *history) {
    uint64_t sum = 0;
    for (size_t i = 0; i < history->withdrawals.count; i++) {
        const struct withdrawal *line = &history->withdrawals.items[i];
        if (!line->released)
            sum += line->hash.low ^ (line->hash.high + (uint64_t)line->at);
    }
    return sum;
}

int64_t withdrawals_next_date(const struct history *history, int64_t now) {
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < history->withdrawals.count; i++) {
        const struct withdrawal *line = &history->withdrawals.items[i];
        if (is_shown(line, now) && line->at + WITHDRAWAL_SHOWN < next)
            next = line->at + WITHDRAWAL_SHOWN;
    }
    return next;
}
