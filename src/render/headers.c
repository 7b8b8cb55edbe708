#include "base/uri.h"
#include "render/format.h"
#include "render/pages.h"

static void append_link(struct buf *buf, struct slice address, const char *relation) {
    buf_append_byte(buf, '<');
    uri_append_encoded(buf, address);
    buf_append_format(buf, ">; rel=\"%s\"", relation);
}

void headers_append_feed(const struct site *site, struct slice path, const char *file_name, struct buf *buf) {
    CLEANUP(buf_release) struct buf self = BUF(BUF_UNLIMITED);
    format_append_address(&self, site, path, file_name);
    uri_append_encoded(buf, path);
    buf_append_format(buf, "%s\n  Link: ", file_name);
    for (size_t i = 0; i < site->hub_count; i++) {
        append_link(buf, site->hubs[i], "hub");
        buf_append_string(buf, ", ");
    }
    append_link(buf, buf_slice(&self), "self");
    buf_append_byte(buf, '\n');
}

/* An asterisk stands for any characters, slashes too, in the middle of a path as well; not every host takes two. */
void headers_append_pages(const struct templates *templates, struct buf *buf) {
    static const char *const shared[] = {"/*.xml", "/*.json", "/*.opml"};
    (void)templates;
    buf_append_string(buf, "/*\n  Content-Security-Policy: ");
    buf_append_slice(buf, page_policy());
    buf_append_string(buf, "\n  X-Content-Type-Options: nosniff\n"
                           "  Referrer-Policy: strict-origin-when-cross-origin\n");
    /* Readers that are web pages themselves may fetch what is there for readers. */
    for (size_t i = 0; i < ARRAY_LENGTH(shared); i++)
        buf_append_format(buf, "%s\n  Access-Control-Allow-Origin: *\n", shared[i]);
}
