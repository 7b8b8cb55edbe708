#include "cmd/guard.h"

#include "base/date.h"
#include "base/map.h"
#include "check/check.h"
#include "cmd/site_files.h"
#include "model/page.h"
#include "render/format.h"

#include <unistd.h>

/* --- articles ------------------------------------------------------------------------------------------------- */

static size_t count_unfetched(const struct settings *settings) {
    CLEANUP(arena_release) struct arena arena = {0};
    size_t count = 0;
    for (size_t i = 0; i < settings->source_count; i++)
        count += settings->sources[i].upstream.url.size &&
                 access(source_pattern(&settings->sources[i], NULL, settings->kept_folder, &arena), F_OK) != 0;
    return count;
}

bool guard_articles(const struct options *options, const struct settings *settings, const struct index_counts *counts,
                    struct diagnostics *diagnostics) {
    if (counts->articles + counts->future + counts->withdrawn + counts->held + counts->joined > 0)
        return true;
    const struct place place = {.file = slice_of(options->config)};
    size_t unfetched = count_unfetched(settings);
    if (unfetched)
        diag_report(diagnostics, DIAGNOSTIC_NO_ARTICLES, place,
                    "nothing is kept yet of %zu source%s with a url, which build asks, without --offline and --dry-run",
                    unfetched, unfetched == 1 ? "" : "s");
    else
        diag_report(diagnostics, DIAGNOSTIC_NO_ARTICLES, place, "%s", "");
    return false;
}

/* --- feeds that would be gone --------------------------------------------------------------------------------- */

enum { REMOVED_NAMED = 5 };

/* The files of this build that are channels, feeds and pages, by path, and the channels. */
struct present {
    struct arena arena;
    struct map channels;
    struct map files;
};

static void present_release(struct present *present) {
    map_release(&present->channels);
    map_release(&present->files);
    arena_release(&present->arena);
}

static void present_add(struct present *present, const struct settings *settings, struct slice channel) {
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    map_set(&present->channels, channel, 1);
    for (size_t i = 0; i < settings->output.format_count; i++) {
        buf_clear(&path);
        buf_append_slice(&path, channel);
        buf_append_string(&path, format_find(settings->output.formats[i])->file_name);
        map_set(&present->files, arena_copy(&present->arena, buf_slice(&path)), 1);
    }
}

/* "/putuo/" of "/putuo/atom.xml" */
static struct slice channel_of_file(struct slice path) {
    while (path.size > 0 && path.data[path.size - 1] != '/')
        path.size--;
    return path;
}

/* What to call the feed or page of the served tree that this build would remove: its channel, or, where only a format
 * goes, the file; empty when it stays, or goes on purpose. */
static struct slice name_of_removed(const struct settings *settings, const struct present *present, struct slice path) {
    struct slice channel = channel_of_file(path);
    if (map_get(&present->channels, channel, 0))
        return map_get(&present->files, path, 0) ? (struct slice){0} : path;
    return path_is_retired(settings, channel) ? (struct slice){0} : channel;
}

static bool has_pages(const struct settings *settings) {
    for (size_t i = 0; i < settings->output.format_count; i++)
        if (!format_find(settings->output.formats[i])->is_feed)
            return true;
    return false;
}

/* Without what static: gives: that stays whatever is built, and says nothing of the articles there are. */
static size_t count_article_pages(const struct settings *settings, const struct tree *tree) {
    struct hash128 begin;
    size_t pages = 0;
    bool some_given = site_file_is_given(settings, SLICE("article"));
    for (size_t i = 0; i < tree->files.count; i++) {
        struct slice path = tree->files.items[i].path;
        pages += article_page_parse_path(path, &begin) && !(some_given && site_file_is_given(settings, path));
    }
    return pages;
}

/* The manifest does not say which formats there were, but a channel's page never stands without a feed of it. */
static bool is_channel_page(const struct tree *tree, struct slice path) {
    struct slice folder = channel_of_file(path);
    if (!slice_equal(slice_from(path, folder.size), slice_of(format_find(SLICE("html"))->file_name)))
        return false;
    CLEANUP(buf_release) struct buf feed = BUF(BUF_UNLIMITED);
    size_t format_count = 0;
    const char *const *names = format_names(&format_count);
    bool has_feed = false;
    for (size_t i = 0; i < format_count && !has_feed; i++) {
        buf_clear(&feed);
        buf_append_slice(&feed, folder);
        buf_append_string(&feed, format_find(slice_of(names[i]))->file_name);
        const struct tree_file *file = tree_find(tree, buf_slice(&feed));
        has_feed = file && file->is_feed;
    }
    return has_feed;
}

