#include "base/vec.h"
#include "ingest/field_reader.h"

#include "base/utf8.h"

/* Fields that a source may write in more than one shape. */

enum { LISTED_MOST = 100 /* authors, tags, labels: what more there is in one field is no longer a list of them */ };

static const struct raw_value absent;

static const struct raw_value *item_named(const struct raw_value *mapping, struct slice name) {
    for (size_t i = 0; mapping->kind == RAW_MAPPING && i < mapping->count; i++)
        if (slice_equal(mapping->items[i].name, name))
            return &mapping->items[i].value;
    return &absent;
}

/* The items of a list; of anything else, itself as the only one. */
static size_t item_count(const struct raw_value *value) {
    size_t count = value->kind == RAW_LIST ? value->count : value->kind != RAW_ABSENT;
    return count < LISTED_MOST ? count : LISTED_MOST;
}

static const struct raw_value *item_at(const struct raw_value *value, size_t index) {
    return value->kind == RAW_LIST ? &value->items[index].value : value;
}

void field_authors(struct field_reader *reader, struct article *article) {
    const struct raw_value *value = field_value(reader, ARTICLE_FIELD_AUTHOR);
    size_t count = item_count(value);
    if (!count)
        return;
    struct author *authors = arena_new_array(reader->arena, count, sizeof *authors);
    for (size_t i = 0; i < count; i++) {
        const struct raw_value *item = item_at(value, i);
        if (item->kind == RAW_MAPPING)
            item = item_named(item, SLICE("name"));
        struct slice name = field_line(reader, item, "author");
        if (name.size)
            authors[article->author_count++].name = name;
    }
    article->authors = authors;
}

void field_source(struct field_reader *reader, struct article *article) {
    const struct raw_value *value = field_value(reader, ARTICLE_FIELD_SOURCE);
    if (value->kind != RAW_MAPPING) {
        article->source_name = field_line(reader, value, "source");
        return;
    }
    article->source_name = field_line(reader, item_named(value, SLICE("name")), "source.name");
    article->source_url = field_address(reader, item_named(value, SLICE("url")), "source.url");
}

/* The next of several words in one scalar: cut at commas of either script and 、. */
static bool take_listed(struct slice *rest, struct slice *ret_word) {
    const struct slice separators[] = {SLICE(","), SLICE("，"), SLICE("、")};
    if (!rest->size)
        return false;
    size_t end = rest->size;
    size_t width = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(separators); i++) {
        size_t at = slice_find(*rest, separators[i], 0);
        if (at < end) {
            end = at;
            width = separators[i].size;
        }
    }
    *ret_word = slice_trim(slice_range(*rest, 0, end));
    *rest = slice_from(*rest, end + width);
    return true;
}

static void add_tag(struct article *article, struct slice *tags, struct slice tag) {
    for (size_t i = 0; i < article->tag_count; i++)
        if (slice_equal(tags[i], tag))
            return;
    if (tag.size && article->tag_count < LISTED_MOST)
        tags[article->tag_count++] = tag;
}

void field_tags(struct field_reader *reader, struct article *article) {
    const struct raw_value *value = field_value(reader, ARTICLE_FIELD_TAGS);
    if (value->kind == RAW_ABSENT)
        return;
    struct slice *tags = arena_new_array(reader->arena, LISTED_MOST, sizeof *tags);
    for (size_t i = 0; i < item_count(value); i++) {
        struct slice line = field_line(reader, item_at(value, i), "tags");
        struct slice tag = line;
        /* In a list, a comma belongs to the tag. */
        if (value->kind == RAW_LIST)
            add_tag(article, tags, tag);
        else
            while (take_listed(&line, &tag))
                add_tag(article, tags, tag);
    }
    article->tags = tags;
}

