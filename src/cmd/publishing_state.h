#ifndef PINDAO_CMD_PUBLISHING_STATE_H
#define PINDAO_CMD_PUBLISHING_STATE_H

#include "cmd/progress.h"
#include "cmd/published.h"
#include "cmd/publishing.h"
#include "json/writer.h"
#include "publish/publish.h"

/* Publishing at work, for what is said of it. For publishing.c and publishing_report.c only. */
struct publishing {
    const struct publishing_order *order;
    struct diagnostics *diagnostics;
    struct publishing_report *report;
    struct arena arena;
    const char *directory;
    int tree;
    struct tree local;
    struct buf manifest;
    struct slice hash; /* of it, as hex */
    struct published_list published;
    struct diagnostics reported; /* of the target at hand */
    struct progress progress;
    struct json_writer json;
    bool allow_private;
    int code;
};

/* sysexits.h; what passes by itself is EX_TEMPFAIL. */
int publishing_exit_code(enum publish_result result);

/* Has a run before said such a thing of this target, to somebody who does not want to hear it again? */
bool publishing_is_known(const struct publishing *publishing, const struct published *published, enum diagnostic_id id);
/* What is reported of the target at hand, as known where that is so; then for the next run, and to the others. */
void publishing_mark_known(struct publishing *publishing, const struct published *published);
void publishing_remember_said(struct publishing *publishing, struct published *published);

/* What a command said: all with -v, the end of it when it failed. */
void publishing_show_said(const struct publishing *publishing, struct slice said, bool failed);

/* What became of a target, into the report for people and that for machines. */
void publishing_tell(struct publishing *publishing, const struct publish_target *target,
                     const struct publish_outcome *outcome, enum publish_result result, bool verified);

#endif
