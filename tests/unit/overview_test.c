#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/surveyed.h"

/* --- the table -------------------------------------------------------------------------------------------------- */

static void assert_months(const struct overview_term *term, const uint32_t *wanted) {
    for (size_t i = 0; i < OVERVIEW_MONTHS; i++)
        if (term->months[i] != wanted[i])
            fail_msg("%.*s: %u instead of %u in month %zu", SLICE_ARGUMENTS(term->label), term->months[i], wanted[i],
                     i);
}

static void test_counts(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    survey_begin(state, &surveyed, HEAD TWO_TAXONOMIES ALL_CHANNELS);
    survey_add(&surveyed, "2026-11-22", "district.putuo topic.ic topic.bio");
    survey_add(&surveyed, "2026-11-21", "district.putuo topic.ic");
    survey_add(&surveyed, "2026-11-20", "district.xuhui");
    survey_add(&surveyed, "2026-11-19", "");
    survey_add(&surveyed, "1999-11-19", "district.putuo topic.ic");
    const struct home_page *home = &survey_end(state, &surveyed)->home;
    const struct overview_table *table = &home->table;
    assert_int_equal(home->articles, 5);
    assert_true(home->has_channel && home->has_archive);
    assert_slice(table->row_label, "区");
    assert_slice(table->column_label, "主题");
    assert_int_equal(table->row_count, 3);
    assert_int_equal(table->column_count, 3);
    assert_int_equal(table->total, 5);
    assert_slice(table->rows[0].label, "普陀区");
    assert_slice(table->rows[0].short_label, "普陀");
    assert_slice(table->rows[1].short_label, "徐汇区");
    assert_true(table->rows[0].has_page);
    assert_slice(table->rows[0].path, "putuo/");
    assert_slice(table->columns[1].path, "topic/bio/");
    const size_t rows[] = {3, 1, 0}, columns[] = {3, 1, 0}, cells[] = {3, 1, 0, 0, 0, 0, 0, 0, 0};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(table->rows[i].count, rows[i]);
        assert_int_equal(table->columns[i].count, columns[i]);
    }
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(table->cells[i].count, cells[i]);
    assert_slice(table->cells[1].path, "putuo/bio/");
    assert_slice(table->cells[1].title, "普陀区 · 生物医药");
    assert_slice(table->cells[3].path, "xuhui/ic/");
}

