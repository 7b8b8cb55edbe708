#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assemble/duplicates.h"
#include "assemble/proposals.h"
#include "assemble/resemblance.h"
#include "text/fold.h"

#define BRIDGE                                                                                                                                                              \
    "普陀区桃浦镇的第一座人行桥昨天开放，两岸居民少绕一公里半。桥长62米，宽5米，桥面铺的是拆迁时留下的旧枕木，扶手里" \
    "藏着夜灯。"                                                                                                                                                       \
    "设计师在图纸上改了十一稿，最后一稿把台阶全部换成缓坡，推婴儿车和轮椅的人都能自己过桥。"
#define SHORE                                                                                                          \
    "桥下保留了一段老驳岸，涨潮时水会没过第三级石阶，退潮后能看见从前系船的铁环。开放第一天，有四千多人走过这座桥。"
#define CLOCK                                                                                                                                                                  \
    "一家做了三十年钟表维修的小店上周搬进了新的社区商业街，店主把原来的柜台整块搬了过来，柜台玻璃上还留着孩子们按下的" \
    "指印。"                                                                                                                                                                \
    "新店面积只有十二平方米，租金由街道补贴一半，条件是每个月办一次免费检修日，第一次检修日那天，队伍排到了面馆门口。"

static struct sketch sketch_of(const char *title, const char *text) {
    CLEANUP(buf_release) struct buf folded_title = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf folded_text = BUF(BUF_UNLIMITED);
    struct sketch sketch;
    text_fold(slice_of(title), &folded_title, NULL);
    text_fold(slice_of(text), &folded_text, NULL);
    sketch_make(buf_slice(&folded_title), buf_slice(&folded_text), &sketch);
    return sketch;
}

static int bins_in_common(const struct sketch *a, const struct sketch *b) {
    int count = 0;
    for (int i = 0; i < SKETCH_BINS; i++)
        count += a->bins[i] && a->bins[i] == b->bins[i];
    return count;
}

/* --- sketches ----------------------------------------------------------------------------------------------- */

static void marks_and_script_do_not_matter(void **state) {
    (void)state;
    struct sketch plain = sketch_of("人行桥昨天在桃浦开放", "桥长六十二米，宽五米，桥面铺的是旧枕木。");
    struct sketch other = sketch_of("人行桥，昨天在桃浦開放！", "橋長六十二米;宽五米\n橋面鋪的是“舊枕木”");
    assert_true(sketch_same_text(&plain, &other));
    assert_int_equal(plain.title, other.title);
    assert_int_not_equal(plain.title, 0);
    assert_int_equal(plain.letters, 17);
}

static void short_titles_and_empty_texts_say_nothing(void **state) {
    (void)state;
    struct sketch none = sketch_of("公告", "");
    struct sketch other = sketch_of("公告", "……");
    assert_int_equal(none.title, 0);
    assert_int_equal(none.letters, 0);
    assert_false(sketch_same_text(&none, &other));
    assert_int_equal(bins_in_common(&none, &other), 0);
}

static void bins_follow_what_is_common(void **state) {
    (void)state;
    struct sketch whole = sketch_of("", BRIDGE SHORE);
    struct sketch part = sketch_of("", BRIDGE);
    struct sketch turned = sketch_of("", SHORE BRIDGE);
    struct sketch other = sketch_of("", CLOCK);
    assert_in_range(bins_in_common(&whole, &part), 8, 19);
    assert_in_range(bins_in_common(&whole, &turned), 16, SKETCH_BINS);
    assert_int_equal(bins_in_common(&whole, &other), 0);
}

/* Longer than what is looked at in one go: nothing is lost where the parts meet. */
static void long_texts_are_one_text(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    for (unsigned i = 0; i < 400; i++)
        buf_append_format(&text, "第%u件事说完了", i);
    struct sketch whole = sketch_of("", buf_string(&text));
    struct sketch shifted;
    buf_append_string(&text, "。");
    sketch_make((struct slice){0}, buf_slice(&text), &shifted);
    assert_true(sketch_same_text(&whole, &shifted));
    buf_append_string(&text, "完");
    sketch_make((struct slice){0}, buf_slice(&text), &shifted);
    assert_false(sketch_same_text(&whole, &shifted));
    assert_in_range(bins_in_common(&whole, &shifted), SKETCH_BINS - 2, SKETCH_BINS);
}

