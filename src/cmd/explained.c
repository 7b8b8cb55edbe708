#include "cmd/explained.h"

#include "assemble/key.h"
#include "model/page.h"
#include "text/fold.h"

/* --- channels ----------------------------------------------------------------------------------------------- */

/* How many articles of the channel stand before this place. */
static size_t rank_of(const struct corpus *corpus, const struct channel *channel, uint32_t place) {
    size_t rank = 1;
    for (uint32_t i = 0; i < place; i++) {
        const struct record *record = index_record(&corpus->index, corpus->index.order[i]);
        rank += channel_wants(channel, label_table_set(&corpus->labels, record->labels));
    }
    return rank;
}

static void find_channels(const struct channels *channels, uint32_t place, struct arena *arena,
                          struct explained_article *article) {
    const struct corpus *corpus = article->corpus;
    const uint64_t *labels = label_table_set(&corpus->labels, article->read.record->labels);
    struct explained_channel *found = arena_new_array(arena, channels->items.count, sizeof *found);
    for (size_t i = 0; i < channels->items.count; i++) {
        const struct channel *channel = &channels->items.items[i];
        if (channel_wants(channel, labels))
            found[article->channel_count++] = (struct explained_channel){channel, rank_of(corpus, channel, place)};
    }
    article->channels = found;
}

/* --- corrections -------------------------------------------------------------------------------------------- */

static bool names(const struct correction *correction, struct slice key, struct slice address) {
    for (size_t i = 0; i < correction->name.keys.count; i++)
        if (slice_equal(correction->name.keys.keys[i], key) ||
            (address.size && slice_equal(correction->name.keys.keys[i], address)))
            return true;
    return correction->name.keys.has_page && article_page_is_of(correction->name.keys.page, hash128(key));
}

static void find_corrections(struct arena *arena, struct explained_article *article) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    const struct corrections *corrections = &article->corpus->settings->corrections;
    const struct article *as_read = &article->read.as_read;
    const struct correction **found = arena_new_array(arena, corrections->count, sizeof *found);
    if (as_read->url.size && !address_append_key(as_read->url, &address))
        buf_clear(&address);
    for (size_t i = 0; i < corrections->count; i++)
        if (names(&corrections->items[i], article->read.key, buf_slice(&address)))
            found[article->correction_count++] = &corrections->items[i];
    article->corrections = found;
}

/* --- hold --------------------------------------------------------------------------------------------------- */

/* The first word of the list that stands in what the classifier has folded, or in the summary. */
static const struct hold_word *find_hold(const struct rereader *rereader, const struct reread_article *read) {
    const struct corrections *corrections = &rereader->corpus->settings->corrections;
    struct slice title = classify_folded(rereader->worker, FIELD_TITLE);
    struct slice text = classify_folded(rereader->worker, FIELD_LEAD);
    CLEANUP(buf_release) struct buf summary = BUF(BUF_UNLIMITED);
    text.size += classify_folded(rereader->worker, FIELD_BODY).size; /* the one ends where the other begins */
    text_fold(read->article.summary, &summary, NULL);
    const struct slice fields[] = {title, text, buf_slice(&summary)};
    for (size_t i = 0; i < corrections->hold_count; i++)
        for (size_t k = 0; k < ARRAY_LENGTH(fields); k++)
            if (slice_find(fields[k], corrections->hold[i].folded, 0) < fields[k].size)
                return &corrections->hold[i];
    return NULL;
}

/* --- the whole ---------------------------------------------------------------------------------------------- */

/* The id of the entry that stands for it, with a rereader of its own, for the first one's arena holds the article. */
static struct slice leader_id(const struct corpus *corpus, struct hash128 key, struct arena *arena) {
    struct rereader other;
    struct slice id = {0};
    rereader_init(&other, corpus);
    for (size_t place = 0; place < corpus->index.order_count && !id.size; place++) {
        const struct record *record = index_record(&corpus->index, corpus->index.order[place]);
        const struct index_host *host = index_host_of(&corpus->index, corpus->index.order[place]);
        struct reread_article read;
        if (hash128_compare(record->key, key) != 0 || !reread(&other, record, &read))
            continue;
        CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
        entry_append_id(&corpus->settings->site, host ? host->key : read.key, &text);
        id = arena_copy(arena, buf_slice(&text));
    }
    rereader_release(&other);
    return id;
}

