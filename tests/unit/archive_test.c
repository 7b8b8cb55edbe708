#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assemble/archive.h"
#include "base/date.h"

static int64_t seconds_of(const char *date) {
    struct timestamp timestamp = {0};
    assert_true(date_parse(slice_of(date), &timestamp));
    return timestamp.seconds;
}

static void zone(const char *name) {
    if (!date_set_zone(name))
        skip();
}

static void assert_page(enum archive_period period, int64_t seconds, const char *wanted) {
    CLEANUP(buf_release) struct buf page = BUF(BUF_UNLIMITED);
    archive_append_page(&page, period, archive_span_at(period, seconds));
    assert_string_equal(buf_string(&page), wanted);
}

static void test_months(void **state) {
    (void)state;
    zone("Asia/Shanghai");
    struct archive_span span = archive_span_at(ARCHIVE_MONTH, seconds_of("2026-11-22T08:00:00+08:00"));
    assert_int_equal(span.begin, seconds_of("2026-10-31T16:00:00Z"));
    assert_int_equal(span.end, seconds_of("2026-11-30T16:00:00Z"));
    assert_page(ARCHIVE_MONTH, span.begin, "archive/2026-11.xml");
    assert_page(ARCHIVE_MONTH, span.begin - 1, "archive/2026-10.xml");
    assert_page(ARCHIVE_MONTH, span.end - 1, "archive/2026-11.xml");
    assert_page(ARCHIVE_MONTH, span.end, "archive/2026-12.xml");
    assert_page(ARCHIVE_MONTH, seconds_of("2024-02-29T23:59:59+08:00"), "archive/2024-02.xml");
    assert_page(ARCHIVE_MONTH, seconds_of("2025-12-31T23:59:59+08:00"), "archive/2025-12.xml");
}

static void test_days(void **state) {
    (void)state;
    zone("Asia/Shanghai");
    struct archive_span span = archive_span_at(ARCHIVE_DAY, seconds_of("2024-02-29"));
    assert_int_equal(span.begin, seconds_of("2024-02-28T16:00:00Z"));
    assert_int_equal(span.end, span.begin + 86400);
    assert_page(ARCHIVE_DAY, span.end, "archive/2024-03-01.xml");
    assert_page(ARCHIVE_DAY, span.begin - 1, "archive/2024-02-28.xml");
}

/* Each span begins where the one before ended, and every moment of it is in it: hour by hour through some years. */
static void assert_seamless(enum archive_period period, const char *from, const char *to) {
    struct archive_span span = archive_span_at(period, seconds_of(from));
    for (int64_t at = seconds_of(from); at < seconds_of(to); at += 900) {
        struct archive_span now = archive_span_at(period, at);
        assert_true(now.begin <= at && at < now.end);
        if (now.begin != span.begin)
            assert_int_equal(now.begin, span.end);
        else
            assert_int_equal(now.end, span.end);
        span = now;
    }
}

