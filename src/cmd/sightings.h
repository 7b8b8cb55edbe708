#ifndef PINDAO_CMD_SIGHTINGS_H
#define PINDAO_CMD_SIGHTINGS_H

#include "model/article.h"
#include "model/source.h"
#include "store/history.h"

#include <pthread.h>

/*
 * When articles were met first, for the sources that want to know:
 *  - undated: first-seen. An article without a date has that of its sighting. Before it has a key it goes by its own id
 *    or address, else by its title (untimed_append_key): articles of one title in one source are one.
 *  - vanished: withdraw. An article that was met, and is in no source any more, is withdrawn. Not while its source is
 *    incomplete: a file cannot be read, none is there, an article was refused. What is missing may be just that one; it
 *    vanishes when the source is whole again.
 */
struct corpus;

struct sighted {
    struct slice key;
    const struct source *source;
};

/* Belongs to a corpus. Zeroed: of sources that want nothing. */
struct sightings {
    const struct history *history; /* NULL: an empty one */
    int64_t now;
    pthread_mutex_t mutex; /* of all below */
    struct arena arena;
    VEC(struct sighted) met; /* that the history does not know, in no order */
};
void sightings_init(struct sightings *sightings, const struct history *history, int64_t now);
void sightings_release(struct sightings *sightings);

/*
 * Gives an article that has no date that of its sighting, now where there is none; true where there was none. Before
 * anything looks at the article. Thread-safe.
 */
bool sightings_date(struct sightings *sightings, const struct source *source, struct article *article);
/* An article that was taken, and is in the index by this key. Thread-safe. */
void sightings_note(struct sightings *sightings, const struct source *source, struct slice key);
/*
 * When all records are in the index: adds what was met to corpus->history, which is there, and gives what has vanished
 * to corpus->withdrawals (between withdrawals_mark and withdrawals_note).
 */
void sightings_settle(struct sightings *sightings, const struct corpus *corpus);

/*
 * What the records of a source take from the history: dates. Another one: what the cache knows of them is not true any
 * more. 0 for a source that takes nothing.
 */
uint64_t sightings_signature(const struct history *history, const struct source *source);

#endif
