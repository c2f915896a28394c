/* SPDX-License-Identifier: MIT */
/*
 * gen: writes a load as a capture file, the same bytes for the same seed: TCP connections with
 * handshakes, options, time stamps, losses repaired by fast retransmission (with SACK) or by
 * time-out, reordering and closes, interleaved packet by packet.
 *
 *	gen bulk|mixed|many|flood|live PACKETS CONNECTIONS SEED >FILE
 *
 * bulk: few busy connections; mixed: connections come and go, full payload; many: all at once;
 * flood: SYNs that nobody answers, each from another tuple; live: as many, with little payload, to
 * be sent at a high rate.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define NSEC_PER_SEC UINT64_C(1000000000)
#define NSEC_PER_MS  UINT64_C(1000000)
#define MSS	     1448 /* with time stamps */
#define HEADERS	     (14 + 20 + 20 + 40)

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };
enum { CLIENT, SERVER };

/* ---- what the packets of a connection are, round by round ---- */

/* One packet of a round. Segments of a round are numbered from 0, sent by `sender`. */
struct step {
	uint8_t from, flags;
	int8_t segment;	 /* carries this one, -1 none */
	uint8_t acks;	 /* of the other end's segments of this round: this many */
	uint8_t sack[2]; /* segments [0] … [1] - 1 arrived beyond `acks`; 0 0 none */
	uint16_t wait;	 /* ms that pass before it */
};

struct round {
	const struct step *steps;
	uint8_t n_steps;
	uint8_t segments; /* sent by whom */
	uint8_t sender;
	uint16_t len; /* of each */
};

#define S SERVER
#define C CLIENT
static const struct step open_steps[] = {
	{C, SYN, -1, 0, {0, 0}, 0}, {S, SYN | ACK, -1, 0, {0, 0}, 0}, {C, ACK, -1, 0, {0, 0}, 0}};
static const struct step request_steps[] = {{C, ACK | PSH, 0, 0, {0, 0}, 0},
					    {S, ACK, -1, 1, {0, 0}, 0}};
static const struct step transfer_steps[] = {{S, ACK, 0, 0, {0, 0}, 0},
					     {S, ACK | PSH, 1, 0, {0, 0}, 0},
					     {C, ACK, -1, 2, {0, 0}, 0}};
static const struct step loss_steps[] = {
	{S, ACK, 0, 0, {0, 0}, 0},  {S, ACK, 1, 0, {0, 0}, 0},	{S, ACK, 2, 0, {0, 0}, 0},
	{S, ACK, 3, 0, {0, 0}, 0},  {C, ACK, -1, 0, {1, 2}, 0}, {C, ACK, -1, 0, {1, 3}, 0},
	{C, ACK, -1, 0, {1, 4}, 0}, {S, ACK, 0, 0, {0, 0}, 0},	{C, ACK, -1, 4, {0, 0}, 0}};
static const struct step reorder_steps[] = {{S, ACK, 1, 0, {0, 0}, 0},
					    {S, ACK, 0, 0, {0, 0}, 0},
					    {C, ACK, -1, 0, {1, 2}, 0},
					    {C, ACK, -1, 2, {0, 0}, 0}};
static const struct step timeout_steps[] = {{S, ACK | PSH, 0, 0, {0, 0}, 0},
					    {S, ACK | PSH, 0, 0, {0, 0}, 230},
					    {C, ACK, -1, 1, {0, 0}, 0}};
static const struct step close_steps[] = {{C, ACK | FIN, -1, 0, {0, 0}, 0},
					  {S, ACK | FIN, -1, 0, {0, 0}, 0},
					  {C, ACK, -1, 0, {0, 0}, 0}};
#undef S
#undef C

