#ifndef PINDAO_INGEST_PAGE_H
#define PINDAO_INGEST_PAGE_H

#include "base/arena.h"
#include "base/vec.h"
#include "ingest/fields.h"
#include "text/restore.h"

/*
 * Inside of the reader `page`: the dump of one article's page, HTML or the text of it, with all that surrounds the
 * article.
 *
 *   page_html / page_text   the record → lines, each with what its element tells
 *   page_labels, page_dates 来源:… 作者:… and dates inside a line
 *   page_classes            what a line is by itself
 *   page_layout             which lines are title, body and foot: what stands where
 *   page_fields             the article's fields, from labels, bylines, datelines and <meta>
 *
 * All of it works on the fold of a line (text/fold.h), so that traditional and simplified, full-width and half-width,
 * and letter-s p a c e d words are one.
 */
enum page_class {
    PAGE_OTHER,      /* none of the others: a title, a subheading, a link's text */
    PAGE_BLANK,      /* no letters */
    PAGE_NAVIGATION, /* breadcrumbs, menus, buttons */
    PAGE_LABELS,     /* 来源:… 发布时间:…, or a date and little else */
    PAGE_BYLINE,     /* 本报记者 …, (完) */
    PAGE_CAPTION,    /* 图为…, …摄 */
    PAGE_FOOT,       /* 上一篇, 版权声明, 相关阅读: nothing of the article comes behind it */
    PAGE_SENTENCES,  /* running text */
    PAGE_TITLE,      /* set by the layout, as the next one */
    PAGE_BODY,
};

/* Elements that tell more than their text. */
enum page_element {
    PAGE_ELEMENT_NONE,
    PAGE_ELEMENT_TITLE, /* <title> */
    PAGE_ELEMENT_H1,
    PAGE_ELEMENT_H2,
    PAGE_ELEMENT_H3, /* and lower ones */
};

struct page_line {
    struct slice text;       /* trimmed, not empty */
    struct slice folded;     /* of its first PAGE_FOLD_MOST bytes */
    const uint32_t *origins; /* for each byte of folded, and its end, the byte of text */
    unsigned number;         /* 1-based, in the record */
    unsigned characters;     /* in text */
    unsigned han;            /* of them, Han characters */
    unsigned linked;         /* of them, inside links */
    enum page_element element;
    enum page_class class;
    bool has_stop;       /* 。！？ somewhere */
    bool ends_sentence;  /* its last character ends or announces something: 。！？…”)： */
    bool is_surrounding; /* in an element like nav, footer, or one whose class says so */
    bool after_gap;      /* a blank line before it, or the begin of an element */
};

/* A value and where it stands; empty text: none. */
struct page_value {
    struct slice text;
    unsigned line;
};

/* What <meta> and <link> say. */
struct page_meta {
    struct page_value title, date, updated, source, author, url;
};

struct page {
    struct arena *arena;
    VEC(struct page_line) lines;
    struct page_meta meta;
    struct restore_report restored;
    size_t title;      /* number of its line; SIZE_MAX: none */
    size_t body_begin; /* lines [body_begin, body_end) of class PAGE_BODY are the article's text */
    size_t body_end;
    size_t dateline; /* bytes of the first body line that name reporter and place: …讯 记者…报道 */
};

enum {
    PAGE_LINES_MOST = 20000, /* what comes behind them is no article */
    PAGE_FOLD_MOST = 900,    /* bytes: labels and bylines are shorter */
};

/* --- page_text.c, page_html.c -------------------------------------------------------------------------------- */

void page_release(struct page *page);
bool page_is_html(struct slice record);
void page_read_text(struct page *page, struct slice text);
void page_read_html(struct page *page, struct slice html);
/* For both: a line, trimmed by this; empty ones are none. */
struct page_line *page_add_line(struct page *page, struct slice text, unsigned number);

/* --- page_labels.c ------------------------------------------------------------------------------------------- */

enum page_label {
    LABEL_PUBLISHED,
    LABEL_UPDATED,
    LABEL_OTHER_DATE, /* 成文日期, 开标时间, 截止时间: not when the page appeared */
    LABEL_SOURCE,
    LABEL_PUBLISHER, /* 发布机构: the source where there is no other */
    LABEL_AUTHOR,
    LABEL_EDITOR,
    LABEL_TITLE,
    LABEL_ORIGINAL_TITLE,
    LABEL_ORIGINAL_URL, /* 原文链接 */
    LABEL_OWN_URL,      /* 本文链接 */
    LABEL_REGION,       /* 所在地区 */
    LABEL_NOTHING,      /* 浏览次数, 字号, 索引号 */
};

struct page_pair {
    enum page_label label;
    size_t begin;       /* of the label, in the line's fold */
    size_t value_begin; /* … */
    struct slice value; /* as it stands in the line's text, trimmed */
};
enum { PAGE_PAIRS_MOST = 16 };

/* `来源:甲 作者:乙` → two pairs. How many. */
size_t page_pairs(const struct page_line *line, struct page_pair pairs[PAGE_PAIRS_MOST]);

/* The text of folded bytes [begin, end). */
struct slice page_origin(const struct page_line *line, size_t begin, size_t end);

/* --- page_dates.c -------------------------------------------------------------------------------------------- */

struct page_date {
    size_t begin, end; /* in the folded text */
    bool has_time;
    bool has_weekday; /* 星期三 behind it: a calendar, as long as there is another date */
    char text[24];    /* as date_parse wants it */
};
/* The first whole date (with a year) at or after `from`. */
bool page_date_find(struct slice folded, size_t from, struct page_date *ret_date);

/* --- page_classes.c ------------------------------------------------------------------------------------------ */

void page_classify(struct page_line *line);
/* Is the last of several pieces of text in such a line a word of the page, not of the article: 打印, 收藏? */
bool page_is_button(struct slice folded);

/* --- page_layout.c ------------------------------------------------------------------------------------------- */

void page_lay_out(struct page *page);

/* --- page_names.c -------------------------------------------------------------------------------------------- */

enum { PAGE_NAMES_MOST = 16 };
struct page_names {
    struct slice items[PAGE_NAMES_MOST];
    size_t count;
    unsigned line; /* of the first */
};
/* Names out of `本报记者 甲 乙 通讯员 丙`; editors are none. */
void page_names_add(struct page_names *names, struct slice text, unsigned line);
/* 记者 甲 …: does it begin with what somebody did? */
bool page_begins_with_role(struct slice text);
/* `…(记者 甲 摄影 乙)` at the end of a paragraph: where the parenthesis begins; text.size when there is none. */
size_t page_names_behind(struct slice text, struct page_names *names, unsigned line);

/* `甲报、乙网讯 记者丙上海报道 ` at the begin of the body's first line. Bytes of its text that are that; 0: none. */
size_t page_dateline(const struct page_line *line, struct page_names *names, struct slice *ret_source);

/* --- page_fields.c ------------------------------------------------------------------------------------------- */

/* The page's fields as they would stand in JSON. Strings in the arena, the page's text, or static. */
void page_fields(struct page *page, struct raw_article *raw);

#endif
