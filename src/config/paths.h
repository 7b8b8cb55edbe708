#ifndef PINDAO_CONFIG_PATHS_H
#define PINDAO_CONFIG_PATHS_H

#include "config/fields.h"

/*
 * Paths of channels, and the templates that make them and their titles. A path begins and ends with /, its names have
 * only a-z 0-9 . _ ~ - and do not begin with a dot (neither "..", nor hidden files).
 */

/* A rule's path, in which each taxonomy of each: must stand once as {taxonomy}, and none else. Reports. */
void path_check_template(struct loading *loading, const struct node *node, const struct channel_rule *rule);

/* A rule's title or subtitle: {taxonomy} and {taxonomy.short} only of taxonomies of each:. Reports. */
void title_check_template(struct loading *loading, const struct node *node, const struct channel_rule *rule);

/* A path without templates. false after reporting. */
MUST_CHECK bool path_check(struct loading *loading, const struct node *node);

#endif
