#ifndef PINDAO_CHECK_CHECKER_H
#define PINDAO_CHECK_CHECKER_H

#include "base/map.h"
#include "check/check.h"
#include "xml/parser.h"

/* What the checks of all formats share; for src/check only. */

struct checker {
    struct slice document;
    const struct check_answer *answer; /* NULL: a file */
    struct slice file;
    struct diagnostics *diagnostics;
    struct check_result *result;
    struct arena arena; /* owns the keys of `ids` */
    struct map ids;     /* of entries; the number is the checker's own */
};

/* Reports one problem and counts it. */
void check_error(struct checker *checker, struct xml_place place, const char *format, ...) PRINTF_LIKE(3, 4);
void check_warning(struct checker *checker, struct xml_place place, const char *format, ...) PRINTF_LIKE(3, 4);

/* What the feed says its own address is; nothing to say of a file. */
void check_self(struct checker *checker, struct xml_place place, struct slice address);

/* What a value must be. */
enum value {
    VALUE_NONE,      /* has children, or is empty */
    VALUE_ANY,       /* any text; not looked at */
    VALUE_TEXT,      /* some text; blank is worth a warning */
    VALUE_NEEDED,    /* text that may not be blank */
    VALUE_IRI,       /* with a scheme */
    VALUE_REFERENCE, /* better with a scheme */
    VALUE_RFC3339,
    VALUE_RFC822,
    VALUE_LANGUAGE,
    VALUE_MEDIA_TYPE,
    VALUE_NUMBER,  /* not negative */
    VALUE_BOOLEAN, /* true or false */
    VALUE_CONTACT, /* an e-mail address in it */
};

/* Whose value it is: that of an element, or, where `attribute` is not NULL, of one of its attributes. */
void check_value(struct checker *checker, struct xml_place place, const char *element, const char *attribute,
                 enum value value, struct slice text);
/* What is wrong with it, in words; NULL for nothing. *ret_warning: it is but a warning. */
const char *value_mistake(enum value value, struct slice text, bool *ret_warning);

/* WebSub, 4: the address in a link with rel=hub, or of a hub of JSON Feed. What is no address at all is said elsewhere.
 */
void check_hub(struct checker *checker, struct xml_place place, struct slice address);

/* The grammars, each its own; for tests as well. */
bool value_is_iri(struct slice text);       /* RFC 3987 with a scheme; http and https with a host */
bool value_is_reference(struct slice text); /* nothing that no address may hold */
bool value_is_rfc3339(struct slice text);   /* RFC 4287 3.3: with time and zone, T and Z upper-case */
bool value_is_language(struct slice text);  /* RFC 5646, its shape */
bool value_is_media_type(struct slice text);
/* RFC 822 with the corrections of RFC 1123; a mistake in words, NULL for none. */
const char *value_rfc822_mistake(struct slice text);

/* Has no entry of this id been seen? Remembers it with `number`; else *ret_earlier is the first one's. */
bool check_id_is_new(struct checker *checker, struct slice id, uint64_t number, uint64_t *ret_earlier);

/* What each format has. Both take documents whose kind is known. */
void check_xml(struct checker *checker);
void check_json_feed(struct checker *checker);

#endif
