#include "assemble/channels.h"

#include "assemble/archive.h"
#include "base/map.h"

#include <assert.h>

void channels_release(struct channels *channels) {
    for (size_t i = 0; i < channels->items.count; i++)
        vec_release(&channels->items.items[i].entries);
    vec_release(&channels->items);
    arena_release(&channels->arena);
}

/* --- names -------------------------------------------------------------------------------------------------- */

/* What {taxonomy} or {taxonomy.short} stands for in a channel with these terms; an empty slice for anything else. */
static struct slice placeholder_value(const struct channel_rule *rule, const uint16_t *terms, struct slice name,
                                      bool in_path) {
    bool is_short = slice_ends_with(name, SLICE(".short"));
    struct slice taxonomy = is_short ? slice_range(name, 0, name.size - strlen(".short")) : name;
    for (size_t i = 0; i < rule->each_count; i++) {
        const struct term *term = &rule->each[i]->terms[terms[i]];
        if (!slice_equal(rule->each[i]->id, taxonomy))
            continue;
        if (in_path)
            return term->id;
        return is_short ? term->short_label : term->label;
    }
    return (struct slice){0};
}

static struct slice fill_in(struct arena *arena, const struct channel_rule *rule, const uint16_t *terms,
                            struct slice pattern, bool in_path) {
    CLEANUP(buf_release) struct buf filled = BUF(BUF_UNLIMITED);
    for (size_t at = 0; at < pattern.size;) {
        size_t open = slice_find_byte(pattern, '{', at);
        size_t close = slice_find_byte(pattern, '}', open);
        buf_append_slice(&filled, slice_range(pattern, at, open));
        if (close < pattern.size)
            buf_append_slice(&filled, placeholder_value(rule, terms, slice_range(pattern, open + 1, close), in_path));
        at = close + 1;
    }
    return arena_copy(arena, buf_slice(&filled));
}

static struct slice default_title(struct arena *arena, const struct channel_rule *rule, const uint16_t *terms) {
    CLEANUP(buf_release) struct buf title = BUF(BUF_UNLIMITED);
    for (size_t i = 0; i < rule->each_count; i++) {
        buf_append_string(&title, i ? " · " : "");
        buf_append_slice(&title, rule->each[i]->terms[terms[i]].label);
    }
    return arena_copy(arena, buf_slice(&title));
}

static void add_channel(struct channels *channels, const struct channel_rule *rule, const uint16_t *terms) {
    struct arena *arena = &channels->arena;
    struct channel *channel = vec_add(&channels->items);
    *channel = (struct channel){.rule = rule};
    memcpy(channel->terms, terms, sizeof channel->terms);
    channel->path = fill_in(arena, rule, terms, rule->path, true);
    channel->title =
        rule->title.size ? fill_in(arena, rule, terms, rule->title, false) : default_title(arena, rule, terms);
    channel->subtitle = fill_in(arena, rule, terms, rule->subtitle, false);
}

/* One channel for every combination of the terms of rule->each, the last taxonomy turning fastest. */
static void add_combinations(struct channels *channels, const struct channel_rule *rule) {
    uint16_t terms[ARRAY_LENGTH(((struct channel *)0)->terms)] = {0};
    for (size_t i = 0; i < rule->each_count; i++)
        if (rule->each[i]->term_count == 0)
            return;
    for (;;) {
        add_channel(channels, rule, terms);
        size_t turning = rule->each_count;
        while (turning > 0 && ++terms[turning - 1] == rule->each[turning - 1]->term_count)
            terms[--turning] = 0;
        if (turning == 0)
            return;
    }
}

static struct place place_of(const struct word_place *place) {
    return (struct place){place->file, place->line, place->column};
}

/* How many channels the rule makes; CHANNELS_MOST + 1 for all that is more. */
static size_t count_combinations(const struct channel_rule *rule) {
    size_t count = 1;
    for (size_t i = 0; i < rule->each_count; i++)
        if (__builtin_mul_overflow(count, rule->each[i]->term_count, &count) || count > CHANNELS_MOST)
            count = CHANNELS_MOST + 1;
    return count;
}

