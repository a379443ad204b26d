# A backing store: far more than mem_limit is put and got back; what it says of itself; bad names; its end.
. "$(dirname "$0")/../daemon.sh"
mkdir "$WORK/backing"
start_daemon --threads 2 --insecure --backing-dir "$WORK/backing" \
    --pool small:disksize=64M,mem_limit=1M,backing=cold,backing_size=64M --pool other:disksize=64M
POOL=/pool/small

refused() { # NAME STATUS ERRNO CURL…
    local name=$1 expected=$2 errno=$3
    shift 3
    request "$@"
    equal "$name" "$expected $errno" "$STATUS $(sed -n 's/.*"errno":"\([A-Z]*\)".*/\1/p' <<<"$BODY")"
}
number() { sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" <<<"$BODY"; }

# 16 MiB that zstd makes a ninth of, in ranges of the device.
seq 1 4000000 | head -c $((16 << 20)) >"$WORK/image"
for i in 0 1 2 3; do
    dd if="$WORK/image" of="$WORK/part" bs=4M skip="$i" count=1 status=none
    status "4 MiB are put at $((i * 4)) MiB" 204 -T "$WORK/part" -H "Content-Range: bytes $((i << 22))-$((((i + 1) << 22) - 1))/*" $POOL/data
done
request $POOL/mm_stat
check "no more memory is held than mem_limit allows" test "$(number mem_used_total)" -le $((1 << 20))
equal "all of it is stored" $((16 << 20)) "$(number orig_data_size)"
request $POOL/bd_stat
check "some of it in the backing store" test "$(number pages)" -gt 1000
check "fifty pages and more to a write" test "$(number spilled_pages)" -ge $((50 * $(number write_requests)))
check "nothing failed" test "$(number write_failures)" = 0
check "and comes back" bash -c "${CURL[*]@Q} '$URL$POOL/data' | head -c $((16 << 20)) | cmp - '$WORK/image'"
request "$POOL/bd_stat?raw"
like "bd_stat has zram's three columns" '^ *[0-9]+ +[0-9]+ +[0-9]+$' "$BODY"
request "$POOL/backing_dev?raw"
equal "backing_dev is the name" cold "$BODY"
request "$POOL/spill?raw"
equal "pages go under pressure" "never half [pressure]" "$BODY"
request "$POOL/pages/4000?format=json"
like "each page says where it is" '"state":"(backing|compressed)","stored_bytes":[0-9]+' "$BODY"

refused "the file is not let go with pages in it" 409 EBUSY -X PUT -d none $POOL/backing_dev
refused "nor shared" 409 EBUSY -X PUT -d cold /pool/other/backing_dev
ln -s /etc/passwd "$WORK/backing/link"
mkdir "$WORK/backing/folder"
head -c 1000 /dev/zero >"$WORK/backing/tiny"
for name in .. . a/b /etc/passwd ../cold folder tiny link 'new 100K'; do
    refused "a backing store '$name'" 400 "$([ "$name" = link ] && echo ELOOP || echo EINVAL)" \
        -X PUT -d "$name" /pool/other/backing_dev
done
refused "one that is not there" 400 ENOENT -X PUT -d absent /pool/other/backing_dev
refused "a pool with one that is not there" 400 ENOENT -d '{"name":"x","backing":"absent"}' /pool
refused "a pool with a path" 400 EINVAL -d '{"name":"x","backing":"../x","backing_size":"1M"}' /pool
equal "no file came of it" "cold folder link tiny" "$(ls "$WORK/backing" | tr '\n' ' ' | sed 's/ *$//')"
status "a pool is made with one" 201 -d '{"name":"x","disksize":"16M","backing":"more","backing_size":"1M","spill":"never"}' /pool

request -X PUT -d 1 /tracing/events/ramzswap/enable
head -c 4096 "$WORK/image" >"$WORK/page"
for i in 0 1 2 3; do request -T "$WORK/page" "/pool/x/pages/$i"; done
status "pages are called idle" 200 -X PUT -d all /pool/x/idle
request -o /dev/null /pool/x/pages/0
status "and written" 200 -X PUT -d idle /pool/x/writeback
request /pool/x/bd_stat
equal "but for the one that was used" 3 "$(number pages)"
status "one more by its number" 200 -X PUT -d page_indexes=0-9 /pool/x/writeback
request /pool/x/bd_stat
equal "is written too" 4 "$(number pages)"
check "a page in the backing store is got" bash -c "${CURL[*]@Q} '$URL/pool/x/pages/2' | cmp - '$WORK/page'"
request '/tracing/trace?raw'
like "what goes out is traced" 'page_spill: x sector=8 comp_len=[0-9]+ duration_ns=[0-9]+' "$BODY"
refused "a limit that cannot be reached" 409 EBUSY -X PUT -d 64K $POOL/mem_limit
status "one that can" 200 -X PUT -d 512K $POOL/mem_limit
is_within() { request $POOL/mm_stat && [ "$(number mem_used_total)" -le $((1 << 19)) ]; }
check "has pages written until it holds" until_true 10 is_within
request '/tracing/trace?raw'
like "and is traced with its reason" 'mem_limit: small old=1048576 new=524288 reason=set' "$BODY"
status "the limit follows the machine's memory" 200 -X PUT -d auto /pool/other/mem_limit
request '/pool/other/mem_limit_mode?raw'
equal "and says so" "fixed [auto]" "$BODY"
request /pool/other/mem_limit
check "at half of it, or less" test "$(number value)" -gt 0

# At rest nobody is woken: counted by the kernel, over all threads.
switches() { cat /proc/"$PID"/task/*/status | sed -n 's/^voluntary_ctxt_switches:[^0-9]*//p' | paste -sd+ | bc; }
if command -v bc >/dev/null; then
    sleep 1
    before=$(switches)
    sleep 3
    check "at rest nobody is woken" test "$(($(switches) - before))" -le 4
else
    skip "at rest nobody is woken" "there is no bc"
fi

status "with its last page gone" 200 -X PUT -d 1 $POOL/reset
status "the file is let go" 200 -X PUT -d none $POOL/backing_dev
status "and free for others" 200 -X PUT -d cold /pool/other/backing_dev
stop_daemon KILL
start_daemon --insecure --backing-dir "$WORK/backing" --pool again:backing=cold
status "after a crash the file can be used again" 204 -T "$WORK/page" /pool/again/pages/1
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"

run_daemon --listen 127.0.0.1:0 --backing-dir "$WORK/backing"
check "--backing-dir on TCP without tokens is refused" test "$STATUS" -ne 0 -a "$STATUS" -ne 124
like "with a reason" '--backing-dir on TCP needs' "$ERR"
run_daemon --listen 127.0.0.1:0 --insecure --backing-dir "$WORK/absent"
check "a directory that is not there is refused" test "$STATUS" -ne 0 -a "$STATUS" -ne 124
run_daemon --listen 127.0.0.1:0 --pool x:backing=cold
check "a backing store without a directory is refused" test "$STATUS" -ne 0 -a "$STATUS" -ne 124
like "with a reason" 'pool x: backing needs --backing-dir' "$ERR"
run_daemon --listen 127.0.0.1:0 --insecure --backing-dir "$WORK/backing" --pool x:backing=link
like "a link is refused" 'pool x: backing link: a backing store is no link' "$ERR"
