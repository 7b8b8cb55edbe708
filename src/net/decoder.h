#ifndef PINDAO_NET_DECODER_H
#define PINDAO_NET_DECODER_H

#include "base/slice.h"

#include <zlib.h>

/*
 * Content-Encoding (RFC 9110 8.4) taken off a body that comes piece by piece. Done here because libcurl takes a gzip
 * body that is cut off for a whole one. A zeroed struct hands everything on as it is.
 */
struct decoder {
    z_stream stream;
    bool is_compressed;
    bool is_begun;       /* a byte has come */
    bool is_raw_allowed; /* deflate: with zlib's header as RFC 9110 8.4.1.2 says, or without as some servers send it */
    bool is_at_end;      /* of a gzip member, or of the whole */
};

enum decoder_result {
    DECODER_FINE,
    DECODER_BROKEN,  /* no such encoding, or a wrong checksum */
    DECODER_STOPPED, /* the sink has said so */
};

/* By the header's value: empty, identity, gzip, x-gzip, deflate. false for any other, or several. */
MUST_CHECK bool decoder_init(struct decoder *decoder, struct slice encoding);
enum decoder_result decoder_write(struct decoder *decoder, struct slice bytes,
                                  bool (*sink)(void *context, struct slice bytes), void *context);
/* Did the body end where its encoding ends? An empty one did. */
bool decoder_is_complete(const struct decoder *decoder);
void decoder_release(struct decoder *decoder);

#endif
