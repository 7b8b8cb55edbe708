#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/loaded.h"

/* `publish:` and `site.hub`. */

static void test_places_and_their_defaults(void **state) {
    unsetenv("AWS_SESSION_TOKEN");
    const struct settings *settings =
        assert_good(state, HEAD "publish:\n"
                                "  - directory: /srv/www\n"
                                "  - {s3: news-125, endpoint: 'https://s3.example.org/'}\n"
                                "  - command: rsync -a \"$PINDAO_TREE\"/ host:www/\n");
    const struct publish_target *targets = settings->targets;
    assert_int_equal(settings->target_count, 3);
    assert_int_equal(targets[0].kind, PUBLISH_DIRECTORY);
    assert_slice(targets[0].name, "directory");
    assert_slice(targets[0].directory, "/srv/www");
    assert_slice(targets[0].url, "https://feeds.example.org/");
    assert_true(targets[0].verify);
    assert_int_equal(targets[0].deletions, 1000);
    assert_int_equal(targets[0].access_key.size, 0);
    assert_int_equal(targets[1].kind, PUBLISH_S3);
    assert_slice(targets[1].name, "news-125");
    assert_slice(targets[1].endpoint, "https://s3.example.org");
    assert_slice(targets[1].region, "us-east-1");
    assert_slice(targets[1].access_key, "env:AWS_ACCESS_KEY_ID");
    assert_slice(targets[1].secret_key, "env:AWS_SECRET_ACCESS_KEY");
    assert_int_equal(targets[1].session_token.size, 0);
    assert_int_equal(targets[1].prefix.size, 0);
    assert_int_equal(targets[2].kind, PUBLISH_COMMAND);
    assert_slice(targets[2].name, "command");
    assert_slice(targets[2].command, "rsync -a \"$PINDAO_TREE\"/ host:www/");
}

static void test_domain_of_bucket(void **state) {
    const struct settings *settings =
        assert_good(state, HEAD "publish: [{s3: b, endpoint: 'https://feeds.pindao.cn', endpoint_is_bucket: true}]\n");
    assert_true(settings->targets->endpoint_is_bucket);
    assert_false(settings->targets->path_style);
}

static void test_everything_that_can_be_said(void **state) {
    const struct settings *settings = assert_good(
        state, HEAD "publish:\n"
                    "  - {s3: a.b, name: own, endpoint: 'http://10.0.0.1:9000', region: cn-1, prefix: feeds, \n"
                    "     path_style: true, access_key: 'file:keys/id', secret_key: 'credential:secret',\n"
                    "     session_token: 'env:TOKEN', url: 'https://www.example.org/x', verify: false,\n"
                    "     purge: ./purge, allow_private: true, deletions: 0}\n");
    const struct publish_target *target = settings->targets;
    assert_slice(target->name, "own");
    assert_slice(target->bucket, "a.b");
    assert_slice(target->endpoint, "http://10.0.0.1:9000");
    assert_slice(target->region, "cn-1");
    assert_slice(target->prefix, "feeds/");
    assert_true(target->path_style);
    assert_slice(target->access_key, "file:keys/id");
    assert_slice(target->secret_key, "credential:secret");
    assert_slice(target->session_token, "env:TOKEN");
    assert_slice(target->url, "https://www.example.org/x/");
    assert_false(target->verify);
    assert_slice(target->purge, "./purge");
    assert_true(target->allow_private);
    assert_int_equal(target->deletions, 0);
}

static void test_session_token_of_the_environment(void **state) {
    setenv("AWS_SESSION_TOKEN", "t", 1);
    const struct settings *settings =
        assert_good(state, HEAD "publish: [{s3: a, endpoint: 'https://s3.example.org'},\n"
                                "  {s3: b, endpoint: 'https://s3.example.org', secret_key: 'file:key'}]\n");
    assert_slice(settings->targets[0].session_token, "env:AWS_SESSION_TOKEN");
    assert_int_equal(settings->targets[1].session_token.size, 0);
    unsetenv("AWS_SESSION_TOKEN");
}

static void test_hubs(void **state) {
    const struct settings *settings = assert_good(state, "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026',\n"
                                                         "  hub: 'https://hub.example.org/'}\n"
                                                         "sources: [{files: a.md}]\n");
    assert_int_equal(settings->site.hub_count, 1);
    assert_slice(settings->site.hubs[0], "https://hub.example.org/");
    settings = assert_good(state, "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026',\n"
                                  "  hub: ['https://hub.example.org/', 'http://b.example.org/push']}\n"
                                  "sources: [{files: a.md}]\n");
    assert_int_equal(settings->site.hub_count, 2);
    assert_slice(settings->site.hubs[1], "http://b.example.org/push");
}

static void test_bad_hubs(void **state) {
    assert_false(load(state, "site:\n"
                             "  title: T\n"
                             "  url: https://x.org/\n"
                             "  tag: x.org,2026\n"
                             "  hub:\n"
                             "    - ftp://hub.example.org/\n"
                             "    - https://hub.example.org/#a\n"
                             "    - https://hub.example.org/\n"
                             "    - https://hub.example.org/\n"
                             "sources: [{files: a.md}]\n"));
    assert_reported(state, "feeds.yaml:6:7 config-bad-value\n"
                           "feeds.yaml:7:7 config-bad-value\n"
                           "feeds.yaml:9:7 config-bad-value\n");
}

