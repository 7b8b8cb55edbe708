#ifndef PINDAO_YAML_ADVICE_H
#define PINDAO_YAML_ADVICE_H

#include "yaml/lines.h"

/*
 * Broken YAML, in words that help: a parser's complaint often stands lines behind the mistake. A Chinese colon (or a
 * tab in the indentation) in the lines that the parser was busy with is almost always the cause, and is then reported
 * in its own place.
 */
struct yaml_parser_s;
void advice_report_syntax(const struct yaml_parser_s *parser, const struct source_lines *lines,
                          struct diagnostics *diagnostics);

/*
 * Where the Chinese colon stands in a line such as `title：上海` or `- title：上海`, that is, behind a key; line.size
 * when there is none.
 */
size_t advice_find_chinese_colon(struct slice line);

#endif
