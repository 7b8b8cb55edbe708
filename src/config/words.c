#include "config/words.h"

#include "base/utf8.h"
#include "config/sections.h"
#include "text/fold.h"

/* The word being read. Positions are bytes of the scalar's text. */
struct word_reader {
    struct loading *loading;
    const struct node *scalar;
    const struct word *like; /* with the figures of a mapping */
    struct word_list *list;
    struct slice text; /* the scalar's */
    struct slice word; /* the part being read */
    size_t begin;      /* where it begins in text */
};

void word_list_release(struct word_list *list) {
    vec_release(&list->words);
    map_release(&list->seen);
}

static void report_word(const struct word_reader *reader, enum diagnostic_id id, size_t offset, const char *detail) {
    node_report_inside(reader->loading->diagnostics, id, reader->scalar, offset, "%s: %.*s", detail,
                       SLICE_ARGUMENTS(reader->word));
}

/* --- characters with a meaning ------------------------------------------------------------------------------ */

/* Input methods give full-width signs; they mean the same here. */
enum sign { SIGN_NONE, SIGN_END, SIGN_SEPARATOR, SIGN_OPEN, SIGN_BAR, SIGN_CLOSE, SIGN_ELLIPSIS };

static enum sign sign_at(struct slice text, size_t at, size_t *ret_size) {
    static const struct {
        struct slice bytes;
        enum sign sign;
    } signs[] = {
        {{" ", 1}, SIGN_SEPARATOR},  {{"\t", 1}, SIGN_SEPARATOR}, {{"\n", 1}, SIGN_SEPARATOR},
        {{"　", 3}, SIGN_SEPARATOR}, {{"、", 3}, SIGN_SEPARATOR}, {{"，", 3}, SIGN_SEPARATOR},
        {{",", 1}, SIGN_SEPARATOR},  {{"；", 3}, SIGN_SEPARATOR}, {{";", 1}, SIGN_SEPARATOR},
        {{"(", 1}, SIGN_OPEN},       {{"（", 3}, SIGN_OPEN},      {{")", 1}, SIGN_CLOSE},
        {{"）", 3}, SIGN_CLOSE},     {{"|", 1}, SIGN_BAR},        {{"｜", 3}, SIGN_BAR},
        {{"……", 6}, SIGN_ELLIPSIS},  {{"…", 3}, SIGN_ELLIPSIS},
    };
    *ret_size = 0;
    if (at >= text.size)
        return SIGN_END;
    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++)
        if (slice_starts_with(slice_from(text, at), signs[i].bytes)) {
            *ret_size = signs[i].bytes.size;
            return signs[i].sign;
        }
    uint32_t character;
    *ret_size = utf8_decode(text, at, &character);
    if (*ret_size == 0)
        *ret_size = 1;
    return SIGN_NONE;
}

static bool ends_word(enum sign sign) {
    return sign == SIGN_END || sign == SIGN_SEPARATOR;
}

/* --- expansion of (a|b|) ------------------------------------------------------------------------------------ */

struct texts {
    VEC(struct slice) items;
};

static void texts_release(struct texts *texts) {
    vec_release(&texts->items);
}

static struct slice texts_join(struct word_reader *reader, struct slice a, struct slice b) {
    char *bytes = arena_reserve(&reader->loading->settings->arena, a.size + b.size + 1);
    if (a.size)
        memcpy(bytes, a.data, a.size);
    if (b.size)
        memcpy(bytes + a.size, b.data, b.size);
    return (struct slice){bytes, a.size + b.size};
}

static void texts_append_literal(struct word_reader *reader, struct texts *texts, struct slice literal) {
    for (size_t i = 0; i < texts->items.count; i++)
        texts->items.items[i] = texts_join(reader, texts->items.items[i], literal);
}

/* Every text of *texts followed by every one of `behind`. false after reporting that they are too many. */
static bool texts_multiply(struct word_reader *reader, struct texts *texts, const struct texts *behind) {
    if (texts->items.count * behind->items.count > EXPANSIONS_MOST) {
        report_word(reader, DIAGNOSTIC_RULE_TOO_MANY, reader->begin, "these");
        return false;
    }
    struct texts product = {0};
    for (size_t i = 0; i < texts->items.count; i++)
        for (size_t j = 0; j < behind->items.count; j++)
            vec_push(&product.items, texts_join(reader, texts->items.items[i], behind->items.items[j]));
    texts_release(texts);
    *texts = product;
    return true;
}

enum { NESTING_MOST = 8 /* parentheses in parentheses */ };

static bool read_sequence(struct word_reader *reader, size_t *at, unsigned nesting, struct texts *ret_texts);

