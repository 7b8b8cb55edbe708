#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cmd/clean_output.h"
#include "store/kept.h"
#include "unit/reading.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A kept file in a folder of its own. Lines are "KEY DATE UPDATED", or "KEY DATE UPDATED w" for a withdrawn article. */
struct scene {
    char folder[64];
    char path[128];
};

static int set_up(void **state) {
    struct scene *scene = calloc(1, sizeof *scene);
    snprintf(scene->folder, sizeof scene->folder, "/tmp/pindao-kept-test-XXXXXX");
    *state = scene;
    if (!mkdtemp(scene->folder))
        return -1;
    snprintf(scene->path, sizeof scene->path, "%s/upstream/a.jsonl", scene->folder);
    return 0;
}

static int tear_down(void **state) {
    struct scene *scene = *state;
    char folder[96];
    snprintf(folder, sizeof folder, "%s/upstream", scene->folder);
    unlink(scene->path);
    int result = (rmdir(folder) == 0 || errno == ENOENT) && rmdir(scene->folder) == 0 ? 0 : -1;
    free(scene);
    return result;
}

static bool read_line(void *context, struct slice line, struct kept_article *ret_article) {
    struct kept_article article = {.updated = INT64_MIN};
    struct slice part;
    (void)context;
    uint64_t numbers[2];
    if (!slice_take_until(&line, ' ', &part))
        return false;
    article.key = hash128(part);
    for (size_t i = 0; i < 2; i++)
        if (!slice_take_until(&line, ' ', &part) || !slice_parse_unsigned(part, &numbers[i]))
            return false;
    article.date = (int64_t)numbers[0];
    article.updated = (int64_t)numbers[1];
    article.withdrawn = line.size == 1;
    *ret_article = article;
    return true;
}

static struct kept *open_kept(void **state) {
    const struct kept_reader reader = {read_line, NULL};
    return kept_open(((struct scene *)*state)->path, &reader);
}

static void put(struct kept *kept, const char *line) {
    struct kept_article article;
    assert_true(read_line(NULL, slice_of(line), &article));
    if (!kept_has_line(kept, slice_of(line)))
        kept_put(kept, &article, slice_of(line));
}

/* Commits and closes. */
static bool finish(struct kept *kept) {
    struct file_identity identity;
    bool changed = false;
    assert_true(kept_commit(kept, &identity, &changed));
    kept_close(kept);
    return changed;
}

static void assert_file(void **state, const char *wanted) {
    CLEANUP(buf_release) struct buf bytes = BUF(1 << 16);
    assert_true(file_read(((struct scene *)*state)->path, &bytes));
    assert_string_equal(buf_string(&bytes), wanted);
}

