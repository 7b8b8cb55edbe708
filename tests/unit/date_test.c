#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"

#include <stdio.h>
#include <stdlib.h>

static void set_zone(const char *name) {
    if (!date_set_zone(name))
        fail_msg("no zone %s: is tzdata installed?", name);
}

/* What comes out of `text`, in the zone set; "-" when it is refused. "*" is put before a day without a time. */
static void assert_reads(const char *text, const char *expected) {
    CLEANUP(buf_release) struct buf buf = BUF(100);
    struct timestamp date = {.seconds = 42};
    if (!date_parse(slice_of(text), &date)) {
        assert_int_equal(date.seconds, 42);
        assert_false(date.present);
        buf_append_string(&buf, "-");
    } else {
        assert_true(date.present);
        buf_append_string(&buf, date.day_only ? "*" : "");
        date_append_rfc3339(&buf, date.seconds);
    }
    if (strcmp(buf_string(&buf), expected) != 0)
        fail_msg("\"%s\" became %s, not %s", text, buf_string(&buf), expected);
}

/* First of all tests: before the first date_set_zone, whatever the machine's zone. */
static void test_without_a_zone_it_is_utc(void **state) {
    (void)state;
    setenv("TZ", "America/New_York", 1);
    tzset();
    assert_reads("2024-09-25", "*2024-09-25T00:00:00+00:00");
    assert_reads("1970-01-01 00:00", "1970-01-01T00:00:00+00:00");
}

static void test_days(void **state) {
    (void)state;
    set_zone("Asia/Shanghai");
    static const char *const forms[] = {"2024-09-05",   "2024-9-5",       "2024/9/5",        "2024.09.5",
                                        "2024年9月5日", "2024年09月05号", " 2024-09-05\t\n", "2024 年 9 月 5 日",
                                        "5 Sep 2024",   "Thu, 5 Sep 2024"};
    for (size_t i = 0; i < ARRAY_LENGTH(forms); i++)
        assert_reads(forms[i], "*2024-09-05T00:00:00+08:00");
}

static void test_times_in_the_site_zone(void **state) {
    (void)state;
    set_zone("Asia/Shanghai");
    static const char *const forms[] = {"2024-09-05 20:45",        "2024-09-05 20:45:00",       "2024-09-05T20:45:00",
                                        "2024-9-5  20:45",         "2024/09/05 20:45",          "2024年9月5日 20:45",
                                        "2024年9月5日20:45",       "5 Sep 2024 20:45:00",       "2024-09-05t20:45:00",
                                        "2024-09-05T20:45:00.999", "2024-09-05 20:45:00.000001"};
    for (size_t i = 0; i < ARRAY_LENGTH(forms); i++)
        assert_reads(forms[i], "2024-09-05T20:45:00+08:00");
    assert_reads("2024-9-5 8:05", "2024-09-05T08:05:00+08:00");
}

static void test_times_with_a_zone(void **state) {
    (void)state;
    set_zone("Asia/Shanghai");
    static const char *const forms[] = {
        "2024-09-05T12:45:00Z",
        "2024-09-05T12:45:00z",
        "2024-09-05T12:45Z",
        "2024-09-05 12:45:00 UTC",
        "2024-09-05T12:45:00.123Z",
        "2024-09-05T20:45:00+08:00",
        "2024-09-05 20:45:00 +0800",
        "2024-09-05T20:45:00+08",
        "2024-09-05T07:15:00-05:30",
        "Thu, 05 Sep 2024 20:45:00 +0800",
        "Thu, 5 Sep 2024 12:45:00 GMT",
        "thu, 5 sep 2024 12:45 ut",
        "Thu, 05 Sep 2024 20:45:00 +0800 (CST)",
        "5 Sep 24 07:45:00 EST",
        "5 Sep 2024 08:45:00 EDT",
        "5 Sep 2024 06:45:00 CST",
        "5 Sep 2024 05:45:00 PDT",
        "Thursday, 05-Sep-24 12:45:00 GMT",
        "Thursday, 5 September 2024 12:45 UTC",
        "Thu 05 Sep 2024 20:45:00 GMT+8",
        "2024-09-05 20:45:00 GMT+08:00",
        "2024-09-05T07:15:00 UTC-0530",
        "Mon, 5 Sep 2024 12:45:00 +0000", /* it was a Thursday: senders get that wrong */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(forms); i++)
        assert_reads(forms[i], "2024-09-05T20:45:00+08:00");
}

