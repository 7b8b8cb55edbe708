#ifndef PINDAO_NET_RESPONSE_H
#define PINDAO_NET_RESPONSE_H

#include "net/request.h"

/* One line of an answer's headers, without its end; kept where struct response has a place for it. What holds control
 * characters is as if it were not there; of several the first counts. */
void response_take_header(struct response *response, struct slice name, struct slice value);
/* Another status line: what the one before brought (100 Continue, a redirect) is forgotten; arena and `moved_to` stay.
 */
void response_begin(struct response *response, int status);
/* The failure, with a sentence that begins with a small letter; the first one stays. */
void response_fail(struct response *response, enum request_failure failure, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
