#include "base/hash.h"

#include "base/file.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <xxhash.h>

uint64_t hash64(struct slice bytes) {
    return XXH3_64bits(bytes.data ? bytes.data : "", bytes.size);
}

struct hash128 hash128(struct slice bytes) {
    XXH128_hash_t hash = XXH3_128bits(bytes.data ? bytes.data : "", bytes.size);
    return (struct hash128){hash.high64, hash.low64};
}

int hash128_compare(struct hash128 a, struct hash128 b) {
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

struct sha256 sha256_of(struct slice bytes) {
    struct sha256 hash;
    SHA256((const unsigned char *)(bytes.data ? bytes.data : ""), bytes.size, hash.bytes);
    return hash;
}

static bool digest_file(int descriptor, EVP_MD_CTX *context, uint64_t *ret_size) {
    enum { PIECE = 64 * 1024 };
    char piece[PIECE];
    size_t got = PIECE;
    uint64_t at = 0;
    for (; got == PIECE; at += got) {
        if (!file_read_at(descriptor, piece, PIECE, at, &got))
            return false;
        if (!EVP_DigestUpdate(context, piece, got))
            memory_exhausted();
    }
    *ret_size = at;
    return true;
}

bool sha256_of_file(int descriptor, struct sha256 *ret_hash, uint64_t *ret_size) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    struct sha256 hash;
    if (!context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL))
        memory_exhausted();
    bool read = digest_file(descriptor, context, ret_size);
    if (read && EVP_DigestFinal_ex(context, hash.bytes, NULL))
        *ret_hash = hash;
    EVP_MD_CTX_free(context);
    return read;
}

bool sha256_equal(const struct sha256 *a, const struct sha256 *b) {
    return memcmp(a->bytes, b->bytes, SHA256_SIZE) == 0;
}

static const char hex_digits[] = "0123456789abcdef";

void sha256_hex(const struct sha256 *hash, char ret_hex[SHA256_HEX_SIZE + 1]) {
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        ret_hex[2 * i] = hex_digits[hash->bytes[i] >> 4];
        ret_hex[2 * i + 1] = hex_digits[hash->bytes[i] & 15];
    }
    ret_hex[SHA256_HEX_SIZE] = '\0';
}

static int hex_value(char digit) {
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool sha256_parse_hex(struct slice hex, struct sha256 *ret_hash) {
    struct sha256 hash;
    if (hex.size != SHA256_HEX_SIZE)
        return false;
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        int high = hex_value(hex.data[2 * i]);
        int low = hex_value(hex.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        hash.bytes[i] = (unsigned char)(high * 16 + low);
    }
    *ret_hash = hash;
    return true;
}

void hash128_hex(struct hash128 hash, char ret_hex[33]) {
    for (size_t i = 0; i < 16; i++) {
        ret_hex[i] = hex_digits[hash.high >> (60 - 4 * i) & 15];
        ret_hex[16 + i] = hex_digits[hash.low >> (60 - 4 * i) & 15];
    }
    ret_hex[32] = '\0';
}
