#ifndef PINDAO_CMD_RECALL_H
#define PINDAO_CMD_RECALL_H

#include "cmd/corpus.h"

/*
 * What the cache knows of the pieces of the sources: the records that were made of a piece, and what was wrong in it.
 * A piece whose file is the one that it was, and that nothing has changed for in configuration and corrections, is not
 * read again.
 *
 * In the cache stands a row (store/cache.h, packs) for each piece of a large file, and one for about a thousandth of
 * all others, by the hash of their paths: a hundred thousand small files are a thousand rows, and one of them that
 * changes costs one row. Which row a piece is in depends on nothing else.
 */

/* What a piece leaves behind, to be put in order when all are done. */
struct corpus_piece {
    struct index_runs runs;
    struct diagnostics *diagnostics; /* until they are gathered; NULL for none */
    struct named_articles named;
    VEC(uint64_t) aliases; /* one a record that was read, as corrections_alias gives it; none where all are 0 */
    size_t records;        /* that were read */
    struct slice packed;   /* its diagnostics, as bytes on the heap; empty for none */
    struct ingest_result result;
    bool done;
    bool recalled;
    bool is_unread;       /* its file could not be read, or changed meanwhile: the next run looks again */
    bool refuses_by_text; /* an article was refused for what a correction may change */
    bool is_first_seen;   /* an article of it got its date from this run, which the history may lose before the next */
};

struct recall {
    struct corpus *corpus;
    struct corpus_piece *pieces; /* of corpus->plan, in its order */
    uint64_t fingerprint;
    uint64_t *source_fingerprints; /* of settings->sources */
    struct map files;              /* path → number in the plan, of the first file of this path */
    uint32_t *next_files;          /* the next one of the same path, plus 1: two sources may match it */
    VEC(uint64_t) changed;         /* names whose corrections are others than they were; ascending */
    VEC(struct recall_row) rows;   /* that the cache has */
    VEC(struct hash128) gone;      /* keys in pieces that are no longer as they were; ascending when all are there */
    bool is_overfull;              /* too many to keep: nothing is known of keys */
    bool *changed_files;           /* append: whose old lines are no longer what they were */
};

/* In the cache: the hash of the manifest of the tree that was made of what it knows. */
#define RECALL_TREE "tree"

/* What is known of a file that would have to be spooled: for ingest_plan_cut, `context` is a struct recall. */
bool recall_text(void *context, const struct ingest_file *file, struct ingest_text *text, uint64_t *ret_size);

/* Before the plan is cut: files, fingerprints. */
void recall_begin(struct recall *recall, struct corpus *corpus);
/*
 * Puts the records of all pieces that are as they were into the index, and says so in `pieces`, one a piece of the
 * plan, zeroed. Reports files whose `append: true` was broken.
 */
void recall_pieces(struct recall *recall, struct corpus_piece *pieces, struct diagnostics *diagnostics);
/* Did an earlier run have an article of this key, in a piece that is being read anew? */
bool recall_knows(const struct recall *recall, struct hash128 key);
/* Of the record that a piece got last. */
void recall_note_alias(struct corpus_piece *piece, uint64_t alias);
/* Of a piece that was read, while its diagnostics are there: keeps what recall_remember needs of them. */
void recall_note_piece(struct corpus_piece *piece);
void corpus_piece_release(struct corpus_piece *piece);
/*
 * A source has changed since the pieces were recalled: which append files have other old lines than they had? Reports
 * them; `corpus` is as it was read.
 */
void recall_report_broken(const struct corpus *corpus, struct diagnostics *diagnostics);
/* When all pieces are there, and before anything changes their records: for the next run. */
void recall_remember(struct recall *recall);
void recall_release(struct recall *recall);

#endif
