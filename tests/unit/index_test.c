#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assemble/index.h"

enum { NOW = 1000, DAY = 86400 };

static const struct source list = {.order = ORDER_NEWEST_FIRST};
static const struct source grown = {.order = ORDER_OLDEST_FIRST};
static const struct source *const sources[] = {&list, &grown, &grown};

struct fixture {
    struct index index;
    struct index_cursor cursor;
    struct index_runs pieces[3]; /* one a file */
    struct index_counts counts;
};

static int set_up(void **state) {
    struct fixture *fixture = memory_new(sizeof *fixture);
    index_init(&fixture->index);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(fixture->pieces); i++)
        vec_release(&fixture->pieces[i].runs);
    index_release(&fixture->index);
    free(fixture);
    return 0;
}

static struct record *add(struct fixture *fixture, uint32_t file, uint64_t key, int64_t date) {
    struct record *record = index_add(&fixture->index, &fixture->cursor, &fixture->pieces[file]);
    *record = (struct record){.key = {0, key}, .date = date, .updated = INT64_MIN, .location.file = file};
    return record;
}

static void arrange(struct fixture *fixture) {
    index_arrange(&fixture->index, fixture->pieces, ARRAY_LENGTH(fixture->pieces), sources, NOW, &fixture->counts);
}

/* The keys in the order shown. */
static void assert_order(const struct fixture *fixture, size_t count, const uint64_t *keys) {
    assert_int_equal(fixture->index.order_count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(index_record(&fixture->index, fixture->index.order[i])->key.low, keys[i]);
}

static void newest_date_first(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 0, 1, 10);
    add(fixture, 0, 2, 30);
    add(fixture, 0, 3, 20);
    arrange(fixture);
    assert_order(fixture, 3, (const uint64_t[]){2, 3, 1});
}

static void within_a_date_the_source_decides(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 0, 1, 10);
    add(fixture, 0, 2, 10);
    add(fixture, 1, 3, 10);
    add(fixture, 1, 4, 10);
    arrange(fixture);
    /* A list has its newest above, a file that grows below; the source listed first comes first. */
    assert_order(fixture, 4, (const uint64_t[]){1, 2, 4, 3});
}

static void two_files_of_one_source_are_one_sequence(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 1, 1, 10);
    add(fixture, 2, 2, 10);
    add(fixture, 2, 3, 10);
    arrange(fixture);
    assert_order(fixture, 3, (const uint64_t[]){3, 2, 1});
}

static void the_future_waits(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 0, 1, NOW);
    add(fixture, 0, 2, NOW + 1);
    add(fixture, 0, 3, NOW + DAY);
    arrange(fixture);
    assert_order(fixture, 1, (const uint64_t[]){1});
    assert_int_equal(fixture->counts.future, 2);
    assert_int_equal(fixture->counts.next_date, NOW + 1);
}

static void withdrawn_articles_are_not_shown(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 0, 1, 10)->withdrawn = true;
    add(fixture, 0, 2, 10);
    arrange(fixture);
    assert_order(fixture, 1, (const uint64_t[]){2});
    assert_int_equal(fixture->counts.withdrawn, 1);
}

static void of_one_key_the_newest_updated_wins(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 0, 7, 10)->updated = 500;
    add(fixture, 0, 7, 11)->updated = 400;
    add(fixture, 1, 7, 12);
    arrange(fixture);
    assert_int_equal(fixture->counts.articles, 1);
    assert_int_equal(fixture->counts.duplicates, 2);
    assert_int_equal(index_record(&fixture->index, fixture->index.order[0])->date, 10);
}

static void of_one_key_the_last_in_source_order_wins(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 0, 7, 12);
    add(fixture, 0, 7, 11);
    arrange(fixture);
    assert_int_equal(index_record(&fixture->index, fixture->index.order[0])->date, 11);
}

static void an_update_to_come_does_not_count(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 0, 7, 10)->updated = NOW + 5;
    add(fixture, 0, 7, 11)->updated = 400;
    arrange(fixture);
    assert_int_equal(index_record(&fixture->index, fixture->index.order[0])->date, 11);
}

static void many_records_over_many_blocks(void **state) {
    struct fixture *fixture = *state;
    enum { MANY = 3 * INDEX_BLOCK + 5 };
    for (uint64_t i = 0; i < MANY; i++)
        add(fixture, 0, i + 1, (int64_t)(i % 700));
    arrange(fixture);
    assert_int_equal(fixture->counts.articles, MANY);
    for (size_t i = 1; i < MANY; i++) {
        const struct record *before = index_record(&fixture->index, fixture->index.order[i - 1]);
        const struct record *after = index_record(&fixture->index, fixture->index.order[i]);
        assert_true(before->date > after->date || (before->date == after->date && before->key.low < after->key.low));
    }
}

static void nothing_gives_nothing(void **state) {
    struct fixture *fixture = *state;
    arrange(fixture);
    assert_int_equal(fixture->index.order_count, 0);
}

/* More than stay in memory: what was put away is what was written. */
static void sketches_are_put_away_and_read_back(void **state) {
    struct fixture *fixture = *state;
    enum { MANY = (SKETCH_BLOCKS_KEPT + 3) * SKETCH_BLOCK + 5, STEP = 997 };
    CLEANUP(sketch_reader_release) struct sketch_reader reader = {0};
    size_t in_memory = 0;
    fixture->index.sketched = true;
    for (uint32_t i = 0; i < MANY; i++) {
        add(fixture, 0, i + 1, 1);
        *index_added_sketch(&fixture->cursor) = (struct sketch){.text = i * 7, .letters = i & 0xFFFF};
    }
    for (size_t i = 0; i < fixture->index.sketches.blocks.count; i++)
        in_memory += fixture->index.sketches.blocks.items[i] != NULL;
    assert_int_equal(in_memory, SKETCH_BLOCKS_KEPT + 1);
    for (uint32_t i = 0; i < MANY; i += STEP) {
        struct sketch sketch;
        index_read_sketch(&fixture->index, i, &sketch);
        assert_int_equal(sketch.text, i * 7);
        assert_int_equal(sketches_at(&fixture->index.sketches, &reader, MANY - 1 - i)->text, (MANY - 1 - i) * 7);
        assert_int_equal(sketches_at(&fixture->index.sketches, &reader, i)->letters, i & 0xFFFF);
    }
}

/* Dates further apart than a rank has room for. */
static void dates_may_be_far_apart(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 0, 1, -(INT64_C(1) << 40));
    add(fixture, 0, 2, NOW);
    add(fixture, 0, 3, -(INT64_C(1) << 40) + 1);
    add(fixture, 0, 4, -5);
    add(fixture, 0, 5, -(INT64_C(1) << 33));
    arrange(fixture);
    assert_order(fixture, 5, (const uint64_t[]){2, 4, 5, 3, 1});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(newest_date_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(within_a_date_the_source_decides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_files_of_one_source_are_one_sequence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_future_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(withdrawn_articles_are_not_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_one_key_the_newest_updated_wins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_one_key_the_last_in_source_order_wins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_update_to_come_does_not_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_records_over_many_blocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_gives_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sketches_are_put_away_and_read_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dates_may_be_far_apart, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
