#include "ingest/fields.h"
#include "ingest/readers.h"

#include "text/choke.h"
#include "yaml/node.h"

/* One article a file: front matter in YAML between two lines of ---, then Markdown. */

static bool next_file(struct slice text, size_t *position, unsigned *line, struct record_bounds *ret_bounds) {
    /* An empty file is one record too, so that somebody says that it is empty. */
    if (*line != 1)
        return false;
    *ret_bounds = (struct record_bounds){*position, text.size, 1, text.size - *position > RECORD_MOST};
    *position = text.size;
    (*line)++;
    return true;
}

struct document {
    struct slice matter; /* between the lines of --- */
    struct slice body;
    bool has_matter;
};

static bool take_fence(struct slice *rest) {
    struct slice line = slice_range(*rest, 0, slice_find_byte(*rest, '\n', 0));
    struct slice trimmed = slice_trim(line);
    /* Not indented: an indented --- is text. */
    if (!slice_equal(trimmed, SLICE("---")) || trimmed.data != line.data)
        return false;
    *rest = slice_from(*rest, line.size + 1);
    return true;
}

/* false for front matter without an end. */
static bool split_document(struct slice text, struct document *document) {
    struct slice rest = text;
    *document = (struct document){.body = text};
    if (!take_fence(&rest))
        return true;
    const char *begin = rest.data;
    while (rest.size) {
        size_t size = (size_t)(rest.data - begin);
        if (take_fence(&rest)) {
            *document = (struct document){{begin, size}, rest, true};
            return true;
        }
        rest = slice_from(rest, slice_find_byte(rest, '\n', 0) + 1);
    }
    return false;
}

static struct raw_value value_of(const struct node *node, struct arena *arena) {
    static const enum raw_kind kinds[] = {
        [NODE_SCALAR] = RAW_TEXT, [NODE_LIST] = RAW_LIST, [NODE_MAPPING] = RAW_MAPPING};
    struct raw_value value = {.kind = kinds[node->kind],
                              .line = node->place.line,
                              .column = node->place.column,
                              .excerpt = node->line,
                              .text = node->text,
                              .count = node->count};
    if (!node->count)
        return value;
    struct raw_item *items = arena_new_array(arena, node->count, sizeof *items);
    size_t i = 0;
    for (const struct node *child = node->first; child && i < node->count; child = child->next)
        items[i++] = (struct raw_item){child->key, value_of(child, arena)};
    value.items = items;
    return value;
}

static void report_unknown(const struct source *source, const struct taxonomies *taxonomies, const struct node *node,
                           struct arena *arena, struct diagnostics *diagnostics) {
    size_t count = ARTICLE_FIELD_COUNT + taxonomies->count;
    struct slice *names = arena_new_array(arena, count, sizeof *names);
    for (unsigned i = 0; i < ARTICLE_FIELD_COUNT; i++)
        names[i] = fields_name(source, (enum article_field)i);
    for (size_t i = 0; i < taxonomies->count; i++)
        names[ARTICLE_FIELD_COUNT + i] = taxonomies->items[i].id;
    struct diagnostic *item =
        node_report_key(diagnostics, DIAGNOSTIC_FIELD_UNKNOWN, node, "%.*s", SLICE_ARGUMENTS(node->key));
    struct slice nearest = diag_nearest(node->key, names, count);
    if (nearest.size)
        diag_hint(diagnostics, item, "did you mean %.*s?", SLICE_ARGUMENTS(nearest));
}

static void sort_out(const struct source *source, const struct taxonomies *taxonomies, const struct node *root,
                     struct arena *arena, struct diagnostics *diagnostics, struct raw_article *raw) {
    struct raw_item *labels = arena_new_array(arena, root->count, sizeof *labels);
    for (const struct node *node = root->first; node; node = node->next) {
        enum article_field field = fields_find(source, node->key);
        if (field < ARTICLE_FIELD_COUNT)
            raw->fields[field] = value_of(node, arena);
        else if (taxonomy_find(taxonomies, node->key))
            labels[raw->label_count++] = (struct raw_item){node->key, value_of(node, arena)};
        else
            report_unknown(source, taxonomies, node, arena, diagnostics);
    }
    raw->labels = labels;
}

