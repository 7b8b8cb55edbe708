#include "cmd/fetch_state.h"

#include "diag/pack.h"

void fetch_state_release(struct fetch_state *state) {
    arena_release(&state->arena);
    diagnostics_release(&state->said);
    *state = (struct fetch_state){0};
}

void fetch_state_set(struct fetch_state *state, struct slice *slice, struct slice value) {
    *slice = value.size ? arena_copy(&state->arena, value) : (struct slice){0};
}

/* --- in the cache ------------------------------------------------------------------------------------------- */

/* What has a fixed size, in the order of this machine's bytes. */
struct packed_state {
    int64_t attempted, answered, changed, failing_since, not_before, trimmed;
    uint64_t asked, fingerprint, withdrawn, content, articles, refused;
    struct file_identity kept;
    uint64_t sizes[5], shown_count;
};

/* By the kept file: two configurations that share a cache may each have one of this name. */
static void append_name(const struct settings *settings, const struct source *source, struct buf *name) {
    CLEANUP(arena_release) struct arena arena = {0};
    buf_append_format(name, "past/fetch/%s", source_pattern(source, NULL, settings->kept_folder, &arena));
}

static bool take(struct slice *rest, size_t size, struct slice *ret_bytes) {
    if (rest->size < size)
        return false;
    *ret_bytes = slice_range(*rest, 0, size);
    *rest = slice_from(*rest, size);
    return true;
}

static bool take_shown(struct slice *rest, size_t count, struct fetch_state *state) {
    struct slice bytes;
    if (count > rest->size || !take(rest, count * sizeof *state->shown, &bytes))
        return false;
    state->shown = arena_new_array(&state->arena, count, sizeof *state->shown);
    state->shown_count = count;
    if (count)
        memcpy(state->shown, bytes.data, bytes.size);
    return true;
}

static bool unpack(struct slice rest, struct fetch_state *state) {
    struct packed_state packed;
    struct slice bytes;
    struct slice *texts[] = {&state->etag, &state->last_modified, &state->reason, &state->complaint, &state->moved_to};
    if (!take(&rest, sizeof packed, &bytes))
        return false;
    memcpy(&packed, bytes.data, sizeof packed);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        if (!take(&rest, packed.sizes[i], &bytes))
            return false;
        fetch_state_set(state, texts[i], bytes);
    }
    if (!take_shown(&rest, packed.shown_count, state) || !diagnostics_unpack(&rest, &state->said))
        return false;
    state->is_known = true;
    state->attempted = packed.attempted;
    state->answered = packed.answered;
    state->changed = packed.changed;
    state->failing_since = packed.failing_since;
    state->not_before = packed.not_before;
    state->trimmed = packed.trimmed;
    state->asked = packed.asked;
    state->fingerprint = packed.fingerprint;
    state->withdrawn = packed.withdrawn;
    state->content = packed.content;
    state->articles = packed.articles;
    state->refused = packed.refused;
    state->kept = packed.kept;
    return true;
}

void fetch_state_read(struct cache *cache, const struct settings *settings, const struct source *source,
                      struct fetch_state *ret_state) {
    CLEANUP(buf_release) struct buf name = BUF(4096);
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    *ret_state = (struct fetch_state){0};
    append_name(settings, source, &name);
    if (!cache_get(cache, buf_string(&name), &bytes) || unpack(buf_slice(&bytes), ret_state))
        return;
    ret_state->said = (struct diagnostics){0};
    fetch_state_release(ret_state);
}

void fetch_state_write(struct cache *cache, const struct settings *settings, const struct source *source,
                       const struct fetch_state *state) {
    CLEANUP(buf_release) struct buf name = BUF(4096);
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    const struct slice texts[] = {state->etag, state->last_modified, state->reason, state->complaint, state->moved_to};
    struct packed_state packed = {
        .attempted = state->attempted,
        .answered = state->answered,
        .changed = state->changed,
        .failing_since = state->failing_since,
        .not_before = state->not_before,
        .trimmed = state->trimmed,
        .asked = state->asked,
        .fingerprint = state->fingerprint,
        .withdrawn = state->withdrawn,
        .content = state->content,
        .articles = state->articles,
        .refused = state->refused,
        .kept = state->kept,
        .shown_count = state->shown_count,
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        packed.sizes[i] = texts[i].size;
    buf_append(&bytes, &packed, sizeof packed);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        buf_append_slice(&bytes, texts[i]);
    buf_append(&bytes, state->shown, state->shown_count * sizeof *state->shown);
    diagnostics_pack(&state->said, &bytes);
    append_name(settings, source, &name);
    cache_set(cache, buf_string(&name), buf_slice(&bytes));
}

/* --- when --------------------------------------------------------------------------------------------------- */

int64_t fetch_state_next(const struct fetch_state *state, const struct source *source) {
    if (!state->is_known)
        return 0;
    int64_t next = state->attempted + source->upstream.every;
    return next > state->not_before ? next : state->not_before;
}

/* Cron does not begin at the same second every time: `every: 30m` must not become an hour by one of them. */
bool fetch_state_is_due(const struct fetch_state *state, const struct source *source, bool at_once, int64_t now) {
    enum { SLACK_MOST = 60, SLACK_PART = 20 };
    int64_t slack = source->upstream.every / SLACK_PART;
    slack = slack < SLACK_MOST ? slack : SLACK_MOST;
    if (!state->is_known || state->attempted > now)
        return true;
    if (now < state->not_before)
        return false;
    return at_once || now + slack >= state->attempted + source->upstream.every;
}

/* --- what is said ------------------------------------------------------------------------------------------- */

void fetch_state_report(struct fetch_state *state, const struct source *source, struct diagnostics *diagnostics) {
    const struct upstream *upstream = &source->upstream;
    const struct place place = {source->place.file, source->place.line, source->place.column};
    if (state->complaint.size)
        diag_report(diagnostics, DIAGNOSTIC_SOURCE_DOWN, place, "%.*s: %.*s", SLICE_ARGUMENTS(upstream->url),
                    SLICE_ARGUMENTS(state->complaint));
    else if (state->reason.size || !state->is_known)
        diag_report(diagnostics, DIAGNOSTIC_FETCH_FAILED, place, "%.*s: %.*s", SLICE_ARGUMENTS(upstream->url),
                    SLICE_ARGUMENTS(state->is_known ? state->reason : SLICE("it was not asked yet")));
    if (state->moved_to.size)
        diag_report(diagnostics, DIAGNOSTIC_FETCH_MOVED, place, "%.*s; write url: %.*s and name: %.*s",
                    SLICE_ARGUMENTS(upstream->url), SLICE_ARGUMENTS(state->moved_to), SLICE_ARGUMENTS(upstream->name));
    diagnostics_append(diagnostics, &state->said, 0);
}
