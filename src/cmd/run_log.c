#include "cmd/run_log.h"

#include "base/date.h"
#include "base/file.h"
#include "base/owner.h"
#include "json/fields.h"
#include "json/writer.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NANOSECONDS = 1000000000, PER_MILLISECOND = 1000000 };

static int64_t nanoseconds(clockid_t which) {
    struct timespec time = {0};
    clock_gettime(which, &time);
    return (int64_t)time.tv_sec * NANOSECONDS + time.tv_nsec;
}

struct run_clock run_clock_start(void) {
    return (struct run_clock){nanoseconds(CLOCK_REALTIME) / NANOSECONDS, nanoseconds(CLOCK_MONOTONIC)};
}

uint64_t run_clock_milliseconds(struct run_clock clock) {
    return (uint64_t)(nanoseconds(CLOCK_MONOTONIC) - clock.measured) / PER_MILLISECOND;
}

/* --- a line ------------------------------------------------------------------------------------------------- */

/* Members that are numbers: what writes them reads them. */
struct number_member {
    const char *name;
    size_t offset;
};
static const struct number_member number_members[] = {
    {"articles", offsetof(struct run, articles)},
    {"refused", offsetof(struct run, refused)},
    {"newArticles", offsetof(struct run, new_articles)},
    {"written", offsetof(struct run, written)},
    {"relinked", offsetof(struct run, relinked)},
    {"removed", offsetof(struct run, removed)},
    {"channelsChanged", offsetof(struct run, channels_changed)},
    {"requests", offsetof(struct run, requests)},
};

static size_t *number_of(struct run *run, size_t member) {
    return (size_t *)(void *)((char *)run + number_members[member].offset);
}

static void write_line(struct run *run, struct buf *line) {
    struct json_writer json = json_line_writer_on(line);
    json_open_object(&json);
    json_member_time(&json, "start", run->start);
    json_member_text(&json, "command", slice_of(run->command));
    json_member_unsigned(&json, "milliseconds", run->milliseconds);
    json_member_unsigned(&json, "exit", (uint64_t)run->exit_code);
    if (run->error)
        json_member_text(&json, "error", slice_of(run->error));
    json_member_boolean(&json, "nothingNew", run->nothing_new);
    json_member_boolean(&json, "served", run->is_served);
    for (size_t i = 0; i < ARRAY_LENGTH(number_members); i++)
        json_member_unsigned(&json, number_members[i].name, *number_of(run, i));
    json_member_unsigned(&json, "bytesWritten", run->bytes_written);
    json_member_unsigned(&json, "bytesFetched", run->bytes_fetched);
    if (run->next_date != INT64_MAX)
        json_member_time(&json, "next", run->next_date);
    json_close(&json);
}

static int64_t read_time(const struct json_member *member, int64_t otherwise) {
    struct timestamp time = {0};
    return member->kind == JSON_STRING && date_parse(member->text, &time) ? time.seconds : otherwise;
}

static uint64_t read_number(const struct json_member *member) {
    uint64_t number = 0;
    return member->kind == JSON_NUMBER && slice_parse_unsigned(member->text, &number) ? number : 0;
}

static bool is_named(const struct json_member *member, const char *name) {
    return slice_equal(member->name, slice_of(name));
}

static void read_member(const struct json_member *member, struct arena *arena, struct run *run) {
    for (size_t i = 0; i < ARRAY_LENGTH(number_members); i++)
        if (is_named(member, number_members[i].name))
            *number_of(run, i) = (size_t)read_number(member);
    if (is_named(member, "start"))
        run->start = read_time(member, 0);
    else if (is_named(member, "next"))
        run->next_date = read_time(member, INT64_MAX);
    else if (is_named(member, "command"))
        run->command = arena_copy(arena, member->text).data;
    else if (is_named(member, "error"))
        run->error = arena_copy(arena, member->text).data;
    else if (is_named(member, "milliseconds"))
        run->milliseconds = read_number(member);
    else if (is_named(member, "exit"))
        run->exit_code = (int)(read_number(member) & 0xFF);
    else if (is_named(member, "bytesWritten"))
        run->bytes_written = read_number(member);
    else if (is_named(member, "bytesFetched"))
        run->bytes_fetched = read_number(member);
    else if (is_named(member, "nothingNew"))
        run->nothing_new = member->kind == JSON_TRUE;
    else if (is_named(member, "served"))
        run->is_served = member->kind == JSON_TRUE;
}

/* A line that a crash left half, or that somebody wrote into the file, says nothing. */
static bool read_line(struct slice line, struct arena *arena, struct run *ret_run) {
    struct run run = {.next_date = INT64_MAX};
    struct json_members members;
    struct json_error error;
    if (!json_members_read(line, arena, &members, &error) || members.kind != JSON_OBJECT)
        return false;
    for (size_t i = 0; i < members.count; i++)
        read_member(&members.items[i], arena, &run);
    if (!run.command || !run.start)
        return false;
    *ret_run = run;
    return true;
}

/* --- the file ----------------------------------------------------------------------------------------------- */

static const char file_name[] = "runs.jsonl";

static int open_log(int folder) {
    int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    int descriptor = openat(folder, file_name, flags);
    if (descriptor >= 0)
        return descriptor;
    descriptor = openat(folder, file_name, flags | O_CREAT, 0644);
    struct owner owner = owner_of(folder);
    if (descriptor >= 0 && !owner_give(&owner, descriptor))
        file_close(&descriptor);
    return descriptor;
}

/* The newer half, from the start of a line on, takes the file's place. */
static void halve(const char *folder, int descriptor) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    const char *path = file_join(&arena, folder, file_name);
    const char *next = file_join(&arena, folder, "runs.jsonl.new");
    if (!file_read(path, &bytes))
        return;
    struct slice half = slice_from(buf_slice(&bytes), bytes.size / 2);
    half = slice_from(half, slice_find_byte(half, '\n', 0) + 1);
    CLEANUP(file_close) int written = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    struct stat status;
    bool good = written >= 0 && fstat(descriptor, &status) == 0 &&
                (geteuid() != 0 || fchown(written, status.st_uid, status.st_gid) == 0) && file_write(written, half);
    if (!good || rename(next, path) != 0)
        unlink(next);
}

void run_log_add(const char *folder, struct run_clock clock, struct run run) {
    CLEANUP(buf_release) struct buf line = BUF(1 << 16);
    CLEANUP(file_close) int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return;
    run.start = clock.start;
    run.milliseconds = run_clock_milliseconds(clock);
    write_line(&run, &line);
    CLEANUP(file_close) int descriptor = open_log(directory);
    struct stat status;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_size > RUN_LOG_MOST) {
        halve(folder, descriptor);
        file_close(&descriptor);
        descriptor = open_log(directory);
    }
    if (descriptor >= 0)
        (void)!file_write(descriptor, buf_slice(&line));
}

void run_log_read(const char *folder, struct arena *arena, struct run_log *ret_log) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    struct run_log log = {0};
    if (file_read(file_join(arena, folder, file_name), &bytes)) {
        struct slice rest = buf_slice(&bytes);
        struct slice line;
        log.size = bytes.size;
        while (slice_take_until(&rest, '\n', &line)) {
            struct run run;
            if (read_line(arena_copy(arena, line), arena, &run))
                vec_push(&log.runs, run);
        }
    }
    *ret_log = log;
}

void run_log_release(struct run_log *log) {
    vec_release(&log->runs);
}
