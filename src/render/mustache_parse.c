#include "render/mustache_parts.h"

#include "base/utf8.h"

enum {
    SENTENCE_MOST = 200, /* characters of a message */
    MISTAKES_MOST = 20,  /* in one template; each may cost a look at all of it */
};

struct parser {
    struct mustache_library *library;
    struct mustache_template *template;
    struct diagnostics *diagnostics;
    struct slice text;
    size_t at;         /* everything before is in nodes */
    size_t line_begin; /* of the line of `at`; a line that begins behind the last tag is not known yet */
    bool line_has_tag;
    struct slice opening;
    struct slice closing;
    VEC(struct mustache_node) nodes;
    size_t open[MUSTACHE_SECTIONS_MOST]; /* nodes of the sections that are open */
    size_t open_count;
    size_t mistakes;
    /* Line and column are counted on from tag to tag, for templates in one long line. */
    struct {
        size_t offset;
        unsigned line;
        unsigned column;
    } counted;
};

/* One tag, from its opening to behind its closing. */
struct tag {
    char sigil; /* '\0' of {{name}} */
    size_t begin;
    size_t end;
    struct slice content; /* between sigil and closing, trimmed */
    unsigned line;
    unsigned column;
};

/* --- places and mistakes ------------------------------------------------------------------------------------ */

/* `offset` never goes back. */
static void count_to(struct parser *parser, size_t offset) {
    struct slice passed = slice_range(parser->text, parser->counted.offset, offset);
    for (size_t end; (end = slice_find_byte(passed, '\n', 0)) < passed.size; passed = slice_from(passed, end + 1)) {
        parser->counted.line++;
        parser->counted.column = 1;
    }
    parser->counted.column += (unsigned)utf8_count(passed);
    parser->counted.offset = offset;
}

static struct slice line_around(struct slice text, size_t offset) {
    size_t begin = offset;
    while (begin > 0 && text.data[begin - 1] != '\n')
        begin--;
    struct slice line = slice_range(text, begin, slice_find_byte(text, '\n', offset));
    return slice_ends_with(line, SLICE("\r")) ? slice_range(line, 0, line.size - 1) : line;
}

static void mistake(struct parser *parser, enum diagnostic_id id, const struct tag *tag, struct slice sentence) {
    struct place place = {parser->template->source.file, tag->line, tag->column};
    /* Cut, because what looks like a name may be half a template. */
    struct slice said = slice_range(sentence, 0, utf8_offset(sentence, SENTENCE_MOST));
    struct diagnostic *item = diag_report(parser->diagnostics, id, place, "%.*s%s", SLICE_ARGUMENTS(said),
                                          said.size < sentence.size ? "…" : "");
    diag_excerpt(parser->diagnostics, item, line_around(parser->text, tag->begin));
    parser->mistakes++;
}

static void report(struct parser *parser, const struct tag *tag, const char *format, ...) PRINTF_LIKE(3, 4);
static void report(struct parser *parser, const struct tag *tag, const char *format, ...) {
    CLEANUP(buf_release) struct buf sentence = BUF(BUF_UNLIMITED);
    va_list arguments;
    va_start(arguments, format);
    buf_append_format_list(&sentence, format, arguments);
    va_end(arguments);
    mistake(parser, DIAGNOSTIC_TEMPLATE_SYNTAX, tag, buf_slice(&sentence));
}

/* --- nodes -------------------------------------------------------------------------------------------------- */

static void add_text(struct parser *parser, size_t end, bool begins_line) {
    struct slice text = slice_range(parser->text, parser->at, end);
    if (text.size || begins_line)
        vec_push(&parser->nodes, (struct mustache_node){.kind = NODE_TEXT, .begins_line = begins_line, .text = text});
}

