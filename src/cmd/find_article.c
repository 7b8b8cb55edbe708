#include "cmd/find_article.h"

#include "cmd/reread.h"
#include "model/article_key.h"
#include "model/page.h"

#include <sys/stat.h>

void found_articles_release(struct found_articles *found) {
    vec_release(&found->items);
}

/* --- all records -------------------------------------------------------------------------------------------- */

static void find_where(const struct corpus *corpus, bool (*is_meant)(void *context, const struct record *record),
                       void *context, struct found_articles *found) {
    size_t count = corpus->index.blocks.count * INDEX_BLOCK;
    for (size_t i = 0; i < count; i++) {
        const struct record *record = index_record(&corpus->index, (uint32_t)i);
        /* Blocks end in records that were never filled: no article is made of no bytes. */
        if (record->location.size > 0 && is_meant(context, record))
            vec_push(&found->items, record);
    }
}

static int by_location(const void *left, const void *right) {
    const struct location *a = &(*(const struct record *const *)left)->location;
    const struct location *b = &(*(const struct record *const *)right)->location;
    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

static void sort(struct found_articles *found) {
    if (found->items.count > 1)
        qsort(found->items.items, found->items.count, sizeof *found->items.items, by_location);
}

/* --- by file ------------------------------------------------------------------------------------------------ */

/* For each file of the plan: is it this one, under whatever path? Two sources may read one file. false when none is. */
static bool mark_files(const struct ingest_plan *plan, const struct stat *status, bool *files) {
    bool any = false;
    for (size_t i = 0; i < plan->files.count; i++) {
        struct stat other;
        files[i] = stat(plan->files.items[i].path, &other) == 0 && other.st_dev == status->st_dev &&
                   other.st_ino == status->st_ino;
        any = any || files[i];
    }
    return any;
}

static bool is_in_file(void *context, const struct record *record) {
    const bool *files = context;
    return files[record->location.file];
}

/* Keeps those that have the line: where every line is an article, that very one, else the last that begins before. */
static void keep_line(const struct corpus *corpus, unsigned line, struct found_articles *found) {
    struct line_finder finder = {0};
    size_t kept = 0;
    for (size_t i = 0; i < found->items.count; i++) {
        const struct record *record = found->items.items[i];
        unsigned first = record_place(corpus, record, &finder).line;
        bool is_exact = corpus->plan.files.items[record->location.file].reader->by_line;
        if (first > line || (is_exact && first != line))
            continue;
        if (kept > 0 && !is_exact && found->items.items[kept - 1]->location.file == record->location.file)
            kept--;
        found->items.items[kept++] = record;
    }
    found->items.count = kept;
}

static bool is_regular(const char *path, struct stat *ret_status) {
    return stat(path, ret_status) == 0 && S_ISREG(ret_status->st_mode);
}

/* "a.jsonl:12" is line 12 of a.jsonl, unless a file has that whole name. */
static bool split_line(char *path, unsigned *ret_line) {
    char *colon = strrchr(path, ':');
    uint64_t line = 0;
    if (!colon || !slice_parse_unsigned(slice_of(colon + 1), &line) || line == 0 || line > UINT32_MAX)
        return false;
    *colon = '\0';
    *ret_line = (unsigned)line;
    return true;
}

static bool find_by_file(const struct corpus *corpus, const char *name, struct found_articles *found) {
    CLEANUP(memory_free) char *path = memory_copy_string(name);
    CLEANUP(memory_free) bool *files = memory_new_array(corpus->plan.files.count, sizeof *files);
    struct stat status;
    unsigned line = 0;
    if (!is_regular(path, &status) && !(split_line(path, &line) && is_regular(path, &status)))
        return false;
    found->is_file = true;
    found->in_no_source = !mark_files(&corpus->plan, &status, files);
    find_where(corpus, is_in_file, files, found);
    sort(found);
    if (line > 0)
        keep_line(corpus, line, found);
    return true;
}

/* --- by name ------------------------------------------------------------------------------------------------ */

static bool has_key(void *context, const struct record *record) {
    const struct hash128 *key = context;
    return hash128_compare(record->key, *key) == 0;
}

/* An article that has an id of its own goes by it, but people know its address as well. */
struct address_wanted {
    const struct corpus *corpus;
    struct slice key;
    struct arena arena;
    struct buf address;
};

static bool has_address(void *context, const struct record *record) {
    struct address_wanted *wanted = context;
    struct article article;
    arena_clear(&wanted->arena);
    buf_clear(&wanted->address);
    return corpus_read_again(wanted->corpus, record, &wanted->arena, &article) && article.url.size &&
           address_append_key(article.url, &wanted->address) && slice_equal(buf_slice(&wanted->address), wanted->key);
}

static void find_by_address(const struct corpus *corpus, struct slice key, struct found_articles *found) {
    struct address_wanted wanted = {.corpus = corpus, .key = key, .address = BUF(BUF_UNLIMITED)};
    find_where(corpus, has_address, &wanted, found);
    arena_release(&wanted.arena);
    buf_release(&wanted.address);
}

static bool has_page(void *context, const struct record *record) {
    const struct hash128 *page = context;
    return article_page_is_of(*page, record->key);
}

static void find_by_page(const struct corpus *corpus, struct hash128 page, struct found_articles *found) {
    const struct index *index = &corpus->index;
    find_where(corpus, has_page, &page, found);
    for (size_t i = 0; i < index->hosts.count && found->items.count == 0; i++)
        if (article_page_is_of(page, index->hosts.items[i].key_hash))
            vec_push(&found->items, index_record(index, index->hosts.items[i].number));
}

static void find_by_name(const struct corpus *corpus, const char *name, struct found_articles *found) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct name_keys keys = name_keys_of(&corpus->settings->site, slice_of(name), &arena);
    for (size_t i = 0; i < keys.count && found->items.count == 0; i++) {
        struct hash128 key = hash128(keys.keys[i]);
        find_where(corpus, has_key, &key, found);
    }
    if (found->items.count == 0 && slice_starts_with(keys.keys[0], SLICE("url/")))
        find_by_address(corpus, keys.keys[0], found);
    if (found->items.count == 0 && keys.has_page)
        find_by_page(corpus, keys.page, found);
    sort(found);
}