static void ill_formed_bytes_are_passed_over(void **state) {
    (void)state;
    struct sketch sketch;
    sketch_make((struct slice){0}, (struct slice){"a\xE6\x9D", 3}, &sketch);
    assert_int_equal(sketch.letters, 1);
    sketch_make((struct slice){0}, (struct slice){"\xE3\x80", 2}, &sketch);
    assert_int_equal(sketch.letters, 0);
}

/* --- resemblance -------------------------------------------------------------------------------------------- */

static struct resemblance compare(const char *a_title, const char *a, const char *b_title, const char *b) {
    CLEANUP(comparison_release) struct comparison comparison = {0};
    struct buf folded[4] = {BUF(BUF_UNLIMITED), BUF(BUF_UNLIMITED), BUF(BUF_UNLIMITED), BUF(BUF_UNLIMITED)};
    const char *texts[4] = {a_title, a, b_title, b};
    struct resemblance resemblance;
    struct resemblance turned;
    for (int i = 0; i < 4; i++)
        text_fold(slice_of(texts[i]), &folded[i], NULL);
    const struct comparand left = {buf_slice(&folded[0]), buf_slice(&folded[1])};
    const struct comparand right = {buf_slice(&folded[2]), buf_slice(&folded[3])};
    resemblance_measure(&comparison, &left, &right, &resemblance);
    resemblance_measure(&comparison, &right, &left, &turned);
    /* Whoever comes first. */
    assert_int_equal(resemblance_is_copy(&resemblance, 0.6, false), resemblance_is_copy(&turned, 0.6, false));
    for (int i = 0; i < 4; i++)
        buf_release(&folded[i]);
    return resemblance;
}

static bool copies(const char *a_title, const char *a, const char *b_title, const char *b) {
    struct resemblance resemblance = compare(a_title, a, b_title, b);
    return resemblance_is_copy(&resemblance, 0.6, false);
}

static void copies_are_found(void **state) {
    (void)state;
    assert_true(copies("桥开了", BRIDGE SHORE, "另一个题目", BRIDGE SHORE));
    assert_true(copies("桥开了", BRIDGE SHORE, "另一个题目", BRIDGE));
    assert_true(copies("桥开了", BRIDGE SHORE, "另一个题目", SHORE BRIDGE));
    assert_true(copies("桥开了", BRIDGE SHORE, "另一个题目",
                       "打印本页\n" BRIDGE SHORE "\n免责声明：转自其他媒体，电话55550000。"));
    assert_true(copies("", BRIDGE SHORE, "",
                       "普陀区桃浦镇的首座人行桥日前开放，两岸住户少绕一公里半。桥长62米，宽5米，桥面铺的是拆迁时留下的"
                       "旧枕木，扶手里藏着夜灯。"
                       "工程师在图纸上改了十一稿，最后一稿把台阶都换成缓坡，推婴儿车和轮椅的人都能自己过桥。" SHORE));
}

static void other_news_is_none(void **state) {
    (void)state;
    assert_false(copies("桥开了", BRIDGE SHORE, "桥开了", CLOCK));
    /* A shared end under news of their own. */
    assert_false(copies(
        "", CLOCK BRIDGE SHORE, "",
        "昨天傍晚一场大雨过后，弄堂里的积水两个小时才退去，居民把沙袋重新堆到了门口，抽水泵响了一夜没有停。" BRIDGE
            SHORE));
    /* A digest that holds it. */
    assert_false(copies("桥", SHORE, "一周要闻", SHORE BRIDGE CLOCK CLOCK CLOCK));
    assert_false(copies("", "", "", BRIDGE));
    assert_false(copies("", "", "", ""));
}

/* FORM with a name, a date and two figures. */
#define FORM(name, date, count, share)                                                                                 \
    "根据统一部署，" name "今年的入学报名工作自" date "开始，家长登录报名系统填写信息并上传材料，预计招收新生" count   \
    "人，比去年增长" share                                                                                             \
    "%，公办小学就近入学，民办小学电脑随机录取，请家长不要听信任何收费代办的说法，如遇问题可到街道服务中心求助。"

