#include "cmd/explain_channel.h"

#include "cmd/columns.h"

/* From here on a term that is missing counts as near. */
static const double near_enough = 0.5;

enum { NEARLY_MOST = 10 /* articles; -v: all */, NEARLY_KEPT = 1000, REASONS_MOST = 3 /* of a term */ };

/* --- which channel ------------------------------------------------------------------------------------------ */

static struct slice without(struct slice text, struct slice prefix) {
    return slice_starts_with(text, prefix) ? slice_from(text, prefix.size) : text;
}

const struct channel *channel_find(const struct settings *settings, const struct channels *channels,
                                   struct slice path) {
    path = without(path, settings->site.url);
    path = without(path, SLICE("/"));
    const char *slash = path.size ? memrchr(path.data, '/', path.size) : NULL;
    struct slice name = slash ? slice_from(path, (size_t)(slash - path.data) + 1) : path;
    /* atom.xml of a channel is the channel. */
    if (slice_find_byte(name, '.', 0) < name.size)
        path.size -= name.size;
    while (path.size && path.data[path.size - 1] == '/')
        path.size--;
    for (size_t i = 0; i < channels->items.count; i++) {
        struct slice own = channels->items.items[i].path;
        struct slice bare = own.size > 1 ? slice_range(own, 1, own.size - 1) : (struct slice){0};
        if (slice_equal(bare, path))
            return &channels->items.items[i];
    }
    return NULL;
}

/* --- terms that a channel asks for -------------------------------------------------------------------------- */

/* Has the rule of the channel anything to do with the term? */
static bool asks_for(const struct channel *channel, const struct taxonomy *taxonomy, uint16_t term) {
    const struct channel_rule *rule = channel->rule;
    for (size_t i = 0; i < rule->each_count; i++)
        if (rule->each[i] == taxonomy && channel->terms[i] == term)
            return true;
    for (size_t i = 0; i < rule->where_count; i++) {
        const struct channel_condition *condition = &rule->where[i];
        for (size_t k = 0; condition->taxonomy == taxonomy && k < condition->any_count; k++)
            if (condition->any[k] == term)
                return true;
        for (size_t k = 0; condition->taxonomy == taxonomy && k < condition->all_count; k++)
            if (condition->all[k] == term)
                return true;
    }
    return false;
}

/* --- which articles nearly are in it ------------------------------------------------------------------------ */

struct nearly {
    uint32_t place;
    double nearness; /* of the term that is farthest away */
};

/* One a thread. */
struct nearly_list {
    VEC(struct nearly) items;
};

struct seeking {
    const struct corpus *corpus;
    const struct channel *channel;
    struct nearly_list *lists;
};

static double nearness_of(const struct decision *decision, uint16_t term) {
    const struct term_decision *decided = &decision->terms[term];
    double nearness = decision_nearness(decision, term);
    if (decided->voided <= 0)
        return nearness;
    double with_voided = (decided->points + decided->voided) / term_min_points(decision->taxonomy, term);
    with_voided = with_voided < 0.99 ? with_voided : 0.99;
    return with_voided > nearness ? with_voided : nearness;
}

/* What the article's labels would be with every near term that the channel asks for. */
static double add_near_terms(const struct seeking *seeking, const struct decision *decisions, uint64_t *bits) {
    const struct taxonomies *taxonomies = &seeking->corpus->settings->taxonomies;
    double least = 1;
    for (size_t i = 0; i < taxonomies->count; i++) {
        const struct taxonomy *taxonomy = &taxonomies->items[i];
        for (uint16_t term = 0; term < taxonomy->term_count; term++) {
            double nearness = nearness_of(&decisions[i], term);
            if (decisions[i].terms[term].chosen || nearness < near_enough ||
                decisions[i].terms[term].verdict == VERDICT_LABEL_REMOVED ||
                !asks_for(seeking->channel, taxonomy, term))
                continue;
            label_bit_set(bits, taxonomy->first_term + term);
            least = nearness < least ? nearness : least;
        }
    }
    return least;
}

