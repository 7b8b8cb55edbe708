#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cmd/known.h"
#include "diag/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is the same problem and what is not, how many of many are new, and what is kept of them. */

static const char folder[] = "known-test";

static int set_up(void **state) {
    (void)state;
    char path[] = "/tmp/pindao-known-test-XXXXXX";
    return mkdtemp(path) && chdir(path) == 0 ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    char path[4096];
    char *here = getcwd(path, sizeof path);
    unlink("known-test/cache.db");
    rmdir(folder);
    return here && chdir("/") == 0 && rmdir(here) == 0 ? 0 : -1;
}

static void report(struct diagnostics *diagnostics, enum diagnostic_id id, const char *file, unsigned line,
                   const char *detail) {
    diag_report(diagnostics, id, (struct place){slice_of(file), line, 3}, "%s", detail);
}

/* Completes a run with these diagnostics, as at `now`. */
static void complete(const struct diagnostics *diagnostics, int64_t now) {
    CLEANUP(diagnostics_release) struct diagnostics trouble = {0};
    CLEANUP(known_release) struct known known;
    struct cache *cache = cache_open(folder, &trouble);
    assert_non_null(cache);
    known_read(&known, cache);
    known_remember(&known, diagnostics, now, cache);
    cache_close(cache);
}

static void read_back(struct known *known) {
    CLEANUP(diagnostics_release) struct diagnostics trouble = {0};
    struct cache *cache = cache_open(folder, &trouble);
    known_read(known, cache);
    cache_close(cache);
}

static void mark(struct diagnostics *diagnostics) {
    CLEANUP(known_release) struct known known;
    read_back(&known);
    known_mark(&known, diagnostics);
}

static size_t count_new(const struct diagnostics *diagnostics) {
    size_t count = 0;
    for (size_t i = 0; i < diagnostics->items.count; i++)
        count += !diagnostics->items.items[i].known;
    return count;
}

static void without_a_cache_all_is_new(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(known_release) struct known known;
    report(&diagnostics, DIAGNOSTIC_TITLE_MISSING, "a", 1, "");
    known_read(&known, NULL);
    known_mark(&known, &diagnostics);
    known_remember(&known, &diagnostics, 7, NULL);
    assert_int_equal(count_new(&diagnostics), 1);
    assert_int_equal(diagnostics_new(&diagnostics, SEVERITY_REFUSED), 1);
    assert_int_equal(diagnostics_known(&diagnostics, SEVERITY_NOTE), 0);
}

static void what_makes_two_the_same(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics then = {0};
    CLEANUP(diagnostics_release) struct diagnostics now = {0};
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    report(&then, DIAGNOSTIC_FIELD_INVALID, "a", 1, "for x (feeds.yaml:8): y");
    report(&then, DIAGNOSTIC_DATE_INVALID, "a", 2, "2026-01-01 10:61");
    complete(&then, 100);
    report(&now, DIAGNOSTIC_FIELD_INVALID, "a", 9, "for x (feeds.yaml:14): y"); /* known: only lines moved */
    report(&now, DIAGNOSTIC_FIELD_INVALID, "b", 9, "for x (feeds.yaml:8): y");
    report(&now, DIAGNOSTIC_FIELD_UNKNOWN, "a", 9, "for x (feeds.yaml:8): y");
    report(&now, DIAGNOSTIC_DATE_INVALID, "a", 2, "2026-01-01 10:62"); /* no line */
    mark(&now);
    assert_true(now.items.items[0].known);
    for (size_t i = 1; i < now.items.count; i++)
        assert_false(now.items.items[i].known);
    assert_int_equal(diagnostics_new(&now, SEVERITY_WARNING), 2);
    assert_int_equal(diagnostics_new(&now, SEVERITY_REFUSED), 1);
    assert_int_equal(diagnostics_known(&now, SEVERITY_WARNING), 1);
    diagnostics_print(&now, SEVERITY_NOTE, &text);
    assert_null(strstr(buf_string(&text), "feeds.yaml:14"));
    assert_non_null(strstr(buf_string(&text), "b:9:3: warning"));
}

static void errors_are_never_known(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics then = {0};
    CLEANUP(diagnostics_release) struct diagnostics now = {0};
    report(&then, DIAGNOSTIC_OUTPUT_FAILED, "public", 0, "disk");
    complete(&then, 100);
    report(&now, DIAGNOSTIC_OUTPUT_FAILED, "public", 0, "disk");
    mark(&now);
    assert_int_equal(count_new(&now), 1);
    assert_int_equal(diagnostics_new(&now, SEVERITY_ERROR), 1);
}

static void of_many_that_are_alike_as_many_as_before_are_known(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics then = {0};
    CLEANUP(diagnostics_release) struct diagnostics now = {0};
    for (unsigned i = 0; i < 2; i++)
        report(&then, DIAGNOSTIC_TITLE_MISSING, "a", i, "");
    complete(&then, 100);
    for (unsigned i = 0; i < 3; i++)
        report(&now, DIAGNOSTIC_TITLE_MISSING, "a", i + 10, "");
    mark(&now);
    assert_int_equal(count_new(&now), 1);
    assert_int_equal(diagnostics_new(&now, SEVERITY_REFUSED), 1);
}

