#include "assemble/kept_runs.h"

void kept_runs_release(struct kept_runs *runs) {
    vec_release(&runs->letters);
    vec_release(&runs->hashes);
}

/* Not by the bytes in memory: a history may go to another machine. */
static uint64_t hash_run(const uint16_t *run) {
    uint64_t four = (uint64_t)run[0] << 48 | (uint64_t)run[1] << 32 | (uint64_t)run[2] << 16 | run[3];
    uint64_t hash = (four ^ run[4] * 0xd6e8feb86659fd93) * 0x9e3779b97f4a7c15;
    hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9;
    return hash ^ hash >> 32;
}

void kept_runs_read(struct kept_runs *runs, struct slice text) {
    uint32_t letter = 0;
    vec_clear(&runs->letters);
    vec_clear(&runs->hashes);
    for (size_t at = 0; (at = sketch_next_letter(text, at, &letter)) != 0;)
        vec_push(&runs->letters, (uint16_t)(letter ^ letter >> 16));
    for (size_t i = 0; i + SKETCH_RUN <= runs->letters.count; i++)
        vec_push(&runs->hashes, hash_run(runs->letters.items + i));
}

bool kept_run_is_sampled(uint64_t hash, unsigned every) {
    return (hash & (((uint64_t)1 << every) - 1)) == 0;
}

uint16_t kept_run_value(uint64_t hash) {
    return (uint16_t)(hash >> 48);
}

size_t kept_head_letters(size_t letters) {
    enum { HEAD_MOST = 120 };
    size_t third = (letters + 2) / 3;
    return third < HEAD_MOST ? third : HEAD_MOST;
}

uint64_t kept_word_bit(uint16_t first, uint16_t second) {
    return (uint64_t)1 << (((uint64_t)first << 16 | second) * 0x9e3779b97f4a7c15 >> 58);
}

bool kept_values_has(const struct kept_values *values, uint16_t value) {
    return values->bits[value / 64] >> value % 64 & 1;
}

void kept_values_add(struct kept_values *values, uint16_t value) {
    values->count += !kept_values_has(values, value);
    values->bits[value / 64] |= (uint64_t)1 << value % 64;
}
