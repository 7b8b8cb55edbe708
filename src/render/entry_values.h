#ifndef PINDAO_RENDER_ENTRY_VALUES_H
#define PINDAO_RENDER_ENTRY_VALUES_H

#include "base/arena.h"
#include "model/feed.h"
#include "render/templates.h"

/*
 * An entry as pages show it, {{entry.title}} and so on (doc/templates.md): the same on every page, so that it can be
 * rendered once. Addresses of others are absolute, those within the tree relative to its top.
 */
enum { ENTRY_MEMBERS_MOST = 24 };
struct entry_members {
    struct mustache_member items[ENTRY_MEMBERS_MOST];
    size_t count;
};

/* What an item of a list shows. The entry, and the arena for what is new, must last until it is rendered. */
void entry_members_begin(struct entry_members *members, const struct templates *templates, const struct entry *entry,
                         struct arena *arena);
/* What the page of the article says beyond that: authors, related, has_related, updated. */
void entry_members_add_details(struct entry_members *members, const struct templates *templates,
                               const struct entry *entry, struct arena *arena);

/*
 * Did this author write it? Feeds must name one, and name the site's where an article has none (RFC 4287, 4.1.1); that
 * is no reason to tell people that the site wrote what it took from others.
 */
bool entry_is_by(const struct site *site, const struct author *author);

/* "1.2 MB", in powers of 1,000; empty for 0, which means unknown. Appends. */
void entry_append_size(struct buf *buf, uint64_t bytes);

#endif
