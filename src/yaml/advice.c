#include "yaml/advice.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <yaml.h>

#define CHINESE_COLON SLICE("：")

/* Lines before the complaint that are looked at as well. */
enum { LINES_BEFORE = 2 };

/* Where a line's content begins: behind blanks, tabs and the dashes of list items. */
static size_t content_begin(struct slice line) {
    size_t at = 0;
    while (at < line.size && (line.data[at] == ' ' || line.data[at] == '\t' ||
                              (line.data[at] == '-' && at + 1 < line.size && line.data[at + 1] == ' ')))
        at++;
    return at;
}

size_t advice_find_chinese_colon(struct slice line) {
    size_t begin = content_begin(line);
    size_t colon = slice_find(line, CHINESE_COLON, begin);
    if (colon == line.size || colon == begin)
        return line.size;
    /* Behind a blank, quote, bracket, comment or another colon it is a text's own. */
    for (size_t at = begin; at < colon; at++)
        if (strchr(" \t:#'\"[]{},", line.data[at]))
            return line.size;
    return colon;
}

static size_t find_tab_in_indentation(struct slice line) {
    size_t at = 0;
    while (at < line.size && line.data[at] == ' ')
        at++;
    return at < line.size && line.data[at] == '\t' ? at : line.size;
}

/* A line that explains the complaint by itself. */
static bool report_cause(const struct source_lines *lines, size_t index, struct diagnostics *diagnostics) {
    struct slice line = source_lines_text(lines, index);
    size_t start = lines->starts.items[index].byte;
    size_t tab = find_tab_in_indentation(line);
    size_t colon = advice_find_chinese_colon(line);
    struct diagnostic *item;
    if (tab < line.size)
        item = diag_report(diagnostics, DIAGNOSTIC_YAML_SYNTAX, source_lines_place_of_byte(lines, start + tab),
                           "a tab in the indentation, where YAML allows only blanks");
    else if (colon < line.size)
        item = diag_report(diagnostics, DIAGNOSTIC_YAML_CHINESE_COLON, source_lines_place_of_byte(lines, start + colon),
                           "behind %.*s", SLICE_ARGUMENTS(slice_range(line, content_begin(line), colon)));
    else
        return false;
    diag_excerpt(diagnostics, item, source_lines_excerpt(lines, index));
    return true;
}

static void report_reader_error(const yaml_parser_t *parser, const struct source_lines *lines,
                                struct diagnostics *diagnostics) {
    size_t line = source_lines_of_byte(lines, parser->problem_offset);
    struct diagnostic *item =
        diag_report(diagnostics, DIAGNOSTIC_YAML_SYNTAX, source_lines_place_of_byte(lines, parser->problem_offset),
                    "a control character, U+%04X", (unsigned)parser->problem_value);
    diag_excerpt(diagnostics, item, source_lines_excerpt(lines, line));
}

void advice_report_syntax(const struct yaml_parser_s *parser, const struct source_lines *lines,
                          struct diagnostics *diagnostics) {
    if (parser->error == YAML_MEMORY_ERROR)
        memory_exhausted();
    if (parser->error == YAML_READER_ERROR) {
        report_reader_error(parser, lines, diagnostics);
        return;
    }
    size_t last = source_lines_of_character(lines, parser->problem_mark.index);
    size_t first = last > LINES_BEFORE ? last - LINES_BEFORE : 0;
    for (size_t index = last + 1; index-- > first;)
        if (report_cause(lines, index, diagnostics))
            return;
    const char *context = parser->context ? parser->context : "";
    struct diagnostic *item =
        diag_report(diagnostics, DIAGNOSTIC_YAML_SYNTAX, source_lines_place(lines, parser->problem_mark.index),
                    "%s%s%s", context, *context ? ", " : "", parser->problem ? parser->problem : "unreadable");
    diag_excerpt(diagnostics, item, source_lines_excerpt(lines, last));
}
