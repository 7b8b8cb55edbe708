#include "cmd/served.h"

#include "assemble/archive.h"
#include "base/date.h"
#include "base/pool.h"
#include "base/vec.h"
#include "check/check.h"
#include "model/page.h"
#include "render/format.h"

#include <pthread.h>

/* An entry in the feed of a channel. */
struct sight {
    struct hash128 key;
    int64_t date;
    uint32_t feed;
};

/* The feed that is read for a channel. */
struct served_feed {
    struct slice channel; /* "/putuo/" */
    struct slice path;    /* "putuo/atom.xml" */
    size_t format;        /* its place in the settings; FORMATS_MOST: of none of them */
};

struct served {
    const struct output *output;
    const struct settings *settings;
    size_t jobs;
    pthread_mutex_t mutex; /* of the first question */
    bool is_read;
    struct arena arena;
    struct slice prefix;           /* "tag:feeds.example.org,2026:" */
    VEC(struct served_feed) feeds; /* by channel */
    VEC(struct sight) sights;      /* by key, then channel */
    struct slice *channels;        /* of the sights */
    size_t count;
};

struct served *served_new(const struct output *output, const struct settings *settings, size_t jobs) {
    struct served *served = memory_new(sizeof *served);
    *served = (struct served){.output = output, .settings = settings, .jobs = jobs};
    pthread_mutex_init(&served->mutex, NULL);
    return served;
}

void served_free(struct served *served) {
    if (!served)
        return;
    pthread_mutex_destroy(&served->mutex);
    arena_release(&served->arena);
    vec_release(&served->feeds);
    vec_release(&served->sights);
    free(served);
}

/* --- which feeds -------------------------------------------------------------------------------------------- */

static size_t folder_size(struct slice path) {
    size_t size = path.size;
    while (size > 0 && path.data[size - 1] != '/')
        size--;
    return size;
}

static size_t format_of(const struct settings *settings, struct slice file_name) {
    for (size_t i = 0; i < settings->output.format_count; i++) {
        const struct format *format = format_find(settings->output.formats[i]);
        if (format->is_feed && slice_equal(file_name, slice_of(format->file_name)))
            return i;
    }
    return FORMATS_MOST;
}

static int by_channel(const void *left, const void *right) {
    const struct served_feed *a = left;
    const struct served_feed *b = right;
    int order = slice_compare(a->channel, b->channel);
    return order ? order : (a->format > b->format) - (a->format < b->format);
}

/* "/putuo/" of "putuo/atom.xml", in the arena. */
static struct slice channel_of_feed(struct slice path, struct arena *arena) {
    size_t folder = folder_size(path);
    char *channel = arena_reserve(arena, folder + 1);
    channel[0] = '/';
    memcpy(channel + 1, path.data, folder);
    return (struct slice){channel, folder + 1};
}

/* One feed for each channel. */
static void list_feeds(struct served *served) {
    const struct tree *tree = output_old_tree(served->output);
    size_t kept = 0;
    for (size_t i = 0; i < tree->files.count; i++) {
        const struct tree_file *file = &tree->files.items[i];
        if (!file->is_feed)
            continue;
        size_t folder = folder_size(file->path);
        vec_push(&served->feeds, (struct served_feed){channel_of_feed(file->path, &served->arena), file->path,
                                                      format_of(served->settings, slice_from(file->path, folder))});
    }
    if (served->feeds.count)
        qsort(served->feeds.items, served->feeds.count, sizeof *served->feeds.items, by_channel);
    for (size_t i = 0; i < served->feeds.count; i++)
        if (kept == 0 || !slice_equal(served->feeds.items[i].channel, served->feeds.items[kept - 1].channel))
            served->feeds.items[kept++] = served->feeds.items[i];
    served->feeds.count = kept;
}

/* --- their entries ------------------------------------------------------------------------------------------ */

struct feed_sights {
    VEC(struct sight) items;
};

struct reading {
    struct served *served;
    struct feed_sights *of_feed;
};

/* Where the entries of one feed go. */
struct feed_reading {
    const struct served *served;
    struct feed_sights *sights;
    uint32_t feed;
};

/* "url/…" of "tag:feeds.example.org,2026:url/…"; empty for an id that is none of ours. */
static struct slice key_of_id(const struct served *served, struct slice id) {
    return slice_starts_with(id, served->prefix) ? slice_from(id, served->prefix.size) : (struct slice){0};
}

static void take_entry(void *context, struct slice id, struct slice published) {
    const struct feed_reading *reading = context;
    struct slice key = key_of_id(reading->served, id);
    struct timestamp date = {0};
    if (key.size == 0)
        return;
    if (!date_parse(published, &date))
        date.seconds = 0;
    vec_push(&reading->sights->items, (struct sight){hash128(key), date.seconds, reading->feed});
}

