/* RSS 2.0 by its specification and the RSS Advisory Board's profile; 0.91 to 0.94 are read as if they were it. */
#include "check/elements.h"

#define CONTENT_MODULE "http://purl.org/rss/1.0/modules/content/"
#define DUBLIN_CORE "http://purl.org/dc/elements/1.1/"
#define ATOM "http://www.w3.org/2005/Atom"
#define MEDIA "http://search.yahoo.com/mrss/"

enum rss_element {
    RSS,
    CHANNEL,
    ITEM,
    IMAGE,
    TEXT_INPUT,
    SKIP_HOURS,
    SKIP_DAYS,
    TITLE,
    LINK,
    DESCRIPTION,
    LANGUAGE,
    COPYRIGHT,
    MANAGING_EDITOR,
    WEB_MASTER,
    PUB_DATE,
    LAST_BUILD_DATE,
    CATEGORY,
    GENERATOR,
    DOCS,
    CLOUD,
    TTL,
    RATING,
    ADDRESS,
    WIDTH,
    HEIGHT,
    NAME,
    HOUR,
    DAY,
    AUTHOR,
    COMMENTS,
    ENCLOSURE,
    GUID,
    SOURCE,
    ENCODED,
    CREATOR,
    DC_DATE,
    DC_LANGUAGE,
    ATOM_LINK,
    ATOM_UPDATED,
    THUMBNAIL,
    ROWS,
};

#define IN_CHANNEL ELEMENT(CHANNEL)
#define IN_ITEM ELEMENT(ITEM)
#define IN_BOTH (IN_CHANNEL | IN_ITEM)
#define IN_BOX (ELEMENT(IMAGE) | ELEMENT(TEXT_INPUT))

