/* Atom: RFC 4287; archives by RFC 5005, tombstones by RFC 6721. */
#include "base/hash.h"
#include "check/elements.h"

#define ATOM "http://www.w3.org/2005/Atom"
#define TOMBSTONES "http://purl.org/atompub/tombstones/1.0"
#define HISTORY "http://purl.org/syndication/history/1.0"
#define XHTML "http://www.w3.org/1999/xhtml"

enum atom_element {
    FEED,
    ENTRY,
    SOURCE,
    ID,
    TITLE,
    SUBTITLE,
    UPDATED,
    PUBLISHED,
    AUTHOR,
    CONTRIBUTOR,
    NAME,
    ADDRESS,
    EMAIL,
    LINK,
    CATEGORY,
    SUMMARY,
    CONTENT,
    GENERATOR,
    ICON,
    LOGO,
    RIGHTS,
    DELETED,
    DELETED_COMMENT,
    DELETED_BY,
    COMPLETE,
    ARCHIVE,
    ROWS,
};

#define META (ELEMENT(FEED) | ELEMENT(SOURCE))
#define ALL (META | ELEMENT(ENTRY))
#define PERSONS (ELEMENT(AUTHOR) | ELEMENT(CONTRIBUTOR) | ELEMENT(DELETED_BY))

static const struct element_rule rules[ROWS] = {
    [FEED] = {ATOM, "feed", .required = ELEMENT(ID) | ELEMENT(TITLE) | ELEMENT(UPDATED)},
    [ENTRY] = {ATOM, "entry", ELEMENT(FEED), .required = ELEMENT(ID) | ELEMENT(TITLE) | ELEMENT(UPDATED)},
    [SOURCE] = {ATOM, "source", ELEMENT(ENTRY) | ELEMENT(DELETED), ELEMENT(ENTRY) | ELEMENT(DELETED),
                .value = VALUE_NONE},
    [ID] = {ATOM, "id", ALL, ALL, .value = VALUE_IRI},
    [TITLE] = {ATOM, "title", ALL, ALL, .value = VALUE_TEXT, .markup = true},
    [SUBTITLE] = {ATOM, "subtitle", META, META, .value = VALUE_TEXT, .markup = true},
    [UPDATED] = {ATOM, "updated", ALL, ALL, .value = VALUE_RFC3339},
    [PUBLISHED] = {ATOM, "published", ELEMENT(ENTRY), ELEMENT(ENTRY), .value = VALUE_RFC3339},
    [AUTHOR] = {ATOM, "author", ALL, .required = ELEMENT(NAME)},
    [CONTRIBUTOR] = {ATOM, "contributor", ALL, .required = ELEMENT(NAME)},
    [NAME] = {ATOM, "name", PERSONS, PERSONS, .value = VALUE_NEEDED},
    [ADDRESS] = {ATOM, "uri", PERSONS, PERSONS, .value = VALUE_REFERENCE},
    [EMAIL] = {ATOM, "email", PERSONS, PERSONS, .value = VALUE_CONTACT},
    [LINK] = {ATOM, "link", ALL | ELEMENT(DELETED), .value = VALUE_ANY, .markup = true},
    [CATEGORY] = {ATOM, "category", ALL, .value = VALUE_ANY, .markup = true},
    [SUMMARY] = {ATOM, "summary", ELEMENT(ENTRY), ELEMENT(ENTRY), .value = VALUE_TEXT, .markup = true},
    [CONTENT] = {ATOM, "content", ELEMENT(ENTRY), ELEMENT(ENTRY), .value = VALUE_ANY, .markup = true},
    [GENERATOR] = {ATOM, "generator", META, META, .value = VALUE_NEEDED},
    [ICON] = {ATOM, "icon", META, META, .value = VALUE_REFERENCE},
    [LOGO] = {ATOM, "logo", META, META, .value = VALUE_REFERENCE},
    [RIGHTS] = {ATOM, "rights", ALL, ALL, .value = VALUE_TEXT, .markup = true},
    [DELETED] = {TOMBSTONES, "deleted-entry", ELEMENT(FEED), .value = VALUE_NONE},
    [DELETED_COMMENT] = {TOMBSTONES, "comment", ELEMENT(DELETED), ELEMENT(DELETED), .value = VALUE_TEXT,
                         .markup = true},
    [DELETED_BY] = {TOMBSTONES, "by", ELEMENT(DELETED), ELEMENT(DELETED), .required = ELEMENT(NAME)},
    [COMPLETE] = {HISTORY, "complete", ELEMENT(FEED), ELEMENT(FEED), .value = VALUE_ANY},
    [ARCHIVE] = {HISTORY, "archive", ELEMENT(FEED), ELEMENT(FEED), .value = VALUE_ANY},
};

