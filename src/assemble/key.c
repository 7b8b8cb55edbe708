#include "assemble/key.h"

#include "base/uri.h"
#include "text/fold.h"

/* RFC 3986 unreserved and what may stand in a path; everything else of an own id is percent-encoded, # and % too. */
static bool stands_in_uri(char c) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || (c && strchr("-._~/:@!$&'()*+,;=", c));
}

static void append_own_id(struct slice id, struct buf *key) {
    for (size_t i = 0; i < id.size; i++) {
        if (stands_in_uri(id.data[i]))
            buf_append_byte(key, id.data[i]);
        else
            buf_append_format(key, "%%%02X", (unsigned char)id.data[i]);
    }
}

static void append_derived(const struct article *article, struct buf *key) {
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf hashed = BUF(BUF_UNLIMITED);
    date_append_day(&hashed, article->date.seconds);
    buf_append_byte(&hashed, '\n');
    text_fold(article->title, &folded, NULL);
    text_append_letters(buf_slice(&folded), &hashed);
    char hex[SHA256_HEX_SIZE + 1];
    struct sha256 hash = sha256_of(buf_slice(&hashed));
    sha256_hex(&hash, hex);
    buf_append(key, hex, SHA256_HEX_SIZE / 2);
}

void article_append_key(const struct article *article, struct buf *key) {
    size_t begin = key->size;
    if (article->id.size) {
        buf_append_string(key, "id/");
        append_own_id(article->id, key);
        return;
    }
    buf_append_string(key, "url/");
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    if (article->url.size && uri_append_key(&address, article->url)) {
        uri_append_encoded(key, buf_slice(&address));
        return;
    }
    buf_truncate(key, begin);
    buf_append_string(key, "doc/");
    append_derived(article, key);
}

static void append_tag(const struct site *site, struct buf *buf) {
    buf_append_string(buf, "tag:");
    buf_append_slice(buf, site->tag);
    buf_append_byte(buf, ':');
}

void entry_append_id(const struct site *site, struct slice key, struct buf *id) {
    append_tag(site, id);
    buf_append_slice(id, key);
}

void channel_append_id(const struct site *site, struct slice path, struct buf *id) {
    append_tag(site, id);
    buf_append_string(id, "channel");
    buf_append_slice(id, path);
}

void scheme_append(const struct site *site, struct slice taxonomy, struct buf *scheme) {
    append_tag(site, scheme);
    buf_append_slice(scheme, taxonomy);
}
