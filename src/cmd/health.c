#include "cmd/health.h"

#include "base/date.h"
#include "cmd/fetch_state.h"

static const char cache_name[] = "past/health";
enum { HALF_A_DAY = 12 * 60 * 60 };

/* --- days --------------------------------------------------------------------------------------------------- */

/* Midnight in the site's zone, before or at the moment. */
static int64_t midnight_of(int64_t moment) {
    CLEANUP(buf_release) struct buf day = BUF(64);
    struct timestamp midnight = {0};
    date_append_day(&day, moment);
    return date_parse(buf_slice(&day), &midnight) ? midnight.seconds : moment;
}

/* Days need not have 24 hours. */
static void list_midnights(int64_t now, int64_t ret_midnights[HEALTH_DAYS]) {
    ret_midnights[0] = midnight_of(now);
    for (size_t i = 1; i < HEALTH_DAYS; i++)
        ret_midnights[i] = midnight_of(ret_midnights[i - 1] - HALF_A_DAY);
}

void health_days_until(const struct health *health, int64_t now, uint32_t ret_days[HEALTH_DAYS]) {
    int64_t today = midnight_of(health->at);
    int64_t midnight = midnight_of(now);
    size_t later = 0;
    while (midnight > today && later < HEALTH_DAYS) {
        midnight = midnight_of(midnight - HALF_A_DAY);
        later++;
    }
    memset(ret_days, 0, HEALTH_DAYS * sizeof *ret_days);
    for (size_t i = later; i < HEALTH_DAYS; i++)
        ret_days[i] = health->days[i - later];
}

/* --- of a corpus -------------------------------------------------------------------------------------------- */

static void count_record(const struct corpus *corpus, uint32_t number, const int64_t midnights[HEALTH_DAYS],
                         struct health *health) {
    const struct record *record = index_record(&corpus->index, number);
    size_t source_number = (size_t)(corpus->source_of_file[record->location.file] - corpus->settings->sources);
    struct source_health *source = &health->sources[source_number];
    source->articles++;
    source->keys += record->key.low;
    source->newest = record->date > source->newest ? record->date : source->newest;
    if (record->date < midnights[HEALTH_DAYS - 1])
        return;
    size_t day = 0;
    while (record->date < midnights[day])
        day++;
    health->days[day]++;
}

static void count_records(const struct corpus *corpus, int64_t now, struct health *health) {
    enum { AHEAD = 16 }; /* records are anywhere in memory */
    const struct index *index = &corpus->index;
    int64_t midnights[HEALTH_DAYS];
    list_midnights(now, midnights);
    for (size_t i = 0; i < index->order_count; i++) {
        if (i + AHEAD < index->order_count)
            __builtin_prefetch(index_record(index, index->order[i + AHEAD]));
        const struct index_group *group = index_group_of(index, index->order[i]);
        for (uint32_t k = 0; group && k < group->count; k++)
            count_record(corpus, index->members.items[group->first + k], midnights, health);
        if (!group)
            count_record(corpus, index->order[i], midnights, health);
    }
}

/* What upstreams show and was refused never came to be kept, so that reading what is kept does not know of it. */
static size_t refused_of(const struct corpus *corpus, size_t number) {
    const struct source *source = &corpus->settings->sources[number];
    CLEANUP(fetch_state_release) struct fetch_state state = {0};
    if (source->upstream.url.size)
        fetch_state_read(corpus->cache, corpus->settings, source, &state);
    return corpus->refused_of_source[number] + state.refused;
}

/* Another sum of keys at no smaller number: something came, be it in the place of another. */
static void compare_source(const struct source_health *before, int64_t now, struct source_health *source) {
    size_t old = before ? before->articles : 0;
    source->arrived = before ? before->arrived : INT64_MIN;
    if (source->articles > old || (before && source->articles == old && source->keys != before->keys))
        source->arrived = now;
}

void health_take(const struct corpus *corpus, const struct health *before, int64_t now, struct health *ret_health) {
    const struct settings *settings = corpus->settings;
    struct health health = {.at = now, .source_count = settings->source_count};
    health.sources = arena_new_array(&health.arena, settings->source_count, sizeof *health.sources);
    for (size_t i = 0; i < settings->source_count; i++)
        health.sources[i] = (struct source_health){
            .files = settings->sources[i].files,
            .reader = slice_of(settings->sources[i].reader),
            .refused = refused_of(corpus, i),
            .newest = INT64_MIN,
        };
    for (size_t i = 0; i < corpus->plan.files.count; i++)
        health.sources[corpus->source_of_file[i] - settings->sources].file_count++;
    count_records(corpus, now, &health);
    for (size_t i = 0; i < health.source_count; i++) {
        struct source_health *source = &health.sources[i];
        const struct source_health *old = health_of_source(before, settings, i);
        size_t less = old ? old->articles : 0;
        compare_source(old, now, source);
        health.articles += source->articles;
        health.new_articles += source->articles > less ? source->articles - less : 0;
    }
    *ret_health = health;
}

