#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diag/diag.h"

static struct place at(const char *file, unsigned line, unsigned column) {
    return (struct place){slice_of(file), line, column};
}

static void assert_prints(const struct diagnostics *diagnostics, enum severity least, const char *expected) {
    CLEANUP(buf_release) struct buf buf = BUF(1 << 20);
    diagnostics_print(diagnostics, least, &buf);
    assert_string_equal(buf_string(&buf), expected);
}

static void test_the_form(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct diagnostic *item =
        diag_report(&diagnostics, DIAGNOSTIC_CONFIG_UNKNOWN_KEY, at("feeds.yaml", 3, 3), "%s", "tilte");
    diag_excerpt(&diagnostics, item, SLICE("  tilte: 上海\r\n"));
    diag_hint(&diagnostics, item, "did you mean %s?", "title");
    assert_prints(&diagnostics, SEVERITY_NOTE,
                  "feeds.yaml:3:3: error: unknown key: tilte [config-unknown-key]\n"
                  "      tilte: 上海\n"
                  "      ^\n"
                  "    did you mean title?\n");
}

static void test_what_is_not_known_is_not_shown(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    diag_report(&diagnostics, DIAGNOSTIC_TITLE_MISSING, at("a.md", 0, 7), "");
    diag_report(&diagnostics, DIAGNOSTIC_TITLE_MISSING, at("a.md", 7, 0), "");
    diag_report(&diagnostics, DIAGNOSTIC_TITLE_MISSING, at("", 7, 7), "%d of %s", 3, "x");
    diag_report(&diagnostics, DIAGNOSTIC_TITLE_MISSING, (struct place){0}, "");
    assert_prints(&diagnostics, SEVERITY_NOTE,
                  "a.md: refused: no title [title-missing]\n"
                  "a.md:7: refused: no title [title-missing]\n"
                  "refused: no title: 3 of x [title-missing]\n"
                  "refused: no title [title-missing]\n");
}

static void test_severities(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    diag_report(&diagnostics, DIAGNOSTIC_OUTPUT_FOREIGN, at("a", 1, 0), "");
    diag_report(&diagnostics, DIAGNOSTIC_TEXT_REPAIRED, at("a", 2, 0), "");
    diag_report(&diagnostics, DIAGNOSTIC_TITLE_MISSING, at("a", 3, 0), "");
    diag_report(&diagnostics, DIAGNOSTIC_CONFIG_UNKNOWN_KEY, at("a", 4, 0), "");
    assert_prints(&diagnostics, SEVERITY_NOTE,
                  "a:1: note: files that pindao did not write are carried over [output-foreign]\n"
                  "a:2: warning: text was repaired [text-repaired]\n"
                  "a:3: refused: no title [title-missing]\n"
                  "a:4: error: unknown key [config-unknown-key]\n");
    assert_prints(&diagnostics, SEVERITY_REFUSED,
                  "a:3: refused: no title [title-missing]\n"
                  "a:4: error: unknown key [config-unknown-key]\n");
    for (int severity = SEVERITY_NOTE; severity <= SEVERITY_ERROR; severity++)
        assert_int_equal(diagnostics.counts[severity], 1);
}

/* What column `column` of the line is marked with: the blanks before the caret, or -1 for no caret. */
static int caret_of(const char *line, unsigned column) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(1 << 20);
    struct diagnostic *item = diag_report(&diagnostics, DIAGNOSTIC_TITLE_MISSING, at("a", 1, column), "");
    diag_excerpt(&diagnostics, item, slice_of(line));
    diagnostics_print(&diagnostics, SEVERITY_NOTE, &buf);
    size_t caret = slice_find(buf_slice(&buf), SLICE("^\n"), 0);
    if (caret == buf.size)
        return -1;
    size_t begin = caret;
    while (buf.data[begin - 1] == ' ')
        begin--;
    assert_int_equal(buf.data[begin - 1], '\n');
    return (int)(caret - begin) - 4;
}

