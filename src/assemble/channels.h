#ifndef PINDAO_ASSEMBLE_CHANNELS_H
#define PINDAO_ASSEMBLE_CHANNELS_H

#include "assemble/index.h"
#include "diag/diag.h"
#include "model/labels.h"
#include "model/settings.h"

/*
 * Channels exist because the configuration says so, filled or not: `each` makes one for every term (or combination
 * of terms), in the order of the configuration.
 */
struct channels {
    struct arena arena; /* owns paths and titles */
    VEC(struct channel) items;
    const size_t *set_articles; /* after channels_select: how many articles have each label set, by its number */
};

void channels_release(struct channels *channels);

enum { CHANNELS_MOST = 100000 };

/* All channels of the rules, without entries. false after reporting two with one path, or more than CHANNELS_MOST. */
MUST_CHECK bool channels_make(const struct settings *settings, struct diagnostics *diagnostics,
                              struct channels *ret_channels);

/*
 * Fills the heads: of every channel the newest `items` entries, and all of the last `days` before the newest one.
 * entries are places in index->order. full_count says how many of them max_bytes leaves whole.
 */
void channels_select(struct channels *channels, const struct index *index, const struct label_table *labels);

/* Does an article with these labels belong to it? */
bool channel_wants(const struct channel *channel, const uint64_t *labels);

/*
 * The channels of each label set, worked out when it is first asked for: there are some hundred sets, and articles
 * without end. Both outlive it, and no set is added meanwhile. For one thread.
 */
struct membership {
    uint32_t *channels; /* places in channels->items, ascending */
    size_t count;
    bool known;
};
struct memberships {
    const struct channels *channels;
    const struct label_table *labels;
    struct membership *items; /* by number of the set */
    size_t count;
};
void memberships_init(struct memberships *memberships, const struct channels *channels,
                      const struct label_table *labels);
void memberships_release(struct memberships *memberships);
const struct membership *memberships_of(struct memberships *memberships, uint32_t set);

/* The one with the most articles, the first of several; there is at least one channel. */
const struct channel *channels_widest(const struct channels *channels);

/*
 * For every term, by its number through all taxonomies: the path in the tree ("putuo/") of the first channel that is
 * made of this term alone and has no other condition; a slice without data where there is none. In the arena.
 */
const struct slice *channels_term_paths(const struct channels *channels, const struct taxonomies *taxonomies,
                                        struct arena *arena);

/* Does OPML list it? */
bool channel_is_listed(const struct channel *channel);
/* The one folder it is listed in: a taxonomy's label for its channels, a term's for its crosses; empty for others. */
struct slice channel_folder(const struct channel *channel);

/* Would this build remove the path on purpose: is a term of it under retired:, or the path itself? */
bool path_is_retired(const struct settings *settings, struct slice path);

#endif
