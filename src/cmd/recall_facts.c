#include "cmd/recall_parts.h"

#include "cmd/fingerprints.h"
#include "diag/pack.h"

static const char texts_name[] = "texts";
enum { BUCKETS = 1024 };

/* --- pieces -------------------------------------------------------------------------------------------------- */

struct slice recall_copy_packed(struct slice packed) {
    char *copy = memory_new(packed.size);
    memcpy(copy, packed.data, packed.size);
    return (struct slice){copy, packed.size};
}

void corpus_piece_release(struct corpus_piece *piece) {
    vec_release(&piece->runs.runs);
    vec_release(&piece->named.items);
    vec_release(&piece->aliases);
    if (piece->diagnostics)
        diagnostics_release(piece->diagnostics);
    free(piece->diagnostics);
    free((char *)(uintptr_t)piece->packed.data);
    *piece = (struct corpus_piece){0};
}

/* Most sources have no articles with an id and an address: they need no list. */
void recall_note_alias(struct corpus_piece *piece, uint64_t alias) {
    if (alias)
        while (piece->aliases.count < piece->records)
            vec_push(&piece->aliases, 0);
    if (alias || piece->aliases.count)
        vec_push(&piece->aliases, alias);
    piece->records++;
}

void recall_note_piece(struct corpus_piece *piece) {
    CLEANUP(buf_release) struct buf packed = BUF(BUF_UNLIMITED);
    if (!piece->diagnostics)
        return;
    piece->is_unread = piece->diagnostics->per_id[DIAGNOSTIC_SOURCE_UNREADABLE] ||
                       piece->diagnostics->per_id[DIAGNOSTIC_SOURCE_CHANGED];
    diagnostics_pack(piece->diagnostics, &packed);
    piece->packed = recall_copy_packed(buf_slice(&packed));
}

/* --- bytes -------------------------------------------------------------------------------------------------- */

void recall_append(struct buf *buf, const void *bytes, size_t size) {
    buf_append_slice(buf, (struct slice){bytes, size});
}

bool recall_take_bytes(struct slice *rest, void *ret_bytes, size_t size) {
    if (rest->size < size)
        return false;
    memcpy(ret_bytes, rest->data, size);
    *rest = slice_from(*rest, size);
    return true;
}

bool recall_take_slice(struct slice *rest, size_t size, struct slice *ret_slice) {
    if (rest->size < size)
        return false;
    *ret_slice = slice_range(*rest, 0, size);
    *rest = slice_from(*rest, size);
    return true;
}

bool recall_take_piece(struct slice *rest, struct stored_piece *ret_piece) {
    struct stored_piece piece;
    if (!recall_take_bytes(rest, &piece.facts, sizeof piece.facts) ||
        !recall_take_slice(rest, piece.facts.path_size, &piece.path) ||
        !recall_take_slice(rest, piece.facts.diagnostics_size, &piece.diagnostics) ||
        !recall_take_slice(rest, piece.facts.has_aliases ? piece.facts.records * sizeof(uint64_t) : 0, &piece.aliases))
        return false;
    *ret_piece = piece;
    return true;
}

uint64_t recall_alias_at(const struct stored_piece *piece, size_t record) {
    uint64_t alias = 0;
    if (piece->aliases.size)
        memcpy(&alias, piece->aliases.data + record * sizeof alias, sizeof alias);
    return alias;
}

