#include "ingest/source.h"

#include "ingest/readers.h"

/* The table of readers: a new one is a row here. */
static const struct reader *const readers[] = {&reader_markdown, &reader_jsonl, &reader_listing, &reader_page,
                                               &reader_feed};

const struct reader *reader_find(const char *name) {
    for (size_t i = 0; i < ARRAY_LENGTH(readers); i++)
        if (strcmp(readers[i]->name, name) == 0)
            return readers[i];
    return NULL;
}

const char *const *reader_names(size_t *ret_count) {
    static const char *const names[] = {"markdown", "jsonl", "listing", "page", "feed"};
    _Static_assert(ARRAY_LENGTH(names) == ARRAY_LENGTH(readers), "every reader has its name here");
    *ret_count = ARRAY_LENGTH(names);
    return names;
}