static const struct attribute_rule attributes[] = {
    {TITLE, "type", false, VALUE_ANY},           {SUBTITLE, "type", false, VALUE_ANY},
    {SUMMARY, "type", false, VALUE_ANY},         {RIGHTS, "type", false, VALUE_ANY},
    {DELETED_COMMENT, "type", false, VALUE_ANY}, {CONTENT, "type", false, VALUE_ANY},
    {CONTENT, "src", false, VALUE_REFERENCE},    {LINK, "href", true, VALUE_REFERENCE},
    {LINK, "rel", false, VALUE_NEEDED},          {LINK, "type", false, VALUE_MEDIA_TYPE},
    {LINK, "hreflang", false, VALUE_LANGUAGE},   {LINK, "title", false, VALUE_ANY},
    {LINK, "length", false, VALUE_NUMBER},       {CATEGORY, "term", true, VALUE_NEEDED},
    {CATEGORY, "scheme", false, VALUE_IRI},      {CATEGORY, "label", false, VALUE_ANY},
    {GENERATOR, "uri", false, VALUE_REFERENCE},  {GENERATOR, "version", false, VALUE_ANY},
    {DELETED, "ref", true, VALUE_IRI},           {DELETED, "when", true, VALUE_RFC3339},
};

enum flag {
    HAS_ALTERNATE = 1, /* of entries */
    HAS_AUTHOR = 2,
    NEEDS_SUMMARY = 4, /* its content is elsewhere, or no text */
    IS_XHTML = 8,      /* of what holds text */
    IS_MEDIA = 16,     /* content of another media type: markup is its own affair */
    IS_ELSEWHERE = 32, /* content with src */
    HAS_CURRENT = 64,  /* of the feed: links to its other documents */
    HAS_OLDER = 128,
    HAS_YOUNGER = 256,
};

static bool is_text_construct(unsigned element) {
    return element == TITLE || element == SUBTITLE || element == SUMMARY || element == RIGHTS ||
           element == DELETED_COMMENT;
}

/* 3.1.1: text, html or xhtml; content may be of a media type besides (4.1.3.1). */
static void open_text(struct elements *elements, struct slice type) {
    struct frame *frame = elements_top(elements);
    const char *name = rules[frame->element].name;
    if (!type.data || slice_equal(type, SLICE("text")) || slice_equal(type, SLICE("html")))
        return;
    if (slice_equal(type, SLICE("xhtml")))
        frame->flags |= IS_XHTML;
    else if (frame->element != CONTENT)
        check_error(elements->checker, frame->place, "type «%.*s» of <%s>: only text, html and xhtml are possible",
                    SLICE_ARGUMENTS(type), name);
    else if (!value_is_media_type(type) || slice_starts_with(type, SLICE("multipart/")))
        check_error(elements->checker, frame->place,
                    "type «%.*s» of <content>: neither text, html, xhtml nor a media type", SLICE_ARGUMENTS(type));
    else
        frame->flags |= IS_MEDIA;
}

static bool is_xml_type(struct slice type) {
    return slice_ends_with(type, SLICE("+xml")) || slice_ends_with(type, SLICE("/xml"));
}

static void open_content(struct elements *elements, const struct xml_attribute_in *given, size_t count) {
    struct slice type = element_attribute(given, count, "type");
    struct slice source = element_attribute(given, count, "src");
    open_text(elements, type);
    struct frame *frame = elements_top(elements);
    struct frame *entry = elements_parent(elements);
    if (source.data) {
        frame->flags |= IS_ELSEWHERE;
        if (!type.data)
            check_warning(elements->checker, frame->place, "<content src> should say its type");
        else if (!(frame->flags & IS_MEDIA))
            check_error(elements->checker, frame->place, "type of <content src> must be a media type");
    }
    bool is_text = is_xml_type(type) || slice_starts_with(type, SLICE("text/"));
    if (source.data || ((frame->flags & IS_MEDIA) && !is_text))
        entry->flags |= NEEDS_SUMMARY;
}

