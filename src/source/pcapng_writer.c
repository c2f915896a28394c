/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "source/pcapng_writer.h"

#include <string.h>

#define BLOCK_SECTION   0x0a0d0d0au
#define BLOCK_INTERFACE 1
#define BLOCK_PACKET    6 /* Enhanced Packet Block */
#define BYTE_ORDER_MARK 0x1a2b3c4du

#define OPT_END         0
#define SHB_USERAPPL    4
#define IF_TSRESOL      9
#define EPB_FLAGS       2
#define TSRESOL_NSEC    9 /* time stamps count 10^-9 seconds */
#define LENGTH_OF_BLOCK 4

/* A block under construction. Its length is at offset 4 and at its end. */
struct block {
	size_t len;
	uint8_t bytes[128];
};

static void
put(struct block *b, const void *bytes, size_t len)
{
	memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
}

static void
put_u16(struct block *b, uint16_t v)
{
	put(b, &v, sizeof(v));
}

static void
put_u32(struct block *b, uint32_t v)
{
	put(b, &v, sizeof(v));
}

static uint32_t
padding(uint32_t len)
{
	return -len & 3;
}

static void
put_option(struct block *b, uint16_t code, const void *value, uint16_t len)
{
	static const uint8_t zero[4];

	put_u16(b, code);
	put_u16(b, len);
	put(b, value, len);
	put(b, zero, padding(len));
}

static struct block
block_new(uint32_t type)
{
	struct block b = {.len = 0};

	put_u32(&b, type);
	put_u32(&b, 0); /* the length, filled in at the end */
	return b;
}

static bool
block_write(struct block *b, struct packer *p)
{
	uint32_t total = (uint32_t)b->len + LENGTH_OF_BLOCK;

	memcpy(b->bytes + 4, &total, sizeof(total));
	put_u32(b, total);
	return packer_write(p, b->bytes, b->len);
}

static bool
write_section(struct packer *p)
{
	static const char program[] = PACKAGE_STRING;
	struct block b = block_new(BLOCK_SECTION);

	put_u32(&b, BYTE_ORDER_MARK);
	put_u16(&b, 1); /* version 1.0 */
	put_u16(&b, 0);
	put_u32(&b, UINT32_MAX); /* 64 bits of ones: unspecified section length */
	put_u32(&b, UINT32_MAX);
	put_option(&b, SHB_USERAPPL, program, sizeof(program) - 1);
	put_u32(&b, OPT_END);
	return block_write(&b, p);
}

static bool
write_interface(struct packer *p, int linktype, uint32_t snaplen)
{
	static const uint8_t resolution = TSRESOL_NSEC;
	struct block b = block_new(BLOCK_INTERFACE);

	put_u16(&b, (uint16_t)linktype);
	put_u16(&b, 0);
	put_u32(&b, snaplen);
	put_option(&b, IF_TSRESOL, &resolution, 1);
	put_u32(&b, OPT_END);
	return block_write(&b, p);
}

int
pcapng_interface(struct pcapng_writer *w, struct packer *p, int linktype)
{
	if (w->latest < w->n_interfaces && w->linktype[w->latest] == linktype)
		return (int)w->latest;
	for (uint32_t i = 0; i < w->n_interfaces; i++)
		if (w->linktype[i] == linktype) {
			w->latest = i;
			return (int)i;
		}
	if (w->n_interfaces == PCAPNG_INTERFACES_MAX || !write_interface(p, linktype, w->snaplen))
		return -1;
	w->latest = w->n_interfaces++;
	w->linktype[w->latest] = linktype;
	return (int)w->latest;
}

bool
pcapng_begin(struct pcapng_writer *w, struct packer *p, int linktype, uint32_t snaplen)
{
	w->snaplen = snaplen;
	return write_section(p) && pcapng_interface(w, p, linktype) >= 0;
}

/* Writes what follows the bytes: padding, the direction if known, the block's length again. */
static struct block
frame_tail(const struct frame *f)
{
	static const uint8_t zero[4];
	uint32_t flags = f->direction == DIR_IN ? 1 : f->direction == DIR_OUT ? 2 : 0;
	struct block b = {.len = 0};

	put(&b, zero, padding(f->cap_len));
	if (flags != 0) {
		put_option(&b, EPB_FLAGS, &flags, sizeof(flags));
		put_u32(&b, OPT_END);
	}
	return b;
}

bool
pcapng_frame(struct packer *p, uint32_t interface, const struct frame *f)
{
	struct block tail = frame_tail(f), b = block_new(BLOCK_PACKET);
	uint64_t ts = (uint64_t)f->ts;

	put_u32(&b, interface);
	put_u32(&b, (uint32_t)(ts >> 32));
	put_u32(&b, (uint32_t)ts);
	put_u32(&b, f->cap_len);
	put_u32(&b, f->wire_len);
	uint32_t total = (uint32_t)(b.len + f->cap_len + tail.len) + LENGTH_OF_BLOCK;
	memcpy(b.bytes + 4, &total, sizeof(total));
	put_u32(&tail, total);
	return packer_write(p, b.bytes, b.len) && packer_write(p, f->data, f->cap_len) &&
	       packer_write(p, tail.bytes, tail.len);
}
