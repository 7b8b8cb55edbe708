#include "cmd/recall_parts.h"

#include "cmd/fingerprints.h"
#include "diag/pack.h"

enum { GONE_MOST = 200000 };

/* --- in ------------------------------------------------------------------------------------------------------ */

void recall_begin(struct recall *recall, struct corpus *corpus) {
    const struct settings *settings = corpus->settings;
    *recall = (struct recall){.corpus = corpus};
    recall->fingerprint = fingerprint_of_records(settings, corpus->rules, corpus->index.sketched);
    recall->source_fingerprints = memory_new_array(settings->source_count, sizeof *recall->source_fingerprints);
    for (size_t i = 0; i < settings->source_count; i++)
        recall->source_fingerprints[i] = fingerprint_of_source(&settings->sources[i]) +
                                         sightings_signature(corpus->sightings.history, &settings->sources[i]);
    recall_compare_corrections(recall);
}

/* The piece of the plan that these facts are of; SIZE_MAX when there is none as it was. */
static size_t find_piece_of(const struct recall *recall, const struct stored_piece *stored, uint64_t number) {
    const struct ingest_plan *plan = &recall->corpus->plan;
    const struct piece_facts *facts = &stored->facts;
    const struct ingest_file *file = &plan->files.items[number];
    size_t source = (size_t)(file->source - recall->corpus->settings->sources);
    bool same = file_identity_equal(&facts->identity, &file->identity);
    bool grown = file->source->append && !file->text && file->size >= facts->identity.size && facts->is_closed &&
                 !recall->changed_files[number];
    uint64_t at = facts->begin / PIECE_SIZE;
    if (file->source->append && !file->text && file->size < facts->identity.size)
        recall->changed_files[number] = true;
    if (!facts->is_settled || !(same || grown) || facts->fingerprint != recall->fingerprint ||
        facts->source != recall->source_fingerprints[source] || at >= file->piece_count)
        return SIZE_MAX;
    const struct ingest_piece *piece = &plan->pieces.items[file->first_piece + at];
    bool same_range = piece->begin == facts->begin && piece->end == facts->end;
    return same_range && !recall->pieces[file->first_piece + at].recalled ? file->first_piece + at : SIZE_MAX;
}

static size_t find_piece(const struct recall *recall, const struct stored_piece *stored) {
    uint64_t number = map_get(&recall->files, stored->path, UINT64_MAX);
    size_t found = SIZE_MAX;
    bool may_be_named = stored->facts.refuses_by_text && recall->changed.count;
    if (recall->corpus->is_distrusted || may_be_named)
        return SIZE_MAX;
    while (number != UINT64_MAX && found == SIZE_MAX) {
        found = find_piece_of(recall, stored, number);
        number = recall->next_files[number] ? recall->next_files[number] - 1 : UINT64_MAX;
    }
    return found;
}

static bool names_have_changed(const struct recall *recall, const struct stored_piece *stored,
                               const struct record *records) {
    for (size_t i = 0; i < stored->facts.records && recall->changed.count; i++)
        if (recall_is_changed(recall, records[i].key.low) || recall_is_changed(recall, records[i].key.high) ||
            recall_is_changed(recall, recall_alias_at(stored, i)))
            return true;
    return false;
}

static void note_gone(struct recall *recall, const struct record *records, size_t count) {
    recall->is_overfull = recall->is_overfull || recall->gone.count + count > GONE_MOST;
    for (size_t i = 0; i < count && !recall->is_overfull; i++)
        vec_push(&recall->gone, records[i].key);
}

/* The records of a row, while it is being taken. */
struct taken_row {
    struct recall *recall;
    struct index_cursor *cursor;
    struct slice sets, records, sketches; /* what is left of them */
    uint32_t *numbers;                    /* of the sets, in the corpus' table */
    uint32_t set_count;
};

static void put_records(struct taken_row *row, size_t number, const struct stored_piece *stored,
                        const struct record *records, struct slice sketches) {
    struct corpus *corpus = row->recall->corpus;
    struct corpus_piece *piece = &row->recall->pieces[number];
    uint32_t file = corpus->plan.pieces.items[number].file;
    for (size_t i = 0; i < stored->facts.records; i++) {
        struct record *record = index_add(&corpus->index, row->cursor, &piece->runs);
        *record = records[i];
        record->location.file = file;
        record->labels = row->numbers[records[i].labels];
        record->known = 1;
        struct sketch *sketch = index_added_sketch(row->cursor);
        if (sketch && sketches.size)
            memcpy(sketch, sketches.data + i * sizeof *sketch, sizeof *sketch);
        corrections_meet(&corpus->desk, record->key, recall_alias_at(stored, i), &piece->named);
    }
    piece->result = (struct ingest_result){stored->facts.lines, stored->facts.refused, stored->facts.is_closed};
    piece->refuses_by_text = stored->facts.refuses_by_text;
    piece->recalled = piece->done = true;
}

