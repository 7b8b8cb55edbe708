#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/file.h"
#include "store/history.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every test runs in an empty folder of its own. */
struct scene {
    char folder[64];
    char before[4096];
};

static int set_up(void **state) {
    struct scene *scene = calloc(1, sizeof *scene);
    snprintf(scene->folder, sizeof scene->folder, "/tmp/pindao-history-test-XXXXXX");
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

enum { NOVEMBER = 1793491200 /* 2026-11-01T00:00:00Z */, DAY = 86400 };
static const char *const path = "history.jsonl";

static void put(const char *text) {
    CLEANUP(file_close) int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    assert_true(file_write(descriptor, slice_of(text)));
}

static void assert_file(const char *expected) {
    CLEANUP(buf_release) struct buf text = BUF(1 << 20);
    assert_true(file_read(path, &text));
    assert_string_equal(buf_string(&text), expected);
}

/* Of a history with nothing to complain of. */
static struct history_file *open_history(void) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct history_file *file = history_open(path, false, &diagnostics);
    assert_non_null(file);
    assert_int_equal(diagnostics.items.count, 0);
    return file;
}

static void commit(struct history_file *file) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    assert_true(history_commit(file, &diagnostics));
    assert_int_equal(diagnostics.items.count, 0);
}

static void commit_and_close(struct history_file *file) {
    commit(file);
    history_close(file);
}

static const struct history_join *join_of(const struct history_file *file, const char *member) {
    return history_join_of(history_of(file), hash128(slice_of(member)));
}

static const struct withdrawal *withdrawal_of(const struct history_file *file, const char *key) {
    return history_withdrawal_of(history_of(file), hash128(slice_of(key)));
}

static const struct sighting *sighting_of(const struct history_file *file, const char *key, const char *source) {
    return history_sighting_of(history_of(file), hash128(slice_of(key)), slice_of(source));
}

static const struct slice two_channels[] = {SLICE_CONSTANT("/"), SLICE_CONSTANT("/putuo/")};

static struct withdrawal withdrawal_of_b(void) {
    return (struct withdrawal){
        .key = SLICE("url/b"),
        .entry = SLICE("url/a"),
        .at = NOVEMBER + 2 * DAY,
        .date = NOVEMBER,
        .channels = two_channels,
        .channel_count = 2,
        .cause = WITHDRAWN_BY_CORRECTION,
        .page = WITHDRAWAL_PAGE_STOOD,
        .sketch = SLICE("00ff"),
    };
}

static void add_one_of_each(struct history_file *file) {
    struct withdrawal withdrawal = withdrawal_of_b();
    history_add_join(file, SLICE("url/b"), SLICE("url/a"), NOVEMBER);
    history_add_withdrawal(file, &withdrawal);
    history_add_sighting(file, SLICE("url/\"c\""), SLICE("dumps/x.txt"), NOVEMBER + 1);
    history_add_permalink(file, SLICE("id/d"), NOVEMBER + 2);
}

#define GOOD_LINE "{\"join\": \"url/b\", \"leader\": \"url/a\", \"date\": \"2026-11-01T00:00:00Z\"}\n"

static const char one_of_each[] =
    GOOD_LINE "{\"withdraw\": \"url/b\", \"entry\": \"url/a\", \"at\": \"2026-11-03T00:00:00Z\", "
              "\"date\": \"2026-11-01T00:00:00Z\", \"by\": \"correction\", \"channels\": [\"/\", \"/putuo/\"], "
              "\"page\": true, \"sketch\": \"00ff\"}\n"
              "{\"seen\": \"url/\\\"c\\\"\", \"source\": \"dumps/x.txt\", \"at\": \"2026-11-01T00:00:01Z\"}\n"
              "{\"permalink\": \"id/d\", \"at\": \"2026-11-01T00:00:02Z\"}\n";

/* --- reading and appending ---------------------------------------------------------------------------------- */

static void test_a_missing_file_is_empty(void **state) {
    (void)state;
    struct history_file *file = open_history();
    assert_null(join_of(file, "url/a"));
    assert_false(history_identity(file).exists);
    commit_and_close(file);
    assert_int_equal(access(path, F_OK), -1);
}

