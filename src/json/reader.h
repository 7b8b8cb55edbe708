#ifndef PINDAO_JSON_READER_H
#define PINDAO_JSON_READER_H

#include "base/slice.h"

/*
 * JSON in, by json-c: whole documents of trusted size (manifest, own feeds, `validate`). The hot path of JSON Lines has its own
 * field scanner (ingest/json_fields.h), held to this one by a test.
 */
struct json_object; /* json-c's, used as it is by callers: include <json-c/json.h> only below src/json, check and output */

/* The document, to be given back by json_object_put; NULL when it is not RFC 8259 (strict, UTF-8, at most 32 levels) and then
 * the byte offset of the error and json-c's word for it. */
struct json_object *json_read(struct slice text, size_t *ret_error_offset, const char **ret_error);
/* For CLEANUP. */
void json_release(struct json_object **object);

#endif
