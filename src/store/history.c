#include "store/history.h"

#include "base/file.h"
#include "base/owner.h"
#include "store/history_event.h"
#include "text/fold.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HISTORY_MOST = 1 << 30 /* bytes */ };

struct history_file {
    char *path;
    bool read_only;
    struct history history;
    struct history_identity identity;
    struct stat status;    /* of the file as it was read; where it exists */
    bool lacks_line_end;   /* of the last line that counts */
    size_t events;         /* that stand in the file: fewer than there have been, once it was compacted */
    VEC(struct slice) bad; /* lines that cannot be read, in the history's arena */
    struct buf added;      /* lines for history_commit */
};

/* --- identity ----------------------------------------------------------------------------------------------- */

/* By lines, so that a commit need not read again what stands before. */
static void count_line(struct history_identity *identity, struct slice line) {
    const uint64_t hashes[2] = {identity->hash, hash64(line)};
    identity->hash = hash64((struct slice){(const char *)hashes, sizeof hashes});
    identity->size += line.size + 1;
    identity->lines++;
}

static void count_lines(struct history_identity *identity, struct slice lines) {
    struct slice line;
    while (lines.size && slice_take_until(&lines, '\n', &line))
        count_line(identity, line);
}

struct history_identity history_identity(const struct history_file *file) {
    return file->identity;
}

struct file_identity history_file_identity(const struct history_file *file) {
    return file->identity.exists ? file_identify(&file->status) : (struct file_identity){0};
}

bool history_is_lost(struct history_identity before, struct history_identity now) {
    return before.exists && (!now.exists || now.lines < before.lines);
}

/* --- reading ------------------------------------------------------------------------------------------------ */

static struct place place_of(const struct history_file *file, size_t line) {
    return (struct place){.file = slice_of(file->path), .line = (unsigned)line};
}

static void apply(struct history_file *file, const struct history_event *event) {
    (void)history_event_apply(event, &file->history);
    file->events += event->kind != HISTORY_COMPACTED;
    if (event->kind != HISTORY_COMPACTED)
        return;
    /* The line itself is no event. Two histories that somebody merged may say less than they hold. */
    file->identity.lines--;
    if (event->events > file->identity.lines)
        file->identity.lines = event->events;
}

/* false after reporting an event that is not known. */
static bool read_line(struct history_file *file, struct slice line, size_t number, struct arena *scratch,
                      struct diagnostics *diagnostics) {
    struct history_event event = {0};
    struct slice problem = {0};
    count_line(&file->identity, line);
    if (slice_trim(line).size == 0) {
        file->identity.lines--;
        return true;
    }
    arena_clear(scratch);
    enum history_reading reading = history_event_read(line, scratch, &event, &problem);
    if (reading == HISTORY_READ) {
        apply(file, &event);
        return true;
    }
    bool is_bad = reading == HISTORY_BAD;
    struct diagnostic *item =
        diag_report(diagnostics, is_bad ? DIAGNOSTIC_HISTORY_LINE_BAD : DIAGNOSTIC_HISTORY_UNKNOWN,
                    place_of(file, number), "%.*s", SLICE_ARGUMENTS(problem));
    diag_excerpt(diagnostics, item, line);
    /* No event: who takes it out has lost nothing. */
    file->identity.lines--;
    if (is_bad)
        vec_push(&file->bad, arena_copy(&file->history.arena, line));
    return is_bad;
}

/* Whole, or torn off? */
static bool is_whole(struct slice line, struct arena *scratch) {
    struct history_event event;
    struct slice problem;
    arena_clear(scratch);
    return history_event_read(line, scratch, &event, &problem) != HISTORY_BAD;
}

static bool read_lines(struct history_file *file, struct slice text, struct diagnostics *diagnostics) {
    CLEANUP(arena_release) struct arena scratch = {0};
    size_t number = 1;
    size_t end = 0;
    for (size_t at = 0; at < text.size; at = end + 1, number++) {
        end = slice_find_byte(text, '\n', at);
        struct slice line = slice_range(text, at, end);
        if (end == text.size) {
            if (!is_whole(line, &scratch))
                break;
            file->lacks_line_end = true;
        }
        if (!read_line(file, line, number, &scratch, diagnostics))
            return false;
    }
    file->identity.size -= file->lacks_line_end;
    return true;
}

