# bound: 300
# The running kernel as a source of events: jitfsd --kernel-events.
. "$(dirname "$0")/../daemon.sh"

if [ "$(id -u)" != 0 ]; then
    skip "the running kernel is a source of events" "it needs root"
    exit 0
fi
if [ -z "${IN_NAMESPACE:-}" ]; then
    # Mounted for this script alone, and gone with it.
    if unshare -m sh -c 'mount -t tracefs nodev /sys/kernel/tracing' 2>/dev/null; then
        IN_NAMESPACE=1 unshare -m sh -c 'mount -t tracefs nodev /sys/kernel/tracing && exec bash "$1"' sh "$0"
        exit
    fi
    skip "the running kernel is a source of events" "no tracefs can be mounted here"
    exit 0
fi
TRACEFS=/sys/kernel/tracing
if ! mkdir "$TRACEFS/instances/jitfs-test-$$" 2>/dev/null; then
    skip "the running kernel is a source of events" "no instance can be made in its tracefs"
    exit 0
fi
OWN=$TRACEFS/instances/jitfs-test-$$

# Nothing of this script stays in the kernel, whatever happens; the daemon's instance goes with the daemon, or here.
clean_kernel() {
    local left
    for left in "${CHILDREN[@]}"; do kill -KILL "$left" 2>/dev/null; done
    wait 2>/dev/null
    for left in "$OWN" ${MINE:-}; do
        [ -d "$left" ] || continue
        echo 0 >"$left/events/enable"
        rmdir "$left"
    done
}
trap 'status=$?; clean_kernel; (exit "$status"); at_end' EXIT

