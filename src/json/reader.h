#ifndef PINDAO_JSON_READER_H
#define PINDAO_JSON_READER_H

#include "base/attributes.h"
#include "base/slice.h"

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
/* For CLEANUP. */
void json_release(struct json_object **object);

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
