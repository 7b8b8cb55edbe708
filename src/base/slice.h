#ifndef PINDAO_BASE_SLICE_H
#define PINDAO_BASE_SLICE_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A borrowed run of bytes: `size` bytes at `data`, not terminated, may hold NUL. Never owns anything.
 * The empty slice is {NULL or anything, 0}; an absent field is an empty slice.
 */
struct slice {
    const char *data;
    size_t size;
};

/* For printf: "%.*s", SLICE_ARGUMENTS(slice). Slices over INT_MAX are cut. */
#define SLICE_ARGUMENTS(slice) slice_print_size(slice), (slice).data ? (slice).data : ""
#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})
/* The same as an initialiser of static data, where C wants a constant. */
#define SLICE_CONSTANT(literal)                                                                                        \
    { "" literal, sizeof(literal) - 1 }

struct slice slice_of(const char *string);                              /* of a C string; NULL gives the empty one */
struct slice slice_from(struct slice slice, size_t begin);              /* from byte `begin`; empty when past the end */
struct slice slice_range(struct slice slice, size_t begin, size_t end); /* bytes [begin, end), both clamped */
int slice_print_size(struct slice slice);

bool slice_equal(struct slice a, struct slice b);
bool slice_equal_ignoring_case(struct slice a, struct slice b); /* ASCII letters only */
int slice_compare(struct slice a, struct slice b);              /* by bytes, as memcmp, shorter first */
int slice_compare_items(const void *a, const void *b);          /* the same of two `struct slice`: qsort, bsearch */
bool slice_starts_with(struct slice slice, struct slice prefix);
bool slice_ends_with(struct slice slice, struct slice suffix);

/* Where `needle` (not empty) first stands at or after `from`; slice.size when nowhere. */
size_t slice_find(struct slice slice, struct slice needle, size_t from);
size_t slice_find_byte(struct slice slice, char byte, size_t from);
size_t slice_count_byte(struct slice slice, char byte);

/* Without ASCII blanks (space, tab, CR, LF) at both ends. */
struct slice slice_trim(struct slice slice);

/*
 * Takes everything before the first `byte` off the front of *rest, and the byte with it. false when *rest is
 * used up (rest->data == NULL): `while (slice_take_until(&rest, '\n', &line))` sees every line once, an empty
 * last one too.
 */
bool slice_take_until(struct slice *rest, char byte, struct slice *ret_part);

/* Whole decimal number, ASCII digits only, no sign, blanks or overflow; false (untouched) otherwise. */
MUST_CHECK bool slice_parse_unsigned(struct slice slice, uint64_t *ret_number);
/* Decimal number with optional sign and fraction ("0.45", "-2"); false (untouched) otherwise. Locale-free. */
MUST_CHECK bool slice_parse_decimal(struct slice slice, double *ret_number);

#endif
