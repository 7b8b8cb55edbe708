#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/hash.h"
#include "diag/diag.h"
#include "ingest/source.h"

#include <fcntl.h>
#include <iconv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* Files in a folder of their own, planned, read in pieces, read again. */

struct taken {
    struct slice title;
    struct location location;
    uint32_t hash;
};

struct fixture {
    char folder[32];
    struct source source;
    struct settings settings;
    struct ingest_plan plan;
    struct ingest_worker worker;
    struct diagnostics diagnostics;
    struct arena arena;
    VEC(struct taken) taken;
    size_t refused;
    size_t most_held; /* bytes of text that a worker had at once */
};
static struct fixture fixture;

static int init(void **unused) {
    (void)unused;
    fixture = (struct fixture){.folder = P_tmpdir "/pindao-ingest-XXXXXX"};
    assert_non_null(mkdtemp(fixture.folder));
    fixture.source = (struct source){.files = SLICE("*"), .reader = "jsonl"};
    fixture.settings = (struct settings){.folder = fixture.folder, .sources = &fixture.source, .source_count = 1};
    return 0;
}

static int release(void **unused) {
    (void)unused;
    CLEANUP(file_list_release) struct file_list list = {0};
    CLEANUP(buf_release) struct buf pattern = BUF(4096);
    ingest_plan_release(&fixture.plan);
    ingest_worker_release(&fixture.worker);
    diagnostics_release(&fixture.diagnostics);
    vec_release(&fixture.taken);
    buf_append_format(&pattern, "%s/**/*", fixture.folder);
    file_list_matching(buf_string(&pattern), &fixture.arena, &list);
    for (size_t i = 0; i < list.paths.count; i++)
        unlink(list.paths.items[i]);
    buf_clear(&pattern);
    buf_append_format(&pattern, "%s/folder", fixture.folder);
    rmdir(buf_string(&pattern));
    assert_int_equal(rmdir(fixture.folder), 0);
    arena_release(&fixture.arena);
    return 0;
}

static const char *path_of(const char *name) {
    return file_join(&fixture.arena, fixture.folder, name);
}

static void put(const char *name, struct slice bytes) {
    CLEANUP(file_close) int descriptor = open(path_of(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(descriptor >= 0 && file_write(descriptor, bytes));
}

static void put_gzip(const char *name, struct slice bytes) {
    gzFile file = gzopen(path_of(name), "wb1");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes.data, (unsigned)bytes.size), bytes.size);
    assert_int_equal(gzclose(file), Z_OK);
}

static void take(void *context, const struct article *article, struct location location, struct slice bytes) {
    struct fixture *mine = context;
    vec_push(&mine->taken, (struct taken){arena_copy(&mine->arena, article->title), location, (uint32_t)hash64(bytes)});
    assert_int_equal(bytes.size, location.size);
}

/* Everything, lines corrected as the pipeline corrects them. */
static void read_all(void) {
    struct diagnostics mistakes = {0};
    unsigned lines = 0;
    vec_clear(&fixture.taken);
    fixture.refused = 0;
    ingest_plan_release(&fixture.plan);
    diagnostics_release(&fixture.diagnostics);
    ingest_plan_make(&fixture.plan, &fixture.settings, fixture.folder, &fixture.diagnostics);
    for (size_t i = 0; i < fixture.plan.pieces.count; i++) {
        struct ingest_result result;
        if (i == 0 || fixture.plan.pieces.items[i].file != fixture.plan.pieces.items[i - 1].file)
            lines = 0;
        ingest_piece_read(&fixture.plan, i, &fixture.worker, take, &fixture, &mistakes, &result);
        diagnostics_append(&fixture.diagnostics, &mistakes, lines);
        lines += result.lines;
        fixture.refused += result.refused;
        if (fixture.worker.text.capacity > fixture.most_held)
            fixture.most_held = fixture.worker.text.capacity;
    }
    diagnostics_release(&mistakes);
}

static const struct diagnostic *only_diagnostic(enum diagnostic_id id) {
    if (fixture.diagnostics.items.count != 1 || fixture.diagnostics.items.items[0].id != id) {
        CLEANUP(buf_release) struct buf text = BUF(1 << 20);
        diagnostics_print(&fixture.diagnostics, SEVERITY_NOTE, &text);
        fail_msg("not one diagnostic of this kind but:\n%s", buf_string(&text));
    }
    return &fixture.diagnostics.items.items[0];
}

