#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "assemble/kept_comparison.h"
#include "base/hash_set.h"

/* What is kept of a withdrawn article, and the sets of keys that withdrawals are looked up in. */

#define BODY                                                                                                                                              \
    "园区今天举行集中签约仪式共有三十个项目落地涉及芯片医药汽车金融物流港口数据人才等多个领域总投资超过" \
    "一百亿元街道负责人介绍今后还将完善服务平台加强政策支持推动产业创新研发合作并举办论坛展会邀请企业调研"

#define OTHER                                                                                                                                                   \
    "古镇修缮工程日前完工老街两侧四十余户居民陆续搬回石板路面按原样铺设雨水管道全部更新文物部门说木结构房屋" \
    "采用传统工艺修复游客中心下月迎客沿河步道连通三座石桥夜间灯光节能又柔和志愿者每天向来访者讲述这里的故事"
#define FOOT "免责声明本文转自其他媒体目的在于传递更多信息并不代表本网赞同其观点"
#define FOOT_TOO "如涉及版权问题请在三十日内与我们联系更多资讯请关注我们的公众号回复领取最新目录"
#define FORM(NAME)                                                                                                                                             \
    NAME "举办新春招聘会三百家单位提供岗位近五千个现场设立政策咨询台求职者可凭身份证入场今年首次开设直播专区" \
         "据介绍" NAME "将为高校毕业生送上补贴并组织技能培训班报名者络绎不绝不少单位当场达成意向" NAME "欢迎你"

static struct kept_sketch keep_titled(const char *title, const char *text, uint64_t labels, struct sketch *ret_sketch) {
    static const struct taxonomies none = {0};
    struct kept_sketch kept;
    sketch_make(slice_of(title), slice_of(text), ret_sketch);
    kept_sketch_make(ret_sketch, slice_of(title), slice_of(text), &none, NULL, &kept);
    kept.labels = labels;
    return kept;
}

static struct kept_sketch keep(const char *text, uint64_t labels, struct sketch *ret_sketch) {
    return keep_titled("", text, labels, ret_sketch);
}

static bool is_copy_of(const struct kept_sketch *kept, const char *other, uint64_t other_labels) {
    struct sketch sketch;
    struct kept_sketch own = keep(other, other_labels, &sketch);
    CLEANUP(kept_comparison_release) struct kept_comparison comparison = {.own = own};
    kept_comparison_load(&comparison, &own, slice_of(""), slice_of(other));
    return kept_sketch_proposes(kept, &sketch) && kept_comparison_is_copy(&comparison, kept, 0.6);
}

static bool is_copy(const char *one, uint64_t labels, const char *other, uint64_t other_labels) {
    struct sketch unused;
    struct kept_sketch kept = keep(one, labels, &unused);
    return is_copy_of(&kept, other, other_labels);
}

static void copies_are_known_again(void **state) {
    (void)state;
    assert_true(is_copy(BODY, 0, BODY, 0));
    assert_true(is_copy(BODY, 0, BODY "责任编辑王某更多精彩请关注本站", 0));
    assert_false(is_copy(BODY, 0, "完全不同的一篇文章说的是别的事情与前面那一篇没有任何关系只是长短差不多而已", 0));
    assert_false(is_copy("", 0, "", 0));
}

static void other_figures_and_terms_are_other_news(void **state) {
    (void)state;
    assert_true(is_copy(BODY "增长12.5%达到3400万元", 0, "讯" BODY "增长12.5%达到3400万元", 0));
    assert_false(is_copy(BODY "增长12.5%达到3400万元", 0, BODY "增长17.9%达到5600万元", 0));
    /* Labels tell news apart only where something stands in the place of something else: rules change. */
    assert_true(is_copy(FORM("静安"), 1, FORM("静安"), 2));
    assert_true(is_copy(FORM("静安"), 1, FORM("静安") "责任编辑王某", 2));
    assert_true(is_copy(FORM("静安"), 1, FORM("静安城"), 3));
    assert_false(is_copy(FORM("静安"), 1, FORM("普陀"), 2));
}

static void cut_copies_are_known_again(void **state) {
    (void)state;
    assert_true(is_copy(BODY OTHER, 0, BODY, 0));
    assert_true(is_copy(BODY, 0, BODY OTHER, 0));
    assert_true(is_copy(BODY OTHER, 1, OTHER FOOT, 2));
}

static bool titled_is_copy(const char *title, const char *text, const char *other_title, const char *other) {
    struct sketch sketch;
    struct kept_sketch kept = keep_titled(title, text, 0, &sketch);
    struct kept_sketch own = keep_titled(other_title, other, 0, &sketch);
    CLEANUP(kept_comparison_release) struct kept_comparison comparison = {.own = own};
    kept_comparison_load(&comparison, &own, slice_of(other_title), slice_of(other));
    return kept_sketch_proposes(&kept, &sketch) && kept_comparison_is_copy(&comparison, &kept, 0.6);
}

static void what_the_title_speaks_of_counts(void **state) {
    (void)state;
    assert_false(titled_is_copy("静安举办新春招聘会", FORM("静安") OTHER, "普陀举办新春招聘会", FORM("普陀") OTHER));
    assert_true(titled_is_copy("静安今年首场招聘会", BODY "静安开幕" OTHER, "转载静安今年首场招聘会",
                               BODY "静安开幕" OTHER "转载请注明"));
    assert_true(titled_is_copy("静安今年首场招聘会", BODY OTHER, "静安今年首场招聘会", OTHER FOOT));
}

/* All articles of a site may share it. */
static void a_foot_makes_no_copies(void **state) {
    (void)state;
    assert_false(is_copy(BODY FOOT FOOT_TOO, 0, OTHER FOOT FOOT_TOO, 0));
}

