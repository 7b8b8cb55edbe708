#include "publish/publish.h"

#include "base/file.h"
#include "base/pool.h"
#include "publish/journal.h"
#include "publish/place.h"
#include "store/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static const struct place_driver *const drivers[] = {
    [PUBLISH_DIRECTORY] = &place_directory, [PUBLISH_S3] = &place_s3, [PUBLISH_COMMAND] = NULL, /* command_publish */
};

enum { MANIFEST_MOST = 1 << 30 };

struct publishing {
    const struct publish_order *order;
    const struct place_driver *driver;
    struct diagnostics *diagnostics;
    struct publish_outcome *outcome;
    struct publish_place *place;
    struct arena arena;
    /* What the place's manifest says; `known` false: it is damaged. */
    struct buf remote_manifest;
    struct tree remote;
    bool known;
    struct publish_plan plan;
    struct journal journal;
    bool over_cap;
    /* The manifests of steps 1, 3 and 5 (plan.h), and which one is there. */
    struct buf announced, closing, last;
    struct slice current;
    /* What the workers are at, under the mutex. */
    pthread_mutex_t mutex;
    struct place_failure failure;
    bool failed;
    size_t done;
    VEC(size_t) jobs; /* of the class at hand: places among uploads or deletions */
};

static void publishing_release(struct publishing *publishing) {
    if (publishing->driver)
        publishing->driver->close(publishing->place);
    publish_plan_release(&publishing->plan);
    journal_release(&publishing->journal);
    tree_release(&publishing->remote);
    buf_release(&publishing->remote_manifest);
    buf_release(&publishing->announced);
    buf_release(&publishing->closing);
    buf_release(&publishing->last);
    vec_release(&publishing->jobs);
    arena_release(&publishing->arena);
    pthread_mutex_destroy(&publishing->mutex);
}

void publish_outcome_release(struct publish_outcome *outcome) {
    vec_release(&outcome->changed);
    vec_release(&outcome->removed);
    arena_release(&outcome->arena);
}

/* --- reporting ---------------------------------------------------------------------------------------------- */

static enum publish_result report(const struct publish_order *order, struct diagnostics *diagnostics,
                                  const struct place_failure *failure) {
    static const enum diagnostic_id ids[] = {
        [PUBLISH_FAILED] = DIAGNOSTIC_PUBLISH_FAILED,   [PUBLISH_NOT_ALLOWED] = DIAGNOSTIC_PUBLISH_NOT_ALLOWED,
        [PUBLISH_REFUSED] = DIAGNOSTIC_PUBLISH_FOREIGN, [PUBLISH_TREE_CHANGED] = DIAGNOSTIC_PUBLISH_TREE_CHANGED,
        [PUBLISH_BUSY] = DIAGNOSTIC_PUBLISH_BUSY,
    };
    struct diagnostic *item = diag_report(diagnostics, ids[failure->result], target_place(order->target), "%.*s: %s",
                                          SLICE_ARGUMENTS(order->target->name), failure->text);
    if (failure->result == PUBLISH_FAILED)
        diag_hint(diagnostics, item, "%sthe next run goes on where this one stopped",
                  failure->stays ? "look at endpoint, region and bucket of this target; when they are right, " : "");
    return failure->result;
}

static enum publish_result report_own(const struct publishing *publishing) {
    return report(publishing->order, publishing->diagnostics, &publishing->failure);
}

/* --- the lock ----------------------------------------------------------------------------------------------- */

static const char *state_file(const struct publish_order *order, const char *ending, struct arena *arena) {
    CLEANUP(buf_release) struct buf name = BUF(BUF_UNLIMITED);
    buf_append_format(&name, "publish-%.*s.%s", SLICE_ARGUMENTS(order->target->name), ending);
    return file_join(arena, order->state_folder, buf_string(&name));
}

static bool take_lock(const struct publish_order *order, int *ret_lock, struct place_failure *failure) {
    CLEANUP(arena_release) struct arena arena = {0};
    const char *path = state_file(order, "lock", &arena);
    CLEANUP(file_close) int lock = open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (lock < 0)
        return place_fail_errno(failure, "%s", path);
    while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return place_fail(failure, PUBLISH_BUSY, "%s is locked", path);
        if (errno != EINTR)
            return place_fail_errno(failure, "%s", path);
    }
    *ret_lock = lock;
    lock = -1;
    return true;
}