enum { OPEN, REQUEST, TRANSFER, LOSS, REORDER, TIMEOUT, CLOSE };
static const struct round rounds[] = {
	[OPEN] = {open_steps, ARRAY_LEN(open_steps), 0, CLIENT, 0},
	[REQUEST] = {request_steps, ARRAY_LEN(request_steps), 1, CLIENT, 120},
	[TRANSFER] = {transfer_steps, ARRAY_LEN(transfer_steps), 2, SERVER, MSS},
	[LOSS] = {loss_steps, ARRAY_LEN(loss_steps), 4, SERVER, MSS},
	[REORDER] = {reorder_steps, ARRAY_LEN(reorder_steps), 2, SERVER, MSS},
	[TIMEOUT] = {timeout_steps, ARRAY_LEN(timeout_steps), 1, SERVER, MSS},
	[CLOSE] = {close_steps, ARRAY_LEN(close_steps), 0, CLIENT, 0},
};

/* ---- the load ---- */

struct load {
	const char *name;
	uint32_t snaplen;
	uint32_t burst;	 /* packets of one connection in a row, at most */
	uint32_t active; /* of CONNECTIONS at a time, 1 in this many */
	uint32_t life;	 /* rounds before a connection closes; 0: it does not */
	uint16_t len;	 /* of payload in a segment, at most */
};

static const struct load loads[] = {
	{"bulk", 96, 16, 1, 0, MSS},
	{"mixed", 65535, 4, 10, 18, MSS},
	{"many", 96, 1, 1, 0, MSS},
	{"flood", 96, 1, 1, 0, MSS},
	{"live", 65535, 4, 1, 0, 16},
};

struct conn {
	uint64_t ready; /* ns: no packet of it before */
	uint32_t id, seq[2], tsval[2];
	uint16_t ip_id[2];
	uint8_t round, step;
	uint16_t life;
};

struct gen {
	const struct load *load;
	uint64_t packets, clock, dt, random;
	struct conn *conns;
	uint32_t n_conns, next_id;
};

/* xorshift64*: the same load from the same seed on every machine. */
static uint32_t
draw(struct gen *g, uint32_t below)
{
	g->random ^= g->random >> 12;
	g->random ^= g->random << 25;
	g->random ^= g->random >> 27;
	return (uint32_t)(((g->random * UINT64_C(2685821657736338717)) >> 32) * below >> 32);
}

static uint8_t
next_round(struct gen *g, const struct conn *c)
{
	if (c->life == 0 && g->load->life > 0)
		return c->round == CLOSE ? OPEN : CLOSE;
	uint32_t r = draw(g, 1000);
	return r < 4 ? TIMEOUT : r < 14 ? LOSS : r < 24 ? REORDER : r < 224 ? REQUEST : TRANSFER;
}

/* Bytes of payload in each segment of a round. */
static uint16_t
segment_len(const struct gen *g, const struct round *r)
{
	return r->len < g->load->len ? r->len : g->load->len;
}

static void
conn_open(struct gen *g, struct conn *c)
{
	uint32_t isn = draw(g, UINT32_MAX);

	*c = (struct conn){.id = g->next_id++,
			   .seq = {isn, isn * 2654435761u},
			   .tsval = {isn >> 8, isn >> 4},
			   .ip_id = {(uint16_t)isn, (uint16_t)(isn >> 16)},
			   .round = OPEN,
			   .life = (uint16_t)g->load->life};
}

/* ---- bytes ---- */

static void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static uint32_t
sum16(const uint8_t *p, uint32_t n)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	return sum;
}

static uint16_t
fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~(sum + (sum >> 16));
}

struct tcp_fields {
	uint32_t id; /* of the connection: its addresses and ports follow from it */
	uint8_t from, flags;
	uint16_t ip_id, payload;
	uint32_t seq, ack, tsval, tsecr, sack[2];
};