/* Midnight left out, a day left out, midnight twice with the end of the day before shown again. */
static void test_odd_clocks(void **state) {
    (void)state;
    static const struct {
        const char *zone, *from, *to;
    } clocks[] = {
        {"America/Sao_Paulo", "2018-10-30", "2018-11-10"}, {"America/Sao_Paulo", "2018-02-12", "2018-02-22"},
        {"Pacific/Apia", "2011-12-20", "2012-01-10"},      {"America/St_Johns", "2010-11-01", "2010-11-12"},
        {"Asia/Shanghai", "1900-12-20", "1901-01-10"},     {"Europe/Berlin", "2026-10-20", "2026-11-03"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(clocks); i++) {
        zone(clocks[i].zone);
        assert_seamless(ARCHIVE_DAY, clocks[i].from, clocks[i].to);
        assert_seamless(ARCHIVE_MONTH, clocks[i].from, clocks[i].to);
    }
    zone("Pacific/Apia");
    assert_int_equal(archive_span_at(ARCHIVE_DAY, seconds_of("2011-12-29T12:00")).end, seconds_of("2011-12-31"));
    /* 00:01 became 23:01 of the day before: that hour belongs to the day that had begun. */
    zone("America/St_Johns");
    assert_page(ARCHIVE_DAY, seconds_of("2010-11-07T00:00") + 120, "archive/2010-11-07.xml");
    assert_page(ARCHIVE_DAY, seconds_of("2010-11-07T00:00") - 1, "archive/2010-11-06.xml");
}

static void test_ends_of_time(void **state) {
    (void)state;
    zone("Asia/Shanghai");
    assert_page(ARCHIVE_DAY, seconds_of("9999-12-31T23:59:59+08:00"), "archive/9999-12-31.xml");
    assert_int_equal(archive_span_at(ARCHIVE_DAY, seconds_of("9999-12-31")).end, INT64_MAX);
    assert_int_equal(archive_span_at(ARCHIVE_MONTH, seconds_of("9999-12-01")).end, INT64_MAX);
    /* What Go writes for no date at all. */
    static const char *const zones[] = {"Asia/Shanghai", "UTC", "America/New_York"};
    for (size_t i = 0; i < ARRAY_LENGTH(zones); i++) {
        zone(zones[i]);
        int64_t zero = seconds_of("0001-01-01T00:00:00Z");
        assert_page(ARCHIVE_DAY, zero, "archive/0001-01-01.xml");
        assert_page(ARCHIVE_MONTH, zero, "archive/0001-01.xml");
        struct archive_span span = archive_span_at(ARCHIVE_MONTH, zero);
        assert_true(span.begin <= zero && zero < span.end);
        assert_int_equal(span.end, seconds_of("0001-02-01"));
    }
}

static void test_paths(void **state) {
    (void)state;
    zone("Asia/Shanghai");
    const struct channel_rule month = {.archive = ARCHIVE_MONTH};
    const struct channel_rule day = {.archive = ARCHIVE_DAY};
    const struct channel top = {.rule = &day, .path = SLICE("/")};
    const struct channel channel = {.rule = &month, .path = SLICE("/putuo/ic/")};
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    archive_append_path(&path, &channel, seconds_of("2026-11-22"));
    assert_string_equal(buf_string(&path), "putuo/ic/archive/2026-11.xml");
    buf_clear(&path);
    archive_append_path(&path, &top, seconds_of("2026-11-22"));
    assert_string_equal(buf_string(&path), "archive/2026-11-22.xml");
}

static void test_pages_in_paths(void **state) {
    (void)state;
    static const struct {
        const char *path, *owner;
        enum archive_period period;
    } paths[] = {
        {"/putuo/archive/2026-11.xml/", "/putuo/", ARCHIVE_MONTH},
        {"/archive/2026-11-22.xml/a/", "/", ARCHIVE_DAY},
        {"/archive/archive/2026-11.xml/", "/archive/", ARCHIVE_MONTH},
        {"/putuo/archive/2026-11.html/", "/putuo/", ARCHIVE_MONTH},
        {"/archive/2026-11-22.html/a/", "/", ARCHIVE_DAY},
        {"/putuo/archive/2026-11.htm/", NULL, ARCHIVE_NONE},
        {"/putuo/archive/2026-11.xml.html/", NULL, ARCHIVE_NONE},
        {"/putuo/archive/", NULL, ARCHIVE_NONE},
        {"/putuo/archive/2026-1.xml/", NULL, ARCHIVE_NONE},
        {"/putuo/archive/2026-11-2x.xml/", NULL, ARCHIVE_NONE},
        {"/putuo/archive/2026-11/", NULL, ARCHIVE_NONE},
        {"/putuo/myarchive/2026-11.xml/", NULL, ARCHIVE_NONE},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        struct slice owner = {0};
        enum archive_period period = ARCHIVE_NONE;
        assert_int_equal(archive_page_in_path(slice_of(paths[i].path), &owner, &period), paths[i].owner != NULL);
        if (!paths[i].owner)
            continue;
        assert_true(slice_equal(owner, slice_of(paths[i].owner)));
        assert_int_equal(period, paths[i].period);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_months),       cmocka_unit_test(test_days),  cmocka_unit_test(test_odd_clocks),
        cmocka_unit_test(test_ends_of_time), cmocka_unit_test(test_paths), cmocka_unit_test(test_pages_in_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
