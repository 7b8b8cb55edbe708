#include "yaml/lines.h"

#include "base/utf8.h"

void source_lines_init(struct source_lines *lines, struct slice source, struct slice file, unsigned first_line) {
    *lines = (struct source_lines){.source = source, .file = file, .first_line = first_line};
    vec_push(&lines->starts, (struct line_start){0, 0});
    size_t character = 0;
    for (size_t i = 0; i < source.size; i++) {
        unsigned char byte = (unsigned char)source.data[i];
        character += (byte & 0xC0) != 0x80;
        bool pair_follows = byte == '\r' && i + 1 < source.size && source.data[i + 1] == '\n';
        if (byte == '\n' || (byte == '\r' && !pair_follows))
            vec_push(&lines->starts, (struct line_start){i + 1, character});
    }
}

void source_lines_release(struct source_lines *lines) {
    vec_release(&lines->starts);
}

size_t source_lines_of_character(const struct source_lines *lines, size_t character) {
    size_t low = 0;
    for (size_t high = lines->starts.count; high - low > 1;) {
        size_t middle = low + (high - low) / 2;
        if (lines->starts.items[middle].character <= character)
            low = middle;
        else
            high = middle;
    }
    return low;
}

size_t source_lines_of_byte(const struct source_lines *lines, size_t byte) {
    size_t low = 0;
    for (size_t high = lines->starts.count; high - low > 1;) {
        size_t middle = low + (high - low) / 2;
        if (lines->starts.items[middle].byte <= byte)
            low = middle;
        else
            high = middle;
    }
    return low;
}

struct slice source_lines_text(const struct source_lines *lines, size_t index) {
    if (index >= lines->starts.count)
        return (struct slice){0};
    size_t end = index + 1 < lines->starts.count ? lines->starts.items[index + 1].byte : lines->source.size;
    struct slice line = slice_range(lines->source, lines->starts.items[index].byte, end);
    while (line.size && (line.data[line.size - 1] == '\n' || line.data[line.size - 1] == '\r'))
        line.size--;
    return line;
}

/* Of broken YAML nobody knows what is a key and what its value. */
struct slice source_lines_excerpt(const struct source_lines *lines, size_t index) {
    static const char *const words[] = {"authori", "secret", "password", "_key", "token", "Bearer", "Basic"};
    struct slice line = source_lines_text(lines, index);
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (slice_find(line, slice_of(words[i]), 0) < line.size)
            return (struct slice){0};
    return line;
}

static struct place place_on(const struct source_lines *lines, size_t line, size_t column) {
    return (struct place){lines->file, lines->first_line + (unsigned)line, (unsigned)column + 1};
}

struct place source_lines_place(const struct source_lines *lines, size_t character) {
    size_t line = source_lines_of_character(lines, character);
    return place_on(lines, line, character - lines->starts.items[line].character);
}

struct place source_lines_place_of_byte(const struct source_lines *lines, size_t byte) {
    size_t line = source_lines_of_byte(lines, byte);
    struct slice before = slice_range(lines->source, lines->starts.items[line].byte, byte);
    return place_on(lines, line, utf8_count(before));
}
