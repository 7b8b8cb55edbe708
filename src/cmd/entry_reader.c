#include "cmd/entry_reader.h"

#include "assemble/entry.h"
#include "base/file.h"
#include "clean/clean.h"
#include "cmd/copies.h"
#include "ingest/convert.h"
#include "render/content.h"

#include <errno.h>

void entry_reader_init(struct entry_reader *reader, const struct corpus *corpus, int64_t now) {
    *reader = (struct entry_reader){.corpus = corpus, .now = now};
    reader->html = reader->key = reader->content = BUF(BUF_UNLIMITED);
}

void entry_reader_release(struct entry_reader *reader) {
    arena_release(&reader->arena);
    buf_release(&reader->html);
    buf_release(&reader->key);
    buf_release(&reader->content);
}

/* What is shown for the record: its own article, or the best copy of it. */
static bool read_copies(struct entry_reader *reader, uint32_t number, struct copies *copies) {
    const struct corpus *corpus = reader->corpus;
    const struct record *record = index_record(&corpus->index, number);
    const struct index_group *group = index_group_of(&corpus->index, number);
    if (group)
        return copies_read(corpus, group, &reader->arena, copies);
    if (!corpus_read_again(corpus, record, &reader->arena, &copies->article))
        return false;
    corrections_apply(&corpus->desk, &copies->article, &reader->key, &reader->arena, NULL);
    const struct index_host *host = index_host_of(&corpus->index, number);
    copies->key = host ? host->key : buf_slice(&reader->key);
    copies->source = corpus->source_of_file[record->location.file];
    return true;
}

static void make_entry(struct entry_reader *reader, uint32_t number, const struct copies *copies, struct slice summary,
                       struct entry *ret_entry) {
    const struct corpus *corpus = reader->corpus;
    const struct record *record = index_record(&corpus->index, number);
    const struct index_group *group = index_group_of(&corpus->index, number);
    const struct entry_parts parts = {
        .article = &copies->article,
        .key = copies->key,
        .date = index_record(&corpus->index, group ? group->shown : number)->date,
        .published = record->date,
        .source = copies->source,
        .html = buf_slice(&reader->html),
        .summary = summary,
        .labels = label_table_set(&corpus->labels, record->labels),
        .related = copies->related,
        .related_count = copies->related_count,
        .stands_for_others = group != NULL,
        .now = reader->now,
        .term_paths = corpus->term_paths,
        .key_hash = index_entry_key(&corpus->index, number),
    };
    entry_make(&corpus->settings->site, &corpus->settings->taxonomies, &parts, &reader->arena, ret_entry);
    content_render(corpus->templates, ret_entry, &reader->content);
    ret_entry->content = buf_slice(&reader->content);
}

enum entry_reading entry_read(struct entry_reader *reader, uint32_t place, struct entry *ret_entry) {
    uint32_t number = reader->corpus->index.order[place];
    struct copies copies = {0};
    struct plain_text text = {0};
    arena_clear(&reader->arena);
    buf_clear(&reader->html);
    buf_clear(&reader->key);
    buf_clear(&reader->content);
    errno = 0;
    bool is_read = read_copies(reader, number, &copies);
    if (is_read && copies.source->simplified)
        article_simplify(&copies.article, &reader->arena);
    if (!is_read || !clean_plain_text(&copies.article, &reader->arena, &text) ||
        !clean_html(&copies.article, &reader->html))
        return file_error_is_own(errno) ? ENTRY_UNREADABLE : ENTRY_SOURCE_CHANGED;
    make_entry(reader, number, &copies, clean_summary(&copies.article, &text, &reader->arena), ret_entry);
    return ENTRY_READ;
}
