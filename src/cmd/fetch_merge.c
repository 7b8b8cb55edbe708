#include "cmd/fetch_merge.h"

#include "assemble/key.h"
#include "base/hash.h"
#include "base/map.h"
#include "cmd/clean_output.h"
#include "ingest/source.h"
#include "ingest/upstream.h"
#include "store/kept.h"

#include <assert.h>
#include <errno.h>

/* What the answer says to be withdrawn: by an address, or by the id of an entry, which may be what the article is known
 * by, or stand beside the address that it is known by. */
struct tombstone {
    struct hash128 key, id_key, entry_id;
    int64_t at; /* INT64_MIN: not said */
};

struct merging {
    const struct merge *merge;
    const struct upstream_answer *answer;
    struct kept *kept;
    struct diagnostics *diagnostics;
    struct map shown; /* key → number in `updated` */
    VEC(int64_t) updated;
    struct map by_entry_id; /* → number in `named` */
    VEC(struct hash128) named;
    VEC(struct tombstone) withdrawn;
    struct arena names; /* of the maps' keys */
    struct arena arena; /* of the line at hand */
    struct buf line, key;
    size_t refused;     /* besides what reading the answer has refused */
    bool is_incomplete; /* some of what the upstream shows was refused */
};

static void merging_release(struct merging *merging) {
    kept_close(merging->kept);
    map_release(&merging->shown);
    vec_release(&merging->updated);
    map_release(&merging->by_entry_id);
    vec_release(&merging->named);
    vec_release(&merging->withdrawn);
    arena_release(&merging->names);
    arena_release(&merging->arena);
    buf_release(&merging->line);
    buf_release(&merging->key);
}

/* --- withdrawals -------------------------------------------------------------------------------------------- */

static bool stands(const struct withdrawal *withdrawal) {
    return withdrawal->cause == WITHDRAWN_BY_COMMAND && !withdrawal->released;
}

bool is_withdrawn_by_command(const struct history *history, struct hash128 key) {
    const struct withdrawal *withdrawal = history ? history_withdrawal_of(history, key) : NULL;
    return withdrawal && stands(withdrawal);
}

/* A sum: the order of the lines means nothing. */
uint64_t withdrawn_by_command(const struct history *history) {
    uint64_t sum = 0;
    for (size_t i = 0; history && i < history->withdrawals.count; i++)
        if (stands(&history->withdrawals.items[i]))
            sum += history->withdrawals.items[i].hash.low | 1;
    return sum;
}

/* --- lines -------------------------------------------------------------------------------------------------- */

/* As the kept file's reader will read it; what it complains of, it will say then. */
static bool parse(struct merging *merging, struct slice line, struct article *ret_article) {
    const struct merge *merge = merging->merge;
    CLEANUP(diagnostics_release) struct diagnostics unsaid = {0};
    struct place place = {.file = slice_of(merge->path)};
    const struct reader *reader = reader_find(merge->source->reader);
    assert(reader && "the configuration knows the readers");
    arena_clear(&merging->arena);
    return reader->parse(merge->source, &merge->settings->taxonomies, line, place, &merging->arena, &unsaid,
                         ret_article);
}

static struct hash128 key_of(struct merging *merging, const struct article *article) {
    buf_clear(&merging->key);
    article_append_key(article, &merging->key);
    return hash128(buf_slice(&merging->key));
}

static struct slice bytes_of(const struct hash128 *hash) {
    return (struct slice){(const char *)hash, sizeof *hash};
}

static void note_entry_id(struct merging *merging, struct slice entry_id, struct hash128 key) {
    struct hash128 hash = hash128(entry_id);
    if (!entry_id.size)
        return;
    map_set(&merging->by_entry_id, arena_copy(&merging->names, bytes_of(&hash)), merging->named.count);
    vec_push(&merging->named, key);
}

static bool read_line(void *context, struct slice line, struct kept_article *ret_article) {
    struct merging *merging = context;
    struct article article;
    if (!parse(merging, line, &article))
        return false;
    *ret_article = (struct kept_article){
        .key = key_of(merging, &article),
        .date = article.date.present ? article.date.seconds : INT64_MAX,
        .updated = article.updated.present ? article.updated.seconds : INT64_MIN,
        .withdrawn = article.withdrawn,
    };
    note_entry_id(merging, article.entry_id, ret_article->key);
    return true;
}

static struct slice write_line(struct merging *merging, const struct article *article) {
    buf_clear(&merging->line);
    clean_append_jsonl_as_read(article, &merging->line);
    return slice_range(buf_slice(&merging->line), 0, merging->line.size - 1);
}

/* --- articles ----------------------------------------------------------------------------------------------- */

