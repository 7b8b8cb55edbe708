/*
 * Builds a small tree with src/output alone, so that a fault can be put at every call of it in seconds.
 *
 *     driver build FOLDER TREE [--wait] [--full] [--forget]   TREE: A, B, or many:N (400 files, number N changed)
 *     driver settle FOLDER                         B, then B again, which must touch nothing; prints B or what is wrong
 *     driver check FOLDER                          prints A, B, mixed (each file one of the two) or what is wrong
 *
 * Between A and B files are unchanged, changed, new and removed; a folder goes and one comes. Every file names the
 * files that it refers to: they must be there at any time.
 */
#include "output/output.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct sample {
    const char *path;
    const char *a; /* NULL: not in this tree */
    const char *b;
};

/* Words that start with an @ are references. */
static const struct sample samples[] = {
    {"feed.css", "style 1", "style 1"},
    {"_headers", "headers 1", "headers 2 are longer"},
    {"atom.xml", "all A @feed.css @article/1.html", "all B @feed.css @article/2.html"},
    {"article/1.html", "first @feed.css", NULL},
    {"article/2.html", NULL, "second @feed.css"},
    {"index.html", "index A @atom.xml @putuo/atom.xml @gone/atom.xml",
     "index B @atom.xml @putuo/atom.xml @new/ic/atom.xml"},
    {"feeds.opml", "list A @putuo/atom.xml @gone/atom.xml", "list B @putuo/atom.xml @new/ic/atom.xml"},
    {"putuo/atom.xml", "putuo 1 @feed.css", "putuo 2 @feed.css"},
    {"putuo/index.html", "page same @putuo/atom.xml", "page same @putuo/atom.xml"},
    {"jingan/atom.xml", "jingan same", "jingan same"},
    {"jingan/feed.json", "same length A", "same length B"},
    {"gone/atom.xml", "to be removed", NULL},
    {"gone/index.html", "to be removed too @gone/atom.xml", NULL},
    {"new/ic/atom.xml", NULL, "new channel @feed.css"},
    {"new/ic/index.html", NULL, "new page @new/ic/atom.xml"},
};

enum { MANY = 400 };

static void put_many(struct output *output, unsigned long changed) {
    for (unsigned long i = 0; i < MANY; i++) {
        char path[64], text[64];
        int path_size = snprintf(path, sizeof path, "%03lu/atom.xml", i);
        int text_size = snprintf(text, sizeof text, "file %lu of %lu", i, i == changed ? changed + 1 : 0);
        output_put_feed(output, (struct slice){path, (size_t)path_size}, (struct slice){text, (size_t)text_size},
                        "application/atom+xml", 1);
    }
}

static void put_tree(struct output *output, const char *name) {
    if (strncmp(name, "many:", 5) == 0) {
        put_many(output, strtoul(name + 5, NULL, 10));
        return;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        const char *text = *name == 'A' ? samples[i].a : samples[i].b;
        if (text)
            output_put(output, slice_of(samples[i].path), slice_of(text), "text/plain; charset=utf-8");
    }
}

static int exit_code(enum output_result result) {
    static const int codes[] = {[OUTPUT_OK] = 0,     [OUTPUT_BUSY] = 75,          [OUTPUT_CANNOT_CREATE] = 73,
                                [OUTPUT_CLASH] = 73, [OUTPUT_NO_PERMISSION] = 77, [OUTPUT_FAILED] = 74};
    return codes[result];
}

static int build(const struct output_options *options, const char *name, bool forget) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    struct output *output = NULL;
    enum output_result result = output_open(options, &diagnostics, &output);
    if (result == OUTPUT_OK && forget)
        result = output_forget_previous(output, &diagnostics);
    if (result == OUTPUT_OK) {
        put_tree(output, name);
        result = output_finish(output, &diagnostics);
        if (result == OUTPUT_OK)
            result = output_swap(output, &diagnostics);
    }
    output_close(output);
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    diagnostics_print(&diagnostics, SEVERITY_NOTE, &text);
    fputs(buf_string(&text), stderr);
    /* A failure that says nothing is one, too. */
    if (result != OUTPUT_OK && diagnostics.counts[SEVERITY_ERROR] == 0)
        return 70;
    return exit_code(result);
}

/* NULL when there is no such file. */
static char *read_text(const char *folder, const char *path) {
    char name[4096];
    snprintf(name, sizeof name, "%s/%s", folder, path);
    FILE *file = fopen(name, "rb");
    if (!file)
        return NULL;
    char *text = calloc(1, 1 << 16);
    size_t size = text ? fread(text, 1, (1 << 16) - 1, file) : 0;
    fclose(file);
    (void)size;
    return text;
}

static bool equals(const char *text, const char *wanted) {
    return text && wanted ? strcmp(text, wanted) == 0 : text == wanted;
}

/* Every @path in the text is there. */
static bool refers_well(const char *folder, const char *path, const char *text) {
    bool well = true;
    for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%.*s", folder, (int)strcspn(at + 1, " "), at + 1);
        if (access(name, F_OK) == 0)
            continue;
        printf("%s refers to %s, which is not there\n", path, name);
        well = false;
    }
    return well;
}

