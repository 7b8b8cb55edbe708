#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "xml/writer.h"

static void assert_written(struct buf *buf, const char *expected) {
    assert_false(buf->failed);
    assert_string_equal(buf_string(buf), expected);
    buf_release(buf);
}

static void test_document(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    struct xml_writer *xml = xml_writer_new(&buf);
    xml_document(xml);
    xml_open(xml, "feed");
    xml_attribute(xml, "xmlns", SLICE("urn:x"));
    xml_element(xml, "title", SLICE("普陀区"));
    xml_element_present(xml, "subtitle", SLICE(""));
    xml_open(xml, "author");
    xml_element(xml, "name", SLICE("a"));
    xml_close(xml);
    xml_open(xml, "link");
    xml_attribute(xml, "href", SLICE("/"));
    xml_close(xml);
    xml_close(xml);
    xml_writer_free(xml);
    assert_written(&buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"urn:x\">\n  <title>普陀区</title>\n"
                         "  <author>\n    <name>a</name>\n  </author>\n  <link href=\"/\"/>\n</feed>\n");
}

static void test_stylesheet(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    struct xml_writer *xml = xml_writer_new(&buf);
    xml_document(xml);
    xml_stylesheet(xml, SLICE("../a?b\"&>.css"));
    xml_element(xml, "feed", SLICE(""));
    xml_writer_free(xml);
    assert_written(&buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<?xml-stylesheet type=\"text/css\" href=\"../a?b&quot;&amp;&gt;.css\"?>\n<feed/>\n");
}

static void test_escapes(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    struct xml_writer *xml = xml_writer_new(&buf);
    xml_open(xml, "a");
    /* What XML would otherwise normalise away must come back: line ends, tabs in attributes, a carriage return. */
    xml_attribute(xml, "b", SLICE("<\"&\n\t\r>'区"));
    xml_text(xml, SLICE("<b>\"&\" ]]>\n\t\r区"));
    xml_close(xml);
    xml_writer_free(xml);
    assert_written(&buf, "<a b=\"&lt;&quot;&amp;&#10;&#9;&#13;&gt;'区\">&lt;b&gt;\"&amp;\" ]]&gt;\n\t&#13;区</a>\n");
}

static void test_numeric_text(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    struct xml_writer *xml = xml_writer_new(&buf);
    xml_open(xml, "title");
    xml_text_numeric(xml, SLICE("AT&T <b>"));
    xml_close(xml);
    xml_writer_free(xml);
    assert_written(&buf, "<title>AT&#x26;T &#x3C;b&#x3E;</title>\n");
}

/* A fragment put into a document gives what writing it there would have given. */
static void test_fragment(void **state) {
    (void)state;
    struct buf piece = BUF(BUF_UNLIMITED);
    struct buf parts = BUF(BUF_UNLIMITED);
    struct buf whole = BUF(BUF_UNLIMITED);
    struct xml_writer *fragment = xml_fragment_writer_new(&piece, 1);
    xml_open(fragment, "entry");
    xml_attribute(fragment, "label", SLICE("普陀区"));
    xml_element(fragment, "id", SLICE("1"));
    xml_close(fragment);
    xml_writer_free(fragment);

    struct xml_writer *xml = xml_writer_new(&parts);
    xml_open(xml, "feed");
    xml_fragment(xml, buf_slice(&piece));
    xml_fragment(xml, buf_slice(&piece));
    xml_close(xml);
    xml_writer_free(xml);

    xml = xml_writer_new(&whole);
    xml_open(xml, "feed");
    for (int i = 0; i < 2; i++) {
        xml_open(xml, "entry");
        xml_attribute(xml, "label", SLICE("普陀区"));
        xml_element(xml, "id", SLICE("1"));
        xml_close(xml);
    }
    xml_close(xml);
    xml_writer_free(xml);
    assert_string_equal(buf_string(&parts), buf_string(&whole));
    buf_release(&piece);
    buf_release(&parts);
    buf_release(&whole);
}

static void test_empty_text_and_ceiling(void **state) {
    (void)state;
    struct buf buf = BUF(BUF_UNLIMITED);
    struct xml_writer *xml = xml_writer_new(&buf);
    xml_element(xml, "a", SLICE(""));
    xml_writer_free(xml);
    assert_written(&buf, "<a/>\n");

    struct buf small = BUF(8);
    xml = xml_writer_new(&small);
    xml_element(xml, "a", SLICE("more than eight"));
    xml_writer_free(xml);
    assert_true(small.failed);
    assert_true(small.size <= 8);
    buf_release(&small);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document), cmocka_unit_test(test_stylesheet),
        cmocka_unit_test(test_escapes),  cmocka_unit_test(test_numeric_text),
        cmocka_unit_test(test_fragment), cmocka_unit_test(test_empty_text_and_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
