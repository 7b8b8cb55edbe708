#include "cmd/columns.h"
#include "cmd/explained.h"

/*
 * The explanation as a person reads it, from what is certain to what might have been: chosen terms with each match,
 * then the others, nearest first, with what they lack. Equal matches of one field are one item with a count.
 */
enum {
    FIELD_COLUMN_AT = 2, /* columns */
    ITEM_COLUMN_AT = 9,
    ITEM_STEP = 44,
    OTHER_COLUMN_AT = 6,
    OTHERS_MOST = 6, /* terms that were not chosen */
    GROUPS_MOST = 4, /* items of one of them */
};

struct printer {
    const struct explanation *explanation;
    const struct explain_style *style;
    struct buf *buf;
    struct buf piece;
    struct slice file; /* of the last rule named: its name is not said again */
};

/* Matches of one word with one fate in one field. */
struct group {
    const struct reason *first;
    size_t count;
    double points;
    bool taken; /* it is in a group before */
};

static const struct taxonomy *taxonomy_of(const struct printer *printer) {
    return printer->explanation->decision->taxonomy;
}

static struct slice term_text(const struct taxonomy *taxonomy, uint16_t term) {
    return term_name(&taxonomy->terms[term]);
}

/* --- one item ----------------------------------------------------------------------------------------------- */

static void append_place(struct printer *printer, const struct word *word) {
    if (!slice_equal(printer->file, word->place.file))
        columns_append(&printer->piece, word->place.file);
    printer->file = word->place.file;
    buf_append_format(&printer->piece, ":%u", word->place.line);
}

static void append_context(struct printer *printer, const struct reason *reason) {
    struct buf *piece = &printer->piece;
    columns_append(piece, reason->before);
    buf_append_byte(piece, '[');
    /* What stands between A and B of A…B may be as long as a sentence. */
    columns_append_cut(piece, reason->text, 48);
    buf_append_byte(piece, ']');
    columns_append(piece, reason->after);
}

static void append_quoted(struct printer *printer, const struct word *word) {
    buf_append_string(&printer->piece, "「");
    columns_append(&printer->piece, word->written);
    buf_append_string(&printer->piece, "」");
}

static void append_winner(struct printer *printer, const struct match *match) {
    struct buf *piece = &printer->piece;
    const struct word *by = match->by;
    if (!by) {
        buf_append_string(piece, ": part of a longer word ");
        append_place(printer, match->word);
        return;
    }
    buf_append_string(piece, by->role == ROLE_NOT ? ": not " : ": part of ");
    append_quoted(printer, by);
    if (by->term != TERM_NONE)
        buf_append_format(piece, ", %.*s", SLICE_ARGUMENTS(term_text(taxonomy_of(printer), by->term)));
    else if (by->role == ROLE_SPAN)
        buf_append_string(piece, ", spans");
    buf_append_byte(piece, ' ');
    append_place(printer, by);
}

/* Why the match gives nothing. */
static void append_fate(struct printer *printer, const struct reason *reason) {
    const struct match *match = reason->match;
    struct buf *piece = &printer->piece;
    const struct word *by = match->by;
    switch (match->fate) {
    case MATCH_CONSUMED:
        append_winner(printer, match);
        return;
    case MATCH_NOT:
    case MATCH_FOLLOWED:
    case MATCH_ELSEWHERE:
        buf_append_string(piece, match->fate == MATCH_NOT        ? ": not "
                                 : match->fate == MATCH_FOLLOWED ? ": followed by "
                                                                 : ": elsewhere ");
        append_quoted(printer, by);
        buf_append_byte(piece, ' ');
        append_place(printer, by);
        return;
    case MATCH_CAPPED:
        buf_append_format(piece, ": %s ", reason->cap ? reason->cap : "capped");
        break;
    case MATCH_UNSUPPORTED:
        buf_append_string(piece, ": weak, with nothing beside it ");
        break;
    case MATCH_SPAN_NOBODY:
        buf_append_string(piece, ": spans, and none of its terms has points of its own ");
        break;
    case MATCH_NOT_HERE:
        buf_append_format(piece, ": only in: %s ", field_name(match->word->in));
        break;
    case MATCH_ADMITS:
        buf_append_string(piece, ": the column gives no points ");
        break;
    case MATCH_COUNTED:
        break;
    }
    append_place(printer, match->word);
}

/* To whom a span's points went, and why to that term. */
static void append_span(struct printer *printer, const struct term_explanation *term, const struct reason *reason) {
    const struct span *span = &taxonomy_of(printer)->spans[reason->match->word->span];
    bool is_starred = span->starred == term->term && !term->has_own;
    buf_append_string(&printer->piece, is_starred ? ", to the starred term: no other has points of its own"
                                                  : ", to each of its terms that has points of its own");
}

