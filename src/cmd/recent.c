#include "cmd/recent.h"

#include "cmd/entry_list.h"
#include "cmd/site_files.h"
#include "render/pages.h"

enum { DAY = 24 * 60 * 60 };

static void append_entry(const struct templates *templates, const struct entry *entry, bool in_full, struct buf *buf) {
    (void)in_full;
    recent_append_entry(templates, entry, buf);
}

enum making_result recent_write(const struct tree_making *making, struct diagnostics *diagnostics) {
    static const struct slice path = SLICE_CONSTANT("recent.json");
    /* For its pieces alone: the file around them is no channel's. */
    static const struct format format = {.name = "recent", .entry = append_entry};
    const struct index *index = &making->corpus->index;
    CLEANUP(entry_list_release) struct entry_list list = {0};
    CLEANUP(buf_release) struct buf file = BUF(BUF_UNLIMITED);
    bool is_complete = entry_list_choose(&list, making, RECENT_ENTRIES_MOST, (int64_t)RECENT_DAYS * DAY);
    enum making_result result = entry_list_make(&list, making, &format, path, diagnostics);
    if (result != MAKING_OK)
        return result;
    int64_t newest = list.places.count ? index_record(index, index->order[list.places.items[0]])->date : INT64_MIN;
    recent_append_file(making->corpus->templates, list.entries.items, list.entries.count, newest, is_complete, &file);
    site_file_put(making, path, buf_slice(&file), "application/json; charset=utf-8");
    entry_list_note(&list, making, path, buf_slice(&file));
    return MAKING_OK;
}
