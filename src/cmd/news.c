#include "cmd/news.h"

#include "base/hash.h"
#include "base/walk.h"
#include "cmd/fingerprints.h"
#include "cmd/signatures.h"
#include "diag/pack.h"

#include <fcntl.h>
#include <sys/stat.h>

static const char cache_name[] = "news";

/* --- files in any order --------------------------------------------------------------------------------------- */

/* Sums do not care about the order, so that nothing need be sorted. */
static void add_file(uint64_t sums[2], struct slice path, uint64_t whose, const struct file_identity *identity) {
    uint64_t signature = signature_add_text(whose, path);
    signature = signature_add(signature, identity->inode);
    signature = signature_add(signature, identity->size);
    signature = signature_add(signature, (uint64_t)identity->modified);
    signature = signature_add(signature, (uint64_t)identity->changed);
    sums[0] += signature;
    sums[1] += signature_add(signature, 1);
}

static bool add_sources(const struct ingest_plan *plan, struct news_facts *facts) {
    bool settled = true;
    for (size_t i = 0; i < plan->files.count; i++) {
        const struct ingest_file *file = &plan->files.items[i];
        add_file(facts->files, slice_of(file->path), (uint64_t)(file->source - plan->settings->sources),
                 &file->identity);
        settled = settled && file_is_settled(&file->identity, plan->looked);
    }
    return settled;
}

/* Every file of static:, hidden ones too, as what a link leads to. */
static bool add_copied(const struct settings *settings, int64_t looked, struct news_facts *facts) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(walk_release) struct walk walk = {0};
    struct slice unreadable;
    bool settled = true;
    if (settings->output.copied_folder.size == 0)
        return true;
    const char *folder = file_join(&arena, settings->folder, settings->output.copied_folder.data);
    CLEANUP(file_close) int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0 || !walk_all(root, &arena, &walk, &unreadable))
        return false;
    for (size_t i = 0; i < walk.items.count; i++) {
        struct slice path = walk.items.items[i].path;
        struct stat status;
        if (walk.items.items[i].kind == WALK_FOLDER)
            continue;
        if (fstatat(root, path.data, &status, 0) != 0)
            return false;
        struct file_identity identity = file_identify(&status);
        add_file(facts->copied, path, 0, &identity);
        settled = settled && file_is_settled(&identity, looked);
    }
    return settled;
}

/* --- all of it ------------------------------------------------------------------------------------------------ */

static struct file_identity look_at_history(const struct settings *settings) {
    struct stat status;
    return stat(settings->history, &status) == 0 ? file_identify(&status) : (struct file_identity){0};
}

/* What the configuration's bytes do not say. */
static uint64_t add_options(uint64_t configuration, const struct settings *settings, const char *directory,
                            const struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf said = BUF(BUF_UNLIMITED);
    diagnostics_pack(diagnostics, &said);
    uint64_t signature = signature_add_text(configuration, slice_of(directory));
    signature = signature_add_text(signature, slice_of(settings->history));
    return signature_add_text(signature, buf_slice(&said));
}

void news_look(const struct options *options, const struct settings *settings, const struct ingest_plan *plan,
               const char *directory, const struct output *output, const struct diagnostics *diagnostics,
               struct news_facts *ret_facts) {
    struct news_facts facts = {.version = hash64(SLICE(PINDAO_VERSION)) ^ sizeof facts, .now = options->now};
    facts.configuration = add_options(fingerprint_of_configuration(settings), settings, directory, diagnostics);
    facts.is_settled = add_sources(plan, &facts) && add_copied(settings, plan->looked, &facts);
    facts.history = look_at_history(settings);
    facts.tree = output_identity(output);
    *ret_facts = facts;
}

/* --- in the cache --------------------------------------------------------------------------------------------- */

/* Every number for itself: between the members of a struct may be anything. */
static void append_number(struct buf *buf, uint64_t number) {
    buf_append_slice(buf, (struct slice){(const char *)&number, sizeof number});
}

static uint64_t take_number(struct slice *rest) {
    uint64_t number = 0;
    if (rest->size < sizeof number)
        return 0;
    memcpy(&number, rest->data, sizeof number);
    *rest = slice_from(*rest, sizeof number);
    return number;
}

/* What must be the same. */
static void append_facts(struct buf *buf, const struct news_facts *facts) {
    const uint64_t numbers[] = {
        facts->version,
        facts->configuration,
        facts->files[0],
        facts->files[1],
        facts->copied[0],
        facts->copied[1],
        facts->history.inode,
        facts->history.size,
        (uint64_t)facts->history.modified,
        (uint64_t)facts->history.changed,
        facts->tree.exists,
        facts->tree.inode,
        facts->tree.size,
        (uint64_t)facts->tree.modified,
        (uint64_t)facts->tree.changed,
    };
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
        append_number(buf, numbers[i]);
}

bool news_is_nothing(struct cache *cache, struct news_facts *facts, struct news_counts *ret_counts) {
    CLEANUP(buf_release) struct buf then = BUF(4096);
    CLEANUP(buf_release) struct buf now = BUF(4096);
    if (!facts->tree.exists || !cache_get(cache, cache_name, &then))
        return false;
    append_facts(&now, facts);
    if (!slice_starts_with(buf_slice(&then), buf_slice(&now)))
        return false;
    struct slice rest = slice_from(buf_slice(&then), now.size);
    bool was_settled = take_number(&rest);
    int64_t last = (int64_t)take_number(&rest);
    int64_t next = (int64_t)take_number(&rest);
    if (!was_settled || facts->now < last || facts->now >= next)
        return false;
    if (rest.size != sizeof *ret_counts)
        return false;
    memcpy(ret_counts, rest.data, rest.size);
    facts->next_date = next;
    return true;
}

void news_remember(struct cache *cache, const struct history_file *history, const struct output *output,
                   const struct news_facts *facts, const struct news_counts *counts) {
    CLEANUP(buf_release) struct buf bytes = BUF(4096);
    struct news_facts now = *facts;
    now.history = history_file_identity(history);
    now.tree = output_identity(output);
    append_facts(&bytes, &now);
    append_number(&bytes, now.is_settled);
    append_number(&bytes, (uint64_t)now.now);
    append_number(&bytes, (uint64_t)now.next_date);
    /* Nothing is between the members of this one. */
    _Static_assert(sizeof *counts == 11 * sizeof counts->files, "numbers of one size");
    buf_append_slice(&bytes, (struct slice){(const char *)counts, sizeof *counts});
    cache_set(cache, cache_name, buf_slice(&bytes));
}
