#include "check/elements.h"

#define XML_NAMESPACE "http://www.w3.org/XML/1998/namespace"

enum { TEXT_MOST = 1 << 20 }; /* of one title, id or date; more is cut off, which no check minds */

struct frame *elements_top(struct elements *elements) {
    return &elements->frames.items[elements->frames.count - 1];
}

struct frame *elements_parent(struct elements *elements) {
    return elements->frames.count > 1 ? &elements->frames.items[elements->frames.count - 2] : NULL;
}

struct slice element_attribute(const struct xml_attribute_in *attributes, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (!attributes[i].namespace && strcmp(attributes[i].name, name) == 0)
            return attributes[i].value.data ? attributes[i].value : SLICE("");
    return (struct slice){NULL, 0};
}

static bool same_namespace(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static unsigned find_element(const struct dialect *dialect, const char *namespace, const char *name) {
    for (unsigned i = 0; i < dialect->rule_count; i++) {
        const struct element_rule *rule = &dialect->rules[i];
        if (rule->name[0] == name[0] && strcmp(rule->name, name) == 0 && same_namespace(rule->namespace, namespace))
            return i;
    }
    return ELEMENT_FOREIGN;
}

static bool is_blank(struct slice text) {
    return slice_trim(text).size == 0;
}

static const struct dialect *find_dialect(const char *namespace, const char *name) {
    static const struct dialect *const dialects[] = {&dialect_atom, &dialect_rss, &dialect_rss1, &dialect_opml};
    for (size_t i = 0; i < ARRAY_LENGTH(dialects); i++)
        if (strcmp(dialects[i]->rules[0].name, name) == 0 && same_namespace(dialects[i]->rules[0].namespace, namespace))
            return dialects[i];
    return NULL;
}

/* What a root element is that begins no feed we know. */
static void report_root(struct elements *elements, const char *namespace, const char *name, struct xml_place place) {
    struct checker *checker = elements->checker;
    elements->unknown_root = true;
    if (slice_equal_ignoring_case(slice_of(name), SLICE("html")))
        check_error(checker, place, "an HTML page, not a feed; its address may be that of the site, not of its feed");
    else if (strcmp(name, "feed") == 0)
        check_error(checker, place, "<feed> in the namespace «%s»; Atom's is http://www.w3.org/2005/Atom%s",
                    namespace ? namespace : "",
                    same_namespace(namespace, "http://purl.org/atom/ns#") ? ": this is Atom 0.3, a draft" : "");
    else if (strcmp(name, "rss") == 0 || strcmp(name, "opml") == 0)
        check_error(checker, place, "<%s> in the namespace «%s»; it has none", name, namespace ? namespace : "");
    else
        check_error(checker, place, "<%s> begins no feed that is known here", name);
}

/* xml:lang and xml:base may stand everywhere. */
static void check_common_attribute(struct checker *checker, struct xml_place place, const char *element,
                                   const struct xml_attribute_in *attribute) {
    if (!same_namespace(attribute->namespace, XML_NAMESPACE))
        return;
    if (strcmp(attribute->name, "lang") == 0 && attribute->value.size)
        check_value(checker, place, element, "xml:lang", VALUE_LANGUAGE, attribute->value);
    else if (strcmp(attribute->name, "base") == 0 && !value_is_reference(attribute->value))
        check_error(checker, place, "xml:base «%.*s» is no address", SLICE_ARGUMENTS(attribute->value));
}

static void check_attribute_names(struct elements *elements, const struct xml_attribute_in *attributes, size_t count) {
    const struct dialect *dialect = elements->dialect;
    const struct frame *frame = elements_top(elements);
    for (size_t i = 0; i < count; i++) {
        bool known = attributes[i].namespace != NULL || !dialect->strict_attributes;
        check_common_attribute(elements->checker, frame->place, dialect->rules[frame->element].name, &attributes[i]);
        for (size_t j = 0; j < dialect->attribute_count && !known; j++)
            known = dialect->attributes[j].element == frame->element &&
                    strcmp(dialect->attributes[j].name, attributes[i].name) == 0;
        if (!known)
            check_error(elements->checker, frame->place, "<%s> has no attribute %s in %s",
                        dialect->rules[frame->element].name, attributes[i].name, dialect->name);
    }
}

static void check_attributes(struct elements *elements, const struct xml_attribute_in *attributes, size_t count) {
    const struct dialect *dialect = elements->dialect;
    const struct frame *frame = elements_top(elements);
    if (count)
        check_attribute_names(elements, attributes, count);
    for (size_t i = 0; i < dialect->attribute_count; i++) {
        const struct attribute_rule *rule = &dialect->attributes[i];
        if (rule->element != frame->element)
            continue;
        const char *element = dialect->rules[frame->element].name;
        struct slice value = element_attribute(attributes, count, rule->name);
        if (value.data)
            check_value(elements->checker, frame->place, element, rule->name, rule->value, value);
        else if (rule->required)
            check_error(elements->checker, frame->place, "<%s> without %s", element, rule->name);
    }
}

/* Something that no table knows, or that stands inside of markup. */
static void open_foreign(struct elements *elements, const char *namespace, const char *name, struct xml_place place) {
    const struct dialect *dialect = elements->dialect;
    struct frame *parent = elements_top(elements);
    const struct element_rule *rule = &dialect->rules[parent->element];
    elements->foreign_depth = 1;
    parent->foreign++;
    if (dialect->foreign)
        dialect->foreign(elements, namespace, name, place);
    if (rule->markup)
        return;
    if (rule->value != VALUE_NONE)
        check_error(elements->checker, place, "<%s> stands in <%s>, which holds only text", name, rule->name);
    else if (same_namespace(namespace, dialect->rules[0].namespace) || same_namespace(namespace, rule->namespace))
        check_error(elements->checker, place, "there is no <%s> in %s", name, dialect->name);
    else if (!namespace)
        check_warning(elements->checker, place, "<%s> has no namespace", name);
}

static void check_position(struct elements *elements, unsigned element, struct xml_place place) {
    const struct element_rule *rule = &elements->dialect->rules[element];
    struct frame *parent = elements_top(elements);
    const char *outer = elements->dialect->rules[parent->element].name;
    if (!(rule->parents & ELEMENT(parent->element)))
        check_error(elements->checker, place, "<%s> does not belong in <%s>", rule->name, outer);
    else if (rule->once & ELEMENT(parent->element) && parent->seen & ELEMENT(element))
        check_error(elements->checker, place, "<%s> stands twice in this <%s>", rule->name, outer);
    parent->seen |= ELEMENT(element);
}

static void on_open(void *context, const char *namespace, const char *name, const struct xml_attribute_in *attributes,
                    size_t count, struct xml_place place) {
    struct elements *elements = context;
    if (elements->unknown_root)
        return;
    if (elements->foreign_depth) {
        elements->foreign_depth++;
        return;
    }
    unsigned element = 0;
    if (!elements->dialect) {
        elements->dialect = find_dialect(namespace, name);
        if (!elements->dialect) {
            report_root(elements, namespace, name, place);
            return;
        }
        elements->checker->result->kind = elements->dialect->kind;
    } else {
        const struct element_rule *outer = &elements->dialect->rules[elements_top(elements)->element];
        element = outer->value != VALUE_NONE ? ELEMENT_FOREIGN : find_element(elements->dialect, namespace, name);
        if (element == ELEMENT_FOREIGN) {
            open_foreign(elements, namespace, name, place);
            return;
        }
        check_position(elements, element, place);
    }
    enum value value = elements->dialect->rules[element].value;
    elements->capturing = value != VALUE_NONE && value != VALUE_ANY;
    vec_push(&elements->frames, (struct frame){.element = element, .place = place, .text_begin = elements->text.size});
    elements->checker->result->entries += (elements->dialect->entries & ELEMENT(element)) != 0;
    check_attributes(elements, attributes, count);
    if (elements->dialect->open)
        elements->dialect->open(elements, attributes, count);
}

static void on_text(void *context, struct slice text) {
    struct elements *elements = context;
    if (elements->frames.count == 0 || elements->foreign_depth)
        return;
    struct frame *frame = elements_top(elements);
    if (!frame->has_text && !is_blank(text))
        frame->has_text = true;
    if (elements->capturing)
        buf_append_slice(&elements->text, text);
}

static void check_required(struct elements *elements, const struct frame *frame) {
    const struct dialect *dialect = elements->dialect;
    const struct element_rule *rule = &dialect->rules[frame->element];
    uint64_t missing = rule->required & ~frame->seen;
    for (unsigned i = 0; missing; i++, missing >>= 1)
        if (missing & 1)
            check_error(elements->checker, frame->place, "<%s> without <%s>", rule->name, dialect->rules[i].name);
}

/* Addresses and dates have no blanks around them, strictly; most readers take them away. */
static void check_text(struct elements *elements, const struct element_rule *rule, struct slice raw) {
    struct xml_place place = elements_top(elements)->place;
    struct slice text = slice_trim(raw);
    bool exact = rule->value == VALUE_IRI || rule->value == VALUE_REFERENCE || rule->value == VALUE_RFC3339 ||
                 rule->value == VALUE_RFC822;
    check_value(elements->checker, place, rule->name, NULL, rule->value, text);
    if (exact && text.size && text.size < raw.size)
        check_warning(elements->checker, place, "blanks around the value of <%s>", rule->name);
}

static void on_close(void *context, const char *namespace, const char *name) {
    struct elements *elements = context;
    (void)namespace;
    (void)name;
    if (elements->unknown_root)
        return;
    if (elements->foreign_depth) {
        elements->foreign_depth--;
        return;
    }
    struct frame *frame = elements_top(elements);
    const struct element_rule *rule = &elements->dialect->rules[frame->element];
    struct slice raw = slice_from(buf_slice(&elements->text), frame->text_begin);
    struct slice text = slice_trim(raw);
    if (rule->value != VALUE_NONE) {
        if (elements->capturing && !frame->foreign)
            check_text(elements, rule, raw);
    } else if (frame->has_text) {
        check_error(elements->checker, frame->place, "text between the elements of <%s>", rule->name);
    }
    check_required(elements, frame);
    if (elements->dialect->close)
        elements->dialect->close(elements, text);
    elements->frames.count--;
    elements->capturing = false;
    buf_clear(&elements->text);
}

/* That of RSS 0.91, which its specification asks for, is the only one that stands in feeds. */
static bool on_doctype(void *context, const char *public_identifier, struct xml_place place) {
    struct elements *elements = context;
    if (strcmp(public_identifier, "-//Netscape Communications//DTD RSS 0.91//EN") != 0)
        return false;
    check_warning(elements->checker, place, "the DOCTYPE of RSS 0.91: readers pass over it, or over the feed");
    return true;
}

void check_xml(struct checker *checker) {
    const struct xml_handler handler = {.open = on_open,
                                        .text = on_text,
                                        .close = on_close,
                                        .doctype = on_doctype,
                                        .is_utf8 = checker->answer && checker->answer->is_text};
    struct elements elements = {.checker = checker, .text = BUF(TEXT_MOST)};
    struct xml_error error;
    if (!xml_parse(checker->document, &handler, &elements, &error))
        check_error(checker, (struct xml_place){error.line, error.column}, "%s", error.message);
    vec_release(&elements.frames);
    buf_release(&elements.text);
}
