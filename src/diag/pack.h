#ifndef PINDAO_DIAG_PACK_H
#define PINDAO_DIAG_PACK_H

#include "diag/diag.h"

/*
 * Diagnostics as bytes, for the cache: what a run said of something that the next one need not look at. Kinds go by
 * name, so that a new row of the table moves none; numbers are in the order of this machine's bytes. Whether an item is
 * known is not packed.
 */

/* Appends; several may stand behind each other. */
void diagnostics_pack(const struct diagnostics *diagnostics, struct buf *buf);

/*
 * Takes what was packed off the front of *rest, into a *ret_diagnostics that is overwritten. Kinds that this version
 * does not have are left out. false when the bytes are something else.
 */
MUST_CHECK bool diagnostics_unpack(struct slice *rest, struct diagnostics *ret_diagnostics);

#endif
