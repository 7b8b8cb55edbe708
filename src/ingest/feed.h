#ifndef PINDAO_INGEST_FEED_H
#define PINDAO_INGEST_FEED_H

#include "base/buf.h"
#include "diag/diag.h"

/*
 * Feeds in: Atom (RFC 4287, with the tombstones of RFC 6721), RSS 2.0, 1.0 and 0.90 (RDF) and 0.91–0.94, JSON Feed 1.0
 * and 1.1 become JSON Lines in the fields of an article, which reader `jsonl` reads. An entry cannot be read without
 * what stands above it in its document (authors, xml:base, language, namespaces), so a feed is translated as a whole,
 * once, where files are spooled; everything behind that sees lines.
 *
 * Each line of JSON stands in the line that its entry begins in, empty lines before it, so that messages and `explain`
 * name the feed's own lines; entries that share a line come in the lines behind it.
 *
 * `text` is UTF-8 whatever its XML declaration says (charset.h); what is ill-formed becomes U+FFFD, and characters that
 * no XML document may have become U+FDD0, which the choke point drops and counts; of the entities that HTML has and XML
 * has not (`&nbsp;`), those that html_reference knows become their characters, others stay an error. `base`: the
 * address it came from, for relative references; empty for a file, whose own links say it.
 *
 * The entry's address is its `url`; its `id` only where it has none, for one article under one address in two feeds is
 * one article. A title is made of the first sentence where there is none, the source is the feed itself where the entry
 * names no other, and an entry of a title alone has it as its summary too. What cannot be used stands in the line as it
 * is, for the reader of the line to complain of.
 *
 * Tombstones become {"url"|"id": …, "title", "date", "updated", "withdrawn": true}: the url where the tombstone links
 * to one, or its ref is one or is an id of pindao's own that holds one (tag:…:url/…). Where a format has no tombstones,
 * so it is with an entry without a link that has such an id: pindao's stub for what is withdrawn.
 */
struct feed_in {
    size_t entries;
    size_t tombstones;
    char problem[300];     /* where it is no feed: for people; ends with NUL */
    unsigned line, column; /* of the problem; 0: not known */
};

/* false, nothing appended and only the problem set, for what is no feed, or breaks off. Time is linear in the text. */
MUST_CHECK bool feed_to_lines(struct slice text, struct slice base, struct buf *lines, struct feed_in *ret_feed);

#endif