/* MSS, SACK permitted, time stamps, window scale | time stamps [, one SACK block] */
static uint32_t
put_options(uint8_t *o, const struct tcp_fields *f)
{
	uint32_t n = 0;

	if (f->flags & SYN) {
		memcpy(o, "\2\4\5\264\4\2", 6);
		n = 6;
	} else {
		memcpy(o, "\1\1", 2);
		n = 2;
	}
	memcpy(o + n, "\10\12", 2);
	put32(o + n + 2, f->tsval);
	put32(o + n + 6, f->tsecr);
	n += 10;
	if (f->flags & SYN) {
		memcpy(o + n, "\1\3\3\7", 4);
		n += 4;
	}
	if (f->sack[0] != f->sack[1]) {
		memcpy(o + n, "\1\1\5\12", 4);
		put32(o + n + 4, f->sack[0]);
		put32(o + n + 8, f->sack[1]);
		n += 12;
	}
	return n;
}

static void
put_ip(uint8_t *ip, const struct tcp_fields *f, uint32_t tcp_len)
{
	uint32_t client = 0x0a000000 + f->id / 40000, server = 0xc0a80000 + f->id % 250;

	memset(ip, 0, 20);
	ip[0] = 0x45;
	put16(ip + 2, 20 + tcp_len + f->payload);
	put16(ip + 4, f->ip_id);
	put16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = 6;
	put32(ip + 12, f->from == CLIENT ? client : server);
	put32(ip + 16, f->from == CLIENT ? server : client);
	put16(ip + 10, fold(sum16(ip, 20)));
}

/* The payload is all zeros: it adds nothing to the checksum. */
static uint32_t
put_frame(uint8_t *b, const struct tcp_fields *f)
{
	uint8_t *ip = b + 14, *tcp = ip + 20;
	uint32_t client_port = 1024 + f->id % 40000, server_port = 80;

	memcpy(b, "\2\0\0\0\0\1\2\0\0\0\0\2\10\0", 14);
	uint32_t tcp_len = 20 + put_options(tcp + 20, f);
	put_ip(ip, f, tcp_len);
	put16(tcp, f->from == CLIENT ? client_port : server_port);
	put16(tcp + 2, f->from == CLIENT ? server_port : client_port);
	put32(tcp + 4, f->seq);
	put32(tcp + 8, f->flags & ACK ? f->ack : 0);
	tcp[12] = (uint8_t)(tcp_len / 4 << 4);
	tcp[13] = f->flags;
	put16(tcp + 14, f->flags & SYN ? 64240 : 502);
	put32(tcp + 16, 0);
	put16(tcp + 16, fold(sum16(ip + 12, 8) + 6 + tcp_len + f->payload + sum16(tcp, tcp_len)));
	return 34 + tcp_len;
}

static void
write_frame(struct gen *g, const struct tcp_fields *f)
{
	static uint8_t b[16 + HEADERS + MSS];
	uint32_t headers = put_frame(b + 16, f);
	uint32_t wire = headers + f->payload;

	memset(b + 16 + headers, 0, wire - headers);
	uint32_t record[4] = {(uint32_t)(g->clock / NSEC_PER_SEC),
			      (uint32_t)(g->clock % NSEC_PER_SEC),
			      wire < g->load->snaplen ? wire : g->load->snaplen, wire};
	memcpy(b, record, 16);
	fwrite(b, 16 + record[2], 1, stdout);
	g->clock += g->dt;
	g->packets--;
}

/* ---- a connection's next packet ---- */

static void
end_round(struct gen *g, struct conn *c)
{
	const struct round *r = &rounds[c->round];

	c->seq[r->sender] += (uint32_t)r->segments * segment_len(g, r);
	if (c->round == OPEN || c->round == CLOSE) {
		c->seq[CLIENT]++;
		c->seq[SERVER]++;
	}
	if (c->life > 0)
		c->life--;
	c->step = 0;
	uint8_t done = c->round;
	c->round = next_round(g, c);
	if (done == CLOSE)
		conn_open(g, c);
}

