#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/pool.h"
#include "output/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Every test has an empty working directory of its own; the output is "public" in it. */

static char *root;
static char *start;

static int set_up(void **state) {
    (void)state;
    char name[] = "/tmp/pindao-output-XXXXXX";
    umask(022);
    if (!mkdtemp(name) || chdir(name) != 0)
        return -1;
    root = memory_copy_string(name);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        execlp("rm", "rm", "-rf", root, (char *)NULL);
        _exit(1);
    }
    waitpid(child, NULL, 0);
    free(root);
    return chdir(start);
}

struct file {
    const char *path, *text;
};

struct outcome {
    enum output_result result;
    struct output_counts counts;
    struct diagnostics diagnostics;
};

static struct outcome last;

static bool reported(enum diagnostic_id id) {
    return last.diagnostics.per_id[id] > 0;
}

/* Does some report of that kind name this? */
static bool reported_about(enum diagnostic_id id, const char *words) {
    for (size_t i = 0; i < last.diagnostics.items.count; i++) {
        const struct diagnostic *item = &last.diagnostics.items.items[i];
        if (item->id == id && slice_find(item->detail, slice_of(words), 0) < item->detail.size)
            return true;
    }
    return false;
}

/* A build of these files (up to a NULL path) with all options. */
static enum output_result build_with(struct output_options options, const struct file *files) {
    struct output *output = NULL;
    diagnostics_release(&last.diagnostics);
    last = (struct outcome){0};
    options.directory = options.directory ? options.directory : "public";
    last.result = output_open(&options, &last.diagnostics, &output);
    if (last.result != OUTPUT_OK)
        return last.result;
    for (; files->path; files++)
        output_put(output, slice_of(files->path), slice_of(files->text), "text/plain");
    last.result = output_finish(output, &last.diagnostics);
    if (last.result == OUTPUT_OK)
        last.result = output_swap(output, &last.diagnostics);
    last.counts = output_counts(output);
    output_close(output);
    return last.result;
}

static enum output_result build(const struct file *files) {
    return build_with((struct output_options){0}, files);
}

#define FILES(...) ((const struct file[]){__VA_ARGS__, {NULL, NULL}})

static struct stat status_of(const char *path) {
    struct stat status = {0};
    assert_int_equal(lstat(path, &status), 0);
    return status;
}

static bool exists(const char *path) {
    struct stat status;
    return lstat(path, &status) == 0;
}

static void write_text(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_text(const char *path, const char *text) {
    char found[4096] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(found, 1, sizeof found - 1, file);
    found[size] = '\0';
    fclose(file);
    assert_string_equal(found, text);
}

static bool same_status(struct stat a, struct stat b) {
    return a.st_ino == b.st_ino && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec &&
           a.st_size == b.st_size && a.st_mode == b.st_mode;
}

static void set_mtime(const char *path, time_t seconds, long nanoseconds) {
    struct timespec times[2] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW), 0);
}

static void test_first_build(void **state) {
    (void)state;
    assert_int_equal(build(FILES({"b/atom.xml", "feed"}, {"a.css", "style"})), OUTPUT_OK);
    assert_int_equal(last.counts.written, 2);
    assert_int_equal(last.counts.bytes_written, 9);
    assert_text("public/b/atom.xml", "feed");
    assert_text("public/manifest.json",
                "{\n  \"files\": [\n    {\n      \"path\": \"a.css\",\n      \"size\": 5,\n      \"sha256\": "
                "\"cb86eb2d914d37df6857c3cfe4827b5f770b01a86578120618b0b21572160be8\",\n      \"type\": "
                "\"text/plain\"\n    },\n    {\n      \"path\": \"b/atom.xml\",\n      \"size\": 4,\n      \"sha256\": "
                "\"c8bc2586cdd87cd6f970fc4262c4bbc49165811788825fbc1ba3366bfde45413\",\n      \"type\": "
                "\"text/plain\"\n    }\n  ]\n}\n");
    assert_false(exists(".public.dirty"));
    assert_false(exists(".public.stage"));
    assert_true(exists(".public.lock"));
    assert_int_equal(status_of("public/a.css").st_mode & 07777, 0644);
}

