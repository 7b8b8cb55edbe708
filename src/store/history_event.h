#ifndef PINDAO_STORE_HISTORY_EVENT_H
#define PINDAO_STORE_HISTORY_EVENT_H

#include "base/buf.h"
#include "model/history.h"

/* One line of history.jsonl (store/history.h shows them); for the files of this folder only. */
enum history_event_kind {
    HISTORY_JOIN,
    HISTORY_WITHDRAW,
    HISTORY_RELEASE,
    HISTORY_SEEN,
    HISTORY_PERMALINK,
    HISTORY_COMPACTED,
    HISTORY_EVENT_KINDS,
};

struct history_event {
    enum history_event_kind kind;
    struct slice key;             /* of the article, or the entry */
    struct slice other;           /* the leader, or the source */
    struct withdrawal withdrawal; /* of HISTORY_WITHDRAW, which uses nothing else */
    int64_t at;                   /* the leader's date, or when it happened */
    uint64_t events;              /* of HISTORY_COMPACTED: how many there had been */
};

enum history_reading {
    HISTORY_READ,
    HISTORY_BAD,     /* no JSON, or not what its event must say */
    HISTORY_UNKNOWN, /* an event, or a kind of one, that this version does not know */
};

/* `line` without its end. The event's strings live in the arena or the line. *ret_problem says what is wrong. */
enum history_reading history_event_read(struct slice line, struct arena *arena, struct history_event *ret_event,
                                        struct slice *ret_problem);
/* With its line end. */
void history_event_append(const struct history_event *event, struct buf *buf);

/* false when it says nothing new. */
bool history_event_apply(const struct history_event *event, struct history *history);

#endif
