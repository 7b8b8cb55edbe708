#include "cmd/feeds.h"

#include "assemble/key.h"
#include "base/pool.h"
#include "check/check.h"
#include "cmd/pieces.h"

struct feeds_worker {
    struct arena arena; /* of the feed at hand */
    struct buf pieces;  /* its entries, one behind the other */
    struct buf feed;
    VEC(struct slice) entries;
};

struct feeds {
    const struct corpus *corpus;
    const struct channels *channels;
    const struct options *options;
    struct output *output;
    struct widest_feed *widest;
    struct pieces pieces;
    size_t format; /* the one at hand, of pieces.formats */
    struct feeds_worker *workers;
    struct diagnostics *problems; /* one a channel: merged in their order */
    atomic_bool not_valid;
    atomic_bool failed;
    struct progress progress;
};

/* --- feeds: every channel in one format --------------------------------------------------------------------- */

static int64_t channel_updated(const struct feeds *feeds, const struct channel *channel) {
    int64_t updated = channel->entries.count ? INT64_MIN : feeds->corpus->settings->site.tag_seconds;
    for (size_t i = 0; i < channel->entries.count; i++) {
        int64_t own = pieces_shown(&feeds->pieces, channel->entries.items[i])->updated;
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

/* The pieces of the channel's entries into worker->pieces, and where each stands into worker->entries. */
static bool gather_entries(const struct feeds *feeds, struct feeds_worker *worker, const struct channel *channel) {
    buf_clear(&worker->pieces);
    vec_clear(&worker->entries);
    for (size_t i = 0; i < channel->entries.count; i++) {
        const struct shown *shown = pieces_shown(&feeds->pieces, channel->entries.items[i]);
        enum piece_kind kind = i < channel->full_count ? PIECE_FULL : PIECE_SUMMARY;
        size_t begin = worker->pieces.size;
        if (!pieces_append(&feeds->pieces, shown, feeds->format, kind, &worker->pieces))
            return false;
        vec_push(&worker->entries, (struct slice){NULL, worker->pieces.size - begin});
    }
    /* The buffer has moved while it grew: only now do the pieces have addresses. */
    const char *at = worker->pieces.data;
    for (size_t i = 0; i < worker->entries.count; at += worker->entries.items[i++].size)
        worker->entries.items[i].data = at;
    return true;
}

static bool render_feed(const struct feeds *feeds, struct feeds_worker *worker, const struct channel *channel) {
    const struct site *site = &feeds->corpus->settings->site;
    arena_clear(&worker->arena);
    buf_clear(&worker->feed);
    if (!gather_entries(feeds, worker, channel))
        return false;
    const struct feed feed = {
        .site = site,
        .id = feed_id(site, channel, &worker->arena),
        .path = channel->path,
        .title = feed_title(site, channel, &worker->arena),
        .subtitle = channel->subtitle.size ? channel->subtitle : site->subtitle,
        .updated = channel_updated(feeds, channel),
        .entry_count = worker->entries.count,
    };
    feeds->pieces.formats[feeds->format]->feed(&feed, worker->entries.items, &worker->feed);
    return true;
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

static void write_feed(void *context, size_t job, size_t number) {
    struct feeds *feeds = context;
    struct feeds_worker *worker = &feeds->workers[number];
    const struct channel *channel = &feeds->channels->items.items[job];
    const struct format *format = feeds->pieces.formats[feeds->format];
    CLEANUP(buf_release) struct buf path = BUF(4096);
    progress_step(&feeds->progress);
    if (!render_feed(feeds, worker, channel)) {
        atomic_store(&feeds->failed, true);
        return;
    }
    buf_append_slice(&path, slice_from(channel->path, 1));
    buf_append_string(&path, format->file_name);
    if (is_valid(feeds, buf_slice(&worker->feed), buf_slice(&path), channel->entries.count, &feeds->problems[job]))
        output_put_feed(feeds->output, buf_slice(&path), buf_slice(&worker->feed), format->media_type,
                        (uint32_t)channel->entries.count);
    if (slice_equal(buf_slice(&path), buf_slice(&feeds->widest->path)))
        buf_append_slice(&feeds->widest->bytes, buf_slice(&worker->feed));
}

static void write_format(struct feeds *feeds, struct diagnostics *diagnostics) {
    size_t count = feeds->channels->items.count;
    feeds->problems = memory_new_array(count, sizeof *feeds->problems);
    progress_begin(&feeds->progress, feeds->options->verbosity >= 0, "writing", count);
    pool_run(feeds->options->jobs, count, write_feed, feeds);
    progress_end(&feeds->progress);
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
    for (size_t i = 0; i < feeds->pieces.shown_count; i++)
        updated = feeds->pieces.shown[i].updated > updated ? feeds->pieces.shown[i].updated : updated;
    opml_render(&feeds->corpus->settings->site, listed, count, updated, &buf);
    free(listed);
    if (is_valid(feeds, buf_slice(&buf), path, count, diagnostics))
        output_put(feeds->output, path, buf_slice(&buf), "text/x-opml; charset=utf-8");
}

static enum feeds_result write_formats(struct feeds *feeds, struct diagnostics *diagnostics) {
    feeds->workers = memory_new_array(feeds->options->jobs, sizeof *feeds->workers);
    for (size_t i = 0; i < feeds->options->jobs; i++)
        feeds->workers[i].pieces = feeds->workers[i].feed = BUF(BUF_UNLIMITED);
    for (feeds->format = 0; feeds->format < feeds->pieces.format_count; feeds->format++) {
        write_format(feeds, diagnostics);
        if (strcmp(feeds->pieces.formats[feeds->format]->name, "atom") == 0)
            write_opml(feeds, diagnostics);
    }
    for (size_t i = 0; i < feeds->options->jobs; i++) {
        arena_release(&feeds->workers[i].arena);
        buf_release(&feeds->workers[i].pieces);
        buf_release(&feeds->workers[i].feed);
        vec_release(&feeds->workers[i].entries);
    }
    free(feeds->workers);
    if (atomic_load(&feeds->not_valid))
        return FEEDS_NOT_VALID;
    if (!atomic_load(&feeds->failed))
        return FEEDS_OK;
    diag_report(diagnostics, DIAGNOSTIC_OUTPUT_FAILED, (struct place){0}, "rendered entries cannot be read back");
    return FEEDS_FAILED;
}

void widest_feed_release(struct widest_feed *widest) {
    buf_release(&widest->path);
    buf_release(&widest->bytes);
}

static bool is_served(const struct output *output, struct slice path) {
    const struct tree *old = output_old_tree(output);
    for (size_t i = 0; i < old->files.count; i++)
        if (slice_equal(old->files.items[i].path, path))
            return true;
    return false;
}

/* All formats have the same entries, so any will do that can be compared. */
static void choose_widest(struct feeds *feeds) {
    struct widest_feed *widest = feeds->widest;
    buf_clear(&widest->bytes);
    for (size_t i = 0; i < feeds->pieces.format_count; i++) {
        buf_clear(&widest->path);
        buf_append_slice(&widest->path, slice_from(channels_widest(feeds->channels)->path, 1));
        buf_append_string(&widest->path, feeds->pieces.formats[i]->file_name);
        if (is_served(feeds->output, buf_slice(&widest->path)))
            return;
    }
    buf_clear(&widest->path);
}

static enum feeds_result result_of(enum pieces_result result) {
    return result == PIECES_SOURCE_CHANGED ? FEEDS_SOURCE_CHANGED : FEEDS_FAILED;
}

enum feeds_result feeds_write(const struct corpus *corpus, const struct channels *channels,
                              const struct options *options, const char *spool_folder, struct output *output,
                              struct widest_feed *widest, struct diagnostics *diagnostics,
                              struct feeds_counts *ret_counts) {
    struct feeds feeds = {
        .corpus = corpus, .channels = channels, .options = options, .output = output, .widest = widest};
    enum pieces_result made = pieces_make(corpus, channels, options, spool_folder, diagnostics, &feeds.pieces);
    if (made == PIECES_OK)
        choose_widest(&feeds);
    enum feeds_result result = made == PIECES_OK ? write_formats(&feeds, diagnostics) : result_of(made);
    *ret_counts = (struct feeds_counts){.channels = channels->items.count, .shown = feeds.pieces.shown_count};
    pieces_release(&feeds.pieces);
    return result;
}
