#ifndef PINDAO_CMD_FINGERPRINTS_H
#define PINDAO_CMD_FINGERPRINTS_H

#include "model/settings.h"

/*
 * What was made from what, in eight bytes: is what the cache knows still true of this configuration, this version of
 * the program, this machine? A setting that shapes something must be in its fingerprint.
 */

/* What shapes every record alike: rules, hold:, the time zone, what a record is. `rules`: taxonomies_hash. */
uint64_t fingerprint_of_records(const struct settings *settings, uint64_t rules, bool sketched);
/* What shapes the records of one source. */
uint64_t fingerprint_of_source(const struct source *source);
/* What a correction does to the record of the article that it names. */
uint64_t fingerprint_of_correction(const struct correction *correction);
/* Every byte of feeds.yaml, its includes and corrections, as they were read, and the version. */
uint64_t fingerprint_of_configuration(const struct settings *settings);

#endif
