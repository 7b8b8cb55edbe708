#include "cmd/feeds.h"

#include "assemble/entry.h"
#include "assemble/key.h"
#include "base/pool.h"
#include "check/check.h"
#include "clean/clean.h"
#include "cmd/progress.h"
#include "render/format.h"

#include <assert.h>

/* An article that some channel shows. */
struct shown {
    uint32_t place;        /* in index->order */
    bool in_full;          /* how channels show it: … */
    bool in_summary;       /* … one of these at least */
    struct entry entry;
    struct slice full;     /* its piece in the format at hand */
    struct slice summary;
};

struct feeds_worker {
    struct arena arena;    /* owns entries until the end */
    struct arena scratch;  /* of the article at hand */
    struct arena pieces;   /* owns the pieces of the format at hand */
    struct buf buf;
    VEC(struct slice) entries;
};

struct feeds {
    const struct corpus *corpus;
    const struct channels *channels;
    const struct options *options;
    struct output *output;
    struct buf *widest;
    const struct format *format;
    struct shown *shown;
    size_t shown_count;
    uint32_t *shown_of_place;   /* for a place of index->order: its number in shown */
    struct feeds_worker *workers;
    struct diagnostics *problems; /* one a channel: merged in their order */
    atomic_bool changed;
    atomic_bool not_valid;
    struct progress progress;
};

/* --- which articles ----------------------------------------------------------------------------------------- */