static void assert_one_of_each(const struct history_file *file) {
    const struct history_join *join = join_of(file, "url/b");
    const struct withdrawal *withdrawal = withdrawal_of(file, "url/b");
    const struct sighting *sighting = sighting_of(file, "url/\"c\"", "dumps/x.txt");
    assert_non_null(join);
    assert_true(slice_equal(join->leader, SLICE("url/a")));
    assert_int_equal(hash128_compare(join->leader_hash, hash128(SLICE("url/a"))), 0);
    assert_int_equal(join->date, NOVEMBER);
    assert_non_null(withdrawal);
    assert_true(slice_equal(withdrawal->entry, SLICE("url/a")));
    assert_int_equal(withdrawal->at, NOVEMBER + 2 * DAY);
    assert_int_equal(withdrawal->cause, WITHDRAWN_BY_CORRECTION);
    assert_int_equal(withdrawal->channel_count, 2);
    assert_true(slice_equal(withdrawal->channels[1], SLICE("/putuo/")));
    assert_true(slice_equal(withdrawal->sketch, SLICE("00ff")));
    assert_int_equal(withdrawal->page, WITHDRAWAL_PAGE_STOOD);
    assert_false(withdrawal->released);
    assert_true(history_keeps_page(history_of(file), hash128(SLICE("id/d"))));
    assert_false(history_keeps_page(history_of(file), hash128(SLICE("url/b"))));
    assert_non_null(sighting);
    assert_int_equal(sighting->at, NOVEMBER + 1);
    assert_null(sighting_of(file, "url/\"c\"", "dumps/y.txt"));
    assert_null(join_of(file, "url/a"));
}

static void test_events_come_back(void **state) {
    (void)state;
    assert_true(date_set_zone("Asia/Shanghai"));
    struct history_file *file = open_history();
    add_one_of_each(file);
    assert_one_of_each(file);
    commit_and_close(file);
    assert_file(one_of_each);
    file = open_history();
    assert_one_of_each(file);
    assert_int_equal(history_identity(file).lines, 4);
    assert_int_equal(history_identity(file).size, sizeof one_of_each - 1);
    history_close(file);
}

/* Lines from before and after there were pages, of what was seen and was not. */
static void test_a_withdrawal_says_whether_there_was_a_page(void **state) {
    static const struct {
        const char *key, *members;
        bool was_seen, has_page;
    } cases[] = {
        {"id/a", "\"channels\": [\"/\"]", true, true},
        {"url/a", "\"channels\": [\"/\"]", true, false},
        {"id/b", "\"channels\": []", false, false},
        {"id/c", "\"channels\": [\"/\"], \"page\": false", true, false},
        {"url/c", "\"channels\": [\"/\"], \"page\": true", true, true},
        {"id/d", "\"channels\": [], \"page\": true", true, true},
        {"id/e", "\"channels\": [], \"page\": false", false, false},
    };
    CLEANUP(buf_release) struct buf text = BUF(1 << 16);
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        buf_append_format(&text,
                          "{\"withdraw\": \"%s\", \"entry\": \"%s\", \"at\": \"2026-11-03T00:00:00Z\", "
                          "\"date\": \"2026-11-01T00:00:00Z\", \"by\": \"article\", %s}\n",
                          cases[i].key, cases[i].key, cases[i].members);
    put(buf_string(&text));
    struct history_file *file = open_history();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct withdrawal *withdrawal = withdrawal_of(file, cases[i].key);
        assert_int_equal(withdrawal_was_seen(withdrawal), cases[i].was_seen);
        assert_int_equal(withdrawal_has_page(withdrawal), cases[i].has_page);
    }
    struct withdrawal changed = *withdrawal_of(file, "id/e");
    changed.page = WITHDRAWAL_PAGE_STOOD;
    history_add_withdrawal(file, &changed);
    commit_and_close(file);
    file = open_history();
    assert_int_equal(history_identity(file).lines, ARRAY_LENGTH(cases) + 1);
    assert_true(withdrawal_has_page(withdrawal_of(file, "id/e")));
    history_close(file);
}

