#ifndef PINDAO_BASE_ATTRIBUTES_H
#define PINDAO_BASE_ATTRIBUTES_H

/* What gcc and clang can hold us to. */
#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(string, first) __attribute__((format(printf, string, first)))
#define NORETURN __attribute__((noreturn))

/*
 * Cleanup stands at the declaration: `CLEANUP(buf_release) struct buf page;` is released on every way out of
 * the block. The function gets a pointer to the variable, so any x_release(struct x *) fits as it is.
 */
#define CLEANUP(function) __attribute__((cleanup(function)))

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#endif
