/* SPDX-License-Identifier: MIT */
/*
 * fuzz_decode.c: frames of any link type through the decoder, the explainer and the option text.
 *
 * Input: per frame the link type, the captured length and how much longer it was on the wire, each
 * two bytes, then the bytes. All frames of an input go through one decoder, so that fragments are
 * reassembled.
 */
#include <stdlib.h>
#include <string.h>

#include "net/net.h"

#define CHECK(x)                                                                                   \
	do {                                                                                       \
		if (!(x))                                                                          \
			abort();                                                                   \
	} while (0)

struct explained {
	const struct frame *frame;
	size_t fields;
};

static void
check_text(const char *s)
{
	for (; *s != '\0'; s++)
		CHECK((unsigned char)*s >= 0x20 && *s != 0x7f);
}

static void
check_field(void *ctx, const struct field *f)
{
	struct explained *x = ctx;

	CHECK(f->name && f->depth >= 0 && f->depth <= 2);
	CHECK(f->offset <= x->frame->cap_len && f->len <= x->frame->cap_len - f->offset);
	CHECK(memchr(f->value, '\0', sizeof(f->value)) != NULL);
	check_text(f->value);
	x->fields++;
}

static void
check_packet(const struct frame *f, const struct packet *p, enum decode_result r)
{
	CHECK((p->icmp_version != 0) == (r == DECODE_ICMP));
	CHECK(p->n_sack <= PACKET_SACK_MAX);
	CHECK(p->ip_version == 4 || p->ip_version == 6);
	CHECK(p->frame == f->number && p->ts == f->ts);
	CHECK(p->vlan >= -1 && p->vlan <= 4095);
	CHECK(p->csum == CSUM_UNKNOWN || !p->truncated);
	CHECK(p->reassembled == (p->fragments > 0));
}

static void
try_frame(struct decoder *d, const struct frame *f)
{
	struct explained x = {f, 0};
	struct packet packet;
	char text[200];
	enum decode_result r = decode_frame(d, f, &packet);

	CHECK(r < DECODE_RESULT_COUNT);
	if (r == DECODE_TCP || r == DECODE_ICMP)
		check_packet(f, &packet, r);
	CHECK(explain_frame(f, check_field, &x) <= f->cap_len);
	CHECK(r != DECODE_TCP || packet.reassembled || x.fields > 10);
	check_text(tcp_options_text(text, sizeof(text), f));
}

static unsigned
get16(const uint8_t *p)
{
	return (unsigned)(p[0] << 8 | p[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decoder *d = decoder_new();
	uint64_t number = 0;

	CHECK(d);
	while (size > 6) {
		const size_t asked = get16(data + 2), len = asked < size - 6 ? asked : size - 6;
		uint8_t *bytes = malloc(len > 0 ? len : 1);
		const struct frame f = {
			.ts = (nsec)(number + 1) * NSEC_PER_MS * 100,
			.number = number + 1,
			.data = bytes,
			.cap_len = (uint32_t)len,
			.wire_len = (uint32_t)(len + get16(data + 4)),
			.linktype = (int)get16(data),
		};

		CHECK(bytes);
		memcpy(bytes, data + 6, len);
		try_frame(d, &f);
		free(bytes);
		number++;
		data += 6 + len;
		size -= 6 + len;
	}
	decoder_free(d);
	return 0;
}
