/* SPDX-License-Identifier: MIT */
/*
 * explain.c: reports the fields of all headers of a frame, as explain_tables.c and explain_tcp.c
 * describe them, during a walk through the frame.
 */
#include "net/explain.h"

#include <stdio.h>

static uint32_t
read_number(const uint8_t *p, uint32_t n, uint32_t mask)
{
	uint32_t v = 0;

	for (uint32_t i = 0; i < n; i++)
		v = v << 8 | p[i];
	return mask == 0 ? v : (v & mask) >> __builtin_ctz(mask);
}

static void
add_number(struct text *t, const struct field_row *row, const uint8_t *p)
{
	const uint32_t v = read_number(p, row->len, row->mask);
	const int digits = row->mask == 0 ? row->len * 2 : 1;

	if (row->format == FMT_HEX)
		text_add(t, "0x%0*x", digits, v);
	else
		text_add(t, "%u", v);
	for (const struct value_name *n = row->names; n && n->name; n++) {
		if (n->value == v)
			text_add(t, " (%s)", n->name);
	}
}

/* A length in bytes, and in parentheses as it is in the header. */
static void
add_units(struct text *t, const struct field_row *row, const uint8_t *p)
{
	const uint32_t v = read_number(p, row->len, row->mask);

	text_add(t, "%u (%u)", v * (row->format == FMT_WORDS ? 4 : 8), v);
}

static void
add_address(struct text *t, const uint8_t *p, bool v4)
{
	uint8_t addr[16] = {[10] = 0xff, [11] = 0xff};
	char s[64];

	memcpy(v4 ? addr + 12 : addr, p, v4 ? 4 : 16);
	text_add(t, "%s", text_addr(s, sizeof(s), addr));
}

static void
add_name(struct text *t, const uint8_t *p, uint32_t n)
{
	char s[128];

	text_add(t, "%s", text_escape(s, sizeof(s), p, strnlen((const char *)p, n)));
}

/* The note for the header checksum: its 16-bit words add up to ffff when it is correct. */
static const char *
header_sum_note(const uint8_t *h, uint32_t len)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i + 1 < len; i += 2)
		sum += be16(h + i);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff ? N_("Correct")
			     : N_("Wrong, or not yet completed by the network card");
}

static void
explain_row(struct explainer *x, const struct field_row *row, const uint8_t *h, uint32_t len)
{
	struct field f = {.depth = 1, .name = row->name, .note = row->note};
	struct text t = text_on(f.value, sizeof(f.value));
	const uint8_t *p = h + row->offset;
	const uint32_t n = row->len != 0 ? row->len : len - row->offset;

	switch (row->format) {
	case FMT_MAC:
		text_add(&t, "%02x:%02x:%02x:%02x:%02x:%02x", p[0], p[1], p[2], p[3], p[4], p[5]);
		break;
	case FMT_IPV4:
	case FMT_IPV6:
		add_address(&t, p, row->format == FMT_IPV4);
		break;
	case FMT_BYTES:
		explain_add_bytes(&t, p, n);
		break;
	case FMT_NAME:
		add_name(&t, p, n);
		break;
	case FMT_WORDS:
	case FMT_BLOCKS:
		add_units(&t, row, p);
		break;
	case FMT_HEADER_SUM:
		f.note = header_sum_note(h, len);
		text_add(&t, "0x%04x", be16(p));
		break;
	default:
		add_number(&t, row, p);
	}
	explain_give(x, &f, p, n);
}

static void
on_header(struct walk *w, enum header kind, const uint8_t *h, uint32_t len)
{
	const struct header_info *info = header_info(kind);
	struct explainer *x = w->ctx;

	explain_field(x, 0, info->name, w->quoted ? N_("Quoted in the ICMP error") : info->note, h,
		      len, "%s", "");
	for (size_t i = 0; i < info->n_rows; i++) {
		const struct field_row *row = &info->rows[i];

		if (row->len != 0 ? row->offset + row->len <= len : row->offset < len)
			explain_row(x, row, h, len);
	}
	if (info->rest)
		info->rest(x, w, h, len);
}

uint32_t
explain_frame(const struct frame *f, field_fn *fn, void *ctx)
{
	struct explainer x = {.f = f, .fn = fn, .ctx = ctx, .payload = f->cap_len};
	struct packet packet;

	if (walk_frame(f, &packet, on_header, &x) == DECODE_FRAGMENT)
		explain_field(
			&x, 0, N_("One fragment"),
			N_("The datagram was sent in several fragments; only this one is shown"),
			f->data, 0, "%s", "");
	return x.payload;
}
