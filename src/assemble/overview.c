#include "assemble/overview.h"

#include "assemble/archive.h"

#include <assert.h>

/* What is being made, and what it is made of. */
struct surveying {
    const struct settings *settings;
    const struct channels *channels;
    const struct label_table *labels;
    struct arena *arena;
    const struct slice *term_paths;
    const struct channel_rule *table_rule; /* NULL: none */
    size_t *term_articles;                 /* by number through all taxonomies */
    uint32_t (*term_months)[OVERVIEW_MONTHS];
};

/* --- how many articles, in all and in each month ---------------------------------------------------------------- */

/* The beginnings of the last months, the newest first. */
static void find_months(int64_t newest, int64_t *begins) {
    for (size_t i = 0; i < OVERVIEW_MONTHS; i++) {
        begins[i] = archive_span_at(ARCHIVE_MONTH, newest).begin;
        newest = begins[i] - 1;
    }
}

/*
 * By label set, of which there are some hundred, and only then by term: a record is looked at once, for its date and
 * its set. Records lie in source order, so that each is fetched a while before it is looked at.
 */
static void count_months(const struct index *index, const int64_t *begins, uint32_t (*counts)[OVERVIEW_MONTHS]) {
    enum { AHEAD = 16 };
    size_t month = 0;
    for (size_t place = 0; place < index->order_count; place++) {
        if (place + AHEAD < index->order_count)
            __builtin_prefetch(index_record(index, index->order[place + AHEAD]));
        const struct record *record = index_record(index, index->order[place]);
        while (month < OVERVIEW_MONTHS && record->date < begins[month])
            month++;
        if (month == OVERVIEW_MONTHS)
            return;
        counts[record->labels][OVERVIEW_MONTHS - 1 - month]++;
    }
}

static void add_set(struct surveying *surveying, size_t set, const uint32_t *months) {
    const uint64_t *bits = label_table_set(surveying->labels, (uint32_t)set);
    for (size_t term = 0; term < surveying->settings->taxonomies.term_total; term++) {
        if (!label_bit(bits, term))
            continue;
        surveying->term_articles[term] += surveying->channels->set_articles[set];
        for (size_t month = 0; month < OVERVIEW_MONTHS; month++)
            surveying->term_months[term][month] += months[month];
    }
}

static void count_articles(struct surveying *surveying, const struct index *index, struct home_page *home) {
    size_t terms = surveying->settings->taxonomies.term_total;
    size_t sets = surveying->labels->sets.count;
    uint32_t(*counts)[OVERVIEW_MONTHS] = memory_new_array(sets, sizeof *counts);
    int64_t begins[OVERVIEW_MONTHS];
    surveying->term_articles = memory_new_array(terms, sizeof *surveying->term_articles);
    surveying->term_months = memory_new_array(terms, sizeof *surveying->term_months);
    home->articles = index->order_count;
    home->months_end =
        index->order_count ? index_record(index, index->order[0])->date : surveying->settings->site.tag_seconds;
    find_months(home->months_end, begins);
    home->months_begin = begins[OVERVIEW_MONTHS - 1];
    count_months(index, begins, counts);
    for (size_t set = 0; set < sets; set++)
        if (surveying->channels->set_articles[set])
            add_set(surveying, set, counts[set]);
    free(counts);
}

/* --- the table -------------------------------------------------------------------------------------------------- */

static const struct channel_rule *find_table_rule(const struct settings *settings) {
    for (size_t i = 0; i < settings->channel_count; i++) {
        const struct channel_rule *rule = &settings->channels[i];
        if (rule->path.size && rule->each_count == 2 && rule->where_count == 0 && rule->each[0]->term_count &&
            rule->each[1]->term_count)
            return rule;
    }
    return NULL;
}

