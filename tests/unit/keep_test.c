#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "output/output.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a run need not do: files kept unseen, links that are right already; and what it must not keep: the tree before.
 */

static char folder[64];

static int set_up(void **state) {
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/keep_test.XXXXXX");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status, (void)kind, (void)walk;
    return remove(path);
}

static int tear_down(void **state) {
    (void)state;
    return chdir("/") == 0 ? nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS) : -1;
}

static bool exists(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0;
}

static void write_text(const char *path, const char *text) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(descriptor >= 0);
    assert_true(file_write(descriptor, slice_of(text)));
    close(descriptor);
}

static void assert_text(const char *path, const char *text) {
    CLEANUP(buf_release) struct buf bytes = BUF(1 << 20);
    assert_true(file_read(path, &bytes));
    assert_true(slice_equal(buf_slice(&bytes), slice_of(text)));
}

static void assert_same_file(const char *a, const char *b) {
    struct stat one, other;
    assert_int_equal(lstat(a, &one), 0);
    assert_int_equal(lstat(b, &other), 0);
    assert_int_equal(one.st_ino, other.st_ino);
}

static struct output *open_with(struct output_options options, struct diagnostics *diagnostics) {
    struct output *output = NULL;
    options.directory = "public";
    assert_int_equal(output_open(&options, diagnostics, &output), OUTPUT_OK);
    return output;
}

static struct output_counts finish(struct output *output, struct diagnostics *diagnostics) {
    assert_int_equal(output_finish(output, diagnostics), OUTPUT_OK);
    assert_int_equal(output_swap(output, diagnostics), OUTPUT_OK);
    struct output_counts counts = output_counts(output);
    output_close(output);
    return counts;
}

enum { FEEDS = 30 };

static struct slice path_of(size_t number, char path[64]) {
    int size = snprintf(path, 64, "d%zu/t-%zu/atom.xml", number % 3, number);
    return (struct slice){path, (size_t)size};
}

/* Files 0 to FEEDS - 1, all kept but number 5, which is `text`; index.html is always put. */
static struct output_counts build(const char *text) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct output *output = open_with((struct output_options){0}, &diagnostics);
    char path[64];
    for (size_t i = 0; i < FEEDS; i++)
        if (i == 5)
            output_put_feed(output, path_of(i, path), slice_of(text), "text/xml", 7);
        else if (!output_keep(output, path_of(i, path)))
            output_put_feed(output, path_of(i, path), path_of(i, path), "text/xml", (uint32_t)i);
    output_put(output, SLICE("index.html"), SLICE("index"), "text/html");
    return finish(output, &diagnostics);
}

static void test_kept_files_are_as_they_were(void **state) {
    (void)state;
    assert_int_equal(build("1").written, FEEDS + 1);
    CLEANUP(buf_release) struct buf before = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf after = BUF(BUF_UNLIMITED);
    assert_true(file_read("public/manifest.json", &before));
    struct output_counts counts = build("2");
    assert_int_equal(counts.written, 1);
    assert_int_equal(counts.unchanged, FEEDS);
    assert_int_equal(counts.relinked, FEEDS); /* there was no tree to make it of */
    counts = build("1");
    assert_int_equal(counts.relinked, 0);
    assert_true(file_read("public/manifest.json", &after));
    assert_true(slice_equal(buf_slice(&before), buf_slice(&after)));
    assert_same_file("public/d0/t-0/atom.xml", ".public.stage/d0/t-0/atom.xml");
    assert_text("public/d2/t-5/atom.xml", "1");
    assert_text(".public.stage/d2/t-5/atom.xml", "2");
    build("1");
    assert_int_equal(build("3").relinked, 0);
    assert_int_equal(build("4").relinked, 0);
}

