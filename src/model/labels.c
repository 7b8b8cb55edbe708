#include "model/labels.h"

void label_table_init(struct label_table *table, size_t term_total) {
    *table = (struct label_table){.words = (term_total + 63) / 64};
    if (table->words == 0)
        table->words = 1;
    pthread_mutex_init(&table->mutex, NULL);
    uint64_t *none = arena_new_array(&table->arena, table->words, sizeof *none);
    label_table_number(table, none);
}

void label_table_release(struct label_table *table) {
    map_release(&table->numbers);
    vec_release(&table->sets);
    arena_release(&table->arena);
    pthread_mutex_destroy(&table->mutex);
}

uint32_t label_table_number(struct label_table *table, const uint64_t *bits) {
    struct slice key = {(const char *)bits, table->words * sizeof *bits};
    pthread_mutex_lock(&table->mutex);
    uint64_t number = map_get(&table->numbers, key, UINT64_MAX);
    if (number == UINT64_MAX) {
        number = table->sets.count;
        uint64_t *copy = arena_new(&table->arena, key.size);
        memcpy(copy, bits, key.size);
        vec_push(&table->sets, copy);
        map_set(&table->numbers, (struct slice){(const char *)copy, key.size}, number);
    }
    pthread_mutex_unlock(&table->mutex);
    return (uint32_t)number;
}

const uint64_t *label_table_set(const struct label_table *table, uint32_t number) {
    return table->sets.items[number];
}
