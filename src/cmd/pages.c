#include "cmd/pages.h"

#include "assemble/overview.h"
#include "cmd/archives.h"
#include "cmd/entry_list.h"
#include "cmd/recent.h"
#include "cmd/site_files.h"
#include "render/pages.h"

static const struct channel *find_root(const struct channels *channels) {
    for (size_t i = 0; i < channels->items.count; i++)
        if (channels->items.items[i].path.size == 1)
            return &channels->items.items[i];
    return NULL;
}

static enum making_result write_home(const struct tree_making *making, struct home_page *home,
                                     struct diagnostics *diagnostics) {
    static const struct slice path = SLICE_CONSTANT("index.html");
    const struct format *html = format_find(SLICE("html"));
    const struct channel *root = find_root(making->channels);
    CLEANUP(entry_list_release) struct entry_list list = {0};
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf page = BUF(BUF_UNLIMITED);
    (void)entry_list_choose(&list, making, HOME_ENTRIES_MOST, 0);
    enum making_result result = entry_list_make(&list, making, html, path, diagnostics);
    if (result != MAKING_OK)
        return result;
    if (root)
        home->older_page = archives_newest_html_page(making->corpus, root, &arena);
    page_render_home(making->corpus->templates, home, list.entries.items, list.entries.count, &page);
    site_file_put(making, path, buf_slice(&page), html->served_type);
    entry_list_note(&list, making, path, buf_slice(&page));
    return MAKING_OK;
}

static void write_choice(const struct tree_making *making, const struct choice_page *choice) {
    CLEANUP(buf_release) struct buf page = BUF(BUF_UNLIMITED);
    page_render_choice(making->corpus->templates, choice, &page);
    site_file_put(making, SLICE("my/index.html"), buf_slice(&page), format_find(SLICE("html"))->served_type);
}

enum making_result pages_write(const struct tree_making *making, struct diagnostics *diagnostics) {
    const struct corpus *corpus = making->corpus;
    CLEANUP(overview_release) struct overview overview;
    overview_make(corpus->settings, making->channels, &corpus->index, &corpus->labels, &overview);
    write_choice(making, &overview.choice);
    enum making_result result = write_home(making, &overview.home, diagnostics);
    return result == MAKING_OK ? recent_write(making, diagnostics) : result;
}
