#include "base/vec.h"

size_t vec_next_capacity(size_t *capacity) {
    *capacity = *capacity < 8 ? 8 : *capacity + *capacity / 2;
    return *capacity;
}