/* Does the served manifest name every file of that tree with its size and hash, and no other? */
static bool manifest_agrees(const char *manifest, bool is_b) {
    size_t listed = 0, wanted = 0;
    for (const char *at = strstr(manifest, "\"path\""); at; at = strstr(at + 1, "\"path\""))
        listed++;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        const char *text = is_b ? samples[i].b : samples[i].a;
        char path[256], hex[SHA256_HEX_SIZE + 1];
        if (!text)
            continue;
        wanted++;
        struct sha256 hash = sha256_of(slice_of(text));
        sha256_hex(&hash, hex);
        snprintf(path, sizeof path, "\"%s\"", samples[i].path);
        const char *entry = strstr(manifest, path);
        const char *end = entry ? strchr(entry, '}') : NULL;
        const char *found = entry ? strstr(entry, hex) : NULL;
        if (!found || found > end)
            return false;
    }
    return listed == wanted;
}

static size_t count_files(const char *folder) {
    DIR *entries = opendir(folder);
    size_t count = 0;
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        char name[4096];
        struct stat status;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        if (lstat(name, &status) == 0)
            count += S_ISDIR(status.st_mode) ? count_files(name) : 1;
    }
    if (entries)
        closedir(entries);
    return count;
}

/* What the script puts there beside the tree. */
enum { FOREIGN = 2 };

static bool check_foreign(const char *folder) {
    char *name = read_text(folder, "CNAME"), *deep = read_text(folder, ".well-known/deep/key");
    bool well = equals(name, "feeds.example.org\n") && equals(deep, "key\n");
    free(name);
    free(deep);
    if (!well)
        puts("a foreign file was lost");
    return well;
}

static int check(const char *folder) {
    bool is_a = true, is_b = true, whole = check_foreign(folder);
    size_t files = FOREIGN + 1;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        const struct sample *sample = &samples[i];
        char *text = read_text(folder, sample->path);
        bool a = equals(text, sample->a), b = equals(text, sample->b);
        is_a = is_a && a;
        is_b = is_b && b;
        files += text != NULL;
        if (!a && !b) {
            printf("%s is neither A's nor B's\n", sample->path);
            whole = false;
        }
        if (text)
            whole = refers_well(folder, sample->path, text) && whole;
        free(text);
    }
    char *manifest = read_text(folder, "manifest.json");
    bool a = manifest && manifest_agrees(manifest, false), b = manifest && manifest_agrees(manifest, true);
    free(manifest);
    if (!whole || (!a && !b)) {
        puts(whole ? "the manifest is neither A's nor B's" : "broken");
        return 1;
    }
    bool extra = count_files(folder) != files;
    puts(is_a && a && !extra ? "A" : is_b && b && !extra ? "B" : "mixed");
    return 0;
}

/* Everything about the files below a folder that an unchanged build must leave alone. */
static void snapshot(const char *folder, struct buf *buf) {
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        char name[4096];
        struct stat status;
        snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        if (strcmp(entry->d_name, "..") == 0 || lstat(name, &status) != 0)
            continue;
        buf_append_format(buf, "%s %lu %o %ld %ld.%09ld %ld.%09ld\n", name, (unsigned long)status.st_ino,
                          status.st_mode, (long)status.st_size, (long)status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                          (long)status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
        if (S_ISDIR(status.st_mode) && strcmp(entry->d_name, ".") != 0)
            snapshot(name, buf);
    }
    if (entries)
        closedir(entries);
}

/* Behind a fault: the next run gives B, the one after that touches nothing. */
static int settle(const char *folder) {
    struct output_options options = {.directory = folder};
    int code = build(&options, "B", false);
    if (code != 0)
        printf("the next run exits %d\n", code);
    if (code != 0 || check(folder) != 0)
        return 1;
    CLEANUP(buf_release) struct buf before = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf after = BUF(BUF_UNLIMITED);
    snapshot(folder, &before);
    code = build(&options, "B", false);
    snapshot(folder, &after);
    bool same = slice_equal(buf_slice(&before), buf_slice(&after));
    if (code != 0 || !same)
        printf("the run after that exits %d%s\n", code, same ? "" : " and touches files");
    return code != 0 || !same;
}

int main(int count, char **arguments) {
    if (count == 3 && strcmp(arguments[1], "check") == 0)
        return check(arguments[2]);
    if (count == 3 && strcmp(arguments[1], "settle") == 0)
        return settle(arguments[2]);
    if (count < 4 || strcmp(arguments[1], "build") != 0) {
        fputs("usage: driver build FOLDER A|B|many:N [--wait] [--full] [--forget], driver check|settle FOLDER\n",
              stderr);
        return 64;
    }
    struct output_options options = {.directory = arguments[2]};
    bool forget = false;
    for (int i = 4; i < count; i++) {
        options.wait = options.wait || strcmp(arguments[i], "--wait") == 0;
        options.full = options.full || strcmp(arguments[i], "--full") == 0;
        forget = forget || strcmp(arguments[i], "--forget") == 0;
    }
    return build(&options, arguments[3], forget);
}
