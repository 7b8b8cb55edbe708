#include "cmd/movement.h"

#include "classify/explanation.h"
#include "cmd/columns.h"
#include "cmd/reread.h"

void movement_release(struct movement *movement) {
    vec_release(&movement->articles);
    vec_release(&movement->channels);
    arena_release(&movement->arena);
}

/* --- which articles ----------------------------------------------------------------------------------------- */

/* A shown record of the old corpus. */
struct keyed {
    struct hash128 key;
    uint32_t labels;
};

static int by_key(const void *left, const void *right) {
    return hash128_compare(((const struct keyed *)left)->key, ((const struct keyed *)right)->key);
}

static struct keyed *list_old(const struct corpus *corpus) {
    struct keyed *list = memory_new_array(corpus->index.order_count, sizeof *list);
    for (size_t i = 0; i < corpus->index.order_count; i++) {
        const struct record *record = index_record(&corpus->index, corpus->index.order[i]);
        list[i] = (struct keyed){record->key, record->labels};
    }
    if (corpus->index.order_count > 1)
        qsort(list, corpus->index.order_count, sizeof *list, by_key);
    return list;
}

static const struct keyed *find_old(const struct corpus *corpus, const struct keyed *list, struct hash128 key) {
    struct keyed wanted = {.key = key};
    return corpus->index.order_count ? bsearch(&wanted, list, corpus->index.order_count, sizeof *list, by_key) : NULL;
}

/* Does the set have a term of this name in a taxonomy of this name? The two sets of rules number them differently. */
static bool has_term(const struct taxonomies *taxonomies, const uint64_t *labels, struct slice taxonomy,
                     struct slice term) {
    const struct taxonomy *found = taxonomy_find(taxonomies, taxonomy);
    for (size_t i = 0; found && i < found->term_count; i++)
        if (slice_equal(found->terms[i].id, term))
            return label_bit(labels, found->first_term + i);
    return false;
}

/* Calls `tell` for every term that one set has and the other has not. */
static void compare_sets(const struct taxonomies *ours, const uint64_t *own, const struct taxonomies *theirs,
                         const uint64_t *other,
                         void (*tell)(void *context, const struct taxonomy *taxonomy, const struct term *term),
                         void *context) {
    for (size_t i = 0; i < ours->count; i++) {
        const struct taxonomy *taxonomy = &ours->items[i];
        for (size_t k = 0; k < taxonomy->term_count; k++)
            if (label_bit(own, taxonomy->first_term + k) &&
                !has_term(theirs, other, taxonomy->id, taxonomy->terms[k].id))
                tell(context, taxonomy, &taxonomy->terms[k]);
    }
}

static void count_term(void *context, const struct taxonomy *taxonomy, const struct term *term) {
    (void)taxonomy;
    (void)term;
    ++*(size_t *)context;
}

static bool differ(const struct movement *movement, const uint64_t *was, const uint64_t *is) {
    const struct taxonomies *old_taxonomies = &movement->old_corpus->settings->taxonomies;
    const struct taxonomies *new_taxonomies = &movement->new_corpus->settings->taxonomies;
    size_t count = 0;
    compare_sets(old_taxonomies, was, new_taxonomies, is, count_term, &count);
    compare_sets(new_taxonomies, is, old_taxonomies, was, count_term, &count);
    return count > 0;
}

/* --- which channels ----------------------------------------------------------------------------------------- */

/* Articles with one pair of sets, old and new: there are few pairs, and articles without end. */
struct pair {
    uint32_t was, is;
    size_t count;
    bool differs;
};
struct pairs {
    struct arena arena;
    struct map numbers;
    VEC(struct pair) items;
};

static struct pair *pair_of(const struct movement *movement, struct pairs *pairs, uint32_t was, uint32_t is) {
    const uint32_t key[] = {was, is};
    struct slice bytes = {(const char *)key, sizeof key};
    uint64_t number = map_get(&pairs->numbers, bytes, UINT64_MAX);
    if (number == UINT64_MAX) {
        number = pairs->items.count;
        (void)map_set(&pairs->numbers, arena_copy(&pairs->arena, bytes), number);
        bool differs = differ(movement, label_table_set(&movement->old_corpus->labels, was),
                              label_table_set(&movement->new_corpus->labels, is));
        vec_push(&pairs->items, (struct pair){.was = was, .is = is, .differs = differs});
    }
    return &pairs->items.items[number];
}