static void test_makes_the_folders_above(void **state) {
    (void)state;
    assert_int_equal(build_with((struct output_options){.directory = "some/where/public//"}, FILES({"a", "1"})),
                     OUTPUT_OK);
    assert_text("some/where/public/a", "1");
    assert_true(exists("some/where/.public.lock"));
}

static void test_no_change_touches_nothing(void **state) {
    (void)state;
    const struct file *files = FILES({"a", "1"}, {"d/b", "2"});
    build(FILES({"a", "0"}));
    build(files);
    struct stat a = status_of("public/a"), folder = status_of("public"), below = status_of("public/d");
    struct stat manifest = status_of("public/manifest.json"), stage = status_of(".public.stage");
    assert_int_equal(build(files), OUTPUT_OK);
    assert_true(same_status(a, status_of("public/a")));
    assert_true(same_status(folder, status_of("public")));
    assert_true(same_status(below, status_of("public/d")));
    assert_true(same_status(manifest, status_of("public/manifest.json")));
    assert_true(same_status(stage, status_of(".public.stage")));
    assert_text(".public.stage/a", "0"); /* still there for a rollback */
    assert_int_equal(last.counts.unchanged, 2);
    assert_int_equal(last.counts.written + last.counts.removed, 0);
    assert_false(exists(".public.dirty"));
}

static void test_unchanged_files_keep_their_inode(void **state) {
    (void)state;
    build(FILES({"a", "1"}, {"b", "1"}, {"gone/c", "1"}));
    struct stat a = status_of("public/a");
    for (int i = 2; i < 6; i++) {
        struct stat b = status_of("public/b");
        char text[2] = {(char)('0' + i), '\0'};
        assert_int_equal(build(FILES({"a", "1"}, {"b", text})), OUTPUT_OK);
        assert_true(same_status(a, status_of("public/a")));
        assert_text("public/b", text);
        assert_int_not_equal(b.st_ino, status_of("public/b").st_ino);
    }
    assert_false(exists("public/gone"));
    assert_text(".public.stage/b", "4");
}

/* A server's ETag may be seconds and size. */
static void test_mtime_is_a_second_later(void **state) {
    (void)state;
    build(FILES({"a", "1"}));
    for (int i = 2; i < 5; i++) {
        char text[2] = {(char)('0' + i), '\0'};
        struct timespec before = status_of("public/a").st_mtim;
        build(FILES({"a", text}));
        struct timespec after = status_of("public/a").st_mtim;
        assert_true(after.tv_sec > before.tv_sec);
        assert_true(after.tv_sec - before.tv_sec > 1 || after.tv_nsec >= before.tv_nsec);
    }
}

static void test_mtime_is_now_when_the_old_file_is_old(void **state) {
    (void)state;
    build(FILES({"a", "1"}));
    set_mtime("public/a", 1000, 5);
    time_t now = time(NULL);
    build(FILES({"a", "2"}));
    assert_in_range(status_of("public/a").st_mtim.tv_sec, (uintmax_t)now, (uintmax_t)now + 5);
}

static void test_mtime_in_the_future(void **state) {
    (void)state;
    build(FILES({"a", "1"}));
    time_t far = time(NULL) + 100000;
    set_mtime("public/a", far, 7);
    build(FILES({"a", "2"}));
    assert_int_equal(status_of("public/a").st_mtim.tv_sec, far + 1);
    /* Removed and back again within the second: the stage remembers. */
    build(FILES({"b", "1"}));
    build(FILES({"a", "3"}));
    assert_int_equal(status_of("public/a").st_mtim.tv_sec, far + 2);
}

