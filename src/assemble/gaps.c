#include "assemble/gaps.h"

#include <string.h>

enum { WORD_MOST = 12 /* letters */, FIGURES_MOST = 16 /* in a gap */ };

static bool is_in(uint32_t letter, const uint32_t *set) {
    for (; *set; set++)
        if (*set == letter)
            return true;
    return false;
}

bool gap_is_digit(uint32_t letter) {
    return letter >= '0' && letter <= '9';
}

static bool is_numeral(uint32_t letter) {
    return is_in(letter, (const uint32_t[]){U'〇', U'零', U'一', U'二', U'三', U'四', U'五', U'六', U'七', U'八', U'九',
                                            U'十', U'百', U'千', U'万', U'亿', U'两', 0});
}

/* --- figures ------------------------------------------------------------------------------------------------ */

/* 第三批 and 第四批 differ as 3 and 4 do; a figure is digits or numerals, not both. */
struct figures {
    const uint32_t *begins[FIGURES_MOST];
    size_t sizes[FIGURES_MOST];
    size_t count;
};

static size_t figure_size(const uint32_t *letters, const uint32_t *end) {
    size_t size = 0;
    bool digits = letters < end && gap_is_digit(*letters);
    while (letters + size < end && (digits ? gap_is_digit(letters[size]) : is_numeral(letters[size])))
        size++;
    return size;
}

/* Those in the gap and those that reach into it: of 125 and 135 only the middle differs. */
static void collect_figures(const struct gap_side *side, struct figures *figures) {
    size_t begin = side->begin;
    size_t end = side->end;
    while (begin > 0 && gap_is_digit(side->letters[begin - 1]))
        begin--;
    while (begin == side->begin && begin > 0 && is_numeral(side->letters[begin - 1]))
        begin--;
    while (end < side->count && gap_is_digit(side->letters[end]))
        end++;
    while (end == side->end && end < side->count && is_numeral(side->letters[end]))
        end++;
    const uint32_t *at = side->letters + begin;
    const uint32_t *stop = side->letters + end;
    while (at < stop && figures->count < FIGURES_MOST) {
        size_t size = figure_size(at, stop);
        if (size) {
            figures->begins[figures->count] = at;
            figures->sizes[figures->count++] = size;
        }
        at += size ? size : 1;
    }
}

static bool has_figure(const struct figures *figures, const uint32_t *letters, size_t size) {
    for (size_t i = 0; i < figures->count; i++)
        if (figures->sizes[i] == size && memcmp(figures->begins[i], letters, size * sizeof *letters) == 0)
            return true;
    return false;
}

static size_t count_missing(const struct figures *of, const struct figures *in) {
    size_t missing = 0;
    for (size_t i = 0; i < of->count; i++)
        missing += !has_figure(in, of->begins[i], of->sizes[i]);
    return missing;
}

/* Only one on each side: what one text says and the other leaves out is no other figure. */
static size_t count_other_figures(const struct gap *gap) {
    struct figures figures[2] = {{.count = 0}, {.count = 0}};
    collect_figures(&gap->sides[0], &figures[0]);
    collect_figures(&gap->sides[1], &figures[1]);
    size_t missing = count_missing(&figures[0], &figures[1]);
    size_t other = count_missing(&figures[1], &figures[0]);
    return missing < other ? missing : other;
}

