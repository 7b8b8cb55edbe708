#include "cmd/pieces.h"

#include "base/file.h"
#include "base/pool.h"
#include "cmd/entry_reader.h"

#include <errno.h>

/* What a thread keeps from article to article. */
struct pieces_worker {
    struct entry_reader reader;
    struct buf piece;
};

struct making {
    struct pieces *pieces;
    struct pieces_worker *workers;
    atomic_bool changed;
    atomic_int failed; /* errno of the first write that failed */
};

/* --- which articles ----------------------------------------------------------------------------------------- */

static int by_location(const void *left, const void *right, void *context) {
    const struct index *index = context;
    const struct shown *a = left;
    const struct shown *b = right;
    const struct location *x = &index_record(index, index->order[a->place])->location;
    const struct location *y = &index_record(index, index->order[b->place])->location;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

/* One item for every article that is wanted, in the order in which they stand on disk. */
static void collect(struct pieces *pieces, const unsigned char *uses) {
    struct index index = pieces->corpus->index;
    size_t count = 0;
    for (size_t place = 0; place < index.order_count; place++)
        pieces->shown_count += uses[place] != 0;
    pieces->shown = memory_new_array(pieces->shown_count, sizeof *pieces->shown);
    pieces->shown_of_place = memory_new_array(index.order_count, sizeof *pieces->shown_of_place);
    for (size_t place = 0; place < index.order_count; place++)
        if (uses[place])
            pieces->shown[count++] =
                (struct shown){.place = (uint32_t)place,
                               .wanted = {uses[place] & 1u << PIECE_FULL, uses[place] & 1u << PIECE_SUMMARY,
                                          uses[place] & 1u << PIECE_ITEM}};
    qsort_r(pieces->shown, count, sizeof *pieces->shown, by_location, &index);
    pieces->all = memory_new_array(count * pieces->slot_count, sizeof *pieces->all);
    for (size_t i = 0; i < count; i++) {
        pieces->shown[i].pieces = pieces->all + i * pieces->slot_count;
        pieces->shown_of_place[pieces->shown[i].place] = (uint32_t)i;
    }
}

/* --- what served files have --------------------------------------------------------------------------------- */

uint64_t piece_signature(const struct corpus *corpus, uint32_t place, enum piece_kind kind, int64_t now) {
    uint64_t signature = signature_add(entry_signature(corpus, place, now), kind);
    return signature ? signature : 1;
}

static struct piece *piece_of(const struct pieces *pieces, const struct shown *shown, size_t format,
                              enum piece_kind kind) {
    return &shown->pieces[pieces->slots[format] + (kind == PIECE_ITEM ? 0 : kind)];
}

/* All of its pieces, or none: what is missing is made of the article, and then the others cost little. */
static bool splice_one(const struct pieces *pieces, struct shown *shown) {
    for (unsigned kind = 0; kind < PIECE_KINDS; kind++) {
        if (!shown->wanted[kind])
            continue;
        uint64_t signature = piece_signature(pieces->corpus, shown->place, kind, pieces->options->now);
        for (size_t format = 0; format < pieces->format_count; format++) {
            if (!piece_is_of(pieces->formats[format], kind))
                continue;
            const struct spliced_piece *found = spliced_find(pieces->spliced, signature, (uint32_t)format);
            if (!found)
                return false;
            *piece_of(pieces, shown, format, kind) =
                (struct piece){found->offset, found->size, found->file | PIECE_SPLICED};
        }
    }
    return true;
}

static void splice(struct pieces *pieces) {
    for (size_t i = 0; pieces->spliced && i < pieces->shown_count; i++) {
        struct shown *shown = &pieces->shown[i];
        shown->is_spliced = splice_one(pieces, shown);
        shown->updated = corpus_entry_updated(pieces->corpus, shown->place, pieces->options->now);
    }
}

/* --- one article -------------------------------------------------------------------------------------------- */

static void keep(struct making *making, size_t number, struct slice bytes, struct piece *ret_piece) {
    struct pieces *pieces = making->pieces;
    int none = 0;
    if (!file_write_at(pieces->files[number], bytes, pieces->ends[number]))
        atomic_compare_exchange_strong(&making->failed, &none, errno ? errno : EIO);
    *ret_piece = (struct piece){pieces->ends[number], (uint32_t)bytes.size, (uint32_t)number};
    pieces->ends[number] += bytes.size;
}

static void make_pieces(void *context, size_t job, size_t number) {
    struct making *making = context;
    struct pieces *pieces = making->pieces;
    struct pieces_worker *worker = &making->workers[number];
    struct shown *shown = &pieces->shown[job];
    struct entry entry = {0};
    int none = 0;
    progress_step(&pieces->progress);
    if (shown->is_spliced || atomic_load(&making->changed) || atomic_load(&making->failed))
        return;
    switch (entry_read(&worker->reader, shown->place, &entry)) {
    case ENTRY_READ:
        break;
    case ENTRY_UNREADABLE:
        atomic_compare_exchange_strong(&making->failed, &none, errno);
        return;
    case ENTRY_SOURCE_CHANGED:
        atomic_store(&making->changed, true);
        return;
    }
    shown->updated = entry.updated;
    for (size_t format = 0; format < pieces->format_count; format++)
        for (unsigned kind = 0; kind < PIECE_KINDS; kind++) {
            if (!shown->wanted[kind] || !piece_is_of(pieces->formats[format], kind))
                continue;
            buf_clear(&worker->piece);
            pieces->formats[format]->entry(pieces->corpus->templates, &entry, kind == PIECE_FULL, &worker->piece);
            keep(making, number, buf_slice(&worker->piece), piece_of(pieces, shown, format, kind));
        }
}

/* --- all of them -------------------------------------------------------------------------------------------- */

static bool open_files(struct pieces *pieces, const char *folder) {
    size_t count = pieces->options->jobs;
    pieces->files = memory_new_array(count, sizeof *pieces->files);
    pieces->ends = memory_new_array(count, sizeof *pieces->ends);
    for (size_t i = 0; i < count; i++)
        pieces->files[i] = -1;
    for (size_t i = 0; i < count; i++) {
        pieces->files[i] = file_open_scratch(folder);
        if (pieces->files[i] < 0)
            return false;
    }
    return true;
}

static void run(struct making *making) {
    struct pieces *pieces = making->pieces;
    size_t jobs = pieces->options->jobs;
    making->workers = memory_new_array(jobs, sizeof *making->workers);
    for (size_t i = 0; i < jobs; i++) {
        entry_reader_init(&making->workers[i].reader, pieces->corpus, pieces->options->now);
        making->workers[i].piece = BUF(BUF_UNLIMITED);
    }
    progress_begin(&pieces->progress, pieces->options->verbosity >= 0, "rendering", pieces->shown_count);
    pool_run(jobs, pieces->shown_count, make_pieces, making);
    progress_end(&pieces->progress);
    for (size_t i = 0; i < jobs; i++) {
        entry_reader_release(&making->workers[i].reader);
        buf_release(&making->workers[i].piece);
    }
    free(making->workers);
}

static enum pieces_result cannot_keep(int error, const char *folder, struct diagnostics *diagnostics) {
    diag_report(diagnostics, DIAGNOSTIC_OUTPUT_FAILED, (struct place){.file = slice_of(folder)},
                "rendered entries cannot be kept here: %s", strerror(error));
    return PIECES_CANNOT_KEEP;
}

enum pieces_result pieces_make(const struct corpus *corpus, const unsigned char *uses,
                               const struct format *const *formats, size_t format_count, const struct spliced *spliced,
                               const struct options *options, const char *spool_folder, struct diagnostics *diagnostics,
                               struct pieces *ret_pieces) {
    struct pieces *pieces = ret_pieces;
    struct making making = {.pieces = pieces};
    *pieces = (struct pieces){.corpus = corpus, .options = options, .spliced = spliced, .format_count = format_count};
    for (size_t i = 0; i < format_count; i++) {
        pieces->formats[i] = formats[i];
        pieces->slots[i] = pieces->slot_count;
        pieces->slot_count += formats[i]->is_feed ? PIECE_ITEM : 1;
    }
    collect(pieces, uses);
    splice(pieces);
    if (!open_files(pieces, spool_folder))
        return cannot_keep(errno, spool_folder, diagnostics);
    run(&making);
    if (atomic_load(&making.failed))
        return cannot_keep(atomic_load(&making.failed), spool_folder, diagnostics);
    return atomic_load(&making.changed) ? PIECES_SOURCE_CHANGED : PIECES_OK;
}

void pieces_release(struct pieces *pieces) {
    for (size_t i = 0; pieces->files && i < pieces->options->jobs; i++)
        file_close(&pieces->files[i]);
    free(pieces->files);
    free(pieces->ends);
    free(pieces->all);
    free(pieces->shown);
    free(pieces->shown_of_place);
    *pieces = (struct pieces){0};
}

const struct shown *pieces_shown(const struct pieces *pieces, uint32_t place) {
    return &pieces->shown[pieces->shown_of_place[place]];
}

size_t pieces_size(const struct pieces *pieces, const struct shown *shown, size_t format, enum piece_kind kind) {
    return piece_of(pieces, shown, format, kind)->size;
}

bool pieces_append(const struct pieces *pieces, const struct shown *shown, size_t format, enum piece_kind kind,
                   struct buf *buf) {
    const struct piece *piece = piece_of(pieces, shown, format, kind);
    bool spliced = piece->file & PIECE_SPLICED;
    int file = spliced ? pieces->spliced->files.items[piece->file & ~PIECE_SPLICED] : pieces->files[piece->file];
    size_t read = 0;
    char *room = buf_reserve(buf, piece->size);
    if (!room || !file_read_at(file, room, piece->size, piece->offset, &read) || read < piece->size)
        return false;
    buf->size += read;
    return true;
}
