#ifndef PINDAO_BASE_FILE_H
#define PINDAO_BASE_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"

/*
 * Files. Every call returns false with errno set and reports nothing: who knows the place reports. Reading never
 * maps: a file that shrinks under a mapping kills the process.
 */

/* The whole file into *buf (appended). errno EFBIG when it has more than the buffer's ceiling allows. */
MUST_CHECK bool file_read(const char *path, struct buf *buf);
/* The same from where an open file stands to its end. */
MUST_CHECK bool file_read_open(int descriptor, struct buf *buf);
/* Up to `size` bytes at `offset` into `bytes`; *ret_read is less than size only at the end of the file. */
MUST_CHECK bool file_read_at(int descriptor, char *bytes, size_t size, uint64_t offset, size_t *ret_read);
/* All of it, or an error. */
MUST_CHECK bool file_write(int descriptor, struct slice bytes);
/* The same at `offset`, wherever the file stands. */
MUST_CHECK bool file_write_at(int descriptor, struct slice bytes, uint64_t offset);
/* All of the one, from its beginning, to where the other stands. */
MUST_CHECK bool file_copy(int from, int to);
/* The folder of a file that was made, renamed or removed, on disk: a power cut does not undo that. */
MUST_CHECK bool file_sync_folder(const char *path);

/*
 * A file without a name in `folder`, for reading and writing: it is gone when its descriptor is closed, however the
 * program ends. -1 when none can be made there.
 */
int file_open_unnamed(const char *folder);
/*
 * The same wherever it can be made: in `folder`, else in TMPDIR, else in the system's folder for such files, else in
 * memory. For what need not last, where the folder may not be there yet or not be writable.
 */
int file_open_scratch(const char *folder);

/*
 * Files that match a pattern, sorted by bytes: an asterisk and `?` match within a name, a double asterisk as a whole
 * name any number of folders. Hidden names are matched only by a pattern that writes the dot. Symbolic links to files
 * are followed, to folders not, unless the pattern itself names the folder. A double asterisk at the end is every file
 * below. Paths start as the pattern starts, and live in the arena. A pattern without wildcards gives itself, whether it
 * exists or not, so that opening it says what is wrong.
 */
struct file_list {
    VEC(const char *) paths;
    VEC(const char *) unreadable; /* folders */
    /*
     * What matches but is no file: links that lead nowhere, pipes; and folders that are not gone into and have the name
     * of a file: the last name of the pattern is more than wildcards. Sorted too.
     */
    VEC(const char *) irregular;
    int error; /* errno, when a folder could not be read for a reason of ours (file_error_is_own); else 0 */
};

/* Is this errno no fault of the file: too many open ones, no memory, no room? */
bool file_error_is_own(int error);

void file_list_release(struct file_list *list);
void file_list_matching(const char *pattern, struct arena *arena, struct file_list *ret_list);

/* Would file_list_matching give this path? */
bool file_path_matches(struct slice pattern, struct slice path);

/* "a/b" from "a" and "b"; "b" alone when b is absolute or folder is "" or ".". In the arena. */
const char *file_join(struct arena *arena, const char *folder, const char *path);
/* "a/b.xml": relative, no empty, "." or ".." component, no control characters, no longer than the system takes. */
bool file_path_is_clean(struct slice path);
/* "a" of "a/b"; "." of "b". In the arena. */
const char *file_folder(struct arena *arena, const char *path);

/*
 * Is it the file that it was? Inode and both times: a file replaced by one of the same size whose mtime was set back is
 * told by its ctime. What was written so shortly before somebody looked that the clock may not have moved
 * (FILE_GRANULARITY) may have been written again in the same tick: it is not settled, and nothing is known of it.
 */
struct file_identity {
    uint64_t inode;
    uint64_t size;
    int64_t modified, changed; /* nanoseconds since 1970 */
};
#define FILE_GRANULARITY INT64_C(2000000000) /* ns: FAT's */
struct stat;
struct file_identity file_identify(const struct stat *status);
bool file_identity_equal(const struct file_identity *a, const struct file_identity *b);
bool file_is_settled(const struct file_identity *identity, int64_t looked); /* ns of the real-time clock */
int64_t file_clock(void);                                                   /* … as of now */

/* For CLEANUP(file_close): closes *descriptor when it is not negative. */
void file_close(int *descriptor);

#endif
