/*
 * classify_lines CONFIGURATION: JSON Lines {id, title, lead, body, column, source, url} on stdin → {id, TAXONOMY:
 * [term, …], …, "points": {TAXONOMY: {term: points}}} on stdout. An article with a `lead` is cut as its line says (the
 * reference cuts them in its own way), one without as `build` cuts it.
 */
#include "base/memory.h"
#include "base/uri.h"
#include "classify/classify.h"
#include "clean/clean.h"
#include "config/config.h"

#include <json-c/json.h>

static struct slice field_of(struct json_object *article, const char *name) {
    struct json_object *value;
    if (!json_object_object_get_ex(article, name, &value) || value == NULL) {
        return (struct slice){0};
    }
    return (struct slice){json_object_get_string(value), (size_t)json_object_get_string_len(value)};
}

static void print_decisions(const struct decision *decisions, const struct taxonomies *taxonomies, struct slice id) {
    struct json_object *line = json_object_new_object();
    struct json_object *all_points = json_object_new_object();
    json_object_object_add(line, "id", json_object_new_string_len(id.data, (int)id.size));
    for (size_t i = 0; i < taxonomies->count; i++) {
        struct json_object *chosen = json_object_new_array();
        struct json_object *points = json_object_new_object();
        const struct taxonomy *taxonomy = &taxonomies->items[i];
        for (size_t term = 0; term < taxonomy->term_count; term++) {
            const struct term_decision *decided = &decisions[i].terms[term];
            char name[64];
            (void)snprintf(name, sizeof name, "%.*s", SLICE_ARGUMENTS(taxonomy->terms[term].id));
            if (decided->chosen) {
                json_object_array_add(chosen, json_object_new_string(name));
            }
            if (decided->points > 0) {
                json_object_object_add(points, name, json_object_new_double(decided->points));
            }
        }
        char key[64];
        (void)snprintf(key, sizeof key, "%.*s", SLICE_ARGUMENTS(taxonomy->id));
        json_object_object_add(line, key, chosen);
        json_object_object_add(all_points, key, points);
    }
    json_object_object_add(line, "points", all_points);
    puts(json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN));
    json_object_put(line);
}

/* A lead that the line gives and the rest become one text, as `classify` gets it. */
static struct plain_text text_of(struct json_object *json, struct arena *arena, struct buf *text) {
    struct slice lead = field_of(json, "lead");
    struct slice body = field_of(json, "body");
    struct plain_text plain = {0};
    if (lead.size > 0) {
        buf_clear(text);
        buf_append_slice(text, lead);
        buf_append_byte(text, '\n');
        buf_append_slice(text, body);
        plain = (struct plain_text){.text = buf_slice(text), .lead_size = lead.size};
    } else if (!clean_plain_text(&(struct article){.body = body, .format = BODY_TEXT}, arena, &plain)) {
        abort(); /* plain text is never refused */
    }
    return plain;
}

static void article_classify(struct classifier_worker *worker, const struct taxonomies *taxonomies, const char *line,
                             struct buf *text, struct diagnostics *diagnostics) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct json_object *json = json_tokener_parse(line);
    struct plain_text plain = text_of(json, &arena, text);
    struct classify_input input = {.title = field_of(json, "title"),
                                   .text = plain.text,
                                   .lead_size = plain.lead_size,
                                   .column = field_of(json, "column"),
                                   .host = uri_host(field_of(json, "url")),
                                   .source = field_of(json, "source")};
    const struct decision *decisions = classify(worker, &input, false, (struct place){0}, diagnostics);
    print_decisions(decisions, taxonomies, field_of(json, "id"));
    json_object_put(json);
}

int main(int count, char **arguments) {
    static const char *const formats[] = {"atom", "rss", "json", "html"};
    static const char *const readers[] = {"markdown", "jsonl", "listing"};
    const struct known_names known = {formats, ARRAY_LENGTH(formats), readers, ARRAY_LENGTH(readers), NULL, 0};
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    struct settings settings;
    struct classifier *classifier = NULL;
    if (count == 2 && config_load(arguments[1], &known, &diagnostics, &settings)) {
        classifier = classifier_new(&settings.taxonomies, (struct slice){0}, &diagnostics);
    }
    if (classifier == NULL) {
        diagnostics_print(&diagnostics, SEVERITY_NOTE, &text);
        fputs(buf_string(&text), stderr);
        return 78;
    }
    struct classifier_worker *worker = classifier_worker_new(classifier);
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, stdin) > 0) {
        article_classify(worker, &settings.taxonomies, line, &text, &diagnostics);
    }
    free(line);
    classifier_worker_free(worker);
    classifier_free(classifier);
    settings_release(&settings);
    return 0;
}
