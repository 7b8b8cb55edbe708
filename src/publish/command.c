#include "publish/command.h"

#include "base/file.h"
#include "base/uri.h"
#include "publish/place.h"
#include "publish/shell.h"
#include "publish/snapshot.h"
#include "store/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MANIFEST_MOST = 1 << 30 };

/* --- what was published last ---------------------------------------------------------------------------------- */

static const char *record_path(const struct publish_order *order, const char *ending, struct arena *arena) {
    CLEANUP(buf_release) struct buf name = BUF(BUF_UNLIMITED);
    buf_append_format(&name, "published-%.*s.json%s", SLICE_ARGUMENTS(order->target->name), ending);
    return file_join(arena, order->state_folder, buf_string(&name));
}

/* What cannot be read is as if nothing were known: all is published again. */
static void read_record(const struct publish_order *order, struct arena *arena, struct tree *ret_tree) {
    CLEANUP(buf_release) struct buf bytes = BUF(MANIFEST_MOST);
    struct tree tree = {0};
    const char *why = NULL;
    if (file_read(record_path(order, "", arena), &bytes) &&
        manifest_read(buf_slice(&bytes), arena, &tree, &why) == MANIFEST_READ)
        *ret_tree = tree;
}

/* Another one sends the tree elsewhere, as far as anybody knows. */
static struct slice name_of_command(const struct publish_order *order, struct arena *arena) {
    char hex[SHA256_HEX_SIZE + 1];
    struct sha256 hash = sha256_of(order->target->command);
    sha256_hex(&hash, hex);
    return arena_copy(arena, (struct slice){hex, 16});
}

static bool is_own(const struct publish_order *order, const struct tree *known, struct arena *arena) {
    return slice_equal(known->run, name_of_command(order, arena));
}

static bool is_published(const struct publish_order *order, const struct tree *known, struct arena *arena) {
    CLEANUP(buf_release) struct buf manifest = BUF(BUF_UNLIMITED);
    struct tree plain = *known;
    plain.run = (struct slice){0};
    manifest_write(&plain, &manifest);
    return is_own(order, known, arena) && slice_equal(buf_slice(&manifest), order->manifest);
}

static bool write_record(const struct publish_order *order, struct tree record, struct arena *arena) {
    CLEANUP(buf_release) struct buf manifest = BUF(BUF_UNLIMITED);
    record.run = name_of_command(order, arena);
    manifest_write(&record, &manifest);
    const char *draft = record_path(order, ".new", arena);
    CLEANUP(file_close) int file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    return file >= 0 && file_write(file, buf_slice(&manifest)) && fsync(file) == 0 &&
           rename(draft, record_path(order, "", arena)) == 0;
}

/* --- what has changed since ------------------------------------------------------------------------------------ */

struct changes {
    VEC(struct slice) uploads, deletions; /* both sorted */
};

static void changes_release(struct changes *changes) {
    vec_release(&changes->uploads);
    vec_release(&changes->deletions);
}

/*
 * Both lists are sorted by path. What is pending was told to a command that came to no good end; `is_own` false: the
 * command is not the one that has published what is known.
 */
static void changes_find(const struct tree *local, const struct tree *known, bool is_own, struct changes *changes) {
    size_t at = 0;
    for (size_t i = 0; i < local->files.count; i++) {
        const struct tree_file *file = &local->files.items[i];
        for (; at < known->files.count && slice_compare(known->files.items[at].path, file->path) < 0; at++)
            vec_push(&changes->deletions, known->files.items[at].path);
        bool is_known = at < known->files.count && slice_equal(known->files.items[at].path, file->path);
        if (!is_own || !is_known || !sha256_equal(&known->files.items[at].hash, &file->hash) ||
            tree_has_pending(known, file->path))
            vec_push(&changes->uploads, file->path);
        at += is_known;
    }
    for (; at < known->files.count; at++)
        vec_push(&changes->deletions, known->files.items[at].path);
    for (size_t i = 0; i < known->pending.count; i++)
        if (!tree_find(local, known->pending.items[i]) && !tree_find(known, known->pending.items[i]))
            vec_push(&changes->deletions, known->pending.items[i]);
    if (changes->deletions.count)
        qsort(changes->deletions.items, changes->deletions.count, sizeof *changes->deletions.items,
              slice_compare_items);
}

