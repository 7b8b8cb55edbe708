#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assemble/duplicates.h"
#include "base/map.h"
#include "text/fold.h"

/*
 * Who leads, over many runs: articles come and go in any order, are changed, held, withdrawn and dated anew, and after
 * each run a run that knows nothing but the articles and the history finds the very same groups.
 */
enum { DAY = 86400, NOW = 100 * DAY, ARTICLES_MOST = 400, LETTERS = 24, STORY_SENTENCES = 6 };

/* --- a world of articles ------------------------------------------------------------------------------------ */

struct piece_of_news {
    char *key;
    struct hash128 hash;
    int64_t date;
    char *text;
    uint32_t labels;
    bool is_there, held, withdrawn, taken_back, alone, known;
};

struct world {
    uint64_t state;
    struct piece_of_news articles[ARTICLES_MOST];
    size_t count;
    unsigned stories;
    struct history history;
    struct label_table labels;
    struct map served; /* keys of entries, in the articles */
    struct buf remembered;
    size_t joined, hosted, kept; /* what happened at all */
};

static uint32_t draw(struct world *world, uint32_t below) {
    world->state ^= world->state >> 12;
    world->state ^= world->state << 25;
    world->state ^= world->state >> 27;
    return (uint32_t)((world->state * 0x2545f4914f6cdd1d) >> 33) % below;
}

/* The same letters each time. */
static void append_sentence(struct buf *text, unsigned story, unsigned sentence) {
    struct world own = {.state = (story + 1) * 1000003u + sentence * 7919u + 1};
    for (int i = 0; i < 4; i++)
        draw(&own, 1);
    for (int i = 0; i < LETTERS; i++) {
        uint32_t letter = 0x4E00 + draw(&own, 900);
        buf_append_format(text, "%c%c%c", (int)(0xE0 | letter >> 12), (int)(0x80 | (letter >> 6 & 63)),
                          (int)(0x80 | (letter & 63)));
    }
    buf_append_string(text, "。");
}

/* A story whole, cut, turned, with a foot, mixed with another; or something short. */
static char *tell(struct world *world) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    unsigned story = draw(world, world->stories);
    unsigned kind = draw(world, 8);
    unsigned first = kind == 1 ? draw(world, 3) : 0;
    unsigned end = kind == 2 ? 3 + draw(world, 3) : STORY_SENTENCES;
    if (kind == 7) {
        buf_append_string(&text, draw(world, 2) ? "详见附件。" : "");
        return memory_copy_string(buf_string(&text));
    }
    for (unsigned i = first; i < end; i++)
        append_sentence(&text, story, kind == 3 ? STORY_SENTENCES - 1 - i : i);
    if (kind == 4)
        append_sentence(&text, 5000, draw(world, 3));
    for (unsigned i = 0; kind == 5 && i < STORY_SENTENCES; i++)
        append_sentence(&text, (story + 1) % world->stories, i);
    return memory_copy_string(buf_string(&text));
}

static int64_t draw_date(struct world *world) {
    return NOW - (int64_t)draw(world, 30) * DAY - (draw(world, 2) ? (int64_t)draw(world, 24) * 3600 : 0);
}

/* Batches end at one key of many; here one of a few is of that kind. */
static void name(struct world *world, struct piece_of_news *article) {
    bool is_boundary = draw(world, 12) == 0;
    char key[64];
    for (unsigned i = 0;; i++) {
        snprintf(key, sizeof key, "url/%zu/%u", world->count, i);
        article->hash = hash128(slice_of(key));
        if (!is_boundary || article->hash.high % 512 == 0)
            break;
    }
    article->key = memory_copy_string(key);
}

static void arrive(struct world *world) {
    if (world->count == ARTICLES_MOST)
        return;
    struct piece_of_news *article = &world->articles[world->count];
    uint64_t bits = draw(world, 4) ? 0 : 1u << draw(world, 2);
    *article = (struct piece_of_news){.date = draw_date(world), .text = tell(world), .is_there = true};
    name(world, article);
    article->labels = label_table_number(&world->labels, &bits);
    article->alone = draw(world, 40) == 0;
    world->count++;
}

