#include "assemble/duplicates.h"

#include "assemble/grouping.h"
#include "assemble/proposals.h"
#include "assemble/resemblance.h"
#include "base/pool.h"

/*
 * Articles are taken in batches, whose comparisons are made at once, on all cores. Whether an article leads is known
 * only when its comparisons are; until then it stands among the proposals as if it did. There must not be so many of
 * these that what they share looks common.
 */
enum {
    BATCH = 1024,
    BATCH_JOBS = PROPOSALS_COMMON / 2,
    SURE_LETTERS = 100, /* the same text of so many is a copy whatever the titles */
    DAY = 24 * 60 * 60,
};

/* Somebody of whom the article may be a copy. */
struct candidate {
    uint32_t place;
    bool is_copy;
};

struct item {
    struct candidate candidates[PROPOSALS_MOST]; /* the earliest first */
    uint32_t count;
    uint32_t proposal; /* its own number there; NONE */
};

/* What a thread needs to compare two articles. */
struct finder_worker {
    struct buf titles[2], texts[2];
    size_t read_places[2]; /* plus 1: what they hold */
    struct comparison comparison;
};

struct finder {
    struct index *index;
    const struct duplicates_settings *settings;
    const struct taxonomies *taxonomies;
    const struct label_table *labels;
    const struct duplicates_reader *reader;
    struct finder_worker *workers;
    uint32_t *numbers; /* of records, by date and key: places */
    uint32_t *leaders; /* place of the leader of the article at a place; its own: it leads */
    size_t count;
    struct proposals proposals;
    VEC(uint32_t) places; /* of proposals */
    uint32_t *twins;      /* by text, the place of the last article with it, plus 1 */
    size_t twins_capacity;
    struct item *items; /* of the batch at hand */
    size_t begin;       /* its first place */
    VEC(uint32_t) jobs; /* items that must be read */
};

static struct record *record_at(const struct finder *finder, size_t place) {
    return index_record(finder->index, finder->numbers[place]);
}

static const struct sketch *sketch_at(const struct finder *finder, size_t place) {
    return index_sketch(finder->index, finder->numbers[place]);
}

/* --- in order of date and key ------------------------------------------------------------------------------- */

static int by_date_and_key(const void *left, const void *right, void *context) {
    const struct record *a = index_record(context, *(const uint32_t *)left);
    const struct record *b = index_record(context, *(const uint32_t *)right);
    if (a->date != b->date)
        return a->date < b->date ? -1 : 1;
    return hash128_compare(a->key, b->key);
}

/* In index->order the dates are in order, so that only articles of one date have to be sorted by their keys. */
static void sort_articles(struct finder *finder) {
    for (size_t begin = 0, end; begin < finder->count; begin = end) {
        end = begin + 1;
        while (end < finder->count && record_at(finder, end)->date == record_at(finder, begin)->date)
            end++;
        if (end - begin > 1)
            qsort_r(finder->numbers + begin, end - begin, sizeof *finder->numbers, by_date_and_key, finder->index);
    }
}

/* Those withdrawn by an editor take part. */
static void list_articles(struct finder *finder) {
    struct index *index = finder->index;
    size_t most = index->order_count + index->aside.count;
    finder->numbers = memory_new_array(most, sizeof *finder->numbers);
    for (size_t i = index->order_count; i-- > 0;)
        finder->numbers[finder->count++] = index->order[i];
    for (size_t i = 0; i < index->aside.count; i++) {
        uint32_t number = index->aside.items[i];
        if (index_record(index, number)->withdrawn && index_sketch(index, number)->taken_back)
            finder->numbers[finder->count++] = number;
    }
    if (finder->count > index->order_count)
        qsort_r(finder->numbers, finder->count, sizeof *finder->numbers, by_date_and_key, index);
    else
        sort_articles(finder);
    finder->leaders = memory_new_array(finder->count, sizeof *finder->leaders);
    for (size_t i = 0; i < finder->count; i++)
        finder->leaders[i] = (uint32_t)i;
}

/* --- proposals ---------------------------------------------------------------------------------------------- */

static void expire(struct finder *finder, size_t place) {
    int64_t oldest = record_at(finder, place)->date - (int64_t)finder->settings->days * DAY;
    uint32_t first = finder->proposals.first;
    while (first < finder->proposals.end && record_at(finder, finder->places.items[first])->date < oldest)
        first++;
    proposals_expire(&finder->proposals, first);
}

static bool is_in_window(const struct finder *finder, size_t leader, size_t place) {
    return record_at(finder, place)->date - record_at(finder, leader)->date <= (int64_t)finder->settings->days * DAY;
}

