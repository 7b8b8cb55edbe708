#ifndef PINDAO_INGEST_RESTORED_H
#define PINDAO_INGEST_RESTORED_H

#include "diag/diag.h"
#include "text/restore.h"

/* For readers of dumps: what was restored of a distorted copy, as diagnostics at the record's first line, … */
void report_restored(const struct restore_report *restored, struct place place, struct diagnostics *diagnostics);

/* … and as lines of `clean --report`. */
void describe_restored(const struct restore_report *restored, struct place place, struct buf *report);

#endif
