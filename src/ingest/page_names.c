#include "ingest/page.h"

#include "base/utf8.h"
#include "text/fold.h"

/* Names of people: behind labels, in bylines, in datelines. */

enum {
    NAME_LEAST = 2, /* Han characters */
    NAME_MOST = 4,
    ALIAS_MOST = 16, /* characters of a name that is none of a person: an office, a pen name */
};

/* A word that says what the names behind it did. */
struct role {
    struct slice name;
    bool counts; /* as an author */
};

static const struct role roles[] = {
#define ROLE(word, is_author)                                                                                          \
    { SLICE_CONSTANT(word), is_author }
    ROLE("全媒体记者", true), ROLE("本报见习记者", true), ROLE("本报通讯员", true), ROLE("特约记者", true),
    ROLE("本报记者", true),   ROLE("本網記者", true),     ROLE("本報記者", true),   ROLE("本网记者", true),
    ROLE("本刊记者", true),   ROLE("见习记者", true),     ROLE("實習記者", true),   ROLE("实习记者", true),
    ROLE("首席记者", true),   ROLE("首席記者", true),     ROLE("见習記者", true),   ROLE("見習記者", true),
    ROLE("实习生", true),     ROLE("實習生", true),       ROLE("通讯员", true),     ROLE("通訊員", true),
    ROLE("记者", true),       ROLE("記者", true),         ROLE("作者", true),       ROLE("摄影报道", true),
    ROLE("攝影報道", true),   ROLE("摄影", true),         ROLE("攝影", true),       ROLE("撰文", true),
    ROLE("撰稿", true),       ROLE("文字", true),         ROLE("图片", true),       ROLE("圖片", true),
    ROLE("报道", true),       ROLE("報道", true),         ROLE("責任編輯", false),  ROLE("责任编辑", false),
    ROLE("责编", false),      ROLE("責編", false),        ROLE("编辑", false),      ROLE("編輯", false),
    ROLE("来源", false),      ROLE("來源", false),        ROLE("供图", false),      ROLE("供圖", false),
    ROLE("文", true),         ROLE("图", true),           ROLE("圖", true),         ROLE("摄", true),
    ROLE("攝", true),
#undef ROLE
};

static bool is_separator(uint32_t character) {
    static const uint32_t signs[] = {' ',    '\t',   0x3000, 0xA0,   0x2002, 0x2003, 0x2009, 0x3001, ',',
                                     0xFF0C, ';',    0xFF1B, '/',    0xFF0F, '&',    ':',    0xFF1A, '(',
                                     ')',    0xFF08, 0xFF09, 0x3010, 0x3011, '|',    '\n'};
    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++)
        if (character == signs[i])
            return true;
    return false;
}

static bool is_nobody(struct slice name) {
    static const char *const nobody[] = {"admin",  "管理员", "管理員", "佚名",       "未知",       "匿名",
                                         "网络",   "網絡",   "本站",   "小编",       "小編",       "主编",
                                         "主編",   "编辑",   "編輯",   "无",         "無",         "系统管理员",
                                         "editor", "root",   "test",   "超级管理员", "网站管理员", "不详"};
    for (size_t i = 0; i < ARRAY_LENGTH(nobody); i++)
        if (slice_equal_ignoring_case(name, slice_of(nobody[i])))
            return true;
    return false;
}

static void add(struct page_names *names, struct slice name, unsigned line) {
    for (size_t i = 0; i < names->count; i++)
        if (slice_equal(names->items[i], name))
            return;
    if (!name.size || is_nobody(name) || names->count == PAGE_NAMES_MOST)
        return;
    if (!names->count)
        names->line = line;
    names->items[names->count++] = name;
}

static size_t han_in(struct slice text) {
    size_t han = 0;
    size_t size = 0;
    for (size_t at = 0; at < text.size; at += size ? size : 1) {
        uint32_t character = 0;
        size = utf8_decode(text, at, &character);
        han += size && text_is_han(character);
    }
    return han;
}

/* The role that the word is or begins with. */
static const struct role *role_of(struct slice word) {
    for (size_t i = 0; i < ARRAY_LENGTH(roles); i++) {
        bool whole = slice_equal(word, roles[i].name);
        /* 记者张三: glued. A single character (文, 图) begins names as well. */
        bool glued = roles[i].name.size > 3 && slice_starts_with(word, roles[i].name) &&
                     han_in(slice_from(word, roles[i].name.size)) <= NAME_MOST;
        if (whole || glued)
            return &roles[i];
    }
    return NULL;
}