/*
 * The YAML service reports mistakes as those of a configuration, which would end the run. In front matter they
 * cost the article only: the first one is told again under a name of its own.
 */
static const struct node *read_matter(struct slice matter, struct place place, struct arena *arena,
                                      struct diagnostics *diagnostics) {
    CLEANUP(diagnostics_release) struct diagnostics mistakes = {0};
    struct choke_report unused = {0};
    /* YAML takes no broken UTF-8; what was repaired here cannot be counted a second time below, so say it here. */
    struct slice yaml = text_choke(matter, CHOKE_TEXT, arena, &unused);
    const struct node *root = node_read(yaml, place.file, place.line + 1, arena, &mistakes);
    if (root && root->kind == NODE_MAPPING) {
        CLEANUP(buf_release) struct buf description = BUF(1 << 12);
        choke_report_describe(&unused, &description);
        if (description.size)
            diag_report(diagnostics, DIAGNOSTIC_TEXT_REPAIRED, place, "%s in the front matter",
                        buf_string(&description));
        return root;
    }
    const struct diagnostic *first = mistakes.items.count ? &mistakes.items.items[0] : NULL;
    if (!first) {
        diag_report(diagnostics, DIAGNOSTIC_FRONT_MATTER_BROKEN, place, "it is no mapping of names to values");
        return NULL;
    }
    struct diagnostic *item =
        diag_report(diagnostics, DIAGNOSTIC_FRONT_MATTER_BROKEN, first->place, "%s%s%.*s", diagnostic_text(first->id),
                    first->detail.size ? ": " : "", SLICE_ARGUMENTS(first->detail));
    diag_excerpt(diagnostics, item, first->excerpt);
    if (first->hint.size)
        diag_hint(diagnostics, item, "%.*s", SLICE_ARGUMENTS(first->hint));
    return NULL;
}

/* `# Title` as the first line of the body that is not blank: taken off it. */
static struct raw_value take_heading(struct slice *body) {
    struct slice rest = *body;
    while (rest.size) {
        size_t end = slice_find_byte(rest, '\n', 0);
        struct slice line = slice_trim(slice_range(rest, 0, end));
        rest = slice_from(rest, end + 1);
        if (!line.size)
            continue;
        if (!slice_starts_with(line, SLICE("# ")))
            break;
        *body = rest;
        return (struct raw_value){.kind = RAW_TEXT, .text = slice_trim(slice_from(line, 2))};
    }
    return (struct raw_value){0};
}

static bool parse_file(const struct source *source, const struct taxonomies *taxonomies, struct slice record,
                       struct place place, struct arena *arena, struct diagnostics *diagnostics,
                       struct article *ret_article) {
    struct raw_article raw = {.place = place, .format = BODY_MARKDOWN};
    struct document document;
    if (!slice_trim(record).size) {
        diag_report(diagnostics, DIAGNOSTIC_RECORD_BROKEN, place, "the file is empty");
        return false;
    }
    if (!split_document(record, &document)) {
        diag_report(diagnostics, DIAGNOSTIC_FRONT_MATTER_BROKEN, place, "no second line of --- ends it");
        return false;
    }
    if (document.has_matter) {
        const struct node *root = read_matter(document.matter, place, arena, diagnostics);
        if (!root)
            return false;
        sort_out(source, taxonomies, root, arena, diagnostics, &raw);
    }
    if (raw.fields[ARTICLE_FIELD_TITLE].kind == RAW_ABSENT)
        raw.fields[ARTICLE_FIELD_TITLE] = take_heading(&document.body);
    /* `body:` in the front matter would be a mistake worth seeing, but where there is no text below it is taken. */
    if (raw.fields[ARTICLE_FIELD_BODY].kind == RAW_ABSENT || slice_trim(document.body).size)
        raw.fields[ARTICLE_FIELD_BODY] = (struct raw_value){.kind = RAW_TEXT, .text = document.body};
    return fields_to_article(source, &raw, arena, diagnostics, ret_article);
}

const struct reader reader_markdown = {
    .name = "markdown",
    .by_line = false,
    .endings = ".md .markdown",
    .next = next_file,
    .parse = parse_file,
};
