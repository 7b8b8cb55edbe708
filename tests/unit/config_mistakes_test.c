#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/loaded.h"

/* --- what is wrong ------------------------------------------------------------------------------------------ */

static void test_all_mistakes_in_one_run(void **state) {
    static const char text[] = "site:\n"
                               "  titel: 上海招商\n"
                               "  url: feeds.example.org\n"
                               "  tag: feeds.example.org;2026\n"
                               "  timezone: 上海\n"
                               "  icp: 一\n"
                               "  icp: 二\n"
                               "sources:\n"
                               "  - files: articles/**/*.md\n"
                               "    contents: summary\n"
                               "    expect: 3\n"
                               "  - files: dumps/*.dat\n"
                               "  - fields: {titel: headline}\n"
                               "taxonomies:\n"
                               "  district:\n"
                               "    label: 区\n"
                               "    score: {min: -1, shares: 0.2}\n"
                               "    otherwise: nowhere\n"
                               "    spans:\n"
                               "      虹桥 (大|虹桥: putou\n"
                               "    terms:\n"
                               "      putuo:\n"
                               "        label: 普陀区\n"
                               "        strong: 上海(市|普陀 桃浦镇\n"
                               "        words: [普陀, {words: 长风, inn: title}]\n"
                               "        not: 浙江…普陀…区\n"
                               "      Jingan: {label: 静安区}\n"
                               "      xuhui: {short: 普陀区}\n"
                               "channels:\n"
                               "  - {path: /x, title: 全部, all: true}\n"
                               "  - {path: '/{district}/{topic}/', each: [district]}\n"
                               "  - {path: /a/, title: 甲, where: {district: [pudong]}}\n"
                               "output: {formats: [atom, xbel], items: 0, max_bytes: 5x}\n"
                               "retired: {district: [putuo], paths: [x]}\n"
                               "templates: x\n";
    assert_mistake(state, text,
                   "feeds.yaml:1:1 config-missing-key\n"
                   "feeds.yaml:2:3 config-unknown-key\n"
                   "feeds.yaml:3:8 config-bad-value\n"
                   "feeds.yaml:4:8 config-bad-value\n"
                   "feeds.yaml:5:13 config-bad-value\n"
                   "feeds.yaml:7:3 yaml-duplicate-key\n"
                   "feeds.yaml:10:5 config-unknown-key\n"
                   "feeds.yaml:11:13 config-bad-value\n"
                   "feeds.yaml:12:5 config-missing-key\n"
                   "feeds.yaml:13:5 config-missing-key\n"
                   "feeds.yaml:13:14 config-unknown-key\n"
                   "feeds.yaml:17:18 config-bad-value\n"
                   "feeds.yaml:17:22 config-unknown-key\n"
                   "feeds.yaml:18:16 config-unknown-term\n"
                   "feeds.yaml:20:10 rule-syntax\n"
                   "feeds.yaml:20:17 config-unknown-term\n"
                   "feeds.yaml:24:19 rule-syntax\n"
                   "feeds.yaml:25:33 config-unknown-key\n"
                   "feeds.yaml:26:14 rule-syntax\n"
                   "feeds.yaml:27:7 config-bad-value\n"
                   "feeds.yaml:28:7 config-missing-key\n"
                   "feeds.yaml:28:7 config-bad-value\n"
                   "feeds.yaml:30:13 config-bad-value\n"
                   "feeds.yaml:31:25 config-bad-value\n"
                   "feeds.yaml:32:46 config-unknown-term\n"
                   "feeds.yaml:33:26 config-bad-value\n"
                   "feeds.yaml:33:40 config-bad-value\n"
                   "feeds.yaml:33:54 config-bad-value\n"
                   "feeds.yaml:34:22 config-bad-value\n"
                   "feeds.yaml:34:38 config-bad-value\n"
                   "feeds.yaml:35:1 config-unknown-key\n");
}

static void test_unknown_key_has_nearest_as_hint(void **state) {
    struct loaded *loaded = *state;
    assert_false(load(state, HEAD "otuput: {items: 5}\n"));
    const struct diagnostic *item = &loaded->diagnostics.items.items[0];
    assert_slice(item->hint, "did you mean output?");
    assert_slice(item->excerpt, "otuput: {items: 5}");
}

static void test_empty_file_lacks_what_is_required(void **state) {
    assert_mistake(state, "", "feeds.yaml:1:1 config-missing-key\nfeeds.yaml:1:1 config-missing-key\n");
}

static void test_keys_of_later_versions_are_unknown(void **state) {
    assert_mistake(state,
                   "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026'}\n"
                   "sources: [{files: a.md, cookies: x}]\n"
                   "templates: x\n",
                   "feeds.yaml:2:25 config-unknown-key\nfeeds.yaml:3:1 config-unknown-key\n");
}

