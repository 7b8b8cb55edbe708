#include "base/date.h"
#include "base/hash.h"
#include "base/uri.h"
#include "config/source_keys.h"
#include "net/secret.h"

/* Sources over HTTP. */

enum { NAME_MOST = 100 /* bytes */ };

static const char *const upstream_readers[] = {"feed", "jsonl", "listing", "page", NULL};

/* --- which kind it is --------------------------------------------------------------------------------------- */

static void refuse_key(struct loading *loading, const struct node *node, const char *key, const char *why) {
    const struct node *item = node_get(node, slice_of(key));
    if (item)
        node_report_key(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, item, "%s: %s", key, why);
}

bool source_is_of_url(struct loading *loading, const struct node *node) {
    static const char *const of_urls[] = {"name", "every", "keep", "complain_after", "authorization", "allow_private"};
    bool has_files = node_get(node, SLICE("files")) != NULL;
    bool has_url = node_get(node, SLICE("url")) != NULL;
    if (has_files && has_url)
        refuse_key(loading, node, "url", "a source has either files or a url; write two sources");
    else if (!has_files && !has_url)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_MISSING_KEY, node, "files or url");
    else if (has_url)
        refuse_key(loading, node, "append", "files only; what was fetched is kept in a file of ours");
    for (size_t i = 0; has_files && !has_url && i < ARRAY_LENGTH(of_urls); i++)
        refuse_key(loading, node, of_urls[i], "belongs to a source with url, not files");
    return has_url && !has_files;
}

/* --- the address -------------------------------------------------------------------------------------------- */

static bool check_address(struct loading *loading, const struct node *node, struct slice url) {
    CLEANUP(buf_release) struct buf encoded = BUF(1 << 14);
    const struct node *item = node_get(node, SLICE("url"));
    uri_append_encoded(&encoded, url);
    if (!url.size)
        return false; /* said by the table */
    if (address_has_user(url))
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, item,
                    "user and password do not stand here; authorization: says where the header's value is");
    else if (encoded.failed || !uri_is_web(buf_slice(&encoded)))
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, item, "no http or https address");
    else if (!uri_is_web(url))
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, item, "blanks and the like are encoded: %s",
                    buf_string(&encoded));
    else
        return true;
    return false;
}

/* Of the address, without what stands behind ? and #. */
static struct slice path_of(struct slice url) {
    size_t end = slice_find_byte(url, '#', 0);
    return slice_range(url, 0, slice_find_byte(slice_range(url, 0, end), '?', 0));
}

static const char *reader_of(struct loading *loading, const struct node *node, struct slice url) {
    static const struct {
        struct slice ending;
        const char *reader;
    } endings[] = {
        {SLICE_CONSTANT(".jsonl"), "jsonl"},
        {SLICE_CONSTANT(".ndjson"), "jsonl"},
        {SLICE_CONSTANT(".jsonl.gz"), "jsonl"},
        {SLICE_CONSTANT(".ndjson.gz"), "jsonl"},
    };
    if (node && node->kind != NODE_SCALAR) {
        report_wrong_kind(loading, node, "the name of a reader");
        return NULL;
    }
    for (size_t i = 0; node && upstream_readers[i]; i++)
        if (slice_equal(node->text, slice_of(upstream_readers[i])))
            return upstream_readers[i];
    if (node) {
        struct slice names[ARRAY_LENGTH(upstream_readers) - 1];
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
            names[i] = slice_of(upstream_readers[i]);
        report_unknown_name(loading, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "no reader of answers", node->text, names,
                            ARRAY_LENGTH(names));
        return NULL;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(endings); i++)
        if (slice_ends_with(path_of(url), endings[i].ending))
            return endings[i].reader;
    return "feed";
}

/* --- the name ----------------------------------------------------------------------------------------------- */

static bool is_name_byte(char byte, bool is_first) {
    bool letter = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    return letter || (!is_first && memchr(".-_", byte, 3));
}

/* It is the name of a file, on any file system. */
static bool is_name(struct slice name) {
    bool good = name.size > 0 && name.size <= NAME_MOST;
    for (size_t i = 0; good && i < name.size; i++)
        good = is_name_byte(name.data[i], i == 0);
    return good;
}

