#include "ingest/spool.h"

#include "base/file.h"
#include "ingest/charset.h"
#include "ingest/source.h"

#include <errno.h>
#include <stdio.h>

/* Feeds in the spool: text in, lines out. */

static enum spool_outcome no_feed(struct buf *problem, struct feed_in *ret_feed) {
    *ret_feed = (struct feed_in){0};
    snprintf(ret_feed->problem, sizeof ret_feed->problem, "%s", buf_string(problem));
    return SPOOL_NO_FEED;
}

/* Text of the job → lines; *result's count of invalid bytes is about the text. */
static enum spool_outcome translate(const struct spool_job *job, struct slice encoding, struct slice bytes,
                                    struct spool_result *result, struct buf *lines, struct feed_in *ret_feed) {
    CLEANUP(buf_release) struct buf decoded = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf problem = BUF(1 << 12);
    const struct slice unsaid = {0};
    struct charset_text read = {.text = bytes};
    if (!job->charset && !charset_decode(bytes, unsaid, encoding, &decoded, &read, &problem))
        return no_feed(&problem, ret_feed);
    if (read.invalid) {
        result->invalid = read.invalid;
        result->invalid_line = read.invalid_line;
    }
    return feed_to_lines(read.text, unsaid, lines, ret_feed) ? SPOOL_OK : SPOOL_NO_FEED;
}

enum spool_outcome spool_feed(const struct spool_job *job, struct slice encoding, struct spool_result *result,
                              struct feed_in *ret_feed) {
    CLEANUP(buf_release) struct buf bytes = BUF(WHOLE_MOST);
    CLEANUP(buf_release) struct buf lines = BUF(BUF_UNLIMITED);
    size_t size = (size_t)result->size;
    char *room = result->size <= WHOLE_MOST ? buf_reserve(&bytes, size + !size) : NULL;
    if (!room) {
        errno = EFBIG;
        return SPOOL_TOO_LARGE;
    }
    if (!file_read_at(job->spool, room, size, job->begin, &bytes.size))
        return SPOOL_FAILED;
    enum spool_outcome outcome = translate(job, encoding, buf_slice(&bytes), result, &lines, ret_feed);
    if (outcome != SPOOL_OK)
        return outcome;
    if (!file_write_at(job->spool, buf_slice(&lines), job->begin))
        return SPOOL_FAILED;
    result->size = lines.size;
    return SPOOL_OK;
}