static const struct element_rule rules[ROWS] = {
    [RSS] = {NULL, "rss", .required = ELEMENT(CHANNEL)},
    [CHANNEL] = {NULL, "channel", ELEMENT(RSS), ELEMENT(RSS), ELEMENT(TITLE) | ELEMENT(LINK) | ELEMENT(DESCRIPTION),
                 .value = VALUE_NONE},
    [ITEM] = {NULL, "item", IN_CHANNEL, .value = VALUE_NONE},
    [IMAGE] = {NULL, "image", IN_CHANNEL, IN_CHANNEL, ELEMENT(ADDRESS) | ELEMENT(TITLE) | ELEMENT(LINK),
               .value = VALUE_NONE},
    [TEXT_INPUT] = {NULL, "textInput", IN_CHANNEL, IN_CHANNEL,
                    ELEMENT(TITLE) | ELEMENT(DESCRIPTION) | ELEMENT(NAME) | ELEMENT(LINK), .value = VALUE_NONE},
    [SKIP_HOURS] = {NULL, "skipHours", IN_CHANNEL, IN_CHANNEL, .value = VALUE_NONE},
    [SKIP_DAYS] = {NULL, "skipDays", IN_CHANNEL, IN_CHANNEL, .value = VALUE_NONE},
    [TITLE] = {NULL, "title", IN_BOTH | IN_BOX, IN_BOTH | IN_BOX, .value = VALUE_TEXT},
    [LINK] = {NULL, "link", IN_BOTH | IN_BOX, IN_BOTH | IN_BOX, .value = VALUE_IRI},
    [DESCRIPTION] = {NULL, "description", IN_BOTH | IN_BOX, IN_BOTH | IN_BOX, .value = VALUE_ANY},
    [LANGUAGE] = {NULL, "language", IN_CHANNEL, IN_CHANNEL, .value = VALUE_LANGUAGE},
    [COPYRIGHT] = {NULL, "copyright", IN_CHANNEL, IN_CHANNEL, .value = VALUE_ANY},
    [MANAGING_EDITOR] = {NULL, "managingEditor", IN_CHANNEL, IN_CHANNEL, .value = VALUE_CONTACT},
    [WEB_MASTER] = {NULL, "webMaster", IN_CHANNEL, IN_CHANNEL, .value = VALUE_CONTACT},
    [PUB_DATE] = {NULL, "pubDate", IN_BOTH, IN_BOTH, .value = VALUE_RFC822},
    [LAST_BUILD_DATE] = {NULL, "lastBuildDate", IN_CHANNEL, IN_CHANNEL, .value = VALUE_RFC822},
    [CATEGORY] = {NULL, "category", IN_BOTH, .value = VALUE_TEXT},
    [GENERATOR] = {NULL, "generator", IN_CHANNEL, IN_CHANNEL, .value = VALUE_ANY},
    [DOCS] = {NULL, "docs", IN_CHANNEL, IN_CHANNEL, .value = VALUE_IRI},
    [CLOUD] = {NULL, "cloud", IN_CHANNEL, IN_CHANNEL, .value = VALUE_ANY},
    [TTL] = {NULL, "ttl", IN_CHANNEL, IN_CHANNEL, .value = VALUE_NUMBER},
    [RATING] = {NULL, "rating", IN_CHANNEL, IN_CHANNEL, .value = VALUE_ANY},
    [ADDRESS] = {NULL, "url", ELEMENT(IMAGE), ELEMENT(IMAGE), .value = VALUE_IRI},
    [WIDTH] = {NULL, "width", ELEMENT(IMAGE), ELEMENT(IMAGE), .value = VALUE_NUMBER},
    [HEIGHT] = {NULL, "height", ELEMENT(IMAGE), ELEMENT(IMAGE), .value = VALUE_NUMBER},
    [NAME] = {NULL, "name", ELEMENT(TEXT_INPUT), ELEMENT(TEXT_INPUT), .value = VALUE_NEEDED},
    [HOUR] = {NULL, "hour", ELEMENT(SKIP_HOURS), .value = VALUE_NUMBER},
    [DAY] = {NULL, "day", ELEMENT(SKIP_DAYS), .value = VALUE_NEEDED},
    [AUTHOR] = {NULL, "author", IN_ITEM, IN_ITEM, .value = VALUE_CONTACT},
    [COMMENTS] = {NULL, "comments", IN_ITEM, IN_ITEM, .value = VALUE_IRI},
    [ENCLOSURE] = {NULL, "enclosure", IN_ITEM, .value = VALUE_ANY},
    [GUID] = {NULL, "guid", IN_ITEM, IN_ITEM, .value = VALUE_NEEDED},
    [SOURCE] = {NULL, "source", IN_ITEM, IN_ITEM, .value = VALUE_TEXT},
    [ENCODED] = {CONTENT_MODULE, "encoded", IN_ITEM, IN_ITEM, .value = VALUE_ANY},
    [CREATOR] = {DUBLIN_CORE, "creator", IN_BOTH, .value = VALUE_TEXT},
    [DC_DATE] = {DUBLIN_CORE, "date", IN_BOTH, IN_BOTH, .value = VALUE_RFC3339},
    [DC_LANGUAGE] = {DUBLIN_CORE, "language", IN_BOTH, IN_BOTH, .value = VALUE_LANGUAGE},
    [ATOM_LINK] = {ATOM, "link", IN_BOTH, .value = VALUE_ANY},
    [ATOM_UPDATED] = {ATOM, "updated", IN_BOTH, IN_BOTH, .value = VALUE_RFC3339},
    [THUMBNAIL] = {MEDIA, "thumbnail", IN_BOTH, .value = VALUE_ANY},
};

static const struct attribute_rule attributes[] = {
    {RSS, "version", true, VALUE_NEEDED},          {GUID, "isPermaLink", false, VALUE_BOOLEAN},
    {ENCLOSURE, "url", true, VALUE_IRI},           {ENCLOSURE, "length", true, VALUE_NUMBER},
    {ENCLOSURE, "type", true, VALUE_MEDIA_TYPE},   {SOURCE, "url", true, VALUE_IRI},
    {CATEGORY, "domain", false, VALUE_NEEDED},     {CLOUD, "domain", true, VALUE_NEEDED},
    {CLOUD, "port", true, VALUE_NUMBER},           {CLOUD, "path", true, VALUE_ANY},
    {CLOUD, "registerProcedure", true, VALUE_ANY}, {CLOUD, "protocol", true, VALUE_NEEDED},
    {ATOM_LINK, "href", true, VALUE_IRI},          {ATOM_LINK, "type", false, VALUE_MEDIA_TYPE},
    {THUMBNAIL, "url", true, VALUE_IRI},
};

enum flag {
    IS_NO_PERMALINK = 1, /* of <guid> */
};

