#ifndef PINDAO_MODEL_SETTINGS_H
#define PINDAO_MODEL_SETTINGS_H

#include "base/arena.h"
#include "model/channel.h"
#include "model/corrections.h"
#include "model/publish.h"
#include "model/site.h"
#include "model/source.h"

/* Everything feeds.yaml says, checked and complete. Owns (by its arena) all that its members point to. */
enum { FORMATS_MOST = 8 };

/* A file of the user's folder of templates, which takes the place of the shipped one of that name. */
struct template_file {
    struct slice name; /* "channel.html" */
    struct slice file; /* for messages */
    struct slice text;
};

struct output_settings {
    struct slice directory;             /* relative to the configuration's folder unless absolute */
    struct slice formats[FORMATS_MOST]; /* names from render/format.h, in the order given */
    size_t format_count;
    struct slice copied_folder;                      /* static: a folder copied into the tree; empty: none */
    struct word_place directory_place, copied_place; /* for messages; without a line where nothing was written */
    const struct template_file *templates;           /* the user's; by name */
    size_t template_count;
};

/* duplicates: when two articles are copies of one text. */
struct duplicates_settings {
    bool wanted;
    unsigned days;      /* how much later than the first one a copy may be dated */
    double containment; /* how much of the shorter one must stand in the longer one */
};

struct retired_term {
    struct slice taxonomy;
    struct slice term;
};

struct settings {
    struct arena arena;
    const char *folder;       /* of feeds.yaml: what relative paths start from */
    const char *const *files; /* all that was read: feeds.yaml, includes, templates, corrections */
    size_t file_count;
    uint64_t files_hash; /* of their names and bytes, as they were read */
    struct site site;
    const struct source *sources;
    size_t source_count;
    struct taxonomies taxonomies;
    const struct channel_rule *channels;
    size_t channel_count;
    struct output_settings output;
    struct corrections corrections;
    struct duplicates_settings duplicates;
    const char *history;             /* the file (store/history.h), as messages show it; no source reads it */
    const char *kept_folder;         /* "upstream" beside the history: of the files that sources with a url have */
    struct word_place history_place; /* for messages; without a line where nothing was written */
    const struct publish_target *targets;
    size_t target_count;
    const struct retired_term *retired; /* terms that once made paths */
    size_t retired_count;
    const struct slice *retired_paths; /* retired: {paths: […]} */
    size_t retired_path_count;
};

#endif
