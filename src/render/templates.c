#include "render/templates.h"

#include "base/hash.h"
#include "base/memory.h"
#include "render/templates_check.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

/* Rendering is the same for all threads but for this: the first that fails says so, and all others need not go on. */
struct templates_failure {
    pthread_mutex_t mutex;
    atomic_bool is_there; /* set under the mutex, when the report is */
    struct diagnostics diagnostics;
};

struct shipped_template {
    const char *name;
    struct slice text;
};
#include "render/shipped_templates.h"

/* --- which file has a name ------------------------------------------------------------------------------------- */

/* For messages that nobody but who changes the shipped ones sees. */
#define SHIPPED_FOLDER "shipped/"

static const struct template_file *find_users(const struct settings *settings, struct slice name) {
    for (size_t i = 0; i < settings->output.template_count; i++)
        if (slice_equal(settings->output.templates[i].name, name))
            return &settings->output.templates[i];
    return NULL;
}

static const struct shipped_template *find_shipped(struct slice name) {
    for (size_t i = 0; i < ARRAY_LENGTH(shipped_templates); i++)
        if (slice_equal(slice_of(shipped_templates[i].name), name))
            return &shipped_templates[i];
    return NULL;
}

/* The user's, else the shipped one; false when nobody has it. */
static bool find_file(const struct settings *settings, struct slice name, struct arena *arena,
                      struct mustache_source *ret_source) {
    const struct template_file *user = find_users(settings, name);
    const struct shipped_template *shipped = find_shipped(name);
    if (!user && !shipped)
        return false;
    if (user) {
        *ret_source = (struct mustache_source){user->file, user->text};
    } else {
        CLEANUP(buf_release) struct buf file = BUF(BUF_UNLIMITED);
        buf_append_string(&file, SHIPPED_FOLDER);
        buf_append_slice(&file, name);
        *ret_source = (struct mustache_source){arena_copy(arena, buf_slice(&file)), shipped->text};
    }
    return true;
}

static const char stylesheet_name[] = "feed.css";

/* {{> head}} is head.html. */
static enum mustache_loaded load(void *context, struct slice name, struct arena *arena, struct diagnostics *diagnostics,
                                 struct mustache_source *ret_source) {
    const struct templates *templates = context;
    CLEANUP(buf_release) struct buf file = BUF(BUF_UNLIMITED);
    (void)diagnostics;
    buf_append_slice(&file, name);
    buf_append_string(&file, slice_equal(name, slice_of(stylesheet_name)) ? "" : ".html");
    return find_file(templates->settings, buf_slice(&file), arena, ret_source) ? MUSTACHE_LOADED : MUSTACHE_ABSENT;
}

const char *const *templates_shipped_names(size_t *ret_count) {
    *ret_count = ARRAY_LENGTH(shipped_names);
    return shipped_names;
}

uint64_t templates_shipped_hash(void) {
    uint64_t hash = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(shipped_templates); i++) {
        hash = hash * 31 + hash64(slice_of(shipped_templates[i].name));
        hash = hash * 31 + hash64(shipped_templates[i].text);
    }
    return hash;
}

/* --- reading --------------------------------------------------------------------------------------------------- */

static void make_text_values(struct templates *templates) {
    const struct interface_text *text = &templates->text;
    struct mustache_member *members = arena_new_array(&templates->arena, text->count, sizeof *members);
    for (size_t i = 0; i < text->count; i++)
        members[i] = (struct mustache_member){text->keys[i], mustache_text(text->texts[i])};
    templates->text_values = mustache_mapping(members, text->count);
}

static void make_site_values(struct templates *templates) {
    const struct site *site = templates->site;
    /* An author that nobody named is the site itself, which says its title already. */
    struct slice author = slice_equal(site->author, site->title) ? (struct slice){0} : site->author;
    const struct mustache_member members[] = {
        {SLICE("title"), mustache_text(site->title)},   {SLICE("subtitle"), mustache_text(site->subtitle)},
        {SLICE("url"), mustache_text(site->url)},       {SLICE("author"), mustache_text(author)},
        {SLICE("rights"), mustache_text(site->rights)}, {SLICE("icp"), mustache_text(site->icp)},
        {SLICE("icon"), mustache_text(site->icon)},     {SLICE("logo"), mustache_text(site->logo)},
    };
    struct mustache_member *kept = arena_new(&templates->arena, sizeof members);
    memcpy(kept, members, sizeof members);
    templates->site_values = mustache_mapping(kept, ARRAY_LENGTH(members));
}

static bool read_text(struct templates *templates, struct diagnostics *diagnostics) {
    const struct slice name = SLICE("text.yaml");
    const struct template_file *user = find_users(templates->settings, name);
    const struct slice none = {0};
    if (!interface_text_read(templates->site->language, find_shipped(name)->text, user ? user->file : none,
                             user ? user->text : none, &templates->arena, diagnostics, &templates->text))
        return false;
    make_text_values(templates);
    return true;
}

static bool read_templates(struct templates *templates, struct diagnostics *diagnostics) {
    static const char *const names[TEMPLATE_COUNT] = {
        [TEMPLATE_INDEX] = "index",
        [TEMPLATE_CHANNEL] = "channel",
        [TEMPLATE_ARCHIVE] = "archive",
        [TEMPLATE_ARTICLE] = "article",
        [TEMPLATE_WITHDRAWN] = "withdrawn",
        [TEMPLATE_MY] = "my",
        [TEMPLATE_ITEM] = "item",
        [TEMPLATE_ENTRY] = "entry",
        [TEMPLATE_FEED_STYLESHEET] = stylesheet_name,
    };
    bool good = true;
    templates->library.loader = (struct mustache_loader){.load = load, .context = templates};
    for (size_t i = 0; i < TEMPLATE_COUNT; i++) {
        templates->all[i] = mustache_find(&templates->library, slice_of(names[i]), diagnostics);
        good = good && templates->all[i];
    }
    return good;
}

