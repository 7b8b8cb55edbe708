/*
 * driver [--choked] BASE: HTML on stdin → what the sanitiser leaves of it on stdout, choked before as every body is
 * (--choked: it was). Ends with 1, silent, when it is refused: a tag over the limits.
 */
#include "base/file.h"
#include "text/choke.h"
#include "text/sanitiser.h"

#include <stdio.h>

int main(int count, char **arguments) {
    CLEANUP(buf_release) struct buf html = BUF(BUF_UNLIMITED);
    CLEANUP(buf_release) struct buf safe = BUF(BUF_UNLIMITED);
    CLEANUP(arena_release) struct arena arena = {0};
    struct choke_report report = {0};
    if (!file_read_open(0, &html))
        return 74;
    struct slice text = buf_slice(&html);
    if (count < 3 || strcmp(arguments[1], "--choked") != 0)
        text = text_choke(text, CHOKE_TEXT, &arena, &report);
    if (!html_sanitise(text, slice_of(arguments[count - 1]), &safe))
        return 1;
    if (safe.size == 0)
        return 0;
    return fwrite(safe.data, 1, safe.size, stdout) == safe.size && fflush(stdout) == 0 ? 0 : 74;
}