/* --- what is there, and what is to be done ------------------------------------------------------------------ */

static bool read_remote(struct publishing *publishing) {
    bool found = false;
    const char *why = NULL;
    struct buf *bytes = &publishing->remote_manifest;
    publishing->known = true;
    if (!publishing->driver->read_manifest(publishing->place, bytes, &found, &publishing->failure))
        return false;
    publishing->current = buf_slice(bytes);
    if (!found)
        return true;
    switch (manifest_read(buf_slice(bytes), &publishing->arena, &publishing->remote, &why)) {
    case MANIFEST_READ:
        return true;
    case MANIFEST_SOMEBODYS:
        return place_fail(&publishing->failure, PUBLISH_REFUSED, "%s that is there is not pindao's: %s", MANIFEST_NAME,
                          why);
    case MANIFEST_DAMAGED:
        break;
    }
    publishing->known = false;
    diag_report(publishing->diagnostics, DIAGNOSTIC_PUBLISH_MANIFEST_BROKEN, target_place(publishing->order->target),
                "%.*s: %s", SLICE_ARGUMENTS(publishing->order->target->name), why);
    return true;
}

/* What the journal knows to be there needs no upload. */
static void use_journal(struct publishing *publishing) {
    struct publish_plan *plan = &publishing->plan;
    size_t kept = 0;
    if (!publishing->driver->believes_journal)
        return;
    for (size_t i = 0; i < plan->uploads.count; i++) {
        const struct tree_file *file = plan->uploads.items[i].file;
        const struct journal_entry *entry = journal_find(&publishing->journal, file->path);
        if (entry && !entry->is_deleted && sha256_equal(&entry->hash, &file->hash)) {
            publishing->outcome->already++;
            plan->bytes -= file->size;
        } else {
            plan->uploads.items[kept++] = plan->uploads.items[i];
        }
    }
    plan->uploads.count = kept;
}

static void announce(struct publishing *publishing) {
    uint64_t number = 0;
    char name[17];
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        number = (uint64_t)time(NULL) << 32 | (uint64_t)getpid();
    snprintf(name, sizeof name, "%016llx", (unsigned long long)number);
    publish_plan_announce(&publishing->plan, &publishing->remote, slice_of(name), &publishing->announced);
}

static void make_plan(struct publishing *publishing) {
    const struct publish_order *order = publishing->order;
    const struct publish_target *target = order->target;
    struct publish_plan *plan = &publishing->plan;
    struct sha256 hash = sha256_of(publishing->current);
    publish_plan_make(order->local, &publishing->remote, slice_equal(order->manifest, publishing->current),
                      order->withdrawn, order->withdrawn_count, plan);
    journal_read(state_file(order, "journal", &publishing->arena), &hash, &publishing->journal);
    use_journal(publishing);
    publishing->over_cap = plan->deletions.count - plan->withdrawn > target->deletions && !order->accept_deletions;
    if (plan->uploads.count)
        announce(publishing);
    publish_plan_close(plan, order->local, true, &publishing->closing);
    if (publishing->over_cap)
        publish_plan_close(plan, order->local, false, &publishing->last);
    else
        buf_append_slice(&publishing->last, order->manifest);
}

/* --- carrying it out ---------------------------------------------------------------------------------------- */

static void open_journal(struct publishing *publishing) {
    struct sha256 manifests[4];
    size_t count = 0;
    /* That of a whole tree says nothing of who was there: another machine may have published and taken it back. */
    if (publishing->remote.pending.count)
        manifests[count++] = sha256_of(publishing->current);
    manifests[count++] = sha256_of(buf_slice(&publishing->announced));
    manifests[count++] = sha256_of(buf_slice(&publishing->closing));
    manifests[count++] = sha256_of(buf_slice(&publishing->last));
    /* Without one a killed run begins anew, which costs time only. */
    bool begun = journal_begin(&publishing->journal, manifests, count);
    (void)begun;
}

