#include "base/file.h"

#include "base/utf8.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* --- bytes --- */

void file_close(int *descriptor) {
    int saved = errno;
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
    errno = saved;
}

/* read() that no signal interrupts. */
static ssize_t read_some(int descriptor, char *bytes, size_t size) {
    ssize_t got = 0;
    do
        got = read(descriptor, bytes, size);
    while (got < 0 && errno == EINTR);
    return got;
}

/* One piece more: 1, or 0 at the end, or -1 with errno. */
static int read_piece(int descriptor, struct buf *buf, size_t wanted) {
    size_t room = buf->limit - buf->size;
    if (buf->failed || room == 0) {
        /* Full is no error when the file ends here. */
        char more = 0;
        ssize_t got = buf->failed ? 1 : read_some(descriptor, &more, 1);
        errno = got > 0 ? EFBIG : errno;
        return got == 0 ? 0 : -1;
    }
    wanted = wanted < room ? wanted : room;
    char *bytes = buf_reserve(buf, wanted);
    ssize_t got = read_some(descriptor, bytes, wanted);
    buf->size += got > 0 ? (size_t)got : 0;
    return got > 0 ? 1 : (int)got;
}

bool file_read(const char *path, struct buf *buf) {
    CLEANUP(file_close) int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    return descriptor >= 0 && file_read_open(descriptor, buf);
}

bool file_read_open(int descriptor, struct buf *buf) {
    enum { PIECE = 64 * 1024 };
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return false;
    size_t before = buf->size;
    /* A file is read in one piece and one byte, which is not there; pipes and /proc say no size. */
    size_t wanted = S_ISREG(status.st_mode) && status.st_size > 0 ? (size_t)status.st_size + 1 : PIECE;
    int outcome = 0;
    while ((outcome = read_piece(descriptor, buf, wanted)) > 0)
        wanted = PIECE;
    if (outcome < 0)
        buf_truncate(buf, before);
    return outcome == 0;
}

