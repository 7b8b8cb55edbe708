#include "clean/clean.h"

#include "base/utf8.h"

/*
 * Headings that a list page's dump left inside one long line: `… 。 一、标题 正文 … 二、标题 正文`.
 *
 * Candidates are numerals with 、 behind them at the start of a line or behind a sentence. Those that count upwards
 * from 一, at least two, are a run; a run's candidates begin paragraphs. They are headings when every one of the run
 * is: short, and with text behind it. One long one, as in `一、作为国家级平台，…`, means that this writer numbers
 * paragraphs.
 */

enum {
    HEADING_MOST = 40, /* characters, up to the blank or stop that ends it */
    NUMERAL_MOST = 20, /* 二十 */
    MARKS_MOST = 256,  /* candidates in one text; what stands behind them stays as it is */
    HAN_SIZE = 3,      /* bytes of every character that numerals and stops are made of */
};

struct mark {
    size_t at; /* of the numeral */
    unsigned number;
    bool in_run;
    bool is_heading;
    size_t heading_end; /* without the stop that ends it */
    size_t body;        /* where the text behind the heading begins */
};

struct marks {
    struct mark items[MARKS_MOST];
    size_t count;
};

/* Where `sign` (。 or 、 and what follows) next stands: by its first byte, E3, which little else in Chinese text begins
 * with. */
static size_t find_sign(struct slice text, struct slice sign, size_t from) {
    size_t at = slice_find_byte(text, sign.data[0], from);
    while (at < text.size && !slice_starts_with(slice_from(text, at), sign))
        at = slice_find_byte(text, sign.data[0], at + 1);
    return at;
}

static unsigned digit_at(struct slice text, size_t at) {
    static const char digits[] = "一二三四五六七八九十";
    for (unsigned i = 0; i < 10 && at + HAN_SIZE <= text.size; i++)
        if (memcmp(text.data + at, digits + (size_t)i * HAN_SIZE, HAN_SIZE) == 0)
            return i + 1;
    return 0;
}

/* The number whose numeral ends before `end` (where 、 stands) and begins at *ret_at; 0: there is none. */
static unsigned numeral_before(struct slice text, size_t end, size_t *ret_at) {
    size_t at = end;
    unsigned digits[3] = {0};
    size_t count = 0;
    while (count < 3 && at >= HAN_SIZE && (digits[count] = digit_at(text, at - HAN_SIZE))) {
        at -= HAN_SIZE;
        count++;
    }
    *ret_at = at;
    if (count == 1)
        return digits[0];
    if (count == 2 && digits[1] == 10 && digits[0] < 10)
        return 10 + digits[0];
    return count == 2 && digits[1] == 2 && digits[0] == 10 ? NUMERAL_MOST : 0;
}

static size_t skip_blanks(struct slice text, size_t at) {
    for (;;) {
        if (at < text.size && (text.data[at] == ' ' || text.data[at] == '\t'))
            at++;
        else if (slice_starts_with(slice_from(text, at), SLICE("\u3000")))
            at += HAN_SIZE;
        else
            return at;
    }
}

static size_t blanks_begin(struct slice text, size_t at) {
    for (;;) {
        if (at && (text.data[at - 1] == ' ' || text.data[at - 1] == '\t'))
            at--;
        else if (slice_ends_with(slice_range(text, 0, at), SLICE("\u3000")))
            at -= HAN_SIZE;
        else
            return at;
    }
}

static bool ends_with_any(struct slice text, const char *const *endings, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (slice_ends_with(text, slice_of(endings[i])))
            return true;
    return false;
}

/* Is a sentence over at `at`, closing quotes and brackets included? */
static bool behind_sentence(struct slice text, size_t at) {
    static const char *const closing[] = {"”", "’", "」", "』", "）", "》", "\"", ")"};
    static const char *const stops[] = {"。", "！", "？", "；", "…", "!", "?", ";", "."};
    struct slice before = slice_range(text, 0, at);
    while (ends_with_any(before, closing, ARRAY_LENGTH(closing)))
        for (size_t i = 0; i < ARRAY_LENGTH(closing); i++)
            if (slice_ends_with(before, slice_of(closing[i])))
                before.size -= strlen(closing[i]);
    return ends_with_any(before, stops, ARRAY_LENGTH(stops));
}

static bool may_begin(struct slice text, size_t at) {
    size_t before = blanks_begin(text, at);
    return !before || text.data[before - 1] == '\n' || behind_sentence(text, before);
}

static void find_marks(struct slice text, struct marks *marks) {
    const struct slice comma = SLICE("、");
    marks->count = 0;
    for (size_t end = find_sign(text, comma, 0); end < text.size && marks->count < MARKS_MOST;
         end = find_sign(text, comma, end + comma.size)) {
        struct mark mark = {0};
        mark.number = numeral_before(text, end, &mark.at);
        if (mark.number && may_begin(text, mark.at))
            marks->items[marks->count++] = mark;
    }
}

