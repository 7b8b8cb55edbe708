#include "cmd/withdrawals_parts.h"

#include "assemble/key.h"
#include "cmd/find_article.h"
#include "model/article_key.h"
#include "model/page.h"

/* What people ask for by names: `pindao withdraw`. */
struct resolving {
    struct withdrawals *withdrawals;
    const struct corpus *corpus;
    struct diagnostics *diagnostics;
};

static void refuse(struct resolving *resolving, const char *name, const char *hint) {
    struct diagnostic *item =
        diag_report(resolving->diagnostics, DIAGNOSTIC_ARTICLE_UNKNOWN, (struct place){0}, "%s", name);
    if (hint)
        diag_hint(resolving->diagnostics, item, "%s", hint);
    resolving->withdrawals->is_impossible = true;
}

/* Records of one key are one article. */
static bool is_one_article(const struct found_articles *found) {
    for (size_t i = 1; i < found->items.count; i++)
        if (hash128_compare(found->items.items[i]->key, found->items.items[0]->key) != 0)
            return false;
    return true;
}

/* --- by the address of a page --------------------------------------------------------------------------------- */

static bool is_page_of(struct hash128 page, struct slice key, struct slice *ret_key) {
    bool is_it = article_page_is_of(page, hash128(key));
    if (is_it)
        *ret_key = key;
    return is_it;
}

/* The key of the entry, as far as history knows it: its leader may be gone. */
static bool find_in_history(const struct history *history, struct hash128 page, struct slice *ret_key) {
    for (size_t i = 0; i < history->withdrawals.count; i++)
        if (is_page_of(page, history->withdrawals.items[i].entry, ret_key) ||
            is_page_of(page, history->withdrawals.items[i].key, ret_key))
            return true;
    for (size_t i = 0; i < history->joins.count; i++)
        if (is_page_of(page, history->joins.items[i].leader, ret_key) ||
            is_page_of(page, history->joins.items[i].member, ret_key))
            return true;
    for (size_t i = 0; i < history->permalinks.count; i++)
        if (is_page_of(page, history->permalinks.items[i].key, ret_key))
            return true;
    return false;
}

/* --- by a leader that is gone -------------------------------------------------------------------------------- */

static bool means_entry(const struct name_keys *keys, struct hash128 entry) {
    bool is_meant = keys->has_page && article_page_is_of(keys->page, entry);
    for (size_t i = 0; i < keys->count && !is_meant; i++)
        is_meant = hash128_compare(hash128(keys->keys[i]), entry) == 0;
    return is_meant;
}

static bool comes_before(const struct location *location, const struct location *than) {
    return location->file != than->file ? location->file < than->file : location->offset < than->offset;
}

/*
 * An article that has the entry, whose leader is gone: with its looks copies are known that come when it is gone, too.
 * NULL: there is none, or the leader is withdrawn already. Hosts are not known yet when names are resolved, and all
 * that have the entry go with one.
 */
static const struct record *find_stand_in(const struct resolving *resolving, const struct name_keys *keys) {
    const struct history *history = history_in(resolving->withdrawals);
    const struct index *index = &resolving->corpus->index;
    const struct record *found = NULL;
    for (size_t i = 0; history->joins.count && i < index->blocks.count * INDEX_BLOCK; i++) {
        const struct record *record = index_record(index, (uint32_t)i);
        const struct history_join *join = record->location.size ? history_entry_of(history, record->key) : NULL;
        if (!join || record->withdrawn || !means_entry(keys, join->leader_hash))
            continue;
        const struct withdrawal *line = standing_line(history, join->leader_hash);
        if (line && takes_copies(line->cause))
            return NULL;
        if (!found || comes_before(&record->location, &found->location))
            found = record;
    }
    return found;
}

/* --- to withdraw -------------------------------------------------------------------------------------------- */

/* Its source is gone, but the tree still shows it, or the one before does: the key alone says what it is. */
static bool withdraw_served(struct resolving *resolving, struct slice key) {
    struct withdrawals *withdrawals = resolving->withdrawals;
    const struct history *history = history_in(withdrawals);
    struct served_entry seen = {.date = withdrawals->now};
    const enum withdrawal_page page = page_of_entry(withdrawals->served, hash128(key));
    if (!standing_line(history, hash128(key))) {
        if (!served_find(withdrawals->served, hash128(key), &seen) &&
            !served_find_archived(withdrawals->served, hash128(key), NULL, &withdrawals->arena, &seen) &&
            !served_find_previous(withdrawals->served, hash128(key), &withdrawals->arena, &seen) &&
            page != WITHDRAWAL_PAGE_STOOD)
            return false;
        const struct withdrawal line = {
            .key = key,
            .entry = key,
            .at = withdrawals->now,
            .date = seen.date,
            .channels = seen.channels,
            .channel_count = seen.channel_count,
            .page = page,
            .cause = WITHDRAWN_BY_COMMAND,
        };
        history_add_withdrawal(withdrawals->file, &line);
        withdrawals->counts.withdrawn++;
        withdrawals->counts.on_purpose += seen.channel_count;
    }
    vec_push(&withdrawals->asked, hash128(key));
    return true;
}

