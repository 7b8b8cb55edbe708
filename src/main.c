#include "cmd/command.h"
#include "cmd/options.h"
#include "xml/writer.h"

#include <malloc.h>
#include <signal.h>
#include <sysexits.h>

/* The command table and the exit code; everything else is in cmd/. */

static const struct command commands[] = {
    {"build", "[OPTION…]", "write the feeds of every channel", build_command},
    {"check", "[OPTION…]", "say what is wrong with configuration and articles, write nothing", check_command},
    {"classify", "[FILE…]", "JSON Lines in, the same with labels out", classify_command},
    {"clean", "FILE…", "make articles out of dumps of pages", clean_command},
    {"compact", "[OPTION…]", "drop from the history what says nothing any more", compact_command},
    {"explain", "ARTICLE…", "say why an article is where it is, or what a channel is made of", explain_command},
    {"publish", "[TARGET…]", "send the tree as it is served to the targets of publish:", publish_command},
    {"rollback", "[OPTION…]", "serve the tree before the present one again", rollback_command},
    {"status", "[OPTION…]", "say what the last runs did, how the sources are and what is wrong", status_command},
    {"validate", "FILE|URL…", "check any Atom, RSS, JSON Feed or OPML file", validate_command},
    {"withdraw", "ARTICLE…", "take articles out of every feed, and keep their copies out", withdraw_command},
};

static int print_help(FILE *stream) {
    fputs("usage: pindao COMMAND [OPTION…]\n\n", stream);
    for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
        fprintf(stream, "  pindao %-9s %-10s  %s\n", commands[i].name, commands[i].arguments, commands[i].summary);
    CLEANUP(buf_release) struct buf options = BUF(BUF_UNLIMITED);
    options_describe("coShnjdfswJRMGHTUDxFrtpmAOEPLvq", &options);
    fprintf(stream, "\noptions (the manual says which command takes which):\n%.*s",
            SLICE_ARGUMENTS(buf_slice(&options)));
    fputs("\nThe manual: pindao(1), feeds.yaml(5).\n", stream);
    return stream == stdout ? EX_OK : EX_USAGE;
}

static const struct command *find_command(const char *name) {
    for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* Before the two hyphens behind which all is arguments. */
static bool asks_for_help(int argc, char **argv) {
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static int run(int argc, char **argv) {
    if (argc < 2)
        return print_help(stderr);
    if (asks_for_help(argc, argv) || strcmp(argv[1], "help") == 0)
        return print_help(stdout);
    if (strcmp(argv[1], "--version") == 0) {
        puts("pindao " PINDAO_VERSION);
        return EX_OK;
    }
    const struct command *command = find_command(argv[1]);
    if (command)
        return command->run(argc - 1, argv + 1);
    fprintf(stderr, "pindao: no command «%s»\n", argv[1]);
    return print_help(stderr);
}

int main(int argc, char **argv) {
    /* A reader of our output that goes away is an I/O error to report, not a signal to die of. */
    signal(SIGPIPE, SIG_IGN);
    /* The large arrays of a run go back to the system one after the other, so that the next one has their memory. */
    mallopt(M_MMAP_THRESHOLD, 512 * 1024);
    xml_set_up();
    int code = run(argc, argv);
    xml_tear_down();
    /* What was buffered for standard output may not have arrived; that is no success. */
    if (fflush(stdout) != 0 && code == EX_OK)
        code = EX_IOERR;
    return code;
}
