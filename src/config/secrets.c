#include "config/sections.h"
#include "net/secret.h"

/* "user:password" of https://user:password@host/, which is shown in messages, and in the process list. */
bool address_has_user(struct slice url) {
    size_t begin = slice_find(url, SLICE("://"), 0) + 3;
    struct slice authority = slice_from(url, begin);
    size_t end = authority.size;
    for (size_t i = 0; i < authority.size && end == authority.size; i++)
        if (memchr("/?#", authority.data[i], 3))
            end = i;
    return slice_find_byte(slice_range(authority, 0, end), '@', 0) < end;
}

static bool may_be_secret(struct slice key) {
    static const char *const parts[] = {"key", "secret", "token", "password", "auth", "cookie", "header"};
    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
        if (slice_find(key, slice_of(parts[i]), 0) < key.size)
            return true;
    return false;
}

static bool holds_secret(const struct node *item) {
    if (item->kind == NODE_SCALAR && address_has_user(item->text))
        return true;
    return may_be_secret(item->key) && !(item->kind == NODE_SCALAR && secret_is_reference(slice_trim(item->text)));
}

static void hide_line(struct node *node, unsigned line) {
    if (node->place.line == line)
        node->line = (struct slice){0};
    if (node->key_place.line == line)
        node->key_line = (struct slice){0};
    for (struct node *child = node->kind == NODE_SCALAR ? NULL : node->first; child; child = child->next)
        hide_line(child, line);
}

void secrets_hide(struct node *item) {
    for (struct node *value = item->kind == NODE_MAPPING ? item->first : NULL; value; value = value->next) {
        if (!holds_secret(value))
            continue;
        hide_line(item, value->key_place.line);
        hide_line(item, value->place.line);
        hide_line(value, value->place.line);
    }
}
