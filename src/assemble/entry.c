#include "assemble/entry.h"

#include "assemble/key.h"
#include "base/memory.h"
#include "model/labels.h"
#include "model/page.h"

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

static struct slice make_page(struct hash128 key, struct arena *arena) {
    CLEANUP(buf_release) struct buf path = BUF(64);
    article_page_append_path(&path, key);
    return arena_copy(arena, buf_slice(&path));
}

/* In the order of the configuration: taxonomies, then terms. */
static void add_categories(const struct site *site, const struct taxonomies *taxonomies, const uint64_t *labels,
                           const struct slice *term_paths, struct arena *arena, struct entry *entry) {
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
            size_t number = taxonomy->first_term + term;
            categories[entry->category_count++] =
                (struct category){scheme, taxonomy->terms[term].id, taxonomy->terms[term].label,
                                  term_paths ? term_paths[number] : (struct slice){0}};
        }
    }
    entry->categories = categories;
}

static void add_authors(const struct site *site, const struct article *article, struct arena *arena,
                        struct entry *entry) {
    entry->authors = article->authors;
    entry->author_count = article->author_count;
    if (entry->author_count > 0)
        return;
    struct author *author = arena_new(arena, sizeof *author);
    author->name = site->author;
    entry->authors = author;
    entry->author_count = 1;
}

int64_t entry_updated(int64_t published, int64_t date, int64_t own, bool stands_for_others, int64_t now) {
    int64_t updated = own != INT64_MIN && own <= now ? own : date;
    return stands_for_others && updated < published ? published : updated;
}

void entry_make(const struct site *site, const struct taxonomies *taxonomies, const struct entry_parts *parts,
                struct arena *arena, struct entry *ret_entry) {
    const struct article *article = parts->article;
    struct entry entry = {
        .id = make_id(site, parts->key, arena),
        .title = article->title,
        .url = article->url,
        .published = parts->published,
        .source_name = article->source_name,
        .source_url = article->source_url,
        .language = article->language,
        .image = article->image,
        .enclosure = {article->enclosure.url, article->enclosure.type, article->enclosure.length},
    };
    entry.updated =
        entry_updated(parts->published, parts->date, article->updated.present ? article->updated.seconds : INT64_MIN,
                      parts->stands_for_others, parts->now);
    if (parts->source->content != CONTENT_TITLE)
        entry.summary = parts->summary;
    if (parts->source->content == CONTENT_FULL)
        entry.body = parts->html;
    add_authors(site, article, arena, &entry);
    entry.tags = article->tags;
    entry.tag_count = article->tag_count;
    entry.related = parts->related;
    entry.related_count = parts->related_count;
    add_categories(site, taxonomies, parts->labels, parts->term_paths, arena, &entry);
    if (parts->term_paths && !article->url.size)
        entry.page = make_page(parts->key_hash, arena);
    *ret_entry = entry;
}
