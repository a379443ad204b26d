# Histograms over HTTP: how long it takes from one event of a program to another, as a histogram of a synthetic event.
. "$(dirname "$0")/../daemon.sh"
start_daemon --import-events "$CATALOGUE" --threads 2
text=(-H 'Accept: text/plain')
T=/tracing
I=$T/instances/shop

status "an instance" 201 -d '{"name":"shop"}' $T/instances
status "two events" 200 -d $'u:kitchen/ordered u32 table; __data_loc char[] dish\nu:kitchen/served u32 table; u32 price' $T/dynamic_events
status "a synthetic event" 200 -d 'waiting u64 us; u32 table; char dish[]; u32 price' $T/synthetic_events
request "${text[@]}" $T/synthetic_events
equal "is listed as the kernel lists it" $'waiting\tu64 us; u32 table; char[] dish; u32 price' "$BODY"
request "${text[@]}" $I/events/synthetic/waiting/format
like "and has a format" $'^\tfield:__data_loc char\\[\\] dish;\toffset:24;\tsize:8;\tsigned:1;$' "$BODY"

status "the first event keeps its time in a variable" 200 -d 'hist:keys=table:ts0=common_timestamp.usecs' $I/events/kitchen/ordered/trigger
status "the second records how long it took" 200 \
    -d 'hist:keys=table:us=common_timestamp.usecs-$ts0:onmatch(kitchen.ordered).waiting($us,table,kitchen.ordered.dish,price)' \
    $I/events/kitchen/served/trigger
request "${text[@]}" $I/events/kitchen/ordered/trigger
like "the dish is kept by a histogram of its own" '^hist:keys=table:vals=hitcount:synthetic_dish=dish:sort=hitcount:size=2048 \[active\]$' "$BODY"
status "a histogram of that" 200 -d 'hist:keys=us.buckets=100:vals=price:sort=us' $I/events/synthetic/waiting/trigger
status "and the most expensive dish of each table" 200 \
    -d 'hist:keys=table:top=price:onmax($top).save(dish)' $I/events/synthetic/waiting/trigger
status "its records are wanted too" 200 -X PUT -d 1 $I/events/synthetic/waiting/enable
request "${text[@]}" $I/events/kitchen/served/enable
equal "a histogram alone records nothing" '0*' "$BODY"

{
    for table in 1 2 3; do
        echo '{"event":"kitchen/ordered","timestamp_ns":'$((table * 1000000))',"fields":{"table":'$table',"dish":"soup"}}'
        echo '{"event":"kitchen/served","timestamp_ns":'$((table * 1000000 + table * 60000))',"fields":{"table":'$table',"price":'$((table * 5))'}}'
    done
    echo '{"event":"kitchen/served","timestamp_ns":9000000,"fields":{"table":3,"price":99}}'
    echo '{"event":"kitchen/ordered","timestamp_ns":9100000,"fields":{"table":1,"dish":"cake"}}'
    echo '{"event":"kitchen/served","timestamp_ns":9110000,"fields":{"table":1,"price":7}}'
} >"$WORK/posted"
status "orders and dishes" 200 -H 'Content-Type: application/x-ndjson' --data-binary @"$WORK/posted" $T/user_events_data

request "${text[@]}" $I/events/synthetic/waiting/hist
expected='# event histogram
#
# trigger info: hist:keys=us.buckets=100:vals=hitcount,price:sort=us.buckets=100:size=2048 [active]
#

{ us: ~ 0-99 } hitcount:          2  price:         12
{ us: ~ 100-199 } hitcount:          2  price:         25

Totals:
    Hits: 4
    Entries: 2
    Dropped: 0'
equal "what was served without an order is not counted, and the text is the kernel's" "$expected" "$(head -13 <<<"$BODY")"
like "what onmax keeps stands below its entry" $'^\tmax:         15  dish: soup +$' "$BODY"
like "the most expensive of table 1" $'^\tmax:          7  dish: cake +$' "$BODY"
request $I/events/synthetic/waiting/hist
like "the same for programs" '"entries":\[\{"keys":\{"us":\{"from":0,"to":99\}\},"values":\{"hitcount":2,"price":12\}\}' "$BODY"
like "with totals" '"totals":\{"hits":4,"entries":2,"dropped":0\}' "$BODY"
request "${text[@]}" $I/trace
like "the synthetic event is in the trace, with the time of what caused it" ' 0\.001060: waiting: us=60 table=1 dish=soup price=5$' "$BODY"
request "${text[@]}" $T/events/synthetic/waiting/hist
equal "other instances counted nothing" "" "$BODY"

status "what is used cannot be removed" 409 -d '!waiting' $T/synthetic_events
like "as EBUSY" '"errno":"EBUSY"' "$BODY"
status "nor the variable that is asked for" 409 -d '!hist:keys=table:ts0=common_timestamp.usecs' $I/events/kitchen/ordered/trigger
status "what is wrong is refused" 400 -d 'hist:keys=table:sort=nosuch' $I/events/kitchen/ordered/trigger
request "${text[@]}" $I/error_log
like "and logged by its place" 'hist:kitchen:ordered: error: Sort field must be a key or a val$' "$BODY"
status "a histogram is paused" 200 -d 'hist:keys=us.buckets=100:vals=price:sort=us:pause' $I/events/synthetic/waiting/trigger
like "which its line shows" 'sort=us.buckets=100:size=2048 \[paused\]' "$BODY"
status "and cleared" 200 -d 'hist:keys=us.buckets=100:vals=price:sort=us:clear' $I/events/synthetic/waiting/trigger
request $I/events/synthetic/waiting/hist
like "while it is paused" '"paused":true,"size":2048,"entries":\[\],"totals":\{"hits":0,"entries":0,"dropped":0\}' "$BODY"

status "truncation removes the histograms of an event" 200 -X PUT -d '' $I/events/synthetic/waiting/trigger
status "and what was made for them goes with them" 200 -X PUT -d '' $I/events/kitchen/served/trigger
request "${text[@]}" $I/events/kitchen/ordered/trigger
equal "but the variable's own" 'hist:keys=table:vals=hitcount:ts0=common_timestamp.usecs:sort=hitcount:size=2048:clock=local [active]' "$BODY"
status "the synthetic event is switched off" 200 -X PUT -d 0 $I/events/synthetic/waiting/enable
status "and removed with all others" 200 -X PUT -d '' $T/synthetic_events
status "it is gone" 404 $I/events/synthetic/waiting