/* Asked before any is made: a few lines of YAML can ask for more than there is memory. */
static bool are_too_many(const struct settings *settings, struct diagnostics *diagnostics) {
    size_t count = 0;
    for (size_t i = 0; i < settings->channel_count; i++) {
        count += count_combinations(&settings->channels[i]);
        if (count <= CHANNELS_MOST)
            continue;
        diag_report(diagnostics, DIAGNOSTIC_CHANNELS_TOO_MANY, place_of(&settings->channels[i].place), "%s", "");
        return true;
    }
    return false;
}

static void report_collision(const struct channel *channel, const struct channel *other, const char *made,
                             struct diagnostics *diagnostics) {
    diag_report(diagnostics, DIAGNOSTIC_CHANNEL_COLLISION, place_of(&channel->rule->place),
                "%.*s, %s by the rule of line %u already", SLICE_ARGUMENTS(channel->path), made,
                other->rule->place.line);
}

/* A folder cannot be where another channel's archive has a page. */
static bool stands_in_archive(const struct channels *channels, const struct map *paths, const struct channel *channel,
                              struct diagnostics *diagnostics) {
    struct slice owner;
    enum archive_period period;
    if (!archive_page_in_path(channel->path, &owner, &period))
        return false;
    uint64_t number = map_get(paths, owner, UINT64_MAX);
    if (number == UINT64_MAX || channels->items.items[number].rule->archive != period)
        return false;
    report_collision(channel, &channels->items.items[number], "where a page of an archive may be made", diagnostics);
    return true;
}

/* Where one of our own pages is to stand; NULL: nowhere. */
static const char *page_of_ours_at(const struct channels *channels, const struct map *paths, struct slice path) {
    static const struct slice list = SLICE_CONSTANT("/archive/");
    if (slice_starts_with(path, SLICE("/article/")))
        return "below which the pages of articles stand";
    if (slice_starts_with(path, SLICE("/my/")))
        return "where the page for a choice of one's own stands";
    if (!slice_ends_with(path, list))
        return NULL;
    uint64_t owner = map_get(paths, slice_range(path, 0, path.size - list.size + 1), UINT64_MAX);
    return owner != UINT64_MAX && channels->items.items[owner].rule->archive != ARCHIVE_NONE
               ? "where the list of an archive's pages stands"
               : NULL;
}

static bool stands_on_page(const struct channels *channels, const struct map *paths, const struct channel *channel,
                           struct diagnostics *diagnostics) {
    const char *page = page_of_ours_at(channels, paths, channel->path);
    if (page)
        diag_report(diagnostics, DIAGNOSTIC_CHANNEL_COLLISION, place_of(&channel->rule->place),
                    "%.*s, %s (html is among the formats)", SLICE_ARGUMENTS(channel->path), page);
    return page != NULL;
}

static bool has_pages(const struct settings *settings) {
    for (size_t i = 0; i < settings->output.format_count; i++)
        if (slice_equal(settings->output.formats[i], SLICE("html")))
            return true;
    return false;
}

bool channels_make(const struct settings *settings, struct diagnostics *diagnostics, struct channels *ret_channels) {
    struct channels channels = {0};
    struct map paths = {0};
    bool unique = true;
    if (are_too_many(settings, diagnostics))
        return false;
    for (size_t i = 0; i < settings->channel_count; i++)
        if (settings->channels[i].path.size) /* else there was a mistake in it */
            add_combinations(&channels, &settings->channels[i]);
    for (size_t i = 0; i < channels.items.count; i++) {
        const struct channel *channel = &channels.items.items[i];
        uint64_t other = map_get(&paths, channel->path, UINT64_MAX);
        if (other == UINT64_MAX) {
            map_set(&paths, channel->path, i);
            continue;
        }
        unique = false;
        report_collision(channel, &channels.items.items[other], "made", diagnostics);
    }
    for (size_t i = 0; i < channels.items.count; i++)
        if (stands_in_archive(&channels, &paths, &channels.items.items[i], diagnostics) ||
            (has_pages(settings) && stands_on_page(&channels, &paths, &channels.items.items[i], diagnostics)))
            unique = false;
    map_release(&paths);
    if (!unique) {
        channels_release(&channels);
        return false;
    }
    *ret_channels = channels;
    return true;
}

