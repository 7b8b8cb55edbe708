#include "text/literals.h"

#include "base/memory.h"

/*
 * Looks at a block of bytes at every `stride` of the text only. A word is at least as long as the shortest one, so that
 * one of these blocks lies whole in its first bytes, wherever it stands; and the looks do not wait for each other, as
 * they would in a search that decides by each how far to go.
 */
enum { BLOCK_MOST = 3 /* bytes */, TABLE_BITS = 14, TABLE_SIZE = 1 << TABLE_BITS };
#define NOTHING UINT32_MAX

/* A block of a word: met at `at`, the word may begin at `at` - `offset`. */
struct sample {
    uint32_t word;
    uint32_t offset;
    uint32_t next; /* another sample with this hash; NOTHING: none */
};

struct literals {
    const struct slice *words;
    struct sample *samples;
    size_t shortest; /* bytes */
    size_t stride;
    uint32_t mask; /* of the bytes of a block, as memory has them */
    bool has_samples[TABLE_SIZE];
    uint32_t first[TABLE_SIZE];
};

/* The four bytes at `at`, those past the end as 0. Which byte is which does not matter: only this machine hashes. */
static inline uint32_t load(struct slice text, size_t at) {
    uint32_t bytes = 0;
    size_t rest = text.size - at;
    memcpy(&bytes, text.data + at, rest < sizeof bytes ? rest : sizeof bytes);
    return bytes;
}

static inline uint32_t hash_block(const struct literals *literals, uint32_t bytes) {
    return (bytes & literals->mask) * 0x9E3779B1u >> (32 - TABLE_BITS);
}

static void add_sample(struct literals *literals, struct sample *sample, uint32_t word, size_t offset) {
    uint32_t hash = hash_block(literals, load(literals->words[word], offset));
    *sample = (struct sample){word, (uint32_t)offset, literals->first[hash]};
    literals->first[hash] = (uint32_t)(sample - literals->samples);
    literals->has_samples[hash] = true;
}

struct literals *literals_new(const struct slice *words, size_t count) {
    if (count == 0)
        return NULL;
    struct literals *literals = memory_new(sizeof *literals);
    literals->words = words;
    literals->shortest = words[0].size;
    for (size_t i = 1; i < count; i++)
        literals->shortest = words[i].size < literals->shortest ? words[i].size : literals->shortest;
    size_t block = literals->shortest < BLOCK_MOST ? literals->shortest : BLOCK_MOST;
    memset(&literals->mask, 0xFF, block);
    memset(literals->first, 0xFF, sizeof literals->first);
    literals->stride = literals->shortest - block + 1;
    literals->samples = memory_new_array(count * literals->stride, sizeof *literals->samples);
    struct sample *sample = literals->samples;
    for (size_t i = count; i > 0; i--)
        for (size_t offset = 0; offset < literals->stride; offset++)
            add_sample(literals, sample++, (uint32_t)(i - 1), offset);
    return literals;
}

void literals_free(struct literals *literals) {
    if (literals)
        free(literals->samples);
    free(literals);
}

/* --- edges -------------------------------------------------------------------------------------------------- */

static bool is_letter_or_digit(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

/* Latin letters beyond ASCII, U+00C0 to U+027F, begin with one of these. */
static bool is_latin_lead(unsigned char byte) {
    return byte >= 0xC3 && byte <= 0xC9;
}

static bool begins_latin(struct slice text, size_t at) {
    unsigned char byte = at < text.size ? (unsigned char)text.data[at] : 0;
    return is_letter_or_digit(byte) || is_latin_lead(byte);
}

static bool ends_latin(struct slice text, size_t at) {
    if (at == 0)
        return false;
    unsigned char byte = (unsigned char)text.data[at - 1];
    return is_letter_or_digit(byte) || (byte >= 0x80 && at > 1 && is_latin_lead((unsigned char)text.data[at - 2]));
}

static bool stands_at(struct slice word, struct slice text, size_t begin) {
    if (!slice_starts_with(slice_from(text, begin), word))
        return false;
    size_t end = begin + word.size;
    return !(begins_latin(word, 0) && ends_latin(text, begin)) &&
           !(ends_latin(word, word.size) && begins_latin(text, end));
}

/* --- search ------------------------------------------------------------------------------------------------- */

/* Of the words with this block that stand around `at`: the one that begins first, then the one listed first. */
static size_t word_around(const struct literals *literals, struct slice text, size_t at, uint32_t hash) {
    size_t best = SIZE_MAX;
    size_t best_offset = 0;
    for (uint32_t number = literals->first[hash]; number != NOTHING; number = literals->samples[number].next) {
        const struct sample *sample = &literals->samples[number];
        bool better =
            best == SIZE_MAX || sample->offset > best_offset || (sample->offset == best_offset && sample->word < best);
        if (better && sample->offset <= at && stands_at(literals->words[sample->word], text, at - sample->offset)) {
            best = sample->word;
            best_offset = sample->offset;
        }
    }
    return best;
}

size_t literals_find(const struct literals *literals, struct slice text) {
    if (text.size < literals->shortest)
        return SIZE_MAX;
    size_t stride = literals->stride;
    size_t at = 0;
    /* What begins in one stride comes before what begins in the next: the first word found is the first that stands. */
    while (at < text.size) {
        size_t plain = text.size >= sizeof(uint32_t) ? text.size - sizeof(uint32_t) + 1 : 0;
        uint32_t hash = 0;
        for (; at < plain; at += stride) {
            uint32_t bytes;
            memcpy(&bytes, text.data + at, sizeof bytes);
            hash = hash_block(literals, bytes);
            if (literals->has_samples[hash])
                break;
        }
        if (at >= text.size)
            break;
        if (at >= plain)
            hash = hash_block(literals, load(text, at));
        size_t word = literals->has_samples[hash] ? word_around(literals, text, at, hash) : SIZE_MAX;
        if (word != SIZE_MAX)
            return word;
        at += stride;
    }
    return SIZE_MAX;
}
