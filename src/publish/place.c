#include "publish/place.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

/* What all kinds of places share. */

struct place target_place(const struct publish_target *target) {
    return (struct place){.file = target->place.file, .line = target->place.line, .column = target->place.column};
}

bool place_fail(struct place_failure *failure, enum publish_result result, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    failure->result = result;
    failure->stays = false;
    vsnprintf(failure->text, sizeof failure->text, format, arguments);
    va_end(arguments);
    return false;
}

bool place_fail_errno(struct place_failure *failure, const char *format, ...) {
    int error = errno;
    char what[sizeof failure->text - 100];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    bool forbidden = error == EACCES || error == EPERM || error == EROFS;
    return place_fail(failure, forbidden ? PUBLISH_NOT_ALLOWED : PUBLISH_FAILED, "%s: %s", what, strerror(error));
}

void place_append_key(struct buf *url, struct slice key) {
    for (size_t i = 0; i < key.size; i++) {
        unsigned char byte = (unsigned char)key.data[i];
        bool is_plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                        (byte && strchr("-._~/", byte));
        buf_append_format(url, is_plain ? "%c" : "%%%02X", byte);
    }
}

int place_open_file(const struct publish_order *order, const struct tree_file *file, struct place_failure *failure) {
    CLEANUP(arena_release) struct arena arena = {0};
    const char *path = arena_copy(&arena, file->path).data;
    CLEANUP(file_close) int descriptor = openat(order->tree, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    struct sha256 hash;
    uint64_t size = 0;
    if (descriptor < 0 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP) {
        place_fail_errno(failure, "%s", path);
        return -1;
    }
    if (descriptor < 0 || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
        (uint64_t)status.st_size != file->size) {
        place_fail(failure, PUBLISH_TREE_CHANGED, "%s", path);
        return -1;
    }
    if (!sha256_of_file(descriptor, &hash, &size)) {
        place_fail_errno(failure, "%s", path);
        return -1;
    }
    if (size != file->size || !sha256_equal(&hash, &file->hash)) {
        place_fail(failure, PUBLISH_TREE_CHANGED, "%s", path);
        return -1;
    }
    int opened = descriptor;
    descriptor = -1;
    return opened;
}