/* "type/subtype" of RFC 6838 characters. */
static bool is_media_type(struct slice type) {
    size_t slashes = 0;
    for (size_t i = 0; i < type.size; i++) {
        char c = type.data[i];
        bool edge = i == 0 || i + 1 == type.size;
        if (c == '/' && !edge)
            slashes++;
        else if (!(((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9') || strchr("!#$&-^_.+", c)))
            return false;
    }
    return slashes == 1;
}

/* RSS wants a type; most sources have the name's ending only. */
static struct slice type_of_address(struct slice url) {
    const struct {
        struct slice ending, type;
    } types[] = {
        {SLICE(".mp3"), SLICE("audio/mpeg")},      {SLICE(".m4a"), SLICE("audio/mp4")},
        {SLICE(".ogg"), SLICE("audio/ogg")},       {SLICE(".wav"), SLICE("audio/wav")},
        {SLICE(".mp4"), SLICE("video/mp4")},       {SLICE(".webm"), SLICE("video/webm")},
        {SLICE(".jpg"), SLICE("image/jpeg")},      {SLICE(".png"), SLICE("image/png")},
        {SLICE(".pdf"), SLICE("application/pdf")}, {SLICE(".jpeg"), SLICE("image/jpeg")},
        {SLICE(".gif"), SLICE("image/gif")},
    };
    struct slice path = slice_range(url, 0, slice_find_byte(url, '#', 0));
    path = slice_range(path, 0, slice_find_byte(path, '?', 0));
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        size_t size = types[i].ending.size;
        if (path.size > size && slice_equal_ignoring_case(slice_from(path, path.size - size), types[i].ending))
            return types[i].type;
    }
    return SLICE("application/octet-stream");
}

void field_enclosure(struct field_reader *reader, struct article *article) {
    const struct raw_value *value = field_value(reader, ARTICLE_FIELD_ENCLOSURE);
    const struct raw_value *url = value->kind == RAW_MAPPING ? item_named(value, SLICE("url")) : value;
    const struct raw_value *type = item_named(value, SLICE("type"));
    const struct raw_value *length = item_named(value, SLICE("length"));
    struct enclosure enclosure = {.url = field_address(reader, url, "enclosure")};
    if (value->kind == RAW_MAPPING && url->kind == RAW_ABSENT)
        field_complain(reader, value, "enclosure without a url");
    if (!enclosure.url.size)
        return;
    enclosure.type = field_line(reader, type, "enclosure.type");
    if (enclosure.type.size && !is_media_type(enclosure.type)) {
        field_complain(reader, type, "enclosure.type");
        enclosure.type = (struct slice){0};
    }
    if (!enclosure.type.size)
        enclosure.type = type_of_address(enclosure.url);
    if (length->kind != RAW_ABSENT && !slice_parse_unsigned(slice_trim(length->text), &enclosure.length))
        field_complain(reader, length, "enclosure.length");
    article->enclosure = enclosure;
}

struct label_list {
    struct label *items; /* room for LABELS_MOST */
    size_t count;
};
enum { LABELS_MOST = LISTED_MOST * 2 };

static void add_label(struct label_list *list, struct slice taxonomy, struct slice word) {
    struct label label = {.taxonomy = taxonomy, .change = LABEL_IS};
    if (word.size > 1 && (word.data[0] == '+' || word.data[0] == '-')) {
        label.change = word.data[0] == '+' ? LABEL_ADD : LABEL_REMOVE;
        word = slice_trim(slice_from(word, 1));
    }
    label.term = word;
    if (word.size && list->count < LABELS_MOST)
        list->items[list->count++] = label;
}

/* What the article says about one taxonomy. Nothing behind the name is no statement, `[]` is one: no label at all. */
static void read_labels(struct field_reader *reader, const struct raw_item *item, struct label_list *list) {
    const struct raw_value *value = &item->value;
    if (value->kind == RAW_LIST && !value->count && list->count < LABELS_MOST)
        list->items[list->count++] = (struct label){.taxonomy = item->name, .change = LABEL_IS};
    for (size_t i = 0; i < item_count(value); i++) {
        CLEANUP(buf_release) struct buf name = BUF(1 << 12);
        const struct raw_value *one = item_at(value, i);
        struct slice word;
        if (one->kind != RAW_TEXT)
            buf_append_slice(&name, item->name);
        struct slice line = field_line(reader, one, buf_string(&name));
        while (take_listed(&line, &word))
            add_label(list, item->name, word);
    }
}

static bool speaks_of(const struct label_list *list, size_t count, struct slice taxonomy) {
    size_t i = 0;
    while (i < count && !slice_equal(list->items[i].taxonomy, taxonomy))
        i++;
    return i < count;
}

/* What `pindao classify` wrote. */
static void read_rule_labels(struct field_reader *reader, struct article *article) {
    const struct raw_article *raw = reader->raw;
    struct label_list list = {.items = arena_new_array(reader->arena, LABELS_MOST, sizeof *list.items)};
    for (size_t i = 0; i < raw->rule_label_count; i++)
        read_labels(reader, &raw->rule_labels[i], &list);
    article->rule_labels = (struct rule_labels){
        .rules = raw->labelled_by.rules,
        .article = raw->labelled_by.article,
        .items = list.items,
        .count = list.count,
        .present = true,
    };
}

void field_labels(struct field_reader *reader, struct article *article) {
    const struct raw_article *raw = reader->raw;
    const struct source *source = reader->source;
    article->labels = source->labels;
    article->label_count = source->label_count;
    if (raw->is_labelled)
        read_rule_labels(reader, article);
    if (!raw->label_count)
        return;
    struct label_list list = {.items = arena_new_array(reader->arena, LABELS_MOST, sizeof *list.items)};
    for (size_t i = 0; i < raw->label_count; i++)
        read_labels(reader, &raw->labels[i], &list);
    /* The source speaks for the taxonomies that the article is silent about. */
    size_t own = list.count;
    for (size_t i = 0; i < source->label_count && list.count < LABELS_MOST; i++)
        if (!speaks_of(&list, own, source->labels[i].taxonomy))
            list.items[list.count++] = source->labels[i];
    article->labels = list.items;
    article->label_count = list.count;
}
