#include "net/host_name.h"

#include <stdlib.h>
#include <utf8proc.h>

/* RFC 3492 5. */
enum {
    BASE = 36,
    T_MIN = 1,
    T_MAX = 26,
    SKEW = 38,
    DAMP = 700,
    FIRST_BIAS = 72,
    FIRST_CODE = 128,
    LABEL_MOST = 63, /* characters; RFC 1035 2.3.4 */
};

static bool is_ascii(struct slice slice) {
    for (size_t i = 0; i < slice.size; i++)
        if ((unsigned char)slice.data[i] >= FIRST_CODE)
            return false;
    return true;
}

/* Letters, digits, "-" and "_": all that a name in use has. Nothing that ends a name may come out of the folding. */
static bool is_name_character(utf8proc_int32_t code) {
    return code >= FIRST_CODE || (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9') || code == '-' ||
           code == '_';
}

static unsigned adapt(unsigned delta, unsigned count, bool is_first) {
    unsigned k = 0;
    delta = is_first ? delta / DAMP : delta / 2;
    delta += delta / count;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static void append_digit(struct buf *buf, unsigned digit) {
    buf_append_byte(buf, (char)(digit < 26 ? 'a' + digit : '0' + digit - 26));
}

static void append_delta(struct buf *buf, unsigned delta, unsigned bias) {
    for (unsigned k = BASE;; k += BASE) {
        unsigned threshold = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
        if (delta < threshold)
            break;
        append_digit(buf, threshold + (delta - threshold) % (BASE - threshold));
        delta = (delta - threshold) / (BASE - threshold);
    }
    append_digit(buf, delta);
}

/* The least code point that is not below `least`. */
static unsigned next_code(const utf8proc_int32_t *codes, unsigned count, unsigned least) {
    unsigned next = UINT32_MAX;
    for (unsigned i = 0; i < count; i++)
        if ((unsigned)codes[i] >= least && (unsigned)codes[i] < next)
            next = (unsigned)codes[i];
    return next;
}

/* RFC 3492 6.3. At most 63 code points below 0x110000: nothing overflows. */
static void append_punycode(struct buf *buf, const utf8proc_int32_t *codes, unsigned count) {
    unsigned basic = 0;
    for (unsigned i = 0; i < count; i++) {
        if (codes[i] < FIRST_CODE) {
            buf_append_byte(buf, (char)codes[i]);
            basic++;
        }
    }
    if (basic)
        buf_append_byte(buf, '-');
    unsigned code = FIRST_CODE;
    unsigned delta = 0;
    unsigned bias = FIRST_BIAS;
    for (unsigned done = basic; done < count; delta++, code++) {
        unsigned next = next_code(codes, count, code);
        delta += (next - code) * (done + 1);
        code = next;
        for (unsigned i = 0; i < count; i++) {
            delta += (unsigned)codes[i] < code;
            if ((unsigned)codes[i] != code)
                continue;
            append_delta(buf, delta, bias);
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
    }
}

/* false: not UTF-8, no name, or too long for a label. */
static bool append_label(struct buf *buf, struct slice label) {
    utf8proc_int32_t codes[LABEL_MOST];
    unsigned count = 0;
    for (struct slice rest = label; rest.size;) {
        utf8proc_int32_t code = 0;
        utf8proc_ssize_t size =
            utf8proc_iterate((const utf8proc_uint8_t *)rest.data, (utf8proc_ssize_t)rest.size, &code);
        if (size <= 0 || count == LABEL_MOST || !is_name_character(code))
            return false;
        codes[count++] = code;
        rest = slice_from(rest, (size_t)size);
    }
    if (is_ascii(label)) {
        buf_append_slice(buf, label);
        return true;
    }
    buf_append_string(buf, "xn--");
    append_punycode(buf, codes, count);
    return true;
}

static bool append_labels(struct buf *buf, struct slice host) {
    struct slice label;
    bool is_first = true;
    while (slice_take_until(&host, '.', &label)) {
        if (!is_first)
            buf_append_byte(buf, '.');
        is_first = false;
        if (!append_label(buf, label))
            return false;
    }
    return true;
}

/* "。" ends a label too (RFC 3490 3.1); its wide form has become a point, its half-wide one this, by NFKC. */
static void append_with_points(struct buf *buf, struct slice host) {
    struct slice stop = SLICE("。");
    for (size_t at = 0; at < host.size;) {
        size_t next = slice_find(host, stop, at);
        buf_append_slice(buf, slice_range(host, at, next));
        if (next < host.size)
            buf_append_byte(buf, '.');
        at = next + stop.size;
    }
}

void host_name_append_ascii(struct slice host, struct buf *buf) {
    utf8proc_uint8_t *folded = NULL;
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    utf8proc_ssize_t size = -1;
    if (!is_ascii(host))
        size = utf8proc_map((const utf8proc_uint8_t *)host.data, (utf8proc_ssize_t)host.size, &folded, options);
    CLEANUP(buf_release) struct buf points = BUF(BUF_UNLIMITED);
    if (size > 0)
        append_with_points(&points, (struct slice){(const char *)folded, (size_t)size});
    free(folded);
    size_t before = buf->size;
    if (size <= 0 || !append_labels(buf, buf_slice(&points))) {
        buf_truncate(buf, before);
        buf_append_slice(buf, host);
    }
}
