#ifndef PINDAO_BASE_URI_H
#define PINDAO_BASE_URI_H

#include "base/buf.h"
#include "base/slice.h"

/* Addresses, RFC 3986. */

/* An absolute http or https address with a host, no blanks, control characters or quotes, at most 2,048 bytes. */
bool uri_is_web(struct slice uri);
/* The host of an absolute address, without user, port; empty when there is none. */
struct slice uri_host(struct slice uri);

/*
 * `reference` seen from `base` (an absolute address), RFC 3986 5.2, with dot segments removed. false when base
 * has no scheme.
 */
MUST_CHECK bool uri_resolve(struct slice base, struct slice reference, struct buf *buf);

/* Appends the address with everything that RFC 3986 does not allow in one (blanks, Han characters …) percent-encoded; what is
 * encoded already stays. */
void uri_append_encoded(struct buf *buf, struct slice uri);

/*
 * What is left of an address as the key of an article, so that it survives https, www. and trackers: host in lower
 * case; scheme, "www.", default port, fragment and the query parameters utm_*, spm, from, chksm, scene taken
 * away; an empty path is "/". This list is closed and never changes: ids depend on it.
 * "https://WWW.Example.org:443/a?from=x&id=1#t" becomes "example.org/a?id=1". false when it is no web address.
 */
MUST_CHECK bool uri_append_key(struct buf *buf, struct slice uri);

#endif
