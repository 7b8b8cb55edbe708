#include "base/utf8.h"

/* What a lead byte asks of those behind it. size 0: no character starts with it. */
struct sequence {
    unsigned char size;
    unsigned char low, high; /* of the second byte; all later ones are 80..BF */
};

/*
 * The second byte's range is what shuts out overlong forms (E0, F0), surrogates (ED) and what lies over U+10FFFF
 * (F4); nothing behind it needs more than to be a continuation.
 */
static struct sequence sequence_of(unsigned char lead) {
    if (lead < 0x80)
        return (struct sequence){.size = 1};
    if (lead < 0xC2 || lead > 0xF4)
        return (struct sequence){.size = 0};
    if (lead < 0xE0)
        return (struct sequence){2, 0x80, 0xBF};
    if (lead < 0xF0)
        return (struct sequence){3, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF};
    return (struct sequence){4, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF};
}

static bool is_continuation(char byte) {
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* How many bytes at the front of `bytes` (at least one) are as `sequence` wants them; sequence.size when all are. */
static size_t good_bytes(struct slice bytes, struct sequence sequence) {
    if (sequence.size < 2 || bytes.size < 2)
        return sequence.size ? 1 : 0;
    unsigned char second = (unsigned char)bytes.data[1];
    if (second < sequence.low || second > sequence.high)
        return 1;
    size_t good = 2;
    while (good < sequence.size && good < bytes.size && is_continuation(bytes.data[good]))
        good++;
    return good;
}

size_t utf8_decode(struct slice slice, size_t at, uint32_t *ret_character) {
    struct slice bytes = slice_from(slice, at);
    unsigned char lead = (unsigned char)bytes.data[0];
    struct sequence sequence = sequence_of(lead);
    if (sequence.size == 0 || good_bytes(bytes, sequence) < sequence.size)
        return 0;
    uint32_t character = sequence.size == 1 ? lead : lead & (0x7Fu >> sequence.size);
    for (size_t i = 1; i < sequence.size; i++)
        character = character << 6 | ((unsigned char)bytes.data[i] & 0x3F);
    *ret_character = character;
    return sequence.size;
}

size_t utf8_encode(uint32_t character, char ret_bytes[UTF8_MOST]) {
    if (character < 0x80) {
        ret_bytes[0] = (char)character;
        return 1;
    }
    size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        ret_bytes[i] = (char)(0x80 | (character & 0x3F));
        character >>= 6;
    }
    static const unsigned char lead_marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    ret_bytes[0] = (char)(lead_marks[size] | character);
    return size;
}

