#include "cmd/fingerprints.h"

#include "base/buf.h"
#include "base/hash.h"
#include "model/record.h"
#include "render/templates.h"

static void add_number(struct buf *buf, uint64_t number) {
    buf_append_slice(buf, (struct slice){(const char *)&number, sizeof number});
}

/* With its size in front, so that no two lists of texts look alike. */
static void add_text(struct buf *buf, struct slice text) {
    add_number(buf, text.size);
    buf_append_slice(buf, text);
}

static void add_labels(struct buf *buf, const struct label *labels, size_t count) {
    add_number(buf, count);
    for (size_t i = 0; i < count; i++) {
        add_text(buf, labels[i].taxonomy);
        add_text(buf, labels[i].term);
        add_number(buf, labels[i].change);
    }
}

uint64_t fingerprint_of_records(const struct settings *settings, uint64_t rules, bool sketched) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    add_text(&buf, SLICE(PINDAO_VERSION));
    add_number(&buf, sizeof(struct record));
    add_number(&buf, RECORD_MEANING);
    add_number(&buf, rules);
    add_number(&buf, sketched);
    add_text(&buf, settings->site.timezone);
    /* The rules' hash does not say in which order terms are numbered. */
    for (size_t i = 0; i < settings->taxonomies.count; i++) {
        const struct taxonomy *taxonomy = &settings->taxonomies.items[i];
        add_text(&buf, taxonomy->id);
        for (size_t term = 0; term < taxonomy->term_count; term++)
            add_text(&buf, taxonomy->terms[term].id);
    }
    for (size_t i = 0; i < settings->corrections.hold_count; i++)
        add_text(&buf, settings->corrections.hold[i].folded);
    return hash64(buf_slice(&buf));
}

uint64_t fingerprint_of_source(const struct source *source) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    add_text(&buf, slice_of(source->reader));
    for (size_t i = 0; i < ARTICLE_FIELD_COUNT; i++) {
        add_text(&buf, source->fields[i]);
        add_text(&buf, source->defaults[i]);
    }
    add_labels(&buf, source->labels, source->label_count);
    add_number(&buf, source->content);
    add_number(&buf, source->format);
    add_text(&buf, source->encoding);
    add_number(&buf, source->simplified);
    add_number(&buf, source->undated);
    add_number(&buf, source->alone);
    return hash64(buf_slice(&buf));
}

uint64_t fingerprint_of_correction(const struct correction *correction) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    add_text(&buf, correction->title);
    add_labels(&buf, correction->labels, correction->label_count);
    add_number(&buf, correction->withdrawn);
    add_number(&buf, correction->released);
    return hash64(buf_slice(&buf));
}

uint64_t fingerprint_of_configuration(const struct settings *settings) {
    CLEANUP(buf_release) struct buf buf = BUF(BUF_UNLIMITED);
    add_text(&buf, SLICE(PINDAO_VERSION));
    add_number(&buf, settings->files_hash);
    add_number(&buf, templates_shipped_hash());
    return hash64(buf_slice(&buf));
}
