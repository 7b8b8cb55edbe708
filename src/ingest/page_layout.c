#include "ingest/page.h"

/*
 * What stands where. The body begins with the first running text; above it stand labels (or a date), and above those,
 * or between both, the title. The body goes on until something that only stands below articles; what is at its end and
 * is no sentence is taken away again (links to other articles, buttons, search words).
 */
enum {
    TITLE_LEAST = 5,  /* characters; shorter lines are names of sites and columns */
    TITLE_LIKELY = 9, /* from here on a line need not be doubted */
    TITLE_MOST = 90,
    TITLE_FAR = 12,       /* lines above the labels among which the title is looked for */
    FIRST_LEAST = 45,     /* characters of a first line of text that has no 。 */
    SIGNATURE_LINES = 3,  /* an office and a date below a notice */
    WRAP_LINES_LEAST = 6, /* lines before anybody may think that they were wrapped */
};

static bool ends_with_any(struct slice text, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (slice_ends_with(text, slice_of(words[i])))
            return true;
    return false;
}

static bool has_full_stop(const struct page_line *line) {
    return slice_find(line->folded, SLICE("。"), 0) < line->folded.size;
}

static bool may_begin_body(const struct page_line *line) {
    return line->class == PAGE_SENTENCES && !line->is_surrounding &&
           (has_full_stop(line) || line->characters >= FIRST_LEAST);
}

static bool may_be_title(const struct page_line *line) {
    static const char *const ends[] = {":", ";", "、", "。"};
    bool class = line->class == PAGE_OTHER || line->class == PAGE_SENTENCES || line->element == PAGE_ELEMENT_H1;
    return class && !line->is_surrounding && line->element != PAGE_ELEMENT_TITLE && line->han >= 2 &&
           line->characters >= TITLE_LEAST && line->characters <= TITLE_MOST &&
           !ends_with_any(line->folded, ends, ARRAY_LENGTH(ends)) && !has_full_stop(line) &&
           !slice_starts_with(line->folded, SLICE("——")) && !slice_starts_with(line->folded, SLICE("--"));
}

/* --- the title ----------------------------------------------------------------------------------------------- */

/* <title> is most often `title_column_site`: a line that it begins with is the title. */
static size_t title_by_element(const struct page *page) {
    struct slice whole = {0};
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < page->lines.count && !whole.size; i++)
        if (page->lines.items[i].element == PAGE_ELEMENT_TITLE)
            whole = page->lines.items[i].folded;
    for (size_t i = 0; i < page->lines.count; i++) {
        const struct page_line *line = &page->lines.items[i];
        bool heading = line->element >= PAGE_ELEMENT_H1;
        bool named = slice_equal(line->text, page->meta.title.text) ||
                     (slice_starts_with(whole, line->folded) && line->element != PAGE_ELEMENT_TITLE);
        if (named && !line->is_surrounding && line->characters >= TITLE_LEAST &&
            (best == SIZE_MAX || line->characters > page->lines.items[best].characters || heading))
            best = i;
        if (best == i && heading)
            break;
    }
    return best;
}

/* The last line of labels, or with a date, above `end` that tells of the article; a calendar counts only if alone. */
static size_t find_labels(const struct page *page, size_t end) {
    size_t calendar = SIZE_MAX;
    for (size_t i = end; i-- > 0;) {
        const struct page_line *line = &page->lines.items[i];
        struct page_date date;
        if (line->class != PAGE_LABELS)
            continue;
        if (page_date_find(line->folded, 0, &date) && date.has_weekday) {
            calendar = i;
            continue;
        }
        return i;
    }
    return calendar;
}

/* The nearest candidate going up from `end`; a short one only if there is no other. */
static size_t title_above(const struct page *page, size_t end) {
    size_t shorter = SIZE_MAX;
    for (size_t i = end, seen = 0; i-- > 0 && seen < TITLE_FAR; seen++) {
        const struct page_line *line = &page->lines.items[i];
        if (!may_be_title(line))
            continue;
        if (line->characters >= TITLE_LIKELY)
            return i;
        shorter = shorter == SIZE_MAX ? i : shorter;
    }
    return shorter;
}

