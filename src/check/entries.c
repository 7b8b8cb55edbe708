#include "check/check.h"
#include "xml/parser.h"

#define ATOM "http://www.w3.org/2005/Atom"

enum { TEXT_MOST = 1 << 16 };

struct entries {
    void (*entry)(void *context, struct slice id, struct slice published);
    void *context;
    unsigned depth;
    bool in_entry;
    struct buf *field; /* what text goes to; NULL: nowhere */
    struct buf id;
    struct buf published;
};

static void on_open(void *context, const char *namespace, const char *name, const struct xml_attribute_in *attributes,
                    size_t count, struct xml_place place) {
    struct entries *entries = context;
    bool is_atom = namespace && strcmp(namespace, ATOM) == 0;
    (void)attributes;
    (void)count;
    (void)place;
    entries->depth++;
    if (entries->depth == 2 && is_atom && strcmp(name, "entry") == 0) {
        entries->in_entry = true;
        buf_clear(&entries->id);
        buf_clear(&entries->published);
    }
    /* Only children of the entry: its <source> has an <id> too. */
    entries->field = NULL;
    if (entries->in_entry && entries->depth == 3 && is_atom) {
        if (strcmp(name, "id") == 0)
            entries->field = &entries->id;
        else if (strcmp(name, "published") == 0)
            entries->field = &entries->published;
    }
}

static void on_text(void *context, struct slice text) {
    struct entries *entries = context;
    if (entries->field)
        buf_append_slice(entries->field, text);
}

static void on_close(void *context, const char *namespace, const char *name) {
    struct entries *entries = context;
    (void)namespace;
    (void)name;
    entries->field = NULL;
    if (entries->depth-- != 2 || !entries->in_entry)
        return;
    entries->in_entry = false;
    entries->entry(entries->context, slice_trim(buf_slice(&entries->id)), slice_trim(buf_slice(&entries->published)));
}

bool check_each_entry(struct slice atom, void (*entry)(void *context, struct slice id, struct slice published),
                      void *context) {
    static const struct xml_handler handler = {.open = on_open, .text = on_text, .close = on_close};
    struct entries entries = {.entry = entry, .context = context, .id = BUF(TEXT_MOST), .published = BUF(TEXT_MOST)};
    struct xml_error error;
    bool parsed = xml_parse(atom, &handler, &entries, &error);
    buf_release(&entries.id);
    buf_release(&entries.published);
    return parsed;
}