static void append_counted(struct printer *printer, const struct term_explanation *term, const struct group *group) {
    struct buf *piece = &printer->piece;
    const struct word *word = group->first->match->word;
    const struct match *consumed = group->first->consumed;
    buf_append_string(piece, "  ");
    if (word->role != ROLE_WORD)
        buf_append_format(piece, "%s ", role_name(word->role));
    append_place(printer, word);
    if (word->role == ROLE_SPAN && term)
        append_span(printer, term, group->first);
    if (!consumed)
        return;
    buf_append_string(piece, ", consumed ");
    columns_append(piece, consumed->word->written);
    if (consumed->term != TERM_NONE)
        buf_append_format(piece, " (%.*s)", SLICE_ARGUMENTS(term_text(taxonomy_of(printer), consumed->term)));
    else
        buf_append_format(piece, " (%s)", role_name(consumed->word->role));
}

/* "+3 [青浦]赵巷商区 ×2  strong feeds.yaml:212" */
static struct slice make_item(struct printer *printer, const struct term_explanation *term, const struct group *group) {
    buf_clear(&printer->piece);
    bool is_counted = group->first->match->fate == MATCH_COUNTED;
    if (is_counted)
        buf_append_format(&printer->piece, "%+g ", group->points);
    append_context(printer, group->first);
    if (group->count > 1)
        buf_append_format(&printer->piece, " ×%zu", group->count);
    if (is_counted)
        append_counted(printer, term, group);
    else
        append_fate(printer, group->first);
    return buf_slice(&printer->piece);
}

/* --- items of a term ---------------------------------------------------------------------------------------- */

/* A word that is part of a longer one of the same term is no news to anybody. */
static bool is_trivial(const struct reason *reason) {
    const struct match *match = reason->match;
    return match->fate == MATCH_CONSUMED && match->by && match->by->term == match->term && match->term != TERM_NONE;
}

static bool belong_together(const struct reason *a, const struct reason *b) {
    return a->match->word == b->match->word && a->match->field == b->match->field && a->match->fate == b->match->fate &&
           a->match->by == b->match->by;
}

/* The groups in the order of their first matches; heap. */
static struct group *make_groups(const struct reason *reasons, size_t count, bool in_full, size_t *ret_count) {
    struct group *groups = memory_new_array(count, sizeof *groups);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = in_full ? *ret_count : 0;
        if (is_trivial(&reasons[i]) && !in_full)
            continue;
        while (at < *ret_count && !belong_together(groups[at].first, &reasons[i]))
            at++;
        if (at == *ret_count)
            groups[(*ret_count)++].first = &reasons[i];
        groups[at].count++;
        groups[at].points += reasons[i].match->points;
    }
    return groups;
}

static void print_chosen_items(struct printer *printer, const struct term_explanation *term) {
    size_t count = 0;
    CLEANUP(memory_free)
    struct group *groups = make_groups(term->reasons, term->reason_count, printer->style->in_full, &count);
    struct columns_flow flow = {printer->buf, ITEM_COLUMN_AT, ITEM_STEP, printer->style->width, true};
    for (size_t i = 0; i < count; i++) {
        enum field field = groups[i].first->match->field;
        if (i == 0 || groups[i - 1].first->match->field != field) {
            buf_append_string(printer->buf, i ? "\n" : "");
            columns_pad(printer->buf, FIELD_COLUMN_AT);
            buf_append_string(printer->buf, field_name(field));
            flow.is_fresh = true;
        }
        columns_flow_add(&flow, make_item(printer, term, &groups[i]));
    }
    buf_append_string(printer->buf, count ? "\n" : "");
}

static void print_other_items(struct printer *printer, const struct term_explanation *term) {
    size_t count = 0;
    bool in_full = printer->style->in_full;
    CLEANUP(memory_free) struct group *groups = make_groups(term->reasons, term->reason_count, in_full, &count);
    struct columns_flow flow = {printer->buf, OTHER_COLUMN_AT, 1, printer->style->width, false};
    CLEANUP(buf_release) struct buf item = BUF(BUF_UNLIMITED);
    for (size_t i = 0; i < count; i++) {
        buf_clear(&item);
        if (i == GROUPS_MOST && !in_full) {
            buf_append_format(&item, "and %zu more (-v)", count - i);
            columns_flow_add(&flow, buf_slice(&item));
            break;
        }
        enum field field = groups[i].first->match->field;
        if (i == 0 || groups[i - 1].first->match->field != field)
            buf_append_format(&item, "%s ", field_name(field));
        buf_append_slice(&item, make_item(printer, term, &groups[i]));
        columns_flow_add(&flow, buf_slice(&item));
    }
    buf_append_byte(printer->buf, '\n');
}