/* The parts of a name between its dots, in the arena; false when it is none. */
static bool split(struct parser *parser, struct slice name, struct mustache_node *node) {
    size_t dots = 0;
    size_t count = 0;
    if (slice_equal(name, SLICE(".")))
        return true;
    for (size_t at = 0; (at = slice_find_byte(name, '.', at)) < name.size; at++)
        dots++;
    struct slice *parts = arena_new_array(&parser->library->arena, dots + 1, sizeof *parts);
    for (struct slice rest = name; count <= dots && slice_take_until(&rest, '.', &parts[count]); count++)
        if (!parts[count].size)
            return false;
    node->parts = parts;
    node->part_count = count;
    return count > 0;
}

static struct mustache_node *add_tag(struct parser *parser, const struct tag *tag, enum mustache_node_kind kind) {
    struct mustache_node *node = vec_add(&parser->nodes);
    *node = (struct mustache_node){.kind = kind, .line = tag->line, .column = tag->column, .text = tag->content};
    node->end = parser->nodes.count;
    if (kind != NODE_PARTIAL && !split(parser, tag->content, node))
        report(parser, tag, "'%.*s' has nothing before, between or behind its dots", SLICE_ARGUMENTS(tag->content));
    return node;
}

static void add_partial(struct parser *parser, const struct tag *tag, const struct slice *indentation) {
    struct mustache_node *node = add_tag(parser, tag, NODE_PARTIAL);
    struct mustache_template *partial = mustache_refer(parser->library, tag->content, parser->diagnostics);
    node->standalone = indentation != NULL;
    if (indentation)
        node->indentation = *indentation;
    if (partial->loaded != MUSTACHE_ABSENT)
        node->partial = partial;
    else if (!parser->library->loader.absent_is_empty)
        mistake(parser, DIAGNOSTIC_TEMPLATE_NO_PARTIAL, tag, tag->content);
}

/* --- sections ----------------------------------------------------------------------------------------------- */

/* false when sections are too deep, which ends the reading: all that follows would be wrong, too. */
static bool open_section(struct parser *parser, const struct tag *tag) {
    if (parser->open_count == MUSTACHE_SECTIONS_MOST) {
        report(parser, tag, "over %d sections within each other", MUSTACHE_SECTIONS_MOST);
        parser->open_count = 0;
        return false;
    }
    parser->open[parser->open_count++] = parser->nodes.count;
    add_tag(parser, tag, tag->sigil == '#' ? NODE_SECTION : NODE_INVERTED);
    return true;
}

static void report_open(struct parser *parser, const struct mustache_node *node) {
    struct tag tag = {.line = node->line, .column = node->column};
    tag.begin = (size_t)(node->text.data - parser->text.data);
    report(parser, &tag, "the section '%.*s' is never closed", SLICE_ARGUMENTS(node->text));
}

static void close_section(struct parser *parser, const struct tag *tag) {
    size_t match = parser->open_count;
    while (match > 0 && !slice_equal(parser->nodes.items[parser->open[match - 1]].text, tag->content))
        match--;
    if (!parser->open_count) {
        report(parser, tag, "'%.*s' closes a section, but none is open", SLICE_ARGUMENTS(tag->content));
    } else if (!match) {
        const struct mustache_node *node = &parser->nodes.items[parser->open[parser->open_count - 1]];
        report(parser, tag, "'%.*s' cannot be closed here: '%.*s' of line %u is open", SLICE_ARGUMENTS(tag->content),
               SLICE_ARGUMENTS(node->text), node->line);
        /* Meant to close that one, most often: one mistake is reported once. */
        parser->open_count--;
    } else {
        while (parser->open_count > match)
            report_open(parser, &parser->nodes.items[parser->open[--parser->open_count]]);
        parser->nodes.items[parser->open[--parser->open_count]].end = parser->nodes.count;
    }
}

/* --- tags --------------------------------------------------------------------------------------------------- */

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool has_blank(struct slice content) {
    for (size_t i = 0; i < content.size; i++)
        if (is_blank(content.data[i]))
            return true;
    return false;
}

