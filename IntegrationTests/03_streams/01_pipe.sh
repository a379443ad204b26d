# trace_pipe: events as they come, to one reader at a time.
. "$(dirname "$0")/../daemon.sh"
start_daemon --threads 2
make_instance mine
pipe=/tracing/instances/mine/trace_pipe
mark() { request -d "$1" /tracing/instances/mine/trace_marker; }

stream() { # OPTION… TARGET: a reader in the background, its lines in $WORK/stream
    : >"$WORK/stream"
    "${CURL[@]}" -N "${@:1:$#-1}" "$URL${!#}" >"$WORK/stream" 2>/dev/null &
    READER=$!
    ends_with_script "$READER"
}
refused() { request "$pipe?timeout=0" && [ "$STATUS" = 409 ]; }
free() { request "$pipe?timeout=0" && [ "$STATUS" = 204 ]; }
streamed() { grep -q "$1" "$WORK/stream"; }

stream "$pipe"
until_true 5 refused
equal "a second reader: 409" 409 "$STATUS"
like "as EBUSY" '"errno":"EBUSY"' "$BODY"
status "one of a CPU beside the whole is refused as well" 409 "/tracing/instances/mine/per_cpu/cpu0/trace_pipe?timeout=0"
start=$(milliseconds)
mark first
check "a marker comes to the reader" until_true 2 streamed first
check "at once" test $(($(milliseconds) - start)) -lt 500
mark second
check "and the next one" until_true 2 streamed second
equal "a line each" 2 "$(wc -l <"$WORK/stream")"
kill "$READER"
check "a client that is gone frees the pipe" until_true 2 free

status "with timeout=0 an empty pipe is 204" 204 "$pipe?timeout=0"
start=$(milliseconds)
status "a timeout ends it" 200 "$pipe?timeout=0.3"
took=$(($(milliseconds) - start))
check "when it has passed" test $took -ge 300 -a $took -lt 3000
for i in 1 2 3 4 5; do mark "number $i"; done
request "$pipe?count=2"
equal "count bounds it" 2 "$(grep -c number <<<"$BODY")"
request -H 'Accept: text/plain' "$pipe?timeout=0"
equal "the rest is there for the next reader" 3 "$(grep -c 'tracing_mark_write: number' <<<"$BODY")"
request -H 'Accept: text/plain' -I "$pipe"
mark kept
request -I "$pipe"
request "$pipe?timeout=0"
like "HEAD consumes nothing" kept "$BODY"
status "a count of none is refused" 400 "$pipe?count=0"
status "a timeout that is no number, too" 400 "$pipe?timeout=soon"

stream -H 'Accept: text/plain' "$pipe"
until_true 5 refused
mark "as text"
check "text streams as well" until_true 2 streamed 'tracing_mark_write: as text'
request -X DELETE /tracing/instances/mine
equal "an instance with a reader can be removed" 204 "$STATUS"
await_exit "$READER" 5
equal "which ends the stream, whole" 0 "$STATUS"
status "and there is no more of it" 404 "$pipe?timeout=0"
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
