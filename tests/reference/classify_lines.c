/*
 * classify_lines CONFIGURATION: JSON Lines {id, title, lead, body, column} on stdin → {id, TAXONOMY: [term, …], …} on
 * stdout. Beside the rules only what tests/reference/compare asks for: articles cut as the reference cuts them.
 */
#include "base/memory.h"
#include "classify/classify.h"
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
    json_object_object_add(line, "id", json_object_new_string_len(id.data, (int)id.size));
    for (size_t i = 0; i < taxonomies->count; i++) {
        struct json_object *terms = json_object_new_array();
        const struct taxonomy *taxonomy = &taxonomies->items[i];
        for (size_t term = 0; term < taxonomy->term_count; term++) {
            if (decisions[i].terms[term].chosen) {
                struct slice name = taxonomy->terms[term].id;
                json_object_array_add(terms, json_object_new_string_len(name.data, (int)name.size));
            }
        }
        char key[64];
        (void)snprintf(key, sizeof key, "%.*s", SLICE_ARGUMENTS(taxonomy->id));
        json_object_object_add(line, key, terms);
    }
    puts(json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN));
    json_object_put(line);
}

/* The lead and the rest become one text, as `classify` gets it. */
static void article_classify(struct classifier_worker *worker, const struct taxonomies *taxonomies, const char *line,
                             struct buf *text, struct diagnostics *diagnostics) {
    struct json_object *article = json_tokener_parse(line);
    struct slice lead = field_of(article, "lead");
    buf_clear(text);
    buf_append_slice(text, lead);
    buf_append_byte(text, '\n');
    buf_append_slice(text, field_of(article, "body"));
    struct classify_input input = {.title = field_of(article, "title"),
                                   .text = buf_slice(text),
                                   .lead_size = lead.size,
                                   .column = field_of(article, "column")};
    const struct decision *decisions = classify(worker, &input, false, (struct place){0}, diagnostics);
    print_decisions(decisions, taxonomies, field_of(article, "id"));
    json_object_put(article);
}

int main(int count, char **arguments) {
    static const char *const formats[] = {"atom", "rss", "json"};
    static const char *const readers[] = {"markdown", "jsonl", "listing"};
    const struct known_names known = {formats, ARRAY_LENGTH(formats), readers, ARRAY_LENGTH(readers)};
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