static bool restore_diagnostics(struct slice packed, struct corpus_piece *piece) {
    struct diagnostics diagnostics = {0};
    struct slice rest = packed;
    if (packed.size == 0)
        return true;
    if (!diagnostics_unpack(&rest, &diagnostics))
        return false;
    piece->packed = recall_copy_packed(packed);
    piece->diagnostics = memory_new(sizeof *piece->diagnostics);
    *piece->diagnostics = diagnostics;
    return true;
}

/* true when the piece was put into the index, from the row where it belongs. */
static bool take_stored(struct taken_row *row, const struct cache_pack *pack, const struct stored_piece *stored) {
    struct recall *recall = row->recall;
    size_t size = stored->facts.records * sizeof(struct record);
    struct slice bytes;
    struct slice sketches = {0};
    if (!recall_take_slice(&row->records, size, &bytes) ||
        (row->sketches.size &&
         !recall_take_slice(&row->sketches, stored->facts.records * sizeof(struct sketch), &sketches)))
        return false;
    /* SQLite's blobs stand anywhere. */
    CLEANUP(memory_free) struct record *records = memory_new_array(stored->facts.records, sizeof *records);
    if (size)
        memcpy(records, bytes.data, size);
    size_t number = find_piece(recall, stored);
    struct home home = number == SIZE_MAX ? (struct home){0} : recall_home_of(recall, number);
    bool usable = number != SIZE_MAX && home.bucket == pack->bucket && home.part == pack->part &&
                  !names_have_changed(recall, stored, records) &&
                  (!recall->corpus->index.sketched || size == 0 || sketches.size);
    for (size_t i = 0; i < stored->facts.records && usable; i++)
        usable = records[i].labels < row->set_count;
    if (usable && restore_diagnostics(stored->diagnostics, &recall->pieces[number])) {
        put_records(row, number, stored, records, sketches);
        return true;
    }
    note_gone(recall, records, stored->facts.records);
    return false;
}

static bool take_sets(struct taken_row *row, struct slice *facts) {
    struct label_table *labels = &row->recall->corpus->labels;
    uint32_t head[2];
    if (!recall_take_bytes(facts, head, sizeof head) || head[1] != labels->words)
        return false;
    row->set_count = head[0];
    row->numbers = memory_new_array(head[0], sizeof *row->numbers);
    uint64_t *bits = memory_new_array(labels->words, sizeof *bits);
    bool whole = true;
    for (size_t i = 0; i < head[0] && whole; i++) {
        whole = recall_take_bytes(facts, bits, labels->words * sizeof *bits);
        if (whole)
            row->numbers[i] = label_table_number(labels, bits);
    }
    free(bits);
    return whole;
}

struct taking_rows {
    struct recall *recall;
    struct index_cursor cursor;
};

static void take_row(void *context, const struct cache_pack *pack) {
    struct taking_rows *taking = context;
    struct taken_row row = {.recall = taking->recall,
                            .cursor = &taking->cursor,
                            .records = pack->blobs[CACHE_RECORDS],
                            .sketches = pack->blobs[CACHE_SKETCHES]};
    struct recall_row found = {.bucket = pack->bucket, .part = pack->part};
    struct slice facts = pack->blobs[CACHE_FACTS];
    struct stored_piece stored;
    found.is_stale = !take_sets(&row, &facts);
    if (found.is_stale)
        taking->recall->is_overfull = true; /* other rules: nothing is known of its keys */
    while (facts.size && row.numbers && recall_take_piece(&facts, &stored)) {
        if (take_stored(&row, pack, &stored))
            found.pieces++;
        else
            found.is_stale = true;
    }
    free(row.numbers);
    vec_push(&taking->recall->rows, found);
}

static int by_hash(const void *left, const void *right) {
    return hash128_compare(*(const struct hash128 *)left, *(const struct hash128 *)right);
}

/* Does the cache know what the tree shows that is served? One that is older does not know what came since. */
static bool is_of_tree(const struct corpus *corpus) {
    CLEANUP(buf_release) struct buf tree = BUF(64);
    return corpus->tree && cache_get(corpus->cache, RECALL_TREE, &tree) && tree.size == sizeof corpus->tree &&
           memcmp(tree.data, &corpus->tree, tree.size) == 0;
}

/* A cache that turned out to be damaged has said things that are not to be believed. */
static void forget(struct recall *recall) {
    const struct ingest_plan *plan = &recall->corpus->plan;
    for (size_t i = 0; i < plan->pieces.count; i++)
        corpus_piece_release(&recall->pieces[i]);
    vec_clear(&recall->rows);
    recall->is_overfull = true;
}

/* --- append: true -------------------------------------------------------------------------------------------- */

