#ifndef PINDAO_NET_HOST_NAME_H
#define PINDAO_NET_HOST_NAME_H

#include "base/buf.h"

/*
 * A host's name as DNS has it: "新闻.example" is "xn--efvy88h.example" (RFC 5890, 3492), after NFKC and case folding.
 * Done here because libcurl reads names in the locale's encoding, and the locale is nobody's choice. What is ASCII
 * stays as it is, and so does what is no UTF-8, and what would become an address of another shape ("／" is "/" to
 * NFKC).
 */
void host_name_append_ascii(struct slice host, struct buf *buf);

#endif