static void compare_articles(struct movement *movement, struct pairs *pairs) {
    const struct corpus *corpus = movement->new_corpus;
    struct keyed *old = list_old(movement->old_corpus);
    for (size_t place = 0; place < corpus->index.order_count; place++) {
        const struct record *record = index_record(&corpus->index, corpus->index.order[place]);
        const struct keyed *before = find_old(movement->old_corpus, old, record->key);
        if (!before)
            continue;
        struct pair *pair = pair_of(movement, pairs, before->labels, record->labels);
        pair->count++;
        if (pair->differs)
            vec_push(&movement->articles,
                     (struct moved_article){.record = record,
                                            .was = label_table_set(&movement->old_corpus->labels, before->labels),
                                            .is = label_table_set(&corpus->labels, record->labels)});
    }
    free(old);
}

static const struct channel *channel_with_path(const struct channels *channels, struct slice path) {
    for (size_t i = 0; i < channels->items.count; i++)
        if (slice_equal(channels->items.items[i].path, path))
            return &channels->items.items[i];
    return NULL;
}

static void compare_channel(struct movement *movement, const struct pairs *pairs, const struct channel *was,
                            const struct channel *is) {
    struct moved_channel moved = {.was = was, .is = is};
    for (size_t i = 0; i < pairs->items.count; i++) {
        const struct pair *pair = &pairs->items.items[i];
        bool before = was && channel_wants(was, label_table_set(&movement->old_corpus->labels, pair->was));
        bool after = is && channel_wants(is, label_table_set(&movement->new_corpus->labels, pair->is));
        moved.gains += after && !before ? pair->count : 0;
        moved.loses += before && !after ? pair->count : 0;
    }
    if (moved.gains || moved.loses || !was || !is)
        vec_push(&movement->channels, moved);
}

void movement_make(const struct corpus *old_corpus, const struct channels *old_channels,
                   const struct corpus *new_corpus, const struct channels *new_channels,
                   struct movement *ret_movement) {
    struct movement movement = {
        .old_corpus = old_corpus, .new_corpus = new_corpus, .old_channels = old_channels, .new_channels = new_channels};
    struct pairs pairs = {0};
    compare_articles(&movement, &pairs);
    for (size_t i = 0; i < new_channels->items.count; i++) {
        const struct channel *is = &new_channels->items.items[i];
        compare_channel(&movement, &pairs, channel_with_path(old_channels, is->path), is);
    }
    for (size_t i = 0; i < old_channels->items.count; i++) {
        const struct channel *was = &old_channels->items.items[i];
        if (!channel_with_path(new_channels, was->path))
            compare_channel(&movement, &pairs, was, NULL);
    }
    map_release(&pairs.numbers);
    vec_release(&pairs.items);
    arena_release(&pairs.arena);
    *ret_movement = movement;
}

/* --- as text ------------------------------------------------------------------------------------------------ */

struct telling {
    const struct movement *movement;
    struct buf *buf;
    const char *sign;
    const struct taxonomy *last;
    struct json_writer *json;
};

static void tell_term(void *context, const struct taxonomy *taxonomy, const struct term *term) {
    struct telling *telling = context;
    if (telling->last != taxonomy) {
        buf_append_string(telling->buf, telling->last ? "; " : "");
        columns_append(telling->buf, taxonomy->id);
    }
    telling->last = taxonomy;
    buf_append_format(telling->buf, " %s", telling->sign);
    columns_append(telling->buf, term_name(term));
}

static void append_changes(const struct movement *movement, const struct moved_article *article, struct buf *buf) {
    const struct taxonomies *old_taxonomies = &movement->old_corpus->settings->taxonomies;
    const struct taxonomies *new_taxonomies = &movement->new_corpus->settings->taxonomies;
    struct telling telling = {.movement = movement, .buf = buf, .sign = "+"};
    compare_sets(new_taxonomies, article->is, old_taxonomies, article->was, tell_term, &telling);
    if (telling.last)
        buf_append_string(buf, "   ");
    telling.sign = "−";
    telling.last = NULL;
    compare_sets(old_taxonomies, article->was, new_taxonomies, article->is, tell_term, &telling);
}

static struct slice title_of(const struct movement *movement, const struct record *record, struct arena *arena) {
    struct article article;
    arena_clear(arena);
    if (!corpus_read_again(movement->new_corpus, record, arena, &article))
        return (struct slice){0};
    return article.title;
}

static void append_article(const struct movement *movement, const struct moved_article *article, size_t width,
                           struct line_finder *finder, struct arena *arena, struct buf *buf) {
    enum { INDENT = 14 };
    struct place place = record_place(movement->new_corpus, article->record, finder);
    buf_append_string(buf, "  ");
    date_append_day(buf, article->record->date);
    buf_append_string(buf, "  ");
    columns_append_cut(buf, title_of(movement, article->record, arena), width - INDENT);
    buf_append_byte(buf, '\n');
    columns_pad(buf, INDENT);
    columns_append(buf, place.file);
    buf_append_format(buf, ":%u\n", place.line);
    columns_pad(buf, INDENT);
    append_changes(movement, article, buf);
    buf_append_byte(buf, '\n');
}

