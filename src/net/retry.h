#ifndef PINDAO_NET_RETRY_H
#define PINDAO_NET_RETRY_H

#include "net/request.h"

/*
 * The same request again, where it has failed in a way that passes (RFC 9110 15.6.4, RFC 6585 4): no
 * connection, no such name (resolvers have bad moments), timed out, cut off; 408, 425, 429, 500, 502, 503, 504. For
 * idempotent requests only. Waits first * 2^n, each times a random factor of 0.5 to 1, and at least what Retry-After
 * asks for; where that is over `longest`, it does not wait at all but gives up. What `take` has got a part of is not
 * asked for again.
 */
struct retry_policy {
    unsigned attempts; /* in all */
    unsigned first_ms, longest_ms;
};
extern const struct retry_policy retry_policy_publish; /* 5, 300 ms, 60 s */

/* Is there any use in asking again? */
bool response_is_passing(const struct response *response);

/* As client_request, of the last attempt. *ret_attempts may be NULL. */
bool client_request_patiently(struct client *client, const struct request *request, const struct retry_policy *policy,
                              struct response *ret_response, unsigned *ret_attempts);

#endif