static void a_form_filled_in_again_is_news(void **state) {
    (void)state;
    const char *notice = FORM("普陀区", "4月6日", "8120", "3.5");
    assert_true(copies("普陀区入学报名公告", notice, "报名开始了，家长请看", notice));
    assert_false(copies("入学报名公告", notice, "入学报名公告", FORM("普陀区", "4月5日", "8410", "2.9")));
    assert_false(copies("普陀区入学报名公告", notice, "静安区入学报名公告", FORM("静安区", "4月6日", "8120", "3.5")));
    /* With labels apart one other name is enough, without it may be a slip. */
    struct resemblance neighbour = compare("公告", notice, "公告", FORM("静安区", "4月6日", "8120", "3.5"));
    assert_int_equal(neighbour.names_other, 1);
    assert_true(resemblance_is_copy(&neighbour, 0.6, false));
    assert_false(resemblance_is_copy(&neighbour, 0.6, true));
}

static void figures_are_whole_figures(void **state) {
    (void)state;
    struct resemblance resemblance =
        compare("", FORM("我区", "4月6日", "8120", "3.5"), "", FORM("我区", "4月6日", "8190", "3.5"));
    assert_int_equal(resemblance.figures_other, 1);
    assert_int_equal(resemblance.figures_same, 3);
    resemblance = compare("", FORM("我区", "四月六日", "", ""), "", FORM("我区", "四月七日", "", ""));
    assert_int_equal(resemblance.figures_other, 1);
    /* What was lost is no other figure. */
    resemblance = compare("", FORM("我区", "4月6日", "8120", "3.5"), "", FORM("我区", "4月6日", "8??", "3.5"));
    assert_int_equal(resemblance.figures_other, 0);
}

static void under_short_texts_the_title_decides(void **state) {
    (void)state;
    assert_false(copies("甲公司环评公示", "详见附件", "乙公司环评公示", "详见附件"));
    assert_true(copies("甲公司环评受理公示", "详见附件，公示期为七个工作日。", "甲公司环评受理公示",
                       "详见附件，公示期为七个工作日。"));
}

/* --- proposals ---------------------------------------------------------------------------------------------- */

static struct sketch numbered(uint16_t value) {
    struct sketch sketch = {.letters = 200};
    for (uint16_t i = 0; i < SKETCH_BINS; i++)
        sketch.bins[i] = (uint16_t)(value * 32 + i + 1);
    return sketch;
}

static void proposals_name_the_alike(void **state) {
    (void)state;
    struct proposals proposals;
    struct proposal found[PROPOSALS_MOST];
    proposals_init(&proposals);
    struct sketch first = numbered(1);
    struct sketch second = numbered(2);
    struct sketch mixed = numbered(3);
    memcpy(mixed.bins, first.bins, 5 * sizeof *mixed.bins);
    memcpy(mixed.bins + 10, second.bins + 10, 2 * sizeof *mixed.bins);
    proposals_add(&proposals, &first);
    proposals_add(&proposals, &second);
    assert_int_equal(proposals_find(&proposals, &mixed, 0.3, found), 1);
    assert_int_equal(found[0].number, 0);
    assert_int_equal(found[0].score, 5);
    /* The same title makes up for bins. */
    proposals_remove(&proposals, 1);
    second.title = mixed.title = 0x10007;
    assert_int_equal(proposals_find(&proposals, &mixed, 0.3, found), 1);
    proposals_add(&proposals, &second);
    assert_int_equal(proposals_find(&proposals, &mixed, 0.3, found), 2);
    assert_int_equal(found[1].number, 2);
    assert_int_equal(found[1].score, 2 + PROPOSALS_LEAST);
    /* The same low half is not the same title. */
    mixed.title = 0x20007;
    assert_int_equal(proposals_find(&proposals, &mixed, 0.3, found), 1);
    proposals_expire(&proposals, 1);
    assert_int_equal(proposals_find(&proposals, &mixed, 0.3, found), 0);
    proposals_release(&proposals);
}

static void what_many_share_proposes_nobody(void **state) {
    (void)state;
    struct proposals proposals;
    struct proposal found[PROPOSALS_MOST];
    struct sketch form = numbered(1);
    proposals_init(&proposals);
    for (int i = 0; i < PROPOSALS_COMMON; i++)
        proposals_add(&proposals, &form);
    assert_int_equal(proposals_find(&proposals, &form, 0.3, found), PROPOSALS_MOST);
    assert_int_equal(found[0].number, 0);
    assert_int_equal(found[PROPOSALS_MOST - 1].number, PROPOSALS_MOST - 1);
    proposals_add(&proposals, &form);
    assert_int_equal(proposals_find(&proposals, &form, 0.3, found), 0);
    /* Until they are out of the window; the ring has grown and wrapped meanwhile. */
    struct sketch other = numbered(2);
    for (uint32_t i = 0; i < 5000; i++) {
        proposals_expire(&proposals, proposals.end > 100 ? proposals.end - 100 : 0);
        proposals_add(&proposals, &other);
    }
    proposals_add(&proposals, &form);
    assert_int_equal(proposals_find(&proposals, &form, 0.3, found), 1);
    proposals_release(&proposals);
}

