#ifndef PINDAO_TEXT_RESTORE_H
#define PINDAO_TEXT_RESTORE_H

#include "base/arena.h"
#include "base/slice.h"

/*
 * The undoing of what copy sites do to a text so that it is not found to be a copy: they make it traditional, put the
 * reading behind many characters (`經(jīng)濟(jì)`, also behind words), and do that on the bytes of GBK, where a
 * character of their list is also found in the second byte of one character and the first of the next. What stood
 * there is then broken: `領(lǐng)域?qū)崿F(xiàn)` was 領域實現.
 *
 * Nothing is touched unless the text as a whole is so distorted: some frequent characters, not all the same, have their
 * own reading behind them. Writers explain rare characters only. Then
 * - readings in parentheses go; what is no reading stays: (GDP), (上海), (600848), (Gulf Town);
 * - the byte that `?` swallowed follows from the reading behind it, and with it all that was shifted up to where
 *   characters begin again is read anew. Only where one single character can have stood there;
 * - other lost bytes (`上??偛?三明`) cannot be known: where what was shifted behind them makes sense, it is put back,
 * and the lost characters become U+FFFD. Nothing is guessed.
 *
 * Lines stay lines. Time is linear in the text.
 */
struct restore_place {
    unsigned line;       /* 1-based, in the text */
    struct slice before; /* with the characters around */
    struct slice after;
};

struct restore_report {
    size_t readings;                    /* taken away */
    size_t restored;                    /* places where shifted text was put back whole */
    size_t lost;                        /* characters that are U+FFFD now */
    const struct restore_place *places; /* of what was shifted or lost, at most RESTORE_PLACES_MOST; in the arena */
    size_t place_count;
};

enum { RESTORE_PLACES_MOST = 100 };

/* Well-formed text (choke point). Text that needs nothing is returned as it came; anything else is in the arena. */
struct slice text_restore(struct slice text, struct arena *arena, struct restore_report *ret_report);

#endif