static void seek(void *context, const struct rereader *rereader, const struct reread_article *article, uint32_t place,
                 size_t worker) {
    const struct seeking *seeking = context;
    const struct label_table *labels = &seeking->corpus->labels;
    const struct index *index = &seeking->corpus->index;
    const uint64_t *own = label_table_set(labels, index_record(index, index->order[place])->labels);
    (void)rereader;
    if (channel_wants(seeking->channel, own))
        return;
    CLEANUP(memory_free) uint64_t *bits = memory_new_array(labels->words, sizeof *bits);
    memcpy(bits, own, labels->words * sizeof *bits);
    double nearness = add_near_terms(seeking, article->decisions, bits);
    if (channel_wants(seeking->channel, bits))
        vec_push(&seeking->lists[worker].items, (struct nearly){place, nearness});
}

static int nearest_first(const void *left, const void *right) {
    const struct nearly *a = left;
    const struct nearly *b = right;
    if (a->nearness < b->nearness || a->nearness > b->nearness)
        return a->nearness > b->nearness ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static void find_nearly(const struct corpus *corpus, const struct options *options, const struct channel *channel,
                        struct nearly_list *ret_list) {
    struct nearly_list all = {0};
    struct seeking seeking = {corpus, channel, memory_new_array(options->jobs, sizeof *seeking.lists)};
    reread_all(corpus, options, seek, &seeking);
    for (size_t i = 0; i < options->jobs; i++) {
        for (size_t k = 0; k < seeking.lists[i].items.count; k++)
            vec_push(&all.items, seeking.lists[i].items.items[k]);
        vec_release(&seeking.lists[i].items);
    }
    free(seeking.lists);
    if (all.items.count > 1)
        qsort(all.items.items, all.items.count, sizeof *all.items.items, nearest_first);
    if (all.items.count > NEARLY_KEPT)
        all.items.count = NEARLY_KEPT;
    *ret_list = all;
}

/* --- one article of it -------------------------------------------------------------------------------------- */

struct telling {
    const struct corpus *corpus;
    const struct channel *channel;
    const struct explain_style *style;
    struct rereader rereader;
    struct line_finder finder;
    struct buf *buf;
};

/* What takes the points of a term that has none. */
static const char *void_text(enum match_fate fate) {
    switch (fate) {
    case MATCH_NOT:
        return ", not ";
    case MATCH_FOLLOWED:
        return ", followed by ";
    case MATCH_ELSEWHERE:
        return ", elsewhere ";
    default:
        return NULL;
    }
}

static void append_reason(const struct reason *reason, bool is_new_field, struct buf *buf) {
    if (is_new_field)
        buf_append_format(buf, "%s ", field_name(reason->match->field));
    columns_append(buf, reason->before);
    buf_append_byte(buf, '[');
    columns_append_cut(buf, reason->text, 24);
    buf_append_byte(buf, ']');
    columns_append(buf, reason->after);
    const char *how = void_text(reason->match->fate);
    if (!how)
        return;
    buf_append_string(buf, how);
    columns_append(buf, reason->match->by->written);
}

/* "title [普陀], lead [长风]": what speaks for the term most, or would if it were not taken away. */
static void append_best_reasons(const struct term_explanation *term, struct buf *buf) {
    size_t printed = 0;
    const struct reason *last = NULL;
    for (size_t i = 0; i < term->reason_count && printed < REASONS_MOST; i++) {
        const struct reason *reason = &term->reasons[i];
        bool speaks = term->decision->points > 0 ? reason->match->points > 0 : void_text(reason->match->fate) != NULL;
        if (!speaks || (last && last->match->word == reason->match->word))
            continue;
        buf_append_string(buf, printed ? ", " : ": ");
        append_reason(reason, !last || last->match->field != reason->match->field, buf);
        last = reason;
        printed++;
    }
}

static void append_term_reason(const struct explanation *explanation, const struct term_explanation *term,
                               struct buf *buf) {
    const struct taxonomy *taxonomy = explanation->decision->taxonomy;
    buf_append_string(buf, term->decision->chosen ? "" : "✗ ");
    columns_append(buf, term_name(&taxonomy->terms[term->term]));
    buf_append_format(buf, " %g", term->decision->points);
    bool by_figures = term->decision->verdict == VERDICT_STANDS;
    if (!by_figures) {
        buf_append_string(buf, " (");
        term_append_verdict(explanation, term, buf);
        buf_append_byte(buf, ')');
    }
    append_best_reasons(term, buf);
}

static void print_reasons(struct telling *telling, const struct reread_article *article) {
    const struct taxonomies *taxonomies = &telling->corpus->settings->taxonomies;
    CLEANUP(buf_release) struct buf piece = BUF(BUF_UNLIMITED);
    for (size_t i = 0; i < taxonomies->count; i++) {
        struct explanation explanation;
        explanation_make(telling->rereader.worker, &article->input, &article->decisions[i], &telling->rereader.arena,
                         &explanation);
        for (size_t k = 0; k < explanation.term_count; k++) {
            const struct term_explanation *term = &explanation.terms[k];
            if (!asks_for(telling->channel, &taxonomies->items[i], term->term) ||
                (!term->decision->chosen && nearness_of(explanation.decision, term->term) < near_enough))
                continue;
            buf_clear(&piece);
            append_term_reason(&explanation, term, &piece);
            columns_pad(telling->buf, 14);
            columns_append_cut(telling->buf, buf_slice(&piece), telling->style->width - 14);
            buf_append_byte(telling->buf, '\n');
        }
    }
}

static void print_article(struct telling *telling, uint32_t place) {
    const struct corpus *corpus = telling->corpus;
    const struct record *record = shown_record(corpus, place);
    struct reread_article article;
    if (!reread(&telling->rereader, record, &article))
        return;
    buf_append_string(telling->buf, "  ");
    /* The entry has its leader's date, whoever wrote the text that it shows. */
    date_append_day(telling->buf, index_record(&corpus->index, corpus->index.order[place])->date);
    buf_append_string(telling->buf, "  ");
    columns_append_cut(telling->buf, article.article.title, telling->style->width - 14);
    buf_append_byte(telling->buf, '\n');
    struct place at = record_place(corpus, record, &telling->finder);
    columns_pad(telling->buf, 14);
    columns_append(telling->buf, at.file);
    buf_append_format(telling->buf, ":%u\n", at.line);
    print_reasons(telling, &article);
}

/* --- the channel as text ------------------------------------------------------------------------------------ */

static void append_condition(const struct channel_condition *condition, struct buf *buf) {
    const struct taxonomy *taxonomy = condition->taxonomy;
    const struct {
        const char *word;
        const uint16_t *terms;
        size_t count;
    } parts[] = {{"any of", condition->any, condition->any_count},
                 {"all of", condition->all, condition->all_count},
                 {"none of", condition->none, condition->none_count}};
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        if (parts[i].count == 0)
            continue;
        buf_append_format(buf, "; %.*s %s", SLICE_ARGUMENTS(taxonomy->id), parts[i].word);
        for (size_t k = 0; k < parts[i].count; k++)
            buf_append_format(buf, " %.*s", SLICE_ARGUMENTS(taxonomy->terms[parts[i].terms[k]].id));
    }
}

