#include "ingest/page.h"

#include "base/utf8.h"
#include "text/fold.h"

/* What a line is by itself. The words here are those of Chinese sites at large, folded; none is one site's. */

enum {
    BUTTON_MOST = 12,    /* characters of a line that is nothing but a button */
    LABELS_MOST = 220,   /* characters of a line of labels */
    CAPTION_MOST = 70,   /* … of a caption */
    SENTENCES_LEAST = 8, /* Han characters of running text */
    MENU_WORD_MOST = 6,  /* characters of an item in a menu, … */
    MENU_LEAST = 3,      /* … which has so many */
    CRUMB_MOST = 14,     /* characters of a step in a breadcrumb */
};

static bool starts_with_any(struct slice text, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (slice_starts_with(text, slice_of(words[i])))
            return true;
    return false;
}

static bool holds(struct slice text, const char *word) {
    return slice_find(text, slice_of(word), 0) < text.size;
}

static bool holds_any(struct slice text, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (holds(text, words[i]))
            return true;
    return false;
}

/* Behind list marks: · ▲ * - 1. */
static struct slice without_mark(struct slice folded) {
    static const char *const marks[] = {"·", "•", "*", "-", "|", "【", "[", "(", "<", ">", "«", "»", "·", " ", "/"};
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < ARRAY_LENGTH(marks); i++)
            if (slice_starts_with(folded, slice_of(marks[i]))) {
                folded = slice_from(folded, strlen(marks[i]));
                changed = true;
            }
    }
    return folded;
}

/* --- the foot ------------------------------------------------------------------------------------------------ */

static bool is_foot(const struct page_line *line) {
    static const char *const starts[] = {
        "上一篇",     "下一篇",      "上一条",   "下一条",     "上一主题",     "下一主题",   "上篇:",      "下篇:",
        "前一篇",     "后一篇",      "相关阅读", "相关新闻",   "相关文章",     "相关推荐",   "相关链接",   "相关资讯",
        "相关稿件",   "相关报道",    "相关附件", "相关信息",   "相关标签",     "推荐阅读",   "推荐文章",   "推荐新闻",
        "热门推荐",   "热点推荐",    "热门文章", "热门标签",   "热门新闻",     "热点新闻",   "精彩推荐",   "编辑推荐",
        "为您推荐",   "猜你喜欢",    "延伸阅读", "大家都在看", "喜欢此内容",   "阅读下一",   "版权声明",   "版权所有",
        "免责声明",   "特别声明",    "郑重声明", "法律声明",   "声明:",        "凡注明",     "凡本网",     "凡本站",
        "转载请",     "转载声明",    "未经授权", "未经书面",   "本文来自投稿", "友情链接",   "友情连接",   "网友评论",
        "发表评论",   "最新评论",    "全部评论", "热门评论",   "文章评论",     "快速回复",   "附件:",      "附件下载",
        "如有附件",   "扫一扫",      "微信扫",   "扫码",       "扫描二维码",   "长按",       "关注我们",   "关注该公众",
        "欢迎关注",   "主办单位",    "主办:",    "承办单位",   "技术支持",     "网站地图",   "网站标识码", "联系我们",
        "关于我们",   "地址:",       "咨询热线", "咨询电话",   "客服热线",     "客服电话",   "投稿邮箱",   "举报电话",
        "违法和不良", "有想补充",    "会员特权", "注册会员",   "copyright",    "powered by", "分隔线",     "文章关键词",
        "关键词:",    "标签:",       "tags:",    "tag:",       "本文标签",     "上一版",     "本版编辑",   "我要反馈",
        "责任声明",   "温馨提示:本", "网站声明", "本网声明",   "本站声明",     "企业入驻",   "点击下载",   "下载客户端",
        "猜您喜欢",   "看过本文",    "返回列表",
    };
    static const char *const anywhere[] = {"icp备",        "公网安备",          "版权归原作者", "转载请注明",
                                           "未经授权不得", "仅提供信息存储",    "不代表本站",   "不代表本网",
                                           "不代表本平台", "如有侵权",          "若有侵权",     "©",
                                           "本条信息受",   "本公告受招标人委托"};
    enum { ANYWHERE_MOST = 200 /* characters: a longer line is an article's that speaks of such things */ };
    struct slice folded = without_mark(line->folded);
    if (starts_with_any(folded, starts, ARRAY_LENGTH(starts)))
        return line->characters <= ANYWHERE_MOST || slice_starts_with(folded, SLICE("版权")) ||
               holds(slice_range(folded, 0, 18), "声明");
    if (line->characters <= ANYWHERE_MOST && holds_any(folded, anywhere, ARRAY_LENGTH(anywhere)))
        return true;
    /* 2条评论, 2 条评论 */
    size_t digits = 0;
    while (digits < folded.size &&
           ((folded.data[digits] >= '0' && folded.data[digits] <= '9') || folded.data[digits] == ' '))
        digits++;
    return digits && slice_starts_with(slice_from(folded, digits), SLICE("条评论"));
}

