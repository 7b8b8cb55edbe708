#include "cmd/recall.h"

#include "cmd/fingerprints.h"
#include "diag/pack.h"

enum { BUCKETS = 1024, GONE_MOST = 200000 };
static const char corrections_name[] = "corrections";
static const char texts_name[] = "texts";

/* A row of the cache, and whether it can stay as it is. */
struct recall_row {
    uint64_t bucket;
    uint32_t part;
    uint32_t pieces; /* that are in it, and were recalled */
    bool is_stale;   /* something in it is not so any more */
};

static struct slice copy_packed(struct slice packed) {
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
    piece->packed = copy_packed(buf_slice(&packed));
}

/* --- bytes -------------------------------------------------------------------------------------------------- */

/* Facts begin with the label sets of the row (their number, the words of each, the sets); then for each piece: */
struct piece_facts {
    struct file_identity identity;
    uint64_t source, fingerprint;
    uint64_t begin, end;
    uint32_t path_size, diagnostics_size;
    uint32_t records, refused, lines;
    uint8_t is_closed, is_settled, has_aliases, refuses_by_text;
    /* behind it: path, diagnostics, aliases (8 bytes a record) where it has them */
};

static void append_bytes(struct buf *buf, const void *bytes, size_t size) {
    buf_append_slice(buf, (struct slice){bytes, size});
}

static bool take_bytes(struct slice *rest, void *ret_bytes, size_t size) {
    if (rest->size < size)
        return false;
    memcpy(ret_bytes, rest->data, size);
    *rest = slice_from(*rest, size);
    return true;
}

static bool take_slice(struct slice *rest, size_t size, struct slice *ret_slice) {
    if (rest->size < size)
        return false;
    *ret_slice = slice_range(*rest, 0, size);
    *rest = slice_from(*rest, size);
    return true;
}

/* A piece as a row has it. */
struct stored_piece {
    struct piece_facts facts;
    struct slice path, diagnostics, aliases;
};

static bool take_piece(struct slice *rest, struct stored_piece *ret_piece) {
    struct stored_piece piece;
    if (!take_bytes(rest, &piece.facts, sizeof piece.facts) || !take_slice(rest, piece.facts.path_size, &piece.path) ||
        !take_slice(rest, piece.facts.diagnostics_size, &piece.diagnostics) ||
        !take_slice(rest, piece.facts.has_aliases ? piece.facts.records * sizeof(uint64_t) : 0, &piece.aliases))
        return false;
    *ret_piece = piece;
    return true;
}

