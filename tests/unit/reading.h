#ifndef PINDAO_TESTS_UNIT_READING_H
#define PINDAO_TESTS_UNIT_READING_H

#include "diag/diag.h"
#include "ingest/source.h"

/* One record through one reader, for the tests of readers and fields. */

struct reading_test {
    struct source source;
    struct term terms[2];
    struct taxonomy taxonomy;
    struct taxonomies taxonomies;
    struct arena arena;
    struct diagnostics diagnostics;
    struct article article;
};

static inline void reading_init(struct reading_test *test) {
    *test = (struct reading_test){0};
    test->taxonomy.id = SLICE("district");
    test->taxonomies = (struct taxonomies){&test->taxonomy, 1, 0};
}

static inline void reading_release(struct reading_test *test) {
    arena_release(&test->arena);
    diagnostics_release(&test->diagnostics);
}

static inline bool reading_parse(struct reading_test *test, const char *reader, struct slice record) {
    struct place place = {SLICE("a.txt"), 1, 0};
    return reader_find(reader)->parse(&test->source, &test->taxonomies, record, place, &test->arena, &test->diagnostics,
                                      &test->article);
}

/* Number of diagnostics of this kind, and the last of them. */
static inline size_t reading_count(const struct reading_test *test, enum diagnostic_id id,
                                   const struct diagnostic **ret_last) {
    size_t count = 0;
    for (size_t i = 0; i < test->diagnostics.items.count; i++)
        if (test->diagnostics.items.items[i].id == id) {
            count++;
            if (ret_last)
                *ret_last = &test->diagnostics.items.items[i];
        }
    return count;
}

#define assert_slice(actual, wanted)                                                                                   \
    do {                                                                                                               \
        struct slice assert_slice_actual = (actual);                                                                   \
        struct slice assert_slice_wanted = slice_of(wanted);                                                           \
        assert_int_equal(assert_slice_actual.size, assert_slice_wanted.size);                                          \
        if (assert_slice_wanted.size)                                                                                  \
            assert_memory_equal(assert_slice_actual.data, assert_slice_wanted.data, assert_slice_wanted.size);         \
    } while (0)

#endif
