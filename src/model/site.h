#ifndef PINDAO_MODEL_SITE_H
#define PINDAO_MODEL_SITE_H

#include "base/slice.h"

/* `site:` of feeds.yaml: what all channels share. */
struct site {
    struct slice title;
    struct slice url;      /* where the tree is served; ends with / */
    struct slice tag;      /* "feeds.example.org,2026": RFC 4151 authority and date of every id */
    int64_t tag_seconds;   /* the date in tag: what an empty feed says as its `updated` */
    struct slice language; /* "zh-CN" */
    struct slice timezone;
    struct slice author;
    struct slice subtitle; /* optional, as all that follow */
    struct slice rights;
    struct slice icon; /* addresses, absolute once loaded */
    struct slice logo;
    struct slice icp;
    const struct slice *hubs; /* WebSub: addresses */
    size_t hub_count;
};

#endif
