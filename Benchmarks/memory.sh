#!/bin/bash
# Memory of the service: idle, with and without the catalogue, and for each of 2,000 untouched instances.
#
#   Benchmarks/memory.sh [JITFSD]       otherwise the one that scripts/release makes
set -eu
cd "$(dirname "$0")/.."
jitfsd=${1:-.build/static/release/jitfsd}
[ -x "$jitfsd" ] || { echo "memory.sh: $jitfsd is not there; scripts/release makes it" >&2; exit 64; }
out=$(mktemp)
service=
finish() { [ -z "$service" ] || { kill "$service" && wait "$service"; } 2>/dev/null || :; rm -f "$out"; }
trap finish EXIT

rss() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$service/status"; }
start() {
    "$jitfsd" --listen 127.0.0.1:0 "$@" >"$out" &
    service=$!
    until grep -q '^listening' "$out"; do sleep 0.1; done
    url=$(sed 's/^listening on //' "$out")
    sleep 0.5
}

start
echo "idle, without a catalogue: $(rss) KiB"
kill "$service"
wait "$service"
start --import-events Tests/Resources/linux-6.18.events.zst
echo "idle, with the catalogue:  $(rss) KiB"

python3 - "$url" "$service" <<'END'
import http.client, json, sys

def rss():
    with open("/proc/%s/status" % sys.argv[2]) as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))

connection = http.client.HTTPConnection(sys.argv[1].removeprefix("http://"))

def make(name):
    connection.request("POST", "/tracing/instances", json.dumps({"name": name}))
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 201, answer.status

make("warm")
before = rss()
for number in range(2000):
    make("instance-%d" % number)
print("an untouched instance:     %d bytes" % ((rss() - before) * 1024 / 2000))
END
