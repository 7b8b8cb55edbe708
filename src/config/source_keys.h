#ifndef PINDAO_CONFIG_SOURCE_KEYS_H
#define PINDAO_CONFIG_SOURCE_KEYS_H

#include "config/sections.h"

/* An item of `sources:` as it is written; inside of sources.c and upstreams.c. */
struct source_keys {
    struct slice files, url, name;
    const struct node *reader, *fields, *defaults, *duplicates, *keep, *authorization;
    unsigned content, order, format, encoding, convert, undated, vanished;
    bool append, allow_private;
    int64_t expect, every, complain_after;
};

enum { EVERY_USUALLY = 30 * 60 /* seconds */, COMPLAIN_AFTER_USUALLY = 24 * 60 * 60 };

/*
 * Does it have a url, and no files? What it has of both, of neither, and keys that belong to the other kind are
 * reported.
 */
MUST_CHECK bool source_is_of_url(struct loading *loading, const struct node *node);

/* What only upstreams have, and the kept file that stands for them: its name and reader. */
void upstream_keys_read(struct loading *loading, const struct node *node, const struct source_keys *keys,
                        struct source *source);

/* No two sources keep their articles in one file. `list` is the node of `sources:`. */
void upstream_names_check(struct loading *loading, const struct node *list);

#endif