static void append_line(struct buf *text, const char *title, size_t body_size) {
    buf_append_format(text, "{\"title\":\"%s\",\"date\":\"2025-07-18\",\"body\":\"", title);
    memset(buf_reserve(text, body_size + 1), 'x', body_size);
    text->size += body_size;
    buf_append_string(text, "\"}\n");
}

static void every_line_is_read_once(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 24);
    /* Lines of many sizes, so that pieces are cut everywhere in them, and blank ones. */
    size_t count = 0;
    for (; text.size < 3 * PIECE_SIZE + PIECE_SIZE / 2; count++) {
        char title[32];
        snprintf(title, sizeof title, "t%zu", count);
        append_line(&text, title, count * 7919 % 30000 + 1);
        if (count % 5 == 0)
            buf_append_string(&text, "\n");
    }
    put("a.jsonl", buf_slice(&text));
    read_all();
    assert_int_equal(fixture.plan.pieces.count, 4);
    assert_int_equal(fixture.taken.count, count);
    for (size_t i = 0; i < count; i++) {
        char title[32];
        snprintf(title, sizeof title, "t%zu", i);
        assert_true(slice_equal(fixture.taken.items[i].title, slice_of(title)));
        assert_true(slice_starts_with(slice_from(buf_slice(&text), fixture.taken.items[i].location.offset),
                                      SLICE("{\"title\":\"t")));
    }
    assert_int_equal(fixture.diagnostics.items.count, 0);
}

/* A line that begins or ends just where a piece does. */
static void lines_at_the_edge_of_a_piece(void **unused) {
    (void)unused;
    for (int shift = -2; shift <= 2; shift++) {
        CLEANUP(buf_release) struct buf text = BUF(1 << 24);
        append_line(&text, "first", 0); /* how long a line is without its body */
        size_t shell = text.size;
        buf_clear(&text);
        append_line(&text, "first", (size_t)((int)(PIECE_SIZE - shell) + shift));
        append_line(&text, "second", 10);
        append_line(&text, "third", 10);
        put("a.jsonl", buf_slice(&text));
        read_all();
        /* Up to a piece is up to a record: what is larger is refused. */
        assert_int_equal(fixture.plan.pieces.count, 2);
        assert_int_equal(fixture.taken.count + fixture.refused, 3);
        assert_int_equal(fixture.refused, PIECE_SIZE + shift - 1 > RECORD_MOST);
    }
}

static void lines_are_counted_through_pieces(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 24);
    unsigned lines = 0;
    for (; text.size < 2 * PIECE_SIZE + 1000; lines++)
        append_line(&text, "t", 3001);
    buf_append_string(&text, "{\"title\":\"上海\" 1}\n");
    append_line(&text, "t", 1);
    buf_append_string(&text, "{\"title\":\"cut off");
    put("a.jsonl", buf_slice(&text));
    read_all();
    assert_int_equal(fixture.refused, 2);
    assert_int_equal(fixture.diagnostics.items.count, 2);
    assert_int_equal(fixture.diagnostics.items.items[0].id, DIAGNOSTIC_RECORD_BROKEN);
    assert_int_equal(fixture.diagnostics.items.items[0].place.line, lines + 1);
    assert_int_equal(fixture.diagnostics.items.items[0].place.column, 15);
    assert_int_equal(fixture.diagnostics.items.items[1].place.line, lines + 3);
    assert_int_equal(fixture.diagnostics.items.items[1].place.column, 18);
}

static void a_huge_line_costs_only_itself(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 28);
    append_line(&text, "before", 10);
    append_line(&text, "huge", (size_t)100 << 20);
    append_line(&text, "after", 10);
    put("a.jsonl", buf_slice(&text));
    read_all();
    assert_int_equal(fixture.taken.count, 2);
    assert_true(slice_equal(fixture.taken.items[1].title, SLICE("after")));
    assert_int_equal(only_diagnostic(DIAGNOSTIC_RECORD_TOO_LARGE)->place.line, 2);
    assert_true(fixture.most_held < 4 * PIECE_SIZE);
}

static void a_byte_order_mark_is_no_text(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    buf_append_string(&text, "\xEF\xBB\xBF");
    append_line(&text, "t", 1);
    put("a.jsonl", buf_slice(&text));
    read_all();
    assert_int_equal(fixture.taken.count, 1);
    assert_int_equal(fixture.taken.items[0].location.offset, 3);
    assert_int_equal(fixture.diagnostics.items.count, 0);
}

