#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "loaded.h"

#include <stdio.h>

/* The folder of templates, as config/templates.c reads it. */

static void make_folder(void **state, const char *name) {
    assert_int_equal(mkdir(path_of(*state, name), 0700), 0);
}

static void test_no_folder_is_no_mistake(void **state) {
    const struct settings *settings = assert_good(state, HEAD);
    assert_int_equal(settings->output.template_count, 0);
    assert_int_equal(settings->file_count, 1);
    /* A file of that name is somebody's. */
    write_file(state, "templates", "x");
    settings = assert_good(state, HEAD);
    assert_int_equal(settings->output.template_count, 0);
}

static void test_files_come_by_name_and_belong_to_the_configuration(void **state) {
    make_folder(state, "templates");
    make_folder(state, "templates/folder");
    make_folder(state, "templates/folder.d");
    make_folder(state, "templates/folder.html~");
    assert_int_equal(symlink("nowhere", path_of(*state, "templates/link")), 0);
    write_file(state, "templates/text.yaml", "zh: {}");
    write_file(state, "templates/mine.html", "");
    write_file(state, "templates/channel.html", "一");
    write_file(state, "templates/.channel.html.swp", "\xff");
    write_file(state, "templates/channel.html~", "\xff");
    const struct settings *settings = assert_good(state, HEAD);
    const struct template_file *files = settings->output.templates;
    assert_int_equal(settings->output.template_count, 3);
    assert_slice(files[0].name, "channel.html");
    assert_slice(files[0].text, "一");
    assert_string_equal(files[0].file.data, path_of(*state, "templates/channel.html"));
    assert_slice(files[1].name, "mine.html");
    assert_slice(files[1].text, "");
    assert_slice(files[2].name, "text.yaml");
    assert_int_equal(settings->file_count, 4);
    assert_string_equal(settings->files[1], files[0].file.data);
}

static void test_every_change_changes_the_hash(void **state) {
    uint64_t hashes[6];
    make_folder(state, "templates");
    hashes[0] = assert_good(state, HEAD)->files_hash;
    write_file(state, "templates/a.html", "x");
    hashes[1] = assert_good(state, HEAD)->files_hash;
    assert_int_equal(assert_good(state, HEAD)->files_hash, hashes[1]);
    write_file(state, "templates/a.html", "y");
    hashes[2] = assert_good(state, HEAD)->files_hash;
    write_file(state, "templates/b.html", "y");
    hashes[3] = assert_good(state, HEAD)->files_hash;
    assert_int_equal(unlink(path_of(*state, "templates/a.html")), 0);
    hashes[4] = assert_good(state, HEAD)->files_hash;
    write_file(state, "templates/b.html", "");
    hashes[5] = assert_good(state, HEAD)->files_hash;
    for (size_t i = 0; i < ARRAY_LENGTH(hashes); i++)
        for (size_t k = 0; k < i; k++)
            assert_true(hashes[i] != hashes[k]);
}

static void test_a_folder_of_another_name(void **state) {
    make_folder(state, "templates");
    make_folder(state, "looks");
    write_file(state, "templates/a.html", "x");
    write_file(state, "looks/b.html", "x");
    const struct settings *settings = assert_good(state, HEAD "output: {templates: looks}\n");
    assert_int_equal(settings->output.template_count, 1);
    assert_slice(settings->output.templates[0].name, "b.html");
    assert_mistake(state, HEAD "output: {templates: nowhere}\n", "feeds.yaml:6:21 config-unreadable\n");
    assert_mistake(state, HEAD "output: {templates: feeds.yaml}\n", "feeds.yaml:6:21 config-unreadable\n");
    assert_mistake(state, HEAD "output: {templates: [looks]}\n", "feeds.yaml:6:21 config-wrong-kind\n");
    assert_mistake(state, HEAD "output: {templates: ''}\n", "feeds.yaml:6:21 config-bad-value\n");
}