/* Eight bytes, the first lowest. Written so that compilers make one load of it on little-endian machines. */
static uint64_t load_eight(const unsigned char *bytes) {
    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 24 |
           (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 | (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

static size_t skip_ascii(const unsigned char *bytes, size_t at, size_t size) {
    const uint64_t high_bits = 0x8080808080808080u;
    while (size - at >= 32 && !((load_eight(bytes + at) | load_eight(bytes + at + 8) | load_eight(bytes + at + 16) |
                                 load_eight(bytes + at + 24)) &
                                high_bits))
        at += 32;
    while (size - at >= 8 && !(load_eight(bytes + at) & high_bits))
        at += 8;
    while (at < size && bytes[at] < 0x80)
        at++;
    return at;
}

/*
 * Over pairs of three-byte characters, which Chinese text is made of. Overlong forms are E0 with bit 5 of the second
 * byte clear, surrogates ED with it set; a pair with either ends the loop and is judged by the slow path.
 */
static size_t skip_three_byte_pairs(const unsigned char *bytes, size_t at, size_t size) {
    const uint64_t shape_mask = 0x0000C0C0F0C0C0F0u;
    const uint64_t shape = 0x00008080E08080E0u;
    while (size - at >= 8) {
        uint64_t pair = load_eight(bytes + at);
        uint64_t first = pair & 0x200F;
        uint64_t second = pair >> 24 & 0x200F;
        if ((pair & shape_mask) != shape || first == 0 || second == 0 || first == 0x200D || second == 0x200D)
            break;
        at += 6;
    }
    return at;
}

size_t utf8_valid_prefix(struct slice slice) {
    const unsigned char *bytes = (const unsigned char *)slice.data;
    size_t at = 0;
    while (at < slice.size) {
        if (bytes[at] < 0x80) {
            at = skip_ascii(bytes, at, slice.size);
            continue;
        }
        size_t skipped = skip_three_byte_pairs(bytes, at, slice.size);
        if (skipped == at) {
            uint32_t character = 0;
            size_t size = utf8_decode(slice, at, &character);
            if (size == 0)
                return at;
            skipped += size;
        }
        at = skipped;
    }
    return at;
}

size_t utf8_ill_formed_size(struct slice slice, size_t at) {
    struct slice bytes = slice_from(slice, at);
    size_t good = good_bytes(bytes, sequence_of((unsigned char)bytes.data[0]));
    return good ? good : 1;
}

size_t utf8_count(struct slice slice) {
    size_t count = 0;
    for (size_t i = 0; i < slice.size; i++)
        count += !is_continuation(slice.data[i]);
    return count;
}

size_t utf8_offset(struct slice slice, size_t characters) {
    size_t at = 0;
    for (; at < slice.size; at++)
        if (!is_continuation(slice.data[at]) && characters-- == 0)
            break;
    return at;
}

struct range {
    uint32_t first, last;
};

static bool is_in(uint32_t character, const struct range *ranges, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

/*
 * Whole blocks of Unicode 15, East_Asian_Width W and F. A caret under a rare character may be one column off; one under
 * Chinese text may not. Ambiguous ones (quotes, dashes) count 1, as terminals outside the old CJK locales have it.
 */
unsigned utf8_columns(uint32_t character) {
    static const struct range wide[] = {
        {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},
        {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},
        {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},   {0x17000, 0x1B2FF},
        {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD},
    };
    static const struct range invisible[] = {
        {0x0300, 0x036F}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2069},   {0x20D0, 0x20FF},
        {0x302A, 0x302D}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
    };
    if (character < 0x300)
        return 1;
    if (is_in(character, invisible, ARRAY_LENGTH(invisible)))
        return 0;
    return is_in(character, wide, ARRAY_LENGTH(wide)) ? 2 : 1;
}

/* Length of the GB18030 character at the front of `bytes` (not empty); 0 when there is none. */
static size_t gb18030_size(const unsigned char *bytes, size_t size) {
    if (bytes[0] < 0x80)
        return 1;
    if (bytes[0] == 0x80 || bytes[0] == 0xFF || size < 2)
        return 0;
    if (bytes[1] >= 0x40 && bytes[1] != 0x7F && bytes[1] != 0xFF)
        return 2;
    bool four = bytes[1] >= 0x30 && bytes[1] <= 0x39 && size >= 4 && bytes[2] >= 0x81 && bytes[2] != 0xFF &&
                bytes[3] >= 0x30 && bytes[3] <= 0x39;
    return four ? 4 : 0;
}

bool utf8_looks_like_gb18030(struct slice slice) {
    if (utf8_valid_prefix(slice) == slice.size)
        return false;
    const unsigned char *bytes = (const unsigned char *)slice.data;
    size_t others = 0;
    size_t common = 0;
    for (size_t at = 0, size; at < slice.size; at += size) {
        size = gb18030_size(bytes + at, slice.size - at);
        if (size == 0)
            return false;
        /*
         * The first level of GB 2312, the 3,755 commonest characters. Latin-1 and damaged UTF-8 often parse as
         * GB18030 too, but land in the rare rows; only real Chinese text fills these.
         */
        bool is_common = size == 2 && bytes[at] >= 0xB0 && bytes[at] <= 0xD7 && bytes[at + 1] >= 0xA1;
        common += is_common;
        others += size > 1 && !is_common;
    }
    return common > others;
}