static void test_the_caret_stands_under_the_column(void **state) {
    (void)state;
    assert_int_equal(caret_of("abc", 1), 0);
    assert_int_equal(caret_of("abc", 3), 2);
    assert_int_equal(caret_of("abc", 4), 3); /* behind the end: something is missing there */
    assert_int_equal(caret_of("abc", 400), 3);
    assert_int_equal(caret_of("abc", 0), -1);
    assert_int_equal(caret_of("上海b", 1), 0);
    assert_int_equal(caret_of("上海b", 2), 2);
    assert_int_equal(caret_of("上海b", 3), 4);
    assert_int_equal(caret_of("a，b", 3), 3);
    assert_int_equal(caret_of("e\xCC\x81x", 3), 1); /* e and a combining accent */
    assert_int_equal(caret_of("\tab", 2), 1);
    assert_int_equal(caret_of("\xFFz", 2), 4);         /* shown as \xFF */
    assert_int_equal(caret_of("\xE4\xB8z", 2), 8);     /* one character that was cut off */
    assert_int_equal(caret_of("\xE2\x80\xAEz", 2), 8); /* shown as \u{202E} */
}

static void assert_excerpt(size_t length, unsigned column, unsigned first, size_t shown) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf line = BUF(1 << 20);
    for (size_t i = 0; i < length; i++)
        buf_append_string(&line, i + 1 == column ? "上" : "海");
    struct diagnostic *item = diag_report(&diagnostics, DIAGNOSTIC_TITLE_MISSING, at("a", 1, column), "");
    diag_excerpt(&diagnostics, item, buf_slice(&line));
    assert_int_equal(item->excerpt_column, first);
    assert_int_equal(item->excerpt.size, shown * 3); /* the ellipsis has three bytes too */
    assert_int_equal(slice_starts_with(item->excerpt, SLICE("…")), first > 1);
    assert_int_equal(slice_ends_with(item->excerpt, SLICE("…")), first - 1 + shown < length);
    if (column >= 1 && column <= length)
        assert_memory_equal(item->excerpt.data + (column - first) * 3, "上", 3);
}

static void test_long_lines_are_cut_around_the_column(void **state) {
    (void)state;
    assert_excerpt(200, 200, 1, 200);
    assert_excerpt(201, 1, 1, 200);
    assert_excerpt(201, 100, 1, 200);
    assert_excerpt(201, 201, 2, 200);
    assert_excerpt(5000, 1, 1, 200);
    assert_excerpt(5000, 2500, 2401, 200);
    assert_excerpt(5000, 5000, 4801, 200);
    assert_excerpt(5000, 0, 1, 200);
    assert_excerpt(5000, 9999, 4801, 200);
    assert_excerpt(0, 1, 1, 0);
}

static void test_advice_is_given_once_a_kind(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    for (unsigned i = 1; i <= 2; i++) {
        diag_report(&diagnostics, DIAGNOSTIC_ENCODING_GB18030, at("a", i, 0), "");
        diag_report(&diagnostics, DIAGNOSTIC_OUTPUT_BUSY, at("b", i, 0), "");
    }
    assert_prints(&diagnostics, SEVERITY_NOTE,
                  "a:1: warning: this is not UTF-8 but looks like GB18030 [encoding-gb18030]\n"
                  "    add encoding: gb18030 to the source\n"
                  "b:1: error: another run is at work on this output [output-busy]\n"
                  "    try again, or use --wait\n"
                  "a:2: warning: this is not UTF-8 but looks like GB18030 [encoding-gb18030]\n"
                  "b:2: error: another run is at work on this output [output-busy]\n");
}

static void test_input_cannot_work_the_terminal(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct diagnostic *item =
        diag_report(&diagnostics, DIAGNOSTIC_TITLE_MISSING, at("a\x1B[2J", 1, 1), "x\ny\x7F\xC2\x9Bz");
    diag_excerpt(&diagnostics, item, SLICE("\x1B]0;t\x07 \xE2\x81\xA6 \0"));
    diag_hint(&diagnostics, item, "\xFF");
    assert_prints(&diagnostics, SEVERITY_NOTE,
                  "a\\x1B[2J:1:1: refused: no title: x\\x0Ay\\x7F\\u{009B}z [title-missing]\n"
                  "    \\x1B]0;t\\x07 \\u{2066} \\x00\n"
                  "    ^\n"
                  "    \\xFF\n");
}

static void test_long_details_are_cut(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf detail = BUF(1 << 20);
    for (size_t i = 0; i < 100000; i++)
        buf_append_string(&detail, "上");
    struct diagnostic *item =
        diag_report(&diagnostics, DIAGNOSTIC_TITLE_MISSING, at("a", 1, 1), "%s", buf_string(&detail));
    assert_int_equal(item->detail.size, 401 * 3);
    assert_true(slice_ends_with(item->detail, SLICE("上…")));
}

