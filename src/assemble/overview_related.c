#include "assemble/overview.h"

#define NONE UINT32_MAX

static void relation_list_add(struct relation_list *list, size_t number) {
    if (list->count < ARRAY_LENGTH(list->channels))
        list->channels[list->count++] = (uint32_t)number;
}

static bool is_top(const struct channel *channel) {
    return slice_equal(channel->path, SLICE("/"));
}

static size_t term_of(const struct channel *channel, size_t place) {
    return channel->rule->each[place]->first_term + channel->terms[place];
}

static void relate(struct relations *relations, size_t number) {
    const struct channel *channel = &relations->channels->items.items[number];
    const struct channel_rule *rule = channel->rule;
    if (channel->matching == 0 || is_top(channel))
        return;
    if (rule->each_count < 2)
        relation_list_add(&relations->broad, number);
    if (rule->where_count)
        return;
    if (rule->each_count == 1 && relations->own[term_of(channel, 0)] == NONE)
        relations->own[term_of(channel, 0)] = (uint32_t)number;
    for (size_t i = 0; rule->each_count > 1 && i < rule->each_count; i++)
        relation_list_add(&relations->crosses[term_of(channel, i)], number);
}

void relations_init(struct relations *relations, const struct channels *channels, const struct taxonomies *taxonomies) {
    *relations = (struct relations){
        .channels = channels,
        .own = memory_new_array(taxonomies->term_total, sizeof *relations->own),
        .crosses = memory_new_array(taxonomies->term_total, sizeof *relations->crosses),
    };
    for (size_t i = 0; i < taxonomies->term_total; i++)
        relations->own[i] = NONE;
    for (size_t i = 0; i < channels->items.count; i++)
        relate(relations, i);
}

void relations_release(struct relations *relations) {
    free(relations->own);
    free(relations->crosses);
    *relations = (struct relations){0};
}

/* Related channels, while they are being found. */
struct finding {
    const struct relations *relations;
    const struct channel *channel;
    uint32_t found[RELATED_CHANNELS_MOST];
    size_t count;
};

static void find(struct finding *finding, uint32_t number) {
    if (number == NONE || finding->count == RELATED_CHANNELS_MOST ||
        &finding->relations->channels->items.items[number] == finding->channel)
        return;
    for (size_t i = 0; i < finding->count; i++)
        if (finding->found[i] == number)
            return;
    finding->found[finding->count++] = number;
}

static void find_all(struct finding *finding, const struct relation_list *list) {
    for (size_t i = 0; i < list->count; i++)
        find(finding, list->channels[i]);
}

static void find_own(struct finding *finding, const struct taxonomy *taxonomy, const uint16_t *terms, size_t count) {
    for (size_t i = 0; i < count; i++)
        find(finding, finding->relations->own[taxonomy->first_term + terms[i]]);
}

static void find_conditions(struct finding *finding, const struct channel_rule *rule) {
    for (size_t i = 0; i < rule->where_count; i++) {
        find_own(finding, rule->where[i].taxonomy, rule->where[i].any, rule->where[i].any_count);
        find_own(finding, rule->where[i].taxonomy, rule->where[i].all, rule->where[i].all_count);
    }
}

size_t overview_related(const struct relations *relations, const struct channel *channel, struct arena *arena,
                        const struct channel_link **ret_links) {
    const struct channel_rule *rule = channel->rule;
    struct finding finding = {.relations = relations, .channel = channel};
    for (size_t i = 0; i < rule->each_count; i++)
        find_own(&finding, rule->each[i], &channel->terms[i], 1);
    find_conditions(&finding, rule);
    if (rule->each_count)
        find_all(&finding, &relations->crosses[term_of(channel, 0)]);
    if (rule->each_count == 0 || finding.count == 0)
        find_all(&finding, &relations->broad);
    struct channel_link *links = arena_new_array(arena, finding.count, sizeof *links);
    for (size_t i = 0; i < finding.count; i++) {
        const struct channel *other = &relations->channels->items.items[finding.found[i]];
        links[i] = (struct channel_link){.title = other->title, .path = slice_from(other->path, 1)};
    }
    *ret_links = links;
    return finding.count;
}
