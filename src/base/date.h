#ifndef PINDAO_BASE_DATE_H
#define PINDAO_BASE_DATE_H

#include "base/buf.h"
#include "base/slice.h"

/*
 * Points in time, as seconds since 1970-01-01T00:00:00Z. Years 1 to 9999. What a source wrote may be a day only
 * (`day_only`): it then means midnight of that day in the site's zone, and order within the day is the source's.
 */
struct timestamp {
    int64_t seconds;
    bool present; /* false in a zeroed struct: no date */
    bool day_only;
};

/*
 * The zone of dates without one ("Asia/Shanghai", "UTC", "+08:00"). Set once by main before threads start (a named
 * one becomes the C library's TZ); false when there is no such zone: nothing has changed then. Named zones need the tz
 * database (TZDIR, else /usr/share/zoneinfo), "UTC" and offsets do not. Without a call it is UTC, never the machine's.
 */
MUST_CHECK bool date_set_zone(const char *name);
/* Would date_set_zone take it? */
bool date_zone_exists(const char *name);

/*
 * Reads a date as articles have it: RFC 3339; YYYY-MM-DD[ HH:MM[:SS]] with - / or . between and one-digit months and
 * days; 2024年9月25日[ 20:45]; RFC 822/5322 ("Tue, 24 Sep 2024 08:00:00 +0800", GMT, EST…; CST is the American one, as
 * that standard has it), with long names and hyphens (RFC 850) too; seconds behind a decimal point are dropped. An
 * offset, Z, GMT, UTC or GMT+8 may follow the time in any form; the American names of RFC 822 are refused in all
 * others, where CST would not be the American one. 24:00 is the end of the day. Blanks around are ignored, anything
 * else left over is an error, as are 02-30 and 24:01.
 *
 * Where the clocks of the zone change, a time that comes twice is the first of the two, and one that is left out counts
 * on from before the change (02:30 is then 03:30).
 */
MUST_CHECK bool date_parse(struct slice text, struct timestamp *ret_date);

/*
 * RFC 3339 in the site's zone ("2025-07-18T00:00:00+08:00"), as RFC 4287 3.3 wants it. Here and below the year has four
 * digits whatever the moment: what lies outside the years 1 to 9999 is written as their first or last.
 */
void date_append_rfc3339(struct buf *buf, int64_t seconds);
/* RFC 3339 in UTC, the same whatever the site's zone ("2025-07-17T16:00:00Z"). */
void date_append_utc(struct buf *buf, int64_t seconds);
/* RFC 822 with a four-digit year, English names in any locale ("Fri, 18 Jul 2025 00:00:00 +0800"). */
void date_append_rfc822(struct buf *buf, int64_t seconds);
/* The day in the site's zone, "2025-07-18". */
void date_append_day(struct buf *buf, int64_t seconds);

/* A duration: "7d", "30m", "36h", "2w", "90s"; a bare number is not one. Seconds. */
MUST_CHECK bool duration_parse(struct slice text, int64_t *ret_seconds);

#endif
