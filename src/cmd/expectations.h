#ifndef PINDAO_CMD_EXPECTATIONS_H
#define PINDAO_CMD_EXPECTATIONS_H

#include "cmd/corpus.h"

/*
 * pindao check --test FILE: an editor's expectations of the rules. FILE is YAML, a list of mappings:
 *
 *     - title: 普陀长风的滨河步道接通了
 *       text: 普陀区长风生态商务区沿河的步道昨天接通。     # also column, url, source
 *       district: putuo                                    # exactly this one
 *       topic: [+culture, -rural]                          # this one among others, that one not
 *     - article: url/news.example.com/a                    # one of the corpus, named as for `explain`
 *       district: []                                       # none
 */
struct expectations {
    size_t count;
    size_t failed; /* with those that cannot be read */
};

/*
 * Reports each that does not hold, with what the rules say instead and why. `read_corpus` is called, once, when one of
 * them names an article; the corpus has its classifier from the start. false (after reporting) for a file that is no
 * list.
 */
MUST_CHECK bool expectations_hold(const char *path, struct corpus *corpus, void (*read_corpus)(void *context),
                                  void *context, int64_t now, struct diagnostics *diagnostics,
                                  struct expectations *ret_expectations);

#endif