static void test_chinese_colons(void **state) {
    assert_mistake(state, HEAD "output:\n  directory：public\n", "feeds.yaml:7:12 yaml-chinese-colon\n");
    assert_mistake(state, HEAD "output: {directory：public}\n", "feeds.yaml:6:19 yaml-chinese-colon\n");
    assert_mistake(state, HEAD "channels:\n  - path：/\n", "feeds.yaml:7:9 yaml-chinese-colon\n");
    assert_mistake(state, HEAD "taxonomies：\n  district: x\n", "feeds.yaml:6:11 yaml-chinese-colon\n");
}

static void test_bad_tags(void **state) {
    static const char *const tags[] = {"2026",           "x.org,26",    "x.org,2026-13", "x.org,2026-02-30",
                                       "X.org,2026",     "-x.org,2026", "x..org,2026",   "x.org,",
                                       "a b@x.org,2026", "@x.org,2026", "x.org,2026-1",  "x.org,2026-1-1"};
    for (size_t i = 0; i < ARRAY_LENGTH(tags); i++) {
        struct loaded *loaded = *state;
        CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
        buf_append_format(&text, "site: {title: T, url: 'https://x.org/', tag: '%s'}\nsources: [{files: a.md}]\n",
                          tags[i]);
        assert_false(load(state, buf_string(&text)));
        assert_int_equal(loaded->diagnostics.items.count, 1);
        assert_int_equal(loaded->diagnostics.items.items[0].place.line, 1);
        diagnostics_release(&loaded->diagnostics);
        loaded->diagnostics = (struct diagnostics){0};
    }
}

static void test_bad_paths(void **state) {
    static const struct {
        const char *path;
        unsigned column;
    } cases[] = {
        {"x/", 12},
        {"/x", 13},
        {"/a//b/", 15},
        {"/../", 13},
        {"/.x/", 13},
        {"/Ab/", 13},
        {"/a b/", 14},
        {"/a/./", 15},
        {"/普陀/", 13},
        {"/{district}/", 13},
        {"/a{/", 14},
        {"/atom.xml/", 13},
        {"/a/feeds.opml/", 15},
        {"/manifest.json/b/", 13},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
        CLEANUP(buf_release) struct buf expected = BUF(BUF_UNLIMITED);
        buf_append_format(&text, HEAD DISTRICTS "channels:\n  - {path: '%s', title: x, all: true}\n", cases[i].path);
        /* Inside the quotes, hence one further. */
        buf_append_format(&expected, "feeds.yaml:8:%u config-bad-value\n", cases[i].column + 1);
        assert_mistake(state, buf_string(&text), buf_string(&expected));
    }
}

