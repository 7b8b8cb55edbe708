#include "cmd/archives.h"

#include "assemble/archive.h"
#include "base/pool.h"
#include "cmd/channel_feed.h"
#include "cmd/pieces.h"

/*
 * How many places of the index pages are taken from at a time. Their entries are rendered once, whatever the number of
 * pages that show them, and stand on disk meanwhile.
 */
enum { BATCH_PLACES = 1 << 15 };

enum { PAGE_HEAD = 1 << 14 /* bytes: what stands before the entries, most often */ };

#define NO_PAGE UINT32_MAX

struct page {
    struct archive_span span;
    uint64_t signature;
    uint32_t channel;     /* place in channels->items */
    uint32_t first, last; /* places in index->order of its newest and its oldest entry */
    uint32_t count;
    uint32_t older;   /* number of the channel's next older page; NO_PAGE: none */
    uint32_t found;   /* how many of `places` are there */
    uint32_t *places; /* of its entries, while it is at hand; else NULL */
};

struct archives_worker {
    struct arena arena; /* of the page at hand */
    struct buf entries; /* one behind the other */
    struct buf feed;
    VEC(struct slice) slices;
};

struct archives {
    const struct corpus *corpus;
    const struct channels *channels;
    const struct options *options;
    const char *spool_folder;
    struct signatures *signatures;
    struct output *output;
    struct memberships memberships;
    VEC(struct page) pages; /* by the place of their newest entry */
    uint32_t *newest;       /* of each channel: number of its newest page; NO_PAGE */
    VEC(uint32_t) changed;  /* numbers of the pages to be made */
    /* Of the pages at hand: */
    const uint32_t *numbers;
    struct pieces pieces;
    struct archives_worker *workers;
    struct diagnostics *problems; /* one a page: merged in their order */
    atomic_bool not_valid, failed;
    struct progress progress;
};

/* --- which pages there are ----------------------------------------------------------------------------------- */

/* Dates only fall, so that one span of each kind is looked at after the other. */
static struct archive_span span_of(struct archive_span *spans, enum archive_period period, int64_t date) {
    struct archive_span *span = &spans[period];
    if (date < span->begin || date >= span->end)
        *span = archive_span_at(period, date);
    return *span;
}

static struct page *page_for(struct archives *archives, uint32_t channel, struct archive_span span, uint32_t place) {
    uint32_t *newest = &archives->newest[channel];
    /* Until all are there, the newest one is that of the oldest time so far. */
    if (*newest == NO_PAGE || archives->pages.items[*newest].span.begin != span.begin) {
        uint32_t number = (uint32_t)archives->pages.count;
        vec_push(&archives->pages, (struct page){.span = span, .channel = channel, .first = place, .older = *newest});
        *newest = number;
    }
    return &archives->pages.items[*newest];
}

/* The links were made from the newest page to the oldest, each to the one before it: turned round. */
static void turn_chain(struct archives *archives, uint32_t *newest) {
    uint32_t older = NO_PAGE;
    for (uint32_t number = *newest; number != NO_PAGE;) {
        struct page *page = &archives->pages.items[number];
        uint32_t younger = page->older;
        page->older = older;
        older = number;
        number = younger;
    }
    *newest = older;
}

static void add_place(struct archives *archives, uint32_t place, struct archive_span *spans) {
    const struct corpus *corpus = archives->corpus;
    const struct record *record = index_record(&corpus->index, corpus->index.order[place]);
    const struct membership *membership = memberships_of(&archives->memberships, record->labels);
    uint64_t signature = 0;
    bool signed_already = false;
    for (size_t i = 0; i < membership->count; i++) {
        uint32_t channel = membership->channels[i];
        enum archive_period period = archives->channels->items.items[channel].rule->archive;
        if (period == ARCHIVE_NONE)
            continue;
        if (!signed_already)
            signature = entry_signature(corpus, place, archives->options->now);
        signed_already = true;
        struct page *page = page_for(archives, channel, span_of(spans, period, record->date), place);
        page->signature = signature_add(page->signature, signature);
        page->last = place;
        page->count++;
    }
}

static void find_pages(struct archives *archives) {
    struct archive_span spans[ARCHIVE_DAY + 1] = {0}; /* empty: nothing lies in them */
    size_t channels = archives->channels->items.count;
    archives->newest = memory_new_array(channels, sizeof *archives->newest);
    for (size_t i = 0; i < channels; i++)
        archives->newest[i] = NO_PAGE;
    for (size_t place = 0; place < archives->corpus->index.order_count; place++)
        add_place(archives, (uint32_t)place, spans);
    for (size_t i = 0; i < channels; i++)
        turn_chain(archives, &archives->newest[i]);
}

