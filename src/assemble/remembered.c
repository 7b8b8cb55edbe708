#include "assemble/remembered.h"

static const uint64_t version = 0x31424F5250445055; /* of the bytes below */

/* Then the hashes, then pairs of places: who joins whom; the others lead. */
struct header {
    uint64_t version, fingerprint;
    uint64_t count, pairs;
};

struct pair {
    uint32_t place, leader;
};

void remembered_release(struct remembered *remembered) {
    free(remembered->hashes);
    free(remembered->leaders);
    *remembered = (struct remembered){0};
}

static bool take_pairs(struct slice bytes, struct remembered *remembered) {
    for (size_t at = 0; at < bytes.size; at += sizeof(struct pair)) {
        struct pair pair;
        memcpy(&pair, bytes.data + at, sizeof pair);
        if (pair.place >= remembered->count || pair.leader >= remembered->count)
            return false;
        remembered->leaders[pair.place] = pair.leader;
    }
    return true;
}

void remembered_read(struct slice bytes, uint64_t fingerprint, struct remembered *ret_remembered) {
    struct header header;
    *ret_remembered = (struct remembered){0};
    if (bytes.size < sizeof header)
        return;
    memcpy(&header, bytes.data, sizeof header);
    struct slice rest = slice_from(bytes, sizeof header);
    if (header.version != version || header.fingerprint != fingerprint || header.count > UINT32_MAX ||
        header.pairs > header.count ||
        rest.size != header.count * sizeof(uint64_t) + header.pairs * sizeof(struct pair))
        return;
    struct remembered remembered = {
        .hashes = memory_new_array(header.count, sizeof *remembered.hashes),
        .leaders = memory_new_array(header.count, sizeof *remembered.leaders),
        .count = header.count,
    };
    size_t size = header.count * sizeof *remembered.hashes;
    if (size)
        memcpy(remembered.hashes, rest.data, size);
    for (size_t i = 0; i < remembered.count; i++)
        remembered.leaders[i] = (uint32_t)i;
    if (!take_pairs(slice_from(rest, size), &remembered)) {
        remembered_release(&remembered);
        return;
    }
    *ret_remembered = remembered;
}

static void append(struct buf *buf, const void *bytes, size_t size) {
    buf_append_slice(buf, (struct slice){bytes, size});
}

void remembered_append(const struct places *places, uint64_t fingerprint, struct buf *buf) {
    struct header header = {.version = version, .fingerprint = fingerprint, .count = places->count};
    for (size_t i = 0; i < places->count; i++)
        header.pairs += places->leaders[i] != i;
    size_t size = places->count * sizeof(uint64_t);
    if (!buf_reserve(buf, sizeof header + size + header.pairs * sizeof(struct pair)))
        return;
    append(buf, &header, sizeof header);
    char *hashes = buf->data + buf->size;
    for (size_t i = 0; i < places->count; i++) {
        uint64_t hash = places_hash_joined(places, i);
        memcpy(hashes + i * sizeof hash, &hash, sizeof hash);
    }
    buf->size += size;
    for (size_t i = 0; i < places->count; i++)
        if (places->leaders[i] != i)
            append(buf, &(struct pair){(uint32_t)i, places->leaders[i]}, sizeof(struct pair));
}

void remembered_take(const struct places *places, struct remembered *ret_remembered) {
    struct remembered remembered = {
        .hashes = memory_new_array(places->count, sizeof *remembered.hashes),
        .leaders = memory_new_array(places->count, sizeof *remembered.leaders),
        .count = places->count,
    };
    for (size_t i = 0; i < places->count; i++) {
        remembered.hashes[i] = places_hash_given(places, i);
        remembered.leaders[i] = places->leaders[i];
    }
    *ret_remembered = remembered;
}

/* --- going on from it --------------------------------------------------------------------------------------- */

/* The same article now and then. Differences of unsigned numbers wrap, and wrap back. */
static size_t place_then(const struct resumption *resumption, const struct places *places, size_t place) {
    return place + resumption->remembered->count - places->count;
}

bool resumption_is_void(const struct resumption *resumption, const struct places *places) {
    return resumption->same_until == 0 && resumption->same_from == places->count;
}

void resumption_make(const struct places *places, struct remembered *remembered, struct resumption *ret_resumption) {
    struct resumption resumption = {.remembered = remembered, .same_from = places->count};
    size_t least = places->count < remembered->count ? places->count : remembered->count;
    size_t until = 0;
    while (until < least && places_hash_given(places, until) == remembered->hashes[until])
        until++;
    while (places->count - resumption.same_from < least &&
           places_hash_given(places, resumption.same_from - 1) ==
               remembered->hashes[place_then(&resumption, places, resumption.same_from - 1)])
        resumption.same_from--;
    /* A leader that stands behind its member may stand at another place now. */
    for (size_t i = 0; i < until; i++)
        if (remembered->leaders[i] >= until && !places_is_bound(places, i))
            until = i;
    resumption.same_until = until;
    free(remembered->hashes);
    remembered->hashes = NULL;
    if (resumption_is_void(&resumption, places)) {
        free(remembered->leaders);
        remembered->leaders = NULL;
    }
    *ret_resumption = resumption;
}

size_t resumption_begin(const struct resumption *resumption, struct places *places) {
    size_t begin = resumption->same_until;
    if (begin < places->count || begin < resumption->remembered->count)
        while (begin > 0 && (begin == places->count || !places_is_boundary(places, begin)))
            begin--;
    for (size_t i = 0; i < begin; i++)
        if (!places_is_bound(places, i))
            places->leaders[i] = resumption->remembered->leaders[i];
    return begin;
}

/* Do all of [first, place) lead, or have leaders that may still be joined, as they did then? */
static bool are_as_then(const struct resumption *resumption, const struct places *places, size_t place, size_t first) {
    for (size_t i = first; i < place; i++) {
        size_t then = place_then(resumption, places, i);
        size_t leader = places->leaders[i];
        size_t leader_then = resumption->remembered->leaders[then];
        bool counts = leader >= first;
        bool counted = leader_then >= place_then(resumption, places, first);
        if (counts != counted || (counts && place_then(resumption, places, leader) != leader_then))
            return false;
    }
    return true;
}

bool resumption_finish(const struct resumption *resumption, struct places *places, size_t place, size_t first) {
    if (first <= resumption->same_from || !are_as_then(resumption, places, place, first))
        return false;
    for (size_t i = place; i < places->count; i++)
        if (!places_is_bound(places, i))
            places->leaders[i] = (uint32_t)(resumption->remembered->leaders[place_then(resumption, places, i)] +
                                            places->count - resumption->remembered->count);
    return true;
}
