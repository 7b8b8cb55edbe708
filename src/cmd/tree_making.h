#ifndef PINDAO_CMD_TREE_MAKING_H
#define PINDAO_CMD_TREE_MAKING_H

#include "assemble/channels.h"
#include "cmd/corpus.h"
#include "cmd/page_links.h"
#include "cmd/signatures.h"
#include "output/output.h"

/*
 * What all that makes files of the new tree is given: feeds, archives, pages. Everything is borrowed. Channels have
 * been selected, and withdrawals noted.
 */
struct tree_making {
    const struct corpus *corpus;
    const struct channels *channels;
    const struct options *options;
    const char *spool_folder; /* for files without a name */
    struct signatures *signatures;
    struct output *output;
    struct memberships *memberships;
    struct page_links *links; /* what search engines are told of, in the order in which it is made */
};

enum making_result {
    MAKING_OK,
    MAKING_SOURCE_CHANGED, /* a file changed since it was read: read everything again */
    MAKING_NOT_VALID,      /* the own check found an error, reported: nothing may be published */
    MAKING_FAILED,         /* no room for what was rendered, reported */
};

#endif
