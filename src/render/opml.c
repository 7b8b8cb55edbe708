/* OPML 2.0. Folders carry no type and are one level deep: readers drop what is deeper or has a type they do not know.
 */
#include "base/date.h"
#include "base/map.h"
#include "render/formats.h"
#include "xml/writer.h"

static void write_channel(struct xml_writer *xml, const struct templates *templates,
                          const struct opml_channel *channel) {
    const struct site *site = templates->site;
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf page = BUF(BUF_UNLIMITED);
    format_append_home(&page, templates, channel->path);
    format_append_address(&address, site, channel->path, format_atom.file_name);
    xml_open(xml, "outline");
    /* "rss" is the type of every feed, Atom too. */
    xml_attribute(xml, "type", SLICE("rss"));
    xml_attribute(xml, "text", channel->title);
    xml_attribute(xml, "title", channel->title);
    if (channel->subtitle.size)
        xml_attribute(xml, "description", channel->subtitle);
    if (site->language.size)
        xml_attribute(xml, "language", site->language);
    xml_attribute(xml, "xmlUrl", buf_slice(&address));
    if (templates->has_pages)
        xml_attribute(xml, "htmlUrl", buf_slice(&page));
    xml_close(xml);
}

/* All channels of the folder of `channels[first]`, wherever they stand behind it. */
static void write_folder(struct xml_writer *xml, const struct templates *templates, const struct opml_channel *channels,
                         size_t count, size_t first) {
    struct slice folder = channels[first].folder;
    xml_open(xml, "outline");
    xml_attribute(xml, "text", folder);
    for (size_t i = first; i < count; i++)
        if (slice_equal(channels[i].folder, folder))
            write_channel(xml, templates, &channels[i]);
    xml_close(xml);
}

static void write_head(struct xml_writer *xml, const struct site *site, int64_t updated) {
    CLEANUP(buf_release) struct buf date = BUF(BUF_UNLIMITED);
    date_append_rfc822(&date, updated);
    xml_open(xml, "head");
    xml_element(xml, "title", site->title);
    xml_element(xml, "dateModified", buf_slice(&date));
    xml_element(xml, "ownerName", format_site_author(site));
    xml_close(xml);
}

void opml_render(const struct templates *templates, const struct opml_channel *channels, size_t count, int64_t updated,
                 struct buf *buf) {
    struct map folders = {0};
    struct xml_writer *xml = xml_writer_new(buf);
    xml_document(xml);
    xml_open(xml, "opml");
    xml_attribute(xml, "version", SLICE("2.0"));
    write_head(xml, templates->site, updated);
    xml_open(xml, "body");
    for (size_t i = 0; i < count; i++) {
        if (channels[i].folder.size == 0)
            write_channel(xml, templates, &channels[i]);
        else if (map_set(&folders, channels[i].folder, i))
            write_folder(xml, templates, channels, count, i);
    }
    xml_close(xml);
    xml_close(xml);
    xml_writer_free(xml);
    map_release(&folders);
}
