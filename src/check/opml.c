/* OPML 2.0 as a list of subscriptions. */
#include "check/elements.h"

enum opml_element {
    OPML,
    HEAD,
    BODY,
    OUTLINE,
    TITLE,
    DATE_CREATED,
    DATE_MODIFIED,
    OWNER_NAME,
    OWNER_EMAIL,
    OWNER_ID,
    DOCS,
    EXPANSION_STATE,
    SCROLL_STATE,
    WINDOW_TOP,
    WINDOW_LEFT,
    WINDOW_BOTTOM,
    WINDOW_RIGHT,
    ROWS,
};

#define IN_HEAD ELEMENT(HEAD), ELEMENT(HEAD)

static const struct element_rule rules[ROWS] = {
    [OPML] = {NULL, "opml", .required = ELEMENT(HEAD) | ELEMENT(BODY)},
    [HEAD] = {NULL, "head", ELEMENT(OPML), ELEMENT(OPML), .value = VALUE_NONE},
    [BODY] = {NULL, "body", ELEMENT(OPML), ELEMENT(OPML), .value = VALUE_NONE},
    [OUTLINE] = {NULL, "outline", ELEMENT(BODY) | ELEMENT(OUTLINE), .value = VALUE_NONE},
    [TITLE] = {NULL, "title", IN_HEAD, .value = VALUE_TEXT},
    [DATE_CREATED] = {NULL, "dateCreated", IN_HEAD, .value = VALUE_RFC822},
    [DATE_MODIFIED] = {NULL, "dateModified", IN_HEAD, .value = VALUE_RFC822},
    [OWNER_NAME] = {NULL, "ownerName", IN_HEAD, .value = VALUE_ANY},
    [OWNER_EMAIL] = {NULL, "ownerEmail", IN_HEAD, .value = VALUE_CONTACT},
    [OWNER_ID] = {NULL, "ownerId", IN_HEAD, .value = VALUE_IRI},
    [DOCS] = {NULL, "docs", IN_HEAD, .value = VALUE_IRI},
    [EXPANSION_STATE] = {NULL, "expansionState", IN_HEAD, .value = VALUE_ANY},
    [SCROLL_STATE] = {NULL, "vertScrollState", IN_HEAD, .value = VALUE_NUMBER},
    [WINDOW_TOP] = {NULL, "windowTop", IN_HEAD, .value = VALUE_ANY},
    [WINDOW_LEFT] = {NULL, "windowLeft", IN_HEAD, .value = VALUE_ANY},
    [WINDOW_BOTTOM] = {NULL, "windowBottom", IN_HEAD, .value = VALUE_ANY},
    [WINDOW_RIGHT] = {NULL, "windowRight", IN_HEAD, .value = VALUE_ANY},
};

static const struct attribute_rule attributes[] = {
    {OPML, "version", true, VALUE_NEEDED},           {OUTLINE, "text", true, VALUE_TEXT},
    {OUTLINE, "xmlUrl", false, VALUE_IRI},           {OUTLINE, "htmlUrl", false, VALUE_IRI},
    {OUTLINE, "created", false, VALUE_RFC822},       {OUTLINE, "isComment", false, VALUE_BOOLEAN},
    {OUTLINE, "isBreakpoint", false, VALUE_BOOLEAN},
};

static void open_outline(struct elements *elements, const struct xml_attribute_in *given, size_t count) {
    const struct frame *frame = elements_top(elements);
    struct slice type = element_attribute(given, count, "type");
    struct slice address = element_attribute(given, count, "xmlUrl");
    uint64_t earlier = 0;
    if (slice_equal_ignoring_case(type, SLICE("rss")) && !address.data)
        check_error(elements->checker, frame->place, "<outline type=\"rss\"> without xmlUrl");
    if (address.size) {
        elements->checker->result->entries++;
        if (!type.data)
            check_warning(elements->checker, frame->place, "<outline> with xmlUrl should be of type rss");
        if (!check_id_is_new(elements->checker, address, frame->place.line, &earlier))
            check_warning(elements->checker, frame->place, "the feed «%.*s» stands in line %u already",
                          SLICE_ARGUMENTS(address), (unsigned)earlier);
    }
}

static void opml_open(struct elements *elements, const struct xml_attribute_in *given, size_t count) {
    const struct frame *frame = elements_top(elements);
    if (frame->element == OUTLINE) {
        open_outline(elements, given, count);
        return;
    }
    struct slice version = element_attribute(given, count, "version");
    if (frame->element == OPML && version.size && !slice_equal(version, SLICE("2.0")) &&
        !slice_equal(version, SLICE("1.1")) && !slice_equal(version, SLICE("1.0")))
        check_error(elements->checker, frame->place, "there is no OPML version «%.*s»", SLICE_ARGUMENTS(version));
}

static void opml_close(struct elements *elements, struct slice text) {
    const struct frame *frame = elements_top(elements);
    (void)text;
    if (frame->element == HEAD && !(frame->seen & ELEMENT(TITLE)))
        check_warning(elements->checker, frame->place, "<head> without <title>");
    if (frame->element == BODY && !(frame->seen & ELEMENT(OUTLINE)))
        check_error(elements->checker, frame->place, "<body> without <outline>");
}

const struct dialect dialect_opml = {
    .name = "OPML",
    .kind = FEED_OPML,
    .rules = rules,
    .rule_count = ROWS,
    .attributes = attributes,
    .attribute_count = ARRAY_LENGTH(attributes),
    .open = opml_open,
    .close = opml_close,
};
