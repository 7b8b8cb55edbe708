#include "cmd/options.h"

#include "base/date.h"
#include "base/pool.h"

#include <errno.h>
#include <getopt.h>
#include <unistd.h>

struct option_row {
    char letter; /* names it in a command's list; and the short option where is_short */
    bool is_short;
    const char *name;
    const char *argument; /* NULL: a switch */
    const char *text;
    size_t offset; /* in struct options: of a bool for a switch, else of a const char *; but see apply */
};

#define GOES_TO(member) offsetof(struct options, member)

static const struct option_row rows[] = {
    {'c', true, "config", "FILE", "the configuration (feeds.yaml)", GOES_TO(config)},
    {'o', true, "output", "DIR", "the tree to write, instead of output.directory", GOES_TO(output)},
    {'S', false, "state", "DIR", "where the cache lives (.pindao beside the configuration)", GOES_TO(state)},
    {'h', false, "history", "FILE", "what only the past knows (history.jsonl beside the configuration)",
     GOES_TO(history)},
    {'n', false, "now", "TIME", "as if it were this time; else SOURCE_DATE_EPOCH, else the clock", GOES_TO(now_text)},
    {'j', true, "jobs", "N", "threads (all processors)", GOES_TO(jobs)},
    {'d', false, "dry-run", NULL, "do everything but publish the new tree", GOES_TO(dry_run)},
    {'f', false, "full", NULL, "believe nothing from earlier runs", GOES_TO(full)},
    {'s', false, "strict", NULL, "warnings count: exit 65", GOES_TO(strict)},
    {'w', false, "wait", NULL, "for another run on the same output to end", GOES_TO(wait)},
    {'J', false, "json", NULL, "the report as JSON on standard output", GOES_TO(json)},
    {'R', false, "accept-removed", NULL, "channels may disappear", GOES_TO(accept_removed)},
    {'M', false, "accept-shrink", NULL, "the tree may lose most of its entries", GOES_TO(accept_shrink)},
    {'G', false, "accept-growth", NULL, "many old articles may appear as new", GOES_TO(accept_growth)},
    {'U', false, "undo", NULL, "let withdrawn articles come back", GOES_TO(undo)},
    {'H', false, "channel", "PATH", "explain a channel instead of articles", GOES_TO(channel)},
    {'T', false, "test", "FILE", "hold the rules to the expectations in FILE", GOES_TO(test)},
    {'D', false, "diff", "REV", "what the rules move against a git revision (HEAD) or a file", GOES_TO(diff)},
    {'x', false, "explain", NULL, "add the reasons to the labels", GOES_TO(explain)},
    {'F', false, "fields", "NAMES", "title=headline,body=content: what fields are called", GOES_TO(fields)},
    {'r', false, "reader", "NAME", "how clean reads its files: page, listing …", GOES_TO(reader)},
    {'t', false, "to", "FORMAT", "what clean writes: jsonl, markdown", GOES_TO(to)},
    {'p', false, "report", NULL, "say line by line what was dropped and repaired", GOES_TO(report)},
    {'m', false, "metrics", "FILE", "what the run counted, for Prometheus", GOES_TO(metrics)},
    {'A', false, "allow-private", NULL, "addresses that are not public may be asked", GOES_TO(allow_private)},
    {'O', false, "offline", NULL, "ask no source with a url; what is kept of them will do", GOES_TO(offline)},
    {'E', false, "fetch", NULL, "ask all sources with a url now, whatever their every: says", GOES_TO(fetch)},
    {'P', false, "publish", NULL, "to the targets of publish:, when the tree is in place", GOES_TO(publish)},
    {'L', false, "accept-deletions", NULL, "publishing may delete any number of files", GOES_TO(accept_deletions)},
    {'v', true, "verbose", NULL, "say what was done", GOES_TO(verbosity)},
    {'q', true, "quiet", NULL, "errors only", GOES_TO(verbosity)},
};

enum { ROWS = (int)ARRAY_LENGTH(rows) };

static bool usage(struct diagnostics *diagnostics, const char *command, const char *what, const char *value) {
    diag_report(diagnostics, DIAGNOSTIC_USAGE, (struct place){0}, "pindao %s: %s%s%s", command, what, value ? " " : "",
                value ? value : "");
    return false;
}

static bool read_jobs(const char *text, size_t *ret_jobs) {
    uint64_t jobs = 0;
    if (!slice_parse_unsigned(slice_of(text), &jobs) || jobs == 0 || jobs > 1024)
        return false;
    *ret_jobs = (size_t)jobs;
    return true;
}

static const struct option_row *find_row(char letter) {
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].letter == letter)
            return &rows[i];
    return NULL;
}

