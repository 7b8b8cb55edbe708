#include "ingest/spool.h"

#include "base/buf.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <unistd.h>
#include <zlib.h>

bool spool_charset(struct slice encoding, const char **ret_charset) {
    /* Supersets serve their subsets: what calls itself GBK or GB2312 is often more. */
    const struct {
        struct slice name;
        const char *charset;
    } charsets[] = {
        {SLICE(""), NULL},
        {SLICE("utf-8"), NULL},
        {SLICE("utf8"), NULL},
        {SLICE("gb18030"), "GB18030"},
        {SLICE("gbk"), "GB18030"},
        {SLICE("gb2312"), "GB18030"},
        {SLICE("big5"), "BIG5-HKSCS"},
        {SLICE("big5-hkscs"), "BIG5-HKSCS"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(charsets); i++)
        if (slice_equal_ignoring_case(encoding, charsets[i].name)) {
            *ret_charset = charsets[i].charset;
            return true;
        }
    return false;
}

/* From bytes of the file over inflated bytes to UTF-8 in the spool. */
struct spooler {
    const struct spool_job *job;
    struct spool_result result;
    unsigned line;
    iconv_t converter;
    struct buf pending;         /* bytes of a character whose rest is in the next chunk, then the chunk */
    enum spool_outcome outcome; /* of the first failure, and its errno */
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

static void count_lines(struct spooler *spooler, struct slice text) {
    if (spooler->result.invalid)
        return; /* only the first one's line is told */
    for (size_t at = slice_find_byte(text, '\n', 0); at < text.size; at = slice_find_byte(text, '\n', at + 1))
        spooler->line++;
}

static bool put_invalid(struct spooler *spooler) {
    if (!spooler->result.invalid++)
        spooler->result.invalid_line = spooler->line;
    return put(spooler, SLICE("\xEF\xBF\xBD"));
}

/* Converts what is pending; keeps an unfinished character unless this is the end. */
static bool convert(struct spooler *spooler, bool at_end) {
    char out[SPOOL_CHUNK];
    char *in = spooler->pending.data;
    size_t left = spooler->pending.size;
    while (left) {
        char *to = out;
        size_t room = sizeof out;
        size_t done = iconv(spooler->converter, &in, &left, &to, &room);
        int error = errno;
        struct slice text = {out, (size_t)(to - out)};
        count_lines(spooler, text);
        if (!put(spooler, text))
            return false;
        if (done != (size_t)-1 || error == E2BIG)
            continue;
        if (error == EINVAL && !at_end)
            break;
        if (!put_invalid(spooler))
            return false;
        in++;
        left--;
    }
    if (left)
        memmove(spooler->pending.data, in, left);
    spooler->pending.size = left;
    return true;
}

/* Some charsets hold a character back to see whether an accent follows. */
static bool finish(struct spooler *spooler) {
    char out[64];
    char *to = out;
    size_t room = sizeof out;
    if (!spooler->job->charset)
        return true;
    if (!convert(spooler, true))
        return false;
    (void)iconv(spooler->converter, NULL, NULL, &to, &room);
    return put(spooler, (struct slice){out, (size_t)(to - out)});
}

static bool take_text(struct spooler *spooler, struct slice bytes) {
    if (!spooler->job->charset)
        return put(spooler, bytes);
    buf_append_slice(&spooler->pending, bytes);
    return convert(spooler, false);
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
    struct spooler spooler = {.job = job, .line = 1, .pending = BUF(4 * SPOOL_CHUNK)};
    if (job->charset) {
        spooler.converter = iconv_open("UTF-8", job->charset);
        if (spooler.converter == (iconv_t)-1)
            return SPOOL_FAILED;
    }
    bool good = (job->compressed ? inflate_all(&spooler) : copy(&spooler)) && finish(&spooler);
    if (job->charset)
        iconv_close(spooler.converter);
    buf_release(&spooler.pending);
    if (good)
        *ret_result = spooler.result;
    else
        errno = spooler.error;
    return spooler.outcome;
}
