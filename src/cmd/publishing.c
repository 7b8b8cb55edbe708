#include "cmd/publishing_state.h"

#include "base/file.h"
#include "base/map.h"
#include "base/owner.h"
#include "base/walk.h"
#include "cmd/configuration.h"
#include "cmd/placeholders.h"
#include "publish/command.h"
#include "publish/websub.h"
#include "render/format.h"
#include "store/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <sysexits.h>

enum {
    FEEDS_VERIFIED = 3, /* of those that changed */
    MANIFEST_MOST = 1 << 30,
};

static void publishing_release(struct publishing *publishing) {
    file_close(&publishing->tree);
    tree_release(&publishing->local);
    buf_release(&publishing->manifest);
    published_list_release(&publishing->published);
    diagnostics_release(&publishing->reported);
    arena_release(&publishing->arena);
}

void publishing_report_release(struct publishing_report *report) {
    buf_release(&report->text);
    buf_release(&report->json);
}

/* --- what is there to publish ---------------------------------------------------------------------------------- */

static int refuse_tree(struct publishing *publishing, const char *why) {
    diag_report(publishing->diagnostics, DIAGNOSTIC_PUBLISH_NO_TREE,
                (struct place){.file = slice_of(publishing->directory)}, "%s", why);
    return EX_NOINPUT;
}

/* Its manifest is not looked into yet: mostly nothing is new. */
static int open_tree(struct publishing *publishing) {
    publishing->directory = configuration_output_folder(publishing->order->options, publishing->order->settings);
    publishing->tree = open(publishing->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (publishing->tree < 0)
        return refuse_tree(publishing, strerror(errno));
    if (!walk_read_path(publishing->tree, SLICE(MANIFEST_NAME), &publishing->manifest))
        return refuse_tree(publishing, errno == ENOENT ? "it has no " MANIFEST_NAME : strerror(errno));
    char hex[SHA256_HEX_SIZE + 1];
    struct sha256 hash = sha256_of(buf_slice(&publishing->manifest));
    sha256_hex(&hash, hex);
    publishing->hash = arena_copy(&publishing->arena, slice_of(hex));
    return EX_OK;
}

static int read_tree(struct publishing *publishing) {
    const char *why = NULL;
    struct tree local;
    if (manifest_read(buf_slice(&publishing->manifest), &publishing->arena, &local, &why) != MANIFEST_READ)
        return refuse_tree(publishing, why);
    publishing->local = local;
    return EX_OK;
}

/* --- which targets --------------------------------------------------------------------------------------------- */

static bool is_named(const struct publishing_order *order, const struct publish_target *target) {
    for (size_t i = 0; i < order->name_count; i++)
        if (slice_equal(slice_of(order->names[i]), target->name))
            return true;
    return order->name_count == 0;
}

static bool is_wanted(const struct publishing *publishing, size_t number) {
    const struct publishing_order *order = publishing->order;
    return is_named(order, &order->settings->targets[number]) &&
           !(order->only_unsettled &&
             published_is_settled(&publishing->published.items.items[number], publishing->hash));
}

static int check_names(struct publishing *publishing) {
    const struct publishing_order *order = publishing->order;
    const struct settings *settings = order->settings;
    for (size_t i = 0; i < order->name_count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < settings->target_count; k++)
            is_known = is_known || slice_equal(settings->targets[k].name, slice_of(order->names[i]));
        if (is_known)
            continue;
        diag_report(publishing->diagnostics, DIAGNOSTIC_USAGE, (struct place){0},
                    "pindao publish: no target is called %s", order->names[i]);
        return EX_USAGE;
    }
    if (settings->target_count)
        return EX_OK;
    diag_report(publishing->diagnostics, DIAGNOSTIC_USAGE, (struct place){0},
                "nothing to publish to: feeds.yaml has no publish:");
    return EX_USAGE;
}

/* --- one target ------------------------------------------------------------------------------------------------ */

