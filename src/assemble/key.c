#include "assemble/key.h"

#include "model/article_key.h"
#include "text/fold.h"

static void append_derived(const struct article *article, struct buf *key) {
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf hashed = BUF(BUF_UNLIMITED);
    date_append_day(&hashed, article->date.seconds);
    buf_append_byte(&hashed, '\n');
    text_fold(article->title, &folded, NULL);
    size_t before = hashed.size;
    text_append_letters(buf_slice(&folded), &hashed);
    /* A title of signs alone (🎉) would else be the same as every other one of its day. */
    if (hashed.size == before)
        buf_append_slice(&hashed, buf_slice(&folded));
    char hex[SHA256_HEX_SIZE + 1];
    struct sha256 hash = sha256_of(buf_slice(&hashed));
    sha256_hex(&hash, hex);
    buf_append(key, hex, SHA256_HEX_SIZE / 2);
}

void article_append_key(const struct article *article, struct buf *key) {
    if (article->id.size) {
        own_id_append_key(article->id, key);
        return;
    }
    if (article->url.size && address_append_key(article->url, key))
        return;
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
