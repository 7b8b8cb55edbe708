#include "cmd/configuration.h"

#include "base/date.h"
#include "base/file.h"
#include "ingest/source.h"
#include "render/format.h"

#include <sysexits.h>

static bool load(const char *path, struct diagnostics *diagnostics, struct settings *ret_settings) {
    struct known_names known = {0};
    known.formats = format_names(&known.format_count);
    known.readers = reader_names(&known.reader_count);
    return config_load(path, &known, diagnostics, ret_settings);
}

int configuration_load(struct options *options, struct diagnostics *diagnostics, struct settings *ret_settings) {
    struct settings settings = {0};
    if (!load(options->config, diagnostics, &settings))
        return EX_CONFIG;
    if (!date_set_zone(settings.site.timezone.data)) {
        diag_report(diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, (struct place){.file = slice_of(options->config)},
                    "site.timezone: there is no time zone %.*s on this machine (is tzdata installed?)",
                    SLICE_ARGUMENTS(settings.site.timezone));
        settings_release(&settings);
        return EX_CONFIG;
    }
    if (!options_settle_now(options, diagnostics)) {
        settings_release(&settings);
        return EX_USAGE;
    }
    *ret_settings = settings;
    return EX_OK;
}

const char *configuration_state_folder(const struct options *options, struct settings *settings) {
    if (options->state)
        return options->state;
    return file_join(&settings->arena, settings->folder, ".pindao");
}
