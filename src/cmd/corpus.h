#ifndef PINDAO_CMD_CORPUS_H
#define PINDAO_CMD_CORPUS_H

#include "assemble/corrections.h"
#include "assemble/index.h"
#include "classify/classify.h"
#include "cmd/options.h"
#include "cmd/served.h"
#include "cmd/sightings.h"
#include "ingest/source.h"
#include "model/labels.h"
#include "render/templates.h"
#include "store/cache.h"

/*
 * read → correct → clean → classify → hold → index: all articles of all sources as records. What `build` and `check`
 * begin with.
 */
struct corpus {
    const struct settings *settings;
    struct cache *cache;               /* NULL: none */
    const struct templates *templates; /* NULL: nothing is rendered */
    const struct slice *term_paths;    /* channels_term_paths; NULL: no pages are made */
    struct classifier *classifier;
    struct corrections_desk desk;
    struct ingest_plan plan;
    struct index index;
    struct label_table labels;
    uint64_t rules; /* their hash */
    const struct source **source_of_file;
    struct index_counts counts;
    int64_t next_silence; /* when a source will have been silent for longer than expect: allows; INT64_MAX: never */
    size_t refused;
    size_t files_read;               /* of the plan's: the cache knew the others … */
    uint64_t bytes_read;             /* … and what of these it did not know */
    struct history_file *history;    /* NULL: an empty one, that takes nothing */
    struct served *served;           /* what subscribers see; NULL: nothing */
    struct sightings sightings;      /* while articles are read */
    struct withdrawals *withdrawals; /* NULL: the history's are not heeded */
    uint64_t tree;                   /* hash of the served tree's manifest (output_served_hash); 0: not known */
    bool is_distrusted;        /* what the cache knows of the pieces has turned out to be wrong: nothing is recalled */
    bool is_listed;            /* plan.files were looked at for the next reading */
    size_t *refused_of_source; /* by the number of the source */
};

/* Settings and cache outlive the corpus. Nothing is compiled yet: who finds that nothing is new needs no rules. */
void corpus_begin(struct corpus *corpus, const struct settings *settings, struct cache *cache);
/* Compiles the rules, from the cache where it has them. false after reporting. */
MUST_CHECK bool corpus_compile(struct corpus *corpus, struct diagnostics *diagnostics);
/* Both. */
MUST_CHECK bool corpus_init(struct corpus *corpus, const struct settings *settings, struct cache *cache,
                            struct diagnostics *diagnostics);
/* Looks which files there are (corpus->plan.files); corpus_read then reads these. */
void corpus_list(struct corpus *corpus, const char *spool_folder, struct diagnostics *diagnostics);
/*
 * Reads everything that the cache does not know, on options->jobs threads, and tells the cache, unless it is a dry run.
 * May be called again: begins anew.
 */
void corpus_read(struct corpus *corpus, const struct options *options, const char *spool_folder,
                 struct diagnostics *diagnostics);
void corpus_release(struct corpus *corpus);

/* The article of a record, as its source has it, with the date that it got. false when the source has changed since. */
MUST_CHECK bool corpus_read_again(const struct corpus *corpus, const struct record *record, struct arena *arena,
                                  struct article *ret_article);

/* What the entry at a place of index->order says as `updated`. */
int64_t corpus_entry_updated(const struct corpus *corpus, uint32_t place, int64_t now);

/* The number of the set of labels that was decided on. `bits`: room for corpus->labels.words of them. */
uint32_t corpus_labels(struct corpus *corpus, const struct decision *decisions, uint64_t *bits);

#endif