/* A feed that cannot be read shows nothing: what is damaged is written anew in any case. */
static void read_feed(void *context, size_t job, size_t worker) {
    struct reading *reading = context;
    struct served *served = reading->served;
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    struct feed_reading own = {served, &reading->of_feed[job], (uint32_t)job};
    (void)worker;
    if (!output_read_old(served->output, served->feeds.items[job].path, &bytes) ||
        !check_each_entry(buf_slice(&bytes), take_entry, &own))
        vec_clear(&own.sights->items);
}

static int by_key(const void *left, const void *right) {
    const struct sight *a = left;
    const struct sight *b = right;
    int order = hash128_compare(a->key, b->key);
    return order ? order : (a->feed > b->feed) - (a->feed < b->feed);
}

static void sort_sights(struct served *served) {
    size_t count = served->sights.count;
    if (count)
        qsort(served->sights.items, count, sizeof *served->sights.items, by_key);
    served->channels = arena_new_array(&served->arena, count, sizeof *served->channels);
    for (size_t i = 0; i < count; i++) {
        const struct sight *sight = &served->sights.items[i];
        served->channels[i] = served->feeds.items[sight->feed].channel;
        served->count += i == 0 || hash128_compare(sight[-1].key, sight->key) != 0;
    }
}

static void read_all(struct served *served) {
    CLEANUP(buf_release) struct buf prefix = BUF(BUF_UNLIMITED);
    buf_append_format(&prefix, "tag:%.*s:", SLICE_ARGUMENTS(served->settings->site.tag));
    served->prefix = arena_copy(&served->arena, buf_slice(&prefix));
    list_feeds(served);
    size_t count = served->feeds.count;
    struct reading reading = {served, memory_new_array(count, sizeof *reading.of_feed)};
    pool_run(served->jobs, count, read_feed, &reading);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < reading.of_feed[i].items.count; k++)
            vec_push(&served->sights, reading.of_feed[i].items.items[k]);
        vec_release(&reading.of_feed[i].items);
    }
    free(reading.of_feed);
    sort_sights(served);
}

static void need(struct served *served) {
    pthread_mutex_lock(&served->mutex);
    if (!served->is_read)
        read_all(served);
    served->is_read = true;
    pthread_mutex_unlock(&served->mutex);
}

/* --- questions ---------------------------------------------------------------------------------------------- */

