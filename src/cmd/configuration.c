#include "cmd/configuration.h"

#include "assemble/channels.h"
#include "base/date.h"
#include "base/file.h"
#include "classify/classify.h"
#include "ingest/source.h"
#include "render/format.h"
#include "render/templates.h"

#include <sysexits.h>

/*
 * What is wrong with one part keeps nobody from looking at the others, so that all mistakes are shown in one run: those
 * of the file, then colliding channels, then regular expressions. The last are compiled again, with all else, where
 * there was no mistake: that says it as well.
 */
static bool load(const char *path, struct diagnostics *diagnostics, struct settings *ret_settings) {
    struct known_names known = {0};
    struct channels channels = {0};
    known.formats = format_names(&known.format_count);
    known.readers = reader_names(&known.reader_count);
    known.templates = templates_shipped_names(&known.template_count);
    bool good = config_read(path, &known, diagnostics, ret_settings);
    good = channels_make(ret_settings, diagnostics, &channels) && good;
    channels_release(&channels);
    if (!good && !classifier_check_expressions(&ret_settings->taxonomies, diagnostics))
        good = false;
    return good;
}

/* The usual zone, where none is given, may be missing as well: only date_set_zone knows. */
static bool set_zone(const struct options *options, const struct settings *settings, struct diagnostics *diagnostics) {
    if (date_set_zone(settings->site.timezone.data))
        return true;
    diag_report(diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, (struct place){.file = slice_of(options->config)},
                "site.timezone: there is no time zone %.*s on this machine (is tzdata installed?)",
                SLICE_ARGUMENTS(settings->site.timezone));
    return false;
}

int configuration_load(struct options *options, struct diagnostics *diagnostics, struct settings *ret_settings) {
    struct settings settings = {0};
    int code = EX_OK;
    if (!load(options->config, diagnostics, &settings) || !set_zone(options, &settings, diagnostics))
        code = EX_CONFIG;
    else if (!options_settle_now(options, diagnostics))
        code = EX_USAGE;
    if (options->history) {
        settings.history = options->history;
        settings.kept_folder = file_join(&settings.arena, file_folder(&settings.arena, options->history), "upstream");
    }
    if (code == EX_OK)
        *ret_settings = settings;
    else
        settings_release(&settings);
    return code;
}

const char *configuration_output_folder(const struct options *options, struct settings *settings) {
    if (options->output)
        return options->output;
    return file_join(&settings->arena, settings->folder, settings->output.directory.data);
}

const char *configuration_state_folder(const struct options *options, struct settings *settings) {
    if (options->state)
        return options->state;
    return file_join(&settings->arena, settings->folder, ".pindao");
}
