#include "render/page_values.h"
#include "render/pages.h"
#include "render/sparkline.h"

/* --- the table -------------------------------------------------------------------------------------------------- */

/* The rows are made as they are wanted: a table of two long taxonomies has many cells. */
struct table_making {
    const struct templates *templates;
    const struct overview_table *table;
    struct slice trend; /* what a sparkline shows */
};

/* "近一年：", "普陀区 · 集成电路：12" */
static struct slice said_of(const struct templates *templates, struct slice subject, struct slice what,
                            struct arena *arena) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    buf_append_slice(&text, subject);
    buf_append_slice(&text, interface_text_of(&templates->text, "colon"));
    buf_append_slice(&text, what);
    return arena_copy(arena, buf_slice(&text));
}

static struct slice level_text(unsigned level) {
    static const char digits[] = "012345";
    return (struct slice){&digits[level], 1};
}

static struct mustache_value cell_value(const struct table_making *making, const struct overview_cell *cell,
                                        const struct overview_term *column, struct arena *arena) {
    struct mustache_value count = page_number(making->templates, cell->count, arena);
    return PAGE_MAPPING(arena, {SLICE("count"), count}, {SLICE("path"), mustache_text(page_reference(cell->path))},
                        {SLICE("level"), mustache_text(level_text(cell->level))},
                        {SLICE("title"), mustache_text(said_of(making->templates, cell->title, count.text, arena))},
                        {SLICE("is_empty"), mustache_boolean(cell->count == 0)},
                        {SLICE("label"), mustache_text(column->label)});
}

static struct mustache_value cells_value(const struct table_making *making, size_t row, struct arena *arena) {
    const struct overview_table *table = making->table;
    struct mustache_value *cells = arena_new_array(arena, table->column_count, sizeof *cells);
    for (size_t i = 0; i < table->column_count; i++)
        cells[i] = cell_value(making, &table->cells[row * table->column_count + i], &table->columns[i], arena);
    return mustache_list(cells, table->column_count);
}

static struct mustache_value sparkline_value(const struct table_making *making, const struct overview_term *term,
                                             struct arena *arena) {
    CLEANUP(buf_release) struct buf line = BUF(BUF_UNLIMITED);
    sparkline_append(making->trend, term->months, OVERVIEW_MONTHS, &line);
    return mustache_html(arena_copy(arena, buf_slice(&line)));
}

static struct slice term_path(const struct overview_term *term) {
    return term->has_page ? page_reference(term->path) : (struct slice){0};
}

static bool make_row(const void *context, size_t number, struct arena *arena, struct mustache_value *ret_item) {
    const struct table_making *making = context;
    if (number >= making->table->row_count)
        return false;
    const struct overview_term *row = &making->table->rows[number];
    *ret_item =
        PAGE_MAPPING(arena, {SLICE("label"), mustache_text(row->label)},
                     {SLICE("short"), mustache_text(row->short_label)}, {SLICE("path"), mustache_text(term_path(row))},
                     {SLICE("count"), page_number(making->templates, row->count, arena)},
                     {SLICE("sparkline"), sparkline_value(making, row, arena)},
                     {SLICE("cells"), cells_value(making, number, arena)});
    return true;
}

static struct mustache_value columns_value(const struct table_making *making, struct arena *arena) {
    const struct overview_table *table = making->table;
    struct mustache_value *columns = arena_new_array(arena, table->column_count, sizeof *columns);
    for (size_t i = 0; i < table->column_count; i++)
        columns[i] = PAGE_MAPPING(arena, {SLICE("label"), mustache_text(table->columns[i].label)},
                                  {SLICE("short"), mustache_text(table->columns[i].short_label)},
                                  {SLICE("path"), mustache_text(term_path(&table->columns[i]))},
                                  {SLICE("count"), page_number(making->templates, table->columns[i].count, arena)});
    return mustache_list(columns, table->column_count);
}

