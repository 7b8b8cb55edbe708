#include "ingest/page.h"

#include "base/utf8.h"
#include "text/fold.h"

/*
 * `label: value` pairs. A label is the Han characters right before a colon, as a whole, or, where a value was written
 * without a blank before the next label (`来源:网络作者:主编`), the longest label that they end with.
 */

struct label_row {
    const char *name; /* folded */
    enum page_label label;
    bool as_end; /* also of a longer word: 稿件来源, 特约记者 */
};

static const struct label_row rows[] = {
    {"发布时间", LABEL_PUBLISHED, true},
    {"发布日期", LABEL_PUBLISHED, true},
    {"发表时间", LABEL_PUBLISHED, true},
    {"发表日期", LABEL_PUBLISHED, true},
    {"刊发时间", LABEL_PUBLISHED, true},
    {"发稿时间", LABEL_PUBLISHED, true},
    {"公布日期", LABEL_PUBLISHED, false},
    {"公开日期", LABEL_PUBLISHED, false},
    {"公布时间", LABEL_PUBLISHED, false},
    {"公开时间", LABEL_PUBLISHED, false},
    {"上网时间", LABEL_PUBLISHED, false},
    {"上线时间", LABEL_PUBLISHED, false},
    {"添加时间", LABEL_PUBLISHED, false},
    {"录入时间", LABEL_PUBLISHED, false},
    {"信息时间", LABEL_PUBLISHED, false},
    {"信息日期", LABEL_PUBLISHED, false},
    {"文章时间", LABEL_PUBLISHED, false},
    {"新闻时间", LABEL_PUBLISHED, false},
    {"推送时间", LABEL_PUBLISHED, false},
    {"发帖时间", LABEL_PUBLISHED, false},
    {"发布于", LABEL_PUBLISHED, false},
    {"发表于", LABEL_PUBLISHED, false},
    {"发布", LABEL_PUBLISHED, false},
    {"时间", LABEL_PUBLISHED, false},
    {"日期", LABEL_PUBLISHED, false},
    {"更新时间", LABEL_UPDATED, true},
    {"更新日期", LABEL_UPDATED, true},
    {"修改时间", LABEL_UPDATED, true},
    {"更新于", LABEL_UPDATED, false},
    {"更新", LABEL_UPDATED, false},
    {"成文日期", LABEL_OTHER_DATE, false},
    {"成文时间", LABEL_OTHER_DATE, false},
    {"生成日期", LABEL_OTHER_DATE, false},
    {"发文日期", LABEL_OTHER_DATE, false},
    {"印发日期", LABEL_OTHER_DATE, false},
    {"实施日期", LABEL_OTHER_DATE, false},
    {"生效日期", LABEL_OTHER_DATE, false},
    {"废止日期", LABEL_OTHER_DATE, false},
    {"开标时间", LABEL_OTHER_DATE, false},
    {"截止时间", LABEL_OTHER_DATE, true},
    {"截止日期", LABEL_OTHER_DATE, true},
    {"当前时间", LABEL_OTHER_DATE, false},
    {"现在时间", LABEL_OTHER_DATE, false},
    {"北京时间", LABEL_OTHER_DATE, false},
    {"来源", LABEL_SOURCE, true},
    {"来自", LABEL_SOURCE, false},
    {"转自", LABEL_SOURCE, true},
    {"转载自", LABEL_SOURCE, false},
    {"出处", LABEL_SOURCE, true},
    {"稿源", LABEL_SOURCE, false},
    {"发布机构", LABEL_PUBLISHER, false},
    {"发布单位", LABEL_PUBLISHER, false},
    {"发文机关", LABEL_PUBLISHER, false},
    {"公开主体", LABEL_PUBLISHER, false},
    {"供稿单位", LABEL_PUBLISHER, false},
    {"信息提供", LABEL_PUBLISHER, false},
    {"作者", LABEL_AUTHOR, true},
    {"记者", LABEL_AUTHOR, true},
    {"通讯员", LABEL_AUTHOR, true},
    {"撰文", LABEL_AUTHOR, false},
    {"撰稿", LABEL_AUTHOR, true},
    {"撰稿人", LABEL_AUTHOR, true},
    {"采写", LABEL_AUTHOR, false},
    {"文字", LABEL_AUTHOR, false},
    {"文", LABEL_AUTHOR, false},
    {"摄影", LABEL_AUTHOR, false},
    {"图片", LABEL_AUTHOR, false},
    {"图", LABEL_AUTHOR, false},
    {"供稿", LABEL_AUTHOR, false},
    {"发布者", LABEL_AUTHOR, false},
    {"发布人", LABEL_AUTHOR, false},
    {"发帖人", LABEL_AUTHOR, false},
    {"楼主", LABEL_AUTHOR, false},
    {"博主", LABEL_AUTHOR, false},
    {"编辑", LABEL_EDITOR, true},
    {"责编", LABEL_EDITOR, true},
    {"主编", LABEL_EDITOR, true},
    {"审核", LABEL_EDITOR, true},
    {"校对", LABEL_EDITOR, true},
    {"编审", LABEL_EDITOR, true},
    {"初审", LABEL_EDITOR, false},
    {"复审", LABEL_EDITOR, false},
    {"终审", LABEL_EDITOR, false},
    {"一审", LABEL_EDITOR, false},
    {"二审", LABEL_EDITOR, false},
    {"三审", LABEL_EDITOR, false},
    {"监制", LABEL_EDITOR, true},
    {"美编", LABEL_EDITOR, false},
    {"排版", LABEL_EDITOR, false},
    {"值班", LABEL_EDITOR, false},
    {"签发", LABEL_EDITOR, false},
    {"标题", LABEL_TITLE, false},
    {"名称", LABEL_TITLE, false},
    {"文章标题", LABEL_TITLE, false},
    {"信息名称", LABEL_TITLE, false},
    {"原标题", LABEL_ORIGINAL_TITLE, false},
    {"原题", LABEL_ORIGINAL_TITLE, false},
    {"原文链接", LABEL_ORIGINAL_URL, false},
    {"原文地址", LABEL_ORIGINAL_URL, false},
    {"原文网址", LABEL_ORIGINAL_URL, false},
    {"来源链接", LABEL_ORIGINAL_URL, false},
    {"来源网址", LABEL_ORIGINAL_URL, false},
    {"原始链接", LABEL_ORIGINAL_URL, false},
    {"原文", LABEL_ORIGINAL_URL, false},
    {"本文链接", LABEL_OWN_URL, false},
    {"本文地址", LABEL_OWN_URL, false},
    {"本文网址", LABEL_OWN_URL, false},
    {"文章链接", LABEL_OWN_URL, false},
    {"文章地址", LABEL_OWN_URL, false},
    {"链接地址", LABEL_OWN_URL, false},
    {"页面地址", LABEL_OWN_URL, false},
    {"所在地区", LABEL_REGION, false},
    {"所属地区", LABEL_REGION, false},
    {"项目地区", LABEL_REGION, false},
    {"地区", LABEL_REGION, false},
    {"浏览次数", LABEL_NOTHING, true},
    {"阅读次数", LABEL_NOTHING, true},
    {"点击次数", LABEL_NOTHING, true},
    {"访问次数", LABEL_NOTHING, true},
    {"浏览", LABEL_NOTHING, false},
    {"浏览量", LABEL_NOTHING, true},
    {"阅读", LABEL_NOTHING, false},
    {"阅读量", LABEL_NOTHING, true},
    {"阅读数", LABEL_NOTHING, true},
    {"点击", LABEL_NOTHING, false},
    {"点击量", LABEL_NOTHING, true},
    {"点击数", LABEL_NOTHING, true},
    {"访问量", LABEL_NOTHING, true},
    {"查看", LABEL_NOTHING, false},
    {"回复", LABEL_NOTHING, false},
    {"评论", LABEL_NOTHING, false},
    {"人气", LABEL_NOTHING, false},
    {"字号", LABEL_NOTHING, true},
    {"字体", LABEL_NOTHING, true},
    {"大小", LABEL_NOTHING, false},
    {"分享", LABEL_NOTHING, false},
    {"分享到", LABEL_NOTHING, false},
    {"分享至", LABEL_NOTHING, false},
    {"索引号", LABEL_NOTHING, false},
    {"文号", LABEL_NOTHING, true},
    {"发文字号", LABEL_NOTHING, false},
    {"有效性", LABEL_NOTHING, false},
    {"主题分类", LABEL_NOTHING, false},
    {"信息分类", LABEL_NOTHING, false},
    {"公开属性", LABEL_NOTHING, false},
    {"公开类别", LABEL_NOTHING, false},
    {"主题词", LABEL_NOTHING, false},
    {"体裁", LABEL_NOTHING, false},
    {"分类", LABEL_NOTHING, false},
    {"栏目", LABEL_NOTHING, true},
    {"频道", LABEL_NOTHING, false},
    {"标签", LABEL_NOTHING, true},
    {"关键词", LABEL_NOTHING, true},
    {"关键字", LABEL_NOTHING, true},
    {"语音播报", LABEL_NOTHING, false},
    {"图片来源", LABEL_NOTHING, true},
    {"视频来源", LABEL_NOTHING, true},
    {"数据来源", LABEL_NOTHING, true},
    {"资金来源", LABEL_NOTHING, true},
    {"站内搜索", LABEL_NOTHING, false},
};

