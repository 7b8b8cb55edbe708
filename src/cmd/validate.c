#include "base/file.h"
#include "check/check.h"
#include "cmd/command.h"
#include "cmd/report.h"

#include <errno.h>
#include <sysexits.h>
#include <unistd.h>

/* pindao validate: is this Atom, RSS, JSON Feed or OPML file valid? Ours or anybody's. */

enum { FILE_MOST = 256 << 20 /* bytes */ };

static bool read_named(const char *path, struct buf *bytes) {
    if (strcmp(path, "-") == 0)
        return file_read_open(STDIN_FILENO, bytes); /* which need not be a file that we could open */
    return file_read(path, bytes);
}

/* The exit code for one file: 0 valid, 65 not, 66 cannot be read. */
static int validate_file(const char *path, const struct options *options, struct diagnostics *diagnostics) {
    CLEANUP(buf_release) struct buf bytes = BUF(FILE_MOST);
    struct check_result result = {0};
    if (!read_named(path, &bytes)) {
        diag_report(diagnostics, DIAGNOSTIC_SOURCE_UNREADABLE, (struct place){.file = slice_of(path)}, "%s",
                    strerror(errno));
        return EX_NOINPUT;
    }
    check_feed(buf_slice(&bytes), slice_of(path), diagnostics, &result);
    if (options->verbosity >= 0 && !options->json)
        printf("%s: %s, %zu entries, %zu errors, %zu warnings\n", path, feed_kind_name(result.kind), result.entries,
               result.errors, result.warnings);
    return result.errors ? EX_DATAERR : EX_OK;
}

int validate_command(int argc, char **argv) {
    struct options options = {0};
    struct diagnostics diagnostics = {0};
    struct report report = {.command = "validate"};
    if (!options_read(argc, argv, "sJvq", &diagnostics, &options))
        report.exit_code = EX_USAGE;
    else if (options.first_argument == argc) {
        diag_report(&diagnostics, DIAGNOSTIC_USAGE, (struct place){0}, "pindao validate: no file given");
        report.exit_code = EX_USAGE;
    }
    for (int i = options.first_argument; report.exit_code != EX_USAGE && i < argc; i++) {
        int code = validate_file(argv[i], &options, &diagnostics);
        report.exit_code = code > report.exit_code ? code : report.exit_code;
    }
    if (report.exit_code == EX_OK && options.strict && diagnostics.counts[SEVERITY_WARNING])
        report.exit_code = EX_DATAERR;
    if (options.json)
        report_print(&report, &options, &diagnostics);
    else
        report_diagnostics(&options, &diagnostics);
    diagnostics_release(&diagnostics);
    return report.exit_code;
}
