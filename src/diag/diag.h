#ifndef PINDAO_DIAG_DIAG_H
#define PINDAO_DIAG_DIAG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "base/vec.h"

/*
 * Where problems go. Whoever knows the place reports, once, into a `struct diagnostics`; who started the work
 * decides what it means for the exit code. To add one: a row in diagnostics.def, a paragraph in pindao(1)
 * (tests/diag holds the two lists together), a case that provokes it.
 *
 * Not thread-safe: one collector a job, appended in job order (diagnostics_append), so that output does not depend on
 * threads.
 */
enum diagnostic_id {
#define DIAGNOSTIC(id, name, severity, text, advice) DIAGNOSTIC_##id,
#include "diag/diagnostics.def"
#undef DIAGNOSTIC
    DIAGNOSTIC_COUNT
};

enum severity {
    SEVERITY_NOTE,    /* worth knowing, shown with -v or on a terminal */
    SEVERITY_WARNING, /* something was repaired or looks wrong; exit code unaffected (--strict: 65) */
    SEVERITY_REFUSED, /* an article or a source file was left out; exit 65 */
    SEVERITY_ERROR,   /* the run cannot go on, or must not publish */
};

/* line and column are 1-based; 0 means not known and is not shown. Columns count characters. */
struct place {
    struct slice file;
    unsigned line;
    unsigned column;
};

struct diagnostic {
    enum diagnostic_id id;
    struct place place;
    struct slice detail;     /* this case: a name, a value; may be empty */
    struct slice excerpt;    /* the line of the file itself, without its end; may be empty */
    unsigned excerpt_column; /* of the excerpt's first character: over 1 where a long line was cut */
    struct slice hint;       /* «did you mean …»; may be empty */
    bool known;              /* an earlier run has reported it: see diagnostics_new */
};

enum {
    DIAGNOSTICS_MOST = 1000, /* of one kind that are kept; the rest is counted */
    DIAGNOSTICS_SHOWN = 100, /* … that diagnostics_print shows, known ones not counted */
};

struct diagnostics {
    struct arena arena; /* owns all strings below */
    VEC(struct diagnostic) items;
    size_t counts[SEVERITY_ERROR + 1];
    size_t dropped; /* past DIAGNOSTICS_MOST of one id, only counted */
    size_t per_id[DIAGNOSTIC_COUNT];
    size_t known[DIAGNOSTIC_COUNT]; /* of per_id: what an earlier run has reported; whoever knows that counts them */
};

void diagnostics_release(struct diagnostics *diagnostics);

/* "" is how a caller says that there is no detail. */
#pragma GCC diagnostic ignored "-Wformat-zero-length"

/* Reports. The format gives the detail ("" for none); everything is copied. Returns the item for an excerpt or a
 * hint to be added by diag_excerpt/diag_hint, NULL when it was only counted. */
struct diagnostic *diag_report(struct diagnostics *diagnostics, enum diagnostic_id id, struct place place,
                               const char *format, ...) PRINTF_LIKE(4, 5);
/* Both do nothing for NULL. The excerpt is cut at 200 characters around the column, with an ellipsis where it was. */
void diag_excerpt(struct diagnostics *diagnostics, struct diagnostic *item, struct slice line);
void diag_hint(struct diagnostics *diagnostics, struct diagnostic *item, const char *format, ...) PRINTF_LIKE(3, 4);

/* Adds `line_base` to the lines of *from's items and moves them behind those of *to; *from is empty afterwards. */
void diagnostics_append(struct diagnostics *to, struct diagnostics *from, unsigned line_base);

/* How many of this severity no earlier run has reported; and how many of at least this severity one has. */
size_t diagnostics_new(const struct diagnostics *diagnostics, enum severity severity);
size_t diagnostics_known(const struct diagnostics *diagnostics, enum severity least);

/* Facts from the table. */
const char *diagnostic_name(enum diagnostic_id id); /* "title-missing" */
enum severity diagnostic_severity(enum diagnostic_id id);
const char *diagnostic_text(enum diagnostic_id id);
const char *diagnostic_advice(enum diagnostic_id id); /* "" for none */

/*
 * For people: `file:line:col: severity: text: detail [name]`, then the line with a caret, the hint, and the
 * advice of each kind once. Items below `least`, and known ones, are left out. Behind them, a line for each kind that
 * had too many. What came from files is shown as it is, except that control characters, bidi controls and bytes that
 * are no UTF-8 become \xNN or \u{NNNN}: a headline must not be able to work the operator's terminal.
 */
void diagnostics_print(const struct diagnostics *diagnostics, enum severity least, struct buf *buf);

/*
 * The candidate nearest to `word` by edit distance in characters (two neighbours exchanged are one edit), at most a
 * third of its length away; the first of several; empty slice when none.
 */
struct slice diag_nearest(struct slice word, const struct slice *candidates, size_t count);

#endif