/* --- who belongs where -------------------------------------------------------------------------------------- */

static bool has_term(const uint64_t *labels, const struct taxonomy *taxonomy, uint16_t term) {
    return label_bit(labels, taxonomy->first_term + term);
}

static size_t count_held(const uint64_t *labels, const struct taxonomy *taxonomy, const uint16_t *terms, size_t count) {
    size_t held = 0;
    for (size_t i = 0; i < count; i++)
        held += has_term(labels, taxonomy, terms[i]);
    return held;
}

static bool meets(const struct channel_condition *condition, const uint64_t *labels) {
    const struct taxonomy *taxonomy = condition->taxonomy;
    if (condition->any_count && count_held(labels, taxonomy, condition->any, condition->any_count) == 0)
        return false;
    if (count_held(labels, taxonomy, condition->all, condition->all_count) < condition->all_count)
        return false;
    return count_held(labels, taxonomy, condition->none, condition->none_count) == 0;
}

bool channel_wants(const struct channel *channel, const uint64_t *labels) {
    const struct channel_rule *rule = channel->rule;
    for (size_t i = 0; i < rule->each_count; i++)
        if (!has_term(labels, rule->each[i], channel->terms[i]))
            return false;
    for (size_t i = 0; i < rule->where_count; i++)
        if (!meets(&rule->where[i], labels))
            return false;
    return rule->all || rule->each_count || rule->where_count;
}

void memberships_init(struct memberships *memberships, const struct channels *channels,
                      const struct label_table *labels) {
    *memberships = (struct memberships){
        .channels = channels,
        .labels = labels,
        .count = labels->sets.count,
        .items = memory_new_array(labels->sets.count, sizeof *memberships->items),
    };
}

void memberships_release(struct memberships *memberships) {
    for (size_t i = 0; i < memberships->count; i++)
        free(memberships->items[i].channels);
    free(memberships->items);
    *memberships = (struct memberships){0};
}

const struct membership *memberships_of(struct memberships *memberships, uint32_t set) {
    const struct channels *channels = memberships->channels;
    struct membership *membership = &memberships->items[set];
    if (membership->known)
        return membership;
    VEC(uint32_t) found = {0};
    for (size_t i = 0; i < channels->items.count; i++)
        if (channel_wants(&channels->items.items[i], label_table_set(memberships->labels, set)))
            vec_push(&found, (uint32_t)i);
    *membership = (struct membership){found.items, found.count, true};
    return membership;
}

/* --- heads -------------------------------------------------------------------------------------------------- */

enum { DAY = 24 * 60 * 60 };

/* Has it all that it wants when an article of this date comes? It has no holes: what ended stays so. */
static bool head_has_ended(const struct channel *channel, const struct index *index, int64_t date) {
    if (channel->entries.count < channel->rule->items)
        return false;
    if (channel->entries.count == 0)
        return true;
    int64_t newest = index_record(index, index->order[channel->entries.items[0]])->date;
    return date <= newest - (int64_t)channel->rule->days * DAY;
}

/* The articles of one label set, while heads are being filled. */
struct filling {
    uint32_t *channels; /* whose heads have not ended */
    size_t count;
    size_t articles;
    bool known;
};

static void begin_filling(struct filling *filling, const struct membership *membership) {
    filling->known = true;
    filling->channels = memory_new_array(membership->count, sizeof *filling->channels);
    for (size_t i = 0; i < membership->count; i++)
        filling->channels[filling->count++] = membership->channels[i];
}

static void fill_heads(struct filling *filling, struct channels *channels, const struct index *index, size_t place,
                       int64_t date) {
    size_t kept = 0;
    for (size_t i = 0; i < filling->count; i++) {
        struct channel *channel = &channels->items.items[filling->channels[i]];
        if (head_has_ended(channel, index, date))
            continue;
        vec_push(&channel->entries, (uint32_t)place);
        filling->channels[kept++] = filling->channels[i];
    }
    filling->count = kept;
}

