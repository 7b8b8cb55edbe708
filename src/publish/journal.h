#ifndef PINDAO_PUBLISH_JOURNAL_H
#define PINDAO_PUBLISH_JOURNAL_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/vec.h"

/*
 * publish-NAME.journal in the state folder: what this machine has done at a place since a run began there, so that a
 * killed first publish of 10,000 files goes on where it was. The first line lists the SHA-256 of the manifests that the
 * run writes there, and of that which it found where it came behind a run that was killed: while the place has one of
 * them, no other run has changed anything, and the lines hold. Then a line for each file, "SHA256 PATH" for one that is
 * there, "- PATH" for one that was deleted, the last one of a path counting. Each is appended in one write; one without
 * its end is none.
 *
 * It saves time, and tells whoever comes behind a killed run what that run had changed (hubs, caches). Nothing depends
 * on it: without it, what the manifest has as pending is uploaded again.
 */
struct journal_entry {
    struct slice path;
    struct sha256 hash;
    bool is_deleted;
};

struct journal {
    struct arena arena;
    VEC(struct journal_entry) entries; /* each path once */
    struct map paths;                  /* → place among entries */
    const char *path;
    int file; /* open for appending, or -1 */
};

/* What it says of a place that has this manifest; no entries where that is nothing, or there is no journal. */
void journal_read(const char *path, const struct sha256 *remote, struct journal *ret_journal);
void journal_release(struct journal *journal);

/* NULL: nothing is known of the path. */
const struct journal_entry *journal_find(const struct journal *journal, struct slice path);

/* Writes it anew, with the entries that it has, for a place that will have one of these manifests; then it is open.
 * false with errno where it cannot be written: then it is kept in memory only. */
MUST_CHECK bool journal_begin(struct journal *journal, const struct sha256 *manifests, size_t count);
/* Not thread-safe. `hash` NULL: deleted. */
void journal_add(struct journal *journal, struct slice path, const struct sha256 *hash);
/* The place holds the tree. */
void journal_remove(struct journal *journal);

#endif
