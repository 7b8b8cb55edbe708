#include "base/date.h"
#include "render/page_values.h"
#include "render/pages.h"

/* By the site's calendar, four digits. */
static struct slice year_of(int64_t seconds, struct arena *arena) {
    CLEANUP(buf_release) struct buf day = BUF(64);
    date_append_day(&day, seconds);
    return arena_copy(arena, slice_range(buf_slice(&day), 0, 4));
}

static struct mustache_value period_value(const struct templates *templates, const struct archive_page *page, size_t i,
                                          struct arena *arena) {
    const struct archive_period_link *link = &page->periods[i];
    struct slice name = page_period_name(templates, page->period, link->begin, arena);
    return PAGE_MAPPING(arena, {SLICE("name"), mustache_text(name)}, {SLICE("path"), mustache_text(link->path)},
                        {SLICE("count"), page_number(templates, link->count, arena)});
}

/* They come in order, so that each year is a run of them. */
static struct mustache_value years_value(const struct templates *templates, const struct archive_page *page,
                                         struct arena *arena) {
    struct mustache_value *years = arena_new_array(arena, page->period_count, sizeof *years);
    struct mustache_value *periods = arena_new_array(arena, page->period_count, sizeof *periods);
    size_t count = 0;
    for (size_t begin = 0, end; begin < page->period_count; begin = end) {
        struct slice year = year_of(page->periods[begin].begin, arena);
        for (end = begin; end < page->period_count; end++) {
            if (!slice_equal(year_of(page->periods[end].begin, arena), year))
                break;
            periods[end] = period_value(templates, page, end, arena);
        }
        years[count++] = PAGE_MAPPING(arena, {SLICE("year"), mustache_text(year)},
                                      {SLICE("periods"), mustache_list(periods + begin, end - begin)});
    }
    return mustache_list(years, count);
}

void page_render_archive(const struct templates *templates, const struct archive_page *page, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    struct slice title = page->channel_title.size ? page->channel_title : templates->site->title;
    buf_append_slice(&path, page->channel_path);
    buf_append_string(&path, "archive/");
    const struct page_about about = {
        .path = buf_slice(&path),
        .name = page_joined(title, interface_text_of(&templates->text, "archive"), &arena),
    };
    CLEANUP(page_values_release) struct page_values values = page_values_new(templates, &about);
    page_values_add(&values, "channel",
                    PAGE_MAPPING(&arena, {SLICE("title"), mustache_text(title)},
                                 {SLICE("path"), mustache_text(page_reference(page->channel_path))}));
    page_values_add(&values, "years", years_value(templates, page, &arena));
    page_values_render(&values, TEMPLATE_ARCHIVE, buf);
}
