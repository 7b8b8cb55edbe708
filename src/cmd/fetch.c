#include "cmd/fetch.h"

#include "base/pool.h"
#include "base/uri.h"
#include "cmd/fetch_merge.h"
#include "cmd/fetch_state.h"
#include "cmd/progress.h"
#include "ingest/upstream.h"
#include "net/request.h"
#include "net/secret.h"
#include "store/history.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

enum {
    HOSTS_AT_ONCE = 8,
    WAIT_MOST = 24 * 60 * 60 /* seconds */,
    A_DAY = 24 * 60 * 60,
    GONE = 410,
    ATTEMPTS = 3,
    IN_VAIN_MOST = 2
};

/* A source with a url, in this run. */
struct fetching {
    const struct source *source;
    const char *path; /* the kept file */
    struct fetch_state state;
    size_t host; /* number */
    bool is_due, has_file, was_asked, has_changed;
    bool found_nobody; /* no connection, or no answer in time */
    int error;         /* errno of the kept file */
    uint64_t bytes;
};

/* All of them. */
struct round {
    const struct options *options;
    const struct settings *settings;
    const struct history *history; /* NULL: none that can be read, which the run will find out for itself */
    struct arena arena;
    VEC(struct fetching) items;
    VEC(struct slice) hosts;
    struct client *clients[HOSTS_AT_ONCE];
    struct progress progress;
    int64_t now; /* by the clock */
};

static void round_release(struct round *round) {
    for (size_t i = 0; i < round->items.count; i++)
        fetch_state_release(&round->items.items[i].state);
    for (size_t i = 0; i < HOSTS_AT_ONCE; i++)
        client_free(round->clients[i]);
    vec_release(&round->items);
    vec_release(&round->hosts);
    arena_release(&round->arena);
}

/* --- which are due ------------------------------------------------------------------------------------------ */

static size_t host_number(struct round *round, struct slice url) {
    struct slice host = uri_host(url);
    size_t number = 0;
    while (number < round->hosts.count && !slice_equal_ignoring_case(round->hosts.items[number], host))
        number++;
    if (number == round->hosts.count)
        vec_push(&round->hosts, host);
    return number;
}

/* Somebody has edited or lost what was kept, or put an older copy back: then the upstream may know better. */
static bool is_as_left(const struct fetching *item, const struct stat *status) {
    if (!item->state.answered)
        return true;
    struct file_identity now = item->has_file ? file_identify(status) : (struct file_identity){0};
    return file_identity_equal(&now, &item->state.kept);
}

static uint64_t add(uint64_t hash, struct slice text) {
    return (hash ^ hash64(text)) * UINT64_C(0x9E3779B97F4A7C15) + text.size + 1;
}

static uint64_t asked_of(const struct upstream *upstream) {
    uint64_t hash = add(hash64(upstream->url), slice_of(upstream->reader));
    return add(hash, upstream->authorization) + upstream->allow_private;
}

/* What was wrong with another address says nothing of this one; what it has shown stays. */
static void begin_anew(struct fetching *item) {
    struct fetch_state *state = &item->state;
    state->asked = asked_of(&item->source->upstream);
    state->failing_since = state->not_before = 0;
    state->reason = state->complaint = state->moved_to = (struct slice){0};
    item->is_due = true;
}

static void add_source(struct round *round, const struct source *source, struct cache *cache) {
    struct stat status;
    struct fetching item = {.source = source};
    fetch_state_read(cache, round->settings, source, &item.state);
    item.path = source_pattern(source, NULL, round->settings->kept_folder, &round->arena);
    item.has_file = stat(item.path, &status) == 0;
    item.host = host_number(round, source->upstream.url);
    item.is_due = fetch_state_is_due(&item.state, source, round->options->fetch, round->now);
    if (!is_as_left(&item, &status)) {
        /* At once, but for one that was asked since, and failed. */
        if (!item.state.reason.size)
            item.is_due = round->now >= item.state.not_before;
        item.state.fingerprint = 0;
    }
    if (item.state.asked != asked_of(&source->upstream))
        begin_anew(&item);
    vec_push(&round->items, item);
}

