#ifndef PINDAO_CMD_PAGE_LINKS_H
#define PINDAO_CMD_PAGE_LINKS_H

#include "base/arena.h"
#include "base/vec.h"
#include "model/page.h"

/* The pages that sitemap.xml lists, with the latest date of what each shows. A zeroed one is empty. */
struct page_links {
    struct arena arena; /* owns the paths */
    VEC(struct page_link) items;
};
void page_links_release(struct page_links *links);

/* The path is copied. For one thread. */
void page_links_add(struct page_links *links, struct slice path, int64_t updated);

#endif
