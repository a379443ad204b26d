# bound: 120
# A real instance of the kernel's tracefs, made, filled, read and removed through /host.
. "$(dirname "$0")/../daemon.sh"

if [ "$(id -u)" != 0 ]; then
    skip "an instance of the kernel is made" "it needs root"
    exit 0
fi
if [ -z "${IN_NAMESPACE:-}" ]; then
    # Mounted for this script alone, and gone with it.
    if unshare -m sh -c 'mount -t tracefs nodev /sys/kernel/tracing' 2>/dev/null; then
        IN_NAMESPACE=1 unshare -m sh -c 'mount -t tracefs nodev /sys/kernel/tracing && exec bash "$1"' sh "$0"
        exit
    fi
    skip "an instance of the kernel is made" "no tracefs can be mounted here"
    exit 0
fi
TRACEFS=/sys/kernel/tracing
NAME=jitfs-host-$$
if ! mkdir "$TRACEFS/instances/$NAME-try" 2>/dev/null; then
    skip "an instance of the kernel is made" "no instance can be made in its tracefs"
    exit 0
fi
rmdir "$TRACEFS/instances/$NAME-try"
clean_kernel() {
    local left
    for left in "${CHILDREN[@]}"; do kill -KILL "$left" 2>/dev/null; done
    wait 2>/dev/null
    [ -d "$TRACEFS/instances/$NAME" ] || return
    echo 0 >"$TRACEFS/instances/$NAME/events/enable"
    rmdir "$TRACEFS/instances/$NAME"
}
trap 'status=$?; clean_kernel; (exit "$status"); at_end' EXIT

# One server thread: whatever waits in it would keep everybody waiting.
start_daemon --insecure --threads 1 --host "tracing=$TRACEFS:rw"
T=/host/tracing/instances/$NAME
status "POST makes an instance in the kernel" 201 -d "{\"name\":\"$NAME\"}" /host/tracing/instances
check "which is there" test -f "$TRACEFS/instances/$NAME/trace_pipe"
status "a second one of the name is EEXIST" 409 -d "{\"name\":\"$NAME\"}" /host/tracing/instances
status "an event is enabled" 200 -X PUT -d 1 "$T/events/syscalls/sys_enter_getsid/enable"
equal "in the kernel" 1 "$(cat "$TRACEFS/instances/$NAME/events/syscalls/sys_enter_getsid/enable")"
like "and the answer is the new state" '"value":"1"' "$BODY"
status "a bad filter is the kernel's own refusal" 400 -X PUT -d 'nonsense ==' "$T/events/syscalls/sys_enter_getsid/filter"
like "with its errno" '"errno":"EINVAL"' "$BODY"
status "a marker is taken" 200 -d 'hello from afar' "$T/trace_marker"
request "$T/trace?raw"
like "and stands in the trace" 'tracing_mark_write: hello from afar' "$BODY"
status "a truncation empties it" 200 -X PUT --data-binary '' "$T/trace"
status "an empty pipe is 204 for who does not wait" 204 "$T/trace_pipe?timeout=0"

"${CURL[@]}" -N "$URL$T/trace_pipe?count=5" >"$WORK/pipe" &
reader=$!
ends_with_script "$reader"
sleep 0.3
request "$T/trace_pipe"
equal "the kernel has one reader at a time" 409 "$STATUS"
for number in 1 2 3 4 5 6 7; do
    status "while a stream waits others are answered: $number" 200 /healthz
    request -d "line $number" "$T/trace_marker"
done
await_exit "$reader" 10
equal "the stream ends after as many lines as it was asked for" 0 "$STATUS"
equal "in their order" "1 2 3 4 5" "$(sed -n 's/.*tracing_mark_write: line \([0-9]\)"}$/\1/p' "$WORK/pipe" | xargs)"
request "$T/trace_pipe?timeout=0&raw"
equal "and has taken no more" "6 7" "$(sed -n 's/.*tracing_mark_write: line //p' <<<"$BODY" | xargs)"

"${CURL[@]}" -N "$URL$T/per_cpu/cpu0/trace_pipe?count=1" >"$WORK/pipe" &
reader=$!
ends_with_script "$reader"
sleep 0.3
status "an event" 200 -X PUT -d 1 "$T/events/syscalls/sys_enter_getsid/enable"
taskset -c 0 python3 -c 'import os; os.getsid(0)'
await_exit "$reader" 10
equal "the pipe of one CPU gives its first record at once" "0 1" "$STATUS $(grep -c sys_getsid "$WORK/pipe")"

"${CURL[@]}" -N "$URL$T/trace_pipe" >"$WORK/pipe" 2>/dev/null &
reader=$!
ends_with_script "$reader"
sleep 0.5
status "the kernel does not remove what is read" 409 -X DELETE "$T"
kill "$reader"
wait "$reader" 2>/dev/null
status "events off" 200 -X PUT -d 0 "$T/events/enable"
removed() { request -X DELETE "$T"; [ "$STATUS" = 204 ]; }
check "DELETE removes the instance when nobody reads any more" until_true 5 removed
check "from the kernel" test ! -e "$TRACEFS/instances/$NAME"
status "and it is not there any more" 404 "$T"

"${CURL[@]}" -N "$URL/host/tracing/trace_pipe" >/dev/null 2>&1 &
reader=$!
ends_with_script "$reader"
sleep 0.3
stop_daemon
equal "with a stream open it stops clean" 0 "$STATUS"
