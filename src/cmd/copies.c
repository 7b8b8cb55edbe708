#include "cmd/copies.h"

#include "assemble/duplicates.h"
#include "base/pool.h"
#include "clean/clean.h"
#include "cmd/article_input.h"
#include "cmd/fingerprints.h"
#include "cmd/served.h"
#include "text/fold.h"

#include <inttypes.h>

enum { MEMBERS_READ_MOST = 100 /* of a group; those with something given by hand come first */ };

/* --- reading members again ---------------------------------------------------------------------------------- */

/* An article as the index knows it, and as its source has it. */
static bool read_member(const struct corpus *corpus, uint32_t number, struct arena *arena, struct buf *key,
                        struct article *ret_article, struct article *ret_as_read) {
    const struct record *record = index_record(&corpus->index, number);
    struct article article = {0};
    buf_clear(key);
    if (!corpus_read_again(corpus, record, arena, &article))
        return false;
    *ret_as_read = article;
    corrections_apply(&corpus->desk, &article, key, arena, NULL);
    *ret_article = article;
    return true;
}

struct copies_worker {
    struct arena arena;
    struct buf key;
    struct classifier_worker *classifier; /* only while labels are decided anew */
    uint64_t *bits;
    struct diagnostics unused; /* what is wrong with labels has been said when they were read first */
};

/* A join as history has it. */
struct joined {
    struct slice member, leader; /* keys, on the heap; empty: it could not be read again */
};

struct copies_finder {
    struct corpus *corpus;
    struct copies_worker *workers;
    VEC(size_t) relabelled; /* numbers of groups */
    struct joined *joined;  /* one a bond of index->found */
};

static bool read_folded(void *context, size_t worker, uint32_t record, struct buf *title, struct buf *text) {
    const struct copies_finder *finder = context;
    struct copies_worker *own = &finder->workers[worker];
    struct article article;
    struct article as_read;
    struct plain_text plain = {0};
    arena_clear(&own->arena);
    if (!read_member(finder->corpus, record, &own->arena, &own->key, &article, &as_read) ||
        !clean_plain_text(&article, &own->arena, &plain))
        return false;
    text_fold(article.title, title, NULL);
    if (plain.text.size)
        text_fold(plain.text, text, NULL);
    return true;
}

/* Those who saw it before it was withdrawn know its id, should it come back. */
static bool was_seen(const struct history *history, struct hash128 key) {
    for (size_t i = 0; history && i < history->withdrawals.count; i++)
        if (withdrawal_was_seen(&history->withdrawals.items[i]) &&
            hash128_compare(history->withdrawals.items[i].entry_hash, key) == 0)
            return true;
    return false;
}

/* In a head, or, too old for any, on its page or in the archive of its date. */
static bool is_published(void *context, struct hash128 key, int64_t date) {
    const struct copies_finder *finder = context;
    CLEANUP(arena_release) struct arena arena = {0};
    struct served_entry entry;
    return was_seen(finder->corpus->index.history, key) || served_shows(finder->corpus->served, key) ||
           served_has_page(finder->corpus->served, key) ||
           served_find_archived(finder->corpus->served, key, &date, &arena, &entry);
}

/* --- labels given by hand ----------------------------------------------------------------------------------- */

struct labels {
    VEC(struct label) items;
};

/* Those of the leader and of all members that have any. */
static bool collect_labels(const struct copies_finder *finder, struct copies_worker *own,
                           const struct index_group *group, struct labels *labels) {
    const struct corpus *corpus = finder->corpus;
    const uint32_t *members = corpus->index.members.items + group->first;
    for (size_t i = 0; i <= group->by_hand && i < MEMBERS_READ_MOST; i++) {
        struct article article;
        struct article as_read;
        if (members[i] == group->shown)
            continue;
        if (!read_member(corpus, members[i], &own->arena, &own->key, &article, &as_read))
            return false;
        for (size_t k = 0; k < article.label_count; k++)
            vec_push(&labels->items, article.labels[k]);
    }
    return true;
}

/* A file that has changed is found out when its entry is made; then everything is read again. */
static void decide_again(const struct copies_finder *finder, struct copies_worker *own, struct index_group *group) {
    struct corpus *corpus = finder->corpus;
    struct labels labels = {0};
    struct article article;
    struct article as_read;
    struct plain_text text = {0};
    arena_clear(&own->arena);
    if (collect_labels(finder, own, group, &labels) &&
        read_member(corpus, group->shown, &own->arena, &own->key, &article, &as_read) &&
        clean_plain_text(&article, &own->arena, &text)) {
        for (size_t i = 0; i < article.label_count; i++)
            vec_push(&labels.items, article.labels[i]);
        struct classify_input input = article_input(&article, &text);
        input.labels = labels.items.items;
        input.label_count = labels.items.count;
        const struct decision *decisions = classify(own->classifier, &input, false, (struct place){0}, &own->unused);
        index_record(&corpus->index, group->leader)->labels = corpus_labels(corpus, decisions, own->bits);
    }
    vec_release(&labels.items);
}

