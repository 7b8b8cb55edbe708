#ifndef PINDAO_PUBLISH_COMMAND_H
#define PINDAO_PUBLISH_COMMAND_H

#include "publish/publish.h"

/*
 * A target of the kind `command:` (command_publish, publish/place.h) is no place of which we know what it holds: what
 * was published last is known by a copy of its manifest, published-NAME.json in the state folder, which is written when
 * the command has ended well; before it is run, with what it is about to change as pending (model/tree.h).
 *
 * The command is run in the configuration's folder. Its standard input has a line for each change, sorted by path,
 * "+ PATH" for files that are new or different (all of them, where nothing is known), "+ manifest.json", then "- PATH"
 * for those that are gone, be it that only a command that failed has heard of them. Environment: PINDAO_TREE (a folder,
 * absolute; publish/snapshot.h), PINDAO_MANIFEST (its manifest.json), PINDAO_TARGET (the target's name).
 *
 * What `purge:` says, after something was published to a target of any kind: it gets the same lines with addresses in
 * place of paths. outcome->said is what it says. false after reporting (purge-failed).
 */
bool command_purge(const struct publish_order *order, struct diagnostics *diagnostics, struct publish_outcome *outcome);

#endif