/* Is it the same text, so that nothing need be read? */
static bool is_same(const struct finder *finder, size_t a, size_t b) {
    const struct sketch *x = sketch_at(finder, a);
    const struct sketch *y = sketch_at(finder, b);
    return sketch_same_text(x, y) && (x->letters >= SURE_LETTERS || (x->title && x->title == y->title));
}

/*
 * The last article before this one that has the same text, else UINT32_MAX; this one takes its place. However often one
 * text comes, it costs no comparison.
 */
static uint32_t exchange_twin(struct finder *finder, size_t place) {
    enum { PROBES_MOST = 16 };
    uint32_t twin = UINT32_MAX;
    size_t at = sketch_at(finder, place)->text;
    for (int probes = 0; probes < PROBES_MOST; probes++, at++) {
        uint32_t found = finder->twins[at & (finder->twins_capacity - 1)];
        if (found && is_same(finder, place, found - 1))
            twin = found - 1;
        if (found == 0 || twin != UINT32_MAX)
            break;
    }
    finder->twins[at & (finder->twins_capacity - 1)] = (uint32_t)place + 1;
    return twin;
}

/* Joins the leader of its twin. false when there is none, or the leader is out of the window. */
static bool join_twin(struct finder *finder, size_t place, uint32_t twin) {
    if (twin == UINT32_MAX || !is_in_window(finder, finder->leaders[twin], place))
        return false;
    finder->leaders[place] = finder->leaders[twin];
    return true;
}

static void propose(struct finder *finder, size_t place, struct item *item) {
    const struct sketch *sketch = sketch_at(finder, place);
    struct proposal proposals[PROPOSALS_MOST];
    expire(finder, place);
    size_t count = proposals_find(&finder->proposals, sketch, finder->settings->containment, proposals);
    for (size_t i = 0; i < count; i++)
        item->candidates[item->count++] = (struct candidate){finder->places.items[proposals[i].number], false};
    if (count)
        vec_push(&finder->jobs, (uint32_t)(place - finder->begin));
    item->proposal = proposals_add(&finder->proposals, sketch);
    vec_push(&finder->places, (uint32_t)place);
}

/* false when the batch must be settled first: who leads its twin is not known yet. */
static bool take(struct finder *finder, size_t place, struct item *item) {
    const struct sketch *sketch = sketch_at(finder, place);
    *item = (struct item){.proposal = UINT32_MAX};
    if (sketch->alone || sketch->letters == 0)
        return true;
    uint32_t twin = exchange_twin(finder, place);
    if (twin != UINT32_MAX && twin >= finder->begin && finder->items[twin - finder->begin].count) {
        (void)exchange_twin(finder, twin);
        return false;
    }
    if (!join_twin(finder, place, twin))
        propose(finder, place, item);
    return true;
}

/* --- comparisons -------------------------------------------------------------------------------------------- */

/* Both about something of one taxonomy, and of nothing in common. */
static bool labels_are_apart(const struct finder *finder, size_t a, size_t b) {
    const uint64_t *x = label_table_set(finder->labels, record_at(finder, a)->labels);
    const uint64_t *y = label_table_set(finder->labels, record_at(finder, b)->labels);
    for (size_t i = 0; i < finder->taxonomies->count; i++) {
        const struct taxonomy *taxonomy = &finder->taxonomies->items[i];
        size_t in_x = 0;
        size_t in_y = 0;
        size_t in_both = 0;
        for (size_t term = taxonomy->first_term; term < taxonomy->first_term + taxonomy->term_count; term++) {
            in_x += label_bit(x, term);
            in_y += label_bit(y, term);
            in_both += label_bit(x, term) && label_bit(y, term);
        }
        if (in_x && in_y && !in_both)
            return true;
    }
    return false;
}

static bool read_side(const struct finder *finder, size_t worker, int side, size_t place) {
    struct finder_worker *own = &finder->workers[worker];
    if (own->read_places[side] == place + 1)
        return true;
    buf_clear(&own->titles[side]);
    buf_clear(&own->texts[side]);
    bool good = finder->reader->read(finder->reader->context, worker, finder->numbers[place], &own->titles[side],
                                     &own->texts[side]);
    own->read_places[side] = good ? place + 1 : 0;
    return good;
}

static bool is_copy(const struct finder *finder, size_t worker, size_t place, size_t other) {
    struct finder_worker *own = &finder->workers[worker];
    struct resemblance resemblance;
    if (!read_side(finder, worker, 1, other))
        return false;
    resemblance_measure(&own->comparison, &(struct comparand){buf_slice(&own->titles[0]), buf_slice(&own->texts[0])},
                        &(struct comparand){buf_slice(&own->titles[1]), buf_slice(&own->texts[1])}, &resemblance);
    return resemblance_is_copy(&resemblance, finder->settings->containment, labels_are_apart(finder, place, other));
}