/* --- which of them have changed ------------------------------------------------------------------------------ */

static const struct channel *channel_of(const struct archives *archives, const struct page *page) {
    return &archives->channels->items.items[page->channel];
}

static bool is_finished(const struct archives *archives, const struct page *page) {
    return page->span.end <= archives->options->now;
}

static void append_name(const struct archives *archives, uint32_t number, struct buf *name) {
    const struct page *page = &archives->pages.items[number];
    archive_append_page(name, channel_of(archives, page)->rule->archive, page->span);
}

static void append_path(const struct archives *archives, uint32_t number, struct buf *path) {
    buf_append_slice(path, slice_from(channel_of(archives, &archives->pages.items[number])->path, 1));
    append_name(archives, number, path);
}

static uint64_t page_signature(const struct archives *archives, const struct page *page) {
    CLEANUP(buf_release) struct buf older = BUF(BUF_UNLIMITED);
    if (page->older != NO_PAGE)
        append_name(archives, page->older, &older);
    uint64_t signature = signature_add(page->signature, page->count);
    signature = signature_add(signature, is_finished(archives, page));
    signature = signature_add_text(signature, buf_slice(&older));
    return signature_add_text(signature, channel_of(archives, page)->title);
}

/* Keeps the pages that are as they were, and lists the others. */
static void sort_out(struct archives *archives) {
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    for (uint32_t number = 0; number < archives->pages.count; number++) {
        struct page *page = &archives->pages.items[number];
        buf_clear(&path);
        append_path(archives, number, &path);
        page->signature = page_signature(archives, page);
        signatures_set(archives->signatures, buf_slice(&path), page->signature);
        if (!signatures_is_same(archives->signatures, buf_slice(&path), page->signature) ||
            !output_keep(archives->output, buf_slice(&path)))
            vec_push(&archives->changed, number);
    }
}

/* --- one page ------------------------------------------------------------------------------------------------- */

/* Room for all at once: pages are the largest files there are, and a buffer that grows is half as large again. */
static void reserve(const struct archives *archives, struct archives_worker *worker, const struct page *page) {
    size_t size = 0;
    for (uint32_t i = 0; i < page->count; i++)
        size += pieces_shown(&archives->pieces, page->places[i])->pieces[PIECE_FULL].size;
    buf_reserve(&worker->entries, size);
    buf_reserve(&worker->feed, size + PAGE_HEAD);
}

/* Its entries into worker->entries, and where each stands into worker->slices. */
static bool gather_entries(const struct archives *archives, struct archives_worker *worker, const struct page *page,
                           int64_t *ret_updated) {
    int64_t updated = INT64_MIN;
    buf_clear(&worker->entries);
    vec_clear(&worker->slices);
    reserve(archives, worker, page);
    for (uint32_t i = 0; i < page->count; i++) {
        const struct shown *shown = pieces_shown(&archives->pieces, page->places[i]);
        size_t begin = worker->entries.size;
        if (!pieces_append(&archives->pieces, shown, 0, PIECE_FULL, &worker->entries))
            return false;
        vec_push(&worker->slices, (struct slice){NULL, worker->entries.size - begin});
        updated = shown->updated > updated ? shown->updated : updated;
    }
    /* The buffer has moved while it grew: only now do the entries have addresses. */
    const char *at = worker->entries.data;
    for (size_t i = 0; i < worker->slices.count; at += worker->slices.items[i++].size)
        worker->slices.items[i].data = at;
    *ret_updated = updated;
    return true;
}

static struct slice page_name(const struct archives *archives, uint32_t number, struct arena *arena) {
    CLEANUP(buf_release) struct buf name = BUF(BUF_UNLIMITED);
    append_name(archives, number, &name);
    return arena_copy(arena, buf_slice(&name));
}

static bool render_page(const struct archives *archives, struct archives_worker *worker, uint32_t number) {
    const struct page *page = &archives->pages.items[number];
    int64_t updated = 0;
    arena_clear(&worker->arena);
    buf_clear(&worker->feed);
    if (!gather_entries(archives, worker, page, &updated))
        return false;
    struct feed feed = channel_feed(&archives->corpus->settings->site, channel_of(archives, page), &worker->arena);
    feed.updated = updated;
    feed.entry_count = worker->slices.count;
    feed.archive_page = page_name(archives, number, &worker->arena);
    feed.archive_finished = is_finished(archives, page);
    if (page->older != NO_PAGE)
        feed.older_page = page_name(archives, page->older, &worker->arena);
    archives->pieces.formats[0]->feed(&feed, worker->slices.items, &worker->feed);
    return true;
}

