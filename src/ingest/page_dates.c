#include "ingest/page.h"

#include "base/utf8.h"

/* Dates inside a line: 2024-09-25, 2019/10/16 9:08:15, 2022.8.23, 2024年08月20日15:10, 2024年5月6日 上午9时30分. */

static bool is_digit(struct slice text, size_t at) {
    return at < text.size && text.data[at] >= '0' && text.data[at] <= '9';
}

/* A number of at most `most` digits at *at, which moves behind it. */
static bool take_number(struct slice text, size_t *at, size_t most, unsigned *ret_number) {
    size_t begin = *at;
    unsigned number = 0;
    while (*at - begin < most && is_digit(text, *at))
        number = number * 10 + (unsigned)(text.data[(*at)++] - '0');
    if (*at == begin || is_digit(text, *at))
        return false;
    *ret_number = number;
    return true;
}

static bool take(struct slice text, size_t *at, struct slice sign) {
    if (!slice_starts_with(slice_from(text, *at), sign))
        return false;
    *at += sign.size;
    return true;
}

static void skip_blanks(struct slice text, size_t *at) {
    while (*at < text.size && (text.data[*at] == ' ' || text.data[*at] == '\t'))
        (*at)++;
}

/* Year, month and day. Of the separators, the second must be of the first one's kind. */
static bool take_day(struct slice text, size_t *at, unsigned day[3]) {
    static const struct slice separators[][3] = {
        {SLICE_CONSTANT("年"), SLICE_CONSTANT("月"), SLICE_CONSTANT("日")},
        {SLICE_CONSTANT("-"), SLICE_CONSTANT("-"), SLICE_CONSTANT("")},
        {SLICE_CONSTANT("/"), SLICE_CONSTANT("/"), SLICE_CONSTANT("")},
        {SLICE_CONSTANT("."), SLICE_CONSTANT("."), SLICE_CONSTANT("")},
    };
    size_t begin = *at;
    for (size_t kind = 0; kind < ARRAY_LENGTH(separators); kind++) {
        bool good = take_number(text, at, 4, &day[0]) && day[0] >= 1990 && day[0] < 2100;
        for (size_t part = 1; good && part < 3; part++) {
            skip_blanks(text, at);
            good = take(text, at, separators[kind][part - 1]);
            skip_blanks(text, at);
            good = good && take_number(text, at, 2, &day[part]);
        }
        if (good)
            skip_blanks(text, at);
        if (good && take(text, at, separators[kind][2]) && day[1] >= 1 && day[1] <= 12 && day[2] >= 1 && day[2] <= 31)
            return true;
        *at = begin;
    }
    return false;
}

/* Hours, minutes and seconds behind a day: 15:10, 9:08:15, T20:45, 9时30分. */
static bool take_time(struct slice text, size_t *at, unsigned time[3]) {
    size_t begin = *at;
    skip_blanks(text, at);
    if (!take(text, at, SLICE("t")))
        take(text, at, SLICE("上午"));
    skip_blanks(text, at);
    time[2] = 0;
    bool good = take_number(text, at, 2, &time[0]) &&
                (take(text, at, SLICE(":")) || take(text, at, SLICE("时")) || take(text, at, SLICE("点"))) &&
                take_number(text, at, 2, &time[1]);
    size_t minutes_end = *at;
    if (good && (!take(text, at, SLICE(":")) || !take_number(text, at, 2, &time[2]) || time[2] > 59)) {
        *at = minutes_end;
        time[2] = 0;
        take(text, at, SLICE("分"));
    }
    if (good && time[0] < 24 && time[1] < 60)
        return true;
    *at = begin;
    return false;
}

static bool has_weekday(struct slice text, size_t at) {
    const struct slice words[] = {SLICE("星期"), SLICE("周"), SLICE("礼拜")};
    while (at < text.size && (text.data[at] == ' ' || text.data[at] == '(' || text.data[at] == ','))
        at++;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (slice_starts_with(slice_from(text, at), words[i]))
            return true;
    return false;
}

bool page_date_find(struct slice folded, size_t from, struct page_date *ret_date) {
    for (size_t at = from; at < folded.size; at++) {
        unsigned day[3];
        unsigned time[3];
        size_t end = at;
        if (!is_digit(folded, at) || (at > 0 && is_digit(folded, at - 1)) || !take_day(folded, &end, day))
            continue;
        *ret_date = (struct page_date){.begin = at, .has_weekday = has_weekday(folded, end)};
        ret_date->has_time = take_time(folded, &end, time);
        ret_date->end = end;
        CLEANUP(buf_release) struct buf text = BUF(sizeof ret_date->text);
        buf_append_format(&text, "%04u-%02u-%02u", day[0], day[1], day[2]);
        if (ret_date->has_time)
            buf_append_format(&text, " %02u:%02u:%02u", time[0], time[1], time[2]);
        memcpy(ret_date->text, buf_string(&text), text.size + 1);
        return true;
    }
    return false;
}
