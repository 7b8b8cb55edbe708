#ifndef PINDAO_CMD_CORPUS_H
#define PINDAO_CMD_CORPUS_H

#include "assemble/corrections.h"
#include "assemble/index.h"
#include "classify/classify.h"
#include "cmd/options.h"
#include "ingest/source.h"
#include "model/labels.h"
#include "store/cache.h"

/*
 * read → correct → clean → classify → hold → index: all articles of all sources as records. What `build` and `check`
 * begin with.
 */
struct corpus {
    const struct settings *settings;
    struct cache *cache; /* NULL: none */
    struct classifier *classifier;
    struct corrections_desk desk;
    struct ingest_plan plan;
    struct index index;
    struct label_table labels;
    const struct source **source_of_file;
    struct index_counts counts;
    size_t refused;
};

/* Compiles the rules, from the cache where it has them; settings and cache outlive the corpus. false after reporting.
 */
MUST_CHECK bool corpus_init(struct corpus *corpus, const struct settings *settings, struct cache *cache,
                            struct diagnostics *diagnostics);
/* Reads everything, on options->jobs threads. May be called again: begins anew. */
void corpus_read(struct corpus *corpus, const struct options *options, const char *spool_folder,
                 struct diagnostics *diagnostics);
void corpus_release(struct corpus *corpus);

/* The number of the set of labels that was decided on. `bits`: room for corpus->labels.words of them. */
uint32_t corpus_labels(struct corpus *corpus, const struct decision *decisions, uint64_t *bits);

#endif