static void gzip_is_read_like_text(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 24);
    size_t count = 0;
    for (; text.size < 2 * PIECE_SIZE; count++)
        append_line(&text, "t", 2000);
    put_gzip("a.jsonl.gz", buf_slice(&text));
    put_gzip("b.jsonl", buf_slice(&text)); /* whatever its name */
    read_all();
    assert_int_equal(fixture.taken.count, 2 * count);
    assert_int_equal(fixture.plan.files.count, 2);
    assert_int_equal(fixture.plan.files.items[1].text->begin, text.size);
    assert_int_equal(fixture.diagnostics.items.count, 0);
    struct article article;
    const struct taken *last = &fixture.taken.items[2 * count - 1];
    assert_true(ingest_read_again(&fixture.plan, last->location, last->hash, &fixture.arena, &article));
    assert_true(slice_equal(article.title, SLICE("t")));
}

static void gzip_members_are_one_text(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    CLEANUP(buf_release) struct buf packed = BUF(1 << 20);
    append_line(&text, "t", 100);
    put_gzip("a.gz", buf_slice(&text));
    assert_true(file_read(path_of("a.gz"), &packed));
    assert_true(file_read(path_of("a.gz"), &packed));
    put("a.gz", buf_slice(&packed));
    read_all();
    assert_int_equal(fixture.taken.count, 2);
    assert_int_equal(fixture.diagnostics.items.count, 0);
}

static void zeros_behind_gzip_are_padding(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    CLEANUP(buf_release) struct buf packed = BUF(1 << 24);
    static const char zeros[200000];
    append_line(&text, "t", 100);
    put_gzip("a.gz", buf_slice(&text));
    assert_true(file_read(path_of("a.gz"), &packed));
    buf_append(&packed, zeros, sizeof zeros);
    put("a.gz", buf_slice(&packed));
    read_all();
    assert_int_equal(fixture.taken.count, 1);
    assert_int_equal(fixture.diagnostics.items.count, 0);
    buf_append_string(&packed, "x");
    put("a.gz", buf_slice(&packed));
    read_all();
    assert_int_equal(fixture.taken.count, 1);
    (void)only_diagnostic(DIAGNOSTIC_SOURCE_COMPRESSED_DAMAGED);
}

/* Want of descriptors is no fault of the files: none may be missing from the feeds for it. */
static void too_many_open_files_are_no_fault_of_sources(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    struct rlimit before;
    append_line(&text, "t", 100);
    put("a.jsonl", buf_slice(&text));
    read_all();
    assert_int_equal(fixture.taken.count, 1);
    ingest_worker_release(&fixture.worker);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit none = {.rlim_cur = 3, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct ingest_result result = {0};
    ingest_piece_read(&fixture.plan, 0, &fixture.worker, take, NULL, &fixture.diagnostics, &result);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    (void)only_diagnostic(DIAGNOSTIC_READING_FAILED);
}

static void damaged_gzip_gives_what_stands_before(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 24);
    CLEANUP(buf_release) struct buf packed = BUF(1 << 24);
    uint64_t state = 1;
    for (unsigned i = 0; i < 2000; i++) {
        char title[64];
        state = state * 6364136223846793005u + 1442695040888963407u;
        snprintf(title, sizeof title, "t%u-%llx", i, (unsigned long long)state);
        append_line(&text, title, 10);
    }
    put_gzip("a.jsonl.gz", buf_slice(&text));
    assert_true(file_read(path_of("a.jsonl.gz"), &packed));
    put("a.jsonl.gz", slice_range(buf_slice(&packed), 0, packed.size / 2));
    read_all();
    assert_true(fixture.taken.count > 500 && fixture.taken.count < 1500);
    assert_int_equal(fixture.diagnostics.items.items[0].id, DIAGNOSTIC_SOURCE_COMPRESSED_DAMAGED);
    /* One broken sum at the end: all is read, and it is told. */
    packed.data[packed.size - 8] ^= 1;
    put("a.jsonl.gz", buf_slice(&packed));
    read_all();
    assert_int_equal(fixture.taken.count, 2000);
    (void)only_diagnostic(DIAGNOSTIC_SOURCE_COMPRESSED_DAMAGED);
    put("a.jsonl.gz", SLICE("\x1F\x8B"));
    read_all();
    assert_int_equal(fixture.taken.count, 0);
    (void)only_diagnostic(DIAGNOSTIC_SOURCE_COMPRESSED_DAMAGED);
}

