# What the kernel's own tests of histograms do (tools/testing/selftests/ftrace/test.d/trigger), with the kernel's events.
. "$(dirname "$0")/../daemon.sh"
start_daemon --import-events "$CATALOGUE" --threads 2
text=(-H 'Accept: text/plain')
T=/tracing
make_instance k
I=$T/instances/k
fork=$I/events/sched/sched_process_fork
send() { request -H 'Content-Type: application/x-ndjson' -H 'Jitfs-Task: bash-100' -d "$1" $T/user_events_data; }
forks() {
    for child in 201 202 203; do
        send '{"event":"sched/sched_process_fork","fields":{"parent_comm":"bash","parent_pid":100,"child_comm":"bash","child_pid":'$child'}}'
    done
}
reset() { request -X PUT -d '' "$1/trigger"; }

status "a histogram" 200 -X PUT -d 'hist:keys=parent_pid:vals=child_pid' $fork/trigger
forks
request "${text[@]}" $fork/hist
like "counts and sums" '^\{ parent_pid:        100 \} hitcount:          3  child_pid:        606$' "$BODY"
status "compound keys" 200 -X PUT -d 'hist:keys=parent_pid,child_pid' $fork/trigger
forks
request "${text[@]}" $fork/hist
like "are shown with a comma" '^\{ parent_pid:.*, child_pid:        203 \}' "$BODY"
status "a text as the key" 200 -X PUT -d 'hist:keys=parent_comm' $fork/trigger
forks
request "${text[@]}" $fork/hist
like "is shown as it is" '^\{ parent_comm: bash +\} hitcount:          3$' "$BODY"
status "sorted by a key" 200 -X PUT -d 'hist:keys=parent_pid,child_pid:sort=child_pid.descending' $fork/trigger
forks
request "${text[@]}" $fork/hist
equal "from the largest" "203 202 201 " "$(grep -o 'child_pid:  *[0-9]*' <<<"$BODY" | grep -o '[0-9]*$' | tr '\n' ' ')"
status "several histograms" 200 -X PUT -d 'hist:keys=parent_pid:vals=child_pid' $fork/trigger
status "of one event" 200 -d 'hist:keys=parent_comm:vals=child_pid' $fork/trigger
request "${text[@]}" $fork/hist
equal "stand below each other" 2 "$(grep -c '^# trigger info' <<<"$BODY")"
reset $fork

status "a name" 200 -X PUT -d 'hist:name=test_hist:keys=common_pid' $fork/trigger
status "shares a histogram" 200 -X PUT -d 'hist:name=test_hist:keys=common_pid' $I/events/sched/sched_process_exit/trigger
forks
send '{"event":"sched/sched_process_exit","fields":{"comm":"bash","pid":100}}'
request "${text[@]}" $fork/hist
one=$BODY
request "${text[@]}" $I/events/sched/sched_process_exit/hist
equal "of two events" "$one" "$BODY"
like "with the hits of both" 'hitcount:          4$' "$BODY"
reset $fork
reset $I/events/sched/sched_process_exit

for modifier in 'common_pid.execname/common_pid: bash  ' 'parent_pid.hex/parent_pid: 64 \}'; do
    status "the modifier ${modifier%%/*}" 200 -X PUT -d "hist:keys=${modifier%%/*}" $fork/trigger
    forks
    request "${text[@]}" $fork/hist
    like "shows its kind" "^\\{ ${modifier#*/}" "$BODY"
