#include "cmd/page_links.h"

void page_links_release(struct page_links *links) {
    vec_release(&links->items);
    arena_release(&links->arena);
}

void page_links_add(struct page_links *links, struct slice path, int64_t updated) {
    vec_push(&links->items, (struct page_link){arena_copy(&links->arena, path), updated});
}
