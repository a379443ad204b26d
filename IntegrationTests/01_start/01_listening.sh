# The line that says where it listens, and the signals that end it.
. "$(dirname "$0")/../daemon.sh"

start_daemon
like "port 0 picks a free one, which the listening line names" '^listening on http://127\.0\.0\.1:[1-9][0-9]*$' "$(cat "$WORK/out")"
status "it answers as soon as that line is there" 200 /healthz
equal "standard error is silent" "" "$(cat "$WORK/err")"
stop_daemon TERM
equal "SIGTERM ends it with exit status 0" 0 "$STATUS"
equal "nothing but that line is on standard output" 1 "$(wc -l <"$WORK/out")"

start_daemon
stop_daemon INT
equal "SIGINT ends it with exit status 0" 0 "$STATUS"

start_exactly --listen 127.0.0.1:0 --listen '[::1]:0' --listen localhost:0
equal "--listen can be repeated: a line each" 3 "$(grep -c '^listening on http://' "$WORK/out")"
like "an IPv6 address stands in brackets" '^listening on http://\[::1\]:[1-9][0-9]*$' "$(cat "$WORK/out")"
URL=$(sed -n 's/^listening on \(http.*\)/\1/p' "$WORK/out" | sed -n 2p)
status "it answers over IPv6" 200 -g /healthz
stop_daemon
equal "and ends with exit status 0" 0 "$STATUS"
