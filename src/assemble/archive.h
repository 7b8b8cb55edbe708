#ifndef PINDAO_ASSEMBLE_ARCHIVE_H
#define PINDAO_ASSEMBLE_ARCHIVE_H

#include "base/buf.h"
#include "model/channel.h"

/*
 * The archive of a channel (RFC 5005 section 4): a page for every month or day, by the calendar of the site's zone, in
 * which the channel has an entry. An entry stands in the page of its date and in no other.
 */
struct archive_span {
    int64_t begin, end; /* seconds; what is dated from `begin` on and before `end` */
};

/*
 * The month or day in which the moment lies. Spans never overlap and leave nothing out, whatever the clocks of the zone
 * do at midnight. The last one of the year 9999 ends at INT64_MAX. `period` is not ARCHIVE_NONE.
 */
struct archive_span archive_span_at(enum archive_period period, int64_t seconds);

/* The page's file below the path of its channel: "archive/2026-11.xml", "archive/2026-11-22.xml". */
void archive_append_page(struct buf *buf, enum archive_period period, struct archive_span span);
/* The same for people: "archive/2026-11.html". */
void archive_append_html_page(struct buf *buf, enum archive_period period, struct archive_span span);

/*
 * The page that the entry of this date stands in, as a path of the tree: "putuo/archive/2026-11.xml". The channel has
 * an archive.
 */
void archive_append_path(struct buf *buf, const struct channel *channel, int64_t date);

/*
 * Would a channel at `path` need a folder where an archive may have a page: is there "archive/2026-11.xml/" in it, or
 * with .html? *ret_owner is then the path of the channel whose archive has such pages, *ret_period their kind.
 */
MUST_CHECK bool archive_page_in_path(struct slice path, struct slice *ret_owner, enum archive_period *ret_period);

#endif