/* --- one request -------------------------------------------------------------------------------------------- */

/* All of the configuration that decides what an answer means. Never 0. */
static uint64_t fingerprint_of(const struct round *round, const struct source *source) {
    const struct upstream *upstream = &source->upstream;
    uint64_t hash = add(hash64(SLICE(PINDAO_VERSION)), upstream->url);
    hash = add(hash, slice_of(upstream->reader));
    hash = add(hash, upstream->encoding);
    hash = add(hash, source->defaults[ARTICLE_FIELD_TITLE]);
    hash = add(hash, source->defaults[ARTICLE_FIELD_DATE]);
    for (size_t i = 0; i < ARRAY_LENGTH(upstream->fields); i++)
        hash = add(hash, upstream->fields[i]);
    for (size_t i = 0; i < round->settings->taxonomies.count; i++)
        hash = add(hash, round->settings->taxonomies.items[i].id);
    const uint64_t numbers[] = {upstream->order, source->format, source->undated, (uint64_t)upstream->keep};
    return add(hash, (struct slice){(const char *)numbers, sizeof numbers}) | 1;
}

/* It is up again when it answers; until then one reason is enough to be complained of. */
static void fail(const struct round *round, struct fetching *item, struct slice reason) {
    struct fetch_state *state = &item->state;
    if (!state->failing_since)
        state->failing_since = round->now;
    fetch_state_set(state, &state->reason, reason.size ? reason : SLICE("no answer"));
    bool has_answered = state->answered || item->has_file;
    bool is_long = round->now - state->failing_since >= item->source->upstream.complain_after;
    if (!state->complaint.size && (!has_answered || is_long))
        state->complaint = state->reason;
}

static void fail_by_answer(const struct round *round, struct fetching *item, const struct response *response) {
    CLEANUP(buf_release) struct buf reason = BUF(4096);
    int64_t wait = response->retry_after < WAIT_MOST ? response->retry_after : WAIT_MOST;
    buf_append_string(&reason, response->reason);
    if (response->status == GONE)
        buf_append_string(&reason, "; it says that it will not come back: take the source out, or write its new "
                                   "address");
    if (response->failure == REQUEST_ANSWERED && wait > 0)
        item->state.not_before = round->now + wait;
    fail(round, item, buf_slice(&reason));
}

static void succeed(const struct round *round, struct fetching *item, const struct response *response,
                    const struct merge_result *result) {
    struct fetch_state *state = &item->state;
    state->answered = round->now;
    state->failing_since = state->not_before = 0;
    state->reason = state->complaint = (struct slice){0};
    fetch_state_set(state, &state->moved_to, response->moved_to);
    fetch_state_set(state, &state->etag, response->etag);
    fetch_state_set(state, &state->last_modified, response->last_modified);
    state->fingerprint = fingerprint_of(round, item->source);
    state->withdrawn = withdrawn_by_command(round->history);
    if (!result)
        return;
    state->trimmed = round->options->now / A_DAY;
    state->kept = result->kept;
    state->articles = result->articles;
    item->has_changed = result->changed;
    if (result->changed)
        state->changed = round->now;
}

static struct merge merge_of(const struct round *round, const struct fetching *item) {
    return (struct merge){.settings = round->settings,
                          .source = item->source,
                          .history = round->history,
                          .path = item->path,
                          .now = round->options->now};
}

/* Nothing has changed but the day, by which `keep` may let something go. */
static void take_nothing(const struct round *round, struct fetching *item, const struct response *response) {
    const struct merge merge = merge_of(round, item);
    struct merge_result result;
    struct response as_before = *response;
    /* A 304 need not repeat them (RFC 9110 15.4.5). */
    as_before.etag = response->etag.size ? response->etag : item->state.etag;
    as_before.last_modified = response->last_modified.size ? response->last_modified : item->state.last_modified;
    if (item->state.shown_count == 0 || item->state.trimmed == round->options->now / A_DAY)
        succeed(round, item, &as_before, NULL);
    else if (merge_nothing(&merge, &item->state, &result))
        succeed(round, item, &as_before, &result);
    else
        item->error = result.error;
}

