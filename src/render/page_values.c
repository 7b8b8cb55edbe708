#include "render/page_values.h"

#include "base/date.h"
#include "base/uri.h"
#include "qr/qr_code.h"
#include "render/pages.h"

/* --- texts ------------------------------------------------------------------------------------------------------ */

static struct slice kept(struct arena *arena, const struct buf *text) {
    return arena_copy(arena, buf_slice(text));
}

struct slice page_reference(struct slice path) {
    return path.size ? path : SLICE("./");
}

struct slice page_address(const struct templates *templates, struct slice path, struct arena *arena) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    format_append_address(&address, templates->site, path, "");
    return kept(arena, &address);
}

struct slice page_web_address(struct slice address, struct arena *arena) {
    CLEANUP(buf_release) struct buf encoded = BUF(BUF_UNLIMITED);
    if (!address.size)
        return address;
    uri_append_encoded(&encoded, address);
    /* Encoded, it may be too long for one; as it is, it may have blanks. */
    return uri_is_web(address) || uri_is_web(buf_slice(&encoded)) ? kept(arena, &encoded) : (struct slice){0};
}

struct slice page_period_name(const struct templates *templates, enum archive_period period, int64_t seconds,
                              struct arena *arena) {
    CLEANUP(buf_release) struct buf name = BUF(BUF_UNLIMITED);
    interface_text_append_date(&templates->text, period == ARCHIVE_DAY ? "date" : "month", seconds, &name);
    return kept(arena, &name);
}

struct slice page_joined(struct slice first, struct slice second, struct arena *arena) {
    CLEANUP(buf_release) struct buf joined = BUF(BUF_UNLIMITED);
    buf_append_slice(&joined, first);
    buf_append_string(&joined, first.size && second.size ? " · " : "");
    buf_append_slice(&joined, second);
    return kept(arena, &joined);
}

static const struct format *format_wanted(const struct templates *templates, size_t number) {
    return format_find(templates->settings->output.formats[number]);
}

const struct format *page_main_format(const struct templates *templates) {
    const struct format *first = NULL;
    for (size_t i = 0; i < templates->settings->output.format_count; i++) {
        const struct format *format = format_wanted(templates, i);
        if (format->is_feed && (!first || strcmp(format->name, "atom") == 0))
            first = format;
    }
    return first;
}

struct slice page_opml_path(const struct templates *templates) {
    const struct format *format = page_main_format(templates);
    return format && strcmp(format->name, "atom") == 0 ? SLICE("feeds.opml") : (struct slice){0};
}

/* --- values ----------------------------------------------------------------------------------------------------- */

struct mustache_value page_mapping(struct arena *arena, const struct mustache_member *members, size_t count) {
    struct mustache_member *copy = arena_new_array(arena, count, sizeof *copy);
    memcpy(copy, members, count * sizeof *copy);
    return mustache_mapping(copy, count);
}

struct mustache_value page_date(const struct templates *templates, int64_t seconds, struct arena *arena) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    date_append_rfc3339(&text, seconds);
    size_t iso = text.size;
    interface_text_append_date(&templates->text, "date", seconds, &text);
    struct slice both = kept(arena, &text);
    return PAGE_MAPPING(arena, {SLICE("iso"), mustache_text(slice_range(both, 0, iso))},
                        {SLICE("text"), mustache_text(slice_from(both, iso))});
}

/* By the first part of the language's tag; a comma where it is none of these. */
static const char *thousands_separator(struct slice language) {
    static const char *const rows[][2] = {
        {"de", "."},      {"es", "."},      {"it", "."},      {"nl", "."},      {"pt", "."},      {"tr", "."},
        {"id", "."},      {"vi", "."},      {"da", "."},      {"fr", "\u202F"}, {"ru", "\u00A0"}, {"uk", "\u00A0"},
        {"pl", "\u00A0"}, {"cs", "\u00A0"}, {"sv", "\u00A0"}, {"nb", "\u00A0"}, {"fi", "\u00A0"},
    };
    struct slice first = slice_range(language, 0, slice_find_byte(language, '-', 0));
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        if (slice_equal_ignoring_case(first, slice_of(rows[i][0])))
            return rows[i][1];
    return ",";
}

struct mustache_value page_number(const struct templates *templates, size_t number, struct arena *arena) {
    const char *separator = thousands_separator(templates->site->language);
    CLEANUP(buf_release) struct buf digits = BUF(64);
    CLEANUP(buf_release) struct buf text = BUF(256);
    buf_append_unsigned(&digits, number);
    for (size_t i = 0; i < digits.size; i++) {
        if (i && (digits.size - i) % 3 == 0)
            buf_append_string(&text, separator);
        buf_append_byte(&text, digits.data[i]);
    }
    return mustache_number(kept(arena, &text));
}

