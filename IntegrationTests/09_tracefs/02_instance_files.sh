#!/bin/bash
# The files of an instance, from outside: options, tasks, lanes, sub-buffers, snapshots, watching.
. "$(dirname "$0")/../daemon.sh"

start_daemon --import-events "$ROOT/Tests/Resources/jit.events"
make_instance demo
D=/tracing/instances/demo
text() { request -H 'Accept: text/plain' "$1"; }
ping() { request -H 'Jitfs-Task: pinger-77' -d '{"event":"jit/ping","fields":{"a":1}}' /tracing/user_events_data; }

# Options
status "an option is set by its name" 200 -d raw $D/trace_options
text $D/options/raw
equal "and its file shows it" 1 "$BODY"
status "one that is none is refused" 400 -d bogus $D/trace_options
status "off again" 200 -X PUT -d 0 $D/options/raw
text $D/trace_options
like "the list has them all" '^nopause-on-trace$' "$BODY"
status "without markers there are none" 200 -X PUT -d nomarkers $D/trace_options
status "and a marker is EINVAL" 400 -d x $D/trace_marker
status "with them there are" 200 -X PUT -d markers $D/trace_options

# Tasks
status "an event is on" 200 -X PUT -d 1 $D/events/jit/ping/enable
status "one task is asked for" 200 -X PUT -d 78 $D/set_event_pid
ping
text $D/trace
like "another's record is not there" 'entries-written: 0/0 ' "$BODY"
status "it is asked for too" 200 -d 77 $D/set_event_pid
ping
text $D/trace
like "then it is" ' pinger-77 .* ping: ' "$BODY"
text /tracing/saved_cmdlines
like "its name is known" '^77 pinger$' "$BODY"
status "every task" 200 -X PUT -d '' $D/set_event_pid

# Lanes
status "no CPU takes records" 200 -X PUT -d 0 $D/tracing_cpumask
status "so a marker is refused" 409 -d x $D/trace_marker
like "with EBADF" '"errno":"EBADF"' "$BODY"
status "a CPU that is not there" 400 -X PUT -d 1,00000000,00000000 $D/tracing_cpumask
status "every CPU takes them" 200 -X PUT -d "$(printf '%x' $(((1 << $(nproc)) - 1)))" $D/tracing_cpumask

# Sub-buffers
status "the buffer is cleared" 200 -X PUT -d '' $D/trace
status "sub-buffers of 8 KiB" 200 -X PUT -d 8 $D/buffer_subbuf_size_kb
status "a marker" 200 -d 'in a page' $D/trace_marker
: >"$WORK/pages"
for cpu in $(text $D/per_cpu && echo "$BODY"); do
    "${CURL[@]}" "$URL$D/per_cpu/${cpu}trace_pipe_raw?timeout=0" >>"$WORK/pages"
done
equal "one CPU has one page of 8 KiB" 8192 "$(stat -c %s "$WORK/pages")"
like "with the marker in it" 'in a page' "$(tr '\0' ' ' <"$WORK/pages")"
text $D/trace
like "which is gone from the buffer" 'entries-written: 0/0 ' "$BODY"

# Snapshots
text $D/snapshot
like "there is none" '^# \* Snapshot is freed \*$' "$BODY"
status "a marker" 200 -d then $D/trace_marker
status "a snapshot is taken" 200 -X PUT -d 1 $D/snapshot
status "another marker" 200 -d now $D/trace_marker
text $D/snapshot
like "it holds what was there" ': then$' "$BODY"
unlike "and not what came" ': now$' "$BODY"
text $D/trace
unlike "which went on in the other buffers" ': then$' "$BODY"
request /tracing/instances/demo/snapshot
like "as JSON too" '"allocated":true,"entries_in_buffer":1,' "$BODY"
status "freed" 200 -X PUT -d 0 $D/snapshot
status "a trigger takes one" 200 -d 'snapshot:1' $D/events/jit/ping/trigger
ping
text $D/snapshot
like "of what was there before the event" ': now$' "$BODY"

# Watching
"${CURL[@]}" -N "$URL$D/tracing_on?watch&timeout=10" >"$WORK/watched" 2>/dev/null &
WATCHER=$!
ends_with_script "$WATCHER"
has_lines() { [ "$(grep -c '^data: ' "$WORK/watched")" -ge "$1" ]; }
check "who watches is told the value" until_true 5 has_lines 1
status "it changes" 200 -X PUT -d 0 $D/tracing_on
check "and who watches is told" until_true 5 has_lines 2
like "what it is now" '"value":false\}$' "$(tail -2 "$WORK/watched")"
status "the instance goes" 204 -X DELETE $D
check "and the watch ends" until_true 5 is_gone "$WATCHER"
stop_daemon
equal "the daemon stops cleanly" 0 "$STATUS"
