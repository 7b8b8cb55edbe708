#include "cmd/corpus.h"

#include "assemble/entry.h"
#include "base/pool.h"
#include "base/utf8.h"
#include "cmd/article_input.h"
#include "cmd/clashes.h"
#include "cmd/copies.h"
#include "cmd/held.h"
#include "cmd/labelling.h"
#include "cmd/progress.h"
#include "cmd/recall.h"
#include "cmd/withdrawals.h"
#include "text/fold.h"

void corpus_begin(struct corpus *corpus, const struct settings *settings, struct cache *cache) {
    *corpus = (struct corpus){.settings = settings, .cache = cache};
    corrections_desk_init(&corpus->desk, &settings->corrections);
    index_init(&corpus->index);
    label_table_init(&corpus->labels, settings->taxonomies.term_total);
}

bool corpus_compile(struct corpus *corpus, struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf compiled = BUF(BUF_UNLIMITED);
    const struct taxonomies *taxonomies = &corpus->settings->taxonomies;
    corpus->rules = taxonomies_hash(taxonomies);
    if (!cache_get(corpus->cache, "rules", &compiled))
        buf_clear(&compiled);
    corpus->classifier = classifier_new(taxonomies, buf_slice(&compiled), diagnostics);
    if (!corpus->classifier)
        return false;
    if (!classifier_was_cached(corpus->classifier)) {
        buf_clear(&compiled);
        classifier_serialise(corpus->classifier, &compiled);
        cache_set(corpus->cache, "rules", buf_slice(&compiled));
    }
    return true;
}

bool corpus_init(struct corpus *corpus, const struct settings *settings, struct cache *cache,
                 struct diagnostics *diagnostics) {
    corpus_begin(corpus, settings, cache);
    return corpus_compile(corpus, diagnostics);
}

void corpus_release(struct corpus *corpus) {
    ingest_plan_release(&corpus->plan);
    index_release(&corpus->index);
    label_table_release(&corpus->labels);
    classifier_free(corpus->classifier);
    corrections_desk_release(&corpus->desk);
    free(corpus->source_of_file);
    free(corpus->refused_of_source);
    *corpus = (struct corpus){0};
}

