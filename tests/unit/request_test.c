#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/decoder.h"
#include "net/host_name.h"
#include "net/request.h"
#include "net/response.h"
#include "net/retry.h"

/* What src/net/ does without a network; the rest is tests/net/run. */

static void expect_origin(const char *url, const char *wanted) {
    CLEANUP(buf_release) struct buf origin = BUF(4096);
    assert_true(origin_append(slice_of(url), &origin));
    assert_string_equal(buf_string(&origin), wanted);
}

static void test_origins(void **state) {
    (void)state;
    expect_origin("HTTP://Example.ORG/A?b#c", "http://example.org:80");
    expect_origin("https://example.org", "https://example.org:443");
    expect_origin("https://example.org:/", "https://example.org:443");
    expect_origin("https://example.org:8443?x", "https://example.org:8443");
    expect_origin("http://[2001:DB8::1]:81/", "http://[2001:db8::1]:81");
    expect_origin("http://user@example.org:80/", "http://example.org:80");
    CLEANUP(buf_release) struct buf origin = BUF(4096);
    assert_false(origin_append(SLICE("ftp://example.org/"), &origin));
    assert_int_equal(origin.size, 0);
}

static void expect_name(const char *host, const char *wanted) {
    CLEANUP(buf_release) struct buf name = BUF(4096);
    host_name_append_ascii(slice_of(host), &name);
    assert_string_equal(buf_string(&name), wanted);
}

/* The last two are RFC 3492 7.1 (B) and (L). */
static void test_host_names(void **state) {
    (void)state;
    expect_name("", "");
    expect_name("Example.org", "Example.org");
    expect_name("新闻.example", "xn--efvy88h.example");
    expect_name("上海。中国", "xn--fhqz97e.xn--fiqs8s");
    expect_name("上海．ＣＯＭ", "xn--fhqz97e.com");
    expect_name("BÜCHER.de", "xn--bcher-kva.de");
    expect_name("新_1-a.example.", "xn--_1-a-uz9h.example.");
    expect_name("新／闻.example", "新／闻.example");
    expect_name("新＠闻.example", "新＠闻.example");
    expect_name("新\xFF.example", "新\xFF.example");
    expect_name("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye");
    expect_name("3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b");
}

static void test_headers(void **state) {
    (void)state;
    CLEANUP(response_release) struct response response = {.body = BUF(100)};
    response_begin(&response, 200);
    response_take_header(&response, SLICE("eTAG"), SLICE(" \"a\" "));
    response_take_header(&response, SLICE("ETag"), SLICE("\"b\""));
    response_take_header(&response, SLICE("Location"), SLICE("/a\rb"));
    response_take_header(&response, SLICE("Content-Type"), SLICE("\x1b[31m"));
    response_take_header(&response, SLICE("Retry-After"), SLICE("120"));
    assert_true(slice_equal(response.etag, SLICE("\"a\"")));
    assert_int_equal(response.location.size, 0);
    assert_int_equal(response.content_type.size, 0);
    assert_int_equal(response.retry_after, 120);
    response_fail(&response, REQUEST_BROKEN, "%s", "one");
    response_fail(&response, REQUEST_TIMED_OUT, "two");
    assert_int_equal(response.failure, REQUEST_BROKEN);
    assert_string_equal(response.reason, "one");
    response_begin(&response, 100);
    assert_int_equal(response.etag.size, 0);
    assert_int_equal(response.retry_after, -1);
}

