#include "cmd/news.h"

#include "base/hash.h"
#include "cmd/fingerprints.h"
#include "cmd/signatures.h"
#include "diag/pack.h"

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

/* Every file of static:, and every folder for the names in it. */
static bool add_copied(const struct settings *settings, int64_t looked, struct news_facts *facts) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf pattern = BUF(4096);
    CLEANUP(file_list_release) struct file_list list = {0};
    bool settled = true;
    if (settings->output.copied_folder.size == 0)
        return true;
    buf_append_string(&pattern, file_join(&arena, settings->folder, settings->output.copied_folder.data));
    buf_append_string(&pattern, "/");
    /* What is hidden is copied too, and no pattern has it: then the folder is looked at in each run. */
    struct stat status;
    if (stat(buf_string(&pattern), &status) != 0)
        return false;
    buf_append_string(&pattern, "**");
    file_list_matching(buf_string(&pattern), &arena, &list);
    if (list.error || list.unreadable.count || list.irregular.count)
        return false;
    for (size_t i = 0; i < list.paths.count; i++) {
        if (stat(list.paths.items[i], &status) != 0)
            return false;
        struct file_identity identity = file_identify(&status);
        add_file(facts->copied, slice_of(list.paths.items[i]), 0, &identity);
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

bool news_look(const struct options *options, const struct settings *settings, const struct ingest_plan *plan,
               const char *directory, const struct output *output, const struct diagnostics *diagnostics,
               struct news_facts *ret_facts) {
    struct news_facts facts = {.version = hash64(SLICE(PINDAO_VERSION)) ^ sizeof facts, .now = options->now};
    uint64_t configuration = fingerprint_of_configuration(settings);
    facts.configuration = add_options(configuration, settings, directory, diagnostics);
    facts.is_settled = add_sources(plan, &facts) && add_copied(settings, plan->looked, &facts);
    facts.history = look_at_history(settings);
    facts.tree = output_identity(output);
    *ret_facts = facts;
    return configuration != 0;
}

struct remembered {
    struct news_facts facts;
    struct news_counts counts;
};

static bool is_same(const struct news_facts *then, const struct news_facts *now) {
    return then->version == now->version && then->configuration == now->configuration &&
           memcmp(then->files, now->files, sizeof then->files) == 0 &&
           memcmp(then->copied, now->copied, sizeof then->copied) == 0 &&
           file_identity_equal(&then->history, &now->history) && then->tree.exists && now->tree.exists &&
           output_identity_equal(&then->tree, &now->tree) && then->is_settled;
}

bool news_is_nothing(struct cache *cache, const struct news_facts *facts, struct news_counts *ret_counts) {
    CLEANUP(buf_release) struct buf bytes = BUF(4096);
    struct remembered then;
    if (!cache_get(cache, cache_name, &bytes) || bytes.size != sizeof then)
        return false;
    memcpy(&then, bytes.data, sizeof then);
    if (!is_same(&then.facts, facts) || facts->now < then.facts.now || facts->now >= then.facts.next_date)
        return false;
    *ret_counts = then.counts;
    return true;
}

void news_remember(struct cache *cache, const struct settings *settings, const struct output *output,
                   const struct news_facts *facts, const struct news_counts *counts) {
    struct remembered now;
    /* Bytes between members too: they are written. */
    memset(&now, 0, sizeof now);
    now.facts = *facts;
    now.facts.history = look_at_history(settings);
    now.facts.tree = output_identity(output);
    now.counts = *counts;
    cache_set(cache, cache_name, (struct slice){(const char *)&now, sizeof now});
}