static void take_answer(const struct round *round, struct fetching *item, const struct response *response,
                        bool is_as_known) {
    CLEANUP(buf_release) struct buf problem = BUF(4096);
    const struct merge merge = merge_of(round, item);
    struct merge_result result;
    uint64_t content = hash64(buf_slice(&response->body));
    const struct upstream_answer answer = {buf_slice(&response->body), response->content_type, response->url};
    if (is_as_known && content == item->state.content) {
        take_nothing(round, item, response);
        return;
    }
    bool good = merge_answer(&merge, &answer, &item->state, &problem, &result);
    /* A run for another output, or an editor, was there first: what is in the file now is merged with. */
    for (int attempt = 1; !good && result.error == ESTALE && attempt < ATTEMPTS; attempt++)
        good = merge_answer(&merge, &answer, &item->state, &problem, &result);
    if (good) {
        item->state.content = content;
        succeed(round, item, response, &result);
    } else if (result.error) {
        item->error = result.error;
    } else {
        fail(round, item, buf_slice(&problem));
    }
}

/* `is_as_known`: the last answer is to be believed, so that only another one is wanted. */
static void ask(const struct round *round, struct fetching *item, struct client *client, bool is_as_known,
                struct slice authorization) {
    const struct fetch_state *state = &item->state;
    struct request_header headers[2];
    const struct request_header secret = {"Authorization", authorization};
    struct request request = {.method = "GET",
                              .url = item->source->upstream.url,
                              .headers = headers,
                              .secret_headers = &secret,
                              .secret_header_count = authorization.size > 0,
                              .contact = round->settings->site.url,
                              .limits = request_limits_default};
    CLEANUP(response_release) struct response response = {0};
    request.limits.allow_private = item->source->upstream.allow_private;
    if (is_as_known && state->etag.size)
        headers[request.header_count++] = (struct request_header){"If-None-Match", state->etag};
    if (is_as_known && state->last_modified.size)
        headers[request.header_count++] = (struct request_header){"If-Modified-Since", state->last_modified};
    bool answered = client_request(client, &request, &response);
    item->bytes = response.body_size;
    item->found_nobody = response.failure == REQUEST_TIMED_OUT || response.failure == REQUEST_NO_CONNECTION ||
                         response.failure == REQUEST_NO_HOST;
    if (answered && response.status == 304 && request.header_count)
        take_nothing(round, item, &response);
    else if (answered && response.status >= 200 && response.status < 300)
        take_answer(round, item, &response, is_as_known);
    else
        fail_by_answer(round, item, &response);
}

static void fetch(const struct round *round, struct fetching *item, struct client *client) {
    CLEANUP(secret_release) struct buf authorization = BUF(1 << 14);
    CLEANUP(buf_release) struct buf problem = BUF(4096);
    const struct upstream *upstream = &item->source->upstream;
    struct fetch_state *state = &item->state;
    bool is_as_known = !round->options->full && state->answered && item->has_file &&
                       state->fingerprint == fingerprint_of(round, item->source) &&
                       state->withdrawn == withdrawn_by_command(round->history);
    state->is_known = true;
    state->attempted = round->now;
    if (upstream->authorization.size &&
        !secret_read(upstream->authorization, round->settings->folder, &authorization, &problem)) {
        fail(round, item, buf_slice(&problem));
        return;
    }
    item->was_asked = true;
    ask(round, item, client, is_as_known, buf_slice(&authorization));
}

/* --- all of them -------------------------------------------------------------------------------------------- */

/* Where two in a row have waited in vain, the others of this host would, too, and the run with them. */
static void leave_alone(const struct round *round, struct fetching *item) {
    CLEANUP(buf_release) struct buf reason = BUF(4096);
    struct slice host = round->hosts.items[item->host];
    buf_append_format(&reason, "not asked, for %.*s has not answered for the sources before it", SLICE_ARGUMENTS(host));
    item->state.is_known = true;
    item->state.attempted = round->now;
    fail(round, item, buf_slice(&reason));
}

