#ifndef PINDAO_TESTS_UNIT_LOADED_H
#define PINDAO_TESTS_UNIT_LOADED_H

#include "base/file.h"
#include "config/config.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

/* feeds.yaml in a folder of its own, for the tests of config/. Included behind cmocka.h. */

/* A folder with a feeds.yaml, loaded. */
struct loaded {
    char folder[64];
    struct arena arena;
    struct diagnostics diagnostics;
    struct settings settings;
    bool good;
};

static const char *const formats[] = {"atom", "rss", "json", "html", NULL};
static const char *const readers[] = {"markdown", "jsonl", "listing", NULL};
static const char *const template_names[] = {"channel.html", "favicon.svg", "feed.css", "my.js",
                                             "page.js",      "style.css",   "text.yaml"};
static const struct known_names known = {formats, 4, readers, 3, template_names, 7};

/* The shortest useful beginning, five lines. */
#define HEAD                                                                                                           \
    "site:\n"                                                                                                          \
    "  title: 上海招商\n"                                                                                          \
    "  url: https://feeds.example.org\n"                                                                               \
    "  tag: feeds.example.org,2026\n"                                                                                  \
    "sources: [{files: articles/**/*.md}]\n"
#define DISTRICTS                                                                                                      \
    "taxonomies: {district: {label: 区, terms: {putuo: {label: 普陀区, short: 普陀}, xuhui: {label: 徐汇区}}}}\n"

static inline int set_up(void **state) {
    static struct loaded loaded;
    loaded = (struct loaded){.folder = "/tmp/config_test.XXXXXX"};
    *state = &loaded;
    return mkdtemp(loaded.folder) ? 0 : -1;
}

static inline int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static inline int tear_down(void **state) {
    struct loaded *loaded = *state;
    settings_release(&loaded->settings);
    diagnostics_release(&loaded->diagnostics);
    arena_release(&loaded->arena);
    return nftw(loaded->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static inline const char *path_of(struct loaded *loaded, const char *name) {
    return file_join(&loaded->arena, loaded->folder, name);
}

static inline void write_file(void **state, const char *name, const char *text) {
    int descriptor = open(path_of(*state, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(descriptor >= 0);
    assert_true(file_write(descriptor, slice_of(text)));
    close(descriptor);
}

static inline bool load(void **state, const char *text) {
    struct loaded *loaded = *state;
    settings_release(&loaded->settings);
    write_file(state, "feeds.yaml", text);
    loaded->good = config_load(path_of(loaded, "feeds.yaml"), &known, &loaded->diagnostics, &loaded->settings);
    return loaded->good;
}

/* Everything reported, as "file:line:col name" lines, files without their folder. */
static inline void assert_reported(void **state, const char *expected) {
    struct loaded *loaded = *state;
    CLEANUP(buf_release) struct buf all = BUF(BUF_UNLIMITED);
    for (size_t i = 0; i < loaded->diagnostics.items.count; i++) {
        const struct diagnostic *item = &loaded->diagnostics.items.items[i];
        struct slice file = slice_from(item->place.file, strlen(loaded->folder) + 1);
        buf_append_format(&all, "%.*s:%u:%u %s\n", SLICE_ARGUMENTS(file), item->place.line, item->place.column,
                          diagnostic_name(item->id));
    }
    assert_string_equal(buf_string(&all), expected);
}

static inline void assert_mistake(void **state, const char *text, const char *expected) {
    struct loaded *loaded = *state;
    assert_false(load(state, text));
    assert_null(loaded->settings.sources);
    assert_reported(state, expected);
    diagnostics_release(&loaded->diagnostics);
    loaded->diagnostics = (struct diagnostics){0};
}

static inline const struct settings *assert_good(void **state, const char *text) {
    struct loaded *loaded = *state;
    bool good = load(state, text);
    assert_reported(state, "");
    assert_true(good);
    return &loaded->settings;
}

static inline void assert_slice(struct slice slice, const char *expected) {
    if (!slice_equal(slice, slice_of(expected)))
        fail_msg("\"%.*s\" instead of \"%s\"", SLICE_ARGUMENTS(slice), expected);
}

#endif
