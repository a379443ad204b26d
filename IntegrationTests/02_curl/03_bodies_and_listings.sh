# Sizes: bodies over their limit, directories in pages, everything below one.
. "$(dirname "$0")/../daemon.sh"
start_daemon --import-events "$CATALOGUE" --limit body_bytes=64K
head -c 65536 /dev/zero | tr '\0' x >"$WORK/full"
head -c 65537 /dev/zero | tr '\0' x >"$WORK/over"
status "a body may be as long as the limit" 200 -H 'Expect:' --data-binary "@$WORK/full" /tracing/trace_marker
status "one byte more: 413" 413 -H 'Expect:' --data-binary "@$WORK/over" /tracing/trace_marker
like "as EFBIG" '"errno":"EFBIG"' "$BODY"
status "asked before it is sent: 413" 413 -H 'Expect: 100-continue' --data-binary "@$WORK/over" /tracing/trace_marker
status "in chunks: 413" 413 -H 'Expect:' -H 'Transfer-Encoding: chunked' --data-binary "@$WORK/over" /tracing/trace_marker
status "and it still answers" 200 /healthz
like "the limit can be read" '"value":65536' "$("${CURL[@]}" "$URL/sys/limits/body_bytes")"
status "two ways to read a length are refused" 400 -H 'Transfer-Encoding: chunked' -H 'Content-Length: 3' -d abc /tracing/trace_marker
status "a GET has no body" 400 -X GET -d abc /tracing/tracing_on

text=(-H 'Accept: text/plain')
request "${text[@]}" /tracing/events
all=$BODY
check "names are sorted" sort -c <<<"$(LC_ALL=C grep / <<<"$all" | tr -d / )"
pages= after= count=0
while :; do
    request "/tracing/events?limit=50${after:+&after=$after}"
    pages+=$(grep -oE '"name":"[^"]*","type":"[^"]*"' <<<"$BODY" | sed 's/"name":"\([^"]*\)","type":"\(.\).*/\1 \2/; s/ d$/\//; s/ f$//')$'\n'
    after=$(sed -n 's/.*"next":"\([^"]*\)"}$/\1/p' <<<"$BODY")
    count=$((count + 1))
    [ -n "$after" ] && [ $count -lt 20 ] || break
done
equal "the pages of a directory make up the whole" "$all" "${pages%$'\n'}"
check "in several pages" test $count -gt 1
status "limit=0 is none" 400 '/tracing/events?limit=0'

request '/tracing/events?recursive'
equal "everything below, as NDJSON" application/x-ndjson "$(header content-type)"
like "an entry a line" '^\{"path":"/tracing/events/sched/sched_switch/format","type":"file","mode":"0[0-7]{3}"\}$' "$BODY"
lines=$(wc -l <<<"$BODY")
check "all of it" test "$lines" -gt 9000
request "${text[@]}" '/tracing/events?recursive'
equal "as many in text" "$lines" "$(wc -l <<<"$BODY")"
equal "none twice" "$lines" "$(sort -u <<<"$BODY" | wc -l)"
status "which is not paged" 400 '/tracing/events?recursive&limit=5'

json POST '{"name":"<b>&\"x"}' /tracing/instances
equal "an instance may be called <b>&\"x" 201 "$STATUS"
equal "and is found under its encoded name" '/tracing/instances/%3Cb%3E%26%22x' "$(header location)"
request -H 'Accept: text/html' /tracing/instances
equal "a directory has a page" 'text/html; charset=utf-8' "$(header content-type)"
like "on which the name is escaped" '&lt;b&gt;&amp;&quot;x' "$BODY"
unlike "everywhere" '<b>' "$BODY"
like "the link is encoded" 'href="[^"]*%3Cb%3E%26%22x/?"' "$BODY"
like "a policy allows no foreign script" "default-src 'none'" "$(header content-security-policy)"
request -H 'Accept: text/html' '/tracing/instances/%3Cb%3E%26%22x/tracing_on'
unlike "nor on the page of a file" '<b>' "$BODY"
request /tracing/instances
like "JSON escapes the quote" '"name":"<b>&\\"x"' "$BODY"
status "it can be removed" 204 -X DELETE '/tracing/instances/%3Cb%3E%26%22x'
stop_daemon
