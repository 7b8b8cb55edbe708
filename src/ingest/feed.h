#ifndef PINDAO_INGEST_FEED_H
#define PINDAO_INGEST_FEED_H

#include "base/buf.h"
#include "diag/diag.h"

/*
 * Feeds in: Atom (RFC 4287, with the tombstones of RFC 6721), RSS 2.0, 1.0 (RDF) and 0.9x, JSON Feed 1.0 and 1.1 become
 * JSON Lines in the fields of an article, which reader `jsonl` reads. An entry cannot be read without what stands above
 * it in its document (authors, xml:base, language, namespaces), so a feed is translated as a whole, once, where files
 * are spooled; everything behind that sees lines.
 *
 * Each line of JSON stands in the line that its entry begins in, empty lines before it, so that messages and `explain`
 * name the feed's own lines; entries that share a line come in the lines behind it.
 *
 * `text` is UTF-8 whatever its XML declaration says. `base`: the address it came from, for relative references; empty
 * for a file, whose own links say it. Tombstones become {"id"|"url": …, "withdrawn": true, "title", "date"}.
 */
struct feed_in {
    size_t entries;
    size_t tombstones;
    char problem[300]; /* where it is no feed: for people; ends with NUL */
    unsigned line, column; /* of the problem; 0: not known */
};

/* false, nothing appended, for what is no feed, or breaks off. */
MUST_CHECK bool feed_to_lines(struct slice text, struct slice base, struct buf *lines, struct feed_in *ret_feed);

#endif
