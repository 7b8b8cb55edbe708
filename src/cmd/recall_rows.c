#include "cmd/recall_parts.h"

static int by_home(const void *left, const void *right) {
    const struct home *a = left;
    const struct home *b = right;
    if (a->bucket != b->bucket)
        return a->bucket < b->bucket ? -1 : 1;
    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    return (a->piece > b->piece) - (a->piece < b->piece);
}

/* --- out ----------------------------------------------------------------------------------------------------- */

/* A row while it is being made. */
struct new_row {
    struct recall *recall;
    struct map set_numbers; /* by the bytes of a set: its number in the row, plus 1 */
    VEC(uint32_t) sets;     /* in the corpus' table */
    struct buf facts, records, sketches;
    struct sketch_reader reader;
    struct buf old; /* aliases of the pieces that were recalled, as the row had them */
};

static void new_row_release(struct new_row *row) {
    map_release(&row->set_numbers);
    vec_release(&row->sets);
    buf_release(&row->facts);
    buf_release(&row->records);
    buf_release(&row->sketches);
    buf_release(&row->old);
    sketch_reader_release(&row->reader);
}

static uint32_t set_number(struct new_row *row, uint32_t labels) {
    const struct label_table *table = &row->recall->corpus->labels;
    struct slice bits = {(const char *)label_table_set(table, labels), table->words * sizeof(uint64_t)};
    uint64_t number = map_get(&row->set_numbers, bits, UINT64_MAX);
    if (number != UINT64_MAX)
        return (uint32_t)number;
    map_set(&row->set_numbers, bits, row->sets.count);
    vec_push(&row->sets, labels);
    return (uint32_t)(row->sets.count - 1);
}

/* Where an article stands among records, and what it is worth among others, is of this run only. */
static size_t add_records(struct new_row *row, const struct corpus_piece *piece) {
    const struct index *index = &row->recall->corpus->index;
    size_t count = 0;
    for (size_t run = 0; run < piece->runs.runs.count; run++)
        for (uint32_t i = 0; i < piece->runs.runs.items[run].count; i++, count++) {
            uint32_t number = piece->runs.runs.items[run].first + i;
            struct record record = *index_record(index, number);
            record.location.file = 0;
            record.labels = set_number(row, record.labels);
            record.known = 0;
            recall_append(&row->records, &record, sizeof record);
            if (!index->sketched)
                continue;
            recall_append(&row->sketches, sketches_at(&index->sketches, &row->reader, number), sizeof(struct sketch));
        }
    return count;
}

/* What the old row says of a piece that was recalled from it. */
static struct slice old_aliases(const struct new_row *row, struct slice path, uint64_t begin, uint64_t source) {
    struct slice facts = buf_slice(&row->old);
    uint32_t head[2];
    struct slice sets;
    struct stored_piece stored;
    if (!recall_take_bytes(&facts, head, sizeof head) ||
        !recall_take_slice(&facts, (size_t)head[0] * head[1] * sizeof(uint64_t), &sets))
        return (struct slice){0};
    while (facts.size && recall_take_piece(&facts, &stored))
        if (stored.facts.begin == begin && stored.facts.source == source && slice_equal(stored.path, path))
            return stored.aliases;
    return (struct slice){0};
}

static struct slice aliases_of(const struct new_row *row, const struct corpus_piece *piece, struct slice path,
                               uint64_t begin, uint64_t source) {
    if (piece->recalled)
        return old_aliases(row, path, begin, source);
    return (struct slice){(const char *)piece->aliases.items, piece->aliases.count * sizeof(uint64_t)};
}

static void add_piece(struct new_row *row, uint32_t number) {
    struct recall *recall = row->recall;
    const struct ingest_plan *plan = &recall->corpus->plan;
    const struct ingest_piece *range = &plan->pieces.items[number];
    const struct ingest_file *file = &plan->files.items[range->file];
    const struct corpus_piece *piece = &recall->pieces[number];
    struct slice path = slice_of(file->path);
    uint64_t source = recall->source_fingerprints[file->source - recall->corpus->settings->sources];
    struct slice aliases = aliases_of(row, piece, path, range->begin, source);
    struct piece_facts facts = {
        .identity = file->identity,
        .source = source,
        .fingerprint = recall->fingerprint,
        .begin = range->begin,
        .end = range->end,
        .path_size = (uint32_t)path.size,
        .diagnostics_size = (uint32_t)piece->packed.size,
        .records = (uint32_t)add_records(row, piece),
        .refused = (uint32_t)piece->result.refused,
        .lines = piece->result.lines,
        .is_closed = piece->result.is_closed,
        .is_settled = file_is_settled(&file->identity, plan->looked) && !piece->is_first_seen && !piece->is_unread,
        .refuses_by_text = piece->refuses_by_text,
    };
    facts.has_aliases = aliases.size && aliases.size == facts.records * sizeof(uint64_t);
    recall_append(&row->facts, &facts, sizeof facts);
    buf_append_slice(&row->facts, path);
    buf_append_slice(&row->facts, piece->packed);
    if (facts.has_aliases)
        buf_append_slice(&row->facts, aliases);
}

