# What the contract promises, once around: make, switch on, mark, read, remove; in JSON and in text.
. "$(dirname "$0")/../daemon.sh"
start_daemon --import-events "$CATALOGUE" --threads 2
text=(-H 'Accept: text/plain')

request /
equal "the root is a listing" 200 "$STATUS"
like "in JSON" '^\{"path":"/","type":"directory","mode":"0755","entries":\[\{"name":"batch","type":"file","mode":"0222"\},\{"name":"debug","type":"directory","mode":"0755"\},\{"name":"healthz","type":"file","mode":"0444"\},' "$BODY"
request "${text[@]}" /
equal "in text, names, directories ending in /" "batch debug/ healthz metrics openapi.yaml pool/ proc/ sys/ tracing/" "$(echo $BODY)"
status "the health can be asked" 200 /healthz
request /openapi.yaml
like "the description is served" '^openapi: 3\.1' "$BODY"

request -d '{"name":"mine"}' -H 'Content-Type: application/json' /tracing/instances
equal "POST on a directory makes an entry: 201" 201 "$STATUS"
equal "and says where" /tracing/instances/mine "$(header location)"
like "and what" '"path":"/tracing/instances/mine","type":"directory"' "$BODY"
status "made again: 409" 409 -d '{"name":"mine"}' /tracing/instances
like "as EEXIST" '"errno":"EEXIST"' "$BODY"
mine=/tracing/instances/mine

request $mine/events/sched/sched_switch/enable
like "a switch is a boolean in JSON" '"value":false\}$' "$BODY"
request "$mine/events/sched/sched_switch/enable?raw"
equal "and 0 in text" 0 "$BODY"
status "PUT switches it on" 200 -X PUT -d 1 $mine/events/sched/sched_switch/enable
like "and answers the new state" '"value":true\}$' "$BODY"
request $mine/events/sched/enable
like "the system's is mixed then: null" '"value":null' "$BODY"
request "${text[@]}" $mine/events/sched/enable
equal "and X in text" X "$BODY"
request "${text[@]}" $mine/set_event
equal "set_event tells it" sched:sched_switch "$BODY"
status "PUT takes JSON as well" 200 -X PUT -H 'Content-Type: application/json' -d '{"value":false}' $mine/events/sched/sched_switch/enable
like "false is off" '"value":false\}$' "$BODY"
status "POST appends to set_event" 200 -d 'sched:sched_waking' $mine/set_event
request "${text[@]}" /tracing/set_event
equal "other instances know nothing of it" "" "$BODY"

status "a marker can be written" 200 -H 'Jitfs-Task: shop-42' -d 'hello, world' $mine/trace_marker
like "the answer says how much" '"written":12\}$' "$BODY"
request $mine/trace
like "the trace has it in JSON" '"entries_in_buffer":1,"entries_written":1,"events":\[\{"timestamp_ns":[0-9]+,"cpu":[01],"pid":42,"comm":"shop","event":"ftrace/print","fields":\{"ip":0,"buf":"hello, world' "$BODY"
request "$mine/trace?format=text"
like "and in ftrace's text" '^ +shop-42 +\[00[01]\] \.+ +[0-9]+\.[0-9]{6}: tracing_mark_write: hello, world$' "$BODY"
like "with the header" '^# entries-in-buffer/entries-written: 1/1 ' "$BODY"
request $mine/trace
like "reading it consumes nothing" 'hello, world' "$BODY"
request "$mine/trace_pipe?timeout=0"
like "the pipe gives it a line" '^\{.*"event":"ftrace/print".*\}$' "$BODY"
equal "as NDJSON" application/x-ndjson "$(header content-type)"
status "and has consumed it" 204 "$mine/trace_pipe?timeout=0"

status "a value can be set" 200 -X PUT -d 512 $mine/buffer_size_kb
request $mine/buffer_size_kb
like "and is a number: as the kernel has it, of whole sub-buffers of 4080 bytes" '"value":513\}$' "$BODY"
status "what is no number is refused" 400 -X PUT -d many $mine/buffer_size_kb
request "${text[@]}" $mine/buffer_size_kb
equal "and leaves the old value" 513 "$BODY"

status "an event can be registered" 200 -d 'u:shop/sold u64 id; char[16] sku' /tracing/dynamic_events
status "the same once more" 200 -d 'u:shop/sold u64 id; char[16] sku' /tracing/dynamic_events
status "other fields under the same name: 409" 409 -d 'u:shop/sold u32 id' /tracing/dynamic_events
status "it can be switched on" 200 -X PUT -d 1 $mine/events/shop/sold/enable
status "written" 200 -d '{"event":"shop/sold","fields":{"id":18446744073709551615,"sku":"a-1"}}' /tracing/user_events_data
request "$mine/trace_pipe?timeout=0"
like "and read, 64-bit numbers included" '"event":"shop/sold","fields":\{"id":18446744073709551615,"sku":"a-1"\}\}$' "$BODY"
request -d '{"event":"shop/sold","fields":{"id":1}}' /tracing/user_events_data
request "$mine/trace_pipe?timeout=0&int64=string"
like "64-bit numbers come as strings where asked" '"timestamp_ns":"[0-9]+".*"id":"1"' "$BODY"
request -d $'{"event":"shop/sold","fields":{"id":1}}\n{"event":"shop/sold","fields":{"idd":2}}\n' /tracing/user_events_data
equal "an unknown field is refused" 400 "$STATUS"
like "with its line, and what was written before" '"line":2,"written":1' "$BODY"
status "an event in use is not removed" 409 -d '-:shop/sold' /tracing/dynamic_events
request -X PUT -d 0 $mine/events/shop/sold/enable
status "one that is not, is" 200 -d '-:shop/sold' /tracing/dynamic_events
status "and is gone" 404 $mine/events/shop/sold/enable

status "an instance is removed" 204 -X DELETE $mine
status "and is gone" 404 $mine/trace
status "with all that was in it" 404 $mine/events/sched/sched_switch/enable
stop_daemon
equal "the daemon ends with exit status 0 after all that" 0 "$STATUS"
