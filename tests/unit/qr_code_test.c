#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/memory.h"
#include "qr/qr_code.h"

#include <stdlib.h>

static bool is_dark(const struct qr_code *code, unsigned row, unsigned column) {
    return code->dark[row * code->width + column];
}

/* A square of seven, its inside light, in it a square of three. */
static void assert_finder(const struct qr_code *code, unsigned row, unsigned column) {
    for (unsigned i = 0; i < 7; i++)
        for (unsigned j = 0; j < 7; j++) {
            bool is_rim = i == 0 || i == 6 || j == 0 || j == 6;
            bool is_core = i >= 2 && i <= 4 && j >= 2 && j <= 4;
            assert_int_equal(is_dark(code, row + i, column + j), is_rim || is_core);
        }
}

static void assert_structure(const struct qr_code *code) {
    unsigned far = code->width - 7;
    assert_finder(code, 0, 0);
    assert_finder(code, 0, far);
    assert_finder(code, far, 0);
    /* Timing between them: dark, light, dark … */
    for (unsigned i = 8; i < code->width - 8; i++) {
        assert_int_equal(is_dark(code, 6, i), i % 2 == 0);
        assert_int_equal(is_dark(code, i, 6), i % 2 == 0);
    }
    /* The one module that is dark in all. */
    assert_true(is_dark(code, code->width - 8, 8));
    /* Of the format: M is 00, masked with 10 (ISO/IEC 18004, 7.9). */
    assert_true(is_dark(code, 8, 0));
    assert_false(is_dark(code, 8, 1));
}

static void test_structure(void **state) {
    (void)state;
    struct qr_code code;
    assert_true(qr_code_make(SLICE("https://feeds.example.org/putuo/ic/atom.xml"), &code));
    assert_int_equal(code.width, 33); /* version 4 */
    assert_structure(&code);
    for (size_t i = 0; i < (size_t)code.width * code.width; i++)
        assert_true(code.dark[i] <= 1);
    qr_code_release(&code);
    assert_null(code.dark);
}

/* How many bytes fit in each version with error correction M: the smallest that holds them is taken. */
static void test_versions(void **state) {
    (void)state;
    static const size_t most[][2] = {{1, 14}, {2, 26}, {3, 42}, {4, 62}, {10, 213}, {40, 2331}};
    char text[2332];
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < ARRAY_LENGTH(most); i++) {
        struct qr_code code;
        assert_true(qr_code_make((struct slice){text, most[i][1]}, &code));
        assert_int_equal(code.width, 17 + 4 * most[i][0]);
        assert_structure(&code);
        qr_code_release(&code);
        if (most[i][0] == 40)
            continue;
        assert_true(qr_code_make((struct slice){text, most[i][1] + 1}, &code));
        assert_int_equal(code.width, 17 + 4 * (most[i][0] + 1));
        qr_code_release(&code);
    }
}

static void test_what_no_code_holds(void **state) {
    (void)state;
    char text[2332];
    memset(text, 'a', sizeof text);
    struct qr_code code = {.width = 1};
    assert_false(qr_code_make((struct slice){text, sizeof text}, &code));
    assert_false(qr_code_make((struct slice){0}, &code));
    assert_int_equal(code.width, 1);
    /* Bytes are bytes: NUL, and what is no UTF-8. */
    assert_true(qr_code_make(SLICE("a\0\xFF\xFE"), &code));
    assert_structure(&code);
    qr_code_release(&code);
}

/* The path drawn again, by its own three commands, is the code. */
static void test_path(void **state) {
    (void)state;
    struct qr_code code;
    assert_true(qr_code_make(SLICE("https://feeds.example.org/putuo/ic/atom.xml"), &code));
    struct buf path = BUF(BUF_UNLIMITED);
    qr_code_append_path(&code, &path);
    unsigned side = code.width + 2 * QR_QUIET;
    unsigned char *drawn = memory_new_array(side, side);
    size_t rectangles = 0;
    for (const char *at = buf_string(&path); *at; rectangles++) {
        unsigned x = 0, y = 0, width = 0, back = 0;
        int length = 0;
        assert_int_equal(sscanf(at, "M%u %uh%uv1h-%u%n", &x, &y, &width, &back, &length), 4);
        assert_true(width > 0 && width == back && x + width <= side && y < side);
        /* A whole run: nothing beside it. */
        assert_false(drawn[y * side + x - 1]);
        for (unsigned i = 0; i < width; i++)
            drawn[y * side + x + i]++;
        at += length;
    }
    assert_true(rectangles > code.width);
    for (unsigned row = 0; row < side; row++)
        for (unsigned column = 0; column < side; column++) {
            bool is_inside =
                row >= QR_QUIET && row < QR_QUIET + code.width && column >= QR_QUIET && column < QR_QUIET + code.width;
            assert_int_equal(drawn[row * side + column],
                             is_inside && is_dark(&code, row - QR_QUIET, column - QR_QUIET));
        }
    free(drawn);
    buf_release(&path);
    qr_code_release(&code);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structure),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_what_no_code_holds),
        cmocka_unit_test(test_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
