#include "ingest/restored.h"

void report_restored(const struct restore_report *restored, struct place place, struct diagnostics *diagnostics) {
    if (restored->lost)
        diag_report(diagnostics, DIAGNOSTIC_TEXT_LOST, place, "%zu became U+FFFD", restored->lost);
    if (restored->readings + restored->restored)
        diag_report(diagnostics, DIAGNOSTIC_TEXT_RESTORED, place,
                    "%zu readings taken away, %zu shifted places put back", restored->readings, restored->restored);
}

void describe_restored(const struct restore_report *restored, struct place place, struct buf *report) {
    for (size_t i = 0; i < restored->place_count; i++) {
        const struct restore_place *repaired = &restored->places[i];
        buf_append_format(report, "%.*s:%u: repaired: %.*s became %.*s\n", SLICE_ARGUMENTS(place.file),
                          place.line + repaired->line - 1, SLICE_ARGUMENTS(repaired->before),
                          SLICE_ARGUMENTS(repaired->after));
    }
    if (restored->readings)
        buf_append_format(report, "%.*s:%u: repaired: %zu readings in parentheses taken away, %zu characters lost\n",
                          SLICE_ARGUMENTS(place.file), place.line, restored->readings, restored->lost);
}