/* --- verdicts ----------------------------------------------------------------------------------------------- */

static void append_percentage(struct buf *buf, double part, double wanted, const char *of) {
    buf_append_format(buf, "%.0f%% of %s, %.0f%% wanted", part * 100, of, wanted * 100);
}

static void append_stands(const struct explanation *explanation, const struct term_explanation *term, struct buf *buf) {
    const struct taxonomy *taxonomy = explanation->decision->taxonomy;
    if (term->decision->points <= 0) {
        buf_append_string(buf, "admitted by the column");
        return;
    }
    buf_append_format(buf, "min %g", term_min_points(taxonomy, term->term));
    if (!taxonomy->terms[term->term].alongside)
        buf_append_format(buf, ", share %.0f%%", term->share * 100);
    if (term->of_best < 1)
        buf_append_format(buf, ", %.0f%% of the best", term->of_best * 100);
}

static void append_below_best(const struct explanation *explanation, const struct term_explanation *term,
                              struct buf *buf) {
    double wanted = term_least_of_best(explanation->decision->taxonomy, term->term);
    if (term->of_best < wanted)
        append_percentage(buf, term->of_best, wanted, "the best");
    else
        buf_append_string(buf, "too little beside the others");
}

void term_append_verdict(const struct explanation *explanation, const struct term_explanation *term, struct buf *buf) {
    const struct taxonomy *taxonomy = explanation->decision->taxonomy;
    switch (term->decision->verdict) {
    case VERDICT_STANDS:
        append_stands(explanation, term, buf);
        break;
    case VERDICT_BELOW_MIN:
        buf_append_format(buf, "%g wanted", term_min_points(taxonomy, term->term));
        break;
    case VERDICT_BELOW_SHARE:
        append_percentage(buf, term->share, taxonomy->score.share, "all points");
        break;
    case VERDICT_BELOW_BEST:
        append_below_best(explanation, term, buf);
        break;
    case VERDICT_BACKGROUND:
        buf_append_string(buf, "background: stands only where no other does");
        break;
    case VERDICT_SPREAD:
        buf_append_format(buf, "spread: at least %u terms, none of them in the title", taxonomy->spread_at_least);
        break;
    case VERDICT_RESCUED:
        buf_append_format(buf, "rescued: at least %g, and far ahead of the second", taxonomy->rescue);
        break;
    case VERDICT_OTHERWISE:
        buf_append_string(buf, "otherwise: no term stands");
        break;
    case VERDICT_LABEL_ADDED:
        buf_append_string(buf, "by a label");
        break;
    case VERDICT_LABEL_REMOVED:
        buf_append_string(buf, "a label says no");
        break;
    case VERDICT_NOTHING:
        if (term->decision->voided > 0)
            buf_append_format(buf, "%g voided", term->decision->voided);
        break;
    }
}

static void append_in_parentheses(struct printer *printer, const struct term_explanation *term) {
    buf_clear(&printer->piece);
    term_append_verdict(printer->explanation, term, &printer->piece);
    if (printer->piece.size)
        buf_append_format(printer->buf, " (%.*s)", SLICE_ARGUMENTS(buf_slice(&printer->piece)));
}

static void append_term(const struct taxonomy *taxonomy, const struct term_explanation *term, struct buf *buf) {
    columns_append(buf, term_text(taxonomy, term->term));
    buf_append_format(buf, " %g", term->decision->points);
}

void explanation_append_summary(const struct explanation *explanation, struct buf *buf) {
    for (size_t i = 0; i < explanation->chosen_count; i++) {
        buf_append_string(buf, i ? ", " : "");
        append_term(explanation->decision->taxonomy, &explanation->terms[i], buf);
    }
    if (explanation->chosen_count == 0)
        buf_append_string(buf, "none");
}

/* --- one taxonomy ------------------------------------------------------------------------------------------- */

/* Has it anything to say that the winners' lines do not say? */
static bool is_worth_a_line(const struct term_explanation *term) {
    if (term->decision->points > 0 || term->decision->voided > 0 || term->decision->verdict != VERDICT_NOTHING)
        return true;
    for (size_t i = 0; i < term->reason_count; i++) {
        const struct match *match = term->reasons[i].match;
        if (match->fate != MATCH_CONSUMED || !match->by || match->by->role == ROLE_NOT)
            return true;
    }
    return false;
}

