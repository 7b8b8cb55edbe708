#include "base/date.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { DAY = 86400, DAYS_TO_1970 = 719162 /* from 0001-01-01 */ };

static const int64_t FIRST_SECOND = -(int64_t)DAYS_TO_1970 * DAY;
static const int64_t LAST_SECOND = 253402300799; /* 9999-12-31T23:59:59Z */

/* Not isdigit: that asks the locale. */
static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* --- the calendar (proleptic Gregorian) --- */

struct day {
    int year, month, day; /* 1-based */
};

static bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month) {
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

static int days_before_month(int year, int month) {
    static const short days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    return days[month - 1] + (month > 2 && is_leap(year));
}

/* Days from 0001-01-01 to the first of January of `year`. */
static int days_before_year(int year) {
    int past = year - 1;
    return past * 365 + past / 4 - past / 100 + past / 400;
}

static int64_t seconds_of_day(struct day day) {
    int days = days_before_year(day.year) + days_before_month(day.year, day.month) + day.day - 1;
    return (int64_t)(days - DAYS_TO_1970) * DAY;
}

/* `days` from 0001-01-01, not negative. */
static struct day day_of(int days) {
    /* 400 years have 146,097 days. The guess is never late and at most one year early. */
    int year = (int)((int64_t)days * 400 / 146097);
    year = year < 1 ? 1 : year;
    while (days_before_year(year + 1) <= days)
        year++;
    days -= days_before_year(year);
    int month = 12;
    while (days_before_month(year, month) > days)
        month--;
    return (struct day){year, month, days - days_before_month(year, month) + 1};
}

/* --- the zone --- */

/*
 * The one thing in base/ that is global: written by date_set_zone before threads start, read by all. Named zones are
 * the C library's TZ; offsets and UTC need neither it nor a file. `generation` empties the threads' memories.
 */
static struct {
    bool named;
    int offset; /* of a zone that is not named: seconds east of Greenwich */
    unsigned generation;
} zone;

static bool parse_offset(struct slice text, int *ret_offset);

/* Letters, digits, "_", "+", "-", and "/" between names: no "..", no absolute path, no ":" file form. */
static bool is_zone_name(struct slice name) {
    if (name.size == 0 || name.size > 64 || name.data[0] == '/' || name.data[name.size - 1] == '/')
        return false;
    for (size_t i = 0; i < name.size; i++) {
        char lower = (char)(name.data[i] | 0x20);
        if (!is_digit(name.data[i]) && (lower < 'a' || lower > 'z') && !memchr("_+-/", name.data[i], 4))
            return false;
    }
    return true;
}

/* The C library takes an unknown zone for UTC without a word, so look for the file ourselves. */
static bool zone_file_exists(const char *name) {
    const char *folder = getenv("TZDIR");
    CLEANUP(buf_release) struct buf path = BUF(4096);
    buf_append_format(&path, "%s/%s", folder && folder[0] ? folder : "/usr/share/zoneinfo", name);
    if (path.failed)
        return false;
    int descriptor = open(buf_string(&path), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return false;
    char magic[4] = "";
    bool good = read(descriptor, magic, sizeof magic) == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
    close(descriptor);
    return good;
}

static bool is_named_zone(const char *name, int *ret_offset) {
    return strcmp(name, "UTC") != 0 && !parse_offset(slice_of(name), ret_offset);
}

bool date_zone_exists(const char *name) {
    int offset = 0;
    return !is_named_zone(name, &offset) || (is_zone_name(slice_of(name)) && zone_file_exists(name));
}

bool date_set_zone(const char *name) {
    int offset = 0;
    bool named = is_named_zone(name, &offset);
    if (named) {
        if (!date_zone_exists(name) || setenv("TZ", name, 1) != 0)
            return false;
        tzset();
    }
    zone.named = named;
    zone.offset = offset;
    zone.generation++;
    return true;
}

static int offset_asked(int64_t seconds) {
    time_t time = (time_t)seconds;
    struct tm local = {0};
    return localtime_r(&time, &local) ? (int)local.tm_gmtoff : 0;
}

/*
 * The C library takes a lock for every conversion, and there are as many dates as articles. Most months have one
 * offset from end to end: those are remembered, by thread.
 */
enum { MONTHS_REMEMBERED = 512, OFFSET_CHANGES = INT32_MAX };
struct month_memory {
    unsigned generation; /* 0: empty, for a named zone's is never 0 */
    int month;
    int offset; /* or OFFSET_CHANGES */
};

/* Looks a day beyond both ends, so that the answer serves moments in UTC and in local time alike. */
static int look_up_month(struct day first) {
    first.day = 1;
    int64_t begin = seconds_of_day(first) - DAY;
    int days = days_in_month(first.year, first.month) + 2;
    int offset = offset_asked(begin);
    for (int i = 1; i <= days; i++)
        if (offset_asked(begin + (int64_t)i * DAY) != offset)
            return OFFSET_CHANGES;
    return offset;
}

/* The offset through the whole month around `seconds` (UTC or local), or OFFSET_CHANGES. */
static int offset_around(int64_t seconds) {
    static _Thread_local struct month_memory memories[MONTHS_REMEMBERED];
    struct day day = day_of((int)((seconds - FIRST_SECOND) / DAY));
    int month = day.year * 12 + day.month;
    struct month_memory *memory = &memories[month % MONTHS_REMEMBERED];
    if (memory->generation != zone.generation || memory->month != month)
        *memory = (struct month_memory){zone.generation, month, look_up_month(day)};
    return memory->offset;
}

static int64_t clamp(int64_t seconds) {
    return seconds < FIRST_SECOND ? FIRST_SECOND : seconds > LAST_SECOND ? LAST_SECOND : seconds;
}

/* Seconds east of Greenwich at a moment (UTC, years 1 to 9999). */
static int offset_at(int64_t seconds) {
    if (!zone.named)
        return zone.offset;
    int offset = offset_around(seconds);
    return offset == OFFSET_CHANGES ? offset_asked(seconds) : offset;
}

/*
 * From the clock on the wall to UTC. A time that comes twice is the first of the two; one that a clock change
 * leaves out counts on from before the change, so that midnight is the first moment of a day that has none.
 */
static int64_t utc_of_local(int64_t local) {
    if (!zone.named)
        return local - zone.offset;
    int offset = offset_around(local);
    if (offset != OFFSET_CHANGES)
        return local - offset;
    int before = offset_asked(local - DAY);
    int after = offset_asked(local + DAY);
    bool is_after = offset_asked(local - before) != before && offset_asked(local - after) == after;
    return local - (is_after ? after : before);
}

/* --- reading --- */

/* Takes from *rest what it finds; false leaves *rest anywhere, for then the whole date is wrong. */
static bool take_number(struct slice *rest, size_t least, size_t most, int *ret_number) {
    size_t size = 0;
    int number = 0;
    for (; size < rest->size && size < most && is_digit(rest->data[size]); size++)
        number = number * 10 + (rest->data[size] - '0');
    *rest = slice_from(*rest, size);
    *ret_number = number;
    return size >= least;
}

static bool take(struct slice *rest, struct slice expected) {
    if (!slice_starts_with(*rest, expected))
        return false;
    *rest = slice_from(*rest, expected.size);
    return true;
}

static bool take_blanks(struct slice *rest) {
    struct slice before = *rest;
    while (rest->size && (rest->data[0] == ' ' || rest->data[0] == '\t'))
        *rest = slice_from(*rest, 1);
    return rest->size < before.size;
}

static bool day_is_valid(struct day day) {
    return day.year >= 1 && day.month >= 1 && day.month <= 12 && day.day >= 1 &&
           day.day <= days_in_month(day.year, day.month);
}

/* "+08:00", "+0800", "+08", whole. */
static bool parse_offset(struct slice text, int *ret_offset) {
    int hours = 0;
    int minutes = 0;
    bool west = slice_starts_with(text, SLICE("-"));
    if (!west && !slice_starts_with(text, SLICE("+")))
        return false;
    text = slice_from(text, 1);
    if (!take_number(&text, 2, 2, &hours))
        return false;
    if (text.size) {
        text = slice_from(text, text.data[0] == ':');
        if (!take_number(&text, 2, 2, &minutes))
            return false;
    }
    if (text.size || hours > 23 || minutes > 59)
        return false;
    int offset = hours * 3600 + minutes * 60;
    *ret_offset = west ? -offset : offset;
    return true;
}

/*
 * The names of RFC 822 5, which alone RFC 5322 4.3 gives a meaning: in dates of that form. Elsewhere only those that
 * mean Greenwich are taken, for CST is Shanghai's time to whoever writes 2026-11-01 10:00:00 CST.
 */
static bool find_zone_name(struct slice name, bool is_mail, int *ret_offset) {
    static const struct {
        struct slice name;
        int hours;
    } names[] = {
        {{"Z", 1}, 0},    {{"GMT", 3}, 0},  {{"UTC", 3}, 0},  {{"UT", 2}, 0},   {{"EST", 3}, -5}, {{"EDT", 3}, -4},
        {{"CST", 3}, -6}, {{"CDT", 3}, -5}, {{"MST", 3}, -7}, {{"MDT", 3}, -6}, {{"PST", 3}, -8}, {{"PDT", 3}, -7},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        if (slice_equal_ignoring_case(name, names[i].name)) {
            *ret_offset = names[i].hours * 3600;
            return is_mail || names[i].hours == 0;
        }
    }
    return false;
}

/* "GMT+8", "UTC+08:00": as programs in Chinese say it. Of POSIX it would be west, which nobody means in a date. */
static bool parse_offset_from_greenwich(struct slice text, int *ret_offset) {
    char padded[4] = "";
    if (!slice_equal_ignoring_case(slice_range(text, 0, 3), SLICE("GMT")) &&
        !slice_equal_ignoring_case(slice_range(text, 0, 3), SLICE("UTC")))
        return false;
    text = slice_from(text, 3);
    if (text.size != 2)
        return parse_offset(text, ret_offset);
    padded[0] = text.data[0];
    padded[1] = '0';
    padded[2] = text.data[1];
    return parse_offset(slice_of(padded), ret_offset);
}

struct clock_time {
    int seconds; /* since midnight; 86400 for 24:00 */
    bool has_offset;
    int offset;
};

static bool take_hours_minutes_seconds(struct slice *rest, int *ret_seconds) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take_number(rest, 1, 2, &hour) || !take(rest, SLICE(":")) || !take_number(rest, 2, 2, &minute))
        return false;
    if (take(rest, SLICE(":")) && !take_number(rest, 2, 2, &second))
        return false;
    if (take(rest, SLICE("."))) {
        size_t size = 0;
        while (size < rest->size && is_digit(rest->data[size]))
            size++;
        *rest = slice_from(*rest, size);
        if (size == 0)
            return false;
    }
    /* Second 60 is a leap second, which POSIX counts as the one after; 24:00 is the end of the day. */
    bool in_range = hour < 24 && minute < 60 && (second < 60 || (second == 60 && minute == 59));
    if (!in_range && (hour != 24 || minute || second))
        return false;
    *ret_seconds = hour * 3600 + minute * 60 + second;
    return true;
}

