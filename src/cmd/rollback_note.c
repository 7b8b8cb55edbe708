#include "base/date.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/owner.h"
#include "cmd/configuration.h"
#include "cmd/rollback.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { NOTE_MOST = 64 << 10 };

static const char note_name[] = "rolled-back";
static const char draft_name[] = "rolled-back.new";

struct note {
    struct slice fingerprint, time, output;
};

/* Of what the tree would be built by. A file that cannot be read is another one than any that can. */
static void append_fingerprint(const struct settings *settings, struct buf *line) {
    CLEANUP(buf_release) struct buf all = BUF(BUF_UNLIMITED);
    char hex[33];
    for (size_t i = 0; i < settings->file_count; i++) {
        CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
        bool is_read = file_read(settings->files[i], &bytes);
        buf_append_format(&all, "%zu %c ", bytes.size, is_read ? '+' : '-');
        buf_append_slice(&all, buf_slice(&bytes));
    }
    hash128_hex(hash128(buf_slice(&all)), hex);
    buf_append_string(line, hex);
}

static void append_output(const struct options *options, struct settings *settings, struct buf *line) {
    const char *folder = configuration_output_folder(options, settings);
    CLEANUP(memory_free) char *real = realpath(folder, NULL);
    buf_append_string(line, real ? real : folder);
}

static bool read_note(const char *state_folder, struct buf *text, struct note *ret_note) {
    CLEANUP(arena_release) struct arena arena = {0};
    struct note note = {0};
    if (!file_read(file_join(&arena, state_folder, note_name), text))
        return false;
    struct slice rest = buf_slice(text);
    if (!slice_take_until(&rest, ' ', &note.fingerprint) || !slice_take_until(&rest, ' ', &note.time) ||
        !slice_take_until(&rest, '\n', &note.output))
        return false;
    *ret_note = note;
    return true;
}

static bool is_of_output(const struct note *note, const struct options *options, struct settings *settings) {
    CLEANUP(buf_release) struct buf output = BUF(BUF_UNLIMITED);
    append_output(options, settings, &output);
    return slice_equal(buf_slice(&output), note->output);
}

bool rollback_holds(const struct options *options, struct settings *settings, const char *state_folder,
                    struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf text = BUF(NOTE_MOST);
    CLEANUP(buf_release) struct buf fingerprint = BUF(BUF_UNLIMITED);
    struct note note;
    if (options->full || !read_note(state_folder, &text, &note) || !is_of_output(&note, options, settings))
        return false;
    append_fingerprint(settings, &fingerprint);
    if (!slice_equal(buf_slice(&fingerprint), note.fingerprint))
        return false;
    diag_report(diagnostics, DIAGNOSTIC_ROLLED_BACK, (struct place){.file = note.output}, "at %.*s",
                SLICE_ARGUMENTS(note.time));
    return true;
}

bool rollback_is_noted(const struct options *options, struct settings *settings, const char *state_folder) {
    CLEANUP(buf_release) struct buf text = BUF(NOTE_MOST);
    struct note note;
    return read_note(state_folder, &text, &note) && is_of_output(&note, options, settings);
}

void rollback_end(const struct options *options, struct settings *settings, const char *state_folder) {
    CLEANUP(buf_release) struct buf text = BUF(NOTE_MOST);
    struct note note;
    if (read_note(state_folder, &text, &note) && is_of_output(&note, options, settings))
        unlink(file_join(&settings->arena, state_folder, note_name));
}

static bool write_draft(int folder, struct slice line) {
    struct owner owner = owner_of(folder);
    CLEANUP(file_close)
    int file = openat(folder, draft_name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    return file >= 0 && owner_give(&owner, file) && file_write(file, line) && fsync(file) == 0;
}

bool rollback_note(const struct options *options, struct settings *settings, const char *state_folder) {
    CLEANUP(buf_release) struct buf line = BUF(NOTE_MOST);
    append_fingerprint(settings, &line);
    buf_append_byte(&line, ' ');
    date_append_utc(&line, options->now);
    buf_append_byte(&line, ' ');
    append_output(options, settings, &line);
    buf_append_byte(&line, '\n');
    if (!owner_make_folder(state_folder))
        return false;
    CLEANUP(file_close) int folder = open(state_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return folder >= 0 && write_draft(folder, buf_slice(&line)) &&
           renameat(folder, draft_name, folder, note_name) == 0 && fsync(folder) == 0;
}
