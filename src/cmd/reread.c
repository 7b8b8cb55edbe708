#include "cmd/reread.h"

#include "base/file.h"
#include "base/pool.h"
#include "cmd/article_input.h"
#include "cmd/progress.h"

#include <fcntl.h>
#include <unistd.h>

void rereader_init(struct rereader *rereader, const struct corpus *corpus) {
    *rereader = (struct rereader){
        .corpus = corpus, .worker = classifier_worker_new(corpus->classifier), .key = BUF(BUF_UNLIMITED)};
}

void rereader_release(struct rereader *rereader) {
    classifier_worker_free(rereader->worker);
    arena_release(&rereader->arena);
    buf_release(&rereader->key);
    *rereader = (struct rereader){0};
}

bool reread(struct rereader *rereader, const struct record *record, struct reread_article *ret_article) {
    const struct corpus *corpus = rereader->corpus;
    struct reread_article read = {.record = record};
    /* What is to be said of it was said when it was read first. */
    CLEANUP(diagnostics_release) struct diagnostics unused = {0};
    arena_clear(&rereader->arena);
    buf_clear(&rereader->key);
    if (!corpus_read_again(corpus, record, &rereader->arena, &read.as_read))
        return false;
    read.article = read.as_read;
    read.released = corrections_apply(&corpus->desk, &read.article, &rereader->key, &rereader->arena, NULL).released;
    read.key = buf_slice(&rereader->key);
    if (!clean_plain_text(&read.article, &rereader->arena, &read.text))
        return false;
    read.input = article_input(&read.article, &read.text);
    read.decisions = classify(rereader->worker, &read.input, true, (struct place){0}, &unused);
    *ret_article = read;
    return true;
}

const struct record *shown_record(const struct corpus *corpus, uint32_t place) {
    uint32_t number = corpus->index.order[place];
    const struct index_group *group = index_group_of(&corpus->index, number);
    return index_record(&corpus->index, group ? group->shown : number);
}

/* --- all of them -------------------------------------------------------------------------------------------- */

enum { PLACES_A_JOB = 64 };

struct rereading {
    const struct corpus *corpus;
    struct rereader *rereaders;
    void (*visit)(void *context, const struct rereader *rereader, const struct reread_article *article, uint32_t place,
                  size_t worker);
    void *context;
    struct progress progress;
};

static void run_places(void *context, size_t job, size_t worker) {
    struct rereading *rereading = context;
    const struct corpus *corpus = rereading->corpus;
    struct rereader *rereader = &rereading->rereaders[worker];
    size_t end = (job + 1) * PLACES_A_JOB;
    for (size_t place = job * PLACES_A_JOB; place < end && place < corpus->index.order_count; place++) {
        struct reread_article article;
        if (reread(rereader, shown_record(corpus, (uint32_t)place), &article))
            rereading->visit(rereading->context, rereader, &article, (uint32_t)place, worker);
    }
    progress_step(&rereading->progress);
}

void reread_all(const struct corpus *corpus, const struct options *options,
                void (*visit)(void *context, const struct rereader *rereader, const struct reread_article *article,
                              uint32_t place, size_t worker),
                void *context) {
    size_t jobs = (corpus->index.order_count + PLACES_A_JOB - 1) / PLACES_A_JOB;
    struct rereading rereading = {.corpus = corpus, .visit = visit, .context = context};
    rereading.rereaders = memory_new_array(options->jobs, sizeof *rereading.rereaders);
    for (size_t i = 0; i < options->jobs; i++)
        rereader_init(&rereading.rereaders[i], corpus);
    progress_begin(&rereading.progress, options->verbosity >= 0, "looking for reasons", jobs);
    pool_run(options->jobs, jobs, run_places, &rereading);
    progress_end(&rereading.progress);
    for (size_t i = 0; i < options->jobs; i++)
        rereader_release(&rereading.rereaders[i]);
    free(rereading.rereaders);
}

/* --- lines -------------------------------------------------------------------------------------------------- */

enum { CHUNK = 1 << 16 /* bytes */ };

/* Counts line ends up to `offset`, as far as the file can be read. */
static void finder_advance(struct line_finder *finder, const struct ingest_file *file, uint64_t offset) {
    CLEANUP(file_close) int opened = file->text ? -1 : open(file->path, O_RDONLY | O_CLOEXEC);
    int descriptor = opened;
    uint64_t begin = 0;
    char chunk[CHUNK];
    if (file->text && !ingest_text_place(file, &descriptor, &begin))
        return;
    while (descriptor >= 0 && finder->offset < offset) {
        size_t wanted = offset - finder->offset < CHUNK ? (size_t)(offset - finder->offset) : CHUNK;
        size_t size = 0;
        if (!file_read_at(descriptor, chunk, wanted, begin + finder->offset, &size) || size == 0)
            return;
        for (const char *at = chunk; (at = memchr(at, '\n', (size_t)(chunk + size - at))) != NULL; at++)
            finder->line++;
        finder->offset += size;
    }
}

struct place record_place(const struct corpus *corpus, const struct record *record, struct line_finder *finder) {
    const struct location *location = &record->location;
    const struct ingest_file *file = &corpus->plan.files.items[location->file];
    if (finder->file != location->file + 1 || finder->offset > location->offset)
        *finder = (struct line_finder){.file = location->file + 1, .line = 1};
    finder_advance(finder, file, location->offset);
    return (struct place){.file = slice_of(file->path), .line = finder->line};
}