static void test_a_name_that_nothing_asks_for_is_said_and_left_out(void **state) {
    struct loaded *loaded = *state;
    make_folder(state, "templates");
    write_file(state, "templates/styel.css", "\xff");
    assert_true(load(state, HEAD));
    assert_reported(state, "templates/styel.css:0:0 template-unused\n");
    assert_slice(loaded->diagnostics.items.items[0].hint, "did you mean style.css?");
    assert_int_equal(loaded->settings.output.template_count, 0);
}

/* The shipped one must not stand in for what somebody has put there. */
static void test_what_has_a_templates_name_is_a_file(void **state) {
    static const char *const names[] = {"index.html", "mine.html", "style.css", "text.yaml", "favicon.svg"};
    make_folder(state, "templates");
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char name[40];
        char expected[80];
        snprintf(name, sizeof name, "templates/%s", names[i]);
        snprintf(expected, sizeof expected, "%s:0:0 config-unreadable\n", name);
        assert_int_equal(symlink("nowhere", path_of(*state, name)), 0);
        assert_mistake(state, HEAD, expected);
        assert_int_equal(unlink(path_of(*state, name)), 0);
        assert_int_equal(symlink(".", path_of(*state, name)), 0);
        assert_mistake(state, HEAD, expected);
        assert_int_equal(unlink(path_of(*state, name)), 0);
        make_folder(state, name);
        assert_mistake(state, HEAD, expected);
        assert_int_equal(rmdir(path_of(*state, name)), 0);
    }
    write_file(state, "file", "x");
    assert_int_equal(symlink("../file", path_of(*state, "templates/index.html")), 0);
    assert_slice(assert_good(state, HEAD)->output.templates[0].text, "x");
}

static void test_what_cannot_be_a_template(void **state) {
    CLEANUP(buf_release) struct buf large = BUF(BUF_UNLIMITED);
    make_folder(state, "templates");
    write_file(state, "templates/a.html", "good\nbad \xff");
    assert_mistake(state, HEAD, "templates/a.html:2:5 config-bad-value\n");
    write_file(state, "templates/a.html", "\n\nbad \x01");
    assert_mistake(state, HEAD, "templates/a.html:3:5 config-bad-value\n");
    write_file(state, "templates/a.html", "一二\n三四 \xc3( 五\n");
    assert_false(load(state, HEAD));
    assert_reported(state, "templates/a.html:2:4 config-bad-value\n");
    assert_slice(((struct loaded *)*state)->diagnostics.items.items[0].excerpt, "三四 \xc3( 五");
    diagnostics_release(&((struct loaded *)*state)->diagnostics);
    ((struct loaded *)*state)->diagnostics = (struct diagnostics){0};
    /* Neither blanks at the end of a line nor CR LF are. */
    write_file(state, "templates/a.html", "\xef\xbb\xbf\tgood \r\n");
    assert_good(state, HEAD);
    for (size_t i = 0; i < (1 << 20); i++)
        buf_append_byte(&large, 'x');
    write_file(state, "templates/a.html", buf_string(&large));
    assert_good(state, HEAD);
    buf_append_byte(&large, 'x');
    write_file(state, "templates/a.html", buf_string(&large));
    assert_mistake(state, HEAD, "templates/a.html:0:0 config-unreadable\n");
}

static void test_a_hundred_and_no_more(void **state) {
    make_folder(state, "templates");
    for (int i = 0; i < 100; i++) {
        char name[32];
        snprintf(name, sizeof name, "templates/%d.html", i);
        write_file(state, name, "x");
    }
    write_file(state, "templates/0.html~", "x");
    assert_int_equal(assert_good(state, HEAD)->output.template_count, 100);
    write_file(state, "templates/100.html", "x");
    assert_mistake(state, HEAD, "templates:0:0 config-unreadable\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_folder_is_no_mistake, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_files_come_by_name_and_belong_to_the_configuration, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_change_changes_the_hash, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_folder_of_another_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_name_that_nothing_asks_for_is_said_and_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_has_a_templates_name_is_a_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_cannot_be_a_template, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_hundred_and_no_more, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
