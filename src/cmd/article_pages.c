#include "cmd/article_pages.h"

#include "base/pool.h"
#include "cmd/entry_reader.h"
#include "cmd/progress.h"
#include "render/format.h"
#include "render/pages.h"

#include <errno.h>

struct article_worker {
    struct entry_reader reader;
    struct buf page;
};

struct article_pages {
    const struct tree_making *making;
    VEC(uint32_t) changed; /* places in index->order */
    struct article_worker *workers;
    atomic_bool has_changed; /* a source */
    atomic_int failed;       /* errno of the first article that could not be read */
    struct progress progress;
};

/* --- which ---------------------------------------------------------------------------------------------------- */

static void append_path(const struct index *index, uint32_t place, struct buf *path) {
    article_page_append_path(path, index_entry_key(index, index->order[place]));
}

static bool has_page(const struct tree_making *making, uint32_t place) {
    const struct index *index = &making->corpus->index;
    const struct record *record = index_record(index, index->order[place]);
    return index_entry_needs_page(index, index->order[place]) &&
           memberships_of(making->memberships, record->labels)->count > 0;
}

/* Keeps those that are as they were, and lists the others. The oldest first: so sitemap.xml grows at its end. */
static void sort_out(struct article_pages *pages) {
    const struct tree_making *making = pages->making;
    const struct corpus *corpus = making->corpus;
    CLEANUP(buf_release) struct buf path = BUF(64);
    for (uint32_t place = (uint32_t)corpus->index.order_count; place-- > 0;) {
        if (!has_page(making, place))
            continue;
        uint64_t signature = entry_signature(corpus, place, making->options->now);
        buf_clear(&path);
        append_path(&corpus->index, place, &path);
        page_links_add(making->links, buf_slice(&path), corpus_entry_updated(corpus, place, making->options->now));
        signatures_set(making->signatures, buf_slice(&path), signature);
        if (!signatures_is_same(making->signatures, buf_slice(&path), signature) ||
            !output_keep(making->output, buf_slice(&path)))
            vec_push(&pages->changed, place);
    }
}

/* --- one of them ---------------------------------------------------------------------------------------------- */

static void write_page(void *context, size_t job, size_t thread) {
    struct article_pages *pages = context;
    const struct corpus *corpus = pages->making->corpus;
    struct article_worker *worker = &pages->workers[thread];
    uint32_t place = pages->changed.items[job];
    CLEANUP(buf_release) struct buf path = BUF(64);
    struct entry entry = {0};
    int none = 0;
    progress_step(&pages->progress);
    if (atomic_load(&pages->has_changed) || atomic_load(&pages->failed))
        return;
    switch (entry_read(&worker->reader, place, &entry)) {
    case ENTRY_READ:
        break;
    case ENTRY_UNREADABLE:
        atomic_compare_exchange_strong(&pages->failed, &none, errno);
        return;
    case ENTRY_SOURCE_CHANGED:
        atomic_store(&pages->has_changed, true);
        return;
    }
    append_path(&corpus->index, place, &path);
    /* One that has found an address stays where links lead to, and says where that is. */
    entry.page = buf_slice(&path);
    buf_clear(&worker->page);
    page_render_article(corpus->templates, &entry, &worker->page);
    output_put(pages->making->output, buf_slice(&path), buf_slice(&worker->page),
               format_find(SLICE("html"))->served_type);
}

/* --- all of them ---------------------------------------------------------------------------------------------- */

static void write_changed(struct article_pages *pages) {
    const struct options *options = pages->making->options;
    pages->workers = memory_new_array(options->jobs, sizeof *pages->workers);
    for (size_t i = 0; i < options->jobs; i++) {
        entry_reader_init(&pages->workers[i].reader, pages->making->corpus, options->now);
        pages->workers[i].page = BUF(BUF_UNLIMITED);
    }
    progress_begin(&pages->progress, options->verbosity >= 0, "writing articles", pages->changed.count);
    pool_run(options->jobs, pages->changed.count, write_page, pages);
    progress_end(&pages->progress);
    for (size_t i = 0; i < options->jobs; i++) {
        entry_reader_release(&pages->workers[i].reader);
        buf_release(&pages->workers[i].page);
    }
    free(pages->workers);
}

enum making_result article_pages_write(const struct tree_making *making, struct diagnostics *diagnostics) {
    struct article_pages pages = {.making = making};
    sort_out(&pages);
    if (pages.changed.count)
        write_changed(&pages);
    vec_release(&pages.changed);
    if (atomic_load(&pages.failed)) {
        diag_report(diagnostics, DIAGNOSTIC_OUTPUT_FAILED, (struct place){0}, "an article cannot be read again: %s",
                    strerror(atomic_load(&pages.failed)));
        return MAKING_FAILED;
    }
    return atomic_load(&pages.has_changed) ? MAKING_SOURCE_CHANGED : MAKING_OK;
}