static void write_page(void *context, size_t job, size_t thread) {
    struct archives *archives = context;
    struct archives_worker *worker = &archives->workers[thread];
    uint32_t number = archives->numbers[job];
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    progress_step(&archives->progress);
    if (!render_page(archives, worker, number)) {
        atomic_store(&archives->failed, true);
        return;
    }
    append_path(archives, number, &path);
    if (feed_is_fit(buf_slice(&worker->feed), buf_slice(&path), archives->pages.items[number].count,
                    &archives->problems[job]))
        output_put(archives->output, buf_slice(&path), buf_slice(&worker->feed),
                   archives->pieces.formats[0]->media_type);
    else
        atomic_store(&archives->not_valid, true);
}

/* --- pages of about one time, together ------------------------------------------------------------------------ */

/* Places [from, to) of the index, all that the pages at hand take from, and what is wanted there. */
struct batch {
    size_t count; /* pages, from archives->numbers on */
    uint32_t from, to;
    uint32_t *places;    /* of all pages, one behind the other */
    unsigned char *uses; /* by place in index->order: see pieces_make_of */
};

/* The next pages of archives->changed: one, and as many more as fit. */
static struct batch next_batch(struct archives *archives, size_t begin) {
    const struct page *pages = archives->pages.items;
    const struct page *page = &pages[archives->changed.items[begin]];
    struct batch batch = {.count = 1, .from = page->first, .to = page->last + 1};
    for (size_t i = begin + 1; i < archives->changed.count; i++, batch.count++) {
        page = &pages[archives->changed.items[i]];
        uint32_t to = page->last + 1 > batch.to ? page->last + 1 : batch.to;
        if (to - batch.from > BATCH_PLACES)
            break;
        batch.to = to;
    }
    archives->numbers = archives->changed.items + begin;
    return batch;
}

/* Who of the channel's pages at hand has the entry at this place? *at: a page that is not older than that one. */
static struct page *page_at(struct archives *archives, uint32_t *at, uint32_t place) {
    while (*at != NO_PAGE && archives->pages.items[*at].last < place)
        *at = archives->pages.items[*at].older;
    if (*at == NO_PAGE)
        return NULL;
    struct page *page = &archives->pages.items[*at];
    return page->places && page->first <= place ? page : NULL;
}

static void find_entries(struct archives *archives, struct batch *batch) {
    const struct index *index = &archives->corpus->index;
    size_t channels = archives->channels->items.count;
    uint32_t *at = memory_new_array(channels, sizeof *at);
    if (channels)
        memcpy(at, archives->newest, channels * sizeof *at);
    for (uint32_t place = batch->from; place < batch->to; place++) {
        const struct record *record = index_record(index, index->order[place]);
        const struct membership *membership = memberships_of(&archives->memberships, record->labels);
        for (size_t i = 0; i < membership->count; i++) {
            struct page *page = page_at(archives, &at[membership->channels[i]], place);
            if (!page)
                continue;
            page->places[page->found++] = place;
            batch->uses[place] = 1u << PIECE_FULL;
        }
    }
    free(at);
}

static void batch_open(struct archives *archives, struct batch *batch) {
    size_t total = 0;
    for (size_t i = 0; i < batch->count; i++)
        total += archives->pages.items[archives->numbers[i]].count;
    batch->places = memory_new_array(total, sizeof *batch->places);
    batch->uses = memory_new_array(archives->corpus->index.order_count, sizeof *batch->uses);
    uint32_t *places = batch->places;
    for (size_t i = 0; i < batch->count; i++) {
        struct page *page = &archives->pages.items[archives->numbers[i]];
        page->places = places;
        places += page->count;
    }
    find_entries(archives, batch);
}

static void batch_close(struct archives *archives, struct batch *batch) {
    for (size_t i = 0; i < batch->count; i++)
        archives->pages.items[archives->numbers[i]].places = NULL;
    free(batch->places);
    free(batch->uses);
}

static void write_pages(struct archives *archives, const struct batch *batch, struct diagnostics *diagnostics) {
    archives->problems = memory_new_array(batch->count, sizeof *archives->problems);
    pool_run(archives->options->jobs, batch->count, write_page, archives);
    for (size_t i = 0; i < batch->count; i++) {
        diagnostics_append(diagnostics, &archives->problems[i], 0);
        diagnostics_release(&archives->problems[i]);
    }
    free(archives->problems);
}

