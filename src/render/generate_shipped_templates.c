/*
 * Prints render/shipped_templates.h: the bytes of the templates that come with the program, by name. Run by the
 * Makefile with their paths; so what is built needs no files beside it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stop(const char *path) {
    fprintf(stderr, "generate_shipped_templates: %s: %s\n", path, strerror(errno));
    exit(1);
}

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int by_name(const void *left, const void *right) {
    return strcmp(name_of(*(char *const *)left), name_of(*(char *const *)right));
}

/* A zero behind the bytes, for a file may be empty and an array may not. */
static unsigned long print_bytes(const char *path, int number) {
    unsigned long size = 0;
    FILE *file = fopen(path, "rb");
    if (!file)
        stop(path);
    printf("static const unsigned char shipped_bytes_%d[] = {", number);
    for (int byte; (byte = fgetc(file)) != EOF; size++)
        printf("%s%d,", size % 24 ? "" : "\n", byte);
    printf("0};\n");
    if (ferror(file))
        stop(path);
    fclose(file);
    return size;
}

int main(int argc, char **argv) {
    unsigned long *sizes = calloc((size_t)argc, sizeof *sizes);
    if (!sizes)
        stop("memory");
    qsort(argv + 1, (size_t)argc - 1, sizeof *argv, by_name);
    for (int i = 1; i < argc; i++)
        sizes[i] = print_bytes(argv[i], i);
    printf("static const struct shipped_template shipped_templates[] = {\n");
    for (int i = 1; i < argc; i++)
        printf("    {\"%s\", {(const char *)shipped_bytes_%d, %lu}},\n", name_of(argv[i]), i, sizes[i]);
    printf("};\nstatic const char *const shipped_names[] = {\n");
    for (int i = 1; i < argc; i++)
        printf("    \"%s\",\n", name_of(argv[i]));
    printf("};\n");
    free(sizes);
    return fflush(stdout) == 0 ? 0 : 1;
}
