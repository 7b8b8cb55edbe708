#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every test runs in an empty folder of its own. */
struct scene {
    char folder[64];
    char before[4096];
};

static int set_up(void **state) {
    struct scene *scene = calloc(1, sizeof *scene);
    snprintf(scene->folder, sizeof scene->folder, "/tmp/pindao-file-test-XXXXXX");
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

/* Writes a file, and the folders above it. */
static void put(const char *path, struct slice text) {
    char folder[256];
    for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        if (folder[0] && mkdir(folder, 0777) != 0)
            assert_int_equal(errno, EEXIST);
    }
    CLEANUP(file_close) int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(descriptor >= 0);
    assert_true(file_write(descriptor, text));
}

static void test_reading(void **state) {
    (void)state;
    put("a", SLICE("上海\0x\n"));
    CLEANUP(buf_release) struct buf buf = BUF(100);
    buf_append_string(&buf, "<");
    assert_true(file_read("a", &buf));
    assert_true(slice_equal(buf_slice(&buf), SLICE("<上海\0x\n")));
    put("empty", SLICE(""));
    assert_true(file_read("empty", &buf));
    assert_int_equal(buf.size, 10);
}

static void test_reading_what_is_not_there(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(100);
    buf_append_string(&buf, "<");
    assert_false(file_read("nothing", &buf));
    assert_int_equal(errno, ENOENT);
    assert_false(file_read(".", &buf));
    assert_int_equal(errno, EISDIR);
    assert_string_equal(buf_string(&buf), "<");
}

static void test_reading_up_to_the_ceiling(void **state) {
    (void)state;
    put("five", SLICE("12345"));
    CLEANUP(buf_release) struct buf exact = BUF(5);
    assert_true(file_read("five", &exact));
    assert_false(exact.failed);
    CLEANUP(buf_release) struct buf small = BUF(6);
    buf_append_string(&small, "ab");
    assert_false(file_read("five", &small));
    assert_int_equal(errno, EFBIG);
    assert_string_equal(buf_string(&small), "ab");
    CLEANUP(buf_release) struct buf failed = BUF(1);
    buf_append_string(&failed, "ab");
    assert_false(file_read("five", &failed));
    assert_int_equal(errno, EFBIG);
}

static void test_reading_a_file_without_a_size(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(1 << 20);
    assert_true(file_read("/proc/self/status", &buf));
    assert_true(slice_starts_with(buf_slice(&buf), SLICE("Name:")));
}

static void test_reading_at_a_place(void **state) {
    (void)state;
    put("a", SLICE("0123456789"));
    CLEANUP(file_close) int descriptor = open("a", O_RDONLY | O_CLOEXEC);
    char bytes[8];
    size_t got = 0;
    assert_true(file_read_at(descriptor, bytes, 4, 3, &got));
    assert_int_equal(got, 4);
    assert_memory_equal(bytes, "3456", 4);
    assert_true(file_read_at(descriptor, bytes, 8, 7, &got));
    assert_int_equal(got, 3);
    assert_memory_equal(bytes, "789", 3);
    assert_true(file_read_at(descriptor, bytes, 8, 100, &got));
    assert_int_equal(got, 0);
    got = 42;
    assert_false(file_read_at(-1, bytes, 8, 0, &got));
    assert_int_equal(errno, EBADF);
    assert_int_equal(got, 42);
}

static void test_writing_to_a_full_disk(void **state) {
    (void)state;
    CLEANUP(file_close) int descriptor = open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        skip();
    assert_false(file_write(descriptor, SLICE("x")));
    assert_int_equal(errno, ENOSPC);
    assert_true(file_write(descriptor, SLICE("")));
}

static void test_closing_keeps_errno(void **state) {
    (void)state;
    int descriptor = open(".", O_RDONLY | O_CLOEXEC);
    int copy = descriptor;
    errno = EXDEV;
    file_close(&descriptor);
    assert_int_equal(descriptor, -1);
    file_close(&descriptor);
    assert_int_equal(errno, EXDEV);
    assert_int_equal(fcntl(copy, F_GETFD), -1);
}

