#include "ingest/labelled_by.h"

enum { HASH_DIGITS = 16 };

const struct slice labelled_by_name = SLICE_CONSTANT("labelled_by");

static bool parse_hash(const struct json_member *member, uint64_t *ret_hash) {
    uint64_t hash = 0;
    if (member->kind != JSON_STRING || member->text.size != HASH_DIGITS)
        return false;
    for (size_t i = 0; i < HASH_DIGITS; i++) {
        char c = member->text.data[i];
        if (c >= '0' && c <= '9')
            hash = hash << 4 | (uint64_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            hash = hash << 4 | (uint64_t)(c - 'a' + 10);
        else
            return false;
    }
    *ret_hash = hash;
    return true;
}

bool labelled_by_read(const struct json_member *member, struct arena *arena, struct labelled_by *ret_labelled_by) {
    struct labelled_by read = {0};
    struct json_members members;
    struct json_error error;
    bool has_rules = false;
    bool has_article = false;
    if (member->kind != JSON_OBJECT || !json_members_read(member->text, arena, &members, &error))
        return false;
    for (size_t i = 0; i < members.count; i++) {
        const struct json_member *part = &members.items[i];
        if (slice_equal(part->name, SLICE("rules"))) {
            has_rules = parse_hash(part, &read.rules);
        } else if (slice_equal(part->name, SLICE("article"))) {
            has_article = parse_hash(part, &read.article);
        } else if (slice_equal(part->name, SLICE("hand")) && part->kind == JSON_OBJECT) {
            read.hand = part->text;
            read.hand_offset = part->offset;
        }
    }
    if (!has_rules || !has_article)
        return false;
    *ret_labelled_by = read;
    return true;
}

void labelled_by_append(const struct labelled_by *labelled_by, struct buf *json) {
    buf_append_format(json, "{\"rules\": \"%016llx\", \"article\": \"%016llx\"", (unsigned long long)labelled_by->rules,
                      (unsigned long long)labelled_by->article);
    if (labelled_by->hand.size) {
        buf_append_string(json, ", \"hand\": ");
        buf_append_slice(json, labelled_by->hand);
    }
    buf_append_byte(json, '}');
}
