#include "ingest/source.h"

#include "base/file.h"
#include "ingest/charset.h"
#include "ingest/feed.h"
#include "ingest/spool.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files, spooled where they must be, cut into pieces. */

static void report(struct diagnostics *diagnostics, enum diagnostic_id id, const char *path, const char *detail) {
    diag_report(diagnostics, id, (struct place){.file = slice_of(path)}, "%s", detail);
}

struct ingest_spool {
    pthread_mutex_t mutex; /* of all below, and of the texts: articles are read again on many threads */
    const char *folder;
    int descriptor; /* -1 until something is spooled */
    uint64_t size;
};

static int spool_descriptor(struct ingest_spool *spool) {
    if (spool->descriptor < 0)
        spool->descriptor = file_open_scratch(spool->folder);
    return spool->descriptor;
}

/* A failure of ours is an error, which ends the run: left out, the file would vanish from the feeds. */
static void report_errno(struct diagnostics *diagnostics, const char *path, int error) {
    report(diagnostics, file_error_is_own(error) ? DIAGNOSTIC_READING_FAILED : DIAGNOSTIC_SOURCE_UNREADABLE, path,
           strerror(error));
}

static const char too_large[] = "at most 16 MiB with this reader";

static void report_not_spooled(const struct ingest_file *file, enum spool_outcome outcome, int error,
                               const struct feed_in *feed, struct diagnostics *diagnostics) {
    static const enum diagnostic_id ids[] = {[SPOOL_UNREADABLE] = DIAGNOSTIC_SOURCE_UNREADABLE,
                                             [SPOOL_TOO_LARGE] = DIAGNOSTIC_SOURCE_TOO_LARGE,
                                             [SPOOL_FAILED] = DIAGNOSTIC_READING_FAILED,
                                             [SPOOL_NO_FEED] = DIAGNOSTIC_SOURCE_NO_FEED};
    struct place place = {.file = slice_of(file->path)};
    if (outcome == SPOOL_NO_FEED)
        diag_report(diagnostics, ids[outcome], (struct place){place.file, feed->line, feed->column}, "%s",
                    feed->problem);
    else if (outcome == SPOOL_TOO_LARGE && file->reader->is_feed)
        report(diagnostics, ids[outcome], file->path, too_large);
    else
        diag_report(diagnostics, ids[outcome], place, "unpacking it into a temporary file: %s", strerror(error));
}

static void report_spooled(const struct ingest_file *file, struct diagnostics *diagnostics) {
    struct place place = {.file = slice_of(file->path)};
    if (file->text->damaged)
        report(diagnostics, DIAGNOSTIC_SOURCE_COMPRESSED_DAMAGED, file->path, "");
    place.line = file->text->invalid_line;
    if (file->text->invalid)
        diag_report(diagnostics, DIAGNOSTIC_ENCODING_INVALID, place, "%zu bytes, the first ones in this line",
                    file->text->invalid);
}

/* The file's text into the spool. Where it is not SPOOL_OK, with errno (EINVAL for an unknown encoding) or *ret_feed.
 */
static enum spool_outcome spool_text(const struct ingest_file *file, uint64_t *ret_size, struct feed_in *ret_feed) {
    struct ingest_text *text = file->text;
    struct ingest_spool *spool = text->spool;
    CLEANUP(file_close) int input = open(file->path, O_RDONLY | O_CLOEXEC);
    struct spool_job job = {.input = input, .compressed = text->compressed, .begin = spool->size};
    struct spool_result result;
    if (input < 0)
        return file_error_is_own(errno) ? SPOOL_FAILED : SPOOL_UNREADABLE;
    if (!charset_find(file->source->encoding, &job.charset)) {
        errno = EINVAL;
        return SPOOL_UNREADABLE;
    }
    job.spool = spool_descriptor(spool);
    enum spool_outcome outcome = job.spool < 0 ? SPOOL_FAILED : spool_write(&job, &result);
    if (outcome == SPOOL_OK && file->reader->is_feed)
        outcome = spool_feed(&job, file->source->encoding, &result, ret_feed);
    if (outcome != SPOOL_OK)
        return outcome;
    text->begin = job.begin;
    text->damaged = result.damaged;
    text->invalid = result.invalid;
    text->invalid_line = result.invalid_line;
    text->is_there = true;
    spool->size += result.size;
    *ret_size = result.size;
    return SPOOL_OK;
}

bool ingest_text_place(const struct ingest_file *file, int *ret_descriptor, uint64_t *ret_begin) {
    struct ingest_text *text = file->text;
    struct feed_in unused;
    uint64_t size = 0;
    pthread_mutex_lock(&text->spool->mutex);
    bool good = text->is_there || (spool_text(file, &size, &unused) == SPOOL_OK && size == file->size);
    *ret_descriptor = text->spool->descriptor;
    *ret_begin = text->begin;
    pthread_mutex_unlock(&text->spool->mutex);
    return good;
}

