#ifndef PINDAO_CMD_FEEDS_H
#define PINDAO_CMD_FEEDS_H

#include "assemble/channels.h"
#include "cmd/corpus.h"
#include "output/output.h"

/*
 * select → render → check → stage: from the index to the files of every channel. An article is rendered once a format (cmd/pieces.h) and
 * put into all its feeds as it is.
 */
enum feeds_result {
    FEEDS_OK,
    FEEDS_SOURCE_CHANGED, /* a file changed since it was read: read everything again */
    FEEDS_NOT_VALID,      /* the own check found an error, reported: nothing may be published */
    FEEDS_FAILED,         /* no room for what was rendered, reported */
};

struct feeds_counts {
    size_t channels;
    size_t files;
    size_t shown; /* articles that stand in some head */
};

/* Channels have been selected. The Atom feed of the widest one is appended to `widest`, for the guard. Puts feeds.opml and the feeds in all formats of the settings into `output`. */
enum feeds_result feeds_write(const struct corpus *corpus, const struct channels *channels,
                              const struct options *options, const char *spool_folder, struct output *output,
                              struct buf *widest, struct diagnostics *diagnostics,
                              struct feeds_counts *ret_counts);

#endif
