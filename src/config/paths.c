#include "config/paths.h"

static void report_at(struct loading *loading, const struct node *node, size_t offset, const char *why) {
    node_report_inside(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, offset, "%s", why);
}

static bool is_path_character(char character) {
    unsigned char byte = (unsigned char)character;
    return byte < 0x80 && (islower(byte) || isdigit(byte) || (byte && strchr("._~-", byte)));
}

/* The first byte that cannot stand in a path, and why; path.size when all is well. */
static size_t find_path_mistake(struct slice path, bool with_templates, const char **ret_why) {
    *ret_why = "a path begins with /";
    if (path.size == 0 || path.data[0] != '/')
        return 0;
    for (size_t at = 1; at < path.size; at++) {
        char byte = path.data[at];
        char before = path.data[at - 1];
        if (byte == '/' && before == '/')
            *ret_why = "a name is missing between / and /";
        else if (byte == '.' && before == '/')
            *ret_why = "a name does not begin with a dot";
        else if (byte == '{' && with_templates) {
            at = slice_find_byte(path, '}', at);
            continue;
        } else if (byte == '/' || is_path_character(byte))
            continue;
        else
            *ret_why = "a path has only a-z, 0-9, . _ ~ - and /";
        return at;
    }
    *ret_why = "a path ends with /";
    return path.data[path.size - 1] == '/' ? path.size : path.size - 1;
}

/* Every channel has files of these names in its folder, and some stand at the top: none can be a folder. */
static const char *const taken_names[] = {"atom.xml",      "rss.xml",     "feed.json",  "index.html",  "feeds.opml",
                                          "manifest.json", "feed.css",    "_headers",   "style.css",   "my.js",
                                          "page.js",       "favicon.svg", "robots.txt", "sitemap.xml", "recent.json"};

/* Where a name begins that cannot be a folder's; path.size when there is none. */
static size_t find_taken_name(struct slice path, const char **ret_name) {
    struct slice rest = path;
    struct slice name;
    while (slice_take_until(&rest, '/', &name))
        for (size_t i = 0; i < ARRAY_LENGTH(taken_names); i++)
            if (slice_equal(name, slice_of(taken_names[i]))) {
                *ret_name = taken_names[i];
                return (size_t)(name.data - path.data);
            }
    return path.size;
}

static bool check_path(struct loading *loading, const struct node *node, bool with_templates) {
    const char *why;
    size_t mistake = find_path_mistake(node->text, with_templates, &why);
    if (mistake < node->text.size || node->text.size == 0) {
        report_at(loading, node, mistake, why);
        return false;
    }
    size_t taken = find_taken_name(node->text, &why);
    if (taken == node->text.size)
        return true;
    node_report_inside(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, taken,
                       "%s is the name of a file that pindao writes", why);
    return false;
}

bool path_check(struct loading *loading, const struct node *node) {
    return check_path(loading, node, false);
}

/* Which taxonomy of each: a template names; each_count for none. `.short` is for titles. */
static size_t find_each(const struct channel_rule *rule, struct slice name, bool with_short) {
    if (with_short && slice_ends_with(name, SLICE(".short")))
        name.size -= strlen(".short");
    size_t i = 0;
    while (i < rule->each_count && !slice_equal(rule->each[i]->id, name))
        i++;
    return i;
}

/* Counts how often each taxonomy is named. false after reporting. */
static bool count_templates(struct loading *loading, const struct node *node, const struct channel_rule *rule,
                            bool with_short, unsigned *counts) {
    struct slice text = node->text;
    for (size_t at = slice_find_byte(text, '{', 0); at < text.size; at = slice_find_byte(text, '{', at + 1)) {
        size_t end = slice_find_byte(text, '}', at);
        if (end == text.size) {
            report_at(loading, node, at, "this { is not closed");
            return false;
        }
        size_t each = find_each(rule, slice_range(text, at + 1, end), with_short);
        if (each == rule->each_count) {
            report_at(loading, node, at,
                      rule->each_count ? "no taxonomy of each: has this name"
                                       : "without each: there is no taxonomy to name here");
            return false;
        }
        counts[each]++;
        at = end;
    }
    return true;
}

void path_check_template(struct loading *loading, const struct node *node, const struct channel_rule *rule) {
    unsigned counts[ARRAY_LENGTH(rule->each)] = {0};
    if (!count_templates(loading, node, rule, false, counts) || !check_path(loading, node, true))
        return;
    for (size_t i = 0; i < rule->each_count; i++)
        if (counts[i] != 1)
            node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "{%.*s} must stand in it once",
                        SLICE_ARGUMENTS(rule->each[i]->id));
}

void title_check_template(struct loading *loading, const struct node *node, const struct channel_rule *rule) {
    unsigned counts[ARRAY_LENGTH(rule->each)] = {0};
    (void)count_templates(loading, node, rule, true, counts);
}
