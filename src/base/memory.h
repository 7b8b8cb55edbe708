#ifndef PINDAO_BASE_MEMORY_H
#define PINDAO_BASE_MEMORY_H

#include "base/attributes.h"

#include <stddef.h>

/*
 * The heap. None of these returns NULL: when memory runs out the program says so and exits with 71 (EX_OSERR)
 * here, in this one place, before anything was swapped. Sizes are bytes; products are checked for overflow.
 */
void *memory_new(size_t size);                     /* zeroed; size 0 gives a unique pointer */
void *memory_new_array(size_t count, size_t size); /* zeroed */
void *memory_resize(void *memory, size_t size);    /* new bytes are not zeroed */
void *memory_resize_array(void *memory, size_t count, size_t size);
char *memory_copy_string(const char *string);

/* Gives memory that was freed back to the system. Takes some milliseconds: when much was freed, and much is to come. */
void memory_trim(void);

/* What the heap functions do when there is none; foreign allocators that cannot fail call it too. */
NORETURN void memory_exhausted(void);

/* For CLEANUP on a pointer from the heap: frees *pointer. */
void memory_free(void *pointer_to_pointer);

#endif
