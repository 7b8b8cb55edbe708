#ifndef PINDAO_JSON_READER_H
#define PINDAO_JSON_READER_H

#include "base/attributes.h"
#include "base/buf.h"

/*
 * JSON in, by json-c: whole documents of trusted size (manifest, own feeds, `validate`). The hot path of JSON Lines has
 * its own field scanner (json/fields.h), held to this one by a test.
 */
struct json_object; /* json-c's, used as it is by callers: include <json-c/json.h> only below src/json, check and output
                     */

/* The document, to be given back by json_object_put; NULL when it is not RFC 8259 (strict, UTF-8, at most 32 levels)
 * and then the byte offset of the error and json-c's word for it. A document that is only `null` is refused too, for
 * json-c has no object for it. */
struct json_object *json_read(struct slice text, size_t *ret_error_offset, const char **ret_error);
/* The same of a part of a document, so many levels below its top. */
struct json_object *json_read_part(struct slice text, int above, size_t *ret_error_offset, const char **ret_error);
/* For CLEANUP. */
void json_release(struct json_object **object);

/*
 * A document whose objects would need several times its memory, taken apart: the array that the document's member `key`
 * is, as text, and the document with nothing in that array, appended to *head. false when there is none. Nothing is
 * known to be well-formed then: head and elements are to be read by json_read, elements by json_read_part, 2 below the
 * top, and where one of them cannot be, or none follows though the array has not ended, the document is not JSON.
 */
bool json_take_apart(struct slice document, const char *key, struct slice *ret_array, struct buf *head);
/*
 * The next element, and what is behind it; begin with the array. false when none follows; *rest is empty then, if the
 * array has ended as it should.
 */
bool json_next_element(struct slice *rest, struct slice *ret_element);

/* One step down a document: into the member `key`, or, where key is NULL, into element `index`. */
struct json_step {
    const char *key;
    size_t index;
};
/*
 * The byte offset at which the member's key or the element begins that the steps lead to; as far as they lead. json-c
 * forgets places: this reads a document again that json_read has accepted, for messages.
 */
size_t json_locate(struct slice text, const struct json_step *steps, size_t count);

#endif
