# Who may: tokens with roles, and the rules against browsers.
. "$(dirname "$0")/../daemon.sh"
start_daemon
host=127.0.0.1:$PORT
status "loopback by any of its names" 200 -H 'Host: localhost' /tracing
status "[::1] too" 200 -H 'Host: [::1]:99' /tracing
status "another Host: a name that was made to point here" 403 -H 'Host: evil.example' /tracing
status "with loopback's name in it" 403 -H 'Host: localhost.evil.example' /tracing
status "our own Origin" 200 -H "Origin: http://$host" -X PUT -d 1 /tracing/tracing_on
status "another Origin" 403 -H 'Origin: https://evil.example' -X PUT -d 1 /tracing/tracing_on
status "no Origin that can be named" 403 -H 'Origin: null' -X PUT -d 1 /tracing/tracing_on
status "another port is another Origin" 403 -H 'Origin: http://127.0.0.1:1' /tracing
status "a page of ours" 200 -H 'Sec-Fetch-Site: same-origin' /tracing
status "typed by hand" 200 -H 'Sec-Fetch-Site: none' /tracing
status "another site's page" 403 -H 'Sec-Fetch-Site: cross-site' /tracing
status "a sibling's" 403 -H 'Sec-Fetch-Site: same-site' /tracing
stop_daemon

digest() { printf %s "$1" | sha256sum | cut -c1-64; }
{
    echo "# who may what"
    echo "read $(digest reader)"
    echo "write $(digest writer)"
    echo "admin $(digest admin)"
    echo "write $(digest guest) /tracing/instances/guest"
} >"$WORK/tokens"
start_daemon --token-file "$WORK/tokens"
as() { AUTH=(-H "Authorization: Bearer $1"); }

status "without a token: 401" 401 /tracing/tracing_on
equal "with what is wanted" Bearer "$(header www-authenticate)"
like "as EACCES" '"errno":"EACCES"' "$BODY"
status "with a wrong one: 401" 401 -H 'Authorization: Bearer wrong' /tracing/tracing_on
status "with another scheme: 401" 401 -u reader:reader /tracing/tracing_on
status "a change without a token: 401" 401 -X PUT -d 0 /tracing/tracing_on
status "what the health is may everybody know" 200 /healthz
as reader
status "a reader reads" 200 "${AUTH[@]}" /tracing/tracing_on
status "and does not write: 403" 403 "${AUTH[@]}" -X PUT -d 0 /tracing/tracing_on
status "nor make" 403 "${AUTH[@]}" -d '{"name":"x"}' /tracing/instances
status "nor append" 403 "${AUTH[@]}" -d x /tracing/trace_marker
as writer
status "a writer reads" 200 "${AUTH[@]}" /tracing/tracing_on
status "writes" 200 "${AUTH[@]}" -X PUT -d 1 /tracing/tracing_on
status "makes" 201 "${AUTH[@]}" -d '{"name":"guest"}' /tracing/instances
as guest
status "a role below a path holds there" 200 "${AUTH[@]}" -X PUT -d 0 /tracing/instances/guest/tracing_on
status "and nowhere else" 403 "${AUTH[@]}" /tracing/tracing_on
status "not next to it either" 403 "${AUTH[@]}" /tracing/instances/guests
as reader
status "the limits are not for readers: 403" 403 "${AUTH[@]}" /sys/limits/streams
as admin
status "but for administrators" 200 "${AUTH[@]}" /sys/limits/streams
status "who may the rest too" 204 "${AUTH[@]}" -X DELETE /tracing/instances/guest
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
