#include "cmd/feeds.h"

#include "base/file.h"
#include "base/pool.h"
#include "cmd/archives.h"
#include "cmd/channel_feed.h"
#include "cmd/pieces.h"
#include "cmd/withdrawals.h"

#include <unistd.h>

enum {
    BUFFERS_KEPT = 1 << 20, /* bytes of each */
    FEED_HEAD = 1 << 14,    /* what stands before the entries, most often */
    ENTRY_MARGIN = 16,      /* before each: comma, line, blanks */
};

struct feeds_worker {
    struct arena arena; /* of the feed at hand */
    struct buf pieces;  /* its entries, one behind the other */
    struct buf feed;
    VEC(struct slice) entries;
    VEC(uint64_t) signatures; /* of the entries; 0: a stub */
};

struct feeds {
    const struct corpus *corpus;
    const struct channels *channels;
    const struct options *options;
    struct output *output;
    struct widest_feed *widest;
    struct signatures *signatures;
    uint64_t *channel_signatures;
    bool *is_kept; /* one a channel: its served files stay */
    struct spliced spliced;
    struct pieces pieces;
    size_t format; /* the one at hand, of pieces.formats */
    struct feeds_worker *workers;
    struct diagnostics *problems; /* one a channel: merged in their order */
    atomic_bool not_valid;
    atomic_bool failed;
    struct progress progress;
};

/* --- feeds: every channel in one format --------------------------------------------------------------------- */

static struct channel_withdrawals withdrawn_from(const struct feeds *feeds, const struct channel *channel) {
    return withdrawals_in(feeds->corpus->withdrawals, (size_t)(channel - feeds->channels->items.items));
}

static int64_t channel_updated(const struct feeds *feeds, const struct channel *channel) {
    int64_t updated = withdrawn_from(feeds, channel).updated;
    if (channel->entries.count == 0 && updated == INT64_MIN)
        updated = feeds->corpus->settings->site.tag_seconds;
    for (size_t i = 0; i < channel->entries.count; i++) {
        int64_t own = corpus_entry_updated(feeds->corpus, channel->entries.items[i], feeds->options->now);
        updated = own > updated ? own : updated;
    }
    return updated;
}

/* Stubs whose place is behind so many entries of the head, from number `stub` on. Returns the number of the next one.
 */
static size_t gather_stubs(const struct feeds *feeds, struct feeds_worker *worker,
                           const struct channel_withdrawals *withdrawn, size_t stub, size_t place) {
    const struct site *site = &feeds->corpus->settings->site;
    for (; stub < withdrawn->stub_count && withdrawn->stubs[stub].place == place; stub++) {
        size_t begin = worker->pieces.size;
        feeds->pieces.formats[feeds->format]->entry(site, &withdrawn->stubs[stub].entry, true, &worker->pieces);
        vec_push(&worker->entries, (struct slice){NULL, worker->pieces.size - begin});
        vec_push(&worker->signatures, 0);
    }
    return stub;
}

/*
 * Room for all at once, and no more: large heads are what a run needs most memory for, and a buffer that grows is half
 * as large again. Those of the last feed are given back before.
 */
static void reserve(const struct feeds *feeds, struct feeds_worker *worker, const struct channel *channel) {
    size_t size = 0;
    for (size_t i = 0; i < channel->entries.count; i++) {
        enum piece_kind kind = i < channel->full_count ? PIECE_FULL : PIECE_SUMMARY;
        size += pieces_size(pieces_shown(&feeds->pieces, channel->entries.items[i]), feeds->format, kind);
    }
    if (worker->feed.capacity > BUFFERS_KEPT) {
        buf_release(&worker->pieces);
        buf_release(&worker->feed);
    }
    buf_reserve(&worker->pieces, size);
    buf_reserve(&worker->feed, size + channel->entries.count * ENTRY_MARGIN + FEED_HEAD);
}