done
reset $fork
status "a system call" 200 -X PUT -d 'hist:keys=id.syscall' $I/events/raw_syscalls/sys_exit/trigger
send '{"event":"raw_syscalls/sys_exit","fields":{"id":3,"ret":0}}'
request "${text[@]}" $I/events/raw_syscalls/sys_exit/hist
like "is a number here" '^\{ id: unknown_syscall +\[  3\] \}' "$BODY"
status "powers of two" 200 -X PUT -d 'hist:keys=bytes_req.log2' $I/events/kmem/kmalloc/trigger
send '{"event":"kmem/kmalloc","fields":{"bytes_req":100,"bytes_alloc":128}}'
request "${text[@]}" $I/events/kmem/kmalloc/hist
like "are the next larger" '^\{ bytes_req: ~ 2\^7  \}' "$BODY"
reset $I/events/kmem/kmalloc
for text_of_error in 'hist:keys=common_pid:vals=bytes_req:sort=common_pid,junk/Sort field must be a key or a val' \
    'hist:keys=common_pid:vals=bytes_req:sort=/Empty assignment' \
    'hist:keys=common_pid:vals=bytes_req:sort=common_pid,/Empty sort field' \
    'hist:keys=common_pid:vals=bytes_req:sort=common_pid.junk/Invalid sort modifier' \
    'hist:keys=common_pid:vals=bytes_req,bytes_alloc:sort=common_pid,bytes_req,bytes_alloc/Too many sort fields \(Max = 2\)'; do
    status "a wrong line" 400 -d "${text_of_error%%/*}" $I/events/kmem/kmalloc/trigger
    request "${text[@]}" $I/error_log
    like "is in the log: ${text_of_error#*/}" "^\\[ *[0-9.]+\\] hist:kmem:kmalloc: error: ${text_of_error#*/}\$" "$BODY"
done

status "a histogram of markers" 200 -d 'hist:keys=common_pid' $I/events/ftrace/print/trigger
for _ in 1 2 3 4 5 6 7 8 9 10; do request -d hello -H 'Jitfs-Task: bash-100' $I/trace_marker; done
request "${text[@]}" $I/events/ftrace/print/hist
like "counts them" 'hitcount: *10$' "$BODY"

# The latency from waking to running, as Documentation/trace/histogram.rst has it.
status "a synthetic event" 200 -X PUT -d 'wakeup_latency u64 lat; pid_t pid; int prio; char comm[16]' $T/synthetic_events
status "when a task is woken" 200 -X PUT -d 'hist:keys=comm:ts0=common_timestamp.usecs if comm=="ping"' $I/events/sched/sched_waking/trigger
status "and when it runs" 200 -X PUT \
    -d 'hist:keys=next_comm:wakeup_lat=common_timestamp.usecs-$ts0:onmatch(sched.sched_waking).wakeup_latency($wakeup_lat,next_pid,sched.sched_waking.prio,next_comm):onmax($wakeup_lat).save(next_comm,prev_pid,prev_prio,prev_comm) if next_comm=="ping"' \
    $I/events/sched/sched_switch/trigger
status "the histogram of that" 200 -X PUT -d 'hist:keys=pid,prio,comm:vals=lat:sort=pid,prio' $I/events/synthetic/wakeup_latency/trigger
request "${text[@]}" $I/events/sched/sched_waking/hist
like "a histogram keeps the priority" 'synthetic_prio=prio' "$BODY"
for wake in 1000000 2000000; do
    send '{"event":"sched/sched_waking","timestamp_ns":'$wake',"fields":{"comm":"ping","pid":7,"prio":120,"target_cpu":1}}'
    send '{"event":"sched/sched_switch","timestamp_ns":'$((wake + wake / 100))',"fields":{"prev_comm":"swapper","prev_pid":0,"prev_prio":120,"next_comm":"ping","next_pid":7,"next_prio":120}}'
done
request "${text[@]}" $I/events/synthetic/wakeup_latency/hist
like "two wake-ups of 10 and 20 microseconds" '^\{ pid:          7, prio:        120, comm: ping +\} hitcount:          2  lat:         30$' "$BODY"
request "${text[@]}" $I/events/sched/sched_switch/hist
like "and the longer one" $'^\tmax:         20  next_comm: ping +  prev_pid:          0  prev_prio:        120  prev_comm: swapper +$' "$BODY"
status "without it" 200 -X PUT -d '' $I/events/sched/sched_switch/trigger
request "${text[@]}" $I/events/sched/sched_waking/hist
unlike "the helper is gone too" 'synthetic_prio' "$BODY"