static void test_foreign_files_are_carried(void **state) {
    (void)state;
    build(FILES({"a", "1"}));
    write_text("public/CNAME", "name");
    mkdir("public/.well-known", 0755);
    write_text("public/.well-known/key", "key");
    mkdir("public/empty", 0755);
    assert_int_equal(symlink("nowhere/at/all", "public/link"), 0);
    assert_int_equal(mkfifo("public/pipe", 0600), 0);
    struct stat name = status_of("public/CNAME"), link = status_of("public/link");
    assert_int_equal(build(FILES({"a", "2"})), OUTPUT_OK);
    assert_true(reported_about(DIAGNOSTIC_OUTPUT_FOREIGN, ".well-known/key, CNAME, link"));
    assert_int_equal(last.diagnostics.per_id[DIAGNOSTIC_OUTPUT_FOREIGN], 1);
    assert_true(reported_about(DIAGNOSTIC_OUTPUT_SPECIAL, "pipe"));
    assert_true(same_status(name, status_of("public/CNAME")));
    assert_true(same_status(link, status_of("public/link")));
    assert_true(S_ISLNK(status_of("public/link").st_mode));
    assert_true(S_ISDIR(status_of("public/empty").st_mode));
    assert_text("public/.well-known/key", "key");
    assert_int_equal(build(FILES({"a", "3"})), OUTPUT_OK);
    assert_false(reported(DIAGNOSTIC_OUTPUT_FOREIGN));
    assert_text("public/CNAME", "name");
    /* What its owner removes is gone for good. */
    unlink("public/CNAME");
    build(FILES({"a", "4"}));
    build(FILES({"a", "5"}));
    assert_false(exists("public/CNAME"));
}

static void test_clashes(void **state) {
    (void)state;
    build(FILES({"a", "1"}));
    write_text("public/b", "mine");
    mkdir("public/c", 0755);
    write_text("public/c/d", "mine");
    assert_int_equal(symlink("a", "public/e"), 0);
    struct stat before = status_of("public");
    const struct file clashes[][2] = {{{"b", "ours"}, {0}},
                                      {{"b/below", "ours"}, {0}},
                                      {{"c", "ours"}, {0}},
                                      {{"e/atom.xml", "ours"}, {0}},
                                      {{"e", "1"}, {0}}};
    const char *named[] = {"b", "b", "c/d", "e", "e"};
    for (size_t i = 0; i < ARRAY_LENGTH(clashes); i++) {
        assert_int_equal(build(clashes[i]), OUTPUT_CLASH);
        assert_true(reported_about(DIAGNOSTIC_OUTPUT_CLASH, named[i]));
        assert_true(same_status(before, status_of("public")));
        assert_text("public/b", "mine");
        assert_text("public/a", "1");
    }
    /* Away with it, and all is well. */
    unlink("public/b");
    assert_int_equal(build(clashes[0]), OUTPUT_OK);
    assert_text("public/b", "ours");
}

static void test_own_files_do_not_clash(void **state) {
    (void)state;
    build(FILES({"a/b", "1"}, {"c", "1"}));
    assert_int_equal(build(FILES({"a", "2"}, {"c/d", "2"})), OUTPUT_OK); /* folder to file and back */
    assert_text("public/a", "2");
    assert_text("public/c/d", "2");
    assert_int_equal(build(FILES({"a/b", "3"}, {"c", "3"})), OUTPUT_OK);
    assert_text("public/a/b", "3");
    assert_int_equal(build(FILES({"x", "1"}, {"x/y", "1"})), OUTPUT_CLASH);
    assert_int_equal(build(FILES({"manifest.json", "1"})), OUTPUT_CLASH);
    assert_text("public/a/b", "3");
}

/* A link of somebody must not lead the writing out of the tree. */
static void test_links_do_not_lead_outside(void **state) {
    (void)state;
    build(FILES({"a", "1"}));
    mkdir("outside", 0755);
    write_text("outside/atom.xml", "theirs");
    assert_int_equal(symlink("../outside", "public/out"), 0);
    build(FILES({"a", "2"})); /* the stage gets the link */
    build(FILES({"a", "3"}));
    assert_int_equal(build(FILES({"a", "3"}, {"out/atom.xml", "ours"})), OUTPUT_CLASH);
    assert_text("outside/atom.xml", "theirs");
}

