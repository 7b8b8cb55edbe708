#include "base/file.h"
#include "base/utf8.h"
#include "config/sections.h"
#include "text/choke.h"

#include <errno.h>
#include <sys/stat.h>

enum { TEMPLATES_MOST = 100, TEMPLATE_SIZE_MOST = 1 << 20 };

/* --- the folder ----------------------------------------------------------------------------------------------- */

static bool is_folder(const char *path, int *ret_error) {
    struct stat status;
    bool found = stat(path, &status) == 0;
    *ret_error = found ? ENOTDIR : errno;
    return found && S_ISDIR(status.st_mode);
}

/* The folder that templates: names, else the usual one if it is there; NULL for none. */
static const char *find_folder(struct loading *loading, struct slice name, const struct node *node) {
    struct arena *arena = &loading->settings->arena;
    int error = 0;
    const char *path = file_join(arena, loading->settings->folder, node ? name.data : "templates");
    if (is_folder(path, &error))
        return path;
    if (node)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_UNREADABLE, node, "%s: %s", path, strerror(error));
    return NULL;
}

/* What editors leave beside a file is no template. */
static bool is_backup(struct slice name) {
    return slice_ends_with(name, SLICE("~"));
}

static struct slice name_in(const char *folder, const char *path) {
    struct slice name = slice_from(slice_of(path), strlen(folder));
    return slice_starts_with(name, SLICE("/")) ? slice_from(name, 1) : name;
}

/* --- one file ------------------------------------------------------------------------------------------------- */

static bool is_known(const struct known_names *known, struct slice name) {
    for (size_t i = 0; i < known->template_count; i++)
        if (slice_equal(slice_of(known->templates[i]), name))
            return true;
    return slice_ends_with(name, SLICE(".html"));
}

static void report_unknown(struct loading *loading, struct slice name, struct slice file) {
    const struct known_names *known = loading->known;
    struct slice names[TEMPLATES_MOST];
    size_t count = 0;
    for (; count < known->template_count && count < ARRAY_LENGTH(names); count++)
        names[count] = slice_of(known->templates[count]);
    struct diagnostic *item =
        diag_report(loading->diagnostics, DIAGNOSTIC_TEMPLATE_UNUSED, (struct place){.file = file}, "%s", "");
    struct slice nearest = diag_nearest(name, names, count);
    if (nearest.size)
        diag_hint(loading->diagnostics, item, "did you mean %.*s?", SLICE_ARGUMENTS(nearest));
}

/*
 * What the choke point would change must not reach a feed by another way. It is refused instead of repaired:
 * stylesheets and scripts go out as they are.
 */
static bool is_text(struct loading *loading, struct slice file, struct slice bytes) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf what = BUF(BUF_UNLIMITED);
    struct choke_report report = {0};
    (void)text_choke(bytes, CHOKE_TEXT, &arena, &report);
    if (!report.ill_formed && !report.forbidden)
        return true;
    size_t begin = report.first;
    while (begin && bytes.data[begin - 1] != '\n')
        begin--;
    const struct place place = {.file = file,
                                .line = (unsigned)slice_count_byte(slice_range(bytes, 0, begin), '\n') + 1,
                                .column = (unsigned)utf8_count(slice_range(bytes, begin, report.first)) + 1};
    choke_report_describe(&report, &what);
    struct diagnostic *item = diag_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, place,
                                          "a template is plain text, this has %s", buf_string(&what));
    diag_excerpt(loading->diagnostics, item, slice_range(bytes, begin, slice_find_byte(bytes, '\n', begin)));
    return false;
}

/* false when it cannot be used, which is reported. */
static bool read_file(struct loading *loading, const char *path, struct slice name, struct template_file *ret_file) {
    struct arena *arena = &loading->settings->arena;
    CLEANUP(buf_release) struct buf bytes = BUF(TEMPLATE_SIZE_MOST);
    struct slice file = slice_of(path);
    if (!is_known(loading->known, name)) {
        report_unknown(loading, name, file);
        return false;
    }
    if (!file_read(path, &bytes)) {
        diag_report(loading->diagnostics, DIAGNOSTIC_CONFIG_UNREADABLE, (struct place){.file = file}, "%s",
                    errno == EFBIG ? "over 1 MiB" : strerror(errno));
        return false;
    }
    *ret_file = (struct template_file){name, file, arena_copy(arena, buf_slice(&bytes))};
    return is_text(loading, file, ret_file->text);
}

/* --- all of them ---------------------------------------------------------------------------------------------- */

static void report_unreadable(struct loading *loading, const char *path, const char *why) {
    diag_report(loading->diagnostics, DIAGNOSTIC_CONFIG_UNREADABLE, (struct place){.file = slice_of(path)}, "%s", why);
}

/*
 * A folder or a link that leads nowhere has the name of a template: the shipped one must not silently stand in for it.
 * The pattern has a dot, as all those names do, so that folders that match it are told of. Others are nobody's
 * business.
 */
static void report_irregular(struct loading *loading, const char *folder) {
    struct arena *arena = &loading->settings->arena;
    CLEANUP(file_list_release) struct file_list list = {0};
    file_list_matching(file_join(arena, folder, "*.*"), arena, &list);
    for (size_t i = 0; i < list.irregular.count; i++)
        if (is_known(loading->known, name_in(folder, list.irregular.items[i])))
            report_unreadable(loading, list.irregular.items[i], "a template is a file, this is none that can be read");
}

static void read_folder(struct loading *loading, const char *folder) {
    struct output_settings *output = &loading->settings->output;
    struct arena *arena = &loading->settings->arena;
    CLEANUP(file_list_release) struct file_list list = {0};
    file_list_matching(file_join(arena, folder, "*"), arena, &list);
    for (size_t i = 0; i < list.unreadable.count; i++)
        report_unreadable(loading, list.unreadable.items[i], "this folder of templates cannot be read");
    if (list.error)
        report_unreadable(loading, folder, strerror(list.error));
    report_irregular(loading, folder);
    struct template_file *files = arena_new_array(arena, TEMPLATES_MOST, sizeof *files);
    size_t count = 0;
    for (size_t i = 0; i < list.paths.count; i++) {
        struct slice name = name_in(folder, list.paths.items[i]);
        if (is_backup(name))
            continue;
        if (count == TEMPLATES_MOST) {
            report_unreadable(loading, folder, "there are more than 100 templates in it");
            break;
        }
        count += read_file(loading, list.paths.items[i], name, &files[count]);
    }
    output->templates = files;
    output->template_count = count;
}

void templates_read(struct loading *loading, struct slice name, const struct node *node) {
    const char *folder = find_folder(loading, name, node);
    if (folder)
        read_folder(loading, folder);
}