static void run_decide_again(void *context, size_t job, size_t worker) {
    struct copies_finder *finder = context;
    size_t number = finder->relabelled.items[job];
    decide_again(finder, &finder->workers[worker], &finder->corpus->index.groups.items[number]);
}

static void decide_labels_again(struct copies_finder *finder, size_t workers) {
    struct corpus *corpus = finder->corpus;
    for (size_t i = 0; i < corpus->index.groups.count; i++)
        if (corpus->index.groups.items[i].relabelled)
            vec_push(&finder->relabelled, i);
    if (finder->relabelled.count == 0)
        return;
    for (size_t i = 0; i < workers; i++) {
        finder->workers[i].classifier = classifier_worker_new(corpus->classifier);
        finder->workers[i].bits = memory_new_array(corpus->labels.words, sizeof *finder->workers[i].bits);
    }
    pool_run(workers, finder->relabelled.count, run_decide_again, finder);
}

/* --- what history has to say -------------------------------------------------------------------------------- */

/* false when its file has changed since. */
static bool copy_key(const struct copies_finder *finder, struct copies_worker *own, uint32_t number,
                     struct slice *ret_key) {
    struct article article;
    struct article as_read;
    arena_clear(&own->arena);
    if (!read_member(finder->corpus, number, &own->arena, &own->key, &article, &as_read))
        return false;
    *ret_key = (struct slice){memory_copy_string(buf_string(&own->key)), own->key.size};
    return true;
}

static void run_read_keys(void *context, size_t job, size_t worker) {
    const struct copies_finder *finder = context;
    const struct index_bond *bond = &finder->corpus->index.found.items[job];
    struct copies_worker *own = &finder->workers[worker];
    struct joined *joined = &finder->joined[job];
    struct slice leader = {0};
    if (copy_key(finder, own, bond->member, &joined->member) && copy_key(finder, own, bond->leader, &leader))
        joined->leader = leader;
}

/* Records know only hashes, so the two are read again: few, but in the first run of all. */
static void note_joins(struct copies_finder *finder, size_t workers) {
    const struct index *index = &finder->corpus->index;
    size_t count = index->found.count;
    if (count == 0 || !finder->corpus->history)
        return;
    finder->joined = memory_new_array(count, sizeof *finder->joined);
    pool_run(workers, count, run_read_keys, finder);
    for (size_t i = 0; i < count; i++) {
        struct joined *joined = &finder->joined[i];
        const struct index_bond *bond = &index->found.items[i];
        const struct index_host *host = bond->member == bond->leader ? index_host_of(index, bond->leader) : NULL;
        /* One that has changed meanwhile is found again when it is read again. */
        if (joined->leader.size)
            history_add_join(finder->corpus->history, host ? host->key : joined->member,
                             host ? host->key : joined->leader, index_record(index, bond->leader)->date);
        free((void *)(uintptr_t)joined->member.data);
        free((void *)(uintptr_t)joined->leader.data);
    }
    free(finder->joined);
}

/* --- finding ------------------------------------------------------------------------------------------------ */

/* What shapes texts and comparisons, and is not in the records. */
static uint64_t fingerprint_of(const struct settings *settings) {
    const struct duplicates_settings *duplicates = &settings->duplicates;
    const struct taxonomies *taxonomies = &settings->taxonomies;
    CLEANUP(buf_release) struct buf facts = BUF(BUF_UNLIMITED);
    buf_append_format(&facts, "%" PRIx64 " %u %a", fingerprint_of_records(settings, 0, true), duplicates->days,
                      duplicates->containment);
    for (size_t i = 0; i < taxonomies->count; i++)
        buf_append_format(&facts, " %zu %zu", taxonomies->items[i].first_term, taxonomies->items[i].term_count);
    for (size_t i = 0; i < settings->source_count; i++)
        buf_append_format(&facts, " s%" PRIx64, fingerprint_of_source(&settings->sources[i]));
    for (size_t i = 0; i < settings->corrections.count; i++)
        buf_append_format(&facts, " c%" PRIx64, fingerprint_of_correction(&settings->corrections.items[i]));
    return hash64(buf_slice(&facts));
}

