#include "net/retry.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

const struct retry_policy retry_policy_publish = {.attempts = 5, .first_ms = 300, .longest_ms = 60000};

bool response_is_passing(const struct response *response) {
    switch (response->failure) {
    case REQUEST_NO_HOST:
    case REQUEST_NO_CONNECTION:
    case REQUEST_TIMED_OUT:
    case REQUEST_BROKEN:
        return true;
    case REQUEST_ANSWERED:
        break;
    default:
        return false;
    }
    static const int passing[] = {408, 425, 429, 500, 502, 503, 504};
    for (size_t i = 0; i < ARRAY_LENGTH(passing); i++)
        if (response->status == passing[i])
            return true;
    return false;
}

/* first * 2^n with a random factor of 0.5 to 1, so that many that failed together do not come back together. */
static uint64_t backoff_ms(const struct retry_policy *policy, unsigned attempt) {
    uint64_t wait = (uint64_t)policy->first_ms << (attempt < 20 ? attempt : 20);
    wait = wait > policy->longest_ms ? policy->longest_ms : wait;
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        random = UINT32_MAX;
    return wait / 2 + (wait / 2 * random >> 32);
}

static void wait_ms(uint64_t milliseconds) {
    struct timespec left = {.tv_sec = (time_t)(milliseconds / 1000), .tv_nsec = (long)(milliseconds % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

/* false: not worth it, or not to be done. */
static bool wait_before_next(const struct retry_policy *policy, const struct response *response, unsigned attempt) {
    uint64_t wait = backoff_ms(policy, attempt);
    if (response->retry_after > (int64_t)(policy->longest_ms / 1000))
        return false;
    uint64_t asked = response->retry_after > 0 ? (uint64_t)response->retry_after * 1000 : 0;
    wait_ms(wait > asked ? wait : asked);
    return true;
}

bool client_request_patiently(struct client *client, const struct request *request, const struct retry_policy *policy,
                              struct response *ret_response, unsigned *ret_attempts) {
    unsigned attempt = 0;
    bool answered;
    for (;;) {
        answered = client_request(client, request, ret_response);
        attempt++;
        /* What `take` has got cannot be taken back. */
        bool has_taken = request->take && ret_response->body_size > 0 && ret_response->status / 100 == 2;
        if (attempt >= policy->attempts || has_taken || !response_is_passing(ret_response) ||
            !wait_before_next(policy, ret_response, attempt - 1))
            break;
        response_release(ret_response);
    }
    if (ret_attempts)
        *ret_attempts = attempt;
    return answered;
}
