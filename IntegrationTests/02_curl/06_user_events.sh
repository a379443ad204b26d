# Events of a program's own: the kernel's texts, lines and packed records, who is told that they are wanted, and batches.
. "$(dirname "$0")/../daemon.sh"
start_daemon --threads 2
make_instance mine
mine=/tracing/instances/mine
data=/tracing/user_events_data

status "events are defined" 200 -d $'u:shop/order u64 id; char[8] sku; __data_loc char[] note\nu:tick' /tracing/dynamic_events
request "/tracing/user_events_status?raw"
equal "the status is the kernel's text" "shop/order tick  Active: 2 Busy: 0" "$(tr '\n' ' ' <<<"$BODY" | sed 's/ *$//')"
status "flags are refused, as in the kernel" 400 -d 'u:shop/odd:BPF_ITER u64 id' /tracing/dynamic_events

# Who watches is told at once, and again at each change.
curl -q --noproxy '*' -sN --max-time 20 "$URL/tracing/user_events_status?watch" >"$WORK/watched" &
ends_with_script $!
events() { [ "$(grep -c '^data: ' "$WORK/watched")" -ge "$1" ]; }
check "a watch gives the present value" until_true 5 events 1
request -X PUT -d 1 $mine/events/shop/order/enable
check "enabling is told" until_true 5 events 2
like "with the number of instances" '"name":"shop/order","id":[0-9]+,"enabled":1,"used_by":\["ftrace"\]' "$(tail -2 "$WORK/watched")"
request -X PUT -d 1 /tracing/events/shop/order/enable
check "a second instance is told" until_true 5 events 3
request -X PUT -d 0 /tracing/events/shop/order/enable
check "disabling is told" until_true 5 events 4
request -d '-:tick' /tracing/dynamic_events
check "a removal is told" until_true 5 events 5
request "/tracing/user_events_status?raw"
like "the text says who uses it" '^shop/order # Used by ftrace$' "$BODY"
status "what is used is not removed" 409 -d '-:shop/order' /tracing/dynamic_events

# Lines.
good='{"event":"shop/order","fields":{"id":1,"sku":"a","note":"tea"}}'
for bad in '{' '{"event":"shop/order","fields":{"id":"x"}}' '{"event":"shop/order","fields":{"id":[]}}' \
    '{"event":"shop/order","fields":{"sku":7}}' '{"event":"shop/none"}' $'{"event":"shop/order","fields":{"note":"\xff"}}' \
    "{\"event\":\"shop/order\",\"fields\":{\"id\":$(printf '9%.0s' {1..5000})}}" "$(printf '[%.0s' {1..5000})"; do
    printf '%s\n\n%s\n%s\n' "$good" "$good" "$bad" >"$WORK/lines"
    request --data-binary "@$WORK/lines" $data
    equal "a bad line is 400: $(printf %q "${bad:0:50}")" 400 "$STATUS"
    like "with its number, and what was written" '"line":4,"written":2' "$BODY"
done
printf '{"event":"shop/order","fields":{"note":"a\0b"}}' >"$WORK/lines"
request --data-binary "@$WORK/lines" $data
equal "a NUL in a line is 400" 400 "$STATUS"
request "$mine/trace_pipe?timeout=0"
equal "the lines before bad ones are there" 16 "$(grep -c '"id":1,"sku":"a","note":"tea"' <<<"$BODY")"

# Packed records: what the page about them shows.
sed -n '/^```python$/,/^```$/p' "$ROOT/Documentation/UserEvents.md" | sed '1d;$d' >"$WORK/example.py"
check "the example has twenty lines at most, empty ones not counted" [ "$(grep -c . "$WORK/example.py")" -le 20 ]
python3 "$WORK/example.py" "$URL" >"$WORK/example.out" 2>&1 &
example=$!
ends_with_script $example
is_defined() { request "/tracing/user_events_status?raw" && grep -q '^shop/sold' <<<"$BODY"; }
check "the example defines its event" until_true 10 is_defined
check "it waits while nobody wants it" kill -0 $example
request -X PUT -d 1 $mine/events/shop/sold/enable
await_exit $example
equal "and sends once somebody does" 0 "$STATUS"
request "$mine/trace_pipe?timeout=0&raw"
equal "its packed records are recorded" "id=0 note=tea id=1 note=two cups id=2 note=sugar" "$(sed 's/.*sold: //' <<<"$BODY" | tr '\n' ' ' | sed 's/ *$//')"
packed=(-H 'Content-Type: application/vnd.jitfs.events')
printf 'jtev\1\0\0\0\10\0\0\0\377\377\0\0\0\0\0\0' >"$WORK/packed"
request "${packed[@]}" --data-binary "@$WORK/packed" $data
like "an unknown id is refused with record and offset" '"errno":"ENOENT".*"record":1,"offset":12,"written":0' "$BODY"
head -c 15 "$WORK/packed" >"$WORK/cut"
request "${packed[@]}" --data-binary "@$WORK/cut" $data
like "so is a body that ends too soon" '"errno":"EINVAL".*"record":1,"offset":8,"written":0' "$BODY"

# A whole trace set-up in one request.
cat >"$WORK/batch" <<'END'
{"method":"POST","path":"/tracing/instances","body":{"name":"set"}}
{"method":"PUT","path":"/tracing/instances/set/buffer_size_kb","body":64}
{"method":"PUT","path":"/tracing/instances/set/events/shop/order/filter","body":"id > 3"}
{"method":"PUT","path":"/tracing/instances/set/events/shop/order/enable","body":"1\n"}
{"method":"GET","path":"/tracing/instances/set/set_event?raw"}
{"method":"GET","path":"/tracing/instances/set/trace_pipe?timeout=0"}
END
request --data-binary "@$WORK/batch" /batch
equal "a batch is answered" 200 "$STATUS"
equal "as NDJSON" application/x-ndjson "$(header content-type)"
equal "each request by a line" "201 200 200 200 200 400" "$(sed 's/{"status":\([0-9]*\).*/\1/' <<<"$BODY" | tr '\n' ' ' | sed 's/ $//')"
like "what was made says where it is" '"location":"/tracing/instances/set"' "$BODY"
like "text is a string" '^\{"status":200,"body":"shop:order\\n"\}$' "$BODY"
request --data-binary "@$WORK/batch" "/batch?stop_on_error"
equal "stop_on_error stops at the first refusal" 1 "$(grep -c . <<<"$BODY")"
like "which is a problem" '^\{"status":409,"problem":\{.*"errno":"EEXIST"' "$BODY"
printf '{"method":"DELETE","path":"/tracing/instances/set"}\n{"method":"MOVE","path":"/"}\n' >"$WORK/batch"
request --data-binary "@$WORK/batch" /batch
like "a line that is no request refuses all" '"status":400.*"line":2,"written":0' "$BODY"
status "and nothing was done" 200 /tracing/instances/set
stop_daemon
equal "the daemon ends with exit status 0 after all that" 0 "$STATUS"