/* Whoever writes CST behind a Chinese date means Shanghai's time, or nobody knows what. */
static void test_zone_names_outside_mail(void **state) {
    (void)state;
    set_zone("Asia/Shanghai");
    assert_reads("2026-11-01 10:00:00 CST", "-");
    assert_reads("2026年11月1日 10:00 EST", "-");
    assert_reads("2026-11-01T10:00:00 PDT", "-");
    assert_reads("2026-11-01 10:00:00 GMT", "2026-11-01T18:00:00+08:00");
    assert_reads("2026-11-01 10:00:00 UTC", "2026-11-01T18:00:00+08:00");
    assert_reads("2026-11-01 10:00:00 +0800 (CST)", "2026-11-01T10:00:00+08:00");
}

static void test_two_digit_years_of_mail(void **state) {
    (void)state;
    set_zone("UTC");
    assert_reads("1 Jan 49 00:00 GMT", "2049-01-01T00:00:00+00:00");
    assert_reads("1 Jan 50 00:00 GMT", "1950-01-01T00:00:00+00:00");
    assert_reads("1 Jan 102 00:00 GMT", "2002-01-01T00:00:00+00:00");
}

static void test_leap_years(void **state) {
    (void)state;
    set_zone("UTC");
    assert_reads("2024-02-29", "*2024-02-29T00:00:00+00:00");
    assert_reads("2000-02-29", "*2000-02-29T00:00:00+00:00");
    assert_reads("2023-02-29", "-");
    assert_reads("1900-02-29", "-");
    assert_reads("2100-02-29", "-");
    assert_reads("2024-02-30", "-");
    assert_reads("2024-04-31", "-");
}

static void test_the_end_of_the_day(void **state) {
    (void)state;
    set_zone("UTC");
    assert_reads("2024-12-31 24:00", "2025-01-01T00:00:00+00:00");
    assert_reads("2024-12-31 24:00:00", "2025-01-01T00:00:00+00:00");
    assert_reads("2024-12-31 24:01", "-");
    assert_reads("2024-12-31 24:00:01", "-");
    assert_reads("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00");
    assert_reads("2016-12-31T23:58:60Z", "-");
    assert_reads("2016-12-31T23:59:61Z", "-");
}

static void test_the_years_that_there_are(void **state) {
    (void)state;
    set_zone("UTC");
    assert_reads("0001-01-01", "*0001-01-01T00:00:00+00:00");
    assert_reads("9999-12-31 23:59:59", "9999-12-31T23:59:59+00:00");
    assert_reads("0000-12-31", "-");
    assert_reads("9999-12-31 24:00", "-");
    assert_reads("0001-01-01T00:00:00+08:00", "-"); /* is in the year before */
    assert_reads("9999-12-31T23:59:59-08:00", "-");
}

