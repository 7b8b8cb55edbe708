#ifndef PINDAO_ASSEMBLE_GAPS_H
#define PINDAO_ASSEMBLE_GAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What stands in one text where another stands in its copy: is it another word, another figure, another name? General
 * facts of Chinese news only; nothing of a place.
 */
struct gap_side {
    const uint32_t *letters; /* of the whole text */
    size_t count;
    size_t begin, end; /* the gap */
};
struct gap {
    struct gap_side sides[2];
};

struct gap_findings {
    size_t figures_other;    /* figures that have another one in their place */
    size_t letters_replaced; /* by others of about the same number, with which they have little in common */
    bool name_other;         /* a name: what stands before 区, 镇, 路 … */
    bool word_other;         /* anything else of a few letters on both sides */
    uint64_t words;          /* hash of both sides, for name_other and word_other */
};
struct gap_findings gap_look(const struct gap *gap);

bool gap_is_digit(uint32_t letter);

/* Stands among the letters where some were lost (??, U+FFFD): what is in such a gap is no evidence. */
enum { LETTER_LOST = '?' };

#endif
