# Catalogues of events: what comes in, and what is said about what does not.
. "$(dirname "$0")/../daemon.sh"

start_daemon --import-events "$CATALOGUE"
request -H 'Accept: text/plain' /tracing/events
check "a packed catalogue is imported" grep -qx 'sched/' <<<"$BODY"
status "its formats can be read" 200 /tracing/events/sched/sched_switch/format
stop_daemon

printf 'this is no zstd' >"$WORK/plain.events.zst"
run_daemon --listen 127.0.0.1:0 --import-events "$WORK/plain.events.zst"
equal "what is no zstd: exit status 1" 1 "$STATUS"
like "and the file is named" "^jitfsd: $WORK/plain.events.zst: " "$ERR"
head -c 4000 "$CATALOGUE" >"$WORK/cut.events.zst"
run_daemon --listen 127.0.0.1:0 --import-events "$WORK/cut.events.zst"
equal "what is cut short: exit status 1" 1 "$STATUS"
like "and the file is named" "^jitfsd: $WORK/cut.events.zst: " "$ERR"
run_daemon --listen 127.0.0.1:0 --import-events "$WORK/none.events"
equal "what is not there: exit status 1" 1 "$STATUS"
like "and the file is named" "^jitfsd: $WORK/none.events: No such file" "$ERR"
: >"$WORK/empty.events"
run_daemon --listen 127.0.0.1:0 --import-events "$WORK/empty.events"
equal "what is empty: exit status 1" 1 "$STATUS"
like "and the file is named" "^jitfsd: $WORK/empty.events: " "$ERR"

format() { # NAME FIELD-LINE
    printf 'name: %s\nID: 1\nformat:\n' "$1"
    printf '\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n'
    printf '\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n'
    printf '\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n'
    printf '\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n'
    printf '%s\n\nprint fmt: "v=%%d", REC->v\n' "$2"
}
good=$'\tfield:int v;\toffset:8;\tsize:4;\tsigned:1;'
bad=$'\tfield:int v;\toffset:eight;\tsize:4;\tsigned:1;'

{ echo "# shop/one"; format one "$good"; echo "# shop/two"; format two "$bad"; echo "# shop/three"; format three "$good"; } >"$WORK/shop.events"
line=$(grep -n eight "$WORK/shop.events" | cut -d: -f1)
start_daemon --import-events "$WORK/shop.events"
like "one broken format is told with file and line" "^jitfsd: $WORK/shop.events:$line: " "$(cat "$WORK/err")"
request -H 'Accept: text/plain' /tracing/events/shop
equal "and the rest is imported" "enable filter one/ three/" "$(echo $BODY)"
stop_daemon

mkdir -p "$WORK/events/shop/one" "$WORK/events/shop/two" "$WORK/events/store/three"
echo 0 >"$WORK/events/enable"
echo 0 >"$WORK/events/shop/enable"
format one "$good" >"$WORK/events/shop/one/format"
format two "$bad" >"$WORK/events/shop/two/format"
format three "$good" >"$WORK/events/store/three/format"
line=$(grep -n eight "$WORK/events/shop/two/format" | cut -d: -f1)
start_daemon --import-events "$WORK/events"
request -H 'Accept: text/plain' '/tracing/events?recursive'
like "a directory laid out like tracefs' events/ is imported" '^/tracing/events/shop/one/format$' "$BODY"
like "every system of it" '^/tracing/events/store/three/inject$' "$BODY"
like "what is broken is told with its own file and line" "^jitfsd: $WORK/events/shop/two/format:$line: " "$(cat "$WORK/err")"
status "and is not there" 404 /tracing/events/shop/two
stop_daemon

start_daemon --import-events "$WORK/events" --import-events "$CATALOGUE"
status "--import-events can be repeated" 200 /tracing/events/store/three/id
status "each brings its own" 200 /tracing/events/sched/sched_switch/id
stop_daemon
mkdir "$WORK/bare"
run_daemon --listen 127.0.0.1:0 --import-events "$WORK/bare"
equal "a directory without events: exit status 1" 1 "$STATUS"
