#include "cmd/check_advice.h"

#include "classify/advice.h"
#include "cmd/reread.h"

enum { SHOWN_MOST = 3 /* of one kind, without -v */ };

static void count(void *context, const struct rereader *rereader, const struct reread_article *article, uint32_t place,
                  size_t worker) {
    struct word_counts *counts = context;
    word_counts_add(&counts[worker], rereader->worker, article->decisions, place);
}

static void count_words(const struct corpus *corpus, const struct options *options, struct word_counts *ret_counts) {
    struct word_counts *counts = memory_new_array(options->jobs, sizeof *counts);
    for (size_t i = 0; i < options->jobs; i++)
        word_counts_init(&counts[i], &corpus->settings->taxonomies);
    reread_all(corpus, options, count, counts);
    for (size_t i = 1; i < options->jobs; i++) {
        word_counts_merge(&counts[0], &counts[i]);
        word_counts_release(&counts[i]);
    }
    *ret_counts = counts[0];
    free(counts);
}

/* The article of an item, where it stands and what it is called. */
struct showing {
    const struct corpus *corpus;
    struct diagnostics *diagnostics;
    struct line_finder finder;
    struct arena arena;
};

static struct slice title_of(struct showing *showing, const struct record *record) {
    struct article article;
    arena_clear(&showing->arena);
    if (!corpus_read_again(showing->corpus, record, &showing->arena, &article))
        return (struct slice){0};
    return article.title;
}

static struct diagnostic *show(struct showing *showing, const struct advice_item *item) {
    struct place place = {item->place.file, item->place.line, item->place.column};
    if (item->article == ADVICE_NO_ARTICLE)
        return diag_report(showing->diagnostics, item->id, place, "%.*s", SLICE_ARGUMENTS(item->detail));
    const struct record *record = shown_record(showing->corpus, item->article);
    struct place article = record_place(showing->corpus, record, &showing->finder);
    struct slice title = title_of(showing, record);
    if (place.line == 0)
        return diag_report(showing->diagnostics, item->id, article, "%.*s: %.*s", SLICE_ARGUMENTS(title),
                           SLICE_ARGUMENTS(item->detail));
    struct diagnostic *shown =
        diag_report(showing->diagnostics, item->id, place, "%.*s", SLICE_ARGUMENTS(item->detail));
    diag_hint(showing->diagnostics, shown, "for example %.*s:%u %.*s", SLICE_ARGUMENTS(article.file), article.line,
              SLICE_ARGUMENTS(title));
    return shown;
}

void advice_report(const struct corpus *corpus, const struct options *options, struct diagnostics *diagnostics) {
    struct word_counts counts;
    struct showing showing = {.corpus = corpus, .diagnostics = diagnostics};
    CLEANUP(advice_release) struct advice advice;
    count_words(corpus, options, &counts);
    advice_make(&counts, &advice);
    for (size_t i = 0, end; i < advice.items.count; i = end) {
        for (end = i; end < advice.items.count && advice.items.items[end].id == advice.items.items[i].id; end++)
            ;
        size_t most = options->verbosity > 0 ? DIAGNOSTICS_MOST : SHOWN_MOST;
        size_t last = end - i > most ? i + most : end;
        struct diagnostic *shown = NULL;
        for (size_t k = i; k < last; k++)
            shown = show(&showing, &advice.items.items[k]);
        if (last < end && shown && shown->hint.size == 0)
            diag_hint(diagnostics, shown, "and %zu more of these%s", end - last,
                      options->verbosity > 0 ? "" : ": pindao check -v");
        else if (last < end && shown)
            diag_hint(diagnostics, shown, "%.*s; and %zu more of these%s", SLICE_ARGUMENTS(shown->hint), end - last,
                      options->verbosity > 0 ? "" : ": pindao check -v");
    }
    arena_release(&showing.arena);
    word_counts_release(&counts);
}
