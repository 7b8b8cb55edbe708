#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Every test runs in an empty folder of its own. */
struct scene {
    char folder[64];
    char before[4096];
};

static int set_up(void **state) {
    struct scene *scene = calloc(1, sizeof *scene);
    snprintf(scene->folder, sizeof scene->folder, "/tmp/pindao-cache-test-XXXXXX");
    *state = scene;
    return getcwd(scene->before, sizeof scene->before) && mkdtemp(scene->folder) && chdir(scene->folder) == 0 ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int flag, struct FTW *walk) {
    (void)status, (void)flag, (void)walk;
    return remove(path);
}

static int tear_down(void **state) {
    struct scene *scene = *state;
    int result = chdir(scene->before);
    result |= nftw(scene->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(scene);
    return result;
}

static bool exists(const char *path) {
    return access(path, F_OK) == 0;
}

static void put(const char *path, struct slice text) {
    CLEANUP(file_close) int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(file_write(descriptor, text));
}

/* The value of `name`, "-" when there is none; valid until the next call on `buf`. */
static const char *value_of(struct cache *cache, const char *name, struct buf *buf) {
    buf_clear(buf);
    if (!cache_get(cache, name, buf)) {
        assert_int_equal(buf->size, 0);
        buf_append_string(buf, "-");
    }
    return buf_string(buf);
}

/* Opens the cache, which has nothing to complain of; asks, closes. */
static void assert_value(const char *name, const char *expected) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(1 << 20);
    struct cache *cache = cache_open(".pindao", &diagnostics);
    assert_non_null(cache);
    assert_string_equal(value_of(cache, name, &buf), expected);
    cache_close(cache);
    assert_int_equal(diagnostics.items.count, 0);
}

static void store(const char *name, const char *value) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct cache *cache = cache_open(".pindao", &diagnostics);
    assert_non_null(cache);
    cache_set(cache, name, slice_of(value));
    cache_close(cache);
    assert_int_equal(diagnostics.items.count, 0);
}

static void test_values_last(void **state) {
    (void)state;
    store("rules", "one");
    store("other", "two");
    assert_value("rules", "one");
    store("rules", "three");
    assert_value("rules", "three");
    assert_value("other", "two");
    assert_value("nothing", "-");
    assert_value("Rules", "-");
}

static void test_values_are_bytes_and_appended(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(1 << 20);
    struct cache *cache = cache_open(".pindao", &diagnostics);
    cache_set(cache, "a", SLICE("x\0\xFF"));
    cache_set(cache, "empty", (struct slice){0});
    buf_append_string(&buf, "<");
    assert_true(cache_get(cache, "a", &buf));
    assert_true(cache_get(cache, "empty", &buf));
    assert_true(slice_equal(buf_slice(&buf), SLICE("<x\0\xFF")));
    cache_close(cache);
}

static void test_a_value_too_large_for_the_buffer(void **state) {
    (void)state;
    store("a", "12345");
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(4);
    struct cache *cache = cache_open(".pindao", &diagnostics);
    assert_false(cache_get(cache, "a", &buf));
    assert_int_equal(buf.size, 0);
    cache_close(cache);
}