static void test_bad_paths_are_refused(void **state) {
    (void)state;
    const char *paths[] = {"../x", "/x", "a//b", "a/./b", "a/", "", "a\nb"};
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        assert_int_equal(build(FILES({paths[i], "1"})), OUTPUT_FAILED);
        assert_true(reported(DIAGNOSTIC_OUTPUT_FAILED));
        assert_false(exists("public"));
    }
    assert_false(exists("x"));
}

static void test_tree_without_a_manifest(void **state) {
    (void)state;
    mkdir("public", 0755);
    write_text("public/index.html", "mine");
    assert_int_equal(build(FILES({"index.html", "ours"})), OUTPUT_CLASH);
    assert_int_equal(build(FILES({"atom.xml", "ours"})), OUTPUT_OK);
    assert_text("public/index.html", "mine");
    /* The manifest was lost: the same bytes are taken for ours. */
    unlink("public/manifest.json");
    assert_int_equal(build(FILES({"atom.xml", "ours"})), OUTPUT_OK);
    assert_true(exists("public/manifest.json"));
}

static void test_broken_manifest(void **state) {
    (void)state;
    const char *broken[] = {"{\"files\": [", "", "{\"files\": [{\"path\": \"../a\"}]}", "{\"files\": [1]}",
                            "{\"files\": [{\"path\":\"a\",\"size\":-1,\"sha256\":\"\",\"type\":\"\"}]}"};
    for (size_t i = 0; i < ARRAY_LENGTH(broken); i++) {
        build(FILES({"a", "1"}, {"b", "1"}));
        struct stat a = status_of("public/a");
        write_text("public/manifest.json", broken[i]);
        assert_int_equal(build(FILES({"a", "1"}, {"b", "2"})), OUTPUT_OK);
        assert_true(reported(DIAGNOSTIC_MANIFEST_BROKEN));
        assert_true(same_status(a, status_of("public/a")));
        assert_text("public/b", "2");
        assert_int_equal(build(FILES({"a", "1"}, {"b", "2"})), OUTPUT_OK);
        assert_false(reported(DIAGNOSTIC_MANIFEST_BROKEN));
    }
    /* That of a web app is somebody's. */
    mkdir("other", 0755);
    write_text("other/manifest.json", "{\"name\": \"app\"}");
    assert_int_equal(build_with((struct output_options){.directory = "other"}, FILES({"a", "1"})), OUTPUT_CLASH);
    assert_text("other/manifest.json", "{\"name\": \"app\"}");
}

static bool is_page(struct slice path) {
    return slice_starts_with(path, SLICE("page/")) && slice_ends_with(path, SLICE(".html"));
}

/* Whose the tree is is not known: what nobody else would call so is not carried over for ever. */
static void test_own_paths(void **state) {
    (void)state;
    const struct output_options options = {.is_own_path = is_page};
    build(FILES({"a", "1"}, {"page/1.html", "1"}, {"page/2.html", "2"}, {"b", "1"}));
    write_text("public/page/3.html", "mine");
    assert_int_equal(build_with(options, FILES({"a", "1"}, {"page/1.html", "1"}, {"page/2.html", "2"}, {"b", "1"})),
                     OUTPUT_OK);
    assert_text("public/page/3.html", "mine");
    write_text("public/page/mine", "mine");
    write_text("public/manifest.json", "{");
    struct diagnostics diagnostics = {0};
    struct output *output = NULL;
    assert_int_equal(output_open(&(struct output_options){.directory = "public"}, &diagnostics, &output), OUTPUT_OK);
    assert_true(output_is_unlisted(output));
    assert_true(output_may_serve(output, SLICE("page/1.html")) && !output_is_served(output, SLICE("page/1.html")));
    assert_false(output_may_serve(output, SLICE("page")) || output_may_serve(output, SLICE("page/9.html")));
    output_close(output);
    diagnostics_release(&diagnostics);
    assert_int_equal(build_with(options, FILES({"a", "1"}, {"page/1.html", "1"})), OUTPUT_OK);
    assert_true(reported(DIAGNOSTIC_MANIFEST_BROKEN));
    assert_text("public/page/1.html", "1");
    assert_text("public/page/mine", "mine");
    assert_text("public/b", "1");
    assert_false(exists("public/page/2.html") || exists("public/page/3.html"));
    assert_int_equal(last.counts.removed, 2);
}

