#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/memory.h"

#include <stdalign.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

static void test_memory_is_zeroed_and_aligned(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *memory = arena_new(&arena, size);
        assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xFF, size);
        (void)arena_copy(&arena, SLICE("x")); /* leaves the arena at an odd place */
    }
}

static void test_pieces_do_not_overlap(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    enum { PIECES = 200 };
    unsigned char *pieces[PIECES];
    size_t sizes[PIECES];
    /* Small ones, ones that get a block of their own, and back to small. */
    for (size_t i = 0; i < PIECES; i++) {
        sizes[i] = i % 10 == 9 ? 20000 + i * 500 : i * 13;
        pieces[i] = arena_new(&arena, sizes[i]);
        memset(pieces[i], (int)i, sizes[i]);
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(pieces[i][j], i);
}

static void test_a_large_piece_does_not_waste_the_block_at_hand(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    arena_new(&arena, 16);
    size_t before = arena.total;
    arena_new(&arena, 1000000);
    assert_int_equal(arena.total, before + 1000000);
    arena_new(&arena, 16);
    assert_int_equal(arena.total, before + 1000000);
}

static void test_a_little_takes_little(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    arena_new(&arena, 100);
    assert_int_equal(arena.total, 512);
    for (int i = 0; i < 20; i++)
        arena_new(&arena, 100);
    assert_int_equal(arena.total, 512 + 4096);
    for (int i = 0; i < 100; i++)
        arena_new(&arena, 100);
    assert_int_equal(arena.total, 512 + 4096 + 65536);
    arena_clear(&arena);
    assert_int_equal(arena.total, 65536); /* the largest stays for reuse */
}

static void test_copies_are_terminated(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    struct slice copy = arena_copy(&arena, SLICE("ab\0c"));
    assert_true(slice_equal(copy, SLICE("ab\0c")));
    assert_int_equal(copy.data[4], '\0');
    struct slice empty = arena_copy(&arena, (struct slice){0});
    assert_non_null(empty.data);
    assert_int_equal(empty.data[0], '\0');
    assert_string_equal(arena_copy_string(&arena, "上海"), "上海");
}

static void test_shrinking_gives_the_end_back(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    char *text = arena_reserve(&arena, 1000);
    memcpy(text, "abc", 3);
    arena_shrink(&arena, text, 1000, 3);
    assert_ptr_equal(arena_reserve(&arena, 1), text + 3);
    /* Not the newest any more: nothing happens, least of all to the one behind it. */
    char *older = arena_reserve(&arena, 100);
    char *newer = arena_reserve(&arena, 100);
    arena_shrink(&arena, older, 100, 1);
    assert_ptr_equal(arena_reserve(&arena, 1), newer + 100);
}

static void test_clearing_keeps_one_block(void **state) {
    (void)state;
    CLEANUP(arena_release) struct arena arena = {0};
    arena_clear(&arena);
    assert_int_equal(arena.total, 0);
    for (size_t i = 0; i < 100; i++)
        memset(arena_reserve(&arena, 10000), 1, 10000);
    size_t many = arena.total;
    arena_clear(&arena);
    assert_in_range(arena.total, 1, many / 4);
    size_t one = arena.total;
    unsigned char *memory = arena_new(&arena, 100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(memory[i], 0);
    assert_int_equal(arena.total, one);
}

/* What `allocate` makes of a child process. */
static int exit_code_of(void (*allocate)(void)) {
    pid_t child = fork();
    if (child == 0) {
        close(STDERR_FILENO);
        allocate();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void array_that_overflows(void) {
    struct arena arena = {0};
    arena_new_array(&arena, SIZE_MAX / 2, 3);
}

static void heap_array_that_overflows(void) {
    free(memory_new_array(SIZE_MAX / 2, 3));
}

static void test_overflow_is_running_out(void **state) {
    (void)state;
    assert_int_equal(exit_code_of(array_that_overflows), EX_OSERR);
    assert_int_equal(exit_code_of(heap_array_that_overflows), EX_OSERR);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_zeroed_and_aligned),
        cmocka_unit_test(test_pieces_do_not_overlap),
        cmocka_unit_test(test_a_large_piece_does_not_waste_the_block_at_hand),
        cmocka_unit_test(test_a_little_takes_little),
        cmocka_unit_test(test_copies_are_terminated),
        cmocka_unit_test(test_shrinking_gives_the_end_back),
        cmocka_unit_test(test_clearing_keeps_one_block),
        cmocka_unit_test(test_overflow_is_running_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