/*
 * By its name, or, where a file that is not compressed would be read line by line, by its first bytes: every
 * one of its lines would be refused. Thousands of small files are not opened for this.
 */
static bool is_compressed(const struct ingest_file *file) {
    char magic[2] = {0};
    size_t size = 0;
    if (slice_ends_with(slice_of(file->path), SLICE(".gz")))
        return true;
    if (!file->reader->by_line)
        return false;
    CLEANUP(file_close) int descriptor = open(file->path, O_RDONLY | O_CLOEXEC);
    return descriptor >= 0 && file_read_at(descriptor, magic, sizeof magic, 0, &size) && size == sizeof magic &&
           memcmp(magic, "\x1F\x8B", sizeof magic) == 0;
}

static void cut_pieces(struct ingest_plan *plan, uint32_t number) {
    struct ingest_file *file = &plan->files.items[number];
    file->first_piece = plan->pieces.count;
    if (!file->reader->by_line)
        vec_push(&plan->pieces, (struct ingest_piece){number, 0, file->size});
    for (uint64_t begin = 0; file->reader->by_line && begin < file->size; begin += PIECE_SIZE) {
        uint64_t end = file->size - begin > PIECE_SIZE ? begin + PIECE_SIZE : file->size;
        vec_push(&plan->pieces, (struct ingest_piece){number, begin, end});
    }
    file->piece_count = plan->pieces.count - file->first_piece;
}

static void mark_incomplete(struct ingest_plan *plan, const struct source *source) {
    plan->incomplete[source - plan->settings->sources] = true;
}

static bool has_wildcard(struct slice pattern) {
    return slice_find_byte(pattern, '*', 0) < pattern.size || slice_find_byte(pattern, '?', 0) < pattern.size;
}

/* What upstreams have shown is read by their own sources, whatever pattern matches it; a name means what it says. */
static bool is_kept(const struct ingest_plan *plan, const struct source *source, const struct file_identity *identity) {
    bool is_named = source->upstream.url.size || !has_wildcard(source->files);
    for (size_t i = 0; !is_named && i < plan->kept_count; i++)
        if (file_identity_equal(&plan->kept[i], identity))
            return true;
    return false;
}

static void add_file(struct ingest_plan *plan, const struct source *source, const char *path,
                     struct diagnostics *diagnostics) {
    struct ingest_file file = {.path = path, .source = source, .reader = reader_find(source->reader)};
    struct stat status;
    assert(file.reader && "the configuration knows the readers");
    if (stat(path, &status) != 0) {
        report_errno(diagnostics, path, errno);
        mark_incomplete(plan, source);
        return;
    }
    if (!S_ISREG(status.st_mode)) {
        report(diagnostics, DIAGNOSTIC_SOURCE_UNREADABLE, path,
               S_ISDIR(status.st_mode) ? "this is a folder; write folder/* for the files in it" : "this is no file");
        return;
    }
    file.identity = file_identify(&status);
    file.size = file.identity.size;
    if (file_identity_equal(&file.identity, &plan->history) || is_kept(plan, source, &file.identity))
        return;
    vec_push(&plan->files, file);
}

static void add_pattern(struct ingest_plan *plan, const struct source *source, const char *pattern,
                        struct diagnostics *diagnostics) {
    CLEANUP(file_list_release) struct file_list list = {0};
    file_list_matching(pattern, &plan->arena, &list);
    for (size_t i = 0; i < list.unreadable.count; i++)
        report(diagnostics, DIAGNOSTIC_SOURCE_UNREADABLE, list.unreadable.items[i], "this folder cannot be read");
    if (list.error)
        report_errno(diagnostics, pattern, list.error);
    if (list.unreadable.count || list.error || list.irregular.count || !list.paths.count)
        mark_incomplete(plan, source);
    /* add_file says what each of them is. */
    for (size_t i = 0; i < list.irregular.count; i++)
        add_file(plan, source, list.irregular.items[i], diagnostics);
    if (!list.paths.count && !list.irregular.count && !list.error) {
        struct place place = {source->place.file, source->place.line, source->place.column};
        diag_report(diagnostics, DIAGNOSTIC_SOURCE_EMPTY, place, "%.*s", SLICE_ARGUMENTS(source->files));
    }
    for (size_t i = 0; i < list.paths.count; i++)
        add_file(plan, source, list.paths.items[i], diagnostics);
}

static void add_source(struct ingest_plan *plan, const struct source *source, struct diagnostics *diagnostics) {
    const struct settings *settings = plan->settings;
    const char *pattern = source_pattern(source, settings->folder, settings->kept_folder, &plan->arena);
    if (!source->upstream.url.size)
        add_pattern(plan, source, pattern, diagnostics);
    else if (access(pattern, F_OK) == 0 || errno != ENOENT)
        add_file(plan, source, pattern, diagnostics);
    else
        mark_incomplete(plan, source); /* whoever fetches has said why there is nothing yet */
}

