#include "cmd/expectations.h"

#include "base/file.h"
#include "base/utf8.h"
#include "cmd/article_input.h"
#include "cmd/explained.h"
#include "text/choke.h"
#include "yaml/node.h"

#include <errno.h>

struct expecting {
    struct corpus *corpus;
    void (*read_corpus)(void *context);
    void *context;
    bool has_read;
    int64_t now;
    struct diagnostics *diagnostics;
    struct rereader rereader; /* its worker also classifies texts that stand in the file */
    struct arena arena;       /* of the nodes */
};

/* One expectation: what it is about, and what the rules say of it. */
struct tried {
    const struct node *node;
    struct slice title;
    struct classify_input input;
    const struct decision *decisions;
};

/* --- keys --------------------------------------------------------------------------------------------------- */

static const struct slice text_keys[] = {SLICE_CONSTANT("article"), SLICE_CONSTANT("title"), SLICE_CONSTANT("text"),
                                         SLICE_CONSTANT("column"),  SLICE_CONSTANT("url"),   SLICE_CONSTANT("source")};

static bool is_text_key(struct slice key) {
    for (size_t i = 0; i < ARRAY_LENGTH(text_keys); i++)
        if (slice_equal(text_keys[i], key))
            return true;
    return false;
}

static bool check_keys(struct expecting *expecting, const struct node *node) {
    const struct taxonomies *taxonomies = &expecting->corpus->settings->taxonomies;
    bool good = true;
    bool expects = false;
    for (const struct node *item = node->first; item; item = item->next) {
        bool is_taxonomy = taxonomy_find(taxonomies, item->key) != NULL;
        expects = expects || is_taxonomy;
        if (is_taxonomy)
            continue;
        if (!is_text_key(item->key)) {
            node_report_key(expecting->diagnostics, DIAGNOSTIC_EXPECTATION_BROKEN, item, "%.*s is no key here",
                            SLICE_ARGUMENTS(item->key));
            good = false;
        } else if (item->kind != NODE_SCALAR) {
            node_report(expecting->diagnostics, DIAGNOSTIC_EXPECTATION_BROKEN, item, "a text is wanted");
            good = false;
        }
    }
    if (good && !expects)
        node_report(expecting->diagnostics, DIAGNOSTIC_EXPECTATION_BROKEN, node, "it names no taxonomy");
    return good && expects;
}

static struct slice text_of(struct expecting *expecting, const struct node *node, const char *key,
                            enum choke_kind kind) {
    const struct node *item = node_get(node, slice_of(key));
    struct choke_report unused = {0};
    return item ? text_choke(item->text, kind, &expecting->rereader.arena, &unused) : (struct slice){0};
}

/* --- what the rules say ------------------------------------------------------------------------------------- */

static bool try_text(struct expecting *expecting, struct tried *tried) {
    struct article article = {0};
    struct plain_text text;
    arena_clear(&expecting->rereader.arena);
    article.title = text_of(expecting, tried->node, "title", CHOKE_LINE);
    article.body = text_of(expecting, tried->node, "text", CHOKE_TEXT);
    article.column = text_of(expecting, tried->node, "column", CHOKE_LINE);
    article.url = text_of(expecting, tried->node, "url", CHOKE_LINE);
    article.source_name = text_of(expecting, tried->node, "source", CHOKE_LINE);
    if (article.title.size + article.body.size == 0) {
        node_report(expecting->diagnostics, DIAGNOSTIC_EXPECTATION_BROKEN, tried->node,
                    "it has no article, title or text");
        return false;
    }
    /* Plain text is never refused. */
    if (!clean_plain_text(&article, &expecting->rereader.arena, &text))
        return false;
    tried->title = article.title.size ? article.title : slice_range(article.body, 0, text.lead_size);
    tried->input = article_input(&article, &text);
    tried->decisions =
        classify(expecting->rereader.worker, &tried->input, true, tried->node->place, expecting->diagnostics);
    return true;
}

/* Of several that have the name, the one that is shown. */
static const struct record *pick(const struct expecting *expecting, const struct found_articles *found) {
    uint32_t place;
    for (size_t i = 0; i < found->items.count; i++)
        if (article_status(expecting->corpus, found->items.items[i], expecting->now, &place) == ARTICLE_SHOWN)
            return found->items.items[i];
    return found->items.count ? found->items.items[0] : NULL;
}

