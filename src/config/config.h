#ifndef PINDAO_CONFIG_CONFIG_H
#define PINDAO_CONFIG_CONFIG_H

#include "diag/diag.h"
#include "model/settings.h"

/*
 * feeds.yaml and its includes → settings. Shows every mistake in one run: goes on after each, and returns false when
 * there was any of severity ERROR (*ret_settings is then zeroed). Warnings do not count. Keys, kinds, defaults and
 * which are required stand in tables (config/fields.h): a new key is a row there, a paragraph in feeds.yaml(5), a line
 * in doc/feeds.schema.json; a test holds the three together.
 *
 * Sets nothing global: the caller hands site.timezone to date_set_zone before it reads dates.
 * `formats`: names of known formats (render/format.h), since stages do not include each other.
 * `readers`: names of known readers, likewise. `templates`: names of the shipped ones (render/templates.h), which the
 * files of the user's folder may have.
 */
struct known_names {
    const char *const *formats;
    size_t format_count;
    const char *const *readers;
    size_t reader_count;
    const char *const *templates;
    size_t template_count;
};

/*
 * The same for whoever looks for further mistakes: *ret_settings is what could be read, to be released in any case. A
 * rule of channels in which something is wrong has no path then.
 */
MUST_CHECK bool config_read(const char *path, const struct known_names *known, struct diagnostics *diagnostics,
                            struct settings *ret_settings);
MUST_CHECK bool config_load(const char *path, const struct known_names *known, struct diagnostics *diagnostics,
                            struct settings *ret_settings);
void settings_release(struct settings *settings);

#endif
