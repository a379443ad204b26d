# What a slow reader of jitfs' output has not read waits in the daemon's buffer, not in jitfs.
. "$(dirname "$0")/../daemon.sh"
start_daemon --threads 2
export JITFS_URL=$URL
make_instance mine
request -d 'u:shop/sold u64 id; char[200] note' /tracing/dynamic_events
request -X PUT -d 1 /tracing/instances/mine/events/shop/sold/enable
note=$(printf 'n%.0s' {1..199})
for i in $(seq 5000); do printf '{"event":"shop/sold","fields":{"id":%d,"note":"%s"}}\n' "$i" "$note"; done >"$WORK/events"

mkfifo "$WORK/fifo"
"$JITFS" pipe --json /tracing/instances/mine/trace_pipe >"$WORK/fifo" &
reader=$!
ends_with_script "$reader"
exec {fifo}<"$WORK/fifo"
is_read() { request "/tracing/instances/mine/trace_pipe?timeout=0" && [ "$STATUS" = 409 ]; }
until_true 10 is_read
write() { for _ in $(seq "$1"); do request -H 'Expect:' --data-binary "@$WORK/events" /tracing/user_events_data; done; }
write 10
before=$(resident "$reader")
write 30
after=$(resident "$reader")
check "its memory is what it was ($before KiB, then $after KiB)" test $((after - before)) -lt 8192
timeout 5 head -c 4000000 <&"$fifo" >"$WORK/read"
equal "once somebody reads, it goes on" 4000000 "$(wc -c <"$WORK/read")"
equal "whole lines, one after the other" 0 "$(head -n -1 "$WORK/read" | grep -vcE '^\{("timestamp_ns":.*"note":"n*"\}|"lost":.*)\}$')"
exec {fifo}<&-
await_exit "$reader" 10
equal "and it ends when nobody reads any more, of SIGPIPE" 141 "$STATUS"
