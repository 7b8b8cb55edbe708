#include "base/file.h"
#include "base/pool.h"
#include "cmd/classify_lines.h"
#include "cmd/command.h"
#include "cmd/configuration.h"
#include "cmd/report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sysexits.h>
#include <unistd.h>

/*
 * pindao classify: a filter. Lines are read in batches, cut into pieces that threads work on, and written in order;
 * memory follows the batch, not the input. A batch ends early where nothing more has arrived yet: what is piped in
 * slowly comes out as it comes in.
 */
enum {
    PIECE = 256 << 10,   /* bytes that one thread works on at once */
    PIECES_A_THREAD = 8, /* in a batch */
    CHUNK = 1 << 16,     /* bytes read at once */
};

struct piece {
    struct slice lines;
    struct buf labelled;
    struct diagnostics diagnostics;
    unsigned line_count;
};

struct filtering {
    struct options options;
    struct diagnostics diagnostics;
    struct settings settings;
    struct classifier *classifier;
    struct line_filter filter;
    struct line_worker *workers; /* one a thread */
    struct piece *pieces;
    size_t piece_most;
    /* of the input at hand */
    int input;
    struct slice name;
    struct buf batch; /* begins with a line */
    unsigned lines;   /* before the batch */
    bool is_at_end;
    bool is_skipping; /* the rest of a line that is too long for any article */
};

static bool write_output(struct filtering *filtering, struct slice text) {
    if (file_write(STDOUT_FILENO, text))
        return true;
    diag_report(&filtering->diagnostics, DIAGNOSTIC_LINES_UNREADABLE, (struct place){0}, "standard output: %s",
                strerror(errno));
    return false;
}

/* --- one batch ---------------------------------------------------------------------------------------------- */

static void run_piece(void *context, size_t job, size_t worker) {
    struct filtering *filtering = context;
    struct piece *piece = &filtering->pieces[job];
    buf_clear(&piece->labelled);
    lines_classify(&filtering->filter, &filtering->workers[worker], piece->lines, filtering->name, &piece->labelled,
                   &piece->diagnostics, &piece->line_count);
}

/* Pieces of whole lines; the last one takes what is left. */
static size_t cut_pieces(struct filtering *filtering, struct slice lines) {
    size_t count = 0;
    while (lines.size) {
        size_t end = lines.size;
        if (lines.size > PIECE && count + 1 < filtering->piece_most)
            end = slice_find_byte(lines, '\n', PIECE - 1) + 1;
        filtering->pieces[count++].lines = slice_range(lines, 0, end);
        lines = slice_from(lines, end);
    }
    return count;
}

static bool classify_batch(struct filtering *filtering, struct slice lines) {
    size_t count = cut_pieces(filtering, lines);
    bool good = true;
    pool_run(filtering->options.jobs, count, run_piece, filtering);
    for (size_t i = 0; i < count; i++) {
        struct piece *piece = &filtering->pieces[i];
        diagnostics_append(&filtering->diagnostics, &piece->diagnostics, filtering->lines);
        filtering->lines += piece->line_count;
        good = good && write_output(filtering, buf_slice(&piece->labelled));
    }
    return good;
}

/* --- reading ------------------------------------------------------------------------------------------------ */

static bool is_ready(int descriptor) {
    struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
    return poll(&wanted, 1, 0) != 0;
}

/* One more chunk into the batch. false after reporting. */
static bool read_chunk(struct filtering *filtering) {
    char *room = buf_reserve(&filtering->batch, CHUNK);
    ssize_t size = 0;
    do
        size = read(filtering->input, room, CHUNK);
    while (size < 0 && errno == EINTR);
    if (size < 0) {
        diag_report(&filtering->diagnostics, DIAGNOSTIC_LINES_UNREADABLE, (struct place){.file = filtering->name}, "%s",
                    strerror(errno));
        return false;
    }
    filtering->batch.size += (size_t)size;
    filtering->is_at_end = size == 0;
    return true;
}

static void drop_front(struct buf *batch, size_t size) {
    if (size < batch->size)
        memmove(batch->data, batch->data + size, batch->size - size);
    buf_truncate(batch, batch->size - size);
}

/* The rest of a line that was given up goes, as far as it is there. */
static void skip_line(struct filtering *filtering) {
    size_t end = slice_find_byte(buf_slice(&filtering->batch), '\n', 0);
    bool ends_here = end < filtering->batch.size;
    drop_front(&filtering->batch, ends_here ? end + 1 : end);
    filtering->lines += ends_here || filtering->is_at_end;
    filtering->is_skipping = !ends_here && !filtering->is_at_end;
}

/* A line fills the whole batch: no article is as long. */
static void give_up_line(struct filtering *filtering) {
    struct place place = {.file = filtering->name, .line = filtering->lines + 1};
    diag_report(&filtering->diagnostics, DIAGNOSTIC_RECORD_TOO_LARGE, place, "%s", "");
    filtering->is_skipping = true;
    skip_line(filtering);
}

/* Bytes of whole lines at the front of the batch; at the end of the input, all. */
static size_t whole_lines(const struct filtering *filtering, size_t searched) {
    const struct buf *batch = &filtering->batch;
    const char *last = batch->size > searched ? memrchr(batch->data + searched, '\n', batch->size - searched) : NULL;
    if (filtering->is_at_end)
        return batch->size;
    return last ? (size_t)(last - batch->data) + 1 : 0;
}

