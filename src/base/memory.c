#include "base/memory.h"

#include <malloc.h>
#include <stdint.h>
#include <sysexits.h>
#include <unistd.h>

void memory_exhausted(void) {
    static const char message[] = "pindao: out of memory; nothing was published\n";
    /* write, not stdio: stdio may want memory. A failure to write changes nothing about the exit. */
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    _exit(EX_OSERR);
}

static size_t array_size(size_t count, size_t size) {
    size_t product = 0;
    if (__builtin_mul_overflow(count, size, &product))
        memory_exhausted();
    return product;
}

void *memory_new(size_t size) {
    void *memory = calloc(1, size ? size : 1);
    if (!memory)
        memory_exhausted();
    return memory;
}

void *memory_new_array(size_t count, size_t size) {
    return memory_new(array_size(count, size));
}

void *memory_resize(void *memory, size_t size) {
    void *resized = realloc(memory, size ? size : 1);
    if (!resized)
        memory_exhausted();
    return resized;
}

void *memory_resize_array(void *memory, size_t count, size_t size) {
    return memory_resize(memory, array_size(count, size));
}

char *memory_copy_string(const char *string) {
    size_t size = strlen(string) + 1;
    return memcpy(memory_resize(NULL, size), string, size);
}

void memory_trim(void) {
    malloc_trim(0);
}

void memory_free(void *pointer_to_pointer) {
    void **pointer = pointer_to_pointer;
    free(*pointer);
    *pointer = NULL;
}