static void test_everything_is_copied(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    char text[] = "abc";
    struct diagnostic *item = diag_report(&diagnostics, DIAGNOSTIC_TITLE_MISSING, at(text, 1, 1), "%s", text);
    diag_excerpt(&diagnostics, item, slice_of(text));
    diag_hint(&diagnostics, item, "%s", text);
    memset(text, 'x', 3);
    assert_prints(&diagnostics, SEVERITY_NOTE,
                  "abc:1:1: refused: no title: abc [title-missing]\n    abc\n    ^\n    abc\n");
}

static void report_many(struct diagnostics *diagnostics, size_t times) {
    for (size_t i = 0; i < times; i++) {
        struct diagnostic *item =
            diag_report(diagnostics, DIAGNOSTIC_TITLE_MISSING, at("a", (unsigned)i + 1, 0), "%zu", i);
        diag_excerpt(diagnostics, item, SLICE("x"));
        diag_hint(diagnostics, item, "y");
        assert_int_equal(item != NULL, i < DIAGNOSTICS_MOST);
    }
}

static void test_too_many_of_a_kind_are_counted(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    report_many(&diagnostics, DIAGNOSTICS_MOST + 7);
    assert_non_null(diag_report(&diagnostics, DIAGNOSTIC_DATE_MISSING, at("a", 1, 0), ""));
    assert_int_equal(diagnostics.items.count, DIAGNOSTICS_MOST + 1);
    assert_int_equal(diagnostics.dropped, 7);
    assert_int_equal(diagnostics.counts[SEVERITY_REFUSED], DIAGNOSTICS_MOST + 8);
    assert_int_equal(diagnostics.per_id[DIAGNOSTIC_TITLE_MISSING], DIAGNOSTICS_MOST + 7);
    CLEANUP(buf_release) struct buf buf = BUF(1 << 20);
    diagnostics_print(&diagnostics, SEVERITY_NOTE, &buf);
    /* Fewer are shown than are kept: what is known is kept too, and is not shown. */
    assert_true(slice_ends_with(buf_slice(&buf), SLICE("\nrefused: 907 more like this: no title [title-missing]\n")));
    for (size_t i = 0; i < DIAGNOSTICS_MOST - 3; i++)
        diagnostics.items.items[i].known = true;
    diagnostics.known[DIAGNOSTIC_TITLE_MISSING] = DIAGNOSTICS_MOST - 3;
    buf_clear(&buf);
    diagnostics_print(&diagnostics, SEVERITY_NOTE, &buf);
    assert_true(slice_find(buf_slice(&buf), SLICE("a:999: refused"), 0) < buf.size);
    assert_true(slice_ends_with(buf_slice(&buf), SLICE("\nrefused: 7 more like this: no title [title-missing]\n")));
    buf_clear(&buf);
    diagnostics_print(&diagnostics, SEVERITY_ERROR, &buf);
    assert_int_equal(buf.size, 0);
}

static void test_appending_moves_and_shifts(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics all = {0};
    struct diagnostics job = {0};
    diag_report(&all, DIAGNOSTIC_TITLE_MISSING, at("a", 1, 2), "");
    struct diagnostic *item = diag_report(&job, DIAGNOSTIC_DATE_MISSING, at("b", 1, 2), "d");
    diag_excerpt(&job, item, SLICE("xyz"));
    diag_hint(&job, item, "h");
    diag_report(&job, DIAGNOSTIC_TEXT_REPAIRED, at("b", 0, 0), "");
    diagnostics_append(&all, &job, 10);
    assert_int_equal(job.items.count, 0);
    assert_int_equal(job.counts[SEVERITY_REFUSED], 0);
    assert_null(job.arena.blocks);
    assert_int_equal(all.counts[SEVERITY_REFUSED], 2);
    assert_int_equal(all.counts[SEVERITY_WARNING], 1);
    assert_prints(&all, SEVERITY_NOTE,
                  "a:1:2: refused: no title [title-missing]\n"
                  "b:11:2: refused: no date: d [date-missing]\n"
                  "    xyz\n"
                  "     ^\n"
                  "    h\n"
                  "b: warning: text was repaired [text-repaired]\n");
}