static void test_static_folder(void **state) {
    (void)state;
    const struct output_options options = {.copied_folder = "static"};
    mkdir("static", 0755);
    mkdir("static/img", 0755);
    write_text("static/img/logo.PNG", "picture");
    write_text("static/.htaccess", "rules");
    write_text("elsewhere", "linked");
    assert_int_equal(symlink("../elsewhere", "static/linked.txt"), 0);
    assert_int_equal(symlink("nowhere", "static/dangling"), 0);
    set_mtime("static/img/logo.PNG", 5000, 6);
    assert_int_equal(build_with(options, FILES({"a", "1"})), OUTPUT_OK);
    assert_true(reported_about(DIAGNOSTIC_OUTPUT_SPECIAL, "dangling"));
    assert_text("public/linked.txt", "linked");
    assert_text("public/.htaccess", "rules");
    struct stat logo = status_of("public/img/logo.PNG");
    assert_int_equal(logo.st_mtim.tv_sec, 5000);
    assert_int_not_equal(logo.st_ino, status_of("static/img/logo.PNG").st_ino);
    /* Touched, but the same: left alone. */
    set_mtime("static/img/logo.PNG", 6000, 0);
    assert_int_equal(build_with(options, FILES({"a", "1"})), OUTPUT_OK);
    assert_true(same_status(logo, status_of("public/img/logo.PNG")));
    /* Another picture of an older date. */
    write_text("static/img/logo.PNG", "PICTURE");
    set_mtime("static/img/logo.PNG", 4000, 0);
    assert_int_equal(build_with(options, FILES({"a", "1"})), OUTPUT_OK);
    assert_text("public/img/logo.PNG", "PICTURE");
    assert_int_equal(status_of("public/img/logo.PNG").st_mtim.tv_sec, 5001);
    assert_int_equal(last.counts.written, 1);
    assert_int_equal(build_with(options, FILES({".htaccess", "1"})), OUTPUT_CLASH);
    assert_true(reported_about(DIAGNOSTIC_OUTPUT_CLASH, ".htaccess"));
    assert_int_equal(build(FILES({"a", "1"})), OUTPUT_OK);
    assert_false(exists("public/img"));
    assert_int_equal(build_with((struct output_options){.copied_folder = "nothing"}, FILES({"a", "1"})), OUTPUT_FAILED);
}

static void test_lock(void **state) {
    (void)state;
    build(FILES({"a", "1"}));
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        int lock = open(".public.lock", O_RDWR);
        if (lock < 0 || flock(lock, LOCK_EX) != 0 || write(pipes[1], "x", 1) != 1)
            _exit(1);
        usleep(300000);
        _exit(0);
    }
    char byte;
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    assert_int_equal(build(FILES({"a", "2"})), OUTPUT_BUSY);
    assert_true(reported(DIAGNOSTIC_OUTPUT_BUSY));
    assert_text("public/a", "1");
    assert_int_equal(build_with((struct output_options){.wait = true}, FILES({"a", "2"})), OUTPUT_OK);
    assert_text("public/a", "2");
    int ended = 1;
    waitpid(child, &ended, 0);
    assert_int_equal(ended, 0);
    close(pipes[0]);
    close(pipes[1]);
}

