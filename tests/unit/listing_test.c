#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "clean/clean.h"
#include "unit/reading.h"

#include <json-c/json.h>

static struct reading_test test;

static int init(void **unused) {
    (void)unused;
    reading_init(&test);
    return 0;
}

static int release(void **unused) {
    (void)unused;
    reading_release(&test);
    return 0;
}

/* Every record of a listing: `line title|column|day|body` or `line !diagnostic`, one a line. */
static void note_records(struct slice text, struct buf *notes) {
    struct record_bounds bounds;
    size_t position = 0;
    unsigned line = 1;
    while (reader_find("listing")->next(text, &position, &line, &bounds)) {
        struct place place = {SLICE("a.txt"), bounds.line, 0};
        struct article article;
        struct slice record = slice_range(text, bounds.begin, bounds.end);
        buf_append_format(notes, "%u ", bounds.line);
        if (bounds.too_large) {
            buf_append_string(notes, "!too-large\n");
        } else if (reader_find("listing")->parse(&test.source, &test.taxonomies, record, place, &test.arena,
                                                 &test.diagnostics, &article)) {
            buf_append_format(notes, "%.*s|%.*s|", SLICE_ARGUMENTS(article.title), SLICE_ARGUMENTS(article.column));
            date_append_day(notes, article.date.seconds);
            buf_append_format(notes, "|%.*s\n", SLICE_ARGUMENTS(article.body));
        } else {
            size_t count = test.diagnostics.items.count;
            const struct diagnostic *last = &test.diagnostics.items.items[count - 1];
            buf_append_format(notes, "!%s:%u\n", diagnostic_name(last->id), last->place.line);
        }
    }
    assert_int_equal(position, text.size);
}

static void expect(const char *text, const char *records) {
    CLEANUP(buf_release) struct buf notes = BUF(1 << 20);
    note_records(slice_of(text), &notes);
    assert_string_equal(buf_string(&notes), records);
}

static void records_stand_between_dashes(void **unused) {
    (void)unused;
    expect("-\n【上海招商】甲\n正文甲。\n2025-07-18\n-\n乙\n正文乙。\n2025-07-17\n",
           "2 甲|上海招商|2025-07-18|正文甲。\n6 乙||2025-07-17|正文乙。\n");
    expect("甲\n正文甲。\n2025-07-18", "1 甲||2025-07-18|正文甲。\n");
    expect("", "");
    expect("\n\n", "");
    expect("-\n", "");
    expect("-", "");
}

static void the_page_foot_is_no_record(void **unused) {
    (void)unused;
    expect("-\n甲\n正文。\n2025-07-18\n有想补充的信息?点我投稿\n\n- 联系我们\n- 企业入驻\n",
           "2 甲||2025-07-18|正文。\n");
    expect("-\n甲\n正文。\n2025-07-18\n\n- 联系我们\n-\n乙\n正文。\n2025-07-17\n",
           "2 甲||2025-07-18|正文。\n8 乙||2025-07-17|正文。\n");
    expect("有想补充的信息?点我投稿\n\n- 联系我们\n", "");
    /* A foot with a date in it does not become part of the article. */
    expect("-\n甲\n正文。\n2025-07-18\n- 联系我们\n2025-01-01\n", "2 甲||2025-07-18|正文。\n");
}

static void line_ends_and_blank_lines_do_not_matter(void **unused) {
    (void)unused;
    expect("-\r\n甲\r\n正文。\r\n2025-07-18\r\n-\r\n乙\r\n正文。\r\n2025-07-17\r\n",
           "2 甲||2025-07-18|正文。\n6 乙||2025-07-17|正文。\n");
    expect("\n-\n\n甲\n\n正文。\n\n2025-07-18\n\n-\n乙\n正文。\n2025-07-17\n",
           "4 甲||2025-07-18|正文。\n11 乙||2025-07-17|正文。\n");
    expect("- \n甲\n正文。\n 2025年7月18日 \n", "2 甲||2025-07-18|正文。\n");
}

static void bodies_have_lines(void **unused) {
    (void)unused;
    expect("-\n甲\n一段。\n二段。\n2025-07-18\n", "2 甲||2025-07-18|一段。\n二段。\n");
    expect("-\n甲\n一段。\n2025-01-01\n二段。\n2025-07-18\n", "2 甲||2025-07-18|一段。\n2025-01-01\n二段。\n");
    expect("-\n甲\n2025-07-18\n一段。\n二段。\n", "2 甲||2025-07-18|一段。\n二段。\n");
}

static void what_is_no_record_is_refused(void **unused) {
    (void)unused;
    expect("-\n甲\n正文。\n-\n乙\n正文。\n2025-07-17\n", "2 !date-missing:2\n5 乙||2025-07-17|正文。\n");
    expect("-\n甲\n正文。\n2025-02-30\n", "2 !date-missing:2\n");
    expect("-\n-\n乙\n正文。\n2025-07-17\n", "1 !record-broken:1\n3 乙||2025-07-17|正文。\n");
    expect("-\n2025-07-17\n", "2 !title-missing:2\n");
    expect("-\n甲\n2025-07-17\n", "2 !body-missing:2\n");
    expect("首页 > 新闻\n-\n甲\n正文。\n2025-07-18\n", "1 !date-missing:1\n3 甲||2025-07-18|正文。\n");
    expect("-\n甲\n正文。\n2025-07-18\n上一页 下一页\n-\n乙\n正文。\n2025-07-17\n",
           "2 甲||2025-07-18|正文。\n5 !date-missing:5\n7 乙||2025-07-17|正文。\n");
}