static void add_word(struct page_names *names, struct slice word, bool *counts, unsigned line) {
    const struct role *role = role_of(word);
    if (role) {
        *counts = role->counts;
        word = slice_from(word, role->name.size);
    }
    /* 某报记者: whose reporter it is, is no name. */
    if (!role && (slice_ends_with(word, SLICE("记者")) || slice_ends_with(word, SLICE("記者")))) {
        *counts = true;
        return;
    }
    size_t han = han_in(word);
    bool person = han >= NAME_LEAST && utf8_count(word) <= ALIAS_MOST;
    bool latin =
        word.size >= 3 && !han && (((unsigned char)word.data[0] | 32) >= 'a') && !((unsigned char)word.data[0] & 0x80);
    if (*counts && (person || latin))
        add(names, word, line);
}

void page_names_add(struct page_names *names, struct slice text, unsigned line) {
    size_t begin = 0;
    bool counts = true;
    for (size_t at = 0; at <= text.size;) {
        uint32_t character = ' ';
        size_t size = at < text.size ? utf8_decode(text, at, &character) : 1;
        /* A blank between Latin words is part of a name. */
        bool inside = character == ' ' && at > begin && at + 1 < text.size &&
                      !((unsigned char)text.data[at - 1] & 0x80) && !((unsigned char)text.data[at + 1] & 0x80) &&
                      !is_separator((unsigned char)text.data[at + 1]);
        if (is_separator(character) && !inside) {
            if (at > begin)
                add_word(names, slice_range(text, begin, at), &counts, line);
            begin = at + size;
        }
        at += size ? size : 1;
    }
}

/* --- behind a paragraph -------------------------------------------------------------------------------------- */

bool page_begins_with_role(struct slice text) {
    for (size_t i = 0; i < ARRAY_LENGTH(roles); i++)
        if (slice_starts_with(text, roles[i].name)) {
            uint32_t next = ' ';
            struct slice rest = slice_from(text, roles[i].name.size);
            bool more = rest.size && utf8_decode(rest, 0, &next);
            return roles[i].name.size > 3 || (more && is_separator(next));
        }
    return false;
}

size_t page_names_behind(struct slice text, struct page_names *names, unsigned line) {
    enum { BEHIND_MOST = 60 /* characters in the parentheses */ };
    const struct slice brackets[][2] = {{SLICE("("), SLICE(")")}, {SLICE("（"), SLICE("）")}};
    for (size_t i = 0; i < ARRAY_LENGTH(brackets); i++) {
        if (!slice_ends_with(text, brackets[i][1]))
            continue;
        size_t end = text.size - brackets[i][1].size;
        size_t begin = end;
        while (begin > 0 && end - begin < (size_t)BEHIND_MOST * 3 &&
               !slice_starts_with(slice_from(text, begin - 1), brackets[i][0]))
            begin--;
        if (!begin || !slice_starts_with(slice_from(text, begin - 1), brackets[i][0]))
            continue;
        struct slice inside = slice_trim(slice_range(text, begin - 1 + brackets[i][0].size, end));
        bool over = slice_equal(inside, SLICE("完"));
        if (!over && !page_begins_with_role(inside))
            continue;
        if (!over)
            page_names_add(names, inside, line);
        return begin - 1;
    }
    return text.size;
}

/* --- datelines ----------------------------------------------------------------------------------------------- */

/* Where reporters write from: their name and the place are often one word (记者张三上海报道). */
static struct slice without_place(struct slice folded) {
    static const char *const places[] = {
        "北京", "上海", "天津", "重庆", "广州", "深圳", "南京", "杭州", "苏州",   "无锡",   "常州",     "南通",
        "扬州", "镇江", "宁波", "温州", "嘉兴", "绍兴", "合肥", "芜湖", "福州",   "厦门",   "泉州",     "济南",
        "青岛", "烟台", "武汉", "长沙", "南昌", "郑州", "西安", "成都", "昆明",   "贵阳",   "南宁",     "海口",
        "三亚", "兰州", "银川", "西宁", "太原", "沈阳", "大连", "长春", "哈尔滨", "石家庄", "呼和浩特", "乌鲁木齐",
        "拉萨", "香港", "澳门", "台北", "珠海", "东莞", "佛山", "浦东", "综合",   "现场",   "独家"};
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
        if (slice_ends_with(folded, slice_of(places[i])))
            return slice_range(folded, 0, folded.size - strlen(places[i]));
    return folded;
}

static size_t skip(struct slice text, size_t at, const char *signs) {
    while (at < text.size && text.data[at] && strchr(signs, text.data[at]))
        at++;
    return at;
}

