/* SPDX-License-Identifier: MIT */
/*
 * report_servers: --summary: a row per server instead of one per connection, and below it how many
 * of its connections have which verdict.
 */
#include "config.h"

#include "report/report_private.h"

#include "base/i18n.h"
#include "model/model.h"

#include <stdlib.h>

enum {
	WIDTH_SERVER = 24,
	WIDTH_COUNT = 7,
	WIDTH_PERCENT = 6,
	WIDTH_DURATION = 7,
};

static const struct {
	enum server_count count;
	const char *title;
} figures[] = {
	{SERVER_CONNECTIONS, N_("CONNS")},  {SERVER_OPEN, N_("OPEN")},
	{SERVER_REFUSED, N_("REFUSED")},    {SERVER_UNANSWERED, N_("NO-ANSW")},
	{SERVER_RESET, N_("RESET")},        {SERVER_TIMED_OUT, N_("TIMEOUT")},
	{SERVER_BYTES_IN, N_("C->S")},      {SERVER_BYTES_OUT, N_("S->C")},
};

void
report_servers_title(struct output *w)
{
	report_title(w, _("SERVER"), WIDTH_SERVER);
	for (size_t i = 0; i < ARRAY_LEN(figures); i++)
		report_title(w, _(figures[i].title), -WIDTH_COUNT);
	report_title(w, _("RETX"), -WIDTH_PERCENT);
	report_title(w, _("RTT"), -WIDTH_DURATION);
	w->buf[w->len - 1] = '\n'; /* the last title's space */
}

static void
put_server(struct output *w, const char *name, const struct server_stats *s)
{
	const nsec rtt = duration_quantile(&s->rtt, 50);
	char text[16];

	output_format(w, "%-*s", WIDTH_SERVER, name);
	for (size_t i = 0; i < ARRAY_LEN(figures); i++)
		output_format(w, " %*s", WIDTH_COUNT,
			      text_count(text, sizeof(text), s->counts[figures[i].count]));
	output_format(w, " %*s", WIDTH_PERCENT,
		      server_retransmission_text(s, text, sizeof(text)));
	output_format(w, " %*s\n", WIDTH_DURATION,
		      rtt < 0 ? "-" : text_duration(text, sizeof(text), rtt));
	report_verdict_counts(w, s->verdicts);
}

void
report_servers(struct output *w, const struct server_table *t)
{
	const struct server_stats *others = server_table_others(t);
	struct server_stats *servers;
	const size_t n = server_table_sorted(t, &servers);
	char name[64];

	for (size_t i = 0; i < n; i++) {
		const struct endpoint *e = &servers[i].end;

		put_server(w, text_endpoint(name, sizeof(name), e->addr, e->port), &servers[i]);
	}
	if (others->counts[SERVER_CONNECTIONS] > 0)
		put_server(w, _("other servers"), others);
	free(servers);
}
