#include "cmd/open_output.h"

#include "base/file.h"
#include "cmd/configuration.h"
#include "model/page.h"

#include <sysexits.h>

int output_exit_code(enum output_result result) {
    switch (result) {
    case OUTPUT_OK:
        return EX_OK;
    case OUTPUT_BUSY:
        return EX_TEMPFAIL;
    case OUTPUT_CANNOT_CREATE:
        return EX_CANTCREAT;
    case OUTPUT_NO_PERMISSION:
        return EX_NOPERM;
    case OUTPUT_CLASH:
        return EX_CANTCREAT;
    case OUTPUT_FAILED:
        return EX_IOERR;
    }
    return EX_SOFTWARE;
}

/* The page of an article is named after a hash: nobody else has such a name. */
static bool is_article_page(struct slice path) {
    struct hash128 begin;
    return slice_ends_with(path, SLICE(".html")) && article_page_parse_path(path, &begin);
}

static int open_with(const struct options *options, struct settings *settings, const char *copied_folder,
                     struct diagnostics *diagnostics, struct output **ret_output) {
    const struct output_options wanted = {
        .directory = configuration_output_folder(options, settings),
        .wait = options->wait,
        .full = options->full,
        .dry_run = options->dry_run,
        .copied_folder = copied_folder,
        .is_own_path = is_article_page,
    };
    return output_exit_code(output_open(&wanted, diagnostics, ret_output));
}

int open_output(const struct options *options, struct settings *settings, struct diagnostics *diagnostics,
                struct output **ret_output) {
    struct slice copied = settings->output.copied_folder;
    const char *folder = copied.size ? file_join(&settings->arena, settings->folder, copied.data) : NULL;
    return open_with(options, settings, folder, diagnostics, ret_output);
}

int open_output_alone(const struct options *options, struct settings *settings, struct diagnostics *diagnostics,
                      struct output **ret_output) {
    return open_with(options, settings, NULL, diagnostics, ret_output);
}