/* What passes by itself is the least. */
static int worse(int a, int b) {
    static const int codes[] = {EX_OK, EX_TEMPFAIL, EX_CANTCREAT, EX_NOPERM, EX_IOERR, EX_SOFTWARE};
    size_t a_rank = 0, b_rank = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++) {
        a_rank = codes[i] == a ? i : a_rank;
        b_rank = codes[i] == b ? i : b_rank;
    }
    return a_rank > b_rank ? a : b;
}

static void step(void *context, size_t done, size_t of) {
    struct publishing *publishing = context;
    (void)done;
    (void)of;
    progress_step(&publishing->progress);
}

/* "env:NAME": NAME. Whatever else a reference names is no variable. */
static void withhold(struct slice reference, bool is_own, struct slice *names, size_t *count) {
    if (!slice_starts_with(reference, SLICE("env:")))
        return;
    struct slice name = slice_from(reference, 4);
    size_t kept = 0;
    for (size_t i = 0; is_own && i < *count; i++)
        if (!slice_equal(names[i], name))
            names[kept++] = names[i];
    if (is_own)
        *count = kept;
    else
        names[(*count)++] = name;
}

/* A command gets no secret that belongs to somebody else: another target, or a source. */
static void list_withheld(struct publishing *publishing, const struct publish_target *target,
                          struct publish_order *order) {
    const struct settings *settings = publishing->order->settings;
    size_t most = settings->target_count * 3 + settings->source_count;
    struct slice *names = arena_new_array(&publishing->arena, most, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < settings->source_count; i++)
        withhold(settings->sources[i].upstream.authorization, false, names, &count);
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < settings->target_count; i++) {
            const struct publish_target *other = &settings->targets[i];
            const struct slice references[] = {other->access_key, other->secret_key, other->session_token};
            bool is_own = other == target;
            for (size_t k = 0; k < ARRAY_LENGTH(references) && is_own == (pass == 1); k++)
                withhold(references[k], is_own, names, &count);
        }
    order->withheld = names;
    order->withheld_count = count;
}

static struct publish_order make_order(struct publishing *publishing, const struct publish_target *target,
                                       const struct published *published) {
    const struct publishing_order *order = publishing->order;
    struct publish_order publish = {
        .target = target,
        .folder = order->settings->folder,
        .tree_path = publishing->directory,
        .tree = publishing->tree,
        .local = &publishing->local,
        .manifest = buf_slice(&publishing->manifest),
        .withdrawn = published->withdrawn.items,
        .withdrawn_count = published->withdrawn.count,
        .state_folder = order->state_folder,
        .dry_run = order->options->dry_run,
        .accept_deletions = order->options->accept_deletions,
        .plan_text = order->options->dry_run ? &publishing->report->text : NULL,
        .progress = step,
        .context = publishing,
    };
    list_withheld(publishing, target, &publish);
    return publish;
}

/* A feed that names itself and its hubs: the head of a channel, no page of its archive. */
static const struct tree_file *find_feed(const struct publishing *publishing, struct slice path) {
    const struct output_settings *output = &publishing->order->settings->output;
    const struct tree_file *file = tree_find(&publishing->local, path);
    struct slice name = slice_from(path, walk_folder_of(path).size + (walk_folder_of(path).size > 0));
    for (size_t i = 0; file && file->is_feed && i < output->format_count; i++) {
        const struct format *format = format_find(output->formats[i]);
        if (format->is_feed && slice_equal(name, slice_of(format->file_name)))
            return file;
    }
    return NULL;
}

static void note_changed(struct publishing *publishing, const struct publish_outcome *outcome,
                         struct published *published) {
    CLEANUP(map_release) struct map known = {0};
    for (size_t i = 0; i < published->changed.count; i++)
        map_set(&known, published->changed.items[i], 1);
    for (size_t i = 0; i < outcome->changed.count; i++)
        if (find_feed(publishing, outcome->changed.items[i]) && map_get(&known, outcome->changed.items[i], 0) == 0)
            vec_push(&published->changed, arena_copy(&publishing->published.arena, outcome->changed.items[i]));
}

/* --- what follows the files ---------------------------------------------------------------------------------- */