static void test_what_is_known_is_not_written_again(void **state) {
    (void)state;
    put(one_of_each);
    struct history_file *file = open_history();
    add_one_of_each(file);
    history_add_sighting(file, SLICE("url/\"c\""), SLICE("dumps/x.txt"), NOVEMBER - DAY);
    history_add_release(file, SLICE("url/nobody"), NOVEMBER);
    history_add_permalink(file, SLICE("id/d"), NOVEMBER + DAY);
    commit_and_close(file);
    assert_file(one_of_each);
}

static void test_committing_twice_writes_once(void **state) {
    (void)state;
    struct history_file *file = open_history();
    add_one_of_each(file);
    commit(file);
    commit(file);
    struct history_identity committed = history_identity(file);
    history_add_join(file, SLICE("url/d"), SLICE("url/a"), NOVEMBER);
    commit_and_close(file);
    file = open_history();
    assert_int_equal(history_identity(file).lines, 5);
    assert_int_equal(history_identity(file).size, committed.size + sizeof GOOD_LINE - 1);
    assert_int_not_equal(history_identity(file).hash, committed.hash);
    assert_non_null(join_of(file, "url/d"));
    history_close(file);
}

/* Whoever remembers the one must know the file by the other. */
static void test_what_was_committed_is_what_is_read(void **state) {
    (void)state;
    struct history_file *file = open_history();
    add_one_of_each(file);
    commit(file);
    history_add_release(file, SLICE("url/b"), NOVEMBER);
    commit(file);
    struct history_identity committed = history_identity(file);
    history_close(file);
    file = open_history();
    struct history_identity read = history_identity(file);
    history_close(file);
    assert_true(read.exists && committed.exists);
    assert_int_equal(read.size, committed.size);
    assert_int_equal(read.lines, committed.lines);
    assert_int_equal(read.hash, committed.hash);
}

static void test_later_lines_replace_earlier_ones(void **state) {
    (void)state;
    put("{\"join\": \"url/b\", \"leader\": \"url/a\", \"date\": \"2026-11-01T00:00:00Z\"}\n"
        "{\"seen\": \"url/b\", \"source\": \"x\", \"at\": \"2026-11-05T00:00:00Z\"}\n"
        "{\"join\": \"url/b\", \"leader\": \"url/c\", \"date\": \"2026-11-02T00:00:00Z\"}\n"
        "\n"
        "{\"seen\": \"url/b\", \"source\": \"x\", \"at\": \"2026-11-04T00:00:00Z\"}\n"
        "{\"seen\": \"url/b\", \"source\": \"x\", \"at\": \"2026-11-06T00:00:00Z\"}\n");
    struct history_file *file = open_history();
    assert_true(slice_equal(join_of(file, "url/b")->leader, SLICE("url/c")));
    assert_int_equal(join_of(file, "url/b")->date, NOVEMBER + DAY);
    assert_int_equal(sighting_of(file, "url/b", "x")->at, NOVEMBER + 3 * DAY);
    assert_int_equal(history_of(file)->joins.count, 1);
    assert_int_equal(history_identity(file).lines, 5);
    history_close(file);
}

static void test_withdrawals_are_released_and_stand_again(void **state) {
    (void)state;
    struct withdrawal withdrawal = withdrawal_of_b();
    struct history_file *file = open_history();
    history_add_withdrawal(file, &withdrawal);
    history_add_release(file, SLICE("url/b"), NOVEMBER);
    history_add_release(file, SLICE("url/b"), NOVEMBER + 1);
    commit_and_close(file);
    file = open_history();
    assert_int_equal(history_identity(file).lines, 2);
    assert_true(withdrawal_of(file, "url/b")->released);
    history_add_withdrawal(file, &withdrawal);
    commit_and_close(file);
    file = open_history();
    assert_int_equal(history_identity(file).lines, 3);
    assert_false(withdrawal_of(file, "url/b")->released);
    history_close(file);
}

