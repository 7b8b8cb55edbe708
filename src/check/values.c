#include "check/checker.h"

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool value_is_reference(struct slice text) {
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte <= 0x20 || byte == 0x7F || strchr("<>\"{}|\\^`", byte))
            return false;
        if (byte == '%' && !(i + 2 < text.size && is_hex(text.data[i + 1]) && is_hex(text.data[i + 2])))
            return false;
    }
    return true;
}

/* Length of the scheme, without its colon; 0 for none. */
static size_t scheme_size(struct slice text) {
    size_t size = 0;
    while (size < text.size &&
           (is_letter(text.data[size]) || (size && (is_digit(text.data[size]) || strchr("+-.", text.data[size])))))
        size++;
    return size < text.size && text.data[size] == ':' ? size : 0;
}

bool value_is_iri(struct slice text) {
    size_t size = scheme_size(text);
    if (size == 0 || size + 1 == text.size || !value_is_reference(text))
        return false;
    struct slice scheme = slice_range(text, 0, size);
    if (!slice_equal_ignoring_case(scheme, SLICE("http")) && !slice_equal_ignoring_case(scheme, SLICE("https")))
        return true;
    struct slice rest = slice_from(text, size + 1);
    return slice_starts_with(rest, SLICE("//")) && rest.size > 2 && !strchr("/?#:", rest.data[2]);
}

/* A number of exactly `digits` digits; moves *at behind it. */
static bool read_number(struct slice text, size_t *at, size_t digits, int *ret_number) {
    int number = 0;
    if (*at + digits > text.size)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (!is_digit(text.data[*at + i]))
            return false;
        number = number * 10 + (text.data[*at + i] - '0');
    }
    *at += digits;
    *ret_number = number;
    return true;
}

static bool read_byte(struct slice text, size_t *at, char byte) {
    bool there = *at < text.size && text.data[*at] == byte;
    *at += there;
    return there;
}

static int days_of_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month < 1 || month > 12 ? 0 : days[month - 1] + (month == 2 && leap);
}

static bool read_clock(struct slice text, size_t *at, bool needs_seconds) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!read_number(text, at, 2, &hour) || !read_byte(text, at, ':') || !read_number(text, at, 2, &minute))
        return false;
    if (read_byte(text, at, ':') ? !read_number(text, at, 2, &second) : needs_seconds)
        return false;
    return hour < 24 && minute < 60 && second <= 60;
}

bool value_is_rfc3339(struct slice text) {
    int year = 0;
    int month = 0;
    int day = 0;
    size_t at = 0;
    if (!read_number(text, &at, 4, &year) || !read_byte(text, &at, '-') || !read_number(text, &at, 2, &month) ||
        !read_byte(text, &at, '-') || !read_number(text, &at, 2, &day) || !read_byte(text, &at, 'T') ||
        !read_clock(text, &at, true))
        return false;
    if (day < 1 || day > days_of_month(year, month))
        return false;
    if (read_byte(text, &at, '.')) {
        size_t begin = at;
        while (at < text.size && is_digit(text.data[at]))
            at++;
        if (at == begin)
            return false;
    }
    if (read_byte(text, &at, 'Z'))
        return at == text.size;
    int hours = 0;
    int minutes = 0;
    return (read_byte(text, &at, '+') || read_byte(text, &at, '-')) && read_number(text, &at, 2, &hours) &&
           read_byte(text, &at, ':') && read_number(text, &at, 2, &minutes) && hours < 24 && minutes < 60 &&
           at == text.size;
}

/* Which of `names`, each of three letters; -1 for none. */
static int read_name(struct slice text, size_t *at, const char *names) {
    if (*at + 3 > text.size)
        return -1;
    for (int i = 0; names[3 * i]; i++)
        if (memcmp(text.data + *at, names + 3 * i, 3) == 0) {
            *at += 3;
            return i;
        }
    return -1;
}

static bool skip_blanks(struct slice text, size_t *at) {
    size_t begin = *at;
    while (*at < text.size && strchr(" \t\r\n", text.data[*at]))
        (*at)++;
    return *at > begin;
}

