#include "cmd/clashes.h"

#include "clean/clean.h"
#include "cmd/reread.h"
#include "text/fold.h"

/* The title, and the letters of the text, folded: what is the same in copies of one article. */
static bool read_letters(const struct corpus *corpus, uint32_t number, struct arena *arena, struct slice *ret_title,
                         struct buf *letters) {
    const struct record *record = index_record(&corpus->index, number);
    CLEANUP(buf_release) struct buf folded = BUF(BUF_UNLIMITED);
    struct article article = {0};
    struct plain_text text = {0};
    if (!corpus_read_again(corpus, record, arena, &article) || !clean_plain_text(&article, arena, &text))
        return false;
    text_fold(text.text, &folded, NULL);
    text_append_letters(buf_slice(&folded), letters);
    *ret_title = article.title;
    return true;
}

static bool holds(struct slice whole, struct slice part) {
    return part.size == 0 || slice_find(whole, part, 0) < whole.size;
}

static void report(const struct corpus *corpus, const struct index_clash *clash, struct slice title,
                   struct diagnostics *diagnostics) {
    struct line_finder finder = {0};
    struct place lost = record_place(corpus, index_record(&corpus->index, clash->lost), &finder);
    struct place kept = record_place(corpus, index_record(&corpus->index, clash->kept), &finder);
    diag_report(diagnostics, DIAGNOSTIC_ID_SHARED, lost, "%.*s, and %.*s:%u, which is shown", SLICE_ARGUMENTS(title),
                SLICE_ARGUMENTS(kept.file), kept.line);
}

void clashes_report(const struct corpus *corpus, struct diagnostics *diagnostics) {
    CLEANUP(arena_release) struct arena arena = {0};
    CLEANUP(buf_release) struct buf kept = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf lost = BUF(BUF_UNLIMITED);
    for (size_t i = 0; i < corpus->index.clashes.count; i++) {
        const struct index_clash *clash = &corpus->index.clashes.items[i];
        struct slice title;
        arena_clear(&arena);
        buf_clear(&kept);
        buf_clear(&lost);
        /* What has changed since is read again as a whole, and comes here once more. */
        if (!read_letters(corpus, clash->kept, &arena, &title, &kept) ||
            !read_letters(corpus, clash->lost, &arena, &title, &lost))
            continue;
        if (!holds(buf_slice(&kept), buf_slice(&lost)) && !holds(buf_slice(&lost), buf_slice(&kept)))
            report(corpus, clash, title, diagnostics);
    }
}