/*
 * The length of a heading is counted as far as it may go: a line, or HEADING_MOST characters and the one that must end
 * it.
 */
static void find_heading(struct slice text, struct mark *mark, size_t next) {
    struct slice line = slice_range(text, mark->at, next);
    line.size = slice_find_byte(line, '\n', 0);
    size_t most = utf8_offset(slice_range(line, 0, (HEADING_MOST + 1) * UTF8_MOST), HEADING_MOST);
    for (size_t at = 0; at <= most && at <= line.size;) {
        uint32_t character = '\n';
        size_t size = at < line.size ? utf8_decode(line, at, &character) : 0;
        bool question = character == 0xFF1F || character == 0xFF01 || character == '?' || character == '!';
        if (question || character == ' ' || character == '\t' || character == 0x3000 || character == 0x3002 ||
            character == '\n') {
            mark->heading_end = mark->at + at + (question ? size : 0);
            mark->body = mark->at + at + size;
            mark->is_heading = slice_trim(slice_range(text, mark->body, next)).size > 0;
            return;
        }
        at += size ? size : 1;
    }
}

/*
 * Does the 一 at `index` begin a run of its own, rather than stand inside one that waits for `expected`? Where both
 * would go on with the same 二, the later one is taken, unless it reads like `一、二线城市`.
 */
static bool begins_run(struct slice text, const struct marks *marks, size_t index, unsigned expected) {
    if (index + 1 >= marks->count || marks->items[index + 1].number != 2)
        return false;
    return expected != 2 || digit_at(text, marks->items[index].at + (size_t)2 * HAN_SIZE) != 2;
}

/* The run that begins at `first` (a 一). Marks its members; returns where the search for the next run goes on. */
static size_t mark_run(struct slice text, struct marks *marks, size_t first) {
    size_t members[NUMERAL_MOST] = {first};
    unsigned count = 1;
    size_t i = first + 1;
    for (; i < marks->count && count < NUMERAL_MOST; i++) {
        if (marks->items[i].number == count + 1)
            members[count++] = i;
        else if (marks->items[i].number == 1 && begins_run(text, marks, i, count + 1))
            break;
    }
    if (count < 2)
        return first + 1;
    bool headings = true;
    for (unsigned m = 0; m < count; m++) {
        struct mark *mark = &marks->items[members[m]];
        size_t next = m + 1 < count ? marks->items[members[m + 1]].at : text.size;
        find_heading(text, mark, next);
        mark->in_run = true;
        headings = headings && mark->is_heading;
    }
    for (unsigned m = 0; m < count; m++)
        marks->items[members[m]].is_heading = headings;
    return i;
}

/* Delivers pieces, trimmed; empty ones are none. */
struct delivery {
    void (*piece)(void *context, struct slice text, bool is_heading);
    void *context;
};

static void deliver(const struct delivery *delivery, struct slice text, bool is_heading) {
    for (;;) {
        struct slice trimmed = slice_trim(text);
        trimmed = slice_range(trimmed, skip_blanks(trimmed, 0), blanks_begin(trimmed, trimmed.size));
        if (trimmed.size == text.size)
            break;
        text = trimmed;
    }
    if (text.size)
        delivery->piece(delivery->context, text, is_heading);
}

static void deliver_lines(const struct delivery *delivery, struct slice text) {
    struct slice line;
    while (slice_take_until(&text, '\n', &line))
        deliver(delivery, line, false);
}

/*
 * Text of an article whose line ends were lost: there, a blank behind a full stop is where one of them was, since
 * Chinese writes none.
 */
static void deliver_paragraphs(const struct delivery *delivery, struct slice text) {
    const struct slice stop = SLICE("。 ");
    size_t begin = 0;
    for (size_t at = find_sign(text, stop, 0); at < text.size; at = find_sign(text, stop, at + 1)) {
        deliver_lines(delivery, slice_range(text, begin, at + HAN_SIZE));
        begin = at + stop.size;
    }
    deliver_lines(delivery, slice_from(text, begin));
}

void clean_sections(struct slice text, void (*piece)(void *context, struct slice text, bool is_heading),
                    void *context) {
    const struct delivery delivery = {piece, context};
    struct marks marks;
    size_t runs = 0;
    size_t begin = 0;
    find_marks(text, &marks);
    for (size_t i = 0; i < marks.count;) {
        bool starts = marks.items[i].number == 1;
        i = starts ? mark_run(text, &marks, i) : i + 1;
    }
    for (size_t i = 0; i < marks.count; i++) {
        const struct mark *mark = &marks.items[i];
        if (!mark->in_run)
            continue;
        deliver_paragraphs(&delivery, slice_range(text, begin, mark->at));
        begin = mark->at;
        runs++;
        if (mark->is_heading) {
            deliver(&delivery, slice_range(text, mark->at, mark->heading_end), true);
            begin = mark->body;
        }
    }
    if (runs)
        deliver_paragraphs(&delivery, slice_from(text, begin));
    else
        deliver_lines(&delivery, text);
}
