#ifndef PINDAO_TEXT_FOLD_COMPOSE_H
#define PINDAO_TEXT_FOLD_COMPOSE_H

#include "base/slice.h"

/*
 * NFKC (Unicode, UAX 15) of one well-formed cluster, in full: decomposed, marks in canonical order, composed. The
 * fold's slow path, in time n log n whatever the text: utf8proc_map sorts marks in time n², minutes for a megabyte of
 * them. Returns how many characters; *ret_characters is on the heap and the caller's.
 */
size_t fold_compose(struct slice cluster, int32_t **ret_characters);

#endif
