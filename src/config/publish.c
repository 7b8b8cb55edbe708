#include "base/uri.h"
#include "config/sections.h"
#include "net/secret.h"

struct publish_keys {
    struct slice name, directory, bucket, region, prefix;
    const struct node *command, *purge, *endpoint, *url, *access_key, *secret_key, *session_token;
    bool path_style, endpoint_is_bucket, verify, allow_private;
    unsigned deletions;
};

#define ROW(name, value, ...)                                                                                          \
    { .key = #name, .kind = value, .offset = offsetof(struct publish_keys, name), __VA_ARGS__ }
static const struct key_row publish_rows[] = {
    ROW(directory, VALUE_TEXT, .required = false),
    {.key = "s3", .kind = VALUE_TEXT, .offset = offsetof(struct publish_keys, bucket)},
    ROW(command, VALUE_NODE, .required = false),
    ROW(name, VALUE_TEXT, .required = false),
    ROW(endpoint, VALUE_NODE, .required = false),
    ROW(region, VALUE_TEXT, .required = false),
    ROW(prefix, VALUE_TEXT, .required = false),
    ROW(path_style, VALUE_FLAG, .required = false),
    ROW(endpoint_is_bucket, VALUE_FLAG, .required = false),
    ROW(access_key, VALUE_NODE, .required = false),
    ROW(secret_key, VALUE_NODE, .required = false),
    ROW(session_token, VALUE_NODE, .required = false),
    ROW(url, VALUE_NODE, .required = false),
    ROW(verify, VALUE_FLAG, .required = false),
    ROW(purge, VALUE_NODE, .required = false),
    ROW(allow_private, VALUE_FLAG, .required = false),
    ROW(deletions, VALUE_COUNT, .least = 0, .most = 1000000),
};
const struct key_table publish_table = {"publish", publish_rows, ARRAY_LENGTH(publish_rows), false};

/* What only a place with an interface like S3's has. */
static const char *const bucket_keys[] = {
    "endpoint", "region", "prefix", "path_style", "endpoint_is_bucket", "access_key", "secret_key", "session_token",
};

static void bad_value(struct loading *loading, const struct node *node, const char *why) {
    node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "%s", why);
}

/* The text of a scalar; empty, after reporting, for anything else, and for no node. */
static struct slice scalar_text(struct loading *loading, const struct node *node) {
    if (!node)
        return (struct slice){0};
    if (node->kind != NODE_SCALAR)
        report_wrong_kind(loading, node, "a single value");
    else if (slice_trim(node->text).size == 0)
        bad_value(loading, node, "it is empty");
    else
        return slice_trim(node->text);
    return (struct slice){0};
}

/* --- secrets ------------------------------------------------------------------------------------------------ */

static void read_secret(struct loading *loading, const struct node *node, struct slice *ret_reference) {
    struct slice text = scalar_text(loading, node);
    if (text.size == 0)
        return;
    if (secret_is_reference(text))
        *ret_reference = text;
    else
        bad_value(loading, node,
                  "secrets do not stand here: env:NAME, file:PATH or credential:NAME says where this one is");
}

static void read_secrets(struct loading *loading, const struct publish_keys *keys, struct publish_target *target) {
    bool is_usual = !keys->access_key && !keys->secret_key && !keys->session_token;
    target->access_key = SLICE("env:AWS_ACCESS_KEY_ID");
    target->secret_key = SLICE("env:AWS_SECRET_ACCESS_KEY");
    /* It belongs to the two usual ones, and only keys for a short time have one. */
    if (is_usual && getenv("AWS_SESSION_TOKEN"))
        target->session_token = SLICE("env:AWS_SESSION_TOKEN");
    read_secret(loading, keys->access_key, &target->access_key);
    read_secret(loading, keys->secret_key, &target->secret_key);
    read_secret(loading, keys->session_token, &target->session_token);
}

/* --- addresses ---------------------------------------------------------------------------------------------- */