static void write_file(void **state, const char *text) {
    struct kept *kept = open_kept(state);
    assert_non_null(kept);
    (void)finish(kept); /* makes the folder */
    int descriptor = open(((struct scene *)*state)->path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(descriptor >= 0 && file_write(descriptor, slice_of(text)));
    close(descriptor);
}

static struct stat status_of(void **state) {
    struct stat status;
    assert_int_equal(stat(((struct scene *)*state)->path, &status), 0);
    return status;
}

static void test_an_empty_file_is_made(void **state) {
    struct kept *kept = open_kept(state);
    assert_false(kept_exists(kept));
    assert_true(finish(kept));
    assert_file(state, "");
}

static void test_new_lines_are_appended(void **state) {
    struct kept *kept = open_kept(state);
    put(kept, "a 1 0");
    put(kept, "b 2 0");
    assert_int_equal(kept_count(kept), 2);
    assert_true(finish(kept));
    struct stat before = status_of(state);
    kept = open_kept(state);
    put(kept, "b 2 0");
    put(kept, "c 3 0");
    assert_true(finish(kept));
    assert_file(state, "a 1 0\nb 2 0\nc 3 0\n");
    assert_int_equal(status_of(state).st_ino, before.st_ino);
}

static void test_nothing_new_touches_nothing(void **state) {
    write_file(state, "a 1 0\nb 2 0");
    struct stat before = status_of(state);
    struct kept *kept = open_kept(state);
    put(kept, "b 2 0");
    /* Another version that goes again within one answer. */
    put(kept, "a 9 0");
    put(kept, "a 1 0");
    assert_false(finish(kept));
    struct stat now = status_of(state);
    assert_int_equal(now.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    assert_int_equal(now.st_ctim.tv_nsec, before.st_ctim.tv_nsec);
    assert_int_equal(now.st_ino, before.st_ino);
    assert_file(state, "a 1 0\nb 2 0");
}

static void test_a_newer_version_replaces_in_place(void **state) {
    write_file(state, "a 1 5\n\nno article\nb 2 0\nc 3 0");
    chmod(((struct scene *)*state)->path, 0640);
    struct kept *kept = open_kept(state);
    put(kept, "b 2 7");
    put(kept, "a 1 4");
    put(kept, "d 4 0");
    assert_true(finish(kept));
    assert_file(state, "a 1 5\n\nno article\nb 2 7\nc 3 0\nd 4 0\n");
    assert_int_equal(status_of(state).st_mode & 0777, 0640);
}

static void test_half_a_line_is_cut_off(void **state) {
    write_file(state, "a 1 0\nb 2");
    struct kept *kept = open_kept(state);
    assert_int_equal(kept_count(kept), 1);
    assert_true(finish(kept));
    assert_file(state, "a 1 0\n");
    write_file(state, "a 1 0\nb 2 0");
    kept = open_kept(state);
    put(kept, "c 3 0");
    assert_true(finish(kept));
    assert_file(state, "a 1 0\nb 2 0\nc 3 0\n");
}

static bool is_old_and_not_shown(void *context, const struct kept_article *article, bool is_shown) {
    return !is_shown && article->date < *(const int64_t *)context;
}

static void test_old_ones_go(void **state) {
    int64_t limit = 10;
    write_file(state, "a 1 0\nb 2 0\nc 11 0\nd 3 0\n");
    struct kept *kept = open_kept(state);
    uint64_t shown[] = {hash128(SLICE("d")).low};
    kept_mark_shown(kept, shown, 1);
    put(kept, "b 2 0");
    put(kept, "e 4 0");
    kept_drop(kept, is_old_and_not_shown, &limit);
    assert_int_equal(kept_count(kept), 4);
    assert_true(finish(kept));
    assert_file(state, "b 2 0\nc 11 0\nd 3 0\ne 4 0\n");
}

static void test_withdrawn(void **state) {
    CLEANUP(buf_release) struct buf line = BUF(100);
    write_file(state, "a 1 9\nb 2 0\n");
    struct kept *kept = open_kept(state);
    assert_true(kept_get(kept, hash128(SLICE("a")), &line));
    assert_string_equal(buf_string(&line), "a 1 9");
    kept_withdraw(kept, hash128(SLICE("a")), SLICE("a 1 0 w"));
    kept_withdraw(kept, hash128(SLICE("z")), SLICE("z 1 0 w"));
    assert_int_equal(kept_count(kept), 1);
    assert_true(finish(kept));
    assert_file(state, "a 1 0 w\nb 2 0\n");
    kept = open_kept(state);
    put(kept, "a 1 0");
    assert_true(finish(kept));
    assert_file(state, "a 1 0\nb 2 0\n");
}

static bool is_not_shown(void *context, const struct kept_article *article, bool is_shown) {
    (void)context;
    (void)article;
    return !is_shown;
}

static void test_withdrawn_ones_count_as_shown(void **state) {
    write_file(state, "a 1 9\nb 2 0\n");
    struct kept *kept = open_kept(state);
    put(kept, "c 3 0");
    kept_withdraw(kept, hash128(SLICE("a")), SLICE("a 1 0 w"));
    kept_withdraw(kept, hash128(SLICE("c")), SLICE("c 3 0 w")); /* nobody has seen it */
    kept_drop(kept, is_not_shown, NULL);
    assert_true(finish(kept));
    assert_file(state, "a 1 0 w\n");
}

static void test_a_byte_order_mark_is_passed_over(void **state) {
    write_file(state, "\xEF\xBB\xBF"
                      "a 1 0\nb 2 0\n");
    struct kept *kept = open_kept(state);
    put(kept, "a 1 7");
    assert_true(finish(kept));
    assert_file(state, "a 1 7\nb 2 0\n");
}

static void test_a_commit_is_alone(void **state) {
    static const char *const news[] = {"c 3 0", "a 1 7"};
    for (size_t i = 0; i < ARRAY_LENGTH(news); i++) {
        struct file_identity identity;
        write_file(state, "a 1 0\n");
        int other = open(((struct scene *)*state)->path, O_RDONLY | O_CLOEXEC);
        struct kept *kept = open_kept(state);
        put(kept, news[i]);
        assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
        assert_int_equal(flock(other, LOCK_UN), 0);
        assert_true(kept_commit(kept, &identity, NULL));
        assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
        kept_close(kept);
        assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
        close(other);
    }
}

static void test_what_somebody_edits_meanwhile_is_not_lost(void **state) {
    static const char *const news[] = {"c 3 0", "a 1 7"};
    for (size_t i = 0; i < ARRAY_LENGTH(news); i++) {
        struct file_identity identity;
        write_file(state, "a 1 0\n");
        struct kept *kept = open_kept(state);
        put(kept, news[i]);
        int descriptor = open(((struct scene *)*state)->path, O_WRONLY | O_APPEND | O_CLOEXEC);
        assert_true(file_write(descriptor, SLICE("b 2 0\n")));
        close(descriptor);
        assert_false(kept_commit(kept, &identity, NULL));
        assert_int_equal(errno, ESTALE);
        kept_close(kept);
        assert_file(state, "a 1 0\nb 2 0\n");
    }
}

static void test_long_files(void **state) {
    CLEANUP(buf_release) struct buf text = BUF(1 << 24);
    struct kept *kept = open_kept(state);
    for (unsigned i = 0; i < 200000; i++) {
        buf_clear(&text);
        buf_append_format(&text, "key-%u %u 0", i, i);
        put(kept, buf_string(&text));
    }
    assert_true(finish(kept));
    kept = open_kept(state);
    assert_int_equal(kept_count(kept), 200000);
    put(kept, "key-100000 5 5");
    int64_t limit = 7;
    kept_drop(kept, is_old_and_not_shown, &limit);
    assert_true(finish(kept));
    kept = open_kept(state);
    assert_int_equal(kept_count(kept), 199993);
    kept_close(kept);
}

/* What is kept of an article is that article: written, read and written again it is the same line. */
static void test_articles_read_back_the_same(void **state) {
    static const char *const lines[] = {
        "{\"id\":\"1\",\"title\":\"一\",\"date\":\"2026-11-20\",\"body\":\"第一段。\\n\\n一、第二段\\t\"}",
        "{\"title\":\"<b>\",\"date\":\"2026-11-20 "
        "08:30\",\"updated\":\"2026-11-21T00:00:00Z\",\"body\":\"<p>x</p>\\n<script>1"
        "</script>\",\"format\":\"html\",\"summary\":\"“摘”要\",\"author\":[\"甲、乙\",\"丙 "
        "丁\"],\"tags\":[\"a,b\",\"c\"]}",
        "{\"title\":\"t\",\"date\":\"2026-11-20\",\"body\":\"# x\",\"format\":\"markdown\",\"author\":\"甲 "
        "乙\",\"source\":{"
        "\"name\":\"s\",\"url\":\"https://s.org/\"},\"enclosure\":{\"url\":\"https://s.org/a.mp3\",\"type\":\"audio/"
        "mpeg\","
        "\"length\":12},\"image\":\"https://s.org/"
        "i.png\",\"column\":\"【要闻】\",\"language\":\"zh-Hans\",\"district\":[\"+putuo\"]}",
        "{\"id\":\"w\",\"title\":\"t\",\"date\":\"2026-11-20\",\"withdrawn\":true}",
        "{\"url\":\"https://s.org/?a=b c&utm_x=1\",\"title\":\" 两\\u3000边 "
        "\",\"date\":\"2024年9月25日\",\"summary\":\"s\","
        "\"enclosure\":\"https://s.org/b.mp3\",\"district\":[]}",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
        struct reading_test test;
        CLEANUP(buf_release) struct buf first = BUF(1 << 16);
        CLEANUP(buf_release) struct buf second = BUF(1 << 16);
        reading_init(&test);
        assert_true(reading_parse(&test, "jsonl", slice_of(lines[i])));
        struct article read = test.article;
        clean_append_jsonl_as_read(&read, &first);
        (void)buf_string(&first); /* moves it, perhaps */
        assert_true(reading_parse(&test, "jsonl", slice_range(buf_slice(&first), 0, first.size - 1)));
        clean_append_jsonl_as_read(&test.article, &second);
        assert_string_equal(buf_string(&first), buf_string(&second));
        assert_true(slice_equal(read.body, test.article.body) && slice_equal(read.summary, test.article.summary));
        assert_slice(test.article.title, arena_copy(&test.arena, read.title).data);
        assert_slice(test.article.url, arena_copy(&test.arena, read.url).data);
        assert_int_equal(read.format, test.article.format);
        assert_int_equal(read.author_count, test.article.author_count);
        assert_int_equal(read.tag_count, test.article.tag_count);
        assert_int_equal(read.label_count, test.article.label_count);
        assert_int_equal(read.date.seconds, test.article.date.seconds);
        assert_int_equal(read.date.day_only, test.article.date.day_only);
        assert_int_equal(read.updated.seconds, test.article.updated.seconds);
        assert_int_equal(read.enclosure.length, test.article.enclosure.length);
        assert_true(slice_equal(read.enclosure.type, test.article.enclosure.type));
        assert_int_equal(read.withdrawn, test.article.withdrawn);
        reading_release(&test);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_empty_file_is_made),
        TEST(new_lines_are_appended),
        TEST(nothing_new_touches_nothing),
        TEST(a_newer_version_replaces_in_place),
        TEST(half_a_line_is_cut_off),
        TEST(old_ones_go),
        TEST(withdrawn),
        TEST(withdrawn_ones_count_as_shown),
        TEST(a_byte_order_mark_is_passed_over),
        TEST(a_commit_is_alone),
        TEST(what_somebody_edits_meanwhile_is_not_lost),
        TEST(long_files),
        TEST(articles_read_back_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
