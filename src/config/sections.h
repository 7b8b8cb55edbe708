#ifndef PINDAO_CONFIG_SECTIONS_H
#define PINDAO_CONFIG_SECTIONS_H

#include "config/fields.h"

/*
 * The parts of feeds.yaml, a file each. All report what they find and go on; in this order, because later ones name
 * taxonomies and fall back on what earlier ones said. Nodes may be NULL where the key is missing.
 */
/* Every text and key of the tree through the choke point (text/choke.h), with a warning where it repaired something. */
void nodes_choke(struct loading *loading, struct node *root);

void site_read(struct loading *loading, const struct node *node);

/* `parts`: the taxonomies: mappings of feeds.yaml and its includes, in order. */
void taxonomies_read(struct loading *loading, const struct node *const *parts, size_t count);

void sources_read(struct loading *loading, const struct node *node);

/* What output: says for every channel that does not say it itself. */
struct head_defaults {
    unsigned items;
    unsigned days;
    uint64_t max_bytes;
};
void output_read(struct loading *loading, const struct node *node, struct head_defaults *ret_defaults);
/*
 * The files of the folder `name` that `node`, the value of output: {templates: …}, is; NULL: of the usual one, if it is
 * there. What they are to be is for render/templates.h to say; here, that they are text, and that their names are
 * known.
 */
void templates_read(struct loading *loading, struct slice name, const struct node *node);
void channels_read(struct loading *loading, const struct node *node, const struct head_defaults *defaults);
void retired_read(struct loading *loading, const struct node *const *parts, size_t count);

/* `root` of corrections.yaml, and what stands under hold:. */
void corrections_read(struct loading *loading, const struct node *root);
void hold_read(struct loading *loading, const struct node *node);

/*
 * Messages show the line that they are about: not where a secret stands on it, under a key that is misspelled or beside
 * another mistake. `item`: of sources: or publish:, site:, or the whole file, before anything is said of it.
 */
void secrets_hide(struct node *item);
/* Has it a user, and maybe a password, before its host? */
bool address_has_user(struct slice url);

/* The list of publish:; behind site_read, whose url is that of targets that say none. */
void publish_read(struct loading *loading, const struct node *node);

/* duplicates: a mapping, or yes or no. */
void duplicates_read(struct loading *loading, const struct node *node);
/* Of a source: `no`. Anything but yes and no is reported and counts as yes. NULL is yes. */
bool says_no(struct loading *loading, const struct node *node);

/* Labels as defaults: and corrections give them, kept by the ids of their terms: `putuo`, `[+putuo, -pudong]`, `[]`. */
struct label_list {
    VEC(struct label) items;
};
void labels_read(struct loading *loading, const struct taxonomy *taxonomy, const struct node *node,
                 struct label_list *labels);

/* Ids of taxonomies and terms stand in paths and never change: [a-z0-9][a-z0-9-]*. */
bool config_id_is_valid(struct slice id);

/* A taxonomy by id, a term by id, label or short. NULL, TERM_NONE after reporting, with the nearest as hint. */
const struct taxonomy *taxonomy_wanted(struct loading *loading, const struct node *node, struct slice id);
uint16_t term_wanted(struct loading *loading, const struct taxonomy *taxonomy, const struct node *node,
                     struct slice name);

extern const struct key_table site_table, source_table, fields_table, defaults_table, taxonomy_table, followed_by_table,
    score_table, spread_table, term_table, word_table, output_table, channel_table, condition_table, retired_table,
    correction_table, duplicates_table, publish_table, configuration_table, included_table;

#endif
