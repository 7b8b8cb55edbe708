#include "render/page_values.h"
#include "render/pages.h"

/* Of what stood there it says nothing but that it is gone, and search engines are to forget it. */
void page_render_withdrawn(const struct templates *templates, const struct withdrawn_page *page, struct buf *buf) {
    const struct page_about about = {
        .path = page->path,
        .name = interface_text_of(&templates->text, "withdrawn"),
        .noindex = true,
    };
    CLEANUP(page_values_release) struct page_values values = page_values_new(templates, &about);
    page_values_add(&values, "date", page_date(templates, page->at, &values.arena));
    page_values_render(&values, TEMPLATE_WITHDRAWN, buf);
}