/* Without the slashes at its end. Empty after reporting, and for no node. */
static struct slice read_address(struct loading *loading, const struct node *node) {
    struct slice address = scalar_text(loading, node);
    if (address.size == 0)
        return address;
    size_t host = slice_find(address, SLICE("://"), 0) + 3;
    size_t path = slice_find_byte(address, '/', host);
    if (!uri_is_web(address) || slice_find_byte(address, '@', host) < path) {
        bad_value(loading, node, "an address is wanted, such as https://cos.ap-shanghai.myqcloud.com");
    } else if (slice_find_byte(address, '?', 0) < address.size || slice_find_byte(address, '#', 0) < address.size) {
        bad_value(loading, node, "an address without ? and # is wanted");
    } else {
        while (slice_ends_with(address, SLICE("/")))
            address.size--;
        return address;
    }
    return (struct slice){0};
}

static bool is_plain(struct slice address) {
    return address.size > 5 && slice_equal_ignoring_case(slice_range(address, 0, 5), SLICE("http:"));
}

static void read_endpoint(struct loading *loading, const struct publish_keys *keys, struct publish_target *target) {
    target->endpoint = read_address(loading, keys->endpoint);
    if (is_plain(target->endpoint) && !target->allow_private)
        bad_value(loading, keys->endpoint,
                  "https is wanted: http only with allow_private: true, within a network of yours");
}

static void read_url(struct loading *loading, const struct node *node, struct publish_target *target) {
    struct slice url = read_address(loading, node);
    target->url = loading->settings->site.url;
    if (url.size == 0)
        return;
    CLEANUP(buf_release) struct buf whole = BUF(BUF_UNLIMITED);
    buf_append_slice(&whole, url);
    buf_append_byte(&whole, '/');
    target->url = arena_copy(&loading->settings->arena, buf_slice(&whole));
}

/* --- names -------------------------------------------------------------------------------------------------- */

static bool consists_of(struct slice text, const char *signs) {
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte >= 0x80 || (!islower(byte) && !isdigit(byte) && !strchr(signs, byte)))
            return false;
    }
    return text.size > 0;
}

/* It is a part of the names of files, and of the bucket's host. */
static bool is_name(struct slice name) {
    return consists_of(name, ".-") && name.size <= 63 && name.data[0] != '.' && name.data[0] != '-';
}

static bool is_prefix(struct slice prefix) {
    struct slice part;
    for (size_t i = 0; i < prefix.size; i++) {
        unsigned char byte = (unsigned char)prefix.data[i];
        if (byte >= 0x80 || (!isalnum(byte) && !strchr("._/-", byte)))
            return false;
    }
    while (slice_take_until(&prefix, '/', &part))
        if (part.size == 0 || slice_equal(part, SLICE(".")) || slice_equal(part, SLICE("..")))
            return false;
    return true;
}

static void read_prefix(struct loading *loading, const struct node *node, struct slice prefix,
                        struct publish_target *target) {
    while (slice_ends_with(prefix, SLICE("/")))
        prefix.size--;
    if (prefix.size == 0)
        return;
    if (!is_prefix(prefix)) {
        bad_value(loading, node_get(node, SLICE("prefix")),
                  "a path of letters, digits and . _ - is wanted, such as feeds/");
        return;
    }
    CLEANUP(buf_release) struct buf whole = BUF(BUF_UNLIMITED);
    buf_append_slice(&whole, prefix);
    buf_append_byte(&whole, '/');
    target->prefix = arena_copy(&loading->settings->arena, buf_slice(&whole));
}

static void read_name(struct loading *loading, const struct node *node, struct slice name,
                      struct publish_target *target) {
    static const struct slice usual[] = {
        [PUBLISH_DIRECTORY] = SLICE_CONSTANT("directory"),
        [PUBLISH_COMMAND] = SLICE_CONSTANT("command"),
    };
    const struct node *given = node_get(node, SLICE("name"));
    target->name = target->kind == PUBLISH_S3 ? target->bucket : usual[target->kind];
    if (given && name.size)
        target->name = name;
    if (target->name.size && !is_name(target->name))
        bad_value(loading, given ? given : node_get(node, SLICE("s3")),
                  given ? "a name of a-z, 0-9, . and - is wanted" : "buckets have names of a-z, 0-9, . and -");
}