static void append_rule(const struct channel *channel, struct buf *buf) {
    const struct channel_rule *rule = channel->rule;
    buf_append_string(buf, "made by ");
    columns_append(buf, rule->place.file);
    buf_append_format(buf, ":%u, path %.*s", rule->place.line, SLICE_ARGUMENTS(rule->path));
    buf_append_string(buf, rule->all ? "; all articles" : "");
    for (size_t i = 0; i < rule->each_count; i++) {
        const struct taxonomy *taxonomy = rule->each[i];
        buf_append_format(buf, "; %.*s %.*s", SLICE_ARGUMENTS(taxonomy->id),
                          SLICE_ARGUMENTS(taxonomy->terms[channel->terms[i]].id));
    }
    for (size_t i = 0; i < rule->where_count; i++)
        append_condition(&rule->where[i], buf);
}

static void print_head(const struct channel *channel, struct buf *buf) {
    const struct channel_rule *rule = channel->rule;
    columns_append(buf, channel->path);
    buf_append_string(buf, "  ");
    columns_append(buf, channel->title);
    buf_append_string(buf, "\n  ");
    append_rule(channel, buf);
    buf_append_format(buf, "\n  articles: %zu, in its head: %zu (items %u, days %u)", channel->matching,
                      channel->entries.count, rule->items, rule->days);
    if (channel->full_count < channel->entries.count)
        buf_append_format(buf, ", the last %zu as summaries", channel->entries.count - channel->full_count);
    buf_append_format(buf, "\n  %s in the list of channels (list_from %u)\n",
                      channel_is_listed(channel) ? "named" : "not named", rule->list_from);
}