static void refuse(struct merging *merging, enum diagnostic_id id, const struct article *article, const char *why) {
    merging->refused++;
    diag_report(merging->diagnostics, id, (struct place){.file = merging->answer->url}, "%s%.*s", why,
                SLICE_ARGUMENTS(article->title));
}

/* What is kept is what is read back: written once more, it must be the same line, or each answer would change it. */
static void put(struct merging *merging, const struct article *as_read) {
    struct kept_article kept_article;
    struct article article;
    struct slice line = write_line(merging, as_read);
    if (kept_has_line(merging->kept, line))
        return;
    if (line.size > KEPT_LINE_MOST) {
        refuse(merging, DIAGNOSTIC_RECORD_TOO_LARGE, as_read, "");
        return;
    }
    CLEANUP(arena_release) struct arena copy = {0};
    if (!parse(merging, arena_copy(&copy, line), &article)) {
        refuse(merging, DIAGNOSTIC_RECORD_BROKEN, as_read, "it cannot be kept: ");
        return;
    }
    line = arena_copy(&copy, write_line(merging, &article));
    if (line.size <= KEPT_LINE_MOST && read_line(merging, line, &kept_article))
        kept_put(merging->kept, &kept_article, line);
}

static void note_tombstone(struct merging *merging, const struct article *article) {
    int64_t date = article->date.present ? article->date.seconds : INT64_MIN;
    struct slice id = article->entry_id.size ? article->entry_id : article->id;
    const struct article by_id = {.id = id};
    struct tombstone tombstone = {.key = key_of(merging, article),
                                  .entry_id = hash128(id),
                                  .at = article->updated.present ? article->updated.seconds : date};
    tombstone.id_key = id.size ? key_of(merging, &by_id) : tombstone.key;
    vec_push(&merging->withdrawn, tombstone);
}

static void note_shown_at(struct merging *merging, struct hash128 key, int64_t updated) {
    size_t number = (size_t)map_get(&merging->shown, bytes_of(&key), merging->updated.count);
    if (number < merging->updated.count) {
        if (updated > merging->updated.items[number])
            merging->updated.items[number] = updated;
        return;
    }
    map_set(&merging->shown, arena_copy(&merging->names, bytes_of(&key)), number);
    vec_push(&merging->updated, updated);
}

static void take(void *context, const struct article *article) {
    struct merging *merging = context;
    struct hash128 key = key_of(merging, article);
    if (is_withdrawn_by_command(merging->merge->history, key))
        return;
    if (article->withdrawn) {
        note_tombstone(merging, article);
        return;
    }
    note_shown_at(merging, key, article->updated.present ? article->updated.seconds : INT64_MIN);
    put(merging, article);
}

/* RFC 6721 3: an entry that was updated since is there again. */
static bool is_back(const struct merging *merging, struct hash128 key, int64_t at) {
    uint64_t number = map_get(&merging->shown, bytes_of(&key), UINT64_MAX);
    return number != UINT64_MAX && merging->updated.items[number] > at;
}

/* What was shown is withdrawn, and its text goes. */
static void withdraw(struct merging *merging, struct hash128 key, int64_t at) {
    CLEANUP(buf_release) struct buf line = BUF(BUF_UNLIMITED);
    struct article article;
    if (is_back(merging, key, at) || !kept_get(merging->kept, key, &line) ||
        !parse(merging, buf_slice(&line), &article))
        return;
    article.withdrawn = true;
    article.body = article.summary = article.image = (struct slice){0};
    article.enclosure = (struct enclosure){0};
    kept_withdraw(merging->kept, key, write_line(merging, &article));
}

/* All that it may mean: an entry without an address stands in the place of one that had it, as in our own feeds. */
static void apply(struct merging *merging, const struct tombstone *tombstone) {
    uint64_t number = map_get(&merging->by_entry_id, bytes_of(&tombstone->entry_id), UINT64_MAX);
    withdraw(merging, tombstone->key, tombstone->at);
    if (hash128_compare(tombstone->id_key, tombstone->key) != 0)
        withdraw(merging, tombstone->id_key, tombstone->at);
    if (number != UINT64_MAX && hash128_compare(merging->named.items[number], tombstone->key) != 0)
        withdraw(merging, merging->named.items[number], tombstone->at);
}

static bool goes(void *context, const struct kept_article *article, bool is_shown) {
    const struct merging *merging = context;
    const struct merge *merge = merging->merge;
    int64_t keep = merge->source->upstream.keep;
    if (is_withdrawn_by_command(merge->history, article->key))
        return true;
    /* What was refused may be what is missing. */
    if (is_shown || merging->is_incomplete || keep == INT64_MAX)
        return false;
    return keep == 0 || (article->date != INT64_MAX && article->date < merge->now - keep);
}

