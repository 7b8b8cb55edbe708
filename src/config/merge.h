#ifndef PINDAO_CONFIG_MERGE_H
#define PINDAO_CONFIG_MERGE_H

#include "config/fields.h"

/*
 * The taxonomies: of feeds.yaml and its includes as one mapping of taxonomies. A taxonomy may be spread over files;
 * each of its keys, and each term, is said in one place only: a second one is reported with both, and left out.
 */
const struct node *taxonomies_merge(struct loading *loading, const struct node *const *parts, size_t count);

#endif