static void test_what_is_no_date(void **state) {
    (void)state;
    set_zone("Asia/Shanghai");
    static const char *const texts[] = {
        "",
        " ",
        "x",
        "2024",
        "2024-09",
        "2024-09-",
        "24-09-05",
        "12024-09-05",
        "2024-9-5x",
        "2024-9-5 x",
        "2024-9-555",
        "2024-00-01",
        "2024-13-01",
        "2024-01-00",
        "2024-01-32",
        "2024-1/1",
        "2024/1-1",
        "2024-01-01T",
        "2024-01-01T10",
        "2024-01-01 10",
        "2024-01-01 10:",
        "2024-01-01 10:0",
        "2024-01-01 10:60",
        "2024-01-01 25:00",
        "2024-01-01 10:00:",
        "2024-01-01 10:00:0",
        "2024-01-01 10:00:00.",
        "2024-01-01 10:00:00+24:00",
        "2024-01-01 10:00:00+08:60",
        "2024-01-01 10:00:00+8",
        "2024-01-01 10:00:00+08:",
        "2024-01-01 10:00:00+08:000",
        "2024-01-01 10:00 XYZ",
        "2024-01-01 10:00 Asia/Shanghai",
        "2024-01-01 (x)",
        "2024年1月",
        "2024年1月1",
        "2024年13月1日",
        "年1月1日",
        "2024-01-01+08:00",
        "20240101",
        "1727193600",
        "-2024-01-01",
        "+2024-01-01",
        "Tue24 Sep 2024 08:00",
        "Tuesd, 24 Sep 2024 08:00",
        "2024-01-01 10:00 GMT+",
        "2024-01-01 10:00 GMT8",
        "2024-01-01 10:00 GMT+x",
        "2024-01-01 10:00 EST+8",
        "Tue, Sep 24 2024",
        "24 Foo 2024",
        "24 Sep",
        "32 Sep 2024",
        "24Sep2024",
        "24 Septem 2024",
        "24--Sep-2024",
        "２０２４-01-01",
        "2024-01-01\u00A010:00",
        "2024-01-01 10:00:00 +08:00 +08:00",
        "Tue,",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        assert_reads(texts[i], "-");
    struct timestamp date;
    assert_false(date_parse(SLICE("2024-01-01\0"), &date));
    assert_false(date_parse((struct slice){0}, &date));
}

/* Shanghai put its clocks forward in the summers of 1986 to 1991. */
static void test_summer_time_in_shanghai(void **state) {
    (void)state;
    set_zone("Asia/Shanghai");
    assert_reads("1986-05-03", "*1986-05-03T00:00:00+08:00");
    assert_reads("1986-07-01", "*1986-07-01T00:00:00+09:00");
    assert_reads("1991-07-01 12:00", "1991-07-01T12:00:00+09:00");
    assert_reads("1992-07-01", "*1992-07-01T00:00:00+08:00");
    assert_reads("1990-12-31", "*1990-12-31T00:00:00+08:00");
    assert_reads("1986-07-01T00:00:00Z", "1986-07-01T09:00:00+09:00");
    CLEANUP(buf_release) struct buf day = BUF(100);
    struct timestamp date;
    assert_true(date_parse(SLICE("1988-08-08"), &date));
    date_append_day(&day, date.seconds);
    date_append_day(&day, date.seconds - 1);
    assert_string_equal(buf_string(&day), "1988-08-081988-08-07");
}

static void test_hours_that_are_not_or_are_twice(void **state) {
    (void)state;
    set_zone("America/New_York");
    assert_reads("2024-03-10 01:59", "2024-03-10T01:59:00-05:00");
    assert_reads("2024-03-10 02:30", "2024-03-10T03:30:00-04:00"); /* left out */
    assert_reads("2024-03-10 03:00", "2024-03-10T03:00:00-04:00");
    assert_reads("2024-11-03 00:59", "2024-11-03T00:59:00-04:00");
    assert_reads("2024-11-03 01:30", "2024-11-03T01:30:00-04:00"); /* twice: the first */
    assert_reads("2024-11-03 02:00", "2024-11-03T02:00:00-05:00");
    /* The clocks went forward at midnight: the day began at one. */
    set_zone("America/Sao_Paulo");
    assert_reads("2018-11-04", "*2018-11-04T01:00:00-02:00");
}

static void test_local_mean_time_keeps_its_day(void **state) {
    (void)state;
    set_zone("Asia/Shanghai"); /* +08:05:43 until 1901 */
    assert_reads("1900-01-01", "*1900-01-01T00:00:17+08:06");
    CLEANUP(buf_release) struct buf buf = BUF(100);
    struct timestamp date;
    assert_true(date_parse(SLICE("1900-01-01"), &date));
    assert_int_equal(date.seconds, -2208988800 - (8 * 3600 + 5 * 60 + 43));
    date_append_day(&buf, date.seconds);
    date_append_day(&buf, date.seconds - 1);
    assert_string_equal(buf_string(&buf), "1900-01-011899-12-31");
}

/* Each day from 1890 to 2060: its text read, and the text of what was read, agree. */
static void check_all_days(const char *zone) {
    set_zone(zone);
    CLEANUP(buf_release) struct buf buf = BUF(100);
    char text[32];
    int64_t last = INT64_MIN;
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int year = 1890; year < 2060; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= days[month - 1]; day++) {
                struct timestamp date;
                snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                assert_true(date_parse(slice_of(text), &date));
                assert_true(date.seconds > last);
                last = date.seconds;
                buf_clear(&buf);
                date_append_day(&buf, date.seconds);
                assert_string_equal(buf_string(&buf), text);
            }
        }
    }
}