/* The pieces of the channel's entries into worker->pieces, and where each stands into worker->entries. */
static bool gather_entries(const struct feeds *feeds, struct feeds_worker *worker, const struct channel *channel) {
    const struct channel_withdrawals withdrawn = withdrawn_from(feeds, channel);
    size_t stub = 0;
    buf_clear(&worker->pieces);
    vec_clear(&worker->entries);
    vec_clear(&worker->signatures);
    reserve(feeds, worker, channel);
    for (size_t i = 0; i < channel->entries.count; i++) {
        stub = gather_stubs(feeds, worker, &withdrawn, stub, i);
        const struct shown *shown = pieces_shown(&feeds->pieces, channel->entries.items[i]);
        enum piece_kind kind = i < channel->full_count ? PIECE_FULL : PIECE_SUMMARY;
        size_t begin = worker->pieces.size;
        if (!pieces_append(&feeds->pieces, shown, feeds->format, kind, &worker->pieces))
            return false;
        vec_push(&worker->entries, (struct slice){NULL, worker->pieces.size - begin});
        vec_push(&worker->signatures,
                 piece_signature(feeds->corpus, channel->entries.items[i], kind, feeds->options->now));
    }
    (void)gather_stubs(feeds, worker, &withdrawn, stub, channel->entries.count);
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
    struct feed feed = channel_feed(site, channel, &worker->arena);
    feed.updated = channel_updated(feeds, channel);
    feed.entry_count = worker->entries.count;
    feed.tombstones = withdrawn_from(feeds, channel).tombstones;
    feed.tombstone_count = withdrawn_from(feeds, channel).tombstone_count;
    feed.older_page = archives_newest_page(feeds->corpus, channel, &worker->arena);
    feeds->pieces.formats[feeds->format]->feed(&feed, worker->entries.items, &worker->feed);
    return true;
}

static bool is_valid(struct feeds *feeds, struct slice bytes, struct slice path, size_t entries,
                     struct diagnostics *problems) {
    if (feed_is_fit(bytes, path, entries, problems))
        return true;
    atomic_store(&feeds->not_valid, true);
    return false;
}

static void append_path(const struct channel *channel, const struct format *format, struct buf *path) {
    buf_append_slice(path, slice_from(channel->path, 1));
    buf_append_string(path, format->file_name);
}

/* Where its entries stand, so that the next run can take them from there. */
static void note_entries(const struct feeds *feeds, const struct feeds_worker *worker, struct slice path) {
    CLEANUP(buf_release) struct buf name = BUF(8192);
    CLEANUP(buf_release) struct buf row = BUF(BUF_UNLIMITED);
    spliced_append_name(path, &name);
    spliced_describe(buf_slice(&worker->feed), worker->entries.items, worker->signatures.items, worker->entries.count,
                     &row);
    signatures_note(feeds->signatures, buf_slice(&name), buf_slice(&row));
}

