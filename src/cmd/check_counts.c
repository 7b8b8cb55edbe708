#include "cmd/check_counts.h"

#include "base/utf8.h"
#include "cmd/columns.h"

enum { CELL_LEAST = 4 /* columns: a blank and three digits */, HEAD_GAP = 2 };

/* --- counting ----------------------------------------------------------------------------------------------- */

static size_t size_with_sums(const struct taxonomy *taxonomy) {
    return taxonomy ? taxonomy->term_count + 2 : 1;
}

/* The numbers of the rows (or columns) that an article belongs to, the last of them that of all. */
static size_t find_lines(const struct taxonomy *taxonomy, const uint64_t *labels, size_t *lines) {
    size_t count = 0;
    for (size_t i = 0; taxonomy && i < taxonomy->term_count; i++)
        if (label_bit(labels, taxonomy->first_term + i))
            lines[count++] = i;
    if (taxonomy && count == 0)
        lines[count++] = taxonomy->term_count;
    lines[count++] = taxonomy ? taxonomy->term_count + 1 : 0;
    return count;
}

void term_counts_make(const struct corpus *corpus, struct term_counts *ret_counts) {
    const struct taxonomies *taxonomies = &corpus->settings->taxonomies;
    struct term_counts counts = {.rows = taxonomies->count > 0 ? &taxonomies->items[0] : NULL,
                                 .columns = taxonomies->count > 1 ? &taxonomies->items[1] : NULL};
    counts.row_count = size_with_sums(counts.rows);
    counts.column_count = size_with_sums(counts.columns);
    counts.cells = memory_new_array(counts.row_count * counts.column_count, sizeof *counts.cells);
    CLEANUP(memory_free) size_t *rows = memory_new_array(counts.row_count, sizeof *rows);
    CLEANUP(memory_free) size_t *columns = memory_new_array(counts.column_count, sizeof *columns);
    for (size_t place = 0; place < corpus->index.order_count; place++) {
        const struct record *record = index_record(&corpus->index, corpus->index.order[place]);
        const uint64_t *labels = label_table_set(&corpus->labels, record->labels);
        size_t row_count = find_lines(counts.rows, labels, rows);
        size_t column_count = find_lines(counts.columns, labels, columns);
        for (size_t i = 0; i < row_count; i++)
            for (size_t k = 0; k < column_count; k++)
                counts.cells[rows[i] * counts.column_count + columns[k]]++;
    }
    *ret_counts = counts;
}

void term_counts_release(struct term_counts *counts) {
    free(counts->cells);
}

static struct slice line_name(const struct taxonomy *taxonomy, size_t line) {
    if (!taxonomy || line == taxonomy->term_count + 1)
        return SLICE("all");
    return line == taxonomy->term_count ? SLICE("none") : taxonomy->terms[line].short_label;
}

/* --- as a table --------------------------------------------------------------------------------------------- */

struct table {
    const struct term_counts *counts;
    struct buf *buf;
    size_t head;       /* columns of the rows' names */
    size_t cell;       /* columns of a cell */
    size_t first, end; /* columns in this band */
};

static size_t widest_row_name(const struct term_counts *counts) {
    size_t widest = 0;
    for (size_t i = 0; i < counts->row_count; i++) {
        size_t columns = columns_of(line_name(counts->rows, i));
        widest = columns > widest ? columns : widest;
    }
    return widest;
}

static size_t cell_width(const struct term_counts *counts) {
    size_t width = 1;
    for (size_t most = counts->cells[counts->row_count * counts->column_count - 1]; most > 0; most /= 10)
        width++;
    return width > CELL_LEAST ? width : CELL_LEAST;
}

static void append_cell(const struct table *table, struct slice text) {
    for (size_t i = columns_of(text); i < table->cell; i++)
        buf_append_byte(table->buf, ' ');
    buf_append_slice(table->buf, text);
}

/* Names run downwards, a character a line, down to the same last line. */
static void append_heads(const struct table *table) {
    size_t height = 0;
    for (size_t k = table->first; k < table->end; k++) {
        size_t characters = utf8_count(line_name(table->counts->columns, k));
        height = characters > height ? characters : height;
    }
    for (size_t line = 0; line < height; line++) {
        for (size_t i = 0; i < table->head; i++)
            buf_append_byte(table->buf, ' ');
        for (size_t k = table->first; k < table->end; k++) {
            struct slice name = line_name(table->counts->columns, k);
            size_t missing = height - utf8_count(name);
            size_t from = line < missing ? name.size : utf8_offset(name, line - missing);
            size_t to = line < missing ? name.size : utf8_offset(name, line - missing + 1);
            append_cell(table, slice_range(name, from, to));
        }
        while (table->buf->data[table->buf->size - 1] == ' ')
            buf_truncate(table->buf, table->buf->size - 1);
        buf_append_byte(table->buf, '\n');
    }
}

static void append_row(const struct table *table, size_t row) {
    size_t begin = table->buf->size;
    struct slice name = line_name(table->counts->rows, row);
    columns_append(table->buf, name);
    for (size_t i = columns_of(name); i < table->head; i++)
        buf_append_byte(table->buf, ' ');
    for (size_t k = table->first; k < table->end; k++) {
        CLEANUP(buf_release) struct buf number = BUF(32);
        size_t cell = table->counts->cells[row * table->counts->column_count + k];
        buf_append_format(&number, "%zu", cell);
        append_cell(table, cell ? buf_slice(&number) : SLICE("·"));
    }
    if (table->buf->size > begin)
        buf_append_byte(table->buf, '\n');
}

void term_counts_append(const struct term_counts *counts, size_t width, struct buf *buf) {
    struct table table = {.counts = counts, .buf = buf};
    if (!counts->rows)
        return;
    table.head = widest_row_name(counts) + HEAD_GAP;
    table.cell = cell_width(counts);
    size_t band = width > table.head + table.cell ? (width - table.head) / table.cell : 1;
    for (table.first = 0; table.first < counts->column_count; table.first = table.end) {
        table.end = table.first + band < counts->column_count ? table.first + band : counts->column_count;
        append_heads(&table);
        for (size_t row = 0; row < counts->row_count; row++)
            append_row(&table, row);
        buf_append_byte(buf, '\n');
    }
}

/* --- as JSON ------------------------------------------------------------------------------------------------ */

static void write_names(struct json_writer *json, const char *key, const struct taxonomy *taxonomy, size_t count) {
    json_key(json, key);
    json_open_array(json);
    for (size_t i = 0; i < count; i++)
        json_string(json, taxonomy && i < taxonomy->term_count ? taxonomy->terms[i].id : line_name(taxonomy, i));
    json_close(json);
}

void term_counts_write_json(const struct term_counts *counts, struct json_writer *json) {
    json_open_object(json);
    write_names(json, "rows", counts->rows, counts->row_count);
    write_names(json, "columns", counts->columns, counts->column_count);
    json_key(json, "cells");
    json_open_array(json);
    for (size_t i = 0; i < counts->row_count; i++) {
        json_open_array(json);
        for (size_t k = 0; k < counts->column_count; k++)
            json_unsigned(json, counts->cells[i * counts->column_count + k]);
        json_close(json);
    }
    json_close(json);
    json_close(json);
}
