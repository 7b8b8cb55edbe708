#include "assemble/arranging.h"

/* A member whose leader is gone. */
struct orphan {
    struct hash128 leader_hash;
    struct slice leader;
    int64_t date;    /* of the leader */
    uint32_t links;  /* joins between the two: those that joined it first come first */
    uint32_t number; /* of its record */
};

struct bonding {
    struct index *index;
    const struct winners *winners;
    VEC(struct orphan) orphans;
};

/* Where a member goes in the end: through joins of history, and of corrections. */
struct destination {
    struct hash128 hash;
    struct slice key; /* empty: named by corrections */
    int64_t date;
    uint32_t links;
};

/* Does it take part by itself, so that it can join somebody? */
static bool takes_part(const struct index *index, uint32_t number) {
    const struct record *record = index_record(index, number);
    struct sketch sketch = {0};
    if (record->date > index->now || (record->withdrawn ? !record->taken_back : record->held) ||
        index_leader(index, record->key))
        return false;
    if (index->sketched)
        index_read_sketch(index, number, &sketch);
    return !sketch.alone;
}

/* false when they lead in a circle. */
static bool follow(const struct index *index, const struct history_join *join, struct destination *ret_destination) {
    enum { LINKS_MOST = 100 };
    struct destination at = {join->leader_hash, join->leader, join->date, 1};
    for (; at.links < LINKS_MOST; at.links++) {
        const struct hash128 *corrected = index_leader(index, at.hash);
        const struct history_join *next = corrected ? NULL : history_join_of(index->history, at.hash);
        if (corrected) {
            at.hash = *corrected;
            at.key = (struct slice){0};
        } else if (next && hash128_compare(next->leader_hash, at.hash) != 0) {
            at.hash = next->leader_hash;
            at.key = next->leader;
            at.date = next->date;
        } else {
            *ret_destination = at;
            return true;
        }
    }
    return false;
}

static bool is_gone(const struct index *index, uint32_t number) {
    return number == UINT32_MAX || (index_record(index, number)->withdrawn && !index_record(index, number)->taken_back);
}

static void bind(struct bonding *bonding, const struct history_join *join) {
    struct index *index = bonding->index;
    uint32_t member = winners_find(index, bonding->winners, join->member_hash);
    struct destination destination;
    /* Who leads for ever does so while it waits, too. */
    bool leads = hash128_compare(join->member_hash, join->leader_hash) == 0;
    if (member == UINT32_MAX || !(takes_part(index, member) || leads) || !follow(index, join, &destination))
        return;
    uint32_t leader = winners_find(index, bonding->winners, destination.hash);
    if (!is_gone(index, leader))
        vec_push(&index->bonds, (struct index_bond){member, leader});
    else if (destination.key.size && !leads)
        vec_push(&bonding->orphans,
                 (struct orphan){destination.hash, destination.key, destination.date, destination.links, member});
}

/* --- hosts -------------------------------------------------------------------------------------------------- */

static int by_leader(const void *left, const void *right, void *context) {
    const struct orphan *a = left;
    const struct orphan *b = right;
    int order = hash128_compare(a->leader_hash, b->leader_hash);
    if (order || a->links != b->links)
        return order ? order : (a->links > b->links) - (a->links < b->links);
    const struct record *x = index_record(context, a->number);
    const struct record *y = index_record(context, b->number);
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    return hash128_compare(x->key, y->key);
}

/* The first of orphans [begin, end), which have one leader, stands for it. */
static void make_host(struct bonding *bonding, size_t begin, size_t end) {
    struct index *index = bonding->index;
    const struct orphan *orphans = bonding->orphans.items;
    const struct orphan *first = &orphans[begin];
    const struct history_join *own = history_join_of(index->history, first->leader_hash);
    int64_t date = first->date;
    for (size_t i = begin; i < end; i++)
        date = orphans[i].date < date ? orphans[i].date : date;
    vec_push(&index->hosts, (struct index_host){first->number, first->leader_hash, first->leader});
    /* Its own join that says that it leads for ever says it of the host. */
    if (own && hash128_compare(own->leader_hash, first->leader_hash) == 0)
        vec_push(&index->bonds, (struct index_bond){first->number, first->number});
    for (size_t i = begin + 1; i < end; i++)
        vec_push(&index->bonds, (struct index_bond){orphans[i].number, first->number});
    index_record(index, first->number)->date = date;
}

static int by_number(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void make_hosts(struct bonding *bonding) {
    struct index *index = bonding->index;
    size_t count = bonding->orphans.count;
    if (count == 0)
        return;
    const struct orphan *orphans = bonding->orphans.items;
    qsort_r(bonding->orphans.items, count, sizeof *bonding->orphans.items, by_leader, index);
    for (size_t begin = 0, end; begin < count; begin = end) {
        end = begin + 1;
        while (end < count && hash128_compare(orphans[end].leader_hash, orphans[begin].leader_hash) == 0)
            end++;
        make_host(bonding, begin, end);
    }
    qsort(index->hosts.items, index->hosts.count, sizeof *index->hosts.items, by_number);
}

/* --- leaders that wait -------------------------------------------------------------------------------------- */

static void list_hidden_leaders(struct index *index) {
    size_t kept = 0;
    for (size_t i = 0; i < index->bonds.count; i++) {
        const struct record *leader = index_record(index, index->bonds.items[i].leader);
        if ((leader->held && !leader->withdrawn) || leader->date > index->now)
            vec_push(&index->hidden_leaders, index->bonds.items[i].leader);
    }
    uint32_t *items = index->hidden_leaders.items;
    if (index->hidden_leaders.count > 1)
        qsort(items, index->hidden_leaders.count, sizeof *items, by_number);
    for (size_t i = 0; i < index->hidden_leaders.count; i++)
        if (i == 0 || items[i] != items[i - 1])
            items[kept++] = items[i];
    index->hidden_leaders.count = kept;
}

void bonds_make(struct index *index, const struct winners *winners) {
    struct bonding bonding = {.index = index, .winners = winners};
    vec_clear(&index->bonds);
    vec_clear(&index->hosts);
    vec_clear(&index->hidden_leaders);
    if (!index->history)
        return;
    for (size_t i = 0; i < index->history->joins.count; i++)
        bind(&bonding, &index->history->joins.items[i]);
    make_hosts(&bonding);
    if (index->bonds.count)
        qsort(index->bonds.items, index->bonds.count, sizeof *index->bonds.items, by_number);
    list_hidden_leaders(index);
    vec_release(&bonding.orphans);
}
