#ifndef PINDAO_MODEL_SOURCE_H
#define PINDAO_MODEL_SOURCE_H

#include "base/arena.h"
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

/*
 * What a source over HTTP has besides. Its articles are kept, as JSON Lines, in a file of ours (store/kept.h), which is
 * what the source's `files` names and its `reader` (jsonl) reads, like those of any other source: only fetching knows
 * that there is an upstream.
 */
struct upstream {
    struct slice url;                         /* empty: there is none, `files` are the operator's */
    struct slice name;                        /* of the kept file, without its ending; unique; [a-z0-9][a-z0-9._-]* */
    const char *reader;                       /* of what the upstream answers: "feed", "jsonl", "listing", "page" */
    struct slice fields[ARTICLE_FIELD_COUNT]; /* names in what it answers; the kept file has the fields' own */
    enum source_order order;                  /* of what it answers; the kept file is oldest first */
    struct slice encoding;                    /* that it is in, whatever it says; empty: as it says */
    struct slice authorization;               /* reference to the value of the header (net/secret.h); may be empty */
    int64_t every;                            /* seconds between two requests, at least */
    int64_t keep;           /* seconds: what upstream shows no more goes when its date is so old; INT64_MAX: never; 0:
                               at once */
    int64_t complain_after; /* seconds that it may be down before that is worth an exit code */
    bool allow_private;     /* its address need not be public */
};

struct source {
    /* The pattern, relative to the configuration's folder. With an upstream "upstream/NAME.jsonl", which names the
     * source in the history and the cache for ever; where the file lies, source_pattern says. */
    struct slice files;
    const char
        *reader; /* "markdown", "jsonl", "listing"; never NULL once loaded (from the name's ending where not given) */
    struct upstream upstream;
    struct slice fields[ARTICLE_FIELD_COUNT];   /* the name that this source uses; empty: the field's own */
    struct slice defaults[ARTICLE_FIELD_COUNT]; /* values for fields that an article does not have; scalars */
    const struct label *labels;                 /* from defaults: labels of each article without its own */
    size_t label_count;
    enum content_policy content;
    enum source_order order;
    enum body_format format; /* of bodies that do not say theirs */
    struct slice encoding;   /* "utf-8", "gb18030", "big5": lower case; empty: UTF-8, of feeds what they say */
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

/* As people know it: its address, or its pattern of files. */
struct slice source_shown(const struct source *source);

/* The paths that are to be looked for: `files` in the configuration's folder, or, without wildcards that count, the
 * file in which an upstream's articles are kept (settings.kept_folder). In the arena. */
const char *source_pattern(const struct source *source, const char *folder, const char *kept_folder,
                           struct arena *arena);

#endif