/* The alternatives up to the closing parenthesis, behind which *at is then. `open` is where the group began. */
static bool read_branches(struct word_reader *reader, size_t *at, size_t open, unsigned nesting, bool *ret_barred,
                          struct texts *ret_branches) {
    bool barred = false;
    for (enum sign sign = SIGN_BAR; sign == SIGN_BAR;) {
        CLEANUP(texts_release) struct texts branch = {0};
        if (!read_sequence(reader, at, nesting + 1, &branch))
            return false;
        for (size_t i = 0; i < branch.items.count; i++)
            vec_push(&ret_branches->items, branch.items.items[i]);
        size_t size;
        sign = sign_at(reader->word, *at, &size);
        if (sign == SIGN_END) {
            report_word(reader, DIAGNOSTIC_RULE_SYNTAX, reader->begin + open, "a parenthesis is not closed");
            return false;
        }
        barred = barred || sign == SIGN_BAR;
        *at += size;
    }
    *ret_barred = barred;
    return true;
}

/* What stands in parentheses, *at behind the opening one: alternatives when there is a bar, else literal. */
static bool read_group(struct word_reader *reader, size_t *at, size_t open, unsigned nesting, struct texts *ret_texts) {
    CLEANUP(texts_release) struct texts branches = {0};
    bool barred;
    if (!read_branches(reader, at, open, nesting, &barred, &branches))
        return false;
    if (!barred)
        texts_append_literal(reader, ret_texts, SLICE("("));
    if (!texts_multiply(reader, ret_texts, &branches))
        return false;
    if (!barred)
        texts_append_literal(reader, ret_texts, SLICE(")"));
    return true;
}

static bool is_plain(enum sign sign) {
    return sign == SIGN_NONE || sign == SIGN_ELLIPSIS;
}

static const char *complaint_about(enum sign sign) {
    if (sign == SIGN_OPEN)
        return "parentheses nested too deep";
    return sign == SIGN_CLOSE ? "a parenthesis is closed that was not opened" : "a | outside of parentheses";
}

/* Up to the end, or inside a group up to its bar or closing parenthesis, which stays. */
static bool read_sequence(struct word_reader *reader, size_t *at, unsigned nesting, struct texts *ret_texts) {
    vec_push(&ret_texts->items, (struct slice){0});
    for (;;) {
        size_t size;
        size_t begin = *at;
        enum sign sign;
        while (is_plain(sign = sign_at(reader->word, *at, &size)))
            *at += size;
        if (*at > begin)
            texts_append_literal(reader, ret_texts, slice_range(reader->word, begin, *at));
        if (sign == SIGN_END || (nesting && (sign == SIGN_BAR || sign == SIGN_CLOSE)))
            return true;
        size_t open = *at;
        *at += size;
        if (sign != SIGN_OPEN || nesting == NESTING_MOST) {
            report_word(reader, DIAGNOSTIC_RULE_SYNTAX, reader->begin + open, complaint_about(sign));
            return false;
        }
        if (!read_group(reader, at, open, nesting, ret_texts))
            return false;
    }
}

/* --- one expanded word -------------------------------------------------------------------------------------- */

static struct slice fold_text(struct word_reader *reader, struct slice text) {
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    text_fold(text, &folded, NULL);
    return arena_copy(&reader->loading->settings->arena, buf_slice(&folded));
}

/* A word that stands twice under one term would count twice. */
static bool is_new(struct word_reader *reader, const struct word *word) {
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    buf_append_format(&key, "%d %d %d %u %u %.*s", (int)word->role, (int)word->kind, (int)word->in, word->term,
                      word->span, SLICE_ARGUMENTS(word->folded));
    buf_append_byte(&key, '\0');
    buf_append_slice(&key, word->second);
    struct slice kept = arena_copy(&reader->loading->settings->arena, buf_slice(&key));
    return map_set(&reader->list->seen, kept, 1);
}

static void add_word(struct word_reader *reader, enum word_kind kind, struct slice written, struct slice folded,
                     struct slice second) {
    struct word word = *reader->like;
    word.kind = kind;
    word.written = written;
    word.folded = folded;
    word.second = second;
    const struct node *scalar = reader->scalar;
    word.place = word_place_of(node_place_inside(scalar->place, scalar->line, scalar->text, reader->begin));
    if (!is_new(reader, &word))
        return;
    /* Said once; what more there is, is not read. */
    if (reader->loading->word_count++ < WORDS_MOST)
        vec_push(&reader->list->words, word);
    else if (reader->loading->word_count == WORDS_MOST + 1)
        report_word(reader, DIAGNOSTIC_RULES_TOO_MANY, reader->begin, "this is where they become too many");
}

/* Roles whose words are compared as texts; they cannot be searched for. */
static bool wants_plain_words(enum word_role role) {
    return role == ROLE_VOID || role == ROLE_KEEP || role == ROLE_SOURCE;
}

