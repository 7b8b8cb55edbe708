#ifndef PINDAO_CMD_ENTRY_READER_H
#define PINDAO_CMD_ENTRY_READER_H

#include "cmd/corpus.h"
#include "model/feed.h"

/*
 * The entry at a place of index->order, made of its articles, which are read again: what heads, archives and pages
 * render. One reader a thread.
 */
struct entry_reader {
    const struct corpus *corpus;
    int64_t now;
    struct arena arena; /* of the entry at hand, as are the buffers */
    struct buf html, key, content;
};
void entry_reader_init(struct entry_reader *reader, const struct corpus *corpus, int64_t now);
void entry_reader_release(struct entry_reader *reader);

enum entry_reading {
    ENTRY_READ,
    ENTRY_SOURCE_CHANGED, /* since the index was made */
    ENTRY_UNREADABLE,     /* for want of descriptors, say: errno says why, and nothing has changed */
};

/* With its content as readers are to see it (render/content.h). *ret_entry lives until the next one is read. */
enum entry_reading entry_read(struct entry_reader *reader, uint32_t place, struct entry *ret_entry);

#endif
