#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assemble/corrections.h"
#include "assemble/key.h"
#include "model/page.h"

static const struct site site = {.url = SLICE_CONSTANT("https://www.Feeds.example.org/沪/"),
                                 .tag = SLICE_CONSTANT("feeds.example.org,2026")};

/* --- names -------------------------------------------------------------------------------------------------- */

static void assert_keys(const char *name, const char *first, const char *second) {
    struct arena arena = {0};
    struct name_keys keys = name_keys_of(&site, slice_of(name), &arena);
    assert_int_equal(keys.count, second ? 2 : 1);
    assert_string_equal(keys.keys[0].data, first);
    if (second)
        assert_string_equal(keys.keys[1].data, second);
    arena_release(&arena);
}

static void test_keys_of_names(void **state) {
    (void)state;
    assert_keys("8842", "id/8842", NULL);
    assert_keys("沪 1", "id/%E6%B2%AA%201", NULL);
    assert_keys("https://www.Example.org:443/a?utm_source=x&b=1#c", "url/example.org/a?b=1",
                "id/https://www.Example.org:443/a%3Futm_source=x&b=1%23c");
    assert_keys("http://example.org/沪", "url/example.org/%E6%B2%AA", "id/http://example.org/%E6%B2%AA");
    assert_keys("url/example.org/a", "url/example.org/a", "id/url/example.org/a");
    assert_keys("doc/0123", "doc/0123", "id/doc/0123");
    assert_keys("tag:feeds.example.org,2026:id/7", "id/7", NULL);
    assert_keys("tag:other.example.org,2026:id/7", "id/tag:other.example.org,2026:id/7", NULL);
    assert_keys("tag:feeds.example.org,2026:7", "id/tag:feeds.example.org,2026:7", NULL);
    assert_keys("ftp://example.org/a", "id/ftp://example.org/a", NULL);
}

/* What a name means is what articles are known by. */
static void test_names_fit_the_keys_of_articles(void **state) {
    (void)state;
    static const char *const names[] = {"a b#%", "https://example.org/1?x=上", "沪〔2026〕1号"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct arena arena = {0};
        CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
        struct article article = {.id = slice_of(names[i]), .title = SLICE("题")};
        article_append_key(&article, &key);
        struct name_keys keys = name_keys_of(&site, slice_of(names[i]), &arena);
        assert_true(slice_equal(keys.keys[keys.count - 1], buf_slice(&key)));
        arena_release(&arena);
    }
}

static bool is_page_of(const char *before, struct slice path, const char *behind, const char *key) {
    struct arena arena = {0};
    CLEANUP(buf_release) struct buf name = BUF(BUF_UNLIMITED);
    buf_append_string(&name, before);
    buf_append_slice(&name, path);
    buf_append_string(&name, behind);
    struct name_keys keys = name_keys_of(&site, buf_slice(&name), &arena);
    bool is_it = keys.has_page && article_page_is_of(keys.page, hash128(slice_of(key)));
    arena_release(&arena);
    return is_it;
}

