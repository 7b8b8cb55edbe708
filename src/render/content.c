#include "render/content.h"

#include "base/uri.h"
#include "render/entry_values.h"
#include "render/formats.h"
#include "render/page_values.h"

static struct slice absolute(const struct templates *templates, struct slice path, struct arena *arena) {
    return path.size ? page_address(templates, path, arena) : path;
}

static struct slice entry_address(const struct templates *templates, const struct entry *entry, struct arena *arena) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    format_append_entry_address(&address, templates->site, entry);
    return arena_copy(arena, buf_slice(&address));
}

/* Of a label as pages have it, with the address of its page instead of the path. */
static struct mustache_value label_value(const struct templates *templates, const struct mustache_value *label,
                                         struct arena *arena) {
    struct mustache_member *members = arena_new_array(arena, label->mapping.count, sizeof *members);
    for (size_t i = 0; i < label->mapping.count; i++) {
        members[i] = label->mapping.members[i];
        if (slice_equal(members[i].name, SLICE("path")))
            members[i] = (struct mustache_member){SLICE("address"),
                                                  mustache_text(absolute(templates, members[i].value.text, arena))};
    }
    return mustache_mapping(members, label->mapping.count);
}

static void make_labels_absolute(const struct templates *templates, struct mustache_value *labels,
                                 struct arena *arena) {
    struct mustache_value *items = arena_new_array(arena, labels->list.count, sizeof *items);
    for (size_t i = 0; i < labels->list.count; i++)
        items[i] = label_value(templates, &labels->list.items[i], arena);
    *labels = mustache_list(items, labels->list.count);
}

static bool has_source(struct slice body, struct slice address) {
    CLEANUP(buf_release) struct buf attribute = BUF(BUF_UNLIMITED);
    buf_append_string(&attribute, " src=\"");
    mustache_append_escaped(&attribute, address);
    buf_append_byte(&attribute, '"');
    return slice_find(body, buf_slice(&attribute), 0) < body.size;
}

/* As the sanitiser writes attributes; most often the address is encoded. */
static bool body_shows(struct slice body, struct slice image) {
    CLEANUP(buf_release) struct buf encoded = BUF(BUF_UNLIMITED);
    uri_append_encoded(&encoded, image);
    return has_source(body, buf_slice(&encoded)) || has_source(body, image);
}

bool content_wants_image(const struct entry *entry) {
    return entry->image.size && entry->body.size && !body_shows(entry->body, entry->image);
}

/* What the entry has for everybody, as a reader far from the tree must have it. */
static void make_absolute(const struct templates *templates, const struct entry *entry, struct entry_members *members,
                          struct arena *arena) {
    for (size_t i = 0; i < members->count; i++) {
        struct slice name = members->items[i].name;
        struct mustache_value *value = &members->items[i].value;
        if (slice_equal(name, SLICE("labels")))
            make_labels_absolute(templates, value, arena);
        else if (slice_equal(name, SLICE("address")))
            *value = mustache_text(entry_address(templates, entry, arena));
        else if (slice_equal(name, SLICE("image")) && value->text.size && !content_wants_image(entry))
            *value = (struct mustache_value){0};
    }
}

/* Takes blanks from both ends of what was appended from `begin` on: templates leave them where nothing stands. */
static void trim_from(struct buf *buf, size_t begin) {
    struct slice made = slice_from(buf_slice(buf), begin);
    struct slice trimmed = slice_trim(made);
    if (trimmed.size < made.size)
        memmove(buf->data + begin, trimmed.data, trimmed.size);
    buf_truncate(buf, begin + trimmed.size);
}

void content_render(const struct templates *templates, const struct entry *entry, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct entry_members members;
    size_t begin = buf->size;
    if (!entry->body.size)
        return;
    entry_members_begin(&members, templates, entry, &arena);
    entry_members_add_details(&members, templates, entry, &arena);
    make_absolute(templates, entry, &members, &arena);
    struct mustache_member all[ENTRY_MEMBERS_MOST + 3] = {
        {SLICE("body"), mustache_html(slice_trim(entry->body))},
        {SLICE("site"), templates->site_values},
        {SLICE("text"), templates->text_values},
    };
    memcpy(all + 3, members.items, members.count * sizeof *members.items);
    struct mustache_value data = mustache_mapping(all, 3 + members.count);
    templates_render(templates, TEMPLATE_ENTRY, &data, buf);
    trim_from(buf, begin);
}