static void write_feed(void *context, size_t job, size_t number) {
    struct feeds *feeds = context;
    struct feeds_worker *worker = &feeds->workers[number];
    const struct channel *channel = &feeds->channels->items.items[job];
    const struct format *format = feeds->pieces.formats[feeds->format];
    CLEANUP(buf_release) struct buf path = BUF(4096);
    progress_step(&feeds->progress);
    append_path(channel, format, &path);
    signatures_set(feeds->signatures, buf_slice(&path), feeds->channel_signatures[job]);
    if (feeds->is_kept[job] ? !output_keep(feeds->output, buf_slice(&path)) : !render_feed(feeds, worker, channel)) {
        atomic_store(&feeds->failed, true);
        return;
    }
    if (feeds->is_kept[job])
        return;
    if (feeds->corpus->cache)
        note_entries(feeds, worker, buf_slice(&path));
    if (worker->pieces.capacity > BUFFERS_KEPT)
        buf_release(&worker->pieces); /* the check wants memory too */
    if (is_valid(feeds, buf_slice(&worker->feed), buf_slice(&path), worker->entries.count, &feeds->problems[job]))
        output_put_feed(feeds->output, buf_slice(&path), buf_slice(&worker->feed), format->media_type,
                        (uint32_t)channel->entries.count); /* for guards: stubs go by themselves */
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

/* --- which of them have changed ----------------------------------------------------------------------------- */

/* Of all that its feeds say. */
static uint64_t signature_of(const struct feeds *feeds, size_t number) {
    const struct channel *channel = &feeds->channels->items.items[number];
    CLEANUP(arena_release) struct arena arena = {0};
    uint64_t signature = signature_add_text(channel->full_count, channel->title);
    signature = signature_add_text(signature, channel->subtitle);
    signature = signature_add(signature, withdrawals_signature(feeds->corpus->withdrawals, number));
    signature = signature_add_text(signature, archives_newest_page(feeds->corpus, channel, &arena));
    for (size_t i = 0; i < channel->entries.count; i++)
        signature =
            signature_add(signature, entry_signature(feeds->corpus, channel->entries.items[i], feeds->options->now));
    return signature;
}

/* Every feed of it was made from this, and can stay. */
static bool can_keep(const struct feeds *feeds, size_t number) {
    const struct output_settings *wanted = &feeds->corpus->settings->output;
    CLEANUP(buf_release) struct buf path = BUF(4096);
    for (size_t i = 0; i < wanted->format_count; i++) {
        buf_clear(&path);
        append_path(&feeds->channels->items.items[number], format_find(wanted->formats[i]), &path);
        if (!signatures_is_same(feeds->signatures, buf_slice(&path), feeds->channel_signatures[number]) ||
            !output_can_keep(feeds->output, buf_slice(&path)))
            return false;
    }
    return true;
}

static void find_changed(struct feeds *feeds) {
    size_t count = feeds->channels->items.count;
    feeds->channel_signatures = memory_new_array(count, sizeof *feeds->channel_signatures);
    feeds->is_kept = memory_new_array(count, sizeof *feeds->is_kept);
    for (size_t i = 0; i < count; i++) {
        feeds->channel_signatures[i] = signature_of(feeds, i);
        feeds->is_kept[i] = can_keep(feeds, i);
    }
}

/* What the feeds that will change have of their entries already. */
static void find_spliced(struct feeds *feeds) {
    const struct output_settings *wanted = &feeds->corpus->settings->output;
    for (size_t i = 0; feeds->signatures->is_believed && i < feeds->channels->items.count; i++)
        for (size_t format = 0; !feeds->is_kept[i] && format < wanted->format_count; format++) {
            CLEANUP(buf_release) struct buf path = BUF(4096);
            append_path(&feeds->channels->items.items[i], format_find(wanted->formats[format]), &path);
            spliced_add(&feeds->spliced, feeds->corpus->cache, feeds->output, buf_slice(&path), (uint32_t)format);
        }
    spliced_sort(&feeds->spliced);
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

static int64_t latest_updated(const struct feeds *feeds) {
    int64_t updated = feeds->corpus->settings->site.tag_seconds;
    for (size_t i = 0; i < feeds->channels->items.count; i++) {
        int64_t own = channel_updated(feeds, &feeds->channels->items.items[i]);
        updated = own > updated ? own : updated;
    }
    return updated;
}

static void write_opml(struct feeds *feeds, struct diagnostics *diagnostics) {
    static const struct slice path = SLICE_CONSTANT("feeds.opml");
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    struct opml_channel *listed = memory_new_array(feeds->channels->items.count, sizeof *listed);
    size_t count = list_channels(feeds, listed);
    opml_render(&feeds->corpus->settings->site, listed, count, latest_updated(feeds), &buf);
    free(listed);
    if (is_valid(feeds, buf_slice(&buf), path, count, diagnostics))
        output_put(feeds->output, path, buf_slice(&buf), "text/x-opml; charset=utf-8");
}

/* --- what a host is told of the feeds ------------------------------------------------------------------------ */

/* static: may have one of its own, which is the editor's word. */
static bool is_given(const struct settings *settings, struct slice path) {
    struct slice folder = settings->output.copied_folder;
    CLEANUP(arena_release) struct arena arena = {0};
    if (folder.size == 0)
        return false;
    const char *given = file_join(&arena, settings->folder, arena_copy(&arena, folder).data);
    return access(file_join(&arena, given, path.data), F_OK) == 0;
}

static void write_headers(struct feeds *feeds) {
    static const struct slice path = SLICE_CONSTANT("_headers");
    const struct settings *settings = feeds->corpus->settings;
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    if (settings->site.hub_count == 0 || is_given(settings, path))
        return;
    for (size_t i = 0; i < feeds->channels->items.count; i++)
        for (size_t k = 0; k < feeds->pieces.format_count; k++)
            headers_append_feed(&settings->site, feeds->channels->items.items[i].path,
                                feeds->pieces.formats[k]->file_name, &buf);
    output_put(feeds->output, path, buf_slice(&buf), "text/plain; charset=utf-8");
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
    write_headers(feeds);
    for (size_t i = 0; i < feeds->options->jobs; i++) {
        arena_release(&feeds->workers[i].arena);
        buf_release(&feeds->workers[i].pieces);
        buf_release(&feeds->workers[i].feed);
        vec_release(&feeds->workers[i].entries);
        vec_release(&feeds->workers[i].signatures);
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

/* All formats have the same entries, so any will do that can be compared. */
static void choose_widest(struct feeds *feeds) {
    struct widest_feed *widest = feeds->widest;
    buf_clear(&widest->bytes);
    for (size_t i = 0; i < feeds->pieces.format_count; i++) {
        buf_clear(&widest->path);
        buf_append_slice(&widest->path, slice_from(channels_widest(feeds->channels)->path, 1));
        buf_append_string(&widest->path, feeds->pieces.formats[i]->file_name);
        if (output_is_served(feeds->output, buf_slice(&widest->path)))
            return;
    }
    buf_clear(&widest->path);
}

static enum feeds_result result_of(enum pieces_result result) {
    return result == PIECES_SOURCE_CHANGED ? FEEDS_SOURCE_CHANGED : FEEDS_FAILED;
}

/* Articles that stand in some head. */
static size_t count_shown(const struct channels *channels, size_t places) {
    CLEANUP(memory_free) unsigned char *shown = memory_new(places);
    size_t count = 0;
    for (size_t i = 0; i < channels->items.count; i++)
        for (size_t k = 0; k < channels->items.items[i].entries.count; k++) {
            unsigned char *place = &shown[channels->items.items[i].entries.items[k]];
            count += !*place;
            *place = 1;
        }
    return count;
}

static struct feeds_counts counts_of(const struct feeds *feeds) {
    struct feeds_counts counts = {.channels = feeds->channels->items.count,
                                  .shown = count_shown(feeds->channels, feeds->corpus->index.order_count)};
    for (size_t i = 0; i < counts.channels; i++)
        counts.rendered += !feeds->is_kept[i];
    return counts;
}

enum feeds_result feeds_write(const struct corpus *corpus, const struct channels *channels,
                              const struct options *options, const char *spool_folder, struct signatures *signatures,
                              struct output *output, struct widest_feed *widest, struct diagnostics *diagnostics,
                              struct feeds_counts *ret_counts) {
    struct feeds feeds = {.corpus = corpus,
                          .channels = channels,
                          .options = options,
                          .output = output,
                          .widest = widest,
                          .signatures = signatures};
    signatures_clear(signatures);
    find_changed(&feeds);
    find_spliced(&feeds);
    enum pieces_result made =
        pieces_make(corpus, channels, feeds.is_kept, &feeds.spliced, options, spool_folder, diagnostics, &feeds.pieces);
    if (made == PIECES_OK)
        choose_widest(&feeds);
    enum feeds_result result = made == PIECES_OK ? write_formats(&feeds, diagnostics) : result_of(made);
    *ret_counts = counts_of(&feeds);
    pieces_release(&feeds.pieces);
    spliced_release(&feeds.spliced);
    free(feeds.channel_signatures);
    free(feeds.is_kept);
    return result;
}
