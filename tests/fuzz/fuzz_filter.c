/* SPDX-License-Identifier: MIT */
/*
 * fuzz_filter: any text as a screen filter. If it is refused, the error lies within the text and
 * has a message; if it is accepted, it matches the same connection in the same way twice.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
matches(const struct filter *f, const struct conn_facts *c)
{
	return filter_match(f, &(struct row_context){.facts = c, .now = 100 * NSEC_PER_SEC});
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct conn_facts c = {
		.id = 1,
		.ip_version = 4,
		.end = {{.addr = {[10] = 0xff, 0xff, 10, 0, 0, 5}, .port = 51514},
			{.addr = {[10] = 0xff, 0xff, 10, 0, 0, 9}, .port = 23}},
		.state = CONN_ESTAB,
		.vlan = -1,
	};
	char *expr = xmalloc(size + 1);
	struct filter_error e;

	memcpy(expr, data, size);
	expr[size] = '\0';
	struct filter *f = filter_parse(expr, &e);

	if (!f) {
		assert(e.at <= strlen(expr));
		assert(e.expected[0] != '\0');
		assert(memchr(e.expected, '\0', sizeof(e.expected)) != NULL);
	} else {
		struct filter *again = filter_parse(expr, &e);

		assert(again && matches(f, &c) == matches(again, &c));
		filter_free(again);
	}
	filter_free(f);
	free(expr);
	return 0;
}
