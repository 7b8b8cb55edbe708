#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/loaded.h"

/* --- what is good ------------------------------------------------------------------------------------------- */

static void test_shortest_file_has_sensible_defaults(void **state) {
    const struct settings *settings = assert_good(state, HEAD);
    assert_slice(settings->site.url, "https://feeds.example.org/");
    assert_slice(settings->site.author, "上海招商");
    assert_slice(settings->site.language, "zh-CN");
    assert_slice(settings->site.timezone, "Asia/Shanghai");
    assert_int_equal(settings->site.tag_seconds, 1767225600);
    assert_string_equal(settings->folder, ((struct loaded *)*state)->folder);
    assert_slice(settings->output.directory, "public");
    assert_int_equal(settings->output.format_count, 4);
    assert_slice(settings->output.formats[2], "json");
    assert_slice(settings->output.formats[3], "html");
    assert_int_equal(settings->source_count, 1);
    assert_string_equal(settings->sources[0].reader, "markdown");
    assert_int_equal(settings->sources[0].order, ORDER_OLDEST_FIRST);
    assert_slice(settings->sources[0].encoding, "");
    assert_int_equal(settings->channel_count, 1);
    assert_slice(settings->channels[0].path, "/");
    assert_slice(settings->channels[0].title, "全部");
    assert_true(settings->channels[0].all);
    assert_int_equal(settings->channels[0].items, 50);
    assert_int_equal(settings->channels[0].days, 7);
    assert_int_equal(settings->channels[0].max_bytes, 500 * 1024);
}

static void test_channels_of_each_taxonomy_by_default(void **state) {
    const struct settings *settings = assert_good(state, HEAD DISTRICTS);
    assert_int_equal(settings->channel_count, 2);
    assert_slice(settings->channels[1].path, "/district/{district}/");
    assert_ptr_equal(settings->channels[1].each[0], &settings->taxonomies.items[0]);
}

static void test_site(void **state) {
    const struct settings *settings = assert_good(
        state, "site: {title: T, url: 'https://x.org/a', tag: 'me.b@x.org,2026-11', author: A, subtitle: S,\n"
               "  rights: R, icp: I, icon: icon.png, logo: 'https://y.org/l.png', language: en, timezone: '+08:00'}\n"
               "sources: [{files: a.md}]\n");
    assert_slice(settings->site.icon, "https://x.org/a/icon.png");
    assert_slice(settings->site.logo, "https://y.org/l.png");
    assert_slice(settings->site.author, "A");
    assert_slice(settings->site.timezone, "+08:00");
    assert_int_equal(settings->site.tag_seconds, 1793491200);
}

static void test_sources_over_http(void **state) {
    const struct settings *settings = assert_good(
        state, "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026-11-22'}\nsources:\n"
               "  - {url: 'https://Up.example.org:8080/a.jsonl?x=1', fields: {title: headline}}\n"
               "  - {url: 'https://up.example.org/feed', name: up, every: 2h, keep: 400d, complain_after: 6h,\n"
               "     authorization: 'env:TOKEN', allow_private: true, encoding: gb18030, order: oldest-first}\n"
               "  - {url: 'https://up.example.org/l', reader: listing, keep: no, vanished: withdraw}\n");
    const struct source *sources = settings->sources;
    assert_int_equal(settings->source_count, 3);
    assert_string_equal(sources[0].reader, "jsonl");
    assert_string_equal(sources[0].upstream.reader, "jsonl");
    assert_slice(sources[0].upstream.fields[ARTICLE_FIELD_TITLE], "headline");
    assert_int_equal(sources[0].fields[ARTICLE_FIELD_TITLE].size, 0);
    assert_int_equal(sources[0].upstream.order, ORDER_OLDEST_FIRST);
    assert_int_equal(sources[0].upstream.every, 1800);
    assert_int_equal(sources[0].upstream.complain_after, 86400);
    assert_true(sources[0].upstream.keep == INT64_MAX);
    assert_true(slice_starts_with(sources[0].upstream.name, SLICE("up.example.org-8080-")));
    assert_string_equal(sources[1].reader, "jsonl");
    assert_string_equal(sources[1].upstream.reader, "feed");
    assert_slice(sources[1].files, "upstream/up.jsonl");
    assert_slice(sources[1].encoding, "");
    assert_slice(sources[1].upstream.encoding, "gb18030");
    assert_int_equal(sources[1].upstream.order, ORDER_OLDEST_FIRST);
    assert_int_equal(sources[1].upstream.every, 7200);
    assert_int_equal(sources[1].upstream.keep, 400 * 86400);
    assert_int_equal(sources[1].upstream.complain_after, 6 * 3600);
    assert_slice(sources[1].upstream.authorization, "env:TOKEN");
    assert_true(sources[1].upstream.allow_private);
    assert_int_equal(sources[2].upstream.keep, 0);
    assert_int_equal(sources[2].upstream.order, ORDER_NEWEST_FIRST);
    assert_int_equal(sources[2].order, ORDER_OLDEST_FIRST);
    assert_true(sources[2].withdraw_vanished);
    assert_string_equal(settings->kept_folder, path_of(*state, "upstream"));
}

