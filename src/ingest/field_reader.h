#ifndef PINDAO_INGEST_FIELD_READER_H
#define PINDAO_INGEST_FIELD_READER_H

#include "ingest/fields.h"
#include "text/choke.h"

/* Inside of fields.c and field_shapes.c: what they share while one article is made. */
struct field_reader {
    const struct source *source;
    const struct raw_article *raw;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct choke_report report; /* over all fields */
};

/* The value of the article, else the source's default as a text. RAW_ABSENT when there is neither; never NULL. */
const struct raw_value *field_value(const struct field_reader *reader, enum article_field field);

/* FIELD_INVALID at the value, with `name` and what was written. */
void field_complain(struct field_reader *reader, const struct raw_value *value, const char *name);

struct place field_place(const struct field_reader *reader, const struct raw_value *value);

/* Choked as one line; empty after a complaint when the value is no text. */
struct slice field_line(struct field_reader *reader, const struct raw_value *value, const char *name);

/* A web address, percent-encoded; empty after a complaint when it is none. */
struct slice field_address(struct field_reader *reader, const struct raw_value *value, const char *name);

/* Fields of more than one shape (field_shapes.c). Each leaves the article's field empty after complaining. */
void field_authors(struct field_reader *reader, struct article *article);
void field_source(struct field_reader *reader, struct article *article);
void field_tags(struct field_reader *reader, struct article *article);
void field_enclosure(struct field_reader *reader, struct article *article);
void field_labels(struct field_reader *reader, struct article *article);

#endif
