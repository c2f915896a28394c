/* SPDX-License-Identifier: MIT */
/*
 * options: the table of options. To add one: a field in struct config and a row here; the parser,
 * --help, the man page and the tests follow.
 */
#include "config.h"

#include "conf/conf.h"

#define VALUE(field) .offset = offsetof(struct config, field)

const struct option_info conf_options[] = {
	{"interface", 'i', N_("IF"), NULL,
	 N_("Capture from this interface; \"any\" means all of them, and is the default."),
	 VALUE(interface), .type = OPT_TEXT, .group = OPTIONS_INPUT},
	{"read", 'r', N_("FILE"), NULL,
	 N_("Read a capture file: pcap or pcapng, also compressed with gzip or zstd; \"-\" is "
	    "standard input."),
	 VALUE(read_file), .type = OPT_TEXT, .group = OPTIONS_INPUT},
	{"demo", 0, NULL, NULL,
	 N_("Replay the built-in capture: nine classic exercises side by side, with their original "
	    "timing. Needs no privileges."),
	 VALUE(demo), .type = OPT_FLAG, .group = OPTIONS_INPUT},
	{"speed", 0, N_("X"), NULL,
	 N_("Replay a file at X times its original speed; 0 is as fast as possible. Default: 1 for "
	    "--demo, 0 for -r and whenever there is no screen."),
	 VALUE(speed), .type = OPT_SPEED, .group = OPTIONS_INPUT},
	{"list-interfaces", 'D', NULL, NULL, N_("List the interfaces and exit."),
	 VALUE(list_interfaces), .type = OPT_FLAG, .group = OPTIONS_INPUT},

	{"write", 'w', N_("FILE"), NULL,
	 N_("Write what is captured to this file as well: as pcapng if its name ends in .pcapng, "
	    "else as pcap; .gz and .zst compress. It is created once privileges are dropped, and "
	    "must not exist."),
	 VALUE(write_file), .type = OPT_TEXT, .group = OPTIONS_CAPTURE},
	{"overwrite", 0, NULL, NULL,
	 N_("Let -w replace a file that exists, if it is a regular file."), VALUE(overwrite),
	 .type = OPT_FLAG, .group = OPTIONS_CAPTURE},
	{"snapshot-length", 's', N_("BYTES"), "262144",
	 N_("Capture this many bytes of each packet; 0 means the default. 256 is enough for every "
	    "analysis and helps on very busy links."),
	 VALUE(snaplen), .max = 262144, .type = OPT_UINT32, .group = OPTIONS_CAPTURE},
	{"buffer-size", 'B', N_("KIB"), "32768",
	 N_("Size of the kernel's capture buffer in KiB, or with a unit: 64M."), VALUE(buffer_kib),
	 .min = 64, .max = UINT64_C(2) << 20, .type = OPT_KIB, .group = OPTIONS_CAPTURE},
	{"no-promiscuous-mode", 'p', NULL, NULL,
	 N_("Do not put the interface into promiscuous mode."), VALUE(no_promisc),
	 .type = OPT_FLAG, .group = OPTIONS_CAPTURE},
	{"direction", 'Q', N_("DIR"), NULL,
	 N_("Capture only packets received (in) or sent (out), or both (inout)."), VALUE(direction),
	 .type = OPT_DIRECTION, .group = OPTIONS_CAPTURE},
	{"linktype", 'y', N_("TYPE"), NULL,
	 N_("Capture with this data link type, such as EN10MB or LINUX_SLL2."), VALUE(linktype),
	 .type = OPT_TEXT, .group = OPTIONS_CAPTURE},
	{"filter-file", 'F', N_("FILE"), NULL,
	 N_("Read the capture filter from a file; # begins a comment."), VALUE(filter_file),
	 .type = OPT_TEXT, .group = OPTIONS_CAPTURE},
	{"count", 'c', N_("N"), NULL, N_("Stop after N packets."), VALUE(max_packets), .min = 1,
	 .max = UINT64_MAX, .type = OPT_UINT64, .group = OPTIONS_CAPTURE},
	{"user", 'Z', N_("USER"), NULL,
	 N_("Run as this user once the capture is open. Default: the user who called sudo, "
	    "otherwise the same user without any capability."),
	 VALUE(user), .type = OPT_TEXT, .group = OPTIONS_CAPTURE},

	{"filter", 'Y', N_("EXPR"), NULL,
	 N_("Show only the connections that match this screen filter, such as \"port 23 or "
	    "verdict refused\"; the key / edits it. A report contains only these."),
	 VALUE(screen_filter), .type = OPT_TEXT, .group = OPTIONS_SCREEN},
	{"sort", 0, N_("COLUMN[:reverse]"), NULL,
	 N_("Sort connections by this column; a report then writes them when the input ends."),
	 VALUE(sort), .type = OPT_TEXT, .group = OPTIONS_SCREEN},
	{"columns", 0, N_("COLUMN,..."), NULL,
	 N_("Show these columns of the connections, in this order, on the screen or in the "
	    "report's table."),
	 VALUE(columns), .type = OPT_TEXT, .group = OPTIONS_SCREEN},
	{"numeric", 'n', NULL, NULL,
	 N_("Accepted as by tcpdump, without effect: addresses are never looked up, and ports are "
	    "numbers until the key n asks for the names of services."),
	 VALUE(numeric), .type = OPT_FLAG, .group = OPTIONS_SCREEN},
	{"absolute-seq", 'S', NULL, NULL,
	 N_("Show absolute sequence numbers, not relative ones."),
	 VALUE(absolute_seq), .type = OPT_FLAG, .group = OPTIONS_SCREEN},
	{"bits", 0, NULL, NULL, N_("Show rates in bits per second, not bytes."), VALUE(bits),
	 .type = OPT_FLAG, .group = OPTIONS_SCREEN},
	{"ascii", 0, NULL, NULL, N_("Draw with ASCII characters only."), VALUE(ascii),
	 .type = OPT_FLAG, .group = OPTIONS_SCREEN},
	{"mono", 0, NULL, NULL, N_("No colours; the variable NO_COLOR does the same."), VALUE(mono),
	 .type = OPT_FLAG, .group = OPTIONS_SCREEN},

	{"report", 0, NULL, NULL,
	 N_("No screen: a table with every connection when the input ends. The default when "
	    "standard output is no terminal."),
	 VALUE(report), .type = OPT_FLAG, .group = OPTIONS_OUTPUT},
	{"json", 0, NULL, NULL, N_("No screen: one JSON object per line."), VALUE(json),
	 .type = OPT_FLAG, .group = OPTIONS_OUTPUT},
	{"segments", 0, NULL, NULL, N_("No screen: also every segment."), VALUE(segments),
	 .type = OPT_FLAG, .group = OPTIONS_OUTPUT},
	{"timers", 0, NULL, NULL, N_("No screen: also every change of a retransmission timer."),
	 VALUE(timers), .type = OPT_FLAG, .group = OPTIONS_OUTPUT},
	{"verbose", 'v', NULL, NULL,
	 N_("No screen: below each verdict of the table what to check next. --json always has it."),
	 VALUE(verbose), .type = OPT_FLAG, .group = OPTIONS_OUTPUT},
	{"summary", 0, NULL, NULL,
	 N_("No screen: a row per server instead of one per connection, with the verdicts of its "
	    "connections."),
	 VALUE(summary), .type = OPT_FLAG, .group = OPTIONS_OUTPUT},
	{"fail-on", 0, N_("VERDICT,..."), NULL,
	 N_("No screen: exit with status 3 when one of these verdicts was reached."),
	 VALUE(fail_on), .type = OPT_TEXT, .group = OPTIONS_OUTPUT},

	{"memory", 0, N_("SIZE"), "256M",
	 N_("Memory for the history of segments and for packets captured live."), VALUE(memory),
	 .min = UINT64_C(1) << 20, .max = UINT64_C(1) << 40, .type = OPT_BYTES,
	 .group = OPTIONS_LIMITS},
	{"spool-dir", 0, N_("DIRECTORY"), NULL,
	 N_("With a screen: directory of the temporary file for the packets of a pipe or of a "
	    "compressed file, at most 1 GiB of them. Default: $TMPDIR, else /tmp."),
	 VALUE(spool_dir), .type = OPT_TEXT, .group = OPTIONS_LIMITS},
	{"max-connections", 0, N_("N"), "1048576",
	 N_("Track at most N connections; beyond that the oldest ones without errors are dropped, "
	    "and counted."),
	 VALUE(max_connections), .min = 1, .max = 1 << 24, .type = OPT_UINT32,
	 .group = OPTIONS_LIMITS},

	{"help", 'h', NULL, NULL, N_("Show this help and exit."), VALUE(help), .type = OPT_FLAG,
	 .group = OPTIONS_OTHER},
	{"version", 'V', NULL, NULL, N_("Show the version and exit."), VALUE(version),
	 .type = OPT_FLAG, .group = OPTIONS_OTHER},
};

const size_t conf_option_count = ARRAY_LEN(conf_options);

const char *
option_group_title(enum option_group g)
{
	static const char *const titles[] = {
		[OPTIONS_INPUT] = N_("Where packets come from"),
		[OPTIONS_CAPTURE] = N_("What is captured"),
		[OPTIONS_SCREEN] = N_("Screens"),
		[OPTIONS_OUTPUT] = N_("Output without a screen"),
		[OPTIONS_LIMITS] = N_("Limits"),
		[OPTIONS_OTHER] = N_("Other"),
	};

	return titles[g];
}
