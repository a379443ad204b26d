#!/usr/bin/env bash
# Builds the examples, starts each, and asks it what its first lines promise.
set -euo pipefail
cd "$(dirname "$0")"

swift build
bin=$(swift build --show-bin-path)
work=$(mktemp -d)
running=
trap '[ -z "$running" ] || kill "$running" 2>/dev/null; rm -rf "$work"' EXIT

# start NAME: runs a program on a port of its own; URL is what it says first.
start() {
    "$bin/$1" 127.0.0.1:0 >"$work/said" 2>&1 &
    running=$!
    for _ in $(seq 100); do
        URL=$(head -n 1 "$work/said")
        [ -z "$URL" ] || return 0
        sleep 0.1
    done
    echo "$1 says nothing"; cat "$work/said"; exit 1
}

# stop: ends it.
stop() {
    kill "$running"
    wait "$running" || true
    running=
}

# like PATTERN TEXT: fails where the text has no such line.
like() { grep -Eq -- "$1" <<<"$2" || { echo "no $1 in: $2"; exit 1; }; }

ask() { curl -sS --noproxy '*' --max-time 20 "$@"; }

start WorldClock
like '^[0-9-]+T[0-9:]+(Z|[+-])' "$(ask "$URL?raw")"
like '"name":"JST","type":"file"' "$(ask "${URL%/UTC}")"
stop
echo "ok - WorldClock"

start Shop
like '"value":[0-9]+' "$(ask "$URL/debug/shop/orders")"
ask -X PUT -d 1 "$URL/tracing/events/shop/sold/enable" >"$work/enabled"
like '"event":"shop/sold","fields":\{"order":[0-9]+,"cents":1995\}' "$(ask "$URL/tracing/trace_pipe?count=1")"
ask -X PUT -d 0 "$URL/debug/shop/open" >"$work/closed"
like '"value":false' "$(cat "$work/closed")"
ask "$URL/tracing/trace_pipe?timeout=0" >"$work/rest"
sleep 0.2
before=$(ask "$URL/debug/shop/orders?raw")
sleep 0.2
[ "$before" = "$(ask "$URL/debug/shop/orders?raw")" ] || { echo "a closed shop sells"; exit 1; }
stop
echo "ok - Shop"
