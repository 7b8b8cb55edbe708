#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "cmd/labelling.h"
#include "ingest/labelled_by.h"
#include "model/labels.h"
#include "unit/loaded.h"

/* --- the hash of the rules ---------------------------------------------------------------------------------- */

#define CHANNELS "channels: [{path: /, title: 全部, all: true}]\n"
#define RULES(score, terms) "taxonomies: {d: {label: 区, score: {min: " score "}, terms: {" terms "}}}\n"

static uint64_t hash_of(void **state, const char *rules) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    buf_append_format(&text, "%s%s%s", HEAD, CHANNELS, rules);
    return taxonomies_hash(&assert_good(state, buf_string(&text))->taxonomies);
}

static void a_hash_follows_what_decides(void **state) {
    static const char *const others[] = {
        RULES("2", "a: {label: 甲, words: 甲镇 甲山}"),
        RULES("1", "a: {label: 甲, words: 甲镇}"),
        RULES("1", "a: {label: 甲, strong: 甲镇 甲山}"),
        RULES("1", "a: {label: 甲, words: 甲镇, not: 甲山}"),
        RULES("1", "a: {label: 甲区, words: 甲镇 甲山}"),
        RULES("1", "b: {label: 甲, words: 甲镇 甲山}"),
        RULES("1", "a: {label: 甲, words: 甲镇 甲山, min: 3}"),
        RULES("1", "a: {label: 甲, words: 甲镇 甲山, background: true}"),
        RULES("1", "a: {label: 甲, words: [{words: 甲镇, points: 2}, 甲山]}"),
        RULES("1", "a: {label: 甲, words: [{words: 甲镇, in: title}, 甲山]}"),
        RULES("1", "a: {label: 甲, words: 甲镇…甲山}"),
        RULES("1", "a: {label: 甲, words: 甲镇甲山}"),
        RULES("1", "a: {label: 甲, words: 甲镇 甲山}, b: {label: 乙}"),
    };
    uint64_t hashes[ARRAY_LENGTH(others) + 1];
    size_t count = 0;
    hashes[count++] = hash_of(state, RULES("1", "a: {label: 甲, words: 甲镇 甲山}"));
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        uint64_t hash = hash_of(state, others[i]);
        for (size_t k = 0; k < count; k++)
            if (hash == hashes[k])
                fail_msg("the same as number %zu: %s", k, others[i]);
        hashes[count++] = hash;
    }
}

static void a_hash_follows_nothing_else(void **state) {
    uint64_t hash = hash_of(state, RULES("1", "a: {label: 甲, words: 甲镇 甲山}"));
    assert_true(hash == hash_of(state, "\n\n# moved\n" RULES("1.0", "a: {words: [甲镇, 甲山], label: 甲}")));
    assert_true(hash == hash_of(state, RULES("1", "a: {label: 甲, words: 甲鎮 甲山}"))); /* folded, it is the same */
}

/* --- the hash of an article --------------------------------------------------------------------------------- */

static void an_article_is_all_that_the_rules_see(void **unused) {
    (void)unused;
    struct label labels[] = {{SLICE("d"), SLICE("a"), LABEL_IS}, {SLICE("e"), SLICE("b"), LABEL_ADD}};
    struct label turned[] = {labels[1], labels[0]};
    const struct classify_input first = {.title = SLICE("ab"), .text = SLICE("cd"), .lead_size = 1};
    uint64_t hash = labelling_article_hash(&first);
    struct classify_input other = first;
    other.title = SLICE("a");
    other.text = SLICE("bcd");
    assert_true(labelling_article_hash(&other) != hash);
    other = first;
    other.lead_size = 2;
    assert_true(labelling_article_hash(&other) != hash);
    other = first;
    other.host = SLICE("x");
    assert_true(labelling_article_hash(&other) != hash);
    uint64_t with_host = labelling_article_hash(&other);
    other = first;
    other.source = SLICE("x");
    assert_true(labelling_article_hash(&other) != hash && labelling_article_hash(&other) != with_host);
    other = first;
    other.labels = labels;
    other.label_count = 2;
    uint64_t labelled = labelling_article_hash(&other);
    assert_true(labelled != hash);
    other.labels = turned;
    assert_true(labelling_article_hash(&other) == labelled);
    turned[0].change = LABEL_REMOVE;
    assert_true(labelling_article_hash(&other) != labelled);
}

/* Shards may come from other machines, so the numbers are for ever. */
static void hashes_are_the_same_everywhere(void **unused) {
    (void)unused;
    const struct classify_input input = {.title = SLICE("甲镇"), .text = SLICE("开渔"), .lead_size = 6};
    assert_true(labelling_article_hash(&input) == 0x81a51338882d3016);
}

/* --- the member --------------------------------------------------------------------------------------------- */

static bool read_member(const char *json, struct arena *arena, struct labelled_by *ret) {
    struct json_members members;
    struct json_error error;
    assert_true(json_members_read(slice_of(json), arena, &members, &error));
    return labelled_by_read(&members.items[0], arena, ret);
}

static void a_member_is_read_as_it_was_written(void **unused) {
    (void)unused;
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf json = BUF(BUF_UNLIMITED);
    const struct labelled_by wanted = {0x0123456789abcdef, UINT64_MAX, SLICE("{\"d\": [\"+a\"]}"), 0};
    struct labelled_by read;
    buf_append_string(&json, "[");
    labelled_by_append(&wanted, &json);
    buf_append_string(&json, "]");
    assert_true(read_member(buf_string(&json), &arena, &read));
    assert_true(read.rules == wanted.rules && read.article == wanted.article);
    assert_slice(read.hand, "{\"d\": [\"+a\"]}");
    assert_int_equal(buf_string(&json)[1 + read.hand_offset], '{');
}

static void what_others_wrote_is_none_of_ours(void **unused) {
    (void)unused;
    static const char *const others[] = {
        "[\"Anna\"]",
        "[{}]",
        "[[\"0123456789abcdef\"]]",
        "[{\"rules\": \"0123456789abcdef\"}]",
        "[{\"rules\": \"0123456789abcdef\", \"article\": 1234567890123456}]",
        "[{\"rules\": \"0123456789abcdeF\", \"article\": \"0123456789abcdef\"}]",
        "[{\"rules\": \"0123456789abcdef0\", \"article\": \"0123456789abcdef\"}]",
    };
    CLEANUP(arena_release) struct arena arena = {0};
    struct labelled_by read;
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        if (read_member(others[i], &arena, &read))
            fail_msg("%s", others[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_hash_follows_what_decides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_hash_follows_nothing_else, set_up, tear_down),
        cmocka_unit_test(an_article_is_all_that_the_rules_see),
        cmocka_unit_test(hashes_are_the_same_everywhere),
        cmocka_unit_test(a_member_is_read_as_it_was_written),
        cmocka_unit_test(what_others_wrote_is_none_of_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