/* Never a pipe, which would keep us waiting. */
static bool read_text(struct history_file *file, struct buf *text) {
    CLEANUP(file_close) int descriptor = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 || fstat(descriptor, &file->status) != 0)
        return false;
    if (!S_ISREG(file->status.st_mode)) {
        errno = S_ISDIR(file->status.st_mode) ? EISDIR : EINVAL;
        return false;
    }
    return file_read_open(descriptor, text);
}

struct history_file *history_open(const char *path, bool read_only, struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf text = BUF(HISTORY_MOST);
    struct history_file *file = memory_new(sizeof *file);
    file->path = memory_copy_string(path);
    file->read_only = read_only;
    file->added = BUF(BUF_UNLIMITED);
    bool good = read_text(file, &text);
    file->identity.exists = good;
    if (good) {
        good = read_lines(file, buf_slice(&text), diagnostics);
    } else if (errno == ENOENT) {
        good = true;
    } else {
        diag_report(diagnostics, DIAGNOSTIC_HISTORY_UNREADABLE, place_of(file, 0), "%s", strerror(errno));
    }
    if (good)
        return file;
    history_close(file);
    return NULL;
}

void history_close(struct history_file *file) {
    if (!file)
        return;
    history_release(&file->history);
    vec_release(&file->bad);
    buf_release(&file->added);
    free(file->path);
    free(file);
}

struct slice history_path(const struct history_file *file) {
    return slice_of(file->path);
}

const struct history *history_of(const struct history_file *file) {
    return &file->history;
}

/* --- adding ------------------------------------------------------------------------------------------------- */

static void add(struct history_file *file, const struct history_event *event) {
    if (history_event_apply(event, &file->history))
        history_event_append(event, &file->added);
}

void history_add_join(struct history_file *file, struct slice member, struct slice leader, int64_t date) {
    add(file, &(struct history_event){.kind = HISTORY_JOIN, .key = member, .other = leader, .at = date});
}

void history_add_withdrawal(struct history_file *file, const struct withdrawal *withdrawal) {
    add(file, &(struct history_event){.kind = HISTORY_WITHDRAW, .withdrawal = *withdrawal});
}

void history_add_release(struct history_file *file, struct slice key, int64_t at) {
    add(file, &(struct history_event){.kind = HISTORY_RELEASE, .key = key, .at = at});
}

/* The first one counts, also where the clock has been set back since: dates of articles hang on it. */
void history_add_sighting(struct history_file *file, struct slice key, struct slice source, int64_t at) {
    if (!history_sighting_of(&file->history, hash128(key), source))
        add(file, &(struct history_event){.kind = HISTORY_SEEN, .key = key, .other = source, .at = at});
}

void history_add_permalink(struct history_file *file, struct slice key, int64_t at) {
    add(file, &(struct history_event){.kind = HISTORY_PERMALINK, .key = key, .at = at});
}

void untimed_append_key(struct slice title, struct buf *key) {
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf letters = BUF(BUF_UNLIMITED);
    char hex[33];
    text_fold(title, &folded, NULL);
    text_append_letters(buf_slice(&folded), &letters);
    /* A title of signs alone (🎉) would else be the same as every other one. */
    hash128_hex(hash128(letters.size ? buf_slice(&letters) : buf_slice(&folded)), hex);
    buf_append_string(key, "title/");
    buf_append_string(key, hex);
}

/* --- writing ------------------------------------------------------------------------------------------------ */

static bool report_failure(const struct history_file *file, int error, struct diagnostics *diagnostics) {
    diag_report(diagnostics, DIAGNOSTIC_HISTORY_FAILED, place_of(file, 0), "%s",
                error == ESTALE ? "somebody changed it while this run was at work" : strerror(error));
    return false;
}

static bool is_as_read(const struct history_file *file, const struct stat *now) {
    const struct stat *then = &file->status;
    return now->st_dev == then->st_dev && now->st_ino == then->st_ino && now->st_size == then->st_size &&
           now->st_mtim.tv_sec == then->st_mtim.tv_sec && now->st_mtim.tv_nsec == then->st_mtim.tv_nsec;
}