static int by_number(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* --- corrections that are others than they were -------------------------------------------------------------- */

struct corrected {
    uint64_t name, correction;
};

static int by_name(const void *left, const void *right) {
    int order = by_number(&((const struct corrected *)left)->name, &((const struct corrected *)right)->name);
    return order ? order
                 : by_number(&((const struct corrected *)left)->correction,
                             &((const struct corrected *)right)->correction);
}

/* What each name is told, as bytes to be compared and kept. */
void recall_list_corrected(const struct corpus *corpus, struct buf *buf) {
    VEC(struct corrected) list = {0};
    const struct corrections *corrections = &corpus->settings->corrections;
    for (size_t i = 0; i < corrections->count; i++) {
        const struct correction *correction = &corrections->items[i];
        const struct name_keys *keys = &correction->name.keys;
        const uint64_t said = fingerprint_of_correction(correction);
        for (size_t k = 0; k < keys->count; k++)
            vec_push(&list, (struct corrected){hash128(keys->keys[k]).low, said});
        /* Pages have the other half of the hash. */
        if (keys->has_page)
            vec_push(&list, (struct corrected){keys->page.high, said});
    }
    if (list.count) {
        qsort(list.items, list.count, sizeof *list.items, by_name);
        recall_append(buf, list.items, list.count * sizeof *list.items);
    }
    vec_release(&list);
}

void recall_compare_corrections(struct recall *recall) {
    CLEANUP(buf_release) struct buf now = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf then = BUF(BUF_UNLIMITED);
    recall_list_corrected(recall->corpus, &now);
    if (!cache_get(recall->corpus->cache, RECALL_CORRECTIONS, &then))
        buf_clear(&then);
    size_t now_count = now.size / sizeof(struct corrected);
    size_t then_count = then.size / sizeof(struct corrected);
    for (size_t i = 0, k = 0; i < now_count || k < then_count;) {
        struct corrected a = {0};
        struct corrected b = {0};
        if (i < now_count)
            memcpy(&a, now.data + i * sizeof a, sizeof a);
        if (k < then_count)
            memcpy(&b, then.data + k * sizeof b, sizeof b);
        int order = i == now_count ? 1 : k == then_count ? -1 : by_name(&a, &b);
        if (order)
            vec_push(&recall->changed, order < 0 ? a.name : b.name);
        i += order <= 0;
        k += order >= 0;
    }
    if (recall->changed.count)
        qsort(recall->changed.items, recall->changed.count, sizeof *recall->changed.items, by_number);
}

bool recall_is_changed(const struct recall *recall, uint64_t name) {
    return name && bsearch(&name, recall->changed.items, recall->changed.count, sizeof name, by_number);
}

/* --- texts of spooled files ---------------------------------------------------------------------------------- */

struct text_facts {
    struct file_identity identity;
    uint64_t variant; /* of the text that is made of these bytes */
    uint64_t size, invalid;
    uint32_t invalid_line;
    uint8_t damaged, unused[3];
    uint32_t path_size;
    uint32_t unused_too;
};

/* Lines of a feed are ours, so another version makes others; which of two dates is the later one depends on the zone.
 */
static uint64_t text_variant(const struct recall *recall, const struct ingest_file *file) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    buf_append_slice(&buf, file->source->encoding);
    if (file->reader->is_feed) {
        buf_append_string(&buf, " feed " PINDAO_VERSION " ");
        buf_append_slice(&buf, recall->corpus->plan.settings->site.timezone);
    }
    return hash64(buf_slice(&buf));
}

bool recall_text(void *context, const struct ingest_file *file, struct ingest_text *text, uint64_t *ret_size) {
    const struct recall *recall = context;
    CLEANUP(buf_release) struct buf stored = BUF(BUF_UNLIMITED);
    if (!cache_get(recall->corpus->cache, texts_name, &stored))
        return false;
    struct slice rest = buf_slice(&stored);
    struct text_facts facts;
    struct slice path;
    while (recall_take_bytes(&rest, &facts, sizeof facts) && recall_take_slice(&rest, facts.path_size, &path)) {
        if (!slice_equal(path, slice_of(file->path)))
            continue;
        if (!file_identity_equal(&facts.identity, &file->identity) || facts.variant != text_variant(recall, file))
            return false;
        text->damaged = facts.damaged;
        text->invalid = facts.invalid;
        text->invalid_line = facts.invalid_line;
        *ret_size = facts.size;
        return true;
    }
    return false;
}

void recall_remember_texts(const struct recall *recall) {
    CLEANUP(buf_release) struct buf stored = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf before = BUF(BUF_UNLIMITED);
    const struct ingest_plan *plan = &recall->corpus->plan;
    for (size_t i = 0; i < plan->files.count; i++) {
        const struct ingest_file *file = &plan->files.items[i];
        if (!file->text || !file_is_settled(&file->identity, plan->looked))
            continue;
        struct text_facts facts = {
            .identity = file->identity,
            .variant = text_variant(recall, file),
            .size = file->size,
            .invalid = file->text->invalid,
            .invalid_line = file->text->invalid_line,
            .damaged = file->text->damaged,
            .path_size = (uint32_t)strlen(file->path),
        };
        recall_append(&stored, &facts, sizeof facts);
        buf_append_string(&stored, file->path);
    }
    if (!cache_get(recall->corpus->cache, texts_name, &before))
        buf_clear(&before);
    if (!slice_equal(buf_slice(&stored), buf_slice(&before)))
        cache_set(recall->corpus->cache, texts_name, buf_slice(&stored));
}

/* --- where a piece is kept ------------------------------------------------------------------------------------ */

struct home recall_home_of(const struct recall *recall, size_t number) {
    const struct ingest_plan *plan = &recall->corpus->plan;
    const struct ingest_file *file = &plan->files.items[plan->pieces.items[number].file];
    uint64_t hash = hash64(slice_of(file->path));
    struct home home = {.bucket = hash % BUCKETS, .piece = (uint32_t)number};
    if (file->piece_count > 1) {
        home.bucket = hash | (uint64_t)1 << 63;
        home.part = (uint32_t)(number - file->first_piece);
    }
    return home;
}
