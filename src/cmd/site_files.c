#include "cmd/site_files.h"

#include "base/file.h"
#include "render/format.h"
#include "render/pages.h"

#include <unistd.h>

static const char text_type[] = "text/plain; charset=utf-8";

bool site_file_is_given(const struct settings *settings, struct slice path) {
    struct slice folder = settings->output.copied_folder;
    CLEANUP(arena_release) struct arena arena = {0};
    if (folder.size == 0)
        return false;
    const char *given = file_join(&arena, settings->folder, arena_copy(&arena, folder).data);
    return access(file_join(&arena, given, arena_copy(&arena, path).data), F_OK) == 0;
}

void site_file_put(const struct tree_making *making, struct slice path, struct slice bytes, const char *type) {
    if (!site_file_is_given(making->corpus->settings, path) && !output_is_foreign(making->output, path))
        output_put(making->output, path, bytes, type);
}

static void write_stylesheet(const struct tree_making *making) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    templates_render_stylesheet(making->corpus->templates, &text);
    site_file_put(making, SLICE("feed.css"), buf_slice(&text), "text/css; charset=utf-8");
}

/* What a host is told of feeds: of each that it has hubs. */
static void append_feeds(const struct tree_making *making, struct buf *buf) {
    const struct settings *settings = making->corpus->settings;
    for (size_t i = 0; i < making->channels->items.count; i++)
        for (size_t k = 0; k < settings->output.format_count; k++) {
            const struct format *format = format_find(settings->output.formats[k]);
            if (format->is_feed)
                headers_append_feed(&settings->site, making->channels->items.items[i].path, format->file_name, buf);
        }
}

static void write_headers(const struct tree_making *making) {
    const struct templates *templates = making->corpus->templates;
    bool has_hubs = making->corpus->settings->site.hub_count > 0;
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    if (templates->has_pages)
        headers_append_pages(templates, &text);
    if (has_hubs)
        append_feeds(making, &text);
    if (templates->has_pages || has_hubs)
        site_file_put(making, SLICE("_headers"), buf_slice(&text), text_type);
}

static void write_sitemap(const struct tree_making *making) {
    const struct page_links *links = making->links;
    size_t files = sitemap_file_count(links->items.count);
    for (size_t number = 0; number < files; number++) {
        CLEANUP(buf_release) struct buf name = BUF(64);
        CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
        sitemap_append_name(number, &name);
        sitemap_render(making->corpus->templates, links->items.items, links->items.count, number, &text);
        site_file_put(making, buf_slice(&name), buf_slice(&text), "application/xml; charset=utf-8");
    }
}

static void write_robots(const struct tree_making *making) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    robots_render(making->corpus->templates, &text);
    site_file_put(making, SLICE("robots.txt"), buf_slice(&text), text_type);
}

/* Where nothing can be chosen there is no page to choose on. */
static bool is_wanted(const struct templates *templates, struct slice asset) {
    return templates->has_choice || !slice_equal(asset, SLICE("my.js"));
}

void site_files_write(const struct tree_making *making) {
    const struct templates *templates = making->corpus->templates;
    write_stylesheet(making);
    write_headers(making);
    if (!templates->has_pages)
        return;
    for (size_t i = 0; i < TEMPLATE_ASSETS; i++)
        if (is_wanted(templates, slice_of(templates->assets[i].name)))
            site_file_put(making, slice_of(templates->assets[i].name), templates->assets[i].bytes,
                          templates->assets[i].type);
    write_robots(making);
    write_sitemap(making);
    /* GitHub Pages leaves out what begins with an underscore, unless it is told not to touch the tree. */
    site_file_put(making, SLICE(".nojekyll"), SLICE(""), text_type);
}
