#include "assemble/duplicates.h"

#include "assemble/grouping.h"
#include "assemble/proposals.h"
#include "assemble/remembered.h"
#include "assemble/resemblance.h"
#include "assemble/twins.h"
#include "base/pool.h"

/*
 * Articles are taken in batches, whose comparisons are made at once, on all cores. Whether an article leads is known
 * only when its comparisons are; until then it stands among the proposals as if it did. There must not be so many of
 * these that what they share looks common.
 *
 * Who is bound by history goes the same way as everybody, but is not compared: so a run that knows from history what an
 * earlier one found out finds what that one did.
 */
enum { BATCH = 1024, BATCH_JOBS = PROPOSALS_COMMON / 2 };

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
    const struct duplicates_request *request;
    struct finder_worker *workers;
    struct places places;
    struct proposals proposals;
    VEC(uint32_t) proposed; /* by number of the proposal: places */
    struct twins twins;
    struct item *items; /* of the batch at hand */
    size_t begin;       /* its first place */
    uint32_t window;    /* the first place in the window of the place at hand */
    VEC(uint32_t) jobs; /* items that must be read */
};

/* --- proposals ---------------------------------------------------------------------------------------------- */

static void move_window(struct finder *finder, size_t place) {
    uint32_t first = finder->proposals.first;
    finder->window = places_window(&finder->places, place, finder->window);
    while (first < finder->proposals.end && finder->proposed.items[first] < finder->window)
        first++;
    proposals_expire(&finder->proposals, first);
}

static uint32_t add_proposal(struct finder *finder, size_t place, const struct sketch *sketch) {
    vec_push(&finder->proposed, (uint32_t)place);
    return proposals_add(&finder->proposals, sketch);
}

/* Joins the leader of its twin. false when there is none, the leader is out of the window, or that is itself. */
static bool join_twin(struct finder *finder, size_t place, uint32_t twin) {
    struct places *places = &finder->places;
    bool leads = places_is_bound(places, place) && places->leaders[place] == place;
    if (twin == UINT32_MAX || leads || places->leaders[twin] == place ||
        !places_are_near(places, places->leaders[twin], place))
        return false;
    if (!places_is_bound(places, place))
        places->leaders[place] = places->leaders[twin];
    return true;
}

static void propose(struct finder *finder, size_t place, const struct sketch *sketch, struct item *item) {
    struct proposal proposals[PROPOSALS_MOST];
    size_t count = proposals_find(&finder->proposals, sketch, finder->request->settings->containment, proposals);
    for (size_t i = 0; i < count; i++)
        item->candidates[item->count++] = (struct candidate){finder->proposed.items[proposals[i].number], false};
    if (count)
        vec_push(&finder->jobs, (uint32_t)(place - finder->begin));
    item->proposal = add_proposal(finder, place, sketch);
}

static bool is_sought(const struct sketch *sketch) {
    return !sketch->alone && sketch->letters > 0;
}

/*
 * false when the batch must be settled first: who leads its twin is not known yet. However often one text comes, it
 * costs no comparison.
 */
static bool take(struct finder *finder, size_t place, struct item *item) {
    const struct sketch *sketch = places_sketch(&finder->places, place);
    *item = (struct item){.proposal = UINT32_MAX};
    if (!is_sought(sketch))
        return true;
    move_window(finder, place);
    uint64_t class = twins_class(sketch);
    uint32_t twin = class ? twins_last(&finder->twins, class, finder->window) : UINT32_MAX;
    if (twin != UINT32_MAX && twin >= finder->begin && finder->items[twin - finder->begin].count)
        return false;
    if (class)
        twins_note(&finder->twins, class, (uint32_t)place, finder->window);
    if (!join_twin(finder, place, twin))
        propose(finder, place, sketch, item);
    return true;
}

/* --- comparisons -------------------------------------------------------------------------------------------- */

