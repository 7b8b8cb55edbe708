#include "cmd/published.h"

#include "base/date.h"
#include "base/file.h"
#include "base/map.h"
#include "base/owner.h"
#include "cmd/signatures.h"
#include "json/fields.h"
#include "json/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

static const char file_name[] = "published.jsonl";

void published_list_release(struct published_list *list) {
    for (size_t i = 0; i < list->items.count; i++) {
        vec_release(&list->items.items[i].changed);
        vec_release(&list->items.items[i].withdrawn);
        vec_release(&list->items.items[i].said);
    }
    vec_release(&list->items);
    arena_release(&list->arena);
}

/* Of where it goes. */
static uint64_t fingerprint_of_target(const struct publish_target *target) {
    const struct slice parts[] = {target->directory, target->bucket, target->endpoint,
                                  target->region,    target->prefix, target->command};
    uint64_t fingerprint =
        signature_add(target->kind, (target->path_style ? 1U : 0U) | (target->endpoint_is_bucket ? 2U : 0U));
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        fingerprint = signature_add_text(fingerprint, parts[i]);
    return fingerprint;
}

/* --- reading ---------------------------------------------------------------------------------------------------- */

/* The elements that are strings. */
static size_t read_paths(const struct json_member *member, struct arena *arena, const struct slice **ret_paths) {
    struct json_members elements;
    struct json_error error;
    size_t count = 0;
    if (member->kind != JSON_ARRAY || !json_members_read(member->text, arena, &elements, &error))
        return 0;
    struct slice *paths = arena_new_array(arena, elements.count, sizeof *paths);
    for (size_t i = 0; i < elements.count; i++)
        if (elements.items[i].kind == JSON_STRING)
            paths[count++] = arena_copy(arena, elements.items[i].text);
    *ret_paths = paths;
    return count;
}

static int64_t read_time(const struct json_member *member) {
    struct timestamp time = {0};
    return member->kind == JSON_STRING && date_parse(member->text, &time) ? time.seconds : 0;
}

static void read_member(const struct json_member *member, struct arena *arena, struct published *published) {
    const struct slice *paths = NULL;
    size_t count = 0;
    uint64_t number = 0;
    if (slice_equal(member->name, SLICE("manifest"))) {
        published->manifest = arena_copy(arena, member->text);
    } else if (slice_equal(member->name, SLICE("at"))) {
        published->at = read_time(member);
    } else if (slice_equal(member->name, SLICE("failed"))) {
        published->failed_at = read_time(member);
    } else if (slice_equal(member->name, SLICE("verifications"))) {
        if (slice_parse_unsigned(member->text, &number))
            published->verifications = (unsigned)number;
    } else if (slice_equal(member->name, SLICE("changed"))) {
        count = read_paths(member, arena, &paths);
        for (size_t i = 0; i < count; i++)
            vec_push(&published->changed, paths[i]);
    } else if (slice_equal(member->name, SLICE("withdrawn"))) {
        count = read_paths(member, arena, &paths);
        for (size_t i = 0; i < count; i++)
            vec_push(&published->withdrawn, paths[i]);
    } else if (slice_equal(member->name, SLICE("said"))) {
        count = read_paths(member, arena, &paths);
        for (size_t i = 0; i < count; i++)
            vec_push(&published->said, paths[i]);
    }
}

static const struct json_member *find_member(const struct json_members *members, const char *name) {
    for (size_t i = 0; i < members->count; i++)
        if (slice_equal(members->items[i].name, slice_of(name)))
            return &members->items[i];
    return NULL;
}

/* A line of a target that is there no more, or goes elsewhere now, says nothing. */
static void read_line(struct slice line, struct published_list *list) {
    struct json_members members;
    struct json_error error;
    if (!json_members_read(line, &list->arena, &members, &error) || members.kind != JSON_OBJECT)
        return;
    const struct json_member *name = find_member(&members, "target");
    const struct json_member *settings = find_member(&members, "settings");
    uint64_t fingerprint = 0;
    if (!name || !settings || !slice_parse_unsigned(settings->text, &fingerprint))
        return;
    for (size_t i = 0; i < list->items.count; i++) {
        struct published *published = &list->items.items[i];
        if (!slice_equal(published->name, name->text) || published->settings != fingerprint)
            continue;
        for (size_t k = 0; k < members.count; k++)
            read_member(&members.items[k], &list->arena, published);
    }
}

void published_read(const char *state_folder, const struct settings *settings, struct published_list *ret_list) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    struct published_list list = {0};
    for (size_t i = 0; i < settings->target_count; i++)
        vec_push(&list.items, (struct published){.name = settings->targets[i].name,
                                                 .settings = fingerprint_of_target(&settings->targets[i])});
    if (file_read(file_join(&list.arena, state_folder, file_name), &bytes)) {
        struct slice rest = buf_slice(&bytes);
        struct slice line;
        while (slice_take_until(&rest, '\n', &line))
            read_line(arena_copy(&list.arena, line), &list);
    }
    *ret_list = list;
}

/* --- writing ---------------------------------------------------------------------------------------------------- */