/* `_` as blank. */
static struct slice with_blanks(struct word_reader *reader, struct slice text) {
    struct slice copy = arena_copy(&reader->loading->settings->arena, text);
    char *bytes = arena_reserve(&reader->loading->settings->arena, copy.size + 1);
    for (size_t i = 0; i < copy.size; i++)
        bytes[i] = copy.data[i] == '_' ? ' ' : copy.data[i];
    return (struct slice){bytes, copy.size};
}

static size_t find_ellipsis(struct slice text, size_t from, size_t *ret_size) {
    size_t size = 0;
    for (size_t at = from; at < text.size; at += size)
        if (sign_at(text, at, &size) == SIGN_ELLIPSIS) {
            *ret_size = size;
            return at;
        }
    return text.size;
}

/* A…B. false after reporting. */
static bool add_pair(struct word_reader *reader, struct slice written, size_t ellipsis, size_t size) {
    size_t again;
    if (find_ellipsis(written, ellipsis + size, &again) < written.size) {
        report_word(reader, DIAGNOSTIC_RULE_SYNTAX, reader->begin, "more than one …");
        return false;
    }
    struct slice first = fold_text(reader, slice_trim(slice_range(written, 0, ellipsis)));
    struct slice second = fold_text(reader, slice_trim(slice_from(written, ellipsis + size)));
    if (first.size == 0 || second.size == 0) {
        report_word(reader, DIAGNOSTIC_RULE_SYNTAX, reader->begin,
                    first.size == 0 ? "nothing before the …" : "nothing behind the …");
        return false;
    }
    if (wants_plain_words(reader->like->role)) {
        report_word(reader, DIAGNOSTIC_RULE_SYNTAX, reader->begin, "no A…B here, only plain words");
        return false;
    }
    add_word(reader, WORD_PAIR, written, first, second);
    return true;
}

static bool add_expanded(struct word_reader *reader, struct slice text) {
    struct slice written = with_blanks(reader, text);
    size_t size = 0;
    size_t ellipsis = find_ellipsis(written, 0, &size);
    if (ellipsis < written.size)
        return add_pair(reader, written, ellipsis, size);
    struct slice folded = fold_text(reader, slice_trim(written));
    if (folded.size == 0) {
        report_word(reader, DIAGNOSTIC_RULE_SYNTAX, reader->begin, "an empty word");
        return false;
    }
    add_word(reader, WORD_LITERAL, written, folded, (struct slice){0});
    return true;
}

static void read_text_word(struct word_reader *reader) {
    if (reader->word.size > WORD_MOST) {
        report_word(reader, DIAGNOSTIC_RULE_SYNTAX, reader->begin, "longer than a word can be");
        return;
    }
    CLEANUP(texts_release) struct texts texts = {0};
    size_t at = 0;
    if (!read_sequence(reader, &at, 0, &texts))
        return;
    for (size_t i = 0; i < texts.items.count; i++)
        if (!add_expanded(reader, texts.items.items[i]))
            return;
}

/* --- expressions and hosts ---------------------------------------------------------------------------------- */

/* The end of the expression that begins at `begin` with a slash; 0 when nothing closes it before a blank. */
static size_t find_expression_end(struct slice text, size_t begin) {
    for (size_t at = begin + 1; at < text.size; at++) {
        char byte = text.data[at];
        if (byte == ' ' || byte == '\t' || byte == '\n')
            return 0;
        size_t size;
        if (byte == '\\' && at + 1 < text.size)
            at++;
        else if (byte == '/' && ends_word(sign_at(text, at + 1, &size)))
            return at + 1;
    }
    return 0;
}

static void read_expression(struct word_reader *reader) {
    struct slice inner = slice_range(reader->word, 1, reader->word.size - 1);
    if (inner.size == 0) {
        report_word(reader, DIAGNOSTIC_RULE_SYNTAX, reader->begin, "an empty expression");
        return;
    }
    if (wants_plain_words(reader->like->role)) {
        report_word(reader, DIAGNOSTIC_RULE_SYNTAX, reader->begin, "no /…/ here, only plain words");
        return;
    }
    add_word(reader, WORD_REGEX, reader->word, inner, (struct slice){0});
}

static void read_host(struct word_reader *reader) {
    struct slice word = reader->word;
    char *bytes = arena_reserve(&reader->loading->settings->arena, word.size + 1);
    bool valid = word.data[0] != '.' && word.data[word.size - 1] != '.';
    bool dotted = false;
    for (size_t i = 0; i < word.size; i++) {
        unsigned char byte = (unsigned char)word.data[i];
        bytes[i] = (char)(byte < 0x80 ? tolower(byte) : byte);
        valid = valid && byte < 0x80 && (isalnum(byte) || byte == '.' || byte == '-');
        dotted = dotted || byte == '.';
    }
    if (valid && dotted)
        add_word(reader, WORD_LITERAL, word, (struct slice){bytes, word.size}, (struct slice){0});
    else
        report_word(reader, DIAGNOSTIC_CONFIG_BAD_VALUE, reader->begin, "a host name is wanted, such as example.org");
}

