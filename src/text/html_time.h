#ifndef PINDAO_TEXT_HTML_TIME_H
#define PINDAO_TEXT_HTML_TIME_H

#include "base/slice.h"

/* Dates and times as HTML writes them for machines (HTML standard, 2.3.5), to the byte: no blanks around. */

/* What <time> may say: a month, day, day without a year, time, day and time, offset, week, year, or duration. */
bool html_is_time(struct slice text);

/* What <ins> and <del> may say: a day, or a day and time with an offset. */
bool html_is_day_or_moment(struct slice text);

#endif
