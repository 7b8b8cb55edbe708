#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/html_time.h"

#include <stdio.h>

/* Each is good for <time>; those before the empty one for <ins> and <del>, too. */
static const char *const good[] = {
    "2026-11-22", "2024-02-29", "2000-02-29", "0001-01-01", "12026-12-31", "2026-11-22T08:00Z", "2026-11-22 08:00Z",
    "2026-11-22T23:59:59+08:00", "2026-11-22T08:00:00.123-0330", "",
    /* a month, a day of any year, a time, a day and time, an offset, a week, a year, a duration */
    "2026-11", "11-22", "--11-22", "02-29", "08:00", "08:00:59", "08:00:59.5", "2026-11-22T08:00",
    "2026-11-22 08:00:01", "Z", "+08:00", "-0330", "+00:00", "2026-W47", "2026-W53", "2020-W53", "2032-W53", "2026",
    "20261", "P3D", "PT4H", "PT4H18M3.5S", "P1DT1S", "4h 18m 3s", "1w", "3s2h", "3.25s"};

static const char *const bad[] = {"2026-13-45",
                                  "2026-11-22 8:00",
                                  "2026-02-29",
                                  "1900-02-29",
                                  "2026-04-31",
                                  "0000-01-01",
                                  "226-01-01",
                                  "2026-1-1",
                                  "2026-11-22T24:00",
                                  "2026-11-22T08:60",
                                  "2026-11-22T08:00:60",
                                  "2026-11-22T08:00:00.1234",
                                  "2026-11-22T08:00:00.",
                                  "2026-11-22T08:00+24:00",
                                  "2026-11-22T08:00-00:00",
                                  "2026-11-22T08:00Zx",
                                  "2026-11-22 ",
                                  " 2026-11-22",
                                  "2026/11/22",
                                  "2026-00",
                                  "2026-11-",
                                  "02-30",
                                  "-11-22",
                                  "---11-22",
                                  "8:00",
                                  "08",
                                  "+08",
                                  "2025-W53",
                                  "2026-W00",
                                  "2026-W54",
                                  "2026-w47",
                                  "026",
                                  "0000",
                                  "P",
                                  "PT",
                                  "P3",
                                  "P3DT",
                                  "P4H",
                                  "PT3S4H",
                                  "PT1.5H",
                                  "P1W",
                                  "4h 3h",
                                  "4",
                                  "4 h",
                                  "1.5h",
                                  "1.",
                                  "1.5.",
                                  "1.5s.",
                                  "4h ",
                                  "",
                                  " ",
                                  "x",
                                  "昨天",
                                  "2026年11月22日"};

static void test_what_may_be_said(void **state) {
    (void)state;
    bool is_day_or_moment = true;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        is_day_or_moment = is_day_or_moment && good[i][0];
        if (!good[i][0])
            continue;
        if (!html_is_time(slice_of(good[i])))
            fail_msg("%s", good[i]);
        if (html_is_day_or_moment(slice_of(good[i])) != is_day_or_moment)
            fail_msg("ins: %s", good[i]);
    }
}

static void test_what_may_not(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (html_is_time(slice_of(bad[i])) || html_is_day_or_moment(slice_of(bad[i])))
            fail_msg("'%s'", bad[i]);
    assert_false(html_is_time((struct slice){"2026\0", 5}));
    assert_false(html_is_time((struct slice){"4\0", 2}));
    assert_false(html_is_time((struct slice){0}));
}

/* ISO 8601: the years of 53 weeks, 71 of 400. */
static void test_weeks(void **state) {
    (void)state;
    unsigned count = 0;
    for (int year = 2000; year < 2400; year++) {
        char week[20];
        snprintf(week, sizeof week, "%d-W53", year);
        count += html_is_time(slice_of(week));
    }
    assert_int_equal(count, 71);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_may_be_said),
        cmocka_unit_test(test_what_may_not),
        cmocka_unit_test(test_weeks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
