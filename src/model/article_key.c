#include "model/article_key.h"

#include "base/uri.h"
#include "model/page.h"

/* RFC 3986 unreserved and what may stand in a path; everything else of an own id is percent-encoded, # and % too. */
static bool stands_in_uri(char c) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || (c && strchr("-._~/:@!$&'()*+,;=", c));
}

void own_id_append_key(struct slice id, struct buf *key) {
    buf_append_string(key, "id/");
    for (size_t i = 0; i < id.size; i++) {
        if (stands_in_uri(id.data[i]))
            buf_append_byte(key, id.data[i]);
        else
            buf_append_format(key, "%%%02X", (unsigned char)id.data[i]);
    }
}

bool address_append_key(struct slice address, struct buf *key) {
    CLEANUP(buf_release) struct buf plain = BUF(BUF_UNLIMITED);
    if (!uri_append_key(&plain, address))
        return false;
    buf_append_string(key, "url/");
    uri_append_encoded(key, buf_slice(&plain));
    return true;
}

/* --- names -------------------------------------------------------------------------------------------------- */

static void add_key(struct name_keys *keys, struct arena *arena, const struct buf *key) {
    keys->keys[keys->count++] = arena_copy(arena, buf_slice(key));
}

static bool is_key(struct slice name) {
    return slice_starts_with(name, SLICE("id/")) || slice_starts_with(name, SLICE("url/")) ||
           slice_starts_with(name, SLICE("doc/"));
}

/* What stands behind "tag:feeds.example.org,2026:"; the name itself where that does not stand before it. */
static struct slice without_tag(const struct site *site, struct slice name) {
    const struct slice scheme = SLICE("tag:");
    struct slice rest = slice_from(name, scheme.size);
    if (slice_starts_with(name, scheme) && slice_starts_with(rest, site->tag) &&
        slice_starts_with(slice_from(rest, site->tag.size), SLICE(":")))
        return slice_from(rest, site->tag.size + 1);
    return name;
}

/* What a browser adds or people leave out: "./" or "/" in front, or the folder of the site, as "/sub/". */
static struct slice without_folder(struct slice own, struct slice path) {
    struct slice address = slice_from(own, strlen("url/"));
    struct slice folder = slice_from(address, slice_find_byte(address, '/', 0));
    const struct slice fronts[] = {folder, SLICE("./"), SLICE("/")};
    for (size_t i = 0; i < ARRAY_LENGTH(fronts); i++)
        if (fronts[i].size && slice_starts_with(path, fronts[i]))
            return slice_from(path, fronts[i].size);
    return path;
}

/* A page here is the same whatever is asked of it, and wherever in it one looks. */
static struct slice without_tail(struct slice path) {
    size_t end = 0;
    while (end < path.size && path.data[end] != '?' && path.data[end] != '#')
        end++;
    return slice_range(path, 0, end);
}

/* `key` is that of the name as an address, or empty. What does not matter in addresses does not matter here either. */
static struct slice path_on_site(const struct site *site, struct slice name, struct slice key) {
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf own = BUF(BUF_UNLIMITED);
    uri_append_encoded(&address, site->url);
    bool is_web = address_append_key(buf_slice(&address), &own);
    if (key.size == 0)
        return without_tail(is_web ? without_folder(buf_slice(&own), name) : name);
    if (!is_web || !slice_starts_with(key, buf_slice(&own)))
        return (struct slice){0};
    return without_tail(slice_from(key, own.size));
}

struct name_keys name_keys_of(const struct site *site, struct slice name, struct arena *arena) {
    CLEANUP(buf_release) struct buf key = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    struct name_keys keys = {0};
    struct slice rest = without_tag(site, name);
    if (is_key(rest)) {
        buf_append_slice(&key, rest);
        add_key(&keys, arena, &key);
        if (rest.data != name.data)
            return keys; /* a whole tag: URI of this site means nothing else */
    }
    /* Addresses of articles are encoded when they are read, before their key is made of them. */
    uri_append_encoded(&address, name);
    buf_clear(&key);
    if (address_append_key(buf_slice(&address), &key))
        add_key(&keys, arena, &key);
    keys.has_page = article_page_parse_path(path_on_site(site, buf_slice(&address), buf_slice(&key)), &keys.page);
    buf_clear(&key);
    own_id_append_key(name, &key);
    add_key(&keys, arena, &key);
    return keys;
}
