#include "base/memory.h"
#include "base/vec.h"
#include "classify/rules.h"

/*
 * The vectorscan database: every pattern under its number, behind them the expressions in prefiltering mode (they
 * report where PCRE2 may find something, never miss). One database for both, since a second pass would cost as much
 * as the first, and expressions with literals in them cost next to nothing.
 */

/* Of what depends on this file in a serialised database. */
#define DATABASE_FORMAT "pindao-rules-2\n"
enum { HASH_HEX_SIZE = 32 };

struct request {
    VEC(const char *) texts;
    VEC(unsigned) flags;
    VEC(unsigned) ids;
    struct arena arena;
};

static void request_release(struct request *request) {
    vec_release(&request->texts);
    vec_release(&request->flags);
    vec_release(&request->ids);
    arena_release(&request->arena);
}

static void request_add(struct request *request, const char *text, unsigned flags, size_t id) {
    vec_push(&request->texts, text);
    vec_push(&request->flags, flags);
    vec_push(&request->ids, (unsigned)id);
}

/* A literal as an expression: hs_compile_lit_multi takes nothing but literals. */
static const char *literal_escaped(struct arena *arena, struct slice text) {
    static const char digits[] = "0123456789abcdef";
    char *escaped = arena_new(arena, text.size * 4 + 1);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        escaped[i * 4] = '\\';
        escaped[i * 4 + 1] = 'x';
        escaped[i * 4 + 2] = digits[byte >> 4];
        escaped[i * 4 + 3] = digits[byte & 15];
    }
    return escaped;
}

/*
 * vectorscan sees all fields as one run of lines. ^ and $ are harmless, because they match at every line there; what
 * asks for the very begin or end of the text, or sets modes, would be missed.
 */
static bool expression_is_filterable(struct slice text) {
    static const char *const traps[] = {"\\A", "\\G", "\\z", "\\Z", "\\K", "(*", "(?-"};
    for (size_t i = 0; i < ARRAY_LENGTH(traps); i++) {
        if (slice_find(text, slice_of(traps[i]), 0) < text.size) {
            return false;
        }
    }
    return memchr(text.data, '\0', text.size) == NULL;
}

static void request_fill(struct request *request, const struct classifier *classifier) {
    vec_clear(&request->texts);
    vec_clear(&request->flags);
    vec_clear(&request->ids);
    for (size_t i = 0; i < classifier->pattern_count; i++) {
        request_add(request, literal_escaped(&request->arena, classifier->patterns[i].text), 0, i);
    }
    for (size_t i = 0; i < classifier->expression_count; i++) {
        const struct expression *expression = &classifier->expressions[i];
        if (!expression->unfiltered) {
            const char *text = arena_copy(&request->arena, expression->text).data;
            request_add(request, text,
                        HS_FLAG_UTF8 | HS_FLAG_UCP | HS_FLAG_CASELESS | HS_FLAG_MULTILINE | HS_FLAG_PREFILTER |
                            HS_FLAG_SINGLEMATCH,
                        classifier->pattern_count + i);
        }
    }
}

/*
 * One try. Where vectorscan refuses an expression that PCRE2 understands, the expression becomes unfiltered and true
 * comes back without a database: to be tried again.
 */
static bool database_try(struct classifier *classifier, const struct request *request,
                         struct diagnostics *diagnostics) {
    hs_compile_error_t *error = NULL;
    hs_error_t result =
        hs_compile_multi(request->texts.items, request->flags.items, request->ids.items, (unsigned)request->texts.count,
                         HS_MODE_BLOCK, NULL, &classifier->database, &error);
    if (result == HS_SUCCESS) {
        return true;
    }
    if (result == HS_NOMEM) {
        memory_exhausted();
    }
    bool again = false;
    if (error != NULL && error->expression >= 0) {
        size_t id = request->ids.items[error->expression];
        again = id >= classifier->pattern_count;
        if (again) {
            classifier->expressions[id - classifier->pattern_count].unfiltered = true;
        }
    }
    if (!again) {
        (void)diag_report(diagnostics, DIAGNOSTIC_RULE_COMPILE, (struct place){0}, "%s",
                          error != NULL ? error->message : "vectorscan does not run on this processor");
    }
    (void)hs_free_compile_error(error);
    return again;
}

/* Everything that a compilation depends on. */
static struct hash128 compilation_hash(const struct classifier *classifier) {
    CLEANUP(buf_release) struct buf bytes = BUF(BUF_UNLIMITED);
    buf_append_string(&bytes, hs_version());
    for (size_t i = 0; i < classifier->pattern_count; i++) {
        buf_append_format(&bytes, "\n%zu ", classifier->patterns[i].text.size);
        buf_append_slice(&bytes, classifier->patterns[i].text);
    }
    for (size_t i = 0; i < classifier->expression_count; i++) {
        buf_append_format(&bytes, "\n/%zu ", classifier->expressions[i].text.size);
        buf_append_slice(&bytes, classifier->expressions[i].text);
    }
    return hash128(buf_slice(&bytes));
}

static void append_hash(const struct classifier *classifier, struct buf *bytes) {
    char hex[HASH_HEX_SIZE + 1];
    hash128_hex(compilation_hash(classifier), hex);
    buf_append(bytes, hex, HASH_HEX_SIZE);
}

/* Format, hash, for each expression whether it is unfiltered, and the database as vectorscan writes it. */
void database_serialise(const struct classifier *classifier, struct buf *bytes) {
    char *database = NULL;
    size_t size = 0;
    if (classifier->database == NULL) {
        return;
    }
    if (hs_serialize_database(classifier->database, &database, &size) != HS_SUCCESS) {
        memory_exhausted();
    }
    buf_append_string(bytes, DATABASE_FORMAT);
    append_hash(classifier, bytes);
    for (size_t i = 0; i < classifier->expression_count; i++) {
        buf_append_byte(bytes, classifier->expressions[i].unfiltered ? 'u' : 'f');
    }
    buf_append(bytes, database, size);
    free(database);
}

static bool database_read(struct classifier *classifier, struct slice cached) {
    CLEANUP(buf_release) struct buf head = BUF(BUF_UNLIMITED);
    buf_append_string(&head, DATABASE_FORMAT);
    append_hash(classifier, &head);
    if (!slice_starts_with(cached, buf_slice(&head))) {
        return false;
    }
    struct slice marks = slice_range(cached, head.size, head.size + classifier->expression_count);
    struct slice database = slice_from(cached, head.size + classifier->expression_count);
    /* vectorscan keeps a checksum and refuses what is damaged or was made for another processor. */
    if (database.size == 0 ||
        hs_deserialize_database(database.data, database.size, &classifier->database) != HS_SUCCESS) {
        return false;
    }
    for (size_t i = 0; i < classifier->expression_count; i++) {
        classifier->expressions[i].unfiltered = marks.data[i] == 'u';
    }
    return true;
}

bool database_compile(struct classifier *classifier, struct slice cached, struct diagnostics *diagnostics) {
    CLEANUP(request_release) struct request request = {0};
    if (cached.size > 0 && database_read(classifier, cached)) {
        classifier->cached = true;
        return true;
    }
    for (size_t i = 0; i < classifier->expression_count; i++) {
        classifier->expressions[i].unfiltered = !expression_is_filterable(classifier->expressions[i].text);
    }
    /* Ends: each round but the last makes one more expression unfiltered. */
    while (classifier->database == NULL) {
        request_fill(&request, classifier);
        if (request.texts.count == 0) {
            return true;
        }
        if (!database_try(classifier, &request, diagnostics)) {
            return false;
        }
    }
    return true;
}