void explain_channel_text(const struct corpus *corpus, const struct options *options, const struct channel *channel,
                          const struct explain_style *style, struct buf *buf) {
    struct telling telling = {.corpus = corpus, .channel = channel, .style = style, .buf = buf};
    struct nearly_list nearly;
    find_nearly(corpus, options, channel, &nearly);
    rereader_init(&telling.rereader, corpus);
    print_head(channel, buf);
    for (size_t i = 0; i < channel->entries.count; i++)
        print_article(&telling, channel->entries.items[i]);
    size_t most = style->in_full || nearly.items.count < NEARLY_MOST ? nearly.items.count : NEARLY_MOST;
    if (most)
        buf_append_format(buf, "nearly in it: %zu\n", nearly.items.count);
    for (size_t i = 0; i < most; i++)
        print_article(&telling, nearly.items.items[i].place);
    if (most < nearly.items.count)
        buf_append_format(buf, "  and %zu more (-v)\n", nearly.items.count - most);
    vec_release(&nearly.items);
    rereader_release(&telling.rereader);
}

/* --- the channel as JSON ------------------------------------------------------------------------------------ */

static void write_article(struct telling *telling, struct json_writer *json, uint32_t place) {
    const struct corpus *corpus = telling->corpus;
    const struct taxonomies *taxonomies = &corpus->settings->taxonomies;
    const struct record *record = shown_record(corpus, place);
    struct reread_article article;
    if (!reread(&telling->rereader, record, &article))
        return;
    struct place at = record_place(corpus, record, &telling->finder);
    json_open_object(json);
    json_key(json, "title");
    json_string(json, article.article.title);
    json_key(json, "file");
    json_string(json, at.file);
    json_key(json, "line");
    json_unsigned(json, at.line);
    json_key(json, "key");
    json_string(json, article.key);
    json_key(json, "taxonomies");
    json_open_array(json);
    for (size_t i = 0; i < taxonomies->count; i++) {
        struct explanation explanation;
        explanation_make(telling->rereader.worker, &article.input, &article.decisions[i], &telling->rereader.arena,
                         &explanation);
        explanation_write_json(&explanation, json);
    }
    json_close(json);
    json_close(json);
}

void explain_channel_json(const struct corpus *corpus, const struct options *options, const struct channel *channel,
                          struct buf *buf) {
    struct telling telling = {.corpus = corpus, .channel = channel, .buf = buf};
    struct json_writer json = json_writer_on(buf);
    CLEANUP(buf_release) struct buf rule = BUF(BUF_UNLIMITED);
    struct nearly_list nearly;
    find_nearly(corpus, options, channel, &nearly);
    rereader_init(&telling.rereader, corpus);
    append_rule(channel, &rule);
    json_open_object(&json);
    json_key(&json, "path");
    json_string(&json, channel->path);
    json_key(&json, "title");
    json_string(&json, channel->title);
    json_key(&json, "rule");
    json_string(&json, buf_slice(&rule));
    json_key(&json, "articles");
    json_unsigned(&json, channel->matching);
    json_key(&json, "listed");
    json_boolean(&json, channel_is_listed(channel));
    json_key(&json, "head");
    json_open_array(&json);
    for (size_t i = 0; i < channel->entries.count; i++)
        write_article(&telling, &json, channel->entries.items[i]);
    json_close(&json);
    json_key(&json, "nearly");
    json_open_array(&json);
    for (size_t i = 0; i < nearly.items.count; i++)
        write_article(&telling, &json, nearly.items.items[i].place);
    json_close(&json);
    json_close(&json);
    vec_release(&nearly.items);
    rereader_release(&telling.rereader);
}