static void test_only_the_owner_may_read(void **state) {
    (void)state;
    mode_t before = umask(0);
    store("a", "x");
    umask(before);
    struct stat status;
    assert_int_equal(stat(".pindao/cache.db", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_false(exists(".pindao/cache.db-journal"));
}

static void test_no_cache_is_fine(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(100);
    cache_set(NULL, "a", SLICE("x"));
    assert_false(cache_get(NULL, "a", &buf));
    cache_close(NULL);
}

static void test_where_none_can_be(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    assert_null(cache_open("no/such/.pindao", &diagnostics));
    put("file", SLICE("x"));
    assert_null(cache_open("file", &diagnostics));
    assert_int_equal(mkdir(".pindao", 0777), 0);
    assert_int_equal(mkdir(".pindao/cache.db", 0777), 0);
    assert_null(cache_open(".pindao", &diagnostics));
    assert_int_equal(diagnostics.items.count, 0);
}

/* Opens a cache that cannot be used as it is: it is set aside, reported, and a new one serves. */
static void assert_set_aside(void) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(1 << 20);
    struct cache *cache = cache_open(".pindao", &diagnostics);
    assert_non_null(cache);
    assert_int_equal(diagnostics.items.count, 1);
    assert_int_equal(diagnostics.items.items[0].id, DIAGNOSTIC_CACHE_SET_ASIDE);
    assert_true(slice_equal(diagnostics.items.items[0].place.file, SLICE(".pindao/cache.db")));
    assert_true(exists(".pindao/cache.db.damaged"));
    assert_string_equal(value_of(cache, "a", &buf), "-");
    cache_set(cache, "a", SLICE("new"));
    cache_close(cache);
    assert_value("a", "new");
}

static void test_what_is_no_database(void **state) {
    (void)state;
    assert_int_equal(mkdir(".pindao", 0777), 0);
    put(".pindao/cache.db",
        SLICE("this is a text, and long enough to be looked at as a database of SQLite, I should say: "
              "a hundred bytes at least"));
    assert_set_aside();
}

static void test_an_empty_file_is_a_new_cache(void **state) {
    (void)state;
    assert_int_equal(mkdir(".pindao", 0777), 0);
    put(".pindao/cache.db", SLICE(""));
    assert_value("a", "-");
    assert_false(exists(".pindao/cache.db.damaged"));
}

/* Runs a statement on the cache's file, as no part of pindao would. */
static void meddle(const char *statement) {
    sqlite3 *database = NULL;
    assert_int_equal(sqlite3_open(".pindao/cache.db", &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, statement, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

static void test_another_version(void **state) {
    (void)state;
    store("a", "old");
    meddle("PRAGMA user_version = 9999");
    assert_set_aside();
}

static void test_somebody_elses_database(void **state) {
    (void)state;
    assert_int_equal(mkdir(".pindao", 0777), 0);
    meddle("CREATE TABLE theirs(x)");
    assert_set_aside();
}

static void test_a_database_without_the_table(void **state) {
    (void)state;
    store("a", "old");
    meddle("DROP TABLE value");
    assert_set_aside();
}

static void test_an_older_damaged_one_gives_way(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mkdir(".pindao", 0777) == 0, i == 0);
        put(".pindao/cache.db", SLICE("no database, twice                                                             "
                                      "                          "));
        assert_set_aside();
    }
}

/* SQLite sees nothing wrong with a byte that changed in a value; the hash does, and it is not given out. */
static void test_a_changed_byte_in_a_value(void **state) {
    (void)state;
    store("a", "old");
    meddle("UPDATE value SET bytes = CAST('odd' AS BLOB)");
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(1 << 20);
    struct cache *cache = cache_open(".pindao", &diagnostics);
    assert_int_equal(diagnostics.items.count, 0);
    assert_string_equal(value_of(cache, "a", &buf), "-");
    assert_int_equal(diagnostics.items.count, 1);
    cache_set(cache, "a", SLICE("new"));
    assert_string_equal(value_of(cache, "a", &buf), "new");
    cache_close(cache);
    assert_value("a", "new");
}

static void test_values_that_changed_places(void **state) {
    (void)state;
    store("a", "one");
    store("b", "two");
    meddle("UPDATE value SET name = CASE name WHEN 'a' THEN 'c' ELSE 'a' END");
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(1 << 20);
    struct cache *cache = cache_open(".pindao", &diagnostics);
    assert_string_equal(value_of(cache, "a", &buf), "-");
    cache_close(cache);
    assert_int_equal(diagnostics.items.count, 1);
}

/* Each block of the file in turn is overwritten: no wrong value comes out, nothing crashes, and the next run is well.
 */
static void test_damage_anywhere(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf value = BUF(1 << 20);
    for (size_t i = 0; i < 20000; i++)
        buf_append_unsigned(&value, i);
    store("large", buf_string(&value));
    for (int i = 0; i < 50; i++) {
        char name[16];
        snprintf(name, sizeof name, "name%d", i);
        store(name, name);
    }
    CLEANUP(buf_release) struct buf file = BUF(1 << 24);
    assert_true(file_read(".pindao/cache.db", &file));
    for (size_t at = 0; at < file.size; at += 512) {
        CLEANUP(buf_release) struct buf damaged = BUF(1 << 24);
        CLEANUP(buf_release) struct buf got = BUF(1 << 20);
        CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
        buf_append_slice(&damaged, buf_slice(&file));
        memset(damaged.data + at, 0xA5, 512);
        put(".pindao/cache.db", buf_slice(&damaged));
        struct cache *cache = cache_open(".pindao", &diagnostics);
        if (cache_get(cache, "large", &got))
            assert_true(slice_equal(buf_slice(&got), buf_slice(&value)));
        buf_clear(&got);
        if (cache_get(cache, "name7", &got))
            assert_string_equal(buf_string(&got), "name7");
        cache_set(cache, "a", SLICE("new"));
        cache_close(cache);
        assert_true(diagnostics.items.count <= 1);
    }
}

static void test_a_truncated_file(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf value = BUF(1 << 20);
    for (size_t i = 0; i < 20000; i++)
        buf_append_unsigned(&value, i);
    store("a", buf_string(&value));
    assert_int_equal(truncate(".pindao/cache.db", 8192), 0);
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(1 << 20);
    struct cache *cache = cache_open(".pindao", &diagnostics);
    assert_string_equal(value_of(cache, "a", &buf), "-");
    cache_close(cache);
    assert_int_equal(diagnostics.items.count, 1);
    assert_value("a", "-");
}

/* A run that dies before it closes its cache leaves it as it was. */
static void test_a_run_that_dies(void **state) {
    (void)state;
    store("a", "old");
    pid_t child = fork();
    if (child == 0) {
        struct diagnostics diagnostics = {0};
        struct cache *cache = cache_open(".pindao", &diagnostics);
        cache_set(cache, "a", SLICE("new"));
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_value("a", "old");
}

/* Two runs at once: the second to write goes without, and neither complains. */
static void test_two_runs(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(1 << 20);
    store("a", "old");
    struct cache *first = cache_open(".pindao", &diagnostics);
    struct cache *second = cache_open(".pindao", &diagnostics);
    cache_set(first, "a", SLICE("first"));
    assert_string_equal(value_of(second, "a", &buf), "old");
    cache_set(second, "a", SLICE("second"));
    cache_close(second);
    cache_close(first);
    assert_value("a", "first");
    assert_int_equal(diagnostics.items.count, 0);
}

static void test_without_permission_to_write_it_is_read(void **state) {
    (void)state;
    if (geteuid() == 0)
        skip();
    store("a", "old");
    assert_int_equal(chmod(".pindao", 0500), 0);
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf buf = BUF(1 << 20);
    struct cache *cache = cache_open(".pindao", &diagnostics);
    assert_string_equal(value_of(cache, "a", &buf), "old");
    cache_set(cache, "a", SLICE("new"));
    assert_string_equal(value_of(cache, "a", &buf), "old");
    cache_close(cache);
    assert_int_equal(unlink(".pindao/cache.db"), -1);
    assert_int_equal(chmod(".pindao", 0700), 0);
    assert_value("a", "old");
    assert_int_equal(unlink(".pindao/cache.db"), 0);
    assert_int_equal(chmod(".pindao", 0500), 0);
    assert_null(cache_open(".pindao", &diagnostics));
    assert_int_equal(chmod(".pindao", 0700), 0);
    assert_int_equal(diagnostics.items.count, 0);
}

/* --- packs --- */

static void set_pack(struct cache *cache, uint64_t bucket, uint32_t part, const char *facts, const char *records) {
    const struct cache_pack pack = {bucket, part, {slice_of(facts), slice_of(records), SLICE("")}};
    cache_set_pack(cache, &pack);
}

static void append_pack(void *context, const struct cache_pack *pack) {
    buf_append_format(context, "%llu/%u:%.*s,%.*s,%zu ", (unsigned long long)pack->bucket, pack->part,
                      SLICE_ARGUMENTS(pack->blobs[CACHE_FACTS]), SLICE_ARGUMENTS(pack->blobs[CACHE_RECORDS]),
                      pack->blobs[CACHE_SKETCHES].size);
}

static void test_packs(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf all = BUF(4096);
    struct cache *cache = cache_open("state", &diagnostics);
    set_pack(cache, 7, 0, "one", "1");
    set_pack(cache, 7, 1, "two", "2");
    set_pack(cache, UINT64_MAX, 0, "three", "3");
    set_pack(cache, 7, 1, "two again", "22");
    cache_drop_pack(cache, 7, 0);
    cache_close(cache);
    cache = cache_open("state", &diagnostics);
    assert_true(cache_each_pack(cache, append_pack, &all));
    assert_non_null(strstr(buf_string(&all), "7/1:two again,22,0 "));
    assert_non_null(strstr(buf_string(&all), "18446744073709551615/0:three,3,0 "));
    assert_int_equal(all.size, strlen("7/1:two again,22,0 18446744073709551615/0:three,3,0 "));
    buf_clear(&all);
    cache_get_pack(cache, 7, 1, append_pack, &all);
    cache_get_pack(cache, 7, 0, append_pack, &all);
    assert_string_equal(buf_string(&all), "7/1:two again,22,0 ");
    cache_clear(cache);
    cache_close(cache);
    cache = cache_open("state", &diagnostics);
    buf_clear(&all);
    assert_true(cache_each_pack(cache, append_pack, &all));
    assert_int_equal(all.size, 0);
    cache_close(cache);
    assert_int_equal(diagnostics.items.count, 0);
}

/* Where there is no cache nothing is wrong, and there is no pack. */
static void test_packs_without_a_cache(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf all = BUF(4096);
    assert_true(cache_each_pack(NULL, append_pack, &all));
    cache_get_pack(NULL, 1, 1, append_pack, &all);
    set_pack(NULL, 1, 1, "", "");
    cache_drop_pack(NULL, 1, 1);
    cache_clear(NULL);
    assert_int_equal(all.size, 0);
}

/* Who has taken packs before the damage was found is told, and the next run begins anew. */
static void test_a_damaged_pack(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf all = BUF(4096);
    struct cache *cache = cache_open(".pindao", &diagnostics);
    set_pack(cache, 1, 0, "one", "1");
    set_pack(cache, 2, 0, "two", "2");
    cache_close(cache);
    meddle("UPDATE pack SET facts = 'twa' WHERE bucket = 2");
    cache = cache_open(".pindao", &diagnostics);
    assert_false(cache_each_pack(cache, append_pack, &all));
    assert_null(strstr(buf_string(&all), "twa"));
    buf_clear(&all);
    assert_true(cache_each_pack(cache, append_pack, &all));
    assert_int_equal(all.size, 0);
    set_pack(cache, 3, 0, "three", "3");
    cache_close(cache);
    assert_int_equal(diagnostics.items.count, 1);
    assert_int_equal(diagnostics.items.items[0].id, DIAGNOSTIC_CACHE_SET_ASIDE);
    assert_true(exists(".pindao/cache.db.damaged"));
}

#define CACHE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CACHE_TEST(test_values_last),
        CACHE_TEST(test_values_are_bytes_and_appended),
        CACHE_TEST(test_a_value_too_large_for_the_buffer),
        CACHE_TEST(test_only_the_owner_may_read),
        CACHE_TEST(test_no_cache_is_fine),
        CACHE_TEST(test_where_none_can_be),
        CACHE_TEST(test_what_is_no_database),
        CACHE_TEST(test_an_empty_file_is_a_new_cache),
        CACHE_TEST(test_another_version),
        CACHE_TEST(test_somebody_elses_database),
        CACHE_TEST(test_a_database_without_the_table),
        CACHE_TEST(test_an_older_damaged_one_gives_way),
        CACHE_TEST(test_a_changed_byte_in_a_value),
        CACHE_TEST(test_values_that_changed_places),
        CACHE_TEST(test_damage_anywhere),
        CACHE_TEST(test_a_truncated_file),
        CACHE_TEST(test_a_run_that_dies),
        CACHE_TEST(test_two_runs),
        CACHE_TEST(test_without_permission_to_write_it_is_read),
        CACHE_TEST(test_packs),
        CACHE_TEST(test_packs_without_a_cache),
        CACHE_TEST(test_a_damaged_pack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
