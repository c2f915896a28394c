#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.sh: what tcplens costs, as ratios to doing nothing with the same packets in the same run.
#
#	bench.sh TCPLENS        (from the build directory: make bench)
#
# BENCH_SCALE   10 = full loads (5 M packets, 1 M connections, some GB on disk); default 1 = a tenth
# BENCH_RUNS    repetitions; the median counts (default 9)
# BENCH_DIR     where the loads are made (default: a temporary directory, removed afterwards)
# BENCH_PEERS   0 leaves out what other programs take (default 1: those that are installed)
# BENCH_STRICT  1: exit status 1 when a target is missed
#
# One line a result: name value unit target. "-" is no target.
set -eu
tcplens=$1
here=$(dirname "$0")
tools=${BENCH_TOOLS:-$here}
scale=${BENCH_SCALE:-1}
runs=${BENCH_RUNS:-9}
peers=${BENCH_PEERS:-1}
missed=0
work=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/tcplens-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# result NAME VALUE UNIT [TARGET]: TARGET is the most that is well
result() {
	mark=
	if [ "${4:-}" ] && awk "BEGIN { exit !($2 > $4) }"; then
		mark=' MISSED'
		missed=$((missed + 1))
	fi
	printf '%-28s %10s %-8s %s%s\n' "$1" "$2" "$3" "${4:+<=$4}${4:-}" "$mark" |
		sed 's/<=\([0-9.]*\)\1/<=\1/; s/ *$//'
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# spent NAME COMMAND…: CPU µs to $work/NAME.us, KiB to $work/NAME.kib; false: it failed
spent() {
	to=$work/$1
	shift
	# shellcheck disable=SC2046 # three numbers
	set -- $("$tools/spend" "$@" 2>>"$work/errors")
	[ "${3:-1}" = 0 ] || return 1
	echo "$1" >>"$to.us"
	echo "$2" >>"$to.kib"
}

per_packet() {
	awk "BEGIN { printf \"%.0f\", $(median "$work/$1.us") * 1000 / $2 }"
}

ratio() {
	awk "BEGIN { printf \"%.2f\", $(median "$work/$1.us") / $(median "$work/$2.us") }"
}

# What each run took of the doing nothing right before and right after it: a machine that others
# share is twice as fast at times, for seconds.
paired_ratio() {
	awk 'FNR == NR { noop[NR] = $1; next } { print $1 * 2 / (noop[FNR] + noop[FNR + 1]) }' \
		"$work/$2.us" "$work/$1.us" >"$work/$1.ratios"
	awk "BEGIN { printf \"%.2f\", $(median "$work/$1.ratios") }"
}

# load NAME PACKETS CONNECTIONS TARGET
load() {
	name=$1 packets=$(($2 * scale)) connections=$(($3 * scale))
	[ "$name" = bulk ] && connections=$3
	file=$work/$name.pcap
	"$tools/gen" "$name" "$packets" "$connections" 1 >"$file"
	max=$((connections + connections / 8 + 1024))
	i=0
	spent "$name.noop" "$tools/noop" "$file"
	while [ $i -lt "$runs" ]; do
		spent "$name.tcplens" "$tcplens" --report --max-connections $max -r "$file" || {
			echo "bench: $tcplens --report -r $name.pcap failed" >&2
			tail -3 "$work/errors" >&2
			exit 1
		}
		spent "$name.noop" "$tools/noop" "$file"
		i=$((i + 1))
	done
	result "$name.noop" "$(per_packet "$name.noop" "$packets")" ns/packet
	result "$name.tcplens" "$(per_packet "$name.tcplens" "$packets")" ns/packet
	result "$name.ratio" "$(paired_ratio "$name.tcplens" "$name.noop")" x "$4"
	result "$name.rss" "$(awk "BEGIN { printf \"%.0f\", $(median "$work/$name.tcplens.kib") / 1024 }")" MiB
}

# What the connections of a load cost beside their histories: with the least history, against a
# file of one connection.
bytes_per_connection() {
	name=$1 connections=$(($2 * scale))
	max=$((connections + connections / 8 + 1024))
	"$tools/gen" many 10 1 1 >"$work/one.pcap"
	for f in one "$name"; do
		spent "$f.least" "$tcplens" --report --memory 1M --max-connections $max \
			-r "$work/$f.pcap" || return 0
	done
	result "$name.connection" "$(awk "BEGIN { printf \"%.0f\", ($(cat "$work/$name.least.kib") \
		- $(cat "$work/one.least.kib")) * 1024 / $connections }")" bytes 1024
}

# What others take for the same files, for comparison: name, what is run, on which loads
peer() {
	who=$1 loads=$2
	shift 2
	command -v "$1" >/dev/null || return 0
	for l in $loads; do
		spent "$l.$who" "$@" "$work/$l.pcap" || continue
		result "$l.$who" "$(ratio "$l.$who" "$l.noop")" x
	done
}

load bulk 500000 200 3
load mixed 500000 10000 3
load many 1000000 100000 6
load flood 500000 500000 6
bytes_per_connection many 100000

# Where the processor is taken away meanwhile, that counts, too: hence the median, and the row
# "machine", which holds as long for nothing.
i=0
while [ $i -lt "$runs" ]; do
	"$tools/hold" $((20000 * scale)) 500000 >"$work/hold"
	tail -n 1 "$work/hold" >>"$work/holds"
	i=$((i + 1))
done
sed -n '/^#/p' "$work/hold"
result lock "$(median "$work/holds")" us 200

i=0
while [ $i -lt 9 ]; do
	LC_ALL=C.UTF-8 "$tools/first_screen" CLIENT "$tcplens" -r "$work/one.pcap" >>"$work/screen" || break
	i=$((i + 1))
done
[ ! -s "$work/screen" ] ||
	result first-screen "$(awk "BEGIN { printf \"%.1f\", $(median "$work/screen") / 1000 }")" ms 50

if [ "$peers" = 1 ]; then
	peer tcpdump "bulk mixed" tcpdump -nnqr
	peer tcptrace "bulk mixed many" tcptrace -n
	peer tshark "bulk" tshark -Q -z conv,tcp -r
fi
[ "${BENCH_STRICT:-0}" = 0 ] || [ $missed = 0 ]
