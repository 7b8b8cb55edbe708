#ifndef PINDAO_ASSEMBLE_KEY_H
#define PINDAO_ASSEMBLE_KEY_H

#include "base/buf.h"
#include "base/hash.h"
#include "model/article.h"
#include "model/site.h"

/*
 * What an article is known by, for ever, in one of three name spaces:
 *     id/…   its own id, percent-encoded where a URI needs it
 *     url/…  its declared address without what changes over the years (uri_append_key)
 *     doc/…  32 hex digits of SHA-256 over its day and the letters (with their marks) and digits of its folded title,
 * or the whole of a title that has none; never its source or body, which are corrected, moved and copied The rules
 * behind these are closed: readers remember ids, so a change would show every article anew.
 */
void article_append_key(const struct article *article, struct buf *key);

/* "tag:feeds.example.org,2026:url/…": RFC 4151. */
void entry_append_id(const struct site *site, struct slice key, struct buf *id);
/* "tag:feeds.example.org,2026:channel/putuo/ic/". */
void channel_append_id(const struct site *site, struct slice path, struct buf *id);
/* "tag:feeds.example.org,2026:district": the scheme of a taxonomy's categories. */
void scheme_append(const struct site *site, struct slice taxonomy, struct buf *scheme);

#endif
