#include "cmd/check_diff.h"

#include "cmd/columns.h"
#include "cmd/configuration.h"
#include "cmd/revision.h"
#include "cmd/withdrawals.h"

#include <sysexits.h>

enum { ARTICLES_MOST = 40 /* without -v */ };

/* The older rules at work on the articles of today. */
struct older {
    struct revision revision;
    struct settings settings; /* of the older configuration */
    struct settings mixed;    /* those of today, with the older taxonomies and channels; owns nothing */
    struct withdrawals *withdrawals;
    struct corpus corpus;
    struct channels channels;
};

static void older_release(struct older *older) {
    channels_release(&older->channels);
    if (older->corpus.settings)
        corpus_release(&older->corpus);
    withdrawals_free(older->withdrawals);
    settings_release(&older->settings);
    revision_close(&older->revision);
}

/* Where it was taken from git, messages name the revision instead of a folder that is gone when they are read. */
static void append_renamed(const struct older *older, const struct options *options, struct diagnostics *own,
                           struct diagnostics *diagnostics) {
    struct slice folder = slice_of(older->revision.folder);
    const char *revision = *options->diff ? options->diff : "HEAD";
    for (size_t i = 0; folder.size && i < own->items.count; i++) {
        struct slice *file = &own->items.items[i].place.file;
        CLEANUP(buf_release) struct buf name = BUF(1 << 16);
        if (!slice_starts_with(*file, folder))
            continue;
        buf_append_format(&name, "%s:%.*s", revision, SLICE_ARGUMENTS(slice_from(*file, folder.size + 1)));
        *file = arena_copy(&own->arena, buf_slice(&name));
    }
    diagnostics_append(diagnostics, own, 0);
}

static int load_older(struct older *older, const struct options *options, struct diagnostics *diagnostics) {
    CLEANUP(diagnostics_release) struct diagnostics own = {0};
    struct options other = *options;
    if (!revision_open(options->config, options->diff, diagnostics, &older->revision))
        return EX_NOINPUT;
    other.config = older->revision.path;
    int code = configuration_load(&other, &own, &older->settings);
    append_renamed(older, options, &own, diagnostics);
    return code;
}

static int compare(struct older *older, const struct corpus *corpus, const struct channels *channels,
                   const struct options *options, const char *spool_folder, struct diagnostics *diagnostics,
                   struct buf *buf) {
    /* What is to be said of the articles was said when they were read with the rules of today. */
    CLEANUP(diagnostics_release) struct diagnostics unused = {0};
    struct movement movement;
    older->mixed = *corpus->settings;
    older->mixed.taxonomies = older->settings.taxonomies;
    older->mixed.channels = older->settings.channels;
    older->mixed.channel_count = older->settings.channel_count;
    if (!channels_make(&older->mixed, diagnostics, &older->channels) ||
        !corpus_init(&older->corpus, &older->mixed, NULL, diagnostics))
        return EX_CONFIG;
    /* What was withdrawn, and when articles were met, is no matter of rules. */
    older->withdrawals = withdrawals_new(corpus->history, NULL, NULL, options->now);
    older->corpus.history = corpus->history;
    older->corpus.withdrawals = older->withdrawals;
    corpus_read(&older->corpus, options, spool_folder, &unused);
    channels_select(&older->channels, &older->corpus.index, &older->corpus.labels);
    movement_make(&older->corpus, &older->channels, corpus, channels, &movement);
    if (options->json) {
        struct json_writer json = json_fragment_writer_on(buf, 1);
        movement_write_json(&movement, &json);
    } else {
        movement_append_text(&movement, columns_of_terminal(), options->verbosity > 0 ? SIZE_MAX : ARTICLES_MOST, buf);
    }
    movement_release(&movement);
    return EX_OK;
}

int check_diff(const struct corpus *corpus, const struct channels *channels, const struct options *options,
               const char *spool_folder, struct diagnostics *diagnostics, struct buf *buf) {
    struct older older = {0};
    int code = load_older(&older, options, diagnostics);
    /* Both configurations set the zone of dates without one: today's holds. */
    if (code == EX_OK && !date_set_zone(corpus->settings->site.timezone.data))
        code = EX_CONFIG;
    if (code == EX_OK)
        code = compare(&older, corpus, channels, options, spool_folder, diagnostics, buf);
    older_release(&older);
    return code;
}
