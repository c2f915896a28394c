/* SPDX-License-Identifier: MIT */
/*
 * unit: what every unit test begins with: cmocka with the headers it wants before it, and a main
 * that speaks TAP.
 */
#ifndef TCPLENS_UNIT_H
#define TCPLENS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The whole of main(): UNIT_MAIN(tests) with `static const struct CMUnitTest tests[]`. */
#define UNIT_MAIN(tests)                                                                           \
	int main(void)                                                                             \
	{                                                                                          \
		cmocka_set_message_output(CM_OUTPUT_TAP);                                          \
		return cmocka_run_group_tests(tests, NULL, NULL);                                  \
	}

#endif
