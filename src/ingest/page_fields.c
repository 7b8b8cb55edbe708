#include "ingest/page.h"

#include "base/uri.h"
#include "base/utf8.h"

/*
 * The fields, from whatever says them best: <meta>, then labels above the body, then those below it, then bylines.
 */

struct finding {
    struct page *page;
    struct page_value published, updated, dated; /* dated: a date without a label */
    bool dated_is_calendar;
    struct page_value source, publisher, account;
    struct page_value title, url_title;
    struct page_value original_url, own_url;
    struct page_value region;
    struct page_names authors;
};

static void settle(struct page_value *value, struct slice text, unsigned line) {
    if (!value->text.size && text.size)
        *value = (struct page_value){text, line};
}

static struct slice date_text(struct finding *finding, const struct page_date *date) {
    return slice_of(arena_copy_string(finding->page->arena, date->text));
}

/* --- values of labels ---------------------------------------------------------------------------------------- */

/* A web address stops at the first character that is none of one: text is often glued to it. */
static struct slice address_in(struct slice text, struct slice *ret_rest) {
    const struct slice schemes[] = {SLICE("http://"), SLICE("https://")};
    size_t begin = text.size;
    for (size_t i = 0; i < ARRAY_LENGTH(schemes); i++) {
        size_t at = slice_find(text, schemes[i], 0);
        begin = at < begin ? at : begin;
    }
    size_t end = begin;
    while (end < text.size && text.data[end] > ' ' && text.data[end] < 0x7F && !strchr("\"<>\\^`{|}", text.data[end]))
        end++;
    while (end > begin && strchr(".,;:!?)'", text.data[end - 1]))
        end--;
    *ret_rest = slice_trim(slice_from(text, end));
    struct slice address = slice_range(text, begin, end);
    return uri_is_web(address) ? address : (struct slice){0};
}

/* Source names have blanks in them, but words of the page may follow: 网眼新闻 举报. */
static struct slice source_in(struct slice value) {
    for (;;) {
        size_t blank = value.size;
        while (blank > 0 && value.data[blank - 1] != ' ')
            blank--;
        struct slice last = slice_from(value, blank);
        if (!blank || (!page_is_button(last) && !slice_starts_with(last, SLICE("分享"))))
            break;
        value = slice_trim(slice_range(value, 0, blank));
    }
    static const char *const nothing[] = {"未知", "不详", "原创", "无", "-", "--"};
    for (size_t i = 0; i < ARRAY_LENGTH(nothing); i++)
        if (slice_equal(value, slice_of(nothing[i])))
            return (struct slice){0};
    return page_is_button(value) ? (struct slice){0} : value;
}

static void take_date(struct finding *finding, const struct page_line *line, const struct page_pair *pair, size_t end,
                      struct page_value *value) {
    struct page_date date;
    if (page_date_find(line->folded, pair->value_begin, &date) && date.begin < end)
        settle(value, date_text(finding, &date), line->number);
}

static void take_url(struct finding *finding, const struct page_line *line, struct slice value,
                     struct page_value *ret_url) {
    struct slice rest = {0};
    settle(ret_url, address_in(value, &rest), line->number);
    enum { GLUED_TITLE_LEAST = 8 };
    if (ret_url->line == line->number && utf8_count(rest) >= GLUED_TITLE_LEAST)
        settle(&finding->url_title, rest, line->number);
}

/* Some dumps have a line end between label and value. */
static bool take_value_below(struct finding *finding, size_t at, enum page_label label) {
    enum { VALUE_MOST = 30 };
    const struct page *page = finding->page;
    const struct page_line *line = at + 1 < page->lines.count ? &page->lines.items[at + 1] : NULL;
    struct page_pair pairs[PAGE_PAIRS_MOST];
    struct page_date date;
    if (!line || line->characters > VALUE_MOST || line->has_stop || page_pairs(line, pairs) ||
        line->class == PAGE_TITLE || line->class == PAGE_BODY)
        return false;
    bool dated = page_date_find(line->folded, 0, &date);
    if (label == LABEL_PUBLISHED && dated)
        settle(&finding->published, date_text(finding, &date), line->number);
    else if (label == LABEL_SOURCE && !dated && line->class == PAGE_OTHER)
        settle(&finding->source, source_in(line->text), line->number);
    else if (label == LABEL_AUTHOR && !dated && line->class == PAGE_OTHER)
        page_names_add(&finding->authors, line->text, line->number);
    return true;
}

