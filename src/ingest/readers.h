#ifndef PINDAO_INGEST_READERS_H
#define PINDAO_INGEST_READERS_H

#include "ingest/source.h"

/* The rows of the table in source.c; each stands in the file of its name. */
extern const struct reader reader_feed;
extern const struct reader reader_jsonl;
extern const struct reader reader_listing;
extern const struct reader reader_markdown;
extern const struct reader reader_page;

#endif
