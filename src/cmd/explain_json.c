#include "assemble/key.h"
#include "cmd/explained.h"

/* The explanation for tools: every match by itself. Numbers that may be fractions are written by hand: the writer has
 * only whole ones. */

static void write_number(struct json_writer *json, const char *key, double number) {
    CLEANUP(buf_release) struct buf text = BUF(64);
    buf_append_format(&text, "%.6g", number);
    json_key(json, key);
    json_fragment(json, buf_slice(&text));
}

static void write_word(struct json_writer *json, const char *key, const struct word *word) {
    json_key(json, key);
    json_open_object(json);
    json_member_text(json, "word", word->written);
    json_member_text(json, "role", slice_of(role_name(word->role)));
    json_member_text(json, "file", word->place.file);
    json_member_unsigned(json, "line", word->place.line);
    json_member_unsigned(json, "column", word->place.column);
    json_close(json);
}

static const char *const fates[] = {
    [MATCH_COUNTED] = "counted",
    [MATCH_CAPPED] = "capped",
    [MATCH_CONSUMED] = "consumed",
    [MATCH_NOT] = "not",
    [MATCH_FOLLOWED] = "followed-by",
    [MATCH_ELSEWHERE] = "elsewhere",
    [MATCH_UNSUPPORTED] = "unsupported",
    [MATCH_SPAN_NOBODY] = "span-to-nobody",
    [MATCH_NOT_HERE] = "not-in-this-field",
    [MATCH_ADMITS] = "admits",
};

static const char *const verdicts[] = {
    [VERDICT_NOTHING] = "nothing",
    [VERDICT_STANDS] = "stands",
    [VERDICT_BELOW_MIN] = "below-min",
    [VERDICT_BELOW_SHARE] = "below-share",
    [VERDICT_BELOW_BEST] = "below-best",
    [VERDICT_BACKGROUND] = "background",
    [VERDICT_SPREAD] = "spread",
    [VERDICT_RESCUED] = "rescued",
    [VERDICT_OTHERWISE] = "otherwise",
    [VERDICT_LABEL_ADDED] = "label-added",
    [VERDICT_LABEL_REMOVED] = "label-removed",
};

static void write_reason(struct json_writer *json, const struct reason *reason) {
    const struct match *match = reason->match;
    json_open_object(json);
    json_member_text(json, "field", slice_of(field_name(match->field)));
    json_member_text(json, "before", reason->before);
    json_member_text(json, "text", reason->text);
    json_member_text(json, "after", reason->after);
    write_number(json, "points", match->points);
    json_member_text(json, "fate", slice_of(fates[match->fate]));
    write_word(json, "rule", match->word);
    if (match->by)
        write_word(json, "by", match->by);
    if (reason->cap)
        json_member_text(json, "cap", slice_of(reason->cap));
    if (reason->consumed)
        write_word(json, "consumed", reason->consumed->word);
    json_close(json);
}

static void write_reasons(struct json_writer *json, const char *key, const struct reason *reasons, size_t count) {
    json_key(json, key);
    json_open_array(json);
    for (size_t i = 0; i < count; i++)
        write_reason(json, &reasons[i]);
    json_close(json);
}

static void write_term(struct json_writer *json, const struct explanation *explanation,
                       const struct term_explanation *term) {
    const struct taxonomy *taxonomy = explanation->decision->taxonomy;
    CLEANUP(buf_release) struct buf verdict = BUF(BUF_UNLIMITED);
    term_append_verdict(explanation, term, &verdict);
    json_open_object(json);
    json_member_text(json, "term", taxonomy->terms[term->term].id);
    json_member_text(json, "label", taxonomy->terms[term->term].label);
    json_member_boolean(json, "chosen", term->decision->chosen);
    json_member_text(json, "verdict", slice_of(verdicts[term->decision->verdict]));
    json_member_text(json, "why", buf_slice(&verdict));
    write_number(json, "points", term->decision->points);
    write_number(json, "voided", term->decision->voided);
    write_number(json, "share", term->share);
    write_number(json, "ofBest", term->of_best);
    write_number(json, "nearness", term->nearness);
    write_reasons(json, "matches", term->reasons, term->reason_count);
    json_close(json);
}

