# The real /proc and /sys, and a directory of one's own, under /host.
. "$(dirname "$0")/../daemon.sh"

mkdir -p "$WORK/tree/sub" "$WORK/outside"
echo inside >"$WORK/tree/sub/file"
echo secret >"$WORK/outside/file"
ln -s sub/file "$WORK/tree/good"
ln -s ../outside/file "$WORK/tree/out"
ln -s /etc "$WORK/tree/etc"
mkfifo "$WORK/tree/fifo"
mkdir -p "$WORK/writable"
echo old >"$WORK/writable/file"

# ---------------------------------------------------------------------------------------------- what is refused

run_daemon --listen 127.0.0.1:0 --host proc=/proc
equal "on TCP without tokens it is refused with status 64" 64 "$STATUS"
like "and says what is missing" '--host proc on TCP needs --token-file' "$ERR"
for bad in proc =/proc a/b=/proc ..=/proc proc= ; do
    run_daemon --unix "$WORK/s" --host "$bad"
    equal "--host $bad is refused with status 64" 64 "$STATUS"
done
run_daemon --unix "$WORK/s" --host "none=$WORK/none"
equal "a directory that is not there is status 1" 1 "$STATUS"
run_daemon --unix "$WORK/s" --host own=/proc/self
equal "the directory of a process is status 1" 1 "$STATUS"
like "with a reason" 'one process' "$ERR"

# ---------------------------------------------------------------------------------------------- /proc and /sys

start_daemon --insecure --threads 1 --host proc=/proc --host sys=/sys --host "tree=$WORK/tree" --host "mine=$WORK/writable:rw"
request /host
equal "the trees are listed" 'mine/ proc/ sys/ tree/' "$(request '/host?raw'; xargs <<<"$BODY")"
request '/?recursive&format=text'
equal "they are not entered from above" "/host/" "$(grep '^/host' <<<"$BODY")"
request '/host/proc/version?raw'
equal "a file of /proc is what it is" "$(cat /proc/version)" "$BODY"
request /host/proc/sys/kernel/ostype
equal "and a value in JSON" '{"path":"/host/proc/sys/kernel/ostype","type":"file","mode":"0444","value":"Linux"}' "$BODY"
tag=$(header etag)
status "with an entity tag" 304 -H "If-None-Match: $tag" /host/proc/sys/kernel/ostype
for name in self thread-self "$PID" $(ls "/proc/$PID/task"); do
    status "the service is not in it: $name" 404 "/host/proc/$name/status"
done
request "/host/proc?raw"
equal "nor in the listing" "" "$(grep -xE "(self|thread-self|$PID)/?" <<<"$BODY")"
like "others are" "^$$/" "$BODY"
status "a magic link is ELOOP" 400 "/host/proc/$$/root/etc/passwd"
like "by its name" '"errno":"ELOOP"' "$BODY"
status "what is everybody's is there" 200 /host/proc/net/dev
status "the mounts too" 200 /host/proc/mounts
request "/host/sys/class/net/lo/mtu?raw"
equal "links within /sys are followed" "$(cat /sys/class/net/lo/mtu)" "$BODY"
request /host/sys/class/net/lo/mtu
like "and the path is the real one" '"path":"/host/sys/devices/' "$BODY"
status "a tree is read-only: PUT" 405 -X PUT -d 1 /host/proc/sys/kernel/ostype
like "with EROFS" '"errno":"EROFS"' "$BODY"
equal "and Allow says so" "GET, HEAD, OPTIONS" "$(header allow)"
status "the same for POST on a directory" 405 -d '{"name":"x"}' /host/tree
status "and for DELETE" 405 -X DELETE /host/tree/sub/file
status "there is no watching" 400 '/host/proc/uptime?watch'
until_true 5 test "$(find "/proc/$PID/fd" -lname '/proc/*' | wc -l)" -le 2
equal "no file stays open" "" "$(find "/proc/$PID/fd" -lname '/proc/?*' -o -lname "$WORK/tree/?*" | head -1)"

