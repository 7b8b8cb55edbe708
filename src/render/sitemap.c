/* sitemaps.org 0.9: at most 50,000 addresses and 50 MB a file; more files are listed in an index. */
#include "base/date.h"
#include "render/page_values.h"
#include "render/pages.h"
#include "xml/writer.h"

static const char namespace_name[] = "http://www.sitemaps.org/schemas/sitemap/0.9";

/* Files with addresses, the index not counted. */
static size_t count_parts(size_t link_count) {
    return link_count / SITEMAP_LINKS_MOST + (link_count % SITEMAP_LINKS_MOST != 0);
}

size_t sitemap_file_count(size_t link_count) {
    size_t parts = count_parts(link_count);
    return parts > 1 ? parts + 1 : parts;
}

void sitemap_append_name(size_t number, struct buf *name) {
    buf_append_string(name, "sitemap");
    if (number)
        buf_append_format(name, "-%zu", number);
    buf_append_string(name, ".xml");
}

static void write_place(struct xml_writer *xml, const struct templates *templates, const char *element,
                        struct slice path, int64_t updated) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf date = BUF(64);
    date_append_rfc3339(&date, updated);
    xml_open(xml, element);
    xml_element(xml, "loc", page_address(templates, path, &arena));
    xml_element(xml, "lastmod", buf_slice(&date));
    xml_close(xml);
}

static void write_links(struct xml_writer *xml, const struct templates *templates, const struct page_link *links,
                        size_t count) {
    xml_open(xml, "urlset");
    xml_attribute(xml, "xmlns", slice_of(namespace_name));
    for (size_t i = 0; i < count; i++)
        write_place(xml, templates, "url", links[i].path, links[i].updated);
    xml_close(xml);
}

static int64_t latest_of(const struct page_link *links, size_t count) {
    int64_t latest = links[0].updated;
    for (size_t i = 1; i < count; i++)
        latest = links[i].updated > latest ? links[i].updated : latest;
    return latest;
}

/* The links of one part; *ret_count is at most SITEMAP_LINKS_MOST. */
static const struct page_link *part_of(const struct page_link *links, size_t count, size_t part, size_t *ret_count) {
    size_t begin = part * SITEMAP_LINKS_MOST;
    *ret_count = count - begin < SITEMAP_LINKS_MOST ? count - begin : SITEMAP_LINKS_MOST;
    return links + begin;
}

static void write_index(struct xml_writer *xml, const struct templates *templates, const struct page_link *links,
                        size_t count) {
    xml_open(xml, "sitemapindex");
    xml_attribute(xml, "xmlns", slice_of(namespace_name));
    for (size_t i = 0; i < count_parts(count); i++) {
        CLEANUP(buf_release) struct buf name = BUF(64);
        size_t part_count;
        const struct page_link *part = part_of(links, count, i, &part_count);
        sitemap_append_name(i + 1, &name);
        write_place(xml, templates, "sitemap", buf_slice(&name), latest_of(part, part_count));
    }
    xml_close(xml);
}

void sitemap_render(const struct templates *templates, const struct page_link *links, size_t count, size_t number,
                    struct buf *buf) {
    bool has_index = count_parts(count) > 1;
    struct xml_writer *xml = xml_writer_new(buf);
    xml_document(xml);
    if (has_index && number == 0) {
        write_index(xml, templates, links, count);
    } else {
        size_t part_count;
        const struct page_link *part = part_of(links, count, has_index ? number - 1 : 0, &part_count);
        write_links(xml, templates, part, part_count);
    }
    xml_writer_free(xml);
}