/* Is there any use in going on? Remembers the first failure. */
static bool goes_on(struct publishing *publishing, const struct place_failure *failure) {
    pthread_mutex_lock(&publishing->mutex);
    if (failure && !publishing->failed) {
        publishing->failed = true;
        publishing->failure = *failure;
    }
    bool going = !publishing->failed;
    pthread_mutex_unlock(&publishing->mutex);
    return going;
}

static void note_done(struct publishing *publishing, struct slice path, const struct tree_file *file, bool already) {
    const struct publish_order *order = publishing->order;
    struct publish_outcome *outcome = publishing->outcome;
    pthread_mutex_lock(&publishing->mutex);
    journal_add(&publishing->journal, path, file ? &file->hash : NULL);
    if (!file)
        outcome->deleted++;
    else if (already)
        outcome->already++;
    else
        outcome->uploaded++, outcome->bytes += file->size;
    publishing->done++;
    if (order->progress)
        order->progress(order->context, publishing->done,
                        publishing->plan.uploads.count + publishing->plan.deletions.count);
    pthread_mutex_unlock(&publishing->mutex);
}

static void upload_run(void *context, size_t job, size_t worker) {
    struct publishing *publishing = context;
    const struct publish_plan *plan = &publishing->plan;
    size_t begin = publishing->jobs.items[job];
    size_t end = publish_plan_run(plan, begin);
    for (size_t i = begin; i < end && goes_on(publishing, NULL); i++) {
        const struct tree_file *file = plan->uploads.items[i].file;
        struct place_failure failure;
        enum put_result result = publishing->driver->put(publishing->place, worker, file, &failure);
        if (result == PUT_FAILED)
            goes_on(publishing, &failure);
        else
            note_done(publishing, file->path, file, result == PUT_ALREADY);
    }
}

static void delete_one(void *context, size_t job, size_t worker) {
    struct publishing *publishing = context;
    struct slice path = publishing->plan.deletions.items[publishing->jobs.items[job]].path;
    struct place_failure failure;
    if (!goes_on(publishing, NULL))
        return;
    if (publishing->driver->remove(publishing->place, worker, path, &failure))
        note_done(publishing, path, NULL, false);
    else
        goes_on(publishing, &failure);
}

/* All of it is done, and lasts, when it returns. */
static bool run_jobs(struct publishing *publishing, size_t workers, void (*run)(void *, size_t, size_t)) {
    size_t jobs = publishing->jobs.count;
    if (jobs == 0)
        return true;
    pool_run(jobs < workers ? jobs : workers, jobs, run, publishing);
    return !publishing->failed &&
           (!publishing->driver->settle || publishing->driver->settle(publishing->place, &publishing->failure));
}

static bool upload_all(struct publishing *publishing) {
    const struct publish_plan *plan = &publishing->plan;
    for (size_t begin = 0; begin < plan->uploads.count;) {
        enum file_class class = plan->uploads.items[begin].class;
        vec_clear(&publishing->jobs);
        while (begin < plan->uploads.count && plan->uploads.items[begin].class == class) {
            vec_push(&publishing->jobs, begin);
            begin = publish_plan_run(plan, begin);
        }
        if (!run_jobs(publishing, publishing->driver->workers, upload_run))
            return false;
    }
    return true;
}

/* What refers comes before what it refers to: of archives the newest page first. */
static bool delete_all(struct publishing *publishing) {
    const struct publish_plan *plan = &publishing->plan;
    for (int class = CLASSES; class -- > 0;) {
        vec_clear(&publishing->jobs);
        for (size_t i = plan->deletions.count; i-- > 0;)
            if ((int)plan->deletions.items[i].class == class &&
                (plan->deletions.items[i].is_withdrawn || !publishing->over_cap))
                vec_push(&publishing->jobs, i);
        size_t workers = class == CLASS_ARCHIVE ? 1 : publishing->driver->workers;
        if (!run_jobs(publishing, workers, delete_one))
            return false;
    }
    return true;
}

static bool put_manifest(struct publishing *publishing, const struct buf *manifest) {
    if (slice_equal(buf_slice(manifest), publishing->current))
        return true;
    if (!publishing->driver->put_manifest(publishing->place, buf_slice(manifest), &publishing->failure))
        return false;
    publishing->current = buf_slice(manifest);
    return true;
}