struct slice page_origin(const struct page_line *line, size_t begin, size_t end) {
    return slice_range(line->text, line->origins[begin], line->origins[end]);
}

/* Where the Han characters that end before `end` begin. */
static size_t word_begin(struct slice text, size_t end, size_t least) {
    size_t begin = end;
    while (begin >= least + 3) {
        uint32_t character = 0;
        if (utf8_decode(text, begin - 3, &character) != 3 || !text_is_han(character))
            break;
        begin -= 3;
    }
    return begin;
}

/* The longest label that the word ends with; NULL. */
static const struct label_row *find_label(struct slice word) {
    const struct label_row *best = NULL;
    size_t best_size = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct slice name = slice_of(rows[i].name);
        if (name.size > best_size && slice_ends_with(word, name)) {
            best = &rows[i];
            best_size = name.size;
        }
    }
    return best;
}

/* A colon; or the stroke of 文/张三; or nothing at all before a date: 发布于2024-05-06. */
static size_t separator_size(struct slice text, size_t at) {
    if (at < text.size && text.data[at] == ':')
        return 1;
    if (at + 1 < text.size && text.data[at] == '/' && (unsigned char)text.data[at + 1] >= 0xE0)
        return 1;
    return 0;
}

static bool is_year(struct slice text, size_t at) {
    struct slice year = slice_range(text, at, at + 2);
    return slice_equal(year, SLICE("20")) || slice_equal(year, SLICE("19"));
}

