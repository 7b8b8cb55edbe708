#include "ingest/convert.h"

#include "text/scripts.h"

void article_simplify(struct article *article, struct arena *arena) {
    struct slice *lines[] = {&article->title, &article->summary, &article->source_name, &article->column};
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
        *lines[i] = text_simplify(*lines[i], arena);
    article->body =
        article->format == BODY_TEXT ? text_simplify(article->body, arena) : text_simplify_markup(article->body, arena);
    struct author *authors = arena_new_array(arena, article->author_count + 1, sizeof *authors);
    for (size_t i = 0; i < article->author_count; i++)
        authors[i].name = text_simplify(article->authors[i].name, arena);
    article->authors = authors;
    struct slice *tags = arena_new_array(arena, article->tag_count + 1, sizeof *tags);
    for (size_t i = 0; i < article->tag_count; i++)
        tags[i] = text_simplify(article->tags[i], arena);
    article->tags = tags;
}
