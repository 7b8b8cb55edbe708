#ifndef PINDAO_TEXT_CHOKE_H
#define PINDAO_TEXT_CHOKE_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * The choke point: every string that enters pindao goes through text_choke, once. What comes out
 * - is well-formed UTF-8 (each maximal ill-formed part became U+FFFD),
 * - has no character that XML 1.0 (2.2) forbids: C0 controls but tab and line feed, U+FFFE, U+FFFF; nor DEL and C1
 * controls (NEL and U+2028/2029 became line feeds), noncharacters, the BOM U+FEFF and other invisible format characters
 * that spoil matching (U+00AD, U+200B, U+2060, tag characters); ZWJ and ZWNJ stay,
 * - has line feeds only (CR LF and CR became LF), no blanks (space, tab, U+00A0, U+3000) at line ends,
 * - CHOKE_LINE: is one line (line ends and tabs became blanks, runs of blanks one space), trimmed, and its bidi
 * controls are balanced: unmatched embeddings, overrides and isolates (U+202A–202E, U+2066–2069) cannot reach beyond
 * it. Text that needs nothing is returned as it came, without a copy.
 */
enum choke_kind {
    CHOKE_LINE, /* titles, names, addresses */
    CHOKE_TEXT, /* bodies, summaries */
};

/* What was done; add up over the fields of an article, then report. Only what a person should know of: line ends and
 * blanks do not count. */
struct choke_report {
    size_t ill_formed; /* parts that were no UTF-8 */
    size_t forbidden;  /* characters dropped because no feed may have them */
    size_t invisible;  /* format characters dropped */
    size_t bidi;       /* bidi controls closed or dropped */
    size_t
        first; /* byte offset of the first ill-formed or forbidden one in its field; valid when one of them is not 0 */
};

struct slice text_choke(struct slice text, enum choke_kind kind, struct arena *arena, struct choke_report *report);

/*
 * Would the choke point drop this character wherever it stands? For text that was decoded after the choke point
 * (character references in HTML). U+FFFD for what is no character stays.
 */
bool choke_drops(uint32_t character);

/* "2 control characters, 1 piece of broken UTF-8"; empty when nothing is worth saying. */
void choke_report_describe(const struct choke_report *report, struct buf *buf);

#endif
