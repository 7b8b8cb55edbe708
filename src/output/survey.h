#ifndef PINDAO_OUTPUT_SURVEY_H
#define PINDAO_OUTPUT_SURVEY_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An output looked at from outside, for `status`: nothing is written, made or waited for. */
struct output_survey {
    bool exists;
    size_t files; /* in the tree being served, whoever wrote them */
    uint64_t bytes;
    bool has_previous;
    size_t previous_files; /* of the previous tree, those that it does not share with the served one */
    uint64_t previous_bytes;
    bool is_busy; /* a run is at work on it */
};
/* `directory` as output_open has it. What cannot be read counts as not there. */
void output_look(const char *directory, struct output_survey *ret_survey);

#endif
