#include "cmd/folders.h"

#include "base/file.h"
#include "cmd/configuration.h"

#include <errno.h>
#include <sysexits.h>
#include <unistd.h>

struct folders {
    const struct options *options;
    struct settings *settings;
    struct diagnostics *diagnostics;
    struct slice output; /* all real and absolute */
    struct slice stage;  /* the output's sibling that it is exchanged with */
    struct slice state;
    struct slice history;
    struct slice kept;   /* of upstreams' articles; empty: no source has a url */
    struct slice copied; /* empty: none */
    int code;
};

/* --- paths -------------------------------------------------------------------------------------------------- */

/* "/a/b" and "c" to "/a/b/c"; "." and ".." as they are meant where nothing exists. */
static void append_name(struct buf *path, struct slice name) {
    if (name.size == 0 || slice_equal(name, SLICE(".")))
        return;
    if (slice_equal(name, SLICE(".."))) {
        while (path->size > 0 && path->data[--path->size] != '/')
            continue;
        return;
    }
    buf_append_byte(path, '/');
    buf_append_slice(path, name);
}

/* The real path of what may not exist yet: as far as it exists without links, and the names that are missing. */
static struct slice real_path(struct arena *arena, const char *path) {
    CLEANUP(memory_free) char *real = realpath(path, NULL);
    if (real)
        return arena_copy(arena, slice_of(real));
    struct slice whole = slice_of(path);
    while (whole.size > 1 && whole.data[whole.size - 1] == '/')
        whole.size--;
    const char *folder = file_folder(arena, arena_copy(arena, whole).data);
    if (strcmp(folder, path) == 0)
        return arena_copy(arena, whole);
    CLEANUP(buf_release) struct buf joined = BUF(BUF_UNLIMITED);
    size_t slash = whole.size;
    while (slash > 0 && whole.data[slash - 1] != '/')
        slash--;
    struct slice above = real_path(arena, folder);
    buf_append_slice(&joined, slice_equal(above, SLICE("/")) ? SLICE("") : above);
    append_name(&joined, slice_from(whole, slash));
    return arena_copy(arena, joined.size ? buf_slice(&joined) : SLICE("/"));
}

/* Is `path` the folder, or anywhere in it? */
static bool holds(struct slice folder, struct slice path) {
    if (slice_equal(folder, SLICE("/")))
        return true;
    return folder.size > 0 && path.data && slice_starts_with(path, folder) &&
           (path.size == folder.size || path.data[folder.size] == '/');
}

/* Where nothing of ours may lie. */
struct area {
    struct slice folder;
    struct slice sibling; /* its stage; empty: none */
};

static bool area_holds(const struct area *area, struct slice path) {
    return holds(area->folder, path) || holds(area->sibling, path);
}

static struct slice stage_of(struct arena *arena, struct slice output) {
    CLEANUP(buf_release) struct buf stage = BUF(BUF_UNLIMITED);
    size_t slash = output.size;
    while (slash > 0 && output.data[slash - 1] != '/')
        slash--;
    buf_append_format(&stage, "%.*s.%.*s.stage", SLICE_ARGUMENTS(slice_range(output, 0, slash)),
                      SLICE_ARGUMENTS(slice_from(output, slash)));
    return arena_copy(arena, buf_slice(&stage));
}

/* --- messages ----------------------------------------------------------------------------------------------- */

static void refuse_option(struct folders *folders, const char *option, const char *why, struct slice what) {
    diag_report(folders->diagnostics, DIAGNOSTIC_USAGE, (struct place){0}, "%s: %s %.*s", option, why,
                SLICE_ARGUMENTS(what));
    folders->code = EX_USAGE;
}

static void refuse_key(struct folders *folders, struct word_place at, const char *why, struct slice what) {
    struct place place = {at.file, at.line, at.column};
    if (place.line == 0)
        place.file = slice_of(folders->options->config);
    diag_report(folders->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, place, "%s %.*s", why, SLICE_ARGUMENTS(what));
    if (folders->code == EX_OK)
        folders->code = EX_CONFIG;
}

static void refuse_output(struct folders *folders, const char *why, struct slice what) {
    if (folders->options->output)
        refuse_option(folders, "--output", why, what);
    else
        refuse_key(folders, folders->settings->output.directory_place, why, what);
}

static void refuse_history(struct folders *folders, const char *why) {
    if (folders->options->history)
        refuse_option(folders, "--history", why, folders->history);
    else
        refuse_key(folders, folders->settings->history_place, why, folders->history);
}

/* --- the output --------------------------------------------------------------------------------------------- */