static void the_ring_grows(void **state) {
    (void)state;
    struct proposals proposals;
    struct proposal found[PROPOSALS_MOST];
    struct sketch *sketches = memory_new_array(3000, sizeof *sketches);
    proposals_init(&proposals);
    for (uint16_t i = 0; i < 3000; i++) {
        sketches[i] = numbered(i % 2000);
        proposals_expire(&proposals, i > 1500 ? i - 1500u : 0);
        assert_int_equal(proposals_find(&proposals, &sketches[i], 0.3, found), 0);
        proposals_add(&proposals, &sketches[i]);
    }
    for (uint16_t i = 1500; i < 2000; i++) {
        assert_int_equal(proposals_find(&proposals, &sketches[i], 0.3, found), 1);
        assert_int_equal(found[0].number, i);
    }
    proposals_release(&proposals);
    free(sketches);
}

/* --- groups ------------------------------------------------------------------------------------------------- */

enum { NOW = 100 * 86400, DAY = 86400, ARTICLES_MOST = 16 };

struct fixture {
    struct index index;
    struct index_cursor cursor;
    struct index_runs runs;
    struct label_table labels;
    const char *texts[ARTICLES_MOST]; /* by record number */
    size_t count;
    struct index_counts counts;
    size_t hidden;
};

static const struct source source = {.order = ORDER_OLDEST_FIRST};

static int set_up(void **state) {
    struct fixture *fixture = memory_new(sizeof *fixture);
    index_init(&fixture->index);
    fixture->index.sketched = true;
    label_table_init(&fixture->labels, 8);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    vec_release(&fixture->runs.runs);
    index_release(&fixture->index);
    label_table_release(&fixture->labels);
    free(fixture);
    return 0;
}

static struct sketch *add(struct fixture *fixture, uint64_t key, int day, const char *text) {
    struct record *record = index_add(&fixture->index, &fixture->cursor, &fixture->runs);
    *record = (struct record){
        .key = {0, key}, .date = (int64_t)day * DAY, .updated = INT64_MIN, .text_bytes = (uint32_t)strlen(text)};
    struct sketch *sketch = index_added_sketch(&fixture->cursor);
    *sketch = sketch_of("", text);
    fixture->texts[fixture->count++] = text;
    return sketch;
}

static bool read_text(void *context, size_t worker, uint32_t record, struct buf *title, struct buf *text) {
    const struct fixture *fixture = context;
    (void)worker;
    (void)title;
    text_fold(slice_of(fixture->texts[record]), text, NULL);
    return true;
}

static void find(struct fixture *fixture) {
    static const struct source *const sources[] = {&source};
    static const struct taxonomies none = {0};
    const struct duplicates_settings settings = {true, 7, 0.6};
    const struct duplicates_reader reader = {.context = fixture, .read = read_text};
    index_arrange(&fixture->index, &fixture->runs, 1, sources, NOW, &fixture->counts);
    const struct duplicates_request request = {
        .index = &fixture->index,
        .settings = &settings,
        .taxonomies = &none,
        .labels = &fixture->labels,
        .workers = 2,
        .reader = &reader,
    };
    duplicates_find(&request, &fixture->hidden);
}

/* The group led by the article with this key: its members' keys in order, and the one shown. */
static void assert_group(const struct fixture *fixture, uint64_t leader, uint64_t shown, size_t count,
                         const uint64_t *members) {
    for (size_t i = 0; i < fixture->index.order_count; i++) {
        const struct index_group *group = index_group_of(&fixture->index, fixture->index.order[i]);
        if (index_record(&fixture->index, fixture->index.order[i])->key.low != leader)
            continue;
        assert_non_null(group);
        assert_int_equal(group->count, count);
        for (size_t k = 0; k < count; k++)
            assert_int_equal(index_record(&fixture->index, fixture->index.members.items[group->first + k])->key.low,
                             members[k]);
        assert_int_equal(index_record(&fixture->index, group->shown)->key.low, shown);
        return;
    }
    fail_msg("%u leads nobody", (unsigned)leader);
}

