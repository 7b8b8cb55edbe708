#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/uri.h"

static void assert_same(const char *what, struct buf *buf, const char *expected) {
    if (strcmp(buf_string(buf), expected) != 0)
        fail_msg("%s became \"%s\", not \"%s\"", what, buf_string(buf), expected);
}

static void test_web_addresses(void **state) {
    (void)state;
    static const char *const good[] = {
        "http://example.org",
        "https://example.org/",
        "HTTP://EXAMPLE.ORG/a?b#c",
        "https://上海.example/新闻?题=一",
        "http://[2001:db8::1]/",
        "http://[2001:db8::1]:80",
        "http://example.org:8080/",
        "http://example.org:/",
        "http://user:pw@host/",
        "http://127.0.0.1/",
        "http://example.org?x",
        "http://example.org#x",
        "http://example.org/it's",
        "http://example.org/a|b{c}",
        "http://a@b@c/",
    };
    static const char *const bad[] = {
        "",
        "http",
        "http:",
        "http:/",
        "http://",
        "http:///path",
        "http://:80/",
        "http://@/",
        "http://user@/",
        "//example.org/",
        "/path",
        "example.org",
        "ftp://example.org/",
        "mailto:a@b",
        "javascript:alert(1)",
        "httpx://example.org/",
        "http:example.org",
        " http://example.org/",
        "http://example.org/ ",
        "http://exa mple.org/",
        "http://example.org/a\tb",
        "http://example.org/a\nb",
        "http://example.org/a\x7F",
        "http://example.org/\"",
        "http://example.org/<",
        "http://example.org/>",
        "http://good.example\\@evil.example/",
        "http://example.org:x/",
        "http://example.org:65536/",
        "http://example.org:-1/",
        "http://[2001:db8::1/",
        "http://[]/",
        "http://[x]/",
        "http://[::1]x/",
        "http://a]b/",
        "http://a:b:c/",
        "data:text/html,x",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
        if (!uri_is_web(slice_of(good[i])))
            fail_msg("%s was refused", good[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        if (uri_is_web(slice_of(bad[i])))
            fail_msg("%s was taken for a web address", bad[i]);
    assert_false(uri_is_web(SLICE("http://example.org/a\0b")));
    assert_false(uri_is_web((struct slice){0}));
}

static void test_web_addresses_have_a_length(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(4096);
    buf_append_string(&buf, "http://example.org/");
    while (buf.size < 2048)
        buf_append_byte(&buf, 'a');
    assert_true(uri_is_web(buf_slice(&buf)));
    buf_append_byte(&buf, 'a');
    assert_false(uri_is_web(buf_slice(&buf)));
}

static void test_hosts(void **state) {
    (void)state;
    static const struct {
        const char *uri;
        const char *host;
    } cases[] = {
        {"http://example.org/a", "example.org"},
        {"http://user:pw@Example.org:80?x", "Example.org"},
        {"ftp://a@b@c:21", "c"},
        {"http://[::1]:80/", "[::1]"},
        {"http://example.org#@evil", "example.org"},
        {"http://example.org?@evil", "example.org"},
        {"mailto:a@example.org", ""},
        {"/example.org", ""},
        {"//example.org/", ""},
        {"file:///etc", ""},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_true(slice_equal(uri_host(slice_of(cases[i].uri)), slice_of(cases[i].host)));
}

static void assert_resolves(const char *base, const char *reference, const char *expected) {
    CLEANUP(buf_release) struct buf buf = BUF(4096);
    assert_true(uri_resolve(slice_of(base), slice_of(reference), &buf));
    assert_same(reference, &buf, expected);
}

/* All examples of RFC 3986 5.4, in its order; the base is http://a/b/c/d;p?q. */
static void test_resolving_as_the_standard_shows(void **state) {
    (void)state;
    static const char *const examples[][2] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y#s"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        {"http:g", "http:g"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++)
        assert_resolves("http://a/b/c/d;p?q", examples[i][0], examples[i][1]);
}

static void test_resolving_at_the_edges(void **state) {
    (void)state;
    assert_resolves("http://a", "g", "http://a/g");
    assert_resolves("http://a?q", "g", "http://a/g");
    assert_resolves("http://a", "", "http://a");
    assert_resolves("http://a/b?q", "?", "http://a/b?");
    assert_resolves("http://a/b?q#f", "", "http://a/b?q");
    assert_resolves("http://a/b", "c//d/../e", "http://a/c//e");
    assert_resolves("http://a/b/", "//", "http://");
    assert_resolves("http://a/b", "http://x/./y/../z", "http://x/z");
    assert_resolves("urn:a:b", "c", "urn:c");
    assert_resolves("x:a/b", "../../c", "x:/c");
    assert_resolves("http://a/新/闻", "图.png?宽=1", "http://a/新/图.png?宽=1");
    CLEANUP(buf_release) struct buf buf = BUF(100);
    assert_false(uri_resolve(SLICE("/a"), SLICE("b"), &buf));
    assert_false(uri_resolve(SLICE(""), SLICE("b"), &buf));
    assert_int_equal(buf.size, 0);
}

static void test_resolving_keeps_what_the_buffer_has(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(100);
    buf_append_string(&buf, "/x/y");
    assert_true(uri_resolve(SLICE("http://a"), SLICE("../../../g"), &buf));
    assert_string_equal(buf_string(&buf), "/x/yhttp://a/g");
}

static void assert_encodes(const char *uri, const char *expected) {
    CLEANUP(buf_release) struct buf buf = BUF(4096);
    uri_append_encoded(&buf, slice_of(uri));
    assert_same(uri, &buf, expected);
}

static void test_encoding(void **state) {
    (void)state;
    assert_encodes("https://example.org/a-b._~!$&'()*+,;=:@/?q=/?#f?/",
                   "https://example.org/a-b._~!$&'()*+,;=:@/?q=/?#f?/");
    assert_encodes("http://example.org/上 海?区=普陀#一",
                   "http://example.org/%E4%B8%8A%20%E6%B5%B7?%E5%8C%BA=%E6%99%AE%E9%99%80#%E4%B8%80");
    assert_encodes("/a%20b%e4%B8", "/a%20b%e4%B8");
    assert_encodes("/100%/50%2/%zz/%", "/100%25/50%252/%25zz/%25");
    assert_encodes("/\"<>\\^`{|}", "/%22%3C%3E%5C%5E%60%7B%7C%7D");
    assert_encodes("http://[::1]:80/[a]?[b]#[c]#d", "http://[::1]:80/%5Ba%5D?%5Bb%5D#%5Bc%5D%23d");
    assert_encodes("http://上海.example/", "http://%E4%B8%8A%E6%B5%B7.example/");
    assert_encodes("mailto:a@b", "mailto:a@b");
    assert_encodes("a\xFF\n", "a%FF%0A");
    assert_encodes("http://a?", "http://a?");
    assert_encodes("http://a#", "http://a#");
    assert_encodes("", "");
}

/* Twice is once, and what comes out is ASCII without blanks. */
static void test_encoding_is_stable(void **state) {
    (void)state;
    static const char *const uris[] = {"http://a/上 海%?%2#x#y", "//上/海", "a:b c", "%%41%", "http://[上]/"};
    for (size_t i = 0; i < ARRAY_LENGTH(uris); i++) {
        CLEANUP(buf_release) struct buf once = BUF(1000);
        uri_append_encoded(&once, slice_of(uris[i]));
        for (size_t at = 0; at < once.size; at++)
            assert_in_range(once.data[at], '!', '~');
        assert_encodes(buf_string(&once), buf_string(&once));
    }
}

/* The ids of articles are made of these: a line here that has to change breaks every reader's memory. */
static void test_keys(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"https://WWW.Example.org:443/a?from=x&id=1#t", "example.org/a?id=1"},
        /* scheme, host */
        {"http://example.org/a", "example.org/a"},
        {"HTTPS://EXAMPLE.ORG/A", "example.org/A"},
        {"http://www.example.org/", "example.org/"},
        {"http://wWw.example.org/", "example.org/"},
        {"http://www.www.example.org/", "www.example.org/"},
        {"http://www2.example.org/", "www2.example.org/"},
        {"http://www.com/", "com/"},
        {"http://www./", "www./"},
        {"http://wwwexample.org/", "wwwexample.org/"},
        {"http://m.www.example.org/", "m.www.example.org/"},
        {"http://example.org./", "example.org./"},
        {"http://上海.Example/", "上海.example/"},
        {"http://ÄB.example/", "Äb.example/"},
        {"http://user:PW@www.Example.org/", "example.org/"},
        {"http://a@b@Example.org/", "example.org/"},
        {"http://[2001:DB8::A]/", "[2001:db8::a]/"},
        {"https://[2001:db8::1]:443/x", "[2001:db8::1]/x"},
        {"http://[2001:db8::1]:8080/x", "[2001:db8::1]:8080/x"},
        /* ports */
        {"http://example.org:80/", "example.org/"},
        {"https://example.org:443/", "example.org/"},
        {"http://example.org:443/", "example.org:443/"},
        {"https://example.org:80/", "example.org:80/"},
        {"http://example.org:8080/", "example.org:8080/"},
        {"http://example.org:/a", "example.org/a"},
        {"http://www.example.org:8080/", "example.org:8080/"},
        /* paths */
        {"http://example.org", "example.org/"},
        {"http://example.org?id=1", "example.org/?id=1"},
        {"http://example.org#a", "example.org/"},
        {"http://example.org/a/", "example.org/a/"},
        {"http://example.org/a/../b//c", "example.org/a/../b//c"},
        {"http://example.org/%e4%B8%8a/上", "example.org/%E4%B8%8A/上"},
        {"http://example.org/utm_source=1", "example.org/utm_source=1"},
        {"http://example.org/a;from=1", "example.org/a;from=1"},
        /* fragments */
        {"http://example.org/a#b?id=1", "example.org/a"},
        {"http://example.org/a?id=1#", "example.org/a?id=1"},
        /* parameters */
        {"http://example.org/a?utm_source=1", "example.org/a"},
        {"http://example.org/a?utm_=1&utm_x&utm_medium=2", "example.org/a"},
        {"http://example.org/a?spm=1&from=2&chksm=3&scene=4", "example.org/a"},
        {"http://example.org/a?spm&from=&chksm&scene", "example.org/a"},
        {"http://example.org/a?b=2&from=x&a=1&spm=y&c=3", "example.org/a?b=2&a=1&c=3"},
        {"http://example.org/a?from=x&b=2", "example.org/a?b=2"},
        {"http://example.org/a?b=2&from=x", "example.org/a?b=2"},
        {"http://example.org/a?a=1&a=1", "example.org/a?a=1&a=1"},
        {"http://example.org/a?fromage=1&xfrom=2&spm_id=3&utm=4", "example.org/a?fromage=1&xfrom=2&spm_id=3&utm=4"},
        {"http://example.org/a?From=1&UTM_source=2", "example.org/a?From=1&UTM_source=2"},
        {"http://example.org/a?%66rom=1", "example.org/a?%66rom=1"},
        {"http://example.org/a?id=from=1", "example.org/a?id=from=1"},
        {"http://example.org/a?b=%E4%b8&c=+", "example.org/a?b=%E4%B8&c=+"},
        {"http://example.org/%e4%b8%aD/ab?x=%e4%b8cd", "example.org/%E4%B8%AD/ab?x=%E4%B8cd"},
        {"http://example.org/a?", "example.org/a"},
        {"http://example.org/a?from=x&", "example.org/a"},
        {"http://example.org/a?&id=1", "example.org/a?&id=1"},
        {"http://example.org/a?b=1;from=2", "example.org/a?b=1;from=2"},
        {"http://example.org/a?b?from=1", "example.org/a?b?from=1"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        CLEANUP(buf_release) struct buf buf = BUF(4096);
        assert_true(uri_append_key(&buf, slice_of(cases[i][0])));
        assert_same(cases[i][0], &buf, cases[i][1]);
    }
}

static void test_what_is_no_web_address_has_no_key(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf buf = BUF(4096);
    buf_append_string(&buf, "url/");
    assert_false(uri_append_key(&buf, SLICE("mailto:a@example.org")));
    assert_false(uri_append_key(&buf, SLICE("http://example.org/a b")));
    assert_false(uri_append_key(&buf, SLICE("/a")));
    assert_false(uri_append_key(&buf, SLICE("")));
    assert_string_equal(buf_string(&buf), "url/");
    assert_true(uri_append_key(&buf, SLICE("http://example.org/a?from=1")));
    assert_string_equal(buf_string(&buf), "url/example.org/a");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_web_addresses),
        cmocka_unit_test(test_web_addresses_have_a_length),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_resolving_as_the_standard_shows),
        cmocka_unit_test(test_resolving_at_the_edges),
        cmocka_unit_test(test_resolving_keeps_what_the_buffer_has),
        cmocka_unit_test(test_encoding),
        cmocka_unit_test(test_encoding_is_stable),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_what_is_no_web_address_has_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