/* true: what was published is what people get, as far as anybody looks. */
static bool verify(struct publishing *publishing, const struct publish_order *order, struct published *published) {
    if (!order->target->verify || published->changed.count == 0)
        return true;
    if (publish_verify(order, published->changed.items, published->changed.count, FEEDS_VERIFIED,
                       &publishing->reported))
        return true;
    return ++published->verifications >= VERIFICATIONS_MOST;
}

static bool queue_topics(struct publishing *publishing, const struct publish_target *target,
                         const struct published *published) {
    const struct site *site = &publishing->order->settings->site;
    VEC(struct slice) topics = {0};
    if (!slice_equal(target->url, site->url))
        return true;
    for (size_t i = 0; i < published->changed.count; i++) {
        CLEANUP(buf_release) struct buf address = BUF(BUF_UNLIMITED);
        if (!find_feed(publishing, published->changed.items[i]))
            continue;
        format_append_address(&address, site, published->changed.items[i], "");
        vec_push(&topics, arena_copy(&publishing->arena, buf_slice(&address)));
    }
    bool queued = websub_queue_add(publishing->order->state_folder, site, topics.items, topics.count,
                                   publishing->order->options->now, publishing->diagnostics);
    vec_release(&topics);
    return queued;
}

/* After files are there, be it that others could not be deleted. */
static void purge(struct publishing *publishing, const struct publish_order *order, const struct published *published,
                  struct publish_outcome *outcome) {
    if (outcome->changed.count == 0 || order->target->purge.size == 0)
        return;
    bool good = command_purge(order, &publishing->reported, outcome);
    bool is_known = publishing_is_known(publishing, published, DIAGNOSTIC_PURGE_FAILED);
    publishing_show_said(publishing, outcome->said, !good && !is_known);
}

