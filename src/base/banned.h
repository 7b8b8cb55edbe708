#ifndef PINDAO_BASE_BANNED_H
#define PINDAO_BASE_BANNED_H

/*
 * Functions that do not compile in pindao. Included by the compiler's command line (-include) into every
 * file of src/, after the system headers that declare them.
 *
 * Write into a struct buf, cut with struct slice, parse numbers with slice_parse_…: they know their bounds.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* With _FORTIFY_SOURCE these are macros to clang, which a name must not be when it is poisoned. */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets strtok strtok_r
#pragma GCC poison atoi atol atoll atof asctime ctime gmtime localtime tmpnam mktemp system

#endif