/* Behind 讯 or 电: (记者 甲 乙), or 记者甲上海报道. Where the text goes on; 0 when no reporter is named. */
static size_t take_reporters(const struct page_line *line, size_t at, struct page_names *names) {
    enum { REPORTERS_MOST = 25 * 3 };
    struct slice folded = line->folded;
    size_t begin = skip(folded, at, " ,");
    bool bracket = begin < folded.size && folded.data[begin] == '(';
    begin += bracket;
    struct slice rest = slice_range(folded, begin, begin + REPORTERS_MOST);
    bool reporter = slice_starts_with(rest, SLICE("记者")) || slice_starts_with(rest, SLICE("见习记者")) ||
                    slice_starts_with(rest, SLICE("通讯员")) || slice_starts_with(rest, SLICE("首席记者"));
    size_t end = bracket ? slice_find_byte(rest, ')', 0) : slice_find(rest, SLICE("报道"), 0);
    if (!reporter || end >= rest.size)
        return 0;
    struct slice named = slice_range(rest, 0, end);
    size_t named_size = bracket ? named.size : without_place(named).size;
    page_names_add(names, page_origin(line, begin, begin + named_size), line->number);
    return begin + end + (bracket ? 1 : SLICE("报道").size);
}

/* The paper's name before 讯, or before the place and day of …电: 东海社上海4月18日电. */
static struct slice paper_of(struct slice front) {
    const struct slice signs[] = {SLICE("社"), SLICE("网"), SLICE("报")};
    if (!slice_ends_with(front, SLICE("日")))
        return front;
    size_t best = front.size;
    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++) {
        size_t at = slice_find(front, signs[i], 0);
        best = at < front.size && at + signs[i].size < best ? at + signs[i].size : best;
    }
    return slice_range(front, 0, best < front.size ? best : 0);
}

/* Where `mark` (讯, 电) next stands as the end of a dateline rather than inside 通讯社, 资讯, 电子. */
static size_t find_mark(struct slice front, struct slice mark, size_t from) {
    static const char *const before[] = {"通", "资", "短", "腾"};
    static const char *const behind[] = {"社", "员", "息", "号", "飞", "录"};
    for (size_t at = slice_find(front, mark, from); at < front.size; at = slice_find(front, mark, at + 1)) {
        bool inside = false;
        for (size_t i = 0; i < ARRAY_LENGTH(before); i++)
            inside = inside || slice_ends_with(slice_range(front, 0, at), slice_of(before[i]));
        for (size_t i = 0; i < ARRAY_LENGTH(behind); i++)
            inside = inside || slice_starts_with(slice_from(front, at + mark.size), slice_of(behind[i]));
        bool wire = slice_equal(mark, SLICE("电"));
        if (!inside && (!wire || slice_ends_with(slice_range(front, 0, at), SLICE("日"))))
            return at;
    }
    return front.size;
}

static bool is_own(struct slice paper) {
    static const char *const own[] = {"本报", "本网", "本站", "本刊", "本台"};
    for (size_t i = 0; i < ARRAY_LENGTH(own); i++)
        if (slice_equal(paper, slice_of(own[i])))
            return true;
    return false;
}

size_t page_dateline(const struct page_line *line, struct page_names *names, struct slice *ret_source) {
    enum { FRONT_MOST = 30 * 3 };
    const struct slice open = SLICE("【");
    struct slice folded = line->folded;
    struct slice front = slice_range(folded, 0, FRONT_MOST);
    size_t begin = slice_starts_with(folded, open) ? open.size : skip(folded, 0, "[(");
    size_t by_message = find_mark(front, SLICE("讯"), begin);
    size_t by_wire = find_mark(front, SLICE("电"), begin);
    size_t at = by_message < by_wire ? by_message : by_wire;
    struct slice before = slice_range(folded, begin, at);
    if (at >= front.size || slice_find(before, SLICE("。"), 0) < before.size ||
        slice_find_byte(before, ',', 0) < before.size)
        return 0;
    struct slice paper = paper_of(before);
    size_t mark_end = at + SLICE("讯").size;
    if (slice_starts_with(slice_from(folded, mark_end), SLICE("】")))
        mark_end += SLICE("】").size;
    mark_end = skip(folded, mark_end, "])");
    size_t end = take_reporters(line, mark_end, names);
    if (!end && !is_own(paper) && !(at == by_wire && paper.size))
        return 0;
    if (!is_own(paper) && paper.size)
        *ret_source = page_origin(line, begin, begin + paper.size);
    return line->origins[skip(folded, end ? end : mark_end, " ,:")];
}