static void test_bad_channels(void **state) {
    static const struct {
        const char *channel, *reported;
    } cases[] = {
        {"{path: /, title: x}", "feeds.yaml:8:5 config-missing-key\n"},
        {"{path: /, title: x, all: true, each: district}",
         "feeds.yaml:8:5 config-bad-value\nfeeds.yaml:8:12 config-bad-value\n"},
        {"{path: /, all: true}", "feeds.yaml:8:5 config-missing-key\n"},
        {"{path: /, title: x, all: yes}", "feeds.yaml:8:5 config-missing-key\nfeeds.yaml:8:30 config-bad-value\n"},
        {"{path: '/{district}/{district}/', each: district}", "feeds.yaml:8:12 config-bad-value\n"},
        {"{path: /x/, each: district}", "feeds.yaml:8:12 config-bad-value\n"},
        {"{path: '/{district}/', each: [district, district]}", "feeds.yaml:8:45 config-bad-value\n"},
        {"{path: '/{district}/', each: distrikt}", "feeds.yaml:8:34 config-unknown-term\n"},
        {"{path: '/{district}/', each: []}", "feeds.yaml:8:34 config-bad-value\n"},
        {"{path: '/{district}/', each: district, title: '{topic}'}", "feeds.yaml:8:52 config-bad-value\n"},
        {"{path: /, title: x, where: {}}", "feeds.yaml:8:32 config-bad-value\n"},
        {"{path: /, title: x, where: {topic: a}}", "feeds.yaml:8:33 config-unknown-term\n"},
        {"{path: /, title: x, where: {district: {none: a}}}", "feeds.yaml:8:44 config-unknown-key\n"},
        {"{path: /, title: x, where: {district: []}}", "feeds.yaml:8:43 config-bad-value\n"},
        {"x", "feeds.yaml:8:5 config-wrong-kind\n"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
        buf_append_format(&text, HEAD DISTRICTS "channels:\n  - %s\n", cases[i].channel);
        assert_mistake(state, buf_string(&text), cases[i].reported);
    }
}

static void test_bad_taxonomies(void **state) {
    static const struct {
        const char *taxonomies, *reported;
    } cases[] = {
        {"source: {label: x, terms: {a: {label: a}}}", "feeds.yaml:6:14 config-bad-value\n"},
        {"paths: {label: x, terms: {a: {label: a}}}", "feeds.yaml:6:14 config-bad-value\n"},
        {"-a: {label: x, terms: {a: {label: a}}}", "feeds.yaml:6:14 config-bad-value\n"},
        {"a: {label: x}", "feeds.yaml:6:14 config-missing-key\n"},
        {"a: {label: x, terms: {}}", "feeds.yaml:6:28 config-bad-value\n"},
        {"a: {label: x, terms: {b: {label: y}, c: {label: y}}}", "feeds.yaml:6:51 config-bad-value\n"},
        {"a: {label: x, terms: {b: {label: c}, c: {label: y}}}", "feeds.yaml:6:36 config-bad-value\n"},
        {"a: {label: x, terms: {b: {label: y, background: true, alongside: true}}}",
         "feeds.yaml:6:36 config-bad-value\n"},
        {"a: {label: x, spread: {to: b}, terms: {b: {label: y}}}", "feeds.yaml:6:28 config-missing-key\n"},
        {"a: {label: x, spread: {at_least: 1, to: [b]}, terms: {b: {label: y}}}",
         "feeds.yaml:6:47 config-bad-value\nfeeds.yaml:6:54 config-wrong-kind\n"},
        {"a: {label: x, spans: {w: b* c*}, terms: {b: {label: y}, c: {label: z}}}",
         "feeds.yaml:6:42 config-bad-value\n"},
        {"a: {label: x, spans: {w: }, terms: {b: {label: y}}}", "feeds.yaml:6:36 config-bad-value\n"},
        {"a: {label: [x], terms: {b: {label: y}}}", "feeds.yaml:6:25 config-wrong-kind\n"},
        {"a: {label: x, score: {share: 1.5, of_best: x}, terms: {b: {label: y}}}",
         "feeds.yaml:6:43 config-bad-value\nfeeds.yaml:6:57 config-bad-value\n"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
        buf_append_format(&text, HEAD "taxonomies: {%s}\n", cases[i].taxonomies);
        assert_mistake(state, buf_string(&text), cases[i].reported);
    }
}

static void test_too_many_terms(void **state) {
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    buf_append_string(&text, HEAD "taxonomies:\n  a:\n    label: x\n    terms:\n");
    for (unsigned i = 0; i < TERMS_MOST; i++)
        buf_append_format(&text, "      t%u: {label: l%u}\n", i, i);
    assert_good(state, buf_string(&text));
    buf_append_string(&text, "      more: {label: more}\n");
    assert_mistake(state, buf_string(&text), "feeds.yaml:1034:7 config-bad-value\n");
}

static void test_bad_sources(void **state) {
    static const struct {
        const char *source, *reported;
    } cases[] = {
        {"{files: a.md, reader: markdwon}", "feeds.yaml:3:25 config-bad-value\n"},
        {"{files: a.md, content: half}", "feeds.yaml:3:26 config-bad-value\n"},
        {"{files: a.md, encoding: latin1}", "feeds.yaml:3:27 config-bad-value\n"},
        {"{files: a.md, append: 1}", "feeds.yaml:3:25 config-bad-value\n"},
        {"{files: '', reader: jsonl}", "feeds.yaml:3:11 config-bad-value\n"},
        {"{files: a.md, defaults: {id: x}}", "feeds.yaml:3:28 config-unknown-key\n"},
        {"{files: a.md, defaults: {district: 浦西}}", "feeds.yaml:3:38 config-unknown-term\n"},
        {"{files: a.md, fields: [x]}", "feeds.yaml:3:25 config-wrong-kind\n"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
        buf_append_format(&text,
                          "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026'}\nsources:\n- %s\n" DISTRICTS,
                          cases[i].source);
        assert_mistake(state, buf_string(&text), cases[i].reported);
    }
    assert_mistake(state, "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026'}\nsources: []\n",
                   "feeds.yaml:2:1 config-missing-key\n");
}

static void test_bad_sources_over_http(void **state) {
    assert_mistake(state,
                   "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026'}\n"
                   "sources:\n"
                   "  - {url: 'https://u.org/a', files: a.md}\n"
                   "  - {files: a.md, every: 1h, keep: 1d}\n"
                   "  - {url: 'https://me:secret@u.org/b'}\n"
                   "  - {url: 'ftp://u.org/c'}\n"
                   "  - {url: 'https://u.org/d', append: true}\n"
                   "  - {url: 'https://u.org/e', name: Up/../x}\n"
                   "  - {url: 'https://u.org/f', name: up}\n"
                   "  - {url: 'https://u.org/g', name: up}\n"
                   "  - {url: 'https://u.org/h', vanished: withdraw}\n"
                   "  - {url: 'https://u.org/i', authorization: 'Bearer x'}\n"
                   "  - {url: 'https://u.org/j', reader: markdown}\n"
                   "  - {url: 'https://u.org/k', keep: some}\n"
                   "  - {url: 'https://u.org/l@x?m@y'}\n"
                   "  - {url: 'https://u.org/m n'}\n"
                   "  - {url: 'https://u.org/新闻'}\n",
                   "feeds.yaml:3:6 config-bad-value\n"
                   "feeds.yaml:4:19 config-bad-value\n"
                   "feeds.yaml:4:30 config-bad-value\n"
                   "feeds.yaml:5:11 config-bad-value\n"
                   "feeds.yaml:6:11 config-bad-value\n"
                   "feeds.yaml:7:30 config-bad-value\n"
                   "feeds.yaml:8:36 config-bad-value\n"
                   "feeds.yaml:10:5 config-bad-value\n"
                   "feeds.yaml:11:30 config-bad-value\n"
                   "feeds.yaml:12:45 config-bad-value\n"
                   "feeds.yaml:13:38 config-bad-value\n"
                   "feeds.yaml:14:36 config-bad-value\n"
                   "feeds.yaml:16:11 config-bad-value\n");
}

static void test_bad_output(void **state) {
    assert_mistake(state, HEAD "output: {directory: ., formats: [atom, atom]}\n",
                   "feeds.yaml:6:21 config-bad-value\nfeeds.yaml:6:40 config-bad-value\n");
    assert_mistake(state, HEAD "output: {directory: a/../, formats: []}\n",
                   "feeds.yaml:6:21 config-bad-value\nfeeds.yaml:6:37 config-bad-value\n");
    assert_mistake(state, HEAD "output: {formats: html}\n", "feeds.yaml:6:19 config-bad-value\n");
    assert_mistake(state, HEAD "output: {formats: [htm]}\n", "feeds.yaml:6:20 config-bad-value\n");
    assert_mistake(state, HEAD "channels: [{path: /, title: 全部, all: true, archive: week}]\n",
                   "feeds.yaml:6:53 config-bad-value\n");
    assert_mistake(state,
                   HEAD "channels: [{path: /, title: 全部, all: true, archive: month}]\noutput: {formats: [rss]}\n",
                   "feeds.yaml:6:53 config-bad-value\n");
    assert_mistake(state, HEAD "output: {max_bytes: 2000G}\n", "feeds.yaml:6:21 config-bad-value\n");
    assert_mistake(state, HEAD "output: x\n", "feeds.yaml:6:9 config-wrong-kind\n");
}

/* What no feed may have, and what no text has when it is matched, is taken out with a warning. */
static void test_text_is_repaired(void **state) {
    struct loaded *loaded = *state;
    const struct settings *settings = &loaded->settings;
    assert_true(load(state, HEAD "taxonomies:\n  d:\n    label: \"区\\u0001\"\n    terms:\n"
                                 "      a: {label: \"甲\\uFFFE\", words: 青\u200b浦 '赵\ufeff巷'}\n"
                                 "      b: {label: \"乙\\0  x\", words: 徐\u00ad泾}\n"
                                 "channels: [{path: /, title: \"全部\\u0008\\u202E\", all: true}]\n"));
    assert_int_equal(loaded->diagnostics.items.count, 6);
    const struct taxonomy *taxonomy = &settings->taxonomies.items[0];
    assert_slice(taxonomy->label, "区");
    assert_slice(taxonomy->terms[0].label, "甲");
    assert_slice(taxonomy->terms[1].label, "乙 x");
    assert_slice(taxonomy->words[0].folded, "青浦");
    assert_slice(taxonomy->words[2].folded, "徐泾");
    assert_int_equal(settings->channels[0].title.size, strlen("全部") + 6);
    const struct diagnostic *first = &loaded->diagnostics.items.items[0];
    assert_int_equal(first->id, DIAGNOSTIC_TEXT_REPAIRED);
    assert_int_equal(first->place.line, 8);
    assert_int_equal(first->place.column, 12);
    assert_slice(first->detail, "1 control character");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(all_mistakes_in_one_run),
        TEST(unknown_key_has_nearest_as_hint),
        TEST(empty_file_lacks_what_is_required),
        TEST(keys_of_later_versions_are_unknown),
        TEST(chinese_colons),
        TEST(text_is_repaired),
        TEST(bad_tags),
        TEST(bad_paths),
        TEST(bad_channels),
        TEST(bad_taxonomies),
        TEST(too_many_terms),
        TEST(bad_sources),
        TEST(bad_sources_over_http),
        TEST(bad_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