static void find(struct copies_finder *finder, const struct options *options, size_t *ret_hidden) {
    static const char cache_name[] = "copies";
    struct corpus *corpus = finder->corpus;
    CLEANUP(buf_release) struct buf before = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf after = BUF(BUF_UNLIMITED);
    const struct duplicates_reader reader = {.context = finder, .read = read_folded, .is_published = is_published};
    struct duplicates_request request = {
        .index = &corpus->index,
        .settings = &corpus->settings->duplicates,
        .taxonomies = &corpus->settings->taxonomies,
        .labels = &corpus->labels,
        .workers = options->jobs,
        .reader = &reader,
        .fingerprint = fingerprint_of(corpus->settings),
        .ret_remembered = corpus->cache && !options->dry_run ? &after : NULL,
    };
    if (corpus->cache && cache_get(corpus->cache, cache_name, &before))
        request.remembered = &before;
    uint64_t hash_before = hash64(buf_slice(&before));
    duplicates_find(&request, ret_hidden);
    if (after.size && hash64(buf_slice(&after)) != hash_before)
        cache_set(corpus->cache, cache_name, buf_slice(&after));
}

static void finder_release(struct copies_finder *finder, size_t workers) {
    for (size_t i = 0; i < workers; i++) {
        arena_release(&finder->workers[i].arena);
        buf_release(&finder->workers[i].key);
        classifier_worker_free(finder->workers[i].classifier);
        diagnostics_release(&finder->workers[i].unused);
        free(finder->workers[i].bits);
    }
    free(finder->workers);
    vec_release(&finder->relabelled);
}

void copies_find(struct corpus *corpus, const struct options *options) {
    size_t hidden = 0;
    if (!corpus->index.sketched)
        return;
    struct copies_finder finder = {.corpus = corpus,
                                   .workers = memory_new_array(options->jobs, sizeof *finder.workers)};
    for (size_t i = 0; i < options->jobs; i++)
        finder.workers[i].key = BUF(BUF_UNLIMITED);
    find(&finder, options, &hidden);
    note_joins(&finder, options->jobs);
    corpus->counts.articles -= hidden;
    corpus->counts.copies = hidden;
    decide_labels_again(&finder, options->jobs);
    finder_release(&finder, options->jobs);
}

/* --- the entry of a group ----------------------------------------------------------------------------------- */

struct addresses {
    VEC(struct slice) items;
    struct map known;
};

static void add_address(struct addresses *addresses, struct slice url) {
    if (url.size && addresses->items.count < RELATED_MOST && map_set(&addresses->known, url, 1))
        vec_push(&addresses->items, url);
}

/* What the other members bring along: addresses, and a title that an editor gave. */
static bool add_others(const struct corpus *corpus, const struct index_group *group, struct arena *arena,
                       struct addresses *addresses, struct slice *title_by_hand) {
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    const uint32_t *members = corpus->index.members.items + group->first;
    for (size_t i = 0; i < group->count && i < MEMBERS_READ_MOST; i++) {
        struct article article;
        struct article as_read;
        if (members[i] == group->shown || (i > group->by_hand && addresses->items.count == RELATED_MOST))
            continue;
        if (!read_member(corpus, members[i], arena, &key, &article, &as_read))
            return false;
        add_address(addresses, article.url);
        if (title_by_hand->size == 0 && !slice_equal(article.title, as_read.title))
            *title_by_hand = article.title;
    }
    return true;
}

static bool read_shown(const struct corpus *corpus, const struct index_group *group, struct arena *arena,
                       struct copies *copies, bool *ret_titled) {
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    struct article leader;
    struct article as_read;
    if (!read_member(corpus, group->leader, arena, &key, &leader, &as_read))
        return false;
    const struct index_host *host = index_host_of(&corpus->index, group->leader);
    copies->key = host ? host->key : arena_copy(arena, buf_slice(&key));
    if (!read_member(corpus, group->shown, arena, &key, &copies->article, &as_read))
        return false;
    copies->source = corpus->source_of_file[index_record(&corpus->index, group->shown)->location.file];
    *ret_titled = !slice_equal(copies->article.title, as_read.title);
    return true;
}

bool copies_read(const struct corpus *corpus, const struct index_group *group, struct arena *arena,
                 struct copies *ret_copies) {
    struct copies copies = {0};
    struct addresses addresses = {0};
    struct slice title_by_hand = {0};
    bool titled = false;
    if (!read_shown(corpus, group, arena, &copies, &titled))
        return false;
    if (copies.article.url.size)
        map_set(&addresses.known, copies.article.url, 1);
    bool good = add_others(corpus, group, arena, &addresses, &title_by_hand);
    if (title_by_hand.size && !titled)
        copies.article.title = title_by_hand;
    struct slice *related = arena_new_array(arena, addresses.items.count, sizeof *related);
    for (size_t i = 0; i < addresses.items.count; i++)
        related[i] = addresses.items.items[i];
    copies.related = related;
    copies.related_count = addresses.items.count;
    vec_release(&addresses.items);
    map_release(&addresses.known);
    *ret_copies = copies;
    return good;
}
