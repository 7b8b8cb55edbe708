#include "net/secret.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { SECRET_MOST = 64 * 1024 };

static bool take_prefix(struct slice *reference, struct slice prefix) {
    if (!slice_starts_with(*reference, prefix) || reference->size == prefix.size)
        return false;
    *reference = slice_from(*reference, prefix.size);
    return slice_find_byte(*reference, '\0', 0) == reference->size;
}

static bool is_name(struct slice name) {
    return slice_find_byte(name, '/', 0) == name.size && !slice_equal(name, SLICE(".")) &&
           !slice_equal(name, SLICE(".."));
}

bool secret_is_reference(struct slice reference) {
    if (take_prefix(&reference, SLICE("env:")))
        return slice_find_byte(reference, '=', 0) == reference.size;
    if (take_prefix(&reference, SLICE("credential:")))
        return is_name(reference);
    return take_prefix(&reference, SLICE("file:"));
}

/* Without the one line end at the end. */
static struct slice without_line_end(struct slice secret) {
    if (slice_ends_with(secret, SLICE("\n")))
        secret.size--;
    if (slice_ends_with(secret, SLICE("\r")))
        secret.size--;
    return secret;
}

static bool append_checked(struct slice value, const char *where, struct buf *secret, struct buf *problem) {
    value = without_line_end(value);
    bool is_one_line = slice_find_byte(value, '\n', 0) == value.size && slice_find_byte(value, '\r', 0) == value.size &&
                       slice_find_byte(value, '\0', 0) == value.size;
    if (value.size == 0 || !is_one_line) {
        buf_append_format(problem, value.size ? "%s holds more than one line" : "%s is empty", where);
        return false;
    }
    buf_append_slice(secret, value);
    if (secret->failed)
        buf_append_format(problem, "%s holds too much for a secret", where);
    return !secret->failed;
}

static bool read_file(const char *path, bool is_private, struct buf *secret, struct buf *problem) {
    CLEANUP(file_close) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        buf_append_format(problem, "%s cannot be read: %s", path, strerror(errno));
        return false;
    }
    if (!S_ISREG(status.st_mode)) {
        buf_append_format(problem, "%s is no file", path);
        return false;
    }
    if (is_private && (status.st_mode & S_IROTH)) {
        buf_append_format(problem, "%s can be read by everybody: chmod o-r", path);
        return false;
    }
    CLEANUP(secret_release) struct buf bytes = BUF(SECRET_MOST);
    /* At once, for the same reason as above. */
    if (!buf_reserve(&bytes, SECRET_MOST) || !file_read_open(descriptor, &bytes)) {
        buf_append_format(problem, "%s cannot be read: %s", path, strerror(errno));
        return false;
    }
    return append_checked(buf_slice(&bytes), path, secret, problem);
}

static bool read_environment(const char *name, struct buf *secret, struct buf *problem) {
    const char *value = getenv(name);
    if (!value) {
        buf_append_format(problem, "the environment variable %s is not set", name);
        return false;
    }
    CLEANUP(buf_release) struct buf where = BUF(BUF_UNLIMITED);
    buf_append_format(&where, "the environment variable %s", name);
    return append_checked(slice_of(value), buf_string(&where), secret, problem);
}

bool secret_read(struct slice reference, const char *folder, struct buf *secret, struct buf *problem) {
    CLEANUP(arena_release) struct arena arena = {0};
    if (!secret_is_reference(reference)) {
        buf_append_string(problem, "a secret is named by env:NAME, file:PATH or credential:NAME");
        return false;
    }
    struct slice name = reference;
    if (take_prefix(&name, SLICE("env:")))
        return read_environment(arena_copy(&arena, name).data, secret, problem);
    if (take_prefix(&name, SLICE("file:")))
        return read_file(file_join(&arena, folder, arena_copy(&arena, name).data), true, secret, problem);
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    if (!credentials || !credentials[0] || !take_prefix(&name, SLICE("credential:"))) {
        buf_append_string(problem, "there are no credentials: CREDENTIALS_DIRECTORY is not set (systemd sets it for "
                                   "units with LoadCredential=)");
        return false;
    }
    /* The folder is the unit's alone, whatever the modes in it. */
    return read_file(file_join(&arena, credentials, arena_copy(&arena, name).data), false, secret, problem);
}

void secret_release(struct buf *secret) {
    if (secret->data)
        explicit_bzero(secret->data, secret->capacity);
    buf_release(secret);
}