/* Another scheme, www. and trackers: the same articles. */
static void test_made_names_outlive_https(void **state) {
    static const char *const urls[] = {"http://www.up.example.org/a?utm_source=x", "https://up.example.org/a",
                                       "https://up.example.org/b"};
    CLEANUP(arena_release) struct arena arena = {0};
    struct slice names[ARRAY_LENGTH(urls)];
    for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
        CLEANUP(buf_release) struct buf text = BUF(4096);
        buf_append_format(&text, "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026'}\nsources: [{url: '%s'}]\n",
                          urls[i]);
        names[i] = arena_copy(&arena, assert_good(state, buf_string(&text))->sources[0].upstream.name);
    }
    assert_true(slice_equal(names[0], names[1]));
    assert_false(slice_equal(names[0], names[2]));
}

static void test_sources(void **state) {
    const struct settings *settings = assert_good(
        state, "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026-11-22'}\n" DISTRICTS "sources:\n"
               "  - {files: a/*.jsonl.gz, fields: {title: headline, body: content}, append: true, expect: 3d}\n"
               "  - {files: a/*.txt, encoding: gb18030, content: summary, order: oldest-first}\n"
               "  - {files: a/*.txt, defaults: {source: 上海招商, district: [普陀, 徐汇区]}}\n"
               "  - {files: a/*.x, reader: jsonl, format: html, content: title, defaults: {district: []}}\n"
               "  - {files: b.md, defaults: {district: [+putuo, -徐汇区]}}\n");
    const struct source *sources = settings->sources;
    assert_int_equal(settings->source_count, 5);
    assert_string_equal(sources[0].reader, "jsonl");
    assert_slice(sources[0].fields[ARTICLE_FIELD_TITLE], "headline");
    assert_slice(sources[0].fields[ARTICLE_FIELD_BODY], "content");
    assert_int_equal(sources[0].fields[ARTICLE_FIELD_DATE].size, 0);
    assert_true(sources[0].append);
    assert_int_equal(sources[0].expect, 3 * 86400);
    assert_string_equal(sources[1].reader, "listing");
    assert_slice(sources[1].encoding, "gb18030");
    assert_int_equal(sources[1].content, CONTENT_SUMMARY);
    assert_int_equal(sources[1].order, ORDER_OLDEST_FIRST);
    assert_int_equal(sources[2].order, ORDER_NEWEST_FIRST);
    assert_slice(sources[2].defaults[ARTICLE_FIELD_SOURCE], "上海招商");
    assert_int_equal(sources[2].label_count, 2);
    assert_slice(sources[2].labels[0].term, "putuo");
    assert_slice(sources[2].labels[1].term, "xuhui");
    assert_int_equal(sources[3].format, BODY_HTML);
    assert_int_equal(sources[3].label_count, 1);
    assert_int_equal(sources[3].labels[0].term.size, 0);
    assert_int_equal(sources[4].labels[0].change, LABEL_ADD);
    assert_int_equal(sources[4].labels[1].change, LABEL_REMOVE);
}

static const struct word *find_word(const struct taxonomy *taxonomy, enum word_role role, const char *folded) {
    for (size_t i = 0; i < taxonomy->word_count; i++)
        if (taxonomy->words[i].role == role && slice_equal(taxonomy->words[i].folded, slice_of(folded)))
            return &taxonomy->words[i];
    return NULL;
}

