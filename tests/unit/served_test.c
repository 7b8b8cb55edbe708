#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "output/output.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

/* What others do to the served tree, and who owns what is made in it. */

static char folder[64];

static int set_up(void **state) {
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/served_test.XXXXXX");
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
    return access(path, F_OK) == 0;
}

static void write_text(const char *path, const char *text) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(descriptor >= 0);
    assert_true(file_write(descriptor, slice_of(text)));
    close(descriptor);
}

/* `meddle` is what somebody does between the plan and the exchange. */

static enum output_result build_while(const char *text, void (*meddle)(void), struct diagnostics *diagnostics) {
    struct output *output = NULL;
    enum output_result result = output_open(&(struct output_options){.directory = "public"}, diagnostics, &output);
    if (result != OUTPUT_OK)
        return result;
    output_put_feed(output, SLICE("a/atom.xml"), SLICE("always the same"), "text/xml", 0);
    output_put_feed(output, SLICE("atom.xml"), slice_of(text), "text/xml", 1);
    result = output_finish(output, diagnostics);
    if (meddle)
        meddle();
    if (result == OUTPUT_OK)
        result = output_swap(output, diagnostics);
    output_close(output);
    return result;
}

static void build(const char *text) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    assert_int_equal(build_while(text, NULL, &diagnostics), OUTPUT_OK);
}

/* --- latecomers --------------------------------------------------------------------------------------------- */

static void add_files(void) {
    assert_int_equal(mkdir("public/.well-known", 0755), 0);
    write_text("public/.well-known/key", "key");
    write_text("public/CNAME.new", "newer");
    assert_int_equal(rename("public/CNAME.new", "public/CNAME"), 0);
    assert_int_equal(mkdir("public/empty", 0755), 0);
}

static void test_what_comes_during_a_build_is_carried(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf text = BUF(100);
    build("1");
    write_text("public/CNAME", "old");
    assert_int_equal(build_while("2", add_files, &diagnostics), OUTPUT_OK);
    assert_true(exists("public/.well-known/key"));
    assert_true(exists("public/empty"));
    assert_true(file_read("public/CNAME", &text));
    assert_true(slice_equal(buf_slice(&text), SLICE("newer")));
    assert_int_equal(diagnostics.per_id[DIAGNOSTIC_OUTPUT_FOREIGN], 2);
    assert_false(exists(".public.dirty"));
    /* It stays, until its owner takes it away. */
    build("3");
    build("4");
    assert_true(exists("public/.well-known/key"));
    unlink("public/.well-known/key");
    build("5");
    build("6");
    assert_false(exists("public/.well-known/key"));
}

/* A shell that stood in public/ stands in the previous tree after the exchange. */
static void test_what_is_written_into_the_previous_tree_is_kept(void **state) {
    (void)state;
    build("1");
    build("2");
    /* A manifest may be dated a second ahead; whoever types a command is slower than that. */
    struct timespec later[2] = {{.tv_nsec = UTIME_NOW}, {.tv_sec = time(NULL) + 5}};
    write_text(".public.stage/CNAME", "typed");
    assert_int_equal(utimensat(AT_FDCWD, ".public.stage/CNAME", later, 0), 0);
    write_text(".public.stage/rubbish", "older");
    struct timespec earlier[2] = {{.tv_nsec = UTIME_NOW}, {.tv_sec = time(NULL) - 500}};
    assert_int_equal(utimensat(AT_FDCWD, ".public.stage/rubbish", earlier, 0), 0);
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    assert_int_equal(build_while("3", NULL, &diagnostics), OUTPUT_OK);
    assert_true(exists("public/CNAME"));
    assert_false(exists("public/rubbish"));
    assert_int_equal(diagnostics.per_id[DIAGNOSTIC_OUTPUT_FOREIGN], 1);
    build("4");
    assert_true(exists("public/CNAME"));
}

static void add_closed_folder(void) {
    assert_int_equal(mkdir("public/closed", 0000), 0);
}

static void test_what_cannot_be_carried_is_said(void **state) {
    (void)state;
    bool was_root = geteuid() == 0;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    assert_true(!was_root || (chown(".", 65534, 65534) == 0 && seteuid(65534) == 0));
    build("1");
    enum output_result result = build_while("2", add_closed_folder, &diagnostics);
    assert_int_equal(chmod(".public.stage/closed", 0700), 0);
    assert_true(!was_root || seteuid(0) == 0);
    assert_int_equal(result, OUTPUT_FAILED);
    assert_int_equal(diagnostics.per_id[DIAGNOSTIC_OUTPUT_LEFT_BEHIND], 1);
    CLEANUP(buf_release) struct buf text = BUF(100);
    assert_true(file_read("public/atom.xml", &text));
    assert_true(slice_equal(buf_slice(&text), SLICE("2")));
}

/* --- a manifest that is gone -------------------------------------------------------------------------------- */

static void test_one_feed_shows_whose_the_tree_is(void **state) {
    (void)state;
    build("1");
    unlink("public/manifest.json");
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    assert_int_equal(build_while("2", NULL, &diagnostics), OUTPUT_OK);
    assert_int_equal(diagnostics.per_id[DIAGNOSTIC_MANIFEST_BROKEN], 1);
    assert_true(exists("public/manifest.json"));
}

static void test_the_tree_before_shows_it_too(void **state) {
    (void)state;
    build("1");
    build("2");
    unlink("public/manifest.json");
    write_text("public/a/atom.xml", "touched");
    build("3");
}

static void test_a_feed_that_says_so_shows_it(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    mkdir("public", 0755);
    write_text("public/atom.xml", "<feed><generator>pindao</generator></feed>");
    assert_int_equal(build_while("1", NULL, &diagnostics), OUTPUT_OK);
    assert_int_equal(diagnostics.per_id[DIAGNOSTIC_MANIFEST_BROKEN], 1);
}