static void test_pages_as_names(void **state) {
    (void)state;
    static const char *const shapes[][2] = {
        {"", ""},
        {"https://www.feeds.example.org/沪/", ""},
        {"http://FEEDS.example.org:80/%E6%B2%AA/", "?utm_source=x#part"},
        {"https://feeds.example.org/沪/", "?x=1#part"},
        {"", "#part"},
        {"", "?x=1#part"},
        {"/", ""},
        {"./", "?"},
        {"/沪/", ""},
        {"/%E6%B2%AA/", "#part"},
    };
    static const char *const others[][2] = {
        {"//", ""},
        {"../", ""},
        {"/x/", ""},
        {"", "/"},
        {"", "/?x=1"},
        {"x", ""},
        {"https://feeds.example.org/", ""},
        {"https://feeds.example.org/沪/x/", ""},
        {"https://other.example.org/沪/", ""},
        {"url/feeds.example.org/", ""},
        {"tag:feeds.example.org,2026:id/", ""},
    };
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    article_page_append_path(&path, hash128(SLICE("id/8842")));
    for (size_t i = 0; i < ARRAY_LENGTH(shapes); i++) {
        assert_true(is_page_of(shapes[i][0], buf_slice(&path), shapes[i][1], "id/8842"));
        assert_false(is_page_of(shapes[i][0], buf_slice(&path), shapes[i][1], "id/8843"));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        assert_false(is_page_of(others[i][0], buf_slice(&path), others[i][1], "id/8842"));
    /* As hosts show it that take .html away. */
    const size_t end = path.size - (sizeof ".html" - 1);
    assert_true(is_page_of("", slice_range(buf_slice(&path), 0, end), "", "id/8842"));
    assert_false(is_page_of("", slice_range(buf_slice(&path), 0, end - 1), ".html", "id/8842"));
    assert_false(is_page_of("", slice_range(buf_slice(&path), 0, end), "0.html", "id/8842"));
    assert_false(is_page_of("", slice_range(buf_slice(&path), 0, end), ".htm", "id/8842"));
    assert_false(is_page_of("article/", SLICE("0123456789ABCDEF0123"), ".html", "id/8842"));
    assert_false(is_page_of("article/", SLICE(""), "", "id/8842"));
}

/* --- a desk with its corrections -------------------------------------------------------------------------------- */

enum { CORRECTIONS_MOST = 8 };

struct fixture {
    struct arena arena;
    struct correction items[CORRECTIONS_MOST];
    struct corrections corrections;
    struct corrections_desk desk;
    struct named_articles met;
    struct index index;
    struct diagnostics diagnostics;
};

static int set_up(void **state) {
    static struct fixture fixture;
    fixture = (struct fixture){.corrections.items = fixture.items};
    index_init(&fixture.index);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    corrections_desk_release(&fixture->desk);
    vec_release(&fixture->met.items);
    index_release(&fixture->index);
    diagnostics_release(&fixture->diagnostics);
    arena_release(&fixture->arena);
    return 0;
}

static struct article_name name_of(struct fixture *fixture, const char *name) {
    struct article_name made = {.written = slice_of(name)};
    made.place.line = (unsigned)fixture->corrections.count;
    made.keys = name_keys_of(&site, slice_of(name), &fixture->arena);
    return made;
}

static struct correction *add(struct fixture *fixture, const char *name, const char *same_as) {
    struct correction *correction = &fixture->items[fixture->corrections.count++];
    *correction = (struct correction){.name = name_of(fixture, name)};
    if (same_as)
        correction->same_as = name_of(fixture, same_as);
    return correction;
}

static void open_desk(struct fixture *fixture) {
    corrections_desk_init(&fixture->desk, &fixture->corrections);
}

static struct correction_effect apply(struct fixture *fixture, struct article *article, const char *wanted_key) {
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    struct correction_effect effect = corrections_apply(&fixture->desk, article, &key, &fixture->arena, &fixture->met);
    assert_string_equal(buf_string(&key), wanted_key);
    return effect;
}

static void see(struct fixture *fixture, const char *id) {
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    struct article article = {.id = slice_of(id), .title = SLICE("题")};
    buf_append_format(&key, "id/%s", id);
    apply(fixture, &article, buf_string(&key));
}

static void settle(struct fixture *fixture) {
    const struct named_articles *pieces[] = {&fixture->met};
    corrections_settle(&fixture->desk, pieces, 1, &fixture->index, &fixture->diagnostics);
}

static struct hash128 key_of(const char *key) {
    return hash128(slice_of(key));
}

static void assert_leader(struct fixture *fixture, const char *key, const char *leader) {
    const struct hash128 *found = index_leader(&fixture->index, key_of(key));
    if (!leader) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_int_equal(hash128_compare(*found, key_of(leader)), 0);
}

/* "name line" of everything reported. */
static void assert_reported(const struct fixture *fixture, const char *wanted) {
    CLEANUP(buf_release) struct buf all = BUF(BUF_UNLIMITED);
    for (size_t i = 0; i < fixture->diagnostics.items.count; i++) {
        const struct diagnostic *item = &fixture->diagnostics.items.items[i];
        buf_append_format(&all, "%s %.*s\n", diagnostic_name(item->id), SLICE_ARGUMENTS(item->detail));
    }
    assert_string_equal(buf_string(&all), wanted);
}

/* --- one article -------------------------------------------------------------------------------------------- */

static void test_without_corrections_only_the_key_is_made(void **state) {
    struct fixture *fixture = *state;
    struct article article = {.id = SLICE("1"), .title = SLICE("题")};
    open_desk(fixture);
    assert_false(apply(fixture, &article, "id/1").released);
    assert_int_equal(fixture->met.items.count, 0);
    settle(fixture);
    assert_reported(fixture, "");
}

static void test_a_corrected_title_moves_no_key(void **state) {
    struct fixture *fixture = *state;
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    struct article article = {.title = SLICE("旧题"), .date = {.present = true}};
    article_append_key(&article, &key);
    add(fixture, buf_string(&key), NULL)->title = SLICE("新题");
    open_desk(fixture);
    apply(fixture, &article, buf_string(&key));
    assert_true(slice_equal(article.title, SLICE("新题")));
}

static void test_labels_replace_or_amend(void **state) {
    struct fixture *fixture = *state;
    static const struct label own[] = {{SLICE_CONSTANT("district"), SLICE_CONSTANT("pudong"), LABEL_IS},
                                       {SLICE_CONSTANT("topic"), SLICE_CONSTANT("ic"), LABEL_IS}};
    static const struct label said[] = {{SLICE_CONSTANT("district"), SLICE_CONSTANT("putuo"), LABEL_IS},
                                        {SLICE_CONSTANT("topic"), SLICE_CONSTANT("ai"), LABEL_ADD}};
    struct correction *correction = add(fixture, "1", NULL);
    correction->labels = said;
    correction->label_count = ARRAY_LENGTH(said);
    open_desk(fixture);
    struct article article = {.id = SLICE("1"), .labels = own, .label_count = ARRAY_LENGTH(own)};
    apply(fixture, &article, "id/1");
    assert_int_equal(article.label_count, 3);
    assert_true(slice_equal(article.labels[0].term, SLICE("ic")));
    assert_true(slice_equal(article.labels[1].term, SLICE("putuo")));
    assert_true(slice_equal(article.labels[2].term, SLICE("ai")));
    assert_int_equal(article.labels[2].change, LABEL_ADD);
}

static void test_by_address_and_by_id(void **state) {
    struct fixture *fixture = *state;
    struct correction *by_address = add(fixture, "http://example.org/1", NULL);
    by_address->title = SLICE("甲");
    by_address->released = true;
    struct correction *by_id = add(fixture, "1", NULL);
    by_id->title = SLICE("乙");
    by_id->withdrawn = true;
    open_desk(fixture);
    struct article article = {.id = SLICE("1"), .url = SLICE("https://www.example.org/1"), .title = SLICE("题")};
    assert_true(apply(fixture, &article, "id/1").released);
    assert_true(slice_equal(article.title, SLICE("乙")));
    assert_true(article.withdrawn);
    struct article other = {.id = SLICE("2"), .url = SLICE("https://example.org/2"), .title = SLICE("题")};
    assert_false(apply(fixture, &other, "id/2").released);
    assert_true(slice_equal(other.title, SLICE("题")));
    settle(fixture);
    assert_reported(fixture, "");
}

/* --- all of them -------------------------------------------------------------------------------------------- */

/* By its page, also where nothing but the hash of its key is known. */
static void test_by_page(void **state) {
    struct fixture *fixture = *state;
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    article_page_append_path(&path, key_of("id/1"));
    add(fixture, buf_string(&path), NULL)->title = SLICE("其一");
    add(fixture, "2", buf_string(&path))->title = SLICE("其二");
    add(fixture, "article/00000000000000000000", NULL)->withdrawn = true;
    open_desk(fixture);
    struct article article = {.id = SLICE("1"), .title = SLICE("题")};
    apply(fixture, &article, "id/1");
    assert_true(slice_equal(article.title, SLICE("其一")));
    assert_false(article.withdrawn);
    assert_int_equal(fixture->met.items.count, 2);
    corrections_meet(&fixture->desk, key_of("id/1"), 0, &fixture->met);
    assert_int_equal(fixture->met.items.count, 4);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(fixture->met.items.items[i].correction, fixture->met.items.items[i + 2].correction);
        assert_int_equal(fixture->met.items.items[i].is_same_as, i == 1);
        assert_int_equal(fixture->met.items.items[i + 2].is_same_as, i == 1);
    }
    see(fixture, "2");
    settle(fixture);
    assert_leader(fixture, "id/2", "id/1");
    assert_int_equal(fixture->diagnostics.per_id[DIAGNOSTIC_CORRECTION_UNUSED], 1);
}