static void test_joining_and_folders(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    assert_string_equal(file_join(&arena, "a", "b"), "a/b");
    assert_string_equal(file_join(&arena, "a/", "b"), "a/b");
    assert_string_equal(file_join(&arena, "", "b"), "b");
    assert_string_equal(file_join(&arena, ".", "b"), "b");
    assert_string_equal(file_join(&arena, "a", "/b"), "/b");
    assert_string_equal(file_join(&arena, "/", "b"), "/b");
    assert_string_equal(file_join(&arena, "..", "b"), "../b");
    static const char *const folders[][2] = {{"a/b", "a"},   {"b", "."},     {"/b", "/"}, {"a/b/c", "a/b"},
                                             {"a//b", "a"},  {"/", "/"},     {"", "."},   {"a/b/", "a"},
                                             {"../b", ".."}, {"/a/b", "/a"}, {"./a", "."}};
    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++)
        assert_string_equal(file_folder(&arena, folders[i][0]), folders[i][1]);
}

/* Whether a pattern matches a path: also asked of the file system, below, for all pairs. */
static const char *const paths[] = {
    "a.md",     "b.txt",      "上.md",       "上海.md",      ".hidden.md",  "d/a.md",          "d/.hidden.md",
    "d/e/a.md", "d/e/f/a.md", "d/.git/a.md", ".git/a.md",    ".git/x/a.md", "d/e/README",      "x/a.mdx",
    "x/md",     "x/aa.md",    "x/ab.md",     "e/d/e/d/a.md", "x/a*b",       "d/e/.git/f/q.md",
};

static const struct {
    const char *pattern;
    const char *matches; /* between blanks */
} patterns[] = {
    {"*.md", "a.md 上.md 上海.md"},
    {"?.md", "a.md 上.md"},
    {"??.md", "上海.md"},
    {"*", "a.md b.txt 上.md 上海.md"},
    {".*", ".hidden.md"},
    {".*.md", ".hidden.md"},
    {"*/*.md", "d/a.md x/aa.md x/ab.md"},
    {"d/*", "d/a.md"},
    {"d/.*", "d/.hidden.md"},
    {"d/**", "d/a.md d/e/README d/e/a.md d/e/f/a.md"},
    {"d/**/*.md", "d/a.md d/e/a.md d/e/f/a.md"},
    {"**/a.md", "a.md d/a.md d/e/a.md d/e/f/a.md e/d/e/d/a.md"},
    {"**/**/a.md", "a.md d/a.md d/e/a.md d/e/f/a.md e/d/e/d/a.md"},
    {"**/e/**/*.md", "d/e/a.md d/e/f/a.md e/d/e/d/a.md"},
    {"**/d/**/d/*.md", "e/d/e/d/a.md"},
    {"**/e/*", "d/e/README d/e/a.md"},
    {"d/*/f/*", "d/e/f/a.md"},
    {".git/*", ".git/a.md"},
    {".git/**", ".git/a.md .git/x/a.md"},
    {".*/**/*.md", ".git/a.md .git/x/a.md"},
    {"d/**/.git/*", "d/.git/a.md"},
    {"d/**/.git/**", "d/.git/a.md d/e/.git/f/q.md"},
    {"x/*a*", "x/a*b x/a.mdx x/aa.md x/ab.md"},
    {"x/a?.md", "x/aa.md x/ab.md"},
    {"x/*md", "x/aa.md x/ab.md x/md"},
    {"x/a*b", "x/a*b"},
    {"x/**b", "x/a*b"},
    {"nothing/*", ""},
    {"a.md/*", ""},
    {"[a]*", ""},
    {"x//aa*", "x/aa.md"},
};

/* "matches" of a pattern as file_path_matches sees it, in the order of the table. */
static void matches_by_name(const char *pattern, struct file_list *ret_list) {
    *ret_list = (struct file_list){0};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
        if (file_path_matches(slice_of(pattern), slice_of(paths[i])))
            vec_push(&ret_list->paths, paths[i]);
}

static int compare(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void assert_list(const char *pattern, struct file_list *list, const char *expected) {
    CLEANUP(buf_release) struct buf joined = BUF(4096);
    for (size_t i = 0; i < list->paths.count; i++)
        buf_append_format(&joined, "%s%s", i ? " " : "", list->paths.items[i]);
    if (strcmp(buf_string(&joined), expected) != 0)
        fail_msg("%s gave \"%s\", not \"%s\"", pattern, buf_string(&joined), expected);
}

static void test_patterns_by_name(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(patterns); i++) {
        CLEANUP(file_list_release) struct file_list list;
        matches_by_name(patterns[i].pattern, &list);
        if (list.paths.count)
            qsort(list.paths.items, list.paths.count, sizeof *list.paths.items, compare);
        assert_list(patterns[i].pattern, &list, patterns[i].matches);
    }
}

