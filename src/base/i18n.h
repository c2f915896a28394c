/* SPDX-License-Identifier: MIT */
/*
 * i18n: gettext, also when the program is built without it (--disable-nls). For the layers that
 * show texts to the user; tables mark their strings with N_() of base.h instead.
 */
#ifndef TCPLENS_I18N_H
#define TCPLENS_I18N_H

#include "config.h"

#ifdef ENABLE_NLS

#include <libintl.h>

/* gettext("") would return the header of the catalogue. */
static inline const char *__attribute__((format_arg(1)))
i18n_text(const char *s)
{
	return s[0] != '\0' ? gettext(s) : s;
}

#define _(s) i18n_text(s)

#else

#define _(s)			  (s)
#define gettext(s)		  (s)
#define ngettext(one, many, n)	  ((n) == 1 ? (one) : (many))
#define bindtextdomain(name, dir) ((void)(name), (void)(dir))
#define textdomain(name)	  ((void)(name))

#endif
#endif
