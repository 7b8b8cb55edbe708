#ifndef PINDAO_MODEL_ARTICLE_H
#define PINDAO_MODEL_ARTICLE_H

#include "base/date.h"
#include "base/slice.h"

/*
 * One article as its source has it, every string already through the choke point (text/choke.h). All strings are
 * borrowed from the arena (or the input) of whoever read it. An absent field is an empty slice.
 */
enum body_format {
    BODY_TEXT,
    BODY_MARKDOWN,
    BODY_HTML,
};

struct author {
    struct slice name;
};

struct enclosure {
    struct slice url;
    struct slice type; /* "audio/mpeg" */
    uint64_t length;   /* bytes; 0 when unknown, as RSS wants it */
};

/* What an article (or the defaults of its source, or a correction) says about one taxonomy. */
enum label_change {
    LABEL_IS,     /* all LABEL_IS together replace what the rules say */
    LABEL_ADD,    /* +putuo */
    LABEL_REMOVE, /* -putuo */
};
struct label {
    struct slice taxonomy; /* its id, "district" */
    struct slice term;     /* id, label or short; empty with LABEL_IS: `[]`, none at all */
    enum label_change change;
};

/*
 * What `pindao classify` wrote into the article's line: labels that rules decided on, unlike article.labels, which
 * somebody gave. They are worth what the rules would say now only if rules and article are still those
 * (cmd/labelling.h).
 */
struct rule_labels {
    uint64_t rules;   /* taxonomies_hash */
    uint64_t article; /* of what the rules saw of it */
    const struct label *items;
    size_t count;
    bool present;
};

struct article {
    struct slice id;
    struct slice url;
    struct slice entry_id; /* what its feed calls it, beside an address that it is known by; to be withdrawn by */
    struct slice title;
    struct timestamp date;
    struct timestamp updated;
    struct slice summary;
    struct slice body;
    enum body_format format;
    const struct author *authors;
    size_t author_count;
    struct slice source_name;
    struct slice source_url;
    struct slice column;   /* without its 【】 */
    struct slice language; /* RFC 5646 tag */
    const struct slice *tags;
    size_t tag_count;
    struct slice image; /* address */
    struct enclosure enclosure;
    const struct label *labels;
    size_t label_count;
    struct rule_labels rule_labels;
    bool withdrawn;
};

/* Where an article stands, so that it can be read again: `size` bytes at `offset` of file number `file` of the ingest
 * plan. */
struct location {
    uint32_t file;
    uint32_t size;
    uint64_t offset;
};

#endif
