#include "output/mark.h"

#include "base/file.h"
#include "base/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { MARK_MOST = 256 << 20 };

/* No path of ours begins so. */
static const struct slice forget_line = SLICE_CONSTANT("/forget");

bool mark_read(const struct layout *layout, struct arena *arena, struct mark *ret_mark) {
    CLEANUP(file_close) int file = openat(layout->parent, layout->mark, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) {
        if (errno == ENOENT)
            *ret_mark = (struct mark){0};
        return errno == ENOENT;
    }
    CLEANUP(buf_release) struct buf text = BUF(MARK_MOST);
    if (!walk_read(file, &text))
        return false;
    *ret_mark = (struct mark){.stands = true};
    struct slice rest = buf_slice(&text);
    for (struct slice line; slice_take_until(&rest, '\n', &line);) {
        if (slice_equal(line, forget_line))
            ret_mark->forget = true;
        /* A line that is no path of ours was not written by us: it is nobody's loss. */
        if (!file_path_is_clean(line))
            continue;
        struct slice path = arena_copy(arena, line);
        if (map_set(&ret_mark->set, path, 1))
            vec_push(&ret_mark->paths, path);
    }
    return true;
}

void mark_release(struct mark *mark) {
    vec_release(&mark->paths);
    map_release(&mark->set);
}

static bool write_draft(const struct layout *layout, struct slice text) {
    int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    CLEANUP(file_close) int file = openat(layout->parent, layout->mark_draft, flags, 0644);
    if (file < 0 || !owner_give(&layout->owner, file) || !file_write(file, text) || fsync(file) != 0)
        return false;
    int closing = file;
    file = -1;
    return close(closing) == 0;
}

static bool write_mark(struct mark *mark, const struct layout *layout) {
    CLEANUP(buf_release) struct buf text = BUF(MARK_MOST);
    if (mark->forget)
        buf_append_format(&text, "%.*s\n", SLICE_ARGUMENTS(forget_line));
    for (size_t i = 0; i < mark->paths.count; i++) {
        buf_append_slice(&text, mark->paths.items[i]);
        buf_append_byte(&text, '\n');
    }
    if (text.failed) {
        errno = EFBIG;
        return false;
    }
    /* Renamed into place, so that a crash here does not cost the list of an earlier one. */
    if (!write_draft(layout, buf_slice(&text)) ||
        renameat(layout->parent, layout->mark_draft, layout->parent, layout->mark) != 0 || fsync(layout->parent) != 0)
        return false;
    mark->stands = true;
    return true;
}

bool mark_set(struct mark *mark, const struct layout *layout, const struct slice *paths, size_t count) {
    size_t known = mark->paths.count;
    for (size_t i = 0; i < count; i++)
        if (map_set(&mark->set, paths[i], 1))
            vec_push(&mark->paths, paths[i]);
    return (mark->stands && mark->paths.count == known) || write_mark(mark, layout);
}

bool mark_set_forget(struct mark *mark, const struct layout *layout) {
    if (mark->stands && mark->forget)
        return true;
    mark->forget = true;
    return write_mark(mark, layout);
}

bool mark_remove(struct mark *mark, const struct layout *layout) {
    if (unlinkat(layout->parent, layout->mark, 0) != 0 && errno != ENOENT)
        return false;
    mark->stands = mark->forget = false;
    return true;
}
