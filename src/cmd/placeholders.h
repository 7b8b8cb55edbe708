#ifndef PINDAO_CMD_PLACEHOLDERS_H
#define PINDAO_CMD_PLACEHOLDERS_H

#include "config/config.h"

/*
 * Addresses that stand in examples only (RFC 2606, RFC 6761), or lead to this machine: feeds that name them would be
 * subscribed to by nobody, and their ids and links cannot be taken back. site.url and each target's url are looked at.
 * This machine's are fine for targets with allow_private. false after reporting (publish-placeholder).
 */
MUST_CHECK bool placeholders_check(const struct settings *settings, struct slice config,
                                   struct diagnostics *diagnostics);

#endif
