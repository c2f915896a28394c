/* SPDX-License-Identifier: MIT */
/*
 * seed_savefile.c: writes the first corpus of fuzz_savefile: each format in both byte orders.
 * Usage: seed_savefile DIRECTORY
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "capfile.h"

static void
save(const char *dir, const char *name, struct capfile *c)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s%s", dir, name, c->swap ? "-swapped" : "");
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(c->buf, c->len, 1, f) != 1 || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
	c->len = 0;
}

static void
save_pcap(const char *dir, const char *name, struct capfile *c, uint32_t magic, uint16_t minor)
{
	pcap_header(c, magic, minor, 1);
	pcap_packet(c, 1, 2, 3, 24, 24);
	pcap_packet(c, 2, 3, 4, 0, 60);
	save(dir, name, c);
}

static void
save_ng(const char *dir, struct capfile *c)
{
	ng_section(c);
	ng_interface(c, 1, 20, -1, 0);
	ng_packet(c, 0, 1, 1, 21, 60, 1);
	ng_simple(c, 2, 60, 20);
	save(dir, "ng-simple", c);
	ng_section(c);
	ng_interface(c, 101, 0, 0x8a, 77);
	ng_interface(c, 1, 0, 9, -1);
	ng_old_packet(c, 1, 3, 3, 7);
	ng_unknown(c, 0x80000001, 16);
	ng_statistics(c, 0, 1, 2);
	ng_section(c);
	ng_interface(c, 1, 0, 12, 0);
	ng_packet(c, 0, UINT64_MAX, 1, 0, 0, -1);
	save(dir, "ng-sections", c);
}

int
main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	for (int swap = 0; swap < 2; swap++) {
		struct capfile c = {.swap = swap};

		save_pcap(argv[1], "pcap", &c, 0xa1b2c3d4, 4);
		save_pcap(argv[1], "pcap-old", &c, 0xa1b2c3d4, 2);
		save_pcap(argv[1], "pcap-nsec", &c, 0xa1b23c4d, 4);
		save_pcap(argv[1], "pcap-modified", &c, 0xa1b2cd34, 4);
		save_ng(argv[1], &c);
		capfile_free(&c);
	}
	return 0;
}