/* 4.1.1: no two alternate links of one type and language. */
static void note_alternate(struct elements *elements, struct slice type, struct slice language) {
    const struct frame *frame = elements_top(elements);
    uint64_t kind = hash64(type) ^ (hash64(language) * 3);
    elements_parent(elements)->flags |= HAS_ALTERNATE;
    for (size_t i = 0; i < elements->alternate_count; i++)
        if (elements->alternates[i] == kind)
            check_error(elements->checker, frame->place, "a second alternate link of the same type and language");
    if (elements->alternate_count < ARRAY_LENGTH(elements->alternates))
        elements->alternates[elements->alternate_count++] = kind;
}

/* RFC 5005 section 4: a feed's documents are a chain, so each leads to one other in a direction. */
static void note_document(struct elements *elements, struct slice relation) {
    static const struct {
        const char *relation;
        unsigned flag;
    } documents[] = {{"current", HAS_CURRENT}, {"prev-archive", HAS_OLDER}, {"next-archive", HAS_YOUNGER}};
    const struct frame *frame = elements_top(elements);
    struct frame *feed = elements_parent(elements);
    for (size_t i = 0; feed->element == FEED && i < ARRAY_LENGTH(documents); i++) {
        if (!slice_equal(relation, slice_of(documents[i].relation)))
            continue;
        if (feed->flags & documents[i].flag)
            check_warning(elements->checker, frame->place, "a second %s link: readers follow one of them",
                          documents[i].relation);
        feed->flags |= documents[i].flag;
    }
}

static void open_self(struct elements *elements, struct slice address) {
    elements->has_self = true;
    check_self(elements->checker, elements_top(elements)->place, address);
}

static void open_link(struct elements *elements, const struct xml_attribute_in *given, size_t count) {
    const struct frame *frame = elements_top(elements);
    struct slice relation = element_attribute(given, count, "rel");
    struct slice type = element_attribute(given, count, "type");
    struct slice registered = SLICE("http://www.iana.org/assignments/relation/");
    if (slice_starts_with(relation, registered))
        relation = slice_from(relation, registered.size);
    if (!relation.data || slice_equal(relation, SLICE("alternate")))
        note_alternate(elements, type, element_attribute(given, count, "hreflang"));
    else if (slice_equal(relation, SLICE("self")) && elements_parent(elements)->element == FEED)
        open_self(elements, element_attribute(given, count, "href"));
    else if (slice_equal(relation, SLICE("enclosure")) && !type.data)
        check_warning(elements->checker, frame->place, "an enclosure should say its type");
    else if (slice_equal(relation, SLICE("hub")))
        check_hub(elements->checker, frame->place, element_attribute(given, count, "href"));
    else
        note_document(elements, relation);
}

static void atom_open(struct elements *elements, const struct xml_attribute_in *given, size_t count) {
    struct frame *frame = elements_top(elements);
    switch (frame->element) {
    case ENTRY:
        elements->entry_id = (struct slice){NULL, 0};
        elements->entry_updated = 0;
        elements->alternate_count = 0;
        break;
    case FEED:
    case SOURCE:
        elements->alternate_count = 0;
        break;
    case CONTENT:
        open_content(elements, given, count);
        break;
    case LINK:
        open_link(elements, given, count);
        break;
    default:
        if (is_text_construct(frame->element))
            open_text(elements, element_attribute(given, count, "type"));
    }
}

static void atom_foreign(struct elements *elements, const char *namespace, const char *name, struct xml_place place) {
    const struct frame *frame = elements_top(elements);
    if (!is_text_construct(frame->element) && frame->element != CONTENT)
        return;
    const char *outer = rules[frame->element].name;
    if (frame->flags & IS_XHTML) {
        if (frame->foreign > 1)
            check_error(elements->checker, place, "xhtml in <%s> must be one <div>; this is a second element", outer);
        else if (strcmp(name, "div") != 0 || !namespace || strcmp(namespace, XHTML) != 0)
            check_error(elements->checker, place, "xhtml in <%s> must be a <div> of the namespace " XHTML, outer);
    } else if (!(frame->flags & IS_MEDIA) && frame->foreign == 1) {
        check_error(elements->checker, place, "<%s> stands in <%s>, whose type allows only (escaped) text", name,
                    outer);
    }
}