static void test_what_is_not_kept(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    build("1");
    write_text("public/mine", "mine");
    write_text("public/d0/t-0/atom.xml", "another size");
    unlink("public/d1/t-1/atom.xml");
    unlink("public/d1/t-4/atom.xml");
    assert_int_equal(symlink("../t-1/atom.xml", "public/d1/t-4/atom.xml"), 0);
    struct output *output = open_with((struct output_options){0}, &diagnostics);
    assert_true(output_keep(output, SLICE("index.html")));
    assert_true(output_is_served(output, SLICE("d0/t-0/atom.xml")));
    assert_false(output_keep(output, SLICE("d0/t-0/atom.xml")));
    assert_false(output_keep(output, SLICE("d1/t-1/atom.xml")));
    assert_false(output_keep(output, SLICE("d1/t-4/atom.xml")));
    assert_false(output_keep(output, SLICE("mine")));
    assert_false(output_keep(output, SLICE("manifest.json")));
    assert_false(output_is_served(output, SLICE("mine")));
    output_close(output);
    output = open_with((struct output_options){.full = true}, &diagnostics);
    assert_false(output_keep(output, SLICE("index.html")));
    output_close(output);
    write_text(".public.dirty", "");
    output = open_with((struct output_options){0}, &diagnostics);
    assert_false(output_keep(output, SLICE("index.html")));
    output_close(output);
    unlink(".public.dirty");
    write_text("public/manifest.json", "{\"files\": [");
    output = open_with((struct output_options){0}, &diagnostics);
    assert_false(output_keep(output, SLICE("index.html")));
    output_close(output);
}

/* Somebody put things right in the served tree, or the stage is not what its manifest says: that shows in the inodes.
 */
static void test_links_that_are_not_right(void **state) {
    (void)state;
    build("1");
    write_text("public/d0/t-0/atom.xml", "tampered with");
    unlink("public/d1/t-1/atom.xml");
    build("2"); /* both are mended; the tree before has them wrong */
    assert_text("public/d0/t-0/atom.xml", "d0/t-0/atom.xml");
    unlink(".public.stage/d2/t-2/atom.xml");
    write_text(".public.stage/d2/t-2/atom.xml", "EVIL/t-2/tom.xml");
    struct output_counts counts = build("3");
    assert_int_equal(counts.relinked, 3);
    assert_text("public/d0/t-0/atom.xml", "d0/t-0/atom.xml");
    assert_text("public/d1/t-1/atom.xml", "d1/t-1/atom.xml");
    assert_text("public/d2/t-2/atom.xml", "d2/t-2/atom.xml");
}

static void test_identity_and_hashes(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct output *output = open_with((struct output_options){0}, &diagnostics);
    assert_false(output_identity(output).exists);
    assert_true(output_served_hash(output) == 0);
    output_put(output, SLICE("a"), SLICE("1"), "text/plain");
    assert_int_equal(output_finish(output, &diagnostics), OUTPUT_OK);
    uint64_t hash = output_new_hash(output);
    assert_true(hash != 0);
    assert_false(output_identity(output).exists);
    assert_int_equal(output_swap(output, &diagnostics), OUTPUT_OK);
    struct output_identity first = output_identity(output);
    output_close(output);
    output = open_with((struct output_options){0}, &diagnostics);
    struct output_identity same = output_identity(output);
    assert_true(output_identity_equal(&first, &same));
    assert_true(output_served_hash(output) == hash);
    assert_true(output_keep(output, SLICE("a")));
    finish(output, &diagnostics); /* nothing changed */
    output = open_with((struct output_options){0}, &diagnostics);
    same = output_identity(output);
    assert_true(output_identity_equal(&first, &same));
    output_put(output, SLICE("a"), SLICE("2"), "text/plain");
    finish(output, &diagnostics);
    output = open_with((struct output_options){.full = true}, &diagnostics);
    assert_false(output_identity(output).exists);
    assert_true(output_served_hash(output) == 0);
    output_put(output, SLICE("a"), SLICE("2"), "text/plain");
    assert_int_equal(output_finish(output, &diagnostics), OUTPUT_OK);
    assert_int_equal(output_swap(output, &diagnostics), OUTPUT_OK);
    same = output_identity(output);
    assert_true(same.exists);
    assert_false(output_identity_equal(&first, &same));
    output_close(output);
}

/* --- forgetting --------------------------------------------------------------------------------------------- */

static void put_one(struct output *output, const char *text) {
    output_put(output, SLICE("a"), slice_of(text), "text/plain");
}

static struct output *open_plain(struct diagnostics *diagnostics) {
    return open_with((struct output_options){0}, diagnostics);
}

static void build_one(const char *text) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct output *output = open_plain(&diagnostics);
    put_one(output, text);
    finish(output, &diagnostics);
}

static void assert_forgotten(void) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    assert_false(exists(".public.stage"));
    assert_false(exists(".public.dirty"));
    struct output *output = open_plain(&diagnostics);
    assert_int_equal(output_previous_tree(output)->files.count, 0);
    assert_true(output_identity(output).exists);
    output_close(output);
}

