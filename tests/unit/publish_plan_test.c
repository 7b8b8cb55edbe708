#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "publish/journal.h"
#include "publish/plan.h"
#include "store/manifest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* What a place needs, by two manifests, and what a journal remembers of it. */

struct fixture {
    struct arena arena;
    struct tree local, remote;
    struct publish_plan plan;
};

static void fixture_release(struct fixture *fixture) {
    publish_plan_release(&fixture->plan);
    tree_release(&fixture->local);
    tree_release(&fixture->remote);
    arena_release(&fixture->arena);
}

/* Sorted by the caller. */
static void add(struct tree *tree, const char *path, const char *text) {
    struct slice bytes = slice_of(text);
    bool is_feed = slice_ends_with(slice_of(path), SLICE("atom.xml"));
    vec_push(&tree->files, (struct tree_file){.path = slice_of(path),
                                              .size = bytes.size,
                                              .hash = sha256_of(bytes),
                                              .type = SLICE("text/x"),
                                              .is_feed = is_feed});
}

static void plan(struct fixture *fixture) {
    publish_plan_make(&fixture->local, &fixture->remote, false, NULL, 0, &fixture->plan);
}

static void assert_plan(const struct fixture *fixture, const char *wanted) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    publish_plan_append(&fixture->plan, &text);
    assert_string_equal(buf_string(&text), wanted);
}

static void test_classes(void **unused) {
    (void)unused;
    static const struct {
        const char *path;
        bool is_feed;
        enum file_class wanted;
    } cases[] = {
        {"feed.css", false, CLASS_ASSET},
        {"图片/a.png", false, CLASS_ASSET},
        {"manifest.webmanifest", false, CLASS_ASSET},
        {"article/1.html", false, CLASS_ARTICLE},
        {"about.html", false, CLASS_ARTICLE},
        {"putuo/archive/2026-11.xml", false, CLASS_ARCHIVE},
        {"archive/2026-11.xml", false, CLASS_ARCHIVE},
        {"archive/atom.xml", true, CLASS_FEED}, /* a channel of that name */
        {"atom.xml", true, CLASS_FEED},
        {"putuo/feed.json", true, CLASS_FEED},
        {"putuo/index.html", false, CLASS_PAGE},
        {"index.html", false, CLASS_INDEX},
        {"feeds.opml", false, CLASS_INDEX},
        {"sitemap-2.xml", false, CLASS_INDEX},
        {"sitemap.xml", false, CLASS_INDEX},
        {"robots.txt", false, CLASS_INDEX},
        {"recent.json", false, CLASS_FEED}, /* the page my/ reads it, and it names pages of articles */
        {"putuo/recent.json", false, CLASS_ASSET},
        {"my/index.html", false, CLASS_PAGE},
        {"my.js", false, CLASS_ASSET},
        {"favicon.svg", false, CLASS_ASSET},
        {"putuo/archive/2026-11.html", false, CLASS_ARCHIVE},
        {"putuo/archive/index.html", false, CLASS_PAGE},
        {"_headers", false, CLASS_INDEX},
        {"putuo/_headers", false, CLASS_ASSET},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct tree_file file = {.path = slice_of(cases[i].path), .is_feed = cases[i].is_feed};
        assert_int_equal(file_class_of(&file), cases[i].wanted);
    }
}

static void test_what_differs_goes_by_class(void **unused) {
    (void)unused;
    CLEANUP(fixture_release) struct fixture f = {0};
    add(&f.local, "archive/2026-02.xml", "n");
    add(&f.local, "atom.xml", "new");
    add(&f.local, "feed.css", "style");
    add(&f.local, "index.html", "index");
    add(&f.local, "same/atom.xml", "same");
    add(&f.remote, "atom.xml", "old");
    add(&f.remote, "gone/atom.xml", "gone");
    add(&f.remote, "same/atom.xml", "same");
    plan(&f);
    assert_plan(&f, "upload feed.css 5\nupload archive/2026-02.xml 1\nupload atom.xml 3\nupload index.html 5\n"
                    "delete gone/atom.xml\n");
    assert_int_equal(f.plan.new_paths, 3);
    assert_int_equal(f.plan.bytes, 14);
    assert_int_equal(f.plan.deletions.items[0].class, CLASS_FEED);
}