/* --- navigation ---------------------------------------------------------------------------------------------- */

bool page_is_button(struct slice folded) {
    static const char *const buttons[] = {
        "首页",     "返回首页", "网站首页", "home",         "登录",       "注册",     "分享",     "收藏",
        "打印",     "关闭",     "返回",     "举报",         "点赞",       "在看",     "确定",     "取消",
        "打赏",     "赞",       "顶一下",   "踩一下",       "字号",       "大",       "中",       "小",
        "复制链接", "评论",     "回复",     "email",        "设为首页",   "加入收藏", "关注",     "打印本页",
        "关闭窗口", "返回顶部", "回到顶部", "无障碍",       "无障碍阅读", "繁体",     "简体",     "english",
        "阅读",     "阅读原文", "展开全文", "微信",         "微博",       "qq空间",   "qq",       "朋友圈",
        "客服",     "意见",     "反馈",     "在线",         "沟通",       "在线客服", "意见反馈", "正文",
        "公告正文", "新闻正文", "更多",     "more",         "搜索",       "我要打印", "保存网页", "点击",
        "放大字体", "缩小字体", "无",       "支付宝扫一扫", "不看的原因", "(完)",     "完",       "(3)",
        "(0)",      "昵称",     "邮箱",     "新闻中心",     "正文内容",   "听新闻",   "朗读",
    };
    struct slice rest = without_mark(folded);
    static const char *const closing[] = {"】", "]", ")", ":", " ", ">", "»", "/"};
    for (size_t i = 0; i < ARRAY_LENGTH(closing); i++)
        while (slice_ends_with(rest, slice_of(closing[i])))
            rest.size -= strlen(closing[i]);
    /* 阅读 1024, 赞(12) */
    size_t end = rest.size;
    while (end && strchr("0123456789( +,.", rest.data[end - 1]))
        end--;
    rest.size = end;
    for (size_t i = 0; i < ARRAY_LENGTH(buttons); i++)
        if (slice_equal(rest, slice_of(buttons[i])))
            return true;
    return !rest.size;
}

/* Pieces of the line's text between blanks, strokes and arrows: how many, and the longest one's characters. */
struct pieces {
    unsigned count;
    unsigned longest;
    unsigned buttons; /* that are words of a page: 首页, 打印 */
    bool arrows;
};

static bool is_arrow(uint32_t character) {
    return character == '>' || character == 0xBB || character == 0x203A || character == 0x2192;
}

static struct pieces cut_pieces(const struct page_line *line) {
    struct pieces pieces = {0};
    unsigned size = 0;
    struct slice text = line->text;
    size_t begin = 0;
    for (size_t at = 0; at <= text.size;) {
        uint32_t character = ' ';
        size_t bytes = at < text.size ? utf8_decode(text, at, &character) : 1;
        bool separates = character == ' ' || character == '|' || character == '\t' || character == 0x3000 ||
                         character == 0xA0 || character == '/' || character == 0xB7 || character == 0xFF5C ||
                         character == 0x2002 || character == 0x2003 || is_arrow(character);
        pieces.arrows |= at < text.size && is_arrow(character);
        if (!separates) {
            size++;
        } else if (size) {
            pieces.count++;
            pieces.longest = size > pieces.longest ? size : pieces.longest;
            pieces.buttons += page_is_button(slice_range(text, begin, at));
            size = 0;
        }
        at += bytes ? bytes : 1;
        begin = separates ? at : begin;
    }
    return pieces;
}

static bool is_navigation(const struct page_line *line) {
    static const char *const words[] = {"当前位置", "所在位置", "您的位置", "现在的位置", "你的位置", "当前所在位置"};
    enum { POSITION_MOST = 80 };
    if (line->characters <= POSITION_MOST && holds_any(line->folded, words, ARRAY_LENGTH(words)) && !line->has_stop)
        return true;
    if (line->characters <= BUTTON_MOST && page_is_button(line->folded))
        return true;
    if (line->has_stop)
        return false;
    struct pieces pieces = cut_pieces(line);
    if (pieces.arrows && pieces.count >= 2 && pieces.longest <= CRUMB_MOST)
        return true;
    if (pieces.count >= MENU_LEAST && pieces.longest <= MENU_WORD_MOST)
        return true;
    if (pieces.count && pieces.buttons == pieces.count)
        return true;
    enum { LINKED_SHARE = 2 };
    return pieces.count >= MENU_LEAST && line->linked * LINKED_SHARE > line->characters;
}