/* Two runs without blanks, and no '=' in them. */
static void set_delimiters(struct parser *parser, const struct tag *tag) {
    struct slice content = tag->content;
    size_t first = 0;
    while (first < content.size && !is_blank(content.data[first]))
        first++;
    struct slice opening = slice_range(content, 0, first);
    struct slice closing = slice_trim(slice_from(content, first));
    if (!opening.size || !closing.size || has_blank(closing) || slice_find_byte(content, '=', 0) < content.size) {
        report(parser, tag, "delimiters are two words without '=', as in {{=<%% %%>=}}, not '%.*s'",
               SLICE_ARGUMENTS(content));
        return;
    }
    parser->opening = opening;
    parser->closing = closing;
}

/* What closes the tag whose sigil this is. */
static struct slice closing_of(struct parser *parser, char sigil) {
    if (sigil != '{' && sigil != '=')
        return parser->closing;
    char *closing = arena_reserve(&parser->library->arena, parser->closing.size + 1);
    closing[0] = sigil == '{' ? '}' : '=';
    memcpy(closing + 1, parser->closing.data, parser->closing.size);
    return (struct slice){closing, parser->closing.size + 1};
}

/*
 * The tag at tag->begin. One without an end is reported and false. What looks like its end may belong to a later tag:
 * then another one begins in between, which tag->end is set to, so that the reading goes on there.
 */
static bool read_tag(struct parser *parser, struct tag *tag) {
    struct slice text = parser->text;
    size_t begin = tag->begin + parser->opening.size;
    count_to(parser, tag->begin);
    tag->line = parser->counted.line;
    tag->column = parser->counted.column;
    tag->sigil = begin < text.size && strchr("!#^/>&{=", text.data[begin]) ? text.data[begin] : '\0';
    struct slice closing = closing_of(parser, tag->sigil);
    if (tag->sigil)
        begin++;
    size_t end = slice_find(text, closing, begin);
    struct slice content = slice_range(text, begin, end);
    size_t another = tag->sigil == '!' || tag->sigil == '=' ? content.size : slice_find(content, parser->opening, 0);
    if (end == text.size || another < content.size ||
        (tag->sigil == '{' && slice_find(content, parser->closing, 0) < content.size)) {
        report(parser, tag, "this tag is never closed; '%.*s' closes it", SLICE_ARGUMENTS(closing));
        tag->end = another < content.size ? begin + another : text.size;
        return false;
    }
    tag->content = slice_trim(content);
    tag->end = end + closing.size;
    return true;
}

/* Tags that leave nothing where they stand take their line with them, when nothing else is on it. */
static bool is_standalone(const struct parser *parser, const struct tag *tag, size_t *ret_line_end) {
    struct slice text = parser->text;
    size_t end = tag->end;
    if (parser->line_has_tag || tag->sigil == '\0' || tag->sigil == '&' || tag->sigil == '{')
        return false;
    for (size_t i = parser->line_begin; i < tag->begin; i++)
        if (text.data[i] != ' ' && text.data[i] != '\t')
            return false;
    while (end < text.size && (text.data[end] == ' ' || text.data[end] == '\t'))
        end++;
    if (end + 1 < text.size && text.data[end] == '\r' && text.data[end + 1] == '\n')
        end++;
    if (end < text.size && text.data[end] != '\n')
        return false;
    *ret_line_end = end + (end < text.size);
    return true;
}

/*
 * The text before the tag, up to its line where that goes with it; `at` moves behind what was taken. true when the tag
 * is standalone, with what stood before it.
 */