/* From the address without what changes over the years: https, www., trackers. */
static void append_made_name(struct slice url, struct buf *name) {
    CLEANUP(buf_release) struct buf key = BUF(1 << 14);
    if (!uri_append_key(&key, url))
        buf_append_slice(&key, url);
    struct slice host = slice_range(buf_slice(&key), 0, slice_find_byte(buf_slice(&key), '/', 0));
    for (size_t i = 0; i < host.size && name->size < NAME_MOST / 2; i++) {
        if (is_name_byte(host.data[i], name->size == 0))
            buf_append_byte(name, host.data[i]);
        else if (name->size)
            buf_append_byte(name, '-');
    }
    buf_append_format(name, "%s%08x", name->size ? "-" : "", (unsigned)(hash64(buf_slice(&key)) >> 32));
}

static void read_name(struct loading *loading, const struct node *node, const struct source_keys *keys,
                      struct source *source) {
    CLEANUP(buf_release) struct buf name = BUF(1 << 14);
    CLEANUP(buf_release) struct buf files = BUF(1 << 14);
    if (keys->name.size && !is_name(keys->name))
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node_get(node, SLICE("name")),
                    "lower-case letters, digits, . - and _ are wanted, at most %d: it is the name of a file",
                    NAME_MOST);
    if (keys->name.size)
        buf_append_slice(&name, keys->name);
    else
        append_made_name(keys->url, &name);
    source->upstream.name = arena_copy(&loading->settings->arena, buf_slice(&name));
    buf_append_format(&files, "upstream/%s.jsonl", buf_string(&name));
    source->files = arena_copy(&loading->settings->arena, buf_slice(&files));
}

void upstream_names_check(struct loading *loading, const struct node *list) {
    const struct settings *settings = loading->settings;
    size_t number = 0;
    for (const struct node *item = list->first; item; item = item->next) {
        if (item->kind != NODE_MAPPING || number >= settings->source_count)
            continue;
        const struct source *source = &settings->sources[number++];
        for (size_t i = 0; source->upstream.url.size && i + 1 < number; i++) {
            if (!settings->sources[i].upstream.url.size ||
                !slice_equal(settings->sources[i].upstream.name, source->upstream.name))
                continue;
            node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, item,
                        "the source in line %u keeps its articles as %.*s too; give this one another name:",
                        settings->sources[i].place.line, SLICE_ARGUMENTS(source->upstream.name));
            break;
        }
    }
}

/* --- the rest ----------------------------------------------------------------------------------------------- */

/* A duration, or no: only what it shows. */
static int64_t read_keep(struct loading *loading, const struct node *node) {
    int64_t seconds = INT64_MAX;
    if (!node)
        return seconds;
    if (node->kind != NODE_SCALAR)
        report_wrong_kind(loading, node, "a duration or no");
    else if (slice_equal(node->text, SLICE("no")) || slice_equal(node->text, SLICE("false")))
        return 0;
    else if (!duration_parse(node->text, &seconds) || seconds <= 0)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node,
                    "a duration such as 400d is wanted, or no for what it shows at the moment only");
    return seconds;
}

static struct slice read_authorization(struct loading *loading, const struct node *node) {
    if (!node)
        return (struct slice){0};
    struct slice reference = slice_trim(node->text);
    if (node->kind != NODE_SCALAR)
        report_wrong_kind(loading, node, "where the secret is");
    else if (secret_is_reference(reference))
        return reference;
    else
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node,
                    "secrets stand elsewhere: env:NAME, file:PATH or credential:NAME says where");
    return (struct slice){0};
}

void upstream_keys_read(struct loading *loading, const struct node *node, const struct source_keys *keys,
                        struct source *source) {
    struct upstream *upstream = &source->upstream;
    *upstream = (struct upstream){
        .reader = reader_of(loading, keys->reader, keys->url),
        .authorization = read_authorization(loading, keys->authorization),
        .every = keys->every,
        .keep = read_keep(loading, keys->keep),
        .complain_after = keys->complain_after,
        .allow_private = keys->allow_private,
    };
    source->reader = "jsonl";
    /* What it shows no more has not vanished: it is kept. */
    if (source->withdraw_vanished && upstream->keep != 0)
        refuse_key(loading, node, "vanished", "withdraw wants keep: no, for what is kept does not vanish");
    if (!check_address(loading, node, keys->url))
        return;
    upstream->url = keys->url;
    read_name(loading, node, keys, source);
}