static void test_a_strangers_tree_stays(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    mkdir("public", 0755);
    write_text("public/atom.xml", "of another program");
    for (int i = 0; i < 2; i++) /* what the first leaves (a lock) proves nothing */
        assert_int_equal(build_while("1", NULL, &diagnostics), OUTPUT_CLASH);
    assert_int_equal(diagnostics.per_id[DIAGNOSTIC_MANIFEST_BROKEN], 0);
}

/* --- feeds in the manifest ---------------------------------------------------------------------------------- */

static void test_the_manifest_knows_empty_feeds(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct output *output = NULL;
    build("1");
    assert_int_equal(output_open(&(struct output_options){.directory = "public"}, &diagnostics, &output), OUTPUT_OK);
    const struct tree *old = output_old_tree(output);
    assert_int_equal(old->files.count, 2);
    assert_true(old->files.items[0].is_feed && old->files.items[0].entries == 0);
    assert_true(old->files.items[1].is_feed && old->files.items[1].entries == 1);
    output_put(output, SLICE("atom.xml"), SLICE("static"), "text/xml");
    assert_int_equal(output_finish(output, &diagnostics), OUTPUT_OK);
    assert_false(output_new_tree(output)->files.items[0].is_feed);
    output_close(output);
}

/* --- owners ------------------------------------------------------------------------------------------------- */

enum { SOMEBODY = 65534 };

static int check_owner(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)kind, (void)walk;
    if (status->st_uid != SOMEBODY)
        print_error("%s belongs to %u\n", path, (unsigned)status->st_uid);
    return status->st_uid != SOMEBODY;
}

/* Root builds by hand, once; the owner's runs go on. */
static void test_root_leaves_all_to_the_owner(void **state) {
    (void)state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(".", SOMEBODY, SOMEBODY), 0);
    build("1");
    assert_int_equal(nftw(".", check_owner, 8, FTW_PHYS), 0);
    write_text("public/CNAME", "x");
    assert_int_equal(chown("public/CNAME", SOMEBODY, SOMEBODY), 0);
    build("2");
    /* Left with its mark: a check has failed. */
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct output *output = NULL;
    assert_int_equal(output_open(&(struct output_options){.directory = "public"}, &diagnostics, &output), OUTPUT_OK);
    output_put(output, SLICE("new/b/c"), SLICE("x"), "text/plain");
    assert_int_equal(output_finish(output, &diagnostics), OUTPUT_OK);
    output_close(output);
    assert_true(exists(".public.dirty"));
    assert_int_equal(nftw(".", check_owner, 8, FTW_PHYS), 0);
}

/* One of root's own, from before: whoever may read it can lock it. */
static void test_a_lock_that_is_only_readable(void **state) {
    (void)state;
    if (geteuid() != 0)
        skip();
    write_text(".public.lock", "");
    assert_int_equal(chown(".", SOMEBODY, SOMEBODY), 0);
    assert_int_equal(seteuid(SOMEBODY), 0);
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    enum output_result result = build_while("1", NULL, &diagnostics);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(result, OUTPUT_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* What may give way asks whose a file is: by the manifest, and where that is lost, by the feeds beside it. */
static void test_whose_file_it_is(void **state) {
    (void)state;
    struct diagnostics diagnostics = {0};
    assert_int_equal(build_while("first", NULL, &diagnostics), OUTPUT_OK);
    write_text("public/index.html", "somebody's");
    for (int lost = 0; lost < 2; lost++) {
        struct output *output = NULL;
        assert_true(!lost || unlink("public/manifest.json") == 0);
        assert_int_equal(output_open(&(struct output_options){.directory = "public"}, &diagnostics, &output),
                         OUTPUT_OK);
        output_put_feed(output, SLICE("a/atom.xml"), SLICE("always the same"), "text/xml", 0);
        assert_int_equal(output_is_foreign(output, SLICE("index.html")), !lost);
        assert_int_equal(output_is_foreign(output, SLICE("index.html/below")), !lost);
        assert_false(output_is_foreign(output, SLICE("atom.xml")));
        assert_false(output_is_foreign(output, SLICE("a")));
        assert_false(output_is_foreign(output, SLICE("nothing")));
        output_close(output);
    }
    /* Of a folder that was never ours, everything is somebody's; but for that a feed must have been asked for. */
    assert_int_equal(rename("public/a/atom.xml", "public/a/other"), 0);
    assert_int_equal(rename("public/atom.xml", "public/other"), 0);
    struct output *output = NULL;
    assert_int_equal(output_open(&(struct output_options){.directory = "public"}, &diagnostics, &output), OUTPUT_OK);
    assert_false(output_is_foreign(output, SLICE("index.html")));
    output_put_feed(output, SLICE("a/atom.xml"), SLICE("always the same"), "text/xml", 0);
    assert_true(output_is_foreign(output, SLICE("index.html")));
    output_close(output);
    diagnostics_release(&diagnostics);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_what_comes_during_a_build_is_carried),
        TEST(test_what_is_written_into_the_previous_tree_is_kept),
        TEST(test_what_cannot_be_carried_is_said),
        TEST(test_one_feed_shows_whose_the_tree_is),
        TEST(test_the_tree_before_shows_it_too),
        TEST(test_a_feed_that_says_so_shows_it),
        TEST(test_a_strangers_tree_stays),
        TEST(test_whose_file_it_is),
        TEST(test_the_manifest_knows_empty_feeds),
        TEST(test_root_leaves_all_to_the_owner),
        TEST(test_a_lock_that_is_only_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