bool corpus_read_again(const struct corpus *corpus, const struct record *record, struct arena *arena,
                       struct article *ret_article) {
    struct article article = {0};
    if (!ingest_read_again(&corpus->plan, record->location, record->content_hash, arena, &article))
        return false;
    if (!article.date.present)
        article.date = (struct timestamp){.seconds = record->date, .present = true};
    *ret_article = article;
    return true;
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

struct reading {
    struct corpus *corpus;
    struct corpus_worker *workers;
    struct corpus_piece *pieces;
    struct recall recall;
    VEC(size_t) jobs;                /* numbers of pieces that must be read */
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
    const struct recall *recall;
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
    struct corpus *corpus = taking->corpus;
    struct corpus_worker *worker = taking->worker;
    const struct classify_input input = article_input(article, text);
    memset(worker->bits, 0, corpus->labels.words * sizeof *worker->bits);
    if (labelling_take(article, &input, &corpus->settings->taxonomies, corpus->rules, worker->bits)) {
        if (corpus->index.sketched || taking->held->words)
            classify_fold(worker->classifier, &input);
        return label_table_number(&corpus->labels, worker->bits);
    }
    const struct decision *decisions = classify(worker->classifier, &input, false, place, taking->diagnostics);
    return corpus_labels(corpus, decisions, worker->bits);
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

static bool is_held(const struct taking *taking, const struct article *article, struct place place) {
    const struct hold_word *word = find_hold(taking, article);
    if (!word)
        return false;
    if (!article->withdrawn)
        diag_report(taking->diagnostics, DIAGNOSTIC_HELD, place, "%.*s, for %.*s (%.*s:%u): %.*s",
                    SLICE_ARGUMENTS(buf_slice(&taking->worker->key)), SLICE_ARGUMENTS(word->written),
                    SLICE_ARGUMENTS(word->place.file), word->place.line, SLICE_ARGUMENTS(article->title));
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
    if (sightings_date(&taking->corpus->sightings, taking->file->source, &article))
        taking->piece->is_first_seen = true;
    struct correction_effect effect =
        corrections_apply(&taking->corpus->desk, &article, &worker->key, &worker->arena, &taking->piece->named);
    if (!clean_plain_text(&article, &worker->arena, &text)) {
        diag_report(taking->diagnostics, DIAGNOSTIC_HTML_REFUSED, place, "%.*s", SLICE_ARGUMENTS(article.title));
        taking->piece->result.refused++;
        taking->piece->refuses_by_text = true;
        return;
    }
    if (is_empty(&article, &text)) {
        diag_report(taking->diagnostics, DIAGNOSTIC_BODY_MISSING, place, "nothing of it can be shown: %.*s",
                    SLICE_ARGUMENTS(article.title));
        taking->piece->result.refused++;
        taking->piece->refuses_by_text = true;
        return;
    }
    if (article.rule_labels.present && article.rule_labels.rules != taking->corpus->rules && location.offset == 0)
        diag_report(taking->diagnostics, DIAGNOSTIC_LABELS_OUTDATED, place, "%s", "");
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
        .taken_back = article.withdrawn && !as_read->withdrawn,
        .held = !effect.released && is_held(taking, &article, place),
        .known = recall_knows(taking->recall, key),
        .without_address = article.url.size == 0,
    };
    sightings_note(&taking->corpus->sightings, taking->file->source, buf_slice(&worker->key));
    if (taking->corpus->cache)
        recall_note_alias(taking->piece, corrections_alias(&article));
    sketch_article(taking, as_read, &article, &text);
}

/* What is not there may only be out of sight. */
static bool is_incomplete(const struct corpus_piece *piece) {
    const struct diagnostics *diagnostics = piece->diagnostics;
    return diagnostics &&
           (diagnostics->per_id[DIAGNOSTIC_SOURCE_UNREADABLE] || diagnostics->per_id[DIAGNOSTIC_SOURCE_CHANGED]);
}

/*
 * What the pieces that are done reported, in their order, with lines counted from the start of their files. Done as
 * they end: the messages of all at once would follow the number of files.
 */
static void gather(struct reading *reading) {
    struct corpus *corpus = reading->corpus;
    struct ingest_plan *plan = &corpus->plan;
    for (size_t i = reading->gathered; i < plan->pieces.count && reading->pieces[i].done; i++) {
        struct corpus_piece *piece = &reading->pieces[i];
        if (i > 0 && plan->pieces.items[i].file != plan->pieces.items[i - 1].file)
            reading->lines = 0;
        size_t source = (size_t)(corpus->source_of_file[plan->pieces.items[i].file] - corpus->settings->sources);
        plan->incomplete[source] = plan->incomplete[source] || is_incomplete(piece);
        if (piece->diagnostics)
            diagnostics_append(reading->diagnostics, piece->diagnostics, reading->lines);
        free(piece->diagnostics);
        piece->diagnostics = NULL;
        reading->lines += piece->result.lines;
        corpus->refused += piece->result.refused;
        corpus->refused_of_source[source] += piece->result.refused;
        reading->gathered = i + 1;
    }
}

static void read_piece(void *context, size_t job, size_t worker) {
    struct reading *reading = context;
    struct corpus *corpus = reading->corpus;
    size_t number = reading->jobs.items[job];
    struct corpus_piece *piece = &reading->pieces[number];
    struct diagnostics diagnostics = {0};
    struct taking taking = {
        .corpus = corpus,
        .worker = &reading->workers[worker],
        .piece = piece,
        .diagnostics = &diagnostics,
        .file = &corpus->plan.files.items[corpus->plan.pieces.items[number].file],
        .held = &reading->held,
        .recall = &reading->recall,
    };
    struct ingest_result result = {0};
    ingest_piece_read(&corpus->plan, number, &taking.worker->ingest, take_article, &taking, &diagnostics, &result);
    piece->result.lines = result.lines;
    piece->result.refused += result.refused;
    piece->result.is_closed = result.is_closed;
    if (diagnostics.items.count || diagnostics.dropped) {
        piece->diagnostics = memory_new(sizeof *piece->diagnostics);
        *piece->diagnostics = diagnostics;
        if (corpus->cache)
            recall_note_piece(piece);
    }
    pthread_mutex_lock(&reading->gathering);
    piece->done = true;
    gather(reading);
    pthread_mutex_unlock(&reading->gathering);
    progress_step(&reading->progress);
}

int64_t corpus_entry_updated(const struct corpus *corpus, uint32_t place, int64_t now) {
    const struct index *index = &corpus->index;
    const struct record *record = index_record(index, index->order[place]);
    const struct index_group *group = index_group_of(index, index->order[place]);
    const struct record *shown = group ? index_record(index, group->shown) : record;
    return entry_updated(record->date, shown->date, shown->updated, group != NULL, now);
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
    if (corpus->history && corpus->settings->duplicates.wanted)
        corpus->index.history = history_of(corpus->history);
    corpus->index.permalinks = corpus->history ? history_of(corpus->history) : NULL;
    index_arrange(&corpus->index, runs, corpus->plan.pieces.count, corpus->source_of_file, now, &corpus->counts);
    free(runs);
}

/* expect: says so when the newest article of a source is older than it allows. */
static void report_silent_sources(struct corpus *corpus, int64_t now, struct diagnostics *diagnostics) {
    const struct settings *settings = corpus->settings;
    bool any_expected = false;
    corpus->next_silence = INT64_MAX;
    for (size_t i = 0; i < settings->source_count; i++)
        any_expected = any_expected || settings->sources[i].expect;
    if (!any_expected)
        return;
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
        if (source->expect == 0)
            continue;
        if (newest[i] >= now - source->expect) {
            int64_t silence = newest[i] + source->expect + 1;
            corpus->next_silence = silence < corpus->next_silence ? silence : corpus->next_silence;
            continue;
        }
        CLEANUP(buf_release) struct buf day = BUF(64);
        if (newest[i] != INT64_MIN)
            date_append_day(&day, newest[i]);
        diag_report(diagnostics, DIAGNOSTIC_SOURCE_SILENT,
                    (struct place){source->place.file, source->place.line, source->place.column}, "%.*s%s%.*s",
                    SLICE_ARGUMENTS(source_shown(source)), day.size ? ", the newest is of " : "",
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

void corpus_list(struct corpus *corpus, const char *spool_folder, struct diagnostics *diagnostics) {
    ingest_plan_release(&corpus->plan);
    ingest_plan_list(&corpus->plan, corpus->settings, spool_folder, diagnostics);
    corpus->is_listed = true;
}

static void begin_anew(struct corpus *corpus, const char *spool_folder, struct diagnostics *diagnostics,
                       struct recall *recall) {
    index_release(&corpus->index);
    index_init(&corpus->index);
    corpus->index.sketched = corpus->settings->duplicates.wanted || corrections_join(&corpus->settings->corrections);
    corpus->index.sketches.folder = spool_folder;
    if (!corpus->is_listed)
        corpus_list(corpus, spool_folder, diagnostics);
    corpus->is_listed = false; /* when it is read again, files may be others */
    recall_begin(recall, corpus);
    ingest_plan_cut(&corpus->plan, recall_text, recall, diagnostics);
    corpus->refused = 0;
    free(corpus->refused_of_source);
    corpus->refused_of_source = memory_new_array(corpus->settings->source_count, sizeof *corpus->refused_of_source);
    corpus->source_of_file =
        memory_resize_array(corpus->source_of_file, corpus->plan.files.count, sizeof *corpus->source_of_file);
    for (size_t i = 0; i < corpus->plan.files.count; i++)
        corpus->source_of_file[i] = corpus->plan.files.items[i].source;
}

/* Pieces that the cache knows are not read. */
static void read_pieces(struct reading *reading, const struct options *options) {
    struct corpus *corpus = reading->corpus;
    const struct ingest_piece *pieces = corpus->plan.pieces.items;
    corpus->files_read = 0;
    corpus->bytes_read = 0;
    for (size_t i = 0; i < corpus->plan.pieces.count; i++) {
        if (reading->pieces[i].recalled)
            continue;
        size_t last = reading->jobs.count ? reading->jobs.items[reading->jobs.count - 1] : SIZE_MAX;
        corpus->files_read += last == SIZE_MAX || pieces[last].file != pieces[i].file;
        corpus->bytes_read += pieces[i].end - pieces[i].begin;
        vec_push(&reading->jobs, i);
    }
    reading->workers = workers_new(corpus, options->jobs);
    held_init(&reading->held, &corpus->settings->corrections);
    progress_begin(&reading->progress, options->verbosity >= 0, "reading", reading->jobs.count);
    pthread_mutex_init(&reading->gathering, NULL);
    pool_run(options->jobs, reading->jobs.count, read_piece, reading);
    pthread_mutex_destroy(&reading->gathering);
    progress_end(&reading->progress);
    gather(reading);
    held_release(&reading->held);
    workers_free(reading->workers, options->jobs);
    vec_release(&reading->jobs);
    memory_trim();
}

void corpus_read(struct corpus *corpus, const struct options *options, const char *spool_folder,
                 struct diagnostics *diagnostics) {
    struct reading reading = {.corpus = corpus, .diagnostics = diagnostics};
    sightings_init(&corpus->sightings, corpus->history ? history_of(corpus->history) : NULL, options->now);
    begin_anew(corpus, spool_folder, diagnostics, &reading.recall);
    size_t count = corpus->plan.pieces.count;
    reading.pieces = memory_new_array(count, sizeof *reading.pieces);
    recall_pieces(&reading.recall, reading.pieces, diagnostics);
    read_pieces(&reading, options);
    if (!options->dry_run)
        recall_remember(&reading.recall);
    recall_release(&reading.recall);
    settle(&reading, diagnostics);
    if (corpus->withdrawals)
        withdrawals_mark(corpus->withdrawals, corpus, diagnostics);
    if (corpus->history)
        sightings_settle(&corpus->sightings, corpus);
    sightings_release(&corpus->sightings);
    arrange(&reading, options->now);
    clashes_report(corpus, diagnostics);
    report_silent_sources(corpus, options->now, diagnostics);
    for (size_t i = 0; i < count; i++)
        corpus_piece_release(&reading.pieces[i]);
    free(reading.pieces);
    memory_trim();
    copies_find(corpus, options);
    memory_trim();
}
