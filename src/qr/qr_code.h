#ifndef PINDAO_QR_QR_CODE_H
#define PINDAO_QR_QR_CODE_H

#include "base/buf.h"

/*
 * libqrencode: a text as a QR code (ISO/IEC 18004), for phones that are held before a screen or a printed page.
 */
struct qr_code {
    unsigned width;      /* modules on a side, without the quiet zone of QR_QUIET on each side */
    unsigned char *dark; /* width × width, row by row: 1 is dark; on the heap */
};
enum { QR_QUIET = 4 };

/* Error correction M, the smallest version that holds the text. false when none does (over some 2,300 bytes). */
MUST_CHECK bool qr_code_make(struct slice text, struct qr_code *ret_code);
void qr_code_release(struct qr_code *code);

/* As the `d` of an SVG path in units of a module, the quiet zone included: one rectangle for each run in a row. */
void qr_code_append_path(const struct qr_code *code, struct buf *buf);

#endif