static void change(struct world *world) {
    struct piece_of_news *article = &world->articles[draw(world, (uint32_t)world->count)];
    switch (draw(world, 8)) {
    case 0:
    case 1:
        article->is_there = !article->is_there;
        break;
    case 2:
        article->held = !article->held;
        break;
    case 3:
        article->withdrawn = !article->withdrawn;
        article->taken_back = article->withdrawn && draw(world, 3) == 0;
        break;
    case 4:
        article->date = draw_date(world);
        break;
    case 5:
        article->date = NOW + DAY;
        break;
    default:
        free(article->text);
        article->text = tell(world);
    }
}

/* --- a run -------------------------------------------------------------------------------------------------- */

struct run {
    struct world *world;
    struct index index;
    size_t article_of_record[ARTICLES_MOST];
    struct buf result;  /* as text: entries, their dates, members, who is shown */
    struct map entries; /* key of each entry */
    bool knows_served;
    size_t reads;
};

static bool read_text(void *context, size_t worker, uint32_t record, struct buf *title, struct buf *text) {
    struct run *run = context;
    (void)worker;
    (void)title;
    __atomic_fetch_add(&run->reads, 1, __ATOMIC_RELAXED);
    text_fold(slice_of(run->world->articles[run->article_of_record[record]].text), text, NULL);
    return true;
}

static bool is_published(void *context, struct hash128 key, int64_t date) {
    (void)date;
    const struct run *run = context;
    for (size_t i = 0; i < run->world->count; i++)
        if (hash128_compare(run->world->articles[i].hash, key) == 0)
            return run->knows_served && map_get(&run->world->served, slice_of(run->world->articles[i].key), 0);
    return false;
}

static const struct piece_of_news *article_of(const struct run *run, uint32_t record) {
    return &run->world->articles[run->article_of_record[record]];
}

static void fill(struct run *run, struct index_runs *runs) {
    struct index_cursor cursor = {0};
    size_t count = 0;
    for (size_t i = 0; i < run->world->count; i++) {
        const struct piece_of_news *article = &run->world->articles[i];
        if (!article->is_there)
            continue;
        struct record *record = index_add(&run->index, &cursor, runs);
        *record = (struct record){
            .key = article->hash,
            .date = article->date,
            .updated = INT64_MIN,
            .content_hash = (uint32_t)hash64(slice_of(article->text)),
            .labels = article->labels,
            .withdrawn = article->withdrawn,
            .taken_back = article->taken_back,
            .held = article->held,
            .known = article->known,
        };
        CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
        text_fold(slice_of(article->text), &folded, NULL);
        sketch_make((struct slice){0}, buf_slice(&folded), index_added_sketch(&cursor));
        index_added_sketch(&cursor)->alone = article->alone;
        run->article_of_record[count++] = i;
    }
}

static struct slice entry_key(const struct run *run, uint32_t leader) {
    const struct index_host *host = index_host_of(&run->index, leader);
    return host ? host->key : slice_of(article_of(run, leader)->key);
}

static void write_result(struct run *run) {
    const struct index *index = &run->index;
    for (size_t i = 0; i < index->order_count; i++) {
        uint32_t number = index->order[i];
        const struct index_group *group = index_group_of(index, number);
        struct slice key = entry_key(run, number);
        assert_true(map_set(&run->entries, key, 1)); /* one entry a key */
        buf_append_format(&run->result, "%.*s %lld:", SLICE_ARGUMENTS(key),
                          (long long)index_record(index, number)->date);
        for (uint32_t k = 0; group && k < group->count; k++)
            buf_append_format(&run->result, " %s", article_of(run, index->members.items[group->first + k])->key);
        buf_append_format(&run->result, " (%s)\n", group ? article_of(run, group->shown)->key : "");
    }
}

static const struct taxonomy taxonomy = {.first_term = 0, .term_count = 2};