static void test_another_type_is_another_file(void **unused) {
    (void)unused;
    CLEANUP(fixture_release) struct fixture f = {0};
    add(&f.local, "a", "same");
    add(&f.remote, "a", "same");
    f.local.files.items[0].type = SLICE("text/y");
    plan(&f);
    assert_plan(&f, "upload a 4\n");
}

/* Nobody knows what is at a pending path, whatever the list says of it. */
static void test_pending_paths_are_not_believed(void **unused) {
    (void)unused;
    CLEANUP(fixture_release) struct fixture f = {0};
    add(&f.local, "a", "same");
    add(&f.local, "b", "same");
    add(&f.remote, "a", "same");
    add(&f.remote, "b", "same");
    vec_push(&f.remote.pending, SLICE("b"));
    vec_push(&f.remote.pending, SLICE("c"));
    plan(&f);
    assert_plan(&f, "upload b 4\ndelete c\n");
    assert_int_equal(f.plan.new_paths, 0);
}

static void assert_pending(struct slice manifest, size_t files, const char *const *wanted, size_t count) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(tree_release) struct tree tree = {0};
    const char *why = NULL;
    assert_int_equal(manifest_read(manifest, &arena, &tree, &why), MANIFEST_READ);
    assert_int_equal(tree.files.count, files);
    assert_int_equal(tree.pending.count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(slice_equal(tree.pending.items[i], slice_of(wanted[i])));
}

static void test_manifests_between(void **unused) {
    (void)unused;
    CLEANUP(fixture_release) struct fixture f = {0};
    CLEANUP(buf_release) struct buf announced = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf closing = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf last = BUF(BUF_UNLIMITED);
    add(&f.local, "a", "changed");
    add(&f.local, "b", "new");
    add(&f.local, "d", "announced before");
    add(&f.remote, "a", "old");
    add(&f.remote, "c", "gone");
    vec_push(&f.remote.pending, SLICE("d"));
    struct slice withdrawn = SLICE("w");
    publish_plan_make(&f.local, &f.remote, false, &withdrawn, 1, &f.plan);
    publish_plan_announce(&f.plan, &f.remote, SLICE("00ff"), &announced);
    publish_plan_close(&f.plan, &f.local, true, &closing);
    publish_plan_close(&f.plan, &f.local, false, &last);
    assert_true(slice_find(buf_slice(&announced), SLICE("\"run\": \"00ff\""), 0) < announced.size);
    assert_true(slice_find(buf_slice(&closing), SLICE("\"run\""), 0) == closing.size);
    assert_pending(buf_slice(&announced), 2, (const char *[]){"a", "b", "d"}, 3);
    assert_pending(buf_slice(&closing), 3, (const char *[]){"c", "w", "w.br", "w.gz"}, 4);
    assert_pending(buf_slice(&last), 3, (const char *[]){"c"}, 1);
    assert_int_equal(f.plan.withdrawn, 3);
}

/* What a killed run has left, and the tree has no more: a feed goes before the articles that it refers to. */
static void test_pending_feed_is_a_feed(void **unused) {
    (void)unused;
    CLEANUP(fixture_release) struct fixture f = {0};
    const struct slice paths[] = {SLICE("archive/2026-01.xml"), SLICE("article/9.html"), SLICE("new/atom.xml")};
    const enum file_class wanted[] = {CLASS_ARCHIVE, CLASS_ARTICLE, CLASS_FEED};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
        vec_push(&f.remote.pending, paths[i]);
    publish_plan_make(&f.local, &f.remote, false, NULL, 0, &f.plan);
    assert_int_equal(f.plan.deletions.count, ARRAY_LENGTH(paths));
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++)
        assert_int_equal(f.plan.deletions.items[i].class, wanted[i]);
}

/* Not what the tree has, be it withdrawn: an article that came back. And nothing twice. */
static void test_withdrawn_paths(void **unused) {
    (void)unused;
    CLEANUP(fixture_release) struct fixture f = {0};
    add(&f.local, "back.html", "x");
    add(&f.remote, "back.html", "x");
    add(&f.remote, "gone.html", "x");
    const struct slice withdrawn[] = {SLICE("back.html"), SLICE("gone.html"), SLICE("gone.html")};
    publish_plan_make(&f.local, &f.remote, true, withdrawn, ARRAY_LENGTH(withdrawn), &f.plan);
    assert_plan(&f, "delete back.html.br\ndelete back.html.gz\ndelete gone.html\ndelete gone.html.br\n"
                    "delete gone.html.gz\n");
    assert_int_equal(f.plan.withdrawn, 5);
    assert_false(f.plan.is_nothing);
}

