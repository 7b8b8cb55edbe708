#include "text/choke.h"
#include "config/sections.h"

/*
 * The choke point for what the configuration says: titles and labels reach feeds as the texts of articles do, and a
 * word of the rules with a zero-width space in it, pasted from a page, would match nothing.
 */

static bool has_repairs(const struct choke_report *report) {
    return report->ill_formed || report->forbidden || report->invisible || report->bidi;
}

/* What needs no repair keeps its blanks: file names may have any. */
static struct slice choke(struct loading *loading, struct slice text, struct choke_report *report) {
    struct choke_report own = {0};
    enum choke_kind kind = slice_find_byte(text, '\n', 0) < text.size ? CHOKE_TEXT : CHOKE_LINE;
    struct slice choked = text_choke(text, kind, &loading->settings->arena, &own);
    if (!has_repairs(&own))
        return text;
    *report = own;
    /* Callers take texts of nodes for strings. */
    return arena_copy(&loading->settings->arena, choked);
}

static void choke_key(struct loading *loading, struct node *node) {
    CLEANUP(buf_release) struct buf repairs = BUF(BUF_UNLIMITED);
    struct choke_report report = {0};
    node->key = choke(loading, node->key, &report);
    choke_report_describe(&report, &repairs);
    if (repairs.size)
        node_report_key(loading->diagnostics, DIAGNOSTIC_TEXT_REPAIRED, node, "%s", buf_string(&repairs));
}

static void choke_scalar(struct loading *loading, struct node *node) {
    CLEANUP(buf_release) struct buf repairs = BUF(BUF_UNLIMITED);
    struct choke_report report = {0};
    node->text = choke(loading, node->text, &report);
    choke_report_describe(&report, &repairs);
    if (repairs.size)
        node_report(loading->diagnostics, DIAGNOSTIC_TEXT_REPAIRED, node, "%s", buf_string(&repairs));
}

/* As deep as NODE_LEVELS_MOST. */
void nodes_choke(struct loading *loading, struct node *root) {
    if (root->key.size)
        choke_key(loading, root);
    if (root->kind == NODE_SCALAR)
        choke_scalar(loading, root);
    for (struct node *item = root->first; item; item = item->next)
        nodes_choke(loading, item);
}
