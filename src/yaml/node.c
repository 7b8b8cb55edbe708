#include "yaml/node.h"

#include "base/map.h"
#include "base/utf8.h"
#include "yaml/advice.h"
#include "yaml/lines.h"

#include <stdarg.h>
#include <yaml.h>

/* A list or mapping that is still open. */
struct level {
    struct node *node;
    struct node **end; /* where its next item is hung */
    struct map keys;   /* of a mapping: key → index into `places`, so that a second one can name the first */
    VEC(struct place) places;
    struct slice key; /* of a mapping, while its value is awaited */
    struct place key_place;
    struct slice key_line;
    bool has_key;
    bool discarded; /* the value that comes belongs to a duplicate key */
};

struct reading {
    yaml_parser_t parser;
    struct source_lines lines;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct node *root;
    struct level levels[NODE_LEVELS_MOST];
    size_t depth;
    bool mistaken; /* something was reported that does not stop the reading */
};

static void level_close(struct level *level) {
    map_release(&level->keys);
    vec_release(&level->places);
    *level = (struct level){0};
}

static void reading_release(struct reading *reading) {
    yaml_parser_delete(&reading->parser);
    source_lines_release(&reading->lines);
    while (reading->depth)
        level_close(&reading->levels[--reading->depth]);
}

static void report_mark(struct reading *reading, enum diagnostic_id id, const yaml_mark_t *mark, const char *detail,
                        const char *hint) {
    struct slice line = source_lines_excerpt(&reading->lines, source_lines_of_character(&reading->lines, mark->index));
    struct diagnostic *item =
        diag_report(reading->diagnostics, id, source_lines_place(&reading->lines, mark->index), "%s", detail);
    diag_excerpt(reading->diagnostics, item, line);
    if (hint)
        diag_hint(reading->diagnostics, item, "%s", hint);
    reading->mistaken = true;
}

/* An anchor and a tag have no effect here; people who write them expect one, so they are told. */
static void refuse_properties(struct reading *reading, const yaml_event_t *event, const unsigned char *anchor,
                              const unsigned char *tag) {
    if (anchor)
        report_mark(reading, DIAGNOSTIC_YAML_ALIAS, &event->start_mark, "an anchor", "quote the value if & is meant");
    if (tag)
        report_mark(reading, DIAGNOSTIC_YAML_ALIAS, &event->start_mark, "a tag", "quote the value if ! is meant");
}

static struct node *node_new(struct reading *reading, enum node_kind kind, const yaml_mark_t *mark) {
    struct node *node = arena_new(reading->arena, sizeof *node);
    node->kind = kind;
    node->place = source_lines_place(&reading->lines, mark->index);
    node->line = source_lines_text(&reading->lines, source_lines_of_character(&reading->lines, mark->index));
    return node;
}

/* A scalar where a mapping wants a key. */
static void take_key(struct reading *reading, struct level *level, const struct node *scalar) {
    level->key = scalar->text;
    level->key_place = scalar->place;
    level->key_line = scalar->line;
    level->has_key = true;
    size_t earlier = (size_t)map_get(&level->keys, scalar->text, SIZE_MAX);
    level->discarded = earlier != SIZE_MAX;
    if (level->discarded) {
        struct place first = level->places.items[earlier];
        struct diagnostic *item = diag_report(reading->diagnostics, DIAGNOSTIC_YAML_DUPLICATE_KEY, scalar->place,
                                              "%.*s, first in line %u", SLICE_ARGUMENTS(scalar->text), first.line);
        diag_excerpt(reading->diagnostics, item, scalar->line);
        reading->mistaken = true;
        return;
    }
    map_set(&level->keys, scalar->text, level->places.count);
    vec_push(&level->places, scalar->place);
}

/* Hangs a new node under its parent. false when it is a key that cannot be one. */
static bool place_node(struct reading *reading, struct node *node) {
    if (reading->depth == 0) {
        reading->root = node;
        return true;
    }
    struct level *level = &reading->levels[reading->depth - 1];
    if (level->node->kind == NODE_MAPPING && !level->has_key) {
        if (node->kind == NODE_SCALAR) {
            take_key(reading, level, node);
            return true;
        }
        node_report(reading->diagnostics, DIAGNOSTIC_YAML_SYNTAX, node, "a key must be a single value");
        return false;
    }
    bool discarded = level->discarded;
    if (level->node->kind == NODE_MAPPING) {
        node->key = level->key;
        node->key_place = level->key_place;
        node->key_line = level->key_line;
        level->has_key = false;
        level->discarded = false;
    }
    if (discarded)
        return true;
    *level->end = node;
    level->end = &node->next;
    level->node->count++;
    return true;
}

