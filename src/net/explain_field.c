/* SPDX-License-Identifier: MIT */
/*
 * explain_field.c: reports single fields to the caller of explain_frame().
 */
#include "net/explain.h"

void
explain_give(struct explainer *x, struct field *f, const uint8_t *p, uint32_t n)
{
	f->offset = (uint32_t)(p - x->f->data);
	f->len = n;
	x->fn(x->ctx, f);
}

void
explain_field(struct explainer *x, int depth, const char *name, const char *note, const uint8_t *p,
	      uint32_t n, const char *fmt, ...)
{
	struct field f = {.depth = depth, .name = name, .note = note};
	struct text t = text_on(f.value, sizeof(f.value));
	va_list ap;

	va_start(ap, fmt);
	text_addv(&t, fmt, ap);
	va_end(ap);
	explain_give(x, &f, p, n);
}

void
explain_add_bytes(struct text *t, const uint8_t *p, uint32_t n)
{
	const uint32_t room = 48;

	for (uint32_t i = 0; i < n && i < room; i++)
		text_add(t, "%02x", p[i]);
	if (n > room)
		text_add(t, "...");
}

void
explain_bytes(struct explainer *x, int depth, const char *name, const char *note, const uint8_t *p,
	      uint32_t n)
{
	struct field f = {.depth = depth, .name = name, .note = note};
	struct text t = text_on(f.value, sizeof(f.value));

	explain_add_bytes(&t, p, n);
	explain_give(x, &f, p, n);
}