/* Cut into jobs or not: the same items are kept and the same number dropped. */
static void test_appending_counts_as_one_collector_would(void **state) {
    (void)state;
    static const size_t sizes[][3] = {{150, 0, 0},  {0, 150, 0},  {90, 150, 3},
                                      {60, 30, 10}, {60, 30, 11}, {150, 150, 150}};
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        CLEANUP(diagnostics_release) struct diagnostics all = {0};
        size_t total = 0;
        for (size_t j = 0; j < 3; j++) {
            struct diagnostics job = {0};
            report_many(&job, sizes[i][j]);
            diagnostics_append(&all, &job, (unsigned)total);
            total += sizes[i][j];
        }
        size_t kept = total < DIAGNOSTICS_MOST ? total : DIAGNOSTICS_MOST;
        assert_int_equal(all.items.count, kept);
        assert_int_equal(all.dropped, total - kept);
        assert_int_equal(all.per_id[DIAGNOSTIC_TITLE_MISSING], total);
        assert_int_equal(all.counts[SEVERITY_REFUSED], total);
        for (size_t j = 0; j < kept; j++)
            assert_int_equal(all.items.items[j].place.line, j + 1);
    }
}

/* Names are for ever and two kinds never share one. */
static void test_the_table(void **state) {
    (void)state;
    for (int id = 0; id < DIAGNOSTIC_COUNT; id++) {
        const char *name = diagnostic_name((enum diagnostic_id)id);
        assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(name));
        assert_in_range(strlen(name), 3, 40);
        assert_true(strlen(diagnostic_text((enum diagnostic_id)id)) > 0);
        assert_non_null(diagnostic_advice((enum diagnostic_id)id));
        for (int other = 0; other < id; other++)
            assert_string_not_equal(name, diagnostic_name((enum diagnostic_id)other));
    }
    assert_string_equal(diagnostic_name(DIAGNOSTIC_TITLE_MISSING), "title-missing");
    assert_int_equal(diagnostic_severity(DIAGNOSTIC_TITLE_MISSING), SEVERITY_REFUSED);
    assert_int_equal(diagnostic_severity(DIAGNOSTIC_YAML_SYNTAX), SEVERITY_ERROR);
}

static void assert_nearest(const char *word, const char *expected) {
    static const struct slice keys[] = {{"title", 5},  {"url", 3},      {"tag", 3},    {"timezone", 8},
                                        {"author", 6}, {"subtitle", 8}, {"普陀区", 9}, {"items", 5}};
    struct slice nearest = diag_nearest(slice_of(word), keys, ARRAY_LENGTH(keys));
    if (!slice_equal(nearest, slice_of(expected)))
        fail_msg("nearest to %s is \"%.*s\", not \"%s\"", word, SLICE_ARGUMENTS(nearest), expected);
}

static void test_nearest(void **state) {
    (void)state;
    assert_nearest("tilte", "title");
    assert_nearest("titel", "title");
    assert_nearest("titles", "title");
    assert_nearest("itle", "title");
    assert_nearest("Title", "title");
    assert_nearest("ulr", "url");
    assert_nearest("time-zone", "timezone");
    assert_nearest("timzone", "timezone");
    assert_nearest("autohr", "author");
    assert_nearest("普沱区", "普陀区");
    assert_nearest("普区", "");
    assert_nearest("ur", "");
    assert_nearest("description", "");
    assert_nearest("tixyz", "");
    assert_nearest("tug", "tag");
    assert_nearest("", "");
    assert_nearest("tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt", "");
    assert_int_equal(diag_nearest(SLICE("title"), NULL, 0).size, 0);
}

static void test_the_first_of_equally_near_ones(void **state) {
    (void)state;
    static const struct slice keys[] = {{"abd", 3}, {"abc", 3}, {"abe", 3}};
    assert_true(slice_equal(diag_nearest(SLICE("abx"), keys, 3), SLICE("abd")));
    assert_true(slice_equal(diag_nearest(SLICE("abe"), keys, 3), SLICE("abe")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_form),
        cmocka_unit_test(test_what_is_not_known_is_not_shown),
        cmocka_unit_test(test_severities),
        cmocka_unit_test(test_the_caret_stands_under_the_column),
        cmocka_unit_test(test_long_lines_are_cut_around_the_column),
        cmocka_unit_test(test_advice_is_given_once_a_kind),
        cmocka_unit_test(test_input_cannot_work_the_terminal),
        cmocka_unit_test(test_long_details_are_cut),
        cmocka_unit_test(test_everything_is_copied),
        cmocka_unit_test(test_too_many_of_a_kind_are_counted),
        cmocka_unit_test(test_appending_moves_and_shifts),
        cmocka_unit_test(test_appending_counts_as_one_collector_would),
        cmocka_unit_test(test_the_table),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_the_first_of_equally_near_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