static void withdraw(struct resolving *resolving, const char *name) {
    struct withdrawals *withdrawals = resolving->withdrawals;
    CLEANUP(found_articles_release) struct found_articles found;
    articles_find(resolving->corpus, name, &found);
    if (found.is_file && !is_one_article(&found)) {
        refuse(resolving, name, "this file has several articles: name one of them, FILE:LINE");
        return;
    }
    struct name_keys keys = name_keys_of(&resolving->corpus->settings->site, slice_of(name), &withdrawals->arena);
    const struct record *record = found.items.count ? found.items.items[0] : find_stand_in(resolving, &keys);
    if (record) {
        vec_push(&withdrawals->wishes, (struct withdrawal_wish){record, WITHDRAWN_BY_COMMAND, {0}});
        vec_push(&withdrawals->asked, record->key);
        return;
    }
    bool known = false;
    for (size_t i = 0; i < keys.count && !known; i++)
        known = withdraw_served(resolving, keys.keys[i]);
    struct slice key;
    if (!known && keys.has_page &&
        (find_in_history(history_in(withdrawals), keys.page, &key) ||
         served_find_page(withdrawals->served, keys.page, &withdrawals->arena, &key)))
        known = withdraw_served(resolving, key);
    if (!known)
        refuse(resolving, name, found.in_no_source ? "no source of the configuration reads this file" : NULL);
}

/* --- to release --------------------------------------------------------------------------------------------- */

/* What is said elsewhere must be unsaid there. */
static bool may_be_released(const struct resolving *resolving, const struct withdrawal *line) {
    const struct index *index = &resolving->corpus->index;
    if (line->cause == WITHDRAWN_BY_COMMAND || line->cause == WITHDRAWN_AS_COPY)
        return true;
    for (size_t i = 0; i < index->blocks.count * INDEX_BLOCK; i++) {
        const struct record *record = index_record(index, (uint32_t)i);
        if (record->location.size && record->withdrawn && hash128_compare(record->key, line->hash) == 0)
            return false;
    }
    return true;
}

/* All lines of the entry. false when there was none. */
static bool release_entry(struct resolving *resolving, struct hash128 key, bool *ret_refused) {
    struct withdrawals *withdrawals = resolving->withdrawals;
    const struct history *history = history_in(withdrawals);
    const struct withdrawal *own = history_withdrawal_of(history, key);
    struct hash128 entry = own ? own->entry_hash : entry_hash_of(history, key);
    bool found = false;
    for (size_t i = 0; i < history->withdrawals.count; i++) {
        const struct withdrawal *line = &history->withdrawals.items[i];
        if (hash128_compare(line->hash, key) != 0 && hash128_compare(line->entry_hash, entry) != 0)
            continue;
        found = true;
        /* Asked for once more, as after a crash, it is done already. */
        if (line->released) {
            vec_push(&withdrawals->asked, line->hash);
            continue;
        }
        if (!may_be_released(resolving, line)) {
            *ret_refused = true;
            continue;
        }
        vec_push(&withdrawals->asked, line->hash);
        withdrawals->counts.released++;
        withdrawals->counts.coming_back += line->channel_count;
        history_add_release(withdrawals->file, line->key, withdrawals->now);
    }
    return found;
}

static void undo(struct resolving *resolving, const char *name) {
    CLEANUP(found_articles_release) struct found_articles found;
    bool known = false;
    bool refused = false;
    articles_find(resolving->corpus, name, &found);
    if (found.is_file && !is_one_article(&found)) {
        refuse(resolving, name, "this file has several articles: name one of them, FILE:LINE");
        return;
    }
    if (found.items.count)
        known = release_entry(resolving, found.items.items[0]->key, &refused);
    struct name_keys keys =
        name_keys_of(&resolving->corpus->settings->site, slice_of(name), &resolving->withdrawals->arena);
    for (size_t i = 0; i < keys.count && !known; i++)
        known = release_entry(resolving, hash128(keys.keys[i]), &refused);
    struct slice key;
    if (!known && keys.has_page && find_in_history(history_in(resolving->withdrawals), keys.page, &key))
        known = release_entry(resolving, hash128(key), &refused);
    if (refused)
        refuse(resolving, name, "the article itself or corrections withdraw it: it is released there");
    else if (!known)
        refuse(resolving, name, "no withdrawal of it is in the history");
}

void withdrawals_resolve(struct withdrawals *withdrawals, const struct corpus *corpus,
                         struct diagnostics *diagnostics) {
    struct resolving resolving = {withdrawals, corpus, diagnostics};
    const struct withdrawal_request *request = withdrawals->request;
    /* When sources are read anew, what was released is so already. */
    if (request->is_release && withdrawals->asked.count)
        return;
    vec_clear(&withdrawals->asked);
    for (size_t i = 0; i < request->count; i++)
        if (request->is_release)
            undo(&resolving, request->names[i]);
        else
            withdraw(&resolving, request->names[i]);
}