/* --- the file ----------------------------------------------------------------------------------------------- */

static bool open_kept(struct merging *merging) {
    const struct kept_reader reader = {read_line, merging};
    merging->line = BUF(BUF_UNLIMITED);
    merging->key = BUF(BUF_UNLIMITED);
    merging->kept = kept_open(merging->merge->path, &reader);
    return merging->kept != NULL;
}

static bool commit(struct merging *merging, struct merge_result *result) {
    result->articles = kept_count(merging->kept);
    if (kept_commit(merging->kept, &result->kept, &result->changed))
        return true;
    result->error = errno;
    return false;
}

struct keys {
    VEC(uint64_t) items;
};

static void add_key(void *context, uint64_t key) {
    struct keys *keys = context;
    vec_push(&keys->items, key);
}

/* Where `keep` is a time it must be known what is shown also when the upstream says only that nothing has changed. */
static void note_shown(const struct merging *merging, struct fetch_state *state) {
    struct keys keys = {0};
    int64_t keep = merging->merge->source->upstream.keep;
    state->shown_count = 0;
    if (keep == 0 || keep == INT64_MAX)
        return;
    kept_each_shown(merging->kept, add_key, &keys);
    state->shown = arena_new_array(&state->arena, keys.items.count, sizeof *state->shown);
    state->shown_count = keys.items.count;
    if (keys.items.count)
        memcpy(state->shown, keys.items.items, keys.items.count * sizeof *state->shown);
    vec_release(&keys.items);
}

/* Its defaults are not what the upstream said: they are given when the kept file is read, as they are then. But for
 * what an article must have to be taken. */
static struct source source_of_answer(const struct source *source) {
    struct source bare = *source;
    memset(bare.defaults, 0, sizeof bare.defaults);
    bare.defaults[ARTICLE_FIELD_TITLE] = source->defaults[ARTICLE_FIELD_TITLE];
    bare.defaults[ARTICLE_FIELD_DATE] = source->defaults[ARTICLE_FIELD_DATE];
    bare.labels = NULL;
    bare.label_count = 0;
    bare.simplified = false;
    return bare;
}

bool merge_answer(const struct merge *merge, const struct upstream_answer *answer, struct fetch_state *state,
                  struct buf *problem, struct merge_result *ret_result) {
    CLEANUP(diagnostics_release) struct diagnostics said = {0};
    CLEANUP(merging_release) struct merging merging = {.merge = merge, .answer = answer, .diagnostics = &said};
    const struct source bare = source_of_answer(merge->source);
    struct upstream_reading reading = {0};
    *ret_result = (struct merge_result){0};
    if (!open_kept(&merging)) {
        ret_result->error = errno;
        return false;
    }
    size_t before = kept_count(merging.kept);
    if (!upstream_read(&bare, &merge->settings->taxonomies, answer, take, &merging, &said, problem, &reading))
        return false;
    if (reading.articles + reading.withdrawn == 0 && before > 0) {
        buf_append_format(problem, "it shows no article at all, where %zu %s kept", before, before == 1 ? "is" : "are");
        return false;
    }
    for (size_t i = 0; i < merging.withdrawn.count; i++)
        apply(&merging, &merging.withdrawn.items[i]);
    state->refused = reading.refused + merging.refused;
    merging.is_incomplete = state->refused > 0;
    kept_drop(merging.kept, goes, &merging);
    if (!commit(&merging, ret_result))
        return false;
    note_shown(&merging, state);
    diagnostics_release(&state->said);
    state->said = said;
    said = (struct diagnostics){0};
    return true;
}

bool merge_nothing(const struct merge *merge, struct fetch_state *state, struct merge_result *ret_result) {
    CLEANUP(merging_release) struct merging merging = {.merge = merge};
    *ret_result = (struct merge_result){0};
    if (!open_kept(&merging)) {
        ret_result->error = errno;
        return false;
    }
    kept_mark_shown(merging.kept, state->shown, state->shown_count);
    kept_drop(merging.kept, goes, &merging);
    return commit(&merging, ret_result);
}

static bool is_withdrawn(void *context, const struct kept_article *article, bool is_shown) {
    const struct merging *merging = context;
    (void)is_shown;
    return is_withdrawn_by_command(merging->merge->history, article->key);
}

bool merge_purge(const struct merge *merge, struct file_identity *ret_kept) {
    CLEANUP(merging_release) struct merging merging = {.merge = merge};
    if (!open_kept(&merging))
        return false;
    kept_drop(merging.kept, is_withdrawn, &merging);
    return kept_commit(merging.kept, ret_kept, NULL);
}
