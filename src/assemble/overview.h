#ifndef PINDAO_ASSEMBLE_OVERVIEW_H
#define PINDAO_ASSEMBLE_OVERVIEW_H

#include "assemble/channels.h"
#include "model/page.h"

/*
 * What pages say of all channels together: the first page, the page of a visitor's choice, and where each channel's
 * page leads beside itself. All of it is a function of the input: months are counted back from the newest article, not
 * from now. After channels_select.
 */
struct overview {
    struct arena arena;        /* owns what follows; texts are the settings' and the channels', which outlive it */
    struct home_page home;     /* all but older_page, which is the archive's to say */
    struct choice_page choice; /* of terms whose taxonomy has channels of a single term, and channels made of them */
};

/*
 * The table is of the first rule with two taxonomies under `each` and no `where`. Months are those of the site's zone,
 * the last one that of the newest article. Where there is no article, they end with the date in site.tag.
 */
void overview_make(const struct settings *settings, const struct channels *channels, const struct index *index,
                   const struct label_table *labels, struct overview *ret_overview);
void overview_release(struct overview *overview);

/* --- related channels ------------------------------------------------------------------------------------------- */

enum { RELATED_CHANNELS_MOST = 12 };

/*
 * What overview_related looks up, so that 100,000 channels cost 100,000 steps and not their square: places in
 * channels->items, in the order of the configuration, only of channels that have articles; never "/", to which every
 * page leads. One more than RELATED_CHANNELS_MOST, for a channel is not related to itself.
 */
struct relation_list {
    uint32_t channels[RELATED_CHANNELS_MOST + 1];
    uint32_t count;
};
struct relations {
    const struct channels *channels;
    uint32_t *own;                 /* by term: its own channel; UINT32_MAX where it has none, or that is empty */
    struct relation_list *crosses; /* by term: channels of it and other terms */
    struct relation_list broad;    /* those of one term, or named by hand */
};
void relations_init(struct relations *relations, const struct channels *channels, const struct taxonomies *taxonomies);
void relations_release(struct relations *relations);

/*
 * At most RELATED_CHANNELS_MOST channels that somebody who looks at `channel` may want; the list is in the arena. Of a
 * cross, the channels of its terms, then the other crosses of its first term; of a term, its crosses; of a `where`, the
 * channels of the terms that it names, then broad ones; of the rest, and where nothing else is found, broad ones.
 *
 * Neither which nor in what order depends on how many articles they have (but for having any), and `count` is left 0: a
 * page that says less of others changes less often, and an unchanged file costs nothing.
 */
size_t overview_related(const struct relations *relations, const struct channel *channel, struct arena *arena,
                        const struct channel_link **ret_links);

#endif
