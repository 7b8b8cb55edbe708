/* RFC 9309. Everything may be read; what search engines are not to list, withdrawn articles, says so itself. */
#include "render/page_values.h"
#include "render/pages.h"

void robots_render(const struct templates *templates, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf name = BUF(64);
    sitemap_append_name(0, &name);
    buf_append_string(buf, "User-agent: *\nDisallow:\n\nSitemap: ");
    buf_append_slice(buf, page_address(templates, buf_slice(&name), &arena));
    buf_append_byte(buf, '\n');
}
