#include "cmd/revision.h"

#include "base/file.h"
#include "yaml/node.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { GIT_WORDS_MOST = 16, OUTPUT_MOST = 64 << 20 /* bytes: the list of all files of a large repository */ };

struct taking {
    struct arena *arena;
    struct diagnostics *diagnostics;
    const char *config_folder;
    const char *revision;
    const char *target;  /* the temporary folder */
    struct slice prefix; /* of the configuration's folder in the repository: "" or "sub/" */
};

static bool complain(const struct taking *taking, const char *what, const char *why) {
    diag_report(taking->diagnostics, DIAGNOSTIC_REVISION_UNREADABLE, (struct place){0}, "%s: %s", what, why);
    return false;
}

/* --- git ---------------------------------------------------------------------------------------------------- */

/* Runs it with both outputs into unnamed files. errno where it cannot be run. */
static bool spawn_git(char *const *words, int output, int errors, int *ret_status) {
    posix_spawn_file_actions_t actions;
    pid_t child = 0;
    if (posix_spawn_file_actions_init(&actions) != 0)
        memory_exhausted();
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    int error = posix_spawnp(&child, "git", &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        errno = error;
        return false;
    }
    while (waitpid(child, ret_status, 0) < 0)
        if (errno != EINTR)
            return false;
    return true;
}

static bool read_whole(int descriptor, struct buf *buf) {
    struct stat status;
    size_t size = 0;
    if (fstat(descriptor, &status) != 0 || status.st_size > OUTPUT_MOST)
        return false;
    if (status.st_size == 0)
        return true;
    char *room = buf_reserve(buf, (size_t)status.st_size);
    if (!room || !file_read_at(descriptor, room, (size_t)status.st_size, 0, &size))
        return false;
    buf->size += size;
    return true;
}

/* What it complains about, in one line. */
static bool complain_as_git(const struct taking *taking, int errors) {
    CLEANUP(buf_release) struct buf text = BUF(OUTPUT_MOST);
    if (!read_whole(errors, &text))
        return complain(taking, "git", "it failed");
    struct slice first = slice_range(buf_slice(&text), 0, slice_find_byte(buf_slice(&text), '\n', 0));
    diag_report(taking->diagnostics, DIAGNOSTIC_REVISION_UNREADABLE, (struct place){0}, "git: %.*s",
                SLICE_ARGUMENTS(first));
    return false;
}

/* `git -C FOLDER words…` → its output. false after reporting. */
static bool run_git(const struct taking *taking, const char *const *words, struct buf *output) {
    CLEANUP(file_close) int out = memfd_create("git", MFD_CLOEXEC);
    CLEANUP(file_close) int errors = memfd_create("git", MFD_CLOEXEC);
    char *all[GIT_WORDS_MOST] = {memory_copy_string("git"), memory_copy_string("-C"),
                                 memory_copy_string(taking->config_folder)};
    size_t count = 3;
    int status = 0;
    if (out < 0 || errors < 0)
        memory_exhausted();
    for (; *words && count + 1 < GIT_WORDS_MOST; words++)
        all[count++] = memory_copy_string(*words);
    bool ran = spawn_git(all, out, errors, &status);
    int error = errno;
    for (size_t i = 0; i < count; i++)
        free(all[i]);
    if (!ran)
        return complain(taking, "git cannot be run", error == ENOENT ? "it is not installed" : strerror(error));
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return complain_as_git(taking, errors);
    return read_whole(out, output) || complain(taking, "git", "its answer is too long");
}

/* --- files -------------------------------------------------------------------------------------------------- */

static bool make_folders(const char *path) {
    CLEANUP(memory_free) char *part = memory_copy_string(path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return true;
}

/* One file of the revision, by its path in the repository, into the temporary folder. */
static bool take_file(const struct taking *taking, struct slice path, struct buf *ret_content) {
    CLEANUP(buf_release) struct buf object = BUF(1 << 16);
    buf_append_format(&object, "%s:%.*s", taking->revision, SLICE_ARGUMENTS(path));
    const char *const words[] = {"cat-file", "blob", buf_string(&object), NULL};
    if (!run_git(taking, words, ret_content))
        return false;
    const char *target = file_join(taking->arena, taking->target, arena_copy(taking->arena, path).data);
    if (!make_folders(target))
        return complain(taking, target, strerror(errno));
    CLEANUP(file_close) int descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0 || !file_write(descriptor, buf_slice(ret_content)))
        return complain(taking, target, strerror(errno));
    return true;
}

/* A path or pattern of the configuration as one of the repository: "sub/../rules/x" is "rules/x". */
static struct slice in_repository(const struct taking *taking, struct slice path) {
    CLEANUP(buf_release) struct buf joined = BUF(1 << 16);
    buf_append_slice(&joined, taking->prefix);
    buf_append_slice(&joined, path);
    struct slice rest = buf_slice(&joined);
    struct slice part;
    CLEANUP(buf_release) struct buf plain = BUF(1 << 16);
    while (slice_take_until(&rest, '/', &part)) {
        if (part.size == 0 || slice_equal(part, SLICE(".")))
            continue;
        if (slice_equal(part, SLICE(".."))) {
            const char *slash = plain.size ? memrchr(plain.data, '/', plain.size) : NULL;
            buf_truncate(&plain, slash ? (size_t)(slash - plain.data) : 0);
            continue;
        }
        buf_append_string(&plain, plain.size ? "/" : "");
        buf_append_slice(&plain, part);
    }
    return arena_copy(taking->arena, buf_slice(&plain));
}