static void run_once(struct run *run, struct world *world, struct slice remembered, bool knows_served,
                     struct buf *ret_remembered) {
    static const struct source source = {.order = ORDER_OLDEST_FIRST};
    static const struct source *const sources[] = {&source};
    const struct taxonomies taxonomies = {.items = (void *)(uintptr_t)&taxonomy, .count = 1};
    const struct duplicates_settings settings = {true, 7, 0.6};
    const struct duplicates_reader reader = {run, read_text, is_published};
    CLEANUP(buf_release) struct buf before = BUF(BUF_UNLIMITED);
    buf_append_slice(&before, remembered);
    const struct duplicates_request request = {.index = &run->index,
                                               .settings = &settings,
                                               .taxonomies = &taxonomies,
                                               .labels = &world->labels,
                                               .workers = 1 + knows_served,
                                               .reader = &reader,
                                               .remembered = &before,
                                               .fingerprint = 7,
                                               .ret_remembered = ret_remembered};
    struct index_runs runs = {0};
    struct index_counts counts;
    size_t hidden = 0;
    *run = (struct run){.world = world, .result = BUF(BUF_UNLIMITED), .knows_served = knows_served};
    index_init(&run->index);
    run->index.sketched = true;
    run->index.history = &world->history;
    run->index.has_known = knows_served && draw(world, 3);
    fill(run, &runs);
    index_arrange(&run->index, &runs, 1, sources, NOW, &counts);
    duplicates_find(&request, &hidden);
    assert_int_equal(counts.articles - hidden, run->index.order_count);
    write_result(run);
    vec_release(&runs.runs);
}

static void run_release(struct run *run) {
    index_release(&run->index);
    buf_release(&run->result);
    map_release(&run->entries);
}

/* --- what must hold ----------------------------------------------------------------------------------------- */

static void note_found(struct world *world, const struct run *run) {
    const struct index *index = &run->index;
    for (size_t i = 0; i < index->found.count; i++) {
        const struct index_bond *bond = &index->found.items[i];
        struct slice leader = slice_of(article_of(run, bond->leader)->key);
        struct slice member = slice_of(article_of(run, bond->member)->key);
        const struct index_host *host = bond->member == bond->leader ? index_host_of(index, bond->leader) : NULL;
        world->joined++;
        world->kept += index_record(index, bond->leader)->date > index_record(index, bond->member)->date ||
                       bond->member == bond->leader;
        assert_true(history_put_join(&world->history, host ? host->key : member, host ? host->key : leader,
                                     index_record(index, bond->leader)->date));
    }
    world->hosted += index->hosts.count;
}

static bool takes_part(const struct piece_of_news *article) {
    return article->is_there && !article->held && !article->withdrawn && article->date <= NOW && !article->alone;
}

/* An entry that was there and whose article is still there is there, unless history had bound it before. */
static void assert_published_stay(const struct world *world, const struct run *run) {
    for (size_t i = 0; i < world->count; i++) {
        const struct piece_of_news *article = &world->articles[i];
        if (!takes_part(article) || !map_get(&world->served, slice_of(article->key), 0))
            continue;
        bool taken_back = false;
        for (size_t k = 0; k < world->count; k++) {
            const struct history_join *join = history_entry_of(&world->history, world->articles[k].hash);
            taken_back = taken_back || (world->articles[k].taken_back && world->articles[k].is_there && join &&
                                        hash128_compare(join->leader_hash, article->hash) == 0);
        }
        const struct history_join *join = history_join_of(&world->history, article->hash);
        if (taken_back || (join && hash128_compare(join->leader_hash, article->hash) != 0))
            continue;
        if (!map_get(&run->entries, slice_of(article->key), 0))
            fail_msg("%s has vanished:\n%s", article->key, run->result.data);
    }
}

static void serve(struct world *world, const struct run *run) {
    map_release(&world->served);
    for (size_t i = 0; i < world->count; i++) {
        struct piece_of_news *article = &world->articles[i];
        article->known = article->known || article->is_there;
        if (map_get(&run->entries, slice_of(article->key), 0))
            map_set(&world->served, slice_of(article->key), 1);
    }
}

static void print_others(const struct buf *result, const struct buf *other, const char *mark) {
    struct slice rest = buf_slice(result);
    struct slice line;
    while (slice_take_until(&rest, '\n', &line))
        if (slice_find(buf_slice(other), line, 0) == other->size)
            print_error("%s %.*s\n", mark, SLICE_ARGUMENTS(line));
}

