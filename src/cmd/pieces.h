#ifndef PINDAO_CMD_PIECES_H
#define PINDAO_CMD_PIECES_H

#include "assemble/channels.h"
#include "cmd/corpus.h"
#include "cmd/progress.h"
#include "cmd/spliced.h"
#include "render/format.h"

/*
 * Articles that are shown somewhere, read again and rendered once in each format. The pieces are kept in files without
 * a name, not in memory, which so follows the index whatever the channels show.
 */
struct piece {
    uint64_t offset;
    uint32_t size;
    uint32_t file; /* of pieces->files; with PIECE_SPLICED, of pieces->spliced */
};
#define PIECE_SPLICED (UINT32_C(1) << 31)

/* How an article is shown: the first two in feeds, the last in pages. */
enum piece_kind {
    PIECE_FULL,
    PIECE_SUMMARY,
    PIECE_ITEM,
    PIECE_KINDS,
};

struct shown {
    uint32_t place; /* in index->order */
    bool wanted[PIECE_KINDS];
    bool is_spliced; /* the served files have all its pieces */
    int64_t updated;
    struct piece *pieces; /* of each format, from pieces->slots on: by kind, of a format of pages one; size 0 where not
                             wanted */
};

struct pieces {
    const struct corpus *corpus;
    const struct options *options;
    const struct spliced *spliced;              /* NULL: none */
    const struct format *formats[FORMATS_MOST]; /* as the caller numbers them */
    size_t slots[FORMATS_MOST];                 /* number of the first of its pieces in shown->pieces */
    size_t slot_count;                          /* of all */
    size_t format_count;
    struct shown *shown;
    size_t shown_count;
    uint32_t *shown_of_place; /* for a place of index->order: its number in shown */
    struct piece *all;
    int *files; /* one a worker */
    uint64_t *ends;
    struct progress progress;
};

enum pieces_result {
    PIECES_OK,
    PIECES_SOURCE_CHANGED, /* a file has changed since it was read */
    PIECES_CANNOT_KEEP,    /* no room for them, reported */
};

/* Has the format such pieces? */
static inline bool piece_is_of(const struct format *format, enum piece_kind kind) {
    return format->is_feed == (kind != PIECE_ITEM);
}

/* How the served files know the entry at a place, shown so. */
uint64_t piece_signature(const struct corpus *corpus, uint32_t place, enum piece_kind kind, int64_t now);

/*
 * Of every place of index->order what `uses` wants of it, bit 1 << kind each. Of articles whose pieces `spliced` has in
 * all formats, numbered as `formats`, nothing is read (NULL: it has none). `spool_folder` is where the files without a
 * name are made; else in the system's folder for such.
 */
enum pieces_result pieces_make(const struct corpus *corpus, const unsigned char *uses,
                               const struct format *const *formats, size_t format_count, const struct spliced *spliced,
                               const struct options *options, const char *spool_folder, struct diagnostics *diagnostics,
                               struct pieces *ret_pieces);
void pieces_release(struct pieces *pieces);

/* The article at a place of index->order of which something was wanted. */
const struct shown *pieces_shown(const struct pieces *pieces, uint32_t place);

/* Of its piece, in bytes. */
size_t pieces_size(const struct pieces *pieces, const struct shown *shown, size_t format, enum piece_kind kind);
/* Appends its piece. false when it cannot be read back. */
MUST_CHECK bool pieces_append(const struct pieces *pieces, const struct shown *shown, size_t format,
                              enum piece_kind kind, struct buf *buf);

#endif
