#include "output/output.h"

#include "base/file.h"
#include "output/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct place output_place(const struct output *output) {
    return (struct place){.file = slice_of(output->options.directory)};
}

enum output_result output_result_of(int error, enum output_result otherwise) {
    return error == EACCES || error == EPERM ? OUTPUT_NO_PERMISSION : otherwise;
}

enum output_result output_report_failure(struct output *output, enum diagnostic_id id,
                                         struct diagnostics *diagnostics) {
    struct stage *stage = &output->stage;
    diag_report(diagnostics, id, output_place(output), "cannot %s %.*s: %s", stage->failed_to,
                SLICE_ARGUMENTS(stage->failed_path), strerror(stage->error));
    return output_result_of(stage->error, OUTPUT_FAILED);
}

static const char *find_error(int error) {
    if (error == EINVAL)
        return "this is no folder's name";
    return error == ELOOP ? "it is a symbolic link to nothing" : strerror(error);
}

static enum output_result cannot_create(struct output *output, const char *what, int error,
                                        struct diagnostics *diagnostics) {
    diag_report(diagnostics, DIAGNOSTIC_OUTPUT_CANNOT_CREATE, output_place(output), "%s: %s", what, find_error(error));
    return output_result_of(error, OUTPUT_CANNOT_CREATE);
}

static enum output_result take_lock(struct output *output, struct diagnostics *diagnostics) {
    const struct output_options *options = &output->options;
    if (!layout_find(options->directory, &output->arena, &output->layout))
        return cannot_create(output, options->directory, errno, diagnostics);
    if (layout_lock(&output->layout, options->wait, &output->lock))
        return OUTPUT_OK;
    if (errno != EWOULDBLOCK)
        return cannot_create(output, output->layout.lock, errno, diagnostics);
    diag_report(diagnostics, DIAGNOSTIC_OUTPUT_BUSY, output_place(output), "%s", output->layout.lock);
    return OUTPUT_BUSY;
}