static void test_read_only_writes_nothing(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct history_file *file = history_open(path, true, &diagnostics);
    add_one_of_each(file);
    assert_one_of_each(file);
    commit_and_close(file);
    assert_int_equal(access(path, F_OK), -1);
}

/* --- what may be wrong with it ------------------------------------------------------------------------------ */

static void test_a_torn_last_line_is_cut_off(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf torn = BUF(1 << 16);
    /* At every byte but the last: without its line end alone, a line is whole. */
    for (size_t size = 1; size < sizeof GOOD_LINE - 2; size++) {
        buf_clear(&torn);
        buf_append_string(&torn, one_of_each);
        buf_append(&torn, one_of_each, size);
        put(buf_string(&torn));
        struct history_file *file = open_history();
        assert_one_of_each(file);
        assert_int_equal(history_identity(file).size, sizeof one_of_each - 1);
        commit(file);
        assert_file(buf_string(&torn)); /* nothing to append */
        history_add_release(file, SLICE("url/b"), NOVEMBER);
        commit_and_close(file);
        buf_truncate(&torn, sizeof one_of_each - 1);
        buf_append_string(&torn, "{\"release\": \"url/b\", \"at\": \"2026-11-01T00:00:00Z\"}\n");
        assert_file(buf_string(&torn));
    }
}

static void test_a_whole_line_may_lack_its_end(void **state) {
    (void)state;
    static const char line[] = "{\"join\": \"url/b\", \"leader\": \"url/a\", \"date\": \"2026-11-01T00:00:00Z\"}";
    CLEANUP(buf_release) struct buf expected = BUF(1 << 16);
    put(line);
    struct history_file *file = open_history();
    assert_non_null(join_of(file, "url/b"));
    assert_int_equal(history_identity(file).size, sizeof line - 1);
    history_add_release(file, SLICE("url/b"), NOVEMBER);
    history_add_join(file, SLICE("url/c"), SLICE("url/a"), NOVEMBER);
    commit(file);
    struct history_identity committed = history_identity(file);
    history_close(file);
    buf_append_format(&expected, "%s\n%.*sc%s\n", line, 14, line, line + 15);
    assert_file(buf_string(&expected));
    file = open_history();
    assert_int_equal(history_identity(file).hash, committed.hash);
    assert_int_equal(history_identity(file).size, committed.size);
    history_close(file);
}

static void assert_said(const char *text, enum diagnostic_id id, bool opens, unsigned line) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    put(text);
    struct history_file *file = history_open(path, true, &diagnostics);
    assert_int_equal(file != NULL, opens);
    assert_int_equal(diagnostics.items.count, 1);
    assert_int_equal(diagnostics.items.items[0].id, id);
    assert_int_equal(diagnostics.items.items[0].place.line, line);
    if (file)
        assert_int_equal(history_of(file)->joins.count, 1);
    history_close(file);
}

static void test_lines_that_cannot_be_read_are_passed_over(void **state) {
    (void)state;
    static const char *const lines[] = {
        "<<<<<<< HEAD\n",
        "[]\n",
        "{}\n",
        "{\"join\": \"url/c\", \"leader\": \"url/a\"}\n",
        "{\"join\": \"url/c\", \"leader\": \"url/a\", \"date\": \"2026-11-01 00:00\"}\n",
        "{\"join\": \"url/c\", \"leader\": \"url/a\", \"date\": \"2026-11-31T00:00:00Z\"}\n",
        "{\"join\": \"\", \"leader\": \"url/a\", \"date\": \"2026-11-01T00:00:00Z\"}\n",
        "{\"join\": 7, \"leader\": \"url/a\", \"date\": \"2026-11-01T00:00:00Z\"}\n",
        "{\"join\": \"url/\xff\", \"leader\": \"url/a\", \"date\": \"2026-11-01T00:00:00Z\"}\n",
        "{\"withdraw\": \"url/c\", \"entry\": \"url/a\", \"at\": \"2026-11-01T00:00:00Z\", "
        "\"date\": \"2026-11-01T00:00:00Z\", \"by\": \"command\", \"channels\": [7]}\n",
        "{\"withdraw\": \"url/c\", \"entry\": \"url/a\", \"at\": \"2026-11-01T00:00:00Z\", "
        "\"date\": \"2026-11-01T00:00:00Z\", \"by\": \"command\", \"channels\": [], \"page\": \"yes\"}\n",
        "{\"permalink\": \"id/c\"}\n",
        "{\"compacted\": \"many\"}\n",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
        CLEANUP(buf_release) struct buf text = BUF(1 << 16);
        buf_append_format(&text, "%s%s", lines[i], GOOD_LINE);
        assert_said(buf_string(&text), DIAGNOSTIC_HISTORY_LINE_BAD, true, 1);
    }
}

