#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assemble/entry.h"
#include "model/labels.h"

/* What an entry says of pages. */

static const struct site site = {.tag = SLICE_CONSTANT("feeds.example.org,2026"), .author = SLICE_CONSTANT("编辑部")};
static const struct term kinds[] = {{.id = SLICE_CONSTANT("a"), .label = SLICE_CONSTANT("甲类")},
                                    {.id = SLICE_CONSTANT("b"), .label = SLICE_CONSTANT("乙类")}};
static const struct term places[] = {{.id = SLICE_CONSTANT("x"), .label = SLICE_CONSTANT("东")}};
static struct taxonomy items[] = {
    {.id = SLICE_CONSTANT("kind"), .terms = kinds, .term_count = 2, .first_term = 0},
    {.id = SLICE_CONSTANT("place"), .terms = places, .term_count = 1, .first_term = 2},
};
static const struct taxonomies taxonomies = {.items = items, .count = 2, .term_total = 3};
static const struct source source = {.content = CONTENT_FULL};

static struct entry make(struct slice url, const struct slice *term_paths, struct arena *arena) {
    struct article article = {.title = SLICE("题"), .url = url};
    uint64_t labels = 0;
    label_bit_set(&labels, 1);
    label_bit_set(&labels, 2);
    const struct entry_parts parts = {
        .article = &article,
        .key = SLICE("id/1"),
        .source = &source,
        .labels = &labels,
        .term_paths = term_paths,
        .key_hash = {UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210)},
    };
    struct entry entry = {0};
    entry_make(&site, &taxonomies, &parts, arena, &entry);
    return entry;
}

static void assert_text(struct slice text, const char *wanted) {
    assert_int_equal(text.size, strlen(wanted));
    if (text.size)
        assert_memory_equal(text.data, wanted, text.size);
}

static void labels_lead_to_their_channels(void **unused) {
    (void)unused;
    CLEANUP(arena_release) struct arena arena = {0};
    const struct slice paths[] = {SLICE("a/"), SLICE("b/"), {0}};
    struct entry entry = make(SLICE("https://example.org/1"), paths, &arena);
    assert_int_equal(entry.category_count, 2);
    assert_text(entry.categories[0].label, "乙类");
    assert_text(entry.categories[0].path, "b/");
    assert_text(entry.categories[1].label, "东");
    assert_text(entry.categories[1].path, "");
    entry = make(SLICE("https://example.org/1"), NULL, &arena);
    assert_text(entry.categories[0].path, "");
}

/* The name of its page hangs on its key alone, and never changes. */
static void who_has_no_address_has_a_page(void **unused) {
    (void)unused;
    CLEANUP(arena_release) struct arena arena = {0};
    const struct slice paths[3] = {{0}};
    assert_text(make((struct slice){0}, paths, &arena).page, "article/0123456789abcdeffedc.html");
    assert_text(make(SLICE("https://example.org/1"), paths, &arena).page, "");
    assert_text(make((struct slice){0}, NULL, &arena).page, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_lead_to_their_channels),
        cmocka_unit_test(who_has_no_address_has_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
