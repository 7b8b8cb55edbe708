#ifndef PINDAO_PUBLISH_WEBSUB_H
#define PINDAO_PUBLISH_WEBSUB_H

#include "diag/diag.h"
#include "model/settings.h"

/*
 * WebSub (W3C Recommendation of 2018, with the form of PubSubHubbub 0.4 for what publishers tell hubs, which the former
 * leaves open): POST, application/x-www-form-urlencoded, hub.mode=publish&hub.url=TOPIC, one request a feed and hub.
 *
 * The queue, websub.jsonl in the state folder, is written and synced before the first request: {"hub", "topic",
 * "since", "reported"?} a line. What a hub has accepted (2xx) goes; what it could not take stays for the next run,
 * three days at most. A topic that changes again while it waits is told once. Nothing here is an error of the run, nor
 * takes long: 10 s a request, 60 s in all; after a second failure in a row a hub is left alone until the next run. A
 * failure is said once of what waits, not in every run.
 */
struct websub_counts {
    size_t told, waiting, dropped;
};

/* What is posted for a topic. */
void websub_append_form(struct slice topic, struct buf *form);

/* Adds, for every hub of site, the topics; sorted and each once. false after reporting (hub-failed) when not written.
 */
MUST_CHECK bool websub_queue_add(const char *state_folder, const struct site *site, const struct slice *topics,
                                 size_t count, int64_t now, struct diagnostics *diagnostics);
/* Tells all that waits, also what earlier runs have left. allow_private: as for requests (net/request.h). */
void websub_tell(const char *state_folder, int64_t now, bool allow_private, struct diagnostics *diagnostics,
                 struct websub_counts *ret_counts);
/* How many pairs of hub and topic wait; for `status`. */
size_t websub_waiting(const char *state_folder);

#endif