/* One host: its sources one after the other. */
static void fetch_host(void *context, size_t job, size_t worker) {
    struct round *round = context;
    unsigned in_vain = 0;
    for (size_t i = 0; i < round->items.count; i++) {
        struct fetching *item = &round->items.items[i];
        if (item->host != job || !item->is_due)
            continue;
        if (!round->clients[worker])
            round->clients[worker] = client_new();
        if (in_vain < IN_VAIN_MOST)
            fetch(round, item, round->clients[worker]);
        else
            leave_alone(round, item);
        if (item->was_asked)
            in_vain = item->found_nobody ? in_vain + 1 : 0;
        progress_step(&round->progress);
    }
}

static void fetch_all(struct round *round, size_t due) {
    CLEANUP(diagnostics_release) struct diagnostics unsaid = {0};
    size_t workers = round->hosts.count < HOSTS_AT_ONCE ? round->hosts.count : HOSTS_AT_ONCE;
    struct history_file *history = history_open(round->settings->history, true, &unsaid);
    /* Who cannot know what was withdrawn must not take it. The run will say what is wrong with the history. */
    if (!history)
        return;
    round->history = history_of(history);
    progress_begin(&round->progress, round->options->verbosity >= 0, "fetching", due);
    pool_run(workers, round->hosts.count, fetch_host, round);
    progress_end(&round->progress);
    round->history = NULL;
    history_close(history);
}

/* --- what is said ------------------------------------------------------------------------------------------- */

static bool is_claimed(const struct settings *settings, const char *path, struct arena *arena) {
    for (size_t i = 0; i < settings->source_count; i++)
        if (strcmp(source_pattern(&settings->sources[i], settings->folder, settings->kept_folder, arena), path) == 0)
            return true;
    return false;
}

/* The only source of which nothing was kept before this run: what may have got another name. NULL: none, or many. */
static const struct source *only_newcomer(const struct round *round) {
    const struct source *found = NULL;
    for (size_t i = 0; i < round->items.count; i++) {
        if (round->items.items[i].has_file)
            continue;
        if (found)
            return NULL;
        found = round->items.items[i].source;
    }
    return found;
}

static void report_unclaimed_file(const char *path, const struct source *newcomer, struct diagnostics *diagnostics) {
    struct slice file = slice_of(path);
    struct diagnostic *item =
        diag_report(diagnostics, DIAGNOSTIC_KEPT_WITHOUT_SOURCE, (struct place){.file = file}, "%s", "");
    const char *folder_end = strrchr(path, '/');
    struct slice name = folder_end ? slice_of(folder_end + 1) : file;
    name = slice_range(name, 0, name.size - strlen(".jsonl"));
    if (newcomer)
        diag_hint(diagnostics, item,
                  "if they are those of %.*s, give it the name of this file (name: %.*s), or rename the file to "
                  "%.*s.jsonl",
                  SLICE_ARGUMENTS(newcomer->upstream.url), SLICE_ARGUMENTS(name),
                  SLICE_ARGUMENTS(newcomer->upstream.name));
}

/* Somebody took a source out, or gave it another name: its articles are not forgotten, but not shown. */
static void report_unclaimed(const struct round *round, struct diagnostics *diagnostics) {
    const struct settings *settings = round->settings;
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(file_list_release) struct file_list list = {0};
    if (access(settings->kept_folder, F_OK) != 0)
        return;
    file_list_matching(file_join(&arena, settings->kept_folder, "*.jsonl"), &arena, &list);
    for (size_t i = 0; i < list.paths.count; i++)
        if (!is_claimed(settings, list.paths.items[i], &arena))
            report_unclaimed_file(list.paths.items[i], only_newcomer(round), diagnostics);
}

static bool report_failure(const char *path, int error, struct diagnostics *diagnostics) {
    diag_report(diagnostics, DIAGNOSTIC_KEPT_FAILED, (struct place){.file = slice_of(path)}, "%s",
                error == ESTALE ? "somebody changed it while this run was at work" : strerror(error));
    return false;
}