/* What somebody wrote meanwhile must not be cut off, nor count as read. -1 with errno; ESTALE says that. */
static int open_for_append(const struct history_file *file) {
    struct stat now;
    if (!file->identity.exists) {
        int fresh = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fresh < 0 && errno == EEXIST)
            errno = ESTALE;
        return fresh;
    }
    CLEANUP(file_close) int descriptor = open(file->path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0 || fstat(descriptor, &now) != 0) {
        errno = errno == ENOENT ? ESTALE : errno;
        return -1;
    }
    if (!is_as_read(file, &now)) {
        errno = ESTALE;
        return -1;
    }
    int kept = descriptor;
    descriptor = -1;
    return kept;
}

static bool append(struct history_file *file, int descriptor, struct slice lines) {
    off_t end = (off_t)file->identity.size;
    return ftruncate(descriptor, end) == 0 && lseek(descriptor, end, SEEK_SET) == end &&
           file_write(descriptor, lines) && fsync(descriptor) == 0 &&
           (file->identity.exists || owner_settle(file->path, descriptor)) && fstat(descriptor, &file->status) == 0;
}

/* As it was, as far as a disk can be made to that has just failed. */
static void take_back(const struct history_file *file, int descriptor) {
    if (!file->identity.exists)
        (void)unlink(file->path);
    else if (ftruncate(descriptor, (off_t)file->identity.size) == 0)
        (void)fsync(descriptor);
}

bool history_commit(struct history_file *file, struct diagnostics *diagnostics) {
    if (file->read_only || file->added.size == 0)
        return true;
    CLEANUP(buf_release) struct buf lines = BUF(BUF_UNLIMITED);
    CLEANUP(file_close) int descriptor = open_for_append(file);
    if (descriptor < 0)
        return report_failure(file, errno, diagnostics);
    if (file->lacks_line_end)
        buf_append_byte(&lines, '\n');
    buf_append_slice(&lines, buf_slice(&file->added));
    if (!append(file, descriptor, buf_slice(&lines))) {
        int error = errno;
        take_back(file, descriptor);
        return report_failure(file, error, diagnostics);
    }
    file->identity.exists = true;
    file->identity.size += file->lacks_line_end;
    file->lacks_line_end = false;
    uint64_t before = file->identity.lines;
    count_lines(&file->identity, buf_slice(&file->added));
    file->events += (size_t)(file->identity.lines - before);
    buf_clear(&file->added);
    return true;
}

/* --- compacting --------------------------------------------------------------------------------------------- */

static int by_member(const void *left, const void *right) {
    const struct history_join *a = left;
    const struct history_join *b = right;
    return slice_compare(a->member, b->member);
}

static int by_key(const void *left, const void *right) {
    const struct withdrawal *a = left;
    const struct withdrawal *b = right;
    return slice_compare(a->key, b->key);
}

static int by_source(const void *left, const void *right) {
    const struct sighting *a = left;
    const struct sighting *b = right;
    int order = slice_compare(a->source, b->source);
    return order ? order : slice_compare(a->key, b->key);
}

static int by_entry(const void *left, const void *right) {
    const struct history_permalink *a = left;
    const struct history_permalink *b = right;
    return slice_compare(a->key, b->key);
}

/* A sorted copy of a list, whose numbers stay what they are; the heap's. */
#define SORTED(list, order) sorted((list)->items, (list)->count, sizeof *(list)->items, order)

static void *sorted(const void *items, size_t count, size_t size, int (*order)(const void *, const void *)) {
    void *copy = memory_new_array(count, size);
    if (count > 0) {
        memcpy(copy, items, count * size);
        qsort(copy, count, size, order);
    }
    return copy;
}

static void append_withdrawals(const struct history *history, struct buf *lines) {
    CLEANUP(memory_free) struct withdrawal *withdrawals = SORTED(&history->withdrawals, by_key);
    for (size_t i = 0; i < history->withdrawals.count; i++) {
        const struct withdrawal *withdrawal = &withdrawals[i];
        /* That it was no copy after all is to be known for ever: else it would be taken for one again. */
        if (withdrawal->released && withdrawal->cause != WITHDRAWN_AS_COPY)
            continue;
        history_event_append(&(struct history_event){.kind = HISTORY_WITHDRAW, .withdrawal = *withdrawal}, lines);
        if (withdrawal->released)
            history_event_append(
                &(struct history_event){.kind = HISTORY_RELEASE, .key = withdrawal->key, .at = withdrawal->at}, lines);
    }
}