static void take_pair(struct finding *finding, const struct page_line *line, const struct page_pair *pair, size_t end) {
    switch (pair->label) {
    case LABEL_PUBLISHED:
        take_date(finding, line, pair, end, &finding->published);
        break;
    case LABEL_UPDATED:
        take_date(finding, line, pair, end, &finding->updated);
        break;
    case LABEL_SOURCE:
        settle(&finding->source, source_in(pair->value), line->number);
        break;
    case LABEL_PUBLISHER:
        settle(&finding->publisher, source_in(pair->value), line->number);
        break;
    case LABEL_AUTHOR:
        page_names_add(&finding->authors, pair->value, line->number);
        break;
    case LABEL_TITLE:
        settle(&finding->title, pair->value, line->number);
        break;
    case LABEL_ORIGINAL_URL:
        take_url(finding, line, pair->value, &finding->original_url);
        break;
    case LABEL_OWN_URL:
        take_url(finding, line, pair->value, &finding->own_url);
        break;
    case LABEL_REGION:
        settle(&finding->region, pair->value, line->number);
        break;
    default:
        break;
    }
}

/* --- dates without a label, and what stands around them ------------------------------------------------------- */

static bool is_date_taken(const struct page_pair *pairs, size_t count, size_t date_begin) {
    for (size_t i = 0; i < count; i++) {
        bool dates =
            pairs[i].label == LABEL_PUBLISHED || pairs[i].label == LABEL_UPDATED || pairs[i].label == LABEL_OTHER_DATE;
        size_t end = i + 1 < count ? pairs[i + 1].begin : SIZE_MAX;
        if (dates && date_begin >= pairs[i].value_begin && date_begin < end)
            return true;
    }
    return false;
}

/* The words before a date of a post in a messenger: 原创 作者 账号 2024-05-06 18:30. */
static void take_account(struct finding *finding, const struct page_line *line, struct slice front) {
    enum { WORDS_MOST = 3 };
    struct slice words[WORDS_MOST + 1];
    size_t count = 0;
    struct slice word;
    struct slice rest = slice_trim(front);
    while (count <= WORDS_MOST && slice_take_until(&rest, ' ', &word))
        if (slice_trim(word).size)
            words[count++] = slice_trim(word);
    bool original = count && (slice_equal(words[0], SLICE("原创")) || slice_equal(words[0], SLICE("原創")));
    size_t first = original ? 1 : 0;
    if (count <= first || count > WORDS_MOST || page_is_button(words[count - 1]))
        return;
    settle(&finding->account, words[count - 1], line->number);
    if (count - first == 2)
        page_names_add(&finding->authors, words[first], line->number);
}

static void take_line_date(struct finding *finding, const struct page_line *line, const struct page_pair *pairs,
                           size_t count) {
    struct page_date date;
    if (!page_date_find(line->folded, 0, &date) || is_date_taken(pairs, count, date.begin))
        return;
    bool better = !finding->dated.text.size || (finding->dated_is_calendar && !date.has_weekday);
    if (!better)
        return;
    finding->dated = (struct page_value){date_text(finding, &date), line->number};
    finding->dated_is_calendar = date.has_weekday;
    size_t front_end = count && pairs[0].begin < date.begin ? pairs[0].begin : date.begin;
    /* 2024-09-30 16:30 记者 甲 报道 */
    size_t tail = date.end < line->folded.size ? date.end : line->folded.size;
    struct slice behind = slice_trim(page_origin(line, tail, line->folded.size));
    if (!count && page_begins_with_role(behind))
        page_names_add(&finding->authors, behind, line->number);
    if (!date.has_weekday && date.has_time && !count)
        take_account(finding, line, page_origin(line, 0, front_end));
}

