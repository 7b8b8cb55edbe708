#include "cmd/article_input.h"

#include "base/uri.h"

struct classify_input article_input(const struct article *article, const struct plain_text *text) {
    return (struct classify_input){
        .title = article->title,
        .text = text->text,
        .lead_size = text->lead_size,
        .column = article->column,
        .host = uri_host(article->url),
        .source = article->source_name,
        .labels = article->labels,
        .label_count = article->label_count,
    };
}
