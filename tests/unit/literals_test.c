#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/memory.h"
#include "text/literals.h"

static size_t find(const struct slice *words, size_t count, const char *text) {
    struct literals *literals = literals_new(words, count);
    /* On the heap and exact, so that the sanitiser sees a look past the end. */
    size_t size = strlen(text);
    char *exact = memory_new(size);
    memcpy(exact, text, size);
    size_t found = literals_find(literals, (struct slice){exact, size});
    free(exact);
    literals_free(literals);
    return found;
}

static void test_no_words(void **state) {
    (void)state;
    assert_null(literals_new(NULL, 0));
    literals_free(NULL);
}

static void test_found_wherever_it_stands(void **state) {
    (void)state;
    const struct slice words[] = {SLICE("停牌"), SLICE("内部资料")};
    assert_int_equal(find(words, 2, ""), SIZE_MAX);
    assert_int_equal(find(words, 2, "停"), SIZE_MAX);
    assert_int_equal(find(words, 2, "停牌"), 0);
    assert_int_equal(find(words, 2, "内部资料"), 1);
    assert_int_equal(find(words, 2, "内部资"), SIZE_MAX);
    for (size_t before = 0; before < 20; before++) {
        char text[64] = "";
        memset(text, 'x', before);
        memcpy(text + before, "停牌", strlen("停牌"));
        assert_int_equal(find(words, 2, text), 0);
        memcpy(text + before, "内部资料x", sizeof "内部资料x");
        assert_int_equal(find(words, 2, text), 1);
    }
}

static void test_the_first_in_the_text_wins(void **state) {
    (void)state;
    const struct slice words[] = {SLICE("资料"), SLICE("内部资料"), SLICE("内部"), SLICE("停牌")};
    assert_int_equal(find(words, 4, "说停牌与内部资料"), 3);
    assert_int_equal(find(words, 4, "说内部资料与停牌"), 1);
    assert_int_equal(find(words, 4, "说内部的停牌"), 2);
    assert_int_equal(find(words, 4, "说资料内部"), 0);
}

static void test_latin_edges(void **state) {
    (void)state;
    const struct slice words[] = {SLICE("st"), SLICE("5g")};
    assert_int_equal(find(words, 2, "best test"), SIZE_MAX);
    assert_int_equal(find(words, 2, "a st b"), 0);
    assert_int_equal(find(words, 2, "上st股"), 0);
    assert_int_equal(find(words, 2, "st"), 0);
    assert_int_equal(find(words, 2, "*st上海"), 0);
    assert_int_equal(find(words, 2, "15g"), SIZE_MAX);
    assert_int_equal(find(words, 2, "éstst est st"), 0);
    assert_int_equal(find(words, 2, "ést"), SIZE_MAX);
    assert_int_equal(find(words, 2, "sté"), SIZE_MAX);
    assert_int_equal(find(words, 2, "test 5g"), 1);
    const struct slice single[] = {SLICE("x")};
    assert_int_equal(find(single, 1, "上x海"), 0);
    assert_int_equal(find(single, 1, "上xx海"), SIZE_MAX);
}

/* --- against a search that cannot be wrong --------------------------------------------------------------------- */

static size_t find_naively(const struct slice *words, size_t count, struct slice text) {
    for (size_t at = 0; at < text.size; at++)
        for (size_t i = 0; i < count; i++)
            if (slice_starts_with(slice_from(text, at), words[i]))
                return i;
    return SIZE_MAX;
}

static uint64_t next_random(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Few different characters, so that words are met, nearly met, and overlap. */
static struct slice random_text(uint64_t *seed, size_t characters, char *room) {
    static const char *const alphabet[] = {"上", "海", "下", "馬", "「", "𠀀"};
    size_t size = 0;
    for (size_t i = 0; i < characters; i++) {
        const char *character = alphabet[next_random(seed) % ARRAY_LENGTH(alphabet)];
        memcpy(room + size, character, strlen(character));
        size += strlen(character);
    }
    return (struct slice){room, size};
}

static void test_finds_what_a_plain_search_finds(void **state) {
    (void)state;
    enum { WORDS = 6, LONGEST = 5, TEXT = 60 };
    uint64_t seed = 20261122;
    char rooms[WORDS][LONGEST * 4];
    size_t met = 0;
    for (int round = 0; round < 4000; round++) {
        struct slice words[WORDS];
        size_t count = 1 + next_random(&seed) % WORDS;
        size_t shortest = 1 + next_random(&seed) % 3;
        for (size_t i = 0; i < count; i++)
            words[i] = random_text(&seed, shortest + next_random(&seed) % (LONGEST - shortest + 1), rooms[i]);
        char *room = memory_new(TEXT * 4);
        struct slice text = random_text(&seed, next_random(&seed) % TEXT, room);
        char *exact = memory_new(text.size);
        memcpy(exact, text.data, text.size);
        text.data = exact;
        struct literals *literals = literals_new(words, count);
        size_t wanted = find_naively(words, count, text);
        met += wanted != SIZE_MAX;
        if (literals_find(literals, text) != wanted)
            fail_msg("round %d: %zu instead of %zu in %.*s", round, literals_find(literals, text), wanted,
                     SLICE_ARGUMENTS(text));
        literals_free(literals);
        free(exact);
        free(room);
    }
    assert_in_range(met, 1000, 3500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_words),
        cmocka_unit_test(test_found_wherever_it_stands),
        cmocka_unit_test(test_the_first_in_the_text_wins),
        cmocka_unit_test(test_latin_edges),
        cmocka_unit_test(test_finds_what_a_plain_search_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