/* elsewhere may be right or wrong; an editor who knows better wants to know how to say so. */
static void print_advice(struct printer *printer, const struct term_explanation *term) {
    const struct taxonomy *taxonomy = taxonomy_of(printer);
    if (!term->voided_once || term->decision->points + term->decision->voided < term_min_points(taxonomy, term->term))
        return;
    columns_pad(printer->buf, OTHER_COLUMN_AT);
    buf_append_format(printer->buf,
                      "no strong word holds it; if this is wrong: a strong word, or corrections.yaml: %.*s: [+%.*s]\n",
                      SLICE_ARGUMENTS(taxonomy->id), SLICE_ARGUMENTS(taxonomy->terms[term->term].id));
}

static void print_other(struct printer *printer, const struct term_explanation *term) {
    buf_append_string(printer->buf, "  ✗ ");
    append_term(taxonomy_of(printer), term, printer->buf);
    append_in_parentheses(printer, term);
    print_other_items(printer, term);
    print_advice(printer, term);
}

static void print_others(struct printer *printer) {
    const struct explanation *explanation = printer->explanation;
    size_t printed = 0;
    size_t left = 0;
    for (size_t i = explanation->chosen_count; i < explanation->term_count; i++) {
        const struct term_explanation *term = &explanation->terms[i];
        bool wanted = printer->style->in_full || is_worth_a_line(term);
        if (wanted && (printer->style->in_full || printed < OTHERS_MOST)) {
            print_other(printer, term);
            printed++;
        } else {
            left += wanted;
        }
    }
    if (left)
        buf_append_format(printer->buf, "  ✗ and %zu more with less (-v)\n", left);
}

static void print_nobodys(struct printer *printer) {
    const struct explanation *explanation = printer->explanation;
    size_t count = 0;
    CLEANUP(memory_free)
    struct group *groups =
        make_groups(explanation->nobodys, explanation->nobodys_count, printer->style->in_full, &count);
    for (size_t i = 0; i < count; i++) {
        enum match_fate fate = groups[i].first->match->fate;
        if (fate == MATCH_CONSUMED && !printer->style->in_full)
            continue;
        buf_append_format(printer->buf, "  – %s ", field_name(groups[i].first->match->field));
        buf_append_slice(printer->buf, make_item(printer, NULL, &groups[i]));
        buf_append_byte(printer->buf, '\n');
    }
}

void explanation_append_text(const struct explanation *explanation, const struct explain_style *style,
                             struct buf *buf) {
    struct printer printer = {.explanation = explanation, .style = style, .buf = buf, .piece = BUF(BUF_UNLIMITED)};
    columns_append(buf, explanation->decision->taxonomy->id);
    buf_append_string(buf, " → ");
    explanation_append_summary(explanation, buf);
    for (size_t i = 0; i < explanation->chosen_count; i++) {
        const struct term_explanation *term = &explanation->terms[i];
        if (explanation->chosen_count > 1) {
            buf_append_string(buf, "\n ");
            append_term(explanation->decision->taxonomy, term, buf);
        }
        append_in_parentheses(&printer, term);
        buf_append_byte(buf, '\n');
        print_chosen_items(&printer, term);
        if (i + 1 < explanation->chosen_count && buf->size && buf->data[buf->size - 1] == '\n')
            buf_truncate(buf, buf->size - 1);
    }
    if (explanation->chosen_count == 0)
        buf_append_byte(buf, '\n');
    print_others(&printer);
    print_nobodys(&printer);
    buf_release(&printer.piece);
}

/* --- the article -------------------------------------------------------------------------------------------- */

static void print_labels(const struct explained_article *article, struct buf *buf) {
    const struct article *as_read = &article->read.as_read;
    const struct source *source = article->corpus->source_of_file[article->read.record->location.file];
    if (as_read->label_count == 0)
        return;
    buf_append_string(buf, as_read->labels == source->labels ? "  labels of its source:" : "  labels of its own:");
    for (size_t i = 0; i < as_read->label_count; i++) {
        const struct label *label = &as_read->labels[i];
        bool is_same = i > 0 && slice_equal(as_read->labels[i - 1].taxonomy, label->taxonomy);
        if (!is_same)
            buf_append_format(buf, "%s %.*s:", i ? ";" : "", SLICE_ARGUMENTS(label->taxonomy));
        buf_append_byte(buf, ' ');
        label_append(label, buf);
    }
    buf_append_byte(buf, '\n');
}

