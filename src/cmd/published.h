#ifndef PINDAO_CMD_PUBLISHED_H
#define PINDAO_CMD_PUBLISHED_H

#include "base/hash.h"
#include "cmd/options.h"
#include "config/config.h"

/*
 * What is known here of the targets of `publish:`, published.jsonl in the state folder, a line for each. It only saves
 * time: without it the next run asks every target, and compares.
 */
struct published {
    struct slice name;
    uint64_t settings;         /* fingerprint of the target's: another bucket has not been published to */
    struct slice manifest;     /* hex SHA-256 of the last one that was published whole; empty: none */
    int64_t at;                /* when that was; 0: never */
    int64_t failed_at;         /* when it last failed, if that was since; else 0 */
    unsigned verifications;    /* how often `changed` has been looked for in vain */
    VEC(struct slice) changed; /* published, but not seen at its address yet: hubs are not told before that */
    VEC(struct slice)
    withdrawn;              /* paths that went with withdrawn articles, or showed them: they, or variants of them,
                               may be there still */
    size_t withdrawn_gone;  /* the first so many of them: this run has deleted them */
    VEC(struct slice) said; /* names of the diagnostics that the last run had: `build` says each once */
};

struct published_list {
    struct arena arena; /* of all strings */
    VEC(struct published) items;
};
/* For every target of the settings, in their order; zeroed but for the name where nothing is known. */
void published_read(const char *state_folder, const struct settings *settings, struct published_list *ret_list);
/*
 * The line of the settings' target of that number. The others stay as they are in the file, and so do withdrawn paths
 * that a build has noted since it was read: runs that publish do not keep builds waiting, nor each other. What cannot
 * be written costs time only. `said_only` where another run is publishing there, which knows the rest better.
 */
void published_write(const char *state_folder, const struct settings *settings, size_t number,
                     const struct published *published, bool said_only);
/*
 * Before anything is changed there: from now on nothing is known of what the target holds. A run that is killed leaves
 * it so, and were the tree rolled back then, the target would have to be asked.
 */
void published_begin(const char *state_folder, const struct settings *settings, size_t number);
void published_list_release(struct published_list *list);

/* Before a build puts a tree in place that these paths were taken out of, or changed in, because of withdrawals. */
void published_note_withdrawn(const char *state_folder, const struct settings *settings, const struct slice *paths,
                              size_t count);

/* Does the target hold what has this manifest, with nothing left to do? */
bool published_is_settled(const struct published *published, struct slice manifest_hash);

enum { VERIFICATIONS_MOST = 6 /* runs; then hubs are told though nothing was seen */ };

#endif
