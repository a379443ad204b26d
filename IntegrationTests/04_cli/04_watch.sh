# jitfs watch: a line for each change, of a file and of a directory.
. "$(dirname "$0")/../daemon.sh"
start_daemon --threads 2 --limit watched_entries=3
export JITFS_URL=$URL
watch() { # OPTION…: in the background, into $WORK/stream
    : >"$WORK/stream"
    "$JITFS" watch "$@" >"$WORK/stream" 2>"$WORK/stream.err" &
    WATCHER=$!
    ends_with_script "$WATCHER"
    until_true 10 streamed '^{'
}
streamed() { grep -q "$1" "$WORK/stream"; }

output=$(timeout 20 "$JITFS" watch --timeout 0 /tracing/tracing_on)
equal "a file shows its value" '{"path":"/tracing/tracing_on","type":"file","mode":"0640","value":true}' "$output"
watch --count 2 /tracing/tracing_on
"$JITFS" write /tracing/tracing_on 0
await_exit "$WATCHER" 5
equal "and the next one; --count ends it" 2 "$(grep -c '"value":' "$WORK/stream")"
"$JITFS" write /tracing/tracing_on 1

watch /tracing/instances
make_instance mine
check "a directory tells what comes" until_true 5 streamed '"added":\[{"name":"mine","type":"directory","mode":"0750"}\],"removed":\[\]'
"$JITFS" rm /tracing/instances/mine
check "and what goes" until_true 5 streamed '"added":\[\],"removed":\["mine"\]'
for i in 1 2 3 4; do make_instance "i$i"; done
await_exit "$WATCHER" 5
like "one that has become too large ends it, and says why" "^jitfs: /tracing/instances: EFBIG: " "$(cat "$WORK/stream.err")"
output=$(timeout 20 "$JITFS" watch /tracing/instances 2>&1)
equal "and is refused then: exit status 1" 1 $?
like "in the same words" "^jitfs: /tracing/instances: EFBIG: " "$output"
watch /tracing/instances/i1
"$JITFS" rm /tracing/instances/i1
check "what is removed ends it" await_exit "$WATCHER" 5
