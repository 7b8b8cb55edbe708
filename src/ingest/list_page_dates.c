#include "ingest/list_page_tree.h"

#include "base/buf.h"
#include "base/date.h"
#include "base/utf8.h"
#include "ingest/page.h"
#include "text/fold.h"

/* Dates of a list page: in a piece of text, in <time>, or in several elements. */

enum {
    LOOKED_AT_MOST = 240, /* bytes of a piece of text: longer ones are summaries */
    BESIDE_MOST = 30,     /* characters beside the date */
    SPLIT_MOST = 48,      /* bytes of a date in several elements */
    DATE_SIZE = 24,
};

static bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

static struct slice copy_date(struct list_tree *tree, const char *text) {
    struct timestamp unused;
    return date_parse(slice_of(text), &unused) ? slice_of(arena_copy_string(tree->arena, text)) : (struct slice){0};
}

static struct slice date_of(struct list_tree *tree, unsigned year, unsigned month, unsigned day) {
    CLEANUP(buf_release) struct buf text = BUF(DATE_SIZE);
    buf_append_format(&text, "%04u-%02u-%02u", year, month, day);
    return copy_date(tree, buf_string(&text));
}

/* Characters that are letters or digits. */
static size_t letters_in(struct slice text) {
    CLEANUP(buf_release) struct buf letters = BUF(1 << 12);
    text_append_letters(text, &letters);
    return utf8_count(buf_slice(&letters));
}

/* The date of a piece of text that is little else: the one behind 发布, else the first. */
static void find_in_text(struct list_tree *tree, struct list_node *node) {
    CLEANUP(buf_release) struct buf folded = BUF(1 << 12);
    struct page_date date;
    if (node->text.size > LOOKED_AT_MOST)
        return;
    text_fold(slice_trim(node->text), &folded, NULL);
    struct slice text = buf_slice(&folded);
    size_t label = slice_find(text, SLICE("发布"), 0);
    if (!(label < text.size && page_date_find(text, label, &date)) && !page_date_find(text, 0, &date))
        return;
    size_t end = date.end < text.size ? date.end : text.size;
    size_t beside = letters_in(slice_range(text, 0, date.begin)) + letters_in(slice_from(text, end));
    /* Titles have dates in them. */
    if (beside <= (node->in_link ? 0 : BESIDE_MOST))
        node->date = copy_date(tree, date.text);
}

/* --- numbers ------------------------------------------------------------------------------------------------- */

struct number {
    unsigned value;
    size_t digits;
    bool is_joined; /* nothing but a sign between it and the number before, in the same piece of text */
};

/* Numbers of a text that is nothing but numbers and what joins them to dates. */
static bool take_numbers(struct slice text, struct number *numbers, size_t most, size_t *count) {
    static const char *const signs[] = {"年", "月", "日", "-", "/", ".", " ", "[", "]", "(", ")", "【", "】"};
    size_t in_piece = 0;
    for (size_t at = 0; at < text.size;) {
        if (is_digit(text.data[at])) {
            struct number number = {.is_joined = in_piece++ > 0};
            for (; at < text.size && is_digit(text.data[at]) && number.digits < 9; at++, number.digits++)
                number.value = number.value * 10 + (unsigned)(text.data[at] - '0');
            if (*count == most)
                return false;
            numbers[(*count)++] = number;
            continue;
        }
        size_t i = 0;
        while (i < ARRAY_LENGTH(signs) && !slice_starts_with(slice_from(text, at), slice_of(signs[i])))
            i++;
        if (i == ARRAY_LENGTH(signs))
            return false;
        at += strlen(signs[i]);
    }
    return true;
}

static bool is_year(const struct number *number) {
    return number->digits == 4 && number->value >= 1990 && number->value < 2100;
}

static bool is_part(const struct number *number) {
    return number->digits <= 2 && number->value >= 1 && number->value <= 31;
}

/* [09-25], 9月25日 */
static void find_short(struct list_node *node) {
    CLEANUP(buf_release) struct buf folded = BUF(1 << 12);
    struct number numbers[2];
    size_t count = 0;
    if (node->text.size > SPLIT_MOST || node->date.size)
        return;
    text_fold(slice_trim(node->text), &folded, NULL);
    if (take_numbers(buf_slice(&folded), numbers, ARRAY_LENGTH(numbers), &count) && count == 2 &&
        is_part(&numbers[0]) && is_part(&numbers[1]) && numbers[0].value <= 12)
        node->day_of_year = numbers[0].value * 100 + numbers[1].value;
}