static void test_after_a_crash(void **state) {
    (void)state;
    build(FILES({"a", "1"}, {"b", "1"}));
    build(FILES({"a", "2"}, {"b", "1"}));
    struct stat b = status_of("public/b");
    write_text(".public.dirty", "");
    write_text(".public.stage/junk", "half");
    /* With the mark the manifest is not believed: this has the right size. */
    write_text("public/a", "X");
    assert_int_equal(build(FILES({"a", "2"}, {"b", "1"})), OUTPUT_OK);
    assert_text("public/a", "2");
    assert_true(same_status(b, status_of("public/b")));
    assert_false(exists("public/junk"));
    assert_false(exists(".public.dirty"));
    /* Nothing to do, but a mark: it goes, and the stage with it. */
    write_text(".public.dirty", "half/new.xml\n../evil\n");
    struct stat a = status_of("public/a");
    assert_int_equal(build(FILES({"a", "2"}, {"b", "1"})), OUTPUT_OK);
    assert_true(same_status(a, status_of("public/a")));
    assert_false(exists(".public.dirty"));
    assert_false(exists(".public.stage"));
}

/* Half of a tree was put in place file by file: those files are ours, though no manifest says so. */
static void test_half_published_files_are_ours(void **state) {
    (void)state;
    build(FILES({"a", "1"}));
    write_text("public/new.xml", "half");
    write_text("public/never.xml", "half");
    write_text(".public.dirty", "new.xml\nnever.xml\n");
    assert_int_equal(build(FILES({"a", "1"}, {"new.xml", "whole"})), OUTPUT_OK);
    assert_text("public/new.xml", "whole");
    assert_false(exists("public/never.xml"));
    write_text("public/never.xml", "half");
    write_text(".public.dirty", "never.xml\n");
    assert_int_equal(build(FILES({"a", "1"}, {"new.xml", "whole"})), OUTPUT_OK);
    assert_false(exists("public/never.xml"));
}

static void test_tampered_stage(void **state) {
    (void)state;
    build(FILES({"a", "1"}, {"b", "1"}, {"d/c", "1"}));
    build(FILES({"a", "2"}, {"b", "1"}, {"d/c", "1"}));
    unlink(".public.stage/b");
    write_text(".public.stage/b", "EVIL");
    write_text(".public.stage/extra", "EVIL");
    unlink(".public.stage/d/c");
    rmdir(".public.stage/d");
    assert_int_equal(symlink("..", ".public.stage/d"), 0);
    assert_int_equal(build(FILES({"a", "3"}, {"b", "1"}, {"d/c", "1"})), OUTPUT_OK);
    assert_text("public/b", "1");
    assert_text("public/d/c", "1");
    assert_true(S_ISDIR(status_of("public/d").st_mode));
    assert_false(exists("public/extra"));
}

static void test_tampered_tree(void **state) {
    (void)state;
    build(FILES({"a", "1"}, {"b", "1"}));
    unlink("public/a");
    assert_int_equal(build(FILES({"a", "1"}, {"b", "1"})), OUTPUT_OK); /* missing */
    assert_text("public/a", "1");
    write_text("public/a", "longer");
    assert_int_equal(build(FILES({"a", "1"}, {"b", "1"})), OUTPUT_OK);
    assert_text("public/a", "1");
    write_text("public/a", "X"); /* the same size: only --full looks */
    assert_int_equal(build(FILES({"a", "1"}, {"b", "1"})), OUTPUT_OK);
    assert_text("public/a", "X");
    struct stat b = status_of("public/b");
    assert_int_equal(build_with((struct output_options){.full = true}, FILES({"a", "1"}, {"b", "1"})), OUTPUT_OK);
    assert_text("public/a", "1");
    assert_true(same_status(b, status_of("public/b")));
}