static enum output_result open_trees(struct output *output, struct diagnostics *diagnostics) {
    const struct layout *layout = &output->layout;
    if (!mark_read(layout, &output->arena, &output->mark))
        return cannot_create(output, layout->mark, errno, diagnostics);
    output->served = openat(layout->parent, layout->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (output->served < 0 && errno != ENOENT)
        return cannot_create(output, layout->name, errno, diagnostics);
    output->crashed = output->mark.stands;
    output->suspicious = output->options.full || output->crashed;
    output->old = listing_new(layout->parent, layout->name);
    output->previous = listing_new(layout->parent, layout->stage);
    output->stage.served = output->served;
    output->stage.previous = output->previous;
    output->stage.distrusted = output->suspicious;
    return OUTPUT_OK;
}

enum output_result output_open(const struct output_options *options, struct diagnostics *diagnostics,
                               struct output **ret_output) {
    struct output *output = memory_new(sizeof *output);
    output->options = *options;
    output->options.directory = arena_copy_string(&output->arena, options->directory);
    if (options->copied_folder)
        output->options.copied_folder = arena_copy_string(&output->arena, options->copied_folder);
    output->layout.parent = output->lock = output->served = -1;
    output->new_manifest = BUF(BUF_UNLIMITED);
    stage_init(&output->stage, &output->layout, &output->mark);
    enum output_result result = take_lock(output, diagnostics);
    if (result == OUTPUT_OK)
        result = open_trees(output, diagnostics);
    if (result == OUTPUT_OK)
        *ret_output = output;
    else
        output_close(output);
    return result;
}

void output_close(struct output *output) {
    if (!output)
        return;
    stage_release(&output->stage);
    plan_release(&output->plan);
    vec_release(&output->written);
    vec_release(&output->left_out);
    tree_release(&output->new_tree);
    listing_free(output->old);
    listing_free(output->previous);
    mark_release(&output->mark);
    buf_release(&output->new_manifest);
    file_close(&output->served);
    /* The last descriptor of the lock's file: closing it unlocks. */
    file_close(&output->lock);
    layout_release(&output->layout);
    arena_release(&output->arena);
    free(output);
}

const struct tree *output_old_tree(const struct output *output) {
    return listing_tree(output->old);
}

bool output_is_served(const struct output *output, struct slice path) {
    return listing_find(output->old, path) != NULL;
}

bool output_is_unlisted(const struct output *output) {
    return output->served >= 0 && listing_state(output->old) != LISTING_READ;
}

bool output_may_serve(const struct output *output, struct slice path) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct stat status;
    if (!output_is_unlisted(output))
        return output_is_served(output, path);
    return fstatat(output->served, arena_copy(&arena, path).data, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(status.st_mode);
}

const struct tree *output_new_tree(const struct output *output) {
    return &output->new_tree;
}

const struct tree *output_previous_tree(const struct output *output) {
    static const struct tree none = {0};
    return output->crashed ? &none : listing_tree(output->previous);
}

static int64_t nanoseconds(struct timespec time) {
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

struct output_identity output_identity(const struct output *output) {
    const struct layout *layout = &output->layout;
    CLEANUP(buf_release) struct buf path = BUF(BUF_UNLIMITED);
    struct stat status;
    buf_append_format(&path, "%s/%s", layout->name, MANIFEST_NAME);
    if (output->mark.stands || (output->suspicious && !output->swapped) ||
        fstatat(layout->parent, buf_string(&path), &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
        return (struct output_identity){0};
    return (struct output_identity){.exists = true,
                                    .inode = status.st_ino,
                                    .size = (uint64_t)status.st_size,
                                    .modified = nanoseconds(status.st_mtim),
                                    .changed = nanoseconds(status.st_ctim)};
}

bool output_identity_equal(const struct output_identity *a, const struct output_identity *b) {
    return a->exists && b->exists && a->inode == b->inode && a->size == b->size && a->modified == b->modified &&
           a->changed == b->changed;
}

uint64_t output_served_hash(const struct output *output) {
    return output->suspicious ? 0 : listing_hash(output->old);
}

uint64_t output_new_hash(const struct output *output) {
    return output->new_hash;
}

struct output_counts output_counts(const struct output *output) {
    return output->counts;
}

static bool read_path(int root, struct slice path, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    return file_path_is_clean(path) && root >= 0 && walk_read_path(root, arena_copy(&arena, path), buf);
}

bool output_read_old(const struct output *output, struct slice path, struct buf *buf) {
    return read_path(output->served, path, buf);
}

int output_open_old(const struct output *output, struct slice path) {
    CLEANUP(arena_release) struct arena arena = {0};
    if (!file_path_is_clean(path) || output->served < 0)
        return -1;
    return openat(output->served, arena_copy(&arena, path).data, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

bool output_read_previous(const struct output *output, struct slice path, struct buf *buf) {
    const struct layout *layout = &output->layout;
    CLEANUP(file_close)
    int root = openat(layout->parent, layout->stage, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return read_path(root, path, buf);
}

/* Is the served file what is put? The manifest is believed, and the disk asked only for the size, where nothing speaks
 * against it. */
static bool is_served(const struct output *output, const struct tree_file *file, struct slice bytes) {
    struct stat status;
    if (output->served < 0 || fstatat(output->served, file->path.data, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode) || (uint64_t)status.st_size != file->size)
        return false;
    const struct tree_file *old = listing_find(output->old, file->path);
    if (old && !output->suspicious)
        return old->size == file->size && sha256_equal(&old->hash, &file->hash);
    CLEANUP(file_close) int served = openat(output->served, file->path.data, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    return served >= 0 && walk_holds(served, bytes);
}

void output_note_put(struct output *output, const struct tree_file *file, bool same) {
    pthread_mutex_lock(&output->stage.mutex);
    vec_push(&output->new_tree.files, *file);
    if (!same) {
        vec_push(&output->written, file->path);
        output->counts.bytes_written += file->size;
    }
    pthread_mutex_unlock(&output->stage.mutex);
}

/* `like` says all of the file but path, size and hash. */
static void put_file(struct output *output, struct slice path, struct slice bytes, struct tree_file like,
                     const struct timespec *mtime) {
    struct stage *stage = &output->stage;
    if (stage->failed || listing_state(output->old) == LISTING_SOMEBODYS)
        return; /* output_finish says so */
    struct tree_file file = like;
    file.path = stage_keep_path(stage, path);
    file.size = bytes.size;
    file.hash = sha256_of(bytes);
    if (!file_path_is_clean(path)) {
        errno = EINVAL;
        stage_fail(stage, "write", path);
        return;
    }
    bool same = is_served(output, &file, bytes);
    if (same || output->options.dry_run || stage_write(stage, file.path, bytes, mtime))
        output_note_put(output, &file, same);
}

/* The served file as its manifest has it, when it is there to be kept; else NULL. */
static const struct tree_file *find_kept(const struct output *output, struct slice path) {
    struct stat status;
    const struct tree_file *old = output->suspicious ? NULL : listing_find(output->old, path);
    if (!old || output->served < 0 || fstatat(output->served, old->path.data, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode) || (uint64_t)status.st_size != old->size)
        return NULL;
    return old;
}

bool output_can_keep(const struct output *output, struct slice path) {
    return find_kept(output, path) != NULL;
}

bool output_keep(struct output *output, struct slice path) {
    const struct tree_file *old = find_kept(output, path);
    if (!old)
        return false;
    output_note_put(output, old, true);
    return true;
}

void output_begin_anew(struct output *output) {
    vec_clear(&output->new_tree.files);
    vec_clear(&output->written);
    output->counts.bytes_written = 0;
}

void output_put_dated(struct output *output, struct slice path, struct slice bytes, const char *type,
                      const struct timespec *mtime) {
    put_file(output, path, bytes, (struct tree_file){.type = slice_of(type)}, mtime);
}

void output_put(struct output *output, struct slice path, struct slice bytes, const char *type) {
    output_put_dated(output, path, bytes, type, NULL);
}

void output_put_feed(struct output *output, struct slice path, struct slice bytes, const char *type, uint32_t entries) {
    put_file(output, path, bytes, (struct tree_file){.type = slice_of(type), .is_feed = true, .entries = entries},
             NULL);
}