/* The oldest entries beyond max_bytes fall to their summaries; the newest is always whole. */
static void limit_bytes(struct channel *channel, const struct index *index) {
    uint64_t bytes = 0;
    channel->full_count = channel->entries.count;
    if (channel->rule->max_bytes == 0)
        return;
    for (size_t i = 0; i < channel->entries.count; i++) {
        bytes += index_record(index, index->order[channel->entries.items[i]])->text_bytes;
        if (bytes > channel->rule->max_bytes && i > 0) {
            channel->full_count = i;
            return;
        }
    }
}

void channels_select(struct channels *channels, const struct index *index, const struct label_table *labels) {
    enum { AHEAD = 16 };
    CLEANUP(memberships_release) struct memberships memberships;
    struct filling *fillings = memory_new_array(labels->sets.count, sizeof *fillings);
    memberships_init(&memberships, channels, labels);
    /* Most articles are older than every head that they belong to: they are only counted. */
    for (size_t place = 0; place < index->order_count; place++) {
        if (place + AHEAD < index->order_count)
            __builtin_prefetch(index_record(index, index->order[place + AHEAD]));
        const struct record *record = index_record(index, index->order[place]);
        struct filling *filling = &fillings[record->labels];
        if (!filling->known)
            begin_filling(filling, memberships_of(&memberships, record->labels));
        filling->articles++;
        if (filling->count)
            fill_heads(filling, channels, index, place, record->date);
    }
    size_t *set_articles = arena_new_array(&channels->arena, labels->sets.count, sizeof *set_articles);
    channels->set_articles = set_articles;
    for (size_t set = 0; set < labels->sets.count; set++) {
        const struct membership *membership = fillings[set].known ? memberships_of(&memberships, (uint32_t)set) : NULL;
        set_articles[set] = fillings[set].articles;
        for (size_t i = 0; membership && i < membership->count; i++)
            channels->items.items[membership->channels[i]].matching += fillings[set].articles;
        free(fillings[set].channels);
    }
    free(fillings);
    for (size_t i = 0; i < channels->items.count; i++)
        limit_bytes(&channels->items.items[i], index);
}

const struct channel *channels_widest(const struct channels *channels) {
    const struct channel *found = &channels->items.items[0];
    for (size_t i = 1; i < channels->items.count; i++)
        if (channels->items.items[i].matching > found->matching)
            found = &channels->items.items[i];
    return found;
}

const struct slice *channels_term_paths(const struct channels *channels, const struct taxonomies *taxonomies,
                                        struct arena *arena) {
    struct slice *paths = arena_new_array(arena, taxonomies->term_total, sizeof *paths);
    for (size_t i = 0; i < channels->items.count; i++) {
        const struct channel *channel = &channels->items.items[i];
        if (channel->rule->each_count != 1 || channel->rule->where_count)
            continue;
        struct slice *path = &paths[channel->rule->each[0]->first_term + channel->terms[0]];
        if (!path->data)
            *path = slice_from(channel->path, 1);
    }
    return paths;
}

bool channel_is_listed(const struct channel *channel) {
    return channel->matching >= channel->rule->list_from;
}

struct slice channel_folder(const struct channel *channel) {
    const struct channel_rule *rule = channel->rule;
    if (rule->each_count == 0)
        return (struct slice){0};
    return rule->each_count == 1 ? rule->each[0]->label : rule->each[0]->terms[channel->terms[0]].label;
}

bool path_is_retired(const struct settings *settings, struct slice path) {
    struct slice rest = path;
    struct slice part;
    for (size_t i = 0; i < settings->retired_path_count; i++)
        if (slice_equal(settings->retired_paths[i], path))
            return true;
    while (slice_take_until(&rest, '/', &part))
        for (size_t i = 0; part.size && i < settings->retired_count; i++)
            if (slice_equal(settings->retired[i].term, part))
                return true;
    return false;
}
