#include "model/source.h"

#include "base/buf.h"
#include "base/file.h"

static const char *const names[ARTICLE_FIELD_COUNT] = {
#define ARTICLE_FIELD(id, name) [ARTICLE_FIELD_##id] = name,
#include "model/article_fields.def"
#undef ARTICLE_FIELD
};

const char *article_field_name(enum article_field field) {
    return names[field];
}

enum article_field article_field_find(struct slice name) {
    unsigned field = 0;
    while (field < ARTICLE_FIELD_COUNT && !slice_equal(name, slice_of(names[field])))
        field++;
    return (enum article_field)field;
}

struct slice source_shown(const struct source *source) {
    return source->upstream.url.size ? source->upstream.url : source->files;
}

const char *source_pattern(const struct source *source, const char *folder, const char *kept_folder,
                           struct arena *arena) {
    CLEANUP(buf_release) struct buf name = BUF(BUF_UNLIMITED);
    if (!source->upstream.url.size)
        return file_join(arena, folder ? folder : "", arena_copy(arena, source->files).data);
    buf_append_format(&name, "%.*s.jsonl", SLICE_ARGUMENTS(source->upstream.name));
    return file_join(arena, kept_folder, arena_copy(arena, buf_slice(&name)).data);
}
