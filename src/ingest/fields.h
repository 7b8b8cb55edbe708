#ifndef PINDAO_INGEST_FIELDS_H
#define PINDAO_INGEST_FIELDS_H

#include "diag/diag.h"
#include "ingest/labelled_by.h"
#include "model/source.h"

/*
 * From named values as a source wrote them (JSON, front matter, a listing) to an article: the one place that knows
 * which shapes a field may have, what is required, and what is left out with a warning.
 */
enum raw_kind {
    RAW_ABSENT, /* not there, or null */
    RAW_TEXT,   /* also numbers, and everything that YAML calls a scalar */
    RAW_WORD,   /* true or false of JSON: an answer to `withdrawn`, no text */
    RAW_LIST,
    RAW_MAPPING,
};

struct raw_item;
struct raw_value {
    enum raw_kind kind;
    unsigned line; /* where it stands; 0: at byte `offset` of the record's line */
    unsigned column;
    size_t offset;
    struct slice excerpt; /* its line; may be empty */
    struct slice text;
    const struct raw_item *items; /* of a list or mapping */
    size_t count;
};
struct raw_item {
    struct slice name; /* empty in a list */
    struct raw_value value;
};

struct raw_article {
    struct place place;  /* of the record's first line */
    struct slice record; /* for columns of values that have none of their own; may be empty */
    struct raw_value fields[ARTICLE_FIELD_COUNT];
    const struct raw_item *labels; /* name: the taxonomy's id */
    size_t label_count;
    struct labelled_by labelled_by;     /* with is_labelled: the article went through `pindao classify` … */
    const struct raw_item *rule_labels; /* … which wrote these; `labels` are those that had been given by hand */
    size_t rule_label_count;
    bool is_labelled;
    enum body_format format; /* of a body that does not say its own */
    size_t broken;           /* characters that the reader itself replaced by U+FFFD */
    size_t dropped;          /* forbidden characters that it dropped */
};

/* The field that this source calls so; ARTICLE_FIELD_COUNT when there is none. */
enum article_field fields_find(const struct source *source, struct slice name);

/* What this source calls the field. */
struct slice fields_name(const struct source *source, enum article_field field);

/*
 * Chokes, checks, fills in defaults. false after reporting one REFUSED diagnostic; warnings may come with either.
 * Strings of the article are in the arena or where the raw ones were.
 */
MUST_CHECK bool fields_to_article(const struct source *source, const struct raw_article *raw, struct arena *arena,
                                  struct diagnostics *diagnostics, struct article *ret_article);

#endif
