#include "cmd/corpus.h"

#include "base/pool.h"
#include "base/utf8.h"
#include "cmd/article_input.h"
#include "cmd/clashes.h"
#include "cmd/copies.h"
#include "cmd/held.h"
#include "cmd/progress.h"
#include "text/fold.h"

bool corpus_init(struct corpus *corpus, const struct settings *settings, struct cache *cache,
                 struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf compiled = BUF(BUF_UNLIMITED);
    *corpus = (struct corpus){.settings = settings, .cache = cache};
    corrections_desk_init(&corpus->desk, &settings->corrections);
    index_init(&corpus->index);
    label_table_init(&corpus->labels, settings->taxonomies.term_total);
    if (!cache_get(cache, "rules", &compiled))
        buf_clear(&compiled);
    corpus->classifier = classifier_new(&settings->taxonomies, buf_slice(&compiled), diagnostics);
    if (!corpus->classifier)
        return false;
    if (!classifier_was_cached(corpus->classifier)) {
        buf_clear(&compiled);
        classifier_serialise(corpus->classifier, &compiled);
        cache_set(cache, "rules", buf_slice(&compiled));
    }
    return true;
}

void corpus_release(struct corpus *corpus) {
    ingest_plan_release(&corpus->plan);
    index_release(&corpus->index);
    label_table_release(&corpus->labels);
    classifier_free(corpus->classifier);
    corrections_desk_release(&corpus->desk);
    free(corpus->source_of_file);
    *corpus = (struct corpus){0};
}

/* --- one article -------------------------------------------------------------------------------------------- */

/* What a thread keeps from piece to piece. */
struct corpus_worker {
    struct ingest_worker ingest;
    struct classifier_worker *classifier;
    struct index_cursor cursor;
    struct arena arena;
    struct buf key;
    struct buf summary; /* folded */
    uint64_t *bits;
};

/* What a piece leaves behind, to be put in order when all are done. */
struct corpus_piece {
    struct index_runs runs;
    struct diagnostics *diagnostics; /* until they are gathered; NULL for none */
    struct named_articles named;
    struct ingest_result result;
    bool done;
};

struct reading {
    struct corpus *corpus;
    struct corpus_worker *workers;
    struct corpus_piece *pieces;
    struct diagnostics *diagnostics; /* of all pieces that are gathered */
    pthread_mutex_t gathering;
    size_t gathered; /* pieces, from the first on */
    unsigned lines;  /* of those of the file at hand */
    struct held held;
    struct progress progress;
};

/* Where `take` is: a piece, in the hands of a worker. */
struct taking {
    struct corpus *corpus;
    struct corpus_worker *worker;
    struct corpus_piece *piece;
    struct diagnostics *diagnostics; /* the piece's */
    const struct ingest_file *file;
    const struct held *held;
};

uint32_t corpus_labels(struct corpus *corpus, const struct decision *decisions, uint64_t *bits) {
    const struct taxonomies *taxonomies = &corpus->settings->taxonomies;
    memset(bits, 0, corpus->labels.words * sizeof *bits);
    for (size_t i = 0; i < taxonomies->count; i++)
        for (size_t term = 0; term < taxonomies->items[i].term_count; term++)
            if (decisions[i].terms[term].chosen)
                label_bit_set(bits, taxonomies->items[i].first_term + term);
    return label_table_number(&corpus->labels, bits);
}

static uint32_t decide_labels(const struct taking *taking, const struct article *article, const struct plain_text *text,
                              struct place place) {
    struct corpus_worker *worker = taking->worker;
    const struct classify_input input = article_input(article, text);
    const struct decision *decisions = classify(worker->classifier, &input, false, place, taking->diagnostics);
    return corpus_labels(taking->corpus, decisions, worker->bits);
}

/* The text as the classifier has folded it: lead and body, of which the one ends where the other begins. */
static struct slice folded_text(const struct classifier_worker *classifier) {
    struct slice text = classify_folded(classifier, FIELD_LEAD);
    text.size += classify_folded(classifier, FIELD_BODY).size;
    return text;
}