static void test_every_day_comes_back(void **state) {
    (void)state;
    check_all_days("Asia/Shanghai");
    check_all_days("Europe/London");
    check_all_days("-03:30");
}

/* The memory of months is told from the C library's own answers. */
static void test_moments_agree_with_the_c_library(void **state) {
    (void)state;
    static const char *const zones[] = {"Asia/Shanghai", "America/New_York", "Africa/Casablanca"};
    CLEANUP(buf_release) struct buf buf = BUF(100);
    for (size_t i = 0; i < ARRAY_LENGTH(zones); i++) {
        set_zone(zones[i]);
        for (time_t moment = 400000000; moment < 1900000000; moment += 86400 * 3 + 12347) {
            struct tm local;
            char expected[64];
            localtime_r(&moment, &local);
            size_t size = strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S %z", &local);
            buf_clear(&buf);
            date_append_rfc822(&buf, moment);
            assert_true(size > 0);
            assert_string_equal(buf_string(&buf), expected);
        }
    }
}

static void test_writing(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(200);
    set_zone("Asia/Shanghai");
    date_append_rfc3339(&buf, 1752768000);
    buf_append_byte(&buf, '|');
    date_append_rfc822(&buf, 1752768000);
    buf_append_byte(&buf, '|');
    date_append_day(&buf, 1752768000);
    assert_string_equal(buf_string(&buf), "2025-07-18T00:00:00+08:00|Fri, 18 Jul 2025 00:00:00 +0800|2025-07-18");
    buf_clear(&buf);
    set_zone("-03:30");
    date_append_rfc3339(&buf, 0);
    buf_append_byte(&buf, '|');
    date_append_rfc822(&buf, 0);
    assert_string_equal(buf_string(&buf), "1969-12-31T20:30:00-03:30|Wed, 31 Dec 1969 20:30:00 -0330");
}

static void test_writing_never_leaves_the_years_with_four_digits(void **state) {
    (void)state;
    static const char *const zones[] = {"UTC", "+08:00", "-08:00", "Asia/Shanghai", "America/New_York"};
    static const int64_t moments[] = {INT64_MIN, INT64_MAX, -62135596800, 253402300799};
    for (size_t z = 0; z < ARRAY_LENGTH(zones); z++) {
        set_zone(zones[z]);
        for (size_t i = 0; i < ARRAY_LENGTH(moments); i++) {
            CLEANUP(buf_release) struct buf buf = BUF(100);
            date_append_rfc3339(&buf, moments[i]);
            assert_int_equal(buf.size, strlen("2025-07-18T00:00:00+08:00"));
            bool first = moments[i] < 0;
            assert_memory_equal(buf.data, first ? "0001-01-01T" : "9999-12-31T", 11);
            buf_clear(&buf);
            date_append_rfc822(&buf, moments[i]);
            assert_int_equal(buf.size, strlen("Fri, 18 Jul 2025 00:00:00 +0800"));
            buf_clear(&buf);
            date_append_utc(&buf, moments[i]);
            assert_string_equal(buf_string(&buf), first ? "0001-01-01T00:00:00Z" : "9999-12-31T23:59:59Z");
        }
    }
}

