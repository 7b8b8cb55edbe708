#ifndef PINDAO_CMD_HEALTH_H
#define PINDAO_CMD_HEALTH_H

#include "cmd/corpus.h"

/*
 * How the sources are, as the last completed run found them: for `status`, which reads no articles. Kept in the cache.
 */
struct source_health {
    struct slice files, reader; /* as configured */
    size_t file_count;
    size_t articles; /* that may be shown, be it as the copy of another */
    size_t refused;  /* articles and files; of an upstream's last answer, too */
    int64_t newest;  /* date of the newest one; INT64_MIN: none */
    int64_t arrived; /* when a run first met an article that earlier ones had not; INT64_MIN: none came yet */
    uint64_t keys;   /* of all articles, added up: another sum means that others are there */
};

enum { HEALTH_DAYS = 30 };

struct health {
    struct arena arena;
    struct source_health *sources; /* in the order of the configuration */
    size_t source_count;
    int64_t at;                 /* of the run that changed any of this last, seconds */
    size_t articles;            /* of all sources */
    size_t new_articles;        /* more than the run before had, by source; not kept */
    uint32_t days[HEALTH_DAYS]; /* articles by date: of the day of `at` in the site's zone, of the day before … */
};

/* Of a corpus that was read. `before`: of the run before; zeroed for none. */
void health_take(const struct corpus *corpus, const struct health *before, int64_t now, struct health *ret_health);
void health_release(struct health *health);

/* false where the cache has none. */
MUST_CHECK bool health_read(struct cache *cache, struct health *ret_health);
/* Written only where something changed since `before`. */
void health_remember(const struct health *health, const struct health *before, struct cache *cache);

/* Of this source of the configuration; NULL: no run has read it. */
const struct source_health *health_of_source(const struct health *health, const struct settings *settings,
                                             size_t number);
/* Is nothing new for longer than expect: allows? Without one, never. */
bool source_is_silent(const struct source *source, int64_t newest, int64_t now);
/* The counts by day as seen from `now`: today's first. */
void health_days_until(const struct health *health, int64_t now, uint32_t ret_days[HEALTH_DAYS]);

#endif
