#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "ingest/upstream.h"
#include "json/writer.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Every page of tests/ingest/list-pages as an answer, and what it should give: NAME.html, and NAME.jsonl with an
 * article a line or, where it gives none, the problem. LIST_PAGES_BLESS=1 writes them anew; read the diff.
 */
#define FOLDER "tests/ingest/list-pages"

static void append_article(void *context, const struct article *article) {
    CLEANUP(buf_release) struct buf date = BUF(64);
    struct json_writer json = json_line_writer_on(context);
    const struct {
        const char *name;
        struct slice value;
    } fields[] = {{"url", article->url},       {"title", article->title},     {"date", {0}},
                  {"column", article->column}, {"summary", article->summary}, {"image", article->image}};
    if (article->date.day_only)
        date_append_day(&date, article->date.seconds);
    else
        date_append_rfc3339(&date, article->date.seconds);
    json_open_object(&json);
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        bool is_date = strcmp(fields[i].name, "date") == 0;
        if (!is_date && !fields[i].value.size)
            continue;
        json_key(&json, fields[i].name);
        json_string(&json, is_date ? buf_slice(&date) : fields[i].value);
    }
    json_close(&json);
}

static void read_file(const char *path, struct buf *text) {
    CLEANUP(file_close) int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    char chunk[4096];
    ssize_t size = 0;
    while (descriptor >= 0 && (size = read(descriptor, chunk, sizeof chunk)) > 0)
        buf_append(text, chunk, (size_t)size);
}

static void write_file(const char *path, struct slice text) {
    CLEANUP(file_close) int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(descriptor >= 0 && file_write(descriptor, text));
}

static void read_page(struct slice html, struct buf *found) {
    CLEANUP(buf_release) struct buf problem = BUF(1 << 12);
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    const struct source source = {.upstream = {.reader = "listing", .order = ORDER_OLDEST_FIRST}};
    const struct taxonomies taxonomies = {0};
    const struct upstream_answer answer = {html, SLICE("text/html"), SLICE("https://www.example.org/col/index.html")};
    struct upstream_reading reading = {0};
    if (!upstream_read(&source, &taxonomies, &answer, append_article, found, &diagnostics, &problem, &reading)) {
        struct json_writer json = json_line_writer_on(found);
        json_open_object(&json);
        json_key(&json, "problem");
        json_string(&json, buf_slice(&problem));
        json_close(&json);
    }
    assert_int_equal(diagnostics.items.count, 0);
}

static void every_page_gives_what_it_should(void **unused) {
    (void)unused;
    size_t count = 0;
    bool bad = false;
    DIR *folder = opendir(FOLDER);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        CLEANUP(buf_release) struct buf path = BUF(1 << 12);
        CLEANUP(buf_release) struct buf html = BUF(1 << 20);
        CLEANUP(buf_release) struct buf found = BUF(1 << 20);
        CLEANUP(buf_release) struct buf wanted = BUF(1 << 20);
        if (!slice_ends_with(slice_of(entry->d_name), SLICE(".html")))
            continue;
        buf_append_format(&path, FOLDER "/%s", entry->d_name);
        read_file(buf_string(&path), &html);
        read_page(buf_slice(&html), &found);
        buf_truncate(&path, path.size - strlen(".html"));
        buf_append_string(&path, ".jsonl");
        if (getenv("LIST_PAGES_BLESS"))
            write_file(buf_string(&path), buf_slice(&found));
        read_file(buf_string(&path), &wanted);
        if (!slice_equal(buf_slice(&found), buf_slice(&wanted))) {
            print_message("# %s\n# wanted:\n%s# found:\n%s", entry->d_name, buf_string(&wanted), buf_string(&found));
            bad = true;
        }
        count++;
    }
    closedir(folder);
    assert_false(bad);
    assert_true(count >= 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_page_gives_what_it_should)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