static enum feeds_result write_batch(struct archives *archives, struct batch *batch, struct diagnostics *diagnostics) {
    static const struct slice format = SLICE_CONSTANT("atom");
    batch_open(archives, batch);
    enum pieces_result made = pieces_make_of(archives->corpus, batch->uses, &format, 1, NULL, archives->options,
                                             archives->spool_folder, diagnostics, &archives->pieces);
    if (made == PIECES_OK)
        write_pages(archives, batch, diagnostics);
    pieces_release(&archives->pieces);
    batch_close(archives, batch);
    if (made != PIECES_OK)
        return made == PIECES_SOURCE_CHANGED ? FEEDS_SOURCE_CHANGED : FEEDS_FAILED;
    if (atomic_load(&archives->not_valid))
        return FEEDS_NOT_VALID;
    if (!atomic_load(&archives->failed))
        return FEEDS_OK;
    diag_report(diagnostics, DIAGNOSTIC_OUTPUT_FAILED, (struct place){0}, "rendered entries cannot be read back");
    return FEEDS_FAILED;
}

/* --- all of them ---------------------------------------------------------------------------------------------- */

static enum feeds_result write_changed(struct archives *archives, struct diagnostics *diagnostics) {
    size_t jobs = archives->options->jobs;
    enum feeds_result result = FEEDS_OK;
    archives->workers = memory_new_array(jobs, sizeof *archives->workers);
    for (size_t i = 0; i < jobs; i++)
        archives->workers[i].entries = archives->workers[i].feed = BUF(BUF_UNLIMITED);
    progress_begin(&archives->progress, archives->options->verbosity >= 0, "archiving", archives->changed.count);
    for (size_t begin = 0; result == FEEDS_OK && begin < archives->changed.count;) {
        struct batch batch = next_batch(archives, begin);
        result = write_batch(archives, &batch, diagnostics);
        begin += batch.count;
    }
    progress_end(&archives->progress);
    for (size_t i = 0; i < jobs; i++) {
        arena_release(&archives->workers[i].arena);
        buf_release(&archives->workers[i].entries);
        buf_release(&archives->workers[i].feed);
        vec_release(&archives->workers[i].slices);
    }
    free(archives->workers);
    return result;
}

static bool any_has_archive(const struct settings *settings) {
    for (size_t i = 0; i < settings->channel_count; i++)
        if (settings->channels[i].archive != ARCHIVE_NONE)
            return true;
    return false;
}

enum feeds_result archives_write(const struct corpus *corpus, const struct channels *channels,
                                 const struct options *options, const char *spool_folder, struct signatures *signatures,
                                 struct output *output, struct diagnostics *diagnostics) {
    struct archives archives = {
        .corpus = corpus,
        .channels = channels,
        .options = options,
        .spool_folder = spool_folder,
        .signatures = signatures,
        .output = output,
    };
    if (!any_has_archive(corpus->settings))
        return FEEDS_OK;
    memberships_init(&archives.memberships, channels, &corpus->labels);
    find_pages(&archives);
    sort_out(&archives);
    enum feeds_result result = archives.changed.count ? write_changed(&archives, diagnostics) : FEEDS_OK;
    memberships_release(&archives.memberships);
    vec_release(&archives.pages);
    vec_release(&archives.changed);
    free(archives.newest);
    return result;
}

/* --- seen from the head --------------------------------------------------------------------------------------- */

/* The span of the channel's newest entry; false when it has none, or no archive. */
static bool newest_span(const struct corpus *corpus, const struct channel *channel, struct archive_span *ret_span) {
    if (channel->rule->archive == ARCHIVE_NONE || channel->entries.count == 0)
        return false;
    const struct record *newest = index_record(&corpus->index, corpus->index.order[channel->entries.items[0]]);
    *ret_span = archive_span_at(channel->rule->archive, newest->date);
    return true;
}

int64_t archives_next_date(const struct corpus *corpus, const struct channels *channels, int64_t now) {
    int64_t next = INT64_MAX;
    struct archive_span span;
    for (size_t i = 0; i < channels->items.count; i++)
        if (newest_span(corpus, &channels->items.items[i], &span) && span.end > now && span.end < next)
            next = span.end;
    return next;
}

struct slice archives_newest_page(const struct corpus *corpus, const struct channel *channel, struct arena *arena) {
    CLEANUP(buf_release) struct buf name = BUF(BUF_UNLIMITED);
    struct archive_span span;
    if (!newest_span(corpus, channel, &span))
        return (struct slice){0};
    archive_append_page(&name, channel->rule->archive, span);
    return arena_copy(arena, buf_slice(&name));
}
