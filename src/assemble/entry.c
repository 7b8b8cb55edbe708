#include "assemble/entry.h"

#include "assemble/key.h"
#include "base/memory.h"
#include "model/labels.h"

static struct slice make_id(const struct site *site, struct slice key, struct arena *arena) {
    CLEANUP(buf_release) struct buf id = BUF(BUF_UNLIMITED);
    entry_append_id(site, key, &id);
    return arena_copy(arena, buf_slice(&id));
}

static struct slice make_scheme(const struct site *site, const struct taxonomy *taxonomy, struct arena *arena) {
    CLEANUP(buf_release) struct buf scheme = BUF(BUF_UNLIMITED);
    scheme_append(site, taxonomy->id, &scheme);
    return arena_copy(arena, buf_slice(&scheme));
}

/* In the order of the configuration: taxonomies, then terms. */
static void add_categories(const struct site *site, const struct taxonomies *taxonomies, const uint64_t *labels,
                           struct arena *arena, struct entry *entry) {
    size_t count = 0;
    for (size_t term = 0; term < taxonomies->term_total; term++)
        count += label_bit(labels, term);
    struct category *categories = arena_new_array(arena, count, sizeof *categories);
    for (size_t i = 0; i < taxonomies->count; i++) {
        const struct taxonomy *taxonomy = &taxonomies->items[i];
        struct slice scheme = {0};
        for (size_t term = 0; term < taxonomy->term_count; term++) {
            if (!label_bit(labels, taxonomy->first_term + term))
                continue;
            if (!scheme.size)
                scheme = make_scheme(site, taxonomy, arena);
            categories[entry->category_count++] =
                (struct category){scheme, taxonomy->terms[term].id, taxonomy->terms[term].label};
        }
    }
    entry->categories = categories;
}

static void add_authors(const struct site *site, const struct article *article, struct arena *arena,
                        struct entry *entry) {
    entry->author_count = article->author_count ? article->author_count : 1;
    struct author *authors = arena_new_array(arena, entry->author_count, sizeof *authors);
    authors[0].name = site->author;
    for (size_t i = 0; i < article->author_count; i++)
        authors[i].name = arena_copy(arena, article->authors[i].name);
    entry->authors = authors;
}

static const struct slice *keep_all(struct arena *arena, const struct slice *texts, size_t count) {
    struct slice *kept = arena_new_array(arena, count, sizeof *kept);
    for (size_t i = 0; i < count; i++)
        kept[i] = arena_copy(arena, texts[i]);
    return kept;
}

/* Most articles lack most fields: an absent one costs no memory. */
static struct slice keep(struct arena *arena, struct slice text) {
    return text.size ? arena_copy(arena, text) : (struct slice){0};
}

void entry_make(const struct site *site, const struct taxonomies *taxonomies, const struct entry_parts *parts,
                struct arena *arena, struct entry *ret_entry) {
    const struct article *article = parts->article;
    struct entry entry = {
        .id = make_id(site, parts->key, arena),
        .title = keep(arena, article->title),
        .url = keep(arena, article->url),
        .published = parts->published,
        .updated = article->date.seconds,
        .source_name = keep(arena, article->source_name),
        .source_url = keep(arena, article->source_url),
        .language = keep(arena, article->language),
        .image = keep(arena, article->image),
        .enclosure = {keep(arena, article->enclosure.url), keep(arena, article->enclosure.type),
                      article->enclosure.length},
    };
    if (article->updated.present && article->updated.seconds <= parts->now)
        entry.updated = article->updated.seconds;
    /* A copy may claim a change that lies before the day on which the first one appeared. */
    if (parts->related_count && entry.updated < entry.published)
        entry.updated = entry.published;
    if (parts->source->content != CONTENT_TITLE)
        entry.summary = keep(arena, parts->summary);
    if (parts->source->content == CONTENT_FULL)
        entry.content = keep(arena, parts->html);
    add_authors(site, article, arena, &entry);
    entry.tags = keep_all(arena, article->tags, article->tag_count);
    entry.tag_count = article->tag_count;
    entry.related = keep_all(arena, parts->related, parts->related_count);
    entry.related_count = parts->related_count;
    add_categories(site, taxonomies, parts->labels, arena, &entry);
    *ret_entry = entry;
}
