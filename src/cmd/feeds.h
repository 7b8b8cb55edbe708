#ifndef PINDAO_CMD_FEEDS_H
#define PINDAO_CMD_FEEDS_H

#include "assemble/channels.h"
#include "cmd/corpus.h"
#include "cmd/signatures.h"
#include "output/output.h"

/*
 * select → render → check → stage: from the index to the files of every channel. An article is rendered once a format
 * (cmd/pieces.h) and put into all its feeds as it is.
 */
enum feeds_result {
    FEEDS_OK,
    FEEDS_SOURCE_CHANGED, /* a file changed since it was read: read everything again */
    FEEDS_NOT_VALID,      /* the own check found an error, reported: nothing may be published */
    FEEDS_FAILED,         /* no room for what was rendered, reported */
};

struct feeds_counts {
    size_t channels;
    size_t rendered; /* channels of them that had changed */
    size_t shown;    /* articles that stand in some head */
};

/* For the guard: the feed of channels_widest in the first format in which the served tree has it too. */
struct widest_feed {
    struct buf path;  /* "atom.xml"; empty where there is none */
    struct buf bytes; /* as it will be */
};
void widest_feed_release(struct widest_feed *widest);

/* Channels have been selected. Of a channel whose signature is the old one the served files are kept, and no article is
 * read for it. *widest is set. Puts the feeds in all formats of the settings, feeds.opml and, where
 * there are hubs, _headers into `output`. */
enum feeds_result feeds_write(const struct corpus *corpus, const struct channels *channels,
                              const struct options *options, const char *spool_folder, struct signatures *signatures,
                              struct output *output, struct widest_feed *widest, struct diagnostics *diagnostics,
                              struct feeds_counts *ret_counts);

#endif
