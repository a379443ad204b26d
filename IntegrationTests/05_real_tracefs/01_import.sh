# The events of the kernel that runs here, where it lets us read them.
. "$(dirname "$0")/../daemon.sh"

if [ "${TRACEFS:-}" = '' ]; then
    for directory in /sys/kernel/tracing /sys/kernel/debug/tracing; do
        [ -r "$directory/events/header_page" ] && TRACEFS=$directory && break
    done
fi
if [ "${TRACEFS:-}" = '' ] && [ -z "${IN_NAMESPACE:-}" ] && [ "$(id -u)" = 0 ] &&
    unshare -m sh -c 'mount -t tracefs nodev /sys/kernel/tracing' 2>/dev/null; then
    # Mounted for this script alone, and gone with it.
    IN_NAMESPACE=1 unshare -m sh -c 'mount -t tracefs nodev /sys/kernel/tracing && TRACEFS=/sys/kernel/tracing exec bash "$1"' sh "$0"
    exit
fi
if [ "${TRACEFS:-}" = '' ]; then
    skip "the events of this kernel are imported" "no tracefs can be read here"
    exit 0
fi

start_daemon --import-events "$TRACEFS/events"
# What jitfs has of its own, jitfs/, ramzswap/ and ftrace/, is left out on both sides.
names() { grep / | grep -vxE '(jitfs|ramzswap|ftrace)/' | LC_ALL=C sort; }
request -H 'Accept: text/plain' /tracing/events
equal "as many systems as the kernel has" "$(cd "$TRACEFS/events" && ls -d */ | names | wc -l)" "$(names <<<"$BODY" | wc -l)"
request -H 'Accept: text/plain' '/tracing/events?recursive'
theirs=$(cd "$TRACEFS/events" && printf '%s\n' */*/format | grep -cv '^ftrace/')
equal "as many events" "$theirs" "$(grep '/format$' <<<"$BODY" | grep -cvE '^/tracing/events/(jitfs|ramzswap|ftrace)/')"
equal "every format was understood" "" "$(cat "$WORK/err")"
for event in sched/sched_switch syscalls/sys_enter_openat raw_syscalls/sys_enter; do
    [ -r "$TRACEFS/events/$event/format" ] || continue
    request -H 'Accept: text/plain' "/tracing/events/$event/format"
    equal "the format of $event is the kernel's but for its ID" "$(grep -v '^ID:' "$TRACEFS/events/$event/format")" "$(grep -v '^ID:' <<<"$BODY")"
done
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