# ---------------------------------------------------------------------------------------------- confinement

request '/host/tree/good?raw'
equal "a link within is followed" inside "$BODY"
for name in out etc etc/passwd; do
    status "a link out is EXDEV: $name" 400 "/host/tree/$name"
    like "by its name" '"errno":"EXDEV"' "$BODY"
done
status "a fifo is not opened" 403 /host/tree/fifo
for path in '/host/tree/../outside/file' '/host/tree/%2e%2e/outside/file' '/host/tree/sub%2Ffile' '/host/tree//sub' '/host/tree/./sub'; do
    status "a path that cheats is refused: $path" 400 "$path"
done
request /host/tree
like "a listing shows a link as such" '"name":"good","type":"symlink","mode":"0777","target":"sub/file"' "$BODY"
head -c 3000000 /dev/urandom >"$WORK/tree/large"
"${CURL[@]}" -o "$WORK/got" "$URL/host/tree/large?format=bytes"
check "a large file comes whole" cmp -s "$WORK/got" "$WORK/tree/large"
request -I /host/tree/large?raw
equal "and its length is known before" 3000000 "$(header content-length)"

# ---------------------------------------------------------------------------------------------- writing

request -X PUT --data-binary 'new
' /host/mine/file
equal "a file is written where that was asked for" new "$(cat "$WORK/writable/file")"
request --data-binary 'more
' /host/mine/file
equal "and appended to" "new more" "$(xargs <"$WORK/writable/file")"
status "PUT makes no file" 404 -X PUT -d x /host/mine/other
status "a directory is made" 201 -d '{"name":"dir"}' /host/mine
equal "where it was asked for" /host/mine/dir "$(header location)"
check "it is there" test -d "$WORK/writable/dir"
status "twice is EEXIST" 409 -d '{"name":"dir"}' /host/mine
touch "$WORK/writable/dir/file"
status "a full one is not removed" 409 -X DELETE /host/mine/dir
status "a file is" 204 -X DELETE /host/mine/dir/file
status "and then the directory" 204 -X DELETE /host/mine/dir
ln -s ../outside/file "$WORK/writable/out"
status "nothing is written through a link out" 400 -X PUT -d x /host/mine/out
status "DELETE takes the link itself" 204 -X DELETE /host/mine/out
equal "and nothing else" secret "$(cat "$WORK/outside/file")"
stop_daemon
equal "it stops clean" 0 "$STATUS"

# ---------------------------------------------------------------------------------------------- roles

hash() { printf %s "$1" | sha256sum | cut -c1-64; }
mkdir "$WORK/writable/open" "$WORK/writable/closed"
echo hidden >"$WORK/writable/closed/file"
ln -s ../closed/file "$WORK/writable/open/link"
printf 'write %s /host/mine/open\nread %s\nread %s /host/tree/good\n' "$(hash here)" "$(hash all)" "$(hash link)" >"$WORK/tokens"
start_daemon --token-file "$WORK/tokens" --host "mine=$WORK/writable:rw" --host proc=/proc --host "tree=$WORK/tree"
status "in a tree that is only read a link gives no role where it leads" 403 -H 'Authorization: Bearer link' /host/tree/good
status "where who may read everywhere reads it" 200 -H 'Authorization: Bearer all' /host/tree/good
like "under its real path" '"path":"/host/tree/sub/file"' "$BODY"
status "through a link the role is checked on the real path" 403 -H 'Authorization: Bearer here' /host/mine/open/link
status "who may read there reads it" 200 -H 'Authorization: Bearer all' /host/mine/open/link
status "the link itself goes by its own path" 403 -X DELETE -H 'Authorization: Bearer all' /host/mine/open/link
status "for who may write there" 204 -X DELETE -H 'Authorization: Bearer here' /host/mine/open/link
equal "where it led to stays" hidden "$(cat "$WORK/writable/closed/file")"
status "a stream needs the role write" 403 -H 'Authorization: Bearer all' /host/proc/kmsg
stop_daemon
