#include "store/kept.h"

#include "base/map.h"
#include "base/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_SIZE = 1 << 20 /* bytes */ };

/* A line. Its text is in the file, or where it is new in `added`. */
struct entry {
    struct kept_article article;
    uint64_t hash; /* of its text */
    uint64_t offset;
    uint32_t size;         /* without its end */
    uint64_t first_hash;   /* as it stood in the file, … */
    uint64_t first_offset; /* … where it is still, whatever became of it */
    uint32_t first_size;
    bool is_article, is_new, is_shown, is_gone;
};

struct kept {
    char *path;
    int descriptor;
    bool exists;
    struct stat status;  /* of the file as it was read */
    uint64_t end;        /* of the lines that count */
    bool lacks_line_end; /* of the last of them */
    bool is_torn;        /* half a line stands behind them */
    VEC(struct entry) entries;
    struct map by_key, by_hash; /* → number of the entry */
    struct arena names;         /* of the maps' keys, for entries move */
    struct buf added;
    size_t in_file; /* so many of the entries, the first ones, stand in the file */
};

/* --- finding ------------------------------------------------------------------------------------------------ */

static struct slice name_of(struct kept *kept, const void *bytes, size_t size) {
    return arena_copy(&kept->names, (struct slice){bytes, size});
}

static struct entry *find(const struct kept *kept, struct hash128 key) {
    uint64_t number = map_get(&kept->by_key, (struct slice){(const char *)&key, sizeof key}, UINT64_MAX);
    return number == UINT64_MAX ? NULL : &kept->entries.items[number];
}

/* The last one of a key counts, as for readers. */
static void add_entry(struct kept *kept, struct entry entry) {
    size_t number = kept->entries.count;
    vec_push(&kept->entries, entry);
    if (!entry.is_article)
        return;
    map_set(&kept->by_key, name_of(kept, &entry.article.key, sizeof entry.article.key), number);
    map_set(&kept->by_hash, name_of(kept, &entry.hash, sizeof entry.hash), number);
}

/* --- reading ------------------------------------------------------------------------------------------------ */

/* A byte order mark before the first line is an editor's, and passed over by whoever reads such files. */
static struct slice without_mark(const struct kept *kept, struct slice line) {
    const struct slice mark = SLICE("\xEF\xBB\xBF");
    return kept->end == 0 && slice_starts_with(line, mark) ? slice_from(line, mark.size) : line;
}

/* `has_end`: a line end stands behind it. */
static void take_line(struct kept *kept, const struct kept_reader *reader, struct slice line, bool has_end) {
    struct entry entry = {.hash = hash64(line), .offset = kept->end, .size = (uint32_t)line.size};
    struct slice text = without_mark(kept, line);
    entry.is_article =
        slice_trim(text).size && line.size <= KEPT_LINE_MOST && reader->read(reader->context, text, &entry.article);
    if (!has_end && !entry.is_article) {
        kept->is_torn = true;
        return;
    }
    entry.first_hash = entry.hash;
    entry.first_offset = entry.offset;
    entry.first_size = entry.size;
    add_entry(kept, entry);
    kept->end += line.size + 1;
    kept->lacks_line_end = !has_end;
}

static bool read_lines(struct kept *kept, const struct kept_reader *reader) {
    CLEANUP(buf_release) struct buf text = BUF(UINT32_MAX);
    uint64_t offset = 0;
    size_t got = READ_SIZE;
    while (got == READ_SIZE) {
        char *room = buf_reserve(&text, READ_SIZE);
        if (!room) {
            errno = EFBIG;
            return false;
        }
        if (!file_read_at(kept->descriptor, room, READ_SIZE, offset, &got))
            return false;
        text.size += got;
        offset += got;
        size_t begin = 0;
        for (size_t end = slice_find_byte(buf_slice(&text), '\n', 0); end < text.size;
             end = slice_find_byte(buf_slice(&text), '\n', begin)) {
            take_line(kept, reader, slice_range(buf_slice(&text), begin, end), true);
            begin = end + 1;
        }
        memmove(text.data, text.data + begin, text.size - begin);
        buf_truncate(&text, text.size - begin);
    }
    if (text.size)
        take_line(kept, reader, buf_slice(&text), false);
    return true;
}

