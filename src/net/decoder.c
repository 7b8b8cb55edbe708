#include "net/decoder.h"

#include "base/memory.h"

#include <limits.h>

enum { PIECE = 64 * 1024, GZIP = 15 + 16, ZLIB = 15, RAW = -15 };

static void *allocate(void *context, uInt count, uInt size) {
    (void)context;
    return memory_new_array(count, size);
}

static void give_back(void *context, void *memory) {
    (void)context;
    memory_free(&memory);
}

bool decoder_init(struct decoder *decoder, struct slice encoding) {
    bool is_gzip =
        slice_equal_ignoring_case(encoding, SLICE("gzip")) || slice_equal_ignoring_case(encoding, SLICE("x-gzip"));
    bool is_deflate = slice_equal_ignoring_case(encoding, SLICE("deflate"));
    *decoder = (struct decoder){.is_compressed = is_gzip || is_deflate, .is_raw_allowed = is_deflate};
    if (!decoder->is_compressed)
        return encoding.size == 0 || slice_equal_ignoring_case(encoding, SLICE("identity"));
    decoder->stream.zalloc = allocate;
    decoder->stream.zfree = give_back;
    return inflateInit2(&decoder->stream, is_gzip ? GZIP : ZLIB) == Z_OK;
}

/* zlib's header begins with 8 in its lower half (RFC 1950 2.2); what begins so without one is no sensible deflate. */
static bool begin(struct decoder *decoder, char first) {
    decoder->is_begun = true;
    return !decoder->is_raw_allowed || (first & 0x0F) == 8 || inflateReset2(&decoder->stream, RAW) == Z_OK;
}

/* Behind the end: another gzip member (RFC 1952 2.2), or zeros to fill up. */
static bool go_on(struct decoder *decoder) {
    z_stream *stream = &decoder->stream;
    while (stream->avail_in && *stream->next_in == 0) {
        stream->next_in++;
        stream->avail_in--;
    }
    if (stream->avail_in == 0)
        return true;
    decoder->is_at_end = false;
    return !decoder->is_raw_allowed && inflateReset(stream) == Z_OK;
}

static enum decoder_result inflate_all(struct decoder *decoder, bool (*sink)(void *, struct slice), void *context) {
    char piece[PIECE];
    z_stream *stream = &decoder->stream;
    do {
        if (decoder->is_at_end && !go_on(decoder))
            return DECODER_BROKEN;
        if (decoder->is_at_end)
            return DECODER_FINE;
        stream->next_out = (Bytef *)piece;
        stream->avail_out = sizeof piece;
        int code = inflate(stream, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return DECODER_BROKEN;
        decoder->is_at_end = code == Z_STREAM_END;
        size_t made = sizeof piece - stream->avail_out;
        if (made && !sink(context, (struct slice){piece, made}))
            return DECODER_STOPPED;
    } while (stream->avail_in || stream->avail_out == 0);
    return DECODER_FINE;
}

enum decoder_result decoder_write(struct decoder *decoder, struct slice bytes, bool (*sink)(void *, struct slice),
                                  void *context) {
    if (bytes.size == 0)
        return DECODER_FINE;
    if (!decoder->is_compressed)
        return sink(context, bytes) ? DECODER_FINE : DECODER_STOPPED;
    if (!decoder->is_begun && !begin(decoder, bytes.data[0]))
        return DECODER_BROKEN;
    enum decoder_result result = DECODER_FINE;
    while (bytes.size && result == DECODER_FINE) {
        struct slice part = slice_range(bytes, 0, INT_MAX);
        /* zlib's pointer is not const unless asked for by a macro that changes its header for everybody. */
        decoder->stream.next_in = (Bytef *)(uintptr_t)part.data;
        decoder->stream.avail_in = (uInt)part.size;
        result = inflate_all(decoder, sink, context);
        bytes = slice_from(bytes, part.size);
    }
    return result;
}

bool decoder_is_complete(const struct decoder *decoder) {
    return !decoder->is_begun || decoder->is_at_end;
}

void decoder_release(struct decoder *decoder) {
    if (decoder->is_compressed)
        inflateEnd(&decoder->stream);
    *decoder = (struct decoder){0};
}
