#ifndef PINDAO_RENDER_CONTENT_H
#define PINDAO_RENDER_CONTENT_H

#include "model/feed.h"
#include "render/templates.h"

/* The article names an image that its body does not show. */
bool content_wants_image(const struct entry *entry);

/*
 * What goes into an entry's content, the same in all formats and channels: what the template entry.html makes of it. An
 * entry without a body has none, whatever the template says: rights allow no more. Appends.
 *
 * All addresses in it are absolute, for readers show it anywhere.
 */
void content_render(const struct templates *templates, const struct entry *entry, struct buf *buf);

#endif
