#include "cmd/channel_feed.h"

#include "assemble/key.h"
#include "check/check.h"

/* "普陀区 · 集成电路 · 上海分区招商资讯" */
static struct slice feed_title(const struct site *site, const struct channel *channel, struct arena *arena) {
    CLEANUP(buf_release) struct buf title = BUF(BUF_UNLIMITED);
    buf_append_slice(&title, channel->title);
    buf_append_string(&title, channel->title.size ? " · " : "");
    buf_append_slice(&title, site->title);
    return arena_copy(arena, buf_slice(&title));
}

static struct slice feed_id(const struct site *site, const struct channel *channel, struct arena *arena) {
    CLEANUP(buf_release) struct buf id = BUF(BUF_UNLIMITED);
    channel_append_id(site, channel->path, &id);
    return arena_copy(arena, buf_slice(&id));
}

struct feed channel_feed(const struct site *site, const struct channel *channel, struct arena *arena) {
    return (struct feed){
        .site = site,
        .id = feed_id(site, channel, arena),
        .path = channel->path,
        .title = feed_title(site, channel, arena),
        .subtitle = channel->subtitle.size ? channel->subtitle : site->subtitle,
        .archive = channel->rule->archive,
        .name = channel->title,
        .matching = channel->matching,
    };
}

bool feed_is_fit(struct slice bytes, struct slice path, size_t entries, struct diagnostics *diagnostics) {
    struct check_result result = {0};
    check_feed(bytes, path, diagnostics, &result);
    if (result.errors == 0 && result.entries == entries)
        return true;
    diag_report(diagnostics, DIAGNOSTIC_CHECK_FAILED, (struct place){.file = path}, "%zu errors, %zu of %zu entries",
                result.errors, result.entries, entries);
    return false;
}