static bool try_article(struct expecting *expecting, const struct node *named, struct tried *tried) {
    CLEANUP(found_articles_release) struct found_articles found = {0};
    CLEANUP(buf_release) struct buf name = BUF(NODE_SOURCE_MOST);
    struct reread_article article;
    if (!expecting->has_read)
        expecting->read_corpus(expecting->context);
    expecting->has_read = true;
    buf_append_slice(&name, named->text);
    articles_find(expecting->corpus, buf_string(&name), &found);
    const struct record *record = pick(expecting, &found);
    if (!record || !reread(&expecting->rereader, record, &article)) {
        node_report(expecting->diagnostics, DIAGNOSTIC_EXPECTATION_BROKEN, named, "no article has this name");
        return false;
    }
    tried->title = article.article.title;
    tried->input = article.input;
    tried->decisions = article.decisions;
    return true;
}

/* --- what is expected --------------------------------------------------------------------------------------- */

/* Terms of one taxonomy, as bits. */
struct wanted {
    uint64_t exactly[TERMS_MOST / 64];
    uint64_t among[TERMS_MOST / 64];
    uint64_t without[TERMS_MOST / 64];
    bool is_exact; /* a list without + and -, an empty one too */
};

static bool read_name(struct expecting *expecting, const struct taxonomy *taxonomy, const struct node *node,
                      struct slice name, struct wanted *wanted) {
    char sign = name.size > 1 ? name.data[0] : ' ';
    bool is_signed = sign == '+' || sign == '-';
    uint16_t term = taxonomy_find_term(taxonomy, is_signed ? slice_from(name, 1) : name);
    if (term == TERM_NONE) {
        node_report(expecting->diagnostics, DIAGNOSTIC_EXPECTATION_BROKEN, node, "%.*s has no term %.*s",
                    SLICE_ARGUMENTS(taxonomy->id), SLICE_ARGUMENTS(name));
        return false;
    }
    wanted->is_exact = wanted->is_exact && !is_signed;
    label_bit_set(!is_signed ? wanted->exactly : sign == '+' ? wanted->among : wanted->without, term);
    return true;
}

static bool read_wanted(struct expecting *expecting, const struct taxonomy *taxonomy, const struct node *node,
                        struct wanted *wanted) {
    bool good = node->kind != NODE_MAPPING;
    *wanted = (struct wanted){.is_exact = true};
    if (!good)
        node_report(expecting->diagnostics, DIAGNOSTIC_EXPECTATION_BROKEN, node, "a term or a list of terms is wanted");
    if (node->kind == NODE_SCALAR && !node_is_empty(node))
        return read_name(expecting, taxonomy, node, node->text, wanted);
    for (const struct node *item = node->first; good && item; item = item->next)
        good = read_name(expecting, taxonomy, item, item->text, wanted);
    return good;
}

/* Does this term have to stand (1), not to (-1), or is it nobody's matter (0)? */
static int demand(const struct wanted *wanted, size_t term) {
    if (label_bit(wanted->without, term))
        return -1;
    if (label_bit(wanted->exactly, term) || label_bit(wanted->among, term))
        return 1;
    return wanted->is_exact ? -1 : 0;
}

/* --- differences -------------------------------------------------------------------------------------------- */

static void append_names(const struct taxonomy *taxonomy, const bool *chosen, struct buf *buf) {
    size_t count = 0;
    for (size_t i = 0; i < taxonomy->term_count; i++)
        if (chosen[i])
            buf_append_format(buf, "%s%.*s", count++ ? ", " : "", SLICE_ARGUMENTS(term_name(&taxonomy->terms[i])));
    buf_append_string(buf, count ? "" : "none");
}

/* The first match that gives a term points: enough to know where to look. */
static void append_reason(const struct term_explanation *term, struct buf *buf) {
    for (size_t i = 0; i < term->reason_count; i++) {
        const struct reason *reason = &term->reasons[i];
        if (term->decision->points > 0 && reason->match->points <= 0)
            continue;
        buf_append_format(buf, ", %s %.*s[%.*s]%.*s", field_name(reason->match->field), SLICE_ARGUMENTS(reason->before),
                          SLICE_ARGUMENTS(reason->text), SLICE_ARGUMENTS(reason->after));
        return;
    }
}

/* Terms that should stand and have not a single match. */
static void append_silent(const struct explanation *explanation, const struct wanted *wanted, struct buf *buf) {
    const struct taxonomy *taxonomy = explanation->decision->taxonomy;
    for (size_t term = 0; term < taxonomy->term_count; term++) {
        size_t at = 0;
        while (at < explanation->term_count && explanation->terms[at].term != term)
            at++;
        if (demand(wanted, term) <= 0 || at < explanation->term_count)
            continue;
        buf_append_format(buf, "%s%.*s: none of its words is there", buf->size ? "; " : "",
                          SLICE_ARGUMENTS(term_name(&taxonomy->terms[term])));
    }
}

