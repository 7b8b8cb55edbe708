#include "text/html_time.h"

/* Each takes one thing off the front of *rest, or returns false and leaves it anyhow: whoever calls gives up then. */

static bool take_byte(struct slice *rest, const char *bytes) {
    if (rest->size == 0 || rest->data[0] == '\0' || !strchr(bytes, rest->data[0]))
        return false;
    *rest = slice_from(*rest, 1);
    return true;
}

static size_t count_digits(struct slice text) {
    size_t count = 0;
    while (count < text.size && text.data[count] >= '0' && text.data[count] <= '9')
        count++;
    return count;
}

/* Two digits, from `least` to `most`. */
static bool take_number(struct slice *rest, unsigned least, unsigned most, unsigned *ret_number) {
    if (count_digits(slice_range(*rest, 0, 2)) != 2)
        return false;
    *ret_number = (unsigned)(rest->data[0] - '0') * 10 + (unsigned)(rest->data[1] - '0');
    *rest = slice_from(*rest, 2);
    return *ret_number >= least && *ret_number <= most;
}

/* Four digits or more, not all zero. Only what it is in the cycle of 400 years matters, in which weeks come round too.
 */
static bool take_year(struct slice *rest, unsigned *ret_year) {
    size_t count = count_digits(*rest);
    bool is_zero = true;
    *ret_year = 0;
    for (size_t i = 0; i < count; i++) {
        *ret_year = (*ret_year * 10 + (unsigned)(rest->data[i] - '0')) % 400;
        is_zero = is_zero && rest->data[i] == '0';
    }
    *rest = slice_from(*rest, count);
    return count >= 4 && !is_zero;
}

static bool is_leap(unsigned year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_of(unsigned month, bool leap) {
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap ? 29 : days[month - 1];
}

/* 53 where the year begins on a Thursday, or is a leap year that begins on a Wednesday (Gauss's formula). */
static unsigned weeks_of(unsigned year) {
    unsigned past = (year + 399) % 400;
    unsigned first = (1 + 5 * (past % 4) + 4 * (past % 100) + 6 * past) % 7;
    return first == 4 || (first == 3 && is_leap(year)) ? 53 : 52;
}

/* "11-22", where February has 29 days or not. */
static bool take_month_and_day(struct slice *rest, bool leap) {
    unsigned month = 0;
    unsigned day = 0;
    return take_number(rest, 1, 12, &month) && take_byte(rest, "-") && take_number(rest, 1, days_of(month, leap), &day);
}

static bool take_day(struct slice *rest) {
    unsigned year = 0;
    return take_year(rest, &year) && take_byte(rest, "-") && take_month_and_day(rest, is_leap(year));
}

static bool take_fraction(struct slice *rest) {
    if (!take_byte(rest, "."))
        return true;
    size_t count = count_digits(*rest);
    *rest = slice_from(*rest, count);
    return count >= 1 && count <= 3;
}

static bool take_clock(struct slice *rest) {
    unsigned number = 0;
    if (!take_number(rest, 0, 23, &number) || !take_byte(rest, ":") || !take_number(rest, 0, 59, &number))
        return false;
    return !take_byte(rest, ":") || (take_number(rest, 0, 59, &number) && take_fraction(rest));
}

static bool take_offset(struct slice *rest) {
    unsigned hours = 0;
    unsigned minutes = 0;
    bool is_negative = slice_starts_with(*rest, SLICE("-"));
    if (take_byte(rest, "Z"))
        return true;
    if (!take_byte(rest, "+-") || !take_number(rest, 0, 23, &hours))
        return false;
    (void)take_byte(rest, ":");
    return take_number(rest, 0, 59, &minutes) && (!is_negative || hours || minutes);
}

/* All of it is a day, with a time and an offset behind it or not. */
static bool is_day(struct slice text, bool wants_offset) {
    if (!take_day(&text))
        return false;
    if (text.size == 0)
        return true;
    if (!take_byte(&text, "T ") || !take_clock(&text))
        return false;
    return text.size == 0 ? !wants_offset : take_offset(&text) && text.size == 0;
}

/* A year, a month or a week: what begins as a day does. */
static bool is_year_or_part(struct slice text) {
    unsigned year = 0;
    unsigned number = 0;
    if (!take_year(&text, &year))
        return false;
    if (text.size == 0)
        return true;
    if (!take_byte(&text, "-"))
        return false;
    if (take_byte(&text, "W"))
        return take_number(&text, 1, weeks_of(year), &number) && text.size == 0;
    return take_number(&text, 1, 12, &number) && text.size == 0;
}

/* "11-22" or "--11-22". */
static bool is_day_of_any_year(struct slice text) {
    if (slice_starts_with(text, SLICE("--")))
        text = slice_from(text, 2);
    return take_month_and_day(&text, true) && text.size == 0;
}

/* One of "3D 4H 5M 6.5S" at the place where it comes, of `units` in this order; *ret_units is behind it. */
static bool take_amount(struct slice *rest, const char *units, const char **ret_units) {
    size_t count = count_digits(*rest);
    *rest = slice_from(*rest, count);
    bool has_fraction = slice_starts_with(*rest, SLICE("."));
    if (count == 0 || !take_fraction(rest) || rest->size == 0 || rest->data[0] == '\0')
        return false;
    const char *unit = strchr(units, rest->data[0]);
    if (!unit || (has_fraction && *unit != 'S' && *unit != 's'))
        return false;
    *rest = slice_from(*rest, 1);
    *ret_units = unit + 1;
    return true;
}

/* "P3D", "PT4H18M3.5S". */
static bool is_duration(struct slice text) {
    const char *units = "D";
    if (!take_byte(&text, "P"))
        return false;
    if (!slice_starts_with(text, SLICE("T")) && !take_amount(&text, units, &units))
        return false;
    if (text.size == 0)
        return true;
    units = "HMS";
    if (!take_byte(&text, "T"))
        return false;
    do {
        if (!take_amount(&text, units, &units))
            return false;
    } while (text.size > 0);
    return true;
}

/* "1w 2d 3h 4m 5.5s": in any order, each once. */
static bool is_duration_in_words(struct slice text) {
    char units[] = "wdhms";
    do {
        const char *behind = NULL;
        while (take_byte(&text, " "))
            ;
        if (!take_amount(&text, units, &behind))
            return false;
        units[behind - units - 1] = '.'; /* a byte that no amount ends with */
    } while (text.size > 0);
    return true;
}

bool html_is_time(struct slice text) {
    struct slice clock = text;
    struct slice offset = text;
    return is_day(text, false) || is_year_or_part(text) || is_day_of_any_year(text) ||
           (take_clock(&clock) && clock.size == 0) || (take_offset(&offset) && offset.size == 0) || is_duration(text) ||
           is_duration_in_words(text);
}

bool html_is_day_or_moment(struct slice text) {
    return is_day(text, true);
}
