#ifndef PINDAO_MODEL_HISTORY_H
#define PINDAO_MODEL_HISTORY_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/vec.h"

/*
 * What only the past knows (history.jsonl, store/history.h): plain data, an input of the build like the articles.
 * Articles and entries are named by their keys (assemble/key.h), as text: "url/…"; the hash beside it is the one of the
 * record. All strings live in the history's arena.
 */

/*
 * The article has the entry of the leader, for ever: an entry keeps its id whatever comes later, an earlier original, a
 * better copy, the end of the leader itself. At most one for an article.
 */
struct history_join {
    struct slice member, leader; /* keys */
    struct hash128 member_hash, leader_hash;
    int64_t date; /* of the leader, which the entry keeps though the leader is gone */
};

enum withdrawal_cause {
    WITHDRAWN_BY_COMMAND,    /* pindao withdraw: stands until it is released by the same command */
    WITHDRAWN_BY_CORRECTION, /* corrections.yaml; released when it says so no more */
    WITHDRAWN_BY_ARTICLE,    /* the source says so itself; as above */
    WITHDRAWN_BY_VANISHING,  /* vanished: withdraw; released when the article is there again */
    WITHDRAWN_AS_COPY,       /* of an entry whose article was withdrawn and is gone; released by people only */
};

/* Had the entry a page of its own (render/pages.h), in the tree that was served then or in the one before? */
enum withdrawal_page {
    WITHDRAWAL_PAGE_UNSAID, /* a line from before there were pages */
    WITHDRAWAL_PAGE_NONE,
    WITHDRAWAL_PAGE_STOOD,
};

struct withdrawal {
    struct slice key;   /* of the article */
    struct slice entry; /* the key under which it was shown: its own, or that of its leader */
    struct hash128 hash, entry_hash;
    int64_t at;                   /* when it was withdrawn */
    int64_t date;                 /* of the entry: where its stub stands in a feed; `at` where it is not known */
    const struct slice *channels; /* paths ("/putuo/") of the channels that showed it */
    size_t channel_count;
    enum withdrawal_page page;
    enum withdrawal_cause cause;
    struct slice sketch; /* hex of its sketch, so that a copy that comes later is known; may be empty */
    bool released;
};

/* Has anybody seen the entry, in a feed or on its page? */
bool withdrawal_was_seen(const struct withdrawal *withdrawal);
/* Does a page say for ever, at the entry's permalink, that it was withdrawn? */
bool withdrawal_has_page(const struct withdrawal *withdrawal);

/*
 * The entry keeps its page, though it has an address of its own by now: links lead there. Said when the page would have
 * gone; of what has no address to this day nothing need be said.
 */
struct history_permalink {
    struct slice key; /* of the entry */
    struct hash128 hash;
    int64_t at;
};

/* An article was met first. Kept for sources that say vanished: or undated: first-seen, for no others. */
struct sighting {
    struct slice key; /* of an article without a date: "title/…" (store/history.h) */
    struct hash128 hash;
    struct slice source; /* as its files: are written */
    int64_t at;          /* the earliest, where several lines say it */
};

/*
 * A zeroed one is empty. The order of the lists is that of the file, which compacting changes: no output may depend on
 * it.
 */
struct history {
    struct arena arena;
    VEC(struct history_join) joins; /* later lines of one key replace earlier ones in place */
    VEC(struct withdrawal) withdrawals;
    VEC(struct sighting) sightings;
    VEC(struct history_permalink) permalinks;
    VEC(struct slice) sources; /* of sightings, each once */
    /* By hash (and source), as bytes in the arena. */
    struct map join_numbers, withdrawal_numbers, sighting_numbers, permalink_numbers;
};
void history_release(struct history *history);

/* By hash of the article's key; NULL for none. Released withdrawals are found too. Valid until the next change. */
const struct history_join *history_join_of(const struct history *history, struct hash128 member);
/*
 * The last of the joins that lead from the article to the entry that it has: that one names the entry. NULL: it has its
 * own, or they lead in a circle.
 */
const struct history_join *history_entry_of(const struct history *history, struct hash128 member);
const struct withdrawal *history_withdrawal_of(const struct history *history, struct hash128 key);
bool history_keeps_page(const struct history *history, struct hash128 entry);
const struct sighting *history_sighting_of(const struct history *history, struct hash128 key, struct slice source);

/*
 * What becomes of the history by an event. Everything is copied. false when it says nothing new: the history is as it
 * was. For store/history, which keeps the file in step, and for tests.
 */
bool history_put_join(struct history *history, struct slice member, struct slice leader, int64_t date);
/* Of *withdrawal the hashes and `released` are not looked at. */
bool history_put_withdrawal(struct history *history, const struct withdrawal *withdrawal);
/* Nothing new where no withdrawal of the key stands. */
bool history_put_release(struct history *history, struct slice key);
bool history_put_sighting(struct history *history, struct slice key, struct slice source, int64_t at);
bool history_put_permalink(struct history *history, struct slice key, int64_t at);

#endif
