#include "assemble/sketches.h"

#include "base/file.h"

#include <unistd.h>

void sketches_release(struct sketches *sketches) {
    for (size_t i = 0; i < sketches->blocks.count; i++)
        free(sketches->blocks.items[i]);
    vec_release(&sketches->blocks);
    if (sketches->file)
        close(sketches->file - 1);
    sketches->file = 0;
    sketches->kept = 0;
}

void sketch_reader_release(struct sketch_reader *reader) {
    free(reader->pages);
    *reader = (struct sketch_reader){0};
}

struct sketch *sketches_put_away(struct sketches *sketches, size_t block) {
    const size_t size = SKETCH_BLOCK * sizeof(struct sketch);
    struct sketch *full = sketches->blocks.items[block];
    if (sketches->kept < SKETCH_BLOCKS_KEPT) {
        sketches->kept++;
        return memory_new(size);
    }
    if (sketches->file == 0)
        sketches->file = file_open_scratch(sketches->folder ? sketches->folder : ".") + 1;
    if (sketches->file == 0 ||
        !file_write_at(sketches->file - 1, (struct slice){(const char *)full, size}, (uint64_t)block * size))
        return memory_new(size);
    sketches->blocks.items[block] = NULL;
    memset(full, 0, size);
    return full;
}

static void read_page(const struct sketches *sketches, uint32_t page, struct sketch *sketch) {
    const size_t size = SKETCH_PAGE * sizeof *sketch;
    size_t read = 0;
    if (!file_read_at(sketches->file - 1, (char *)sketch, size, (uint64_t)page * size, &read) || read < size)
        memory_exhausted();
}

const struct sketch *sketches_at(const struct sketches *sketches, struct sketch_reader *reader, uint32_t number) {
    const struct sketch *block = sketches->blocks.items[number / SKETCH_BLOCK];
    if (block)
        return &block[number % SKETCH_BLOCK];
    if (!reader->pages)
        reader->pages = memory_new_array(SKETCH_PAGES * SKETCH_PAGE, sizeof *reader->pages);
    uint32_t page = number / SKETCH_PAGE;
    struct sketch *place = &reader->pages[page % SKETCH_PAGES * SKETCH_PAGE];
    if (reader->numbers[page % SKETCH_PAGES] != page + 1)
        read_page(sketches, page, place);
    reader->numbers[page % SKETCH_PAGES] = page + 1;
    return &place[number % SKETCH_PAGE];
}
