#include "base/date.h"
#include "base/uri.h"
#include "config/sections.h"

struct site_keys {
    struct slice title, language, author, subtitle, rights, icp;
    const struct node *url, *tag, *timezone, *icon, *logo, *hub;
};

#define ROW(name, value, ...)                                                                                          \
    { .key = #name, .kind = value, .offset = offsetof(struct site_keys, name), __VA_ARGS__ }
static const struct key_row site_rows[] = {
    ROW(title, VALUE_TEXT, .required = true),     ROW(url, VALUE_NODE, .required = true),
    ROW(tag, VALUE_NODE, .required = true),       ROW(language, VALUE_TEXT, .required = false),
    ROW(timezone, VALUE_NODE, .required = false), ROW(author, VALUE_TEXT, .required = false),
    ROW(subtitle, VALUE_TEXT, .required = false), ROW(rights, VALUE_TEXT, .required = false),
    ROW(icon, VALUE_NODE, .required = false),     ROW(logo, VALUE_NODE, .required = false),
    ROW(icp, VALUE_TEXT, .required = false),      ROW(hub, VALUE_NODE, .required = false),
};
const struct key_table site_table = {"site", site_rows, ARRAY_LENGTH(site_rows), false};

static void bad_value(struct loading *loading, const struct node *node, const char *why) {
    node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "%s", why);
}

/* The text of a scalar; empty, after reporting, for anything else. */
static struct slice scalar_text(struct loading *loading, const struct node *node) {
    if (node->kind != NODE_SCALAR)
        report_wrong_kind(loading, node, "a single value");
    else if (slice_trim(node->text).size == 0)
        bad_value(loading, node, "it is empty");
    else
        return slice_trim(node->text);
    return (struct slice){0};
}

static void read_url(struct loading *loading, const struct node *node) {
    struct slice url = scalar_text(loading, node);
    if (url.size == 0)
        return;
    if (!uri_is_web(url) || address_has_user(url)) {
        bad_value(loading, node, "an address is wanted, such as https://feeds.example.org/");
        return;
    }
    if (slice_find_byte(url, '?', 0) < url.size || slice_find_byte(url, '#', 0) < url.size) {
        bad_value(loading, node, "an address without ? and # is wanted");
        return;
    }
    CLEANUP(buf_release) struct buf whole = BUF(BUF_UNLIMITED);
    buf_append_slice(&whole, url);
    if (!slice_ends_with(url, SLICE("/")))
        buf_append_byte(&whole, '/');
    loading->settings->site.url = arena_copy(&loading->settings->arena, buf_slice(&whole));
}

/* icon, logo: seen from the site's address, so that a file of the tree can be named by its path. */
static void read_picture(struct loading *loading, const struct node *node, struct slice *ret_address) {
    struct slice text = node ? scalar_text(loading, node) : (struct slice){0};
    struct slice base = loading->settings->site.url;
    if (text.size == 0 || base.size == 0)
        return;
    CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
    if (uri_resolve(base, text, &address) && uri_is_web(buf_slice(&address)))
        *ret_address = arena_copy(&loading->settings->arena, buf_slice(&address));
    else
        bad_value(loading, node, "an address or a path below site.url is wanted");
}

/* hub: one address or several. As they are shown, so that what was told is what was promised. */
static void read_hubs(struct loading *loading, const struct node *node) {
    struct site *site = &loading->settings->site;
    struct scalars scalars = scalars_read(loading, node);
    VEC(struct slice) hubs = {0};
    for (size_t i = 0; i < scalars.count; i++) {
        struct slice hub = slice_trim(scalars.items[i]->text);
        bool is_twice = false;
        for (size_t k = 0; k < hubs.count; k++)
            is_twice = is_twice || slice_equal(hub, hubs.items[k]);
        if (!uri_is_web(hub) || address_has_user(hub) || slice_find_byte(hub, '#', 0) < hub.size)
            bad_value(loading, scalars.items[i], "the address of a hub is wanted, such as https://hub.example.org/");
        else if (is_twice)
            bad_value(loading, scalars.items[i], "this hub stands twice");
        else
            vec_push(&hubs, hub);
    }
    site->hubs = loading_keep(loading, hubs.items, hubs.count, sizeof *hubs.items);
    site->hub_count = hubs.count;
    vec_release(&hubs);
}

/* --- tag: RFC 4151, 2.1: authority,date --------------------------------------------------------------------- */

static bool is_label_character(char character) {
    unsigned char byte = (unsigned char)character;
    return byte < 0x80 && (islower(byte) || isdigit(byte) || byte == '-');
}

/* Lower case only: ids are compared byte by byte for ever. */
static bool is_dns_name(struct slice name) {
    if (name.size == 0)
        return false;
    struct slice part;
    while (slice_take_until(&name, '.', &part)) {
        if (part.size == 0 || part.size > 63 || part.data[0] == '-' || part.data[part.size - 1] == '-')
            return false;
        for (size_t i = 0; i < part.size; i++)
            if (!is_label_character(part.data[i]))
                return false;
    }
    return true;
}

