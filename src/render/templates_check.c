#include "render/templates_check.h"

#include "base/memory.h"
#include "render/mustache_parts.h"
#include "render/template_names.h"

/* --- depth and number ----------------------------------------------------------------------------------------- */

struct measuring {
    const struct templates *templates;
    struct diagnostics *diagnostics;
    unsigned *depths; /* of each template in the library: sections and partials within each other */
    size_t *sizes;    /* its nodes, with those of its partials; not over TEMPLATES_NODES_MOST + 1 */
    bool *measured;
    bool *entered; /* is being measured: who comes to it takes itself in */
    bool good;
};

static void report_at(const struct measuring *measuring, const struct mustache_template *template,
                      const struct mustache_node *tag, enum diagnostic_id id) {
    struct place place = {template->source.file, tag->line, tag->column};
    diag_report(measuring->diagnostics, id, place, "%.*s", SLICE_ARGUMENTS(tag->text));
}

static unsigned measure(struct measuring *measuring, const struct mustache_template *template);

/* Below the tag, with it. */
static unsigned measure_partial(struct measuring *measuring, const struct mustache_template *template,
                                const struct mustache_node *tag) {
    if (!measuring->entered[tag->partial->number])
        return 1 + measure(measuring, tag->partial);
    report_at(measuring, template, tag, DIAGNOSTIC_TEMPLATE_RECURSIVE);
    measuring->good = false;
    return 1;
}

/* Whatever takes in what is too deep or too much is so itself, and would say it again. */
static void hold_to_limits(struct measuring *measuring, const struct mustache_template *template,
                           const struct mustache_node *node, unsigned depth) {
    bool is_too_much = measuring->sizes[template->number] > TEMPLATES_NODES_MOST;
    if (!measuring->good || (depth <= MUSTACHE_DEPTH_MOST && !is_too_much))
        return;
    report_at(measuring, template, node, is_too_much ? DIAGNOSTIC_TEMPLATE_TOO_MUCH : DIAGNOSTIC_TEMPLATE_TOO_DEEP);
    measuring->good = false;
}

static void add_size(struct measuring *measuring, const struct mustache_template *template, size_t nodes) {
    size_t *size = &measuring->sizes[template->number];
    *size = *size + nodes < TEMPLATES_NODES_MOST ? *size + nodes : TEMPLATES_NODES_MOST + 1;
}

static unsigned measure(struct measuring *measuring, const struct mustache_template *template) {
    size_t ends[MUSTACHE_SECTIONS_MOST];
    unsigned open = 0;
    unsigned deepest = 0;
    if (measuring->measured[template->number] || !template->good)
        return measuring->depths[template->number];
    measuring->entered[template->number] = true;
    for (size_t i = 0; i < template->count; i++) {
        const struct mustache_node *node = &template->nodes[i];
        while (open && ends[open - 1] <= i)
            open--;
        if (node->kind == NODE_SECTION || node->kind == NODE_INVERTED)
            ends[open++] = node->end;
        unsigned depth = open;
        add_size(measuring, template, 1);
        if (node->kind == NODE_PARTIAL && node->partial) {
            depth += measure_partial(measuring, template, node);
            add_size(measuring, template, measuring->sizes[node->partial->number]);
        }
        if (node->kind != NODE_TEXT)
            hold_to_limits(measuring, template, node, depth);
        deepest = depth > deepest ? depth : deepest;
    }
    measuring->entered[template->number] = false;
    measuring->measured[template->number] = true;
    return measuring->depths[template->number] = deepest;
}

bool templates_check_size(const struct templates *templates, struct diagnostics *diagnostics) {
    size_t count = templates->library.templates.count;
    struct measuring measuring = {.templates = templates, .diagnostics = diagnostics, .good = true};
    measuring.depths = memory_new_array(count, sizeof *measuring.depths);
    measuring.sizes = memory_new_array(count, sizeof *measuring.sizes);
    measuring.measured = memory_new_array(count, sizeof *measuring.measured);
    measuring.entered = memory_new_array(count, sizeof *measuring.entered);
    for (size_t i = 0; i < count; i++)
        measure(&measuring, templates->library.templates.items[i]);
    free(measuring.depths);
    free(measuring.sizes);
    free(measuring.measured);
    free(measuring.entered);
    return measuring.good;
}

/* --- names ---------------------------------------------------------------------------------------------------- */

/* One tag; where it stands in the template's text tells it from others. */
struct use {
    struct mustache_name name;
    bool known;
    struct slice nearest;
};

struct names {
    VEC(struct slice) items;
};

struct checking {
    const struct templates *templates;
    struct arena arena;
    VEC(struct use) uses;
    struct map numbers; /* the address of a name's text → its number in uses */
    struct names names; /* of the data of the template at hand */
    struct names candidates;
};

static bool is_among(struct slice name, const struct slice *names, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (slice_equal(names[i], name))
            return true;
    return false;
}

