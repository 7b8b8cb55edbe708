#include "cmd/placeholders.h"

#include "base/uri.h"

static bool ends_with_name(struct slice host, const char *name) {
    struct slice wanted = slice_of(name);
    if (host.size < wanted.size)
        return false;
    size_t begin = host.size - wanted.size;
    return slice_equal_ignoring_case(slice_from(host, begin), wanted) && (begin == 0 || host.data[begin - 1] == '.');
}

static bool is_any_of(struct slice host, const char *const *names, size_t count) {
    while (slice_ends_with(host, SLICE(".")))
        host.size--;
    for (size_t i = 0; i < count; i++)
        if (ends_with_name(host, names[i]))
            return true;
    return false;
}

static bool is_placeholder(struct slice address, bool allow_private) {
    static const char *const examples[] = {"example.org", "example.com", "example.net", "example.edu",
                                           "example",     "invalid",     "test"};
    static const char *const own[] = {"localhost", "127.0.0.1", "[::1]"};
    struct slice host = uri_host(address);
    return is_any_of(host, examples, ARRAY_LENGTH(examples)) ||
           (!allow_private && is_any_of(host, own, ARRAY_LENGTH(own)));
}

bool placeholders_check(const struct settings *settings, struct slice config, struct diagnostics *diagnostics) {
    bool allow_private = false;
    bool good = true;
    for (size_t i = 0; i < settings->target_count; i++)
        allow_private = allow_private || settings->targets[i].allow_private;
    if (is_placeholder(settings->site.url, allow_private)) {
        diag_report(diagnostics, DIAGNOSTIC_PUBLISH_PLACEHOLDER, (struct place){.file = config}, "site.url: %.*s",
                    SLICE_ARGUMENTS(settings->site.url));
        good = false;
    }
    for (size_t i = 0; i < settings->target_count; i++) {
        const struct publish_target *target = &settings->targets[i];
        if (slice_equal(target->url, settings->site.url) || !is_placeholder(target->url, target->allow_private))
            continue;
        diag_report(diagnostics, DIAGNOSTIC_PUBLISH_PLACEHOLDER,
                    (struct place){target->place.file, target->place.line, target->place.column}, "%.*s: %.*s",
                    SLICE_ARGUMENTS(target->name), SLICE_ARGUMENTS(target->url));
        good = false;
    }
    return good;
}
