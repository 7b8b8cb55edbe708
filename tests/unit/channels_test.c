#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assemble/channels.h"

enum { DAY = 86400 };

/* Two taxonomies: kind a b, place x y. Terms are numbered 0 1 and 2 3. */
static const struct term kinds[] = {
    {.id = SLICE_CONSTANT("a"), .label = SLICE_CONSTANT("甲类"), .short_label = SLICE_CONSTANT("甲")},
    {.id = SLICE_CONSTANT("b"), .label = SLICE_CONSTANT("乙类"), .short_label = SLICE_CONSTANT("乙")}};
static const struct term places[] = {{.id = SLICE_CONSTANT("x"), .label = SLICE_CONSTANT("东")},
                                     {.id = SLICE_CONSTANT("y"), .label = SLICE_CONSTANT("西")}};
static const struct taxonomy taxonomies[] = {
    {.id = SLICE_CONSTANT("kind"), .terms = kinds, .term_count = 2, .first_term = 0},
    {.id = SLICE_CONSTANT("place"), .terms = places, .term_count = 2, .first_term = 2},
};
static const uint16_t first_term[] = {0};
static const uint16_t both_terms[] = {0, 1};

static struct channels make_with(const char *format, const struct channel_rule *rules, size_t count, bool wanted) {
    struct settings settings = {.channels = rules, .channel_count = count};
    settings.output.formats[settings.output.format_count++] = slice_of(format);
    struct diagnostics diagnostics = {0};
    struct channels channels = {0};
    assert_int_equal(channels_make(&settings, &diagnostics, &channels), wanted);
    assert_int_equal(diagnostics.counts[SEVERITY_ERROR], wanted ? 0 : 1);
    diagnostics_release(&diagnostics);
    return channels;
}

static struct channels make(const struct channel_rule *rules, size_t count, bool wanted) {
    return make_with("atom", rules, count, wanted);
}

static void assert_text(struct slice text, const char *wanted) {
    assert_int_equal(text.size, strlen(wanted));
    assert_memory_equal(text.data, wanted, text.size);
}

static void each_makes_one_for_every_term(void **state) {
    (void)state;
    const struct channel_rule rules[] = {
        {.path = SLICE("/"), .title = SLICE("全部"), .all = true},
        {.path = SLICE("/{kind}/{place}/"), .each = {&taxonomies[0], &taxonomies[1]}, .each_count = 2},
        {.path = SLICE("/k/{kind}/"),
         .title = SLICE("只有{kind.short}（{kind}）"),
         .each = {&taxonomies[0]},
         .each_count = 1},
    };
    struct channels channels = make(rules, 3, true);
    assert_int_equal(channels.items.count, 7);
    assert_text(channels.items.items[0].path, "/");
    assert_text(channels.items.items[1].path, "/a/x/");
    assert_text(channels.items.items[2].path, "/a/y/");
    assert_text(channels.items.items[4].title, "乙类 · 西");
    assert_text(channels.items.items[6].title, "只有乙（乙类）");
    channels_release(&channels);
}

static void one_path_twice_is_refused(void **state) {
    (void)state;
    const struct channel_rule rules[] = {
        {.path = SLICE("/a/"), .title = SLICE("x"), .all = true},
        {.path = SLICE("/{kind}/"), .each = {&taxonomies[0]}, .each_count = 1},
    };
    make(rules, 2, false);
}

/* A page of an archive is a file, so no channel can have its folder there. */
static void no_channel_stands_in_an_archive(void **state) {
    (void)state;
    struct channel_rule rules[] = {
        {.path = SLICE("/a/"), .title = SLICE("x"), .all = true, .archive = ARCHIVE_DAY},
        {.path = SLICE("/a/archive/2026-11-22.xml/b/"), .title = SLICE("x"), .all = true},
    };
    make(rules, 2, false);
    rules[0].archive = ARCHIVE_MONTH;
    struct channels channels = make(rules, 2, true);
    channels_release(&channels);
    rules[1].path = SLICE("/a/archive/");
    channels = make(rules, 2, true);
    channels_release(&channels);
    rules[1].path = SLICE("/b/archive/2026-11.xml/");
    channels = make(rules, 2, true);
    channels_release(&channels);
}

/* Where there are pages; what only begins alike stands in nobody's way. */
static void no_channel_stands_on_a_page_of_ours(void **state) {
    (void)state;
    static const struct {
        const char *path;
        bool is_fine;
    } paths[] = {
        {"/my/", false},      {"/my/own/", false},    {"/a/my/", true},          {"/mine/", true},
        {"/article/", false}, {"/article/x/", false}, {"/articles/", true},      {"/a/article/", true},
        {"/archive/", false}, {"/archive/x/", true},  {"/other/archive/", true},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        const struct channel_rule rules[] = {
            {.path = SLICE("/"), .title = SLICE("x"), .all = true, .archive = ARCHIVE_MONTH},
            {.path = slice_of(paths[i].path), .title = SLICE("x"), .all = true},
        };
        struct channels channels = make_with("html", rules, 2, paths[i].is_fine);
        channels_release(&channels);
        channels = make(rules, 2, true);
        channels_release(&channels);
    }
    /* A term of that name. */
    static const struct term own[] = {{.id = SLICE_CONSTANT("my"), .label = SLICE_CONSTANT("我")}};
    static const struct taxonomy taxonomy = {.id = SLICE_CONSTANT("own"), .terms = own, .term_count = 1};
    const struct channel_rule rule = {.path = SLICE("/{own}/"), .each = {&taxonomy}, .each_count = 1};
    make_with("html", &rule, 1, false);
}