/* --- captions, bylines, labels ------------------------------------------------------------------------------- */

static bool is_caption(const struct page_line *line) {
    static const char *const starts[] = {"图为",   "图说",   "图:",     "图/",      "▲",        "△",          "▼",
                                         "资料图", "效果图", "示意图",  "图片来源", "图片说明", "图片由",     "供图",
                                         "![",     "图源",   "(资料图", "(图",      "(效果图",  "(相关资料图"};
    static const char *const ends[] = {"摄",      "摄)",  "供图", "供图)", "图源网络",  "(图)", "资料图",
                                       "资料图)", ".jpg", ".png", ".jpeg", "资料图片)", "提供)"};
    if (line->characters > CAPTION_MOST)
        return false;
    if (starts_with_any(line->folded, starts, ARRAY_LENGTH(starts)))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
        if (slice_ends_with(line->folded, slice_of(ends[i])))
            return true;
    return slice_ends_with(line->folded, SLICE("摄影")) && line->has_stop;
}

static bool is_byline(const struct page_line *line) {
    static const char *const starts[] = {"本报记者", "本刊记者", "本网记者", "本报见习",   "本报通讯员",
                                         "见习记者", "首席记者", "实习记者", "全媒体记者", "特约记者",
                                         "本报实习", "记者",     "通讯员",   "作者"};
    enum { BYLINE_MOST = 30 };
    struct slice folded = without_mark(line->folded);
    if (line->characters > BYLINE_MOST || line->has_stop || slice_find(folded, SLICE(","), 0) < folded.size)
        return false;
    /* 某报记者 甲 */
    size_t reporter = slice_find(folded, SLICE("记者"), 0);
    bool named = slice_starts_with(slice_from(line->text, line->origins[reporter]), SLICE("记者 ")) ||
                 slice_starts_with(slice_from(line->text, line->origins[reporter]), SLICE("記者 "));
    return starts_with_any(folded, starts, ARRAY_LENGTH(starts)) || (reporter < folded.size && named) ||
           (slice_starts_with(folded, SLICE("文")) && slice_find(folded, SLICE("图"), 0) < folded.size &&
            line->characters <= 16 && slice_find_byte(folded, ' ', 0) < folded.size);
}

/* A date with little else, as 2024-05-06 17:30 上海. */
static bool is_date_line(const struct page_line *line) {
    enum { AROUND_MOST = 30 /* characters of source, place and the like */ };
    struct page_date date;
    if (line->has_stop || !page_date_find(line->folded, 0, &date))
        return false;
    struct slice around = slice_range(line->folded, 0, date.begin);
    size_t characters = utf8_count(around) + utf8_count(slice_from(line->folded, date.end));
    return characters <= AROUND_MOST && slice_find(line->folded, SLICE(","), 0) == line->folded.size &&
           (date.begin <= 1 || date.end == line->folded.size || date.has_time || date.has_weekday);
}

static bool is_labels(const struct page_line *line) {
    struct page_pair pairs[PAGE_PAIRS_MOST];
    enum { FRONT_MOST = 40 /* characters before the first label: a date, a name */ };
    if (line->characters > LABELS_MOST)
        return false;
    size_t count = page_pairs(line, pairs);
    if (!count)
        return is_date_line(line);
    struct slice front = slice_range(line->folded, 0, pairs[0].begin);
    if (utf8_count(front) > FRONT_MOST || holds(front, "。") || holds(front, ","))
        return false;
    bool is_title = pairs[0].label == LABEL_TITLE || pairs[0].label == LABEL_ORIGINAL_TITLE;
    return is_title || !holds(line->folded, "。");
}

void page_classify(struct page_line *line) {
    enum { LONG = 40 /* Han characters that are running text even without a stop */ };
    struct slice folded = line->folded;
    bool template_code = slice_starts_with(folded, SLICE("{{")) || slice_starts_with(folded, SLICE("<%"));
    if (!line->han && (template_code || page_is_button(folded)))
        line->class = PAGE_NAVIGATION;
    else if (is_foot(line))
        line->class = PAGE_FOOT;
    else if (is_labels(line))
        line->class = PAGE_LABELS;
    else if (is_navigation(line))
        line->class = PAGE_NAVIGATION;
    else if (is_caption(line))
        line->class = PAGE_CAPTION;
    else if (is_byline(line))
        line->class = PAGE_BYLINE;
    else if (line->han >= SENTENCES_LEAST && (line->has_stop || line->han >= LONG) &&
             (line->ends_sentence || line->han >= LONG || holds(folded, "。")))
        line->class = PAGE_SENTENCES;
    else
        line->class = PAGE_OTHER;
}