static void write_paths(struct json_writer *json, const char *key, const struct slice *paths, size_t count) {
    enum { PATHS_MOST = 4000 /* what read_paths takes; the rest is passed over: it costs a hub's notice */ };
    if (count == 0)
        return;
    count = count < PATHS_MOST ? count : PATHS_MOST;
    json_key(json, key);
    json_open_array(json);
    for (size_t i = 0; i < count; i++)
        json_string(json, paths[i]);
    json_close(json);
}

static void write_line(const struct published *published, struct buf *buf) {
    struct json_writer json = json_line_writer_on(buf);
    json_open_object(&json);
    json_member_text(&json, "target", published->name);
    json_member_unsigned(&json, "settings", published->settings);
    if (published->manifest.size)
        json_member_text(&json, "manifest", published->manifest);
    if (published->at)
        json_member_time(&json, "at", published->at);
    if (published->failed_at)
        json_member_time(&json, "failed", published->failed_at);
    if (published->verifications)
        json_member_unsigned(&json, "verifications", published->verifications);
    write_paths(&json, "changed", published->changed.items, published->changed.count);
    write_paths(&json, "withdrawn", published->withdrawn.items, published->withdrawn.count);
    write_paths(&json, "said", published->said.items, published->said.count);
    json_close(&json);
}

/* One that a crash must not lose: which paths were withdrawn is known nowhere else. */
static void replace_file(const char *state_folder, int folder, const struct published_list *list) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    const char *draft = file_join(&arena, state_folder, "published.jsonl.new");
    struct owner owner = owner_of(folder);
    for (size_t i = 0; i < list->items.count; i++)
        write_line(&list->items.items[i], &bytes);
    CLEANUP(file_close) int file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    bool good = file >= 0 && owner_give(&owner, file) && file_write(file, buf_slice(&bytes)) && fsync(file) == 0;
    if (!good || rename(draft, file_join(&arena, state_folder, file_name)) != 0)
        unlink(draft);
}

/*
 * Locked as long as it takes to read and write, by the folder itself; a filesystem that cannot lock one leaves it to
 * luck. -1: there is none.
 */
static int lock_folder(const char *state_folder) {
    int folder = open(state_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (folder >= 0 && flock(folder, LOCK_EX) != 0 && errno == EINTR)
        ;
    return folder;
}

static void add_paths(struct published *published, struct arena *arena, const struct slice *paths, size_t count) {
    CLEANUP(map_release) struct map known = {0};
    for (size_t i = 0; i < published->withdrawn.count; i++)
        map_set(&known, published->withdrawn.items[i], 1);
    for (size_t i = 0; i < count; i++)
        if (map_get(&known, paths[i], 0) == 0)
            vec_push(&published->withdrawn, arena_copy(arena, paths[i]));
}

static void forget_paths(struct published *published, const struct slice *paths, size_t count) {
    CLEANUP(map_release) struct map gone = {0};
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        map_set(&gone, paths[i], 1);
    for (size_t i = 0; i < published->withdrawn.count; i++)
        if (map_get(&gone, published->withdrawn.items[i], 0) == 0)
            published->withdrawn.items[kept++] = published->withdrawn.items[i];
    published->withdrawn.count = kept;
}

static void take_over(struct published *line, const struct published *published) {
    line->manifest = published->manifest;
    line->at = published->at;
    line->failed_at = published->failed_at;
    line->verifications = published->verifications;
    vec_clear(&line->changed);
    for (size_t i = 0; i < published->changed.count; i++)
        vec_push(&line->changed, published->changed.items[i]);
    forget_paths(line, published->withdrawn.items, published->withdrawn_gone);
}

void published_write(const char *state_folder, const struct settings *settings, size_t number,
                     const struct published *published, bool said_only) {
    CLEANUP(published_list_release) struct published_list list = {0};
    CLEANUP(file_close) int folder = lock_folder(state_folder);
    if (folder < 0)
        return;
    published_read(state_folder, settings, &list);
    struct published *line = &list.items.items[number];
    if (!said_only)
        take_over(line, published);
    vec_clear(&line->said);
    for (size_t i = 0; i < published->said.count; i++)
        vec_push(&line->said, published->said.items[i]);
    replace_file(state_folder, folder, &list);
}

void published_begin(const char *state_folder, const struct settings *settings, size_t number) {
    CLEANUP(published_list_release) struct published_list list = {0};
    CLEANUP(file_close) int folder = lock_folder(state_folder);
    if (folder < 0)
        return;
    published_read(state_folder, settings, &list);
    if (list.items.items[number].manifest.size == 0)
        return;
    list.items.items[number].manifest = (struct slice){0};
    replace_file(state_folder, folder, &list);
}

void published_note_withdrawn(const char *state_folder, const struct settings *settings, const struct slice *paths,
                              size_t count) {
    CLEANUP(published_list_release) struct published_list list = {0};
    if (settings->target_count == 0 || count == 0)
        return;
    CLEANUP(file_close) int folder = lock_folder(state_folder);
    if (folder < 0)
        return;
    published_read(state_folder, settings, &list);
    for (size_t i = 0; i < list.items.count; i++)
        add_paths(&list.items.items[i], &list.arena, paths, count);
    replace_file(state_folder, folder, &list);
}

bool published_is_settled(const struct published *published, struct slice manifest_hash) {
    return slice_equal(published->manifest, manifest_hash) && published->failed_at == 0 &&
           published->changed.count == 0 && published->withdrawn.count == 0;
}