/* --- lists -------------------------------------------------------------------------------------------------- */

/* One word from *at on, which moves behind it. false when nothing more can be made out. */
static bool read_word(struct word_reader *reader, size_t *at) {
    reader->begin = *at;
    bool expression = reader->text.data[*at] == '/' && reader->like->role != ROLE_HOST;
    if (expression) {
        *at = find_expression_end(reader->text, *at);
        reader->word = slice_range(reader->text, reader->begin, *at ? *at : reader->text.size);
        if (*at == 0) {
            report_word(reader, DIAGNOSTIC_RULE_SYNTAX, reader->begin, "the / is not closed");
            return false;
        }
        read_expression(reader);
        return true;
    }
    size_t size;
    while (!ends_word(sign_at(reader->text, *at, &size)))
        *at += size;
    reader->word = slice_range(reader->text, reader->begin, *at);
    if (reader->like->role == ROLE_HOST)
        read_host(reader);
    else
        read_text_word(reader);
    return true;
}

void words_read_text(struct loading *loading, const struct node *scalar, const struct word *like,
                     struct word_list *list) {
    struct word_reader reader = {loading, scalar, like, list, scalar->text, {0}, 0};
    for (size_t at = 0; at < scalar->text.size && loading->word_count <= WORDS_MOST;) {
        size_t size;
        if (sign_at(scalar->text, at, &size) == SIGN_SEPARATOR)
            at += size;
        else if (!read_word(&reader, &at))
            return;
    }
}

void words_add_literal(struct loading *loading, const struct node *scalar, const struct word *like,
                       struct word_list *list) {
    struct word_reader reader = {loading, scalar, like, list, scalar->text, scalar->text, 0};
    struct slice folded = fold_text(&reader, slice_trim(scalar->text));
    if (folded.size)
        add_word(&reader, WORD_LITERAL, slice_trim(scalar->text), folded, (struct slice){0});
}

/* --- the mapping form --------------------------------------------------------------------------------------- */

/* {words: …, in: title, points: 0.5} */
struct word_keys {
    const struct node *words;
    unsigned in;
    double points;
};

static const char *const field_choices[] = {"title", "lead", "body", NULL};
static const struct key_row word_rows[] = {
    {.key = "words", .kind = VALUE_NODE, .required = true, .offset = offsetof(struct word_keys, words)},
    {.key = "in", .kind = VALUE_CHOICE, .offset = offsetof(struct word_keys, in), .choices = field_choices},
    {.key = "points", .kind = VALUE_NUMBER, .offset = offsetof(struct word_keys, points), .least = 0, .most = 100},
};
const struct key_table word_table = {"word", word_rows, ARRAY_LENGTH(word_rows), false};

static void read_mapping(struct loading *loading, const struct node *mapping, const struct word *like,
                         struct word_list *list) {
    static const enum field fields[] = {FIELD_TITLE, FIELD_LEAD, FIELD_BODY};
    enum { ANYWHERE = ARRAY_LENGTH(fields) };
    const double unsaid = -1;
    if (like->role != ROLE_STRONG && like->role != ROLE_WORD && like->role != ROLE_WEAK) {
        node_report(loading->diagnostics, DIAGNOSTIC_RULE_SYNTAX, mapping,
                    "a mapping can stand only under strong, words and weak");
        return;
    }
    struct word_keys keys = {NULL, ANYWHERE, unsaid};
    table_read(loading, &word_table, mapping, &keys);
    struct word figured = *like;
    if (keys.in != ANYWHERE)
        figured.in = fields[keys.in];
    figured.has_points = keys.points > unsaid;
    if (figured.has_points)
        figured.points = keys.points;
    struct scalars scalars = scalars_read(loading, keys.words);
    for (size_t i = 0; i < scalars.count; i++)
        words_read_text(loading, scalars.items[i], &figured, list);
}

void words_read(struct loading *loading, const struct node *value, const struct word *like, struct word_list *list) {
    if (!value || node_is_empty(value))
        return;
    if (value->kind == NODE_MAPPING) {
        read_mapping(loading, value, like, list);
        return;
    }
    if (value->kind == NODE_SCALAR) {
        words_read_text(loading, value, like, list);
        return;
    }
    for (const struct node *item = value->first; item; item = item->next) {
        if (item->kind == NODE_SCALAR)
            words_read_text(loading, item, like, list);
        else if (item->kind == NODE_MAPPING)
            read_mapping(loading, item, like, list);
        else
            report_wrong_kind(loading, item, "a word, or several in one value");
    }
}
