#ifndef PINDAO_NET_MEDIA_TYPE_H
#define PINDAO_NET_MEDIA_TYPE_H

#include "base/slice.h"

/* Content-Type (RFC 9110 8.3.1): slices of `value`, as written; empty where not there. Quotes are taken away. */
struct media_type {
    struct slice type; /* "text/html" */
    struct slice charset;
};
struct media_type media_type_read(struct slice value);
/* Is it this type, in any case of letters? */
bool media_type_is(struct media_type type, struct slice wanted);

#endif