static uint64_t alias_at(const struct stored_piece *piece, size_t record) {
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
static void list_corrected(const struct corpus *corpus, struct buf *buf) {
    VEC(struct corrected) list = {0};
    const struct corrections *corrections = &corpus->settings->corrections;
    for (size_t i = 0; i < corrections->count; i++) {
        const struct correction *correction = &corrections->items[i];
        for (size_t k = 0; k < correction->name.keys.count; k++)
            vec_push(&list, (struct corrected){hash128(correction->name.keys.keys[k]).low,
                                               fingerprint_of_correction(correction)});
    }
    if (list.count) {
        qsort(list.items, list.count, sizeof *list.items, by_name);
        append_bytes(buf, list.items, list.count * sizeof *list.items);
    }
    vec_release(&list);
}

static void compare_corrections(struct recall *recall) {
    CLEANUP(buf_release) struct buf now = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf then = BUF(BUF_UNLIMITED);
    list_corrected(recall->corpus, &now);
    if (!cache_get(recall->corpus->cache, corrections_name, &then))
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

static bool is_changed(const struct recall *recall, uint64_t name) {
    return name && bsearch(&name, recall->changed.items, recall->changed.count, sizeof name, by_number);
}

/* --- texts of spooled files ---------------------------------------------------------------------------------- */

struct text_facts {
    struct file_identity identity;
    uint64_t encoding; /* hash of its name */
    uint64_t size, invalid;
    uint32_t invalid_line;
    uint8_t damaged, unused[3];
    uint32_t path_size;
    uint32_t unused_too;
};

bool recall_text(void *context, const struct ingest_file *file, struct ingest_text *text, uint64_t *ret_size) {
    const struct recall *recall = context;
    CLEANUP(buf_release) struct buf stored = BUF(BUF_UNLIMITED);
    if (!cache_get(recall->corpus->cache, texts_name, &stored))
        return false;
    struct slice rest = buf_slice(&stored);
    struct text_facts facts;
    struct slice path;
    while (take_bytes(&rest, &facts, sizeof facts) && take_slice(&rest, facts.path_size, &path)) {
        if (!slice_equal(path, slice_of(file->path)))
            continue;
        if (!file_identity_equal(&facts.identity, &file->identity) || facts.encoding != hash64(file->source->encoding))
            return false;
        text->damaged = facts.damaged;
        text->invalid = facts.invalid;
        text->invalid_line = facts.invalid_line;
        *ret_size = facts.size;
        return true;
    }
    return false;
}

static void remember_texts(const struct recall *recall) {
    CLEANUP(buf_release) struct buf stored = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf before = BUF(BUF_UNLIMITED);
    const struct ingest_plan *plan = &recall->corpus->plan;
    for (size_t i = 0; i < plan->files.count; i++) {
        const struct ingest_file *file = &plan->files.items[i];
        if (!file->text || !file_is_settled(&file->identity, plan->looked))
            continue;
        struct text_facts facts = {
            .identity = file->identity,
            .encoding = hash64(file->source->encoding),
            .size = file->size,
            .invalid = file->text->invalid,
            .invalid_line = file->text->invalid_line,
            .damaged = file->text->damaged,
            .path_size = (uint32_t)strlen(file->path),
        };
        append_bytes(&stored, &facts, sizeof facts);
        buf_append_string(&stored, file->path);
    }
    if (!cache_get(recall->corpus->cache, texts_name, &before))
        buf_clear(&before);
    if (!slice_equal(buf_slice(&stored), buf_slice(&before)))
        cache_set(recall->corpus->cache, texts_name, buf_slice(&stored));
}

/* --- where a piece is kept ------------------------------------------------------------------------------------ */

struct home {
    uint64_t bucket;
    uint32_t part;
    uint32_t piece;
};

static struct home home_of(const struct recall *recall, size_t number) {
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

static int by_home(const void *left, const void *right) {
    const struct home *a = left;
    const struct home *b = right;
    if (a->bucket != b->bucket)
        return a->bucket < b->bucket ? -1 : 1;
    if (a->part != b->part)
        return a->part < b->part ? -1 : 1;
    return (a->piece > b->piece) - (a->piece < b->piece);
}

/* --- in ------------------------------------------------------------------------------------------------------ */

void recall_begin(struct recall *recall, struct corpus *corpus) {
    const struct settings *settings = corpus->settings;
    *recall = (struct recall){.corpus = corpus};
    recall->fingerprint = fingerprint_of_records(settings, corpus->rules, corpus->index.sketched);
    recall->source_fingerprints = memory_new_array(settings->source_count, sizeof *recall->source_fingerprints);
    for (size_t i = 0; i < settings->source_count; i++)
        recall->source_fingerprints[i] = fingerprint_of_source(&settings->sources[i]) +
                                         sightings_signature(corpus->sightings.history, &settings->sources[i]);
    compare_corrections(recall);
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
        if (is_changed(recall, records[i].key.low) || is_changed(recall, alias_at(stored, i)))
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
        corrections_meet(&corpus->desk, record->key, alias_at(stored, i), &piece->named);
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
    piece->packed = copy_packed(packed);
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
    if (!take_slice(&row->records, size, &bytes) ||
        (row->sketches.size && !take_slice(&row->sketches, stored->facts.records * sizeof(struct sketch), &sketches)))
        return false;
    /* SQLite's blobs stand anywhere. */
    CLEANUP(memory_free) struct record *records = memory_new_array(stored->facts.records, sizeof *records);
    if (size)
        memcpy(records, bytes.data, size);
    size_t number = find_piece(recall, stored);
    struct home home = number == SIZE_MAX ? (struct home){0} : home_of(recall, number);
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
    if (!take_bytes(facts, head, sizeof head) || head[1] != labels->words)
        return false;
    row->set_count = head[0];
    row->numbers = memory_new_array(head[0], sizeof *row->numbers);
    uint64_t *bits = memory_new_array(labels->words, sizeof *bits);
    bool whole = true;
    for (size_t i = 0; i < head[0] && whole; i++) {
        whole = take_bytes(facts, bits, labels->words * sizeof *bits);
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
    while (facts.size && row.numbers && take_piece(&facts, &stored)) {
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
    struct home home = home_of(recall, number);
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
            append_bytes(&row->records, &record, sizeof record);
            if (!index->sketched)
                continue;
            append_bytes(&row->sketches, sketches_at(&index->sketches, &row->reader, number), sizeof(struct sketch));
        }
    return count;
}

/* What the old row says of a piece that was recalled from it. */
static struct slice old_aliases(const struct new_row *row, struct slice path, uint64_t begin, uint64_t source) {
    struct slice facts = buf_slice(&row->old);
    uint32_t head[2];
    struct slice sets;
    struct stored_piece stored;
    if (!take_bytes(&facts, head, sizeof head) ||
        !take_slice(&facts, (size_t)head[0] * head[1] * sizeof(uint64_t), &sets))
        return (struct slice){0};
    while (facts.size && take_piece(&facts, &stored))
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
    append_bytes(&row->facts, &facts, sizeof facts);
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
    append_bytes(&facts, head, sizeof head);
    for (size_t i = 0; i < row.sets.count; i++)
        append_bytes(&facts, label_table_set(labels, row.sets.items[i]), labels->words * sizeof(uint64_t));
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
        list_corrected(recall->corpus, &corrected);
        cache_set(cache, corrections_name, buf_slice(&corrected));
    }
    remember_texts(recall);
    if (!any_changed(recall))
        return;
    struct home *homes = memory_new_array(count, sizeof *homes);
    for (size_t i = 0; i < count; i++)
        homes[i] = home_of(recall, i);
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