static void test_patterns_on_disk(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
        put(paths[i], SLICE("x"));
    for (size_t i = 0; i < ARRAY_LENGTH(patterns); i++) {
        CLEANUP(file_list_release) struct file_list list;
        file_list_matching(patterns[i].pattern, &arena, &list);
        assert_list(patterns[i].pattern, &list, patterns[i].matches);
        assert_int_equal(list.unreadable.count, 0);
    }
}

static void assert_files(const char *pattern, const char *expected) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(file_list_release) struct file_list list;
    file_list_matching(pattern, &arena, &list);
    assert_list(pattern, &list, expected);
}

static void test_paths_start_as_the_pattern_does(void **state) {
    const struct scene *scene = *state;
    put("d/a.md", SLICE("x"));
    assert_files("./*/a.md", "./d/a.md");
    assert_files("d/../d/*", "d/../d/a.md");
    char pattern[100];
    char expected[100];
    snprintf(pattern, sizeof pattern, "%s/d/*", scene->folder);
    snprintf(expected, sizeof expected, "%s/d/a.md", scene->folder);
    assert_files(pattern, expected);
    assert_true(file_path_matches(slice_of(pattern), slice_of(expected)));
    assert_true(file_path_matches(SLICE("./*/a.md"), SLICE("./d/a.md")));
    assert_false(file_path_matches(SLICE("/d/*"), SLICE("d/a.md")));
    assert_false(file_path_matches(SLICE("d/*"), SLICE("/d/a.md")));
}

static void test_a_pattern_without_wildcards_is_itself(void **state) {
    (void)state;
    assert_files("no/such//file", "no/such//file");
    assert_true(file_path_matches(SLICE("a//b"), SLICE("a//b")));
    assert_false(file_path_matches(SLICE("a/b"), SLICE("a/c")));
}

static void test_links_to_files_are_followed_to_folders_not(void **state) {
    (void)state;
    put("real/a.md", SLICE("x"));
    put("d/own.md", SLICE("x"));
    assert_int_equal(symlink("../real/a.md", "d/link.md"), 0);
    assert_int_equal(symlink("../real", "d/linked"), 0);
    assert_int_equal(symlink("..", "d/up"), 0);
    assert_int_equal(symlink("nowhere", "d/broken.md"), 0);
    assert_int_equal(symlink("real", "entry"), 0);
    assert_files("d/**", "d/link.md d/own.md");
    assert_files("d/*/*.md", "");
    /* What the pattern names is entered: its writer knew. */
    assert_files("entry/*.md", "entry/a.md");
}

static void test_only_files_are_given(void **state) {
    (void)state;
    assert_int_equal(mkdir("folder.md", 0777), 0);
    assert_int_equal(mkfifo("pipe.md", 0666), 0);
    put("file.md", SLICE("x"));
    put("d/README", SLICE("x"));
    assert_int_equal(mkdir("e", 0777), 0);
    assert_int_equal(mkdir("e/README", 0777), 0);
    assert_files("*.md", "file.md");
    assert_files("*/README", "d/README");
}

static void assert_irregular(const char *pattern, const char *expected) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf found = BUF(4096);
    CLEANUP(file_list_release) struct file_list list;
    file_list_matching(pattern, &arena, &list);
    for (size_t i = 0; i < list.irregular.count; i++)
        buf_append_format(&found, "%s%s", i ? " " : "", list.irregular.items[i]);
    assert_string_equal(buf_string(&found), expected);
    assert_int_equal(list.error, 0);
}

static void test_what_is_no_file_is_told(void **state) {
    (void)state;
    put("d/file.md", SLICE("x"));
    assert_int_equal(mkdir("d/folder.md", 0777), 0);
    assert_int_equal(mkdir("d/folder", 0777), 0);
    assert_int_equal(mkdir("e", 0777), 0);
    assert_int_equal(mkdir("e/README", 0777), 0);
    assert_int_equal(mkfifo("d/pipe.md", 0666), 0);
    assert_int_equal(symlink("nowhere", "d/broken.md"), 0);
    assert_int_equal(symlink("circle.md", "d/circle.md"), 0);
    assert_int_equal(symlink("nowhere", "e/x.md"), 0);
    assert_int_equal(symlink("..", "d/up.md"), 0);
    assert_irregular("d/*.md", "d/broken.md d/circle.md d/folder.md d/pipe.md d/up.md");
    /* Where any name will do, folders are no surprise; where they are gone into, neither. */
    assert_irregular("d/*", "d/broken.md d/circle.md d/pipe.md");
    assert_irregular("d/**/*.md", "d/broken.md d/circle.md d/pipe.md d/up.md");
    assert_irregular("*/README", "e/README");
    assert_irregular("*/x.md", "e/x.md");
    assert_irregular("*/nothing.md", "");
}

