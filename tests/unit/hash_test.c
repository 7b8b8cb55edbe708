#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"

/* Values published for XXH3 with seed 0, so that a cache written on one machine is read on another. */
static void test_xxh3_of_nothing(void **state) {
    (void)state;
    assert_true(hash64((struct slice){0}) == 0x2D06800538D394C2u);
    assert_true(hash64(SLICE("")) == 0x2D06800538D394C2u);
    char hex[33];
    hash128_hex(hash128((struct slice){0}), hex);
    assert_string_equal(hex, "99aa06d3014798d86001c324468d497f");
}

static void test_hash128_is_ordered(void **state) {
    (void)state;
    struct hash128 one = {1, UINT64_MAX};
    struct hash128 two = {2, 0};
    struct hash128 three = {2, UINT64_MAX};
    assert_true(hash128_compare(one, two) < 0);
    assert_true(hash128_compare(two, one) > 0);
    assert_true(hash128_compare(two, three) < 0);
    assert_true(hash128_compare(three, two) > 0);
    assert_int_equal(hash128_compare(three, three), 0);
}

static void test_hash128_hex_has_all_digits(void **state) {
    (void)state;
    char hex[33];
    hash128_hex((struct hash128){0x0123456789ABCDEFu, 0x00000000000000FEu}, hex);
    assert_string_equal(hex, "0123456789abcdef00000000000000fe");
}

/* FIPS 180-2, appendix B. */
static void test_sha256(void **state) {
    (void)state;
    char hex[SHA256_HEX_SIZE + 1];
    struct sha256 hash = sha256_of(SLICE("abc"));
    sha256_hex(&hash, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct sha256 nothing = sha256_of((struct slice){0});
    sha256_hex(&nothing, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_false(sha256_equal(&hash, &nothing));
}

static void test_sha256_hex_is_read_back(void **state) {
    (void)state;
    char hex[SHA256_HEX_SIZE + 2];
    struct sha256 hash = sha256_of(SLICE("频道"));
    sha256_hex(&hash, hex);
    struct sha256 again = {0};
    assert_true(sha256_parse_hex(slice_of(hex), &again));
    assert_true(sha256_equal(&hash, &again));
}

static void test_sha256_hex_is_strict(void **state) {
    (void)state;
    static const char good[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    struct sha256 hash = {{42}};
    char bad[sizeof good + 1] = "";
    assert_false(sha256_parse_hex(slice_range(slice_of(good), 0, 63), &hash));
    memcpy(bad, good, sizeof good);
    bad[64] = '0';
    assert_false(sha256_parse_hex((struct slice){bad, 65}, &hash));
    static const char wrong[] = {'B', 'g', ' ', '/', ':', '\0'};
    for (size_t i = 0; i < sizeof wrong; i++) {
        memcpy(bad, good, sizeof good);
        bad[63] = wrong[i];
        assert_false(sha256_parse_hex((struct slice){bad, 64}, &hash));
    }
    assert_int_equal(hash.bytes[0], 42);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xxh3_of_nothing),
        cmocka_unit_test(test_hash128_is_ordered),
        cmocka_unit_test(test_hash128_hex_has_all_digits),
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_sha256_hex_is_read_back),
        cmocka_unit_test(test_sha256_hex_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
