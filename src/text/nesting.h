#ifndef PINDAO_TEXT_NESTING_H
#define PINDAO_TEXT_NESTING_H

#include "base/slice.h"
#include "base/vec.h"

/*
 * What stands open in the HTML that the sanitiser writes, so that it stays where it is put: in a browser an item
 * without a list ends the item that all stands in, a cell without a table the cell, and a table right in a table the
 * outer one. Such tags are left out, and an anchor in an anchor, which ends the outer one. Born zeroed; nesting_release
 * gives the memory back.
 */
struct nesting_element {
    const char *name; /* borrowed */
    bool is_written;
};

struct nesting {
    VEC(struct nesting_element) open; /* outermost first; no void elements */
};

/* Is the start tag to be written? Each call needs its nesting_close. */
MUST_CHECK bool nesting_open(struct nesting *nesting, const char *name);

/* Was the start tag of the innermost element written? */
MUST_CHECK bool nesting_close(struct nesting *nesting);

/* What to write for the end of an element whose tags are left out: what keeps its text apart from the next. */
const char *nesting_gap(const char *name);

void nesting_clear(struct nesting *nesting);
void nesting_release(struct nesting *nesting);

#endif
