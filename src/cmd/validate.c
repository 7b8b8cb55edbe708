#include "base/file.h"
#include "check/check.h"
#include "cmd/command.h"
#include "cmd/report.h"
#include "cmd/validate_url.h"

#include <errno.h>
#include <sysexits.h>
#include <unistd.h>

/* pindao validate: is this Atom, RSS, JSON Feed or OPML valid, a file or at an address? Ours or anybody's. */

enum { FILE_MOST = 256 << 20 /* bytes */ };

static bool read_named(const char *path, struct buf *bytes) {
    if (strcmp(path, "-") == 0)
        return file_read_open(STDIN_FILENO, bytes); /* which need not be a file that we could open */
    return file_read(path, bytes);
}

static bool validate_file(const char *path, struct diagnostics *diagnostics, struct check_result *ret_result) {
    CLEANUP(buf_release) struct buf bytes = BUF(FILE_MOST);
    if (!read_named(path, &bytes)) {
        diag_report(diagnostics, DIAGNOSTIC_SOURCE_UNREADABLE, (struct place){.file = slice_of(path)}, "%s",
                    strerror(errno));
        return false;
    }
    check_feed(buf_slice(&bytes), slice_of(path), diagnostics, ret_result);
    return true;
}

/* The exit code for one of them: 0 valid, 65 not, 66 cannot be read. A client is made when it is first needed. */
static int validate_one(const char *argument, const struct options *options, struct client **client,
                        struct diagnostics *diagnostics) {
    struct check_result result = {0};
    bool is_web = is_web_address(argument);
    if (is_web && !*client)
        *client = client_new();
    if (!(is_web ? validate_url(argument, *client, options, diagnostics, &result)
                 : validate_file(argument, diagnostics, &result)))
        return EX_NOINPUT;
    if (options->verbosity >= 0 && !options->json)
        printf("%s: %s, %zu entries, %zu errors, %zu warnings\n", argument, feed_kind_name(result.kind), result.entries,
               result.errors, result.warnings);
    return result.errors ? EX_DATAERR : EX_OK;
}

int validate_command(int argc, char **argv) {
    struct options options = {0};
    struct diagnostics diagnostics = {0};
    struct report report = {.command = "validate"};
    struct client *client = NULL;
    if (!options_read(argc, argv, "sJAvq", &diagnostics, &options))
        report.exit_code = EX_USAGE;
    else if (options.first_argument == argc) {
        diag_report(&diagnostics, DIAGNOSTIC_USAGE, (struct place){0}, "pindao validate: no file or address given");
        report.exit_code = EX_USAGE;
    }
    for (int i = options.first_argument; report.exit_code != EX_USAGE && i < argc; i++) {
        int code = validate_one(argv[i], &options, &client, &diagnostics);
        report.exit_code = code > report.exit_code ? code : report.exit_code;
    }
    if (report.exit_code == EX_OK && options.strict && diagnostics.counts[SEVERITY_WARNING])
        report.exit_code = EX_DATAERR;
    if (options.json)
        report_print(&report, &options, &diagnostics);
    else
        report_diagnostics(&options, &diagnostics);
    client_free(client);
    diagnostics_release(&diagnostics);
    return report.exit_code;
}