/* All that this part of a name may be: after `first.`, a key of text.yaml or what the site has; else what the data has.
 */
static void take_candidates(const struct checking *checking, struct slice first, bool is_second, struct names *names) {
    const struct templates *templates = checking->templates;
    const struct mustache_value *mapping = NULL;
    if (is_second && slice_equal(first, SLICE("text")))
        mapping = &templates->text_values;
    else if (is_second && slice_equal(first, SLICE("site")))
        mapping = &templates->site_values;
    vec_clear(&names->items);
    for (size_t i = 0; mapping && i < mapping->mapping.count; i++)
        vec_push(&names->items, mapping->mapping.members[i].name);
    for (size_t i = 0; !mapping && i < checking->names.items.count; i++)
        vec_push(&names->items, checking->names.items.items[i]);
}

/*
 * Is each of its parts somewhere in the data? Which contexts are around it, only the data decides. If not, the name
 * that was meant by the first one that is not.
 */
static bool is_known(struct checking *checking, struct slice name, struct slice *ret_nearest) {
    struct slice first = slice_range(name, 0, slice_find_byte(name, '.', 0));
    struct slice part;
    for (size_t i = 0; slice_take_until(&name, '.', &part); i++) {
        struct names *candidates = &checking->candidates;
        take_candidates(checking, first, i == 1, candidates);
        if (is_among(part, candidates->items.items, candidates->items.count))
            continue;
        *ret_nearest = diag_nearest(part, candidates->items.items, candidates->items.count);
        return false;
    }
    return true;
}

static void visit(void *context, const struct mustache_name *name) {
    struct checking *checking = context;
    struct slice key = {(const char *)&name->name.data, sizeof name->name.data};
    uint64_t number = map_get(&checking->numbers, key, UINT64_MAX);
    if (number == UINT64_MAX) {
        number = checking->uses.count;
        map_set(&checking->numbers, arena_copy(&checking->arena, key), number);
        vec_push(&checking->uses, (struct use){.name = *name});
    }
    struct use *use = &checking->uses.items[number];
    use->known = use->known || is_known(checking, name->name, &use->nearest);
}

static void take_names(struct checking *checking, const char *line) {
    struct slice rest = slice_of(line);
    struct slice name;
    while (slice_take_until(&rest, ' ', &name))
        if (name.size)
            vec_push(&checking->names.items, name);
}

void templates_check_names(const struct templates *templates, struct diagnostics *diagnostics) {
    struct checking checking = {.templates = templates};
    for (size_t i = 0; i < TEMPLATE_COUNT; i++) {
        const char *common = NULL;
        vec_clear(&checking.names.items);
        take_names(&checking, template_names((enum template_name)i, &common));
        take_names(&checking, common);
        if (templates->all[i])
            mustache_names(&templates->library, templates->all[i], visit, &checking);
    }
    for (size_t i = 0; i < checking.uses.count; i++) {
        const struct use *use = &checking.uses.items[i];
        if (use->known)
            continue;
        struct diagnostic *item = diag_report(diagnostics, DIAGNOSTIC_TEMPLATE_UNKNOWN_NAME, use->name.place, "%.*s",
                                              SLICE_ARGUMENTS(use->name.name));
        if (use->nearest.size)
            diag_hint(diagnostics, item, "did you mean %.*s?", SLICE_ARGUMENTS(use->nearest));
    }
    vec_release(&checking.uses);
    vec_release(&checking.names.items);
    vec_release(&checking.candidates.items);
    map_release(&checking.numbers);
    arena_release(&checking.arena);
}

/* --- files ---------------------------------------------------------------------------------------------------- */

static bool is_used(const struct templates *templates, const struct template_file *file) {
    for (size_t i = 0; i < templates->library.templates.count; i++)
        if (templates->library.templates.items[i]->source.text.data == file->text.data)
            return true;
    return !slice_ends_with(file->name, SLICE(".html"));
}

void templates_check_unused(const struct templates *templates, struct diagnostics *diagnostics) {
    const struct output_settings *output = &templates->settings->output;
    size_t count = 0;
    const char *const *shipped = templates_shipped_names(&count);
    struct slice *names = memory_new_array(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = slice_of(shipped[i]);
    for (size_t i = 0; i < output->template_count; i++) {
        const struct template_file *file = &output->templates[i];
        if (is_used(templates, file))
            continue;
        struct diagnostic *item =
            diag_report(diagnostics, DIAGNOSTIC_TEMPLATE_UNUSED, (struct place){.file = file->file}, "%s", "");
        struct slice nearest = diag_nearest(file->name, names, count);
        if (nearest.size && !slice_equal(nearest, file->name))
            diag_hint(diagnostics, item, "did you mean %.*s?", SLICE_ARGUMENTS(nearest));
    }
    free(names);
}
