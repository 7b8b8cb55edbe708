#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/manifest.h"

#include <stdio.h>
#include <stdlib.h>

/* The scanner against the parser: what the one takes, the other reads as the same tree. */

static uint64_t state;

static uint64_t next(uint64_t most) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33) % most;
}

static void make_tree(size_t count, struct arena *arena, struct tree *tree) {
    static const char *const types[] = {"application/atom+xml; charset=utf-8", "text/html; charset=utf-8", "", "图/片"};
    enum { ESCAPED = 4 /* the first of them */ };
    static const char *const folders[] = {"a",          "普陀区/集成电路", "deep/er/and/deeper",
                                          "with blank", "q\"uote",         "b\\s"};
    for (size_t i = 0; i < count; i++) {
        char path[128];
        int size = snprintf(path, sizeof path, "%06zu/%s/f.xml", i,
                            folders[next(i % 8 == 7 ? ARRAY_LENGTH(folders) : ESCAPED)]);
        struct tree_file file = {.path = arena_copy(arena, (struct slice){path, (size_t)size}),
                                 .size = next(3) ? next(100000) : next(1) + ((uint64_t)next(1 << 30) << 33),
                                 .hash = sha256_of((struct slice){path, (size_t)size}),
                                 .type = slice_of(types[next(ARRAY_LENGTH(types))]),
                                 .is_feed = next(2)};
        file.entries = file.is_feed ? (uint32_t)next(4000000000U) : 0;
        vec_push(&tree->files, file);
    }
}

/* Some of the files and others, sorted. */
static void add_pending(size_t count, struct arena *arena, struct tree *tree) {
    static const char *const names[] = {"f.xml", "图片.png", "q\"uote"};
    for (size_t i = 0; i < count; i++) {
        char path[64];
        int size = snprintf(path, sizeof path, "%06zu/%s", i, names[i % 8 == 7 ? 2 : next(2)]);
        vec_push(&tree->pending, arena_copy(arena, (struct slice){path, (size_t)size}));
    }
}

static void assert_same(const struct tree *a, const struct tree *b) {
    assert_int_equal(a->files.count, b->files.count);
    for (size_t i = 0; i < a->files.count; i++) {
        const struct tree_file *one = &a->files.items[i], *other = &b->files.items[i];
        assert_true(slice_equal(one->path, other->path) && one->path.data[one->path.size] == '\0');
        assert_true(slice_equal(one->type, other->type) && one->type.data[one->type.size] == '\0');
        assert_true(one->size == other->size && sha256_equal(&one->hash, &other->hash));
        assert_true(one->is_feed == other->is_feed && one->entries == other->entries);
    }
    assert_int_equal(a->pending.count, b->pending.count);
    for (size_t i = 0; i < a->pending.count; i++)
        assert_true(slice_equal(a->pending.items[i], b->pending.items[i]) &&
                    b->pending.items[i].data[b->pending.items[i].size] == '\0');
    assert_true(slice_equal(a->run, b->run));
}

/* true when the scanner took it. */
static bool compare(struct slice text) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct tree scanned = {0}, parsed = {0};
    const char *why = NULL;
    bool taken = manifest_scan(text, &arena, &scanned);
    enum manifest_state read = manifest_parse(text, &arena, &parsed, &why);
    if (taken) {
        assert_int_equal(read, MANIFEST_READ);
        assert_same(&scanned, &parsed);
    }
    tree_release(&scanned);
    tree_release(&parsed);
    return taken;
}

static void test_what_is_written_is_read(void **unused) {
    (void)unused;
    for (size_t count = 0; count < 40; count++) {
        CLEANUP(arena_release) struct arena arena = {0};
        CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
        struct tree tree = {0}, read = {0};
        const char *why = NULL;
        make_tree(count, &arena, &tree);
        add_pending(count % 3 ? count / 2 : 0, &arena, &tree);
        tree.run = count % 3 == 2 ? SLICE("00ff00ff00ff00ff") : tree.run;
        manifest_write(&tree, &text);
        assert_true((slice_find(buf_slice(&text), SLICE("pending"), 0) < text.size) == (tree.pending.count > 0));
        assert_true((slice_find(buf_slice(&text), SLICE("\"run\""), 0) < text.size) == (tree.run.size > 0));
        /* Only where there are escapes is the parser needed. */
        bool has_escapes = slice_find_byte(buf_slice(&text), '\\', 0) < text.size;
        assert_true(compare(buf_slice(&text)) != has_escapes);
        assert_int_equal(manifest_read(buf_slice(&text), &arena, &read, &why), MANIFEST_READ);
        assert_same(&tree, &read);
        tree_release(&tree);
        tree_release(&read);
    }
}