void articles_find(const struct corpus *corpus, const char *name, struct found_articles *ret_found) {
    struct found_articles found = {0};
    if (!find_by_file(corpus, name, &found))
        find_by_name(corpus, name, &found);
    *ret_found = found;
}

/* --- status ------------------------------------------------------------------------------------------------- */

const struct index_group *article_group(const struct corpus *corpus, const struct record *record) {
    const struct index *index = &corpus->index;
    for (size_t i = 0; i < index->groups.count; i++) {
        const struct index_group *group = &index->groups.items[i];
        for (uint32_t k = 0; k < group->count; k++)
            if (index_record(index, index->members.items[group->first + k]) == record)
                return group;
    }
    return NULL;
}

enum article_status article_status(const struct corpus *corpus, const struct record *record, int64_t now,
                                   uint32_t *ret_place) {
    const struct index *index = &corpus->index;
    bool replaced = false;
    for (size_t place = 0; place < index->order_count; place++) {
        const struct record *shown = index_record(index, index->order[place]);
        if (shown == record) {
            *ret_place = (uint32_t)place;
            return ARTICLE_SHOWN;
        }
        replaced = replaced || hash128_compare(shown->key, record->key) == 0;
    }
    if (record->date > now)
        return ARTICLE_FUTURE;
    if (replaced)
        return ARTICLE_REPLACED;
    if (record->withdrawn)
        return ARTICLE_WITHDRAWN;
    if (record->held)
        return ARTICLE_HELD;
    if (index_leader(index, record->key))
        return ARTICLE_JOINED;
    return article_group(corpus, record) ? ARTICLE_COPY : ARTICLE_REPLACED;
}
