#include "net/addresses.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

struct prefix4 {
    unsigned char bytes[4];
    unsigned bits;
};

static const struct prefix4 special4[] = {
    {{0, 0, 0, 0}, 8},        /* this network */
    {{10, 0, 0, 0}, 8},       /* private */
    {{100, 64, 0, 0}, 10},    /* carrier-grade NAT; 100.100.100.200 is Aliyun's metadata service */
    {{127, 0, 0, 0}, 8},      /* loopback */
    {{168, 63, 129, 16}, 32}, /* Azure's metadata service */
    {{169, 254, 0, 0}, 16},   /* link-local; the metadata service of most clouds */
    {{172, 16, 0, 0}, 12},    /* private */
    {{192, 0, 0, 0}, 24},     /* protocol assignments */
    {{192, 0, 2, 0}, 24},     /* documentation */
    {{192, 88, 99, 0}, 24},   /* relays of 6to4 */
    {{192, 168, 0, 0}, 16},   /* private */
    {{198, 18, 0, 0}, 15},    /* benchmarking */
    {{198, 51, 100, 0}, 24},  /* documentation */
    {{203, 0, 113, 0}, 24},   /* documentation */
    {{224, 0, 0, 0}, 4},      /* multicast */
    {{240, 0, 0, 0}, 4},      /* reserved, broadcast */
};

struct prefix6 {
    unsigned char bytes[6];
    unsigned bits;
};

/* Within 2000::/3, the only block that is given out. */
static const struct prefix6 special6[] = {
    {{0x20, 0x01}, 23},             /* protocol assignments, Teredo among them */
    {{0x20, 0x01, 0x0D, 0xB8}, 32}, /* documentation */
    {{0x3F, 0xFF}, 20},             /* documentation */
};

static bool has_prefix(const unsigned char *address, const unsigned char *prefix, unsigned bits) {
    if (memcmp(address, prefix, bits / 8) != 0)
        return false;
    unsigned rest = bits % 8;
    return rest == 0 || (address[bits / 8] ^ prefix[bits / 8]) >> (8 - rest) == 0;
}

static bool is_public4(const unsigned char *address) {
    for (size_t i = 0; i < ARRAY_LENGTH(special4); i++)
        if (has_prefix(address, special4[i].bytes, special4[i].bits))
            return false;
    return true;
}

static bool is_public6(const unsigned char *address) {
    static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    static const unsigned char translated[12] = {0x00, 0x64, 0xFF, 0x9B};
    if (memcmp(address, mapped, sizeof mapped) == 0 || memcmp(address, translated, sizeof translated) == 0)
        return is_public4(address + 12);
    if (address[0] >> 5 != 1)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(special6); i++)
        if (has_prefix(address, special6[i].bytes, special6[i].bits))
            return false;
    bool is_6to4 = address[0] == 0x20 && address[1] == 0x02;
    return !is_6to4 || is_public4(address + 2);
}

bool address_is_public(const struct sockaddr *address) {
    if (address->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, address, sizeof four);
        return is_public4((const unsigned char *)&four.sin_addr);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, address, sizeof six);
        return is_public6((const unsigned char *)&six.sin6_addr);
    }
    return false;
}

bool address_text_is_public(const char *text) {
    unsigned char bytes[16];
    if (inet_pton(AF_INET, text, bytes) == 1)
        return is_public4(bytes);
    return inet_pton(AF_INET6, text, bytes) == 1 && is_public6(bytes);
}
