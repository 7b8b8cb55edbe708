#include "store/manifest.h"

#include "base/file.h"
#include "base/utf8.h"

/*
 * The manifest as manifest_write lays it out, byte for byte. Anything else, were it only a blank more or an escape in a
 * path, is left to the JSON parser, which takes six times as long.
 */
struct scanner {
    const char *at, *end;
    struct slice last_type; /* in the arena: most files have the type of one just before */
};

static bool take(struct scanner *scanner, struct slice words) {
    if ((size_t)(scanner->end - scanner->at) < words.size || memcmp(scanner->at, words.data, words.size) != 0)
        return false;
    scanner->at += words.size;
    return true;
}

/* Up to the quote behind it; no escape in it, so that it stands for itself. */
static bool take_string(struct scanner *scanner, struct slice *ret_string) {
    const char *quote = memchr(scanner->at, '"', (size_t)(scanner->end - scanner->at));
    if (!quote)
        return false;
    struct slice string = {scanner->at, (size_t)(quote - scanner->at)};
    for (size_t i = 0; i < string.size; i++)
        if ((unsigned char)string.data[i] < 0x20 || string.data[i] == '\\')
            return false;
    if (utf8_valid_prefix(string) != string.size)
        return false;
    scanner->at = quote + 1;
    *ret_string = string;
    return true;
}

static bool take_number(struct scanner *scanner, uint64_t most, uint64_t *ret_number) {
    const char *begin = scanner->at;
    while (scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9')
        scanner->at++;
    size_t size = (size_t)(scanner->at - begin);
    return size > 0 && (size == 1 || *begin != '0') && slice_parse_unsigned((struct slice){begin, size}, ret_number) &&
           *ret_number <= most;
}

static bool take_file(struct scanner *scanner, struct arena *arena, struct tree_file *ret_file) {
    struct slice path, hex, type;
    uint64_t entries = 0;
    struct tree_file file = {0};
    if (!take(scanner, SLICE("\n    {\n      \"path\": \"")) || !take_string(scanner, &path) ||
        !file_path_is_clean(path) || !take(scanner, SLICE(",\n      \"size\": ")) ||
        !take_number(scanner, INT64_MAX, &file.size) || !take(scanner, SLICE(",\n      \"sha256\": \"")) ||
        !take_string(scanner, &hex) || !sha256_parse_hex(hex, &file.hash) ||
        !take(scanner, SLICE(",\n      \"type\": \"")) || !take_string(scanner, &type))
        return false;
    if (take(scanner, SLICE(",\n      \"entries\": "))) {
        file.is_feed = true;
        if (!take_number(scanner, UINT32_MAX, &entries))
            return false;
        file.entries = (uint32_t)entries;
    }
    if (!scanner->last_type.data || !slice_equal(type, scanner->last_type))
        scanner->last_type = arena_copy(arena, type);
    file.type = scanner->last_type;
    file.path = arena_copy(arena, path);
    *ret_file = file;
    return take(scanner, SLICE("\n    }"));
}

static bool take_files(struct scanner *scanner, struct arena *arena, struct tree *tree) {
    do {
        struct tree_file file;
        size_t count = tree->files.count;
        if (!take_file(scanner, arena, &file) ||
            (count > 0 && slice_compare(tree->files.items[count - 1].path, file.path) >= 0))
            return false;
        vec_push(&tree->files, file);
    } while (take(scanner, SLICE(",")));
    return take(scanner, SLICE("\n  "));
}

static bool take_pending(struct scanner *scanner, struct arena *arena, struct tree *tree) {
    do {
        struct slice path;
        size_t count = tree->pending.count;
        if (!take(scanner, SLICE("\n    \"")) || !take_string(scanner, &path) || !file_path_is_clean(path) ||
            (count > 0 && slice_compare(tree->pending.items[count - 1], path) >= 0))
            return false;
        vec_push(&tree->pending, arena_copy(arena, path));
    } while (take(scanner, SLICE(",")));
    return take(scanner, SLICE("\n  ]"));
}

static bool take_run(struct scanner *scanner, struct arena *arena, struct tree *tree) {
    struct slice run;
    if (!take_string(scanner, &run) || run.size == 0)
        return false;
    tree->run = arena_copy(arena, run);
    return true;
}

bool manifest_scan(struct slice text, struct arena *arena, struct tree *ret_tree) {
    if (text.size == 0)
        return false;
    struct scanner scanner = {.at = text.data, .end = text.data + text.size};
    struct tree tree = {0};
    bool scanned = take(&scanner, SLICE("{\n  \"files\": ["));
    if (scanned && scanner.at < scanner.end && *scanner.at != ']')
        scanned = take_files(&scanner, arena, &tree);
    scanned = scanned && take(&scanner, SLICE("]"));
    if (scanned && take(&scanner, SLICE(",\n  \"pending\": [")))
        scanned = take_pending(&scanner, arena, &tree);
    if (scanned && take(&scanner, SLICE(",\n  \"run\": \"")))
        scanned = take_run(&scanner, arena, &tree);
    if (!scanned || !take(&scanner, SLICE("\n}\n")) || scanner.at != scanner.end) {
        tree_release(&tree);
        return false;
    }
    *ret_tree = tree;
    return true;
}