static bool is_swapped(const struct folders *folders, struct slice path) {
    return holds(folders->output, path) || holds(folders->stage, path);
}

static bool refuse_if_swapped(struct folders *folders, struct slice path, const char *why) {
    if (!is_swapped(folders, path))
        return false;
    refuse_output(folders, why, path);
    return true;
}

/* What comes before the first name with a wildcard. */
static const char *fixed_part(struct arena *arena, const char *pattern) {
    size_t end = strcspn(pattern, "*?");
    if (pattern[end] == '\0')
        return file_folder(arena, pattern);
    while (end > 0 && pattern[end - 1] != '/')
        end--;
    return end ? arena_copy(arena, (struct slice){pattern, end}).data : ".";
}

/* A pattern that begins above a folder may lead into it. Rare, so the files are looked up only then. */
static struct slice find_source_file(struct folders *folders, const char *pattern, const struct area *area) {
    CLEANUP(file_list_release) struct file_list list = {0};
    CLEANUP(arena_release) struct arena arena = {0};
    file_list_matching(pattern, &arena, &list);
    for (size_t i = 0; i < list.paths.count; i++) {
        struct slice path = real_path(&arena, list.paths.items[i]);
        if (area_holds(area, path))
            return arena_copy(&folders->settings->arena, path);
    }
    return (struct slice){0};
}

/* What of a source lies in there: the folder that it looks in, or a file; empty for nothing. */
static struct slice find_source(struct folders *folders, const struct source *source, const struct area *area,
                                bool *ret_is_folder) {
    struct arena *arena = &folders->settings->arena;
    *ret_is_folder = false;
    if (source->upstream.url.size)
        return (struct slice){0}; /* in the folder of all that is kept */
    const char *pattern = source_pattern(source, folders->settings->folder, NULL, arena);
    struct slice folder = real_path(arena, fixed_part(arena, pattern));
    bool has_wildcard = pattern[strcspn(pattern, "*?")] != '\0';
    *ret_is_folder = has_wildcard && area_holds(area, folder);
    if (*ret_is_folder)
        return folder;
    if (!has_wildcard || holds(folder, area->folder))
        return find_source_file(folders, pattern, area);
    return (struct slice){0};
}

static void check_source(struct folders *folders, const struct source *source) {
    bool is_folder;
    const struct area area = {folders->output, folders->stage};
    struct slice found = find_source(folders, source, &area, &is_folder);
    if (found.size)
        refuse_output(folders,
                      is_folder ? "the folder is exchanged whole, and holds the sources in"
                                : "the folder is exchanged whole, and holds a source:",
                      found);
}

static void check_output(struct folders *folders) {
    const struct settings *settings = folders->settings;
    struct arena *arena = &folders->settings->arena;
    for (size_t i = 0; i < settings->file_count; i++)
        if (refuse_if_swapped(folders, real_path(arena, settings->files[i]),
                              "the folder is exchanged whole, and holds the configuration"))
            return;
    if (folders->options->state && is_swapped(folders, folders->state)) {
        refuse_option(folders, "--state", "the output is exchanged whole, and would hold it:", folders->state);
        return;
    }
    if (is_swapped(folders, folders->history)) {
        refuse_history(folders, "the output is exchanged whole, and would hold the history:");
        return;
    }
    if (folders->kept.size && is_swapped(folders, folders->kept)) {
        refuse_output(folders, "the folder is exchanged whole, and would hold the articles of sources with a url:",
                      folders->kept);
        return;
    }
    if (refuse_if_swapped(folders, folders->state, "the folder is exchanged whole, and holds the state folder") ||
        refuse_if_swapped(folders, folders->copied, "the folder is exchanged whole, and holds the folder of static:"))
        return;
    for (size_t i = 0; i < settings->source_count && folders->code == EX_OK; i++)
        check_source(folders, &settings->sources[i]);
}

/* --- static: ------------------------------------------------------------------------------------------------ */

static void check_copied(struct folders *folders) {
    const struct settings *settings = folders->settings;
    struct word_place place = settings->output.copied_place;
    if (folders->copied.size == 0)
        return;
    if (holds(folders->copied, folders->output)) {
        if (folders->options->output)
            refuse_option(folders, "--output", "it lies in the folder of static:", folders->copied);
        else
            refuse_key(folders, place, "the folder is published whole, and holds the output", folders->output);
        return;
    }
    if (holds(folders->copied, folders->state))
        refuse_key(folders, place, "the folder is published whole, and holds the state folder", folders->state);
    if (holds(folders->copied, folders->history))
        refuse_key(folders, place, "the folder is published whole, and holds the history", folders->history);
    if (folders->kept.size && holds(folders->copied, folders->kept))
        refuse_key(folders, place,
                   "the folder is published whole, and holds the articles of sources with a url:", folders->kept);
    for (size_t i = 0; i < settings->file_count; i++) {
        struct slice file = real_path(&folders->settings->arena, settings->files[i]);
        if (holds(folders->copied, file)) {
            refuse_key(folders, place, "the folder is published whole, and holds the configuration", file);
            return;
        }
    }
}

