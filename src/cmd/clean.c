#include "base/date.h"
#include "base/file.h"
#include "base/hash.h"
#include "cmd/clean_output.h"
#include "cmd/command.h"
#include "cmd/configuration.h"
#include "cmd/report.h"
#include "ingest/convert.h"
#include "ingest/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/*
 * pindao clean: dumps in, articles out that `build` reads to the same entries. What stands newest first comes out
 * oldest first, as readers of files take it.
 */
struct cleaned {
    struct slice text;
    struct slice name; /* of its file, with --to markdown */
};

struct cleaning {
    struct options options;
    struct diagnostics diagnostics;
    struct settings settings; /* those of the configuration, if one was given, with sources of our own */
    struct arena arena;
    bool markdown;
    VEC(struct source) sources;
    VEC(struct cleaned) articles; /* of all files */
    struct buf report;
    /* while one piece is read */
    const struct ingest_file *file;
    struct ingest_worker worker;
    struct diagnostics *problems;
    unsigned lines_before;
    size_t refused;
};

static bool usage(struct cleaning *cleaning, const char *what) {
    diag_report(&cleaning->diagnostics, DIAGNOSTIC_USAGE, (struct place){0}, "pindao clean: %s", what);
    return false;
}

/* --- which reader -------------------------------------------------------------------------------------------- */

static const char *reader_by_ending(struct slice path) {
    size_t count = 0;
    const char *const *names = reader_names(&count);
    for (size_t i = 0; i < count; i++) {
        struct slice endings = slice_of(reader_find(names[i])->endings);
        struct slice ending;
        while (slice_take_until(&endings, ' ', &ending))
            if (ending.size && slice_ends_with(path, ending))
                return names[i];
    }
    return NULL;
}

/* Of dumps without a telling name, lists of articles have lines of nothing but a dash. */
static const char *reader_by_content(const char *path) {
    enum { LOOKED_AT = 1 << 16 };
    CLEANUP(file_close) int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    CLEANUP(memory_free) char *bytes = memory_new(LOOKED_AT);
    size_t size = 0;
    struct slice line;
    if (descriptor < 0 || !file_read_at(descriptor, bytes, LOOKED_AT, 0, &size))
        return "page";
    struct slice text = {bytes, size};
    while (slice_take_until(&text, '\n', &line))
        if (slice_equal(slice_trim(line), SLICE("-")))
            return "listing";
    return "page";
}

/* What the configuration says of the file, where it knows it. */
static struct source configured_source(struct cleaning *cleaning, const char *path) {
    const struct settings *settings = &cleaning->settings;
    for (size_t i = 0; i < settings->source_count; i++) {
        const struct source *source = &settings->sources[i];
        const char *files = arena_copy(&cleaning->arena, source->files).data;
        const char *pattern = file_join(&cleaning->arena, settings->folder ? settings->folder : "", files);
        if (file_path_matches(slice_of(pattern), slice_of(path)))
            return *source;
    }
    return (struct source){0};
}

static void add_source(struct cleaning *cleaning, const char *path) {
    struct source source = configured_source(cleaning, path);
    source.files = slice_of(path);
    source.undated = true;
    if (cleaning->options.reader)
        source.reader = cleaning->options.reader;
    if (!source.reader)
        source.reader = reader_by_ending(slice_of(path));
    if (!source.reader)
        source.reader = reader_by_content(path);
    if (strcmp(source.reader, "listing") == 0 || strcmp(source.reader, "feed") == 0)
        source.order = ORDER_NEWEST_FIRST;
    vec_push(&cleaning->sources, source);
}

/* --- one article --------------------------------------------------------------------------------------------- */

/* 2025-07-18-0123456789abcdef.md: the same article has the same name in every run. */
static struct slice file_name(struct cleaning *cleaning, const struct article *article, struct slice bytes) {
    CLEANUP(buf_release) struct buf name = BUF(64);
    if (article->date.present)
        date_append_day(&name, article->date.seconds);
    else
        buf_append_string(&name, "undated");
    buf_append_format(&name, "-%04zu-%08x.md", cleaning->articles.count + 1, (unsigned)hash64(bytes));
    return arena_copy(&cleaning->arena, buf_slice(&name));
}