/* How far the other end's sequence numbers are acknowledged at this step. */
static uint32_t
acked(const struct conn *c, const struct step *s, uint32_t len)
{
	uint32_t n = c->seq[!s->from] + s->acks * len;

	return (c->round == OPEN || c->round == CLOSE) && c->step > 0 ? n + 1 : n;
}

static void
write_step(struct gen *g, struct conn *c)
{
	const struct round *r = &rounds[c->round];
	const struct step *s = &r->steps[c->step];
	const uint32_t len = segment_len(g, r);

	c->tsval[s->from] += (uint32_t)(g->clock / NSEC_PER_MS) & 1;
	struct tcp_fields f = {.id = c->id,
			       .from = s->from,
			       .flags = s->flags,
			       .ip_id = c->ip_id[s->from]++,
			       .payload = (uint16_t)(s->segment >= 0 ? len : 0),
			       .seq = c->seq[s->from],
			       .ack = acked(c, s, len),
			       .tsval = c->tsval[s->from],
			       .tsecr = s->flags & ACK ? c->tsval[!s->from] : 0};
	if (s->segment > 0)
		f.seq += (uint32_t)s->segment * len;
	if ((c->round == OPEN || c->round == CLOSE) && c->step == 2)
		f.seq++;
	for (int i = 0; i < 2; i++)
		f.sack[i] = s->sack[1] > 0 ? c->seq[!s->from] + s->sack[i] * len : 0;
	write_frame(g, &f);
	if (++c->step == r->n_steps)
		end_round(g, c);
	else
		c->ready = g->clock + rounds[c->round].steps[c->step].wait * NSEC_PER_MS;
}

static void
run_connections(struct gen *g)
{
	for (uint32_t i = 0; i < g->n_conns; i++)
		conn_open(g, &g->conns[i]);
	while (g->packets > 0) {
		struct conn *c = &g->conns[draw(g, g->n_conns)];
		uint32_t burst = 1 + draw(g, g->load->burst);

		if (c->ready > g->clock) /* time advances also while all of them wait */
			g->clock += g->dt;
		while (g->packets > 0 && burst-- > 0 && c->ready <= g->clock)
			write_step(g, c);
	}
}

static void
run_flood(struct gen *g)
{
	while (g->packets > 0) {
		struct conn c;

		conn_open(g, &c);
		write_step(g, &c);
	}
}

static void
write_header(const struct gen *g)
{
	const uint32_t header[6] = {0xa1b23c4d, 2 | 4 << 16, 0, 0, g->load->snaplen, 1};

	fwrite(header, sizeof(header), 1, stdout);
}

static const struct load *
find_load(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(loads); i++)
		if (strcmp(loads[i].name, name) == 0)
			return &loads[i];
	return NULL;
}

int
main(int argc, char **argv)
{
	struct gen g = {.clock = 1700000000 * NSEC_PER_SEC};

	if (argc != 5 || !(g.load = find_load(argv[1]))) {
		fputs("usage: gen bulk|mixed|many|flood|live PACKETS CONNECTIONS SEED >FILE\n",
		      stderr);
		return 2;
	}
	g.packets = strtoull(argv[2], NULL, 10);
	g.n_conns = (uint32_t)strtoul(argv[3], NULL, 10) / g.load->active;
	g.random = strtoull(argv[4], NULL, 10) * 2 + 1;
	if (g.n_conns == 0)
		g.n_conns = 1;
	g.dt = 10 * NSEC_PER_MS / g.n_conns + 1; /* 10 ms between packets of one connection */
	g.conns = calloc(g.n_conns, sizeof(*g.conns));
	if (!g.conns) {
		fputs("gen: no memory\n", stderr);
		return 1;
	}
	static char buffer[1 << 20];
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	write_header(&g);
	if (strcmp(g.load->name, "flood") == 0)
		run_flood(&g);
	else
		run_connections(&g);
	free(g.conns);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
