#include "classify/worker.h"

/* Evidence → the matches that `explain` prints. */

static int compare_matches(const void *left, const void *right) {
    const struct match *a = left;
    const struct match *b = right;
    if (a->field != b->field) {
        return a->field < b->field ? -1 : 1;
    }
    if (a->begin != b->begin) {
        return a->begin < b->begin ? -1 : 1;
    }
    if (a->end != b->end) {
        return a->end < b->end ? -1 : 1;
    }
    if (a->word != b->word) {
        return a->word < b->word ? -1 : 1;
    }
    return a->term < b->term ? -1 : a->term > b->term;
}

static uint32_t field_begin(const struct classifier_worker *worker, enum field field) {
    switch (field) {
    case FIELD_LEAD:
        return worker->text_begin;
    case FIELD_BODY:
        return worker->lead_end;
    case FIELD_COLUMN:
        return worker->column_begin;
    default:
        return 0;
    }
}

void state_explain(const struct classifier_worker *worker, struct state *state) {
    struct decision *decision = state->decision;
    for (size_t i = 0; i < state->evidence.count; i++) {
        const struct evidence *evidence = &state->evidence.items[i];
        /* A span that was given away is there once for each term that got it. */
        if (evidence->term == TERM_NONE && evidence->fate == MATCH_COUNTED) {
            continue;
        }
        uint32_t base = field_begin(worker, evidence->field);
        vec_push(&decision->matches, (struct match){.word = evidence->word,
                                                    .term = evidence->term,
                                                    .field = evidence->field,
                                                    .begin = evidence->begin - base,
                                                    .end = evidence->end - base,
                                                    .fate = evidence->fate,
                                                    .points = evidence->points,
                                                    .by = evidence->by});
    }
    if (decision->matches.count > 1) {
        qsort(decision->matches.items, decision->matches.count, sizeof(struct match), compare_matches);
    }
}

struct slice classify_folded(const struct classifier_worker *worker, enum field field) {
    struct slice folded = buf_slice(&worker->folded);
    switch (field) {
    case FIELD_TITLE:
        return slice_range(folded, 0, worker->title_end);
    case FIELD_LEAD:
        return slice_range(folded, worker->text_begin, worker->lead_end);
    case FIELD_BODY:
        return slice_range(folded, worker->lead_end, worker->text_end);
    case FIELD_COLUMN:
        return slice_from(folded, worker->column_begin);
    default:
        return (struct slice){0};
    }
}

size_t classify_origin(const struct classifier_worker *worker, enum field field, size_t folded_byte) {
    size_t at = field_begin(worker, field) + folded_byte;
    int first = field == FIELD_TITLE ? PART_TITLE : field == FIELD_COLUMN ? PART_COLUMN : PART_LEAD;
    int last = field == FIELD_LEAD || field == FIELD_BODY ? PART_BODY : first;
    for (int i = first; i <= last; i++) {
        const struct part *part = &worker->parts[i];
        /* The end of the lead is the begin of the body. */
        if (at >= part->begin && (at < part->end || (i == last && at == part->end)) &&
            at - part->begin < part->origins.count) {
            return part->original + part->origins.offsets[at - part->begin];
        }
    }
    return 0;
}