bool file_read_at(int descriptor, char *bytes, size_t size, uint64_t offset, size_t *ret_read) {
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(descriptor, bytes + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    *ret_read = done;
    return true;
}

bool file_write(int descriptor, struct slice bytes) {
    while (bytes.size) {
        ssize_t put = write(descriptor, bytes.data, bytes.size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes = slice_from(bytes, (size_t)put);
    }
    return true;
}

bool file_write_at(int descriptor, struct slice bytes, uint64_t offset) {
    while (bytes.size) {
        ssize_t put = pwrite(descriptor, bytes.data, bytes.size, (off_t)offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put == 0)
            errno = EIO;
        if (put <= 0)
            return false;
        bytes = slice_from(bytes, (size_t)put);
        offset += (uint64_t)put;
    }
    return true;
}

bool file_copy(int from, int to) {
    enum { PIECE = 64 * 1024 };
    char piece[PIECE];
    size_t got = PIECE;
    for (uint64_t at = 0; got == PIECE; at += got)
        if (!file_read_at(from, piece, PIECE, at, &got) || !file_write(to, (struct slice){piece, got}))
            return false;
    return true;
}

bool file_sync_folder(const char *path) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(file_close) int folder = open(file_folder(&arena, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder >= 0 && fsync(folder) == 0;
}

/* --- paths --- */

/* `name` below `folder`, written as the folder is; "" is where we are. */
static const char *path_below(struct arena *arena, const char *folder, const char *name) {
    size_t folder_size = strlen(folder);
    size_t name_size = strlen(name);
    bool slash = folder_size && folder[folder_size - 1] != '/';
    char *path = arena_reserve(arena, folder_size + slash + name_size + 1);
    memcpy(path, folder, folder_size);
    if (slash)
        path[folder_size] = '/';
    memcpy(path + folder_size + slash, name, name_size + 1);
    return path;
}

const char *file_join(struct arena *arena, const char *folder, const char *path) {
    bool alone = path[0] == '/' || strcmp(folder, ".") == 0;
    return path_below(arena, alone ? "" : folder, path);
}

bool file_path_is_clean(struct slice path) {
    if (path.size == 0 || path.size >= PATH_MAX)
        return false;
    for (size_t i = 0; i < path.size; i++)
        if ((unsigned char)path.data[i] < 0x20 || path.data[i] == 0x7f)
            return false;
    for (struct slice part; slice_take_until(&path, '/', &part);)
        if (part.size == 0 || part.size > NAME_MAX || slice_equal(part, SLICE(".")) || slice_equal(part, SLICE("..")))
            return false;
    return true;
}

const char *file_folder(struct arena *arena, const char *path) {
    size_t size = strlen(path);
    while (size > 0 && path[size - 1] == '/')
        size--;
    while (size > 0 && path[size - 1] != '/')
        size--;
    while (size > 1 && path[size - 1] == '/')
        size--;
    if (size == 0)
        return arena_copy_string(arena, path[0] == '/' ? "/" : ".");
    return arena_copy(arena, (struct slice){path, size}).data;
}

/* --- patterns --- */

/* Names between slashes. A double asterisk is never doubled and never last ("a" and two asterisks mean every file below
 * a). */
struct names {
    VEC(struct slice) items;
};

static bool has_wildcard(struct slice slice) {
    return slice_find_byte(slice, '*', 0) < slice.size || slice_find_byte(slice, '?', 0) < slice.size;
}

static bool is_any_folders(struct slice name) {
    return slice_equal(name, SLICE("**"));
}

static void names_release(struct names *names) {
    vec_release(&names->items);
}

static struct names split_pattern(struct slice pattern) {
    struct names names = {0};
    struct slice name;
    bool is_any = false;
    while (slice_take_until(&pattern, '/', &name)) {
        if (name.size == 0 || (is_any && is_any_folders(name)))
            continue;
        is_any = is_any_folders(name);
        vec_push(&names.items, name);
    }
    if (is_any)
        vec_push(&names.items, SLICE("*"));
    return names;
}

/* Bytes of the character at the front of `text` (not empty); 1 where it is not UTF-8. */
static size_t character_size(struct slice text, size_t at) {
    uint32_t character = 0;
    size_t size = utf8_decode(text, at, &character);
    return size ? size : 1;
}

/* Only the last asterisk is ever taken back, so the time is at most the product of the two sizes. */
static bool name_matches(struct slice pattern, struct slice name) {
    bool hidden = slice_starts_with(name, SLICE("."));
    if (hidden && !slice_starts_with(pattern, SLICE(".")))
        return false;
    size_t p = 0;
    size_t n = 0;
    size_t asterisk = SIZE_MAX;
    size_t resume = 0;
    while (n < name.size) {
        char c = p < pattern.size ? pattern.data[p] : '\0';
        if (p < pattern.size && c == '*') {
            asterisk = p++;
            resume = n;
        } else if (p < pattern.size && c == '?') {
            n += character_size(name, n);
            p++;
        } else if (p < pattern.size && c == name.data[n]) {
            n++;
            p++;
        } else if (asterisk != SIZE_MAX) {
            resume += character_size(name, resume);
            n = resume;
            p = asterisk + 1;
        } else {
            return false;
        }
    }
    while (p < pattern.size && pattern.data[p] == '*')
        p++;
    return p == pattern.size;
}

static bool names_match(const struct slice *patterns, size_t pattern_count, const struct slice *names, size_t count) {
    size_t p = 0;
    size_t n = 0;
    size_t any = SIZE_MAX;
    size_t resume = 0;
    while (n < count) {
        if (p < pattern_count && is_any_folders(patterns[p])) {
            any = p++;
            resume = n;
        } else if (p < pattern_count && name_matches(patterns[p], names[n])) {
            n++;
            p++;
        } else if (any != SIZE_MAX && !slice_starts_with(names[resume], SLICE("."))) {
            n = ++resume;
            p = any + 1;
        } else {
            return false;
        }
    }
    return p == pattern_count;
}

bool file_path_matches(struct slice pattern, struct slice path) {
    if (!has_wildcard(pattern))
        return slice_equal(pattern, path);
    if (slice_starts_with(pattern, SLICE("/")) != slice_starts_with(path, SLICE("/")))
        return false;
    CLEANUP(names_release) struct names patterns = split_pattern(pattern);
    CLEANUP(names_release) struct names names = {0};
    struct slice name;
    while (slice_take_until(&path, '/', &name))
        if (name.size)
            vec_push(&names.items, name);
    return names_match(patterns.items.items, patterns.items.count, names.items.items, names.items.count);
}

/* --- walking --- */

struct walk {
    struct arena *arena;
    struct file_list *list;
    struct names names;
};

/* A folder to go into, and which name of the pattern is next there. */
struct visit {
    const char *folder;
    size_t next;
};
struct visits {
    VEC(struct visit) items;
};

static void visits_release(struct visits *visits) {
    vec_release(&visits->items);
}

enum entry_kind {
    ENTRY_FILE, /* or a link to one */
    ENTRY_FOLDER,
    ENTRY_LINKED_FOLDER, /* not followed: the link may lead back up */
    ENTRY_OTHER,
    ENTRY_GONE,
};

static enum entry_kind kind_of(DIR *folder, const struct dirent *entry) {
    if (entry->d_type == DT_REG)
        return ENTRY_FILE;
    if (entry->d_type == DT_DIR)
        return ENTRY_FOLDER;
    if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
        return ENTRY_OTHER;
    struct stat status;
    if (fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return ENTRY_GONE;
    if (S_ISDIR(status.st_mode))
        return ENTRY_FOLDER;
    if (S_ISLNK(status.st_mode) && fstatat(dirfd(folder), entry->d_name, &status, 0) != 0)
        return ENTRY_OTHER;
    if (S_ISDIR(status.st_mode))
        return ENTRY_LINKED_FOLDER;
    return S_ISREG(status.st_mode) ? ENTRY_FILE : ENTRY_OTHER;
}

static bool is_only_wildcards(struct slice name) {
    for (size_t i = 0; i < name.size; i++)
        if (name.data[i] != '*' && name.data[i] != '?')
            return false;
    return true;
}

/* Does whoever wrote the pattern expect a file where this stands? */
static bool is_irregular(enum entry_kind kind, struct slice pattern, bool descends) {
    if (kind == ENTRY_OTHER)
        return true;
    bool is_folder = kind == ENTRY_LINKED_FOLDER || (kind == ENTRY_FOLDER && !descends);
    return is_folder && !is_only_wildcards(pattern);
}

/* One entry of a folder where name `next` of the pattern is looked for. */
static void look_at(struct walk *walk, DIR *folder, const struct dirent *entry, struct visit at,
                    struct visits *ret_visits) {
    const struct slice *names = walk->names.items.items;
    assert(names); /* a pattern has a name at least */
    struct slice name = slice_of(entry->d_name);
    bool any = is_any_folders(names[at.next]);
    size_t wanted = at.next + any;
    bool matches = name_matches(names[wanted], name);
    bool is_last = wanted + 1 == walk->names.items.count;
    bool descends = any && name.data[0] != '.';
    if (!matches && !descends)
        return;
    enum entry_kind kind = kind_of(folder, entry);
    if (matches && is_last && kind == ENTRY_FILE)
        vec_push(&walk->list->paths, path_below(walk->arena, at.folder, entry->d_name));
    else if (matches && is_last && is_irregular(kind, names[wanted], descends))
        vec_push(&walk->list->irregular, path_below(walk->arena, at.folder, entry->d_name));
    if (kind != ENTRY_FOLDER)
        return;
    const char *path = path_below(walk->arena, at.folder, entry->d_name);
    if (matches && !is_last)
        vec_push(&ret_visits->items, (struct visit){path, wanted + 1});
    if (descends)
        vec_push(&ret_visits->items, (struct visit){path, at.next});
}

static bool is_dot_or_dots(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The whole folder is read and closed before those in it are opened: depth costs no descriptors. */
static void read_folder(struct walk *walk, struct visit at, struct visits *ret_visits) {
    DIR *folder = opendir(at.folder[0] ? at.folder : ".");
    if (!folder && file_error_is_own(errno)) {
        walk->list->error = errno;
        return;
    }
    if (!folder) {
        if (errno != ENOENT && errno != ENOTDIR)
            vec_push(&walk->list->unreadable, at.folder);
        return;
    }
    struct dirent *entry = NULL;
    while ((errno = 0, entry = readdir(folder)))
        if (!is_dot_or_dots(entry->d_name))
            look_at(walk, folder, entry, at, ret_visits);
    if (errno)
        vec_push(&walk->list->unreadable, at.folder);
    closedir(folder);
}

/* Names without wildcards are gone through unread: what holds them may be a link, or closed to reading. */
static void walk_from(struct walk *walk, struct visit at, struct visits *ret_visits) {
    size_t count = walk->names.items.count;
    while (at.next < count && !has_wildcard(walk->names.items.items[at.next])) {
        struct slice name = arena_copy(walk->arena, walk->names.items.items[at.next++]);
        at.folder = path_below(walk->arena, at.folder, name.data);
    }
    struct stat status;
    if (at.next < count)
        read_folder(walk, at, ret_visits);
    else if (stat(at.folder, &status) == 0 && S_ISREG(status.st_mode))
        vec_push(&walk->list->paths, at.folder);
    else if (lstat(at.folder, &status) == 0)
        vec_push(&walk->list->irregular, at.folder);
}

static int compare_paths(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Two double asterisks can reach one file in two ways. */
static void sort_and_unite(const char **paths, size_t *count) {
    if (*count == 0)
        return;
    qsort(paths, *count, sizeof *paths, compare_paths);
    size_t kept = 1;
    for (size_t i = 1; i < *count; i++)
        if (strcmp(paths[i], paths[kept - 1]) != 0)
            paths[kept++] = paths[i];
    *count = kept;
}

void file_list_matching(const char *pattern, struct arena *arena, struct file_list *ret_list) {
    *ret_list = (struct file_list){0};
    if (!has_wildcard(slice_of(pattern))) {
        vec_push(&ret_list->paths, arena_copy_string(arena, pattern));
        return;
    }
    struct walk walk = {.arena = arena, .list = ret_list, .names = split_pattern(slice_of(pattern))};
    CLEANUP(visits_release) struct visits visits = {0};
    vec_push(&visits.items, (struct visit){pattern[0] == '/' ? "/" : "", 0});
    while (visits.items.count) {
        struct visit at = visits.items.items[--visits.items.count];
        walk_from(&walk, at, &visits);
    }
    names_release(&walk.names);
    sort_and_unite(ret_list->paths.items, &ret_list->paths.count);
    sort_and_unite(ret_list->unreadable.items, &ret_list->unreadable.count);
    sort_and_unite(ret_list->irregular.items, &ret_list->irregular.count);
}

void file_list_release(struct file_list *list) {
    vec_release(&list->paths);
    vec_release(&list->unreadable);
    vec_release(&list->irregular);
}

bool file_error_is_own(int error) {
    static const int own[] = {EMFILE, ENFILE, ENOMEM, ENOSPC, EDQUOT, EROFS};
    for (size_t i = 0; i < ARRAY_LENGTH(own); i++)
        if (own[i] == error)
            return true;
    return false;
}

int file_open_unnamed(const char *folder) {
    int descriptor = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return descriptor;
    /* A file system without O_TMPFILE: a name that is gone at once. */
    CLEANUP(buf_release) struct buf path = BUF(1 << 14);
    buf_append_format(&path, "%s/.pindao-XXXXXX", folder);
    if (path.failed) {
        errno = ENAMETOOLONG;
        return -1;
    }
    (void)buf_string(&path);
    descriptor = mkostemp(path.data, O_CLOEXEC);
    if (descriptor >= 0)
        unlink(path.data);
    return descriptor;
}

int file_open_scratch(const char *folder) {
    const char *wanted = getenv("TMPDIR");
    const char *const folders[] = {folder, wanted && *wanted ? wanted : P_tmpdir, P_tmpdir};
    for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
        int descriptor = file_open_unnamed(folders[i]);
        if (descriptor >= 0)
            return descriptor;
    }
    return memfd_create("pindao", MFD_CLOEXEC);
}

/* --- identity ----------------------------------------------------------------------------------------------- */

static int64_t nanoseconds(struct timespec time) {
    return (int64_t)time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

struct file_identity file_identify(const struct stat *status) {
    return (struct file_identity){(uint64_t)status->st_ino, (uint64_t)status->st_size, nanoseconds(status->st_mtim),
                                  nanoseconds(status->st_ctim)};
}

bool file_identity_equal(const struct file_identity *a, const struct file_identity *b) {
    return a->inode == b->inode && a->size == b->size && a->modified == b->modified && a->changed == b->changed;
}

bool file_is_settled(const struct file_identity *identity, int64_t looked) {
    return identity->modified < looked - FILE_GRANULARITY && identity->changed < looked - FILE_GRANULARITY;
}

int64_t file_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return nanoseconds(now);
}