/* In the order of the configuration, whoever answered first. */
static bool settle(struct round *round, struct cache *cache, struct diagnostics *diagnostics,
                   struct fetch_counts *counts) {
    bool good = true;
    for (size_t i = 0; i < round->items.count; i++) {
        struct fetching *item = &round->items.items[i];
        counts->requests += item->was_asked;
        counts->changed += item->has_changed;
        counts->bytes += item->bytes;
        counts->refused += item->state.refused;
        if (item->error)
            good = report_failure(item->path, item->error, diagnostics);
        else if (item->is_due && item->state.is_known)
            fetch_state_write(cache, round->settings, item->source, &item->state);
        fetch_state_report(&item->state, item->source, diagnostics);
    }
    return good;
}

int fetch_sources(const struct options *options, const struct settings *settings, struct cache *cache,
                  struct diagnostics *diagnostics, struct fetch_counts *ret_counts) {
    CLEANUP(round_release) struct round round = {.options = options, .settings = settings, .now = time(NULL)};
    bool is_online = !options->offline && !options->dry_run;
    size_t due = 0;
    if (options->offline && options->fetch) {
        diag_report(diagnostics, DIAGNOSTIC_USAGE, (struct place){0}, "--offline and --fetch contradict each other");
        return EX_USAGE;
    }
    for (size_t i = 0; i < settings->source_count; i++)
        if (settings->sources[i].upstream.url.size)
            add_source(&round, &settings->sources[i], cache);
    for (size_t i = 0; i < round.items.count; i++)
        due += (round.items.items[i].is_due = round.items.items[i].is_due && is_online);
    if (due)
        fetch_all(&round, due);
    report_unclaimed(&round, diagnostics);
    bool good = settle(&round, cache, diagnostics, ret_counts);
    /* What was asked is not asked again though this run should fail. */
    if (due)
        cache_commit(cache);
    return good ? EX_OK : EX_IOERR;
}

/* --- withdrawn articles ------------------------------------------------------------------------------------- */

static bool *sources_with_withdrawn(const struct corpus *corpus, const struct history *history) {
    const struct settings *settings = corpus->settings;
    bool *found = memory_new_array(settings->source_count, sizeof *found);
    for (size_t i = 0; i < corpus->index.blocks.count * INDEX_BLOCK; i++) {
        const struct record *record = index_record(&corpus->index, (uint32_t)i);
        if (!record->location.size || !record->withdrawn)
            continue;
        const struct source *source = corpus->source_of_file[record->location.file];
        if (source->upstream.url.size && is_withdrawn_by_command(history, record->key))
            found[source - settings->sources] = true;
    }
    return found;
}

static bool purge(const struct corpus *corpus, const struct history *history, const struct source *source,
                  struct diagnostics *diagnostics) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(fetch_state_release) struct fetch_state state = {0};
    const char *path = source_pattern(source, NULL, corpus->settings->kept_folder, &arena);
    const struct merge merge = {.settings = corpus->settings, .source = source, .history = history, .path = path};
    fetch_state_read(corpus->cache, corpus->settings, source, &state);
    if (!merge_purge(&merge, &state.kept))
        return report_failure(path, errno, diagnostics);
    /* Should it be released, the same answer has something new. */
    state.fingerprint = 0;
    if (state.is_known)
        fetch_state_write(corpus->cache, corpus->settings, source, &state);
    return true;
}

int fetch_purge(const struct corpus *corpus, const struct history *history, struct diagnostics *diagnostics) {
    bool good = true;
    if (!withdrawn_by_command(history))
        return EX_OK;
    CLEANUP(memory_free) bool *found = sources_with_withdrawn(corpus, history);
    for (size_t i = 0; i < corpus->settings->source_count; i++)
        if (found[i])
            good = purge(corpus, history, &corpus->settings->sources[i], diagnostics) && good;
    return good ? EX_OK : EX_IOERR;
}