static void test_taxonomy(void **state) {
    const struct settings *settings = assert_good(
        state, HEAD "taxonomies:\n"
                    "  district:\n"
                    "    label: 区\n"
                    "    support: 上海\n"
                    "    followed_by: {void: 路 大道, keep: 路演}\n"
                    "    not: 黄浦江\n"
                    "    spans: {虹桥 大虹桥: changning* 闵行, 临港: 闵行区}\n"
                    "    score: {min: 1.5, words: 1.25, repeat: 2, title_cap: 5}\n"
                    "    spread: {at_least: 4, to: 全市}\n"
                    "    rescue: 1.5\n"
                    "    otherwise: 全市\n"
                    "    terms:\n"
                    "      changning: {label: 长宁区, strong: 新泾镇, hosts: shcn.gov.cn, sources: 上海长宁}\n"
                    "      minhang: {label: 闵行区, short: 闵行, min: 3, of_best: 0.5, best_words: 2}\n"
                    "      citywide: {label: 全市, background: true, weak: 本市, not: 市委托, elsewhere: 镇江}\n"
                    "  topic: {label: 主题, terms: {ic: {label: 集成电路/半导体}}}\n");
    const struct taxonomy *district = taxonomy_find(&settings->taxonomies, SLICE("district"));
    assert_int_equal(settings->taxonomies.term_total, 4);
    assert_int_equal(taxonomy_find(&settings->taxonomies, SLICE("topic"))->first_term, 3);
    assert_int_equal(taxonomy_find_term(district, SLICE("闵行")), 1);
    assert_true(district->score.word > 1.24 && district->score.word < 1.26);
    assert_true(district->score.strong > 1.99 && district->score.strong < 2.01);
    assert_int_equal(district->score.repeat, 2);
    assert_int_equal(district->spread_at_least, 4);
    assert_int_equal(district->spread_to, 2);
    assert_int_equal(district->otherwise, 2);
    assert_int_equal(district->span_count, 2);
    assert_int_equal(district->spans[0].starred, 0);
    assert_int_equal(district->spans[0].term_count, 2);
    assert_int_equal(district->spans[1].starred, TERM_NONE);
    assert_int_equal(find_word(district, ROLE_SPAN, "临港")->span, 1);
    assert_int_equal(find_word(district, ROLE_SPAN, "临港")->place.line, 12);
    assert_int_equal(find_word(district, ROLE_SPAN, "大虹桥")->place.column, 16);
    assert_non_null(find_word(district, ROLE_KEEP, "路演"));
    assert_int_equal(find_word(district, ROLE_NOT, "黄浦江")->term, TERM_NONE);
    assert_int_equal(find_word(district, ROLE_TERM_NOT, "市委托")->term, 2);
    assert_non_null(find_word(district, ROLE_ELSEWHERE, "镇江"));
    assert_non_null(find_word(district, ROLE_HOST, "shcn.gov.cn"));
    assert_non_null(find_word(district, ROLE_SOURCE, "上海长宁"));
    /* A term without words is its label; one with words is not. */
    assert_non_null(find_word(district, ROLE_WORD, "闵行区"));
    assert_null(find_word(district, ROLE_WORD, "长宁区"));
    assert_non_null(find_word(&settings->taxonomies.items[1], ROLE_WORD, "集成电路/半导体"));
    assert_true(district->terms[1].has_min && !district->terms[0].has_min);
    assert_int_equal(district->terms[1].best_words, 2);
    assert_slice(district->terms[0].short_label, "长宁区");
}

static void test_channels(void **state) {
    const struct settings *settings =
        assert_good(state, HEAD DISTRICTS
                    "output: {items: 20, days: 0, max_bytes: 2M, formats: atom, static: files, directory: /srv/www}\n"
                    "channels:\n"
                    "  - {path: /, title: 全部, all: true}\n"
                    "  - {path: '/q-{district}/', each: district, title: '{district.short} {district}', items: 9}\n"
                    "  - {path: /a/b_c.d~e/, title: 甲, where: {district: 普陀}, list_from: 3, archive: day}\n"
                    "  - {path: /b/, title: 乙, where: {district: {any: putuo, not: [xuhui]}}, max_bytes: 0}\n"
                    "  - {path: /c/, title: 丙, where: {district: {all: [putuo, xuhui]}}}\n");
    const struct channel_rule *rules = settings->channels;
    assert_int_equal(settings->channel_count, 5);
    assert_int_equal(rules[0].items, 20);
    assert_int_equal(rules[0].max_bytes, 2 << 20);
    assert_int_equal(rules[1].items, 9);
    assert_int_equal(rules[1].days, 0);
    assert_int_equal(rules[1].each_count, 1);
    assert_int_equal(rules[2].list_from, 3);
    assert_int_equal(rules[2].archive, ARCHIVE_DAY);
    assert_int_equal(rules[3].archive, ARCHIVE_NONE);
    assert_int_equal(rules[2].where[0].any_count, 1);
    assert_int_equal(rules[3].where[0].none[0], 1);
    assert_int_equal(rules[3].max_bytes, 0);
    assert_int_equal(rules[4].where[0].all_count, 2);
    assert_int_equal(rules[4].place.line, 13);
    assert_slice(settings->output.copied_folder, "files");
    assert_int_equal(settings->output.format_count, 1);
}

