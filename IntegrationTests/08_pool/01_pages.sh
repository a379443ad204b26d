# Pages: put, got, discarded and listed; what is no page, and what does not fit.
. "$(dirname "$0")/../daemon.sh"
start_daemon --threads 2 --limit pools=3 --pool small:disksize=64K,mem_limit=32K
POOL=/pool/ramzswap0

page() { seq "$1" $(($1 + 2000)) | head -c 4096 >"$WORK/page$1"; }
for i in 1 2 3; do page "$i"; done
random_page() { head -c 4096 /dev/urandom >"$WORK/random"; }
is_page() { "${CURL[@]}" "$URL$1" | cmp - "$2"; }
refused() { # NAME STATUS ERRNO CURL…
    local name=$1 expected=$2 errno=$3
    shift 3
    request "$@"
    equal "$name" "$expected $errno" "$STATUS $(sed -n 's/.*"errno":"\([A-Z]*\)".*/\1/p' <<<"$BODY")"
}

request /pool
like "the default pool is there, and that of the command line" '"name":"ramzswap0".*"name":"small"' "$BODY"
request "$POOL/disksize?raw"
equal "the default device is as large as the machine's memory" \
    "$(($(getconf _PHYS_PAGES) * $(getconf PAGESIZE)))" "$(tr -d '\n' <<<"$BODY")"

status "a page is put" 204 -T "$WORK/page1" $POOL/pages/7
check "and comes back" is_page $POOL/pages/7 "$WORK/page1"
status "put chunked, over the old one" 204 -H 'Transfer-Encoding: chunked' -T "$WORK/page2" $POOL/pages/7
check "and comes back" is_page $POOL/pages/7 "$WORK/page2"
head -c 4096 /dev/zero >"$WORK/zeros"
status "a page of zeros is put" 204 -T "$WORK/zeros" $POOL/pages/8
check "and comes back" is_page $POOL/pages/8 "$WORK/zeros"
random_page
status "a page that does not compress is put" 204 -T "$WORK/random" $POOL/pages/10
check "and comes back" is_page $POOL/pages/10 "$WORK/random"

request -H 'Accept: application/json' $POOL/pages/7
like "what is known about a page" '"size":4096,"state":"compressed","stored_bytes":[0-9]{3,4},"age":0\}' "$BODY"
request "$POOL/pages/8?format=json"
like "about zeros" '"state":"same","stored_bytes":0,"pattern":"0x0{16}"' "$BODY"
request "$POOL/pages/10?format=json"
like "about noise" '"state":"huge","stored_bytes":4096' "$BODY"
request "$POOL/pages?raw"
equal "the stored pages are listed by number" "7 8 10" "$(tr '\n' ' ' <<<"$BODY" | sed 's/ *$//')"
request "$POOL/pages?limit=1&after=7"
like "page by page" '"entries":\[\{"name":"8",[^]]*\],"next":"8"' "$BODY"
request "$POOL/mm_stat?raw"
equal "mm_stat has zram's nine columns" 9 "$(wc -w <<<"$BODY")"
like "three pages, one of them zeros, one huge" '^ *12288 .* 1 +0 +1 +1$' "$BODY"

refused "a page that was never put" 404 ENODATA $POOL/pages/9
refused "bodies: nothing" 400 EINVAL -X PUT -d '' $POOL/pages/7
head -c 4095 "$WORK/page1" >"$WORK/short"
refused "one byte too few" 400 EINVAL -T "$WORK/short" $POOL/pages/7
cat "$WORK/page1" <(echo -n x) >"$WORK/long"
refused "one byte too many" 400 EINVAL -T "$WORK/long" $POOL/pages/7
check "the old version is still there" is_page $POOL/pages/7 "$WORK/page2"
refused "a page past the end: PUT" 400 EINVAL -T "$WORK/page1" /pool/small/pages/16
refused "GET" 400 EINVAL /pool/small/pages/16
refused "DELETE" 400 EINVAL -X DELETE /pool/small/pages/16
refused "one that no device has" 400 EINVAL /pool/small/pages/99999999999999999999
refused "a name that is no number" 404 ENOENT /pool/small/pages/07
status "a discard" 204 -X DELETE $POOL/pages/7
status "and again" 204 -X DELETE $POOL/pages/7
refused "takes the page away" 404 ENODATA $POOL/pages/7
request "$POOL/io_stat?raw"
like "io_stat counts what was no page, and discards" '^ *0 +0 +3 +2$' "$BODY"

