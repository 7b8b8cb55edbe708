#include "cmd/feeds.h"

#include "assemble/overview.h"
#include "base/pool.h"
#include "cmd/archives.h"
#include "cmd/channel_feed.h"
#include "cmd/pieces.h"
#include "cmd/withdrawals.h"

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

/* Of a channel: from what its files are made, and whether the served ones stay. */
struct state {
    uint64_t feeds, page; /* signatures */
    bool feeds_stay, page_stays;
};

struct feeds {
    const struct corpus *corpus;
    const struct channels *channels;
    const struct options *options;
    struct output *output;
    struct widest_feed *widest;
    struct signatures *signatures;
    const struct format *formats[FORMATS_MOST]; /* of the settings */
    size_t format_count;
    struct relations relations; /* where there are pages */
    struct state *states;       /* one a channel */
    struct spliced spliced;
    struct pieces pieces;
    size_t format; /* the one at hand, of `formats` */
    struct feeds_worker *workers;
    struct diagnostics *problems; /* one a channel: merged in their order */
    atomic_bool not_valid;
    atomic_bool failed;
    struct progress progress;
};

/* --- every channel in one format ---------------------------------------------------------------------------- */

static struct channel_withdrawals withdrawn_from(const struct feeds *feeds, const struct channel *channel) {
    return withdrawals_in(feeds->corpus->withdrawals, (size_t)(channel - feeds->channels->items.items));
}

/* The first page of the tree is that of the channel /. */
static bool has_file(const struct channel *channel, const struct format *format) {
    return format->is_feed || channel->path.size > 1;
}

/* How many entries of its head a file of the channel shows. */
static size_t shown_most(const struct channel *channel, const struct format *format) {
    size_t count = channel->entries.count;
    return format->entries_most && format->entries_most < count ? format->entries_most : count;
}