/* After the place holds the tree. */
static bool follow_up(struct publishing *publishing, const struct publish_order *order, struct published *published) {
    bool verified = verify(publishing, order, published);
    if (verified && queue_topics(publishing, order->target, published)) {
        vec_clear(&published->changed);
        published->verifications = 0;
    }
    return verified;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static void note_result(struct publishing *publishing, enum publish_result result, struct published *published) {
    int64_t now = publishing->order->options->now;
    if (publishing_exit_code(result) != EX_OK) {
        published->failed_at = now;
        return;
    }
    published->failed_at = 0;
    published->manifest = publishing->hash;
    if (result == PUBLISH_DONE || published->at == 0)
        published->at = now;
    published->withdrawn_gone = published->withdrawn.count;
}

/* What comes behind the files. true: they were seen at their address, as far as anybody looks. */
static bool settle(struct publishing *publishing, size_t number, const struct publish_order *order,
                   enum publish_result result, struct publish_outcome *outcome) {
    struct published *published = &publishing->published.items.items[number];
    int code = publishing_exit_code(result);
    if (result == PUBLISH_BUSY)
        return false;
    note_result(publishing, result, published);
    note_changed(publishing, outcome, published);
    /* Before what follows, which may take long: a run that is killed there is known not to be through. */
    published_write(publishing->order->state_folder, publishing->order->settings, number, published, false);
    if (code == EX_OK || result == PUBLISH_REFUSED)
        purge(publishing, order, published, outcome);
    return code == EX_OK && follow_up(publishing, order, published);
}

static void publish_target(struct publishing *publishing, size_t number) {
    const struct publish_target *target = &publishing->order->settings->targets[number];
    struct published *published = &publishing->published.items.items[number];
    const struct publish_order order = make_order(publishing, target, published);
    struct buf *text = &publishing->report->text;
    bool dry_run = order.dry_run;
    bool verified = false;
    CLEANUP(publish_outcome_release) struct publish_outcome outcome = {0};
    if (dry_run)
        buf_append_format(text, "%.*s:\n", SLICE_ARGUMENTS(target->name));
    size_t told = text->size;
    progress_begin(&publishing->progress, publishing->order->options->verbosity >= 0, "publishing",
                   publishing->local.files.count);
    if (!dry_run)
        published_begin(publishing->order->state_folder, publishing->order->settings, number);
    enum publish_result result = publish_run(&order, &publishing->reported, &outcome);
    progress_end(&publishing->progress);
    int code = publishing_exit_code(result);
    if (dry_run && code == EX_OK && text->size == told)
        buf_append_string(text, result == PUBLISH_UNCHANGED ? "nothing to send\n" : "nothing but " MANIFEST_NAME "\n");
    publishing->code = worse(publishing->code, code);
    publishing_mark_known(publishing, published);
    publishing_show_said(publishing, outcome.said, diagnostics_new(&publishing->reported, SEVERITY_ERROR) > 0);
    if (!dry_run)
        verified = settle(publishing, number, &order, result, &outcome);
    publishing_mark_known(publishing, published);
    publishing_remember_said(publishing, published);
    if (!dry_run)
        published_write(publishing->order->state_folder, publishing->order->settings, number, published,
                        result == PUBLISH_BUSY);
    publishing->report->did_something = publishing->report->did_something || result != PUBLISH_UNCHANGED;
    publishing->allow_private = publishing->allow_private || target->allow_private;
    publishing_tell(publishing, target, &outcome, result, verified);
}

/* What waits is told though nothing is new. */
static void tell_hubs(struct publishing *publishing) {
    struct websub_counts counts = {0};
    const struct publishing_order *order = publishing->order;
    const struct settings *settings = order->settings;
    for (size_t i = 0; i < settings->target_count; i++)
        publishing->allow_private = publishing->allow_private || settings->targets[i].allow_private;
    if (order->options->dry_run)
        return;
    websub_tell(order->state_folder, order->options->now, publishing->allow_private, publishing->diagnostics, &counts);
    if (counts.told + counts.waiting + counts.dropped == 0)
        return;
    publishing->report->did_something = true;
    buf_append_format(&publishing->report->text, "pindao: hubs told of %zu change%s", counts.told,
                      counts.told == 1 ? "" : "s");
    if (counts.waiting)
        buf_append_format(&publishing->report->text, ", %zu wait", counts.waiting);
    if (counts.dropped)
        buf_append_format(&publishing->report->text, ", %zu given up", counts.dropped);
    buf_append_byte(&publishing->report->text, '\n');
}

static int prepare(struct publishing *publishing) {
    const struct publishing_order *order = publishing->order;
    int code = check_names(publishing);
    if (code == EX_OK &&
        !placeholders_check(order->settings, slice_of(order->options->config), publishing->diagnostics))
        code = EX_CONFIG;
    if (code == EX_OK)
        code = open_tree(publishing);
    if (code == EX_OK && !owner_make_folder(order->state_folder)) {
        diag_report(publishing->diagnostics, DIAGNOSTIC_OUTPUT_CANNOT_CREATE,
                    (struct place){.file = slice_of(order->state_folder)}, "%s", strerror(errno));
        code = EX_CANTCREAT;
    }
    return code;
}

static bool is_any_wanted(const struct publishing *publishing) {
    for (size_t i = 0; i < publishing->order->settings->target_count; i++)
        if (is_wanted(publishing, i))
            return true;
    return false;
}

int publishing_run(const struct publishing_order *order, struct diagnostics *diagnostics,
                   struct publishing_report *report) {
    CLEANUP(publishing_release)
    struct publishing publishing = {
        .order = order, .diagnostics = diagnostics, .report = report, .tree = -1, .manifest = BUF(MANIFEST_MOST)};
    *report = (struct publishing_report){.text = BUF(BUF_UNLIMITED), .json = BUF(BUF_UNLIMITED)};
    publishing.json = json_fragment_writer_on(&report->json, 1);
    json_open_array(&publishing.json);
    publishing.code = prepare(&publishing);
    if (publishing.code == EX_OK) {
        published_read(order->state_folder, order->settings, &publishing.published);
        publishing.code = is_any_wanted(&publishing) ? read_tree(&publishing) : EX_OK;
    }
    if (publishing.code == EX_OK) {
        for (size_t i = 0; i < order->settings->target_count; i++)
            if (is_wanted(&publishing, i))
                publish_target(&publishing, i);
        tell_hubs(&publishing);
    }
    json_close(&publishing.json);
    return publishing.code;
}
