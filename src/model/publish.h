#ifndef PINDAO_MODEL_PUBLISH_H
#define PINDAO_MODEL_PUBLISH_H

#include "model/taxonomy.h"

/* One item of `publish:`. Empty slices: not given. */
enum publish_kind {
    PUBLISH_DIRECTORY,
    PUBLISH_S3,
    PUBLISH_COMMAND,
};

struct publish_target {
    enum publish_kind kind;
    struct slice name; /* for messages, `pindao publish NAME`, and its files in the state folder: [a-z0-9.-]; unique */
    struct slice directory; /* relative to the configuration's folder unless absolute */
    struct slice bucket;    /* s3: */
    struct slice endpoint;  /* "https://cos.ap-shanghai.myqcloud.com", without / at its end */
    struct slice region;
    struct slice prefix;     /* "feeds/" or empty: in front of every key */
    bool path_style;         /* endpoint/bucket/key instead of bucket.endpoint/key */
    bool endpoint_is_bucket; /* endpoint/key: a domain of its own that is bound to the bucket */
    struct slice access_key, secret_key, session_token; /* references (net/secret.h) */
    struct slice command;                               /* a line for /bin/sh */
    struct slice purge;                                 /* a line for /bin/sh: what to do about caches; may be empty */
    struct slice url;                                   /* where people see it; ends with /; site.url where not given */
    bool verify;                                        /* fetch a few files there afterwards */
    bool allow_private;                                 /* endpoint and url may be addresses that are not public */
    unsigned deletions; /* most files that one run deletes, withdrawn ones not counted */
    struct word_place place;
};

#endif