/* The fold takes blanks between Han characters out. The last place in [begin, end) where there was one; begin if none.
 */
static size_t behind_blank(const struct page_line *line, size_t begin, size_t end) {
    for (size_t at = end; at > begin + 3; at -= 3) {
        uint32_t character = 0;
        uint32_t origin = line->origins[at - 6];
        size_t size = utf8_decode(line->text, origin, &character);
        if (origin + size < line->origins[at - 3] && line->text.data[line->origins[at - 3] - 1] != ')')
            return at - 3;
    }
    return begin;
}

/* The pair whose label ends at `end`, before what separates it from its value. */
static bool pair_at(const struct page_line *line, size_t end, size_t value_begin, size_t last_end, bool behind_pair,
                    struct page_pair *ret_pair) {
    struct slice folded = line->folded;
    size_t begin = word_begin(folded, end, last_end);
    /* 来源:甲报 责任编辑:乙: what stands behind the blank is a label of its own, unless it is l e t t e r - spaced. */
    size_t spaced = behind_pair ? behind_blank(line, begin, end) : begin;
    const struct label_row *row = find_label(slice_range(folded, spaced, end));
    if (row)
        begin = spaced;
    else
        row = find_label(slice_range(folded, begin, end));
    struct slice word = slice_range(folded, begin, end);
    bool stroke = value_begin > end && folded.data[value_begin - 1] == '/';
    if (!row || (stroke && row->label != LABEL_AUTHOR && row->label != LABEL_EDITOR))
        return false;
    bool whole = strlen(row->name) == word.size;
    enum { END_MOST = 5 * 3 }; /* bytes in front of a label that words like 稿件 may have */
    bool longer = row->as_end && word.size - strlen(row->name) <= END_MOST;
    bool glued = behind_pair && begin == last_end;
    if (!whole && !longer && !glued && !(behind_pair && row->as_end))
        return false;
    if (value_begin == end && (!whole || row->label != LABEL_PUBLISHED))
        return false;
    ret_pair->label = row->label;
    bool bounded = whole || (longer && !glued && (!behind_pair || begin == spaced));
    ret_pair->begin = bounded ? begin : end - strlen(row->name);
    ret_pair->value_begin = value_begin;
    return true;
}