/* Shanghai's month begins at 16:00 UTC of the day before; a year is twelve months with the newest article's last. */
static void test_months_of_the_sites_zone(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    survey_begin(state, &surveyed, HEAD TWO_TAXONOMIES ALL_CHANNELS);
    survey_add(&surveyed, "2026-02-28T15:59:59Z", "district.putuo topic.ic");
    survey_add(&surveyed, "2026-01-31T16:00:00Z", "district.putuo"); /* February */
    survey_add(&surveyed, "2026-01-31T15:59:59Z", "district.putuo");
    survey_add(&surveyed, "2025-12-31T16:00:00Z", "district.putuo"); /* January */
    survey_add(&surveyed, "2025-12-31T15:59:59Z", "district.putuo district.xuhui");
    survey_add(&surveyed, "2025-02-28T16:00:00Z", "district.xuhui"); /* the first moment of March */
    survey_add(&surveyed, "2025-02-28T15:59:59Z", "district.xuhui"); /* the thirteenth month */
    const struct home_page *home = &survey_end(state, &surveyed)->home;
    assert_months(&home->table.rows[0], (const uint32_t[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2});
    assert_months(&home->table.rows[1], (const uint32_t[]){1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0});
    assert_months(&home->table.rows[2], (const uint32_t[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    assert_int_equal(home->table.rows[1].count, 3);
    assert_months(&home->table.columns[0], (const uint32_t[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    CLEANUP(buf_release) struct buf days = BUF(64);
    date_append_day(&days, home->months_begin);
    date_append_day(&days, home->months_end);
    assert_string_equal(buf_string(&days), "2025-03-012026-02-28");
}

/* The same moments in a zone west of UTC are other months. */
static void test_another_zone(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    survey_begin(state, &surveyed,
                 "site: {title: T, url: 'https://x.org', tag: 'x.org,2026', timezone: America/New_York}\n"
                 "sources: [{files: a.md}]\n" TWO_TAXONOMIES ALL_CHANNELS);
    survey_add(&surveyed, "2026-03-01T04:59:59Z", "district.putuo"); /* February */
    survey_add(&surveyed, "2026-02-01T05:00:00Z", "district.putuo"); /* February */
    survey_add(&surveyed, "2026-02-01T04:59:59Z", "district.putuo"); /* January */
    const struct home_page *home = &survey_end(state, &surveyed)->home;
    assert_months(&home->table.rows[0], (const uint32_t[]){0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2});
}

static void assert_levels(void **state, const unsigned *counts, const unsigned *levels) {
    static const char *const labels[] = {"district.putuo topic.ic",    "district.putuo topic.bio",
                                         "district.putuo topic.other", "district.xuhui topic.ic",
                                         "district.xuhui topic.bio",   "district.xuhui topic.other"};
    CLEANUP(survey_release) struct surveyed surveyed;
    survey_begin(state, &surveyed, HEAD TWO_TAXONOMIES ALL_CHANNELS);
    for (size_t i = 0; i < ARRAY_LENGTH(labels); i++)
        for (unsigned k = 0; k < counts[i]; k++)
            survey_add(&surveyed, "2026-01-01", labels[i]);
    const struct overview_table *table = &survey_end(state, &surveyed)->home.table;
    for (size_t i = 0; i < ARRAY_LENGTH(labels); i++) {
        assert_int_equal(table->cells[i].count, counts[i]);
        assert_int_equal(table->cells[i].level, levels[i]);
    }
    assert_int_equal(table->cells[8].level, 0);
}

static void test_levels_are_logarithmic(void **state) {
    /* 1 to 1,024 in fifths of the logarithm begin at 4, 16, 64, 256. */
    assert_levels(state, (const unsigned[]){0, 1, 3, 4, 15, 1024}, (const unsigned[]){0, 1, 1, 2, 2, 5});
    assert_levels(state, (const unsigned[]){1, 16, 63, 255, 256, 1024}, (const unsigned[]){1, 3, 3, 4, 5, 5});
    assert_levels(state, (const unsigned[]){7, 7, 0, 0, 7, 7}, (const unsigned[]){1, 1, 0, 0, 1, 1});
    assert_levels(state, (const unsigned[]){100, 101, 0, 0, 0, 0}, (const unsigned[]){1, 1, 0, 0, 0, 0});
    assert_levels(state, (const unsigned[]){1, 2, 5, 10, 0, 0}, (const unsigned[]){1, 2, 4, 5, 0, 0});
}

/* --- which channels stand where ----------------------------------------------------------------------------------- */

static void test_an_empty_site(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    survey_begin(state, &surveyed, HEAD TWO_TAXONOMIES ALL_CHANNELS);
    const struct overview *overview = survey_end(state, &surveyed);
    assert_int_equal(overview->home.articles, 0);
    assert_int_equal(overview->home.months_end, surveyed.settings->site.tag_seconds);
    assert_true(overview->home.months_begin < overview->home.months_end);
    assert_false(overview->home.has_archive);
    assert_int_equal(overview->home.table.row_count, 3);
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(overview->home.table.cells[i].level, 0);
    assert_int_equal(overview->choice.groups[0].terms[0].count, 0);
}

static void test_one_taxonomy_has_no_table(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    survey_begin(state, &surveyed, HEAD DISTRICTS);
    survey_add(&surveyed, "2026-01-01", "district.putuo");
    const struct overview *overview = survey_end(state, &surveyed);
    const struct home_page *home = &overview->home;
    assert_int_equal(home->table.row_count, 0);
    assert_int_equal(home->group_count, 1);
    assert_slice(home->groups[0].label, "区");
    assert_int_equal(home->groups[0].count, 2);
    assert_slice(home->groups[0].channels[0].path, "district/putuo/");
    assert_int_equal(home->groups[0].channels[0].count, 1);
    assert_int_equal(overview->choice.group_count, 1);
    assert_int_equal(overview->choice.channel_count, 2);
}

static void test_no_taxonomy(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    survey_begin(state, &surveyed, HEAD);
    survey_add(&surveyed, "2026-01-01", "");
    const struct overview *overview = survey_end(state, &surveyed);
    assert_int_equal(overview->home.table.row_count + overview->home.group_count, 0);
    assert_int_equal(overview->choice.group_count + overview->choice.channel_count, 0);
    assert_int_equal(overview->home.articles, 1);
}

/* Groups have what the table does not lead to, once, and what is listed. */
static void test_groups(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    survey_begin(state, &surveyed,
                 HEAD TWO_TAXONOMIES "channels:\n"
                                     "  - {path: /, title: 全部, all: true}\n"
                                     "  - {path: '/some/{district}/', each: [district], where: {topic: [ic]}}\n"
                                     "  - {path: '/{district}/', each: [district]}\n"
                                     "  - {path: '/again/{district}/', each: [district], list_from: 1}\n"
                                     "  - {path: /chips/, title: 芯片, where: {topic: [ic]}}\n"
                                     "  - {path: '/{district}/{topic}/', each: [district, topic]}\n"
                                     "  - {path: '/t/{topic}/{district}/', each: [topic, district], list_from: 1}\n"
                                     "  - {path: /all/, title: 又是全部, all: true}\n");
    survey_add(&surveyed, "2026-01-01", "district.putuo topic.bio");
    const struct home_page *home = &survey_end(state, &surveyed)->home;
    assert_int_equal(home->group_count, 3);
    assert_slice(home->groups[0].label, "区");
    assert_int_equal(home->groups[0].count, 4);
    assert_slice(home->groups[0].channels[0].path, "some/putuo/");
    assert_slice(home->groups[0].channels[3].path, "again/putuo/");
    assert_slice(home->groups[1].label, "");
    assert_int_equal(home->groups[1].count, 2);
    assert_slice(home->groups[1].channels[0].path, "chips/");
    assert_slice(home->groups[1].channels[1].path, "all/");
    assert_slice(home->groups[2].label, "生物医药");
    assert_int_equal(home->groups[2].count, 1);
    assert_slice(home->groups[2].channels[0].path, "t/bio/putuo/");
    assert_slice(home->table.rows[0].path, "putuo/");
    assert_false(home->table.columns[0].has_page);
    assert_int_equal(home->table.columns[1].count, 1);
}

/* A rule with a condition is no table: it has not all articles of its terms. */
static void test_the_first_rule_without_where_is_the_table(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    survey_begin(state, &surveyed,
                 HEAD TWO_TAXONOMIES "channels:\n"
                                     "  - {path: '/a/{district}/{topic}/', each: [district, topic], where: {topic: "
                                     "[ic]}}\n"
                                     "  - {path: '/b/{topic}/{district}/', each: [topic, district]}\n"
                                     "  - {path: '/c/{district}/{topic}/', each: [district, topic]}\n");
    const struct home_page *home = &survey_end(state, &surveyed)->home;
    assert_slice(home->table.row_label, "主题");
    assert_slice(home->table.cells[1].path, "b/ic/xuhui/");
    assert_false(home->has_channel);
}

/* --- a visitor's choice ------------------------------------------------------------------------------------------- */

static void test_choice(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    survey_begin(state, &surveyed, HEAD TWO_TAXONOMIES ALL_CHANNELS);
    survey_add(&surveyed, "2026-01-01", "district.other topic.other");
    const struct choice_page *choice = &survey_end(state, &surveyed)->choice;
    assert_int_equal(choice->group_count, 2);
    assert_slice(choice->groups[1].taxonomy, "topic");
    assert_slice(choice->groups[1].label, "主题");
    assert_slice(choice->groups[0].terms[0].key, "putuo");
    assert_slice(choice->groups[0].terms[0].path, "putuo/");
    assert_slice(choice->groups[0].terms[2].key, "district.other");
    assert_slice(choice->groups[1].terms[2].key, "topic.other");
    assert_int_equal(choice->groups[1].terms[2].count, 1);
    /* Not / and not /chips/, which nobody can tick. */
    assert_int_equal(choice->channel_count, 3 + 3 + 9);
    assert_slice(choice->channels[14].path, "other/other/");
    assert_int_equal(choice->channels[14].key_count, 2);
    assert_slice(choice->channels[14].keys[0], "district.other");
    assert_slice(choice->channels[14].keys[1], "topic.other");
}

static void test_choice_of_what_leads_somewhere(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    survey_begin(state, &surveyed,
                 HEAD TWO_TAXONOMIES "channels:\n"
                                     "  - {path: '/{district}/', each: [district]}\n"
                                     "  - {path: '/b/{district}/', each: [district]}\n"
                                     "  - {path: '/{district}/{topic}/', each: [district, topic]}\n");
    const struct choice_page *choice = &survey_end(state, &surveyed)->choice;
    assert_int_equal(choice->group_count, 1);
    assert_int_equal(choice->channel_count, 3);
    assert_slice(choice->channels[2].path, "other/");
}

/* --- related channels --------------------------------------------------------------------------------------------- */

static void assert_related(const struct surveyed *surveyed, const char *path, const char *wanted) {
    CLEANUP(relations_release) struct relations relations;
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf paths = BUF(BUF_UNLIMITED);
    relations_init(&relations, &surveyed->channels, &surveyed->settings->taxonomies);
    const struct channel *channel = NULL;
    for (size_t i = 0; i < surveyed->channels.items.count; i++)
        if (slice_equal(surveyed->channels.items.items[i].path, slice_of(path)))
            channel = &surveyed->channels.items.items[i];
    assert_non_null(channel);
    const struct channel_link *links;
    size_t count = overview_related(&relations, channel, &arena, &links);
    for (size_t i = 0; i < count; i++) {
        buf_append_slice(&paths, links[i].path);
        buf_append_byte(&paths, ' ');
        assert_int_equal(links[i].count, 0);
        assert_true(links[i].title.size > 0);
    }
    assert_string_equal(buf_string(&paths), wanted);
}

static void test_related(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    survey_begin(state, &surveyed, HEAD TWO_TAXONOMIES ALL_CHANNELS);
    survey_add(&surveyed, "2026-01-01", "district.putuo topic.ic");
    survey_add(&surveyed, "2026-01-01", "district.putuo topic.other");
    survey_add(&surveyed, "2026-01-01", "district.xuhui topic.ic");
    survey_end(state, &surveyed);
    assert_related(&surveyed, "/putuo/ic/", "putuo/ topic/ic/ putuo/other/ ");
    assert_related(&surveyed, "/putuo/bio/", "putuo/ putuo/ic/ putuo/other/ ");
    assert_related(&surveyed, "/putuo/", "putuo/ic/ putuo/other/ ");
    assert_related(&surveyed, "/topic/ic/", "putuo/ic/ xuhui/ic/ ");
    assert_related(&surveyed, "/chips/", "topic/ic/ putuo/ xuhui/ topic/other/ ");
    assert_related(&surveyed, "/", "putuo/ xuhui/ topic/ic/ topic/other/ chips/ ");
    assert_related(&surveyed, "/other/", "putuo/ xuhui/ topic/ic/ topic/other/ chips/ ");
}

static void test_at_most_twelve_related(void **state) {
    CLEANUP(survey_release) struct surveyed surveyed;
    CLEANUP(buf_release) struct buf yaml = BUF(BUF_UNLIMITED);
    buf_append_string(&yaml, HEAD "taxonomies:\n  a: {label: A, terms: {x: {label: X}}}\n  b: {label: B, terms: {");
    for (int i = 0; i < 20; i++)
        buf_append_format(&yaml, "%st%d: {label: T%d}", i ? ", " : "", i, i);
    buf_append_string(&yaml, "}}\nchannels: [{path: '/{a}/{b}/', each: [a, b]}, {path: '/{b}/', each: [b]}]\n");
    survey_begin(state, &surveyed, buf_string(&yaml));
    for (int i = 0; i < 20; i++) {
        char labels[32];
        snprintf(labels, sizeof labels, "a.x b.t%d", i);
        survey_add(&surveyed, "2026-01-01", labels);
    }
    survey_end(state, &surveyed);
    assert_related(&surveyed, "/x/t0/", "t0/ x/t1/ x/t2/ x/t3/ x/t4/ x/t5/ x/t6/ x/t7/ x/t8/ x/t9/ x/t10/ x/t11/ ");
    assert_related(&surveyed, "/t7/", "x/t7/ ");
}

/* More articles in what leads there already change nothing on the page. */
static void test_related_do_not_follow_counts(void **state) {
    for (int more = 0; more < 2; more++) {
        CLEANUP(survey_release) struct surveyed surveyed;
        survey_begin(state, &surveyed, HEAD TWO_TAXONOMIES ALL_CHANNELS);
        survey_add(&surveyed, "2026-01-01", "district.putuo topic.ic");
        survey_add(&surveyed, "2026-01-01", "district.putuo topic.other");
        for (int i = 0; i < 9 * more; i++)
            survey_add(&surveyed, "2026-01-02", "district.putuo topic.other");
        survey_end(state, &surveyed);
        assert_related(&surveyed, "/putuo/", "putuo/ic/ putuo/other/ ");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_months_of_the_sites_zone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_zone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_levels_are_logarithmic, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_empty_site, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_taxonomy_has_no_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_taxonomy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_groups, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_first_rule_without_where_is_the_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_choice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_choice_of_what_leads_somewhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_related, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_at_most_twelve_related, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_related_do_not_follow_counts, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