static void convert(struct slice text, const char *charset, struct buf *ret_bytes) {
    iconv_t converter = iconv_open(charset, "UTF-8");
    CLEANUP(buf_release) struct buf in = BUF(1 << 24);
    buf_append_slice(&in, text);
    char *from = in.data;
    size_t left = in.size;
    size_t room = in.size * 2;
    char *to = buf_reserve(ret_bytes, room);
    assert_true(converter != (iconv_t)-1);
    assert_int_equal(iconv(converter, &from, &left, &to, &room), 0);
    ret_bytes->size = (size_t)(to - ret_bytes->data);
    iconv_close(converter);
}

static void other_encodings_become_utf8(void **unused) {
    (void)unused;
    static const char *const encodings[] = {"gb18030", "gbk", "big5"};
    for (size_t i = 0; i < ARRAY_LENGTH(encodings); i++) {
        CLEANUP(buf_release) struct buf text = BUF(1 << 24);
        CLEANUP(buf_release) struct buf bytes = BUF(1 << 24);
        /* Over several chunks, with characters across their edges. */
        for (unsigned j = 0; j < 3000; j++)
            append_line(&text, j % 2 ? "上海中文" : "a上海中文", j % 3 + 1);
        convert(buf_slice(&text), encodings[i], &bytes);
        put("a.jsonl", buf_slice(&bytes));
        fixture.source.encoding = slice_of(encodings[i]);
        read_all();
        assert_int_equal(fixture.taken.count, 3000);
        for (size_t j = 0; j < 3000; j++)
            assert_true(slice_equal(fixture.taken.items[j].title, j % 2 ? SLICE("上海中文") : SLICE("a上海中文")));
        assert_int_equal(fixture.diagnostics.items.count, 0);
    }
}

static void bytes_of_no_character_are_counted(void **unused) {
    (void)unused;
    fixture.source.encoding = SLICE("gb18030");
    put("a.jsonl", SLICE("{\"title\":\"a\",\"date\":\"2025-07-18\",\"body\":\"b\"}\n"
                         "{\"title\":\"a\xFF\xFF\",\"date\":\"2025-07-18\",\"body\":\"b\"}\n\x81"));
    read_all();
    assert_int_equal(fixture.taken.count, 2);
    assert_true(slice_equal(fixture.taken.items[1].title, SLICE("a\uFFFD\uFFFD")));
    const struct diagnostic *first = &fixture.diagnostics.items.items[0];
    assert_int_equal(first->id, DIAGNOSTIC_ENCODING_INVALID);
    assert_int_equal(first->place.line, 2);
    assert_true(slice_starts_with(first->detail, SLICE("3 bytes")));
}

static void gb18030_is_recognised(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    CLEANUP(buf_release) struct buf bytes = BUF(1 << 20);
    for (unsigned i = 0; i < 3; i++)
        append_line(&text, "上海市普陀区举行新闻发布会", 1);
    convert(buf_slice(&text), "GB18030", &bytes);
    put("a.jsonl", buf_slice(&bytes));
    read_all();
    size_t hints = 0;
    for (size_t i = 0; i < fixture.diagnostics.items.count; i++)
        hints += fixture.diagnostics.items.items[i].id == DIAGNOSTIC_ENCODING_GB18030;
    assert_int_equal(hints, 1);
    assert_int_equal(fixture.taken.count, 3);
}

static void what_is_no_file_is_told(void **unused) {
    (void)unused;
    assert_int_equal(mkdir(path_of("folder"), 0700), 0);
    fixture.source.files = SLICE("folder");
    read_all();
    (void)only_diagnostic(DIAGNOSTIC_SOURCE_UNREADABLE);
    fixture.source.files = SLICE("nothing.jsonl");
    read_all();
    (void)only_diagnostic(DIAGNOSTIC_SOURCE_UNREADABLE);
    fixture.source.files = SLICE("*.none");
    read_all();
    (void)only_diagnostic(DIAGNOSTIC_SOURCE_EMPTY);
    put("empty.jsonl", (struct slice){"", 0});
    fixture.source.files = SLICE("empty.jsonl");
    read_all();
    assert_int_equal(fixture.diagnostics.items.count, 0);
    fixture.source.reader = "markdown";
    read_all();
    (void)only_diagnostic(DIAGNOSTIC_RECORD_BROKEN);
    assert_int_equal(fixture.refused, 1);
}

