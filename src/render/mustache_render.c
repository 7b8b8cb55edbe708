#include "render/mustache.h"
#include "render/mustache_parts.h"

#include <assert.h>

/* What the context stack is made of; on the C stack, newest first. */
struct frame {
    const struct mustache_value *value;
    const struct frame *outer;
};

/* What goes before each line of a partial: that of the partial which it stands in, then its own. */
struct indentation {
    struct slice blanks;
    const struct indentation *outer;
};

struct rendering {
    struct buf *buf;
    struct diagnostics *diagnostics;
    struct mustache_budget budget;
    size_t begin; /* of what this rendering appends */
    size_t steps;
    struct place tag; /* the last one that was come to */
    unsigned depth;   /* sections and partials that are open */
    bool failed;
};

/* Where the nodes stand that are being rendered. */
struct scope {
    const struct mustache_template *template;
    const struct indentation *indentation; /* NULL for none */
};

static void render_nodes(struct rendering *rendering, struct scope scope, size_t at, size_t end,
                         const struct frame *frame);

/* --- data --------------------------------------------------------------------------------------------------- */

static const struct mustache_value *member_of(const struct mustache_value *value, struct slice name) {
    if (value->kind != MUSTACHE_MAPPING)
        return NULL;
    const struct mustache_member *members = value->mapping.members;
    for (size_t i = 0; i < value->mapping.count; i++)
        if (members[i].name.size == name.size && memcmp(members[i].name.data, name.data, name.size) == 0)
            return &members[i].value;
    return NULL;
}

/* NULL when there is none. Only the first part is looked for in outer contexts, each of which is a step. */
static const struct mustache_value *look_up(struct rendering *rendering, const struct mustache_node *node,
                                            const struct frame *frame) {
    const struct mustache_value *value = NULL;
    assert(frame->value); /* only what was found becomes a context */
    if (!node->part_count)
        return frame->value;
    for (; frame && !value; frame = frame->outer, rendering->steps++)
        value = member_of(frame->value, node->parts[0]);
    for (size_t i = 1; value && i < node->part_count; i++)
        value = member_of(value, node->parts[i]);
    return value;
}

static bool lazy_is_empty(const struct mustache_value *value) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct mustache_value first;
    return !value->lazy.item(value->lazy.context, 0, &arena, &first);
}

static bool is_true(const struct mustache_value *value) {
    switch (value->kind) {
    case MUSTACHE_NOTHING:
        return false;
    case MUSTACHE_BOOLEAN:
        return value->truth;
    case MUSTACHE_TEXT:
    case MUSTACHE_HTML:
        return value->text.size > 0;
    case MUSTACHE_NUMBER:
        return value->text.size > 0 && !slice_equal(value->text, SLICE("0"));
    case MUSTACHE_LIST:
        return value->list.count > 0;
    case MUSTACHE_LAZY:
        return !lazy_is_empty(value);
    case MUSTACHE_MAPPING:
        break;
    }
    return true;
}

/* --- text --------------------------------------------------------------------------------------------------- */