refused "a pool that exists" 409 EEXIST -d '{"name":"small"}' /pool
for size in 1Q -1 1.5G '' 0 17T 18446744073709551616; do
    refused "a disksize of '$size'" 400 EINVAL -d "{\"name\":\"x\",\"disksize\":\"$size\"}" /pool
done
for size in 1Q -1 1.5G ''; do
    refused "a mem_limit of '$size'" 400 EINVAL -X PUT -d "$size" $POOL/mem_limit
done
refused "an unknown setting" 400 EINVAL -d '{"name":"x","size":1}' /pool
refused "another algorithm" 400 EINVAL -d '{"name":"x","comp_algorithm":"lzo"}' /pool
status "a pool" 201 -d '{"name":"x","disksize":1048577,"mem_limit":"1M","level":3}' /pool
equal "has its place" /pool/x "$(header location)"
request '/pool/x/disksize?raw'
equal "its device has whole pages" 1052672 "$BODY"
refused "a pool too many" 503 ENFILE -d '{"name":"y"}' /pool

for i in 0 1 2 3 4 5 6 7; do random_page && request -T "$WORK/random" "/pool/small/pages/$i" && cp "$WORK/random" "$WORK/r$i"; done
refused "what mem_limit does not leave room for" 507 ENOSPC -T "$WORK/random" /pool/small/pages/7
check "what is there stays" is_page /pool/small/pages/0 "$WORK/r0"
status "zeros find room" 204 -T "$WORK/zeros" /pool/small/pages/9
request '/pool/small/mm_stat'
held=$(sed -n 's/.*"mem_used_total":\([0-9]*\).*/\1/p' <<<"$BODY")
check "the limit holds" test "$held" -le 32768
refused "a mem_limit below what is held" 409 EBUSY -X PUT -d 8K /pool/small/mem_limit
refused "a disksize below what is stored" 409 EBUSY -X PUT -d 8K /pool/small/disksize
request '/pool/small/mem_limit?raw'
equal "both stay" 32768 "$BODY"
status "a larger limit" 200 -X PUT -d 1M /pool/small/mem_limit
status "leaves room" 204 -T "$WORK/random" /pool/small/pages/7
status "reset" 200 -X PUT -d 1 /pool/small/reset
request '/pool/small/mm_stat?raw'
like "discards everything and keeps the limit" '^ *0 +0 +0 +1048576 +0 +0 +0 +0 +0$' "$BODY"

request -X PUT -d 1 /tracing/events/ramzswap/enable
request -T "$WORK/page3" $POOL/pages/5
request -o /dev/null $POOL/pages/5
request -X DELETE $POOL/pages/5
request '/tracing/trace?raw'
like "a put is traced, with its sector and length" 'page_put: ramzswap0 sector=40 comp_len=[0-9]+ duration_ns=[0-9]+' "$BODY"
like "a get" 'page_get: ramzswap0 sector=40' "$BODY"
like "and a discard" 'page_discard: ramzswap0 sector=40' "$BODY"

status "a pool is removed" 204 -X DELETE /pool/x
refused "and is gone" 404 ENOENT /pool/x/disksize
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"

start_daemon --no-default-pool
request '/pool?raw'
equal "without the default pool there is none" "" "$BODY"
stop_daemon
for pool in 'x:disksize=1Q' 'x:size=1' 'x:disksize' 'a/b' '' 'x:level=99' 'x:disksize=1M,disksize=2M'; do
    run_daemon --listen 127.0.0.1:0 --pool "$pool"
    check "--pool '$pool' is refused" test "$STATUS" -ne 0 -a "$STATUS" -ne 124
    like "with a reason" 'pool' "$ERR"
done
