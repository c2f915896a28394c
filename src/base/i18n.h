/* SPDX-License-Identifier: MIT */
/*
 * i18n: gettext's calls, whether the program is built with translations or not (--disable-nls).
 * For the layers that speak to the user; tables mark their strings with N_() of base.h instead.
 */
#ifndef TCPLENS_I18N_H
#define TCPLENS_I18N_H

#include "config.h"

#if ENABLE_NLS

#include <libintl.h>
#define _(s) gettext(s)

#else

#define _(s)			  (s)
#define gettext(s)		  (s)
#define ngettext(one, many, n)	  ((n) == 1 ? (one) : (many))
#define bindtextdomain(name, dir) ((void)(name), (void)(dir))
#define textdomain(name)	  ((void)(name))

#endif
#endif