/* The first sight whose key does not stand before this one. */
static size_t find_place(struct served *served, struct hash128 key) {
    need(served);
    size_t low = 0;
    size_t high = served->sights.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hash128_compare(served->sights.items[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first of its sights; their count where there is none. */
static size_t find(struct served *served, struct hash128 key) {
    size_t place = find_place(served, key);
    bool found = place < served->sights.count && hash128_compare(served->sights.items[place].key, key) == 0;
    return found ? place : served->sights.count;
}

bool served_shows(struct served *served, struct hash128 key) {
    return served && find(served, key) < served->sights.count;
}

bool served_find(struct served *served, struct hash128 key, struct served_entry *ret_entry) {
    if (!served)
        return false;
    size_t first = find(served, key);
    size_t end = first;
    while (end < served->sights.count && hash128_compare(served->sights.items[end].key, key) == 0)
        end++;
    if (first == end)
        return false;
    *ret_entry = (struct served_entry){served->sights.items[first].date, served->channels + first, end - first};
    return true;
}

size_t served_count(struct served *served) {
    if (!served)
        return 0;
    need(served);
    return served->count;
}

bool served_has_page(const struct served *served, struct hash128 key) {
    CLEANUP(buf_release) struct buf path = BUF(64);
    if (!served)
        return false;
    article_page_append_path(&path, key);
    return output_may_serve(served->output, buf_slice(&path)) ||
           tree_find(output_previous_tree(served->output), buf_slice(&path));
}

struct search {
    const struct served *served;
    struct hash128 key;
    bool found;
    int64_t date;
};

static void compare_entry(void *context, struct slice id, struct slice published) {
    struct search *search = context;
    struct slice key = key_of_id(search->served, id);
    struct timestamp date = {0};
    if (search->found || key.size == 0 || hash128_compare(hash128(key), search->key) != 0)
        return;
    search->found = true;
    search->date = date_parse(published, &date) ? date.seconds : 0;
}

bool served_file_shows(struct served *served, struct slice path, struct hash128 key) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    if (!served)
        return false;
    need(served);
    struct search search = {.served = served, .key = key};
    return output_read_old(served->output, path, &bytes) &&
           check_each_entry(buf_slice(&bytes), compare_entry, &search) && search.found;
}

/* "/putuo/" of "putuo/archive/2026-11.xml", in the arena; empty for what is no such feed. */
static struct slice archived_channel(struct slice path, struct arena *arena) {
    CLEANUP(buf_release) struct buf folder = BUF(4096);
    struct slice channel;
    enum archive_period period;
    if (!slice_ends_with(path, SLICE(".xml")))
        return (struct slice){0};
    buf_append_byte(&folder, '/');
    buf_append_slice(&folder, path);
    buf_append_byte(&folder, '/');
    if (!archive_page_in_path(buf_slice(&folder), &channel, &period))
        return (struct slice){0};
    return arena_copy(arena, channel);
}

/* May the page have an entry of this date? */
static bool may_hold(struct slice path, const int64_t *date) {
    static const enum archive_period periods[] = {ARCHIVE_MONTH, ARCHIVE_DAY};
    for (size_t i = 0; date && i < ARRAY_LENGTH(periods); i++) {
        CLEANUP(buf_release) struct buf page = BUF(64);
        archive_append_page(&page, periods[i], archive_span_at(periods[i], *date));
        if (slice_ends_with(path, buf_slice(&page)))
            return true;
    }
    return !date;
}

/* The channels of which some file shows the entry. */
struct sighted {
    VEC(struct slice) channels; /* each once */
    int64_t date;
};

static void look_into(const struct served *served, struct slice bytes, struct hash128 key, struct slice channel,
                      struct sighted *sighted) {
    struct search search = {.served = served, .key = key};
    if (!check_each_entry(bytes, compare_entry, &search) || !search.found)
        return;
    sighted->date = search.date;
    for (size_t i = 0; i < sighted->channels.count; i++)
        if (slice_equal(sighted->channels.items[i], channel))
            return;
    vec_push(&sighted->channels, channel);
}

/* Releases what was sighted. */
static bool give(struct sighted *sighted, struct arena *arena, struct served_entry *ret_entry) {
    size_t count = sighted->channels.count;
    struct slice *channels = arena_new_array(arena, count, sizeof *channels);
    for (size_t i = 0; i < count; i++)
        channels[i] = sighted->channels.items[i];
    vec_release(&sighted->channels);
    if (count)
        *ret_entry = (struct served_entry){sighted->date, channels, count};
    return count > 0;
}

bool served_find_archived(struct served *served, struct hash128 key, const int64_t *date, struct arena *arena,
                          struct served_entry *ret_entry) {
    struct sighted sighted = {0};
    if (!served)
        return false;
    need(served);
    const struct tree *tree = output_old_tree(served->output);
    for (size_t i = 0; i < tree->files.count; i++) {
        const struct tree_file *file = &tree->files.items[i];
        CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
        if (file->is_feed || !may_hold(file->path, date))
            continue;
        struct slice channel = archived_channel(file->path, arena);
        if (channel.size && output_read_old(served->output, file->path, &bytes))
            look_into(served, buf_slice(&bytes), key, channel, &sighted);
    }
    return give(&sighted, arena, ret_entry);
}

bool served_find_previous(struct served *served, struct hash128 key, struct arena *arena,
                          struct served_entry *ret_entry) {
    struct sighted sighted = {0};
    if (!served)
        return false;
    need(served);
    const struct tree *tree = output_previous_tree(served->output);
    for (size_t i = 0; i < tree->files.count; i++) {
        const struct tree_file *file = &tree->files.items[i];
        CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
        struct slice channel = file->is_feed ? channel_of_feed(file->path, arena) : archived_channel(file->path, arena);
        if (channel.size && output_read_previous(served->output, file->path, &bytes))
            look_into(served, buf_slice(&bytes), key, channel, &sighted);
    }
    return give(&sighted, arena, ret_entry);
}

/* --- by the address of a page ----------------------------------------------------------------------------------- */

struct page_search {
    const struct served *served;
    struct hash128 page;
    struct arena *arena;
    struct slice key; /* empty: not found yet */
};

static void compare_page(void *context, struct slice id, struct slice published) {
    struct page_search *search = context;
    struct slice key = key_of_id(search->served, id);
    (void)published;
    if (search->key.size == 0 && key.size && article_page_is_of(search->page, hash128(key)))
        search->key = arena_copy(search->arena, key);
}

/* Of one tree or the other: output_read_old, output_read_previous. */
typedef bool read_tree_file(const struct output *output, struct slice path, struct buf *buf);

static bool search_file(struct page_search *search, read_tree_file *read, struct slice path) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    return read(search->served->output, path, &bytes) && check_each_entry(buf_slice(&bytes), compare_page, search) &&
           search->key.size;
}

static bool search_tree(struct page_search *search, read_tree_file *read, const struct tree *tree, bool with_heads) {
    for (size_t i = 0; i < tree->files.count; i++) {
        const struct tree_file *file = &tree->files.items[i];
        bool is_feed = file->is_feed ? with_heads : archived_channel(file->path, search->arena).size > 0;
        if (is_feed && search_file(search, read, file->path))
            return true;
    }
    return false;
}

bool served_find_page(struct served *served, struct hash128 page, struct arena *arena, struct slice *ret_key) {
    struct page_search search = {.served = served, .page = page, .arena = arena};
    if (!served)
        return false;
    size_t place = find_place(served, page);
    bool is_in_head = place < served->sights.count && article_page_is_of(page, served->sights.items[place].key);
    bool found = is_in_head
                     ? search_file(&search, output_read_old, served->feeds.items[served->sights.items[place].feed].path)
                     : search_tree(&search, output_read_old, output_old_tree(served->output), false) ||
                           search_tree(&search, output_read_previous, output_previous_tree(served->output), true);
    if (found)
        *ret_key = search.key;
    return found;
}
