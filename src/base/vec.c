#include "base/vec.h"

size_t vec_next_capacity(size_t *capacity) {
    /* Of the small ones there may be a hundred thousand, one a file. */
    *capacity = *capacity == 0 ? 2 : *capacity < 8 ? *capacity * 2 : *capacity + *capacity / 2;
    return *capacity;
}