/* The word of hold: that keeps the article back; NULL for none. The classifier has folded title and text. */
static const struct hold_word *find_hold(const struct taking *taking, const struct article *article) {
    const struct held *held = taking->held;
    const struct classifier_worker *classifier = taking->worker->classifier;
    if (!held->words)
        return NULL;
    const struct hold_word *word = held_by(held, classify_folded(classifier, FIELD_TITLE));
    if (!word)
        word = held_by(held, folded_text(classifier));
    if (!word && article->body.size && article->summary.size) {
        buf_clear(&taking->worker->summary);
        text_fold(article->summary, &taking->worker->summary, NULL);
        word = held_by(held, buf_slice(&taking->worker->summary));
    }
    return word;
}

static bool is_held(const struct taking *taking, const struct article *article, struct hash128 key,
                    struct place place) {
    const struct hold_word *word = find_hold(taking, article);
    if (!word)
        return false;
    if (!article->withdrawn)
        diag_report(taking->diagnostics, held_is_known(taking->held, key) ? DIAGNOSTIC_HELD_STILL : DIAGNOSTIC_HELD,
                    place, "%.*s, for %.*s (%.*s:%u): %.*s", SLICE_ARGUMENTS(buf_slice(&taking->worker->key)),
                    SLICE_ARGUMENTS(word->written), SLICE_ARGUMENTS(word->place.file), word->place.line,
                    SLICE_ARGUMENTS(article->title));
    return true;
}

/* Beside the record that was added last. */
static void sketch_article(const struct taking *taking, const struct article *as_read, const struct article *article,
                           const struct plain_text *text) {
    const struct classifier_worker *classifier = taking->worker->classifier;
    const struct source *source = taking->file->source;
    struct sketch *sketch = index_added_sketch(&taking->worker->cursor);
    if (!sketch)
        return;
    sketch_make(classify_folded(classifier, FIELD_TITLE), folded_text(classifier), sketch);
    sketch->bytes = (uint32_t)text->text.size;
    sketch->rights = source->content & 3;
    sketch->alone = source->alone;
    sketch->has_address = article->url.size > 0;
    sketch->by_hand = article->label_count > 0 || !slice_equal(article->title, as_read->title);
    sketch->taken_back = article->withdrawn && !as_read->withdrawn;
}

/* Of what a browser shows as nothing too: U+00A0 and U+3000. */
static bool is_blank(struct slice text) {
    uint32_t character = 0;
    for (size_t at = 0; at < text.size; at += utf8_decode(text, at, &character))
        if (!slice_starts_with(slice_from(text, at), SLICE("\u00a0")) &&
            !slice_starts_with(slice_from(text, at), SLICE("\u3000")) && !memchr(" \t\n", text.data[at], 3))
            return false;
    return true;
}

/* Scripts, comments, empty paragraphs: what stood in the source is gone when it is clean. */
static bool is_empty(const struct article *article, const struct plain_text *text) {
    return !text->has_image && !article->withdrawn && is_blank(text->text) && is_blank(article->summary);
}

/* correct → clean → classify → hold → index, for one article that was read. */
static void take_article(void *context, const struct article *as_read, struct location location, struct slice bytes) {
    const struct taking *taking = context;
    struct corpus_worker *worker = taking->worker;
    struct place place = {.file = slice_of(taking->file->path), .line = worker->ingest.line};
    struct article article = *as_read;
    struct plain_text text = {0};
    arena_clear(&worker->arena);
    buf_clear(&worker->key);
    struct correction_effect effect =
        corrections_apply(&taking->corpus->desk, &article, &worker->key, &worker->arena, &taking->piece->named);
    if (!clean_plain_text(&article, &worker->arena, &text)) {
        diag_report(taking->diagnostics, DIAGNOSTIC_HTML_REFUSED, place, "%.*s", SLICE_ARGUMENTS(article.title));
        taking->piece->result.refused++;
        return;
    }
    if (is_empty(&article, &text)) {
        diag_report(taking->diagnostics, DIAGNOSTIC_BODY_MISSING, place, "nothing of it can be shown: %.*s",
                    SLICE_ARGUMENTS(article.title));
        taking->piece->result.refused++;
        return;
    }
    struct hash128 key = hash128(buf_slice(&worker->key));
    uint32_t labels = decide_labels(taking, &article, &text, place);
    struct record *record = index_add(&taking->corpus->index, &worker->cursor, &taking->piece->runs);
    *record = (struct record){
        .key = key,
        .date = article.date.seconds,
        .updated = article.updated.present ? article.updated.seconds : INT64_MIN,
        .location = location,
        .content_hash = (uint32_t)hash64(bytes),
        .labels = labels,
        .text_bytes = taking->file->source->content == CONTENT_FULL ? (uint32_t)text.shown_size : 0,
        .derived = slice_starts_with(buf_slice(&worker->key), SLICE("doc/")),
        .withdrawn = article.withdrawn,
        .held = !effect.released && is_held(taking, &article, key, place),
    };
    sketch_article(taking, as_read, &article, &text);
}

