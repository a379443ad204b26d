# Dictionaries: trained on what comes, used, also by a pool that is always at its limit; pages packed again; a full store.
# bound: 240
. "$(dirname "$0")/../daemon.sh"
mkdir "$WORK/backing"
start_daemon --threads 2 --insecure --no-default-pool --backing-dir "$WORK/backing"

number() { sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" <<<"$BODY"; }
errno() { sed -n 's/.*"errno":"\([A-Z]*\)".*/\1/p' <<<"$BODY"; }

# 64 MiB of lines of a log: pages that are alike, and none twice.
awk 'BEGIN { srand(7); for (i = 0; i < 800000; i++) printf "{\"timestamp_ns\":%d,\"cpu\":%d,\"pid\":%d,\"event\":\"sched/sched_switch\",\"prio\":%d}\n", rand() * 1e15, rand() * 64, rand() * 32768, rand() * 140 }' |
    head -c 64M >"$WORK/log"
size=$(stat -c %s "$WORK/log")
same() { cmp <("${CURL[@]}" -r "0-$((size - 1))" "$URL/pool/$1/data") "$WORK/log"; }
# The log is put again and again until a training was adopted: six times at the most.
train() {
    local round
    for round in 1 2 3 4 5 6; do
        request -T "$WORK/log" "/pool/$1/data"
        [ "$STATUS" = 204 ] || return 1
        is_trained() { request "/pool/$1/dictionary" && [ "$(number trainings)" -gt 0 ]; }
        until_true 10 is_trained "$1" && break
    done
    request "/pool/$1/dictionary"
    grep -q '"adopted":true' <<<"$BODY"
}

status "a pool is made with dictionaries" 201 -d '{"name":"alike","disksize":"128M","dictionary":"space"}' /pool
request '/pool/alike/dictionary?raw'
equal "as it says" "off auto speed [space]" "$BODY"
check "they are trained on what comes, and adopted" train alike
request /pool/alike/dictionary
like "the trial says what they give" '"bytes_without":[0-9]+,"bytes_with":[0-9]+' "$BODY"
check "and they do give" test "$(number bytes_with)" -lt "$(number bytes_without)"
status "pages are put with them" 204 -T "$WORK/log" /pool/alike/data
is_used() { request /pool/alike/dictionary && [ "$(grep -oE '"pages":[0-9]+' <<<"$BODY" | cut -d: -f2 | paste -sd+ | sed 's/^$/0/' | bc)" -gt 1000 ]; }
if command -v bc >/dev/null; then check "which have them" is_used; else skip "which have them" "there is no bc"; fi
check "and come back" same alike
request /metrics
like "/metrics tells how many there are" '^jitfs_pool_dictionaries\{device="alike"\} [1-9]' "$BODY"

request /pool/alike/mm_stat
before=$(number compr_data_size)
status "pages are packed again" 200 -X PUT -d 'type=all level=9 cpu=100 max_pages=500' /pool/alike/recompress
is_over() { request /pool/alike/recompress && grep -q '"running":false' <<<"$BODY"; }
check "which ends" until_true 60 is_over
request /pool/alike/recompress
equal "after as many as were asked for" 500 "$(number pages_tried)"
saved=$(number saved_bytes)
check "and says what was saved" test "$saved" -gt 0
request /pool/alike/mm_stat
check "which is so" test "$(number compr_data_size)" -le $((before - saved + 4096))
check "they come back" same alike
for order in '' all type=x level=99 'type=all cpu=0' max_pages=0 algo=lzo priority=1 threshold=4097; do
    status "an order '$order' is none" 400 -X PUT -d "$order" /pool/alike/recompress
done
for policy in '' on OFF 1; do status "a policy '$policy' is none" 400 -X PUT -d "$policy" /pool/alike/dictionary; done
status "and with them in a snapshot" 200 -o "$WORK/snapshot" /pool/alike/snapshot
"${CURL[@]}" -o "$WORK/snapshot" "$URL/pool/alike/snapshot"
status "a pool without any" 201 -d '{"name":"plain","disksize":"128M"}' /pool
status "takes it" 200 -T "$WORK/snapshot" /pool/plain/restore
check "with all its pages" same plain
for pool in alike plain; do status "the pool $pool goes" 204 -X DELETE /pool/$pool; done

# A pool that writes pages out is at its limit nearly always.
status "a pool with a limit and a backing store" 201 \
    -d '{"name":"cold","disksize":"128M","mem_limit":"5M","dictionary":"space","backing":"cold","backing_size":"128M"}' /pool
status "takes more than its limit" 204 -T "$WORK/log" /pool/cold/data
check "and gives it" same cold
request /pool/cold/mm_stat
check "within its limit" test "$(number mem_used_max)" -le $((5 << 20))
status "it goes" 204 -X DELETE /pool/cold

# Pages of noise in a small store: each has a block and a bit, and then there is no room.
status "a pool with a small store" 201 \
    -d '{"name":"full","disksize":"64M","mem_limit":"1M","backing":"full","backing_size":"1M"}' /pool
head -c 4M /dev/urandom >"$WORK/noise"
request -T "$WORK/noise" /pool/full/data
equal "takes what it can" "507 ENOSPC" "$STATUS $(errno)"
like "and says what is full" 'mem_limit, is reached, and the backing store full is full' "$BODY"
request /pool/full/bd_stat
like "so does bd_stat" '"writable":false,"trouble":"is full"' "$BODY"
like "and the log" 'pool full: the backing store full is full' "$(cat "$WORK/err")"
writes=$(number write_requests)
head -c 4096 /dev/urandom >"$WORK/page"
for i in 2000 2001 2002 2003; do
    status "page $i finds no room" 507 -T "$WORK/page" /pool/full/pages/$i
done
request /pool/full/bd_stat
equal "and costs no write" "$writes" "$(number write_requests)"
request /pool/full/mm_stat
kept=$(number orig_data_size)
check "what was taken is there" cmp <("${CURL[@]}" -r "0-$((kept - 1))" "$URL/pool/full/data") <(head -c "$kept" "$WORK/noise")
request -X DELETE -H "Range: bytes=0-$((1 << 20))" /pool/full/data
status "when something was given up" 204 -T "$WORK/page" /pool/full/pages/2000
check "there is room again" cmp <("${CURL[@]}" "$URL/pool/full/pages/2000") "$WORK/page"

# The file is made shorter behind the daemon's back.
status "what is left is written" 200 -X PUT -d page_index=2000 /pool/full/writeback
truncate -s 0 "$WORK/backing/full"
request /pool/full/pages/2000
equal "a page that cannot be read" "500 EIO" "$STATUS $(errno)"
like "says why" 'the backing store full cannot be read' "$BODY"
like "and so does the log" 'backing store full cannot be read' "$(cat "$WORK/err")"
status "put anew it is there" 204 -T "$WORK/page" /pool/full/pages/2000
check "again" cmp <("${CURL[@]}" "$URL/pool/full/pages/2000") "$WORK/page"

request -d '{"name":"x","mem_limit":"64K","backing":"unwanted","backing_size":"1M"}' /pool
equal "a pool that has no room for its buffers" "507 ENOSPC" "$STATUS $(errno)"
check "leaves no file" test ! -e "$WORK/backing/unwanted"
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