/* A short line alone between title and date: the account that posted it. */
static void take_account_line(struct finding *finding, size_t at) {
    enum { ACCOUNT_MOST = 12 };
    struct page *page = finding->page;
    if (page->title == SIZE_MAX || at <= page->title + 1)
        return;
    const struct page_line *line = &page->lines.items[at - 1];
    const struct page_line *dated = &page->lines.items[at];
    struct page_date date;
    bool alone = page_date_find(dated->folded, 0, &date) && date.begin == 0 && date.end == dated->folded.size;
    if (alone && line->class == PAGE_OTHER && line->characters <= ACCOUNT_MOST && line->han == line->characters)
        settle(&finding->account, line->text, line->number);
}

/* --- lines --------------------------------------------------------------------------------------------------- */

static void take_line(struct finding *finding, size_t at, bool above) {
    struct page *page = finding->page;
    const struct page_line *line = &page->lines.items[at];
    struct page_pair pairs[PAGE_PAIRS_MOST];
    if (line->class == PAGE_BYLINE) {
        page_names_add(&finding->authors, line->text, line->number);
        return;
    }
    if (line->class != PAGE_LABELS && line->class != PAGE_FOOT)
        return;
    size_t count = page_pairs(line, pairs);
    for (size_t i = 0; line->class == PAGE_LABELS && i < count; i++)
        take_pair(finding, line, &pairs[i], i + 1 < count ? pairs[i + 1].begin : line->folded.size);
    if (line->class == PAGE_LABELS && count == 1 && !pairs[0].value.size)
        take_value_below(finding, at, pairs[0].label);
    if (above && line->class == PAGE_LABELS) {
        take_line_date(finding, line, pairs, count);
        take_account_line(finding, at);
    }
}

/* 如有附件请到原网址查看http://…: a line below the article with one address and a word for where it comes from. */
static void take_foot_address(struct finding *finding, const struct page_line *line) {
    static const char *const words[] = {"原文", "网址", "出处", "原网"};
    struct slice rest = {0};
    struct slice address = address_in(line->text, &rest);
    for (size_t i = 0; address.size && i < ARRAY_LENGTH(words); i++)
        if (slice_find(line->folded, slice_of(words[i]), 0) < line->folded.size)
            settle(&finding->original_url, address, line->number);
}

/*
 * Labels of the article itself: above the body, inside it, and below it up to where other articles begin. What a notice
 * says of rights (凡注明“来源:…”) is a foot, and no label.
 */
static void read_lines(struct finding *finding) {
    enum { FOOT_FAR = 12 /* lines below the body */ };
    struct page *page = finding->page;
    size_t end = page->body_end + FOOT_FAR < page->lines.count ? page->body_end + FOOT_FAR : page->lines.count;
    for (size_t i = 0; i < end; i++) {
        const struct page_line *line = &page->lines.items[i];
        if (line->is_surrounding && i >= page->body_end)
            continue;
        take_line(finding, i, i < page->body_begin);
        if (i >= page->body_end && line->class == PAGE_FOOT)
            take_foot_address(finding, line);
    }
}

/* --- the body ------------------------------------------------------------------------------------------------ */

static struct slice first_text(struct finding *finding, const struct page_line *line) {
    struct slice source = {0};
    size_t dateline = page_dateline(line, &finding->authors, &source);
    finding->page->dateline = dateline;
    settle(&finding->account, source, line->number);
    return slice_from(line->text, dateline);
}

static struct page_value read_body(struct finding *finding) {
    CLEANUP(buf_release) struct buf body = BUF(BUF_UNLIMITED);
    struct page *page = finding->page;
    unsigned first = 0;
    for (size_t i = page->body_begin; i < page->body_end; i++) {
        const struct page_line *line = &page->lines.items[i];
        if (line->class != PAGE_BODY)
            continue;
        struct slice text = first ? line->text : first_text(finding, line);
        text = slice_trim(slice_range(text, 0, page_names_behind(text, &finding->authors, line->number)));
        if (!text.size)
            continue;
        first = first ? first : line->number;
        if (body.size)
            buf_append_byte(&body, '\n');
        buf_append_slice(&body, text);
    }
    return (struct page_value){arena_copy(page->arena, buf_slice(&body)), first};
}