/* Sunday is 0 (Sakamoto's congruence). */
static int weekday_of(int year, int month, int day) {
    static const int offsets[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    year -= month < 3;
    return (year + year / 4 - year / 100 + year / 400 + offsets[month - 1] + day) % 7;
}

static bool read_zone(struct slice text, size_t *at) {
    static const char *const names[] = {"GMT", "UT",  "UTC", "Z",   "EST", "EDT",
                                        "CST", "CDT", "MST", "MDT", "PST", "PDT"};
    int zone = 0;
    if (read_byte(text, at, '+') || read_byte(text, at, '-'))
        return read_number(text, at, 4, &zone) && zone / 100 < 24 && zone % 100 < 60 && *at == text.size;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (slice_equal(slice_from(text, *at), slice_of(names[i])))
            return true;
    return false;
}

/* "18 Jul 2025"; the year may have two digits, which RFC 1123 wants no more. */
static const char *read_day(struct slice text, size_t *at, int weekday) {
    int day = 0;
    int year = 0;
    if (!read_number(text, at, 2, &day) && !read_number(text, at, 1, &day))
        return "the day of the month should stand here";
    skip_blanks(text, at);
    int month = 1 + read_name(text, at, "JanFebMarAprMayJunJulAugSepOctNovDec");
    if (month == 0)
        return "the month is not one of Jan, Feb … Dec";
    skip_blanks(text, at);
    if (!read_number(text, at, 4, &year))
        return "the year has not four digits";
    if (day < 1 || day > days_of_month(year, month))
        return "there is no such day";
    if (weekday >= 0 && weekday != weekday_of(year, month, day))
        return "that day is another day of the week";
    return NULL;
}

const char *value_rfc822_mistake(struct slice text) {
    size_t at = 0;
    int weekday = read_name(text, &at, "SunMonTueWedThuFriSat");
    if (weekday >= 0 && !read_byte(text, &at, ','))
        return "a comma should follow the day of the week";
    if (weekday < 0 && text.size && is_letter(text.data[0]))
        return "the day of the week is not one of Mon, Tue … Sun";
    skip_blanks(text, &at);
    const char *mistake = read_day(text, &at, weekday);
    if (mistake)
        return mistake;
    if (!skip_blanks(text, &at) || !read_clock(text, &at, false))
        return "there is no such time";
    if (!skip_blanks(text, &at) || !read_zone(text, &at))
        return "the zone is not like +0800 or GMT";
    return NULL;
}

bool value_is_language(struct slice text) {
    struct slice part;
    for (size_t i = 0; slice_take_until(&text, '-', &part); i++) {
        if (part.size < 1 || part.size > 8)
            return false;
        /* The first names a language by two letters or more; i- and x- are for others. */
        if (i == 0 && part.size == 1 && part.data[0] != 'i' && part.data[0] != 'x')
            return false;
        for (size_t j = 0; j < part.size; j++)
            if (!is_letter(part.data[j]) && (i == 0 || !is_digit(part.data[j])))
                return false;
    }
    return true;
}

static size_t token_size(struct slice text) {
    size_t size = 0;
    while (size < text.size && (is_letter(text.data[size]) || is_digit(text.data[size]) ||
                                (text.data[size] && strchr("!#$&-^_.+", text.data[size]))))
        size++;
    return size;
}

bool value_is_media_type(struct slice text) {
    size_t type = token_size(text);
    if (type == 0 || type >= text.size || text.data[type] != '/')
        return false;
    struct slice rest = slice_from(text, type + 1);
    size_t subtype = token_size(rest);
    rest = slice_trim(slice_from(rest, subtype));
    return subtype && (rest.size == 0 || rest.data[0] == ';');
}

static bool is_number(struct slice text) {
    uint64_t number = 0;
    return slice_parse_unsigned(text, &number);
}

static bool is_contact(struct slice text) {
    size_t at = slice_find_byte(text, '@', 0);
    return at > 0 && at + 1 < text.size && text.data[at - 1] != ' ' && text.data[at + 1] != ' ';
}

const char *value_mistake(enum value value, struct slice text, bool *ret_warning) {
    *ret_warning = value == VALUE_TEXT || (value == VALUE_REFERENCE && value_is_reference(text));
    switch (value) {
    case VALUE_NONE:
    case VALUE_ANY:
        return NULL;
    case VALUE_TEXT:
    case VALUE_NEEDED:
        return slice_trim(text).size ? NULL : "there is nothing in it";
    case VALUE_IRI:
        return value_is_iri(text) ? NULL : "not an absolute address";
    case VALUE_REFERENCE:
        if (value_is_iri(text))
            return NULL;
        return *ret_warning ? "a relative address, which readers resolve differently" : "no address";
    case VALUE_RFC3339:
        return value_is_rfc3339(text) ? NULL : "not a date with time and zone as RFC 3339 has it";
    case VALUE_RFC822:
        return value_rfc822_mistake(text);
    case VALUE_LANGUAGE:
        return value_is_language(text) ? NULL : "not a language tag like zh-CN (RFC 5646)";
    case VALUE_MEDIA_TYPE:
        return value_is_media_type(text) ? NULL : "not a media type like audio/mpeg";
    case VALUE_NUMBER:
        return is_number(text) ? NULL : "not a whole number";
    case VALUE_BOOLEAN:
        return slice_equal(text, SLICE("true")) || slice_equal(text, SLICE("false")) ? NULL : "neither true nor false";
    case VALUE_CONTACT:
        return is_contact(text) ? NULL : "no e-mail address in it";
    }
    return NULL;
}
