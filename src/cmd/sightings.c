#include "cmd/sightings.h"

#include "assemble/key.h"
#include "cmd/corpus.h"
#include "cmd/withdrawals.h"

void sightings_init(struct sightings *sightings, const struct history *history, int64_t now) {
    *sightings = (struct sightings){.history = history, .now = now};
    pthread_mutex_init(&sightings->mutex, NULL);
}

void sightings_release(struct sightings *sightings) {
    pthread_mutex_destroy(&sightings->mutex);
    vec_release(&sightings->met);
    arena_release(&sightings->arena);
    *sightings = (struct sightings){0};
}

/* --- while articles are read -------------------------------------------------------------------------------- */

static const struct sighting *find(const struct sightings *sightings, const struct source *source, struct slice key) {
    return sightings->history ? history_sighting_of(sightings->history, hash128(key), source->files) : NULL;
}

static void meet(struct sightings *sightings, const struct source *source, struct slice key) {
    pthread_mutex_lock(&sightings->mutex);
    vec_push(&sightings->met, (struct sighted){arena_copy(&sightings->arena, key), source});
    pthread_mutex_unlock(&sightings->mutex);
}

/* A key that has no date in it. */
static void append_lasting_key(const struct article *article, struct buf *key) {
    article_append_key(article, key);
    if (!slice_starts_with(buf_slice(key), SLICE("doc/")))
        return;
    buf_clear(key);
    untimed_append_key(article->title, key);
}

bool sightings_date(struct sightings *sightings, const struct source *source, struct article *article) {
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    if (article->date.present)
        return false;
    append_lasting_key(article, &key);
    const struct sighting *sighting = find(sightings, source, buf_slice(&key));
    article->date = (struct timestamp){.seconds = sighting ? sighting->at : sightings->now, .present = true};
    if (!sighting)
        meet(sightings, source, buf_slice(&key));
    return !sighting;
}

void sightings_note(struct sightings *sightings, const struct source *source, struct slice key) {
    if (source->withdraw_vanished && !find(sightings, source, key))
        meet(sightings, source, key);
}

/* --- when all are there ------------------------------------------------------------------------------------- */

struct settling {
    const struct corpus *corpus;
    int64_t now;
    struct map by_key; /* hash of a key → a sighting of it */
    /* By numbers of sightings: */
    size_t *next; /* another one of its key; SIZE_MAX: none */
    bool *may_vanish, *is_here;
};

/* In an order that threads have no say in. */
static int by_source_and_key(const void *left, const void *right) {
    const struct sighted *a = left;
    const struct sighted *b = right;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    return slice_compare(a->key, b->key);
}

static void add_met(struct sightings *sightings, struct history_file *file) {
    if (sightings->met.count > 1)
        qsort(sightings->met.items, sightings->met.count, sizeof *sightings->met.items, by_source_and_key);
    for (size_t i = 0; i < sightings->met.count; i++)
        history_add_sighting(file, sightings->met.items[i].key, sightings->met.items[i].source->files, sightings->now);
    vec_clear(&sightings->met);
    arena_clear(&sightings->arena);
}

/* A record that came out of the cache, where the history has been lost. One that has changed since is met later. */
static void add_again(const struct settling *settling, const struct source *source, const struct record *record) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    struct article article = {0};
    if (!corpus_read_again(settling->corpus, record, &arena, &article))
        return;
    article_append_key(&article, &key);
    history_add_sighting(settling->corpus->history, buf_slice(&key), source->files, settling->now);
}

static bool wants_vanished(const struct settings *settings) {
    for (size_t i = 0; i < settings->source_count; i++)
        if (settings->sources[i].withdraw_vanished)
            return true;
    return false;
}

static void visit_records(struct settling *settling, void (*visit)(struct settling *settling, const struct record *)) {
    const struct index *index = &settling->corpus->index;
    for (size_t i = 0; i < index->blocks.count * INDEX_BLOCK; i++) {
        const struct record *record = index_record(index, (uint32_t)i);
        /* Blocks end in records that were never filled: no article is made of no bytes. */
        if (record->location.size > 0)
            visit(settling, record);
    }
}

