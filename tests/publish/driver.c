/*
 * Publishes a folder to one target by src/publish alone, so that a fault can be put at every request of it.
 *
 *     driver manifest TREE          makes TREE/manifest.json of what is there
 *     driver publish TREE STATE NAME=VALUE…
 *     driver verify TREE STATE NAME=VALUE… -- PATH…
 *
 * directory, bucket, endpoint, region, prefix, access_key, secret_key, url, deletions are the target's; path_style=1;
 * endpoint_is_bucket=1; dry_run=1; accept_deletions=1; withdrawn=PATH, any number of times; timeout=SECONDS,
 * attempts=N, first=MS; pid=FILE gets our process id before anything is done. Says "RESULT uploaded N deleted N already
 * N requests N retries N", then "changed PATH" lines; problems on standard error.
 */
#include "base/file.h"
#include "net/request.h"
#include "net/retry.h"
#include "publish/publish.h"
#include "store/manifest.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct setup {
    struct arena arena;
    struct publish_target target;
    struct publish_order order;
    struct request_limits limits;
    struct retry_policy retry;
    VEC(struct slice) withdrawn;
    struct buf manifest;
    struct tree tree;
    struct buf plan_text;
};

/* --- making a manifest --- */

static const struct {
    const char *ending, *type;
    bool is_feed;
} types[] = {
    {"atom.xml", "application/atom+xml; charset=utf-8", true},
    {"rss.xml", "application/rss+xml; charset=utf-8", true},
    {"feed.json", "application/feed+json; charset=utf-8", true},
    {".xml", "application/atom+xml; charset=utf-8", false},
    {".opml", "text/x-opml; charset=utf-8", false},
    {".html", "text/html; charset=utf-8", false},
    {"", "application/octet-stream", false},
};

static int compare_files(const void *a, const void *b) {
    return slice_compare(((const struct tree_file *)a)->path, ((const struct tree_file *)b)->path);
}

static struct tree_file describe(const char *name, const char *path) {
    CLEANUP(file_close) int file = open(path, O_RDONLY);
    struct tree_file described = {.path = slice_of(name)};
    size_t type = 0;
    if (!sha256_of_file(file, &described.hash, &described.size))
        exit(1);
    while (!slice_ends_with(described.path, slice_of(types[type].ending)))
        type++;
    described.type = slice_of(types[type].type);
    described.is_feed = types[type].is_feed;
    return described;
}

static int make_manifest(const char *folder) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(file_list_release) struct file_list list = {0};
    CLEANUP(tree_release) struct tree tree = {0};
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    file_list_matching(file_join(&arena, folder, "**"), &arena, &list);
    for (size_t i = 0; i < list.paths.count; i++) {
        const char *name = list.paths.items[i] + strlen(folder) + 1;
        if (strcmp(name, MANIFEST_NAME) != 0)
            vec_push(&tree.files, describe(name, list.paths.items[i]));
    }
    qsort(tree.files.items, tree.files.count, sizeof *tree.files.items, compare_files);
    manifest_write(&tree, &text);
    CLEANUP(file_close)
    int file = open(file_join(&arena, folder, MANIFEST_NAME), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    return file >= 0 && file_write(file, buf_slice(&text)) ? 0 : 1;
}

/* --- publishing --- */

static void write_pid(const char *path) {
    FILE *file = fopen(path, "w");
    if (!file)
        exit(1);
    fprintf(file, "%d\n", (int)getpid());
    fclose(file);
}