/* 上半年 and 下半年, 东段 and 西段, 春季 and 秋季: letters that count without being numerals. */
static bool are_of_one_row(uint32_t a, uint32_t b) {
    static const uint32_t rows[][6] = {{U'上', U'下', U'中'},
                                       {U'东', U'西', U'南', U'北'},
                                       {U'春', U'夏', U'秋', U'冬'},
                                       {U'甲', U'乙', U'丙', U'丁'},
                                       {U'初', U'终', U'复'}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (is_in(a, rows[i]) && is_in(b, rows[i]))
            return true;
    return false;
}

/* --- names -------------------------------------------------------------------------------------------------- */

/* What a name of a place ends with … */
static bool ends_name(uint32_t letter) {
    return is_in(letter, (const uint32_t[]){U'区', U'县', U'镇', U'乡', U'村', U'市', U'省', U'州', U'旗', U'路', U'桥',
                                            U'港', U'湾', U'岛', 0});
}

/* … unless it goes on as a word of its own: 区域, 市场, 村民, 路径. */
static bool begins_word(uint32_t letter, uint32_t next) {
    return is_in(next, (const uint32_t[]){U'域', U'内', U'间', U'块', U'位', U'级', U'属', U'外', U'场',
                                          U'民', U'值', U'庄', U'土', U'亲', U'贤', U'份', U'会', U'径',
                                          U'线', U'演', U'口', U'梁', U'容', U'面', U'街', 0}) ||
           (letter == U'乡' && (next == U'村' || next == U'镇'));
}

/* 我区, 城区, 园区, 与城区: no name before it. */
static bool is_no_name(uint32_t letter) {
    return is_in(letter, (const uint32_t[]){U'我', U'本', U'全', U'该', U'各', U'这', U'此', U'贵', U'新', U'老', U'城',
                                            U'园', U'地', U'社', U'郊', U'街', U'片', U'景', U'校', U'厂', U'小', U'在',
                                            U'于', U'与', U'和', U'及', U'将', U'把', U'对', U'向', U'从', U'到', U'为',
                                            U'被', U'由', U'经', U'至', U'以', U'的', U'了', 0});
}

static uint32_t letter_at(const struct gap_side *side, size_t at) {
    return at < side->count ? side->letters[at] : 0;
}

/* 普陀|区, 宝|山区: the name ends right behind the gap, or one letter on where the gap is one letter. */
static bool is_name(const struct gap_side *side) {
    size_t size = side->end - side->begin;
    size_t at = side->end;
    if (letter_at(side, at) == U'新' && letter_at(side, at + 1) == U'区')
        at++;
    else if (size == 1 && !ends_name(letter_at(side, at)) && !is_no_name(letter_at(side, at)))
        at++;
    else if (size == 1)
        return false;
    return ends_name(letter_at(side, at)) && !begins_word(letter_at(side, at), letter_at(side, at + 1)) &&
           !is_no_name(side->letters[side->begin]) && !is_no_name(side->letters[side->end - 1]);
}

/* --- other letters ------------------------------------------------------------------------------------------ */

static bool has_letter(const struct gap_side *side, uint32_t letter) {
    for (size_t i = side->begin; i < side->end; i++)
        if (side->letters[i] == letter)
            return true;
    return false;
}

/* Words put in for others are short, or keep a letter in three; what is longer and does not is other news. */
static size_t count_replaced(const struct gap *gap) {
    enum { LEAST = 4 };
    size_t a_size = gap->sides[0].end - gap->sides[0].begin;
    size_t b_size = gap->sides[1].end - gap->sides[1].begin;
    size_t kept = 0;
    if (a_size < LEAST || b_size < LEAST)
        return 0;
    for (size_t i = gap->sides[0].begin; i < gap->sides[0].end; i++)
        kept += has_letter(&gap->sides[1], gap->sides[0].letters[i]);
    size_t least = a_size < b_size ? a_size : b_size;
    return kept * 3 < least ? least : 0;
}

/* --- the whole ---------------------------------------------------------------------------------------------- */

static uint64_t hash_sides(const struct gap *gap) {
    uint64_t hash = 0;
    for (int i = 0; i < 2; i++) {
        for (size_t at = gap->sides[i].begin; at < gap->sides[i].end; at++)
            hash = (hash + gap->sides[i].letters[at]) * 0x9e3779b97f4a7c15;
        hash = (hash + 1) * 0x9e3779b97f4a7c15;
    }
    return hash;
}

struct gap_findings gap_look(const struct gap *gap) {
    const struct gap_side *a = &gap->sides[0];
    const struct gap_side *b = &gap->sides[1];
    size_t a_size = a->end - a->begin;
    size_t b_size = b->end - b->begin;
    struct gap_findings findings = {0};
    if (has_letter(a, LETTER_LOST) || has_letter(b, LETTER_LOST))
        return findings;
    findings.figures_other = count_other_figures(gap);
    findings.letters_replaced = count_replaced(gap);
    if (a_size == 1 && b_size == 1 && are_of_one_row(a->letters[a->begin], b->letters[b->begin]))
        findings.figures_other++;
    if (a_size == 0 || b_size == 0 || a_size > WORD_MOST || b_size > WORD_MOST || findings.figures_other)
        return findings;
    findings.name_other = is_name(a) && is_name(b);
    findings.word_other = !findings.name_other;
    findings.words = hash_sides(gap);
    return findings;
}
