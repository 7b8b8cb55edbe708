#ifndef PINDAO_CMD_FETCH_STATE_H
#define PINDAO_CMD_FETCH_STATE_H

#include "base/file.h"
#include "diag/diag.h"
#include "model/settings.h"
#include "store/cache.h"

/*
 * What is known of a source with a url from earlier requests: in the cache, for its loss costs a request only. --full
 * leaves it, for it tells of the past; what it says of the answer is not believed then.
 */
struct fetch_state {
    struct arena arena; /* owns what the slices point to */
    bool is_known;      /* there was a request */
    int64_t attempted;  /* the last request, seconds by the clock; so are the others; 0: never */
    int64_t answered;   /* the last good answer */
    int64_t changed;    /* the last one that changed the kept file */
    int64_t failing_since;
    int64_t not_before;        /* it has asked us to wait (Retry-After) */
    int64_t trimmed;           /* day of options.now on which `keep` was applied last */
    uint64_t asked;            /* what was asked: of address, reader, and where its secret is */
    uint64_t fingerprint;      /* of all in the configuration that decides what an answer means */
    uint64_t withdrawn;        /* of all articles that were not to be taken */
    uint64_t content;          /* hash of the last good answer */
    struct file_identity kept; /* as the last good answer left it */
    uint64_t articles;         /* in the kept file, without those withdrawn */
    uint64_t refused;          /* in the last good answer: what it showed and could not be taken */
    struct slice etag, last_modified;
    struct slice reason;    /* why it failed; empty: it did not */
    struct slice complaint; /* the reason that was complained of, until it is up again; empty: none was */
    struct slice moved_to;  /* for good; empty: it has not */
    uint64_t *shown;        /* lower halves of the keys of what the last good answer showed, where `keep` needs it */
    size_t shown_count;
    struct diagnostics said; /* about the last good answer */
};
void fetch_state_release(struct fetch_state *state);

/* A zeroed one where nothing is known. */
void fetch_state_read(struct cache *cache, const struct settings *settings, const struct source *source,
                      struct fetch_state *ret_state);
void fetch_state_write(struct cache *cache, const struct settings *settings, const struct source *source,
                       const struct fetch_state *state);

/* *slice becomes a copy in the state's arena. */
void fetch_state_set(struct fetch_state *state, struct slice *slice, struct slice value);

/* When it may be asked again, seconds by the clock; 0: now. */
int64_t fetch_state_next(const struct fetch_state *state, const struct source *source);
bool fetch_state_is_due(const struct fetch_state *state, const struct source *source, bool at_once, int64_t now);

/* What there is to say of the source. Moves state->said. */
void fetch_state_report(struct fetch_state *state, const struct source *source, struct diagnostics *diagnostics);

#endif