static void test_bad_targets(void **state) {
    assert_false(load(state, HEAD "publish:\n"
                                  "  - {name: nothing}\n"
                                  "  - {directory: a, command: b}\n"
                                  "  - {directory: a, region: b}\n"
                                  "  - {s3: Big}\n"
                                  "  - {s3: a, endpoint: 'http://s3.example.org'}\n"
                                  "  - {s3: b, endpoint: 'https://u:p@s3.example.org'}\n"
                                  "  - {s3: c, endpoint: 'https://s3.example.org', prefix: a/../b}\n"
                                  "  - {command: a, name: ../x}\n"
                                  "  - {command: a, name: one}\n"
                                  "  - {command: b, name: one}\n"
                                  "  - {command: b, deletions: -1, verify: ja}\n"
                                  "  - command\n"));
    assert_reported(state, "feeds.yaml:7:5 config-missing-key\n"
                           "feeds.yaml:8:5 config-bad-value\n"
                           "feeds.yaml:9:20 config-bad-value\n"
                           "feeds.yaml:10:5 config-missing-key\n"
                           "feeds.yaml:10:10 config-bad-value\n"
                           "feeds.yaml:11:23 config-bad-value\n"
                           "feeds.yaml:12:23 config-bad-value\n"
                           "feeds.yaml:13:57 config-bad-value\n"
                           "feeds.yaml:14:24 config-bad-value\n"
                           "feeds.yaml:16:5 config-bad-value\n"
                           "feeds.yaml:17:29 config-bad-value\n"
                           "feeds.yaml:17:41 config-bad-value\n"
                           "feeds.yaml:18:5 config-wrong-kind\n");
}

/* Wherever the mistake is: not in a message, nor in the line that one shows. */
static void test_a_secret_is_never_shown(void **state) {
    static const char *const texts[] = {
        HEAD "publish: [{s3: a, endpoint: 'https://s3.example.org', secret_key: hunter2hunter2}]\n",
        HEAD "publish:\n  - s3: a\n    endpoint: https://s3.example.org\n    secret_key: hunter2hunter2\n",
        HEAD "publish:\n  - s3: a\n    endpoint: https://s3.example.org\n    secret_key: [hunter2hunter2]\n",
        HEAD "publish:\n  - s3: a\n    endpoint: https://s3.example.org\n    secretkey: hunter2hunter2\n",
        HEAD "publish:\n  - {s3: a, regoin: b, secret_key: hunter2hunter2, endpoint: ftp://x}\n",
        HEAD "publish:\n  - {s3: a, session_token: 'hunter2hunter2', endpoint: 5}\n",
        HEAD "publish: [{directory: a, access_key: hunter2hunter2, verify: nein}]\n",
        HEAD "publish: [{directory: a, url: 'https://me:hunter2hunter2@x.org/', verify: nein}]\n",
        "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026'}\n"
        "sources:\n  - {url: 'https://u.org/', authorization: Bearer hunter2hunter2}\n",
        "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026'}\n"
        "sources:\n  - url: https://u.org/\n    authorization: [hunter2hunter2]\n",
        "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026'}\n"
        "sources:\n  - {url: 'https://u.org/', authorisation: Bearer hunter2hunter2}\n",
        "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026'}\n"
        "sources:\n  - {url: 'https://u.org/', evry: 1h, authorization: Bearer hunter2hunter2}\n",
        "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026'}\n"
        "sources: [{url: 'https://me:hunter2hunter2@u.org/'}]\n",
        "site: {title: T, url: 'https://x.org/', tag: 'x.org,2026'}\n"
        "sources:\n  - {files: a.md, authorization: hunter2hunter2}\n",
        HEAD "publish:\n  - s3: a\n    secret_key: hunter2hunter2: x\n",
        HEAD "publish:\n  - s3: a\n    secret_key：hunter2hunter2\n",
        HEAD "publish:\n  - s3: a\n    secret_key: *hunter2hunter2\n",
        HEAD "secret_key: hunter2hunter2\n",
        "site: {title: T, url: 'https://me:hunter2hunter2@x.org/', tag: 'x.org,2026'}\nsources: [{files: a.md}]\n",
        "site: {title: T, url: 'https://x.org/', hub: 'https://me:hunter2hunter2@h.org/', tag: 'x.org,2026'}\n"
        "sources: [{files: a.md}]\n",
    };
    struct loaded *loaded = *state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        CLEANUP(buf_release) struct buf said = BUF(BUF_UNLIMITED);
        diagnostics_release(&loaded->diagnostics);
        assert_false(load(state, texts[i]));
        diagnostics_print(&loaded->diagnostics, SEVERITY_NOTE, &said);
        assert_true(said.size > 0);
        if (strstr(buf_string(&said), "hunter2"))
            fail_msg("case %zu shows it: %s", i, buf_string(&said));
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(places_and_their_defaults),
        TEST(domain_of_bucket),
        TEST(everything_that_can_be_said),
        TEST(session_token_of_the_environment),
        TEST(hubs),
        TEST(bad_hubs),
        TEST(bad_targets),
        TEST(a_secret_is_never_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