/* 1,024 terms are allowed, and four taxonomies under each: */
static void a_million_is_refused_before_it_is_made(void **state) {
    (void)state;
    static struct term many[1024];
    for (size_t i = 0; i < ARRAY_LENGTH(many); i++)
        many[i] = kinds[0];
    static const struct taxonomy wide = {.id = SLICE_CONSTANT("wide"), .terms = many, .term_count = 1024};
    const struct channel_rule rules[] = {
        {.path = SLICE("/"), .title = SLICE("x"), .all = true},
        {.path = SLICE("/x/"), .each = {&wide, &wide, &wide, &wide}, .each_count = 4},
    };
    const struct settings settings = {.channels = rules, .channel_count = 2};
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct channels channels = {0};
    assert_false(channels_make(&settings, &diagnostics, &channels));
    assert_int_equal(diagnostics.items.count, 1);
    assert_int_equal(diagnostics.items.items[0].id, DIAGNOSTIC_CHANNELS_TOO_MANY);
}

/* --- selection ---------------------------------------------------------------------------------------------- */

struct fixture {
    struct index index;
    struct index_cursor cursor;
    struct index_runs runs;
    struct label_table labels;
};

static const struct source list = {.order = ORDER_NEWEST_FIRST};
static const struct source *const source_of_file[] = {&list};

static int set_up(void **state) {
    struct fixture *fixture = memory_new(sizeof *fixture);
    index_init(&fixture->index);
    label_table_init(&fixture->labels, 4);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    vec_release(&fixture->runs.runs);
    index_release(&fixture->index);
    label_table_release(&fixture->labels);
    free(fixture);
    return 0;
}

static void add(struct fixture *fixture, int64_t date, uint64_t bits, uint32_t bytes) {
    struct record *record = index_add(&fixture->index, &fixture->cursor, &fixture->runs);
    *record = (struct record){.key = {0, fixture->runs.runs.items[0].count},
                              .date = date,
                              .updated = INT64_MIN,
                              .labels = label_table_number(&fixture->labels, &bits),
                              .text_bytes = bytes};
}

static struct channels select_with(struct fixture *fixture, const struct channel_rule *rules, size_t count) {
    struct index_counts counts;
    index_arrange(&fixture->index, &fixture->runs, 1, source_of_file, INT64_MAX, &counts);
    struct channels channels = make(rules, count, true);
    channels_select(&channels, &fixture->index, &fixture->labels);
    return channels;
}

static void a_head_has_items_and_days(void **state) {
    struct fixture *fixture = *state;
    for (int64_t day = 0; day < 10; day++)
        add(fixture, day * DAY, 0, 1);
    const struct channel_rule rules[] = {
        {.path = SLICE("/few/"), .title = SLICE("x"), .all = true, .items = 2, .days = 0},
        {.path = SLICE("/days/"), .title = SLICE("x"), .all = true, .items = 2, .days = 4},
        {.path = SLICE("/all/"), .title = SLICE("x"), .all = true, .items = 50, .days = 1},
    };
    struct channels channels = select_with(fixture, rules, 3);
    assert_int_equal(channels.items.items[0].entries.count, 2);
    assert_int_equal(channels.items.items[1].entries.count, 4);
    assert_int_equal(channels.items.items[2].entries.count, 10);
    assert_int_equal(channels.items.items[0].matching, 10);
    assert_int_equal(channels.items.items[0].entries.items[0], 0);
    channels_release(&channels);
}

static void where_takes_any_all_and_none(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 4, 1, 1);         /* a */
    add(fixture, 3, 2, 1);         /* b */
    add(fixture, 2, 1 | 2 | 4, 1); /* a b x */
    add(fixture, 1, 8, 1);         /* y */
    const struct channel_condition any = {.taxonomy = &taxonomies[0], .any = both_terms, .any_count = 2};
    const struct channel_condition all = {.taxonomy = &taxonomies[0], .all = both_terms, .all_count = 2};
    const struct channel_condition none = {.taxonomy = &taxonomies[0], .none = first_term, .none_count = 1};
    const struct channel_condition two[] = {any, {.taxonomy = &taxonomies[1], .any = first_term, .any_count = 1}};
    const struct channel_rule rules[] = {
        {.path = SLICE("/any/"), .title = SLICE("x"), .where = &any, .where_count = 1, .items = 9},
        {.path = SLICE("/both/"), .title = SLICE("x"), .where = &all, .where_count = 1, .items = 9},
        {.path = SLICE("/none/"), .title = SLICE("x"), .where = &none, .where_count = 1, .items = 9},
        {.path = SLICE("/two/"), .title = SLICE("x"), .where = two, .where_count = 2, .items = 9},
        {.path = SLICE("/{kind}/"), .each = {&taxonomies[0]}, .each_count = 1, .items = 9},
    };
    struct channels channels = select_with(fixture, rules, 5);
    const size_t wanted[] = {3, 1, 2, 1, 2, 2};
    for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++)
        assert_int_equal(channels.items.items[i].entries.count, wanted[i]);
    channels_release(&channels);
}