static size_t title_between(const struct page *page, size_t begin, size_t end) {
    size_t shorter = SIZE_MAX;
    for (size_t i = begin; i < end; i++) {
        if (!may_be_title(&page->lines.items[i]))
            continue;
        if (page->lines.items[i].characters >= TITLE_LIKELY)
            return i;
        shorter = shorter == SIZE_MAX ? i : shorter;
    }
    return shorter;
}

static size_t find_title(const struct page *page, size_t first) {
    size_t title = title_by_element(page);
    if (title != SIZE_MAX)
        return title;
    for (size_t i = 0; i < first; i++) {
        struct page_pair pairs[PAGE_PAIRS_MOST];
        if (page->lines.items[i].class == PAGE_LABELS && page_pairs(&page->lines.items[i], pairs) &&
            pairs[0].label == LABEL_TITLE)
            return SIZE_MAX; /* the label says it */
    }
    size_t labels = find_labels(page, first);
    if (labels == SIZE_MAX)
        return title_above(page, first);
    /* Labels come in blocks: the title is above the whole block. */
    size_t top = labels;
    while (top > 0 && page->lines.items[top - 1].class == PAGE_LABELS)
        top--;
    title = title_above(page, top);
    size_t below = title_between(page, labels + 1, first);
    bool doubtful = title == SIZE_MAX || page->lines.items[title].characters < TITLE_LIKELY;
    return doubtful && below != SIZE_MAX ? below : title;
}

/* --- the body ------------------------------------------------------------------------------------------------ */

static size_t find_first(const struct page *page) {
    for (size_t i = 0; i < page->lines.count; i++)
        if (may_begin_body(&page->lines.items[i]))
            return i;
    /* News in a line or two may lack even that. */
    for (size_t i = 0; i < page->lines.count; i++)
        if (page->lines.items[i].class == PAGE_SENTENCES && !page->lines.items[i].is_surrounding)
            return i;
    return page->lines.count;
}

/* 上海市某局 / 2024年7月8日, at the end of a notice. */
static bool is_office(const struct page_line *line) {
    static const char *const ends[] = {"局", "委员会", "政府", "办公室", "公司", "中心", "厅",
                                       "部", "处",     "院",   "学校",   "协会", "银行", "街道办事处"};
    enum { OFFICE_MOST = 40 };
    return line->characters <= OFFICE_MOST && line->class == PAGE_OTHER &&
           ends_with_any(line->folded, ends, ARRAY_LENGTH(ends));
}

static bool is_lone_date(const struct page_line *line) {
    struct page_date date;
    return page_date_find(line->folded, 0, &date) && date.begin == 0 && date.end == line->folded.size;
}

/* Behind the last sentence: how far a signature goes. */
static size_t signature_end(const struct page *page, size_t end) {
    size_t at = end;
    while (at < page->lines.count && at < end + SIGNATURE_LINES && is_office(&page->lines.items[at]))
        at++;
    return at > end && at < page->lines.count && is_lone_date(&page->lines.items[at]) ? at + 1 : end;
}

/* 一、项目概况, (二)…, 3.…, 项目编号:…: what notices are made of beside sentences. */
static bool is_item(const struct page_line *line) {
    static const char *const marks[] = {"、", ".", ")"};
    enum { MARK_FAR = 12 /* bytes */, ITEM_LEAST = 15, ITEM_HAN_LEAST = 4 };
    if (line->class != PAGE_OTHER || line->is_surrounding)
        return false;
    struct slice front = slice_range(line->folded, 0, MARK_FAR);
    static const char *const numerals[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "(", "第"};
    bool numbered = front.size && front.data[0] >= '1' && front.data[0] <= '9';
    for (size_t i = 0; i < ARRAY_LENGTH(numerals); i++)
        numbered = numbered || slice_starts_with(front, slice_of(numerals[i]));
    bool marked = false;
    for (size_t i = 0; i < ARRAY_LENGTH(marks); i++)
        marked = marked || slice_find(front, slice_of(marks[i]), 1) < front.size;
    bool pair = slice_find_byte(line->folded, ':', 0) < line->folded.size && line->han >= ITEM_HAN_LEAST;
    return (numbered && marked) || pair;
}

static bool is_body_text(const struct page_line *line) {
    return !line->is_surrounding && (line->class == PAGE_SENTENCES || line->class == PAGE_OTHER);
}

