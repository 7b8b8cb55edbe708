#ifndef PINDAO_INGEST_CHARSET_H
#define PINDAO_INGEST_CHARSET_H

#include "base/buf.h"

/*
 * Bytes in some charset → UTF-8: the only home of iconv. Supersets serve their subsets, for what calls itself GB2312 or
 * GBK is often more: all three are GB18030; Big5 is Big5-HKSCS; ISO-8859-1 is windows-1252, as browsers have it.
 */

/*
 * The charset's name for iconv, NULL for UTF-8, by any of its usual labels, in any case ("x-gbk", "utf8"; the empty one
 * is UTF-8). false for one that is not known.
 */
MUST_CHECK bool charset_find(struct slice label, const char **ret_charset);

/*
 * A stream of bytes through iconv: `put` gets the text in pieces. Each byte that begins no character becomes U+FFFD and
 * is counted. `put` and `context` are set by the caller, all else by charset_stream_open (false with errno).
 */
struct charset_stream {
    bool (*put)(void *context, struct slice text); /* false ends the stream */
    void *context;
    void *converter;       /* iconv's */
    struct buf pending;    /* bytes of a character whose rest is in the next chunk, then the chunk */
    unsigned line;         /* of the text so far, until something invalid was met */
    size_t invalid;        /* bytes that are no text in this charset */
    unsigned invalid_line; /* line of the first of them */
};
MUST_CHECK bool charset_stream_open(struct charset_stream *stream, const char *charset);
MUST_CHECK bool charset_stream_take(struct charset_stream *stream, struct slice bytes);
MUST_CHECK bool charset_stream_finish(struct charset_stream *stream);
void charset_stream_release(struct charset_stream *stream);

/*
 * A whole document, which may say itself what it is in. Asked in this order, the first that answers counts:
 *
 *   encoding       what the source's `encoding` says
 *   a mark         byte order marks of UTF-8, UTF-16, GB18030
 *   content_type   the header's charset parameter
 *   declaration    <?xml … encoding="…"?> (XML 1.0 4.3.3)
 *   meta           <meta charset> or <meta … content="…; charset=…"> within the first 4 KiB of an HTML page
 *
 * else it is UTF-8. ISO-8859-1 and US-ASCII, which servers add to everything unasked, do not answer: they count only
 * where nothing else does and the bytes are no UTF-8.
 */
struct charset_text {
    struct slice text; /* well-formed UTF-8 without a mark, in `bytes` or in `decoded` */
    size_t invalid;    /* pieces that were no text, now U+FFFD */
    unsigned invalid_line;
};

/*
 * false with a sentence in *problem where the charset is not known, or the text is not in the one it claims: valid in
 * another one (UTF-8, GB18030), which the sentence names, or broken throughout. `decoded` has a sufficient limit, and
 * lives as long as the text.
 */
MUST_CHECK bool charset_decode(struct slice bytes, struct slice content_type, struct slice encoding,
                               struct buf *decoded, struct charset_text *ret_text, struct buf *problem);

#endif
