#!/bin/sh
# Builds and measures everything; prints `row | asked | measured` for each row of the table of figures.
#
#   Benchmarks/run.sh [--quick]
#
# --quick watches the idle streams for 5 seconds instead of 30, and takes fewer rounds. JITFSD names a daemon to measure
# instead of building one. Neighbours on the machine move times by half; ratios and CPU times much less.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
catalogue=$root/Tests/Resources/linux-6.18.events.zst
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
python3 "$here/over_http.py" --seconds "$seconds" --rounds "$rounds" "$JITFSD" "$catalogue"
if command -v wrk >/dev/null; then
    port=18470
    # The answer has 95 bytes and 4 headers, and so has that of the bare program.
    ratio=$("$here/http_cpu.sh" -n "$turns" -b 95 -h 4 -p /tracing/events/sched/sched_switch/enable "$port" "$JITFSD" \
        --listen "127.0.0.1:$port" --import-events "$catalogue" | sed -n 's/^median: //p')
    echo "GET of an event's enable, JSON: CPU beside bare libmicrohttpd | 1.25 times | $ratio"
else
    echo "GET of an event's enable, JSON: CPU beside bare libmicrohttpd | 1.25 times | not measured: no wrk"
fi
swift build -c release --package-path "$here" --product jitfs-bench >&2
"$here/.build/release/jitfs-bench" --catalogue "$catalogue"
