# An address that other machines can reach: with tokens, or because it is meant.
. "$(dirname "$0")/../daemon.sh"

start_exactly --listen 0.0.0.0:0 --insecure
like "--insecure says that it is meant" '^listening on http://0\.0\.0\.0:[1-9]' "$(cat "$WORK/out")"
URL=http://127.0.0.1:$PORT
status "and it answers without a token" 200 /tracing
status "whatever the Host is" 200 -H 'Host: tracer.example' /tracing
stop_daemon

printf 'read %s\n' "$(printf secret | sha256sum | cut -c1-64)" >"$WORK/tokens"
start_exactly --listen 0.0.0.0:0 --token-file "$WORK/tokens"
URL=http://127.0.0.1:$PORT
status "with tokens it wants one" 401 /tracing
status "and takes it" 200 -H 'Authorization: Bearer secret' /tracing
stop_daemon
equal "both end with exit status 0" 0 "$STATUS"
