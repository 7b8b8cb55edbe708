#ifndef PINDAO_YAML_LINES_H
#define PINDAO_YAML_LINES_H

#include "base/vec.h"
#include "diag/diag.h"

/*
 * The lines of a YAML source as people count them. libyaml gives places as numbers of characters and also breaks lines
 * at U+0085, U+2028 and U+2029, which no editor does; so places are computed here, from its character numbers.
 */
struct line_start {
    size_t byte;
    size_t character;
};

struct source_lines {
    struct slice source; /* well-formed UTF-8, without BOM; borrowed */
    struct slice file;
    unsigned first_line; /* number of line 0 */
    VEC(struct line_start) starts;
};

void source_lines_init(struct source_lines *lines, struct slice source, struct slice file, unsigned first_line);
void source_lines_release(struct source_lines *lines);

/* The index of the line that holds a character or a byte; past the end it is the last line. */
size_t source_lines_of_character(const struct source_lines *lines, size_t character);
size_t source_lines_of_byte(const struct source_lines *lines, size_t byte);

/* Line `index` without its end; empty past the last. */
struct slice source_lines_text(const struct source_lines *lines, size_t index);
/* The same to be shown with a complaint: empty where it looks like one with a secret. */
struct slice source_lines_excerpt(const struct source_lines *lines, size_t index);

struct place source_lines_place(const struct source_lines *lines, size_t character);
struct place source_lines_place_of_byte(const struct source_lines *lines, size_t byte);

#endif
