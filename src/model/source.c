#include "model/source.h"

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
