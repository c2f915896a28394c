/* SPDX-License-Identifier: MIT */
/* app: what the two applications do with a connection. Called whenever something may have changed
 * for one of them; each step is taken once. */
#include "sim.h"

#define REQUEST 200u

/* The endpoint that closes first does so; the other one follows when it has received the FIN. */
static void
finish(struct sim *s, struct end *e)
{
	if (!e->fin_wanted && (e->side == s->closer || s->both_close))
		end_close(s, e);
}

static void
follow(struct sim *s, struct end *e)
{
	if (e->state == TCP_CLOSE_WAIT && !e->fin_wanted)
		end_close(s, e);
}

static void
client_requests(struct sim *s, struct end *e)
{
	while (e->rcv_nxt >= e->wait_for && e->rounds > 0) {
		e->rounds--;
		e->wait_for += s->response;
		end_write(s, e, REQUEST);
	}
	if (e->rounds == 0 && e->rcv_nxt >= e->wait_for)
		finish(s, e);
}

static void
server_responds(struct sim *s, struct end *e)
{
	while (e->rounds > 0 && e->rcv_nxt >= e->wait_for + REQUEST) {
		e->rounds--;
		e->wait_for += REQUEST;
		end_write(s, e, s->response);
	}
	if (e->rounds == 0)
		finish(s, e);
}

static void
once(struct sim *s, struct end *e, uint32_t bytes)
{
	if (e->rounds > 0) {
		e->rounds = 0;
		end_write(s, e, bytes);
	}
}

/* The server sends much; the client only reads, or does not. */
static void
download(struct sim *s, struct end *e)
{
	if (e->side == SERVER) {
		once(s, e, s->response);
		finish(s, e);
	} else if (e->app == APP_ABORT && e->rcv_nxt > (int64_t)s->response / 2) {
		end_abort(s, e);
	} else if (e->app == APP_SLOW_READER && !e->reading && e->app_at == NSEC_NEVER) {
		if (s->now < s->idle) {
			e->app_at = s->idle;
		} else {
			e->reading = true;
			end_read(s, e);
		}
	}
}

static void
half_close(struct sim *s, struct end *e)
{
	if (e->side == CLIENT) {
		once(s, e, REQUEST);
		if (!e->fin_wanted)
			end_close(s, e);
	} else if (e->state == TCP_CLOSE_WAIT && e->rounds > 0) {
		once(s, e, s->response);
		end_close(s, e);
	}
}

static void
idle(struct sim *s, struct end *e)
{
	if (e->side == SERVER || s->now < s->idle) {
		if (e->side == CLIENT) {
			once(s, e, REQUEST);
			e->app_at = s->idle;
			if (e->keepalive_at == NSEC_NEVER)
				e->keepalive_at = s->now + NSEC_PER_SEC;
		}
		return;
	}
	if (!e->fin_wanted)
		end_close(s, e);
}

void
app_step(struct sim *s, struct end *e)
{
	if (e->state != TCP_ESTAB && e->state != TCP_CLOSE_WAIT && e->state != TCP_FIN_WAIT_1 &&
	    e->state != TCP_FIN_WAIT_2)
		return;
	switch (e->app) {
	case APP_REQUESTS:
		if (e->side == CLIENT)
			client_requests(s, e);
		else
			server_responds(s, e);
		break;
	case APP_HALF_CLOSE:
		half_close(s, e);
		break;
	case APP_IDLE:
		idle(s, e);
		break;
	default:
		download(s, e);
		break;
	}
	follow(s, e);
}