static void take(void *context, const struct article *read, struct location location, struct slice bytes) {
    struct cleaning *cleaning = context;
    CLEANUP(buf_release) struct buf text = BUF(BUF_UNLIMITED);
    struct article article = *read;
    struct place place = {slice_of(cleaning->file->path), cleaning->worker.line, 0};
    (void)location;
    if (cleaning->file->source->simplified)
        article_simplify(&article, &cleaning->worker.arena);
    if (!article.date.present)
        diag_report(cleaning->problems, DIAGNOSTIC_DATE_UNKNOWN, place, "%.*s", SLICE_ARGUMENTS(article.title));
    if (cleaning->markdown)
        clean_append_markdown(&article, &text);
    else
        clean_append_jsonl(&article, &text);
    struct cleaned cleaned = {arena_copy(&cleaning->arena, buf_slice(&text)), {0}};
    if (cleaning->markdown)
        cleaned.name = file_name(cleaning, &article, bytes);
    vec_push(&cleaning->articles, cleaned);
    if (cleaning->options.report && cleaning->file->reader->describe) {
        place.line += cleaning->lines_before;
        cleaning->file->reader->describe(bytes, place, &cleaning->worker.arena, &cleaning->report);
    }
}

/* --- all of them --------------------------------------------------------------------------------------------- */

static void reverse(struct cleaned *articles, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        struct cleaned other = articles[i];
        articles[i] = articles[count - 1 - i];
        articles[count - 1 - i] = other;
    }
}

static void read_all(struct cleaning *cleaning) {
    struct ingest_plan plan;
    struct settings settings = cleaning->settings;
    settings.folder = "";
    settings.sources = cleaning->sources.items;
    settings.source_count = cleaning->sources.count;
    ingest_plan_make(&plan, &settings, cleaning->options.state ? cleaning->options.state : P_tmpdir,
                     &cleaning->diagnostics);
    size_t begin = 0; /* of the file's articles */
    for (size_t i = 0; i < plan.pieces.count; i++) {
        CLEANUP(diagnostics_release) struct diagnostics problems = {0};
        struct ingest_result result;
        bool first = i == 0 || plan.pieces.items[i].file != plan.pieces.items[i - 1].file;
        bool last = i + 1 == plan.pieces.count || plan.pieces.items[i].file != plan.pieces.items[i + 1].file;
        begin = first ? cleaning->articles.count : begin;
        cleaning->lines_before = first ? 0 : cleaning->lines_before;
        /* Both are for `take`, while the piece is read. */
        // cppcheck-suppress autoVariables
        cleaning->file = &plan.files.items[plan.pieces.items[i].file];
        // cppcheck-suppress autoVariables
        cleaning->problems = &problems;
        ingest_piece_read(&plan, i, &cleaning->worker, take, cleaning, &problems, &result);
        diagnostics_append(&cleaning->diagnostics, &problems, cleaning->lines_before);
        cleaning->lines_before += result.lines;
        cleaning->refused += result.refused;
        if (last && cleaning->file->source->order == ORDER_NEWEST_FIRST)
            reverse(cleaning->articles.items + begin, cleaning->articles.count - begin);
    }
    ingest_plan_release(&plan);
}

static bool write_file(struct cleaning *cleaning, const char *name, struct slice bytes) {
    const char *path = file_join(&cleaning->arena, cleaning->options.output, name);
    CLEANUP(file_close) int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor >= 0 && file_write(descriptor, bytes))
        return true;
    diag_report(&cleaning->diagnostics, DIAGNOSTIC_OUTPUT_CANNOT_CREATE, (struct place){.file = slice_of(path)}, "%s",
                strerror(errno));
    return false;
}