/* A time with or without a zone, to the end of the text. */
static bool parse_clock(struct slice rest, bool is_mail, struct clock_time *ret_time) {
    struct clock_time time = {0};
    if (!take_hours_minutes_seconds(&rest, &time.seconds))
        return false;
    rest = slice_trim(rest);
    /* RFC 5322 lets a comment stand behind the zone: "+0800 (CST)". */
    if (slice_ends_with(rest, SLICE(")")))
        rest = slice_trim(slice_range(rest, 0, slice_find_byte(rest, '(', 0)));
    time.has_offset = rest.size > 0;
    if (time.has_offset && !parse_offset(rest, &time.offset) && !find_zone_name(rest, is_mail, &time.offset) &&
        !parse_offset_from_greenwich(rest, &time.offset))
        return false;
    *ret_time = time;
    return true;
}

/* `is_mail`: of RFC 822, which has names for zones. */
static bool finish(struct day day, struct slice time_text, bool is_mail, struct timestamp *ret_date) {
    if (!day_is_valid(day))
        return false;
    struct clock_time time = {0};
    bool day_only = time_text.size == 0;
    if (!day_only && !parse_clock(time_text, is_mail, &time))
        return false;
    int64_t local = seconds_of_day(day) + time.seconds;
    if (local > LAST_SECOND)
        return false;
    int64_t seconds = time.has_offset ? local - time.offset : utc_of_local(local);
    if (seconds < FIRST_SECOND || seconds > LAST_SECOND)
        return false;
    *ret_date = (struct timestamp){.seconds = seconds, .present = true, .day_only = day_only};
    return true;
}