static void whole_files_have_a_ceiling(void **unused) {
    (void)unused;
    CLEANUP(buf_release) struct buf text = BUF(1 << 26);
    char *room = buf_reserve(&text, WHOLE_MOST + 1);
    memset(room, 'x', WHOLE_MOST + 1);
    text.size = WHOLE_MOST + 1;
    fixture.source.reader = "listing";
    put("a.txt", buf_slice(&text));
    read_all();
    (void)only_diagnostic(DIAGNOSTIC_SOURCE_TOO_LARGE);
    text.size = RECORD_MOST + 1;
    fixture.source.reader = "markdown";
    put("a.txt", buf_slice(&text));
    read_all();
    (void)only_diagnostic(DIAGNOSTIC_RECORD_TOO_LARGE);
}

static void one_article_can_be_read_again(void **unused) {
    (void)unused;
    struct article article;
    put("a.md", SLICE("\xEF\xBB\xBF---\ntitle: 甲\ndate: 2025-07-18\n---\n正文。\n"));
    fixture.source.reader = "markdown";
    read_all();
    assert_int_equal(fixture.taken.count, 1);
    struct taken one = fixture.taken.items[0];
    assert_true(ingest_read_again(&fixture.plan, one.location, one.hash, &fixture.arena, &article));
    assert_true(slice_equal(article.body, SLICE("正文。")));
    assert_false(ingest_read_again(&fixture.plan, one.location, one.hash + 1, &fixture.arena, &article));
    put("a.md", SLICE("\xEF\xBB\xBF---\ntitle: 乙\ndate: 2025-07-18\n---\n正文。\n"));
    assert_false(ingest_read_again(&fixture.plan, one.location, one.hash, &fixture.arena, &article));
    put("a.md", SLICE("x"));
    assert_false(ingest_read_again(&fixture.plan, one.location, one.hash, &fixture.arena, &article));
    assert_int_equal(unlink(path_of("a.md")), 0);
    assert_false(ingest_read_again(&fixture.plan, one.location, one.hash, &fixture.arena, &article));
}

static void a_file_that_shrinks_is_told(void **unused) {
    (void)unused;
    struct ingest_result result;
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    append_line(&text, "t", 10);
    append_line(&text, "u", 10);
    put("a.jsonl", buf_slice(&text));
    ingest_plan_make(&fixture.plan, &fixture.settings, fixture.folder, &fixture.diagnostics);
    put("a.jsonl", slice_range(buf_slice(&text), 0, text.size / 2));
    ingest_piece_read(&fixture.plan, 0, &fixture.worker, take, &fixture, &fixture.diagnostics, &result);
    assert_int_equal(fixture.taken.count, 1);
    (void)only_diagnostic(DIAGNOSTIC_SOURCE_CHANGED);
}

static void every_reader_is_found(void **unused) {
    (void)unused;
    size_t count = 0;
    const char *const *names = reader_names(&count);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(reader_find(names[i])->name, names[i]);
    assert_null(reader_find("pdf"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_line_is_read_once, init, release),
        cmocka_unit_test_setup_teardown(lines_at_the_edge_of_a_piece, init, release),
        cmocka_unit_test_setup_teardown(lines_are_counted_through_pieces, init, release),
        cmocka_unit_test_setup_teardown(a_huge_line_costs_only_itself, init, release),
        cmocka_unit_test_setup_teardown(a_byte_order_mark_is_no_text, init, release),
        cmocka_unit_test_setup_teardown(zeros_behind_gzip_are_padding, init, release),
        cmocka_unit_test_setup_teardown(too_many_open_files_are_no_fault_of_sources, init, release),
        cmocka_unit_test_setup_teardown(gzip_is_read_like_text, init, release),
        cmocka_unit_test_setup_teardown(gzip_members_are_one_text, init, release),
        cmocka_unit_test_setup_teardown(damaged_gzip_gives_what_stands_before, init, release),
        cmocka_unit_test_setup_teardown(other_encodings_become_utf8, init, release),
        cmocka_unit_test_setup_teardown(bytes_of_no_character_are_counted, init, release),
        cmocka_unit_test_setup_teardown(gb18030_is_recognised, init, release),
        cmocka_unit_test_setup_teardown(what_is_no_file_is_told, init, release),
        cmocka_unit_test_setup_teardown(whole_files_have_a_ceiling, init, release),
        cmocka_unit_test_setup_teardown(one_article_can_be_read_again, init, release),
        cmocka_unit_test_setup_teardown(a_file_that_shrinks_is_told, init, release),
        cmocka_unit_test(every_reader_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