static void old_lines_count(void **state) {
    (void)state;
    struct sketch sketch;
    struct kept_sketch kept = keep(BODY "增长12.5%", 1, &sketch);
    struct kept_sketch again;
    CLEANUP(buf_release) struct buf hex = BUF(BUF_UNLIMITED);
    kept_sketch_append(&kept, &hex);
    assert_true(kept_sketch_parse(slice_range(buf_slice(&hex), 0, KEPT_OLD_SIZE), &again));
    assert_int_equal(again.every, 0);
    assert_true(is_copy_of(&again, BODY "增长12.5%责任编辑王某", 1));
    assert_false(is_copy_of(&again, BODY "增长12.5%责任编辑王某", 2));
    assert_false(is_copy_of(&again, OTHER, 1));
}

static void hex_is_read_back(void **state) {
    (void)state;
    struct sketch sketch;
    struct kept_sketch kept = keep(BODY "增长12.5%", UINT64_MAX, &sketch);
    struct kept_sketch again;
    CLEANUP(buf_release) struct buf hex = BUF(BUF_UNLIMITED);
    kept.title = 0x1234567;
    kept.title_words = 0x89ABCDEF01234567;
    kept_sketch_append(&kept, &hex);
    assert_int_equal(hex.size, KEPT_HEAD_SIZE + kept.run_count * 4);
    assert_true(kept.run_count > 15 && kept.run_count < 35);
    assert_true(kept.head_count < kept.run_count);
    assert_true(kept_sketch_parse(buf_slice(&hex), &again));
    assert_memory_equal(&kept, &again, sizeof kept);
    assert_false(kept_sketch_parse(slice_from(buf_slice(&hex), 1), &again));
    assert_false(kept_sketch_parse(slice_from(buf_slice(&hex), KEPT_OLD_SIZE), &again));
    hex.data[KEPT_HEAD_SIZE + 1] = 'G';
    assert_false(kept_sketch_parse(buf_slice(&hex), &again));
    hex.data[3] = 'G';
    assert_false(kept_sketch_parse(slice_range(buf_slice(&hex), 0, KEPT_OLD_SIZE), &again));
    assert_false(kept_sketch_parse((struct slice){0}, &again));
}

/* Histories last: what is kept of a text is the same for ever. */
static void hex_is_as_it_was(void **state) {
    (void)state;
    struct sketch sketch;
    struct kept_sketch kept = keep(BODY "增长12.5%", 5, &sketch);
    CLEANUP(buf_release) struct buf hex = BUF(BUF_UNLIMITED);
    kept_sketch_append(&kept, &hex);
    buf_append_byte(&hex, '\0');
    assert_string_equal(hex.data, "4c190000818400000000a059db11e5584cc900000000fa3000000000000027794c3b46410000ba2ada61"
                                  "6146000000680010000000000000000000000000000500000000000000000000000002000b07f3279c31"
                                  "383660378d47f6b1eebbd0c57fe63aecb602294f2b80588b779d5ca32faaa5c630d23bdfa9");
}

/* The sample is thinner, not longer; and tells as much. */
static void long_texts_are_sampled(void **state) {
    (void)state;
    struct sketch sketch;
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    uint32_t drawn = 1;
    for (int i = 0; i < 20000; i++, drawn = drawn * 1664525 + 1013904223)
        buf_append_format(&text, "%c%c%c", 0xE5, 0x80 + (int)(drawn >> 26), 0x80 + (int)(drawn >> 20 & 63));
    buf_append_byte(&text, '\0');
    struct kept_sketch kept = keep(text.data, 0, &sketch);
    assert_true(kept.run_count <= KEPT_RUNS_MOST && kept.run_count > KEPT_RUNS_MOST / 4);
    assert_true(kept.every > KEPT_EVERY_LEAST);
    text.data[30000] = '\0';
    assert_true(is_copy_of(&kept, text.data, 0));
    assert_false(is_copy_of(&kept, BODY, 0));
}

static void sets_know_their_hashes(void **state) {
    (void)state;
    CLEANUP(hash_set_release) struct hash_set set = {0};
    assert_false(hash_set_has(&set, (struct hash128){0, 0}));
    hash_set_seal(&set);
    assert_false(hash_set_has(&set, (struct hash128){0, 0}));
    for (uint64_t i = 0; i < 1000; i++)
        hash_set_add(&set, (struct hash128){i % 500, i * 3 % 1500});
    hash_set_seal(&set);
    assert_int_equal(set.items.count, 500);
    for (uint64_t i = 0; i < 500; i++) {
        assert_true(hash_set_has(&set, (struct hash128){i, i * 3}));
        assert_false(hash_set_has(&set, (struct hash128){i, i * 3 + 1}));
        assert_false(hash_set_has(&set, (struct hash128){i + 1, i * 3}));
    }
    hash_set_add(&set, (struct hash128){7, 22});
    hash_set_seal(&set);
    assert_true(hash_set_has(&set, (struct hash128){7, 22}));
    assert_int_equal(set.items.count, 501);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_known_again),     cmocka_unit_test(other_figures_and_terms_are_other_news),
        cmocka_unit_test(cut_copies_are_known_again), cmocka_unit_test(what_the_title_speaks_of_counts),
        cmocka_unit_test(a_foot_makes_no_copies),     cmocka_unit_test(old_lines_count),
        cmocka_unit_test(hex_is_read_back),           cmocka_unit_test(hex_is_as_it_was),
        cmocka_unit_test(long_texts_are_sampled),     cmocka_unit_test(sets_know_their_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
