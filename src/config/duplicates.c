#include "config/sections.h"

static const struct key_row duplicates_rows[] = {
    {.key = "days",
     .kind = VALUE_COUNT,
     .offset = offsetof(struct duplicates_settings, days),
     .least = 0,
     .most = 3650},
    {.key = "containment",
     .kind = VALUE_NUMBER,
     .offset = offsetof(struct duplicates_settings, containment),
     .least = 0.3,
     .most = 1},
};
const struct key_table duplicates_table = {"duplicates", duplicates_rows, ARRAY_LENGTH(duplicates_rows), false};

static bool is_word(const struct node *node, struct slice word) {
    return node->kind == NODE_SCALAR && slice_equal(node->text, word);
}

bool says_no(struct loading *loading, const struct node *node) {
    if (!node || is_word(node, SLICE("yes")) || is_word(node, SLICE("true")))
        return false;
    if (is_word(node, SLICE("no")) || is_word(node, SLICE("false")))
        return true;
    if (node->kind == NODE_SCALAR)
        node_report(loading->diagnostics, DIAGNOSTIC_CONFIG_BAD_VALUE, node, "yes or no is wanted");
    else
        report_wrong_kind(loading, node, "yes or no");
    return false;
}

void duplicates_read(struct loading *loading, const struct node *node) {
    struct duplicates_settings *duplicates = &loading->settings->duplicates;
    *duplicates = (struct duplicates_settings){.wanted = true, .days = 7, .containment = 0.6};
    if (node && node->kind == NODE_MAPPING)
        table_read(loading, &duplicates_table, node, duplicates);
    else if (node && !node_is_empty(node))
        duplicates->wanted = !says_no(loading, node);
}