static void assert_same(const struct run *run, const struct run *other, const char *what) {
    if (slice_equal(buf_slice(&run->result), buf_slice(&other->result)))
        return;
    print_others(&run->result, &other->result, "-");
    print_others(&other->result, &run->result, "+");
    fail_msg("%s", what);
}

/* Who had an entry of its own when it was seen must not have been bound to another one by this run. */
static void assert_none_bound(const struct world *world, const struct run *run) {
    for (size_t i = 0; i < run->index.found.count; i++) {
        const struct index_bond *bond = &run->index.found.items[i];
        const struct piece_of_news *member = article_of(run, bond->member);
        if (bond->member != bond->leader)
            assert_int_equal(map_get(&world->served, slice_of(member->key), 0), 0);
    }
}

static void live_a_day(struct world *world) {
    struct run run;
    struct run anew;
    struct run scratch;
    struct buf remembered = BUF(BUF_UNLIMITED);
    struct buf again = BUF(BUF_UNLIMITED);
    run_once(&run, world, buf_slice(&world->remembered), true, &remembered);
    run_once(&anew, world, (struct slice){0}, true, &again);
    assert_same(&run, &anew, "going on is not beginning anew");
    assert_true(slice_equal(buf_slice(&remembered), buf_slice(&again)));
    assert_none_bound(world, &run);
    note_found(world, &run);
    run_once(&scratch, world, (struct slice){0}, false, NULL);
    assert_same(&run, &scratch, "articles and history give something else");
    assert_int_equal(scratch.index.found.count, 0);
    assert_published_stay(world, &run);
    serve(world, &run);
    buf_release(&world->remembered);
    world->remembered = remembered;
    run_release(&scratch);
    /* Nothing new: nothing is read. */
    run_once(&scratch, world, buf_slice(&world->remembered), true, NULL);
    assert_int_equal(scratch.reads, 0);
    assert_same(&run, &scratch, "the same again is something else");
    buf_release(&again);
    run_release(&run);
    run_release(&anew);
    run_release(&scratch);
}

static void world_release(struct world *world) {
    for (size_t i = 0; i < world->count; i++) {
        free(world->articles[i].key);
        free(world->articles[i].text);
    }
    history_release(&world->history);
    label_table_release(&world->labels);
    map_release(&world->served);
    buf_release(&world->remembered);
}

static void live(uint64_t seed, unsigned days, size_t *joined, size_t *hosted, size_t *kept) {
    struct world *world = memory_new(sizeof *world);
    *world = (struct world){.state = seed * 0x9E3779B97F4A7C15 + 1, .remembered = BUF(BUF_UNLIMITED)};
    label_table_init(&world->labels, 2);
    draw(world, 1);
    world->stories = 3 + draw(world, 40);
    for (unsigned day = 0; day < days; day++) {
        for (uint32_t i = draw(world, day == 0 ? 100 : 15) + 1; i-- > 0;)
            arrive(world);
        for (uint32_t i = draw(world, 6); i-- > 0;)
            change(world);
        if (draw(world, 10) == 0)
            buf_clear(&world->remembered);
        live_a_day(world);
    }
    *joined += world->joined;
    *hosted += world->hosted;
    *kept += world->kept;
    world_release(world);
    free(world);
}

static void every_run_is_what_articles_and_history_give(void **state) {
    (void)state;
    size_t joined = 0;
    size_t hosted = 0;
    size_t kept = 0;
    const char *seeds = getenv("LEADERS_SEEDS");
    uint64_t most = 30;
    if (seeds && !slice_parse_unsigned(slice_of(seeds), &most))
        fail_msg("LEADERS_SEEDS is no number");
    for (uint64_t seed = 1; seed <= most; seed++)
        live(seed, 12, &joined, &hosted, &kept);
    /* Or nothing was tested. */
    assert_true(joined > most * 10);
    assert_true(hosted > most);
    assert_true(kept > most);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_run_is_what_articles_and_history_give),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
