#ifndef PINDAO_TESTS_UNIT_PROOF_H
#define PINDAO_TESTS_UNIT_PROOF_H

#include "base/date.h"
#include "model/feed.h"
#include "model/settings.h"
#include "render/templates.h"

/* Proofs, as printers make them: a small site with the shipped templates, hostile entries, and looks at what was drawn
 * of them. For the tests of pages. Included behind cmocka.h. */

/* 2025-07-18T00:00:00+08:00 */
enum { PROOF_DAY = 1752768000 };

struct proof {
    struct settings settings;
    struct diagnostics diagnostics;
    struct templates templates;
    struct buf buf; /* what was drawn last */
};

/* `files`: of the user's own, in place of shipped ones. */
static inline int proof_open(struct proof *proof, const char *language, const struct template_file *files,
                             size_t count) {
    *proof = (struct proof){.settings.site =
                                {
                                    .title = SLICE("上海招商 <\"站\">"),
                                    .url = SLICE("https://feeds.example.org/sub/"),
                                    .tag = SLICE("feeds.example.org,2026"),
                                    .tag_seconds = PROOF_DAY,
                                    .author = SLICE("编辑部"),
                                    .icp = SLICE("沪ICP备00000000号"),
                                },
                            .buf = BUF(BUF_UNLIMITED)};
    proof->settings.site.language = slice_of(language);
    proof->settings.output.templates = files;
    proof->settings.output.template_count = count;
    static const char *const wanted[] = {"rss", "html", "atom", "json"};
    for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++)
        proof->settings.output.formats[proof->settings.output.format_count++] = slice_of(wanted[i]);
    return templates_open(&proof->settings, &proof->diagnostics, &proof->templates) ? 0 : -1;
}

static inline int proof_set_up(void **state) {
    static struct proof proof;
    *state = &proof;
    return date_set_zone("+08:00") ? proof_open(&proof, "zh-CN", NULL, 0) : -1;
}

static inline int proof_tear_down(void **state) {
    struct proof *proof = *state;
    templates_release(&proof->templates);
    diagnostics_release(&proof->diagnostics);
    buf_release(&proof->buf);
    return 0;
}

static inline size_t proof_count(const struct proof *proof, const char *words) {
    size_t count = 0;
    struct slice page = buf_slice(&proof->buf);
    for (size_t at = 0; (at = slice_find(page, slice_of(words), at)) < page.size; at++)
        count++;
    return count;
}

static inline bool proof_has(const struct proof *proof, const char *words) {
    return proof_count(proof, words) > 0;
}

/* What was drawn last, for the eye and for HTML checkers, where PROOFS says in which folder. */
static inline void proof_keep(struct proof *proof, const char *name) {
    const char *folder = getenv("PROOFS");
    CLEANUP(buf_release) struct buf path = BUF(4096);
    if (!folder)
        return;
    buf_append_format(&path, "%s/%s", folder, name);
    FILE *file = fopen(buf_string(&path), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(proof->buf.data, 1, proof->buf.size, file), proof->buf.size);
    fclose(file);
}

/*
 * Every reference within the tree is relative to its top: none begins with / or, but for the canonical link, with the
 * site's address.
 */
static inline void proof_assert_relative(const struct proof *proof) {
    assert_false(proof_has(proof, "href=\"/") || proof_has(proof, "src=\"/"));
    assert_false(proof_has(proof, "src=\"https://feeds.example.org/"));
    assert_int_equal(proof_count(proof, "href=\"https://feeds.example.org/"),
                     proof_count(proof, "rel=\"canonical\" href=\"https://feeds.example.org/"));
    assert_false(proof_has(proof, "href=\"\"") || proof_has(proof, "=\"javascript:"));
}

static const struct author proof_authors[] = {{SLICE_CONSTANT("张三 </script><script>alert(1)</script>")},
                                              {SLICE_CONSTANT("编辑部")}};
static const struct category proof_categories[] = {
    {SLICE_CONSTANT("tag:feeds.example.org,2026:district"), SLICE_CONSTANT("putuo"), SLICE_CONSTANT("普陀<区>"),
     SLICE_CONSTANT("putuo/")},
    {SLICE_CONSTANT("tag:feeds.example.org,2026:topic"), SLICE_CONSTANT("ic"), SLICE_CONSTANT("集成电路"), {NULL, 0}},
};
static const struct slice proof_tags[] = {SLICE_CONSTANT("芯片\"<&>")};
static const struct slice proof_related[] = {SLICE_CONSTANT("https://copy.example.org/?a=1&b=2"),
                                             SLICE_CONSTANT("javascript:alert(2)")};

/* Every field, with what is hard to write in each. */
static inline struct entry proof_entry(void) {
    return (struct entry){
        .id = SLICE("tag:feeds.example.org,2026:url/a"),
        .title = SLICE("<script>alert(1)</script> \"引\" 'x' {{site.title}} {{{text.home}}} & 普陀 </title> <!--"),
        .url = SLICE("https://example.org/路径 a?b=1&c=2"),
        .published = PROOF_DAY,
        .updated = PROOF_DAY + 3 * 86400,
        .authors = proof_authors,
        .author_count = ARRAY_LENGTH(proof_authors),
        .summary = SLICE("一句话 & <i>两句</i>话。\"</script>"),
        .body = SLICE("<p>正文 &amp; <a href=\"https://example.org/?a=1&amp;b=2\">链接</a></p>"),
        .source_name = SLICE("上海\"招商\""),
        .source_url = SLICE("https://source.example.org/?<x>"),
        .language = SLICE("en"),
        .categories = proof_categories,
        .category_count = ARRAY_LENGTH(proof_categories),
        .tags = proof_tags,
        .tag_count = 1,
        .related = proof_related,
        .related_count = ARRAY_LENGTH(proof_related),
        .image = SLICE("https://example.org/图.png?a&b"),
        .enclosure = {SLICE("https://example.org/a.mp3"), SLICE("audio/mpeg"), 1234567},
    };
}

/* Nothing but what must be there; it has a page of its own. */
static inline struct entry proof_bare_entry(void) {
    return (struct entry){
        .id = SLICE("tag:feeds.example.org,2026:doc/b"),
        .title = SLICE("只有标题"),
        .page = SLICE("article/0123456789abcdef0123.html"),
        .published = PROOF_DAY - 1,
        .updated = PROOF_DAY - 1,
        .authors = &proof_authors[1],
        .author_count = 1,
    };
}

#endif