static void test_pages_of_an_archive_are_one_piece(void **unused) {
    (void)unused;
    CLEANUP(fixture_release) struct fixture f = {0};
    add(&f.local, "a/archive/2026-01.html", "0");
    add(&f.local, "a/archive/2026-01.xml", "1");
    add(&f.local, "a/archive/2026-02.xml", "2");
    add(&f.local, "a/atom.xml", "3");
    add(&f.local, "a/b/archive/2026-01.xml", "4");
    add(&f.local, "b/atom.xml", "5");
    plan(&f);
    assert_int_equal(publish_plan_run(&f.plan, 0), 3);
    assert_int_equal(publish_plan_run(&f.plan, 3), 4);
    assert_int_equal(publish_plan_run(&f.plan, 4), 5);
    assert_int_equal(publish_plan_run(&f.plan, 5), 6);
}

/* --- the journal --- */

static const char *temporary(char path[64]) {
    memcpy(path, "/tmp/pindao-journal-XXXXXX", sizeof "/tmp/pindao-journal-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    return path;
}

static void test_a_journal_is_of_its_manifests(void **unused) {
    (void)unused;
    char path[64];
    temporary(path);
    struct sha256 manifests[] = {sha256_of(SLICE("before")), sha256_of(SLICE("announced"))};
    struct sha256 text = sha256_of(SLICE("text")), other = sha256_of(SLICE("other"));
    CLEANUP(journal_release) struct journal journal;
    journal_read(path, &manifests[0], &journal);
    assert_int_equal(journal.entries.count, 0);
    assert_true(journal_begin(&journal, manifests, 2));
    journal_add(&journal, SLICE("a b/图.xml"), &text);
    journal_add(&journal, SLICE("c"), &text);
    journal_add(&journal, SLICE("c"), NULL);
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(journal_release) struct journal again;
        journal_read(path, &manifests[i], &again);
        assert_int_equal(again.entries.count, 2);
        assert_true(sha256_equal(&journal_find(&again, SLICE("a b/图.xml"))->hash, &text));
        assert_true(journal_find(&again, SLICE("c"))->is_deleted);
        assert_null(journal_find(&again, SLICE("d")));
    }
    CLEANUP(journal_release) struct journal another;
    journal_read(path, &other, &another);
    assert_int_equal(another.entries.count, 0);
    journal_remove(&journal);
    assert_int_not_equal(access(path, F_OK), 0);
}

/* A half line, of whatever length, is none; what is there already is carried over. */
static void test_a_journal_cut_off(void **unused) {
    (void)unused;
    char path[64];
    temporary(path);
    struct sha256 manifest = sha256_of(SLICE("m")), text = sha256_of(SLICE("text"));
    {
        CLEANUP(journal_release) struct journal journal;
        journal_read(path, &manifest, &journal);
        assert_true(journal_begin(&journal, &manifest, 1));
        journal_add(&journal, SLICE("first.xml"), &text);
        journal_add(&journal, SLICE("second.xml"), &text);
    }
    for (size_t size = 65 + 75 + 30; size-- > 0;) {
        assert_int_equal(truncate(path, (off_t)size), 0);
        CLEANUP(journal_release) struct journal journal;
        journal_read(path, &manifest, &journal);
        assert_int_equal(journal.entries.count, size >= 65 + 75 ? 1 : 0);
    }
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_what_differs_goes_by_class),
        cmocka_unit_test(test_another_type_is_another_file),
        cmocka_unit_test(test_pending_paths_are_not_believed),
        cmocka_unit_test(test_manifests_between),
        cmocka_unit_test(test_pending_feed_is_a_feed),
        cmocka_unit_test(test_withdrawn_paths),
        cmocka_unit_test(test_pages_of_an_archive_are_one_piece),
        cmocka_unit_test(test_a_journal_is_of_its_manifests),
        cmocka_unit_test(test_a_journal_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
