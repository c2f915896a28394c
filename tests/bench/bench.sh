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
# BENCH_ONLY    only these parts, of: loads one locks screen live (default: all; live as root)
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

# Whether a part is wanted.
part() {
	case " ${BENCH_ONLY:-loads one locks screen live} " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# result NAME VALUE UNIT [TARGET]: TARGET is the largest value that is good enough
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

# What each run took relative to doing nothing right before and right after it: a machine that
# others share is twice as fast at times, for seconds.
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

# Memory per connection without its history: with the smallest history, less what a file of one
# connection needs.
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

# What another program needs for the same files, for comparison: NAME LOADS COMMAND...
peer() {
	who=$1 loads=$2
	shift 2
	command -v "$1" >/dev/null || return 0
	for l in $loads; do
		spent "$l.$who" "$@" "$work/$l.pcap" || continue
		result "$l.$who" "$(ratio "$l.$who" "$l.noop")" x
	done
}

loads() {
	load bulk 500000 200 3
	load mixed 500000 10000 3
	load many 1000000 100000 6
	load flood 500000 500000 6
	bytes_per_connection many 100000
	[ "$peers" = 1 ] || return 0
	peer tcpdump "bulk mixed" tcpdump -nnqr
	peer tcptrace "bulk mixed many" tcptrace -n
	peer tshark "bulk" tshark -Q -z conv,tcp -r
}

# One connection of many segments: what its history costs beside the report, and whether that grows
# faster than the connection does.
one_connection() {
	i=0
	for n in 300 1200; do
		"$tools/gen" bulk ${n}000 1 1 >"$work/one$n.pcap"
	done
	while [ $i -lt "$runs" ]; do
		for n in 300 1200; do
			spent one$n.report "$tcplens" --report -r "$work/one$n.pcap"
			spent one$n.segments "$tcplens" --json --segments -r "$work/one$n.pcap"
			shown one$n
		done
		i=$((i + 1))
	done
	for n in 300 1200; do
		result one-connection.${n}k.segments "$(ratio one$n.segments one$n.report)" x 4
		result one-connection.${n}k.screen "$(ratio one$n.screen one$n.report)" x
	done
	result one-connection.exponent "$(exponent one300.segments one1200.segments 4)" - 1.05
	result one-connection.screen.exponent "$(exponent one300.screen one1200.screen 4)" -
}

# exponent SMALL LARGE FACTOR: how the cost grows from one to the other, FACTOR times as long: 1 is linear
exponent() {
	awk "BEGIN { printf \"%.3f\", log($(median "$work/$2.us") / $(median "$work/$1.us")) / log($3) }"
}

# shown NAME: CPU time of a screen until it has read $work/NAME.pcap
shown() {
	LC_ALL=C.UTF-8 "$tools/first_screen" "end of file" "$tcplens" -r "$work/$1.pcap" |
		awk '{ print $2 }' >>"$work/$1.screen.us"
}

# locks NAME CONNECTIONS PACKETS: the critical sections while a screen looks on. Interrupts count as
# well: hence the median of several runs, and the row "machine", of sections that do nothing.
locks() {
	i=0
	while [ $i -lt "$runs" ]; do
		"$tools/hold" "$2" "$3" >"$work/hold"
		tail -n 1 "$work/hold" >>"$work/$1.locks"
		i=$((i + 1))
	done
	sed -n '/^#/p' "$work/hold"
	for column in 1 2; do
		awk -v c=$column '{ print $c }' "$work/$1.locks" >"$work/$1.lock.$column"
	done
	result "lock.$1.99.9%" "$(median "$work/$1.lock.1")" us 100
	result "lock.$1.longest" "$(median "$work/$1.lock.2")" us 300
}

first_screen() {
	"$tools/gen" many 10 1 1 >"$work/ten.pcap"
	i=0
	while [ $i -lt 9 ]; do
		LC_ALL=C.UTF-8 "$tools/first_screen" CLIENT "$tcplens" -r "$work/ten.pcap" |
			awk '{ print $1 }' >>"$work/screen"
		i=$((i + 1))
	done
	[ ! -s "$work/screen" ] ||
		result first-screen "$(awk "BEGIN { printf \"%.1f\", $(median "$work/screen") / 1000 }")" ms 50
}

live() {
	if [ "$(id -u)" != 0 ] || ! command -v python3 >/dev/null; then
		echo "# live: needs root and python3"
		return
	fi
	"$here/live" "$tcplens" "$tools" | tee "$work/live"
	missed=$((missed + $(grep -c MISSED "$work/live")))
}

part loads && loads
part one && one_connection
if part locks; then
	runs=3
	locks many 1000000 3000000
	locks one-connection 1 1000000
fi
part screen && first_screen
part live && live
[ "${BENCH_STRICT:-0}" = 0 ] || [ $missed = 0 ]