static bool is_authority(struct slice authority) {
    size_t at = slice_find_byte(authority, '@', 0);
    if (at == authority.size)
        return is_dns_name(authority);
    if (at == 0)
        return false;
    for (size_t i = 0; i < at; i++)
        if (!is_label_character(authority.data[i]) && !strchr("._", authority.data[i]))
            return false;
    return is_dns_name(slice_from(authority, at + 1));
}

/* YYYY, YYYY-MM or YYYY-MM-DD: its beginning in UTC, as the RFC has it. */
static bool tag_date(struct slice date, int64_t *ret_seconds) {
    static const char *const rests[] = {[4] = "-01-01T00:00:00Z", [7] = "-01T00:00:00Z", [10] = "T00:00:00Z"};
    if (date.size >= ARRAY_LENGTH(rests) || !rests[date.size])
        return false;
    for (size_t i = 0; i < date.size; i++)
        if (i == 4 || i == 7 ? date.data[i] != '-' : !isdigit((unsigned char)date.data[i]))
            return false;
    CLEANUP(buf_release) struct buf whole = BUF(64);
    buf_append_slice(&whole, date);
    buf_append_string(&whole, rests[date.size]);
    struct timestamp timestamp;
    if (!date_parse(buf_slice(&whole), &timestamp))
        return false;
    *ret_seconds = timestamp.seconds;
    return true;
}

static void read_tag(struct loading *loading, const struct node *node) {
    struct slice tag = scalar_text(loading, node);
    if (tag.size == 0)
        return;
    struct site *site = &loading->settings->site;
    size_t comma = slice_find_byte(tag, ',', 0);
    if (comma == tag.size)
        bad_value(loading, node, "authority,date is wanted, such as feeds.example.org,2026");
    else if (!is_authority(slice_range(tag, 0, comma)))
        bad_value(loading, node, "before the comma a domain or mail address of yours is wanted, in lower case");
    else if (!tag_date(slice_from(tag, comma + 1), &site->tag_seconds))
        node_report_inside(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, comma + 1,
                           "a date is wanted behind the comma: 2026, 2026-11 or 2026-11-22");
    else
        site->tag = tag;
}

/* --- language, timezone ------------------------------------------------------------------------------------- */

/* The shape of an RFC 5646 tag, not whether its parts are registered. */
static bool is_language(struct slice tag) {
    struct slice part;
    bool first = true;
    while (slice_take_until(&tag, '-', &part)) {
        if (part.size == 0 || part.size > 8 || (first && part.size < 2))
            return false;
        for (size_t i = 0; i < part.size; i++) {
            unsigned char byte = (unsigned char)part.data[i];
            if (byte >= 0x80 || !(first ? isalpha(byte) : isalnum(byte)))
                return false;
        }
        first = false;
    }
    return !first;
}

/* What cannot be a name of one is another mistake than one that does not exist. */
static bool could_be_zone(struct slice zone) {
    bool named = false;
    for (size_t i = 0; i < zone.size; i++) {
        unsigned char byte = (unsigned char)zone.data[i];
        if (byte >= 0x80 || (!isalnum(byte) && !strchr("/_+-:", byte)))
            return false;
        named = named || isalnum(byte);
    }
    return named && zone.data[0] != '/' && zone.data[zone.size - 1] != '/';
}

static void read_zone(struct loading *loading, const struct node *node) {
    struct slice zone = scalar_text(loading, node);
    if (zone.size == 0)
        return;
    const char *name = arena_copy(&loading->settings->arena, zone).data;
    if (!could_be_zone(zone))
        bad_value(loading, node, "a time zone is wanted, such as Asia/Shanghai, UTC or +08:00");
    else if (!date_zone_exists(name))
        bad_value(loading, node, "there is no such time zone on this machine (is tzdata installed?)");
    else
        loading->settings->site.timezone = zone;
}

void site_read(struct loading *loading, const struct node *node) {
    struct site *site = &loading->settings->site;
    site->timezone = SLICE("Asia/Shanghai");
    struct site_keys keys = {.language = SLICE("zh-CN")};
    if (!node)
        return;
    table_read(loading, &site_table, node, &keys);
    site->title = keys.title;
    site->language = keys.language;
    site->author = keys.author.size ? keys.author : keys.title;
    site->subtitle = keys.subtitle;
    site->rights = keys.rights;
    site->icp = keys.icp;
    if (!is_language(keys.language))
        bad_value(loading, node_get(node, SLICE("language")), "a language tag is wanted, such as zh-CN");
    if (keys.url)
        read_url(loading, keys.url);
    if (keys.tag)
        read_tag(loading, keys.tag);
    if (keys.timezone)
        read_zone(loading, keys.timezone);
    read_picture(loading, keys.icon, &site->icon);
    read_picture(loading, keys.logo, &site->logo);
    if (keys.hub)
        read_hubs(loading, keys.hub);
}