static const struct overview_term *make_terms(const struct surveying *surveying, const struct taxonomy *taxonomy) {
    struct overview_term *terms = arena_new_array(surveying->arena, taxonomy->term_count, sizeof *terms);
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        const struct term *term = &taxonomy->terms[i];
        size_t number = taxonomy->first_term + i;
        terms[i] = (struct overview_term){
            .label = term->label,
            .short_label = term->short_label.size ? term->short_label : term->label,
            .path = surveying->term_paths[number],
            .has_page = surveying->term_paths[number].data != NULL,
            .count = surveying->term_articles[number],
        };
        memcpy(terms[i].months, surveying->term_months[number], sizeof terms[i].months);
    }
    return terms;
}

/*
 * Five equal parts of the logarithms between the fewest and the most: part k begins at fewest · (most / fewest)^(k/5).
 * Asked in fifth powers instead, for logarithms differ in their last digit from one C library to the next.
 */
static unsigned level_of(size_t count, size_t fewest, size_t most) {
    enum { LEVELS = 5 };
    unsigned level = 1;
    if (count == 0)
        return 0;
    for (unsigned part = 1; part < LEVELS; part++) {
        double own = 1, bound = 1;
        for (unsigned i = 0; i < LEVELS; i++) {
            own *= (double)count;
            bound *= (double)(i < part ? most : fewest);
        }
        level += own >= bound;
    }
    return level;
}

/* A site that begins has ones and twos: no reason to paint the twos as black as a thousand. */
enum { SPREAD_LEAST = 10 };

static void set_levels(struct overview_cell *cells, size_t count) {
    size_t fewest = SIZE_MAX, most = 0;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].count && cells[i].count < fewest)
            fewest = cells[i].count;
        if (cells[i].count > most)
            most = cells[i].count;
    }
    if (most && most / SPREAD_LEAST < fewest)
        most = fewest * SPREAD_LEAST;
    for (size_t i = 0; i < count; i++)
        cells[i].level = level_of(cells[i].count, fewest, most);
}

/* The channels of a rule stand together, the second term turning faster: row by row. */
static void make_table(const struct surveying *surveying, size_t articles, struct overview_table *table) {
    const struct channel_rule *rule = surveying->table_rule;
    const struct channels *channels = surveying->channels;
    size_t count = rule->each[0]->term_count * rule->each[1]->term_count;
    size_t filled = 0;
    struct overview_cell *cells = arena_new_array(surveying->arena, count, sizeof *cells);
    for (size_t i = 0; i < channels->items.count; i++) {
        const struct channel *channel = &channels->items.items[i];
        if (channel->rule != rule)
            continue;
        assert(filled < count);
        cells[filled++] = (struct overview_cell){
            .path = slice_from(channel->path, 1), .title = channel->title, .count = channel->matching};
    }
    set_levels(cells, count);
    *table = (struct overview_table){
        .row_label = rule->each[0]->label,
        .column_label = rule->each[1]->label,
        .rows = make_terms(surveying, rule->each[0]),
        .row_count = rule->each[0]->term_count,
        .columns = make_terms(surveying, rule->each[1]),
        .column_count = rule->each[1]->term_count,
        .cells = cells,
        .total = articles,
    };
}

/* --- the other channels ----------------------------------------------------------------------------------------- */

/* Does a heading of the table lead to it? */
static bool is_heading(const struct surveying *surveying, const struct channel *channel) {
    const struct channel_rule *rule = channel->rule;
    const struct channel_rule *table = surveying->table_rule;
    if (!table || rule->each_count != 1 || rule->where_count ||
        (rule->each[0] != table->each[0] && rule->each[0] != table->each[1]))
        return false;
    /* A term may have a second channel of its own, to which none does. */
    return slice_equal(surveying->term_paths[rule->each[0]->first_term + channel->terms[0]],
                       slice_from(channel->path, 1));
}

static bool stands_in_group(const struct surveying *surveying, const struct channel *channel) {
    return channel_is_listed(channel) && channel->rule != surveying->table_rule && !is_heading(surveying, channel) &&
           !slice_equal(channel->path, SLICE("/"));
}

/* Groups while they are made. */
struct grouping {
    VEC(struct channel_group) groups;
    VEC(size_t) group_of; /* by channel; SIZE_MAX: in none */
    struct map numbers;   /* of groups, by label */
};