static bool carry_out(struct publishing *publishing) {
    const struct place_driver *driver = publishing->driver;
    const struct publish_plan *plan = &publishing->plan;
    if (driver->admit &&
        !driver->admit(publishing->place, plan, publishing->known ? &publishing->remote : NULL, &publishing->failure))
        return false;
    open_journal(publishing);
    return (plan->uploads.count == 0 || put_manifest(publishing, &publishing->announced)) && upload_all(publishing) &&
           put_manifest(publishing, &publishing->closing) && delete_all(publishing) &&
           put_manifest(publishing, &publishing->last);
}

/* --- one target --------------------------------------------------------------------------------------------- */

static void list_changes(struct publishing *publishing) {
    struct publish_outcome *outcome = publishing->outcome;
    const struct journal *journal = &publishing->journal;
    for (size_t i = 0; i < journal->entries.count; i++) {
        struct slice path = arena_copy(&outcome->arena, journal->entries.items[i].path);
        vec_push(&outcome->changed, path);
        if (journal->entries.items[i].is_deleted)
            vec_push(&outcome->removed, path);
    }
    if (outcome->changed.count)
        qsort(outcome->changed.items, outcome->changed.count, sizeof(struct slice), slice_compare_items);
    if (outcome->removed.count)
        qsort(outcome->removed.items, outcome->removed.count, sizeof(struct slice), slice_compare_items);
}

static enum publish_result refuse_deletions(const struct publishing *publishing) {
    const struct publish_plan *plan = &publishing->plan;
    const struct publish_target *target = publishing->order->target;
    diag_report(publishing->diagnostics, DIAGNOSTIC_PUBLISH_DELETIONS, target_place(target), "%.*s: %zu files, over %u",
                SLICE_ARGUMENTS(target->name), plan->deletions.count - plan->withdrawn, target->deletions);
    return PUBLISH_REFUSED;
}

static enum publish_result publish_to_place(struct publishing *publishing) {
    const struct publish_order *order = publishing->order;
    const struct place_driver *driver = publishing->driver;
    if (!driver->open(order, &publishing->place, &publishing->failure) || !read_remote(publishing))
        return report_own(publishing);
    make_plan(publishing);
    bool is_nothing = publishing->plan.is_nothing && publishing->journal.entries.count == 0;
    if (order->dry_run) {
        if (order->plan_text)
            publish_plan_append(&publishing->plan, order->plan_text);
    } else if (!is_nothing && !carry_out(publishing)) {
        list_changes(publishing);
        return report_own(publishing);
    }
    list_changes(publishing);
    if (!order->dry_run)
        journal_remove(&publishing->journal);
    if (publishing->over_cap)
        return refuse_deletions(publishing);
    return is_nothing ? PUBLISH_UNCHANGED : PUBLISH_DONE;
}

static enum publish_result publish_by_driver(const struct publish_order *order, const struct place_driver *driver,
                                             struct diagnostics *diagnostics, struct publish_outcome *outcome) {
    CLEANUP(publishing_release)
    struct publishing publishing = {
        .order = order,
        .driver = driver,
        .diagnostics = diagnostics,
        .outcome = outcome,
        .remote_manifest = BUF(MANIFEST_MOST),
        .journal.file = -1,
        .announced = BUF(BUF_UNLIMITED),
        .closing = BUF(BUF_UNLIMITED),
        .last = BUF(BUF_UNLIMITED),
    };
    pthread_mutex_init(&publishing.mutex, NULL);
    enum publish_result result = publish_to_place(&publishing);
    if (publishing.place && driver->count)
        driver->count(publishing.place, &outcome->requests, &outcome->retries);
    return result;
}

enum publish_result publish_run(const struct publish_order *order, struct diagnostics *diagnostics,
                                struct publish_outcome *ret_outcome) {
    *ret_outcome = (struct publish_outcome){0};
    CLEANUP(file_close) int lock = -1;
    struct place_failure failure;
    if (!order->dry_run && !take_lock(order, &lock, &failure))
        return report(order, diagnostics, &failure);
    const struct place_driver *driver = drivers[order->target->kind];
    return driver ? publish_by_driver(order, driver, diagnostics, ret_outcome)
                  : command_publish(order, diagnostics, ret_outcome);
}
