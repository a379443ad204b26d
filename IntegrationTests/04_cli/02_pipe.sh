# jitfs pipe: a stream on standard output.
. "$(dirname "$0")/../daemon.sh"
start_daemon --threads 2
export JITFS_URL=$URL
make_instance mine
pipe=/tracing/instances/mine/trace_pipe
mark() { request -d "$1" /tracing/instances/mine/trace_marker; }
pipe() { # OPTION…: in the background, into $WORK/stream
    : >"$WORK/stream"
    "$JITFS" pipe "$@" "$pipe" >"$WORK/stream" 2>"$WORK/stream.err" &
    READER=$!
    ends_with_script "$READER"
    until_true 10 is_read
}
is_read() { request "$pipe?timeout=0" && [ "$STATUS" = 409 ]; }
is_free() { request "$pipe?timeout=0" && [ "$STATUS" = 204 ]; }
streamed() { grep -q "$1" "$WORK/stream"; }

pipe
start=$(milliseconds)
mark first
check "an event is shown when it comes" until_true 5 streamed 'tracing_mark_write: first'
check "at once" test $(($(milliseconds) - start)) -lt 500
mark second
check "and the next" until_true 5 streamed 'tracing_mark_write: second'
output=$(timeout 20 "$JITFS" pipe "$pipe" 2>&1)
equal "a second reader: exit status 1" 1 $?
like "as EBUSY" "^jitfs: $pipe: EBUSY: " "$output"
kill -TERM "$READER"
await_exit "$READER" 5
check "a signal ends it, and frees the pipe" until_true 5 is_free

for i in 1 2 3 4; do mark "number $i"; done
output=$(timeout 20 "$JITFS" pipe --count 2 "$pipe")
equal "--count bounds it" 2 "$(grep -c number <<<"$output")"
output=$(timeout 20 "$JITFS" pipe --json --timeout 0 "$pipe")
equal "--timeout 0 shows what is there: exit status 0" 0 $?
equal "--json is an object a line" 2 "$(grep -c '^{"timestamp_ns":.*number.*}$' <<<"$output")"
output=$(timeout 20 "$JITFS" pipe --timeout 0 "$pipe")
equal "nothing is nothing, and exit status 0" "0 " "$? $output"
start=$(milliseconds)
timeout 20 "$JITFS" pipe --timeout 0.5 "$pipe"
equal "--timeout ends it: exit status 0" 0 $?
check "when it has passed" test $(($(milliseconds) - start)) -ge 500
timeout 20 "$JITFS" pipe --timeout -1 "$pipe" 2>/dev/null
equal "a timeout that cannot be is a usage error" 64 $?
timeout 20 "$JITFS" pipe --count 0 "$pipe" 2>/dev/null
equal "so is a count of none" 64 $?

for i in 1 2 3; do mark "line $i"; done
start=$(milliseconds)
output=$(timeout 20 "$JITFS" pipe "$pipe" | head -1)
like "jitfs pipe … | head -1 shows a line" 'line 1$' "$output"
check "and ends, though nothing more comes" test $(($(milliseconds) - start)) -lt 10000
check "and frees the pipe" until_true 5 is_free
output=$(timeout 20 bash -c 'trap "" PIPE; "$0" pipe "$1" | head -1' "$JITFS" "$pipe" < <(:) & sleep 0.5; mark late; wait)
like "also where SIGPIPE is ignored" 'late$' "$output"
check "and frees the pipe" until_true 5 is_free

pipe
request -X DELETE /tracing/instances/mine
await_exit "$READER" 5
equal "it ends with its instance: exit status 0" 0 "$STATUS"
make_instance mine
pipe
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
await_exit "$READER" 5
equal "and so does its reader" 0 "$STATUS"

start_daemon --threads 2
export JITFS_URL=$URL
make_instance mine
pipe
kill -KILL "$PID"
await_exit "$READER" 5
equal "a daemon that is killed: exit status 1" 1 "$STATUS"
like "and a word about it" "^jitfs: $pipe: ECONNRESET: " "$(cat "$WORK/stream.err")"