static size_t find_group(struct grouping *grouping, struct slice label) {
    uint64_t number = map_get(&grouping->numbers, label, UINT64_MAX);
    if (number != UINT64_MAX)
        return number;
    map_set(&grouping->numbers, label, grouping->groups.count);
    vec_push(&grouping->groups, (struct channel_group){.label = label});
    return grouping->groups.count - 1;
}

/* The room for each group's channels, now that it is known how many there are. */
static void fill_groups(const struct surveying *surveying, struct grouping *grouping) {
    size_t groups = grouping->groups.count;
    struct channel_link **next = memory_new_array(groups, sizeof *next);
    for (size_t i = 0; i < groups; i++) {
        struct channel_group *group = &grouping->groups.items[i];
        group->channels = next[i] = arena_new_array(surveying->arena, group->count, sizeof **next);
    }
    for (size_t i = 0; i < grouping->group_of.count; i++) {
        const struct channel *channel = &surveying->channels->items.items[i];
        if (grouping->group_of.items[i] != SIZE_MAX)
            *next[grouping->group_of.items[i]]++ = (struct channel_link){
                .title = channel->title, .path = slice_from(channel->path, 1), .count = channel->matching};
    }
    free(next);
}

static void make_groups(const struct surveying *surveying, struct home_page *home) {
    struct grouping grouping = {0};
    for (size_t i = 0; i < surveying->channels->items.count; i++) {
        const struct channel *channel = &surveying->channels->items.items[i];
        size_t group = SIZE_MAX;
        if (stands_in_group(surveying, channel)) {
            group = find_group(&grouping, channel_folder(channel));
            assert(group < grouping.groups.count);
            grouping.groups.items[group].count++;
        }
        vec_push(&grouping.group_of, group);
    }
    fill_groups(surveying, &grouping);
    struct channel_group *groups = arena_new_array(surveying->arena, grouping.groups.count, sizeof *groups);
    for (size_t i = 0; i < grouping.groups.count; i++)
        groups[i] = grouping.groups.items[i];
    home->groups = groups;
    home->group_count = grouping.groups.count;
    vec_release(&grouping.groups);
    vec_release(&grouping.group_of);
    map_release(&grouping.numbers);
}

static void find_top(const struct surveying *surveying, struct home_page *home) {
    for (size_t i = 0; i < surveying->channels->items.count; i++) {
        const struct channel *channel = &surveying->channels->items.items[i];
        if (!slice_equal(channel->path, SLICE("/")))
            continue;
        home->has_channel = true;
        home->has_archive = channel->rule->archive != ARCHIVE_NONE && channel->matching > 0;
    }
}

/* --- a visitor's choice ----------------------------------------------------------------------------------------- */

static bool is_made_of_terms(const struct channel_rule *rule) {
    return rule->path.size && rule->each_count && rule->where_count == 0;
}

/* One ticked alone must lead somewhere. */
static bool has_own_channels(const struct settings *settings, const struct taxonomy *taxonomy) {
    for (size_t i = 0; i < settings->channel_count; i++)
        if (is_made_of_terms(&settings->channels[i]) && settings->channels[i].each_count == 1 &&
            settings->channels[i].each[0] == taxonomy)
            return true;
    return false;
}

static void make_choice_group(const struct surveying *surveying, const struct taxonomy *taxonomy,
                              const struct slice *keys, struct choice_group *group) {
    struct choice_term *terms = arena_new_array(surveying->arena, taxonomy->term_count, sizeof *terms);
    for (size_t i = 0; i < taxonomy->term_count; i++) {
        size_t number = taxonomy->first_term + i;
        terms[i] = (struct choice_term){
            .key = keys[number],
            .label = taxonomy->terms[i].label,
            .path = surveying->term_paths[number],
            .has_page = surveying->term_paths[number].data != NULL,
            .count = surveying->term_articles[number],
        };
    }
    *group = (struct choice_group){
        .taxonomy = taxonomy->id, .label = taxonomy->label, .terms = terms, .count = taxonomy->term_count};
}

