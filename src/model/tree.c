#include "model/tree.h"

#include <stdlib.h>

static int compare_file(const void *path, const void *file) {
    return slice_compare(*(const struct slice *)path, ((const struct tree_file *)file)->path);
}

const struct tree_file *tree_find(const struct tree *tree, struct slice path) {
    if (tree->files.count == 0)
        return NULL;
    return bsearch(&path, tree->files.items, tree->files.count, sizeof *tree->files.items, compare_file);
}

bool tree_has_pending(const struct tree *tree, struct slice path) {
    return tree->pending.count &&
           bsearch(&path, tree->pending.items, tree->pending.count, sizeof path, slice_compare_items) != NULL;
}
