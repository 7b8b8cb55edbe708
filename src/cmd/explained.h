#ifndef PINDAO_CMD_EXPLAINED_H
#define PINDAO_CMD_EXPLAINED_H

#include "assemble/channels.h"
#include "classify/explanation.h"
#include "cmd/find_article.h"
#include "cmd/reread.h"
#include "cmd/withdrawals.h"
#include "json/writer.h"

/*
 * What `pindao explain` knows of one article, and the two forms in which it says so. Everything lives in the rereader
 * until its next article.
 */
struct explained_channel {
    const struct channel *channel;
    size_t rank; /* of all that belong to it, from 1, newest first */
};

struct explained_article {
    const struct corpus *corpus;
    struct place place;
    struct slice url; /* of the source that it was fetched from; empty: it was not */
    struct reread_article read;
    enum article_status status;
    struct slice leader;                      /* the id of the entry that stands for it; empty: its own */
    const struct index_group *group;          /* its near-duplicates and itself; NULL: none */
    const struct withdrawal *withdrawal;      /* by which it is withdrawn; NULL: it is not, or says so itself */
    const struct hold_word *hold;             /* the word of hold: in it; NULL: none */
    const struct explanation *explanations;   /* one a taxonomy */
    const struct explained_channel *channels; /* that it belongs to; none unless it is shown */
    size_t channel_count;
    const struct correction *const *corrections; /* that change it */
    size_t correction_count;
};

/* false when the source has changed since it was read. */
MUST_CHECK bool explained_make(struct rereader *rereader, const struct channels *channels, const struct record *record,
                               int64_t now, struct line_finder *finder, struct explained_article *ret_article);

struct explain_style {
    size_t width; /* columns */
    bool in_full; /* every single match, and terms that lost all of theirs to longer words */
};

/* For people: what, why, why not. */
void explained_append_text(const struct explained_article *article, const struct explain_style *style, struct buf *buf);
/* "青浦区 15.5, 长宁区 3": the chosen terms of one taxonomy; "none". */
void explanation_append_summary(const struct explanation *explanation, struct buf *buf);
/* A term and its matches, as in an article's explanation, each line indented by `indent`. */
void explanation_append_text(const struct explanation *explanation, const struct explain_style *style, struct buf *buf);
/* "37% of the best, 40% wanted": why the term does not stand, or why it does. Nothing where the figures say it all. */
void term_append_verdict(const struct explanation *explanation, const struct term_explanation *term, struct buf *buf);

/* For tools: one object. */
void explained_write_json(const struct explained_article *article, struct json_writer *json);
/* One taxonomy: its terms with their points, verdicts and matches. */
void explanation_write_json(const struct explanation *explanation, struct json_writer *json);

/* "+putuo", "-pudong", "putuo"; "[]". */
void label_append(const struct label *label, struct buf *buf);
const char *field_name(enum field field);
const char *role_name(enum word_role role);
/* "by pindao withdraw, 2026-11-22". */
void withdrawal_append(const struct withdrawal *withdrawal, struct buf *buf);
const char *article_status_text(enum article_status status);

#endif