static bool take_text(struct publish_target *target, const char *name, struct slice value) {
    const struct {
        const char *name;
        struct slice *text;
    } texts[] = {
        {"directory", &target->directory},
        {"bucket", &target->bucket},
        {"endpoint", &target->endpoint},
        {"region", &target->region},
        {"prefix", &target->prefix},
        {"access_key", &target->access_key},
        {"url", &target->url},
        {"secret_key", &target->secret_key},
        {"session_token", &target->session_token},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (strcmp(name, texts[i].name) == 0) {
            *texts[i].text = value;
            return true;
        }
    return false;
}

static void take_setting(struct setup *setup, char *argument) {
    char *equals = strchr(argument, '=');
    if (!equals)
        exit(64);
    *equals = '\0';
    const char *value = equals + 1;
    unsigned number = (unsigned)strtoul(value, NULL, 10);
    if (take_text(&setup->target, argument, slice_of(value))) {
        if (strcmp(argument, "directory") == 0)
            setup->target.kind = PUBLISH_DIRECTORY;
    } else if (strcmp(argument, "deletions") == 0) {
        setup->target.deletions = number;
    } else if (strcmp(argument, "path_style") == 0) {
        setup->target.path_style = number;
    } else if (strcmp(argument, "endpoint_is_bucket") == 0) {
        setup->target.endpoint_is_bucket = number;
    } else if (strcmp(argument, "dry_run") == 0) {
        setup->order.dry_run = number;
    } else if (strcmp(argument, "accept_deletions") == 0) {
        setup->order.accept_deletions = number;
    } else if (strcmp(argument, "withdrawn") == 0) {
        vec_push(&setup->withdrawn, slice_of(value));
    } else if (strcmp(argument, "timeout") == 0) {
        setup->limits.total_seconds = setup->limits.connect_seconds = number;
    } else if (strcmp(argument, "attempts") == 0) {
        setup->retry.attempts = number;
    } else if (strcmp(argument, "first") == 0) {
        setup->retry.first_ms = number;
    } else if (strcmp(argument, "pid") == 0) {
        write_pid(value);
    } else {
        exit(64);
    }
}

static void prepare(struct setup *setup, const char *tree, const char *state) {
    const char *why = NULL;
    char *folder = realpath(tree, NULL);
    if (!folder || !file_read(file_join(&setup->arena, tree, MANIFEST_NAME), &setup->manifest) ||
        manifest_read(buf_slice(&setup->manifest), &setup->arena, &setup->tree, &why) != MANIFEST_READ)
        exit(66);
    setup->order.target = &setup->target;
    setup->order.folder = state;
    setup->order.tree_path = arena_copy_string(&setup->arena, folder);
    free(folder);
    setup->order.tree = open(tree, O_RDONLY | O_DIRECTORY);
    setup->order.local = &setup->tree;
    setup->order.manifest = buf_slice(&setup->manifest);
    setup->order.withdrawn = setup->withdrawn.items;
    setup->order.withdrawn_count = setup->withdrawn.count;
    setup->order.state_folder = state;
    setup->order.plan_text = &setup->plan_text;
    setup->order.limits = &setup->limits;
    setup->order.retry = &setup->retry;
    setup->order.verify_seconds = 1;
}

static void setup_release(struct setup *setup) {
    file_close(&setup->order.tree);
    vec_release(&setup->withdrawn);
    buf_release(&setup->manifest);
    buf_release(&setup->plan_text);
    tree_release(&setup->tree);
    arena_release(&setup->arena);
}

static int publish(const struct setup *setup, struct diagnostics *diagnostics) {
    static const char *const names[] = {"done",    "unchanged",    "failed", "not-allowed",
                                        "refused", "tree-changed", "busy"};
    static const int codes[] = {0, 0, 74, 77, 73, 75, 75};
    CLEANUP(publish_outcome_release) struct publish_outcome outcome = {0};
    enum publish_result result = publish_run(&setup->order, diagnostics, &outcome);
    printf("%s uploaded %zu deleted %zu already %zu requests %zu retries %zu\n", names[result], outcome.uploaded,
           outcome.deleted, outcome.already, outcome.requests, outcome.retries);
    printf("%.*s", SLICE_ARGUMENTS(buf_slice(&setup->plan_text)));
    for (size_t i = 0; i < outcome.changed.count; i++)
        printf("changed %.*s\n", SLICE_ARGUMENTS(outcome.changed.items[i]));
    for (size_t i = 0; i < outcome.removed.count; i++)
        printf("removed %.*s\n", SLICE_ARGUMENTS(outcome.removed.items[i]));
    return codes[result];
}

static int verify(const struct setup *setup, char **paths, size_t count, struct diagnostics *diagnostics) {
    struct slice list[64];
    for (size_t i = 0; i < count && i < ARRAY_LENGTH(list); i++)
        list[i] = slice_of(paths[i]);
    return publish_verify(&setup->order, list, count, 5, diagnostics) ? 0 : 65;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "manifest") == 0)
        return make_manifest(argv[2]);
    if (argc < 4)
        return 64;
    CLEANUP(setup_release)
    struct setup setup = {
        .target = {.kind = PUBLISH_S3, .name = SLICE("test"), .deletions = 1000, .allow_private = true},
        .limits = {.body_most = 1 << 30, .connect_seconds = 5, .total_seconds = 20, .low_speed_seconds = 20},
        .retry = {.attempts = 1, .first_ms = 1, .longest_ms = 5000},
        .manifest = BUF(BUF_UNLIMITED),
        .plan_text = BUF(BUF_UNLIMITED),
    };
    int at = 4;
    for (; at < argc && strcmp(argv[at], "--") != 0; at++)
        take_setting(&setup, argv[at]);
    prepare(&setup, argv[2], argv[3]);
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    int code = strcmp(argv[1], "verify") == 0
                   ? verify(&setup, argv + at + 1, at < argc ? (size_t)(argc - at - 1) : 0, &diagnostics)
                   : publish(&setup, &diagnostics);
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    diagnostics_print(&diagnostics, SEVERITY_NOTE, &text);
    fputs(buf_string(&text), stderr);
    return code;
}
