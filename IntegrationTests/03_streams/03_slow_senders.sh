# Who sends a byte a second is cut, in the head and in the body; who waits for events is not.
. "$(dirname "$0")/../daemon.sh"
start_daemon --limit request_seconds=2

# Sends the rest of what is given a byte a second, and tells after how many seconds the server had enough.
drip() { # NAME HEAD REST
    local name=$1 start now descriptor
    exec {descriptor}<>"/dev/tcp/127.0.0.1/$PORT"
    printf %b "$2" >&"$descriptor"
    start=$(milliseconds)
    (
        trap '' PIPE
        for ((i = 0; i < ${#3}; i++)); do
            printf %s "${3:i:1}" >&"$descriptor" || exit
            sleep 1
        done
    ) 2>/dev/null &
    local sender=$!
    ends_with_script "$sender"
    timeout 12 cat <&"$descriptor" >"$WORK/answer" 2>/dev/null
    local status=$?
    now=$(($(milliseconds) - start))
    kill "$sender" 2>/dev/null
    wait "$sender" 2>/dev/null
    exec {descriptor}>&-
    if [ $status != 124 ] && [ $now -ge 1900 ] && [ $now -lt 8000 ] && ! grep -q '^HTTP/1.1 2' "$WORK/answer"; then
        ok "$name ($now ms)"
    else
        not_ok "$name" "after $now ms, status $status" "$(cat "$WORK/answer")"
    fi
}
forever=$(printf 'x%.0s' {1..30})
drip "a request's line a byte a second is cut" 'GET /' "$forever"
drip "so is a header" 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ' "$forever"
drip "so is a body" 'PUT /tracing/tracing_on HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30\r\n\r\n' "$forever"
drip "so is one in chunks" 'PUT /tracing/tracing_on HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n' "$forever"
drip "so is a connection on which nothing comes" '' ''

"${CURL[@]}" -N "$URL/tracing/trace_pipe" >"$WORK/stream" 2>/dev/null &
reader=$!
ends_with_script "$reader"
sleep 5
check "a stream with nothing in it is not" kill -0 "$reader"
request -d 'still here' /tracing/trace_marker
check "and gets what comes later" until_true 2 grep -q 'still here' "$WORK/stream"
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