struct mustache_value page_channel_links(const struct templates *templates, const struct channel_link *links,
                                         size_t count, struct arena *arena) {
    struct mustache_value *items = arena_new_array(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = PAGE_MAPPING(arena, {SLICE("title"), mustache_text(links[i].title)},
                                {SLICE("path"), mustache_text(page_reference(links[i].path))},
                                {SLICE("count"), page_number(templates, links[i].count, arena)});
    return mustache_list(items, count);
}

struct mustache_value page_pieces(const struct slice *pieces, size_t count, struct arena *arena) {
    struct mustache_value *items = arena_new_array(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = mustache_html(slice_trim(pieces[i]));
    return mustache_list(items, count);
}

/* Dark on light in dark pages too: not every phone reads the reverse. */
struct mustache_value page_qr(const struct templates *templates, struct slice address, struct arena *arena) {
    CLEANUP(qr_code_release) struct qr_code code = {0};
    CLEANUP(buf_release) struct buf svg = BUF(BUF_UNLIMITED);
    if (!address.size || !qr_code_make(address, &code))
        return mustache_html((struct slice){0});
    unsigned side = code.width + 2 * QR_QUIET;
    buf_append_format(&svg, "<svg class=\"qr\" viewBox=\"0 0 %u %u\" shape-rendering=\"crispEdges\" role=\"img\"", side,
                      side);
    buf_append_string(&svg, " aria-label=\"");
    mustache_append_escaped(&svg, interface_text_of(&templates->text, "qr_label"));
    buf_append_format(&svg, "\"><path fill=\"#fff\" d=\"M0 0h%uv%uH0z\"/><path fill=\"#000\" d=\"", side, side);
    qr_code_append_path(&code, &svg);
    buf_append_string(&svg, "\"/></svg>");
    return mustache_html(kept(arena, &svg));
}

struct mustache_value page_data_script(const char *attributes, struct slice json, struct arena *arena) {
    CLEANUP(buf_release) struct buf script = BUF(BUF_UNLIMITED);
    json = slice_trim(json);
    buf_append_format(&script, "<script%s>", attributes);
    for (size_t begin = 0, end; begin < json.size; begin = end + 1) {
        end = slice_find_byte(json, '<', begin);
        buf_append_slice(&script, slice_range(json, begin, end));
        buf_append_string(&script, end < json.size ? "\\u003c" : "");
    }
    buf_append_string(&script, "</script>");
    return mustache_html(kept(arena, &script));
}

/* --- what all pages have ---------------------------------------------------------------------------------------- */

/* From the page to the top: a step for each folder that it is in. */
static struct slice base_of(struct slice path, struct arena *arena) {
    CLEANUP(buf_release) struct buf base = BUF(BUF_UNLIMITED);
    for (size_t i = slice_count_byte(path, '/'); i > 0; i--)
        buf_append_string(&base, "../");
    return page_reference(kept(arena, &base));
}

static struct mustache_value feed_value(const struct templates *templates, const struct page_about *about,
                                        const struct format *format, struct arena *arena) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    format_append_address(&address, templates->site, about->feeds_path, format->file_name);
    buf_append_slice(&path, about->feeds_path);
    buf_append_string(&path, format->file_name);
    return PAGE_MAPPING(arena, {SLICE("name"), mustache_text(slice_of(format->name))},
                        {SLICE("label"), mustache_text(slice_of(format->label))},
                        {SLICE("type"), mustache_text(slice_of(format->media_type))},
                        {SLICE("path"), mustache_text(kept(arena, &path))},
                        {SLICE("address"), mustache_text(kept(arena, &address))},
                        {SLICE("title"), mustache_text(page_joined(about->name, slice_of(format->label), arena))});
}

/* The recommended one first. */
static struct mustache_value feeds_value(const struct templates *templates, const struct page_about *about,
                                         struct arena *arena) {
    const struct format *first = page_main_format(templates);
    struct mustache_value *items = arena_new_array(arena, FORMATS_MOST, sizeof *items);
    size_t count = 0;
    if (first && about->has_feeds)
        items[count++] = feed_value(templates, about, first, arena);
    for (size_t i = 0; i < templates->settings->output.format_count && about->has_feeds; i++) {
        const struct format *format = format_wanted(templates, i);
        if (format->is_feed && format != first)
            items[count++] = feed_value(templates, about, format, arena);
    }
    return mustache_list(items, count);
}

static void add_names(struct page_values *values, const struct page_about *about) {
    struct arena *arena = &values->arena;
    const struct templates *templates = values->templates;
    struct slice title = about->title;
    if (!title.size)
        title = slice_equal(about->name, templates->site->title)
                    ? about->name
                    : page_joined(about->name, templates->site->title, arena);
    page_values_add_text(values, "base", base_of(about->path, arena));
    page_values_add_text(values, "here", about->path);
    page_values_add_text(values, "language", templates->site->language);
    page_values_add_text(values, "title", title);
    page_values_add_text(values, "name", about->name);
    page_values_add_text(values, "description", about->description);
    page_values_add_text(values, "canonical", page_address(templates, about->path, arena));
    page_values_add_text(values, "image", page_web_address(about->image, arena));
}

struct page_values page_values_new(const struct templates *templates, const struct page_about *about) {
    struct page_values values = {.templates = templates};
    add_names(&values, about);
    page_values_add(&values, "is_article", mustache_boolean(about->is_article));
    page_values_add(&values, "noindex", mustache_boolean(about->noindex));
    page_values_add_text(&values, "policy", page_policy());
    page_values_add(&values, "site", templates->site_values);
    page_values_add(&values, "text", templates->text_values);
    page_values_add_text(&values, "opml", page_opml_path(templates));
    page_values_add(&values, "has_my", mustache_boolean(templates->has_choice));
    page_values_add(&values, "feeds", feeds_value(templates, about, &values.arena));
    return values;
}

void page_values_add(struct page_values *values, const char *name, struct mustache_value value) {
    vec_push(&values->members, (struct mustache_member){slice_of(name), value});
}

void page_values_add_text(struct page_values *values, const char *name, struct slice text) {
    page_values_add(values, name, mustache_text(text));
}

void page_values_render(const struct page_values *values, enum template_name name, struct buf *buf) {
    struct mustache_value data = mustache_mapping(values->members.items, values->members.count);
    templates_render(values->templates, name, &data, buf);
}

void page_values_release(struct page_values *values) {
    vec_release(&values->members);
    arena_release(&values->arena);
}