instances() { ls "$TRACEFS/instances" | grep -E "^jitfs-$1-" || true; }
put() { request -X PUT -d "$2" "/tracing/instances/$1"; [ "$STATUS" = 200 ] || not_ok "PUT $1" "$STATUS" "$BODY"; }
text() { request -H 'Accept: text/plain' "$1"; }
lines() { grep -c "$@" <<<"$BODY"; }
# How often the daemon's threads have gone to sleep, but for the one that looks after requests: it wakes once after one.
switches() {
    local thread
    for thread in /proc/"$PID"/task/*; do
        grep -q jitfs-watcher "$thread/comm" || cat "$thread/status"
    done | awk '/^voluntary_ctxt_switches/ { sum += $2 } END { print sum }'
}

# ---------------------------------------------------------------------------------------------- what is refused

run_daemon --listen 127.0.0.1:0 --kernel-events "$TRACEFS"
equal "on TCP without tokens it is refused with status 64" 64 "$STATUS"
like "and says what is missing" '--kernel-events on TCP needs --token-file' "$ERR"
mkdir "$WORK/empty"
run_daemon --unix "$WORK/socket" --kernel-events "$WORK/empty"
equal "where there is no tracefs it ends with status 1" 1 "$STATUS"
like "and says so" 'there is no tracefs' "$ERR"
if command -v setpriv >/dev/null && cp "$JITFSD" "$WORK/jitfsd" 2>/dev/null; then
    chmod 755 "$WORK" "$WORK/jitfsd"
    mkdir -m 777 "$WORK/free"
    ERR=$(cd "$WORK/free" && timeout 20 setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/jitfsd" --unix "$WORK/free/s" --kernel-events "$TRACEFS" 2>&1 >/dev/null)
    equal "without root it ends with status 1" 1 $?
    like "and says that it needs root" 'needs root' "$ERR"
fi
equal "nothing was left in the kernel by those" "jitfs-test-$$" "$(ls "$TRACEFS/instances" | grep "^jitfs-test-$$")"

# ---------------------------------------------------------------------------------------------- events and instances

start_daemon --insecure --kernel-events "$TRACEFS"
MINE=$TRACEFS/instances/$(instances "$PID")
equal "it has one instance in the kernel" 1 "$(instances "$PID" | wc -l)"
equal "whose clock is the monotonic one" mono "$(sed 's/.*\[\(.*\)\].*/\1/' "$MINE/trace_clock")"
text /tracing/available_events
equal "all its events are there" "$(wc -l <"$TRACEFS/available_events")" "$(lines -vE '^(jitfs|ramzswap):')"
equal "there is no thread for it yet" 0 "$(grep -c . "$MINE/set_event")"
threads_idle=$(ls "/proc/$PID/task" | wc -l)

make_instance one
make_instance two
put one/buffer_size_kb 65536
put one/events/sched/sched_switch/enable 1
put two/events/sched/sched_switch/filter 'prev_comm == "kernel_load"'
put two/events/sched/sched_switch/enable 1
put one/events/syscalls/sys_enter_getsid/enable 1
put two/events/syscalls/sys_enter_getsid/enable 1
put two/events/syscalls/sys_enter_getsid/filter 'pid == 3'
equal "what two want is enabled once in the kernel" "sched:sched_switch syscalls:sys_enter_getsid" "$(sort "$MINE/set_event" | xargs)"
equal "a thread reads its buffers" $((threads_idle + 1)) "$(ls "/proc/$PID/task" | wc -l)"

cat >"$WORK/load.py" <<'END'
# Makes so many system calls, of which each tenth asks for session 3, and prints its pid, its CPUs and its times.
import ctypes, os, sys, time
libc = ctypes.CDLL(None)
libc.prctl(15, b"kernel_load", 0, 0, 0)
getsid = libc.getsid
start = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
for number in range(int(sys.argv[1])):
    getsid(3 if number % 10 == 0 else 0)
    if number % 50 == 0: time.sleep(0.0005)
end = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
print(os.getpid(), start, end)
END
read -r load_pid load_start load_end < <(python3 "$WORK/load.py" 1000)
request "/tracing/instances/one/trace"
printf '%s' "$BODY" >"$WORK/one.json"
request "/tracing/instances/two/trace"
printf '%s' "$BODY" >"$WORK/two.json"
python3 - "$WORK/one.json" "$WORK/two.json" "$load_pid" "$load_start" "$load_end" >"$WORK/judged" <<'END'
import json, os, sys
one, two = (json.load(open(name))["events"] for name in sys.argv[1:3])
pid, start, end = map(int, sys.argv[3:6])
def say(name, good, what=""): print("ok" if good else "no", name, "|", what)
calls = [e for e in one if e.get("event") == "syscalls/sys_enter_getsid" and e["pid"] == pid]
say("every system call is there, once", len(calls) == 1000, len(calls))
say("in its order, by its argument", [e["fields"]["pid"] for e in calls] == [3 if n % 10 == 0 else 0 for n in range(1000)])
say("with the name of its task", {e["comm"] for e in calls} == {"kernel_load"}, {e["comm"] for e in calls})
say("with the machine's CPUs", {e["cpu"] for e in calls} <= set(range(os.cpu_count())), {e["cpu"] for e in calls})
say("with times of CLOCK_MONOTONIC, between begin and end", all(start <= e["timestamp_ns"] <= end for e in calls))
switches = [e for e in one if e.get("event") == "sched/sched_switch"]
say("switches are by who was switched from", all(e["pid"] == e["fields"]["prev_pid"] for e in switches), len(switches))
say("and there are some of the load's", sum(e["pid"] == pid for e in switches) >= 15)
say("everything stands in the order of its time", [e["timestamp_ns"] for e in one if "event" in e] == sorted(e["timestamp_ns"] for e in one if "event" in e))
mine = [e for e in two if e.get("event") == "syscalls/sys_enter_getsid" and e["pid"] == pid]
say("another instance has them through its own filter", len(mine) == 100 and {e["fields"]["pid"] for e in mine} == {3}, len(mine))
theirs = [e for e in two if e.get("event") == "sched/sched_switch"]
say("of both events", theirs and all(e["fields"]["prev_comm"] == "kernel_load" for e in theirs), len(theirs))
same = [e for e in switches if e["fields"]["prev_comm"] == "kernel_load"]
say("the same as the first has", [e["timestamp_ns"] for e in same] == [e["timestamp_ns"] for e in theirs])
names = [e["comm"] for e in switches]
say("nearly all tasks have a name", names.count("<...>") * 10 <= len(names), names.count("<...>"))
END
while read -r verdict name; do
    if [ "$verdict" = ok ]; then ok "${name%% |*}"; else not_ok "$name"; fi
done <"$WORK/judged"
equal "all was judged" 12 "$(wc -l <"$WORK/judged")"

run_daemon --listen "127.0.0.1:$PORT" --insecure --kernel-events "$TRACEFS"
equal "one that cannot listen ends with status 1" 1 "$STATUS"
equal "and leaves nothing in the kernel" "${MINE##*/}" "$(instances '[0-9]*')"

# ---------------------------------------------------------------------------------------------- as they come

put one/events/sched/sched_switch/enable 0
put two/events/enable 0
equal "what nobody wants any more is disabled in the kernel" "syscalls:sys_enter_getsid" "$(xargs <"$MINE/set_event")"
put one/trace ''
"${CURL[@]}" -N "$URL/tracing/instances/one/trace_pipe?count=3" >"$WORK/pipe" &
reader=$!
ends_with_script "$reader"
sleep 0.3
python3 "$WORK/load.py" 3 >/dev/null
await_exit "$reader" 10
equal "a reader of trace_pipe gets records as they come" 3 "$(grep -c '"syscalls/sys_enter_getsid"' "$WORK/pipe")"

"${CURL[@]}" -N --max-time 4 "$URL/tracing/instances/one/trace_pipe" >"$WORK/pipe" 2>/dev/null &
reader=$!
ends_with_script "$reader"
sleep 1
before=$(switches)
sleep 2
equal "while nothing happens nobody wakes up, though events are enabled and somebody waits" 0 $(($(switches) - before))
kill "$reader" 2>/dev/null
wait "$reader" 2>/dev/null

# ---------------------------------------------------------------------------------------------- beside the kernel's own instance

put one/trace ''
echo mono >"$OWN/trace_clock"
echo 16384 >"$OWN/buffer_size_kb"
put one/events/syscalls/sys_enter_getsid/enable 0
echo 'pid >= 0' >"$OWN/events/syscalls/sys_enter_getsid/filter"
echo 1 >"$OWN/events/syscalls/sys_enter_getsid/enable"
put one/events/syscalls/sys_enter_getsid/enable 1
read -r load_pid _ _ < <(python3 "$WORK/load.py" 20000)
put one/events/syscalls/sys_enter_getsid/enable 0
echo 0 >"$OWN/events/syscalls/sys_enter_getsid/enable"
text /tracing/instances/one/trace
theirs=$(grep -c -- "-$load_pid .*sys_getsid" "$OWN/trace")
equal "20,000 system calls: as many as the kernel's own instance has" "$theirs" "$(lines -- "-$load_pid .*sys_getsid")"
equal "which is all" 20000 "$theirs"
# Each instance of the kernel's reads the clock and the flags for itself.
calls() { grep -- "-$load_pid .*sys_getsid" | sed 's/ [^ ]* *[0-9]*\.[0-9]*: / /'; }
equal "line for line what the kernel says, but for the time" "" "$(diff <(calls <"$OWN/trace") <(calls <<<"$BODY"))"
equal "with nothing enabled the thread is gone" "$threads_idle" "$(ls "/proc/$PID/task" | wc -l)"

# ---------------------------------------------------------------------------------------------- 200,000 switches

cat >"$WORK/switches.py" <<'END'
# Two processes that hand a byte to and fro: two switches a turn.
import os, sys
down, up = os.pipe(), os.pipe()
os.sched_setaffinity(0, {0})
if os.fork() == 0:
    for _ in range(int(sys.argv[1])): os.write(up[1], os.read(down[0], 1))
    os._exit(0)
for _ in range(int(sys.argv[1])):
    os.write(down[1], b"x"); os.read(up[0], 1)
os.wait()
END
put one/trace ''
put one/events/sched/sched_switch/enable 1
timeout 120 python3 "$WORK/switches.py" 110000
put one/events/sched/sched_switch/enable 0
lost=0 entries=0 overrun=0 dropped=0
for cpu in 0 1; do
    [ -d "$MINE/per_cpu/cpu$cpu" ] || continue
    text "/tracing/instances/one/per_cpu/cpu$cpu/stats"
    entries=$((entries + $(sed -n 's/^entries: //p' <<<"$BODY")))
    overrun=$((overrun + $(sed -n 's/^overrun: //p' <<<"$BODY")))
    dropped=$((dropped + $(sed -n 's/^dropped events: //p' <<<"$BODY")))
done
lost=$(sed -n 's/^overrun: //p' "$MINE"/per_cpu/cpu*/stats | awk '{ sum += $1 } END { print sum }')
echo "# switches: $entries here, $overrun shown as lost, $lost lost by the kernel"
check "200,000 switches come in" test $((entries + overrun)) -ge 200000
request /metrics
check "the counters say the same" test "$(sed -n "s/^jitfs_kernel_records_lost_total //p" <<<"$BODY")" -ge "$overrun"
check "none is lost but by the kernel" test "$overrun" -le "$lost" -a "$dropped" = 0

# ---------------------------------------------------------------------------------------------- the kernel's losses

put one/trace ''
put one/events/sched/sched_switch/enable 0
put one/events/syscalls/sys_enter_getsid/enable 1
# The daemon stands still while more happens than the kernel's buffer holds.
kill -STOP "$PID"
timeout 60 python3 -c 'import os
os.sched_setaffinity(0, {0})
for _ in range(400000): os.getsid(0)'
kill -CONT "$PID"
text /tracing/instances/one/per_cpu/cpu0/stats
lost=$(sed -n 's/^overrun: //p' "$MINE/per_cpu/cpu0/stats")
overrun=$(sed -n 's/^overrun: //p' <<<"$BODY")
entries=$(sed -n 's/^entries: //p' <<<"$BODY")
check "what the kernel could not hold is shown as lost" test "$overrun" -gt 0 -a "$overrun" -le "$lost"
check "lost and recorded are all there was" test $((entries + overrun)) -ge 400000
request "/tracing/instances/one/trace_pipe?count=2000&timeout=0"
like "trace_pipe says so" '^\{"lost":[0-9]+,"cpu":0\}$' "$BODY"
put one/events/syscalls/sys_enter_getsid/enable 0

# ---------------------------------------------------------------------------------------------- the end

sleep 1
before=$(switches)
sleep 2
equal "with nothing enabled it does not wake up" 0 $(($(switches) - before))
put one/events/sched/enable 1
killed=$PID
kill -KILL "$PID"
wait "$PID" 2>/dev/null
equal "one that is killed leaves its instance behind" 1 "$(instances "$killed" | wc -l)"
start_daemon --insecure --kernel-events "$TRACEFS"
MINE=$TRACEFS/instances/$(instances "$PID")
equal "which the next one removes" "" "$(instances "$killed")"
like "and says so" "the kernel instance jitfs-$killed-.* is removed" "$(cat "$WORK/err")"
first=$PID
start_daemon --insecure --kernel-events "$TRACEFS"
equal "one that lives is left alone" 1 "$(instances "$first" | wc -l)"
stop_daemon
equal "SIGTERM ends it with exit status 0" 0 "$STATUS"
equal "and its instance is gone" "" "$(instances "$PID")"
PID=$first
kill -INT "$first"
await_exit "$first" 15
equal "so it is after SIGINT" "0 " "$STATUS $(instances "$first")"
equal "nothing was left that is not ours" "jitfs-test-$$" "$(ls "$TRACEFS/instances" | grep -E "^jitfs-(test-$$|$killed-|$first-)")"
