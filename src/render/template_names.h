#ifndef PINDAO_RENDER_TEMPLATE_NAMES_H
#define PINDAO_RENDER_TEMPLATE_NAMES_H

#include "render/templates.h"

/*
 * Every name in the data of a template, at whatever depth, in one line with blanks between them; the keys of `text`
 * are not among them, for those are text.yaml's. doc/templates.md says the same for people, and a test holds the two
 * together. `ret_common` is what it shares with others ("" for none).
 */
const char *template_names(enum template_name name, const char **ret_common);

#endif
