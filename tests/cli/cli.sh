# SPDX-License-Identifier: MIT
# cli.sh: what the tests of the command line share: a directory of their own, TAP, runs.
# Sets program, tree (the sources), demo, work; run sets status and the files out and err.
# shellcheck disable=SC2034 # used by who sources this
program=$(pwd)/src/tcplens
tree=$(cd "${srcdir:-.}" && pwd)
demo=$tree/src/demo.pcap
[ -x "$program" ] || { echo "Bail out! $program is not built"; exit 1; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export LC_ALL=C.UTF-8
export XDG_CONFIG_HOME="$work"
count=0

# ok NAME COMMAND...: passes when the command succeeds
ok() {
	name=$1
	shift
	count=$((count + 1))
	if "$@" >trace 2>&1; then
		echo "ok $count - $name"
	else
		sed 's/^/# /' trace
		echo "# status $status"
		head -c 2000 err | sed 's/^/# stderr: /'
		echo "not ok $count - $name"
	fi
}

skip() { # NAME REASON
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

plan() {
	echo "1..$count"
}

# run ARGUMENT...: sets status, files out and err
run() {
	timeout 60 "$program" "$@" >out 2>err </dev/null
	status=$?
}

one_line() {
	[ "$(wc -l <err)" -eq 1 ] && [ "$(wc -c <err)" -lt 600 ] && grep -q '^tcplens: ' err
}

ended() { # STATUS [PATTERN-IN-ERR]
	[ "$status" -eq "$1" ] && { [ $# -lt 2 ] || { one_line && grep -q -e "$2" err; }; }
}

silent() {
	[ "$status" -eq "$1" ] && [ ! -s err ]
}

summary_has() { # KEY VALUE: in the last JSON line
	tail -n 1 out | python3 -c 'import json, sys
line = json.loads(sys.stdin.read())
sys.exit(line["type"] != "summary" or str(line[sys.argv[1]]) != sys.argv[2])' "$1" "$2"
}
