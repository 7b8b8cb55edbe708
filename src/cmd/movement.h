#ifndef PINDAO_CMD_MOVEMENT_H
#define PINDAO_CMD_MOVEMENT_H

#include "assemble/channels.h"
#include "cmd/corpus.h"
#include "json/writer.h"

/*
 * What other rules make of the same articles: which of them move, and what each channel gains and loses. `old` and
 * `new` are the same sources read with two sets of rules; membership counts, whether a channel's head shows the article
 * or not.
 */
struct moved_article {
    const struct record *record; /* of the new corpus */
    const uint64_t *was, *is;    /* label sets */
};
struct moved_channel {
    const struct channel *was, *is; /* NULL: it was not there; it is no more */
    size_t gains, loses;
};

struct movement {
    const struct corpus *old_corpus, *new_corpus;
    const struct channels *old_channels, *new_channels;
    struct arena arena;
    VEC(struct moved_article) articles; /* in the order in which they are shown */
    VEC(struct moved_channel) channels; /* that gain or lose, are new or gone; as configured, gone ones last */
};

void movement_make(const struct corpus *old_corpus, const struct channels *old_channels,
                   const struct corpus *new_corpus, const struct channels *new_channels, struct movement *ret_movement);
void movement_release(struct movement *movement);

/* For people: at most `most` articles. */
void movement_append_text(const struct movement *movement, size_t width, size_t most, struct buf *buf);
/* One object. */
void movement_write_json(const struct movement *movement, struct json_writer *json);

#endif
