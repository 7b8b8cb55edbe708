#include "cmd/guard.h"

#include "base/date.h"
#include "base/map.h"
#include "check/check.h"

/* --- channels that would be gone ------------------------------------------------------------------------------ */

static const char feed_file[] = "/atom.xml";

/* "/putuo/" of "putuo/atom.xml", in *path; false for anything else. Any format would do: all channels have all of them. */
static bool channel_of_file(const struct tree_file *file, struct buf *path) {
    size_t slash = file->path.size;
    while (slash > 0 && file->path.data[slash - 1] != '/')
        slash--;
    if (file->entries == 0 && !slice_ends_with(file->path, slice_of(feed_file + 1)))
        return false;
    buf_clear(path);
    buf_append_byte(path, '/');
    buf_append_slice(path, slice_range(file->path, 0, slash));
    return true;
}

/* The folders that the manifest knows as channels, against those of this build. */
static size_t count_removed(const struct settings *settings, const struct tree *old, const struct map *present,
                            struct buf *ret_names) {
    struct map seen = {0};
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf path = BUF(4096);
    size_t removed = 0;
    for (size_t i = 0; i < old->files.count; i++) {
        if (!channel_of_file(&old->files.items[i], &path))
            continue;
        struct slice name = buf_slice(&path);
        if (map_get(present, name, UINT64_MAX) != UINT64_MAX || path_is_retired(settings, name))
            continue;
        if (!map_set(&seen, arena_copy(&arena, name), 1))
            continue;
        if (removed++ < 5)
            buf_append_format(ret_names, "%s%.*s", removed > 1 ? " " : "", SLICE_ARGUMENTS(name));
    }
    map_release(&seen);
    return removed;
}

bool guard_paths(const struct settings *settings, const struct channels *channels, const struct options *options,
                 const struct output *output, struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf names = BUF(64 * 1024);
    struct map present = {0};
    for (size_t i = 0; i < channels->items.count; i++)
        map_set(&present, channels->items.items[i].path, i);
    size_t removed = count_removed(settings, output_old_tree(output), &present, &names);
    map_release(&present);
    if (removed == 0 || options->accept_removed)
        return true;
    diag_report(diagnostics, DIAGNOSTIC_CHANNEL_REMOVED, (struct place){.file = slice_of(options->config)},
                "%zu: %.*s%s", removed, SLICE_ARGUMENTS(buf_slice(&names)), removed > 5 ? " …" : "");
    return false;
}

/* --- entries ------------------------------------------------------------------------------------------------ */

static size_t entries_of_type(const struct tree *tree, struct slice type) {
    size_t entries = 0;
    for (size_t i = 0; i < tree->files.count; i++)
        if (slice_equal(tree->files.items[i].type, type))
            entries += tree->files.items[i].entries;
    return entries;
}

static bool has_shrunk(const struct tree *old, const struct tree *new, size_t *ret_old, size_t *ret_new) {
    for (size_t i = 0; i < new->files.count; i++) {
        struct slice type = new->files.items[i].type;
        bool first = i == 0 || !slice_equal(type, new->files.items[i - 1].type);
        size_t before = first ? entries_of_type(old, type) : 0;
        size_t after = before ? entries_of_type(new, type) : 0;
        if (before >= after + GUARD_LEAST && after * 2 < before) {
            *ret_old = before;
            *ret_new = after;
            return true;
        }
    }
    return false;
}

/* What a served feed showed: its ids, and the newest date among them. */
struct shown_before {
    struct arena arena;
    struct map ids;
    int64_t newest;
    size_t backdated; /* counted while the new feed is gone through */
};

static void remember(void *context, struct slice id, struct slice published) {
    struct shown_before *before = context;
    struct timestamp date = {0};
    map_set(&before->ids, arena_copy(&before->arena, id), 1);
    if (date_parse(published, &date) && date.seconds > before->newest)
        before->newest = date.seconds;
}

static void count_backdated(void *context, struct slice id, struct slice published) {
    struct shown_before *before = context;
    struct timestamp date = {0};
    if (map_get(&before->ids, id, 0) == 0 && date_parse(published, &date))
        before->backdated += date.seconds < before->newest;
}

/* How many old articles would appear as new in the widest channel; 0 where there is nothing to compare. */
static size_t count_flood(const struct channels *channels, struct slice new_widest, const struct output *output,
                          size_t *ret_shown) {
    CLEANUP(buf_release) struct buf path = BUF(4096);
    CLEANUP(buf_release) struct buf old = BUF(BUF_UNLIMITED);
    struct shown_before before = {.newest = INT64_MIN};
    buf_append_slice(&path, slice_from(channels_widest(channels)->path, 1));
    buf_append_string(&path, feed_file + 1);
    if (new_widest.size && output_read_old(output, buf_slice(&path), &old) &&
        check_each_entry(buf_slice(&old), remember, &before) &&
        check_each_entry(new_widest, count_backdated, &before))
        *ret_shown = before.ids.count;
    map_release(&before.ids);
    arena_release(&before.arena);
    return before.backdated;
}

bool guard_entries(const struct options *options, const struct channels *channels, struct slice new_widest,
                   const struct output *output, struct diagnostics *diagnostics) {
    size_t before = 0;
    size_t after = 0;
    struct place place = {.file = slice_of(options->config)};
    if (channels->items.count == 0)
        return true;
    if (!options->accept_shrink && has_shrunk(output_old_tree(output), output_new_tree(output), &before, &after)) {
        diag_report(diagnostics, DIAGNOSTIC_GUARD_SHRINK, place, "%zu entries, %zu until now", after, before);
        return false;
    }
    size_t flood = options->accept_growth ? 0 : count_flood(channels, new_widest, output, &before);
    if (flood >= GUARD_LEAST && flood * 2 > before) {
        diag_report(diagnostics, DIAGNOSTIC_GUARD_GROWTH, place, "%zu in %.*s", flood,
                    SLICE_ARGUMENTS(channels_widest(channels)->path));
        return false;
    }
    return true;
}
