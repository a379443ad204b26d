# Refusals: which status, which errno, in which form.
. "$(dirname "$0")/../daemon.sh"
start_daemon --import-events "$CATALOGUE"
make_instance mine

refused() { # NAME STATUS ERRNO CURL…
    local name=$1 expected=$2 errno=$3
    shift 3
    request "$@"
    if [ "$STATUS" = "$expected" ] && grep -q "\"errno\":\"$errno\"" <<<"$BODY" &&
        [ "$(header content-type)" = application/problem+json ]; then ok "$name"; else
        not_ok "$name" "expected $expected $errno, got $STATUS for: $*" "$BODY" "$HEADERS"
    fi
}

refused "what is not there" 404 ENOENT /tracing/nothing
like "tells the path, the status and why" '"title":"Not Found","status":404,"detail":".+","errno":"ENOENT","path":"/tracing/nothing"' "$BODY"
request -H 'Accept: text/plain' /tracing/nothing
like "is one line for those who take only text" '^ENOENT: .+$' "$BODY"
refused "PUT makes no file" 404 ENOENT -X PUT -d 1 /tracing/nothing
refused "neither does POST" 404 ENOENT -d 1 /tracing/nothing
refused "a file is no directory" 400 ENOTDIR /tracing/tracing_on/x
refused "nor with a slash behind it" 400 ENOTDIR /tracing/tracing_on/
status "a directory is, with or without" 200 /tracing/
refused "an unknown parameter" 400 EINVAL '/tracing/trace?colour=blue'
refused "a parameter that comes twice" 400 EINVAL '/tracing?limit=1&limit=2'
refused "a parameter of another verb" 400 EINVAL -X PUT -d 1 '/tracing/tracing_on?limit=1'
refused "an unknown member" 400 EINVAL -d '{"name":"x","colour":"blue"}' /tracing/instances
refused "no name" 400 EINVAL -d '{}' /tracing/instances
refused "no JSON" 400 EINVAL -d 'name=x' /tracing/instances
refused "a name with a slash" 400 EINVAL -d '{"name":"a/b"}' /tracing/instances
refused "a name that is too long" 400 ENAMETOOLONG -d "{\"name\":\"$(printf 'x%.0s' {1..256})\"}" /tracing/instances
refused "a value that a switch does not have" 400 EINVAL -X PUT -d maybe /tracing/instances/mine/tracing_on
refused "an event that is not there" 400 EINVAL -d 'no_such:event' /tracing/instances/mine/set_event
refused "a form that there is not" 400 EINVAL '/tracing/tracing_on?format=dat'
status "an Accept that nothing fits" 406 -H 'Accept: image/png' /tracing/tracing_on

for path in '/tracing/%00' '/tracing%2Ftrace' '/tracing/..' '/tracing/../healthz' '/tracing/.' '//tracing' '/tracing//trace' \
    '/tracing/%2e%2e/healthz' '/tracing/%zz' '/tracing/%ff'; do
    refused "a path that cheats: $path" 400 EINVAL "$path"
done

status "HEAD is GET without the body" 200 -I /tracing/tracing_on
length=$(header content-length)
equal "nothing comes behind the headers" "" "$(tr -d '\r' <<<"$BODY" | sed '1,/^$/d')"
request /tracing/tracing_on
equal "and its length is GET's" "$((${#BODY} + 1))" "$length"
for case in '/tracing/tracing_on GET, HEAD, PUT, POST, OPTIONS' '/tracing/trace_pipe GET, HEAD, OPTIONS' \
    '/tracing GET, HEAD, OPTIONS' '/tracing/instances GET, HEAD, POST, OPTIONS' \
    '/tracing/instances/mine GET, HEAD, DELETE, OPTIONS' '/healthz GET, HEAD, OPTIONS'; do
    path=${case%% *}
    request -X OPTIONS "$path"
    equal "OPTIONS of $path: 204" 204 "$STATUS"
    equal "and what it can do" "${case#* }" "$(header allow)"
done
refused "another verb: 405" 405 EOPNOTSUPP -X DELETE /tracing/tracing_on
equal "with what it can do" "GET, HEAD, PUT, POST, OPTIONS" "$(header allow)"
status "PUT on a directory: 405" 405 -X PUT -d 1 /tracing
status "an unknown method: 405" 405 -X BREW /tracing/tracing_on

request /tracing/tracing_on
tag=$(header etag)
like "an attribute has an entity tag" '^"j[0-9a-f]+"$' "$tag"
status "asked with it: 304" 304 -H "If-None-Match: $tag" /tracing/tracing_on
equal "without a body" "" "$BODY"
status "a write on that condition" 200 -X PUT -d 0 -H "If-Match: $tag" /tracing/tracing_on
status "and on one that no longer holds: 412" 412 -X PUT -d 1 -H "If-Match: $tag" /tracing/tracing_on
request '/tracing/tracing_on?raw'
equal "has not written" 0 "$BODY"
status "the old tag is no longer answered with 304" 200 -H "If-None-Match: $tag" /tracing/tracing_on
like "forms vary" 'Accept' "$(header vary)"
equal "nothing is to be guessed" nosniff "$(header x-content-type-options)"
stop_daemon