/* It lies where sources do, most often, and ends as they do: files: *.jsonl does not mean it. */
static struct file_identity identify_history(const struct settings *settings) {
    struct stat status;
    if (!settings->history || stat(settings->history, &status) != 0)
        return (struct file_identity){0};
    return file_identify(&status);
}

/* Every file beside the history that upstreams' articles are kept in, of this configuration or of another one. */
static void identify_kept(struct ingest_plan *plan) {
    const char *folder = plan->settings->kept_folder;
    VEC(struct file_identity) kept = {0};
    struct stat status;
    DIR *stream = folder ? opendir(folder) : NULL;
    if (!stream)
        return;
    for (const struct dirent *item = readdir(stream); item; item = readdir(stream))
        if (fstatat(dirfd(stream), item->d_name, &status, 0) == 0 && S_ISREG(status.st_mode))
            vec_push(&kept, file_identify(&status));
    closedir(stream);
    plan->kept = arena_new_array(&plan->arena, kept.count, sizeof *kept.items);
    plan->kept_count = kept.count;
    if (kept.count)
        memcpy(plan->kept, kept.items, kept.count * sizeof *kept.items);
    vec_release(&kept);
}

void ingest_plan_list(struct ingest_plan *ret_plan, const struct settings *settings, const char *spool_folder,
                      struct diagnostics *diagnostics) {
    *ret_plan = (struct ingest_plan){.settings = settings, .looked = file_clock()};
    ret_plan->spool = memory_new(sizeof *ret_plan->spool);
    *ret_plan->spool = (struct ingest_spool){.descriptor = -1};
    ret_plan->spool->folder = spool_folder ? arena_copy_string(&ret_plan->arena, spool_folder) : NULL;
    pthread_mutex_init(&ret_plan->spool->mutex, NULL);
    ret_plan->history = identify_history(settings);
    identify_kept(ret_plan);
    ret_plan->incomplete = arena_new_array(&ret_plan->arena, settings->source_count, sizeof *ret_plan->incomplete);
    for (size_t i = 0; i < settings->source_count; i++)
        add_source(ret_plan, &settings->sources[i], diagnostics);
}

/* Its text, and how much of it there is. false when it must be left out, after reporting. */
static bool find_text(struct ingest_plan *plan, struct ingest_file *file,
                      bool (*known)(void *context, const struct ingest_file *file, struct ingest_text *text,
                                    uint64_t *ret_size),
                      void *context, struct diagnostics *diagnostics) {
    const char *charset = NULL;
    bool compressed = file->size && is_compressed(file);
    bool encoded = !charset_find(file->source->encoding, &charset) || charset;
    if (compressed || (encoded && file->size) || file->reader->is_feed) {
        struct feed_in feed = {0};
        file->text = arena_new(&plan->arena, sizeof *file->text);
        *file->text = (struct ingest_text){.spool = plan->spool, .compressed = compressed};
        if (!known || !known(context, file, file->text, &file->size)) {
            enum spool_outcome outcome = spool_text(file, &file->size, &feed);
            if (outcome != SPOOL_OK) {
                report_not_spooled(file, outcome, errno, &feed, diagnostics);
                return false;
            }
        }
        report_spooled(file, diagnostics);
    }
    if (file->reader->by_line || file->size <= WHOLE_MOST)
        return true;
    report(diagnostics, DIAGNOSTIC_SOURCE_TOO_LARGE, file->path, too_large);
    return false;
}

void ingest_plan_cut(struct ingest_plan *plan,
                     bool (*known)(void *context, const struct ingest_file *file, struct ingest_text *text,
                                   uint64_t *ret_size),
                     void *context, struct diagnostics *diagnostics) {
    size_t kept = 0;
    for (size_t i = 0; i < plan->files.count; i++) {
        struct ingest_file file = plan->files.items[i];
        bool good = find_text(plan, &file, known, context, diagnostics);
        if (!good || (file.text && file.text->damaged))
            mark_incomplete(plan, file.source);
        if (!good)
            continue;
        plan->files.items[kept] = file;
        cut_pieces(plan, (uint32_t)kept++);
    }
    plan->files.count = kept;
}

void ingest_plan_make(struct ingest_plan *ret_plan, const struct settings *settings, const char *spool_folder,
                      struct diagnostics *diagnostics) {
    ingest_plan_list(ret_plan, settings, spool_folder, diagnostics);
    ingest_plan_cut(ret_plan, NULL, NULL, diagnostics);
}

void ingest_plan_release(struct ingest_plan *plan) {
    if (plan->spool) {
        file_close(&plan->spool->descriptor);
        pthread_mutex_destroy(&plan->spool->mutex);
        free(plan->spool);
    }
    vec_release(&plan->files);
    vec_release(&plan->pieces);
    arena_release(&plan->arena);
    *plan = (struct ingest_plan){0};
}
