#include "assemble/grouping.h"

/* --- who is whose member ------------------------------------------------------------------------------------ */

struct membership {
    uint32_t leader; /* record numbers */
    uint32_t member : 31;
    uint32_t by_hand : 1; /* as the member's sketch says */
};

struct grouping {
    struct index *index;
    struct sketch_reader reader;
    VEC(struct membership) memberships; /* of all but the leaders themselves */
    unsigned char *gone;                /* one a record: it has no entry */
};

/* A leader named by corrections, as a record. */
struct named_leader {
    struct hash128 key;
    uint32_t place;
};

static int by_key(const void *left, const void *right) {
    return hash128_compare(((const struct named_leader *)left)->key, ((const struct named_leader *)right)->key);
}

/* Valid until the next call. */
static const struct sketch *sketch_of(struct grouping *grouping, uint32_t number) {
    return sketches_at(&grouping->index->sketches, &grouping->reader, number);
}

static void add_member(struct grouping *grouping, uint32_t leader, uint32_t member) {
    vec_push(&grouping->memberships,
             (struct membership){leader, member & INT32_MAX, sketch_of(grouping, member)->by_hand});
}

/* Those whom corrections join to another go wherever that one went. */
static void add_joined(struct grouping *grouping, const uint32_t *numbers, const uint32_t *leaders, size_t count) {
    const struct index *index = grouping->index;
    size_t joins = index->joins.count;
    struct named_leader *named = memory_new_array(joins, sizeof *named);
    for (size_t i = 0; i < joins; i++)
        named[i] = (struct named_leader){index->joins.items[i].leader, UINT32_MAX};
    qsort(named, joins, sizeof *named, by_key);
    for (size_t place = 0; place < count; place++) {
        const struct named_leader wanted = {.key = index_record(index, numbers[place])->key};
        struct named_leader *found = bsearch(&wanted, named, joins, sizeof *named, by_key);
        /* One leader may stand several times; its equals are neighbours. */
        while (found && found > named && by_key(found - 1, &wanted) == 0)
            found--;
        for (; found && found < named + joins && by_key(found, &wanted) == 0; found++)
            found->place = (uint32_t)place;
    }
    for (size_t i = 0; i < index->aside.count; i++) {
        const struct record *record = index_record(index, index->aside.items[i]);
        const struct hash128 *leader = record->withdrawn ? NULL : index_leader(index, record->key);
        if (!leader)
            continue;
        const struct named_leader wanted = {.key = *leader};
        const struct named_leader *found = bsearch(&wanted, named, joins, sizeof *named, by_key);
        if (found && found->place != UINT32_MAX)
            add_member(grouping, numbers[leaders[found->place]], index->aside.items[i]);
    }
    free(named);
}

static void add_members(struct grouping *grouping, const uint32_t *numbers, const uint32_t *leaders, size_t count) {
    for (size_t place = 0; place < count; place++)
        if (leaders[place] != place)
            add_member(grouping, numbers[leaders[place]], numbers[place]);
    if (grouping->index->joins.count)
        add_joined(grouping, numbers, leaders, count);
}

/* Those with something given by hand come first, to be found among any number. */
static int by_leader_and_date(const void *left, const void *right, void *context) {
    const struct membership *a = left;
    const struct membership *b = right;
    if (a->leader != b->leader)
        return a->leader < b->leader ? -1 : 1;
    if (a->by_hand != b->by_hand)
        return a->by_hand ? -1 : 1;
    const struct record *x = index_record(context, a->member);
    const struct record *y = index_record(context, b->member);
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    return hash128_compare(x->key, y->key);
}

/* --- the best ----------------------------------------------------------------------------------------------- */

/* How much of what is shown is no letter: readings in parentheses behind every other character are, by far. */
static double clutter_of(const struct sketch *sketch) {
    return sketch->letters ? (double)sketch->bytes / (double)sketch->letters : 0;
}

/* What all members are measured by. */
struct standard {
    uint32_t rights;  /* the best of all: more than its rights allow is never shown */
    uint32_t letters; /* the most, of those with these rights */
    double clutter;   /* the least, of those with nearly so many letters */
};

static bool is_full(const struct sketch *sketch, const struct standard *standard) {
    return sketch->rights == standard->rights && (uint64_t)sketch->letters * 10 >= (uint64_t)standard->letters * 9;
}

