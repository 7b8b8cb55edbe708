#include "base/slice.h"

#include <limits.h>

struct slice slice_of(const char *string) {
    return (struct slice){string, string ? strlen(string) : 0};
}

struct slice slice_range(struct slice slice, size_t begin, size_t end) {
    if (end > slice.size)
        end = slice.size;
    if (begin >= end)
        return (struct slice){slice.data ? slice.data + end : NULL, 0};
    return (struct slice){slice.data + begin, end - begin};
}

struct slice slice_from(struct slice slice, size_t begin) {
    return slice_range(slice, begin, slice.size);
}

int slice_print_size(struct slice slice) {
    return slice.size > INT_MAX ? INT_MAX : (int)slice.size;
}

bool slice_equal(struct slice a, struct slice b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static unsigned char ascii_lower(char c) {
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

bool slice_equal_ignoring_case(struct slice a, struct slice b) {
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (ascii_lower(a.data[i]) != ascii_lower(b.data[i]))
            return false;
    return true;
}

int slice_compare(struct slice a, struct slice b) {
    size_t shared = a.size < b.size ? a.size : b.size;
    int order = shared ? memcmp(a.data, b.data, shared) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

int slice_compare_items(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

bool slice_starts_with(struct slice slice, struct slice prefix) {
    return slice.size >= prefix.size && slice_equal(slice_range(slice, 0, prefix.size), prefix);
}

bool slice_ends_with(struct slice slice, struct slice suffix) {
    return slice.size >= suffix.size && slice_equal(slice_from(slice, slice.size - suffix.size), suffix);
}

size_t slice_find(struct slice slice, struct slice needle, size_t from) {
    if (from >= slice.size)
        return slice.size;
    const char *found = memmem(slice.data + from, slice.size - from, needle.data, needle.size);
    return found ? (size_t)(found - slice.data) : slice.size;
}

size_t slice_find_byte(struct slice slice, char byte, size_t from) {
    if (from >= slice.size)
        return slice.size;
    const char *found = memchr(slice.data + from, byte, slice.size - from);
    return found ? (size_t)(found - slice.data) : slice.size;
}

size_t slice_count_byte(struct slice slice, char byte) {
    size_t count = 0;
    for (size_t at = slice_find_byte(slice, byte, 0); at < slice.size; at = slice_find_byte(slice, byte, at + 1))
        count++;
    return count;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim(struct slice slice) {
    size_t begin = 0;
    size_t end = slice.size;
    while (begin < end && is_blank(slice.data[begin]))
        begin++;
    while (end > begin && is_blank(slice.data[end - 1]))
        end--;
    return slice_range(slice, begin, end);
}

bool slice_take_until(struct slice *rest, char byte, struct slice *ret_part) {
    if (!rest->data)
        return false;
    size_t at = slice_find_byte(*rest, byte, 0);
    *ret_part = slice_range(*rest, 0, at);
    *rest = at == rest->size ? (struct slice){NULL, 0} : (struct slice){rest->data + at + 1, rest->size - at - 1};
    return true;
}

bool slice_parse_unsigned(struct slice slice, uint64_t *ret_number) {
    uint64_t number = 0;
    if (slice.size == 0)
        return false;
    for (size_t i = 0; i < slice.size; i++) {
        if (slice.data[i] < '0' || slice.data[i] > '9')
            return false;
        if (__builtin_mul_overflow(number, 10u, &number) ||
            __builtin_add_overflow(number, (uint64_t)(slice.data[i] - '0'), &number))
            return false;
    }
    *ret_number = number;
    return true;
}

bool slice_parse_decimal(struct slice slice, double *ret_number) {
    bool negative = slice.size && slice.data[0] == '-';
    if (slice.size && (slice.data[0] == '-' || slice.data[0] == '+'))
        slice = slice_from(slice, 1);
    size_t point = slice_find_byte(slice, '.', 0);
    struct slice fraction = slice_from(slice, point + 1);
    uint64_t whole = 0;
    uint64_t parts = 0;
    /* "1." and ".5" are not numbers: an editor who wrote them meant something else. */
    if (!slice_parse_unsigned(slice_range(slice, 0, point), &whole))
        return false;
    if (point < slice.size && (fraction.size > 15 || !slice_parse_unsigned(fraction, &parts)))
        return false;
    double scale = 1;
    for (size_t i = 0; point < slice.size && i < fraction.size; i++)
        scale *= 10;
    double number = (double)whole + (double)parts / scale;
    *ret_number = negative ? -number : number;
    return true;
}