static void test_scratch_files_need_no_folder(void **state) {
    (void)state;
    CLEANUP(file_close) int nowhere = file_open_scratch("no/such/folder");
    assert_true(nowhere >= 0);
    assert_true(file_write(nowhere, SLICE("kept")));
    char bytes[8];
    size_t read = 0;
    assert_true(file_read_at(nowhere, bytes, sizeof bytes, 0, &read));
    assert_int_equal(read, 4);
    put("file", SLICE("x"));
    assert_int_equal(file_open_unnamed("file"), -1);
    setenv("TMPDIR", "no/such/folder/either", 1);
    CLEANUP(file_close) int elsewhere = file_open_scratch("file");
    unsetenv("TMPDIR");
    assert_true(elsewhere >= 0);
}

static void test_whose_fault_it_is(void **state) {
    (void)state;
    assert_true(file_error_is_own(EMFILE) && file_error_is_own(ENOSPC));
    assert_false(file_error_is_own(ENOENT) || file_error_is_own(EACCES) || file_error_is_own(0));
}

static void test_the_order_is_by_bytes(void **state) {
    (void)state;
    put("d/a/x", SLICE("x"));
    put("d/a-b", SLICE("x"));
    put("d/B", SLICE("x"));
    put("d/上", SLICE("x"));
    assert_files("d/**", "d/B d/a-b d/a/x d/上");
}

static void test_unreadable_folders_are_named(void **state) {
    (void)state;
    if (geteuid() == 0)
        skip();
    put("d/closed/a.md", SLICE("x"));
    put("d/open/a.md", SLICE("x"));
    assert_int_equal(chmod("d/closed", 0), 0);
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(file_list_release) struct file_list list;
    file_list_matching("d/**/*.md", &arena, &list);
    chmod("d/closed", 0777);
    assert_list("d/**/*.md", &list, "d/open/a.md");
    assert_int_equal(list.unreadable.count, 1);
    assert_string_equal(list.unreadable.items[0], "d/closed");
}

/* More folders below each other than a process may have files open. */
static void test_depth_costs_no_descriptors(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf path = BUF(4096);
    for (size_t i = 0; i < 1200; i++) {
        buf_append_string(&path, "d");
        assert_int_equal(mkdir(buf_string(&path), 0777), 0);
        buf_append_string(&path, "/");
    }
    buf_append_string(&path, "x.md");
    CLEANUP(file_close) int descriptor = open(buf_string(&path), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    assert_true(descriptor >= 0);
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(file_list_release) struct file_list list;
    file_list_matching("**/*.md", &arena, &list);
    assert_int_equal(list.paths.count, 1);
    assert_string_equal(list.paths.items[0], buf_string(&path));
}

#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        FILE_TEST(test_reading),
        FILE_TEST(test_reading_what_is_not_there),
        FILE_TEST(test_reading_up_to_the_ceiling),
        FILE_TEST(test_reading_a_file_without_a_size),
        FILE_TEST(test_reading_at_a_place),
        FILE_TEST(test_writing_to_a_full_disk),
        FILE_TEST(test_closing_keeps_errno),
        FILE_TEST(test_joining_and_folders),
        FILE_TEST(test_patterns_by_name),
        FILE_TEST(test_patterns_on_disk),
        FILE_TEST(test_paths_start_as_the_pattern_does),
        FILE_TEST(test_a_pattern_without_wildcards_is_itself),
        FILE_TEST(test_links_to_files_are_followed_to_folders_not),
        FILE_TEST(test_only_files_are_given),
        FILE_TEST(test_what_is_no_file_is_told),
        FILE_TEST(test_scratch_files_need_no_folder),
        FILE_TEST(test_whose_fault_it_is),
        FILE_TEST(test_the_order_is_by_bytes),
        FILE_TEST(test_unreadable_folders_are_named),
        FILE_TEST(test_depth_costs_no_descriptors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
