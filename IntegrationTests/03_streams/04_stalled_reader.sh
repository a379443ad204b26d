# A reader that stops reading costs what one buffer costs, however much is written.
. "$(dirname "$0")/../daemon.sh"
start_daemon --threads 2
make_instance mine
request -X PUT -d 1024 /tracing/instances/mine/buffer_size_kb
request -d 'u:shop/sold u64 id; char[200] note' /tracing/dynamic_events
request -X PUT -d 1 /tracing/instances/mine/events/shop/sold/enable
note=$(printf 'n%.0s' {1..199})
for i in $(seq 5000); do printf '{"event":"shop/sold","fields":{"id":%d,"note":"%s"}}\n' "$i" "$note"; done >"$WORK/events"
write() { # TIMES: about 1.1 MiB of records each
    for _ in $(seq "$1"); do
        request -H 'Expect:' --data-binary "@$WORK/events" /tracing/user_events_data
        [ "$STATUS" = 200 ] || return 1
    done
}
check "the buffer is filled" write 5

exec {stalled}<>"/dev/tcp/127.0.0.1/$PORT"
printf 'GET /tracing/instances/mine/trace_pipe HTTP/1.1\r\nHost: localhost\r\n\r\n' >&"$stalled"
is_read() { request "/tracing/instances/mine/trace_pipe?timeout=0" && [ "$STATUS" = 409 ]; }
check "somebody reads, and stops reading" until_true 5 is_read
check "more is written" write 10
before=$(resident "$PID")
check "and twice as much again" write 20
after=$(resident "$PID")
check "its memory is what it was ($before KiB, then $after KiB)" test $((after - before)) -lt 2048
status "others are answered meanwhile" 200 /healthz
exec {stalled}>&-
is_free() { request "/tracing/instances/mine/trace_pipe?count=1" && [ "$STATUS" = 200 ]; }
check "once it has gone, the pipe is free" until_true 5 is_free

exec {stalled}<>"/dev/tcp/127.0.0.1/$PORT"
printf 'GET /tracing/instances/mine/trace_pipe HTTP/1.1\r\nHost: localhost\r\n\r\n' >&"$stalled"
check "with another one stalled" until_true 5 is_read
start=$(milliseconds)
stop_daemon
took=$(($(milliseconds) - start))
equal "SIGTERM ends it with exit status 0" 0 "$STATUS"
check "within seconds ($took ms)" test $took -lt 8000