/* Both about something of one taxonomy, and of nothing in common. */
static bool labels_are_apart(const struct finder *finder, size_t a, size_t b) {
    const uint64_t *x = label_table_set(finder->request->labels, places_record(&finder->places, a)->labels);
    const uint64_t *y = label_table_set(finder->request->labels, places_record(&finder->places, b)->labels);
    for (size_t i = 0; i < finder->request->taxonomies->count; i++) {
        const struct taxonomy *taxonomy = &finder->request->taxonomies->items[i];
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
    bool good = finder->request->reader->read(finder->request->reader->context, worker, finder->places.numbers[place],
                                              &own->titles[side], &own->texts[side]);
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
    return resemblance_is_copy(&resemblance, finder->request->settings->containment,
                               labels_are_apart(finder, place, other));
}

static void run_compare(void *context, size_t job, size_t worker) {
    struct finder *finder = context;
    size_t number = finder->jobs.items[job];
    struct item *item = &finder->items[number];
    size_t place = finder->begin + number;
    if (places_is_bound(&finder->places, place) || !read_side(finder, worker, 0, place))
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
    struct places *places = &finder->places;
    for (size_t i = 0; i < count; i++) {
        const struct item *item = &finder->items[i];
        for (size_t k = 0; k < item->count && !places_is_bound(places, finder->begin + i); k++) {
            const struct candidate *candidate = &item->candidates[k];
            if (!candidate->is_copy || places->leaders[candidate->place] != candidate->place)
                continue;
            places->leaders[finder->begin + i] = candidate->place;
            break;
        }
    }
    for (size_t i = count; i-- > 0;)
        if (finder->items[i].proposal != UINT32_MAX && places->leaders[finder->begin + i] != finder->begin + i)
            proposals_remove(&finder->proposals, finder->items[i].proposal);
}

/* Neither sketches nor heads are near each other: memory would be waited for, half of the time. */
static void fetch_ahead(struct finder *finder, size_t place) {
    enum { AHEAD = 4 };
    struct places *places = &finder->places;
    if (place + 2 * AHEAD < places->count) {
        const char *far = (const char *)places_sketch(places, place + 2 * AHEAD);
        __builtin_prefetch(far);
        __builtin_prefetch(far + sizeof(struct sketch) - 1);
        __builtin_prefetch(places_record(places, place + 2 * AHEAD));
    }
    if (place + AHEAD < places->count)
        proposals_prefetch(&finder->proposals, places_sketch(places, place + AHEAD));
}

/* At least one article; returns how many. */
static size_t take_batch(struct finder *finder) {
    const struct places *places = &finder->places;
    size_t count = 0;
    vec_clear(&finder->jobs);
    while (count < BATCH && finder->begin + count < places->count && finder->jobs.count < BATCH_JOBS) {
        fetch_ahead(finder, finder->begin + count);
        if (count > 0 && places_is_boundary(places, finder->begin + count))
            break;
        if (!take(finder, finder->begin + count, &finder->items[count]))
            break;
        count++;
    }
    return count;
}

/* What an earlier run had in hand here: the window's leaders and texts. */
static void rebuild_window(struct finder *finder) {
    struct places *places = &finder->places;
    if (finder->begin >= places->count)
        return;
    finder->window = places_window(places, finder->begin, 0);
    for (size_t place = finder->window; place < finder->begin; place++) {
        const struct sketch *sketch = places_sketch(places, place);
        uint64_t class = twins_class(sketch);
        if (!is_sought(sketch))
            continue;
        if (class)
            twins_note(&finder->twins, class, (uint32_t)place, finder->window);
        if (places->leaders[place] == place)
            add_proposal(finder, place, sketch);
    }
}

static void run_batches(struct finder *finder, const struct resumption *resumption) {
    struct places *places = &finder->places;
    for (size_t count = 0; finder->begin < places->count; finder->begin += count) {
        size_t at = finder->begin;
        if (count > 0 && at > resumption->same_from && places_is_boundary(places, at) &&
            resumption_finish(resumption, places, at, places_window(places, at, finder->window)))
            break;
        count = take_batch(finder);
        if (finder->jobs.count)
            pool_run(finder->request->workers, finder->jobs.count, run_compare, finder);
        settle(finder, count);
    }
}

/* Whoever is not bound leads until it is found to join somebody. */
static void find_leaders(struct finder *finder, struct remembered *remembered) {
    struct resumption resumption;
    resumption_make(&finder->places, remembered, &resumption);
    /* Made again in the end: while proposals stand there, memory is at its highest. */
    if (resumption_is_void(&resumption, &finder->places))
        places_forget_hashes(&finder->places);
    proposals_init(&finder->proposals);
    finder->begin = resumption_begin(&resumption, &finder->places);
    finder->window = 0;
    rebuild_window(finder);
    run_batches(finder, &resumption);
    proposals_release(&finder->proposals);
    twins_release(&finder->twins);
    vec_clear(&finder->proposed);
}

/* --- what was published ------------------------------------------------------------------------------------- */

static bool bit_of(const unsigned char *bits, size_t place) {
    return bits[place / 8] >> place % 8 & 1;
}

/* Do subscribers know the place's own entry, or do others stand behind it? */
static bool has_entry(const struct finder *finder, const unsigned char *led, size_t place) {
    const struct index *index = finder->places.index;
    const struct duplicates_reader *reader = finder->request->reader;
    uint32_t number = finder->places.numbers[place];
    if (bit_of(led, place) || index_host_of(index, number))
        return true;
    return reader->is_published && (index_record(index, number)->known || !index->has_known) &&
           reader->is_published(reader->context, index_entry_key(index, number), index_record(index, number)->date);
}

struct claims {
    unsigned char *led;           /* bits, as the next: places that lead by a bond */
    unsigned char *settled;       /* that are bound, or will be by these: */
    VEC(struct index_bond) bonds; /* of places */
};

static void set_bit(unsigned char *bits, size_t place) {
    bits[place / 8] |= (unsigned char)(1u << place % 8);
}

static void claim(struct claims *claims, size_t member, size_t leader) {
    set_bit(claims->settled, member);
    set_bit(claims->led, leader);
    vec_push(&claims->bonds, (struct index_bond){(uint32_t)member, (uint32_t)leader});
}

/*
 * An entry that subscribers have seen does not vanish into another one: the other joins it, though it be earlier; where
 * they have seen both, each leads for ever. Both are said in history, so that it stays so.
 */
static void claims_make(const struct finder *finder, struct claims *ret_claims) {
    const struct places *places = &finder->places;
    struct claims claims = {.led = memory_new(places->count / 8 + 1), .settled = memory_new(places->count / 8 + 1)};
    for (size_t i = 0; places->bound && i < places->count; i++)
        if (places_is_bound(places, i)) {
            set_bit(claims.led, places->leaders[i]);
            set_bit(claims.settled, i);
        }
    for (size_t i = 0; i < places->count; i++) {
        size_t leader = places->leaders[i];
        bool leader_goes = bit_of(claims.settled, leader) && !places_is_bound(places, leader);
        if (leader == i || bit_of(claims.settled, i) || leader_goes || !has_entry(finder, claims.led, i))
            continue;
        if (has_entry(finder, claims.led, leader))
            claim(&claims, i, i);
        else
            claim(&claims, leader, i);
    }
    *ret_claims = claims;
}

static void claims_release(struct claims *claims) {
    free(claims->led);
    free(claims->settled);
    vec_release(&claims->bonds);
}

/* Begins again, knowing what was found: all is as it was but around those that are bound now. */
static void find_again(struct finder *finder, const struct claims *claims) {
    struct places *places = &finder->places;
    struct remembered remembered;
    places_hash(places, finder->request->labels);
    remembered_take(places, &remembered);
    for (size_t i = 0; i < places->count; i++)
        if (!places_is_bound(places, i))
            places->leaders[i] = (uint32_t)i;
    for (size_t i = 0; i < claims->bonds.count; i++) {
        const struct index_bond *bond = &claims->bonds.items[i];
        places_bind(places, bond->member, bond->leader);
        vec_push(&places->index->found,
                 (struct index_bond){places->numbers[bond->member], places->numbers[bond->leader]});
    }
    find_leaders(finder, &remembered);
    remembered_release(&remembered);
}

/* Each time round somebody more is bound, so that it comes to an end. */
static void keep_published(struct finder *finder) {
    for (bool again = true; again;) {
        struct claims claims;
        claims_make(finder, &claims);
        again = claims.bonds.count > 0;
        if (again)
            find_again(finder, &claims);
        claims_release(&claims);
    }
}

static void note_joins(struct finder *finder) {
    const struct places *places = &finder->places;
    for (size_t i = 0; i < places->count; i++)
        if (places->leaders[i] != i && !places_is_bound(places, i))
            vec_push(&places->index->found,
                     (struct index_bond){places->numbers[i], places->numbers[places->leaders[i]]});
}

static void find_all(struct finder *finder) {
    const struct duplicates_request *request = finder->request;
    struct remembered remembered = {0};
    if (request->remembered) {
        remembered_read(buf_slice(request->remembered), request->fingerprint, &remembered);
        buf_release(request->remembered);
    }
    if (remembered.count)
        places_hash(&finder->places, request->labels);
    finder->items = memory_new_array(BATCH, sizeof *finder->items);
    find_leaders(finder, &remembered);
    remembered_release(&remembered);
    keep_published(finder);
    free(finder->items);
    note_joins(finder);
    if (request->ret_remembered) {
        places_hash(&finder->places, request->labels);
        remembered_append(&finder->places, request->fingerprint, request->ret_remembered);
    }
}

/* --- all of it ---------------------------------------------------------------------------------------------- */

static void finder_release(struct finder *finder) {
    for (size_t i = 0; i < finder->request->workers; i++) {
        for (int side = 0; side < 2; side++) {
            buf_release(&finder->workers[i].titles[side]);
            buf_release(&finder->workers[i].texts[side]);
        }
        comparison_release(&finder->workers[i].comparison);
    }
    free(finder->workers);
    vec_release(&finder->proposed);
    vec_release(&finder->jobs);
    places_release(&finder->places);
}

static void finder_init(struct finder *finder, const struct duplicates_request *request) {
    *finder =
        (struct finder){.request = request, .workers = memory_new_array(request->workers, sizeof *finder->workers)};
    for (size_t i = 0; i < request->workers; i++)
        for (int side = 0; side < 2; side++)
            finder->workers[i].titles[side] = finder->workers[i].texts[side] = BUF(BUF_UNLIMITED);
    places_init(&finder->places, request->index, request->settings->days);
}

void duplicates_find(const struct duplicates_request *request, size_t *ret_hidden) {
    struct finder finder;
    finder_init(&finder, request);
    vec_clear(&request->index->found);
    if (request->settings->wanted)
        find_all(&finder);
    *ret_hidden = groups_make(request->index, finder.places.numbers, finder.places.leaders, finder.places.count);
    index_forget_sketches(request->index);
    finder_release(&finder);
}