static bool open_level(struct reading *reading, enum node_kind kind, const yaml_mark_t *mark) {
    if (reading->depth == NODE_LEVELS_MOST) {
        report_mark(reading, DIAGNOSTIC_YAML_LIMIT, mark, "nested too deep", NULL);
        return false;
    }
    struct node *node = node_new(reading, kind, mark);
    if (!place_node(reading, node))
        return false;
    reading->levels[reading->depth++] = (struct level){.node = node, .end = &node->first};
    return true;
}

static bool take_scalar(struct reading *reading, const yaml_event_t *event) {
    refuse_properties(reading, event, event->data.scalar.anchor, event->data.scalar.tag);
    struct node *node = node_new(reading, NODE_SCALAR, &event->start_mark);
    struct slice value = {(const char *)event->data.scalar.value, event->data.scalar.length};
    node->text = arena_copy(reading->arena, value);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return place_node(reading, node);
}

static bool take_alias(struct reading *reading, const yaml_event_t *event) {
    report_mark(reading, DIAGNOSTIC_YAML_ALIAS, &event->start_mark, "an alias", "quote the value if * is meant");
    return place_node(reading, node_new(reading, NODE_SCALAR, &event->start_mark));
}

static bool take_document_start(struct reading *reading, const yaml_event_t *event) {
    if (reading->root) {
        report_mark(reading, DIAGNOSTIC_YAML_SYNTAX, &event->start_mark, "a second document begins here", NULL);
        return false;
    }
    return true;
}

static bool take_event(struct reading *reading, const yaml_event_t *event) {
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return take_document_start(reading, event);
    case YAML_ALIAS_EVENT:
        return take_alias(reading, event);
    case YAML_SCALAR_EVENT:
        return take_scalar(reading, event);
    case YAML_SEQUENCE_START_EVENT:
        refuse_properties(reading, event, event->data.sequence_start.anchor, event->data.sequence_start.tag);
        return open_level(reading, NODE_LIST, &event->start_mark);
    case YAML_MAPPING_START_EVENT:
        refuse_properties(reading, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
        return open_level(reading, NODE_MAPPING, &event->start_mark);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        level_close(&reading->levels[--reading->depth]);
        return true;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    }
    return true;
}

static bool read_events(struct reading *reading) {
    for (bool done = false; !done;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&reading->parser, &event)) {
            advice_report_syntax(&reading->parser, &reading->lines, reading->diagnostics);
            return false;
        }
        bool taken = take_event(reading, &event);
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
        if (!taken)
            return false;
    }
    if (!reading->root) {
        yaml_mark_t start = {0};
        reading->root = node_new(reading, NODE_MAPPING, &start);
    }
    return true;
}

/* What libyaml would not say well: too much, or bytes that are no UTF-8. */
static bool source_is_readable(const struct source_lines *lines, struct diagnostics *diagnostics) {
    size_t valid = utf8_valid_prefix(lines->source);
    if (valid == lines->source.size)
        return true;
    struct place place = {lines->file, lines->first_line + (unsigned)source_lines_of_byte(lines, valid), 0};
    struct diagnostic *item = diag_report(diagnostics, DIAGNOSTIC_YAML_SYNTAX, place, "bytes that are not UTF-8");
    if (utf8_looks_like_gb18030(lines->source))
        diag_hint(diagnostics, item, "it looks like GB18030: save the file as UTF-8");
    return false;
}