/* A year, a month and a day in several pieces of text: 25 | 2024-09, 09-25 | 2024, 2024 | 09-25. What could be read in
 * two ways is none. */
static void find_split(struct list_tree *tree, struct list_node *node, uint32_t number) {
    struct number numbers[3];
    size_t count = 0;
    for (uint32_t i = number; i < node->end; i++) {
        CLEANUP(buf_release) struct buf folded = BUF(1 << 12);
        const struct list_node *inner = &tree->nodes.items[i];
        if (inner->tag != LIST_TEXT)
            continue;
        text_fold(slice_trim(inner->text), &folded, NULL);
        if (!take_numbers(buf_slice(&folded), numbers, ARRAY_LENGTH(numbers), &count))
            return;
    }
    if (count != 3)
        return;
    if (is_year(&numbers[0]) && is_part(&numbers[1]) && is_part(&numbers[2]))
        node->date = date_of(tree, numbers[0].value, numbers[1].value, numbers[2].value);
    else if (is_part(&numbers[0]) && is_year(&numbers[1]) && is_part(&numbers[2]) && numbers[2].is_joined)
        node->date = date_of(tree, numbers[1].value, numbers[2].value, numbers[0].value);
    else if (is_part(&numbers[0]) && is_part(&numbers[1]) && numbers[1].is_joined && is_year(&numbers[2]))
        node->date = date_of(tree, numbers[2].value, numbers[0].value, numbers[1].value);
}

static void find_in_element(struct list_tree *tree, struct list_node *node, uint32_t number) {
    struct timestamp unused;
    if (node->attributes && node->attributes->datetime.size && node->attributes->datetime.size <= SPLIT_MOST &&
        date_parse(node->attributes->datetime, &unused))
        node->date = node->attributes->datetime;
    else if (!node->dates && node->size <= SPLIT_MOST && node->end > number + 2)
        find_split(tree, node, number);
    if (node->date.size) {
        node->dates = 1;
        node->short_dates = 0;
    }
}

void list_find_dates(struct list_tree *tree) {
    /* From the end: what is in an element is known when its turn comes. */
    for (uint32_t i = (uint32_t)tree->nodes.count; i-- > 0;) {
        struct list_node *node = &tree->nodes.items[i];
        if (node->tag == LIST_TEXT) {
            find_in_text(tree, node);
            find_short(node);
            node->dates = node->date.size > 0;
            node->short_dates = node->day_of_year > 0;
        } else {
            find_in_element(tree, node, i);
        }
        if (i == 0)
            break;
        struct list_node *parent = &tree->nodes.items[node->parent];
        parent->dates += node->dates;
        parent->short_dates += node->short_dates;
        parent->size += node->size;
    }
}

/* Digits [at, at + count) of an address as a number; false when one is none. */
static bool take_digits(struct slice address, size_t *at, size_t count, unsigned *ret_number) {
    unsigned number = 0;
    for (size_t i = 0; i < count; i++) {
        if (*at + i >= address.size || !is_digit(address.data[*at + i]))
            return false;
        number = number * 10 + (unsigned)(address.data[*at + i] - '0');
    }
    *at += count;
    *ret_number = number;
    return true;
}

static void skip_sign(struct slice address, size_t *at) {
    *at += *at < address.size && strchr("-/_", address.data[*at]) != NULL;
}

struct slice list_completed_date(const struct list_tree *tree, unsigned day_of_year, struct slice address) {
    struct list_tree copies = {.arena = tree->arena};
    for (size_t begin = 0; begin < address.size; begin++) {
        size_t at = begin;
        unsigned year = 0;
        unsigned month = 0;
        unsigned day = 0;
        if (begin && is_digit(address.data[begin - 1]))
            continue;
        if (!take_digits(address, &at, 4, &year) || year < 1990 || year >= 2100)
            continue;
        skip_sign(address, &at);
        if (!take_digits(address, &at, 2, &month))
            continue;
        skip_sign(address, &at);
        if (take_digits(address, &at, 2, &day) && month * 100 + day == day_of_year)
            return date_of(&copies, year, month, day);
    }
    return (struct slice){0};
}