/* Numbered again, so that the order of names is the order of articles. */
static const char *numbered(struct cleaning *cleaning, size_t number, struct slice name) {
    const size_t day_size = name.size - sizeof "-0000-01234567.md" + 1;
    CLEANUP(buf_release) struct buf buf = BUF(96);
    buf_append_slice(&buf, slice_range(name, 0, day_size));
    buf_append_format(&buf, "-%04zu", number);
    buf_append_slice(&buf, slice_from(name, name.size - (sizeof "-01234567.md" - 1)));
    return arena_copy(&cleaning->arena, buf_slice(&buf)).data;
}

static bool write_all(struct cleaning *cleaning) {
    CLEANUP(buf_release) struct buf all = BUF(BUF_UNLIMITED);
    const char *folder = cleaning->options.output;
    if (folder && mkdir(folder, 0777) != 0 && errno != EEXIST) {
        diag_report(&cleaning->diagnostics, DIAGNOSTIC_OUTPUT_CANNOT_CREATE, (struct place){.file = slice_of(folder)},
                    "%s", strerror(errno));
        return false;
    }
    for (size_t i = 0; i < cleaning->articles.count; i++) {
        const struct cleaned *article = &cleaning->articles.items[i];
        if (!folder || !cleaning->markdown)
            buf_append_slice(&all, article->text);
        else if (!write_file(cleaning, numbered(cleaning, i + 1, article->name), article->text))
            return false;
    }
    if (!folder)
        return !all.size || fwrite(all.data, 1, all.size, stdout) == all.size;
    return cleaning->markdown || write_file(cleaning, "articles.jsonl", buf_slice(&all));
}

static bool read_arguments(struct cleaning *cleaning, int argc, char **argv) {
    struct options *options = &cleaning->options;
    if (!options_read(argc, argv, "cortpSsvq", &cleaning->diagnostics, options))
        return false;
    if (options->first_argument == argc)
        return usage(cleaning, "no file given");
    if (options->reader && !reader_find(options->reader))
        return usage(cleaning, "no such reader");
    cleaning->markdown = options->to && strcmp(options->to, "markdown") == 0;
    if (options->to && !cleaning->markdown && strcmp(options->to, "jsonl") != 0)
        return usage(cleaning, "--to knows jsonl and markdown");
    return true;
}

static int configure(struct cleaning *cleaning) {
    if (cleaning->options.configured)
        return configuration_load(&cleaning->options, &cleaning->diagnostics, &cleaning->settings);
    /* What feeds.yaml(5) says for sites that do not say theirs; without tzdata, its offset. */
    return date_set_zone("Asia/Shanghai") || date_set_zone("+08:00") ? EX_OK : EX_OSERR;
}

static int clean_files(struct cleaning *cleaning, int argc, char **argv) {
    for (int i = cleaning->options.first_argument; i < argc; i++)
        add_source(cleaning, argv[i]);
    read_all(cleaning);
    if (cleaning->markdown && !cleaning->options.output && cleaning->articles.count > 1)
        return usage(cleaning, "--to markdown writes a file an article: say --output DIR") ? EX_OK : EX_USAGE;
    if (!write_all(cleaning))
        return cleaning->options.output ? EX_CANTCREAT : EX_IOERR;
    if (cleaning->report.size && fwrite(cleaning->report.data, 1, cleaning->report.size, stderr) == 0)
        return EX_IOERR;
    if (!cleaning->articles.count)
        return EX_NOINPUT;
    return report_exit_code(&cleaning->options, &cleaning->diagnostics);
}

static void cleaning_release(struct cleaning *cleaning) {
    ingest_worker_release(&cleaning->worker);
    vec_release(&cleaning->sources);
    vec_release(&cleaning->articles);
    buf_release(&cleaning->report);
    settings_release(&cleaning->settings);
    arena_release(&cleaning->arena);
    diagnostics_release(&cleaning->diagnostics);
}

int clean_command(int argc, char **argv) {
    CLEANUP(cleaning_release) struct cleaning cleaning = {.report = BUF(BUF_UNLIMITED)};
    int code = read_arguments(&cleaning, argc, argv) ? configure(&cleaning) : EX_USAGE;
    if (code == EX_OK)
        code = clean_files(&cleaning, argc, argv);
    report_diagnostics(&cleaning.options, &cleaning.diagnostics);
    return code;
}
