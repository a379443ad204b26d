#!/bin/sh
# Builds and measures everything; prints `row | asked | measured` for each row of the table of figures.
#
#   Benchmarks/run.sh [--quick]
#
# --quick watches the idle streams for 5 seconds instead of 30, and takes fewer rounds. JITFSD names a daemon to measure
# instead of building one; PAGES a directory with other pages, *.pages, than those of the tests. Neighbours on the machine move times by half; ratios and CPU times much less.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
catalogue=$root/Tests/Resources/linux-6.18.events.zst
pages=${PAGES:-$root/Tests/Resources/pages}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seconds=30 rounds=2000 turns=9
case ${1:-} in
--quick) seconds=5 rounds=300 turns=3 ;;
'') ;;
*) sed -n '2,7p' "$0" >&2; exit 2 ;;
esac
if [ -z "${JITFSD:-}" ]; then
    "$root/scripts/release" >&2
    JITFSD=$root/.build/static/release/jitfsd
fi
echo "row | asked | measured"
python3 "$here/over_http.py" --seconds "$seconds" --rounds "$rounds" --page-files "$pages" "$JITFSD" "$catalogue"
command -v wrk >/dev/null || echo "run.sh: wrk is not there, so CPU beside bare libmicrohttpd is not measured" >&2
port=18470
# beside NAME ASKED OPTION…: CPU of a request, beside the bare program; options up to -- are http_cpu.sh's, the rest jitfsd's.
beside() {
    command -v wrk >/dev/null || return 0
    name=$1 asked=$2
    shift 2
    ratio=$("$here/http_cpu.sh" -n "$turns" "$@" | sed -n 's/^median: //p')
    echo "$name | $asked | $ratio"
}
# The answer has 95 bytes and 4 headers, and so has that of the bare program.
beside "GET of an event's enable, JSON: CPU beside bare libmicrohttpd" "1.25 times" \
    -b 95 -h 4 -p /tracing/events/sched/sched_switch/enable "$port" "$JITFSD" \
    --listen "127.0.0.1:$port" --import-events "$catalogue"
find "$pages" -name '*.pages' ! -name 'x_*' -exec cat {} + | head -c 16777216 >"$work/pages"
for method in PUT GET; do
    beside "$method of a page: CPU beside bare libmicrohttpd and bare zstd" "1.25 times" \
        -m "$method" -h 3 -p /pool/ramzswap0/pages -P "$work/pages" "$port" "$JITFSD" --listen "127.0.0.1:$port"
done
swift build -c release --package-path "$here" --product jitfs-bench >&2
bench() { "$here/.build/release/jitfs-bench" --catalogue "$catalogue" --pages "$pages" "$@"; }
bench lookup threads recursive enable tracepoint filter pages pages-of-all-kinds pages-two-threads pages-batched
if command -v lttng >/dev/null && [ -f /usr/include/lttng/tracepoint.h ]; then
    "$here/lttng.sh" "$here/.build/release/jitfs-bench" --catalogue "$catalogue" --pages "$pages"
else
    echo "run.sh: lttng-tools or liblttng-ust-dev is not there, so no tracepoint of theirs is measured" >&2
fi
# What a process grows by is looked at in one that has done nothing else.
bench page-memory
bench page-dictionaries
bench replay
# Needs root for zram, and redis-server, nbdkit, libhiredis-dev and libnbd-dev for the others: those that are missing are left out.
if pkg-config --exists hiredis libnbd; then
    python3 "$here/peers.py" --rounds "$turns" "$JITFSD" "$pages"
else
    echo "run.sh: libhiredis-dev or libnbd-dev is not there, so no peers are measured" >&2
fi