static void test_zones_that_there_are_not(void **state) {
    (void)state;
    set_zone("+05:00");
    static const char *const names[] = {"",
                                        "Asia/Nowhere",
                                        "shanghai",
                                        "../zoneinfo/UTC",
                                        "Asia/../UTC",
                                        "/etc/localtime",
                                        ":Asia/Shanghai",
                                        "Asia/Shanghai ",
                                        "Asia",
                                        "Asia/",
                                        "CST-8",
                                        "<+08>-8",
                                        "+8",
                                        "+24:00",
                                        "+08:60",
                                        "zone.tab",
                                        "Asia//Shanghai/",
                                        "上海",
                                        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (date_set_zone(names[i]))
            fail_msg("\"%s\" was taken for a zone", names[i]);
    /* A zone that was refused changes nothing. */
    assert_reads("2024-01-01", "*2024-01-01T00:00:00+05:00");
}

static void test_zones_that_need_no_file(void **state) {
    (void)state;
    setenv("TZDIR", "/nonexistent", 1);
    assert_false(date_set_zone("Asia/Shanghai"));
    set_zone("UTC");
    assert_reads("2024-01-01", "*2024-01-01T00:00:00+00:00");
    set_zone("+08:00");
    assert_reads("2024-01-01", "*2024-01-01T00:00:00+08:00");
    set_zone("-0930");
    assert_reads("2024-01-01", "*2024-01-01T00:00:00-09:30");
    unsetenv("TZDIR");
}

static void test_durations(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {{"7d", 604800},
                {"30m", 1800},
                {"36h", 129600},
                {"2w", 1209600},
                {"90s", 90},
                {"0s", 0},
                {"9223372036854775807s", INT64_MAX}};
    static const char *const bad[] = {"",
                                      "7",
                                      "d",
                                      "7 d",
                                      " 7d",
                                      "7d ",
                                      "-7d",
                                      "+7d",
                                      "7D",
                                      "7y",
                                      "1.5h",
                                      "1h30m",
                                      "7dd",
                                      "9223372036854775808s",
                                      "18446744073709551615w",
                                      "99999999999999999999s"};
    int64_t seconds = 42;
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(duration_parse(slice_of(bad[i]), &seconds));
    assert_int_equal(seconds, 42);
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        assert_true(duration_parse(slice_of(good[i].text), &seconds));
        assert_true(seconds == good[i].seconds);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_zone_it_is_utc),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_times_in_the_site_zone),
        cmocka_unit_test(test_times_with_a_zone),
        cmocka_unit_test(test_zone_names_outside_mail),
        cmocka_unit_test(test_two_digit_years_of_mail),
        cmocka_unit_test(test_leap_years),
        cmocka_unit_test(test_the_end_of_the_day),
        cmocka_unit_test(test_the_years_that_there_are),
        cmocka_unit_test(test_what_is_no_date),
        cmocka_unit_test(test_summer_time_in_shanghai),
        cmocka_unit_test(test_hours_that_are_not_or_are_twice),
        cmocka_unit_test(test_local_mean_time_keeps_its_day),
        cmocka_unit_test(test_every_day_comes_back),
        cmocka_unit_test(test_moments_agree_with_the_c_library),
        cmocka_unit_test(test_writing),
        cmocka_unit_test(test_writing_never_leaves_the_years_with_four_digits),
        cmocka_unit_test(test_zones_that_there_are_not),
        cmocka_unit_test(test_zones_that_need_no_file),
        cmocka_unit_test(test_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