static void test_mode_and_owner_stay(void **state) {
    (void)state;
    build(FILES({"a", "1"}));
    assert_int_equal(chmod("public", 02750), 0);
    if (geteuid() == 0)
        assert_int_equal(chown("public", 1234, 2345), 0);
    assert_int_equal(chmod("public", 02750), 0);
    struct stat before = status_of("public");
    umask(077);
    build(FILES({"a", "2"}, {"d/b", "1"}));
    build(FILES({"a", "3"}, {"d/b", "1"}));
    umask(022);
    struct stat after = status_of("public");
    assert_int_equal(after.st_mode, before.st_mode);
    assert_int_equal(after.st_uid, before.st_uid);
    assert_int_equal(after.st_gid, before.st_gid);
    assert_int_equal(status_of("public/a").st_mode & 07777, 0600);
    assert_int_equal(status_of("public/d").st_mode & 0777, 0700); /* the group is inherited */
}

static void test_public_is_a_link(void **state) {
    (void)state;
    mkdir("disk", 0755);
    mkdir("disk/www", 0755);
    assert_int_equal(symlink("disk/www", "public"), 0);
    build(FILES({"a", "1"}));
    assert_int_equal(build(FILES({"a", "2"})), OUTPUT_OK);
    assert_true(S_ISLNK(status_of("public").st_mode));
    assert_true(S_ISDIR(status_of("disk/www").st_mode));
    assert_text("disk/www/a", "2");
    assert_true(exists("disk/.www.lock"));
}

static void test_places_that_cannot_be(void **state) {
    (void)state;
    write_text("file", "x");
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    const char *places[] = {"file", "file/public", "dangling", "/"};
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        assert_int_equal(build_with((struct output_options){.directory = places[i]}, FILES({"a", "1"})),
                         OUTPUT_CANNOT_CREATE);
        assert_true(reported(DIAGNOSTIC_OUTPUT_CANNOT_CREATE));
    }
    assert_text("file", "x");
}

static void test_dry_run_writes_nothing(void **state) {
    (void)state;
    build(FILES({"a", "1"}, {"b", "1"}));
    build(FILES({"a", "2"}, {"b", "1"}));
    assert_int_equal(build_with((struct output_options){.dry_run = true}, FILES({"a", "3"}, {"c", "1"})), OUTPUT_OK);
    assert_int_equal(last.counts.written, 2);
    assert_int_equal(last.counts.removed, 1);
    assert_text("public/a", "2");
    assert_text(".public.stage/a", "1");
    assert_false(exists(".public.dirty"));
}

/* A failed check comes between finish and swap. */
static void test_without_the_swap_the_old_tree_stands(void **state) {
    (void)state;
    build(FILES({"a", "1"}));
    struct stat before = status_of("public");
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct output *output = NULL;
    assert_int_equal(output_open(&(struct output_options){.directory = "public"}, &diagnostics, &output), OUTPUT_OK);
    output_put_feed(output, SLICE("a"), SLICE("2"), "text/plain", 3);
    assert_int_equal(output_finish(output, &diagnostics), OUTPUT_OK);
    assert_int_equal(output_new_tree(output)->files.items[0].entries, 3);
    CLEANUP(buf_release) struct buf old = BUF(100);
    assert_true(output_read_old(output, SLICE("a"), &old));
    assert_true(slice_equal(buf_slice(&old), SLICE("1")));
    assert_false(output_read_old(output, SLICE("../outside"), &old));
    assert_false(output_read_old(output, SLICE("none"), &old));
    output_close(output);
    assert_true(same_status(before, status_of("public")));
    assert_true(exists(".public.dirty"));
    /* What was staged and never served is nothing to roll back to. */
    assert_int_equal(output_open(&(struct output_options){.directory = "public"}, &diagnostics, &output), OUTPUT_OK);
    assert_int_equal(output_previous_tree(output)->files.count, 0);
    output_close(output);
    output_close(NULL);
}

