#ifndef PINDAO_TESTS_UNIT_SURVEYED_H
#define PINDAO_TESTS_UNIT_SURVEYED_H

#include "assemble/overview.h"
#include "base/date.h"
#include "unit/loaded.h"

/* A configuration with articles, of which nothing but dates and labels is known. Included behind cmocka.h. */
struct surveyed {
    const struct settings *settings;
    struct index index;
    struct index_cursor cursor;
    struct index_runs runs;
    struct label_table labels;
    struct channels channels;
    struct overview overview;
};

#define TWO_TAXONOMIES                                                                                                 \
    "taxonomies:\n"                                                                                                    \
    "  district:\n"                                                                                                    \
    "    label: 区\n"                                                                                                 \
    "    terms: {putuo: {label: 普陀区, short: 普陀}, xuhui: {label: 徐汇区}, other: {label: 别处}}\n"       \
    "  topic: {label: 主题, terms: {ic: {label: 集成电路}, bio: {label: 生物医药}, other: {label: 其他}}}\n"
#define ALL_CHANNELS                                                                                                   \
    "channels:\n"                                                                                                      \
    "  - {path: /, title: 全部, all: true, archive: month}\n"                                                        \
    "  - {path: '/{district}/', each: [district]}\n"                                                                   \
    "  - {path: '/topic/{topic}/', each: [topic]}\n"                                                                   \
    "  - {path: '/{district}/{topic}/', each: [district, topic]}\n"                                                    \
    "  - {path: /chips/, title: 芯片, where: {topic: [ic], district: {not: [other]}}}\n"

static inline void survey_begin(void **state, struct surveyed *surveyed, const char *configuration) {
    *surveyed = (struct surveyed){.settings = assert_good(state, configuration)};
    index_init(&surveyed->index);
    label_table_init(&surveyed->labels, surveyed->settings->taxonomies.term_total);
    CLEANUP(arena_release) struct arena arena = {0};
    assert_true(date_set_zone(arena_copy(&arena, surveyed->settings->site.timezone).data));
}

/* `labels`: "district.putuo topic.ic". */
static inline void survey_add(struct surveyed *surveyed, const char *date, const char *labels) {
    uint64_t bits[TERMS_MOST / 64] = {0};
    struct timestamp moment = {0};
    struct slice rest = slice_of(labels);
    struct slice name, taxonomy_name;
    while (*labels && slice_take_until(&rest, ' ', &name)) {
        assert_true(slice_take_until(&name, '.', &taxonomy_name));
        const struct taxonomy *taxonomy = taxonomy_find(&surveyed->settings->taxonomies, taxonomy_name);
        assert_non_null(taxonomy);
        uint16_t term = taxonomy_find_term(taxonomy, name);
        assert_int_not_equal(term, TERM_NONE);
        label_bit_set(bits, taxonomy->first_term + term);
    }
    assert_true(date_parse(slice_of(date), &moment));
    uint64_t number = surveyed->runs.runs.count ? surveyed->runs.runs.items[surveyed->runs.runs.count - 1].count : 0;
    struct record *record = index_add(&surveyed->index, &surveyed->cursor, &surveyed->runs);
    *record = (struct record){.key = {surveyed->runs.runs.count, number},
                              .date = moment.seconds,
                              .updated = INT64_MIN,
                              .labels = label_table_number(&surveyed->labels, bits)};
}

static inline const struct overview *survey_end(void **state, struct surveyed *surveyed) {
    static const struct source list = {.order = ORDER_NEWEST_FIRST};
    static const struct source *const sources[] = {&list};
    struct loaded *loaded = *state;
    struct index_counts counts;
    index_arrange(&surveyed->index, &surveyed->runs, 1, sources, INT64_MAX, &counts);
    assert_true(channels_make(surveyed->settings, &loaded->diagnostics, &surveyed->channels));
    channels_select(&surveyed->channels, &surveyed->index, &surveyed->labels);
    overview_make(surveyed->settings, &surveyed->channels, &surveyed->index, &surveyed->labels, &surveyed->overview);
    return &surveyed->overview;
}

static inline void survey_release(struct surveyed *surveyed) {
    overview_release(&surveyed->overview);
    channels_release(&surveyed->channels);
    vec_release(&surveyed->runs.runs);
    index_release(&surveyed->index);
    label_table_release(&surveyed->labels);
}

#endif
