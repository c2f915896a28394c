# SPDX-License-Identifier: MIT
# tap.sh: TAP for the lint scripts: a check passes when its command printed nothing.

srcdir=${srcdir:-.}
cd "$srcdir" || exit 1
tap_done=$(mktemp) || exit 1 # a line per check: checks run in subshells
trap 'rm -f "$tap_done"' EXIT

# result "ok" or "not ok", NAME
result() {
	echo >>"$tap_done"
	echo "$1 $(wc -l <"$tap_done") - $2"
}

# complaints NAME: reads complaints from standard input; none is ok
complaints() {
	tap_found=$(cat)
	if [ -z "$tap_found" ]; then
		result ok "$1"
	else
		echo "$tap_found" | sed 's/^/# /'
		result "not ok" "$1"
	fi
}

skipped() {
	result ok "$1 # SKIP $2"
}

plan() {
	echo "1..$(wc -l <"$tap_done")"
}

# The C files of the project, without those that the build generates.
c_files() {
	find src tests doc -name '*.[ch]' ! -name config.h ! -name demo_data.c | sort
}