static void the_earliest_leads_and_the_fullest_is_shown(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 3, 12, BRIDGE SHORE);
    add(fixture, 1, 10, BRIDGE);
    add(fixture, 2, 11, BRIDGE SHORE);
    add(fixture, 4, 11, CLOCK);
    find(fixture);
    assert_int_equal(fixture->hidden, 2);
    assert_int_equal(fixture->index.order_count, 2);
    assert_group(fixture, 1, 2, 3, (const uint64_t[]){1, 2, 3});
    assert_null(index_group_of(&fixture->index, 3));
    assert_int_equal(index_record(&fixture->index, 1)->text_bytes, strlen(BRIDGE SHORE));
    assert_null(fixture->index.sketches.blocks.items);
}

static void of_one_date_the_key_leads(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 9, 10, BRIDGE SHORE);
    add(fixture, 5, 10, BRIDGE SHORE)->has_address = 1;
    add(fixture, 7, 10, BRIDGE SHORE);
    find(fixture);
    assert_group(fixture, 5, 5, 3, (const uint64_t[]){5, 7, 9});
}

static void an_address_is_worth_more_than_being_early(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 1, 10, BRIDGE SHORE);
    add(fixture, 2, 11, BRIDGE SHORE)->has_address = 1;
    /* Another site's foot makes it no fuller. */
    add(fixture, 3, 12, BRIDGE SHORE "更多请关注。")->has_address = 1;
    /* More than its rights allow is never shown. */
    struct sketch *title_only = add(fixture, 4, 12, BRIDGE SHORE BRIDGE);
    title_only->rights = CONTENT_TITLE;
    title_only->has_address = 1;
    find(fixture);
    assert_group(fixture, 1, 2, 4, (const uint64_t[]){1, 2, 3, 4});
}

/* Whoever of a group is shown: who that is can change. */
static void a_page_is_needed_where_anyone_has_no_address(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 1, 10, BRIDGE SHORE)->has_address = 1;
    add(fixture, 2, 11, BRIDGE SHORE);
    add(fixture, 3, 11, CLOCK);
    add(fixture, 4, 12, "另一篇，与谁都不相同的短文，有自己的网址，不需要另外的页面。");
    index_record(&fixture->index, 1)->without_address = 1;
    index_record(&fixture->index, 2)->without_address = 1;
    find(fixture);
    assert_group(fixture, 1, 1, 2, (const uint64_t[]){1, 2});
    assert_true(index_entry_needs_page(&fixture->index, 0));
    assert_true(index_entry_needs_page(&fixture->index, 2));
    assert_false(index_entry_needs_page(&fixture->index, 3));
}

static void a_page_that_history_keeps_is_needed(void **state) {
    struct fixture *fixture = *state;
    struct history history = {0};
    add(fixture, 1, 10, BRIDGE SHORE)->has_address = 1;
    add(fixture, 2, 12, CLOCK)->has_address = 1;
    fixture->index.permalinks = &history;
    find(fixture);
    index_record(&fixture->index, 0)->key = hash128(SLICE("id/a"));
    assert_false(index_entry_needs_page(&fixture->index, 0));
    assert_true(history_put_permalink(&history, SLICE("id/a"), 0));
    assert_false(history_put_permalink(&history, SLICE("id/a"), 1));
    assert_true(index_entry_needs_page(&fixture->index, 0));
    assert_false(index_entry_needs_page(&fixture->index, 1));
    fixture->index.permalinks = NULL;
    history_release(&history);
}

static void litter_makes_no_copy_better(void **state) {
    struct fixture *fixture = *state;
    struct sketch *littered = add(fixture, 1, 10, BRIDGE SHORE);
    littered->bytes = littered->letters * 5; /* readings behind every third letter */
    littered->has_address = 1;
    struct sketch *clean = add(fixture, 2, 11, BRIDGE SHORE);
    clean->bytes = clean->letters * 3;
    find(fixture);
    assert_group(fixture, 1, 2, 2, (const uint64_t[]){1, 2});
}