/* Never a pipe, which would keep us waiting. */
static bool open_file(struct kept *kept, const struct kept_reader *reader) {
    kept->descriptor = open(kept->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (kept->descriptor < 0)
        return errno == ENOENT;
    kept->exists = true;
    if (fstat(kept->descriptor, &kept->status) != 0)
        return false;
    if (!S_ISREG(kept->status.st_mode)) {
        errno = S_ISDIR(kept->status.st_mode) ? EISDIR : EINVAL;
        return false;
    }
    return read_lines(kept, reader);
}

struct kept *kept_open(const char *path, const struct kept_reader *reader) {
    struct kept *kept = memory_new(sizeof *kept);
    kept->path = memory_copy_string(path);
    kept->descriptor = -1;
    kept->added = BUF(BUF_UNLIMITED);
    if (!open_file(kept, reader)) {
        int error = errno;
        kept_close(kept);
        errno = error;
        return NULL;
    }
    kept->in_file = kept->entries.count;
    return kept;
}

void kept_close(struct kept *kept) {
    if (!kept)
        return;
    file_close(&kept->descriptor);
    vec_release(&kept->entries);
    map_release(&kept->by_key);
    map_release(&kept->by_hash);
    arena_release(&kept->names);
    buf_release(&kept->added);
    free(kept->path);
    free(kept);
}

bool kept_exists(const struct kept *kept) {
    return kept->exists;
}

size_t kept_count(const struct kept *kept) {
    size_t count = 0;
    for (size_t i = 0; i < kept->entries.count; i++) {
        const struct entry *entry = &kept->entries.items[i];
        count += entry->is_article && !entry->is_gone && !entry->article.withdrawn;
    }
    return count;
}

/* --- changing ----------------------------------------------------------------------------------------------- */

bool kept_has_line(struct kept *kept, struct slice line) {
    uint64_t hash = hash64(line);
    uint64_t number = map_get(&kept->by_hash, (struct slice){(const char *)&hash, sizeof hash}, UINT64_MAX);
    if (number == UINT64_MAX)
        return false;
    struct entry *entry = &kept->entries.items[number];
    /* It may have been replaced since, or stand before another one with its key. */
    if (entry->is_gone || entry->hash != hash || entry->size != line.size || find(kept, entry->article.key) != entry)
        return false;
    return entry->is_shown = true;
}

bool kept_get(const struct kept *kept, struct hash128 key, struct buf *line) {
    const struct entry *entry = find(kept, key);
    if (!entry || entry->is_gone)
        return false;
    if (entry->is_new) {
        buf_append_slice(line, slice_range(buf_slice(&kept->added), entry->offset, entry->offset + entry->size));
        return true;
    }
    size_t got = 0;
    char *room = buf_reserve(line, entry->size + (size_t)1);
    if (!room || !file_read_at(kept->descriptor, room, entry->size, entry->offset, &got) || got != entry->size)
        return false;
    line->size += got;
    return true;
}

static void set_text(struct kept *kept, struct entry *entry, struct slice line) {
    entry->hash = hash64(line);
    entry->offset = kept->added.size;
    entry->size = (uint32_t)line.size;
    entry->is_new = true;
    buf_append_slice(&kept->added, line);
    buf_append_byte(&kept->added, '\n');
}

static void replace(struct kept *kept, struct entry *entry, const struct kept_article *article, struct slice line) {
    entry->article = *article;
    set_text(kept, entry, line);
    map_set(&kept->by_hash, name_of(kept, &entry->hash, sizeof entry->hash), (uint64_t)(entry - kept->entries.items));
}

void kept_put(struct kept *kept, const struct kept_article *article, struct slice line) {
    struct entry *entry = find(kept, article->key);
    if (entry && entry->is_gone)
        entry = NULL;
    if (!entry) {
        struct entry fresh = {.article = *article, .is_article = true, .is_shown = true};
        set_text(kept, &fresh, line);
        add_entry(kept, fresh);
        return;
    }
    entry->is_shown = true;
    bool is_older = article->updated != INT64_MIN && article->updated < entry->article.updated;
    if (!is_older || entry->article.withdrawn)
        replace(kept, entry, article, line);
}

void kept_withdraw(struct kept *kept, struct hash128 key, struct slice line) {
    struct entry *entry = find(kept, key);
    if (!entry || entry->is_gone)
        return;
    struct kept_article article = entry->article;
    article.withdrawn = true;
    entry->is_shown = true;
    entry->is_gone = (size_t)(entry - kept->entries.items) >= kept->in_file;
    replace(kept, entry, &article, line);
}

static int by_number(const void *left, const void *right) {
    const uint64_t *a = left;
    const uint64_t *b = right;
    return (*a > *b) - (*a < *b);
}

void kept_mark_shown(struct kept *kept, uint64_t *keys, size_t count) {
    if (!count)
        return;
    qsort(keys, count, sizeof *keys, by_number);
    for (size_t i = 0; i < kept->entries.count; i++) {
        struct entry *entry = &kept->entries.items[i];
        if (entry->is_article && bsearch(&entry->article.key.low, keys, count, sizeof *keys, by_number))
            entry->is_shown = true;
    }
}

void kept_drop(struct kept *kept, bool (*goes)(void *context, const struct kept_article *article, bool is_shown),
               void *context) {
    for (size_t i = 0; i < kept->entries.count; i++) {
        struct entry *entry = &kept->entries.items[i];
        if (entry->is_gone || !entry->is_article || !goes(context, &entry->article, entry->is_shown))
            continue;
        entry->is_gone = true;
    }
}

void kept_each_shown(const struct kept *kept, void (*take)(void *context, uint64_t key), void *context) {
    for (size_t i = 0; i < kept->entries.count; i++)
        if (kept->entries.items[i].is_article && kept->entries.items[i].is_shown && !kept->entries.items[i].is_gone)
            take(context, kept->entries.items[i].article.key.low);
}

/* --- writing ------------------------------------------------------------------------------------------------ */

/* Replaced by the same text it is as it was. */
static bool is_as_it_was(const struct entry *entry) {
    return !entry->is_gone && entry->hash == entry->first_hash && entry->size == entry->first_size;
}

static bool must_be_rewritten(const struct kept *kept) {
    for (size_t i = 0; i < kept->in_file; i++)
        if (!is_as_it_was(&kept->entries.items[i]))
            return true;
    return false;
}

static struct slice new_text(const struct kept *kept, const struct entry *entry) {
    return slice_range(buf_slice(&kept->added), entry->offset, entry->offset + entry->size + 1);
}

static void append_added(const struct kept *kept, struct buf *lines) {
    for (size_t i = kept->in_file; i < kept->entries.count; i++)
        if (!kept->entries.items[i].is_gone)
            buf_append_slice(lines, new_text(kept, &kept->entries.items[i]));
}

/*
 * Runs for two outputs may have one kept file: the second of them finds it changed. By the file that was read, so that
 * it lasts until that is closed. Where locks are not known, nobody waits.
 */
static void lock(const struct kept *kept) {
    while (flock(kept->descriptor, LOCK_EX) != 0 && errno == EINTR)
        ;
}

/* What somebody wrote meanwhile must not be lost. */
static bool is_as_read(const struct kept *kept, const struct stat *now) {
    const struct file_identity then = file_identify(&kept->status);
    const struct file_identity identity = file_identify(now);
    if (file_identity_equal(&then, &identity))
        return true;
    errno = ESTALE;
    return false;
}

static bool create(struct kept *kept, struct slice lines, struct stat *ret_status) {
    CLEANUP(arena_release) struct arena arena = {0};
    const char *folder = file_folder(&arena, kept->path);
    if (!owner_make_folder(folder) || !file_sync_folder(folder))
        return false;
    CLEANUP(file_close) int descriptor = open(kept->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        errno = errno == EEXIST ? ESTALE : errno;
        return false;
    }
    if (file_write(descriptor, lines) && fsync(descriptor) == 0 && owner_settle(kept->path, descriptor) &&
        fstat(descriptor, ret_status) == 0)
        return true;
    int error = errno;
    (void)unlink(kept->path);
    errno = error;
    return false;
}

static bool append(struct kept *kept, struct slice lines, struct stat *ret_status) {
    off_t end = (off_t)(kept->end - kept->lacks_line_end);
    CLEANUP(file_close) int descriptor = open(kept->path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0 || fstat(descriptor, ret_status) != 0 || !is_as_read(kept, ret_status))
        return false;
    if (ftruncate(descriptor, end) == 0 && file_write_at(descriptor, lines, (uint64_t)end) && fsync(descriptor) == 0 &&
        fstat(descriptor, ret_status) == 0)
        return true;
    /* As it was, as far as a disk can be made to that has just failed. */
    int error = errno;
    if (ftruncate(descriptor, end) == 0)
        (void)fsync(descriptor);
    errno = error;
    return false;
}

static bool copy(const struct kept *kept, uint64_t begin, uint64_t end, int draft) {
    CLEANUP(buf_release) struct buf bytes = BUF(READ_SIZE);
    while (begin < end) {
        size_t got = 0;
        size_t size = end - begin > READ_SIZE ? READ_SIZE : (size_t)(end - begin);
        buf_clear(&bytes);
        char *room = buf_reserve(&bytes, size);
        if (!file_read_at(kept->descriptor, room, size, begin, &got))
            return false;
        if (got < size) {
            errno = ESTALE;
            return false;
        }
        if (!file_write(draft, (struct slice){room, size}))
            return false;
        begin += size;
    }
    return true;
}

/* Lines that are as they were are copied together. */
static bool write_entries(const struct kept *kept, int draft) {
    CLEANUP(buf_release) struct buf added = BUF(BUF_UNLIMITED);
    uint64_t begin = 0;
    for (size_t i = 0; i < kept->in_file; i++) {
        const struct entry *entry = &kept->entries.items[i];
        if (is_as_it_was(entry))
            continue;
        if (!copy(kept, begin, entry->first_offset, draft) ||
            (!entry->is_gone && !file_write(draft, new_text(kept, entry))))
            return false;
        begin = entry->first_offset + entry->first_size + 1;
    }
    uint64_t end = kept->end - kept->lacks_line_end;
    if (begin < end && (!copy(kept, begin, end, draft) || (kept->lacks_line_end && !file_write(draft, SLICE("\n")))))
        return false;
    append_added(kept, &added);
    return file_write(draft, buf_slice(&added));
}

/* Beside the file, with its mode and owner; a link is followed. */
static bool rewrite(struct kept *kept, struct stat *ret_status) {
    CLEANUP(memory_free) char *path = realpath(kept->path, NULL);
    CLEANUP(buf_release) struct buf draft = BUF(BUF_UNLIMITED);
    if (!path || stat(path, ret_status) != 0 || !is_as_read(kept, ret_status))
        return false;
    buf_append_format(&draft, "%s.new", path);
    (void)unlink(buf_string(&draft));
    CLEANUP(file_close) int descriptor = open(buf_string(&draft), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0 && (geteuid() != 0 || fchown(descriptor, kept->status.st_uid, kept->status.st_gid) == 0) &&
        fchmod(descriptor, kept->status.st_mode & 07777) == 0 && write_entries(kept, descriptor) &&
        fsync(descriptor) == 0 && rename(buf_string(&draft), path) == 0)
        return file_sync_folder(path) && fstat(descriptor, ret_status) == 0;
    int error = errno;
    (void)unlink(buf_string(&draft));
    errno = error;
    return false;
}

bool kept_commit(struct kept *kept, struct file_identity *ret_identity, bool *ret_changed) {
    CLEANUP(buf_release) struct buf lines = BUF(BUF_UNLIMITED);
    struct stat status = kept->status;
    bool good = true;
    bool rewrites = kept->exists && must_be_rewritten(kept);
    if (kept->lacks_line_end)
        buf_append_byte(&lines, '\n');
    if (!rewrites)
        append_added(kept, &lines);
    bool changes = !kept->exists || rewrites || kept->is_torn || lines.size > kept->lacks_line_end;
    if (kept->exists && changes)
        lock(kept);
    if (!kept->exists)
        good = create(kept, buf_slice(&lines), &status);
    else if (rewrites)
        good = rewrite(kept, &status);
    else if (changes)
        good = append(kept, buf_slice(&lines), &status);
    if (!good)
        return false;
    *ret_identity = file_identify(&status);
    if (ret_changed)
        *ret_changed = changes;
    return true;
}