static int by_location(const void *left, const void *right, void *context) {
    const struct index *index = context;
    const struct shown *a = left;
    const struct shown *b = right;
    const struct location *x = &index_record(index, index->order[a->place])->location;
    const struct location *y = &index_record(index, index->order[b->place])->location;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* One item for every article in any head, in the order in which they stand on disk. */
static void collect_shown(struct feeds *feeds) {
    enum { IN_FULL = 1, IN_SUMMARY = 2 };
    struct index index = feeds->corpus->index;
    unsigned char *uses = memory_new(index.order_count);
    for (size_t i = 0; i < feeds->channels->items.count; i++) {
        const struct channel *channel = &feeds->channels->items.items[i];
        for (size_t k = 0; k < channel->entries.count; k++)
            uses[channel->entries.items[k]] |= k < channel->full_count ? IN_FULL : IN_SUMMARY;
    }
    for (size_t place = 0; place < index.order_count; place++)
        feeds->shown_count += uses[place] != 0;
    feeds->shown = memory_new_array(feeds->shown_count, sizeof *feeds->shown);
    feeds->shown_of_place = memory_new_array(index.order_count, sizeof *feeds->shown_of_place);
    size_t count = 0;
    for (size_t place = 0; place < index.order_count; place++)
        if (uses[place])
            feeds->shown[count++] = (struct shown){
                .place = (uint32_t)place, .in_full = uses[place] & IN_FULL, .in_summary = uses[place] & IN_SUMMARY};
    qsort_r(feeds->shown, count, sizeof *feeds->shown, by_location, &index);
    for (size_t i = 0; i < count; i++)
        feeds->shown_of_place[feeds->shown[i].place] = (uint32_t)i;
    free(uses);
}

/* --- entries ------------------------------------------------------------------------------------------------ */

static bool read_entry(const struct feeds *feeds, struct feeds_worker *worker, struct shown *shown) {
    const struct corpus *corpus = feeds->corpus;
    const struct record *record = index_record(&corpus->index, corpus->index.order[shown->place]);
    struct article article = {0};
    struct plain_text text = {0};
    arena_clear(&worker->scratch);
    buf_clear(&worker->buf);
    if (!ingest_read_again(&corpus->plan, record->location, record->content_hash, &worker->scratch, &article))
        return false;
    if (!clean_plain_text(&article, &worker->scratch, &text) || !clean_html(&article, &worker->buf))
        return false;
    const struct entry_parts parts = {
        .article = &article,
        .source = corpus->source_of_file[record->location.file],
        .html = buf_slice(&worker->buf),
        .summary = clean_summary(&article, &text, &worker->scratch),
        .labels = label_table_set(&corpus->labels, record->labels),
        .now = feeds->options->now,
    };
    entry_make(&corpus->settings->site, &corpus->settings->taxonomies, &parts, &worker->arena, &shown->entry);
    return true;
}

static void run_read_entry(void *context, size_t job, size_t worker) {
    struct feeds *feeds = context;
    if (!read_entry(feeds, &feeds->workers[worker], &feeds->shown[job]))
        atomic_store(&feeds->changed, true);
    progress_step(&feeds->progress);
}

/* --- pieces: every entry in one format ---------------------------------------------------------------------- */

static struct slice render_piece(const struct feeds *feeds, struct feeds_worker *worker, const struct entry *entry,
                                 bool in_full) {
    buf_clear(&worker->buf);
    feeds->format->entry(&feeds->corpus->settings->site, entry, in_full, &worker->buf);
    return arena_copy(&worker->pieces, buf_slice(&worker->buf));
}

static void run_render_pieces(void *context, size_t job, size_t worker) {
    struct feeds *feeds = context;
    struct shown *shown = &feeds->shown[job];
    if (shown->in_full)
        shown->full = render_piece(feeds, &feeds->workers[worker], &shown->entry, true);
    if (shown->in_summary)
        shown->summary = render_piece(feeds, &feeds->workers[worker], &shown->entry, false);
    progress_step(&feeds->progress);
}

/* --- feeds: every channel in one format --------------------------------------------------------------------- */

static const struct shown *shown_at(const struct feeds *feeds, uint32_t place) {
    return &feeds->shown[feeds->shown_of_place[place]];
}

static int64_t channel_updated(const struct feeds *feeds, const struct channel *channel) {
    int64_t updated = channel->entries.count ? INT64_MIN : feeds->corpus->settings->site.tag_seconds;
    for (size_t i = 0; i < channel->entries.count; i++) {
        int64_t own = shown_at(feeds, channel->entries.items[i])->entry.updated;
        updated = own > updated ? own : updated;
    }
    return updated;
}

/* "普陀区 · 集成电路 · 上海分区招商资讯" */
static struct slice feed_title(const struct site *site, const struct channel *channel, struct arena *arena) {
    CLEANUP(buf_release) struct buf title = BUF(BUF_UNLIMITED);
    buf_append_slice(&title, channel->title);
    buf_append_string(&title, channel->title.size ? " · " : "");
    buf_append_slice(&title, site->title);
    return arena_copy(arena, buf_slice(&title));
}

static struct slice feed_id(const struct site *site, const struct channel *channel, struct arena *arena) {
    CLEANUP(buf_release) struct buf id = BUF(BUF_UNLIMITED);
    channel_append_id(site, channel->path, &id);
    return arena_copy(arena, buf_slice(&id));
}

static void render_feed(const struct feeds *feeds, struct feeds_worker *worker, const struct channel *channel) {
    const struct site *site = &feeds->corpus->settings->site;
    vec_clear(&worker->entries);
    for (size_t i = 0; i < channel->entries.count; i++) {
        const struct shown *shown = shown_at(feeds, channel->entries.items[i]);
        vec_push(&worker->entries, i < channel->full_count ? shown->full : shown->summary);
    }
    arena_clear(&worker->scratch);
    const struct feed feed = {
        .site = site,
        .id = feed_id(site, channel, &worker->scratch),
        .path = channel->path,
        .title = feed_title(site, channel, &worker->scratch),
        .subtitle = channel->subtitle.size ? channel->subtitle : site->subtitle,
        .updated = channel_updated(feeds, channel),
        .entry_count = worker->entries.count,
    };
    buf_clear(&worker->buf);
    feeds->format->feed(&feed, worker->entries.items, &worker->buf);
}

/* The own check of what is about to be staged. Says whether it may be. */
static bool is_valid(struct feeds *feeds, struct slice bytes, struct slice path, size_t entries,
                     struct diagnostics *problems) {
    struct check_result result = {0};
    check_feed(bytes, path, problems, &result);
    if (result.errors == 0 && result.entries == entries)
        return true;
    diag_report(problems, DIAGNOSTIC_CHECK_FAILED, (struct place){.file = path}, "%zu errors, %zu of %zu entries",
                result.errors, result.entries, entries);
    atomic_store(&feeds->not_valid, true);
    return false;
}

static void run_write_feed(void *context, size_t job, size_t worker_number) {
    struct feeds *feeds = context;
    struct feeds_worker *worker = &feeds->workers[worker_number];
    const struct channel *channel = &feeds->channels->items.items[job];
    CLEANUP(buf_release) struct buf path = BUF(4096);
    render_feed(feeds, worker, channel);
    buf_append_slice(&path, slice_from(channel->path, 1));
    buf_append_string(&path, feeds->format->file_name);
    if (is_valid(feeds, buf_slice(&worker->buf), buf_slice(&path), channel->entries.count, &feeds->problems[job]))
        output_put(feeds->output, buf_slice(&path), buf_slice(&worker->buf), feeds->format->media_type,
                   (uint32_t)channel->entries.count);
    if (channel == channels_widest(feeds->channels) && strcmp(feeds->format->name, "atom") == 0)
        buf_append_slice(feeds->widest, buf_slice(&worker->buf));
    progress_step(&feeds->progress);
}

static void run_all(struct feeds *feeds, const char *what, size_t jobs, void (*run)(void *, size_t, size_t)) {
    progress_begin(&feeds->progress, feeds->options->verbosity >= 0, what, jobs);
    pool_run(feeds->options->jobs, jobs, run, feeds);
    progress_end(&feeds->progress);
}

static void write_format(struct feeds *feeds, struct diagnostics *diagnostics) {
    size_t count = feeds->channels->items.count;
    for (size_t i = 0; i < feeds->options->jobs; i++)
        arena_clear(&feeds->workers[i].pieces);
    feeds->problems = memory_new_array(count, sizeof *feeds->problems);
    run_all(feeds, "rendering", feeds->shown_count, run_render_pieces);
    run_all(feeds, "writing", count, run_write_feed);
    for (size_t i = 0; i < count; i++) {
        diagnostics_append(diagnostics, &feeds->problems[i], 0);
        diagnostics_release(&feeds->problems[i]);
    }
    free(feeds->problems);
}

/* --- the list of channels ----------------------------------------------------------------------------------- */

/* One level of folders: a taxonomy's label for its channels, a term's for its crosses. */
static struct slice opml_folder(const struct channel *channel) {
    const struct channel_rule *rule = channel->rule;
    if (rule->each_count == 0)
        return (struct slice){0};
    return rule->each_count == 1 ? rule->each[0]->label : rule->each[0]->terms[channel->terms[0]].label;
}

static size_t list_channels(const struct feeds *feeds, struct opml_channel *listed) {
    size_t count = 0;
    for (size_t i = 0; i < feeds->channels->items.count; i++) {
        const struct channel *channel = &feeds->channels->items.items[i];
        if (channel_is_listed(channel))
            listed[count++] =
                (struct opml_channel){opml_folder(channel), channel->title, channel->subtitle, channel->path};
    }
    return count;
}

static void write_opml(struct feeds *feeds, struct diagnostics *diagnostics) {
    static const struct slice path = SLICE_CONSTANT("feeds.opml");
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    struct opml_channel *listed = memory_new_array(feeds->channels->items.count, sizeof *listed);
    size_t count = list_channels(feeds, listed);
    int64_t updated = feeds->corpus->settings->site.tag_seconds;
    for (size_t i = 0; i < feeds->shown_count; i++)
        updated = feeds->shown[i].entry.updated > updated ? feeds->shown[i].entry.updated : updated;
    opml_render(&feeds->corpus->settings->site, listed, count, updated, &buf);
    free(listed);
    if (is_valid(feeds, buf_slice(&buf), path, count, diagnostics))
        output_put(feeds->output, path, buf_slice(&buf), "text/x-opml; charset=utf-8", 0);
}

static void write_formats(struct feeds *feeds, struct diagnostics *diagnostics) {
    const struct output_settings *wanted = &feeds->corpus->settings->output;
    for (size_t i = 0; i < wanted->format_count; i++) {
        feeds->format = format_find(wanted->formats[i]);
        assert(feeds->format); /* config_load knows the names */
        write_format(feeds, diagnostics);
        if (slice_equal(wanted->formats[i], SLICE("atom")))
            write_opml(feeds, diagnostics);
    }
}

static void feeds_release(struct feeds *feeds) {
    for (size_t i = 0; i < feeds->options->jobs; i++) {
        arena_release(&feeds->workers[i].arena);
        arena_release(&feeds->workers[i].scratch);
        arena_release(&feeds->workers[i].pieces);
        buf_release(&feeds->workers[i].buf);
        vec_release(&feeds->workers[i].entries);
    }
    free(feeds->workers);
    free(feeds->shown);
    free(feeds->shown_of_place);
}

enum feeds_result feeds_write(const struct corpus *corpus, const struct channels *channels,
                              const struct options *options, struct output *output,
                              struct buf *widest, struct diagnostics *diagnostics,
                              struct feeds_counts *ret_counts) {
    struct feeds feeds = {
        .corpus = corpus, .channels = channels, .options = options, .output = output, .widest = widest};
    enum feeds_result result = FEEDS_OK;
    feeds.workers = memory_new_array(options->jobs, sizeof *feeds.workers);
    for (size_t i = 0; i < options->jobs; i++)
        feeds.workers[i].buf = BUF(BUF_UNLIMITED);
    collect_shown(&feeds);
    run_all(&feeds, "reading again", feeds.shown_count, run_read_entry);
    if (atomic_load(&feeds.changed))
        result = FEEDS_SOURCE_CHANGED;
    else
        write_formats(&feeds, diagnostics);
    if (atomic_load(&feeds.not_valid))
        result = FEEDS_NOT_VALID;
    *ret_counts = (struct feeds_counts){.channels = channels->items.count,
                                        .files = channels->items.count * corpus->settings->output.format_count,
                                        .shown = feeds.shown_count};
    feeds_release(&feeds);
    return result;
}