static void take_back(struct recall *recall, size_t number) {
    struct corpus_piece *piece = &recall->pieces[number];
    struct home home = recall_home_of(recall, number);
    for (size_t run = 0; run < piece->runs.runs.count; run++)
        for (uint32_t i = 0; i < piece->runs.runs.items[run].count; i++)
            note_gone(recall, index_record(&recall->corpus->index, piece->runs.runs.items[run].first + i), 1);
    for (size_t i = 0; i < recall->rows.count; i++)
        if (recall->rows.items[i].bucket == home.bucket && recall->rows.items[i].part == home.part)
            recall->rows.items[i].is_stale = true;
    corpus_piece_release(piece);
}

/* Is the last record that was recalled still where it was? */
static bool keeps_promise(const struct recall *recall, const struct ingest_file *file) {
    const struct corpus *corpus = recall->corpus;
    CLEANUP(arena_release) struct arena arena = {0};
    for (size_t i = file->first_piece + file->piece_count; i-- > file->first_piece;) {
        const struct index_runs *runs = &recall->pieces[i].runs;
        if (!recall->pieces[i].recalled || runs->runs.count == 0)
            continue;
        const struct index_run *last = &runs->runs.items[runs->runs.count - 1];
        const struct record *record = index_record(&corpus->index, last->first + last->count - 1);
        struct article article;
        return corpus_read_again(corpus, record, &arena, &article);
    }
    return true;
}

static void check_promises(struct recall *recall, struct diagnostics *diagnostics) {
    const struct ingest_plan *plan = &recall->corpus->plan;
    for (size_t i = 0; i < plan->files.count; i++) {
        const struct ingest_file *file = &plan->files.items[i];
        if (!file->source->append || file->text)
            continue;
        if (!recall->changed_files[i] && keeps_promise(recall, file))
            continue;
        for (size_t k = file->first_piece; k < file->first_piece + file->piece_count; k++)
            if (recall->pieces[k].recalled)
                take_back(recall, k);
        diag_report(diagnostics, DIAGNOSTIC_APPEND_BROKEN, (struct place){.file = slice_of(file->path)}, "%s", "");
    }
}

void recall_pieces(struct recall *recall, struct corpus_piece *pieces, struct diagnostics *diagnostics) {
    struct corpus *corpus = recall->corpus;
    struct taking_rows taking = {.recall = recall};
    recall->pieces = pieces;
    recall->changed_files = memory_new_array(corpus->plan.files.count, sizeof *recall->changed_files);
    recall->next_files = memory_new_array(corpus->plan.files.count, sizeof *recall->next_files);
    for (size_t i = corpus->plan.files.count; i-- > 0;) {
        struct slice path = slice_of(corpus->plan.files.items[i].path);
        recall->next_files[i] = (uint32_t)(map_get(&recall->files, path, UINT64_MAX) + 1);
        map_set(&recall->files, path, i);
    }
    if (!cache_each_pack(corpus->cache, take_row, &taking))
        forget(recall);
    check_promises(recall, diagnostics);
    if (recall->gone.count)
        qsort(recall->gone.items, recall->gone.count, sizeof *recall->gone.items, by_hash);
    corpus->index.has_known = recall->rows.count > 0 && !recall->is_overfull && is_of_tree(corpus);
}

bool recall_knows(const struct recall *recall, struct hash128 key) {
    return recall->gone.count && bsearch(&key, recall->gone.items, recall->gone.count, sizeof key, by_hash);
}

void recall_release(struct recall *recall) {
    free(recall->source_fingerprints);
    free(recall->changed_files);
    free(recall->next_files);
    map_release(&recall->files);
    vec_release(&recall->changed);
    vec_release(&recall->rows);
    vec_release(&recall->gone);
    *recall = (struct recall){0};
}

/* Only when something went wrong, for it reads every record of these files. */
void recall_report_broken(const struct corpus *corpus, struct diagnostics *diagnostics) {
    const struct index *index = &corpus->index;
    CLEANUP(memory_free) bool *reported = memory_new_array(corpus->plan.files.count, sizeof *reported);
    CLEANUP(arena_release) struct arena arena = {0};
    for (size_t block = 0; block < index->blocks.count; block++)
        for (size_t i = 0; i < INDEX_BLOCK; i++) {
            const struct record *record = &index->blocks.items[block][i];
            const struct ingest_file *file = &corpus->plan.files.items[record->location.file];
            struct article article;
            if (record->location.size == 0 || !file->source->append || reported[record->location.file])
                continue;
            arena_clear(&arena);
            if (ingest_read_again(&corpus->plan, record->location, record->content_hash, &arena, &article))
                continue;
            reported[record->location.file] = true;
            diag_report(diagnostics, DIAGNOSTIC_APPEND_BROKEN, (struct place){.file = slice_of(file->path)}, "%s", "");
        }
}
