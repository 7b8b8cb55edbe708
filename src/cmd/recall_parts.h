#ifndef PINDAO_CMD_RECALL_PARTS_H
#define PINDAO_CMD_RECALL_PARTS_H

#include "cmd/recall.h"

/* What reading and writing the rows of the cache have in common; for cmd/recall*.c only. Numbers are this machine's. */

/* A row of the cache, and whether it can stay as it is. */
struct recall_row {
    uint64_t bucket;
    uint32_t part;
    uint32_t pieces; /* that are in it, and were recalled */
    bool is_stale;   /* something in it is not so any more */
};

/* Facts begin with the label sets of the row (their number, the words of each, the sets); then for each piece: */
struct piece_facts {
    struct file_identity identity;
    uint64_t source, fingerprint;
    uint64_t begin, end;
    uint32_t path_size, diagnostics_size;
    uint32_t records, refused, lines;
    uint8_t is_closed, is_settled, has_aliases, refuses_by_text;
    /* behind it: path, diagnostics, aliases (8 bytes a record) where it has them */
};

/* A piece as a row has it. */
struct stored_piece {
    struct piece_facts facts;
    struct slice path, diagnostics, aliases;
};

void recall_append(struct buf *buf, const void *bytes, size_t size);
/* All take from the front of *rest, and return false where it does not hold so much. */
MUST_CHECK bool recall_take_bytes(struct slice *rest, void *ret_bytes, size_t size);
MUST_CHECK bool recall_take_slice(struct slice *rest, size_t size, struct slice *ret_slice);
MUST_CHECK bool recall_take_piece(struct slice *rest, struct stored_piece *ret_piece);
/* Of one of its records; 0 for none. */
uint64_t recall_alias_at(const struct stored_piece *piece, size_t record);

/* On the heap, for corpus_piece.packed. */
struct slice recall_copy_packed(struct slice packed);

/* Where a piece is kept. */
struct home {
    uint64_t bucket;
    uint32_t part;
    uint32_t piece;
};

struct home recall_home_of(const struct recall *recall, size_t number);

/* What each name is told by corrections, as bytes to be compared and kept under RECALL_CORRECTIONS. */
#define RECALL_CORRECTIONS "corrections"
void recall_list_corrected(const struct corpus *corpus, struct buf *buf);
/* Fills recall->changed. */
void recall_compare_corrections(struct recall *recall);
bool recall_is_changed(const struct recall *recall, uint64_t name);

void recall_remember_texts(const struct recall *recall);

#endif