/* Behind the year: "年9月25日", blanks allowed between. */
static bool take_chinese_month_day(struct slice *rest, struct day *day) {
    take_blanks(rest);
    if (!take_number(rest, 1, 2, &day->month))
        return false;
    take_blanks(rest);
    if (!take(rest, SLICE("月")))
        return false;
    take_blanks(rest);
    if (!take_number(rest, 1, 2, &day->day))
        return false;
    take_blanks(rest);
    return take(rest, SLICE("日")) || take(rest, SLICE("号"));
}

static bool parse_year_first(struct slice rest, struct timestamp *ret_date) {
    struct day day = {0};
    if (!take_number(&rest, 4, 4, &day.year))
        return false;
    struct slice after_year = rest;
    take_blanks(&after_year);
    if (take(&after_year, SLICE("年"))) {
        if (!take_chinese_month_day(&after_year, &day))
            return false;
        take_blanks(&after_year);
        return finish(day, after_year, false, ret_date);
    }
    if (rest.size == 0 || !memchr("-/.", rest.data[0], 3))
        return false;
    struct slice separator = slice_range(rest, 0, 1);
    rest = slice_from(rest, 1);
    if (!take_number(&rest, 1, 2, &day.month) || !take(&rest, separator) || !take_number(&rest, 1, 2, &day.day))
        return false;
    if (rest.size == 0)
        return finish(day, rest, false, ret_date);
    if (!take(&rest, SLICE("T")) && !take(&rest, SLICE("t")) && !take_blanks(&rest))
        return false;
    /* The text was trimmed, so a blank has something behind it; a "T" may not. */
    return rest.size > 0 && finish(day, rest, false, ret_date);
}

