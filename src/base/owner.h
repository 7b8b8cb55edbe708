#ifndef PINDAO_BASE_OWNER_H
#define PINDAO_BASE_OWNER_H

#include "base/attributes.h"

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whose new files are. Root who works in somebody's folder, once, by hand, must not leave files there that the owner's
 * own runs cannot change afterwards. Everybody else owns what they make, and nothing is done.
 */
struct owner {
    bool is_another; /* files are to be given away: we are root, and the folder is somebody else's */
    uid_t user;
    gid_t group;
};

/* Of an open folder. */
struct owner owner_of(int folder);

/* Both do nothing, successfully, where nobody else owns. false with errno. */
MUST_CHECK bool owner_give(const struct owner *owner, int descriptor);
/* The file, folder or link itself of that name below `root`. */
MUST_CHECK bool owner_give_at(const struct owner *owner, int root, const char *path);

/* A new file, open under this path, is nobody else's than its folder's, and is there after a power cut. */
MUST_CHECK bool owner_settle(const char *path, int descriptor);

/* A folder that is there is fine, whoever owns it; a new one belongs to whom the one above it belongs to. */
MUST_CHECK bool owner_make_folder(const char *path);

#endif
