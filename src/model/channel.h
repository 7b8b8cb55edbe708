#ifndef PINDAO_MODEL_CHANNEL_H
#define PINDAO_MODEL_CHANNEL_H

#include "base/vec.h"
#include "model/taxonomy.h"

/* One item of `channels:`, a rule that makes one channel or, with each, one for every term or pair of terms. */
struct channel_condition {
    const struct taxonomy *taxonomy;
    const uint16_t *any; /* at least one of these; none given: no demand */
    size_t any_count;
    const uint16_t *all; /* all of these */
    size_t all_count;
    const uint16_t *none; /* none of these */
    size_t none_count;
};

/* How long the time is that one page of a channel's archive covers, by the site's calendar. */
enum archive_period {
    ARCHIVE_NONE,
    ARCHIVE_MONTH,
    ARCHIVE_DAY,
};

struct channel_rule {
    struct slice path;  /* "/{district}/{topic}/": {taxonomy} is the term's id */
    struct slice title; /* {taxonomy} is the term's label, {taxonomy.short} its short; empty: labels joined by " · " */
    struct slice subtitle; /* the same; optional */
    bool all;              /* every article; else each and where decide */
    const struct taxonomy *each[4];
    size_t each_count;
    const struct channel_condition *where; /* all of them hold */
    size_t where_count;
    unsigned items;     /* the head has at least so many entries … */
    unsigned days;      /* … and everything of so many days before its newest */
    uint64_t max_bytes; /* of cleaned text; beyond it, entries show their summaries; 0: no limit */
    enum archive_period archive;
    unsigned list_from; /* from how many entries the OPML lists it; 0: always */
    struct word_place place;
};

/* One channel: a path for ever, filled or not. */
struct channel {
    const struct channel_rule *rule;
    struct slice path;  /* "/putuo/ic/": begins and ends with / */
    struct slice title; /* "普陀区 · 集成电路", without the site's name */
    struct slice subtitle;
    uint16_t terms[4];     /* of rule->each */
    size_t matching;       /* how many articles belong to it, shown in the head or not */
    VEC(uint32_t) entries; /* numbers in the sorted index, newest first */
    size_t full_count;     /* the first so many are shown in full, the rest as summaries (max_bytes) */
};

#endif
