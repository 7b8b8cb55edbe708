#ifndef PINDAO_MODEL_RECORD_H
#define PINDAO_MODEL_RECORD_H

#include "base/hash.h"
#include "model/article.h"

/*
 * The index: one record an article, all that selection needs. Kept at 64 bytes, for memory follows it.
 * Records stand in source order: sources as configured, files by path, articles as they stand.
 */
struct record {
    struct hash128 key; /* of the article's key (assemble/key.h) */
    int64_t date;       /* seconds */
    int64_t updated;    /* seconds; INT64_MIN: none of its own */
    struct location location;
    uint32_t content_hash; /* low half of hash64 of the bytes at location: has the file changed since? */
    uint32_t labels;       /* number of its set in the label table */
    uint32_t text_bytes;   /* of its cleaned body where that is shown in full, else 0: what max_bytes counts */
    uint32_t derived : 1;  /* its key is doc/…, made of day and title */
    uint32_t withdrawn : 1;
    uint32_t taken_back : 1;      /* withdrawn by people, not by its source: its copies are not shown either */
    uint32_t held : 1;            /* until it is released: a word of hold: stands in it */
    uint32_t known : 1;           /* an earlier run has had an article of its key: it may have been published */
    uint32_t without_address : 1; /* the article has no URL of its own */
};
/* The next number whenever a record says more than before, or something else: those in caches are then not believed. */
enum { RECORD_MEANING = 2 };
_Static_assert(sizeof(struct record) == 64, "the index is promised at 64 bytes an article");

#endif
