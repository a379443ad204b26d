# A socket that systemd has opened.
. "$(dirname "$0")/../daemon.sh"

if ! command -v systemd-socket-activate >/dev/null; then
    skip "a socket from systemd is taken" "there is no systemd-socket-activate"
    exit 0
fi

# It binds only what has a port: take one that was free a moment ago.
start_daemon
port=$PORT
stop_daemon

activated() { # ADDRESS OPTION…
    local address=$1
    shift
    : >"$WORK/err"
    systemd-socket-activate -l "$address" "$JITFSD" "$@" >"$WORK/out" 2>"$WORK/err" &
    PID=$!
    ends_with_script "$PID"
    until_true 10 grep -q 'Listening on' "$WORK/err"
}

activated "127.0.0.1:$port"
URL=http://127.0.0.1:$port
status "the first request starts it, and is answered" 200 /healthz
equal "the listening line names the socket's address" "listening on http://127.0.0.1:$port" "$(cat "$WORK/out")"
stop_daemon
equal "SIGTERM ends it with exit status 0" 0 "$STATUS"

activated "$WORK/activated.sock"
URL=http://localhost
status "a unix socket is taken too" 200 --unix-socket "$WORK/activated.sock" /healthz
stop_daemon
check "and left to systemd, whose it is" test -S "$WORK/activated.sock"

activated "0.0.0.0:$port"
URL=http://127.0.0.1:$port
"${CURL[@]}" "$URL/healthz" >"$WORK/answer" 2>&1 --max-time 5 &
ends_with_script $!
await_exit "$PID" 10
equal "one that other machines can reach needs tokens like any other: exit status 64" 64 "$STATUS"
[ "$STATUS" = late ] || like "and says so" 'token-file, or --insecure' "$(cat "$WORK/err")"