void explanation_write_json(const struct explanation *explanation, struct json_writer *json) {
    const struct taxonomy *taxonomy = explanation->decision->taxonomy;
    json_open_object(json);
    json_member_text(json, "taxonomy", taxonomy->id);
    write_number(json, "total", explanation->decision->total);
    write_number(json, "best", explanation->decision->best);
    json_key(json, "terms");
    json_open_array(json);
    for (size_t i = 0; i < explanation->term_count; i++)
        write_term(json, explanation, &explanation->terms[i]);
    json_close(json);
    write_reasons(json, "nobodys", explanation->nobodys, explanation->nobodys_count);
    json_close(json);
}

static void write_labels(struct json_writer *json, const struct label *labels, size_t count) {
    json_key(json, "labels");
    json_open_array(json);
    for (size_t i = 0; i < count; i++) {
        CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
        label_append(&labels[i], &text);
        json_open_object(json);
        json_member_text(json, "taxonomy", labels[i].taxonomy);
        json_member_text(json, "says", buf_slice(&text));
        json_close(json);
    }
    json_close(json);
}

static void write_corrections(struct json_writer *json, const struct explained_article *article) {
    json_key(json, "corrections");
    json_open_array(json);
    for (size_t i = 0; i < article->correction_count; i++) {
        const struct correction *correction = article->corrections[i];
        json_open_object(json);
        json_member_text(json, "file", correction->name.place.file);
        json_member_unsigned(json, "line", correction->name.place.line);
        write_labels(json, correction->labels, correction->label_count);
        json_close(json);
    }
    json_close(json);
}

static void write_channels(struct json_writer *json, const struct explained_article *article) {
    json_key(json, "channels");
    json_open_array(json);
    for (size_t i = 0; i < article->channel_count; i++) {
        const struct explained_channel *in = &article->channels[i];
        json_open_object(json);
        json_member_text(json, "path", in->channel->path);
        json_member_text(json, "title", in->channel->title);
        json_member_unsigned(json, "rank", in->rank);
        json_member_unsigned(json, "articles", in->channel->matching);
        json_member_boolean(json, "shown", in->rank <= in->channel->entries.count);
        json_close(json);
    }
    json_close(json);
}

void explained_write_json(const struct explained_article *article, struct json_writer *json) {
    const struct settings *settings = article->corpus->settings;
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    json_open_object(json);
    json_member_text(json, "title", article->read.article.title);
    json_member_text(json, "file", article->place.file);
    json_member_unsigned(json, "line", article->place.line);
    if (article->url.size)
        json_member_text(json, "fetchedFrom", article->url);
    date_append_rfc3339(&text, article->read.record->date);
    json_member_text(json, "date", buf_slice(&text));
    json_member_text(json, "key", article->read.key);
    buf_clear(&text);
    entry_append_id(&settings->site, article->read.key, &text);
    json_member_text(json, "id", buf_slice(&text));
    json_member_text(json, "status", slice_of(article_status_text(article->status)));
    if (article->withdrawal) {
        CLEANUP(buf_release) struct buf withdrawal = BUF(1 << 12);
        withdrawal_append(article->withdrawal, &withdrawal);
        json_member_text(json, "withdrawn", buf_slice(&withdrawal));
        json_member_text(json, "withdrawnEntry", article->withdrawal->entry);
    }
    if (article->leader.size)
        json_member_text(json, "leader", article->leader);
    write_labels(json, article->read.as_read.labels, article->read.as_read.label_count);
    write_corrections(json, article);
    write_channels(json, article);
    json_key(json, "taxonomies");
    json_open_array(json);
    for (size_t i = 0; i < settings->taxonomies.count; i++)
        explanation_write_json(&article->explanations[i], json);
    json_close(json);
    json_close(json);
}
