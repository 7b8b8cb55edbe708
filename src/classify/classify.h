#ifndef PINDAO_CLASSIFY_CLASSIFY_H
#define PINDAO_CLASSIFY_CLASSIFY_H

#include "base/buf.h"
#include "diag/diag.h"
#include "model/article.h"
#include "model/decision.h"

/*
 * Which terms an article is about. The rules of all taxonomies are compiled into one vectorscan database; one pass over
 * the folded text finds all words; the decision follows feeds.yaml(5), RULES. A classifier is const once made and
 * shared; each thread has a worker.
 */
struct classifier;
struct classifier_worker;

/*
 * Compiles. NULL after reporting (a regular expression that cannot be compiled). `cached` is what classifier_serialise
 * gave in an earlier run for the same rules (any other bytes are recognised by hash and passed over); empty for none.
 */
struct classifier *classifier_new(const struct taxonomies *taxonomies, struct slice cached,
                                  struct diagnostics *diagnostics);
/* Only the regular expressions, and only to report: false for one that cannot be compiled. */
MUST_CHECK bool classifier_check_expressions(const struct taxonomies *taxonomies, struct diagnostics *diagnostics);
void classifier_free(struct classifier *classifier);
/* The compiled database, to be cached. */
void classifier_serialise(const struct classifier *classifier, struct buf *bytes);
/* Did `cached` serve? */
bool classifier_was_cached(const struct classifier *classifier);

struct classifier_worker *classifier_worker_new(const struct classifier *classifier);
void classifier_worker_free(struct classifier_worker *worker);

/* What is looked at; unfolded, choked text. */
struct classify_input {
    struct slice title;
    struct slice text; /* plain text, a paragraph a line */
    size_t lead_size;  /* bytes of text that are the lead */
    struct slice column;
    struct slice host; /* of the article's url */
    struct slice source;
    const struct label *labels; /* the article's own: they beat the rules */
    size_t label_count;
};

/*
 * Decides. decisions[taxonomies->count] are filled in; they belong to the worker and live until its next call. With
 * `with_matches` every match of a word that speaks for a term (strong, words, weak, spans, hosts, sources) and its fate
 * is in them (slower). Labels that name no term are reported at `place`.
 */
const struct decision *classify(struct classifier_worker *worker, const struct classify_input *input, bool with_matches,
                                struct place place, struct diagnostics *diagnostics);

/* Only what classify_folded needs, where labels are known and the folded text is wanted. */
void classify_fold(struct classifier_worker *worker, const struct classify_input *input);

/*
 * With matches: the folded text of a field of the last call, and the byte of the original (title, text or column; lead
 * and body are both in text) that a folded byte came from. A match belongs to the field in which it begins, so one in a
 * lead that was cut inside a paragraph may end beyond that lead.
 */
struct slice classify_folded(const struct classifier_worker *worker, enum field field);
size_t classify_origin(const struct classifier_worker *worker, enum field field, size_t folded_byte);

#endif
