#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "xml/parser.h"
#include "xml/writer.h"

/* Events as text: "+name@line:column attribute=value", "'text", "-name". */
static void on_open(void *context, const char *namespace, const char *name, const struct xml_attribute_in *attributes,
                    size_t count, struct xml_place place) {
    struct buf *log = context;
    buf_append_format(log, "+%s%s%s@%u:%u", namespace ? namespace : "", namespace ? "|" : "", name, place.line,
                      place.column);
    for (size_t i = 0; i < count; i++)
        buf_append_format(log, " %s=%.*s", attributes[i].name, SLICE_ARGUMENTS(attributes[i].value));
    buf_append_byte(log, ' ');
}

static void on_text(void *context, struct slice text) {
    buf_append_slice(context, text);
}

static void on_close(void *context, const char *namespace, const char *name) {
    (void)namespace;
    buf_append_format(context, "-%s ", name);
}

static const struct xml_handler handler = {.open = on_open, .text = on_text, .close = on_close};

static void assert_events(struct slice document, const char *expected) {
    struct buf log = BUF(BUF_UNLIMITED);
    struct xml_error error;
    assert_true(xml_parse(document, &handler, &log, &error));
    assert_string_equal(buf_string(&log), expected);
    buf_release(&log);
}

static struct xml_error assert_refused(struct slice document) {
    struct buf log = BUF(BUF_UNLIMITED);
    struct xml_error error = {0};
    assert_false(xml_parse(document, &handler, &log, &error));
    assert_true(error.message[0] != '\0');
    assert_null(strchr(error.message, '\n'));
    assert_null(strstr(buf_string(&log), "AFTER"));
    buf_release(&log);
    return error;
}

static void test_events(void **state) {
    (void)state;
    assert_events(SLICE("<a xmlns='urn:x' b='1&amp;2'>x&lt;<![CDATA[<y>]]><c/></a>"),
                  "+urn:x|a@1:1 b=1&2 x<<y>+urn:x|c@1:50 -c -a ");
    assert_events(SLICE("<p:a xmlns:p='urn:p' p:b='2'/>"), "+urn:p|a@1:1 b=2 -a ");
    assert_events(SLICE("\xEF\xBB\xBF<a>区</a>"), "+a@1:1 区-a ");
}

static void test_places(void **state) {
    (void)state;
    assert_events(SLICE("<a>\n普陀<b/>\n  <c\n    d='1'\n    e='2'/><f></f></a>"),
                  "+a@1:1 \n普陀+b@2:3 -b \n  +c@3:3 d=1 e=2 -c +f@5:12 -f -a ");
}

static void test_encodings(void **state) {
    (void)state;
    /* 普陀 in GB18030. */
    assert_events(SLICE("<?xml version='1.0' encoding='GB18030'?><a>\xC6\xD5\xCD\xD3</a>"), "+a@1:41 普陀-a ");
    assert_events(SLICE("\xFF\xFE<\0a\0>\0\x6E\x66<\0/\0a\0>\0"), "+a@1:1 普-a ");
    assert_refused(SLICE("<?xml version='1.0' encoding='UTF-8'?><a>\xC6\xD5</a>"));
    assert_refused(SLICE("<?xml version='1.0' encoding='no-such'?><a/>"));
}

static void ignore_open(void *context, const char *namespace, const char *name,
                        const struct xml_attribute_in *attributes, size_t count, struct xml_place place) {
    (void)context;
    (void)namespace;
    (void)name;
    (void)attributes;
    (void)count;
    (void)place;
}

static void ignore_text(void *context, struct slice text) {
    (void)context;
    (void)text;
}

static void ignore_close(void *context, const char *namespace, const char *name) {
    (void)context;
    (void)namespace;
    (void)name;
}

static void append_attributes(struct buf *document, unsigned count) {
    buf_append_string(document, "<!-- <x a='1' --><a>\n  <![CDATA[<b c='>]]><b");
    for (unsigned i = 0; i < count; i++)
        buf_append_format(document, " a%u='>\"'", i);
    buf_append_string(document, "/></a>");
}

/* libxml2 takes a quarter of a minute for 200,000 attributes of one tag. */
static void test_attributes_have_an_end(void **state) {
    (void)state;
    CLEANUP(buf_release) struct buf document = BUF(1 << 24);
    append_attributes(&document, XML_ATTRIBUTES_MOST);
    struct xml_error unused;
    static const struct xml_handler nobody = {.open = ignore_open, .text = ignore_text, .close = ignore_close};
    assert_true(xml_parse(buf_slice(&document), &nobody, NULL, &unused));
    buf_clear(&document);
    append_attributes(&document, 200000);
    struct xml_error error = assert_refused(buf_slice(&document));
    assert_int_equal(error.line, 2);
    assert_int_equal(error.column, 22);
    assert_non_null(strstr(error.message, "1,000 attributes"));
}

static void test_refuses_doctype(void **state) {
    (void)state;
    struct xml_error error = assert_refused(SLICE("<?xml version='1.0'?>\n<!DOCTYPE a><AFTER/>"));
    assert_int_equal(error.line, 2);
    assert_non_null(strstr(error.message, "DOCTYPE"));
    assert_refused(SLICE("<!DOCTYPE a [<!ENTITY b 'c'>]><AFTER>&b;</AFTER>"));
    assert_refused(SLICE("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><AFTER/>"));
    assert_refused(SLICE("<!DOCTYPE a [<!ENTITY % b SYSTEM 'file:///etc/passwd'> %b;]><AFTER/>"));
    assert_refused(SLICE("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><AFTER>&b;</AFTER>"));
}

static void test_refuses(void **state) {
    (void)state;
    assert_refused(SLICE(""));
    assert_refused(SLICE("no markup"));
    assert_refused(SLICE("<a>"));
    assert_refused(SLICE("<a></b>"));
    assert_refused(SLICE("<a/><AFTER/>"));
    assert_refused(SLICE("<a>&nbsp;<AFTER/></a>"));
    assert_refused(SLICE("<a><p:b/><AFTER/></a>"));
    assert_refused(SLICE("<a b='1' b='2'/>"));
    assert_refused(SLICE("<a>\x01</a>"));
    assert_refused(SLICE("<a>\xEF\xBF\xBF</a>"));
    assert_refused(SLICE("<a>]]></a>"));
    struct xml_error error = assert_refused(SLICE("<a>\n<b>\n</c></a>"));
    assert_int_equal(error.line, 3);
}

/* Deeper than libxml2's own limit, and more text than fits into one of its looks ahead. */
static void test_limits(void **state) {
    (void)state;
    struct buf document = BUF(BUF_UNLIMITED);
    for (int i = 0; i < 1000; i++)
        buf_append_string(&document, "<a>");
    for (int i = 0; i < 1000; i++)
        buf_append_string(&document, "</a>");
    assert_refused(buf_slice(&document));
    buf_clear(&document);
    buf_append_string(&document, "<a>");
    for (int i = 0; i < 1000000; i++)
        buf_append_string(&document, "<b>some text</b>\n");
    buf_append_string(&document, "</a>");
    struct buf log = BUF(BUF_UNLIMITED);
    struct xml_error error;
    assert_true(xml_parse(buf_slice(&document), &handler, &log, &error));
    assert_non_null(strstr(buf_string(&log), "+b@1000000:1 "));
    buf_release(&log);
    buf_release(&document);
}

static int set_up(void **state) {
    (void)state;
    xml_set_up();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    xml_tear_down();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_refuses_doctype),
        cmocka_unit_test(test_attributes_have_an_end),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