static void keep_facts(void *context, const struct cache_pack *pack) {
    buf_append_slice(context, pack->blobs[CACHE_FACTS]);
}

/* The pieces [0, count) of one home. */
static void write_row(struct recall *recall, const struct home *homes, size_t count) {
    const struct label_table *labels = &recall->corpus->labels;
    struct cache *cache = recall->corpus->cache;
    struct new_row row = {.recall = recall};
    CLEANUP(buf_release) struct buf facts = BUF(BUF_UNLIMITED);
    row.facts = row.records = row.sketches = row.old = BUF(BUF_UNLIMITED);
    cache_get_pack(cache, homes->bucket, homes->part, keep_facts, &row.old);
    for (size_t i = 0; i < count; i++)
        add_piece(&row, homes[i].piece);
    uint32_t head[2] = {(uint32_t)row.sets.count, (uint32_t)labels->words};
    recall_append(&facts, head, sizeof head);
    for (size_t i = 0; i < row.sets.count; i++)
        recall_append(&facts, label_table_set(labels, row.sets.items[i]), labels->words * sizeof(uint64_t));
    buf_append_slice(&facts, buf_slice(&row.facts));
    const struct cache_pack pack = {
        homes->bucket, homes->part, {buf_slice(&facts), buf_slice(&row.records), buf_slice(&row.sketches)}};
    cache_set_pack(cache, &pack);
    new_row_release(&row);
}

static int by_row(const void *left, const void *right) {
    const struct recall_row *a = left;
    const struct recall_row *b = right;
    if (a->bucket != b->bucket)
        return a->bucket < b->bucket ? -1 : 1;
    return (a->part > b->part) - (a->part < b->part);
}

static bool any_changed(const struct recall *recall) {
    for (size_t i = 0; i < recall->rows.count; i++)
        if (recall->rows.items[i].is_stale)
            return true;
    for (size_t i = 0; i < recall->corpus->plan.pieces.count; i++)
        if (!recall->pieces[i].recalled)
            return true;
    return false;
}

static bool row_is_before(const struct recall_row *row, const struct home *home) {
    return row->bucket < home->bucket || (row->bucket == home->bucket && row->part < home->part);
}

/* Rows and homes are both in their order: what is in one only goes, or comes. */
static void write_rows(struct recall *recall, const struct home *homes, size_t count) {
    struct cache *cache = recall->corpus->cache;
    size_t row = 0;
    for (size_t begin = 0, end; begin < count; begin = end) {
        bool recalled = true;
        for (end = begin;
             end < count && homes[end].bucket == homes[begin].bucket && homes[end].part == homes[begin].part; end++)
            recalled = recalled && recall->pieces[homes[end].piece].recalled;
        for (; row < recall->rows.count && row_is_before(&recall->rows.items[row], &homes[begin]); row++)
            cache_drop_pack(cache, recall->rows.items[row].bucket, recall->rows.items[row].part);
        const struct recall_row *old = row < recall->rows.count ? &recall->rows.items[row] : NULL;
        bool same = old && old->bucket == homes[begin].bucket && old->part == homes[begin].part;
        if (!same || old->is_stale || !recalled || old->pieces != end - begin)
            write_row(recall, homes + begin, end - begin);
        row += same;
    }
    for (; row < recall->rows.count; row++)
        cache_drop_pack(cache, recall->rows.items[row].bucket, recall->rows.items[row].part);
}

void recall_remember(struct recall *recall) {
    struct cache *cache = recall->corpus->cache;
    size_t count = recall->corpus->plan.pieces.count;
    if (!cache)
        return;
    if (recall->changed.count) {
        CLEANUP(buf_release) struct buf corrected = BUF(BUF_UNLIMITED);
        recall_list_corrected(recall->corpus, &corrected);
        cache_set(cache, RECALL_CORRECTIONS, buf_slice(&corrected));
    }
    recall_remember_texts(recall);
    if (!any_changed(recall))
        return;
    struct home *homes = memory_new_array(count, sizeof *homes);
    for (size_t i = 0; i < count; i++)
        homes[i] = recall_home_of(recall, i);
    if (count)
        qsort(homes, count, sizeof *homes, by_home);
    if (recall->rows.count)
        qsort(recall->rows.items, recall->rows.count, sizeof *recall->rows.items, by_row);
    write_rows(recall, homes, count);
    free(homes);
    /*
     * The rest of the run takes long, and what the sources say is so whether it ends well or not. Until it has, nothing
     * is known of what the served tree shows: rows may be gone that knew it.
     */
    cache_set(cache, RECALL_TREE, (struct slice){0});
    cache_commit(cache);
}