/* Of feeds and channels' pages; what static: gives in their place is still there for who comes. */
static size_t count_removed(const struct settings *settings, const struct tree *old, struct present *present,
                            struct buf *ret_names) {
    CLEANUP(map_release) struct map seen = {0};
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    size_t removed = 0;
    for (size_t i = 0; i < old->files.count; i++) {
        const struct tree_file *file = &old->files.items[i];
        if (!file->is_feed && !is_channel_page(old, file->path))
            continue;
        buf_clear(&path);
        buf_append_byte(&path, '/');
        buf_append_slice(&path, file->path);
        struct slice name = name_of_removed(settings, present, buf_slice(&path));
        if (name.size == 0 || site_file_is_given(settings, file->path) ||
            !map_set(&seen, arena_copy(&present->arena, name), 1))
            continue;
        if (removed++ < REMOVED_NAMED)
            buf_append_format(ret_names, "%s%.*s", removed > 1 ? " " : "", SLICE_ARGUMENTS(name));
    }
    return removed;
}

bool guard_paths(const struct settings *settings, const struct channels *channels, const struct options *options,
                 const struct output *output, struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf names = BUF(64 * 1024);
    CLEANUP(present_release) struct present present = {0};
    for (size_t i = 0; i < channels->items.count; i++)
        present_add(&present, settings, channels->items.items[i].path);
    const struct tree *old = output_old_tree(output);
    size_t articles = has_pages(settings) ? 0 : count_article_pages(settings, old);
    size_t removed = count_removed(settings, old, &present, &names);
    if (removed + articles == 0 || options->accept_removed)
        return true;
    if (removed > REMOVED_NAMED)
        buf_append_string(&names, " …");
    if (articles)
        buf_append_format(&names, "%s%zu pages of articles", removed ? ", and " : "", articles);
    diag_report(diagnostics, DIAGNOSTIC_CHANNEL_REMOVED, (struct place){.file = slice_of(options->config)}, "%zu: %.*s",
                removed + articles, SLICE_ARGUMENTS(buf_slice(&names)));
    return false;
}

/* --- entries ------------------------------------------------------------------------------------------------ */

/* In the feeds of one format, which all have the same name. */
static size_t entries_of(const struct tree *tree, const char *name, size_t *ret_feeds) {
    size_t entries = 0;
    *ret_feeds = 0;
    for (size_t i = 0; i < tree->files.count; i++) {
        const struct tree_file *file = &tree->files.items[i];
        struct slice folder = channel_of_file(file->path);
        if (!file->is_feed || !slice_equal(slice_from(file->path, folder.size), slice_of(name)))
            continue;
        entries += file->entries;
        ++*ret_feeds;
    }
    return entries;
}

/* How many entries of this format there were, without those that are withdrawn now. */
static size_t entries_before(const struct tree *old, const char *name, size_t on_purpose) {
    size_t feeds = 0;
    size_t entries = entries_of(old, name, &feeds);
    return entries > on_purpose ? entries - on_purpose : 0;
}

