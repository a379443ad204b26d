# bound: 170
# trace.dat as trace-cmd reads it: every event, every field and every nanosecond as in our own JSON.
. "$(dirname "$0")/../daemon.sh"
"$ROOT/scripts/packages" trace-cmd >"$WORK/packages" 2>&1 || cat "$WORK/packages"
start_daemon --threads 2 --import-events "$CATALOGUE"
HERE=$ROOT/IntegrationTests/10_formats

request -d 'u:shop/order u64 id; s32 qty; char[16] sku; __data_loc char[] note' /tracing/dynamic_events
make_instance checkout
I=/tracing/instances/checkout
request -X PUT -d 3200 "$I/buffer_size_kb"
request -X PUT -d 1 "$I/events/shop/order/enable"
request -X PUT -d 1 "$I/events/sched/sched_switch/enable"

# 160,000 events on two lanes: more than there is room for. Some come half a second late, some at the same time.
python3 "$HERE/orders.py" 160000 >"$WORK/orders"
split -C 4000000 "$WORK/orders" "$WORK/orders."
for part in "$WORK"/orders.??; do
    status "events are posted: $(wc -l <"$part")" 200 --data-binary "@$part" /tracing/user_events_data
done
request -X PUT -d 0 "$I/tracing_on"

status "the file" 200 "$I/trace?format=dat"
length=$(header content-length)
"${CURL[@]}" -o "$WORK/dat" "$URL$I/trace?format=dat"
equal "is as long as it says" "$length" "$(stat -c %s "$WORK/dat")"
equal "and is called what it is" application/vnd.jitfs.trace-dat "$(header content-type)"
request --head "$I/trace?format=dat"
equal "HEAD says the same" "200 $length" "$STATUS $(header content-length)"
"${CURL[@]}" -o "$WORK/json" "$URL$I/trace"
check "trace-cmd reads it" sh -c 'trace-cmd report -t -i "$1" >"$2" 2>"$3"' sh "$WORK/dat" "$WORK/report" "$WORK/said"
like "its summary is right" '^equal: 1[0-9]{5} events on 2 CPUs, [1-9][0-9]* lost$' \
    "$(python3 "$HERE/compare_report.py" "$WORK/report" "$WORK/json" 2>&1)"
unlike "it complains of nothing" 'error|fail|bad|truncated|unknown' "$(cat "$WORK/said")"
"${CURL[@]}" -o "$WORK/one" "$URL$I/per_cpu/cpu1/trace?format=dat&event=shop/*&count=5"
equal "five events of one lane" 5 "$(trace-cmd report -i "$WORK/one" 2>/dev/null | grep -c '\[001\].* order: ')"
check "trace-cmd hist reads it" sh -c 'trace-cmd hist -i "$1" 2>&1 | grep -q order' sh "$WORK/dat"
check "trace-cmd dump reads it" sh -c 'trace-cmd dump --summary -i "$1" 2>&1 | grep -q "\[Flyrecord tracing data\]"' sh "$WORK/dat"
like "its clock is known" '\[local\]' "$(trace-cmd dump --options -i "$WORK/dat" 2>&1)"
# Its filters take all numbers for unsigned ones.
equal "trace-cmd filters by fields" "$(grep -c 'order: .* qty=50 ' "$WORK/report")" \
    "$(trace-cmd report -F 'order: qty == 50' -i "$WORK/dat" 2>/dev/null | grep -c ' order: ')"

# Several instances in one file.
make_instance second
request -X PUT -H 'Jitfs-Task: till 7-77' -d 'a marker' /tracing/instances/second/trace_marker
request -X PUT -d 'of the top' /tracing/trace_marker
"${CURL[@]}" -D "$WORK/headers" -o "$WORK/all" "$URL/tracing?format=dat"
trace-cmd report -i "$WORK/all" >"$WORK/report" 2>&1
like "the top instance is there" 'print: .*of the top' "$(grep 'of the top' "$WORK/report")"
like "another has its name and its task" '^ *second: +till 7-77 .*print: .*a marker' "$(grep 'a marker' "$WORK/report")"
equal "and the large one is whole" "$(grep -o '"event":"' "$WORK/json" | wc -l)" "$(grep -cE ' (order|sched_switch): ' "$WORK/report")"

status "what does not go with it is refused" 400 '/tracing?format=dat&limit=3'
status "and there is no such form elsewhere" 400 '/tracing/instances?format=dat'
status "Accept asks for it too" 200 -H 'Accept: application/vnd.jitfs.trace-dat' "$I/trace"
status "a wrong pattern is refused" 400 "$I/trace?format=dat&event=a/b/c"
like "by the parameter's name" 'the parameter \\"event\\"' "$BODY"
status "a wrong time too" 400 "$I/trace?since=-1"
like "by its name" 'the parameter \\"since\\"' "$BODY"

# While writers are at it the file is as long as announced, and what went is marked as lost.
request -X PUT -d 1 "$I/tracing_on"
"${CURL[@]}" --data-binary "@$WORK/orders.aa" -o "$WORK/body" "$URL/tracing/user_events_data" &
writer=$!
status "a file while events come" 200 "$I/trace?format=dat"
"${CURL[@]}" -o "$WORK/live" "$URL$I/trace?format=dat"
wait "$writer"
check "is read" sh -c 'trace-cmd report -i "$1" >/dev/null' sh "$WORK/live"

request -X PUT -d counter "$I/trace_clock"
request -X PUT -d 'B|1|x' "$I/trace_marker"
"${CURL[@]}" -o "$WORK/counter" "$URL$I/trace?format=dat"
like "a clock that counts is shown as it is" '\[00.\] +[0-9]+: print' "$(trace-cmd report -i "$WORK/counter" 2>&1)"
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
