#include "json/writer.h"
#include "render/page_values.h"
#include "render/pages.h"

/* --- what the page says without its script ------------------------------------------------------------------------ */

static struct mustache_value group_value(const struct templates *templates, const struct choice_group *group,
                                         struct arena *arena) {
    struct mustache_value *terms = arena_new_array(arena, group->count, sizeof *terms);
    for (size_t i = 0; i < group->count; i++) {
        const struct choice_term *term = &group->terms[i];
        struct slice path = term->has_page ? page_reference(term->path) : (struct slice){0};
        terms[i] = PAGE_MAPPING(arena, {SLICE("key"), mustache_text(term->key)},
                                {SLICE("label"), mustache_text(term->label)}, {SLICE("path"), mustache_text(path)},
                                {SLICE("count"), page_number(templates, term->count, arena)});
    }
    return PAGE_MAPPING(arena, {SLICE("taxonomy"), mustache_text(group->taxonomy)},
                        {SLICE("label"), mustache_text(group->label)},
                        {SLICE("terms"), mustache_list(terms, group->count)});
}

static struct mustache_value groups_value(const struct templates *templates, const struct choice_page *page,
                                          struct arena *arena) {
    struct mustache_value *groups = arena_new_array(arena, page->group_count, sizeof *groups);
    for (size_t i = 0; i < page->group_count; i++)
        groups[i] = group_value(templates, &page->groups[i], arena);
    return mustache_list(groups, page->group_count);
}

/* --- what its script reads ---------------------------------------------------------------------------------------- */

static void write_format(struct json_writer *json, const struct format *format) {
    json_open_object(json);
    json_member_text(json, "name", slice_of(format->name));
    json_member_text(json, "label", slice_of(format->label));
    json_member_text(json, "file", slice_of(format->file_name));
    json_close(json);
}

/* The one that people are told to take first. */
static void write_formats(struct json_writer *json, const struct templates *templates) {
    const struct output_settings *output = &templates->settings->output;
    const struct format *first = page_main_format(templates);
    json_key(json, "formats");
    json_open_array(json);
    if (first)
        write_format(json, first);
    for (size_t i = 0; i < output->format_count; i++) {
        const struct format *format = format_find(output->formats[i]);
        if (format->is_feed && format != first)
            write_format(json, format);
    }
    json_close(json);
}

static void write_channels(struct json_writer *json, const struct choice_page *page) {
    json_key(json, "channels");
    json_open_array(json);
    for (size_t i = 0; i < page->channel_count; i++) {
        const struct choice_channel *channel = &page->channels[i];
        json_open_object(json);
        json_member_text(json, "path", channel->path);
        json_member_text(json, "title", channel->title);
        json_key(json, "keys");
        json_open_array(json);
        for (size_t key = 0; key < channel->key_count; key++)
            json_string(json, channel->keys[key]);
        json_close(json);
        json_close(json);
    }
    json_close(json);
}

/* For every key its taxonomy, or its label. */
static void write_terms(struct json_writer *json, const char *name, const struct choice_page *page, bool is_label) {
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    json_key(json, name);
    json_open_object(json);
    for (size_t i = 0; i < page->group_count; i++)
        for (size_t term = 0; term < page->groups[i].count; term++) {
            buf_clear(&key);
            buf_append_slice(&key, page->groups[i].terms[term].key);
            json_member_text(json, buf_string(&key),
                             is_label ? page->groups[i].terms[term].label : page->groups[i].taxonomy);
        }
    json_close(json);
}

static void write_data(const struct templates *templates, const struct choice_page *page, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct json_writer json = json_line_writer_on(buf);
    json_open_object(&json);
    json_member_text(&json, "site", templates->site->title);
    json_member_text(&json, "base", page_address(templates, (struct slice){0}, &arena));
    write_formats(&json, templates);
    write_channels(&json, page);
    write_terms(&json, "keys", page, false);
    write_terms(&json, "labels", page, true);
    json_close(&json);
}

/*
 * A script element ends where its text says so, whatever the language of that text; and "<!--" would hide the end. So
 * no < stands in it: in JSON there is none outside of strings, and within them it can be written as an escape.
 */
static void append_script(struct buf *buf, struct slice data) {
    struct slice part;
    buf_append_string(buf, "<script type=\"application/json\" id=\"channels\">");
    for (bool is_first = true; slice_take_until(&data, '<', &part); is_first = false) {
        buf_append_string(buf, is_first ? "" : "\\u003c");
        buf_append_slice(buf, part);
    }
    buf_append_string(buf, "</script>");
}

void page_render_choice(const struct templates *templates, const struct choice_page *page, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf data = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf script = BUF(BUF_UNLIMITED);
    const struct page_about about = {
        .path = SLICE("my/"),
        .name = interface_text_of(&templates->text, "my"),
        .description = interface_text_of(&templates->text, "my_what"),
    };
    write_data(templates, page, &data);
    append_script(&script, slice_trim(buf_slice(&data)));
    CLEANUP(page_values_release) struct page_values values = page_values_new(templates, &about);
    page_values_add(&values, "groups", groups_value(templates, page, &arena));
    page_values_add(&values, "has_several_groups", mustache_boolean(page->group_count > 1));
    page_values_add(&values, "data", mustache_html(buf_slice(&script)));
    page_values_render(&values, TEMPLATE_MY, buf);
}
