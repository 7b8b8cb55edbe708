#ifndef PINDAO_MODEL_ARTICLE_KEY_H
#define PINDAO_MODEL_ARTICLE_KEY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "model/site.h"

/*
 * The keys of articles as far as they are spelled in one place only (assemble/key.h says which one an article has), and
 * the ways in which people name an article: its own id, its address, its key as feeds show it, its whole tag: URI, or,
 * where it has no address, that of the page that it has here (model/page.h).
 */

/* "id/…": an own id, percent-encoded where a URI needs it, # and % too. */
void own_id_append_key(struct slice id, struct buf *key);
/* "url/…": an address without what changes over the years. false (and nothing appended) when it is no web address. */
MUST_CHECK bool address_append_key(struct slice address, struct buf *key);

/*
 * The keys that a name may mean, the likeliest first. More than one, because an own id may look like anything: that of
 * an imported article is often an address. The keys live in the arena.
 *
 * A page's address, whole or from "article/" on, with or without a query or fragment, "/" or "./" in front, has but the
 * beginning of the hash of its entry's key: it means what that begins, where no key means anything: an article may have
 * an address of this site as its own.
 */
enum { NAME_KEYS_MOST = 2 };
struct name_keys {
    struct slice keys[NAME_KEYS_MOST];
    size_t count;
    bool has_page;
    struct hash128 page; /* as article_page_parse_path gives it */
};
struct name_keys name_keys_of(const struct site *site, struct slice name, struct arena *arena);

#endif