static void the_window_is_measured_from_the_leader(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 1, 10, BRIDGE SHORE);
    add(fixture, 2, 17, BRIDGE SHORE);
    add(fixture, 3, 18, BRIDGE SHORE);
    add(fixture, 4, 20, BRIDGE SHORE);
    find(fixture);
    assert_int_equal(fixture->index.order_count, 2);
    assert_group(fixture, 1, 1, 2, (const uint64_t[]){1, 2});
    assert_group(fixture, 3, 3, 2, (const uint64_t[]){3, 4});
}

static void there_are_no_chains(void **state) {
    struct fixture *fixture = *state;
    /* Each half like the next; the last has nothing of the first. */
    add(fixture, 1, 10, CLOCK);
    add(fixture, 2, 11, CLOCK BRIDGE);
    add(fixture, 3, 12, BRIDGE);
    find(fixture);
    assert_int_equal(fixture->index.order_count, 2);
    assert_group(fixture, 1, 2, 2, (const uint64_t[]){1, 2});
}

static void some_stay_alone(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 1, 10, BRIDGE SHORE);
    add(fixture, 2, 11, BRIDGE SHORE)->alone = 1;
    add(fixture, 3, 12, "");
    add(fixture, 4, 12, "");
    find(fixture);
    assert_int_equal(fixture->hidden, 0);
    assert_int_equal(fixture->index.order_count, 4);
}

static void an_editor_takes_back_all_copies(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 1, 10, BRIDGE SHORE);
    add(fixture, 2, 11, BRIDGE SHORE);
    index_record(&fixture->index, 1)->taken_back = 1;
    index_record(&fixture->index, 1)->withdrawn = 1;
    add(fixture, 3, 12, CLOCK);
    add(fixture, 4, 12, CLOCK);
    index_record(&fixture->index, 3)->withdrawn = 1; /* by its source: only itself */
    find(fixture);
    assert_int_equal(fixture->index.order_count, 1);
    assert_int_equal(index_record(&fixture->index, fixture->index.order[0])->key.low, 3);
    assert_int_equal(fixture->index.groups.count, 0);
}

static void corrections_join_what_is_no_copy(void **state) {
    struct fixture *fixture = *state;
    add(fixture, 1, 10, BRIDGE);
    add(fixture, 2, 11, BRIDGE SHORE);
    add(fixture, 3, 9, CLOCK)->by_hand = 1;
    vec_push(&fixture->index.joins, (struct index_join){{0, 3}, {0, 2}});
    find(fixture);
    /* 3 joins 2, which has joined 1. */
    assert_int_equal(fixture->index.order_count, 1);
    assert_int_equal(fixture->hidden, 1);
    assert_group(fixture, 1, 2, 3, (const uint64_t[]){1, 3, 2});
    assert_int_equal(fixture->index.groups.items[0].by_hand, 1);
    assert_true(fixture->index.groups.items[0].relabelled);
}

#define WITH_INDEX(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_and_script_do_not_matter),
        cmocka_unit_test(short_titles_and_empty_texts_say_nothing),
        cmocka_unit_test(bins_follow_what_is_common),
        cmocka_unit_test(long_texts_are_one_text),
        cmocka_unit_test(ill_formed_bytes_are_passed_over),
        cmocka_unit_test(copies_are_found),
        cmocka_unit_test(other_news_is_none),
        cmocka_unit_test(a_form_filled_in_again_is_news),
        cmocka_unit_test(figures_are_whole_figures),
        cmocka_unit_test(under_short_texts_the_title_decides),
        cmocka_unit_test(proposals_name_the_alike),
        cmocka_unit_test(what_many_share_proposes_nobody),
        cmocka_unit_test(the_ring_grows),
        WITH_INDEX(the_earliest_leads_and_the_fullest_is_shown),
        WITH_INDEX(of_one_date_the_key_leads),
        WITH_INDEX(an_address_is_worth_more_than_being_early),
        WITH_INDEX(a_page_is_needed_where_anyone_has_no_address),
        WITH_INDEX(a_page_that_history_keeps_is_needed),
        WITH_INDEX(litter_makes_no_copy_better),
        WITH_INDEX(the_window_is_measured_from_the_leader),
        WITH_INDEX(there_are_no_chains),
        WITH_INDEX(some_stay_alone),
        WITH_INDEX(an_editor_takes_back_all_copies),
        WITH_INDEX(corrections_join_what_is_no_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
