#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/addresses.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

/* The last and the first address on both sides of every border. */
static const char *const public_ones[] = {
    "1.0.0.0",         "1.1.1.1",     "9.255.255.255",    "11.0.0.0",      "100.63.255.255",   "100.128.0.0",
    "126.255.255.255", "128.0.0.0",   "168.63.129.15",    "168.63.129.17", "169.253.255.255",  "169.255.0.0",
    "172.15.255.255",  "172.32.0.0",  "192.0.1.0",        "192.0.3.0",     "192.88.98.255",    "192.88.100.0",
    "192.167.255.255", "192.169.0.0", "198.17.255.255",   "198.20.0.0",    "198.51.99.255",    "198.51.101.0",
    "203.0.112.255",   "203.0.114.0", "223.255.255.255",  "2400:3200::1",  "2606:4700::1111",  "2001:200::",
    "2001:db7::1",     "2001:db9::1", "2002:0808:0808::", "3ffe::1",       "64:ff9b::8.8.8.8", "::ffff:8.8.8.8",
};
static const char *const special_ones[] = {
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.0",
    "127.255.255.255",
    "168.63.129.16",
    "169.254.0.0",
    "169.254.169.254",
    "169.254.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.2.255",
    "192.88.99.1",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.255",
    "224.0.0.0",
    "239.255.255.255",
    "240.0.0.0",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.1.2.3",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "2001:db8:ffff::",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "3fff:fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ffff::1",
};

/* As connect(2) gets it. */
static bool socket_is_public(const char *text) {
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return address_is_public((const struct sockaddr *)&four);
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return address_is_public((const struct sockaddr *)&six);
}

static void test_public(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(public_ones); i++)
        if (!address_text_is_public(public_ones[i]) || !socket_is_public(public_ones[i]))
            fail_msg("%s is public", public_ones[i]);
}

static void test_special(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(special_ones); i++)
        if (address_text_is_public(special_ones[i]) || socket_is_public(special_ones[i]))
            fail_msg("%s is not public", special_ones[i]);
}

static void test_no_addresses(void **state) {
    (void)state;
    static const char *const texts[] = {"", "8.8.8", "8.8.8.8 ", "example.org", "[2400:3200::1]", "2400:3200::1%eth0"};
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        assert_false(address_text_is_public(texts[i]));
    struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/run/x"};
    assert_false(address_is_public((const struct sockaddr *)&local));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_public),
        cmocka_unit_test(test_special),
        cmocka_unit_test(test_no_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