static struct mustache_value table_value(const struct table_making *making, struct arena *arena) {
    const struct overview_table *table = making->table;
    CLEANUP(buf_release) struct buf label = BUF(BUF_UNLIMITED);
    if (table->row_count == 0)
        return (struct mustache_value){0};
    buf_append_slice(&label, table->row_label);
    buf_append_string(&label, " × ");
    buf_append_slice(&label, table->column_label);
    struct mustache_value rows = {.kind = MUSTACHE_LAZY, .lazy = {make_row, making}};
    return PAGE_MAPPING(arena, {SLICE("label"), mustache_text(arena_copy(arena, buf_slice(&label)))},
                        {SLICE("row_label"), mustache_text(table->row_label)},
                        {SLICE("column_label"), mustache_text(table->column_label)},
                        {SLICE("columns"), columns_value(making, arena)}, {SLICE("rows"), rows},
                        {SLICE("total"), page_number(making->templates, table->total, arena)});
}

/* --- the rest --------------------------------------------------------------------------------------------------- */

static struct mustache_value group_value(const struct templates *templates, const struct channel_group *group,
                                         struct arena *arena) {
    struct mustache_value *channels = arena_new_array(arena, group->count, sizeof *channels);
    for (size_t i = 0; i < group->count; i++) {
        const struct channel_link *link = &group->channels[i];
        channels[i] = PAGE_MAPPING(arena, {SLICE("title"), mustache_text(link->title)},
                                   {SLICE("path"), mustache_text(page_reference(link->path))},
                                   {SLICE("count"), page_number(templates, link->count, arena)},
                                   {SLICE("is_empty"), mustache_boolean(link->count == 0)});
    }
    return PAGE_MAPPING(arena, {SLICE("label"), mustache_text(group->label)},
                        {SLICE("channels"), mustache_list(channels, group->count)});
}

static struct mustache_value groups_value(const struct templates *templates, const struct home_page *page,
                                          struct arena *arena) {
    struct mustache_value *groups = arena_new_array(arena, page->group_count, sizeof *groups);
    for (size_t i = 0; i < page->group_count; i++)
        groups[i] = group_value(templates, &page->groups[i], arena);
    return mustache_list(groups, page->group_count);
}

/* What the second of three steps is about. */
static void add_main_feed(struct page_values *values, bool has_channel) {
    const struct format *format = has_channel ? page_main_format(values->templates) : NULL;
    struct mustache_value feed = {0};
    struct slice address = {0};
    if (format) {
        struct slice name = slice_of(format->file_name);
        address = page_address(values->templates, name, &values->arena);
        feed = PAGE_MAPPING(&values->arena, {SLICE("path"), mustache_text(name)},
                            {SLICE("address"), mustache_text(address)},
                            {SLICE("label"), mustache_text(slice_of(format->label))});
    }
    page_values_add(values, "main_feed", feed);
    page_values_add(values, "qr", page_qr(values->templates, address, &values->arena));
}

static void add_archive(struct page_values *values, const struct home_page *page) {
    page_values_add_text(values, "older", page->older_page);
    page_values_add_text(values, "archive", page->has_archive ? SLICE("archive/") : (struct slice){0});
}

void page_render_home(const struct templates *templates, const struct home_page *page, const struct slice *entries,
                      size_t count, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    const struct site *site = templates->site;
    const struct page_about about = {
        .name = site->title,
        .title = page_joined(site->title, site->subtitle, &arena),
        .description = site->subtitle,
        .has_feeds = page->has_channel,
    };
    struct slice trend = interface_text_of(&templates->text, "last_year");
    const struct table_making making = {templates, &page->table, said_of(templates, trend, (struct slice){0}, &arena)};
    CLEANUP(page_values_release) struct page_values values = page_values_new(templates, &about);
    page_values_add(&values, "table", table_value(&making, &arena));
    page_values_add(&values, "groups", groups_value(templates, page, &arena));
    page_values_add(&values, "has_groups", mustache_boolean(page->group_count > 0));
    page_values_add_text(&values, "months_begin",
                         page_period_name(templates, ARCHIVE_MONTH, page->months_begin, &arena));
    page_values_add_text(&values, "months_end", page_period_name(templates, ARCHIVE_MONTH, page->months_end, &arena));
    page_values_add(&values, "entries", page_pieces(entries, count, &arena));
    page_values_add(&values, "count", page_number(templates, page->articles, &arena));
    add_main_feed(&values, page->has_channel);
    add_archive(&values, page);
    page_values_render(&values, TEMPLATE_INDEX, buf);
}