/* --- all together -------------------------------------------------------------------------------------------- */

static const struct page_value *first_of(const struct page_value *const *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (values[i]->text.size)
            return values[i];
    return values[0];
}
#define FIRST_OF(...)                                                                                                  \
    first_of((const struct page_value *const[]){__VA_ARGS__},                                                          \
             ARRAY_LENGTH(((const struct page_value *const[]){__VA_ARGS__})))

static void put(struct raw_article *raw, enum article_field field, const struct page_value *value) {
    if (value->text.size)
        raw->fields[field] = (struct raw_value){
            .kind = RAW_TEXT, .text = value->text, .line = raw->place.line + value->line - 1, .column = 1};
}

static void put_authors(struct finding *finding, struct raw_article *raw) {
    const struct page_names *names = &finding->authors;
    struct raw_item *items = arena_new_array(finding->page->arena, names->count + 1, sizeof *items);
    for (size_t i = 0; i < names->count; i++)
        items[i].value = (struct raw_value){
            .kind = RAW_TEXT, .text = names->items[i], .line = raw->place.line + names->line - 1, .column = 1};
    if (names->count)
        raw->fields[ARTICLE_FIELD_AUTHOR] = (struct raw_value){.kind = RAW_LIST, .items = items, .count = names->count};
}

/* Up to _ - | – ｜ before the site's name. */
static struct slice without_site(struct slice title) {
    static const char *const separators[] = {"_", " - ", " | ", "-", "|", "—", "–", "｜", "丨"};
    for (size_t i = 0; i < ARRAY_LENGTH(separators); i++) {
        size_t at = slice_find(title, slice_of(separators[i]), 0);
        if (at < title.size && at > 0)
            return slice_trim(slice_range(title, 0, at));
    }
    return title;
}

static struct page_value title_of(const struct finding *finding) {
    const struct page *page = finding->page;
    struct page_value element = {0};
    if (page->title != SIZE_MAX)
        return (struct page_value){page->lines.items[page->title].text, page->lines.items[page->title].number};
    for (size_t i = 0; i < page->lines.count && !element.text.size; i++)
        if (page->lines.items[i].element == PAGE_ELEMENT_TITLE)
            element = (struct page_value){without_site(page->lines.items[i].text), page->lines.items[i].number};
    return *FIRST_OF(&page->meta.title, &finding->title, &finding->url_title, &element);
}

void page_fields(struct page *page, struct raw_article *raw) {
    struct finding finding = {.page = page};
    const struct page_meta *meta = &page->meta;
    page_names_add(&finding.authors, meta->author.text, meta->author.line);
    read_lines(&finding);
    struct page_value body = read_body(&finding);
    struct page_value title = title_of(&finding);
    struct page_value host = {uri_host(finding.original_url.text), finding.original_url.line};
    put(raw, ARTICLE_FIELD_TITLE, &title);
    put(raw, ARTICLE_FIELD_BODY, &body);
    put(raw, ARTICLE_FIELD_DATE,
        FIRST_OF(&meta->date, &finding.published, &finding.dated, &finding.updated, &meta->updated));
    if (finding.published.text.size || meta->date.text.size)
        put(raw, ARTICLE_FIELD_UPDATED, FIRST_OF(&meta->updated, &finding.updated));
    /* The host of the original says where it comes from when nothing else does. */
    put(raw, ARTICLE_FIELD_SOURCE,
        FIRST_OF(&meta->source, &finding.source, &finding.account, &finding.publisher, &host));
    put(raw, ARTICLE_FIELD_URL, FIRST_OF(&finding.original_url, &meta->url, &finding.own_url));
    put(raw, ARTICLE_FIELD_TAGS, &finding.region);
    put_authors(&finding, raw);
}