/* A rollback is a build of the previous tree's files. */
static void test_rollback(void **state) {
    (void)state;
    build(FILES({"a", "1"}, {"gone", "1"}));
    build(FILES({"a", "2"}, {"new", "1"}));
    struct timespec newer = status_of("public/a").st_mtim;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct output *output = NULL;
    assert_int_equal(output_open(&(struct output_options){.directory = "public"}, &diagnostics, &output), OUTPUT_OK);
    const struct tree *previous = output_previous_tree(output);
    assert_int_equal(previous->files.count, 2);
    for (size_t i = 0; i < previous->files.count; i++) {
        CLEANUP(buf_release) struct buf text = BUF(100);
        assert_true(output_read_previous(output, previous->files.items[i].path, &text));
        output_put(output, previous->files.items[i].path, buf_slice(&text), previous->files.items[i].type.data);
    }
    assert_int_equal(output_finish(output, &diagnostics), OUTPUT_OK);
    assert_int_equal(output_swap(output, &diagnostics), OUTPUT_OK);
    output_close(output);
    assert_text("public/a", "1");
    assert_text("public/gone", "1");
    assert_false(exists("public/new"));
    assert_true(status_of("public/a").st_mtim.tv_sec > newer.tv_sec); /* forward for every cache */
    assert_text(".public.stage/a", "2");
}

enum { THREADED = 500 };

static void put_one(void *context, size_t job, size_t worker) {
    char path[64];
    (void)worker;
    int size = snprintf(path, sizeof path, "d%zu/e%zu/f%zu.xml", job % 7, job % 3, job);
    output_put_feed(context, (struct slice){path, (size_t)size}, (struct slice){path, (size_t)size}, "text/xml", 1);
}

static void test_threads_give_one_manifest(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf first = BUF(BUF_UNLIMITED);
    for (size_t workers = 1; workers <= 8; workers *= 2) {
        CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
        struct output *output = NULL;
        char name[] = "tree0";
        name[4] = (char)('0' + workers);
        assert_int_equal(output_open(&(struct output_options){.directory = name}, &diagnostics, &output), OUTPUT_OK);
        pool_run(workers, THREADED, put_one, output);
        assert_int_equal(output_finish(output, &diagnostics), OUTPUT_OK);
        assert_int_equal(output_swap(output, &diagnostics), OUTPUT_OK);
        assert_int_equal(output_counts(output).written, THREADED);
        output_close(output);
        assert_int_equal(output_open(&(struct output_options){.directory = name}, &diagnostics, &output), OUTPUT_OK);
        CLEANUP(buf_release) struct buf manifest = BUF(BUF_UNLIMITED);
        assert_true(output_read_old(output, SLICE("manifest.json"), &manifest));
        assert_int_equal(output_old_tree(output)->files.count, THREADED);
        output_close(output);
        if (first.size == 0)
            buf_append_slice(&first, buf_slice(&manifest));
        assert_true(slice_equal(buf_slice(&first), buf_slice(&manifest)));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_first_build),
        TEST(test_makes_the_folders_above),
        TEST(test_no_change_touches_nothing),
        TEST(test_unchanged_files_keep_their_inode),
        TEST(test_mtime_is_a_second_later),
        TEST(test_mtime_is_now_when_the_old_file_is_old),
        TEST(test_mtime_in_the_future),
        TEST(test_foreign_files_are_carried),
        TEST(test_clashes),
        TEST(test_own_files_do_not_clash),
        TEST(test_links_do_not_lead_outside),
        TEST(test_bad_paths_are_refused),
        TEST(test_tree_without_a_manifest),
        TEST(test_broken_manifest),
        TEST(test_own_paths),
        TEST(test_static_folder),
        TEST(test_lock),
        TEST(test_after_a_crash),
        TEST(test_half_published_files_are_ours),
        TEST(test_tampered_stage),
        TEST(test_tampered_tree),
        TEST(test_mode_and_owner_stay),
        TEST(test_public_is_a_link),
        TEST(test_places_that_cannot_be),
        TEST(test_dry_run_writes_nothing),
        TEST(test_without_the_swap_the_old_tree_stands),
        TEST(test_rollback),
        TEST(test_threads_give_one_manifest),
    };
    start = realpath(".", NULL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    diagnostics_release(&last.diagnostics);
    free(start);
    return failed;
}