/* Fills the batch with whole lines: *ret_size bytes of them, 0 at the end. false after reporting. */
static bool fill_batch(struct filtering *filtering, size_t *ret_size) {
    size_t most = (size_t)PIECE * filtering->piece_most;
    size_t whole = whole_lines(filtering, 0);
    while (!filtering->is_at_end && filtering->batch.size < most && (whole == 0 || is_ready(filtering->input))) {
        size_t before = filtering->batch.size;
        if (!read_chunk(filtering))
            return false;
        if (filtering->is_skipping) {
            skip_line(filtering);
            before = 0;
        }
        size_t now = whole_lines(filtering, before);
        whole = now ? now : whole;
        if (whole == 0 && filtering->batch.size >= most)
            give_up_line(filtering);
    }
    *ret_size = whole;
    return true;
}

/* A byte order mark is no part of the first line. */
static size_t mark_size(const struct buf *batch) {
    const struct slice mark = SLICE("\xEF\xBB\xBF");
    return slice_starts_with(buf_slice(batch), mark) ? mark.size : 0;
}

static int filter_input(struct filtering *filtering) {
    size_t size = 0;
    bool is_first = true;
    buf_clear(&filtering->batch);
    filtering->lines = 0;
    filtering->is_at_end = filtering->is_skipping = false;
    do {
        if (!fill_batch(filtering, &size))
            return EX_NOINPUT;
        size_t mark = is_first ? mark_size(&filtering->batch) : 0;
        drop_front(&filtering->batch, mark);
        size -= mark;
        is_first = false;
        if (!classify_batch(filtering, slice_range(buf_slice(&filtering->batch), 0, size)))
            return EX_IOERR;
        drop_front(&filtering->batch, size);
    } while (size || !filtering->is_at_end);
    return EX_OK;
}

static int filter_file(struct filtering *filtering, const char *path) {
    bool is_standard = strcmp(path, "-") == 0;
    CLEANUP(file_close) int opened = is_standard ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    filtering->name = is_standard ? SLICE("standard input") : slice_of(path);
    filtering->input = is_standard ? STDIN_FILENO : opened;
    if (filtering->input >= 0)
        return filter_input(filtering);
    diag_report(&filtering->diagnostics, DIAGNOSTIC_LINES_UNREADABLE, (struct place){.file = filtering->name}, "%s",
                strerror(errno));
    return EX_NOINPUT;
}

/* --- the command -------------------------------------------------------------------------------------------- */

static void workers_init(struct filtering *filtering) {
    size_t jobs = filtering->options.jobs;
    filtering->workers = memory_new_array(jobs, sizeof *filtering->workers);
    for (size_t i = 0; i < jobs; i++)
        line_worker_init(&filtering->workers[i], &filtering->filter);
    filtering->piece_most = jobs * PIECES_A_THREAD;
    filtering->pieces = memory_new_array(filtering->piece_most, sizeof *filtering->pieces);
    for (size_t i = 0; i < filtering->piece_most; i++)
        filtering->pieces[i].labelled = BUF(BUF_UNLIMITED);
}

static void filtering_release(struct filtering *filtering) {
    for (size_t i = 0; filtering->workers && i < filtering->options.jobs; i++)
        line_worker_release(&filtering->workers[i]);
    for (size_t i = 0; i < filtering->piece_most; i++) {
        buf_release(&filtering->pieces[i].labelled);
        diagnostics_release(&filtering->pieces[i].diagnostics);
    }
    free(filtering->workers);
    free(filtering->pieces);
    buf_release(&filtering->batch);
    classifier_free(filtering->classifier);
    settings_release(&filtering->settings);
    diagnostics_release(&filtering->diagnostics);
}

static int classify_inputs(struct filtering *filtering, int argc, char **argv) {
    struct options *options = &filtering->options;
    if (!options_read(argc, argv, "cjsxFvq", &filtering->diagnostics, options))
        return EX_USAGE;
    int code = configuration_load(options, &filtering->diagnostics, &filtering->settings);
    if (code != EX_OK)
        return code;
    filtering->classifier = classifier_new(&filtering->settings.taxonomies, (struct slice){0}, &filtering->diagnostics);
    if (!filtering->classifier)
        return EX_CONFIG;
    if (!line_filter_init(&filtering->filter, &filtering->settings, filtering->classifier, options->fields,
                          options->explain)) {
        diag_report(&filtering->diagnostics, DIAGNOSTIC_USAGE, (struct place){0},
                    "pindao classify: --fields wants pairs like title=headline, and the names of fields before =: %s",
                    options->fields);
        return EX_USAGE;
    }
    workers_init(filtering);
    if (options->first_argument == argc)
        code = filter_file(filtering, "-");
    for (int i = options->first_argument; i < argc && code != EX_IOERR; i++) {
        int own = filter_file(filtering, argv[i]);
        code = own > code ? own : code;
    }
    return code != EX_OK ? code : report_exit_code(options, &filtering->diagnostics);
}

int classify_command(int argc, char **argv) {
    struct filtering filtering = {.batch = BUF(BUF_UNLIMITED)};
    int code = classify_inputs(&filtering, argc, argv);
    report_diagnostics(&filtering.options, &filtering.diagnostics);
    filtering_release(&filtering);
    return code;
}
