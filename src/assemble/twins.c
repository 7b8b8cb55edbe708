#include "assemble/twins.h"

#include "base/hash.h"
#include "base/memory.h"

enum {
    CAPACITY_FIRST = 1024,
    SURE_LETTERS = 100, /* the same text of so many is a copy whatever the titles */
};

struct twins_slot {
    uint64_t class; /* 0: empty */
    uint32_t place;
};

void twins_release(struct twins *twins) {
    free(twins->slots);
    *twins = (struct twins){0};
}

uint64_t twins_class(const struct sketch *sketch) {
    struct sketch same = {.text = sketch->text, .letters = sketch->letters};
    if (sketch->letters == 0 || (sketch->letters < SURE_LETTERS && sketch->title == 0))
        return 0;
    if (sketch->letters < SURE_LETTERS)
        same.title = sketch->title;
    memcpy(same.bins, sketch->bins, sizeof same.bins);
    uint64_t class = hash64((struct slice){(const char *)&same, sizeof same});
    return class ? class : 1;
}

static struct twins_slot *slot_of(const struct twins *twins, uint64_t class) {
    size_t at = class & (twins->capacity - 1);
    while (twins->slots[at].class && twins->slots[at].class != class)
        at = (at + 1) & (twins->capacity - 1);
    return &twins->slots[at];
}

uint32_t twins_last(const struct twins *twins, uint64_t class, uint32_t first) {
    if (twins->capacity == 0)
        return UINT32_MAX;
    const struct twins_slot *slot = slot_of(twins, class);
    return slot->class && slot->place >= first ? slot->place : UINT32_MAX;
}

/* Anew, with those of the window only. */
static void make_room(struct twins *twins, uint32_t first) {
    struct twins old = *twins;
    size_t kept = 0;
    for (size_t i = 0; i < old.capacity; i++)
        kept += old.slots[i].class && old.slots[i].place >= first;
    twins->capacity = CAPACITY_FIRST;
    while (twins->capacity < kept * 4)
        twins->capacity *= 2;
    twins->slots = memory_new_array(twins->capacity, sizeof *twins->slots);
    twins->count = kept;
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].class && old.slots[i].place >= first)
            *slot_of(twins, old.slots[i].class) = old.slots[i];
    free(old.slots);
}

void twins_note(struct twins *twins, uint64_t class, uint32_t place, uint32_t first) {
    if (twins->count * 2 >= twins->capacity)
        make_room(twins, first);
    struct twins_slot *slot = slot_of(twins, class);
    twins->count += slot->class == 0;
    *slot = (struct twins_slot){class, place};
}
