#ifndef PINDAO_BASE_HASH_H
#define PINDAO_BASE_HASH_H

#include "base/slice.h"

/*
 * xxHash for what stays inside a run or its cache, SHA-256 (libcrypto) for what others compare.
 * The same on every machine: the canonical big-endian reading of XXH3.
 */
uint64_t hash64(struct slice bytes);

/* 128 bits of XXH3: collisions among a thousand million keys are less likely than a flipped bit in memory. */
struct hash128 {
    uint64_t high, low;
};
struct hash128 hash128(struct slice bytes);
int hash128_compare(struct hash128 a, struct hash128 b);

enum { SHA256_SIZE = 32, SHA256_HEX_SIZE = 64 };
struct sha256 {
    unsigned char bytes[SHA256_SIZE];
};
struct sha256 sha256_of(struct slice bytes);
/* Of what an open file holds, wherever it stands, and how much that is. false with errno. */
MUST_CHECK bool sha256_of_file(int descriptor, struct sha256 *ret_hash, uint64_t *ret_size);
bool sha256_equal(const struct sha256 *a, const struct sha256 *b);
void sha256_hex(const struct sha256 *hash, char ret_hex[SHA256_HEX_SIZE + 1]); /* lower case, NUL-terminated */
MUST_CHECK bool sha256_parse_hex(struct slice hex, struct sha256 *ret_hash);

/* `size` bytes as lower-case hex digits of `high` then `low`: 32 characters and a NUL. */
void hash128_hex(struct hash128 hash, char ret_hex[33]);

#endif
