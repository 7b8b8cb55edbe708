#ifndef PINDAO_RENDER_INTERFACE_TEXT_H
#define PINDAO_RENDER_INTERFACE_TEXT_H

#include "base/arena.h"
#include "base/map.h"
#include "diag/diag.h"

/*
 * What pages say in words of their own, from text.yaml: language → key → text. The user's file is laid over the shipped
 * one key by key, and may add languages. Of a key that the site's language lacks, English is said.
 */
struct interface_text {
    const struct slice *keys; /* sorted */
    const struct slice *texts;
    size_t count;
};

/*
 * `language`: site.language; looked for whole ("zh-TW"), then its first part ("zh"), then "en". `user` has size 0 where
 * there is none. Everything is in the arena. false after reporting all mistakes: what is no YAML, no mapping of
 * mappings of texts; a key that no shipped language has is reported too, for it is most likely misspelt.
 */
MUST_CHECK bool interface_text_read(struct slice language, struct slice shipped, struct slice user_file,
                                    struct slice user, struct arena *arena, struct diagnostics *diagnostics,
                                    struct interface_text *ret_text);
/* The text of a key; empty where there is none. */
struct slice interface_text_of(const struct interface_text *text, const char *key);

/* {year}, {month}, {day} (numbers without zeros in front; {month2}, {day2} with) put into the pattern of a key: "date",
 * "month". In the site's zone (date_zone_set by main). Appends. */
void interface_text_append_date(const struct interface_text *text, const char *key, int64_t seconds, struct buf *buf);

#endif
