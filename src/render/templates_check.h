#ifndef PINDAO_RENDER_TEMPLATES_CHECK_H
#define PINDAO_RENDER_TEMPLATES_CHECK_H

#include "render/templates.h"

/* What templates_open looks for beyond the syntax, once all templates are read. */

/*
 * A partial that reaches itself, and what goes deeper or is more than rendering takes, are errors: false after
 * reporting. Without them no rendering goes too deep, whatever the data is.
 */
MUST_CHECK bool templates_check_size(const struct templates *templates, struct diagnostics *diagnostics);
/* Names that nothing has. One in a partial is right when the data of any template that takes it in has it. */
void templates_check_names(const struct templates *templates, struct diagnostics *diagnostics);
/* Files of the user's that nothing asks for: misspelt, most likely. */
void templates_check_unused(const struct templates *templates, struct diagnostics *diagnostics);

#endif
