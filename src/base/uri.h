#ifndef PINDAO_BASE_URI_H
#define PINDAO_BASE_URI_H

#include "base/buf.h"
#include "base/slice.h"

/* Addresses, RFC 3986. */

/*
 * An absolute http or https address with a host, no blanks, control characters, or any of " < > \, at most 2,048 bytes.
 * Characters beyond ASCII are allowed: uri_append_encoded deals with them.
 */
bool uri_is_web(struct slice uri);
/* The host of an absolute address, without user, port (IPv6 with its brackets); empty when there is none. */
struct slice uri_host(struct slice uri);

/*
 * `reference` seen from `base` (an absolute address), RFC 3986 5.2, with dot segments removed. false when base
 * has no scheme.
 */
MUST_CHECK bool uri_resolve(struct slice base, struct slice reference, struct buf *buf);

/* Appends the address with everything that RFC 3986 does not allow in one (blanks, Han characters …) percent-encoded;
 * what is encoded already stays. */
void uri_append_encoded(struct buf *buf, struct slice uri);

/*
 * What is left of an address as the key of an article, so that it survives https, www. and trackers: host in lower
 * case (ASCII letters); scheme, user, one "www.", the scheme's default port, fragment and the query parameters utm_*,
 * spm, from, chksm, scene (as spelled here) taken away; an empty path is "/", an empty query none. Hexadecimal
 * digits behind a percent sign become upper case; all else stays as it is written, percent-encoding and order too. This
 * list is closed and never changes: ids depend on it.
 * "https://WWW.Example.org:443/a?from=x&id=1#t" becomes "example.org/a?id=1". false when it is no web address.
 */
MUST_CHECK bool uri_append_key(struct buf *buf, struct slice uri);

#endif