static bool take_text(struct parser *parser, const struct tag *tag, struct slice *ret_indentation) {
    bool at_line_begin = parser->at == parser->line_begin && !parser->line_has_tag;
    struct slice before = slice_range(parser->text, parser->at, tag->begin);
    size_t line_end = 0;
    for (size_t i = before.size; i > 0; i--)
        if (before.data[i - 1] == '\n') {
            parser->line_begin = parser->at + i;
            parser->line_has_tag = false;
            break;
        }
    bool standalone = is_standalone(parser, tag, &line_end);
    bool new_line = parser->line_begin == tag->begin && !parser->line_has_tag;
    size_t end = standalone ? parser->line_begin : tag->begin;
    add_text(parser, end, at_line_begin && end > parser->at);
    parser->at = end;
    if (!standalone && new_line)
        add_text(parser, end, true);
    parser->at = standalone ? line_end : tag->end;
    parser->line_has_tag = !standalone;
    if (!standalone)
        return false;
    parser->line_begin = line_end;
    *ret_indentation = slice_range(parser->text, end, tag->begin);
    return true;
}

/* false when the reading cannot go on. */
static bool add(struct parser *parser, const struct tag *tag, const struct slice *indentation) {
    if (tag->sigil == '!')
        return true;
    if (tag->sigil != '=' && !tag->content.size) {
        report(parser, tag, "a tag without a name");
        return true;
    }
    if (tag->sigil != '=' && has_blank(tag->content)) {
        report(parser, tag, "a name has no blanks, as '%.*s' has", SLICE_ARGUMENTS(tag->content));
        return true;
    }
    switch (tag->sigil) {
    case '=':
        set_delimiters(parser, tag);
        break;
    case '#':
    case '^':
        return open_section(parser, tag);
    case '/':
        close_section(parser, tag);
        break;
    case '>':
        add_partial(parser, tag, indentation);
        break;
    default:
        add_tag(parser, tag, tag->sigil ? NODE_RAW : NODE_ESCAPED);
    }
    return true;
}

static void read_all(struct parser *parser) {
    struct tag tag = {0};
    struct slice indentation;
    while ((tag.begin = slice_find(parser->text, parser->opening, parser->at)) < parser->text.size) {
        if (parser->mistakes == MISTAKES_MOST)
            return;
        if (read_tag(parser, &tag)) {
            bool standalone = take_text(parser, &tag, &indentation);
            if (!add(parser, &tag, standalone ? &indentation : NULL))
                return;
        } else {
            /* Nothing of this template will be rendered; lines matter no more. */
            parser->at = tag.end;
        }
    }
    add_text(parser, parser->text.size,
             parser->at == parser->line_begin && !parser->line_has_tag && parser->at < parser->text.size);
    while (parser->open_count && parser->mistakes < MISTAKES_MOST)
        report_open(parser, &parser->nodes.items[parser->open[--parser->open_count]]);
}

void mustache_parse(struct mustache_library *library, struct mustache_template *template,
                    struct diagnostics *diagnostics) {
    struct parser parser = {.library = library,
                            .template = template,
                            .diagnostics = diagnostics,
                            .text = template->source.text,
                            .opening = SLICE("{{"),
                            .closing = SLICE("}}"),
                            .counted = {0, 1, 1}};
    if (slice_starts_with(parser.text, SLICE("\xEF\xBB\xBF")))
        parser.text = slice_from(parser.text, 3);
    struct tag bad = {.begin = utf8_valid_prefix(parser.text)};
    if (bad.begin < parser.text.size) {
        count_to(&parser, bad.begin);
        bad.line = parser.counted.line;
        bad.column = parser.counted.column;
        report(&parser, &bad, "a template is UTF-8, and this byte is not");
    } else {
        read_all(&parser);
    }
    struct mustache_node *nodes = arena_new_array(&library->arena, parser.nodes.count, sizeof *nodes);
    if (parser.nodes.count)
        memcpy(nodes, parser.nodes.items, parser.nodes.count * sizeof *nodes);
    template->nodes = nodes;
    template->count = parser.nodes.count;
    template->good = parser.mistakes == 0;
    vec_release(&parser.nodes);
}
