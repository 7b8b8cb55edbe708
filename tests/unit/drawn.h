#ifndef PINDAO_TESTS_UNIT_DRAWN_H
#define PINDAO_TESTS_UNIT_DRAWN_H

#include "render/templates.h"
#include "unit/surveyed.h"

/* Templates of a configuration, of which a test may put some in the place of the shipped ones. Behind cmocka.h. */
struct drawn {
    struct settings settings; /* borrows from the loaded ones */
    struct template_file file;
    struct templates templates;
};

/* `name` NULL: only the shipped ones. */
static inline void draw_begin(void **state, struct drawn *drawn, const struct settings *settings, const char *name,
                              const char *text) {
    struct loaded *loaded = *state;
    drawn->settings = *settings;
    drawn->file = (struct template_file){slice_of(name), slice_of(name), slice_of(text)};
    drawn->settings.output.templates = name ? &drawn->file : NULL;
    drawn->settings.output.template_count = name ? 1 : 0;
    bool good = templates_open(&drawn->settings, &loaded->diagnostics, &drawn->templates);
    assert_reported(state, "");
    assert_true(good);
}

static inline void draw_release(struct drawn *drawn) {
    templates_release(&drawn->templates);
}

static inline bool contains(struct slice text, const char *part) {
    return slice_find(text, slice_of(part), 0) < text.size;
}

#endif