/* The apostrophe too: templates may put attributes into single quotes. */
static const char *const entities[] = {NULL, "&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
/* Numbers of the above: a byte each, for most of what is rendered goes through here byte by byte. */
static const uint8_t entity_of[UINT8_MAX + 1] = {['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5};

void mustache_append_escaped(struct buf *buf, struct slice text) {
    size_t from = 0;
    for (size_t at = 0; at < text.size; at++) {
        uint8_t entity = entity_of[(unsigned char)text.data[at]];
        if (!entity)
            continue;
        buf_append(buf, text.data + from, at - from);
        buf_append_string(buf, entities[entity]);
        from = at + 1;
    }
    buf_append_slice(buf, slice_from(text, from));
}

static void append_indentation(struct buf *buf, const struct indentation *indentation) {
    if (indentation->outer)
        append_indentation(buf, indentation->outer);
    buf_append_slice(buf, indentation->blanks);
}

static void render_text(struct buf *buf, const struct mustache_node *node, const struct indentation *indentation) {
    struct slice rest = node->text;
    if (!indentation) {
        buf_append_slice(buf, rest);
        return;
    }
    if (node->begins_line)
        append_indentation(buf, indentation);
    for (size_t end; (end = slice_find_byte(rest, '\n', 0) + 1) < rest.size; rest = slice_from(rest, end)) {
        buf_append_slice(buf, slice_range(rest, 0, end));
        append_indentation(buf, indentation);
    }
    buf_append_slice(buf, rest);
}

static void render_value(struct rendering *rendering, const struct mustache_node *node, const struct frame *frame) {
    const struct mustache_value *value = look_up(rendering, node, frame);
    struct buf *buf = rendering->buf;
    if (!value)
        return;
    if (value->kind == MUSTACHE_BOOLEAN)
        buf_append_string(buf, value->truth ? "true" : "false");
    else if (value->kind == MUSTACHE_TEXT && node->kind == NODE_ESCAPED)
        mustache_append_escaped(buf, value->text);
    else if (value->kind == MUSTACHE_TEXT || value->kind == MUSTACHE_HTML || value->kind == MUSTACHE_NUMBER)
        buf_append_slice(buf, value->text);
}

/* --- sections and partials ---------------------------------------------------------------------------------- */

/* So many more steps are wanted: false when all ends, which is reported where it is the budget's end. */
static bool goes_on(struct rendering *rendering, size_t steps) {
    if (rendering->failed || rendering->buf->failed)
        return false;
    rendering->steps += steps;
    bool has_steps = rendering->steps <= rendering->budget.steps;
    if (has_steps && rendering->buf->size - rendering->begin <= rendering->budget.bytes)
        return true;
    rendering->failed = true;
    diag_report(rendering->diagnostics, DIAGNOSTIC_TEMPLATE_TOO_MUCH, rendering->tag, "over %zu %s",
                has_steps ? rendering->budget.bytes : rendering->budget.steps, has_steps ? "bytes" : "steps");
    return false;
}

/* true and one deeper, or reported and all ends. */
static bool enter(struct rendering *rendering, const struct mustache_node *node) {
    if (rendering->depth < MUSTACHE_DEPTH_MOST) {
        rendering->depth++;
        return true;
    }
    rendering->failed = true;
    diag_report(rendering->diagnostics, DIAGNOSTIC_TEMPLATE_TOO_DEEP, rendering->tag,
                "'%.*s' inside %d sections and partials", SLICE_ARGUMENTS(node->text), MUSTACHE_DEPTH_MOST);
    return false;
}

static void render_lazy(struct rendering *rendering, struct scope scope, size_t begin, size_t end,
                        const struct mustache_value *list, const struct frame *frame) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct mustache_value item;
    for (size_t i = 0; goes_on(rendering, MUSTACHE_LAZY_STEPS) && list->lazy.item(list->lazy.context, i, &arena, &item);
         i++) {
        render_nodes(rendering, scope, begin, end, &(struct frame){&item, frame});
        arena_clear(&arena);
    }
}

/* The node at `at`, whose value is `value` (NULL for none). */
static void render_section(struct rendering *rendering, struct scope scope, size_t at,
                           const struct mustache_value *value, const struct frame *frame) {
    const struct mustache_node *node = &scope.template->nodes[at];
    size_t begin = at + 1;
    if (!enter(rendering, node))
        return;
    if (node->kind == NODE_INVERTED) {
        rendering->steps += value && value->kind == MUSTACHE_LAZY ? MUSTACHE_LAZY_STEPS : 0;
        if (!value || !is_true(value))
            render_nodes(rendering, scope, begin, node->end, frame);
    } else if (value && value->kind == MUSTACHE_LAZY) {
        render_lazy(rendering, scope, begin, node->end, value, frame);
    } else if (value && value->kind == MUSTACHE_LIST) {
        for (size_t i = 0; i < value->list.count && goes_on(rendering, 1); i++)
            render_nodes(rendering, scope, begin, node->end, &(struct frame){&value->list.items[i], frame});
    } else if (value && is_true(value)) {
        render_nodes(rendering, scope, begin, node->end, &(struct frame){value, frame});
    }
    rendering->depth--;
}

static void render_partial(struct rendering *rendering, struct scope scope, const struct mustache_node *node,
                           const struct frame *frame) {
    const struct mustache_template *partial = node->partial;
    struct indentation indentation = {node->indentation, scope.indentation};
    /* The lines of a partial in the middle of a line are not lines of the template around it. */
    const struct indentation *inner = node->standalone ? &indentation : NULL;
    if (node->standalone && !node->indentation.size)
        inner = scope.indentation;
    if (!partial || !enter(rendering, node))
        return;
    render_nodes(rendering, (struct scope){partial, inner}, 0, partial->count, frame);
    rendering->depth--;
}

static void render_nodes(struct rendering *rendering, struct scope scope, size_t at, size_t end,
                         const struct frame *frame) {
    const struct mustache_node *nodes = scope.template->nodes;
    while (at < end && goes_on(rendering, 1)) {
        const struct mustache_node *node = &nodes[at];
        size_t next = at + 1;
        if (node->kind != NODE_TEXT)
            rendering->tag = (struct place){scope.template->source.file, node->line, node->column};
        switch (node->kind) {
        case NODE_TEXT:
            render_text(rendering->buf, node, scope.indentation);
            break;
        case NODE_ESCAPED:
        case NODE_RAW:
            render_value(rendering, node, frame);
            break;
        case NODE_SECTION:
        case NODE_INVERTED:
            render_section(rendering, scope, at, look_up(rendering, node, frame), frame);
            next = node->end;
            break;
        case NODE_PARTIAL:
            render_partial(rendering, scope, node, frame);
            break;
        }
        at = next;
    }
}

bool mustache_render(const struct mustache_template *template, const struct mustache_value *data,
                     struct mustache_budget budget, struct diagnostics *diagnostics, struct buf *buf) {
    struct rendering rendering = {
        .buf = buf,
        .diagnostics = diagnostics,
        .budget = budget,
        .begin = buf->size,
        .tag = {.file = template->source.file},
    };
    render_nodes(&rendering, (struct scope){template, NULL}, 0, template->count, &(struct frame){data, NULL});
    goes_on(&rendering, 0); /* what was appended last */
    return !rendering.failed;
}
