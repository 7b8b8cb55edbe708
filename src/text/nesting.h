#ifndef PINDAO_TEXT_NESTING_H
#define PINDAO_TEXT_NESTING_H

#include "base/slice.h"
#include "base/vec.h"

/*
 * What stands open in the HTML that the sanitiser writes, so that it stays where it is put: in a browser an item
 * without a list ends the item that all stands in, a cell without a table the cell, and a table right in a table the
 * outer one. Such tags are left out, and an anchor in an anchor, which ends the outer one. So are tags that a browser
 * takes but that mean nothing where they stand: what is no part of a table between its cells (the forms of old systems
 * do that), a second caption or one behind rows, a reading outside ruby, the caption of no figure. Born zeroed;
 * nesting_release gives the memory back.
 */
struct nesting_element {
    const char *name; /* borrowed */
    bool is_written;
    /* Has it what it can have once, or cannot do without: a table a part, a figure its caption, ruby a reading? */
    bool has_part;
    /* Whose it is: the sanitiser's, which sets them after nesting_open. Of what is written. */
    size_t begin;  /* of the start tag */
    size_t inside; /* behind it */
    size_t stray;  /* of a table: where what is moved out of it begins */
};

struct nesting {
    VEC(struct nesting_element) open; /* outermost first; no void elements */
};

/*
 * The name of the innermost element when this one ends it without an end tag, as a reading ends another; its end is to
 * be written now, and it counts as one that was left out from here on. NULL for none.
 */
const char *nesting_end_implied(struct nesting *nesting, const char *name);

/* Is the start tag to be written? Each call needs its nesting_close. */
MUST_CHECK bool nesting_open(struct nesting *nesting, const char *name);
/* May a void element stand here? */
bool nesting_takes_void(const struct nesting *nesting, const char *name);
/* The innermost element that is written; NULL for none. Valid until the next call. */
struct nesting_element *nesting_innermost(const struct nesting *nesting);
/* The table between whose cells this is, in none of them; NULL for none. Text has no place there, blanks have. */
const struct nesting_element *nesting_table_around(const struct nesting *nesting);

/* The innermost element, which ends. */
struct nesting_element nesting_close(struct nesting *nesting);

/* What to write for the end of an element whose tags are left out: what keeps its text apart from the next. */
const char *nesting_gap(const char *name);

void nesting_clear(struct nesting *nesting);
void nesting_release(struct nesting *nesting);

#endif