static const char day_names[] = "MonTueWedThuFriSatSun";
static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
/* What follows in the long names, which RFC 850 has and writers of feeds like. */
static const char *const day_ends[] = {"day", "sday", "nesday", "rsday", "day", "urday", "day"};
static const char *const month_ends[] = {"uary", "ruary", "ch",     "il",   "",      "e",
                                         "y",    "ust",   "tember", "ober", "ember", "ember"};

/* 1 for the first of the names, short or long, case ignored; 0 when none stands at the front of *rest. */
static int take_name(struct slice *rest, const char *names, const char *const *ends) {
    struct slice name = slice_range(*rest, 0, 3);
    for (int i = 0; names[3 * i]; i++) {
        if (slice_equal_ignoring_case(name, (struct slice){names + 3 * i, 3})) {
            struct slice end = slice_of(ends[i]);
            *rest = slice_from(*rest, 3);
            if (slice_equal_ignoring_case(slice_range(*rest, 0, end.size), end))
                *rest = slice_from(*rest, end.size);
            return i + 1;
        }
    }
    return 0;
}

/* Between day, month and year: blanks, or the hyphens of RFC 850 ("Tuesday, 24-Sep-24 08:00:00 GMT"). */
static bool take_separator(struct slice *rest) {
    return take_blanks(rest) || take(rest, SLICE("-"));
}

static bool take_mail_year(struct slice *rest, int *ret_year) {
    struct slice before = *rest;
    int year = 0;
    if (!take_number(rest, 2, 4, &year))
        return false;
    size_t digits = before.size - rest->size;
    /* RFC 5322 4.3: two digits below 50 are of this century, other short ones count from 1900. */
    if (digits < 4)
        year += digits == 2 && year < 50 ? 2000 : 1900;
    *ret_year = year;
    return true;
}

/* RFC 822, 850 and 5322. The name of the day is not held against the date: senders get it wrong. */
static bool parse_mail_date(struct slice rest, struct timestamp *ret_date) {
    struct day day = {0};
    if (take_name(&rest, day_names, day_ends) && !take(&rest, SLICE(",")) && !take_blanks(&rest))
        return false;
    take_blanks(&rest);
    if (!take_number(&rest, 1, 2, &day.day) || !take_separator(&rest))
        return false;
    day.month = take_name(&rest, month_names, month_ends);
    if (!day.month || !take_separator(&rest) || !take_mail_year(&rest, &day.year))
        return false;
    if (rest.size && !take_blanks(&rest))
        return false;
    return finish(day, rest, true, ret_date);
}

bool date_parse(struct slice text, struct timestamp *ret_date) {
    text = slice_trim(text);
    bool year_first = text.size >= 4 && is_digit(text.data[2]) && is_digit(text.data[3]);
    return year_first ? parse_year_first(text, ret_date) : parse_mail_date(text, ret_date);
}

/* --- writing --- */