/*
 * What the pieces that are done reported, in their order, with lines counted from the start of their files. Done as
 * they end: the messages of all at once would follow the number of files.
 */
static void gather(struct reading *reading, size_t number) {
    struct corpus *corpus = reading->corpus;
    const struct ingest_plan *plan = &corpus->plan;
    pthread_mutex_lock(&reading->gathering);
    reading->pieces[number].done = true;
    for (size_t i = reading->gathered; i < plan->pieces.count && reading->pieces[i].done; i++) {
        struct corpus_piece *piece = &reading->pieces[i];
        if (i > 0 && plan->pieces.items[i].file != plan->pieces.items[i - 1].file)
            reading->lines = 0;
        if (piece->diagnostics)
            diagnostics_append(reading->diagnostics, piece->diagnostics, reading->lines);
        free(piece->diagnostics);
        piece->diagnostics = NULL;
        reading->lines += piece->result.lines;
        corpus->refused += piece->result.refused;
        reading->gathered = i + 1;
    }
    pthread_mutex_unlock(&reading->gathering);
}

static void read_piece(void *context, size_t number, size_t worker) {
    struct reading *reading = context;
    struct corpus *corpus = reading->corpus;
    struct corpus_piece *piece = &reading->pieces[number];
    struct diagnostics diagnostics = {0};
    struct taking taking = {
        .corpus = corpus,
        .worker = &reading->workers[worker],
        .piece = piece,
        .diagnostics = &diagnostics,
        .file = &corpus->plan.files.items[corpus->plan.pieces.items[number].file],
        .held = &reading->held,
    };
    struct ingest_result result = {0};
    ingest_piece_read(&corpus->plan, number, &taking.worker->ingest, take_article, &taking, &diagnostics, &result);
    piece->result.lines = result.lines;
    piece->result.refused += result.refused;
    if (diagnostics.items.count || diagnostics.dropped) {
        piece->diagnostics = memory_new(sizeof *piece->diagnostics);
        *piece->diagnostics = diagnostics;
    }
    gather(reading, number);
    progress_step(&reading->progress);
}

/* --- all of them -------------------------------------------------------------------------------------------- */

static struct corpus_worker *workers_new(const struct corpus *corpus, size_t count) {
    struct corpus_worker *workers = memory_new_array(count, sizeof *workers);
    for (size_t i = 0; i < count; i++) {
        workers[i].classifier = classifier_worker_new(corpus->classifier);
        workers[i].key = BUF(BUF_UNLIMITED);
        workers[i].summary = BUF(BUF_UNLIMITED);
        workers[i].bits = memory_new_array(corpus->labels.words, sizeof *workers[i].bits);
    }
    return workers;
}

static void workers_free(struct corpus_worker *workers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        ingest_worker_release(&workers[i].ingest);
        classifier_worker_free(workers[i].classifier);
        arena_release(&workers[i].arena);
        buf_release(&workers[i].key);
        buf_release(&workers[i].summary);
        free(workers[i].bits);
    }
    free(workers);
}

/* Whom the names in corrections.yaml mean is known when all articles are. */
static void settle(struct reading *reading, struct diagnostics *diagnostics) {
    struct corpus *corpus = reading->corpus;
    size_t count = corpus->plan.pieces.count;
    const struct named_articles **named = memory_new_array(count, sizeof *named);
    for (size_t i = 0; i < count; i++)
        named[i] = &reading->pieces[i].named;
    corrections_settle(&corpus->desk, named, count, &corpus->index, diagnostics);
    free(named);
}

