# A pool that is removed while pages come and go: its memory goes at once, and every answer is one that can be.
. "$(dirname "$0")/../daemon.sh"
start_daemon --threads 2 --no-default-pool
request -d '{"name":"busy","disksize":"64M"}' /pool

cat >"$WORK/traffic.py" <<'E2'
import http.client, os, random, sys

port, seed = int(sys.argv[1]), int(sys.argv[2])
random.seed(seed)
connection = http.client.HTTPConnection("127.0.0.1", port)
statuses = set()
for _ in range(4000):
    path = f"/pool/busy/pages/{random.randrange(16384)}"
    method = random.choice(["PUT", "PUT", "PUT", "GET", "DELETE"])
    connection.request(method, path, os.urandom(4096) if method == "PUT" else None)
    answer = connection.getresponse()
    answer.read()
    statuses.add(answer.status)
    if answer.status == 404 and method != "GET":
        break
print(*sorted(statuses))
E2
for seed in 1 2 3 4; do
    python3 "$WORK/traffic.py" "$PORT" "$seed" >"$WORK/statuses$seed" 2>&1 &
    traffic[seed]=$!
    ends_with_script $!
done
is_filling() { request '/pool/busy/mm_stat' && [ "$(sed -n 's/.*"mem_used_total":\([0-9]*\).*/\1/p' <<<"$BODY")" -gt 8000000 ]; }
check "the pool fills" until_true 20 is_filling
before=$(resident "$PID")
status "it is removed meanwhile" 204 -X DELETE /pool/busy
for seed in 1 2 3 4; do
    wait "${traffic[seed]}"
    like "client $seed was told that it is gone, and nothing worse" '^(200 )?204 404$' "$(cat "$WORK/statuses$seed")"
done
after=$(resident "$PID")
check "the memory is given back" test $((before - after)) -gt 6000
status "a new pool of that name is empty" 201 -d '{"name":"busy","disksize":"64M"}' /pool
request '/pool/busy/pages?raw'
equal "nothing is listed" "" "$BODY"
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
