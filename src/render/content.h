#ifndef PINDAO_RENDER_CONTENT_H
#define PINDAO_RENDER_CONTENT_H

#include "model/feed.h"
#include "render/templates.h"

/*
 * What goes into an entry's content, the same in all formats and channels: what the template entry.html makes of the
 * entry, whose `content` is the body. An entry without a body has none, whatever the template says: rights allow no
 * more. Appends.
 *
 * All addresses in it are absolute, for readers show it anywhere.
 */
void content_render(const struct templates *templates, const struct entry *entry, struct buf *buf);

#endif