static void arrange(struct reading *reading, int64_t now) {
    struct corpus *corpus = reading->corpus;
    struct index_runs *runs = memory_new_array(corpus->plan.pieces.count, sizeof *runs);
    for (size_t i = 0; i < corpus->plan.pieces.count; i++)
        runs[i] = reading->pieces[i].runs;
    index_arrange(&corpus->index, runs, corpus->plan.pieces.count, corpus->source_of_file, now, &corpus->counts);
    free(runs);
}

/* expect: says so when the newest article of a source is older than it allows. */
static void report_silent_sources(const struct corpus *corpus, int64_t now, struct diagnostics *diagnostics) {
    const struct settings *settings = corpus->settings;
    int64_t *newest = memory_new_array(settings->source_count, sizeof *newest);
    for (size_t i = 0; i < settings->source_count; i++)
        newest[i] = INT64_MIN;
    for (size_t i = 0; i < corpus->index.order_count; i++) {
        const struct record *record = index_record(&corpus->index, corpus->index.order[i]);
        size_t source = (size_t)(corpus->source_of_file[record->location.file] - settings->sources);
        newest[source] = record->date > newest[source] ? record->date : newest[source];
    }
    for (size_t i = 0; i < settings->source_count; i++) {
        const struct source *source = &settings->sources[i];
        if (source->expect == 0 || newest[i] >= now - source->expect)
            continue;
        CLEANUP(buf_release) struct buf day = BUF(64);
        if (newest[i] != INT64_MIN)
            date_append_day(&day, newest[i]);
        diag_report(diagnostics, DIAGNOSTIC_SOURCE_SILENT,
                    (struct place){source->place.file, source->place.line, source->place.column}, "%.*s%s%.*s",
                    SLICE_ARGUMENTS(source->files), day.size ? ", the newest is of " : "",
                    SLICE_ARGUMENTS(buf_slice(&day)));
    }
    free(newest);
}

/* Members of a group are joined even where nobody looks for copies. */
static bool corrections_join(const struct corrections *corrections) {
    for (size_t i = 0; i < corrections->count; i++)
        if (corrections->items[i].same_as.keys.count)
            return true;
    return false;
}

static void begin_anew(struct corpus *corpus, const char *spool_folder, struct diagnostics *diagnostics) {
    index_release(&corpus->index);
    index_init(&corpus->index);
    corpus->index.sketched = corpus->settings->duplicates.wanted || corrections_join(&corpus->settings->corrections);
    ingest_plan_release(&corpus->plan);
    ingest_plan_make(&corpus->plan, corpus->settings, spool_folder, diagnostics);
    corpus->refused = 0;
    corpus->source_of_file =
        memory_resize_array(corpus->source_of_file, corpus->plan.files.count, sizeof *corpus->source_of_file);
    for (size_t i = 0; i < corpus->plan.files.count; i++)
        corpus->source_of_file[i] = corpus->plan.files.items[i].source;
}

void corpus_read(struct corpus *corpus, const struct options *options, const char *spool_folder,
                 struct diagnostics *diagnostics) {
    begin_anew(corpus, spool_folder, diagnostics);
    size_t count = corpus->plan.pieces.count;
    struct reading reading = {
        .corpus = corpus,
        .workers = workers_new(corpus, options->jobs),
        .pieces = memory_new_array(count, sizeof *reading.pieces),
        .diagnostics = diagnostics,
    };
    /* --strict wants to hear of everything again. */
    held_init(&reading.held, &corpus->settings->corrections, options->strict ? NULL : corpus->cache);
    progress_begin(&reading.progress, options->verbosity >= 0, "reading", count);
    pthread_mutex_init(&reading.gathering, NULL);
    pool_run(options->jobs, count, read_piece, &reading);
    pthread_mutex_destroy(&reading.gathering);
    progress_end(&reading.progress);
    workers_free(reading.workers, options->jobs);
    settle(&reading, diagnostics);
    arrange(&reading, options->now);
    clashes_report(corpus, diagnostics);
    report_silent_sources(corpus, options->now, diagnostics);
    copies_find(corpus, options);
    if (!options->dry_run)
        held_remember(&reading.held, &corpus->index, corpus->cache);
    held_release(&reading.held);
    for (size_t i = 0; i < count; i++) {
        vec_release(&reading.pieces[i].runs.runs);
        vec_release(&reading.pieces[i].named.items);
    }
    free(reading.pieces);
}