static void find_body(struct page *page, size_t first) {
    size_t begin = first;
    size_t end = first;
    size_t last = first;
    /* A first paragraph that is no sentence yet, between the title and the first one that is: a subheading. */
    if (page->title != SIZE_MAX && page->title < first)
        while (begin > page->title + 1 &&
               (page->lines.items[begin - 1].class == PAGE_SENTENCES || is_item(&page->lines.items[begin - 1])))
            begin--;
    while (end < page->lines.count && page->lines.items[end].class != PAGE_FOOT) {
        const struct page_line *line = &page->lines.items[end++];
        bool says = line->class == PAGE_SENTENCES || (line->ends_sentence && line->han > 1);
        if (is_body_text(line) && (says || (is_item(line) && last + 1 == end)))
            last = end;
    }
    page->body_begin = begin;
    page->body_end = last > first ? signature_end(page, last) : last;
    for (size_t i = begin; i < page->body_end; i++) {
        struct page_line *line = &page->lines.items[i];
        bool signature = i >= last;
        if (i != page->title && (signature || is_body_text(line)))
            line->class = PAGE_BODY;
    }
}

/* --- lines that were wrapped --------------------------------------------------------------------------------- */

/*
 * Some dumps break lines at a width. Then most lines end inside a sentence, and are nearly as long as the longest. Each
 * such line takes those that follow it up, as long as nothing says that a paragraph begins.
 */
static bool is_wrapped(const struct page *page, unsigned *ret_width) {
    size_t lines = 0;
    size_t open = 0;
    unsigned width = 0;
    for (size_t i = page->body_begin; i < page->body_end; i++) {
        const struct page_line *line = &page->lines.items[i];
        if (line->class != PAGE_BODY)
            continue;
        lines++;
        open += !line->ends_sentence;
        width = line->characters > width ? line->characters : width;
    }
    *ret_width = width;
    return lines >= WRAP_LINES_LEAST && open * 2 > lines && width >= 15 && width <= 80;
}

static struct slice join(struct page *page, const struct page_line *line, const struct page_line *next) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    bool latin =
        !((unsigned char)line->text.data[line->text.size - 1] & 0x80) && !((unsigned char)next->text.data[0] & 0x80);
    buf_append_slice(&buf, line->text);
    if (latin)
        buf_append_byte(&buf, ' ');
    buf_append_slice(&buf, next->text);
    return arena_copy(page->arena, buf_slice(&buf));
}

static void join_wrapped(struct page *page) {
    unsigned width = 0;
    struct page_line *open = NULL;
    if (!is_wrapped(page, &width))
        return;
    /* The first sentence may have begun in lines that end in its middle. */
    while (page->body_begin > 0 && page->body_begin - 1 != page->title &&
           page->lines.items[page->body_begin - 1].class == PAGE_OTHER &&
           page->lines.items[page->body_begin - 1].characters * 10 >= width * 8)
        page->lines.items[--page->body_begin].class = PAGE_BODY;
    for (size_t i = page->body_begin; i < page->body_end; i++) {
        struct page_line *line = &page->lines.items[i];
        bool ends = line->ends_sentence && line->characters * 10 < width * 9;
        bool too_short = line->characters * 10 < width * 8;
        if (line->class != PAGE_BODY) {
            open = NULL;
        } else if (open && !line->after_gap) {
            open->text = join(page, open, line);
            line->class = PAGE_BLANK;
            open = ends || too_short ? NULL : open;
        } else {
            open = ends || too_short ? NULL : line;
        }
    }
}

void page_lay_out(struct page *page) {
    for (size_t i = 0; i < page->lines.count; i++)
        page_classify(&page->lines.items[i]);
    size_t first = find_first(page);
    page->title = find_title(page, first);
    /* A title that is a whole sentence was taken for the body's first. */
    if (page->title == first && first < page->lines.count) {
        page->lines.items[first].class = PAGE_TITLE;
        first = find_first(page);
    }
    if (page->title != SIZE_MAX)
        page->lines.items[page->title].class = PAGE_TITLE;
    if (page->title != SIZE_MAX && page->title > first && page->title < page->lines.count)
        for (first = page->title + 1; first < page->lines.count && !may_begin_body(&page->lines.items[first]);)
            first++;
    page->body_begin = page->body_end = page->lines.count;
    if (first < page->lines.count)
        find_body(page, first);
    join_wrapped(page);
}
