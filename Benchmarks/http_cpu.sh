#!/bin/sh
# CPU time of a request, beside the same library's bare one: the median ratio of interleaved rounds.
#
#   http_cpu.sh [-n ROUNDS] [-d SECONDS] [-b BODYLEN] [-h HEADERS] [-m GET|PUT] [-p PATH] [-P PAGES] PORT COMMAND [ARGUMENT...]
#
# COMMAND is started, and has to answer on 127.0.0.1:PORT. BODYLEN and HEADERS are what its answer has: the C program is
# told to give the same. With PUT both are sent 4 KiB. With PAGES, a file of 4 KiB pages, PATH is a directory into which
# they are put by number, and got from there in turn; the C program then does the zstd of each, and stores nothing.
# Both servers live through all rounds; wrk drives them in turn,
# and utime + stime out of /proc/PID/stat are read around each round. Requests a second depend on the neighbours,
# CPU time hardly does.
set -eu
export LC_ALL=C
rounds=9 seconds=2 body=130 headers=4 method=GET path=/tracing/tracing_on pages=
while getopts n:d:b:h:m:p:P: option; do
    case $option in
    n) rounds=$OPTARG ;; d) seconds=$OPTARG ;; b) body=$OPTARG ;; h) headers=$OPTARG ;;
    m) method=$OPTARG ;; p) path=$OPTARG ;; P) pages=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -ge 2 ] || { sed -n '4,4p' "$0" >&2; exit 2; }
port=$1; shift
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
pids=
finish() { for pid in $pids; do kill "$pid" 2>/dev/null || :; done; wait; rm -rf "$work"; }
trap finish EXIT
trap 'exit 130' INT TERM

cc -O2 -o "$work/fixed" "$here/c/fixed.c" -lmicrohttpd -lzstd
bare_port=$((port + 1))
"$work/fixed" "$bare_port" "$body" "$headers" ${pages:+"$pages"} >"$work/fixed.log" & bare=$!
"$@" >"$work/server.log" 2>&1 & server=$!
pids="$bare $server"
for at in "$bare_port" "$port"; do
    tries=0
    until curl -s -o "$work/answer" "http://127.0.0.1:$at$path"; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || { echo "nobody answers on port $at" >&2; cat "$work/server.log" >&2; exit 1; }
        sleep 0.1
    done
done

if [ -n "$pages" ]; then
    python3 - "$port" "$path" "$pages" <<'EOF'
import http.client, sys

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
with open(sys.argv[3], "rb") as file:
    number = 0
    while len(page := file.read(4096)) == 4096:
        connection.request("PUT", f"{sys.argv[2]}/{number}", page)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 204, answer.status
        number += 1
EOF
    cat >"$work/method.lua" <<EOF
local file = io.open("$pages", "rb")
local data = file:read("*a")
local count = math.floor(#data / 4096)
local number = 0
request = function()
    number = (number + 1) % count
    local path = "$path/" .. number
    if "$method" == "GET" then return wrk.format("GET", path) end
    return wrk.format("PUT", path, nil, data:sub(number * 4096 + 1, number * 4096 + 4096))
end
EOF
elif [ "$method" = PUT ]; then
    printf 'wrk.method = "PUT"\nwrk.body = string.rep("x", 4096)\n' >"$work/method.lua"
else
    printf 'wrk.method = "GET"\n' >"$work/method.lua"
fi
ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }
hertz=$(getconf CLK_TCK)

# Prints microseconds of CPU a request, and requests a second.
round() { # PID PORT
    before=$(ticks "$1")
    wrk -t1 -c32 -d"$seconds" -s "$work/method.lua" "http://127.0.0.1:$2$path" >"$work/wrk.log"
    after=$(ticks "$1")
    if grep -q 'Non-2xx' "$work/wrk.log"; then echo "port $2 refuses" >&2; exit 1; fi
    awk -v used=$((after - before)) -v hertz="$hertz" -v seconds="$seconds" \
        '/requests in/ { printf "%.3f %.0f\n", used / hertz * 1e6 / $1, $1 / seconds }' "$work/wrk.log"
}
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

seconds_given=$seconds seconds=1
round "$bare" "$bare_port" >/dev/null
round "$server" "$port" >/dev/null
seconds=$seconds_given
for turn in $(seq "$rounds"); do
    a=$(round "$bare" "$bare_port")
    b=$(round "$server" "$port")
    echo "$a $b" | awk '{ printf "%.3f %.3f %.3f %d %d\n", $3 / $1, $1, $3, $2, $4 }' | tee -a "$work/rounds" |
        awk -v n="$turn" '{ printf "round %d: bare %.2f us (%d/s), server %.2f us (%d/s), ratio %.3f\n", n, $2, $4, $3, $5, $1 }'
done
printf 'median: bare %s us, server %s us, ratio %s\n' \
    "$(awk '{ print $2 }' "$work/rounds" | median)" "$(awk '{ print $3 }' "$work/rounds" | median)" \
    "$(awk '{ print $1 }' "$work/rounds" | median)"