/* --- a target ----------------------------------------------------------------------------------------------- */

/* false after reporting when it is not one of the three. */
static bool read_kind(struct loading *loading, const struct node *node, const struct publish_keys *keys,
                      struct publish_target *target) {
    static const char *const kinds[] = {
        [PUBLISH_DIRECTORY] = "directory", [PUBLISH_S3] = "s3", [PUBLISH_COMMAND] = "command"};
    size_t given = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (node_get(node, slice_of(kinds[i]))) {
            target->kind = (enum publish_kind)i;
            given++;
        }
    target->directory = keys->directory;
    target->bucket = keys->bucket;
    target->command = scalar_text(loading, keys->command);
    if (given == 1)
        return true;
    if (given == 0)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_MISSING_KEY, node, "directory, s3 or command");
    else
        bad_value(loading, node, "one of directory, s3 and command is wanted: a target each");
    return false;
}

static void refuse_bucket_keys(struct loading *loading, const struct node *node) {
    for (size_t i = 0; i < ARRAY_LENGTH(bucket_keys); i++) {
        const struct node *item = node_get(node, slice_of(bucket_keys[i]));
        if (item)
            node_report_key(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, item, "%s belongs to s3: only",
                            bucket_keys[i]);
    }
}

static void read_bucket(struct loading *loading, const struct node *node, const struct publish_keys *keys,
                        struct publish_target *target) {
    target->region = keys->region;
    target->path_style = keys->path_style;
    target->endpoint_is_bucket = keys->endpoint_is_bucket;
    if (keys->path_style && keys->endpoint_is_bucket)
        bad_value(loading, node_get(node, SLICE("endpoint_is_bucket")),
                  "the bucket is the endpoint itself, or stands in the path (path_style)");
    read_endpoint(loading, keys, target);
    read_prefix(loading, node, keys->prefix, target);
    read_secrets(loading, keys, target);
    if (!keys->endpoint)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_MISSING_KEY, node, "endpoint");
}

static struct publish_target read_target(struct loading *loading, const struct node *node) {
    struct publish_target target = {.place = word_place_of(node->place)};
    struct publish_keys keys = {.region = SLICE("us-east-1"), .verify = true, .deletions = 1000};
    table_read(loading, &publish_table, node, &keys);
    target.verify = keys.verify;
    target.allow_private = keys.allow_private;
    target.deletions = keys.deletions;
    target.purge = scalar_text(loading, keys.purge);
    read_url(loading, keys.url, &target);
    if (!read_kind(loading, node, &keys, &target))
        return target;
    if (target.kind == PUBLISH_S3)
        read_bucket(loading, node, &keys, &target);
    else
        refuse_bucket_keys(loading, node);
    read_name(loading, node, keys.name, &target);
    return target;
}

static bool is_taken(const struct publish_target *targets, size_t count, struct slice name) {
    for (size_t i = 0; i < count; i++)
        if (name.size && slice_equal(targets[i].name, name))
            return true;
    return false;
}

void publish_read(struct loading *loading, const struct node *node) {
    VEC(struct publish_target) targets = {0};
    if (!node || !want_list(loading, node) || node_is_empty(node))
        return;
    for (struct node *item = node->first; item; item = item->next) {
        secrets_hide(item);
        if (item->kind != NODE_MAPPING) {
            report_wrong_kind(loading, item, "a mapping");
            continue;
        }
        struct publish_target target = read_target(loading, item);
        if (is_taken(targets.items, targets.count, target.name))
            node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, item,
                        "another target is called %.*s: give one of them a name:", SLICE_ARGUMENTS(target.name));
        vec_push(&targets, target);
    }
    loading->settings->targets = loading_keep(loading, targets.items, targets.count, sizeof *targets.items);
    loading->settings->target_count = targets.count;
    vec_release(&targets);
}
