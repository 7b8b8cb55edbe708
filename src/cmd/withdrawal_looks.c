#include "cmd/withdrawals_parts.h"

#include "clean/clean.h"
#include "text/fold.h"

void looks_reader_init(struct looks_reader *reader, const struct corpus *corpus) {
    *reader = (struct looks_reader){
        .corpus = corpus, .key = BUF(BUF_UNLIMITED), .title = BUF(BUF_UNLIMITED), .text = BUF(BUF_UNLIMITED)};
}

void looks_reader_release(struct looks_reader *reader) {
    arena_release(&reader->arena);
    buf_release(&reader->key);
    buf_release(&reader->title);
    buf_release(&reader->text);
    kept_comparison_release(&reader->comparison);
}

/* As when the index was made: corrected, cleaned, folded. */
bool looks_read(struct looks_reader *reader, const struct record *record, struct kept_sketch *ret_kept) {
    const struct corpus *corpus = reader->corpus;
    struct article article = {0};
    struct plain_text plain = {0};
    struct sketch sketch;
    arena_clear(&reader->arena);
    buf_clear(&reader->key);
    buf_clear(&reader->title);
    buf_clear(&reader->text);
    if (!corpus_read_again(corpus, record, &reader->arena, &article))
        return false;
    corrections_apply(&corpus->desk, &article, &reader->key, &reader->arena, NULL);
    if (!clean_plain_text(&article, &reader->arena, &plain))
        return false;
    text_fold(article.title, &reader->title, NULL);
    if (plain.text.size)
        text_fold(plain.text, &reader->text, NULL);
    sketch_make(buf_slice(&reader->title), buf_slice(&reader->text), &sketch);
    kept_sketch_make(&sketch, buf_slice(&reader->title), buf_slice(&reader->text), &corpus->settings->taxonomies,
                     label_table_set(&corpus->labels, record->labels), ret_kept);
    return true;
}

bool looks_load(struct looks_reader *reader, const struct record *record) {
    struct kept_sketch own;
    if (!looks_read(reader, record, &own))
        return false;
    kept_comparison_load(&reader->comparison, &own, buf_slice(&reader->title), buf_slice(&reader->text));
    return true;
}