/* --- folders that are published into -------------------------------------------------------------------------- */

/* Two folders of which neither may be in the other. */
static bool overlap(struct slice a, struct slice b) {
    return a.size && b.size && (holds(a, b) || holds(b, a));
}

/* Files are written there and deleted, and what is below one of ours is read, kept or copied with it. */
static void check_target(struct folders *folders, const struct publish_target *target) {
    const struct settings *settings = folders->settings;
    struct arena *arena = &folders->settings->arena;
    const char *given = arena_copy(arena, target->directory).data;
    const struct area area = {.folder = real_path(arena, file_join(arena, settings->folder, given))};
    const struct {
        struct slice path;
        const char *why;
        bool is_in_the_way;
    } ours[] = {
        {folders->history, "what is published into this folder would stand beside the history",
         holds(area.folder, folders->history)},
        {folders->kept, "this folder and that of the articles of sources with a url are in each other:",
         overlap(area.folder, folders->kept)},
        {folders->state, "this folder and the state folder are in each other:", overlap(area.folder, folders->state)},
        {folders->copied, "this folder and that of static: are in each other:", overlap(area.folder, folders->copied)},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(ours); i++)
        if (ours[i].is_in_the_way) {
            refuse_key(folders, target->place, ours[i].why, ours[i].path);
            return;
        }
    for (size_t i = 0; i < settings->source_count; i++) {
        bool is_folder;
        struct slice found = find_source(folders, &settings->sources[i], &area, &is_folder);
        if (found.size == 0)
            continue;
        refuse_key(folders, target->place,
                   is_folder ? "sources are read from the folder that is published into:"
                             : "the folder that is published into holds a source:",
                   found);
        return;
    }
}

static void check_targets(struct folders *folders) {
    for (size_t i = 0; i < folders->settings->target_count; i++)
        if (folders->settings->targets[i].kind == PUBLISH_DIRECTORY)
            check_target(folders, &folders->settings->targets[i]);
}

/* --- the whole ---------------------------------------------------------------------------------------------- */

static struct folders find_folders(const struct options *options, struct settings *settings, const char *state_folder,
                                   struct diagnostics *diagnostics) {
    struct arena *arena = &settings->arena;
    struct folders folders = {.options = options, .settings = settings, .diagnostics = diagnostics};
    folders.output = real_path(arena, configuration_output_folder(options, settings));
    folders.stage = stage_of(arena, folders.output);
    folders.state = real_path(arena, state_folder);
    folders.history = real_path(arena, settings->history);
    for (size_t i = 0; i < settings->source_count && !folders.kept.size; i++)
        if (settings->sources[i].upstream.url.size)
            folders.kept = real_path(arena, settings->kept_folder);
    if (settings->output.copied_folder.size)
        folders.copied = real_path(arena, file_join(arena, settings->folder, settings->output.copied_folder.data));
    return folders;
}

static void check_all(struct folders *folders) {
    const struct options *options = folders->options;
    /* First: whoever is refused for this must not write it. */
    struct slice metrics =
        options->metrics ? real_path(&folders->settings->arena, options->metrics) : (struct slice){0};
    if (options->metrics && is_swapped(folders, metrics))
        refuse_option(folders, "--metrics", "the output is exchanged whole, and the file would go with it:", metrics);
    check_output(folders);
    check_copied(folders);
    check_targets(folders);
}

int folders_check_configuration(const struct options *options, struct settings *settings, const char *state_folder,
                                struct diagnostics *diagnostics) {
    struct folders folders = find_folders(options, settings, state_folder, diagnostics);
    check_all(&folders);
    return folders.code;
}

int folders_check(const struct options *options, struct settings *settings, const char *state_folder,
                  struct diagnostics *diagnostics) {
    struct folders folders = find_folders(options, settings, state_folder, diagnostics);
    check_all(&folders);
    /* Last: what is wrong wherever we stand is the better message. */
    if (folders.code == EX_OK && is_swapped(&folders, real_path(&settings->arena, ".")))
        refuse_option(&folders, options->output ? "--output" : "pindao build",
                      "the current directory is in the output, which is exchanged whole:", folders.output);
    return folders.code;
}
