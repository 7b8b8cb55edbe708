#include "cmd/columns.h"
#include "cmd/command.h"
#include "cmd/configuration.h"
#include "cmd/explain_channel.h"
#include "cmd/open_history.h"
#include "cmd/report.h"
#include "cmd/withdrawals.h"

#include <sysexits.h>

/* pindao explain: why an article is in its channels and in no other, or what a channel is made of. */
struct explaining {
    struct options options;
    struct diagnostics diagnostics; /* of the configuration, and of what was asked for */
    struct diagnostics reading;     /* of the articles: only wanted where what was asked for is not found */
    struct settings settings;
    struct history_file *history;
    struct withdrawals *withdrawals;
    struct corpus corpus;
    struct channels channels;
    struct explain_style style;
    struct buf text;
};

/* Of the file that the name means; all of them for a name of another kind would say nothing. */
static void report_reading(struct explaining *explaining, const char *name) {
    for (size_t i = 0; i < explaining->reading.items.count; i++) {
        const struct diagnostic *item = &explaining->reading.items.items[i];
        if (!item->place.file.size || !slice_starts_with(slice_of(name), item->place.file) ||
            diagnostic_severity(item->id) != SEVERITY_REFUSED)
            continue;
        struct diagnostic *copy =
            diag_report(&explaining->diagnostics, item->id, item->place, "%.*s", SLICE_ARGUMENTS(item->detail));
        diag_excerpt(&explaining->diagnostics, copy, item->excerpt);
    }
}

static int report_unknown(struct explaining *explaining, const char *name, const struct found_articles *found) {
    struct diagnostic *item =
        diag_report(&explaining->diagnostics, DIAGNOSTIC_ARTICLE_UNKNOWN, (struct place){0}, "%s", name);
    if (found->in_no_source)
        diag_hint(&explaining->diagnostics, item, "no source of the configuration reads this file");
    report_reading(explaining, name);
    return EX_NOINPUT;
}

/* All articles that the name means, one object or one block of text each. */
static int explain_article(struct explaining *explaining, const char *name, struct json_writer *json) {
    struct rereader rereader;
    struct line_finder finder = {0};
    CLEANUP(found_articles_release) struct found_articles found;
    articles_find(&explaining->corpus, name, &found);
    if (found.items.count == 0)
        return report_unknown(explaining, name, &found);
    rereader_init(&rereader, &explaining->corpus);
    for (size_t i = 0; i < found.items.count; i++) {
        struct explained_article article;
        if (!explained_make(&rereader, &explaining->channels, found.items.items[i], explaining->options.now, &finder,
                            &article))
            continue;
        if (explaining->options.json)
            explained_write_json(&article, json);
        else {
            buf_append_string(&explaining->text, explaining->text.size ? "\n" : "");
            explained_append_text(&article, &explaining->style, &explaining->text);
        }
    }
    rereader_release(&rereader);
    return EX_OK;
}

static int explain_articles(struct explaining *explaining, int argc, char **argv) {
    struct json_writer json = json_writer_on(&explaining->text);
    int code = EX_OK;
    if (explaining->options.json)
        json_open_array(&json);
    for (int i = explaining->options.first_argument; i < argc; i++) {
        int own = explain_article(explaining, argv[i], &json);
        code = own > code ? own : code;
    }
    if (explaining->options.json)
        json_close(&json);
    return code;
}

static int explain_channel(struct explaining *explaining) {
    struct slice path = slice_of(explaining->options.channel);
    const struct channel *channel = channel_find(&explaining->settings, &explaining->channels, path);
    if (!channel) {
        struct diagnostic *item = diag_report(&explaining->diagnostics, DIAGNOSTIC_CHANNEL_UNKNOWN, (struct place){0},
                                              "%.*s", SLICE_ARGUMENTS(path));
        CLEANUP(memory_free) struct slice *paths = memory_new_array(explaining->channels.items.count, sizeof *paths);
        for (size_t i = 0; i < explaining->channels.items.count; i++)
            paths[i] = explaining->channels.items.items[i].path;
        struct slice near = diag_nearest(path, paths, explaining->channels.items.count);
        if (near.size)
            diag_hint(&explaining->diagnostics, item, "did you mean %.*s?", SLICE_ARGUMENTS(near));
        return EX_NOINPUT;
    }
    if (explaining->options.json)
        explain_channel_json(&explaining->corpus, &explaining->options, channel, &explaining->text);
    else
        explain_channel_text(&explaining->corpus, &explaining->options, channel, &explaining->style, &explaining->text);
    return EX_OK;
}

static int usage(struct explaining *explaining, const char *what) {
    diag_report(&explaining->diagnostics, DIAGNOSTIC_USAGE, (struct place){0}, "pindao explain: %s", what);
    return EX_USAGE;
}

static int read_history(struct explaining *explaining) {
    int code = open_history(&explaining->settings, true, NULL, &explaining->diagnostics, &explaining->history);
    if (code != EX_OK)
        return code;
    explaining->withdrawals = withdrawals_new(explaining->history, NULL, NULL, explaining->options.now);
    explaining->corpus.history = explaining->history;
    explaining->corpus.withdrawals = explaining->withdrawals;
    return EX_OK;
}

static int explain(struct explaining *explaining, int argc, char **argv) {
    struct options *options = &explaining->options;
    if (!options_read(argc, argv, "cShnjJHvq", &explaining->diagnostics, options))
        return EX_USAGE;
    if (options->channel ? options->first_argument < argc : options->first_argument == argc)
        return usage(explaining, "name articles, or one channel with --channel");
    int code = configuration_load(options, &explaining->diagnostics, &explaining->settings);
    if (code != EX_OK)
        return code;
    if (!channels_make(&explaining->settings, &explaining->diagnostics, &explaining->channels) ||
        !corpus_init(&explaining->corpus, &explaining->settings, NULL, &explaining->diagnostics))
        return EX_CONFIG;
    code = read_history(explaining);
    if (code != EX_OK)
        return code;
    corpus_read(&explaining->corpus, options, configuration_state_folder(options, &explaining->settings),
                &explaining->reading);
    channels_select(&explaining->channels, &explaining->corpus.index, &explaining->corpus.labels);
    explaining->style = (struct explain_style){columns_of_terminal(), options->verbosity > 0};
    return options->channel ? explain_channel(explaining) : explain_articles(explaining, argc, argv);
}

int explain_command(int argc, char **argv) {
    struct explaining explaining = {.text = BUF(BUF_UNLIMITED)};
    int code = explain(&explaining, argc, argv);
    struct slice text = buf_slice(&explaining.text);
    if (text.size && fwrite(text.data, 1, text.size, stdout) != text.size)
        code = EX_IOERR;
    report_diagnostics(&explaining.options, &explaining.diagnostics);
    channels_release(&explaining.channels);
    if (explaining.corpus.settings)
        corpus_release(&explaining.corpus);
    withdrawals_free(explaining.withdrawals);
    history_close(explaining.history);
    settings_release(&explaining.settings);
    buf_release(&explaining.text);
    diagnostics_release(&explaining.reading);
    diagnostics_release(&explaining.diagnostics);
    return code;
}