static void run_compare(void *context, size_t job, size_t worker) {
    struct finder *finder = context;
    size_t number = finder->jobs.items[job];
    struct item *item = &finder->items[number];
    size_t place = finder->begin + number;
    if (!read_side(finder, worker, 0, place))
        return;
    for (size_t i = 0; i < item->count; i++) {
        struct candidate *candidate = &item->candidates[i];
        candidate->is_copy = is_copy(finder, worker, place, candidate->place);
        if (candidate->is_copy && candidate->place < finder->begin)
            return;
    }
}

/* --- leaders ------------------------------------------------------------------------------------------------ */

/* In order, so that it is known of every candidate whether it leads. Newest first, those who do not go. */
static void settle(struct finder *finder, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct item *item = &finder->items[i];
        for (size_t k = 0; k < item->count; k++) {
            const struct candidate *candidate = &item->candidates[k];
            if (!candidate->is_copy || finder->leaders[candidate->place] != candidate->place)
                continue;
            finder->leaders[finder->begin + i] = candidate->place;
            break;
        }
    }
    for (size_t i = count; i-- > 0;)
        if (finder->items[i].proposal != UINT32_MAX && finder->leaders[finder->begin + i] != finder->begin + i)
            proposals_remove(&finder->proposals, finder->items[i].proposal);
}

/* Neither sketches nor heads are near each other: memory would be waited for, half of the time. */
static void fetch_ahead(const struct finder *finder, size_t place) {
    enum { AHEAD = 4 };
    if (place + 2 * AHEAD < finder->count) {
        const char *far = (const char *)sketch_at(finder, place + 2 * AHEAD);
        __builtin_prefetch(far);
        __builtin_prefetch(far + sizeof(struct sketch) - 1);
        __builtin_prefetch(record_at(finder, place + 2 * AHEAD));
    }
    if (place + AHEAD < finder->count)
        proposals_prefetch(&finder->proposals, sketch_at(finder, place + AHEAD));
}

/* At least one article; returns how many. */
static size_t take_batch(struct finder *finder) {
    size_t count = 0;
    vec_clear(&finder->jobs);
    while (count < BATCH && finder->begin + count < finder->count && finder->jobs.count < BATCH_JOBS) {
        fetch_ahead(finder, finder->begin + count);
        if (!take(finder, finder->begin + count, &finder->items[count]))
            break;
        count++;
    }
    return count;
}

static void find_leaders(struct finder *finder, size_t workers) {
    finder->items = memory_new_array(BATCH, sizeof *finder->items);
    proposals_init(&finder->proposals);
    finder->twins_capacity = 64;
    while (finder->twins_capacity < finder->count * 2)
        finder->twins_capacity *= 2;
    finder->twins = memory_new_array(finder->twins_capacity, sizeof *finder->twins);
    size_t count = 0;
    for (finder->begin = 0; finder->begin < finder->count; finder->begin += count) {
        count = take_batch(finder);
        if (finder->jobs.count)
            pool_run(workers, finder->jobs.count, run_compare, finder);
        settle(finder, count);
    }
    proposals_release(&finder->proposals);
    vec_release(&finder->places);
    vec_release(&finder->jobs);
    free(finder->items);
    free(finder->twins);
}

static void finder_release(struct finder *finder, size_t workers) {
    for (size_t i = 0; i < workers; i++) {
        for (int side = 0; side < 2; side++) {
            buf_release(&finder->workers[i].titles[side]);
            buf_release(&finder->workers[i].texts[side]);
        }
        comparison_release(&finder->workers[i].comparison);
    }
    free(finder->workers);
    free(finder->numbers);
    free(finder->leaders);
}

static void finder_init(struct finder *finder, size_t workers) {
    finder->workers = memory_new_array(workers, sizeof *finder->workers);
    for (size_t i = 0; i < workers; i++)
        for (int side = 0; side < 2; side++)
            finder->workers[i].titles[side] = finder->workers[i].texts[side] = BUF(BUF_UNLIMITED);
    list_articles(finder);
}

void duplicates_find(struct index *index, const struct duplicates_settings *settings,
                     const struct taxonomies *taxonomies, const struct label_table *labels, size_t workers,
                     const struct duplicates_reader *reader, size_t *ret_hidden) {
    struct finder finder = {
        .index = index, .settings = settings, .taxonomies = taxonomies, .labels = labels, .reader = reader};
    finder_init(&finder, workers);
    if (settings->wanted)
        find_leaders(&finder, workers);
    *ret_hidden = groups_make(index, finder.numbers, finder.leaders, finder.count);
    index_forget_sketches(index);
    finder_release(&finder, workers);
}