static void columns_need_a_title_behind_them(void **unused) {
    (void)unused;
    expect("-\n【快讯】\n正文。\n2025-07-18\n", "2 【快讯】||2025-07-18|正文。\n");
    expect("-\n【甲】乙【丙】\n正文。\n2025-07-18\n", "2 乙【丙】|甲|2025-07-18|正文。\n");
    expect("-\n【甲 乙\n正文。\n2025-07-18\n", "2 【甲 乙||2025-07-18|正文。\n");
}

static void records_have_a_ceiling(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 22);
    CLEANUP(buf_release) struct buf notes = BUF(1 << 22);
    buf_append_string(&text, "-\n甲\n");
    char *body = buf_reserve(&text, RECORD_MOST);
    memset(body, 'x', RECORD_MOST);
    text.size += RECORD_MOST;
    buf_append_string(&text, "\n2025-07-18\n-\n乙\n正文。\n2025-07-17\n");
    note_records(buf_slice(&text), &notes);
    assert_string_equal(buf_string(&notes), "2 !too-large\n6 乙||2025-07-17|正文。\n");
}

/* Without blanks and line ends. */
static struct slice squeezed(struct slice text, struct arena *arena) {
    char *out = arena_reserve(arena, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != ' ' && text.data[i] != '\n')
            out[size++] = text.data[i];
    return (struct slice){out, size};
}

static const char *gold_string(struct json_object *article, const char *name) {
    struct json_object *value = NULL;
    json_object_object_get_ex(article, name, &value);
    return json_object_get_string(value);
}

static void compare(const struct article *article, struct json_object *gold) {
    struct plain_text text;
    CLEANUP(buf_release) struct buf date = BUF(100);
    struct slice wanted = squeezed(slice_of(gold_string(gold, "text")), &test.arena);
    assert_slice(article->title, gold_string(gold, "title"));
    const char *column = gold_string(gold, "column_tag");
    assert_slice(article->column, column ? column : "");
    date_append_day(&date, article->date.seconds);
    assert_int_equal(slice_find(slice_of(gold_string(gold, "date")), buf_slice(&date), 0), 0);
    assert_true(article->date.day_only);
    assert_true(clean_plain_text(article, &test.arena, &text));
    struct slice actual = squeezed(text.text, &test.arena);
    assert_int_equal(actual.size, wanted.size);
    assert_memory_equal(actual.data, wanted.data, wanted.size);
}

static size_t compare_seed(const char *shared, const char *name, struct slice gold) {
    CLEANUP(buf_release) struct buf path = BUF(4096);
    CLEANUP(buf_release) struct buf text = BUF(1 << 24);
    struct record_bounds bounds;
    struct slice line;
    size_t position = 0;
    size_t articles = 0;
    unsigned number = 1;
    buf_append_format(&path, "%s/seeds/%s", shared, name);
    assert_true(file_read(buf_string(&path), &text));
    while (slice_take_until(&gold, '\n', &line)) {
        struct article article;
        CLEANUP(buf_release) struct buf copy = BUF(1 << 20);
        buf_append_slice(&copy, line);
        struct json_object *object = json_tokener_parse(buf_string(&copy));
        if (object && strcmp(gold_string(object, "source_file"), name) == 0) {
            struct place place = {SLICE("a.txt"), 1, 0};
            assert_true(reader_find("listing")->next(buf_slice(&text), &position, &number, &bounds));
            assert_true(reader_find("listing")->parse(&test.source, &test.taxonomies,
                                                      slice_range(buf_slice(&text), bounds.begin, bounds.end), place,
                                                      &test.arena, &test.diagnostics, &article));
            compare(&article, object);
            articles++;
        }
        json_object_put(object);
    }
    assert_false(reader_find("listing")->next(buf_slice(&text), &position, &number, &bounds));
    assert_int_equal(test.diagnostics.items.count, 0);
    return articles;
}

static void the_seeds_are_read_as_a_careful_person_reads_them(void **unused) {
    (void)unused;
    const char *shared = getenv("PINDAO_SHARED") ? getenv("PINDAO_SHARED") : "../shared";
    CLEANUP(buf_release) struct buf path = BUF(4096);
    CLEANUP(buf_release) struct buf gold = BUF(1 << 24);
    buf_append_format(&path, "%s/gold/seeds_clean.jsonl", shared);
    if (!file_read(buf_string(&path), &gold))
        skip();
    assert_int_equal(compare_seed(shared, "000_235b0a67ffe36b22.txt", buf_slice(&gold)), 10);
    assert_int_equal(compare_seed(shared, "004_87319f7a47ed8b8f.txt", buf_slice(&gold)), 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(records_stand_between_dashes, init, release),
        cmocka_unit_test_setup_teardown(the_page_foot_is_no_record, init, release),
        cmocka_unit_test_setup_teardown(line_ends_and_blank_lines_do_not_matter, init, release),
        cmocka_unit_test_setup_teardown(bodies_have_lines, init, release),
        cmocka_unit_test_setup_teardown(what_is_no_record_is_refused, init, release),
        cmocka_unit_test_setup_teardown(columns_need_a_title_behind_them, init, release),
        cmocka_unit_test_setup_teardown(records_have_a_ceiling, init, release),
        cmocka_unit_test_setup_teardown(the_seeds_are_read_as_a_careful_person_reads_them, init, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
