# A unix socket: for its owner only, and there again after a crash.
. "$(dirname "$0")/../daemon.sh"
socket=$WORK/jitfs.sock

start_exactly --unix "$socket"
equal "the listening line names it" "listening on unix:$socket" "$(cat "$WORK/out")"
equal "its mode is 0600" 600 "$(stat -c %a "$socket")"
URL=http://localhost
status "it answers there" 200 --unix-socket "$socket" /healthz
request --unix-socket "$socket" -d mark /tracing/trace_marker
request --unix-socket "$socket" '/tracing/trace?raw'
like "a marker bears the peer's name and pid" '^ +curl-[1-9][0-9]+ .*: mark' "$BODY"
run_daemon --unix "$socket"
equal "a socket that somebody answers on is not taken: exit status 1" 1 "$STATUS"
like "and it is named" "$socket: Address already in use" "$ERR"

kill -KILL "$PID"
await_exit "$PID"
check "a killed daemon leaves its socket" test -S "$socket"
start_exactly --unix "$socket"
URL=http://localhost
status "the next one replaces it" 200 --unix-socket "$socket" /healthz
stop_daemon
equal "SIGTERM ends it with exit status 0" 0 "$STATUS"
check "and its socket is removed" test ! -e "$socket"

echo data >"$WORK/file"
run_daemon --unix "$WORK/file"
equal "a file that is no socket is not replaced: exit status 1" 1 "$STATUS"
equal "and keeps what is in it" data "$(cat "$WORK/file")"
run_daemon --unix "$WORK/$(printf 'x%.0s' {1..108})"
equal "a path that no socket can have: exit status 1" 1 "$STATUS"
