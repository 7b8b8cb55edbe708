/* RSS 1.0, which is RDF and another format than 2.0: what must be there, no more. */
#include "check/elements.h"

#define RDF "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define RSS1 "http://purl.org/rss/1.0/"

enum rss1_element { ROOT, CHANNEL, ITEM, IMAGE, TEXT_INPUT, TITLE, LINK, DESCRIPTION, ITEMS, ADDRESS, NAME, ROWS };

#define IN_ROOT ELEMENT(ROOT)
#define IN_ALL (ELEMENT(CHANNEL) | ELEMENT(ITEM) | ELEMENT(IMAGE) | ELEMENT(TEXT_INPUT))

/* <image> and <textinput> of the channel point to those of the root, and are empty. */
static const struct element_rule rules[ROWS] = {
    [ROOT] = {RDF, "RDF", .required = ELEMENT(CHANNEL)},
    [CHANNEL] = {RSS1, "channel", IN_ROOT, IN_ROOT,
                 ELEMENT(TITLE) | ELEMENT(LINK) | ELEMENT(DESCRIPTION) | ELEMENT(ITEMS), .value = VALUE_NONE},
    [ITEM] = {RSS1, "item", IN_ROOT, .required = ELEMENT(TITLE) | ELEMENT(LINK)},
    [IMAGE] = {RSS1, "image", IN_ROOT | ELEMENT(CHANNEL), .value = VALUE_NONE},
    [TEXT_INPUT] = {RSS1, "textinput", IN_ROOT | ELEMENT(CHANNEL), .value = VALUE_NONE},
    [TITLE] = {RSS1, "title", IN_ALL, IN_ALL, .value = VALUE_TEXT},
    [LINK] = {RSS1, "link", IN_ALL, IN_ALL, .value = VALUE_IRI},
    [DESCRIPTION] = {RSS1, "description", IN_ALL, IN_ALL, .value = VALUE_ANY},
    [ITEMS] = {RSS1, "items", ELEMENT(CHANNEL), ELEMENT(CHANNEL), .value = VALUE_ANY, .markup = true},
    [ADDRESS] = {RSS1, "url", ELEMENT(IMAGE), ELEMENT(IMAGE), .value = VALUE_IRI},
    [NAME] = {RSS1, "name", ELEMENT(TEXT_INPUT), ELEMENT(TEXT_INPUT), .value = VALUE_NEEDED},
};

static void rss1_open(struct elements *elements, const struct xml_attribute_in *given, size_t count) {
    const struct frame *frame = elements_top(elements);
    uint64_t earlier = 0;
    if (frame->element == ROOT) {
        check_warning(elements->checker, frame->place, "RSS 1.0: only what it must have is checked");
        return;
    }
    if (frame->element != ITEM && frame->element != CHANNEL)
        return;
    struct slice about = {NULL, 0};
    for (size_t i = 0; i < count; i++)
        if (given[i].namespace && strcmp(given[i].namespace, RDF) == 0 && strcmp(given[i].name, "about") == 0)
            about = given[i].value;
    if (about.size == 0)
        check_error(elements->checker, frame->place, "<%s> without rdf:about", rules[frame->element].name);
    else if (frame->element == ITEM && !check_id_is_new(elements->checker, about, frame->place.line, &earlier))
        check_error(elements->checker, frame->place, "the item «%.*s» stands in line %u already",
                    SLICE_ARGUMENTS(about), (unsigned)earlier);
}

const struct dialect dialect_rss1 = {
    .name = "RSS 1.0",
    .kind = FEED_RSS,
    .rules = rules,
    .rule_count = ROWS,
    .entries = ELEMENT(ITEM),
    .open = rss1_open,
};
