#ifndef PINDAO_INGEST_SPOOL_H
#define PINDAO_INGEST_SPOOL_H

#include "base/attributes.h"
#include "base/slice.h"
#include "ingest/feed.h"

/*
 * Text that cannot be read at random (gzip) or is not UTF-8 is written once, as UTF-8, behind what the spool holds
 * already. Streams: memory does not follow the file.
 */
struct spool_job {
    int input;           /* descriptor, at its start */
    bool compressed;     /* gzip, one member or several */
    const char *charset; /* charset_find; NULL for UTF-8, which is copied as it is */
    int spool;
    uint64_t begin; /* where in the spool to write */
};

struct spool_result {
    uint64_t size;         /* bytes written */
    bool damaged;          /* the gzip stream is broken or cut off; what stands before it was written */
    size_t invalid;        /* bytes that are no text in this charset, now U+FFFD */
    unsigned invalid_line; /* line of the first of them */
};

enum { SPOOL_CHUNK = 1 << 16 /* bytes */ };
#define SPOOL_MOST ((uint64_t)16 << 30) /* bytes of one file: a gzip file may hold a thousand times its size */

/* With errno where it is not SPOOL_OK. */
enum spool_outcome {
    SPOOL_OK,
    SPOOL_UNREADABLE, /* the input */
    SPOOL_TOO_LARGE,  /* over SPOOL_MOST */
    SPOOL_FAILED,     /* no fault of the file: the spool cannot be written, or iconv not be had */
    SPOOL_NO_FEED,    /* with the problem */
};
MUST_CHECK enum spool_outcome spool_write(const struct spool_job *job, struct spool_result *ret_result);

/*
 * What the job has just written, the text of a feed, becomes its lines (feed.h), in the same place; *result, which is
 * that of the writing, is then about them. `encoding` is what the source says: where that is nothing, the text itself
 * does. In memory: SPOOL_TOO_LARGE over WHOLE_MOST.
 */
MUST_CHECK enum spool_outcome spool_feed(const struct spool_job *job, struct slice encoding,
                                         struct spool_result *result, struct feed_in *ret_feed);

#endif
