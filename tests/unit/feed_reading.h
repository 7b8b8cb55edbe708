#ifndef PINDAO_TESTS_UNIT_FEED_READING_H
#define PINDAO_TESTS_UNIT_FEED_READING_H

#include "ingest/feed.h"
#include "unit/reading.h"
#include "xml/writer.h"

/* Feeds → lines → articles, for the tests of ingest/feed. Included behind cmocka.h. */

static struct reading_test test;
static struct buf lines = {.limit = BUF_UNLIMITED}; /* of the feed translated last */
static struct feed_in feed;                         /* what was said of it */

static inline int init(void **unused) {
    (void)unused;
    reading_init(&test);
    return 0;
}

static inline int release(void **unused) {
    (void)unused;
    reading_release(&test);
    buf_release(&lines);
    return 0;
}

static inline bool translate(const char *text) {
    buf_clear(&lines);
    return feed_to_lines(slice_of(text), (struct slice){0}, &lines, &feed);
}

/* A feed of one entry, its article. */
static inline const struct article *only(const char *text) {
    if (!translate(text))
        fail_msg("%u:%u: %s", feed.line, feed.column, feed.problem);
    assert_int_equal(feed.entries, 1);
    if (!reading_parse(&test, "feed", slice_trim(buf_slice(&lines))))
        fail_msg("%s", buf_string(&lines));
    return &test.article;
}

#define JSON(...) "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"报\",\"items\":[" __VA_ARGS__ "]}"

enum { MOMENT = 1767323045 /* 2026-01-02T03:04:05Z */ };

#endif
