#include "publish/snapshot.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/walk.h"
#include "store/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static enum publish_result fail(const struct publish_order *order, const char *what, struct slice path,
                                struct diagnostics *diagnostics) {
    int error = errno;
    struct diagnostic *item =
        diag_report(diagnostics, DIAGNOSTIC_PUBLISH_FAILED, (struct place){0}, "%.*s: cannot %s %.*s: %s",
                    SLICE_ARGUMENTS(order->target->name), what, SLICE_ARGUMENTS(path), strerror(error));
    diag_hint(diagnostics, item, "the next run tries again");
    return error == EACCES ? PUBLISH_NOT_ALLOWED : PUBLISH_FAILED;
}

static enum publish_result say_changed(const struct publish_order *order, struct slice path,
                                       struct diagnostics *diagnostics) {
    diag_report(diagnostics, DIAGNOSTIC_PUBLISH_TREE_CHANGED, (struct place){0}, "%.*s: %.*s",
                SLICE_ARGUMENTS(order->target->name), SLICE_ARGUMENTS(path));
    return PUBLISH_TREE_CHANGED;
}

/* Everything below the tree but its manifest, and what is neither a file nor a folder. */
static enum publish_result link_files(const struct publish_order *order, int folder, struct snapshot *snapshot,
                                      struct diagnostics *diagnostics) {
    CLEANUP(walk_release) struct walk walk = {0};
    struct slice unreadable = SLICE("the tree");
    bool refused = false;
    if (!walk_all(order->tree, &snapshot->arena, &walk, &unreadable))
        return errno == ENOENT ? say_changed(order, unreadable, diagnostics)
                               : fail(order, "read", unreadable, diagnostics);
    for (size_t i = 0; i < walk.items.count; i++) {
        const struct walk_item *item = &walk.items.items[i];
        bool made = true;
        if (item->kind == WALK_FOLDER)
            made = mkdirat(folder, item->path.data, 0777) == 0;
        else if (item->kind == WALK_FILE && !slice_equal(item->path, SLICE(MANIFEST_NAME)))
            made = walk_link(order->tree, item->path, folder, item->path, false, &refused);
        if (!made)
            return errno == ENOENT ? say_changed(order, item->path, diagnostics)
                                   : fail(order, "link", item->path, diagnostics);
    }
    return PUBLISH_DONE;
}

static bool has_size(int folder, const struct tree_file *file) {
    struct stat status;
    return fstatat(folder, file->path.data, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
           (uint64_t)status.st_size == file->size;
}

static bool has_hash(int folder, const struct tree_file *file) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    if (!walk_read_path(folder, file->path, &bytes))
        return false;
    struct sha256 hash = sha256_of(buf_slice(&bytes));
    return sha256_equal(&hash, &file->hash);
}

/* Both are sorted. */
static enum publish_result verify(const struct publish_order *order, int folder, const struct slice *changed,
                                  size_t count, struct diagnostics *diagnostics) {
    size_t next = 0;
    for (size_t i = 0; i < order->local->files.count; i++) {
        const struct tree_file *file = &order->local->files.items[i];
        while (next < count && slice_compare(changed[next], file->path) < 0)
            next++;
        bool is_changed = next < count && slice_equal(changed[next], file->path);
        if (!has_size(folder, file) || (is_changed && !has_hash(folder, file)))
            return say_changed(order, file->path, diagnostics);
    }
    return PUBLISH_DONE;
}

static bool write_manifest(const struct publish_order *order, int folder) {
    CLEANUP(file_close) int file = openat(folder, MANIFEST_NAME, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    return file >= 0 && file_write(file, order->manifest);
}

/* Absolute, for a command runs elsewhere. */
static const char *find_path(const struct publish_order *order, struct snapshot *snapshot) {
    CLEANUP(memory_free) char *state = realpath(order->state_folder, NULL);
    return state ? file_join(&snapshot->arena, arena_copy_string(&snapshot->arena, state), snapshot->name.data) : NULL;
}

enum publish_result snapshot_make(const struct publish_order *order, const struct slice *changed, size_t count,
                                  struct diagnostics *diagnostics, struct snapshot *snapshot) {
    CLEANUP(buf_release) struct buf name = BUF(BUF_UNLIMITED);
    buf_append_format(&name, "tree-%.*s", SLICE_ARGUMENTS(order->target->name));
    *snapshot = (struct snapshot){.state = open(order->state_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    snapshot->name = arena_copy(&snapshot->arena, buf_slice(&name));
    snapshot->path = find_path(order, snapshot);
    if (snapshot->state < 0 || !snapshot->path)
        return fail(order, "open", slice_of(order->state_folder), diagnostics);
    if (!walk_remove(snapshot->state, snapshot->name) || mkdirat(snapshot->state, snapshot->name.data, 0777) != 0)
        return fail(order, "make", snapshot->name, diagnostics);
    CLEANUP(file_close)
    int folder = openat(snapshot->state, snapshot->name.data, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return fail(order, "open", snapshot->name, diagnostics);
    enum publish_result result = link_files(order, folder, snapshot, diagnostics);
    if (result == PUBLISH_DONE)
        result = verify(order, folder, changed, count, diagnostics);
    if (result == PUBLISH_DONE && !write_manifest(order, folder))
        result = fail(order, "write", SLICE(MANIFEST_NAME), diagnostics);
    return result;
}

void snapshot_release(struct snapshot *snapshot) {
    if (snapshot->state >= 0 && snapshot->name.size)
        (void)!walk_remove(snapshot->state, snapshot->name);
    file_close(&snapshot->state);
    arena_release(&snapshot->arena);
}