static void add_if_new(struct settling *settling, const struct record *record) {
    const struct source *source = settling->corpus->source_of_file[record->location.file];
    if (source->withdraw_vanished &&
        !history_sighting_of(history_of(settling->corpus->history), record->key, source->files))
        add_again(settling, source, record);
}

static void mark_here(struct settling *settling, const struct record *record) {
    const struct slice key = {(const char *)&record->key, sizeof record->key};
    for (size_t i = map_get(&settling->by_key, key, SIZE_MAX); i != SIZE_MAX; i = settling->next[i])
        settling->is_here[i] = true;
}

/* The source whose articles vanish, by that name, and all of whose files could be read. */
static const struct source *vanishing_source(const struct corpus *corpus, struct slice files) {
    const struct settings *settings = corpus->settings;
    const struct source *found = NULL;
    for (size_t i = 0; i < settings->source_count; i++) {
        const struct source *source = &settings->sources[i];
        if (!slice_equal(source->files, files))
            continue;
        if (!source->withdraw_vanished || corpus->plan.incomplete[i] || corpus->refused_of_source[i])
            return NULL;
        found = source;
    }
    return found;
}

/* Of an article without a date there may be two sightings; the one of its title says nothing about what is here. */
static bool is_of_key(struct slice key) {
    return !slice_starts_with(key, SLICE("title/"));
}

static void list_sightings(struct settling *settling) {
    const struct history *history = history_of(settling->corpus->history);
    struct slice last = {0};
    const struct source *source = NULL;
    for (size_t i = 0; i < history->sightings.count; i++) {
        const struct sighting *sighting = &history->sightings.items[i];
        const struct slice key = {(const char *)&sighting->hash, sizeof sighting->hash};
        if (i == 0 || !slice_equal(last, sighting->source))
            source = vanishing_source(settling->corpus, sighting->source);
        last = sighting->source;
        settling->next[i] = SIZE_MAX;
        if (!source || !is_of_key(sighting->key))
            continue;
        settling->may_vanish[i] = true;
        settling->next[i] = map_get(&settling->by_key, key, SIZE_MAX);
        map_set(&settling->by_key, key, i);
    }
}

static void find_vanished(struct settling *settling) {
    const struct history *history = history_of(settling->corpus->history);
    size_t count = history->sightings.count;
    settling->next = memory_new_array(count, sizeof *settling->next);
    settling->may_vanish = memory_new_array(count, sizeof *settling->may_vanish);
    settling->is_here = memory_new_array(count, sizeof *settling->is_here);
    list_sightings(settling);
    visit_records(settling, mark_here);
    for (size_t i = 0; i < count; i++)
        if (settling->may_vanish[i] && !settling->is_here[i])
            withdrawals_vanish(settling->corpus->withdrawals, history->sightings.items[i].key);
    map_release(&settling->by_key);
    free(settling->next);
    free(settling->may_vanish);
    free(settling->is_here);
}

void sightings_settle(struct sightings *sightings, const struct corpus *corpus) {
    struct settling settling = {.corpus = corpus, .now = sightings->now};
    add_met(sightings, corpus->history);
    if (!wants_vanished(corpus->settings))
        return;
    visit_records(&settling, add_if_new);
    if (corpus->withdrawals)
        find_vanished(&settling);
}

/* The sum is the same in any order. */
uint64_t sightings_signature(const struct history *history, const struct source *source) {
    uint64_t signature = 0;
    if (!source->undated)
        return 0;
    for (size_t i = 0; history && i < history->sightings.count; i++) {
        const struct sighting *sighting = &history->sightings.items[i];
        const uint64_t facts[3] = {sighting->hash.high, sighting->hash.low, (uint64_t)sighting->at};
        if (slice_equal(sighting->source, source->files))
            signature += hash64((struct slice){(const char *)facts, sizeof facts});
    }
    return signature | 1;
}
