#include "cmd/spliced.h"

#include "base/file.h"

/* In the cache: the hash of the feed, then for each entry: */
struct noted {
    uint64_t signature;
    uint32_t offset, size;
};

void spliced_append_name(struct slice path, struct buf *name) {
    buf_append_string(name, "entries/");
    buf_append_slice(name, path);
}

static uint64_t hash_of(struct slice bytes) {
    return hash64(bytes) + bytes.size;
}

void spliced_add(struct spliced *spliced, struct cache *cache, const struct output *output, struct slice path,
                 uint32_t format) {
    CLEANUP(buf_release) struct buf name = BUF(8192);
    CLEANUP(buf_release) struct buf row = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    uint64_t hash = 0;
    spliced_append_name(path, &name);
    if (spliced->files.count == SPLICED_FILES_MOST || name.failed || !cache_get(cache, buf_string(&name), &row) ||
        row.size < sizeof hash || (row.size - sizeof hash) % sizeof(struct noted) ||
        !output_read_old(output, path, &bytes))
        return;
    memcpy(&hash, row.data, sizeof hash);
    if (hash != hash_of(buf_slice(&bytes)))
        return;
    int file = output_open_old(output, path);
    if (file < 0)
        return;
    vec_push(&spliced->files, file);
    for (size_t at = sizeof hash; at < row.size; at += sizeof(struct noted)) {
        struct noted noted;
        memcpy(&noted, row.data + at, sizeof noted);
        if ((uint64_t)noted.offset + noted.size <= bytes.size)
            vec_push(&spliced->pieces,
                     (struct spliced_piece){noted.signature, format, (uint32_t)(spliced->files.count - 1), noted.offset,
                                            noted.size});
    }
}

static int by_signature(const void *left, const void *right) {
    const struct spliced_piece *a = left;
    const struct spliced_piece *b = right;
    if (a->signature != b->signature)
        return a->signature < b->signature ? -1 : 1;
    return (a->format > b->format) - (a->format < b->format);
}

void spliced_sort(struct spliced *spliced) {
    if (spliced->pieces.count)
        qsort(spliced->pieces.items, spliced->pieces.count, sizeof *spliced->pieces.items, by_signature);
}

void spliced_release(struct spliced *spliced) {
    for (size_t i = 0; i < spliced->files.count; i++)
        file_close(&spliced->files.items[i]);
    vec_release(&spliced->files);
    vec_release(&spliced->pieces);
}

const struct spliced_piece *spliced_find(const struct spliced *spliced, uint64_t signature, uint32_t format) {
    const struct spliced_piece wanted = {.signature = signature, .format = format};
    if (spliced->pieces.count == 0)
        return NULL;
    return bsearch(&wanted, spliced->pieces.items, spliced->pieces.count, sizeof wanted, by_signature);
}

/* Where the entry stands from `at` on; the feed's size when it does not. Its beginning is looked for: long ones take
 * long to prepare for. */
static size_t find_entry(struct slice feed, struct slice entry, size_t at) {
    enum { BEGINNING = 48 };
    struct slice beginning = slice_range(entry, 0, entry.size < BEGINNING ? entry.size : BEGINNING);
    for (;; at++) {
        at = slice_find(feed, beginning, at);
        if (at == feed.size || slice_starts_with(slice_from(feed, at), entry))
            return at;
    }
}

void spliced_describe(struct slice feed, const struct slice *entries, const uint64_t *signatures, size_t count,
                      struct buf *buf) {
    uint64_t hash = hash_of(feed);
    size_t at = 0;
    buf_append_slice(buf, (struct slice){(const char *)&hash, sizeof hash});
    for (size_t i = 0; i < count; i++) {
        /* A feed has its entries as they are, one behind the other. */
        size_t found = find_entry(feed, entries[i], at);
        if (found == feed.size || found > UINT32_MAX)
            return;
        at = found + entries[i].size;
        struct noted noted = {signatures[i], (uint32_t)found, (uint32_t)entries[i].size};
        if (signatures[i])
            buf_append_slice(buf, (struct slice){(const char *)&noted, sizeof noted});
    }
}
