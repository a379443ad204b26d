#!/bin/sh
# What a tracepoint of LTTng-UST takes beside ours, in one run: the same 16 bytes of fields, CPU time of a loop.
#
#   Benchmarks/lttng.sh JITFS-BENCH [OPTION…]
#
# OPTIONs are jitfs-bench's (--catalogue, --pages). The two take turns, three times; the medians are printed. Needs lttng-tools, liblttng-ust-dev and
# gcc; a session daemon is started and ended, unless one runs already.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,7p' "$0" >&2; exit 2; }
work=$(mktemp -d)
daemon=
# A home of its own, so that no session of the user's is touched.
export LTTNG_HOME="$work" LTTNG_UST_WITHOUT_BADDR_STATEDUMP=1
finish() {
    lttng destroy jitfs-bench >/dev/null 2>&1 || true
    [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
gcc -O2 -I"$here/c/lttng" -o "$work/lttng_tick" "$here/c/lttng/lttng_tick.c" -llttng-ust -ldl
if ! lttng list >/dev/null 2>&1; then
    lttng-sessiond --no-kernel >/dev/null 2>&1 &
    daemon=$!
    for _ in $(seq 50); do lttng list >/dev/null 2>&1 && break; sleep 0.1; done
fi

# peer: its ns a call while nobody listens, and while one session does, which overwrites as our rings do.
peer() {
    lttng create jitfs-bench --output="$work/out" >/dev/null
    lttng enable-channel --userspace --overwrite --subbuf-size=1M --num-subbuf=4 ring >/dev/null
    rm -f "$work/go"
    mkfifo "$work/go"
    "$work/lttng_tick" 3000000 5 "$work/go" >>"$work/peer" &
    program=$!
    sleep 1
    lttng enable-event --userspace --channel=ring bench:tick >/dev/null
    lttng start >/dev/null
    sleep 0.3
    echo go >"$work/go"
    wait "$program"
    lttng destroy jitfs-bench >/dev/null
}
for _ in 1 2 3; do
    peer
    "$@" tracepoint >>"$work/ours"
done
awk -F'[|]' '
function median(list, count,   i, j, t) {
    for (i = 2; i <= count; i++) for (j = i; j > 1 && list[j] < list[j - 1]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
    return list[int((count + 1) / 2)]
}
FILENAME ~ /peer$/ { if (FNR % 2) off[++m] = $1 + 0; else on[++n] = $1 + 0; next }
$1 ~ /disabled/ { ours_off[++k] = $3 + 0 }
$1 ~ /into one instance/ { ours[++l] = $3 + 0 }
END {
    a = median(ours, l); b = median(on, n)
    printf "a tracepoint, enabled into one instance, beside one of LTTng-UST | 1.2 times | %.2f times (%.0f and %.0f ns)\n", a / b, a, b
    printf "the same, disabled | | %.2f and %.2f ns\n", median(ours_off, k), median(off, m)
}' "$work/peer" "$work/ours"