static void take_assets(struct templates *templates) {
    static const char *const assets[TEMPLATE_ASSETS][2] = {
        {"style.css", "text/css; charset=utf-8"},
        {"my.js", "text/javascript; charset=utf-8"},
        {"page.js", "text/javascript; charset=utf-8"},
        {"favicon.svg", "image/svg+xml"},
    };
    for (size_t i = 0; i < TEMPLATE_ASSETS; i++) {
        struct mustache_source source = {0};
        bool found = find_file(templates->settings, slice_of(assets[i][0]), &templates->arena, &source);
        assert(found); /* it is shipped */
        (void)found;
        templates->assets[i] = (struct template_asset){assets[i][0], assets[i][1], source.text};
    }
}

static bool has_choice(const struct settings *settings) {
    for (size_t i = 0; i < settings->channel_count; i++)
        if (settings->channels[i].each_count == 1 && settings->channels[i].where_count == 0)
            return true;
    return false;
}

bool templates_open(const struct settings *settings, struct diagnostics *diagnostics, struct templates *ret_templates) {
    struct templates *templates = ret_templates;
    *templates = (struct templates){.site = &settings->site, .settings = settings};
    for (size_t i = 0; i < settings->output.format_count; i++)
        templates->has_pages = templates->has_pages || slice_equal(settings->output.formats[i], SLICE("html"));
    templates->has_choice = has_choice(settings);
    templates->failure = memory_new(sizeof *templates->failure);
    pthread_mutex_init(&templates->failure->mutex, NULL);
    make_site_values(templates);
    take_assets(templates);
    bool has_text = read_text(templates, diagnostics);
    bool is_read = read_templates(templates, diagnostics);
    bool good = templates_check_size(templates, diagnostics) && is_read && has_text;
    /* Without its texts every {{text.…}} would be a name that nothing has. */
    if (has_text)
        templates_check_names(templates, diagnostics);
    if (good)
        templates_check_unused(templates, diagnostics);
    else
        templates_release(templates);
    return good;
}

static void failure_free(struct templates_failure *failure) {
    if (!failure)
        return;
    diagnostics_release(&failure->diagnostics);
    pthread_mutex_destroy(&failure->mutex);
    free(failure);
}

void templates_release(struct templates *templates) {
    failure_free(templates->failure);
    mustache_library_release(&templates->library);
    arena_release(&templates->arena);
    *templates = (struct templates){0};
}

/* --- rendering ------------------------------------------------------------------------------------------------- */

static struct mustache_budget budget_of(enum template_name name) {
    switch (name) {
    case TEMPLATE_ARTICLE:
    case TEMPLATE_WITHDRAWN:
    case TEMPLATE_ITEM:
    case TEMPLATE_ENTRY:
        return (struct mustache_budget){TEMPLATES_ARTICLE_STEPS, TEMPLATES_BYTES_MOST};
    default:
        return (struct mustache_budget){TEMPLATES_PAGE_STEPS, TEMPLATES_BYTES_MOST};
    }
}

static void remember_failure(struct templates_failure *failure, struct diagnostics *diagnostics) {
    pthread_mutex_lock(&failure->mutex);
    if (!atomic_load(&failure->is_there))
        diagnostics_append(&failure->diagnostics, diagnostics, 0);
    atomic_store(&failure->is_there, true);
    pthread_mutex_unlock(&failure->mutex);
}

void templates_render(const struct templates *templates, enum template_name name, const struct mustache_value *data,
                      struct buf *buf) {
    CLEANUP(diagnostics_release) struct diagnostics diagnostics = {0};
    if (atomic_load(&templates->failure->is_there))
        return;
    if (!mustache_render(templates->all[name], data, budget_of(name), &diagnostics, buf))
        remember_failure(templates->failure, &diagnostics);
}

bool templates_take_failure(const struct templates *templates, struct diagnostics *diagnostics) {
    if (!atomic_load(&templates->failure->is_there))
        return false;
    diagnostics_append(diagnostics, &templates->failure->diagnostics, 0);
    return true;
}

/* As a piece of a string: what would end it, or begin something else, by its number. */
static struct slice css_text(struct slice text, struct arena *arena) {
    CLEANUP(buf_release) struct buf escaped = BUF(BUF_UNLIMITED);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte < ' ' || strchr("\"'\\<>&", byte))
            buf_append_format(&escaped, "\\%x ", byte);
        else
            buf_append_byte(&escaped, text.data[i]);
    }
    return arena_copy(arena, buf_slice(&escaped));
}

void templates_render_stylesheet(const struct templates *templates, struct buf *buf) {
    CLEANUP(arena_release) struct arena arena = {0};
    const struct interface_text *text = &templates->text;
    struct mustache_member *members = arena_new_array(&arena, text->count, sizeof *members);
    for (size_t i = 0; i < text->count; i++)
        members[i] = (struct mustache_member){text->keys[i], mustache_html(css_text(text->texts[i], &arena))};
    const struct mustache_member all[] = {
        {SLICE("text"), mustache_mapping(members, text->count)},
        {SLICE("has_pages"), mustache_boolean(templates->has_pages)},
    };
    struct mustache_value data = mustache_mapping(all, ARRAY_LENGTH(all));
    templates_render(templates, TEMPLATE_FEED_STYLESHEET, &data, buf);
}