static void test_what_a_newer_version_says_is_an_error(void **state) {
    (void)state;
    assert_said(GOOD_LINE "{\"moved\": \"url/c\", \"to\": \"url/d\"}\n", DIAGNOSTIC_HISTORY_UNKNOWN, false, 2);
    assert_said(GOOD_LINE "{\"moved\": \"url/c\", \"to\": \"url/d\"}", DIAGNOSTIC_HISTORY_UNKNOWN, false, 2);
    assert_said(GOOD_LINE "{\"withdraw\": \"url/c\", \"entry\": \"url/a\", \"at\": \"2026-11-01T00:00:00Z\", "
                          "\"date\": \"2026-11-01T00:00:00Z\", \"by\": \"a court\"}\n",
                DIAGNOSTIC_HISTORY_UNKNOWN, false, 2);
    /* A member that it does not know is none. */
    put("{\"why\": \"so\", \"join\": \"url/b\", \"leader\": \"url/a\", \"date\": \"2026-11-01T00:00:00Z\"}\n");
    struct history_file *file = open_history();
    assert_non_null(join_of(file, "url/b"));
    history_close(file);
}

static void test_what_is_no_file_is_an_error(void **state) {
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
        assert_int_equal(kind ? mkfifo(path, 0666) : mkdir(path, 0777), 0);
        assert_null(history_open(path, true, &diagnostics));
        assert_int_equal(diagnostics.per_id[DIAGNOSTIC_HISTORY_UNREADABLE], 1);
        assert_int_equal(remove(path), 0);
    }
}

static void assert_commit_fails(struct history_file *file) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    assert_false(history_commit(file, &diagnostics));
    assert_int_equal(diagnostics.items.count, 1);
    assert_int_equal(diagnostics.per_id[DIAGNOSTIC_HISTORY_FAILED], 1);
    history_close(file);
}

/* A limit on the size of files writes as far as it goes and then fails, as a full disk does. */
static void test_a_full_disk_leaves_the_file_as_it_was(void **state) {
    (void)state;
    struct rlimit before;
    put(one_of_each);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    for (size_t room = 0; room < 100; room += 33) {
        const struct rlimit limit = {sizeof one_of_each - 1 + room, before.rlim_max};
        struct history_file *file = open_history();
        history_add_join(file, SLICE("url/d"), SLICE("url/a"), NOVEMBER);
        history_add_join(file, SLICE("url/e"), SLICE("url/a"), NOVEMBER);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        assert_commit_fails(file);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_file(one_of_each);
    }
    assert_int_equal(remove(path), 0);
    const struct rlimit limit = {10, before.rlim_max};
    struct history_file *file = open_history();
    add_one_of_each(file);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_commit_fails(file);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(access(path, F_OK), -1);
}

static void test_what_somebody_wrote_meanwhile_is_not_lost(void **state) {
    (void)state;
    put(one_of_each);
    struct history_file *file = open_history();
    put(GOOD_LINE);
    history_add_release(file, SLICE("url/b"), NOVEMBER);
    assert_commit_fails(file);
    assert_file(GOOD_LINE);
    assert_int_equal(remove(path), 0);
    file = open_history();
    add_one_of_each(file);
    put(GOOD_LINE);
    assert_commit_fails(file);
    assert_file(GOOD_LINE);
    file = open_history();
    history_add_release(file, SLICE("url/b"), NOVEMBER);
    add_one_of_each(file);
    assert_int_equal(remove(path), 0);
    assert_commit_fails(file);
    assert_int_equal(access(path, F_OK), -1);
}

