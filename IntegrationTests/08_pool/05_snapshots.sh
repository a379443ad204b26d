# bound: 120
# A pool's pages out of it and into another, with curl alone; and a scrub.
. "$(dirname "$0")/../daemon.sh"
start_daemon --threads 2 --no-default-pool --pool old:disksize=64M,level=9 --pool new:disksize=128M,level=1
errno() { sed -n 's/.*"errno":"\([A-Z]*\)".*/\1/p' <<<"$BODY"; }
same() { cmp <("${CURL[@]}" "$URL/pool/$1/data") "$2"; }

# Text, zeros and noise, 24 MiB of each kind or so.
{ seq 1500000; head -c 12M /dev/zero; head -c 12M /dev/urandom; seq 700000 | tac; } | head -c 48M >"$WORK/disk"
truncate -s 64M "$WORK/disk"
status "an image is written" 204 -T "$WORK/disk" /pool/old/data
request -X PUT -d 1 /pool/old/mem_used_max
request -o "$WORK/snapshot" /pool/old/snapshot
equal "its snapshot" 200 "$(sed -n '1s/.* \(200\).*/\1/p' <<<"$HEADERS")"
"${CURL[@]}" -o "$WORK/snapshot" "$URL/pool/old/snapshot"
equal "has a type of its own" application/vnd.jitfs.snapshot "$(header content-type)"
size=$(stat -c %s "$WORK/snapshot")
request /pool/old/mm_stat
stored=$(sed -n 's/.*"compr_data_size":\([0-9]*\).*/\1/p' <<<"$BODY")
check "it is hardly larger than what is stored ($size of $stored)" test $((size)) -lt $((stored + stored / 40 + 10000))

status "it is restored into a pool of another level and size" 200 -T "$WORK/snapshot" /pool/new/restore
equal "with so many bytes" "$size" "$(sed -n 's/.*"written":\([0-9]*\).*/\1/p' <<<"$BODY")"
head -c 64M /dev/zero | cat "$WORK/disk" - >"$WORK/expected"
check "which holds the same then, bit for bit" same new "$WORK/expected"
request /pool/new/mm_stat
equal "and as many bytes" "$stored" "$(sed -n 's/.*"compr_data_size":\([0-9]*\).*/\1/p' <<<"$BODY")"
status "in chunks, too" 200 -H 'Transfer-Encoding: chunked' -T "$WORK/snapshot" /pool/new/restore
check "over itself" same new "$WORK/expected"

printf x | "${CURL[@]}" -X PUT --data-binary @- "$URL/pool/new/data"
for cut in 0 10 1000 $((size / 2)) $((size - 1)); do
    head -c "$cut" "$WORK/snapshot" >"$WORK/cut"
    status "one that ends after $cut bytes is refused" 400 -T "$WORK/cut" /pool/new/restore
    equal "with EINVAL" EINVAL "$(errno)"
done
cp "$WORK/snapshot" "$WORK/altered"
printf '\377\377\377\377' | dd of="$WORK/altered" bs=1 seek=$((size / 3)) conv=notrunc 2>/dev/null
status "so is one that was altered" 400 -T "$WORK/altered" /pool/new/restore
status "and one that is refused before its end" 400 -T "$WORK/disk" /pool/new/restore
{ printf x; tail -c +2 "$WORK/expected"; } >"$WORK/changed"
check "the pool is as it was" same new "$WORK/changed"

# A client that goes in the middle, and one that is slow.
timeout 1 "${CURL[@]}" --limit-rate 1M -T "$WORK/snapshot" "$URL/pool/new/restore" >"$WORK/gone" 2>&1
can_restore() { request -T "$WORK/cut" /pool/new/restore && [ "$STATUS" = 400 ]; }
check "a client that goes leaves nothing behind" until_true 45 can_restore
check "and the pool as it was" same new "$WORK/changed"
"${CURL[@]}" --limit-rate 2M -o "$WORK/slow" "$URL/pool/old/snapshot" &
reader=$!
ends_with_script $reader
before=$(resident "$PID")
head -c 4096 "$WORK/disk" >"$WORK/page"
status "pages are put while a slow reader reads" 204 -T "$WORK/page" /pool/old/pages/16001
check "who takes next to no memory" test $(($(resident "$PID") - before)) -lt 4096
wait "$reader"
request -d '{"name":"third","disksize":"64M"}' /pool
status "and gets what can be restored" 200 -T "$WORK/slow" /pool/third/restore

status "a limit without room for old and new refuses" 200 -X PUT -d $((size + size / 2)) /pool/third/mem_limit
status "the restore" 507 -T "$WORK/snapshot" /pool/third/restore
equal "with ENOSPC" ENOSPC "$(errno)"
request -X PUT -d 1 /pool/third/reset
status "after a reset there is room" 200 -T "$WORK/snapshot" /pool/third/restore
check "for all of it" same third "$WORK/disk"
request -d '{"name":"small","disksize":"1M"}' /pool
status "a device that is too small refuses" 400 -T "$WORK/snapshot" /pool/small/restore
like "and says why" 'the device has 256 pages' "$BODY"

request /pool/old/scrub
like "no scrub yet" '"state":"never"' "$BODY"
status "a scrub" 200 -d 1 /pool/old/scrub
is_done() { request /pool/old/scrub && grep -q '"state":"done"' <<<"$BODY"; }
check "comes to its end" until_true 60 is_done
like "and finds nothing" '"pages_damaged":0,"damaged":\[\]' "$BODY"
status "one that is stopped" 200 -X PUT -d 0 /pool/old/scrub
request /metrics
like "the metrics tell of it" '^jitfs_pool_scrubbed_pages_total\{device="old"\} [1-9]' "$BODY"
request /pool/new/io_stat
like "nothing failed" '"failed_reads":0,"failed_writes":0,"invalid_io":0' "$BODY"
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