/*
 * Before the command is run: what it is about to change. Were it killed, or did it fail, and the tree were rolled back
 * then, the old manifest would say that there is nothing to do.
 */
static bool write_pending(const struct publish_order *order, const struct tree *known, const struct changes *changes,
                          struct arena *arena) {
    CLEANUP(tree_release) struct tree pending = {0};
    struct tree record = *known;
    for (size_t i = 0; i < changes->uploads.count; i++)
        vec_push(&pending.pending, changes->uploads.items[i]);
    for (size_t i = 0; i < changes->deletions.count; i++)
        vec_push(&pending.pending, changes->deletions.items[i]);
    if (pending.pending.count)
        qsort(pending.pending.items, pending.pending.count, sizeof *pending.pending.items, slice_compare_items);
    record.pending.items = pending.pending.items;
    record.pending.count = pending.pending.count;
    return write_record(order, record, arena);
}

static bool is_withdrawn(const struct publish_order *order, struct slice path) {
    for (size_t i = 0; i < order->withdrawn_count; i++)
        if (slice_equal(order->withdrawn[i], path))
            return true;
    return false;
}

static size_t count_deletions(const struct publish_order *order, const struct changes *changes) {
    size_t count = 0;
    for (size_t i = 0; i < changes->deletions.count; i++)
        count += !is_withdrawn(order, changes->deletions.items[i]);
    return count;
}

static void append_lines(const struct slice *paths, size_t count, const char *sign, struct slice base,
                         struct buf *lines) {
    for (size_t i = 0; i < count; i++) {
        buf_append_string(lines, sign);
        buf_append_slice(lines, base);
        if (base.size)
            uri_append_encoded(lines, paths[i]);
        else
            buf_append_slice(lines, paths[i]);
        buf_append_byte(lines, '\n');
    }
}

static void append_changes(const struct changes *changes, struct buf *lines) {
    append_lines(changes->uploads.items, changes->uploads.count, "+ ", (struct slice){0}, lines);
    buf_append_string(lines, "+ " MANIFEST_NAME "\n");
    append_lines(changes->deletions.items, changes->deletions.count, "- ", (struct slice){0}, lines);
}

/* --- publishing ------------------------------------------------------------------------------------------------ */

static const char *make_variable(const char *name, struct slice value, struct arena *arena) {
    CLEANUP(buf_release) struct buf variable = BUF(BUF_UNLIMITED);
    buf_append_format(&variable, "%s=%.*s", name, SLICE_ARGUMENTS(value));
    return arena_copy(arena, buf_slice(&variable)).data;
}

static bool run(const struct publish_order *order, struct slice command, struct slice lines, const char *tree,
                struct publish_outcome *outcome, struct buf *problem) {
    CLEANUP(buf_release) struct buf said = BUF(SHELL_SAID_MOST);
    struct arena *arena = &outcome->arena;
    struct slice folder = slice_of(tree);
    const char *added[] = {
        make_variable("PINDAO_TARGET", order->target->name, arena),
        tree ? make_variable("PINDAO_TREE", folder, arena) : NULL,
        tree ? make_variable("PINDAO_MANIFEST", slice_of(file_join(arena, tree, MANIFEST_NAME)), arena) : NULL,
    };
    const struct shell_order wanted = {
        .command = command,
        .folder = order->folder,
        .input = lines,
        .added = added,
        .added_count = tree ? ARRAY_LENGTH(added) : 1,
        .withheld = order->withheld,
        .withheld_count = order->withheld_count,
    };
    bool good = shell_run(&wanted, &said, problem);
    outcome->said = arena_copy(arena, buf_slice(&said));
    return good;
}

static void note_outcome(const struct publish_order *order, const struct changes *changes,
                         struct publish_outcome *outcome) {
    size_t uploads = changes->uploads.count;
    outcome->uploaded = uploads;
    outcome->deleted = changes->deletions.count;
    for (size_t i = 0; i < uploads; i++)
        vec_push(&outcome->changed, arena_copy(&outcome->arena, changes->uploads.items[i]));
    for (size_t i = 0; i < changes->deletions.count; i++) {
        struct slice path = arena_copy(&outcome->arena, changes->deletions.items[i]);
        vec_push(&outcome->changed, path);
        vec_push(&outcome->removed, path);
    }
    if (outcome->changed.count)
        qsort(outcome->changed.items, outcome->changed.count, sizeof *outcome->changed.items, slice_compare_items);
    size_t at = 0;
    for (size_t i = 0; i < order->local->files.count && at < uploads; i++)
        if (slice_equal(order->local->files.items[i].path, changes->uploads.items[at])) {
            outcome->bytes += order->local->files.items[i].size;
            at++;
        }
}

