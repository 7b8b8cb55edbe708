#ifndef PINDAO_CMD_BUILD_H
#define PINDAO_CMD_BUILD_H

#include "cmd/corpus.h"
#include "cmd/withdrawals.h"

/*
 * The pipeline, for the commands that publish a new tree: `build`, and `withdraw`, which takes articles out of it in
 * the same run.
 */
struct build_outcome {
    const struct options *options;
    const struct corpus *corpus;
    const struct withdrawals *withdrawals;
    const struct history *history;
    bool is_done; /* every step came to its end; the exit code may still say that something is wrong */
};
struct build_order {
    const char *command; /* "build", "withdraw": for the report */
    struct withdrawal_request request;
    /*
     * When all is done, and what was read is there still: appends what else there is to say, for people, or, with
     * --json, a value one level deep. NULL: nothing.
     */
    void (*tell)(const struct build_outcome *outcome, struct buf *text);
};

/*
 * Runs all steps, says what there is to say, and releases everything, *diagnostics too; options have been read, and are
 * settled here. Returns the exit code.
 */
MUST_CHECK int build_run(struct options *options, const struct build_order *order, struct diagnostics *diagnostics);

#endif
