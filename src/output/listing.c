#include "output/listing.h"

#include "base/file.h"
#include "base/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

enum { MANIFEST_MOST = 1 << 30 };

struct listing {
    int parent;
    const char *folder;
    pthread_mutex_t mutex;
    /* Set, under the mutex, when all that belongs to them is. */
    atomic_bool is_loaded, is_parsed;
    /* Loaded. */
    struct buf bytes; /* until they are parsed */
    uint64_t hash;
    int error; /* errno of reading; 0: read */
    bool lacks_manifest;
    /* Parsed. */
    enum listing_state state;
    const char *why;
    struct arena arena;
    struct tree tree;
    /* By the hash of the path, open addressing: 1 + a place in the tree's files; 0: empty. At most half full. */
    uint32_t *slots;
    size_t capacity;
};

struct listing *listing_new(int parent, const char *folder) {
    struct listing *listing = memory_new(sizeof *listing);
    listing->parent = parent;
    listing->folder = folder;
    listing->bytes = BUF(MANIFEST_MOST);
    pthread_mutex_init(&listing->mutex, NULL);
    return listing;
}

void listing_free(struct listing *listing) {
    if (!listing)
        return;
    buf_release(&listing->bytes);
    tree_release(&listing->tree);
    free(listing->slots);
    arena_release(&listing->arena);
    pthread_mutex_destroy(&listing->mutex);
    free(listing);
}

static void load_locked(struct listing *listing) {
    if (atomic_load(&listing->is_loaded))
        return;
    CLEANUP(file_close)
    int root = openat(listing->parent, listing->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (root < 0 || !walk_read_path(root, SLICE(MANIFEST_NAME), &listing->bytes)) {
        listing->error = errno;
        listing->lacks_manifest = root >= 0 && errno == ENOENT;
        buf_clear(&listing->bytes);
    } else {
        listing->hash = hash64(buf_slice(&listing->bytes));
    }
    atomic_store(&listing->is_loaded, true);
}

static enum listing_state parse(struct listing *listing) {
    if (listing->error) {
        listing->why = strerror(listing->error);
        return listing->error == ENOENT ? LISTING_NONE : LISTING_DAMAGED;
    }
    switch (manifest_read(buf_slice(&listing->bytes), &listing->arena, &listing->tree, &listing->why)) {
    case MANIFEST_READ:
        return LISTING_READ;
    case MANIFEST_SOMEBODYS:
        return LISTING_SOMEBODYS;
    case MANIFEST_DAMAGED:
        break;
    }
    return LISTING_DAMAGED;
}

/* The slot of that path, or the empty one where it would go. */
static uint32_t *find_slot(const struct listing *listing, struct slice path) {
    size_t at = hash64(path) & (listing->capacity - 1);
    while (listing->slots[at] && !slice_equal(listing->tree.files.items[listing->slots[at] - 1].path, path))
        at = (at + 1) & (listing->capacity - 1);
    return &listing->slots[at];
}

static void index_paths(struct listing *listing) {
    listing->capacity = 2;
    while (listing->capacity < listing->tree.files.count * 2)
        listing->capacity *= 2;
    listing->slots = memory_new_array(listing->capacity, sizeof *listing->slots);
    for (size_t i = 0; i < listing->tree.files.count; i++)
        *find_slot(listing, listing->tree.files.items[i].path) = (uint32_t)i + 1;
}

static void load(struct listing *listing) {
    if (atomic_load(&listing->is_loaded))
        return;
    pthread_mutex_lock(&listing->mutex);
    load_locked(listing);
    pthread_mutex_unlock(&listing->mutex);
}

static void need(struct listing *listing) {
    if (atomic_load(&listing->is_parsed))
        return;
    pthread_mutex_lock(&listing->mutex);
    load_locked(listing);
    if (!atomic_load(&listing->is_parsed)) {
        listing->state = parse(listing);
        buf_release(&listing->bytes);
        index_paths(listing);
        atomic_store(&listing->is_parsed, true);
    }
    pthread_mutex_unlock(&listing->mutex);
}

enum listing_state listing_state(struct listing *listing) {
    need(listing);
    return listing->state;
}

const char *listing_why(struct listing *listing) {
    need(listing);
    return listing->why;
}

bool listing_lacks_manifest(struct listing *listing) {
    load(listing);
    return listing->lacks_manifest;
}

const struct tree *listing_tree(struct listing *listing) {
    need(listing);
    return &listing->tree;
}

const struct tree_file *listing_find(struct listing *listing, struct slice path) {
    need(listing);
    uint32_t number = *find_slot(listing, path);
    return number ? &listing->tree.files.items[number - 1] : NULL;
}

uint64_t listing_hash(struct listing *listing) {
    load(listing);
    return listing->hash;
}

bool listing_holds(struct listing *listing, struct slice bytes) {
    load(listing);
    CLEANUP(file_close)
    int root = openat(listing->parent, listing->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    CLEANUP(file_close)
    int file = root < 0 ? -1 : openat(root, MANIFEST_NAME, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    return listing->error == 0 && listing->hash == hash64(bytes) && file >= 0 && walk_holds(file, bytes);
}