/* What speaks for those that should not stand, and what those lack that should. */
static void append_reasons(struct expecting *expecting, const struct tried *tried, size_t taxonomy,
                           const struct wanted *wanted, struct buf *buf) {
    struct explanation explanation;
    explanation_make(expecting->rereader.worker, &tried->input, &tried->decisions[taxonomy], &expecting->rereader.arena,
                     &explanation);
    for (size_t i = 0; i < explanation.term_count; i++) {
        const struct term_explanation *term = &explanation.terms[i];
        if (demand(wanted, term->term) != (term->decision->chosen ? -1 : 1))
            continue;
        buf_append_string(buf, buf->size ? "; " : "");
        buf_append_format(buf, "%.*s %g (",
                          SLICE_ARGUMENTS(term_name(&explanation.decision->taxonomy->terms[term->term])),
                          term->decision->points);
        term_append_verdict(&explanation, term, buf);
        buf_append_byte(buf, ')');
        append_reason(term, buf);
    }
    append_silent(&explanation, wanted, buf);
}

/* Does the taxonomy come out as it should? Reports when it does not. */
static bool compare(struct expecting *expecting, const struct tried *tried, size_t number, const struct node *node) {
    const struct taxonomy *taxonomy = &expecting->corpus->settings->taxonomies.items[number];
    const struct decision *decision = &tried->decisions[number];
    bool is[TERMS_MOST] = {false};
    bool should[TERMS_MOST] = {false};
    struct wanted wanted;
    bool differs = false;
    if (!read_wanted(expecting, taxonomy, node, &wanted))
        return false;
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        is[i] = decision->terms[i].chosen;
        should[i] = demand(&wanted, i) > 0 || (is[i] && demand(&wanted, i) == 0);
        differs = differs || is[i] != should[i];
    }
    if (!differs)
        return true;
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    buf_append_format(&text, "%.*s: ", SLICE_ARGUMENTS(taxonomy->id));
    append_names(taxonomy, is, &text);
    buf_append_string(&text, "; wanted: ");
    append_names(taxonomy, should, &text);
    struct diagnostic *item = node_report_key(
        expecting->diagnostics, DIAGNOSTIC_EXPECTATION_FAILED, node, "%.*s: %s",
        SLICE_ARGUMENTS(slice_range(tried->title, 0, utf8_offset(tried->title, 40))), buf_string(&text));
    buf_clear(&text);
    append_reasons(expecting, tried, number, &wanted, &text);
    if (text.size)
        diag_hint(expecting->diagnostics, item, "%s", buf_string(&text));
    return false;
}

static bool holds(struct expecting *expecting, const struct node *node) {
    const struct taxonomies *taxonomies = &expecting->corpus->settings->taxonomies;
    struct tried tried = {.node = node};
    if (node->kind != NODE_MAPPING) {
        node_report(expecting->diagnostics, DIAGNOSTIC_EXPECTATION_BROKEN, node, "a mapping is wanted");
        return false;
    }
    const struct node *named = node_get(node, SLICE("article"));
    if (!check_keys(expecting, node) || !(named ? try_article(expecting, named, &tried) : try_text(expecting, &tried)))
        return false;
    bool good = true;
    for (size_t i = 0; i < taxonomies->count; i++) {
        const struct node *item = node_get(node, taxonomies->items[i].id);
        good = (!item || compare(expecting, &tried, i, item)) && good;
    }
    return good;
}

static const struct node *read_file(struct expecting *expecting, const char *path) {
    CLEANUP(buf_release) struct buf bytes = BUF(NODE_SOURCE_MOST);
    struct place place = {.file = slice_of(path)};
    if (!file_read(path, &bytes)) {
        diag_report(expecting->diagnostics, DIAGNOSTIC_EXPECTATION_BROKEN, place, "%s", strerror(errno));
        return NULL;
    }
    const struct node *root = node_read(buf_slice(&bytes), place.file, 1, &expecting->arena, expecting->diagnostics);
    if (!root || root->kind == NODE_LIST || (root->kind == NODE_MAPPING && root->count == 0))
        return root;
    node_report(expecting->diagnostics, DIAGNOSTIC_EXPECTATION_BROKEN, root, "a list of expectations is wanted");
    return NULL;
}

bool expectations_hold(const char *path, struct corpus *corpus, void (*read_corpus)(void *context), void *context,
                       int64_t now, struct diagnostics *diagnostics, struct expectations *ret_expectations) {
    struct expecting expecting = {
        .corpus = corpus, .read_corpus = read_corpus, .context = context, .now = now, .diagnostics = diagnostics};
    struct expectations expectations = {0};
    const struct node *root = read_file(&expecting, path);
    rereader_init(&expecting.rereader, corpus);
    for (const struct node *item = root ? root->first : NULL; item; item = item->next) {
        expectations.count++;
        expectations.failed += !holds(&expecting, item);
    }
    rereader_release(&expecting.rereader);
    arena_release(&expecting.arena);
    if (!root)
        return false;
    *ret_expectations = expectations;
    return true;
}