static void test_losses_are_seen(void **state) {
    (void)state;
    const struct history_identity none = {0};
    const struct history_identity three = {true, 300, 3, 7};
    const struct history_identity four = {true, 200, 4, 8};
    assert_false(history_is_lost(none, none));
    assert_false(history_is_lost(none, three));
    assert_false(history_is_lost(three, three));
    assert_false(history_is_lost(three, four));
    assert_true(history_is_lost(four, three));
    assert_true(history_is_lost(three, none));
}

/* --- compacting --------------------------------------------------------------------------------------------- */

static void assert_compacts(size_t expected, const char *text) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct history_file *file = history_open(path, false, &diagnostics);
    struct history_identity before = history_identity(file);
    size_t dropped = 99;
    assert_true(history_compact(file, &diagnostics, &dropped));
    struct history_identity after = history_identity(file);
    assert_int_equal(dropped, expected);
    assert_int_equal(after.lines, before.lines);
    assert_false(history_is_lost(before, after));
    history_close(file);
    assert_file(text);
    struct diagnostics unused = {0};
    file = history_open(path, true, &unused);
    assert_int_equal(history_identity(file).lines, after.lines);
    assert_int_equal(history_identity(file).size, after.size);
    assert_int_equal(history_identity(file).hash, after.hash);
    history_close(file);
    diagnostics_release(&unused);
}

static const char sprawling[] = "no line\n"
                                "{\"permalink\": \"id/q\", \"at\": \"2026-11-06T00:00:00Z\"}\n"
                                "{\"permalink\": \"id/p\", \"at\": \"2026-11-07T00:00:00Z\"}\n"
                                "{\"permalink\": \"id/q\", \"at\": \"2026-11-08T00:00:00Z\"}\n"
                                "{\"seen\": \"url/z\", \"source\": \"x\", \"at\": \"2026-11-05T00:00:00Z\"}\n"
                                "{\"seen\": \"url/y\", \"source\": \"x\", \"at\": \"2026-11-05T00:00:00Z\"}\n"
                                "{\"withdraw\": \"url/r\", \"entry\": \"url/r\", \"at\": \"2026-11-03T00:00:00Z\", "
                                "\"date\": \"2026-11-01T00:00:00Z\", \"by\": \"article\", \"channels\": []}\n"
                                "{\"withdraw\": \"url/s\", \"entry\": \"url/s\", \"at\": \"2026-11-03T00:00:00Z\", "
                                "\"date\": \"2026-11-01T00:00:00Z\", \"by\": \"vanishing\", \"channels\": [\"/\"], "
                                "\"page\": false}\n"
                                "{\"join\": \"url/c\", \"leader\": \"url/z\", \"date\": \"2026-11-02T00:00:00Z\"}\n"
                                "{\"join\": \"url/b\", \"leader\": \"url/a\", \"date\": \"2026-11-01T00:00:00Z\"}\n"
                                "{\"release\": \"url/r\", \"at\": \"2026-11-04T00:00:00Z\"}\n"
                                "{\"join\": \"url/c\", \"leader\": \"url/a\", \"date\": \"2026-11-01T00:00:00Z\"}\n"
                                "{\"seen\": \"url/z\", \"source\": \"x\", \"at\": \"2026-11-04T00:00:00Z\"}\n";

static const char compact[] = "no line\n"
                              "{\"join\": \"url/b\", \"leader\": \"url/a\", \"date\": \"2026-11-01T00:00:00Z\"}\n"
                              "{\"join\": \"url/c\", \"leader\": \"url/a\", \"date\": \"2026-11-01T00:00:00Z\"}\n"
                              "{\"withdraw\": \"url/s\", \"entry\": \"url/s\", \"at\": \"2026-11-03T00:00:00Z\", "
                              "\"date\": \"2026-11-01T00:00:00Z\", \"by\": \"vanishing\", \"channels\": [\"/\"], "
                              "\"page\": false}\n"
                              "{\"seen\": \"url/y\", \"source\": \"x\", \"at\": \"2026-11-05T00:00:00Z\"}\n"
                              "{\"seen\": \"url/z\", \"source\": \"x\", \"at\": \"2026-11-04T00:00:00Z\"}\n"
                              "{\"permalink\": \"id/p\", \"at\": \"2026-11-07T00:00:00Z\"}\n"
                              "{\"permalink\": \"id/q\", \"at\": \"2026-11-06T00:00:00Z\"}\n"
                              "{\"compacted\": 12}\n";

