#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assemble/key.h"

/* Ids are for ever: these strings may never change. */

static struct article article_of(const char *title, const char *date) {
    struct article article = {.title = slice_of(title)};
    assert_true(date_parse(slice_of(date), &article.date));
    return article;
}

static void assert_key(const struct article *article, const char *wanted) {
    CLEANUP(buf_release) struct buf key = BUF(4096);
    article_append_key(article, &key);
    assert_string_equal(buf_string(&key), wanted);
}

static void own_id_comes_first(void **state) {
    (void)state;
    struct article article = article_of("题", "2026-01-01");
    article.id = slice_of("2026/05-x");
    article.url = slice_of("https://example.com/x");
    assert_key(&article, "id/2026/05-x");
    article.id = slice_of("a b#c%d中");
    assert_key(&article, "id/a%20b%23c%25d%E4%B8%AD");
}

static void address_without_what_changes(void **state) {
    (void)state;
    struct article article = article_of("题", "2026-01-01");
    article.url = slice_of("HTTPS://WWW.Example.COM:443/A?utm_source=x&id=1&from=y#top");
    assert_key(&article, "url/example.com/A?id=1");
    article.url = slice_of("http://example.com/A?id=1");
    assert_key(&article, "url/example.com/A?id=1");
    article.url = slice_of("https://example.com/新闻");
    assert_key(&article, "url/example.com/%E6%96%B0%E9%97%BB");
}

static void derived_from_day_and_letters(void **state) {
    (void)state;
    struct article article = article_of("普陀区：经济 稳中向好！", "2026-01-01");
    assert_key(&article, "doc/941eb8bbee6b12c1199cb2f4f35699e1");
    /* Punctuation, width, script, the hour, source and body do not matter. */
    struct article other = article_of("普陀區:經濟穩中向好", "2026-01-01 08:30");
    other.body = slice_of("别的正文");
    other.source_name = slice_of("别的来源");
    assert_key(&other, "doc/941eb8bbee6b12c1199cb2f4f35699e1");
}

static void an_address_that_is_none_gives_no_key(void **state) {
    (void)state;
    struct article article = article_of("普陀区：经济 稳中向好！", "2026-01-01");
    article.url = slice_of("/relative");
    assert_key(&article, "doc/941eb8bbee6b12c1199cb2f4f35699e1");
}

static void another_day_is_another_article(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf one = BUF(4096);
    CLEANUP(buf_release) struct buf two = BUF(4096);
    struct article first = article_of("每月例会", "2026-01-01");
    struct article second = article_of("每月例会", "2026-02-01");
    article_append_key(&first, &one);
    article_append_key(&second, &two);
    assert_false(slice_equal(buf_slice(&one), buf_slice(&two)));
}

static void assert_keys_differ(const char *one_title, const char *other_title) {
    CLEANUP(buf_release) struct buf one = BUF(4096);
    CLEANUP(buf_release) struct buf two = BUF(4096);
    struct article first = article_of(one_title, "2026-01-01");
    struct article second = article_of(other_title, "2026-01-01");
    article_append_key(&first, &one);
    article_append_key(&second, &two);
    assert_string_not_equal(buf_string(&one), buf_string(&two));
}

static void titles_without_letters_are_hashed_whole(void **state) {
    (void)state;
    assert_keys_differ("🎉", "🎊");
    assert_keys_differ("！！！", "？");
    assert_keys_differ("❤\uFE0F", "☎\uFE0F");
    assert_keys_differ("ที่", "ที");
    struct article article = article_of("🎉", "2026-01-01");
    assert_key(&article, "doc/694ea0c849eb6d24d53bd5e8d178268d");
}

static void uris_are_tags(void **state) {
    (void)state;
    const struct site site = {.tag = SLICE("feeds.example.org,2026")};
    CLEANUP(buf_release) struct buf buf = BUF(4096);
    entry_append_id(&site, SLICE("url/example.com/"), &buf);
    assert_string_equal(buf_string(&buf), "tag:feeds.example.org,2026:url/example.com/");
    buf_clear(&buf);
    channel_append_id(&site, SLICE("/putuo/ic/"), &buf);
    assert_string_equal(buf_string(&buf), "tag:feeds.example.org,2026:channel/putuo/ic/");
    buf_clear(&buf);
    scheme_append(&site, SLICE("district"), &buf);
    assert_string_equal(buf_string(&buf), "tag:feeds.example.org,2026:district");
}

static int set_zone(void **state) {
    (void)state;
    return date_set_zone("+08:00") ? 0 : -1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_id_comes_first),
        cmocka_unit_test(address_without_what_changes),
        cmocka_unit_test(derived_from_day_and_letters),
        cmocka_unit_test(an_address_that_is_none_gives_no_key),
        cmocka_unit_test(another_day_is_another_article),
        cmocka_unit_test(titles_without_letters_are_hashed_whole),
        cmocka_unit_test(uris_are_tags),
    };
    return cmocka_run_group_tests(tests, set_zone, NULL);
}