static enum publish_result fail(const struct publish_order *order, struct buf *problem,
                                struct diagnostics *diagnostics) {
    struct diagnostic *item = diag_report(diagnostics, DIAGNOSTIC_PUBLISH_FAILED, (struct place){0}, "%.*s: %s",
                                          SLICE_ARGUMENTS(order->target->name), buf_string(problem));
    diag_hint(diagnostics, item, "the next run tries again");
    return PUBLISH_FAILED;
}

static enum publish_result publish_changes(const struct publish_order *order, const struct tree *known,
                                           const struct changes *changes, struct diagnostics *diagnostics,
                                           struct publish_outcome *outcome) {
    CLEANUP(buf_release) struct buf lines = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf problem = BUF(BUF_UNLIMITED);
    CLEANUP(snapshot_release) struct snapshot snapshot = {.state = -1};
    enum publish_result result =
        snapshot_make(order, changes->uploads.items, changes->uploads.count, diagnostics, &snapshot);
    if (result != PUBLISH_DONE)
        return result;
    append_changes(changes, &lines);
    if (!write_pending(order, known, changes, &outcome->arena)) {
        buf_append_format(&problem, "%s cannot be written: %s", record_path(order, "", &outcome->arena),
                          strerror(errno));
        return fail(order, &problem, diagnostics);
    }
    bool good = run(order, order->target->command, buf_slice(&lines), snapshot.path, outcome, &problem);
    if (good && !write_record(order, *order->local, &outcome->arena)) {
        buf_append_format(&problem, "published, but %s cannot be written: %s", record_path(order, "", &outcome->arena),
                          strerror(errno));
        good = false;
    }
    if (!good)
        return fail(order, &problem, diagnostics);
    note_outcome(order, changes, outcome);
    return PUBLISH_DONE;
}

enum publish_result command_publish(const struct publish_order *order, struct diagnostics *diagnostics,
                                    struct publish_outcome *outcome) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(changes_release) struct changes changes = {0};
    CLEANUP(tree_release) struct tree known = {0};
    read_record(order, &arena, &known);
    changes_find(order->local, &known, is_own(order, &known, &arena), &changes);
    if (is_published(order, &known, &arena))
        return PUBLISH_UNCHANGED;
    if (order->dry_run) {
        append_changes(&changes, order->plan_text);
        return PUBLISH_DONE;
    }
    size_t deletions = count_deletions(order, &changes);
    if (deletions <= order->target->deletions || order->accept_deletions)
        return publish_changes(order, &known, &changes, diagnostics, outcome);
    diag_report(diagnostics, DIAGNOSTIC_PUBLISH_DELETIONS, (struct place){0},
                "%.*s: %zu files, at most %u; its command was not run", SLICE_ARGUMENTS(order->target->name), deletions,
                order->target->deletions);
    return PUBLISH_REFUSED;
}

/* --- purging --------------------------------------------------------------------------------------------------- */

static bool is_removed(const struct publish_outcome *outcome, struct slice path) {
    return outcome->removed.count && bsearch(&path, outcome->removed.items, outcome->removed.count,
                                             sizeof *outcome->removed.items, slice_compare_items) != NULL;
}

bool command_purge(const struct publish_order *order, struct diagnostics *diagnostics,
                   struct publish_outcome *outcome) {
    static const struct slice manifest = SLICE_CONSTANT(MANIFEST_NAME);
    CLEANUP(buf_release) struct buf lines = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf problem = BUF(BUF_UNLIMITED);
    struct slice base = order->target->url;
    for (size_t i = 0; i < outcome->changed.count; i++) {
        const struct slice *path = &outcome->changed.items[i];
        append_lines(path, 1, is_removed(outcome, *path) ? "- " : "+ ", base, &lines);
    }
    append_lines(&manifest, 1, "+ ", base, &lines);
    if (run(order, order->target->purge, buf_slice(&lines), NULL, outcome, &problem))
        return true;
    diag_report(diagnostics, DIAGNOSTIC_PURGE_FAILED, (struct place){0}, "%.*s: %s",
                SLICE_ARGUMENTS(order->target->name), buf_string(&problem));
    return false;
}