static void the_first_time_is_kept(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics then = {0};
    CLEANUP(diagnostics_release) struct diagnostics now = {0};
    CLEANUP(known_release) struct known known;
    report(&then, DIAGNOSTIC_TITLE_MISSING, "a", 1, "");
    diag_excerpt(&then, &then.items.items[0], SLICE("{\"no\": \"title\"}"));
    diag_hint(&then, &then.items.items[0], "a hint");
    complete(&then, 100);
    report(&now, DIAGNOSTIC_DATE_MISSING, "a", 1, "");
    report(&now, DIAGNOSTIC_TITLE_MISSING, "a", 5, "");
    complete(&now, 200);
    read_back(&known);
    assert_int_equal(known.since.count, 2);
    assert_int_equal(known.since.items[0], 200);
    assert_int_equal(known.since.items[1], 100);
    assert_int_equal(known.reported.items.items[1].place.line, 5);
    complete(&(struct diagnostics){0}, 300);
    known_release(&known);
    read_back(&known);
    assert_int_equal(known.reported.items.count, 0);
}

/* Those past DIAGNOSTICS_MOST are only counted: `count` of them, each with a detail of its own from `first` on. */
static void report_many(struct diagnostics *diagnostics, unsigned first, unsigned count) {
    for (unsigned i = first; i < first + count; i++)
        diag_report(diagnostics, DIAGNOSTIC_TITLE_MISSING, (struct place){SLICE("a"), i, 0}, "number %u x", i);
}

static void assert_many(unsigned first, unsigned count, size_t fresh) {
    CLEANUP(diagnostics_release) struct diagnostics now = {0};
    report_many(&now, first, count);
    mark(&now);
    assert_int_equal(diagnostics_new(&now, SEVERITY_REFUSED), fresh);
    assert_true(count_new(&now) <= fresh);
}

static void of_what_is_only_counted_the_number_decides(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics then = {0};
    report_many(&then, 0, DIAGNOSTICS_MOST + 50);
    complete(&then, 100);
    assert_many(0, DIAGNOSTICS_MOST + 50, 0);
    assert_many(0, DIAGNOSTICS_MOST + 53, 3);
    assert_many(0, 20, 0);
    assert_many(10, DIAGNOSTICS_MOST + 40, 0); /* ten are mended, ten others move up */
    assert_many(9000, 40, 0);                  /* may all be of the fifty that were only counted */
    assert_many(9000, 60, 10);                 /* these cannot */
    assert_many(9000, DIAGNOSTICS_MOST + 50, DIAGNOSTICS_MOST - 50);
    assert_many(9000, 2 * DIAGNOSTICS_MOST, DIAGNOSTICS_MOST - 50);
    assert_many(9000, 3 * DIAGNOSTICS_MOST, 2 * DIAGNOSTICS_MOST - 50);
}

static void a_run_that_reads_nothing_says_what_was_said(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics then = {0};
    CLEANUP(diagnostics_release) struct diagnostics now = {0};
    CLEANUP(known_release) struct known known;
    report(&then, DIAGNOSTIC_FIELD_UNKNOWN, "a", 1, "x");
    diag_excerpt(&then, &then.items.items[0], SLICE("x: y"));
    report_many(&then, 0, 120);
    complete(&then, 100);
    report(&now, DIAGNOSTIC_FIELD_UNKNOWN, "a", 1, "x");
    report(&now, DIAGNOSTIC_FIELD_UNKNOWN, "a", 1, "new");
    read_back(&known);
    known_recall(&known, &now);
    known_mark(&known, &now);
    assert_int_equal(now.per_id[DIAGNOSTIC_TITLE_MISSING], 120);
    assert_int_equal(now.per_id[DIAGNOSTIC_FIELD_UNKNOWN], 2);
    assert_int_equal(diagnostics_new(&now, SEVERITY_REFUSED), 0);
    assert_int_equal(diagnostics_new(&now, SEVERITY_WARNING), 1);
    assert_int_equal(count_new(&now), 1);
}

static void packing_and_unpacking(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(diagnostics_release) struct diagnostics again = {0};
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf once = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf twice = BUF(BUF_UNLIMITED);
    report(&diagnostics, DIAGNOSTIC_FIELD_UNKNOWN, "文.md", 4, "«颜色»");
    diag_excerpt(&diagnostics, &diagnostics.items.items[0], SLICE("  颜色: 红"));
    diag_hint(&diagnostics, &diagnostics.items.items[0], "did you mean «日期»?");
    report_many(&diagnostics, 0, 130);
    diagnostics_pack(&diagnostics, &bytes);
    buf_append_string(&bytes, "behind");
    struct slice rest = buf_slice(&bytes);
    assert_true(diagnostics_unpack(&rest, &again));
    assert_true(slice_equal(rest, SLICE("behind")));
    diagnostics_print(&diagnostics, SEVERITY_NOTE, &once);
    diagnostics_print(&again, SEVERITY_NOTE, &twice);
    assert_string_equal(buf_string(&once), buf_string(&twice));
    assert_int_equal(again.dropped, diagnostics.dropped);
    assert_int_equal(again.counts[SEVERITY_REFUSED], 130);
    /* Cut anywhere it is refused, and nothing is moved. */
    for (size_t size = 0; size + 6 < bytes.size; size += 7) {
        struct slice cut = slice_range(buf_slice(&bytes), 0, size);
        struct diagnostics nothing = {0};
        assert_false(diagnostics_unpack(&cut, &nothing));
        assert_int_equal(cut.size, size);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_a_cache_all_is_new, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_makes_two_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(errors_are_never_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_many_that_are_alike_as_many_as_before_are_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_time_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_what_is_only_counted_the_number_decides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_run_that_reads_nothing_says_what_was_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(packing_and_unpacking, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
