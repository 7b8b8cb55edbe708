#include "xml/writer.h"

#include "base/memory.h"

#include <libxml/globals.h>
#include <libxml/parser.h>
#include <libxml/xmlmemory.h>

/* One failed allocation inside libxml2 gives silently wrong output, so none may fail. */
static void *allocate(size_t size) {
    return memory_resize(NULL, size);
}

static void silence_text(void *context, const char *format, ...) PRINTF_LIKE(2, 3);
static void silence_text(void *context, const char *format, ...) {
    (void)context;
    (void)format;
}

static void silence(void *context, xmlErrorPtr error) {
    (void)context;
    (void)error;
}

/* No file, no network, whatever a document says. */
static xmlParserInputPtr refuse_entity(const char *url, const char *id, xmlParserCtxtPtr context) {
    (void)url;
    (void)id;
    (void)context;
    return NULL;
}

void xml_set_up(void) {
    xmlMemSetup(free, allocate, memory_resize, memory_copy_string);
    xmlInitParser();
    xmlSetExternalEntityLoader(refuse_entity);
    /* Both for this thread and as what threads begin with. */
    xmlSetGenericErrorFunc(NULL, silence_text);
    xmlThrDefSetGenericErrorFunc(NULL, silence_text);
    xmlSetStructuredErrorFunc(NULL, silence);
    xmlThrDefSetStructuredErrorFunc(NULL, silence);
}

void xml_tear_down(void) {
    xmlCleanupParser();
}
