#ifndef PINDAO_INGEST_FEED_ENTRY_H
#define PINDAO_INGEST_FEED_ENTRY_H

#include "base/arena.h"
#include "base/vec.h"
#include "ingest/feed.h"

/*
 * Inside of feed*.c: one entry as its feed has it, and the line that it becomes.
 *
 *   feed.c        which format it is; repairs
 *   feed_xml.c    events → tables of elements, inherited bases and languages, markup
 *   feed_atom.c   the table of Atom
 *   feed_rss.c    the table of all RSS
 *   feed_json.c   JSON Feed
 *   feed_text.c   HTML or not, titles, names
 *   feed_entry.c  the line
 *
 * Strings of an entry live in its arena until it is cleared; those of the head in the head's.
 */
enum feed_text_kind {
    FEED_PLAIN,
    FEED_HTML,
    FEED_EITHER, /* RSS: titles and descriptions are text or HTML, and nothing says which */
};

struct feed_text {
    struct slice text;
    enum feed_text_kind kind;
};

struct feed_names {
    VEC(struct slice) items;
};

/* What holds for all entries of the feed. */
struct feed_head {
    struct arena arena;
    struct slice title; /* plain */
    struct slice link;  /* the page that it is a feed of */
    struct slice self;  /* its own address */
    struct slice language;
    struct feed_names authors;
    bool is_plain; /* RSS of which it is known that no title or description is HTML: our own */
};
void feed_head_release(struct feed_head *head);

/* A value that several elements may give: the one of the highest rank counts, the first among equals. */
struct feed_ranked {
    struct slice text;
    unsigned rank; /* 0: none */
};

struct feed_entry {
    struct arena arena;
    unsigned line; /* 1-based, of the document */
    struct slice id;
    struct feed_ranked url, date, image;
    struct slice updated;
    struct feed_text title, summary, body;
    struct slice body_base; /* xml:base where the body stands; empty: none */
    struct feed_names authors, source_authors;
    unsigned author_rank;
    struct slice source_name, source_url;
    struct feed_names tags;
    struct slice enclosure_url, enclosure_type, enclosure_length;
    struct slice language;
    bool withdrawn;
};
void feed_entry_clear(struct feed_entry *entry); /* keeps memory */
void feed_entry_release(struct feed_entry *entry);

void feed_rank(struct feed_ranked *ranked, struct slice text, unsigned rank);
/* The same of a date: one that can be read counts more than any that cannot. */
void feed_rank_date(struct feed_ranked *ranked, struct slice text, unsigned rank);
/* An address of an enclosure of this type; the first one counts. One of an image is the entry's image where no other is
 * given. */
void feed_enclose(struct feed_entry *entry, struct slice url, struct slice type, struct slice length);

/* The lines, and how far they are. */
struct feed_lines {
    struct buf *lines;
    unsigned line;     /* the next one to be written, 1-based */
    struct slice base; /* of the document; may be empty */
    const struct feed_head *head;
    bool has_tombstones; /* Atom: an entry can be withdrawn by its id (RFC 6721) */
    size_t entries, tombstones;
};
void feed_lines_append(struct feed_lines *lines, struct feed_entry *entry);

/* --- feed_text.c --------------------------------------------------------------------------------------------- */

/* `reference` seen from `base`, which may be empty; trimmed, in the arena or as it came. */
struct slice feed_resolve(struct slice base, struct slice reference, struct arena *arena);
/* Is it, once encoded, a web address? */
bool feed_is_address(struct slice text);
/* Tags of HTML, or character references, stand in it. */
bool feed_has_markup(struct slice text);
/* Without markup; empty where the markup is refused. In the arena or as it came. */
struct slice feed_plain(struct feed_text text, struct arena *arena);
/* A title: in RSS, HTML is a thing of few elements in it. */
struct slice feed_plain_title(struct feed_text title, struct arena *arena);
/* The first sentence, at most 60 characters. */
struct slice feed_title_of(struct slice plain, struct arena *arena);
/* "name@host (Name)" → "Name"; empty for a bare address of mail, which is nobody's name. */
struct slice feed_person(struct slice text);

/* --- formats ------------------------------------------------------------------------------------------------- */

/* Each false with ret_feed's problem set. `text` is well-formed UTF-8. */
MUST_CHECK bool feed_read_xml(struct slice text, struct feed_lines *lines, struct feed_head *head,
                              struct feed_in *ret_feed);
MUST_CHECK bool feed_read_json(struct slice text, struct feed_lines *lines, struct feed_head *head,
                               struct feed_in *ret_feed);
/* Always false. */
MUST_CHECK bool feed_refuse(struct feed_in *feed, unsigned line, unsigned column, const char *format, ...)
    PRINTF_LIKE(4, 5);

#endif
