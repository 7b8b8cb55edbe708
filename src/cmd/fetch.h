#ifndef PINDAO_CMD_FETCH_H
#define PINDAO_CMD_FETCH_H

#include "cmd/corpus.h"
#include "cmd/options.h"
#include "model/history.h"

/*
 * Sources with a url: asks those that are due what they show, and puts what is new into their kept files
 * (store/kept.h), which are then read like the files of people. Whatever goes wrong with one costs only that one: its
 * kept file stays as it is, and that is said (fetch-failed; source-down once it is down for longer than complain_after,
 * or never answered). What a source's last answer made us report is said again in every run, which makes it known
 * (cmd/known.h). Not under --dry-run and --offline: then only what is known of the sources is said.
 *
 * How often goes by the clock, what is too old for `keep` by options->now. Several hosts at once, one request a host at
 * a time, in the order of the configuration.
 *
 * Where no source is due, this costs a look at each kept file.
 */
struct fetch_counts {
    size_t requests;
    size_t changed; /* kept files */
    uint64_t bytes; /* of answers */
    size_t refused; /* in the last answers, of all sources, be they of earlier runs */
};

/* Returns 0, or the exit code after reporting: a kept file cannot be written (74), options that contradict each other
 * (64). */
MUST_CHECK int fetch_sources(const struct options *options, const struct settings *settings, struct cache *cache,
                             struct diagnostics *diagnostics, struct fetch_counts *ret_counts);

/*
 * Takes out of the kept files what the command has withdrawn, by a history that is written already: nothing of its text
 * stays with us. Of a corpus that was read; nothing of its sources can be read again afterwards. Returns 0, or 74.
 */
MUST_CHECK int fetch_purge(const struct corpus *corpus, const struct history *history, struct diagnostics *diagnostics);

#endif