bool explained_make(struct rereader *rereader, const struct channels *channels, const struct record *record,
                    int64_t now, struct line_finder *finder, struct explained_article *ret_article) {
    const struct corpus *corpus = rereader->corpus;
    struct explained_article article = {.corpus = corpus, .place = record_place(corpus, record, finder)};
    article.url = corpus->source_of_file[record->location.file]->upstream.url;
    struct arena *arena = &rereader->arena;
    const struct taxonomies *taxonomies = &corpus->settings->taxonomies;
    uint32_t place = 0;
    if (!reread(rereader, record, &article.read))
        return false;
    struct explanation *explanations = arena_new_array(arena, taxonomies->count, sizeof *explanations);
    for (size_t i = 0; i < taxonomies->count; i++)
        explanation_make(rereader->worker, &article.read.input, &article.read.decisions[i], arena, &explanations[i]);
    article.explanations = explanations;
    article.status = article_status(corpus, record, now, &place);
    if (article.status == ARTICLE_SHOWN)
        find_channels(channels, place, arena, &article);
    article.group = article_group(corpus, record);
    if (article.status == ARTICLE_JOINED)
        article.leader = leader_id(corpus, *index_leader(&corpus->index, record->key), arena);
    else if (article.status == ARTICLE_COPY)
        article.leader = leader_id(corpus, index_record(&corpus->index, article.group->leader)->key, arena);
    else if (article.status == ARTICLE_WITHDRAWN)
        article.withdrawal = withdrawals_reason(corpus->withdrawals, record->key);
    else if (article.status == ARTICLE_HELD)
        article.hold = find_hold(rereader, &article.read);
    find_corrections(arena, &article);
    *ret_article = article;
    return true;
}

/* --- names -------------------------------------------------------------------------------------------------- */

void label_append(const struct label *label, struct buf *buf) {
    if (label->change == LABEL_IS && label->term.size == 0) {
        buf_append_string(buf, "[]");
        return;
    }
    buf_append_string(buf, label->change == LABEL_ADD ? "+" : label->change == LABEL_REMOVE ? "-" : "");
    buf_append_slice(buf, label->term);
}

const char *field_name(enum field field) {
    static const char *const names[] = {
        [FIELD_TITLE] = "title",  [FIELD_LEAD] = "lead",     [FIELD_BODY] = "body", [FIELD_COLUMN] = "column",
        [FIELD_ADDRESS] = "host", [FIELD_SOURCE] = "source", [FIELD_ANY] = "any",
    };
    return names[field];
}

const char *role_name(enum word_role role) {
    static const char *const names[] = {
        [ROLE_STRONG] = "strong",       [ROLE_WORD] = "words",      [ROLE_WEAK] = "weak",
        [ROLE_SPAN] = "spans",          [ROLE_NOT] = "not",         [ROLE_TERM_NOT] = "not",
        [ROLE_ELSEWHERE] = "elsewhere", [ROLE_SUPPORT] = "support", [ROLE_VOID] = "followed_by",
        [ROLE_KEEP] = "keep",           [ROLE_HOST] = "hosts",      [ROLE_SOURCE] = "sources",
    };
    return names[role];
}

void withdrawal_append(const struct withdrawal *withdrawal, struct buf *buf) {
    static const char *const causes[] = {
        [WITHDRAWN_BY_COMMAND] = "by pindao withdraw",
        [WITHDRAWN_BY_CORRECTION] = "by corrections",
        [WITHDRAWN_BY_ARTICLE] = "by the article itself",
        [WITHDRAWN_BY_VANISHING] = "when it vanished from its source",
        [WITHDRAWN_AS_COPY] = "as a copy of what was withdrawn before",
    };
    buf_append_string(buf, causes[withdrawal->cause]);
    buf_append_string(buf, ", ");
    date_append_day(buf, withdrawal->at);
}

const char *article_status_text(enum article_status status) {
    static const char *const texts[] = {
        [ARTICLE_SHOWN] = "shown",
        [ARTICLE_FUTURE] = "not shown: its date has not come",
        [ARTICLE_WITHDRAWN] = "not shown: withdrawn",
        [ARTICLE_HELD] = "not shown: held back by a word of hold:",
        [ARTICLE_JOINED] = "not shown by itself: the same news as",
        [ARTICLE_COPY] = "not shown by itself: a copy of",
        [ARTICLE_REPLACED] = "not shown: another article has its key, and is newer",
    };
    return texts[status];
}
