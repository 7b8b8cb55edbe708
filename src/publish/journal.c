#include "publish/journal.h"

#include "base/buf.h"
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { JOURNAL_MOST = 1 << 30 };

static void remember(struct journal *journal, struct slice path, const struct sha256 *hash) {
    uint64_t place = map_get(&journal->paths, path, UINT64_MAX);
    if (place == UINT64_MAX) {
        place = journal->entries.count;
        struct slice copy = arena_copy(&journal->arena, path);
        map_set(&journal->paths, copy, place);
        vec_push(&journal->entries, (struct journal_entry){.path = copy});
    }
    struct journal_entry *entry = &journal->entries.items[place];
    entry->is_deleted = hash == NULL;
    entry->hash = hash ? *hash : (struct sha256){0};
}

static void read_line(struct journal *journal, struct slice line) {
    struct slice state = slice_range(line, 0, slice_find_byte(line, ' ', 0));
    struct slice path = slice_from(line, state.size + 1);
    struct sha256 hash;
    if (!file_path_is_clean(path))
        return;
    if (slice_equal(state, SLICE("-")))
        remember(journal, path, NULL);
    else if (sha256_parse_hex(state, &hash))
        remember(journal, path, &hash);
}

static bool names_manifest(struct slice line, const struct sha256 *wanted) {
    for (struct slice hex; slice_take_until(&line, ' ', &hex);) {
        struct sha256 hash;
        if (sha256_parse_hex(hex, &hash) && sha256_equal(&hash, wanted))
            return true;
    }
    return false;
}

void journal_read(const char *path, const struct sha256 *remote, struct journal *ret_journal) {
    *ret_journal = (struct journal){.file = -1};
    ret_journal->path = arena_copy_string(&ret_journal->arena, path);
    CLEANUP(buf_release) struct buf text = BUF(JOURNAL_MOST);
    if (!file_read(path, &text))
        return;
    struct slice rest = buf_slice(&text), line;
    while (rest.size && rest.data[rest.size - 1] != '\n')
        rest.size--;
    if (!slice_take_until(&rest, '\n', &line) || !names_manifest(line, remote))
        return;
    while (slice_take_until(&rest, '\n', &line))
        read_line(ret_journal, line);
}

void journal_release(struct journal *journal) {
    vec_release(&journal->entries);
    map_release(&journal->paths);
    arena_release(&journal->arena);
    file_close(&journal->file);
}

const struct journal_entry *journal_find(const struct journal *journal, struct slice path) {
    uint64_t place = map_get(&journal->paths, path, UINT64_MAX);
    return place == UINT64_MAX ? NULL : &journal->entries.items[place];
}

static void append_line(struct buf *text, struct slice path, const struct sha256 *hash) {
    char hex[SHA256_HEX_SIZE + 1] = "-";
    if (hash)
        sha256_hex(hash, hex);
    buf_append_format(text, "%s %.*s\n", hex, SLICE_ARGUMENTS(path));
}

bool journal_begin(struct journal *journal, const struct sha256 *manifests, size_t count) {
    CLEANUP(buf_release) struct buf text = BUF(JOURNAL_MOST);
    for (size_t i = 0; i < count; i++) {
        char hex[SHA256_HEX_SIZE + 1];
        sha256_hex(&manifests[i], hex);
        buf_append_format(&text, "%s%s", i ? " " : "", hex);
    }
    buf_append_byte(&text, '\n');
    for (size_t i = 0; i < journal->entries.count; i++) {
        const struct journal_entry *entry = &journal->entries.items[i];
        append_line(&text, entry->path, entry->is_deleted ? NULL : &entry->hash);
    }
    CLEANUP(buf_release) struct buf draft = BUF(BUF_UNLIMITED);
    buf_append_format(&draft, "%s.new", journal->path);
    CLEANUP(file_close)
    int file =
        openat(AT_FDCWD, buf_string(&draft), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (file < 0 || !file_write(file, buf_slice(&text)) || renameat(AT_FDCWD, draft.data, AT_FDCWD, journal->path) != 0)
        return false;
    journal->file = file;
    file = -1;
    return true;
}

void journal_add(struct journal *journal, struct slice path, const struct sha256 *hash) {
    CLEANUP(buf_release) struct buf line = BUF(BUF_UNLIMITED);
    remember(journal, path, hash);
    append_line(&line, path, hash);
    /* Behind a half line no other may stand. */
    if (journal->file >= 0 && !file_write(journal->file, buf_slice(&line)))
        file_close(&journal->file);
}

void journal_remove(struct journal *journal) {
    file_close(&journal->file);
    (void)unlinkat(AT_FDCWD, journal->path, 0);
}
