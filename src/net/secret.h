#ifndef PINDAO_NET_SECRET_H
#define PINDAO_NET_SECRET_H

#include "base/buf.h"

/*
 * Secrets stand outside the configuration, which names where:
 *
 *     env:NAME          an environment variable
 *     file:PATH         a file (relative to the configuration's folder), read when it is needed; not readable by others
 *     credential:NAME   a file of this name in $CREDENTIALS_DIRECTORY (systemd's LoadCredential=)
 *
 * One line end at the end is no part of it. Never printed, never in an address or the arguments of a child.
 */
bool secret_is_reference(struct slice reference);
/* Appends the secret. false with a sentence for people in *problem: not set, empty, not readable, several lines, or
 * readable by everybody (file:). */
MUST_CHECK bool secret_read(struct slice reference, const char *folder, struct buf *secret, struct buf *problem);
/* Overwrites and releases. For CLEANUP. */
void secret_release(struct buf *secret);

#endif
