#ifndef PINDAO_CMD_FEEDS_H
#define PINDAO_CMD_FEEDS_H

#include "cmd/tree_making.h"

/*
 * select → render → check → stage: from the index to the files of every channel, its feeds and its page. An article is
 * rendered once a format (cmd/pieces.h) and put into all its feeds as it is.
 */
struct feeds_counts {
    size_t channels;
    size_t rendered; /* channels of them whose feeds had changed */
    size_t shown;    /* articles that stand in some head */
};

/* For the guard: the feed of channels_widest in the first format in which the served tree has it too. */
struct widest_feed {
    struct buf path;  /* "atom.xml"; empty where there is none */
    struct buf bytes; /* as it will be */
};
void widest_feed_release(struct widest_feed *widest);

/*
 * Puts the files of all channels in all formats of the settings, and feeds.opml, into the output; the channel / has no
 * page here, for the first page is its page (cmd/pages.h). Where the signature is the old one the served file is kept,
 * and no article is read for it. *widest is set.
 */
enum making_result feeds_write(const struct tree_making *making, struct widest_feed *widest,
                               struct diagnostics *diagnostics, struct feeds_counts *ret_counts);

#endif
