/*
 * A pindao with a bug: it forgets an attribute that Atom wants. Linked with --wrap=xml_attribute, it shows that the own
 * check stops such a tree before it is served.
 */
#include "xml/writer.h"

void __real_xml_attribute(struct xml_writer *xml, const char *name, struct slice value);
void __wrap_xml_attribute(struct xml_writer *xml, const char *name, struct slice value);

void __wrap_xml_attribute(struct xml_writer *xml, const char *name, struct slice value) {
    if (strcmp(name, "term") != 0)
        __real_xml_attribute(xml, name, value);
}
