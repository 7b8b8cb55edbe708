#include "cmd/archives.h"

#include "assemble/archive.h"
#include "base/pool.h"
#include "cmd/channel_feed.h"
#include "cmd/pieces.h"
#include "render/pages.h"

/*
 * How many places of the index pages are taken from at a time. Their entries are rendered once, whatever the number of
 * pages that show them, and stand on disk meanwhile.
 */
enum { BATCH_PLACES = 1 << 15 };

enum { PAGE_HEAD = 1 << 14 /* bytes: what stands before the entries, most often */ };

#define NO_PAGE UINT32_MAX

/* How a page is written; numbers of archives->formats. */
enum { IN_ATOM, IN_HTML, ARCHIVE_FORMATS };

struct page {
    struct archive_span span;
    uint64_t signature;
    int64_t updated;      /* the latest of its entries; where there are pages for people */
    uint32_t channel;     /* place in channels->items */
    uint32_t first, last; /* places in index->order of its newest and its oldest entry */
    uint32_t count;
    uint32_t older;              /* number of the channel's next older page; NO_PAGE: none */
    uint32_t found;              /* how many of `places` are there */
    uint32_t *places;            /* of its entries, while it is at hand; else NULL */
    bool stays[ARCHIVE_FORMATS]; /* the served file of that format */
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
    const struct format *formats[ARCHIVE_FORMATS];
    size_t format_count; /* without pages for people, Atom alone */
    struct memberships *memberships;
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
    const struct membership *membership = memberships_of(archives->memberships, record->labels);
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
        if (archives->format_count > IN_HTML) {
            int64_t updated = corpus_entry_updated(corpus, place, archives->options->now);
            page->updated = page->count == 1 || updated > page->updated ? updated : page->updated;
        }
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

static void append_name(const struct archives *archives, uint32_t number, size_t format, struct buf *name) {
    const struct page *page = &archives->pages.items[number];
    enum archive_period period = channel_of(archives, page)->rule->archive;
    if (format == IN_ATOM)
        archive_append_page(name, period, page->span);
    else
        archive_append_html_page(name, period, page->span);
}

static void append_path(const struct archives *archives, uint32_t number, size_t format, struct buf *path) {
    buf_append_slice(path, slice_from(channel_of(archives, &archives->pages.items[number])->path, 1));
    append_name(archives, number, format, path);
}

static uint64_t page_signature(const struct archives *archives, const struct page *page) {
    CLEANUP(buf_release) struct buf older = BUF(BUF_UNLIMITED);
    if (page->older != NO_PAGE)
        append_name(archives, page->older, IN_ATOM, &older);
    uint64_t signature = signature_add(page->signature, page->count);
    signature = signature_add(signature, is_finished(archives, page));
    signature = signature_add_text(signature, buf_slice(&older));
    return signature_add_text(signature, channel_of(archives, page)->title);
}

static bool keep_file(const struct archives *archives, uint32_t number, size_t format) {
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    uint64_t signature = archives->pages.items[number].signature;
    append_path(archives, number, format, &path);
    signatures_set(archives->signatures, buf_slice(&path), signature);
    return signatures_is_same(archives->signatures, buf_slice(&path), signature) &&
           output_keep(archives->output, buf_slice(&path));
}

/* Keeps the files that are as they were, and lists the pages with others. */
static void sort_out(struct archives *archives) {
    for (uint32_t number = 0; number < archives->pages.count; number++) {
        struct page *page = &archives->pages.items[number];
        bool stays = true;
        page->signature = page_signature(archives, page);
        for (size_t format = 0; format < archives->format_count; format++) {
            page->stays[format] = keep_file(archives, number, format);
            stays = stays && page->stays[format];
        }
        if (!stays)
            vec_push(&archives->changed, number);
    }
}

/* --- one page ------------------------------------------------------------------------------------------------- */

static enum piece_kind kind_of(size_t format) {
    return format == IN_ATOM ? PIECE_FULL : PIECE_ITEM;
}

/* Room for all at once: pages are the largest files there are, and a buffer that grows is half as large again. */
static void reserve(const struct archives *archives, struct archives_worker *worker, const struct page *page,
                    size_t format) {
    size_t size = 0;
    for (uint32_t i = 0; i < page->count; i++)
        size +=
            pieces_size(&archives->pieces, pieces_shown(&archives->pieces, page->places[i]), format, kind_of(format));
    buf_reserve(&worker->entries, size);
    buf_reserve(&worker->feed, size + PAGE_HEAD);
}

/* Its entries into worker->entries, and where each stands into worker->slices. */
static bool gather_entries(const struct archives *archives, struct archives_worker *worker, const struct page *page,
                           size_t format, int64_t *ret_updated) {
    int64_t updated = INT64_MIN;
    buf_clear(&worker->entries);
    vec_clear(&worker->slices);
    reserve(archives, worker, page, format);
    for (uint32_t i = 0; i < page->count; i++) {
        const struct shown *shown = pieces_shown(&archives->pieces, page->places[i]);
        size_t begin = worker->entries.size;
        if (!pieces_append(&archives->pieces, shown, format, kind_of(format), &worker->entries))
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
    append_name(archives, number, IN_ATOM, &name);
    return arena_copy(arena, buf_slice(&name));
}

static bool render_page(const struct archives *archives, struct archives_worker *worker, uint32_t number,
                        size_t format) {
    const struct page *page = &archives->pages.items[number];
    int64_t updated = 0;
    arena_clear(&worker->arena);
    buf_clear(&worker->feed);
    if (!gather_entries(archives, worker, page, format, &updated))
        return false;
    struct feed feed = channel_feed(&archives->corpus->settings->site, channel_of(archives, page), &worker->arena);
    feed.updated = updated;
    feed.entry_count = feed.matching = feed.shown = worker->slices.count;
    feed.archive_page = page_name(archives, number, &worker->arena);
    feed.archive_finished = is_finished(archives, page);
    feed.archive_begin = page->span.begin;
    if (page->older != NO_PAGE) {
        feed.older_page = page_name(archives, page->older, &worker->arena);
        feed.older_begin = archives->pages.items[page->older].span.begin;
    }
    archives->formats[format]->feed(archives->corpus->templates, &feed, worker->slices.items, &worker->feed);
    return true;
}

static void write_file(struct archives *archives, struct archives_worker *worker, size_t job, size_t format) {
    uint32_t number = archives->numbers[job];
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    if (!render_page(archives, worker, number, format)) {
        atomic_store(&archives->failed, true);
        return;
    }
    append_path(archives, number, format, &path);
    if (format == IN_HTML || feed_is_fit(buf_slice(&worker->feed), buf_slice(&path),
                                         archives->pages.items[number].count, &archives->problems[job]))
        output_put(archives->output, buf_slice(&path), buf_slice(&worker->feed),
                   archives->formats[format]->served_type);
    else
        atomic_store(&archives->not_valid, true);
}

static void write_page(void *context, size_t job, size_t thread) {
    struct archives *archives = context;
    progress_step(&archives->progress);
    for (size_t format = 0; format < archives->format_count; format++)
        if (!archives->pages.items[archives->numbers[job]].stays[format])
            write_file(archives, &archives->workers[thread], job, format);
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
        const struct membership *membership = memberships_of(archives->memberships, record->labels);
        for (size_t i = 0; i < membership->count; i++) {
            struct page *page = page_at(archives, &at[membership->channels[i]], place);
            if (!page)
                continue;
            page->places[page->found++] = place;
            for (size_t format = 0; format < archives->format_count; format++)
                if (!page->stays[format])
                    batch->uses[place] |= (unsigned char)(1u << kind_of(format));
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

static enum making_result write_batch(struct archives *archives, struct batch *batch, struct diagnostics *diagnostics) {
    batch_open(archives, batch);
    enum pieces_result made =
        pieces_make(archives->corpus, batch->uses, archives->formats, archives->format_count, NULL, archives->options,
                    archives->spool_folder, diagnostics, &archives->pieces);
    if (made == PIECES_OK)
        write_pages(archives, batch, diagnostics);
    pieces_release(&archives->pieces);
    batch_close(archives, batch);
    if (made != PIECES_OK)
        return made == PIECES_SOURCE_CHANGED ? MAKING_SOURCE_CHANGED : MAKING_FAILED;
    if (atomic_load(&archives->not_valid))
        return MAKING_NOT_VALID;
    if (!atomic_load(&archives->failed))
        return MAKING_OK;
    diag_report(diagnostics, DIAGNOSTIC_OUTPUT_FAILED, (struct place){0}, "rendered entries cannot be read back");
    return MAKING_FAILED;
}

/* --- what leads to them ---------------------------------------------------------------------------------------- */

/* All pages of a channel, the newest first. */
static struct archive_page index_of(const struct archives *archives, uint32_t channel, struct arena *arena) {
    const struct channel *of = &archives->channels->items.items[channel];
    struct archive_page index = {slice_from(of->path, 1), of->title, of->rule->archive, NULL, 0};
    for (uint32_t at = archives->newest[channel]; at != NO_PAGE; at = archives->pages.items[at].older)
        index.period_count++;
    struct archive_period_link *periods = arena_new_array(arena, index.period_count, sizeof *periods);
    index.periods = periods;
    for (uint32_t at = archives->newest[channel]; at != NO_PAGE; at = archives->pages.items[at].older) {
        CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
        append_path(archives, at, IN_HTML, &path);
        *periods++ = (struct archive_period_link){archives->pages.items[at].span.begin,
                                                  arena_copy(arena, buf_slice(&path)), archives->pages.items[at].count};
    }
    return index;
}

static uint64_t index_signature(const struct archive_page *index) {
    uint64_t signature = signature_add_text(index->period, index->channel_title);
    for (size_t i = 0; i < index->period_count; i++) {
        signature = signature_add_text(signature, index->periods[i].path);
        signature = signature_add(signature, index->periods[i].count);
    }
    return signature;
}

static void write_indexes(const struct archives *archives) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf page = BUF(BUF_UNLIMITED);
    for (uint32_t i = 0; i < archives->channels->items.count; i++) {
        const struct channel *channel = &archives->channels->items.items[i];
        if (channel->rule->archive == ARCHIVE_NONE)
            continue;
        arena_clear(&arena);
        buf_clear(&path);
        buf_append_slice(&path, slice_from(channel->path, 1));
        buf_append_string(&path, "archive/index.html");
        const struct archive_page index = index_of(archives, i, &arena);
        uint64_t signature = index_signature(&index);
        signatures_set(archives->signatures, buf_slice(&path), signature);
        if (signatures_is_same(archives->signatures, buf_slice(&path), signature) &&
            output_keep(archives->output, buf_slice(&path)))
            continue;
        buf_clear(&page);
        page_render_archive(archives->corpus->templates, &index, &page);
        output_put(archives->output, buf_slice(&path), buf_slice(&page), archives->formats[IN_HTML]->served_type);
    }
}

/* For sitemap.xml; the oldest first, so that most of it stays as it is. */
static void list_pages(const struct archives *archives, struct page_links *links) {
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    for (uint32_t number = (uint32_t)archives->pages.count; number-- > 0;) {
        buf_clear(&path);
        append_path(archives, number, IN_HTML, &path);
        page_links_add(links, buf_slice(&path), archives->pages.items[number].updated);
    }
}

/* --- all of them ---------------------------------------------------------------------------------------------- */

static enum making_result write_changed(struct archives *archives, struct diagnostics *diagnostics) {
    size_t jobs = archives->options->jobs;
    enum making_result result = MAKING_OK;
    archives->workers = memory_new_array(jobs, sizeof *archives->workers);
    for (size_t i = 0; i < jobs; i++)
        archives->workers[i].entries = archives->workers[i].feed = BUF(BUF_UNLIMITED);
    progress_begin(&archives->progress, archives->options->verbosity >= 0, "archiving", archives->changed.count);
    for (size_t begin = 0; result == MAKING_OK && begin < archives->changed.count;) {
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

enum making_result archives_write(const struct tree_making *making, struct diagnostics *diagnostics) {
    struct archives archives = {
        .corpus = making->corpus,
        .channels = making->channels,
        .options = making->options,
        .spool_folder = making->spool_folder,
        .signatures = making->signatures,
        .output = making->output,
        .memberships = making->memberships,
        .formats = {format_find(SLICE("atom")), format_find(SLICE("html"))},
        .format_count = making->corpus->templates->has_pages ? ARCHIVE_FORMATS : IN_HTML,
    };
    if (!any_has_archive(making->corpus->settings))
        return MAKING_OK;
    find_pages(&archives);
    sort_out(&archives);
    enum making_result result = archives.changed.count ? write_changed(&archives, diagnostics) : MAKING_OK;
    if (making->corpus->templates->has_pages) {
        write_indexes(&archives);
        list_pages(&archives, making->links);
    }
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

static struct slice page_of_span(const struct channel *channel, struct archive_span span, struct arena *arena) {
    CLEANUP(buf_release) struct buf name = BUF(BUF_UNLIMITED);
    archive_append_page(&name, channel->rule->archive, span);
    return arena_copy(arena, buf_slice(&name));
}

struct slice archives_newest_page(const struct corpus *corpus, const struct channel *channel, struct arena *arena) {
    struct archive_span span;
    return newest_span(corpus, channel, &span) ? page_of_span(channel, span, arena) : (struct slice){0};
}

struct slice archives_page_behind(const struct corpus *corpus, const struct channel *channel, size_t shown,
                                  struct arena *arena, int64_t *ret_begin) {
    if (shown > channel->entries.count)
        shown = channel->entries.count;
    if (channel->rule->archive == ARCHIVE_NONE || shown == 0 || shown == channel->matching)
        return (struct slice){0};
    const struct record *oldest = index_record(&corpus->index, corpus->index.order[channel->entries.items[shown - 1]]);
    struct archive_span span = archive_span_at(channel->rule->archive, oldest->date);
    *ret_begin = span.begin;
    return page_of_span(channel, span, arena);
}
