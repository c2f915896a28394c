/* SPDX-License-Identifier: MIT */
/*
 * store: reads the bytes of a packet by its reference, from where the source keeps them.
 */
#include "config.h"

#include "source/internal.h"

#include "base/i18n.h"
#include "source/ring.h"

enum store_result
store_read(struct source *s, uint64_t ref, struct frame *f, uint8_t *buf, size_t size)
{
	if (s->ring)
		return ring_read(s->ring, ref, f, buf, size) ? STORE_OK : STORE_NOT_KEPT;
	return s->ops && !s->live ? file_reread(s, ref, f, buf, size) : STORE_NOT_KEPT;
}

const char *
store_explain(enum store_result r)
{
	static const char *const texts[] = {
		[STORE_OK] = "",
		[STORE_NOT_KEPT] =
			N_("The bytes of this packet are no longer kept: newer ones took their "
			   "place"),
		[STORE_FILE_CHANGED] =
			N_("The bytes of this packet are lost: the file was changed after it was "
			   "read"),
		[STORE_FILE_CUT] =
			N_("The bytes of this packet are lost: the file was cut short after it "
			   "was read"),
	};

	return texts[r][0] ? _(texts[r]) : "";
}