static void test_names_of_nobody(void **state) {
    struct fixture *fixture = *state;
    add(fixture, "1", NULL);
    add(fixture, "2", "3");
    add(fixture, "4", "5");
    open_desk(fixture);
    see(fixture, "2");
    see(fixture, "5");
    settle(fixture);
    assert_reported(fixture, "correction-unused 1\ncorrection-unused 3\ncorrection-unused 4\n");
    assert_int_equal(fixture->index.joins.count, 0);
}

static void test_chains_end_at_the_last_leader(void **state) {
    struct fixture *fixture = *state;
    add(fixture, "1", "2");
    add(fixture, "2", "3");
    add(fixture, "4", "1");
    open_desk(fixture);
    see(fixture, "4");
    see(fixture, "3");
    see(fixture, "2");
    see(fixture, "1");
    settle(fixture);
    assert_leader(fixture, "id/1", "id/3");
    assert_leader(fixture, "id/2", "id/3");
    assert_leader(fixture, "id/4", "id/3");
    assert_leader(fixture, "id/3", NULL);
    assert_reported(fixture, "");
}

static void test_circles_join_nobody(void **state) {
    struct fixture *fixture = *state;
    add(fixture, "1", "2");
    add(fixture, "2", "1");
    add(fixture, "3", "1");
    add(fixture, "4", "5");
    open_desk(fixture);
    static const char *const ids[] = {"1", "2", "3", "4", "5"};
    for (size_t i = 0; i < ARRAY_LENGTH(ids); i++)
        see(fixture, ids[i]);
    settle(fixture);
    assert_int_equal(fixture->index.joins.count, 1);
    assert_leader(fixture, "id/4", "id/5");
    assert_reported(fixture, "correction-circle 2\ncorrection-circle 1\ncorrection-circle 1\n");
}

