#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "assemble/kept_sketch.h"
#include "base/hash_set.h"

/* What is kept of a withdrawn article, and the sets of keys that withdrawals are looked up in. */

#define BODY                                                                                                                                              \
    "园区今天举行集中签约仪式共有三十个项目落地涉及芯片医药汽车金融物流港口数据人才等多个领域总投资超过" \
    "一百亿元街道负责人介绍今后还将完善服务平台加强政策支持推动产业创新研发合作并举办论坛展会邀请企业调研"

static struct kept_sketch keep(const char *text, uint64_t labels, struct sketch *ret_sketch) {
    static const struct taxonomies none = {0};
    struct kept_sketch kept;
    sketch_make(slice_of(""), slice_of(text), ret_sketch);
    kept_sketch_make(ret_sketch, slice_of(text), &none, NULL, &kept);
    kept.labels = labels;
    return kept;
}

static bool is_copy(const char *one, uint64_t labels, const char *other, uint64_t other_labels) {
    struct sketch unused;
    struct sketch sketch;
    struct kept_sketch kept = keep(one, labels, &unused);
    struct kept_sketch own = keep(other, other_labels, &sketch);
    return kept_sketch_agrees(&kept, &sketch) && kept_sketch_is_copy(&kept, &own);
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
    assert_true(is_copy(BODY "甲", 1, BODY "乙", 3));
    assert_false(is_copy(BODY "甲", 1, BODY "乙", 2));
    /* The very same text is a copy whatever the rules say today. */
    assert_true(is_copy(BODY, 1, BODY, 2));
}

static void hex_is_read_back(void **state) {
    (void)state;
    struct sketch sketch;
    struct kept_sketch kept = keep(BODY "增长12.5%", UINT64_MAX, &sketch);
    struct kept_sketch again;
    CLEANUP(buf_release) struct buf hex = BUF(BUF_UNLIMITED);
    kept_sketch_append(&kept, &hex);
    assert_int_equal(hex.size, KEPT_SKETCH_SIZE);
    assert_true(kept_sketch_parse(buf_slice(&hex), &again));
    assert_memory_equal(kept.bins, again.bins, sizeof kept.bins);
    assert_int_equal(kept.text, again.text);
    assert_int_equal(kept.letters, again.letters);
    assert_int_equal(kept.figures, again.figures);
    assert_true(kept.labels == again.labels);
    assert_false(kept_sketch_parse(slice_from(buf_slice(&hex), 1), &again));
    hex.data[3] = 'G';
    assert_false(kept_sketch_parse(buf_slice(&hex), &again));
    assert_false(kept_sketch_parse((struct slice){0}, &again));
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
        cmocka_unit_test(copies_are_known_again),
        cmocka_unit_test(other_figures_and_terms_are_other_news),
        cmocka_unit_test(hex_is_read_back),
        cmocka_unit_test(sets_know_their_hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
