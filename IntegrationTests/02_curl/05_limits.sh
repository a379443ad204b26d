# Limits: what is beyond one is refused with the limit's name, and what goes makes room again.
. "$(dirname "$0")/../daemon.sh"
start_daemon --threads 2 --limit connections=2 --limit streams=1 --limit instances=2 --limit nodes=64 --limit events=30

refused() { # NAME STATUS ERRNO REASON CURL…
    local name=$1 expected=$2 errno=$3 reason=$4
    shift 4
    request "$@"
    if [ "$STATUS" = "$expected" ] && grep -q "\"detail\":\"[^\"]*$reason[^\"]*\",\"errno\":\"$errno\"" <<<"$BODY"; then
        ok "$name"
    else
        not_ok "$name" "expected $expected $errno $reason, got $STATUS for: $*" "$BODY"
    fi
}

make_instance a
make_instance b
refused "an instance too many: 503" 503 ENFILE 'the limit instances' -d '{"name":"c"}' /tracing/instances
like "with a hint when to come again" '^[0-9]+$' "$(header retry-after)"
request -X DELETE /tracing/instances/b
status "one that goes makes room" 201 -d '{"name":"c"}' /tracing/instances

for i in $(seq 40); do echo "u:l/e$i u64 a"; done >"$WORK/events"
refused "an event too many: 503" 503 ENFILE 'the limit events' --data-binary "@$WORK/events" /tracing/dynamic_events
like "with its line, and what came before it" '"line":[0-9]+,"written":[0-9]+\}$' "$BODY"
for i in $(seq 60); do request "/tracing/instances/a/events/l/e$((i % 20 + 1))/enable"; done
request '/sys/fs/jitfs/nodes_live?raw'
check "the nodes stay within theirs" test "$BODY" -le 64

exec {one}<>"/dev/tcp/127.0.0.1/$PORT" {two}<>"/dev/tcp/127.0.0.1/$PORT"
is_full() { request /healthz && [ "$STATUS" = 503 ]; }
until_true 5 is_full
equal "a connection too many is answered: 503" 503 "$STATUS"
like "as EMFILE" '"errno":"EMFILE"' "$BODY"
exec {one}>&- {two}>&-
is_well() { request /healthz && [ "$STATUS" = 200 ]; }
check "one that goes makes room" until_true 5 is_well

"${CURL[@]}" -N "$URL/tracing/instances/a/trace_pipe" >/dev/null 2>&1 &
reader=$!
ends_with_script $reader
is_streaming() { request '/tracing/instances/a/trace_pipe?timeout=0' && [ "$STATUS" != 204 ]; }
until_true 5 is_streaming
refused "a stream too many: 503" 503 EMFILE 'streams' /tracing/instances/c/trace_pipe
kill $reader
is_quiet() { request '/tracing/instances/c/trace_pipe?timeout=0' && [ "$STATUS" = 204 ]; }
check "one that goes makes room" until_true 5 is_quiet
printf 'X-Long: %s' "$(head -c 30000 /dev/zero | tr '\0' y)" >"$WORK/header"
status "a header that is too long: 431" 431 -H "@$WORK/header" /healthz
stop_daemon

start_daemon --threads 2 --limit buffers_bytes=4M
make_instance a
status "a marker for which there is room" 200 -d mark /tracing/trace_marker
refused "one for which there is none: 507" 507 ENOMEM 'the limit buffers_bytes' -d mark /tracing/instances/a/trace_marker
refused "a buffer for which there is none" 507 ENOMEM 'the limit buffers_bytes' -X PUT -d 100000000 /tracing/buffer_size_kb
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
