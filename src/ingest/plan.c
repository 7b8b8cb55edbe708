#include "ingest/source.h"

#include "base/file.h"
#include "ingest/spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files, spooled where they must be, cut into pieces. */

static void report(struct diagnostics *diagnostics, enum diagnostic_id id, const char *path, const char *detail) {
    diag_report(diagnostics, id, (struct place){.file = slice_of(path)}, "%s", detail);
}

static int spool_of(struct ingest_plan *plan, const char *folder) {
    if (!plan->has_spool) {
        plan->spool = file_open_scratch(folder);
        plan->has_spool = plan->spool >= 0;
    }
    return plan->has_spool ? plan->spool : -1;
}

/* A failure of ours is an error, which ends the run: left out, the file would vanish from the feeds. */
static void report_errno(struct diagnostics *diagnostics, const char *path, int error) {
    report(diagnostics, file_error_is_own(error) ? DIAGNOSTIC_READING_FAILED : DIAGNOSTIC_SOURCE_UNREADABLE, path,
           strerror(error));
}

static void report_not_spooled(const struct ingest_file *file, enum spool_outcome outcome, int error,
                               struct diagnostics *diagnostics) {
    static const enum diagnostic_id ids[] = {[SPOOL_UNREADABLE] = DIAGNOSTIC_SOURCE_UNREADABLE,
                                             [SPOOL_TOO_LARGE] = DIAGNOSTIC_SOURCE_TOO_LARGE,
                                             [SPOOL_FAILED] = DIAGNOSTIC_READING_FAILED};
    diag_report(diagnostics, ids[outcome], (struct place){.file = slice_of(file->path)},
                "unpacking it into a temporary file: %s", strerror(error));
}

static void report_spooled(const struct ingest_file *file, const struct spool_result *result,
                           struct diagnostics *diagnostics) {
    struct place place = {.file = slice_of(file->path)};
    if (result->damaged)
        report(diagnostics, DIAGNOSTIC_SOURCE_COMPRESSED_DAMAGED, file->path, "");
    place.line = result->invalid_line;
    if (result->invalid)
        diag_report(diagnostics, DIAGNOSTIC_ENCODING_INVALID, place, "%zu bytes, the first ones in this line",
                    result->invalid);
}

/* The file's text into the spool; file->spool and the rest are set on success. false after reporting. */
static bool spool_file(struct ingest_plan *plan, struct ingest_file *file, bool compressed, const char *folder,
                       struct diagnostics *diagnostics) {
    CLEANUP(file_close) int input = open(file->path, O_RDONLY | O_CLOEXEC);
    struct spool_job job = {.input = input, .compressed = compressed, .begin = plan->spool_size};
    struct spool_result result;
    if (input < 0) {
        report_errno(diagnostics, file->path, errno);
        return false;
    }
    if (!spool_charset(file->source->encoding, &job.charset)) {
        report(diagnostics, DIAGNOSTIC_SOURCE_UNREADABLE, file->path, "its encoding is not known");
        return false;
    }
    job.spool = spool_of(plan, folder);
    enum spool_outcome outcome = job.spool < 0 ? SPOOL_FAILED : spool_write(&job, &result);
    if (outcome != SPOOL_OK) {
        report_not_spooled(file, outcome, errno, diagnostics);
        return false;
    }
    report_spooled(file, &result, diagnostics);
    file->spool = job.spool;
    file->spool_begin = job.begin;
    file->size = result.size;
    plan->spool_size += result.size;
    return true;
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
    const struct ingest_file *file = &plan->files.items[number];
    if (!file->reader->by_line)
        vec_push(&plan->pieces, (struct ingest_piece){number, 0, file->size});
    for (uint64_t begin = 0; file->reader->by_line && begin < file->size; begin += PIECE_SIZE) {
        uint64_t end = file->size - begin > PIECE_SIZE ? begin + PIECE_SIZE : file->size;
        vec_push(&plan->pieces, (struct ingest_piece){number, begin, end});
    }
}

static void add_file(struct ingest_plan *plan, const struct source *source, const char *path, const char *spool_folder,
                     struct diagnostics *diagnostics) {
    struct ingest_file file = {.path = path, .source = source, .reader = reader_find(source->reader), .spool = -1};
    struct stat status;
    const char *charset = NULL;
    assert(file.reader && "the configuration knows the readers");
    if (stat(path, &status) != 0) {
        report_errno(diagnostics, path, errno);
        return;
    }
    if (!S_ISREG(status.st_mode)) {
        report(diagnostics, DIAGNOSTIC_SOURCE_UNREADABLE, path,
               S_ISDIR(status.st_mode) ? "this is a folder; write folder/* for the files in it" : "this is no file");
        return;
    }
    file.size = (uint64_t)status.st_size;
    bool compressed = file.size && is_compressed(&file);
    bool encoded = !spool_charset(source->encoding, &charset) || charset;
    if ((compressed || (encoded && file.size)) && !spool_file(plan, &file, compressed, spool_folder, diagnostics))
        return;
    if (!file.reader->by_line && file.size > WHOLE_MOST) {
        report(diagnostics, DIAGNOSTIC_SOURCE_TOO_LARGE, path, "at most 16 MiB with this reader");
        return;
    }
    vec_push(&plan->files, file);
    cut_pieces(plan, (uint32_t)(plan->files.count - 1));
}

static void add_source(struct ingest_plan *plan, const struct source *source, const char *spool_folder,
                       struct diagnostics *diagnostics) {
    CLEANUP(file_list_release) struct file_list list = {0};
    const char *folder = plan->settings->folder ? plan->settings->folder : "";
    const char *pattern = file_join(&plan->arena, folder, arena_copy(&plan->arena, source->files).data);
    file_list_matching(pattern, &plan->arena, &list);
    for (size_t i = 0; i < list.unreadable.count; i++)
        report(diagnostics, DIAGNOSTIC_SOURCE_UNREADABLE, list.unreadable.items[i], "this folder cannot be read");
    if (list.error)
        report_errno(diagnostics, pattern, list.error);
    /* add_file says what each of them is. */
    for (size_t i = 0; i < list.irregular.count; i++)
        add_file(plan, source, list.irregular.items[i], spool_folder, diagnostics);
    if (!list.paths.count && !list.irregular.count && !list.error) {
        struct place place = {source->place.file, source->place.line, source->place.column};
        diag_report(diagnostics, DIAGNOSTIC_SOURCE_EMPTY, place, "%.*s", SLICE_ARGUMENTS(source->files));
    }
    for (size_t i = 0; i < list.paths.count; i++)
        add_file(plan, source, list.paths.items[i], spool_folder, diagnostics);
}

void ingest_plan_make(struct ingest_plan *ret_plan, const struct settings *settings, const char *spool_folder,
                      struct diagnostics *diagnostics) {
    *ret_plan = (struct ingest_plan){.settings = settings, .spool = -1};
    for (size_t i = 0; i < settings->source_count; i++)
        add_source(ret_plan, &settings->sources[i], spool_folder, diagnostics);
}

void ingest_plan_release(struct ingest_plan *plan) {
    if (plan->has_spool)
        close(plan->spool);
    vec_release(&plan->files);
    vec_release(&plan->pieces);
    arena_release(&plan->arena);
    *plan = (struct ingest_plan){.spool = -1};
}