static enum piece_kind kind_of(const struct channel *channel, const struct format *format, size_t number) {
    if (!format->is_feed)
        return PIECE_ITEM;
    return number < channel->full_count ? PIECE_FULL : PIECE_SUMMARY;
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
    for (; stub < withdrawn->stub_count && withdrawn->stubs[stub].place == place; stub++) {
        size_t begin = worker->pieces.size;
        feeds->formats[feeds->format]->entry(feeds->corpus->templates, &withdrawn->stubs[stub].entry, true,
                                             &worker->pieces);
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
    const struct format *format = feeds->formats[feeds->format];
    size_t count = shown_most(channel, format);
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        size += pieces_size(&feeds->pieces, pieces_shown(&feeds->pieces, channel->entries.items[i]), feeds->format,
                            kind_of(channel, format, i));
    if (worker->feed.capacity > BUFFERS_KEPT) {
        buf_release(&worker->pieces);
        buf_release(&worker->feed);
    }
    buf_reserve(&worker->pieces, size);
    buf_reserve(&worker->feed, size + count * ENTRY_MARGIN + FEED_HEAD);
}

/* The pieces of the channel's entries into worker->pieces, and where each stands into worker->entries. */
static bool gather_entries(const struct feeds *feeds, struct feeds_worker *worker, const struct channel *channel) {
    const struct channel_withdrawals withdrawn = withdrawn_from(feeds, channel);
    const struct format *format = feeds->formats[feeds->format];
    size_t count = shown_most(channel, format);
    size_t stub = 0;
    buf_clear(&worker->pieces);
    vec_clear(&worker->entries);
    vec_clear(&worker->signatures);
    reserve(feeds, worker, channel);
    for (size_t i = 0; i < count; i++) {
        stub = gather_stubs(feeds, worker, &withdrawn, stub, i);
        const struct shown *shown = pieces_shown(&feeds->pieces, channel->entries.items[i]);
        enum piece_kind kind = kind_of(channel, format, i);
        size_t begin = worker->pieces.size;
        if (!pieces_append(&feeds->pieces, shown, feeds->format, kind, &worker->pieces))
            return false;
        vec_push(&worker->entries, (struct slice){NULL, worker->pieces.size - begin});
        vec_push(&worker->signatures,
                 piece_signature(feeds->corpus, channel->entries.items[i], kind, feeds->options->now));
    }
    (void)gather_stubs(feeds, worker, &withdrawn, stub, count);
    /* The buffer has moved while it grew: only now do the pieces have addresses. */
    const char *at = worker->pieces.data;
    for (size_t i = 0; i < worker->entries.count; at += worker->entries.items[i++].size)
        worker->entries.items[i].data = at;
    return true;
}

static bool render_feed(const struct feeds *feeds, struct feeds_worker *worker, const struct channel *channel) {
    const struct site *site = &feeds->corpus->settings->site;
    const struct format *format = feeds->formats[feeds->format];
    const struct channel_withdrawals withdrawn = withdrawn_from(feeds, channel);
    arena_clear(&worker->arena);
    buf_clear(&worker->feed);
    if (!gather_entries(feeds, worker, channel))
        return false;
    struct feed feed = channel_feed(site, channel, &worker->arena);
    feed.updated = channel_updated(feeds, channel);
    feed.entry_count = worker->entries.count;
    feed.tombstones = withdrawn.tombstones;
    feed.tombstone_count = withdrawn.tombstone_count;
    feed.shown = channel->entries.count + withdrawn.stub_count;
    if (format->is_feed) {
        feed.older_page = archives_newest_page(feeds->corpus, channel, &worker->arena);
    } else {
        feed.older_page = archives_page_behind(feeds->corpus, channel, shown_most(channel, format), &worker->arena,
                                               &feed.older_begin);
        feed.related_count = overview_related(&feeds->relations, channel, &worker->arena, &feed.related);
    }
    format->feed(feeds->corpus->templates, &feed, worker->entries.items, &worker->feed);
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

/* Pages are no feeds: guards and hubs are not asked. */
static void put_file(struct feeds *feeds, struct feeds_worker *worker, size_t number, struct slice path) {
    const struct channel *channel = &feeds->channels->items.items[number];
    const struct format *format = feeds->formats[feeds->format];
    if (!format->is_feed) {
        output_put(feeds->output, path, buf_slice(&worker->feed), format->served_type);
        return;
    }
    if (worker->pieces.capacity > BUFFERS_KEPT)
        buf_release(&worker->pieces); /* the check wants memory too */
    if (is_valid(feeds, buf_slice(&worker->feed), path, worker->entries.count, &feeds->problems[number]))
        output_put_feed(feeds->output, path, buf_slice(&worker->feed), format->served_type,
                        (uint32_t)channel->entries.count); /* for guards: stubs go by themselves */
    if (slice_equal(path, buf_slice(&feeds->widest->path)))
        buf_append_slice(&feeds->widest->bytes, buf_slice(&worker->feed));
}

static void write_feed(void *context, size_t job, size_t number) {
    struct feeds *feeds = context;
    struct feeds_worker *worker = &feeds->workers[number];
    const struct channel *channel = &feeds->channels->items.items[job];
    const struct format *format = feeds->formats[feeds->format];
    const struct state *state = &feeds->states[job];
    bool stays = format->is_feed ? state->feeds_stay : state->page_stays;
    CLEANUP(buf_release) struct buf path = BUF(4096);
    progress_step(&feeds->progress);
    if (!has_file(channel, format))
        return;
    append_path(channel, format, &path);
    signatures_set(feeds->signatures, buf_slice(&path), format->is_feed ? state->feeds : state->page);
    if (stays ? !output_keep(feeds->output, buf_slice(&path)) : !render_feed(feeds, worker, channel)) {
        atomic_store(&feeds->failed, true);
        return;
    }
    if (stays)
        return;
    if (feeds->corpus->cache)
        note_entries(feeds, worker, buf_slice(&path));
    put_file(feeds, worker, job, buf_slice(&path));
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

/* What its page says besides. */
static uint64_t page_signature_of(const struct feeds *feeds, size_t number) {
    const struct channel *channel = &feeds->channels->items.items[number];
    const struct channel_link *related = NULL;
    CLEANUP(arena_release) struct arena arena = {0};
    uint64_t signature = signature_add(feeds->states[number].feeds, channel->matching);
    size_t count = overview_related(&feeds->relations, channel, &arena, &related);
    for (size_t i = 0; i < count; i++) {
        signature = signature_add_text(signature, related[i].path);
        signature = signature_add_text(signature, related[i].title);
    }
    return signature;
}

/* Every feed of it, or its page, was made from this, and can stay. */
static bool can_keep(const struct feeds *feeds, size_t number, bool is_feed, uint64_t signature) {
    const struct channel *channel = &feeds->channels->items.items[number];
    CLEANUP(buf_release) struct buf path = BUF(4096);
    for (size_t i = 0; i < feeds->format_count; i++) {
        if (feeds->formats[i]->is_feed != is_feed || !has_file(channel, feeds->formats[i]))
            continue;
        buf_clear(&path);
        append_path(channel, feeds->formats[i], &path);
        if (!signatures_is_same(feeds->signatures, buf_slice(&path), signature) ||
            !output_can_keep(feeds->output, buf_slice(&path)))
            return false;
    }
    return true;
}

static void find_changed(struct feeds *feeds) {
    size_t count = feeds->channels->items.count;
    feeds->states = memory_new_array(count, sizeof *feeds->states);
    for (size_t i = 0; i < count; i++) {
        struct state *state = &feeds->states[i];
        state->feeds = signature_of(feeds, i);
        state->page = feeds->corpus->templates->has_pages ? page_signature_of(feeds, i) : 0;
        state->feeds_stay = can_keep(feeds, i, true, state->feeds);
        state->page_stays = can_keep(feeds, i, false, state->page);
    }
}

/* What of the articles the files that will change need: see pieces_make. */
static unsigned char *find_uses(const struct feeds *feeds) {
    unsigned char *uses = memory_new(feeds->corpus->index.order_count);
    for (size_t i = 0; i < feeds->channels->items.count; i++)
        for (size_t format = 0; format < feeds->format_count; format++) {
            const struct channel *channel = &feeds->channels->items.items[i];
            const struct format *in = feeds->formats[format];
            bool stays = in->is_feed ? feeds->states[i].feeds_stay : feeds->states[i].page_stays;
            size_t count = stays || !has_file(channel, in) ? 0 : shown_most(channel, in);
            for (size_t k = 0; k < count; k++)
                uses[channel->entries.items[k]] |= (unsigned char)(1u << kind_of(channel, in, k));
        }
    return uses;
}

/* What the files that will change have of their entries already. Feeds first, for descriptors are few. */
static void add_spliced(struct feeds *feeds, bool is_feed) {
    for (size_t i = 0; feeds->signatures->is_believed && i < feeds->channels->items.count; i++)
        for (size_t format = 0; format < feeds->format_count; format++) {
            CLEANUP(buf_release) struct buf path = BUF(4096);
            bool stays = is_feed ? feeds->states[i].feeds_stay : feeds->states[i].page_stays;
            if (stays || feeds->formats[format]->is_feed != is_feed)
                continue;
            append_path(&feeds->channels->items.items[i], feeds->formats[format], &path);
            spliced_add(&feeds->spliced, feeds->corpus->cache, feeds->output, buf_slice(&path), (uint32_t)format);
        }
}

/* --- the list of channels ----------------------------------------------------------------------------------- */

static size_t list_channels(const struct feeds *feeds, struct opml_channel *listed) {
    size_t count = 0;
    for (size_t i = 0; i < feeds->channels->items.count; i++) {
        const struct channel *channel = &feeds->channels->items.items[i];
        if (channel_is_listed(channel))
            listed[count++] =
                (struct opml_channel){channel_folder(channel), channel->title, channel->subtitle, channel->path};
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
    opml_render(feeds->corpus->templates, listed, count, latest_updated(feeds), &buf);
    free(listed);
    if (is_valid(feeds, buf_slice(&buf), path, count, diagnostics))
        output_put(feeds->output, path, buf_slice(&buf), "text/x-opml; charset=utf-8");
}

/* --- all of them -------------------------------------------------------------------------------------------- */

static enum making_result write_formats(struct feeds *feeds, struct diagnostics *diagnostics) {
    feeds->workers = memory_new_array(feeds->options->jobs, sizeof *feeds->workers);
    for (size_t i = 0; i < feeds->options->jobs; i++)
        feeds->workers[i].pieces = feeds->workers[i].feed = BUF(BUF_UNLIMITED);
    for (feeds->format = 0; feeds->format < feeds->format_count; feeds->format++) {
        write_format(feeds, diagnostics);
        if (strcmp(feeds->formats[feeds->format]->name, "atom") == 0)
            write_opml(feeds, diagnostics);
    }
    for (size_t i = 0; i < feeds->options->jobs; i++) {
        arena_release(&feeds->workers[i].arena);
        buf_release(&feeds->workers[i].pieces);
        buf_release(&feeds->workers[i].feed);
        vec_release(&feeds->workers[i].entries);
        vec_release(&feeds->workers[i].signatures);
    }
    free(feeds->workers);
    if (atomic_load(&feeds->not_valid))
        return MAKING_NOT_VALID;
    if (!atomic_load(&feeds->failed))
        return MAKING_OK;
    diag_report(diagnostics, DIAGNOSTIC_OUTPUT_FAILED, (struct place){0}, "rendered entries cannot be read back");
    return MAKING_FAILED;
}

void widest_feed_release(struct widest_feed *widest) {
    buf_release(&widest->path);
    buf_release(&widest->bytes);
}

/* All formats have the same entries, so any will do that can be compared. */
static void choose_widest(struct feeds *feeds) {
    struct widest_feed *widest = feeds->widest;
    buf_clear(&widest->bytes);
    for (size_t i = 0; i < feeds->format_count; i++) {
        if (!feeds->formats[i]->is_feed)
            continue;
        buf_clear(&widest->path);
        buf_append_slice(&widest->path, slice_from(channels_widest(feeds->channels)->path, 1));
        buf_append_string(&widest->path, feeds->formats[i]->file_name);
        if (output_is_served(feeds->output, buf_slice(&widest->path)))
            return;
    }
    buf_clear(&widest->path);
}

static enum making_result result_of(enum pieces_result result) {
    return result == PIECES_SOURCE_CHANGED ? MAKING_SOURCE_CHANGED : MAKING_FAILED;
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
        counts.rendered += !feeds->states[i].feeds_stay;
    return counts;
}

/* For sitemap.xml: the first page, which shows the newest of all, then those of channels. */
static void list_pages(const struct feeds *feeds, struct page_links *links) {
    page_links_add(links, SLICE(""), latest_updated(feeds));
    for (size_t i = 0; i < feeds->channels->items.count; i++) {
        const struct channel *channel = &feeds->channels->items.items[i];
        if (channel->entries.count && channel->path.size > 1 && channel_is_listed(channel))
            page_links_add(links, slice_from(channel->path, 1), channel_updated(feeds, channel));
    }
}

static void feeds_release(struct feeds *feeds) {
    pieces_release(&feeds->pieces);
    spliced_release(&feeds->spliced);
    if (feeds->corpus->templates->has_pages)
        relations_release(&feeds->relations);
    free(feeds->states);
}

enum making_result feeds_write(const struct tree_making *making, struct widest_feed *widest,
                               struct diagnostics *diagnostics, struct feeds_counts *ret_counts) {
    const struct corpus *corpus = making->corpus;
    const struct output_settings *wanted = &corpus->settings->output;
    struct feeds feeds = {.corpus = corpus,
                          .channels = making->channels,
                          .options = making->options,
                          .output = making->output,
                          .widest = widest,
                          .signatures = making->signatures,
                          .format_count = wanted->format_count};
    for (size_t i = 0; i < wanted->format_count; i++)
        feeds.formats[i] = format_find(wanted->formats[i]);
    if (corpus->templates->has_pages)
        relations_init(&feeds.relations, making->channels, &corpus->settings->taxonomies);
    find_changed(&feeds);
    add_spliced(&feeds, true);
    add_spliced(&feeds, false);
    spliced_sort(&feeds.spliced);
    CLEANUP(memory_free) unsigned char *uses = find_uses(&feeds);
    enum pieces_result made = pieces_make(corpus, uses, feeds.formats, feeds.format_count, &feeds.spliced,
                                          making->options, making->spool_folder, diagnostics, &feeds.pieces);
    if (made == PIECES_OK)
        choose_widest(&feeds);
    enum making_result result = made == PIECES_OK ? write_formats(&feeds, diagnostics) : result_of(made);
    if (corpus->templates->has_pages)
        list_pages(&feeds, making->links);
    *ret_counts = counts_of(&feeds);
    feeds_release(&feeds);
    return result;
}