static struct node *read_document(struct slice yaml, struct slice file, unsigned first_line, struct arena *arena,
                                  struct diagnostics *diagnostics, bool *ret_mistaken) {
    if (yaml.size > NODE_SOURCE_MOST) {
        diag_report(diagnostics, DIAGNOSTIC_YAML_LIMIT, (struct place){.file = file}, "%zu bytes", yaml.size);
        return NULL;
    }
    if (slice_starts_with(yaml, SLICE("\xEF\xBB\xBF")))
        yaml = slice_from(yaml, 3);
    CLEANUP(reading_release) struct reading reading = {.arena = arena, .diagnostics = diagnostics};
    source_lines_init(&reading.lines, arena_copy(arena, yaml), file, first_line);
    if (!source_is_readable(&reading.lines, diagnostics))
        return NULL;
    if (!yaml_parser_initialize(&reading.parser))
        memory_exhausted();
    /* Said outright, or libyaml would guess UTF-16 from the first bytes. */
    yaml_parser_set_encoding(&reading.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reading.parser, (const unsigned char *)reading.lines.source.data,
                                 reading.lines.source.size);
    if (!read_events(&reading))
        return NULL;
    *ret_mistaken = reading.mistaken;
    return reading.root;
}

struct node *node_read(struct slice yaml, struct slice file, unsigned first_line, struct arena *arena,
                       struct diagnostics *diagnostics) {
    bool mistaken = false;
    struct node *root = read_document(yaml, file, first_line, arena, diagnostics, &mistaken);
    return mistaken ? NULL : root;
}

struct node *node_read_on(struct slice yaml, struct slice file, unsigned first_line, struct arena *arena,
                          struct diagnostics *diagnostics) {
    bool mistaken = false;
    return read_document(yaml, file, first_line, arena, diagnostics, &mistaken);
}

const struct node *node_get(const struct node *mapping, struct slice key) {
    if (!mapping || mapping->kind != NODE_MAPPING)
        return NULL;
    for (const struct node *item = mapping->first; item; item = item->next)
        if (slice_equal(item->key, key))
            return item;
    return NULL;
}

bool node_is_empty(const struct node *node) {
    return node->kind == NODE_SCALAR && !node->quoted && node->text.size == 0;
}

struct place node_place_inside(struct place place, struct slice line, struct slice text, size_t offset) {
    if (place.column == 0)
        return place;
    struct slice written = slice_from(line, utf8_offset(line, place.column - 1));
    unsigned quote = 0;
    if (written.size && (written.data[0] == '"' || written.data[0] == '\'') && !slice_starts_with(written, text))
        quote = 1;
    if (!slice_starts_with(slice_from(written, quote), text))
        return place;
    place.column += quote + (unsigned)utf8_count(slice_range(text, 0, offset));
    return place;
}

enum { DETAIL_MOST = 4096 /* bytes of one message; the rest of a longer one is not shown */ };

static struct diagnostic *report_at(struct diagnostics *diagnostics, enum diagnostic_id id, struct place place,
                                    struct slice line, const char *format, va_list arguments) PRINTF_LIKE(5, 0);

static struct diagnostic *report_at(struct diagnostics *diagnostics, enum diagnostic_id id, struct place place,
                                    struct slice line, const char *format, va_list arguments) {
    char detail[DETAIL_MOST];
    int size = vsnprintf(detail, sizeof detail, format, arguments);
    struct slice text = slice_of(size < 0 ? "" : detail);
    text.size = utf8_valid_prefix(text);
    struct diagnostic *item = diag_report(diagnostics, id, place, "%.*s", SLICE_ARGUMENTS(text));
    diag_excerpt(diagnostics, item, line);
    return item;
}

struct diagnostic *node_report(struct diagnostics *diagnostics, enum diagnostic_id id, const struct node *node,
                               const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    struct diagnostic *item = report_at(diagnostics, id, node->place, node->line, format, arguments);
    va_end(arguments);
    return item;
}

struct diagnostic *node_report_key(struct diagnostics *diagnostics, enum diagnostic_id id, const struct node *node,
                                   const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    struct diagnostic *item = report_at(diagnostics, id, node->key_place, node->key_line, format, arguments);
    va_end(arguments);
    return item;
}

struct diagnostic *node_report_inside(struct diagnostics *diagnostics, enum diagnostic_id id, const struct node *node,
                                      size_t offset, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    struct place place = node_place_inside(node->place, node->line, node->text, offset);
    struct diagnostic *item = report_at(diagnostics, id, place, node->line, format, arguments);
    va_end(arguments);
    return item;
}
