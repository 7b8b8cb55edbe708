#ifndef PINDAO_INGEST_SOURCE_H
#define PINDAO_INGEST_SOURCE_H

#include "base/arena.h"
#include "base/file.h"
#include "diag/diag.h"
#include "model/settings.h"

/*
 * From files to articles.
 *
 * To add a reader: one file ingest/NAME.c with a `struct reader`, one row in the table of ingest/source.c, a paragraph
 * in feeds.yaml(5), a golden case. A reader has two halves, so that one article can be read again alone: `next` finds
 * where records begin and end, `parse` makes an article of one record's bytes. parse is a pure function of those bytes
 * and the source's settings.
 */
struct record_bounds {
    size_t begin, end; /* bytes in the piece of text */
    unsigned line;     /* 1-based, within the piece, of the record's first line */
    bool too_large;    /* over RECORD_MOST: to be refused without parsing */
};
enum { RECORD_MOST = 1 << 20 /* bytes */ };

struct reader {
    const char *name;
    bool by_line;        /* every line is a record: a file may be cut at line ends and read in pieces, on all cores */
    const char *endings; /* of file names that choose this reader when the source names none: ".md .markdown" */
    /*
     * The first record at or after *position (then moved behind it; *line is kept at the line of *position). false at
     * the end. `text` is a whole file, or for by_line a piece that starts at a line's start and ends at a line's end or
     * the file's.
     */
    bool (*next)(struct slice text, size_t *position, unsigned *line, struct record_bounds *ret_bounds);
    /*
     * The article, choked, with required fields present. false after reporting. `place` is the record's first line.
     * `taxonomies`: whose ids are fields too (labels). Strings are in the arena, in `record`, or the source's.
     */
    bool (*parse)(const struct source *source, const struct taxonomies *taxonomies, struct slice record,
                  struct place place, struct arena *arena, struct diagnostics *diagnostics,
                  struct article *ret_article);
    /*
     * For `clean --report`: appends what parse drops and repairs of the record, a line of `file:line: what: text` for
     * each. NULL for readers of articles that are clean already.
     */
    void (*describe)(struct slice record, struct place place, struct arena *arena, struct buf *report);
    /* Its files are documents of which no part can be read alone: feeds (feed.h). They are spooled as lines, always,
     * and `next` and `parse` see those. */
    bool is_feed;
};

/* The table. NULL-terminated names for configuration: reader_names(&count). */
const struct reader *reader_find(const char *name);
const char *const *reader_names(size_t *ret_count);

/*
 * What is to be read: every file of every source, in order, cut into pieces that can be read independently. Gzip files
 * and files in another encoding are spooled, as UTF-8, feeds as lines, into an unnamed temporary file in
 * `spool_folder`, or where there is room for one: before they are cut, or, where the size of their text is known from
 * an earlier run, when one of their articles is read again. Files that cannot be read are reported and left out; where
 * that is no fault of theirs, by READING_FAILED, here as in ingest_piece_read: then nothing that was read may be
 * published.
 */
struct ingest_spool; /* ingest/plan.c */
struct ingest_text {
    struct ingest_spool *spool;
    bool compressed;
    bool is_there; /* in the spool: else to be put there */
    bool damaged;
    uint64_t begin;        /* where in the spool its text begins */
    size_t invalid;        /* bytes that were no text … */
    unsigned invalid_line; /* … the first in this line */
};

struct ingest_file {
    const char *path; /* as messages show it */
    const struct source *source;
    const struct reader *reader;
    struct file_identity identity;
    uint64_t size;            /* bytes, of the spooled text where there is one */
    struct ingest_text *text; /* NULL: the file itself is read */
    size_t first_piece, piece_count;
};

struct ingest_piece {
    uint32_t file;
    uint64_t begin, end; /* records that begin in [begin, end) */
};

struct ingest_plan {
    struct arena arena;
    const struct settings *settings;
    VEC(struct ingest_file) files;
    VEC(struct ingest_piece) pieces; /* in order of file, then begin */
    struct ingest_spool *spool;      /* of all files: descriptors are few */
    int64_t looked;                  /* ns of the clock before the first file was looked at */
    struct file_identity history;    /* which no source reads; zeroed: there is none */
    struct file_identity *kept;      /* files in settings.kept_folder, which no pattern matches */
    size_t kept_count;
    bool *incomplete; /* by the number of the source: a file or folder could not be read, or there is none at all */
};

enum {
    PIECE_SIZE = 1 << 20,  /* bytes of a by_line file that one job reads */
    WHOLE_MOST = 16 << 20, /* bytes of a file that is read as a whole */
};

void ingest_plan_make(struct ingest_plan *ret_plan, const struct settings *settings, const char *spool_folder,
                      struct diagnostics *diagnostics);
/*
 * The two halves of it. Listing opens no file: it costs a look at each. `known` is asked for files that would have to
 * be spooled: true with *ret_size and what is said of it in *text, from an earlier run on the same bytes.
 */
void ingest_plan_list(struct ingest_plan *ret_plan, const struct settings *settings, const char *spool_folder,
                      struct diagnostics *diagnostics);
void ingest_plan_cut(struct ingest_plan *plan,
                     bool (*known)(void *context, const struct ingest_file *file, struct ingest_text *text,
                                   uint64_t *ret_size),
                     void *context, struct diagnostics *diagnostics);
void ingest_plan_release(struct ingest_plan *plan);

/*
 * Where the text of a file stands that has one (file->text): a descriptor, and where it begins there. It is spooled now
 * if it was not. false when that fails, or there is not as much of it as the plan says. Thread-safe.
 */
MUST_CHECK bool ingest_text_place(const struct ingest_file *file, int *ret_descriptor, uint64_t *ret_begin);

/* What one thread keeps from piece to piece. Zeroed at first. */
struct ingest_worker {
    struct arena arena; /* of the article at hand; cleared before the next */
    struct buf text;
    unsigned line;      /* for `take`: the first line of the article at hand, counted from the piece's start */
    uint32_t open_file; /* number + 1 of the file that `descriptor` is open on; 0: none */
    int descriptor;
};
void ingest_worker_release(struct ingest_worker *worker);

/*
 * Reads a piece: `take` is called for every article in order; everything it gets lives until it returns. `bytes` is the
 * record as it stands in the file (or spool) for hashing. Lines in diagnostics count from the piece's start; *ret_lines
 * is how many lines the piece has, so that the caller, who knows the pieces before it, can correct them
 * (diagnostics_append): a line belongs to the piece in which it begins. `refused` counts articles that were left out.
 */
struct ingest_result {
    unsigned lines;
    size_t refused;
    bool is_closed; /* its last line has a line end: what is appended to the file changes nothing in this piece */
};
void ingest_piece_read(const struct ingest_plan *plan, size_t piece, struct ingest_worker *worker,
                       void (*take)(void *context, const struct article *article, struct location location,
                                    struct slice bytes),
                       void *context, struct diagnostics *diagnostics, struct ingest_result *ret_result);

/*
 * One article again, by its location. false when the bytes there are no longer those with this content hash (the low
 * half of hash64): the file has changed since. `bytes` and all strings live in the arena.
 */
MUST_CHECK bool ingest_read_again(const struct ingest_plan *plan, struct location location, uint32_t content_hash,
                                  struct arena *arena, struct article *ret_article);

#endif