/* Two names of one article are not told apart until it is there. */
static void test_the_same_under_another_name(void **state) {
    struct fixture *fixture = *state;
    add(fixture, "http://example.org/1", "1");
    open_desk(fixture);
    struct article article = {.id = SLICE("1"), .url = SLICE("https://example.org/1"), .title = SLICE("题")};
    apply(fixture, &article, "id/1");
    settle(fixture);
    assert_reported(fixture, "correction-circle 1\n");
    /* … but where another has the same address, that one is meant. */
    diagnostics_release(&fixture->diagnostics);
    fixture->diagnostics = (struct diagnostics){0};
    struct article copy = {.id = SLICE("2"), .url = SLICE("https://example.org/1"), .title = SLICE("题")};
    apply(fixture, &copy, "id/2");
    settle(fixture);
    assert_reported(fixture, "");
    assert_leader(fixture, "id/2", "id/1");
    assert_leader(fixture, "id/1", NULL);
}

static void test_of_several_leaders_the_first_read(void **state) {
    struct fixture *fixture = *state;
    add(fixture, "9", "http://example.org/1");
    open_desk(fixture);
    struct article first = {.id = SLICE("1"), .url = SLICE("https://example.org/1"), .title = SLICE("题")};
    struct article second = {.id = SLICE("2"), .url = SLICE("https://example.org/1"), .title = SLICE("题")};
    apply(fixture, &first, "id/1");
    apply(fixture, &second, "id/2");
    see(fixture, "9");
    settle(fixture);
    assert_leader(fixture, "id/9", "id/1");
}

/* --- the index ------------------------------------------------------------------------------------------------ */

static void test_held_and_joined_are_not_shown(void **state) {
    struct fixture *fixture = *state;
    static const struct source source = {.order = ORDER_OLDEST_FIRST};
    const struct source *const source_of_file[] = {&source};
    struct index_cursor cursor = {0};
    struct index_runs runs = {0};
    static const char *const keys[] = {"id/1", "id/2", "id/3", "id/4"};
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        struct record *record = index_add(&fixture->index, &cursor, &runs);
        *record = (struct record){.key = key_of(keys[i]), .date = (int64_t)i, .updated = INT64_MIN};
        record->held = i == 1;
        record->withdrawn = i == 3;
    }
    index_record(&fixture->index, 3)->held = true;
    vec_push(&fixture->index.joins, (struct index_join){key_of("id/3"), key_of("id/1")});
    struct index_counts counts = {0};
    index_arrange(&fixture->index, &runs, 1, source_of_file, 100, &counts);
    assert_int_equal(counts.articles, 1);
    assert_int_equal(counts.held, 1);
    assert_int_equal(counts.joined, 1);
    assert_int_equal(counts.withdrawn, 1);
    assert_int_equal(index_record(&fixture->index, fixture->index.order[0])->date, 0);
    vec_release(&runs.runs);
}

#define WITH_DESK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_of_names),
        cmocka_unit_test(test_names_fit_the_keys_of_articles),
        cmocka_unit_test(test_pages_as_names),
        WITH_DESK(test_without_corrections_only_the_key_is_made),
        WITH_DESK(test_a_corrected_title_moves_no_key),
        WITH_DESK(test_labels_replace_or_amend),
        WITH_DESK(test_by_address_and_by_id),
        WITH_DESK(test_by_page),
        WITH_DESK(test_names_of_nobody),
        WITH_DESK(test_chains_end_at_the_last_leader),
        WITH_DESK(test_circles_join_nobody),
        WITH_DESK(test_the_same_under_another_name),
        WITH_DESK(test_of_several_leaders_the_first_read),
        WITH_DESK(test_held_and_joined_are_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