static struct standard standard_of(struct grouping *grouping, const uint32_t *members, size_t count) {
    struct standard standard = {.rights = UINT32_MAX};
    for (size_t i = 0; i < count; i++) {
        const struct sketch *sketch = sketch_of(grouping, members[i]);
        if (sketch->rights < standard.rights)
            standard = (struct standard){.rights = sketch->rights};
        if (sketch->rights == standard.rights && sketch->letters > standard.letters)
            standard.letters = sketch->letters;
    }
    standard.clutter = -1;
    for (size_t i = 0; i < count; i++) {
        const struct sketch *sketch = sketch_of(grouping, members[i]);
        double clutter = clutter_of(sketch);
        if (is_full(sketch, &standard) && (standard.clutter < 0 || clutter < standard.clutter))
            standard.clutter = clutter;
    }
    return standard;
}

/* Of two that are as good as each other to read. */
static bool is_before(struct grouping *grouping, uint32_t a, uint32_t b) {
    const struct record *x = index_record(grouping->index, a);
    const struct record *y = index_record(grouping->index, b);
    bool a_has_address = sketch_of(grouping, a)->has_address;
    if (a_has_address != sketch_of(grouping, b)->has_address)
        return a_has_address;
    if (x->date != y->date)
        return x->date < y->date;
    return hash128_compare(x->key, y->key) < 0;
}

static uint32_t best_of(struct grouping *grouping, const uint32_t *members, size_t count) {
    static const double clutter_allowed = 1.1;
    struct standard standard = standard_of(grouping, members, count);
    const uint32_t *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct sketch *sketch = sketch_of(grouping, members[i]);
        if (!is_full(sketch, &standard) || clutter_of(sketch) > standard.clutter * clutter_allowed)
            continue;
        if (!best || is_before(grouping, members[i], *best))
            best = &members[i];
    }
    return best ? *best : members[0];
}

/* --- groups ------------------------------------------------------------------------------------------------- */

static bool was_taken_back(struct index *index, const uint32_t *members, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (index_record(index, members[i])->taken_back) {
            vec_push(&index->taken_back, (struct index_taken_back){members[0], members[i]});
            return true;
        }
    return false;
}

/* Held, or its date has not come: those who joined it wait with it. */
static bool is_waiting(const struct index *index, uint32_t leader) {
    return index_record(index, leader)->held || index_record(index, leader)->date > index->now;
}

/* A group of the memberships [begin, end), which have one leader. */
static void make_group(struct grouping *grouping, size_t begin, size_t end) {
    struct index *index = grouping->index;
    uint32_t leader = grouping->memberships.items[begin].leader;
    struct index_group group = {.leader = leader, .first = (uint32_t)index->members.count};
    vec_push(&index->members, leader);
    for (size_t i = begin; i < end; i++) {
        vec_push(&index->members, grouping->memberships.items[i].member);
        grouping->gone[grouping->memberships.items[i].member] = 1;
    }
    group.count = (uint32_t)(index->members.count - group.first);
    const uint32_t *members = index->members.items + group.first;
    if (was_taken_back(index, members, group.count) || is_waiting(index, leader)) {
        grouping->gone[leader] = 1;
        index->members.count = group.first;
        return;
    }
    group.shown = best_of(grouping, members, group.count);
    for (size_t i = 0; i < group.count; i++) {
        bool by_hand = sketch_of(grouping, members[i])->by_hand;
        group.by_hand += i > 0 && by_hand;
        group.relabelled = group.relabelled || (members[i] != group.shown && by_hand);
    }
    struct record *entry = index_record(index, leader);
    entry->labels = index_record(index, group.shown)->labels;
    entry->text_bytes = index_record(index, group.shown)->text_bytes;
    vec_push(&index->groups, group);
}

static size_t leave_out(struct grouping *grouping) {
    struct index *index = grouping->index;
    size_t kept = 0;
    for (size_t i = 0; i < index->order_count; i++)
        if (!grouping->gone[index->order[i]])
            index->order[kept++] = index->order[i];
    size_t left_out = index->order_count - kept;
    index->order_count = kept;
    return left_out;
}

size_t groups_make(struct index *index, const uint32_t *numbers, const uint32_t *leaders, size_t count) {
    struct grouping grouping = {.index = index};
    vec_clear(&index->groups);
    vec_clear(&index->members);
    vec_clear(&index->taken_back);
    add_members(&grouping, numbers, leaders, count);
    size_t memberships = grouping.memberships.count;
    if (memberships == 0)
        return 0;
    qsort_r(grouping.memberships.items, memberships, sizeof *grouping.memberships.items, by_leader_and_date, index);
    grouping.gone = memory_new(index->blocks.count * INDEX_BLOCK);
    for (size_t begin = 0, end; begin < memberships; begin = end) {
        end = begin;
        while (end < memberships && grouping.memberships.items[end].leader == grouping.memberships.items[begin].leader)
            end++;
        make_group(&grouping, begin, end);
    }
    size_t left_out = leave_out(&grouping);
    free(grouping.gone);
    sketch_reader_release(&grouping.reader);
    vec_release(&grouping.memberships);
    return left_out;
}