static void print_correction(const struct correction *correction, struct buf *buf) {
    const struct word_place *place = &correction->name.place;
    buf_append_string(buf, "  corrected by ");
    columns_append(buf, place->file);
    buf_append_format(buf, ":%u:", place->line);
    if (correction->title.size)
        buf_append_string(buf, " title;");
    for (size_t i = 0; i < correction->label_count; i++) {
        buf_append_format(buf, " %.*s: ", SLICE_ARGUMENTS(correction->labels[i].taxonomy));
        label_append(&correction->labels[i], buf);
        buf_append_byte(buf, ';');
    }
    if (correction->same_as.written.size)
        buf_append_format(buf, " same as %.*s;", SLICE_ARGUMENTS(correction->same_as.written));
    buf_append_string(buf, correction->withdrawn ? " withdrawn;" : "");
    buf_append_string(buf, correction->released ? " released;" : "");
    if (buf->data[buf->size - 1] == ';')
        buf->data[buf->size - 1] = '\n';
    else
        buf_append_byte(buf, '\n');
}

static void append_rank(const struct explained_channel *in, struct buf *buf) {
    columns_append(buf, in->channel->path);
    buf_append_format(buf, " %zu of %zu", in->rank, in->channel->matching);
    if (in->rank > in->channel->entries.count)
        buf_append_string(buf, ", behind the head");
    else if (in->rank > in->channel->full_count)
        buf_append_string(buf, ", as a summary");
}

static void print_channels(const struct explained_article *article, const struct explain_style *style,
                           struct buf *buf) {
    CLEANUP(buf_release) struct buf piece = BUF(BUF_UNLIMITED);
    struct columns_flow flow = {buf, 4, 1, style->width, false};
    buf_append_format(buf, "  %s", article_status_text(article->status));
    if (article->leader.size) {
        buf_append_byte(buf, ' ');
        columns_append(buf, article->leader);
    }
    if (article->withdrawal) {
        buf_append_byte(buf, ' ');
        withdrawal_append(article->withdrawal, buf);
        if (!slice_equal(article->withdrawal->entry, article->read.key)) {
            buf_append_string(buf, ": the entry of ");
            columns_append(buf, article->withdrawal->entry);
        }
    }
    if (article->hold) {
        buf_append_byte(buf, ' ');
        columns_append(buf, article->hold->written);
        buf_append_format(buf, " (%.*s:%u)", SLICE_ARGUMENTS(article->hold->place.file), article->hold->place.line);
    }
    if (article->status == ARTICLE_SHOWN)
        buf_append_string(buf, article->channel_count ? " in:" : ", but in no channel");
    for (size_t i = 0; i < article->channel_count; i++) {
        buf_clear(&piece);
        append_rank(&article->channels[i], &piece);
        buf_append_string(&piece, i + 1 < article->channel_count ? ";" : "");
        columns_flow_add(&flow, buf_slice(&piece));
    }
    buf_append_byte(buf, '\n');
}

/* Near-duplicates that share an entry, and whose text it shows. */
static void print_group(const struct explained_article *article, struct buf *buf) {
    const struct index_group *group = article->group;
    const struct corpus *corpus = article->corpus;
    struct line_finder finder = {0};
    if (!group || group->count < 2)
        return;
    buf_append_string(buf, "  one entry for:");
    for (uint32_t i = 0; i < group->count; i++) {
        uint32_t number = corpus->index.members.items[group->first + i];
        struct place place = record_place(corpus, index_record(&corpus->index, number), &finder);
        buf_append_string(buf, i ? ", " : " ");
        columns_append(buf, place.file);
        buf_append_format(buf, ":%u%s", place.line, number == group->shown ? " (its text is shown)" : "");
    }
    buf_append_string(buf, group->relabelled ? "; labels given by hand to any of them hold\n" : "\n");
}

void explained_append_text(const struct explained_article *article, const struct explain_style *style,
                           struct buf *buf) {
    columns_append(buf, article->read.article.title);
    buf_append_string(buf, "\n  ");
    columns_append(buf, article->place.file);
    buf_append_format(buf, ":%u  ", article->place.line);
    date_append_day(buf, article->read.record->date);
    buf_append_string(buf, "  ");
    columns_append(buf, article->read.key);
    buf_append_byte(buf, '\n');
    if (article->url.size) {
        buf_append_string(buf, "  fetched from ");
        columns_append(buf, article->url);
        buf_append_byte(buf, '\n');
    }
    print_labels(article, buf);
    for (size_t i = 0; i < article->correction_count; i++)
        print_correction(article->corrections[i], buf);
    print_group(article, buf);
    print_channels(article, style, buf);
    for (size_t i = 0; i < article->corpus->settings->taxonomies.count; i++)
        explanation_append_text(&article->explanations[i], style, buf);
}