/* A format that has gone altogether is guard_paths' matter. */
static bool has_shrunk(const struct tree *old, const struct tree *new, size_t on_purpose, size_t *ret_old,
                       size_t *ret_new) {
    size_t format_count = 0;
    const char *const *names = format_names(&format_count);
    for (size_t i = 0; i < format_count; i++) {
        const char *name = format_find(slice_of(names[i]))->file_name;
        size_t feeds = 0;
        size_t before = entries_before(old, name, on_purpose);
        size_t after = before ? entries_of(new, name, &feeds) : 0;
        if (feeds && before >= after + GUARD_LEAST && after * 2 < before) {
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
static size_t count_flood(const struct widest_feed *widest, const struct output *output, size_t *ret_shown) {
    CLEANUP(buf_release) struct buf old = BUF(BUF_UNLIMITED);
    struct shown_before before = {.newest = INT64_MIN};
    if (widest->bytes.size && output_read_old(output, buf_slice(&widest->path), &old) &&
        check_each_entry(buf_slice(&old), remember, &before) &&
        check_each_entry(buf_slice(&widest->bytes), count_backdated, &before))
        *ret_shown = before.ids.count;
    map_release(&before.ids);
    arena_release(&before.arena);
    return before.backdated;
}

static size_t count_entries(const struct tree *tree) {
    size_t entries = 0;
    for (size_t i = 0; i < tree->files.count; i++)
        entries += tree->files.items[i].entries;
    return entries;
}

/* Is there any that is not withdrawn now? */
static bool has_entries(const struct tree *tree, size_t on_purpose) {
    size_t format_count = 0;
    const char *const *names = format_names(&format_count);
    for (size_t i = 0; i < format_count; i++)
        if (entries_before(tree, format_find(slice_of(names[i]))->file_name, on_purpose) > 0)
            return true;
    return false;
}

bool guard_emptied(const struct options *options, const struct withdrawal_counts *withdrawn,
                   const struct output *output, struct diagnostics *diagnostics) {
    if (options->accept_shrink || count_entries(output_new_tree(output)) > 0 ||
        !has_entries(output_old_tree(output), withdrawn->on_purpose))
        return true;
    CLEANUP(buf_release) struct buf date = BUF(64);
    date_append_rfc3339(&date, options->now);
    diag_report(diagnostics, DIAGNOSTIC_NO_ARTICLES, (struct place){.file = slice_of(options->config)},
                "none that may be shown at %s; with --accept-shrink the feeds are emptied", buf_string(&date));
    return false;
}

bool guard_vanished(const struct options *options, const struct withdrawal_counts *withdrawn, struct served *served,
                    struct diagnostics *diagnostics) {
    if (options->accept_shrink || withdrawn->vanished < GUARD_LEAST || withdrawn->vanished * 2 <= served_count(served))
        return true;
    diag_report(diagnostics, DIAGNOSTIC_GUARD_SHRINK, (struct place){.file = slice_of(options->config)},
                "%zu of %zu entries have vanished from sources with vanished: withdraw", withdrawn->vanished,
                served_count(served));
    return false;
}

bool guard_entries(const struct options *options, const struct withdrawal_counts *withdrawn,
                   const struct channels *channels, const struct widest_feed *widest, const struct output *output,
                   struct diagnostics *diagnostics) {
    size_t before = 0;
    size_t after = 0;
    struct place place = {.file = slice_of(options->config)};
    if (channels->items.count == 0)
        return true;
    if (!options->accept_shrink &&
        has_shrunk(output_old_tree(output), output_new_tree(output), withdrawn->on_purpose, &before, &after)) {
        diag_report(diagnostics, DIAGNOSTIC_GUARD_SHRINK, place, "%zu entries, %zu until now", after, before);
        return false;
    }
    size_t flood = options->accept_growth ? 0 : count_flood(widest, output, &before);
    /* What moves up where others were withdrawn, or comes back, is no flood. */
    size_t expected = withdrawn->on_purpose + withdrawn->coming_back;
    flood = flood > expected ? flood - expected : 0;
    if (flood >= GUARD_LEAST && flood * 2 > before) {
        diag_report(diagnostics, DIAGNOSTIC_GUARD_GROWTH, place, "%zu in %.*s", flood,
                    SLICE_ARGUMENTS(channels_widest(channels)->path));
        return false;
    }
    return true;
}

bool guard_pages(const struct settings *settings, const struct options *options, const struct output *output,
                 struct diagnostics *diagnostics) {
    if (options->accept_shrink || !has_pages(settings))
        return true;
    size_t before = count_article_pages(settings, output_old_tree(output));
    size_t after = count_article_pages(settings, output_new_tree(output));
    if (before < after + GUARD_LEAST || after * 2 >= before)
        return true;
    diag_report(diagnostics, DIAGNOSTIC_GUARD_SHRINK, (struct place){.file = slice_of(options->config)},
                "%zu of %zu pages of articles would go", before - after, before);
    return false;
}
