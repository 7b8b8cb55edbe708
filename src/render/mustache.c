#include "render/mustache.h"

#include "base/memory.h"
#include "render/mustache_parts.h"

struct mustache_value mustache_boolean(bool truth) {
    return (struct mustache_value){.kind = MUSTACHE_BOOLEAN, .truth = truth};
}

struct mustache_value mustache_text(struct slice text) {
    return (struct mustache_value){.kind = MUSTACHE_TEXT, .text = text};
}

struct mustache_value mustache_html(struct slice html) {
    return (struct mustache_value){.kind = MUSTACHE_HTML, .text = html};
}

struct mustache_value mustache_number(struct slice text) {
    return (struct mustache_value){.kind = MUSTACHE_NUMBER, .text = text};
}

struct mustache_value mustache_list(const struct mustache_value *items, size_t count) {
    return (struct mustache_value){.kind = MUSTACHE_LIST, .list = {items, count}};
}

struct mustache_value mustache_mapping(const struct mustache_member *members, size_t count) {
    return (struct mustache_value){.kind = MUSTACHE_MAPPING, .mapping = {members, count}};
}

struct mustache_template *mustache_refer(struct mustache_library *library, struct slice name,
                                         struct diagnostics *diagnostics) {
    size_t number = map_get(&library->numbers, name, UINT64_MAX);
    if (number < library->templates.count)
        return library->templates.items[number];
    struct mustache_template *template = arena_new(&library->arena, sizeof *template);
    /* A copy, because the key must last, and it is the caller's the first time. */
    template->name = arena_copy(&library->arena, name);
    template->number = library->templates.count;
    template->loaded =
        library->loader.load(library->loader.context, template->name, &library->arena, diagnostics, &template->source);
    map_set(&library->numbers, template->name, template->number);
    vec_push(&library->templates, template);
    return template;
}

/*
 * The numbers of the template and of all that it reaches through partials, in the order in which they are met; as many
 * as there are templates at most. By a list instead of recursion: a chain of partials may be long.
 */
static size_t *reach(const struct mustache_library *library, const struct mustache_template *template,
                     size_t *ret_count) {
    size_t *numbers = memory_new_array(library->templates.count, sizeof *numbers);
    bool *seen = memory_new_array(library->templates.count, sizeof *seen);
    size_t count = 0;
    numbers[count++] = template->number;
    seen[template->number] = true;
    for (size_t i = 0; i < count; i++) {
        const struct mustache_template *reached = library->templates.items[numbers[i]];
        for (size_t j = 0; j < reached->count; j++) {
            const struct mustache_template *partial = reached->nodes[j].partial;
            if (partial && !seen[partial->number]) {
                seen[partial->number] = true;
                numbers[count++] = partial->number;
            }
        }
    }
    free(seen);
    *ret_count = count;
    return numbers;
}

static bool reaches_only_good_ones(const struct mustache_library *library, const struct mustache_template *template) {
    size_t count = 0;
    size_t *numbers = reach(library, template, &count);
    bool good = true;
    for (size_t i = 0; good && i < count; i++)
        good = library->templates.items[numbers[i]]->good;
    free(numbers);
    return good;
}

const struct mustache_template *mustache_find(struct mustache_library *library, struct slice name,
                                              struct diagnostics *diagnostics) {
    size_t unread = library->templates.count;
    struct mustache_template *template = mustache_refer(library, name, diagnostics);
    if (template->loaded == MUSTACHE_ABSENT)
        diag_report(diagnostics, DIAGNOSTIC_TEMPLATE_NO_PARTIAL, (struct place){0}, "%.*s", SLICE_ARGUMENTS(name));
    /* Reading one may add others behind it. */
    for (; unread < library->templates.count; unread++)
        if (library->templates.items[unread]->loaded == MUSTACHE_LOADED)
            mustache_parse(library, library->templates.items[unread], diagnostics);
    return reaches_only_good_ones(library, template) ? template : NULL;
}

void mustache_library_release(struct mustache_library *library) {
    vec_release(&library->templates);
    map_release(&library->numbers);
    arena_release(&library->arena);
}

static void visit_names(const struct mustache_template *template, mustache_visit *visit, void *context) {
    for (size_t i = 0; i < template->count; i++) {
        const struct mustache_node *node = &template->nodes[i];
        if (node->part_count)
            visit(context, &(struct mustache_name){node->text, {template->source.file, node->line, node->column}});
    }
}

void mustache_names(const struct mustache_library *library, const struct mustache_template *template,
                    mustache_visit *visit, void *context) {
    size_t count = 0;
    size_t *numbers = reach(library, template, &count);
    for (size_t i = 0; i < count; i++)
        visit_names(library->templates.items[numbers[i]], visit, context);
    free(numbers);
}
