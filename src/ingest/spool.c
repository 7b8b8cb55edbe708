#include "ingest/spool.h"

#include "base/file.h"
#include "base/memory.h"
#include "ingest/charset.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

/* From bytes of the file over inflated bytes to UTF-8 in the spool. */
struct spooler {
    const struct spool_job *job;
    struct spool_result result;
    struct charset_stream stream; /* where there is a charset */
    enum spool_outcome outcome;   /* of the first failure, and its errno */
    int error;
};

static bool fail(struct spooler *spooler, enum spool_outcome outcome, int error) {
    spooler->outcome = outcome;
    spooler->error = error;
    return false;
}

static bool put(struct spooler *spooler, struct slice text) {
    uint64_t at = spooler->job->begin + spooler->result.size;
    if (text.size > SPOOL_MOST - spooler->result.size)
        return fail(spooler, SPOOL_TOO_LARGE, EFBIG);
    if (!file_write_at(spooler->job->spool, text, at))
        return fail(spooler, SPOOL_FAILED, errno);
    spooler->result.size += text.size;
    return true;
}

static bool put_converted(void *context, struct slice text) {
    return put(context, text);
}

static bool take_text(struct spooler *spooler, struct slice bytes) {
    return spooler->job->charset ? charset_stream_take(&spooler->stream, bytes) : put(spooler, bytes);
}

static bool read_chunk(struct spooler *spooler, char *chunk, size_t *ret_size) {
    ssize_t size = 0;
    do
        size = read(spooler->job->input, chunk, SPOOL_CHUNK);
    while (size < 0 && errno == EINTR);
    if (size < 0)
        return fail(spooler, file_error_is_own(errno) ? SPOOL_FAILED : SPOOL_UNREADABLE, errno);
    *ret_size = (size_t)size;
    return true;
}

static bool copy(struct spooler *spooler) {
    char chunk[SPOOL_CHUNK];
    size_t size = 0;
    while (read_chunk(spooler, chunk, &size) && size)
        if (!take_text(spooler, (struct slice){chunk, size}))
            return false;
    return !spooler->error;
}

/* Tapes and some tools fill the last block up: gzip(1) passes over such zeros, with which no further member begins. */
static void skip_padding(z_stream *stream) {
    while (stream->avail_in && *stream->next_in == 0) {
        stream->next_in++;
        stream->avail_in--;
    }
}

/* All that one chunk of the file gives. *state is what inflate said last. */
static bool inflate_chunk(struct spooler *spooler, z_stream *stream, int *state) {
    unsigned char out[SPOOL_CHUNK];
    do {
        if (*state == Z_STREAM_END)
            skip_padding(stream);
        if (*state == Z_STREAM_END && !stream->avail_in)
            break;
        /* Several gzip files one behind another are one text (RFC 1952 2.2); anything else behind the end is not. */
        if (*state == Z_STREAM_END && inflateReset(stream) != Z_OK)
            break;
        stream->next_out = out;
        stream->avail_out = sizeof out;
        *state = inflate(stream, Z_NO_FLUSH);
        size_t size = sizeof out - stream->avail_out;
        if (size && !take_text(spooler, (struct slice){(const char *)out, size}))
            return false;
    } while ((*state == Z_OK && !stream->avail_out) || (*state >= Z_OK && stream->avail_in));
    return true;
}

static bool inflate_all(struct spooler *spooler) {
    unsigned char chunk[SPOOL_CHUNK];
    z_stream stream = {0};
    int state = Z_OK;
    size_t size = 0;
    bool good = true;
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
        memory_exhausted();
    while (good && (state == Z_OK || state == Z_BUF_ERROR || state == Z_STREAM_END) &&
           (good = read_chunk(spooler, (char *)chunk, &size)) && size) {
        stream.next_in = chunk;
        stream.avail_in = (unsigned)size;
        good = inflate_chunk(spooler, &stream, &state);
    }
    if (state == Z_MEM_ERROR)
        memory_exhausted();
    inflateEnd(&stream);
    spooler->result.damaged = good && state != Z_STREAM_END;
    return good;
}

enum spool_outcome spool_write(const struct spool_job *job, struct spool_result *ret_result) {
    struct spooler spooler = {.job = job, .stream = {.put = put_converted}};
    spooler.stream.context = &spooler;
    if (job->charset && !charset_stream_open(&spooler.stream, job->charset))
        return SPOOL_FAILED;
    bool good = (job->compressed ? inflate_all(&spooler) : copy(&spooler)) &&
                (!job->charset || charset_stream_finish(&spooler.stream));
    spooler.result.invalid = spooler.stream.invalid;
    spooler.result.invalid_line = spooler.stream.invalid_line;
    charset_stream_release(&spooler.stream);
    if (good)
        *ret_result = spooler.result;
    else
        errno = spooler.error;
    return spooler.outcome;
}