static void open_rss(struct elements *elements, struct slice version) {
    struct xml_place place = elements_top(elements)->place;
    if (!version.data || slice_equal(version, SLICE("2.0")))
        return;
    if (slice_equal(version, SLICE("2.0.1")) || slice_starts_with(version, SLICE("0.9")))
        check_warning(elements->checker, place, "RSS %.*s, checked as RSS 2.0", SLICE_ARGUMENTS(version));
    else
        check_error(elements->checker, place, "there is no RSS version «%.*s»", SLICE_ARGUMENTS(version));
}

static void open_self(struct elements *elements, struct slice address) {
    elements->has_self = true;
    if (elements_parent(elements)->element == CHANNEL)
        check_self(elements->checker, elements_top(elements)->place, address);
}

static void rss_open(struct elements *elements, const struct xml_attribute_in *given, size_t count) {
    struct frame *frame = elements_top(elements);
    if (frame->element == RSS) {
        open_rss(elements, element_attribute(given, count, "version"));
    } else if (frame->element == GUID) {
        if (slice_equal(element_attribute(given, count, "isPermaLink"), SLICE("false")))
            frame->flags |= IS_NO_PERMALINK;
    } else if (frame->element == ATOM_LINK) {
        if (slice_equal(element_attribute(given, count, "rel"), SLICE("self")))
            open_self(elements, element_attribute(given, count, "href"));
        else if (slice_equal(element_attribute(given, count, "rel"), SLICE("hub")))
            check_hub(elements->checker, frame->place, element_attribute(given, count, "href"));
    } else if (frame->element == ENCLOSURE && elements_parent(elements)->flags++ == 1) {
        check_warning(elements->checker, frame->place, "a second enclosure in this item; many readers show one");
    }
}

static void close_guid(struct elements *elements, struct slice text) {
    const struct frame *frame = elements_top(elements);
    uint64_t earlier = 0;
    if (text.size == 0)
        return;
    if (!(frame->flags & IS_NO_PERMALINK) && !value_is_iri(text))
        check_error(elements->checker, frame->place, "<guid> «%.*s» is no address; say isPermaLink=\"false\"",
                    SLICE_ARGUMENTS(text));
    if (!check_id_is_new(elements->checker, text, frame->place.line, &earlier))
        check_error(elements->checker, frame->place, "the <guid> «%.*s» stands in line %u already",
                    SLICE_ARGUMENTS(text), (unsigned)earlier);
}

static void close_item(struct elements *elements) {
    const struct frame *frame = elements_top(elements);
    if (!(frame->seen & (ELEMENT(TITLE) | ELEMENT(DESCRIPTION))))
        check_error(elements->checker, frame->place, "<item> has neither <title> nor <description>");
    if (!(frame->seen & ELEMENT(GUID)))
        check_warning(elements->checker, frame->place, "<item> without <guid>: readers may show it twice");
}

static void check_most(struct elements *elements, struct slice text, uint64_t most) {
    const struct frame *frame = elements_top(elements);
    uint64_t number = 0;
    if (slice_parse_unsigned(text, &number) && number > most)
        check_error(elements->checker, frame->place, "<%s> %.*s is over %u", rules[frame->element].name,
                    SLICE_ARGUMENTS(text), (unsigned)most);
}

static void check_day(struct elements *elements, struct slice text) {
    static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    for (size_t i = 0; i < ARRAY_LENGTH(days); i++)
        if (slice_equal(text, slice_of(days[i])))
            return;
    check_error(elements->checker, elements_top(elements)->place, "<day> «%.*s» is not Monday, Tuesday … Sunday",
                SLICE_ARGUMENTS(text));
}

static void rss_close(struct elements *elements, struct slice text) {
    switch (elements_top(elements)->element) {
    case GUID:
        close_guid(elements, text);
        break;
    case ITEM:
        close_item(elements);
        break;
    case WIDTH:
        check_most(elements, text, 144);
        break;
    case HEIGHT:
        check_most(elements, text, 400);
        break;
    case HOUR:
        check_most(elements, text, 23);
        break;
    case DAY:
        check_day(elements, text);
        break;
    case CHANNEL:
        if (!elements->has_self)
            check_warning(elements->checker, elements_top(elements)->place, "the channel has no atom:link to itself");
        break;
    default:
        break;
    }
}

const struct dialect dialect_rss = {
    .name = "RSS 2.0",
    .kind = FEED_RSS,
    .rules = rules,
    .rule_count = ROWS,
    .attributes = attributes,
    .attribute_count = ARRAY_LENGTH(attributes),
    .entries = ELEMENT(ITEM),
    .open = rss_open,
    .close = rss_close,
};
