/* SPDX-License-Identifier: MIT */
/*
 * seed_decode.c: writes the first corpus of fuzz_decode: an input per stack of stacks.h, and
 * fragmented datagrams. Usage: seed_decode DIRECTORY
 */
#include <stdio.h>

#include "stacks.h"

static struct buf buffer;

static void
write_frame(FILE *out, int linktype, const uint8_t *p, size_t n)
{
	uint8_t head[6];

	put16(head, (uint32_t)linktype);
	put16(head + 2, (uint32_t)n);
	put16(head + 4, 0);
	fwrite(head, 1, sizeof(head), out);
	fwrite(p, 1, n, out);
}

static FILE *
create(const char *dir, const char *name)
{
	char path[4096];
	FILE *out;
	size_t n = (size_t)snprintf(path, sizeof(path), "%s/", dir);

	for (; *name != '\0' && n + 1 < sizeof(path); name++)
		path[n++] = *name == ' ' || *name == '/' ? '-' : *name;
	path[n] = '\0';
	out = fopen(path, "wb");
	if (!out) {
		perror(path);
		exit(1);
	}
	return out;
}

/* The segment in fragments of 16 bytes; those of IPv6 have a fragment header. */
static void
write_fragments(FILE *out, int version)
{
	uint8_t whole[256];
	size_t len;

	buf_begin(&buffer);
	push_tcp(&buffer, &plain_segment);
	len = buf_len(&buffer);
	memcpy(whole, buf_bytes(&buffer), len);
	for (size_t at = 0; at < len; at += 16) {
		const size_t n = len - at < 16 ? len - at : 16;
		const uint16_t more = at + n < len;
		uint8_t *h;

		buf_begin(&buffer);
		push_bytes(&buffer, whole + at, n);
		if (version == 4) {
			push_ipv4_fragment(&buffer, 6, 7, (uint16_t)(more << 13 | at / 8));
		} else {
			h = push_hex(&buffer, "06 00 0000 00000007");
			put16(h + 2, (uint32_t)(at | more));
			push_ipv6(&buffer, 44);
		}
		write_frame(out, 101, buf_bytes(&buffer), buf_len(&buffer));
	}
}

int
main(int argc, char **argv)
{
	FILE *out;

	if (argc != 2)
		return 2;
	for (size_t i = 0; i < n_stacks; i++) {
		out = create(argv[1], stacks[i].name);
		stack_build(&buffer, &stacks[i]);
		write_frame(out, stacks[i].linktype, buf_bytes(&buffer), buf_len(&buffer));
		fclose(out);
	}
	out = create(argv[1], "fragments");
	write_fragments(out, 4);
	write_fragments(out, 6);
	fclose(out);
	return 0;
}
