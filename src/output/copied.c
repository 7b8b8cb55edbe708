#include "base/file.h"
#include "output/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* The folder `static:`. Its files are listed in the manifest, so publishing needs their types. */
static const struct {
    const char *ending;
    const char *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".csv", "text/csv; charset=utf-8"},
    {".gif", "image/gif"},
    {".htm", "text/html; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/vnd.microsoft.icon"},
    {".jpeg", "image/jpeg"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".m4a", "audio/mp4"},
    {".mp3", "audio/mpeg"},
    {".mp4", "video/mp4"},
    {".pdf", "application/pdf"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".webp", "image/webp"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
    {".xml", "application/xml"},
};

static const char *type_of(struct slice path) {
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        struct slice ending = slice_of(types[i].ending);
        if (path.size > ending.size && slice_equal_ignoring_case(slice_from(path, path.size - ending.size), ending))
            return types[i].type;
    }
    return "application/octet-stream";
}

static bool is_later(struct timespec a, struct timespec b) {
    return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec >= b.tv_nsec);
}

/*
 * The mtime is the source's where nothing stands against it, so equal size and mtime mean equal bytes, as in rsync: an
 * unchanged film is not read again. But one that was put in the place of another since the served tree was made, with
 * the mtime of that one, tells itself by its ctime, and is read.
 */
static bool is_untouched(const struct output *output, struct slice path, const struct stat *source,
                         const struct tree_file **ret_old) {
    const struct tree_file *old = output->suspicious ? NULL : listing_find(output->old, path);
    struct stat served, manifest;
    if (fstatat(output->served, MANIFEST_NAME, &manifest, AT_SYMLINK_NOFOLLOW) != 0 ||
        is_later(source->st_ctim, manifest.st_mtim))
        return false;
    if (!old || fstatat(output->served, path.data, &served, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(served.st_mode))
        return false;
    *ret_old = old;
    return served.st_size == source->st_size && (uint64_t)served.st_size == old->size &&
           served.st_mtim.tv_sec == source->st_mtim.tv_sec && served.st_mtim.tv_nsec == source->st_mtim.tv_nsec;
}

static void put_file(struct output *output, int root, struct slice path, const struct stat *source) {
    const struct tree_file *old = NULL;
    struct slice kept = stage_keep_path(&output->stage, path);
    if (is_untouched(output, kept, source, &old)) {
        struct tree_file file = *old;
        file.type = slice_of(type_of(kept));
        file.is_feed = false;
        file.entries = 0;
        output_note_put(output, &file, true);
        return;
    }
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    CLEANUP(file_close) int file = openat(root, path.data, O_RDONLY | O_CLOEXEC);
    if (file < 0 || !walk_read(file, &bytes)) {
        stage_fail(&output->stage, "read, for static:,", kept);
        return;
    }
    output_put_dated(output, kept, buf_slice(&bytes), type_of(kept), &source->st_mtim);
}

void copied_put(struct output *output) {
    if (!output->options.copied_folder || output->stage.failed)
        return;
    struct slice folder = slice_of(output->options.copied_folder);
    CLEANUP(file_close) int root = open(folder.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(walk_release) struct walk walk = {0};
    struct slice unreadable = folder;
    if (root < 0 || !walk_all(root, &arena, &walk, &unreadable)) {
        stage_fail(&output->stage, "read, for static:,", unreadable);
        return;
    }
    for (size_t i = 0; i < walk.items.count && !output->stage.failed; i++) {
        const struct walk_item *item = &walk.items.items[i];
        struct stat source;
        if (item->kind == WALK_FOLDER)
            continue;
        /* Links to files are followed: the copy is what a server would have sent. */
        if (fstatat(root, item->path.data, &source, 0) == 0 && S_ISREG(source.st_mode))
            put_file(output, root, item->path, &source);
        else
            vec_push(&output->left_out, stage_keep_path(&output->stage, item->path));
    }
}
