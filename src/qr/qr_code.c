#include "qr/qr_code.h"

#include "base/memory.h"

#include <errno.h>
#include <limits.h>
#include <qrencode.h>

bool qr_code_make(struct slice text, struct qr_code *ret_code) {
    if (text.size == 0 || text.size > INT_MAX)
        return false;
    QRcode *code = QRcode_encodeData((int)text.size, (const unsigned char *)text.data, 0, QR_ECLEVEL_M);
    if (!code && errno == ENOMEM)
        memory_exhausted();
    if (!code)
        return false;
    size_t width = (size_t)code->width;
    struct qr_code result = {(unsigned)width, memory_new_array(width, width)};
    /* What a module is for stands in its other bits. */
    for (size_t i = 0; i < width * width; i++)
        result.dark[i] = code->data[i] & 1;
    QRcode_free(code);
    *ret_code = result;
    return true;
}

void qr_code_release(struct qr_code *code) {
    free(code->dark);
    *code = (struct qr_code){0};
}

/* One module high. Not closed: what is filled is closed by itself. */
static void append_rectangle(struct buf *buf, size_t x, size_t y, size_t width) {
    buf_append_byte(buf, 'M');
    buf_append_unsigned(buf, x);
    buf_append_byte(buf, ' ');
    buf_append_unsigned(buf, y);
    buf_append_byte(buf, 'h');
    buf_append_unsigned(buf, width);
    buf_append_string(buf, "v1h-");
    buf_append_unsigned(buf, width);
}

void qr_code_append_path(const struct qr_code *code, struct buf *buf) {
    for (size_t row = 0; row < code->width; row++) {
        const unsigned char *dark = code->dark + row * code->width;
        for (size_t begin = 0, end; begin < code->width; begin = end) {
            for (end = begin + 1; end < code->width && dark[end] == dark[begin]; end++)
                continue;
            if (dark[begin])
                append_rectangle(buf, begin + QR_QUIET, row + QR_QUIET, end - begin);
        }
    }
}