static bool is_trimmed(struct slice value, bool at_end) {
    static const char *const signs[] = {" ",  "\t", "|",  "·",  "\u3000", "\u00A0", "\u2002", "\u2003", "-",  ";", ",",
                                        "；", "，", "【", "】", "[",      "]",      "。",     "丨",     "｜", "/"};
    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++)
        if (at_end ? slice_ends_with(value, slice_of(signs[i])) : slice_starts_with(value, slice_of(signs[i])))
            return true;
    return false;
}

static struct slice trim_value(struct slice value) {
    const struct slice brackets[][2] = {{SLICE("("), SLICE(")")}, {SLICE("（"), SLICE("）")}};
    while (value.size && is_trimmed(value, true))
        do
            value.size--;
        while (value.size && ((unsigned char)value.data[value.size] & 0xC0) == 0x80);
    while (value.size && is_trimmed(value, false)) {
        uint32_t character = 0;
        size_t size = utf8_decode(value, 0, &character);
        value = slice_from(value, size ? size : 1);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(brackets); i++) {
        if (slice_ends_with(value, brackets[i][1]) && slice_find(value, brackets[i][0], 0) == value.size)
            return trim_value(slice_range(value, 0, value.size - brackets[i][1].size));
        if (slice_ends_with(value, brackets[i][0]))
            return trim_value(slice_range(value, 0, value.size - brackets[i][0].size));
    }
    return value;
}

size_t page_pairs(const struct page_line *line, struct page_pair pairs[PAGE_PAIRS_MOST]) {
    struct slice folded = line->folded;
    size_t count = 0;
    size_t last_end = 0;
    for (size_t at = 0; at < folded.size && count < PAGE_PAIRS_MOST; at++) {
        if ((unsigned char)folded.data[at] >= 0x80)
            continue;
        size_t end = at;
        size_t separator = separator_size(folded, at);
        size_t value = at + separator;
        while (end > last_end && folded.data[end - 1] == ' ')
            end--;
        if ((separator || is_year(folded, at)) &&
            pair_at(line, end, separator ? value : end, last_end, count > 0, &pairs[count])) {
            pairs[count].value_begin = value;
            last_end = value;
            count++;
        }
    }
    for (size_t i = 0; i < count; i++) {
        size_t end = i + 1 < count ? pairs[i + 1].begin : folded.size;
        size_t begin = pairs[i].value_begin < end ? pairs[i].value_begin : end;
        pairs[i].value = trim_value(page_origin(line, begin, end));
        if (i + 1 == count && line->text.size > PAGE_FOLD_MOST)
            pairs[i].value = (struct slice){0};
    }
    return count;
}