/* Bytes changed, taken away and doubled: what the scanner still takes is what it says. */
static void test_damaged_ones(void **unused) {
    (void)unused;
    size_t taken = 0;
    for (int round = 0; round < 4000; round++) {
        CLEANUP(arena_release) struct arena arena = {0};
        CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
        struct tree tree = {0};
        make_tree(1 + next(4), &arena, &tree);
        add_pending(next(3), &arena, &tree);
        manifest_write(&tree, &text);
        tree_release(&tree);
        static const char bytes[] = "\"\\{}[],:0123456789 \n\x01\xff\xe4/.abcdefE-+";
        size_t at = next(text.size);
        if (next(3) == 0)
            text.size = at;
        else if (next(2))
            text.data[at] = bytes[next(sizeof bytes - 1)];
        else
            buf_append(&text, "]\n}\n", next(5));
        taken += compare(buf_slice(&text));
    }
    assert_in_range(taken, 100, 3900); /* both sides were tried */
}

static void test_what_the_scanner_must_not_take(void **unused) {
    (void)unused;
    static const char row[] =
        "    {\n      \"path\": \"%s\",\n      \"size\": %s,\n      \"sha256\": \"%s\",\n      \"type\": "
        "\"t\"%s\n    }";
    static const char hash[] = "cb86eb2d914d37df6857c3cfe4827b5f770b01a86578120618b0b21572160be8";
    static const struct {
        const char *path, *size, *hash, *rest;
    } bad[] = {
        {"../a", "1", hash, ""},
        {"/a", "1", hash, ""},
        {"a", "01", hash, ""},
        {"a", "-1", hash, ""},
        {"a", "", hash, ""},
        {"a", "9223372036854775808", hash, ""},
        {"a", "99999999999999999999999", hash, ""},
        {"a", "1", "cb86", ""},
        {"a", "1", hash, ",\n      \"entries\": 4294967296"},
        {"a", "1", hash, ",\n      \"more\": 1"},
        {"a\xff", "1", hash, ""},
    };
    for (size_t i = 0; i <= ARRAY_LENGTH(bad); i++) {
        char text[2048], one[512];
        bool good = i == ARRAY_LENGTH(bad);
        snprintf(one, sizeof one, row, good ? "a" : bad[i].path, good ? "1" : bad[i].size, good ? hash : bad[i].hash,
                 good ? "" : bad[i].rest);
        snprintf(text, sizeof text, "{\n  \"files\": [\n%s\n  ]\n}\n", one);
        assert_int_equal(compare(slice_of(text)), good);
        snprintf(text, sizeof text, "{\n  \"files\": [\n%s,\n%s\n  ]\n}\n", one, one);
        assert_false(compare(slice_of(text))); /* one path twice */
    }
}

static void test_pending_paths_are_checked(void **unused) {
    (void)unused;
    static const struct {
        const char *pending;
        enum manifest_state wanted;
        bool scanned;
    } cases[] = {
        {"[\n    \"a\",\n    \"b/c\"\n  ]", MANIFEST_READ, true},
        {"[]", MANIFEST_READ, false}, /* nobody writes it so */
        {"[\n    \"b\",\n    \"a\"\n  ]", MANIFEST_DAMAGED, false},
        {"[\n    \"a\",\n    \"a\"\n  ]", MANIFEST_DAMAGED, false},
        {"[\n    \"../a\"\n  ]", MANIFEST_DAMAGED, false},
        {"[\n    \"/etc/passwd\"\n  ]", MANIFEST_DAMAGED, false},
        {"[\n    7\n  ]", MANIFEST_DAMAGED, false},
        {"{}", MANIFEST_DAMAGED, false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        CLEANUP(arena_release) struct arena arena = {0};
        CLEANUP(tree_release) struct tree tree = {0};
        const char *why = NULL;
        char text[256];
        snprintf(text, sizeof text, "{\n  \"files\": [],\n  \"pending\": %s\n}\n", cases[i].pending);
        assert_int_equal(compare(slice_of(text)), cases[i].scanned);
        assert_int_equal(manifest_read(slice_of(text), &arena, &tree, &why), cases[i].wanted);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_damaged_ones),
        cmocka_unit_test(test_what_the_scanner_must_not_take),
        cmocka_unit_test(test_pending_paths_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
