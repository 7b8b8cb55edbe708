#include "cmd/pages.h"

#include "assemble/archive.h"
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

/* Where who has read the home page to its end goes on, as html has it. */
static struct slice older_page_of(const struct corpus *corpus, const struct channel *root, struct arena *arena) {
    int64_t begin = 0;
    CLEANUP(buf_release) struct buf name = BUF(256);
    if (!archives_page_behind(corpus, root, HOME_ENTRIES_MOST, arena, &begin).size)
        return (struct slice){0};
    archive_append_html_page(&name, root->rule->archive, archive_span_at(root->rule->archive, begin));
    return arena_copy(arena, buf_slice(&name));
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
        home->older_page = older_page_of(making->corpus, root, &arena);
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
    enum making_result result = write_home(making, &overview.home, diagnostics);
    if (result != MAKING_OK || !corpus->templates->has_choice)
        return result;
    write_choice(making, &overview.choice);
    return recent_write(making, diagnostics);
}