struct patterns {
    VEC(struct slice) items;
};

static void patterns_release(struct patterns *patterns) {
    vec_release(&patterns->items);
}

static void add_patterns(const struct taking *taking, const struct node *node, struct patterns *patterns) {
    if (node && node->kind == NODE_SCALAR)
        vec_push(&patterns->items, in_repository(taking, node->text));
    for (const struct node *item = node ? node->first : NULL; item; item = item->next)
        if (item->kind == NODE_SCALAR)
            vec_push(&patterns->items, in_repository(taking, item->text));
}

/* All that is in the folder: which files are templates is seen when they are loaded. */
static void add_templates(const struct taking *taking, const struct node *folder, struct patterns *patterns) {
    const char *name =
        folder && folder->kind == NODE_SCALAR ? arena_copy(taking->arena, folder->text).data : "templates";
    vec_push(&patterns->items, in_repository(taking, slice_of(file_join(taking->arena, name, "*"))));
}

static bool is_wanted(const struct patterns *patterns, struct slice path) {
    for (size_t i = 0; i < patterns->items.count; i++)
        if (file_path_matches(patterns->items.items[i], path))
            return true;
    return false;
}

/* What the configuration reads beside itself. Mistakes in it are reported when it is loaded. */
static void find_patterns(const struct taking *taking, struct slice yaml, struct patterns *patterns) {
    CLEANUP(diagnostics_release) struct diagnostics unused = {0};
    const struct node *root = node_read_on(yaml, SLICE("feeds.yaml"), 1, taking->arena, &unused);
    add_patterns(taking, node_get(root, SLICE("include")), patterns);
    add_patterns(taking, node_get(root, SLICE("corrections")), patterns);
    vec_push(&patterns->items, in_repository(taking, SLICE("corrections.yaml")));
    add_templates(taking, node_get(node_get(root, SLICE("output")), SLICE("templates")), patterns);
}

static bool take_included(const struct taking *taking, const struct patterns *patterns) {
    CLEANUP(buf_release) struct buf list = BUF(OUTPUT_MOST);
    const char *const words[] = {"ls-tree", "-r", "-z", "--full-tree", "--name-only", taking->revision, NULL};
    if (!run_git(taking, words, &list))
        return false;
    struct slice rest = buf_slice(&list);
    struct slice path;
    while (rest.size && slice_take_until(&rest, '\0', &path)) {
        CLEANUP(buf_release) struct buf content = BUF(OUTPUT_MOST);
        if (path.size && is_wanted(patterns, path) && !take_file(taking, path, &content))
            return false;
    }
    return true;
}

static bool find_prefix(struct taking *taking) {
    CLEANUP(buf_release) struct buf prefix = BUF(1 << 16);
    const char *const words[] = {"rev-parse", "--show-prefix", NULL};
    if (!run_git(taking, words, &prefix))
        return false;
    taking->prefix = slice_trim(arena_copy(taking->arena, buf_slice(&prefix)));
    return true;
}

static bool take_configuration(struct taking *taking, const char *config, const char **ret_path) {
    CLEANUP(buf_release) struct buf content = BUF(OUTPUT_MOST);
    CLEANUP(patterns_release) struct patterns patterns = {0};
    const char *slash = strrchr(config, '/');
    if (!find_prefix(taking))
        return false;
    struct slice path = in_repository(taking, slice_of(slash ? slash + 1 : config));
    if (!take_file(taking, path, &content))
        return false;
    find_patterns(taking, buf_slice(&content), &patterns);
    *ret_path = file_join(taking->arena, taking->target, path.data);
    return take_included(taking, &patterns);
}

/* --- the whole ---------------------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

void revision_close(struct revision *revision) {
    enum { DESCRIPTORS = 8 };
    /* What cannot be removed is left to the system's cleaning of temporary files. */
    if (revision->folder)
        (void)nftw(revision->folder, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    arena_release(&revision->arena);
    *revision = (struct revision){0};
}

static const char *make_target(struct arena *arena) {
    const char *base = getenv("TMPDIR");
    const char *name = file_join(arena, base && *base ? base : P_tmpdir, "pindao-diff-XXXXXX");
    CLEANUP(memory_free) char *path = memory_copy_string(name);
    return mkdtemp(path) ? arena_copy_string(arena, path) : NULL;
}

bool revision_open(const char *config, const char *what, struct diagnostics *diagnostics,
                   struct revision *ret_revision) {
    struct revision revision = {0};
    struct stat status;
    if (*what && stat(what, &status) == 0 && S_ISREG(status.st_mode)) {
        revision.path = arena_copy_string(&revision.arena, what);
        *ret_revision = revision;
        return true;
    }
    struct taking taking = {.arena = &revision.arena,
                            .diagnostics = diagnostics,
                            .config_folder = file_folder(&revision.arena, config),
                            .revision = *what ? what : "HEAD"};
    bool good = *what != '-' || complain(&taking, what, "neither a file nor a revision");
    if (good) {
        revision.folder = taking.target = make_target(&revision.arena);
        good = taking.target || complain(&taking, "a temporary folder", strerror(errno));
    }
    if (!good || !take_configuration(&taking, config, &revision.path)) {
        revision_close(&revision);
        return false;
    }
    *ret_revision = revision;
    return true;
}