static void test_compacting_keeps_what_counts(void **state) {
    (void)state;
    struct stat status;
    put(sprawling);
    assert_int_equal(chmod(path, 0640), 0);
    assert_compacts(5, compact);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0640);
    assert_int_equal(access("history.jsonl.new", F_OK), -1);
}

static void test_what_is_compact_is_not_touched(void **state) {
    (void)state;
    struct stat before;
    struct stat after;
    put(compact);
    assert_int_equal(stat(path, &before), 0);
    assert_compacts(0, compact);
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    put(one_of_each);
    assert_compacts(0, one_of_each);
}

/* Events go on being counted, and the line may stand anywhere. */
static void test_appending_to_what_is_compact(void **state) {
    (void)state;
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    CLEANUP(buf_release) struct buf expected = BUF(1 << 16);
    put(compact);
    struct history_file *file = history_open(path, false, &diagnostics);
    history_add_release(file, SLICE("url/s"), NOVEMBER);
    commit(file);
    assert_int_equal(history_identity(file).lines, 13);
    history_close(file);
    file = history_open(path, false, &diagnostics);
    assert_int_equal(history_identity(file).lines, 13);
    history_close(file);
    const char *withdrawal = strstr(compact, "{\"withdraw\"");
    const char *seen = strstr(compact, "{\"seen\"");
    const char *last = strstr(compact, "{\"compacted\"");
    buf_append(&expected, compact, (size_t)(withdrawal - compact));
    buf_append(&expected, seen, (size_t)(last - seen));
    buf_append_string(&expected, "{\"compacted\": 13}\n");
    assert_compacts(2, buf_string(&expected));
}

static void test_compacting_follows_a_link(void **state) {
    (void)state;
    struct stat status;
    assert_int_equal(mkdir("kept", 0777), 0);
    assert_int_equal(symlink("kept/h.jsonl", path), 0);
    put(sprawling);
    assert_compacts(5, compact);
    assert_int_equal(lstat(path, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(lstat("kept/h.jsonl", &status), 0);
    assert_true(S_ISREG(status.st_mode));
}

/* --- keys --------------------------------------------------------------------------------------------------- */

static void test_names_of_articles_without_a_date(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf key = BUF(1 << 10);
    CLEANUP(buf_release) struct buf other = BUF(1 << 10);
    untimed_append_key(SLICE("普陀：长风 ABC"), &key);
    untimed_append_key(SLICE("普陀长風「abc」"), &other);
    assert_string_equal(buf_string(&key), buf_string(&other));
    assert_int_equal(key.size, strlen("title/") + 32);
    buf_clear(&key);
    buf_clear(&other);
    untimed_append_key(SLICE("🎉"), &key);
    untimed_append_key(SLICE("🎊"), &other);
    assert_string_not_equal(buf_string(&key), buf_string(&other));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_missing_file_is_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_events_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_withdrawal_says_whether_there_was_a_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_known_is_not_written_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_committing_twice_writes_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_committed_is_what_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_later_lines_replace_earlier_ones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_withdrawals_are_released_and_stand_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read_only_writes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_torn_last_line_is_cut_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_whole_line_may_lack_its_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lines_that_cannot_be_read_are_passed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_a_newer_version_says_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_no_file_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_full_disk_leaves_the_file_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_somebody_wrote_meanwhile_is_not_lost, set_up, tear_down),
        cmocka_unit_test(test_losses_are_seen),
        cmocka_unit_test_setup_teardown(test_compacting_keeps_what_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_compact_is_not_touched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_appending_to_what_is_compact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_compacting_follows_a_link, set_up, tear_down),
        cmocka_unit_test(test_names_of_articles_without_a_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