static void append_channel(const struct moved_channel *moved, size_t widest, struct buf *buf) {
    const struct channel *channel = moved->is ? moved->is : moved->was;
    buf_append_string(buf, "  ");
    columns_append(buf, channel->path);
    columns_pad(buf, widest + 4);
    if (moved->was)
        buf_append_format(buf, "%5zu", moved->was->matching);
    else
        buf_append_string(buf, "    –");
    if (moved->is)
        buf_append_format(buf, " → %-5zu", moved->is->matching);
    else
        buf_append_string(buf, " → –    ");
    if (moved->gains)
        buf_append_format(buf, "  +%zu", moved->gains);
    if (moved->loses)
        buf_append_format(buf, "  −%zu", moved->loses);
    buf_append_string(buf, !moved->was ? "  new\n" : !moved->is ? "  gone\n" : "\n");
}

void movement_append_text(const struct movement *movement, size_t width, size_t most, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct line_finder finder = {0};
    size_t widest = 0;
    buf_append_format(buf, "%zu of %zu articles move%s\n", movement->articles.count,
                      movement->new_corpus->index.order_count, movement->articles.count ? ":" : "");
    for (size_t i = 0; i < movement->articles.count && i < most; i++)
        append_article(movement, &movement->articles.items[i], width, &finder, &arena, buf);
    if (movement->articles.count > most)
        buf_append_format(buf, "  and %zu more (-v)\n", movement->articles.count - most);
    for (size_t i = 0; i < movement->channels.count; i++) {
        const struct moved_channel *moved = &movement->channels.items[i];
        size_t columns = columns_of((moved->is ? moved->is : moved->was)->path);
        widest = columns > widest ? columns : widest;
    }
    buf_append_format(buf, "%zu of %zu channels change%s\n", movement->channels.count,
                      movement->new_channels->items.count, movement->channels.count ? ":" : "");
    for (size_t i = 0; i < movement->channels.count; i++)
        append_channel(&movement->channels.items[i], widest, buf);
}

/* --- as JSON ------------------------------------------------------------------------------------------------ */

static void write_term(void *context, const struct taxonomy *taxonomy, const struct term *term) {
    struct telling *telling = context;
    CLEANUP(buf_release) struct buf name = BUF(1 << 12);
    buf_append_format(&name, "%.*s/%.*s", SLICE_ARGUMENTS(taxonomy->id), SLICE_ARGUMENTS(term->id));
    json_string(telling->json, buf_slice(&name));
}

static void write_article(const struct movement *movement, const struct moved_article *article,
                          struct line_finder *finder, struct arena *arena, struct json_writer *json) {
    const struct taxonomies *old_taxonomies = &movement->old_corpus->settings->taxonomies;
    const struct taxonomies *new_taxonomies = &movement->new_corpus->settings->taxonomies;
    struct place place = record_place(movement->new_corpus, article->record, finder);
    struct telling telling = {.json = json};
    json_open_object(json);
    json_key(json, "title");
    json_string(json, title_of(movement, article->record, arena));
    json_key(json, "file");
    json_string(json, place.file);
    json_key(json, "line");
    json_unsigned(json, place.line);
    json_key(json, "gains");
    json_open_array(json);
    compare_sets(new_taxonomies, article->is, old_taxonomies, article->was, write_term, &telling);
    json_close(json);
    json_key(json, "loses");
    json_open_array(json);
    compare_sets(old_taxonomies, article->was, new_taxonomies, article->is, write_term, &telling);
    json_close(json);
    json_close(json);
}

static void write_channel(const struct moved_channel *moved, struct json_writer *json) {
    json_open_object(json);
    json_key(json, "path");
    json_string(json, (moved->is ? moved->is : moved->was)->path);
    json_key(json, "before");
    json_unsigned(json, moved->was ? moved->was->matching : 0);
    json_key(json, "after");
    json_unsigned(json, moved->is ? moved->is->matching : 0);
    json_key(json, "gains");
    json_unsigned(json, moved->gains);
    json_key(json, "loses");
    json_unsigned(json, moved->loses);
    json_key(json, "new");
    json_boolean(json, !moved->was);
    json_key(json, "gone");
    json_boolean(json, !moved->is);
    json_close(json);
}

void movement_write_json(const struct movement *movement, struct json_writer *json) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct line_finder finder = {0};
    json_open_object(json);
    json_key(json, "articles");
    json_open_array(json);
    for (size_t i = 0; i < movement->articles.count; i++)
        write_article(movement, &movement->articles.items[i], &finder, &arena, json);
    json_close(json);
    json_key(json, "channels");
    json_open_array(json);
    for (size_t i = 0; i < movement->channels.count; i++)
        write_channel(&movement->channels.items[i], json);
    json_close(json);
    json_close(json);
}