struct local_time {
    struct day day;
    int hour, minute, second;
    int weekday; /* 0: Monday */
    char sign;
    int offset_hours, offset_minutes;
};

/* What clocks show that are `offset` seconds east of Greenwich. */
static struct local_time time_at_offset(int64_t seconds, int offset) {
    /*
     * Neither format has seconds in its zone, but local mean time has. The moment stays right; the zone is rounded up,
     * so that midnight stays in its day.
     */
    int odd = ((offset % 60) + 60) % 60;
    offset += odd ? 60 - odd : 0;
    int64_t local = clamp(seconds + offset) - FIRST_SECOND;
    int days = (int)(local / DAY);
    int second = (int)(local % DAY);
    int size = offset < 0 ? -offset : offset;
    return (struct local_time){
        .day = day_of(days),
        .hour = second / 3600,
        .minute = second / 60 % 60,
        .second = second % 60,
        .weekday = days % 7, /* 0001-01-01 was a Monday */
        .sign = offset < 0 ? '-' : '+',
        .offset_hours = size / 3600,
        .offset_minutes = size / 60 % 60,
    };
}

static struct local_time local_time_of(int64_t seconds) {
    seconds = clamp(seconds);
    return time_at_offset(seconds, offset_at(seconds));
}

static char *put_digits(char *at, int number, int digits) {
    for (int i = digits - 1; i >= 0; i--, number /= 10)
        at[i] = (char)('0' + number % 10);
    return at + digits;
}

static char *put_day(char *at, struct day day) {
    at = put_digits(at, day.year, 4);
    *at++ = '-';
    at = put_digits(at, day.month, 2);
    *at++ = '-';
    return put_digits(at, day.day, 2);
}

static char *put_clock(char *at, const struct local_time *time) {
    at = put_digits(at, time->hour, 2);
    *at++ = ':';
    at = put_digits(at, time->minute, 2);
    *at++ = ':';
    return put_digits(at, time->second, 2);
}

void date_append_rfc3339(struct buf *buf, int64_t seconds) {
    struct local_time time = local_time_of(seconds);
    char text[32];
    char *at = put_day(text, time.day);
    *at++ = 'T';
    at = put_clock(at, &time);
    *at++ = time.sign;
    at = put_digits(at, time.offset_hours, 2);
    *at++ = ':';
    at = put_digits(at, time.offset_minutes, 2);
    buf_append(buf, text, (size_t)(at - text));
}

void date_append_utc(struct buf *buf, int64_t seconds) {
    struct local_time time = time_at_offset(clamp(seconds), 0);
    char text[32];
    char *at = put_day(text, time.day);
    *at++ = 'T';
    at = put_clock(at, &time);
    *at++ = 'Z';
    buf_append(buf, text, (size_t)(at - text));
}

void date_append_rfc822(struct buf *buf, int64_t seconds) {
    struct local_time time = local_time_of(seconds);
    char text[40];
    char *at = text;
    memcpy(at, day_names + (size_t)time.weekday * 3, 3);
    memcpy(at + 3, ", ", 2);
    at = put_digits(at + 5, time.day.day, 2);
    *at++ = ' ';
    memcpy(at, month_names + (size_t)(time.day.month - 1) * 3, 3);
    at[3] = ' ';
    at = put_digits(at + 4, time.day.year, 4);
    *at++ = ' ';
    at = put_clock(at, &time);
    *at++ = ' ';
    *at++ = time.sign;
    at = put_digits(at, time.offset_hours, 2);
    at = put_digits(at, time.offset_minutes, 2);
    buf_append(buf, text, (size_t)(at - text));
}

void date_append_day(struct buf *buf, int64_t seconds) {
    char text[16];
    seconds = clamp(seconds);
    int64_t local = clamp(seconds + offset_at(seconds)) - FIRST_SECOND;
    char *end = put_day(text, day_of((int)(local / DAY)));
    buf_append(buf, text, (size_t)(end - text));
}

/* --- durations --- */

bool duration_parse(struct slice text, int64_t *ret_seconds) {
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', DAY}, {'w', 7 * DAY}};
    uint64_t number = 0;
    if (text.size < 2 || !slice_parse_unsigned(slice_range(text, 0, text.size - 1), &number))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        int64_t seconds = 0;
        if (units[i].unit != text.data[text.size - 1] || __builtin_mul_overflow(number, units[i].seconds, &seconds))
            continue;
        *ret_seconds = seconds;
        return true;
    }
    return false;
}
