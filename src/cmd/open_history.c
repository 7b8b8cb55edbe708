#include "cmd/open_history.h"

#include <sysexits.h>

static const char name[] = "past/history";

/* What the cache knows of another file says nothing about this one. */
struct remembered {
    uint64_t path; /* its hash */
    uint64_t exists;
    uint64_t lines;
};

static void report_loss(const struct settings *settings, const struct history_file *history, struct cache *cache,
                        struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    struct remembered remembered;
    if (!cache_get(cache, name, &bytes) || bytes.size != sizeof remembered)
        return;
    memcpy(&remembered, bytes.data, sizeof remembered);
    const struct history_identity before = {.exists = remembered.exists != 0, .lines = remembered.lines};
    const struct history_identity now = history_identity(history);
    if (remembered.path == hash64(slice_of(settings->history)) && history_is_lost(before, now))
        diag_report(diagnostics, DIAGNOSTIC_HISTORY_LOST, (struct place){.file = slice_of(settings->history)},
                    "%llu of %llu events", (unsigned long long)now.lines, (unsigned long long)before.lines);
}

int open_history(const struct settings *settings, bool read_only, struct cache *cache, struct diagnostics *diagnostics,
                 struct history_file **ret_history) {
    struct history_file *history = history_open(settings->history, read_only, diagnostics);
    if (!history)
        return EX_IOERR;
    report_loss(settings, history, cache, diagnostics);
    *ret_history = history;
    return EX_OK;
}

void remember_history(const struct history_file *history, struct cache *cache) {
    const struct history_identity identity = history_identity(history);
    const struct remembered remembered = {hash64(history_path(history)), identity.exists, identity.lines};
    cache_set(cache, name, (struct slice){(const char *)&remembered, sizeof remembered});
}