static void close_text(struct elements *elements) {
    const struct frame *frame = elements_top(elements);
    const char *name = rules[frame->element].name;
    if (frame->flags & IS_ELSEWHERE) {
        if (frame->has_text || frame->foreign)
            check_error(elements->checker, frame->place, "<content src> must be empty");
    } else if (frame->flags & IS_XHTML) {
        if (frame->foreign == 0)
            check_error(elements->checker, frame->place, "<%s type=\"xhtml\"> without its <div>", name);
        else if (frame->has_text)
            check_error(elements->checker, frame->place, "text beside the <div> of <%s type=\"xhtml\">", name);
    }
}

static void close_entry(struct elements *elements) {
    struct checker *checker = elements->checker;
    const struct frame *frame = elements_top(elements);
    uint64_t earlier = 0;
    if (!(frame->seen & ELEMENT(CONTENT)) && !(frame->flags & HAS_ALTERNATE))
        check_error(checker, frame->place, "<entry> has neither <content> nor an alternate link");
    if (frame->flags & NEEDS_SUMMARY && !(frame->seen & ELEMENT(SUMMARY)))
        check_error(checker, frame->place, "<entry> needs a <summary>: its content is no text, or elsewhere");
    if (!(frame->seen & ELEMENT(AUTHOR)) && !(frame->flags & HAS_AUTHOR) && !elements->lacks_author) {
        elements->lacks_author = true;
        elements->without_author = frame->place;
    }
    if (!elements->entry_id.data || check_id_is_new(checker, elements->entry_id, elements->entry_updated, &earlier))
        return;
    /* 4.1.1 allows states of one entry beside each other, told apart by their dates; no reader shows both. */
    if (earlier == elements->entry_updated)
        check_error(checker, frame->place, "a second entry with the id «%.*s» and the same <updated>",
                    SLICE_ARGUMENTS(elements->entry_id));
    else
        check_warning(checker, frame->place, "a second entry with the id «%.*s»", SLICE_ARGUMENTS(elements->entry_id));
}

static void close_archive(struct elements *elements) {
    const struct frame *feed = elements_top(elements);
    if (feed->seen & ELEMENT(COMPLETE))
        check_warning(elements->checker, feed->place, "<archive> and <complete>: a part is not the whole");
    if (!(feed->flags & HAS_CURRENT))
        check_warning(elements->checker, feed->place, "this archive should have a current link, to what it is part of");
}

static void close_feed(struct elements *elements) {
    const struct frame *frame = elements_top(elements);
    if (elements->lacks_author && !(frame->seen & ELEMENT(AUTHOR)))
        check_error(elements->checker, elements->without_author, "neither this <entry> nor the feed has an <author>");
    if (!elements->has_self)
        check_warning(elements->checker, frame->place, "the feed has no self link");
    if (frame->seen & ELEMENT(ARCHIVE))
        close_archive(elements);
}

static void atom_close(struct elements *elements, struct slice text) {
    const struct frame *frame = elements_top(elements);
    struct frame *parent = elements_parent(elements);
    bool of_entry = parent && parent->element == ENTRY;
    if (frame->element == ID && of_entry)
        elements->entry_id = arena_copy(&elements->checker->arena, text);
    else if (frame->element == UPDATED && of_entry)
        elements->entry_updated = hash64(text) >> 1;
    else if (parent && frame->element == SOURCE && frame->seen & ELEMENT(AUTHOR))
        parent->flags |= HAS_AUTHOR;
    else if (frame->element == ENTRY)
        close_entry(elements);
    else if (frame->element == FEED)
        close_feed(elements);
    else if (frame->element == CONTENT || is_text_construct(frame->element))
        close_text(elements);
}

const struct dialect dialect_atom = {
    .name = "Atom",
    .kind = FEED_ATOM,
    .rules = rules,
    .rule_count = ROWS,
    .attributes = attributes,
    .attribute_count = ARRAY_LENGTH(attributes),
    .entries = ELEMENT(ENTRY),
    .strict_attributes = true,
    .open = atom_open,
    .close = atom_close,
    .foreign = atom_foreign,
};