static void test_what_passes(void **state) {
    (void)state;
    static const int passing[] = {408, 425, 429, 500, 502, 503, 504};
    static const int staying[] = {200, 301, 304, 400, 401, 403, 404, 410, 501, 505};
    struct response response = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(passing); i++) {
        response.status = passing[i];
        assert_true(response_is_passing(&response));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(staying); i++) {
        response.status = staying[i];
        assert_false(response_is_passing(&response));
    }
    static const enum request_failure lasting[] = {REQUEST_URL_BAD,      REQUEST_ADDRESS_REFUSED, REQUEST_NOT_TRUSTED,
                                                   REQUEST_REDIRECT_BAD, REQUEST_TOO_LARGE,       REQUEST_STOPPED};
    for (size_t i = 0; i < ARRAY_LENGTH(lasting); i++) {
        response.failure = lasting[i];
        assert_false(response_is_passing(&response));
    }
    response.failure = REQUEST_TIMED_OUT;
    assert_true(response_is_passing(&response));
}

/* --- decoding, a byte a time: pieces end anywhere --- */

static bool keep(void *context, struct slice bytes) {
    buf_append_slice(context, bytes);
    return true;
}

static enum decoder_result decode(const char *encoding, struct slice bytes, struct buf *text, bool *ret_complete) {
    struct decoder decoder;
    enum decoder_result result = DECODER_FINE;
    buf_clear(text);
    assert_true(decoder_init(&decoder, slice_of(encoding)));
    for (size_t i = 0; i < bytes.size && result == DECODER_FINE; i++)
        result = decoder_write(&decoder, slice_range(bytes, i, i + 1), keep, text);
    *ret_complete = decoder_is_complete(&decoder);
    decoder_release(&decoder);
    return result;
}

static struct slice compress_as(int window, char room[1000]) {
    z_stream stream = {0};
    static Bytef text[] = "feed feed feed feed feed";
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = text;
    stream.avail_in = sizeof text - 1;
    stream.next_out = (Bytef *)room;
    stream.avail_out = 1000;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t size = 1000 - stream.avail_out;
    deflateEnd(&stream);
    return (struct slice){room, size};
}

static void test_decoding(void **state) {
    (void)state;
    static const struct {
        const char *encoding;
        int window;
    } kinds[] = {{"gzip", 15 + 16}, {"X-GZIP", 15 + 16}, {"deflate", 15}, {"Deflate", -15}};
    CLEANUP(buf_release) struct buf text = BUF(1000);
    bool complete = false;
    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        char room[1000];
        struct slice bytes = compress_as(kinds[i].window, room);
        assert_int_equal(decode(kinds[i].encoding, bytes, &text, &complete), DECODER_FINE);
        assert_string_equal(buf_string(&text), "feed feed feed feed feed");
        assert_true(complete);
        for (size_t size = 1; size < bytes.size; size++) {
            assert_int_equal(decode(kinds[i].encoding, slice_range(bytes, 0, size), &text, &complete), DECODER_FINE);
            assert_false(complete);
        }
        room[bytes.size] = 'x';
        bytes.size++;
        assert_false(decode(kinds[i].encoding, bytes, &text, &complete) == DECODER_FINE && complete);
    }
}

static void test_encodings(void **state) {
    (void)state;
    static const char *const unknown[] = {"br", "gzip, gzip", "gzip,", "zstd", "compress", "gzipx"};
    struct decoder decoder;
    for (size_t i = 0; i < ARRAY_LENGTH(unknown); i++)
        assert_false(decoder_init(&decoder, slice_of(unknown[i])));
    CLEANUP(buf_release) struct buf text = BUF(1000);
    bool complete = false;
    assert_int_equal(decode("", SLICE("as it is"), &text, &complete), DECODER_FINE);
    assert_string_equal(buf_string(&text), "as it is");
    assert_true(complete);
    assert_int_equal(decode("identity", SLICE("as it is"), &text, &complete), DECODER_FINE);
    assert_true(complete);
    assert_int_equal(decode("gzip", SLICE(""), &text, &complete), DECODER_FINE);
    assert_true(complete);
    assert_int_equal(decode("gzip", SLICE("no gzip"), &text, &complete), DECODER_BROKEN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_origins),     cmocka_unit_test(test_host_names), cmocka_unit_test(test_headers),
        cmocka_unit_test(test_what_passes), cmocka_unit_test(test_decoding),   cmocka_unit_test(test_encodings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