void health_release(struct health *health) {
    arena_release(&health->arena);
    *health = (struct health){0};
}

const struct source_health *health_of_source(const struct health *health, const struct settings *settings,
                                             size_t number) {
    const struct source *source = &settings->sources[number];
    /* Where one was put before it, it has another number; of two that are alike each has its own. */
    size_t alike = 0;
    for (size_t i = 0; i < number; i++)
        alike += slice_equal(settings->sources[i].files, source->files);
    for (size_t i = 0; i < health->source_count; i++)
        if (slice_equal(health->sources[i].files, source->files) && alike-- == 0)
            return &health->sources[i];
    return NULL;
}

bool source_is_silent(const struct source *source, int64_t newest, int64_t now) {
    return source->expect != 0 && newest < now - source->expect;
}

/* --- in the cache ------------------------------------------------------------------------------------------- */

/* What has a fixed size, in the order of this machine's bytes. */
struct packed_source {
    uint64_t files_size, reader_size, file_count, articles, refused, keys;
    int64_t newest, arrived;
};
struct packed_health {
    uint64_t source_count, articles;
    int64_t at;
    uint32_t days[HEALTH_DAYS];
};

static bool take(struct slice *rest, void *ret_bytes, size_t size) {
    if (rest->size < size)
        return false;
    memcpy(ret_bytes, rest->data, size);
    *rest = slice_from(*rest, size);
    return true;
}

static bool take_text(struct slice *rest, uint64_t size, struct arena *arena, struct slice *ret_text) {
    if (rest->size < size)
        return false;
    *ret_text = arena_copy(arena, slice_range(*rest, 0, size));
    *rest = slice_from(*rest, size);
    return true;
}

static bool take_source(struct slice *rest, struct arena *arena, struct source_health *source) {
    struct packed_source packed;
    if (!take(rest, &packed, sizeof packed) || !take_text(rest, packed.files_size, arena, &source->files) ||
        !take_text(rest, packed.reader_size, arena, &source->reader))
        return false;
    source->file_count = packed.file_count;
    source->articles = packed.articles;
    source->refused = packed.refused;
    source->keys = packed.keys;
    source->newest = packed.newest;
    source->arrived = packed.arrived;
    return true;
}

bool health_read(struct cache *cache, struct health *ret_health) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    struct packed_health packed;
    struct health health = {.at = 0};
    if (!cache_get(cache, cache_name, &bytes))
        return false;
    struct slice rest = buf_slice(&bytes);
    bool whole = take(&rest, &packed, sizeof packed) && packed.source_count <= rest.size;
    if (whole) {
        health.source_count = packed.source_count;
        health.articles = packed.articles;
        health.at = packed.at;
        memcpy(health.days, packed.days, sizeof health.days);
        health.sources = arena_new_array(&health.arena, health.source_count, sizeof *health.sources);
    }
    for (size_t i = 0; whole && i < health.source_count; i++)
        whole = take_source(&rest, &health.arena, &health.sources[i]);
    if (whole)
        *ret_health = health;
    else
        health_release(&health);
    return whole;
}

static void pack(const struct health *health, struct buf *buf) {
    struct packed_health packed = {health->source_count, health->articles, health->at, {0}};
    memcpy(packed.days, health->days, sizeof packed.days);
    buf_append(buf, &packed, sizeof packed);
    for (size_t i = 0; i < health->source_count; i++) {
        const struct source_health *source = &health->sources[i];
        const struct packed_source fixed = {source->files.size, source->reader.size, source->file_count,
                                            source->articles,   source->refused,     source->keys,
                                            source->newest,     source->arrived};
        buf_append(buf, &fixed, sizeof fixed);
        buf_append_slice(buf, source->files);
        buf_append_slice(buf, source->reader);
    }
}

/* Another time of the same day changes nothing that anybody sees. */
static bool is_same(const struct health *health, const struct health *before) {
    CLEANUP(buf_release) struct buf now = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf then = BUF(BUF_UNLIMITED);
    if (midnight_of(health->at) != midnight_of(before->at))
        return false;
    struct health other = *health;
    other.at = before->at;
    pack(&other, &now);
    pack(before, &then);
    return slice_equal(buf_slice(&now), buf_slice(&then));
}

void health_remember(const struct health *health, const struct health *before, struct cache *cache) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    if (is_same(health, before))
        return;
    pack(health, &bytes);
    cache_set(cache, cache_name, buf_slice(&bytes));
}