static void the_oldest_fall_to_summaries(void **state) {
    struct fixture *fixture = *state;
    for (int64_t day = 0; day < 5; day++)
        add(fixture, day * DAY, 0, 100);
    const struct channel_rule rules[] = {
        {.path = SLICE("/"), .title = SLICE("x"), .all = true, .items = 9, .max_bytes = 250},
        {.path = SLICE("/one/"), .title = SLICE("x"), .all = true, .items = 9, .max_bytes = 1},
        {.path = SLICE("/no/"), .title = SLICE("x"), .all = true, .items = 9, .max_bytes = 0},
    };
    struct channels channels = select_with(fixture, rules, 3);
    assert_int_equal(channels.items.items[0].full_count, 2);
    assert_int_equal(channels.items.items[1].full_count, 1);
    assert_int_equal(channels.items.items[2].full_count, 5);
    channels_release(&channels);
}

static void list_from_counts_all_that_belong(void **state) {
    struct fixture *fixture = *state;
    for (int64_t day = 0; day < 3; day++)
        add(fixture, day * DAY, 1, 1);
    const struct channel_rule rules[] = {
        {.path = SLICE("/{kind}/"), .each = {&taxonomies[0]}, .each_count = 1, .items = 1, .list_from = 3},
    };
    struct channels channels = select_with(fixture, rules, 1);
    assert_true(channel_is_listed(&channels.items.items[0]));
    assert_false(channel_is_listed(&channels.items.items[1]));
    assert_ptr_equal(channels_widest(&channels), &channels.items.items[0]);
    channels_release(&channels);
}

/* The first channel of the term alone; conditions and crosses do not count. */
static void paths_of_terms(void **state) {
    struct fixture *fixture = *state;
    const struct taxonomies all = {taxonomies, 2, 4};
    const struct channel_condition any = {.taxonomy = &taxonomies[1], .any = first_term, .any_count = 1};
    add(fixture, 1, 1, 1);
    add(fixture, 2, 1, 1);
    add(fixture, 3, 2, 1);
    const struct channel_rule rules[] = {
        {.path = SLICE("/some/{kind}/"),
         .each = {&taxonomies[0]},
         .each_count = 1,
         .where = &any,
         .where_count = 1,
         .items = 1},
        {.path = SLICE("/{kind}/{place}/"), .each = {&taxonomies[0], &taxonomies[1]}, .each_count = 2, .items = 1},
        {.path = SLICE("/{kind}/"), .each = {&taxonomies[0]}, .each_count = 1, .items = 1},
        {.path = SLICE("/again/{kind}/"), .each = {&taxonomies[0]}, .each_count = 1, .items = 1},
    };
    CLEANUP(arena_release) struct arena arena = {0};
    struct channels channels = select_with(fixture, rules, 4);
    const struct slice *paths = channels_term_paths(&channels, &all, &arena);
    assert_text(paths[0], "a/");
    assert_text(paths[1], "b/");
    assert_null(paths[2].data);
    assert_null(paths[3].data);
    const uint64_t both[] = {1, 2};
    assert_int_equal(channels.set_articles[label_table_number(&fixture->labels, &both[0])], 2);
    assert_int_equal(channels.set_articles[label_table_number(&fixture->labels, &both[1])], 1);
    assert_int_equal(channels.set_articles[0], 0);
    channels_release(&channels);
}

static void retired_terms_and_paths(void **state) {
    (void)state;
    const struct retired_term terms[] = {{SLICE("kind"), SLICE("old")}};
    const struct slice paths[] = {SLICE("/gone/")};
    const struct settings settings = {
        .retired = terms, .retired_count = 1, .retired_paths = paths, .retired_path_count = 1};
    assert_true(path_is_retired(&settings, SLICE("/old/")));
    assert_true(path_is_retired(&settings, SLICE("/a/old/")));
    assert_true(path_is_retired(&settings, SLICE("/gone/")));
    assert_false(path_is_retired(&settings, SLICE("/older/")));
    assert_false(path_is_retired(&settings, SLICE("/gone/a/")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_makes_one_for_every_term),
        cmocka_unit_test(one_path_twice_is_refused),
        cmocka_unit_test(no_channel_stands_in_an_archive),
        cmocka_unit_test(no_channel_stands_on_a_page_of_ours),
        cmocka_unit_test(a_million_is_refused_before_it_is_made),
        cmocka_unit_test_setup_teardown(a_head_has_items_and_days, set_up, tear_down),
        cmocka_unit_test_setup_teardown(where_takes_any_all_and_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_oldest_fall_to_summaries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(list_from_counts_all_that_belong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(paths_of_terms, set_up, tear_down),
        cmocka_unit_test(retired_terms_and_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
