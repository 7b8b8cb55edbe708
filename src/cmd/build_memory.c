#include "cmd/build_state.h"

#include "cmd/archives.h"
#include "cmd/health.h"
#include "cmd/known.h"
#include "cmd/open_history.h"
#include "cmd/published.h"
#include "cmd/recall.h"

#include <sysexits.h>

/* What a run leaves for those behind it: the next one, `status`, whoever publishes. */

/* The cache's value for this output: two configurations may share a cache. */
static void append_standing_name(const struct build *build, struct buf *name) {
    buf_append_format(name, "past/withdrawn/%s", build->report.directory);
}

bool build_has_withdrawn(const struct build *build) {
    CLEANUP(buf_release) struct buf name = BUF(8192);
    CLEANUP(buf_release) struct buf then = BUF(64);
    uint64_t now = withdrawals_standing(history_of(build->history));
    append_standing_name(build, &name);
    if (withdrawals_counts(build->withdrawals).withdrawn || now == 0)
        return now != 0;
    return !cache_get(build->cache, buf_string(&name), &then) || then.size != sizeof now ||
           memcmp(then.data, &now, sizeof now) != 0;
}

/*
 * For whoever publishes next: paths that went with a withdrawal are deleted there whatever else is, and so are variants
 * (.gz) of those that have changed, which still hold the text. What goes stands first: the list may be cut.
 */
void build_note_withdrawn_paths(struct build *build) {
    const struct tree *old = output_old_tree(build->output);
    const struct tree *tree = output_new_tree(build->output);
    VEC(struct slice) gone = {0};
    VEC(struct slice) changed = {0};
    size_t at = 0;
    if (build->settings.target_count == 0 || !build_has_withdrawn(build))
        return;
    for (size_t i = 0; i < old->files.count; i++) {
        const struct tree_file *file = &old->files.items[i];
        while (at < tree->files.count && slice_compare(tree->files.items[at].path, file->path) < 0)
            at++;
        if (at == tree->files.count || !slice_equal(tree->files.items[at].path, file->path))
            vec_push(&gone, file->path);
        else if (!sha256_equal(&tree->files.items[at].hash, &file->hash))
            vec_push(&changed, file->path);
    }
    for (size_t i = 0; i < changed.count; i++)
        vec_push(&gone, changed.items[i]);
    published_note_withdrawn(build->state_folder, &build->settings, gone.items, gone.count);
    vec_release(&changed);
    vec_release(&gone);
}

/* When the tree changes, or something is to be said, though nothing is new. */
static int64_t next_date(const struct build *build) {
    int64_t now = build->options.now;
    int64_t dates[] = {
        build->corpus.counts.next_date,
        build->corpus.next_silence,
        withdrawals_next_date(history_of(build->history), now),
        archives_next_date(&build->corpus, &build->channels, now),
    };
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < ARRAY_LENGTH(dates); i++)
        next = dates[i] < next ? dates[i] : next;
    return next;
}

/* What the next run need not do again. Between the swap and this a crash costs time only: the tree is another one. */
static void remember_tree(struct build *build) {
    remember_history(build->history, build->cache);
    uint64_t tree = output_new_hash(build->output);
    CLEANUP(buf_release) struct buf name = BUF(8192);
    uint64_t standing = withdrawals_standing(history_of(build->history));
    append_standing_name(build, &name);
    cache_set(build->cache, buf_string(&name), (struct slice){(const char *)&standing, sizeof standing});
    cache_set(build->cache, RECALL_TREE, (struct slice){(const char *)&tree, sizeof tree});
    signatures_remember(&build->signatures, build->cache, tree, build->fingerprint);
    build->facts.next_date = next_date(build);
    /* What could not be read may be there the next time, and look as it does now. */
    if (build->diagnostics.per_id[DIAGNOSTIC_SOURCE_UNREADABLE] || build->diagnostics.per_id[DIAGNOSTIC_SOURCE_CHANGED])
        build->facts.is_settled = false;
    build_count(build);
    news_remember(build->cache, build->history, build->output, &build->facts, &build->counts);
}

/* For `status`, and so that the next run can tell what is new. */
static void remember(struct build *build, const struct known *known) {
    struct cache *cache = build->cache;
    CLEANUP(health_release) struct health before = {0};
    CLEANUP(health_release) struct health health = {0};
    known_remember(known, &build->diagnostics, build->options.now, cache);
    if (!health_read(cache, &before))
        before = (struct health){0};
    health_take(&build->corpus, &before, build->options.now, &health);
    health_remember(&health, &before, cache);
    build->new_articles = health.new_articles;
    remember_tree(build);
}

/*
 * What the last completed run has reported is not said again, and decides nothing; --strict and --full want to hear it.
 * A run that fails, or that is a rehearsal, leaves things as they were. Returns the exit code.
 */
int build_settle(struct build *build, int code) {
    CLEANUP(known_release) struct known known = {0};
    diagnostics_append(&build->diagnostics, &build->reading, 0);
    bool completes = code == EX_OK && !build->options.dry_run;
    /* A tree that was rolled back is not looked into. */
    build->is_complete = completes && (!build->is_over || build->counts.files > 0);
    known_read(&known, build->cache);
    if (completes && build->is_over)
        known_recall(&known, &build->diagnostics);
    if (!build->options.strict && !build->options.full)
        known_mark(&known, &build->diagnostics);
    if (completes && !build->is_over)
        remember(build, &known);
    else if (completes)
        known_remember(&known, &build->diagnostics, build->options.now, build->cache);
    return code == EX_OK ? report_exit_code(&build->options, &build->diagnostics) : code;
}
