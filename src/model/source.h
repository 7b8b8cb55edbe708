#ifndef PINDAO_MODEL_SOURCE_H
#define PINDAO_MODEL_SOURCE_H

#include "model/article.h"
#include "model/taxonomy.h"

/* One item of `sources:`. */
enum content_policy {
    CONTENT_FULL,
    CONTENT_SUMMARY,
    CONTENT_TITLE,
};

enum source_order {
    ORDER_OLDEST_FIRST, /* a file that grows at its end: later is newer */
    ORDER_NEWEST_FIRST, /* a list page: earlier is newer */
};

/* Fields of an article by name, as in front matter, JSON Lines and `fields:`. */
enum article_field {
#define ARTICLE_FIELD(id, name) ARTICLE_FIELD_##id,
#include "model/article_fields.def"
#undef ARTICLE_FIELD
    ARTICLE_FIELD_COUNT
};

struct source {
    struct slice files; /* the pattern, relative to the configuration's folder */
    const char
        *reader; /* "markdown", "jsonl", "listing"; never NULL once loaded (from the name's ending where not given) */
    struct slice fields[ARTICLE_FIELD_COUNT];   /* the name that this source uses; empty: the field's own */
    struct slice defaults[ARTICLE_FIELD_COUNT]; /* values for fields that an article does not have; scalars */
    const struct label *labels;                 /* from defaults: labels of each article without its own */
    size_t label_count;
    enum content_policy content;
    enum source_order order;
    enum body_format format; /* of bodies that do not say theirs */
    struct slice encoding;   /* "utf-8", "gb18030", "big5": lower case */
    bool simplified;         /* convert: simplified: traditional text is shown so */
    bool undated;            /* first-seen: articles without a date are taken, as in `clean` */
    bool withdraw_vanished;  /* an article that is in no source any more is withdrawn */
    bool append;             /* promise: old lines never change */
    bool alone;              /* duplicates: no: its articles are copies of nobody's */
    int64_t expect;          /* seconds; 0: nothing expected */
    struct word_place place;
};

const char *article_field_name(enum article_field field);
/* ARTICLE_FIELD_COUNT when there is none of this name. */
enum article_field article_field_find(struct slice name);

#endif