static void test_the_tree_before_is_forgotten(void **state) {
    (void)state;
    for (int behind = 0; behind < 2; behind++) {
        CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
        build_one("SECRET");
        write_text("public/CNAME", "name");
        struct output *output = open_plain(&diagnostics);
        if (!behind)
            assert_int_equal(output_forget_previous(output, &diagnostics), OUTPUT_OK);
        put_one(output, "2");
        assert_int_equal(output_finish(output, &diagnostics), OUTPUT_OK);
        assert_int_equal(output_swap(output, &diagnostics), OUTPUT_OK);
        assert_int_equal(exists(".public.stage"), behind);
        if (behind)
            assert_int_equal(output_forget_previous(output, &diagnostics), OUTPUT_OK);
        output_close(output);
        assert_forgotten();
        assert_text("public/CNAME", "name");
        build_one("3");
        assert_text(".public.stage/a", "2");
    }
}

/* The served tree has nothing of it, but the one before has. */
static void test_it_is_forgotten_when_nothing_changed(void **state) {
    (void)state;
    for (int behind = 0; behind < 2; behind++) {
        CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
        build_one("SECRET");
        build_one("2");
        /* A shell that stood in public/ stands in the tree before. */
        struct timespec later[2] = {{.tv_nsec = UTIME_NOW}, {.tv_sec = time(NULL) + 5}};
        assert_int_equal(mkdir(".public.stage/typed", 0755), 0);
        write_text(".public.stage/typed/CNAME", "typed");
        assert_int_equal(utimensat(AT_FDCWD, ".public.stage/typed/CNAME", later, 0), 0);
        struct output *output = open_plain(&diagnostics);
        if (!behind)
            assert_int_equal(output_forget_previous(output, &diagnostics), OUTPUT_OK);
        put_one(output, "2");
        assert_int_equal(output_finish(output, &diagnostics), OUTPUT_OK);
        assert_int_equal(output_swap(output, &diagnostics), OUTPUT_OK);
        if (behind)
            assert_int_equal(output_forget_previous(output, &diagnostics), OUTPUT_OK);
        output_close(output);
        assert_forgotten();
        assert_text("public/typed/CNAME", "typed");
        assert_int_equal(diagnostics.per_id[DIAGNOSTIC_OUTPUT_FOREIGN], 1);
        assert_int_equal(unlink("public/typed/CNAME"), 0);
        assert_int_equal(rmdir("public/typed"), 0);
    }
}

/* The run that wanted it was killed: whatever comes next does it. */
static void test_a_wish_survives(void **state) {
    (void)state;
    for (int changed = 0; changed < 2; changed++) {
        CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
        build_one("SECRET");
        build_one("2");
        struct output *output = open_plain(&diagnostics);
        assert_int_equal(output_forget_previous(output, &diagnostics), OUTPUT_OK);
        output_close(output);
        assert_true(exists(".public.dirty"));
        build_one(changed ? "3" : "2");
        assert_forgotten();
    }
}

static void test_what_cannot_be_forgotten_is_said(void **state) {
    (void)state;
    bool was_root = geteuid() == 0;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    assert_true(!was_root || (chown(".", 65534, 65534) == 0 && seteuid(65534) == 0));
    build_one("SECRET");
    build_one("2");
    struct output *output = open_plain(&diagnostics);
    put_one(output, "3");
    assert_int_equal(output_finish(output, &diagnostics), OUTPUT_OK);
    assert_int_equal(output_swap(output, &diagnostics), OUTPUT_OK);
    assert_int_equal(chmod(".public.stage", 0500), 0);
    enum output_result result = output_forget_previous(output, &diagnostics);
    output_close(output);
    bool marked = exists(".public.dirty");
    assert_int_equal(chmod(".public.stage", 0700), 0);
    assert_true(!was_root || seteuid(0) == 0);
    assert_int_equal(result, OUTPUT_FAILED);
    assert_int_equal(diagnostics.per_id[DIAGNOSTIC_PREVIOUS_STAYS], 1);
    assert_true(marked);
    build_one("3");
    assert_forgotten();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_kept_files_are_as_they_were),
        TEST(test_what_is_not_kept),
        TEST(test_links_that_are_not_right),
        TEST(test_identity_and_hashes),
        TEST(test_the_tree_before_is_forgotten),
        TEST(test_it_is_forgotten_when_nothing_changed),
        TEST(test_a_wish_survives),
        TEST(test_what_cannot_be_forgotten_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