static void test_retired(void **state) {
    const struct settings *settings =
        assert_good(state, HEAD DISTRICTS "retired: {district: [zhabei, luwan], old: gone, paths: [/zhabei/ic/]}\n");
    assert_int_equal(settings->retired_count, 3);
    assert_slice(settings->retired[1].term, "luwan");
    assert_slice(settings->retired[2].taxonomy, "old");
    assert_slice(settings->retired_paths[0], "/zhabei/ic/");
}

/* --- includes ----------------------------------------------------------------------------------------------- */

static void test_include_merges(void **state) {
    assert_int_equal(mkdir(path_of(*state, "rules"), 0700), 0);
    write_file(state, "rules/a.yaml", "taxonomies:\n  district:\n    label: 区\n    terms: {putuo: {label: 普陀区}}\n");
    write_file(state, "rules/b.yaml",
               "taxonomies:\n  district:\n    terms: {xuhui: {label: 徐汇区}}\n"
               "  topic: {label: 主题, terms: {ic: {label: 芯片}}}\nretired: {topic: [old]}\n");
    const struct settings *settings = assert_good(state, HEAD "include: rules/*.yaml\n");
    assert_int_equal(settings->taxonomies.count, 2);
    assert_int_equal(settings->taxonomies.items[0].term_count, 2);
    assert_int_equal(settings->retired_count, 1);
    /* One file by two patterns is one file. */
    assert_good(state, HEAD "include: [rules/b.yaml, rules/*.yaml]\n");
}

static void test_include_defining_twice_names_both_places(void **state) {
    write_file(state, "a.yaml", "taxonomies:\n  district:\n    label: 区\n    terms: {putuo: {label: 普陀区}}\n");
    write_file(state, "b.yaml", "taxonomies:\n  district:\n    label: 区\n    terms: {putuo: {label: 普陀区}}\n");
    assert_false(load(state, HEAD "include: [a.yaml, b.yaml]\n"));
    assert_reported(state, "b.yaml:3:5 yaml-duplicate-key\nb.yaml:4:13 yaml-duplicate-key\n");
    struct loaded *loaded = *state;
    struct slice detail = loaded->diagnostics.items.items[1].detail;
    assert_true(slice_ends_with(detail, SLICE("a.yaml:4:13")));
}

static void test_include_that_fails(void **state) {
    write_file(state, "a.yaml", "site: {title: x}\ntaxonomies: [x]\n");
    write_file(state, "broken.yaml", "taxonomies：\n  x: 1\n");
    assert_mistake(state, HEAD "include: [a.yaml, none/*.yaml, missing.yaml, broken.yaml]\n",
                   "feeds.yaml:6:19 config-no-include\nfeeds.yaml:6:32 config-unreadable\n"
                   "a.yaml:1:1 config-unknown-key\na.yaml:2:13 config-wrong-kind\n"
                   "broken.yaml:1:11 yaml-chinese-colon\n");
}

static void test_no_configuration(void **state) {
    struct loaded *loaded = *state;
    assert_false(config_load(path_of(loaded, "none.yaml"), &known, &loaded->diagnostics, &loaded->settings));
    assert_reported(state, "none.yaml:0:0 config-unreadable\n");
}

static void test_rules_of_the_house(void **state) {
    struct loaded *loaded = *state;
    if (access("feeds.yaml", R_OK) != 0)
        skip();
    assert_true(config_load("feeds.yaml", &known, &loaded->diagnostics, &loaded->settings));
    assert_int_equal(loaded->diagnostics.items.count, 0);
    assert_true(loaded->settings.taxonomies.count >= 2);
}

static void test_drafts_can_be_included(void **state) {
    const char *shared = getenv("PINDAO_SHARED");
    char *rules = realpath(shared ? shared : "../shared", NULL);
    if (!rules)
        skip();
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    buf_append_format(&text, HEAD "include: %s/rules/draft*.yaml\n", rules);
    free(rules);
    const struct settings *settings = assert_good(state, buf_string(&text));
    assert_int_equal(settings->taxonomies.term_total, 34);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(shortest_file_has_sensible_defaults),
        TEST(channels_of_each_taxonomy_by_default),
        TEST(site),
        TEST(sources),
        TEST(sources_over_http),
        TEST(made_names_outlive_https),
        TEST(taxonomy),
        TEST(channels),
        TEST(retired),
        TEST(include_merges),
        TEST(include_defining_twice_names_both_places),
        TEST(include_that_fails),
        TEST(no_configuration),
        TEST(rules_of_the_house),
        TEST(drafts_can_be_included),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
