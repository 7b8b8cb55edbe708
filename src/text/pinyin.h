#ifndef PINDAO_TEXT_PINYIN_H
#define PINDAO_TEXT_PINYIN_H

#include "base/slice.h"

/*
 * Pinyin, and the encoding GBK: the two tables that undoing of distorted text stands on (restore.h). Both are made when
 * pindao is built, from ICU and iconv.
 */

/* The most frequent reading of a Han character of the BMP, with its tone ("jīng"); NULL when none is known. */
const char *pinyin_reading(uint32_t character);

/*
 * Letters of pinyin without their tones, a byte each (ü is 'v'), as they compare best. Lower case only, `most` bytes of
 * room. Returns how many letters, 0 when `text` holds anything else; *ret_tones counts marked vowels.
 */
size_t pinyin_plain(struct slice text, char *ret_letters, size_t most, size_t *ret_tones);

/* Is this, without tones, a syllable of Mandarin? Those of interjections (m, n, ng) are not counted as such. */
bool pinyin_is_syllable(const char *letters, size_t size);

enum { PINYIN_SYLLABLE_MOST = 6 /* letters: zhuang */ };

/* The two bytes of a character in GBK (user-defined rows included), as lead << 8 | trail; 0 when it has none. */
unsigned gbk_encode(uint32_t character);
/* The character of two bytes; 0 when there is none. */
uint32_t gbk_decode(unsigned lead, unsigned trail);
/* Is this one of the 3,755 simplified characters that GB 2312 calls the frequent ones? */
bool gbk_is_frequent(uint32_t character);

#endif