static void append_compact(const struct history *history, struct buf *lines) {
    CLEANUP(memory_free) struct history_join *joins = SORTED(&history->joins, by_member);
    CLEANUP(memory_free) struct sighting *sightings = SORTED(&history->sightings, by_source);
    CLEANUP(memory_free) struct history_permalink *permalinks = SORTED(&history->permalinks, by_entry);
    for (size_t i = 0; i < history->joins.count; i++)
        history_event_append(
            &(struct history_event){
                .kind = HISTORY_JOIN, .key = joins[i].member, .other = joins[i].leader, .at = joins[i].date},
            lines);
    append_withdrawals(history, lines);
    for (size_t i = 0; i < history->sightings.count; i++)
        history_event_append(
            &(struct history_event){
                .kind = HISTORY_SEEN, .key = sightings[i].key, .other = sightings[i].source, .at = sightings[i].at},
            lines);
    for (size_t i = 0; i < history->permalinks.count; i++)
        history_event_append(
            &(struct history_event){.kind = HISTORY_PERMALINK, .key = permalinks[i].key, .at = permalinks[i].at},
            lines);
}

/* Beside the file, with its mode and owner; *ret_status as it lies there. */
static bool write_draft(const struct history_file *file, const char *draft, struct slice lines,
                        struct stat *ret_status) {
    const struct stat *status = &file->status;
    (void)unlink(draft);
    CLEANUP(file_close) int descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return descriptor >= 0 && (geteuid() != 0 || fchown(descriptor, status->st_uid, status->st_gid) == 0) &&
           fchmod(descriptor, status->st_mode & 07777) == 0 && file_write(descriptor, lines) &&
           fsync(descriptor) == 0 && fstat(descriptor, ret_status) == 0;
}

static bool replace(struct history_file *file, struct slice lines, struct diagnostics *diagnostics) {
    CLEANUP(memory_free) char *path = realpath(file->path, NULL);
    CLEANUP(buf_release) struct buf draft = BUF(BUF_UNLIMITED);
    struct stat now;
    if (!path || stat(path, &now) != 0)
        return report_failure(file, errno == ENOENT ? ESTALE : errno, diagnostics);
    if (!is_as_read(file, &now))
        return report_failure(file, ESTALE, diagnostics);
    buf_append_format(&draft, "%s.new", path);
    if (!write_draft(file, buf_string(&draft), lines, &now) || rename(buf_string(&draft), path) != 0) {
        int error = errno;
        (void)unlink(buf_string(&draft));
        return report_failure(file, error, diagnostics);
    }
    file->status = now;
    return file_sync_folder(path) || report_failure(file, errno, diagnostics);
}

bool history_compact(struct history_file *file, struct diagnostics *diagnostics, size_t *ret_dropped) {
    CLEANUP(buf_release) struct buf lines = BUF(BUF_UNLIMITED);
    struct history_identity identity = {.exists = true};
    assert(!file->read_only && file->added.size == 0);
    for (size_t i = 0; i < file->bad.count; i++) {
        buf_append_slice(&lines, file->bad.items[i]);
        buf_append_byte(&lines, '\n');
    }
    const size_t bad = file->bad.count;
    append_compact(&file->history, &lines);
    count_lines(&identity, buf_slice(&lines));
    size_t kept = (size_t)identity.lines - bad;
    size_t begin = lines.size;
    history_event_append(&(struct history_event){.kind = HISTORY_COMPACTED, .events = file->identity.lines}, &lines);
    count_lines(&identity, slice_from(buf_slice(&lines), begin));
    identity.lines = file->identity.lines;
    *ret_dropped = 0;
    if (!file->identity.exists || kept == file->events)
        return true;
    if (!replace(file, buf_slice(&lines), diagnostics))
        return false;
    *ret_dropped = file->events - kept;
    file->identity = identity;
    file->events = kept;
    file->lacks_line_end = false;
    return true;
}