/* Takes one option over into *options. false for a value that cannot be. */
static bool apply(char letter, const char *value, struct options *options) {
    static const bool yes = true;
    const struct option_row *row = find_row(letter);
    if (!row)
        return false;
    char *target = (char *)options + row->offset;
    switch (letter) {
    case 'j':
        return read_jobs(value, &options->jobs);
    case 'v':
    case 'q':
        options->verbosity = letter == 'v' ? 1 : -1;
        return true;
    case 'c':
        options->configured = true;
        break;
    case 'D': /* whose value may be left out */
        value = value ? value : "";
        break;
    default:
        break;
    }
    if (row->argument)
        memcpy(target, &value, sizeof value);
    else
        memcpy(target, &yes, sizeof yes);
    return true;
}

/* getopt's two tables for the options a command takes. */
struct tables {
    struct option longs[ROWS + 1];
    char shorts[2 * ROWS + 2];
};

/* Its value may be left out, and must then be joined by an equals sign where it is not. */
static int argument_kind(const struct option_row *row) {
    if (!row->argument)
        return no_argument;
    return row->letter == 'D' ? optional_argument : required_argument;
}

static void make_tables(const char *letters, struct tables *ret_tables) {
    size_t count = 0;
    size_t size = 0;
    *ret_tables = (struct tables){0};
    ret_tables->shorts[size++] = ':'; /* a missing value is ours to report */
    for (size_t i = 0; i < ROWS; i++) {
        const struct option_row *row = &rows[i];
        if (!strchr(letters, row->letter))
            continue;
        ret_tables->longs[count++] = (struct option){row->name, argument_kind(row), NULL, row->letter};
        if (!row->is_short)
            continue;
        ret_tables->shorts[size++] = row->letter;
        if (row->argument)
            ret_tables->shorts[size++] = ':';
    }
}

/*
 * The word, or the letter, that getopt did not take. It may stand in the middle of a word (-xyz), which getopt does not
 * name; of a long option it names the letter only where that wants no value and has one (--full=3).
 */
static void append_refused(struct buf *buf, char **argv) {
    struct slice word = slice_of(argv[optind - 1]);
    bool is_long = optopt == 0;
    for (size_t i = 0; i < ROWS && !is_long; i++) {
        struct slice name = slice_range(word, 0, slice_find_byte(word, '=', 0));
        is_long = rows[i].letter == optopt && name.size > 2 && slice_starts_with(name, SLICE("--")) &&
                  slice_starts_with(slice_of(rows[i].name), slice_from(name, 2));
    }
    if (is_long)
        buf_append_slice(buf, word);
    else
        buf_append_format(buf, "-%c", optopt);
}

bool options_read(int argc, char **argv, const char *letters, struct diagnostics *diagnostics,
                  struct options *ret_options) {
    struct options options = {.config = "feeds.yaml", .jobs = pool_default_workers()};
    struct tables tables;
    int letter = 0;
    make_tables(letters, &tables);
    opterr = 0;
    optind = 1;
    while ((letter = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
        if (letter == '?' || letter == ':') {
            CLEANUP(buf_release) struct buf refused = BUF(BUF_UNLIMITED);
            append_refused(&refused, argv);
            return usage(diagnostics, argv[0], letter == ':' ? "a value is missing behind" : "unknown option",
                         buf_string(&refused));
        }
        if (!apply((char)letter, optarg, &options))
            return usage(diagnostics, argv[0], "this value cannot be used:", optarg);
    }
    options.first_argument = optind;
    *ret_options = options;
    return true;
}

bool options_end(int argc, char **argv, const struct options *options, struct diagnostics *diagnostics) {
    if (options->first_argument >= argc)
        return true;
    return usage(diagnostics, argv[0], "this command takes no argument:", argv[options->first_argument]);
}

bool options_settle_now(struct options *options, struct diagnostics *diagnostics) {
    struct timestamp now = {0};
    uint64_t seconds = 0;
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    options->now = (int64_t)time(NULL);
    if (options->now_text) {
        if (!date_parse(slice_of(options->now_text), &now))
            return usage(diagnostics, "--now", "no such date:", options->now_text);
        options->now = now.seconds;
    } else if (epoch && *epoch) {
        if (!slice_parse_unsigned(slice_of(epoch), &seconds) || seconds > INT32_MAX * (uint64_t)100)
            return usage(diagnostics, "SOURCE_DATE_EPOCH", "not a number of seconds:", epoch);
        options->now = (int64_t)seconds;
    }
    return true;
}

void options_describe(const char *letters, struct buf *buf) {
    for (size_t i = 0; i < ROWS; i++) {
        const struct option_row *row = &rows[i];
        if (!strchr(letters, row->letter))
            continue;
        if (row->is_short)
            buf_append_format(buf, "  -%c, ", row->letter);
        else
            buf_append_string(buf, "      ");
        size_t begin = buf->size;
        buf_append_format(buf, "--%s%s%s", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
        buf_append_format(buf, "%*s%s\n", (int)(20 - (buf->size - begin)), "", row->text);
    }
}

bool options_talkative(const struct options *options) {
    if (options->verbosity != 0)
        return options->verbosity > 0;
    return isatty(STDERR_FILENO) == 1;
}
