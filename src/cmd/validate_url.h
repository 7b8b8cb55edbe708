#ifndef PINDAO_CMD_VALIDATE_URL_H
#define PINDAO_CMD_VALIDATE_URL_H

#include "check/check.h"
#include "cmd/options.h"
#include "net/request.h"

/*
 * A feed at an address, for `pindao validate`: fetched as a reader would, checked, and with it how it is served. The
 * charset is that of a byte order mark, else the header's, else the document's own (RFC 7303 3.2); JSON is UTF-8
 * (RFC 8259 8.1).
 */

/* Is this the address of something on the web, or the name of a file? */
bool is_web_address(const char *argument);

/* false after reporting when it cannot be had. What is wrong with how it is served counts among the result's warnings.
 */
MUST_CHECK bool validate_url(const char *url, struct client *client, const struct options *options,
                             struct diagnostics *diagnostics, struct check_result *ret_result);

#endif