static bool has_taxonomy(const struct channel_rule *rule, const struct taxonomy *taxonomy) {
    for (size_t i = 0; i < rule->each_count; i++)
        if (rule->each[i] == taxonomy)
            return true;
    return false;
}

static bool are_same_taxonomies(const struct channel_rule *rule, const struct channel_rule *other) {
    for (size_t i = 0; i < rule->each_count; i++)
        if (!has_taxonomy(other, rule->each[i]))
            return false;
    return rule->each_count == other->each_count;
}

/* Can a choice be answered by its channels? Of two rules for the same terms the first is asked. */
static bool answers_choice(const struct settings *settings, const struct channel_rule *rule) {
    if (!is_made_of_terms(rule))
        return false;
    for (size_t i = 0; i < rule->each_count; i++)
        if (!has_own_channels(settings, rule->each[i]))
            return false;
    for (const struct channel_rule *earlier = settings->channels; earlier < rule; earlier++)
        if (is_made_of_terms(earlier) && are_same_taxonomies(earlier, rule))
            return false;
    return true;
}

static void make_choice_channels(const struct surveying *surveying, const struct slice *keys,
                                 struct choice_page *choice) {
    const struct channels *channels = surveying->channels;
    struct choice_channel *made = arena_new_array(surveying->arena, channels->items.count, sizeof *made);
    const struct channel_rule *rule = NULL;
    bool is_wanted = false;
    for (size_t i = 0; i < channels->items.count; i++) {
        const struct channel *channel = &channels->items.items[i];
        if (channel->rule != rule)
            is_wanted = answers_choice(surveying->settings, channel->rule);
        rule = channel->rule;
        if (!is_wanted)
            continue;
        struct slice *own = arena_new_array(surveying->arena, rule->each_count, sizeof *own);
        for (size_t term = 0; term < rule->each_count; term++)
            own[term] = keys[rule->each[term]->first_term + channel->terms[term]];
        made[choice->channel_count++] = (struct choice_channel){
            .path = slice_from(channel->path, 1), .title = channel->title, .keys = own, .key_count = rule->each_count};
    }
    choice->channels = made;
}

static void make_choice(const struct surveying *surveying, struct choice_page *choice) {
    const struct taxonomies *taxonomies = &surveying->settings->taxonomies;
    struct slice *keys = arena_new_array(surveying->arena, taxonomies->term_total, sizeof *keys);
    struct choice_group *groups = arena_new_array(surveying->arena, taxonomies->count, sizeof *groups);
    for (size_t i = 0; i < taxonomies->count; i++) {
        const struct taxonomy *taxonomy = &taxonomies->items[i];
        for (size_t term = 0; term < taxonomy->term_count; term++)
            keys[taxonomy->first_term + term] = choice_key(taxonomies, taxonomy, term, surveying->arena);
        if (has_own_channels(surveying->settings, taxonomy))
            make_choice_group(surveying, taxonomy, keys, &groups[choice->group_count++]);
    }
    choice->groups = groups;
    make_choice_channels(surveying, keys, choice);
}

void overview_make(const struct settings *settings, const struct channels *channels, const struct index *index,
                   const struct label_table *labels, struct overview *ret_overview) {
    struct overview overview = {0};
    struct surveying surveying = {
        .settings = settings,
        .channels = channels,
        .labels = labels,
        .arena = &overview.arena,
        .term_paths = channels_term_paths(channels, &settings->taxonomies, &overview.arena),
        .table_rule = find_table_rule(settings),
    };
    count_articles(&surveying, index, &overview.home);
    if (surveying.table_rule)
        make_table(&surveying, index->order_count, &overview.home.table);
    make_groups(&surveying, &overview.home);
    find_top(&surveying, &overview.home);
    make_choice(&surveying, &overview.choice);
    free(surveying.term_articles);
    free(surveying.term_months);
    *ret_overview = overview;
}

void overview_release(struct overview *overview) {
    arena_release(&overview->arena);
    *overview = (struct overview){0};
}
