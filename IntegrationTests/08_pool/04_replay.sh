# jitfs record and jitfs replay: a pool's traffic goes into a file, and through models of other pools.
. "$(dirname "$0")/../daemon.sh"
start_daemon --threads 2 --no-default-pool --pool swap:disksize=16M --pool other:disksize=16M
export JITFS_URL=$URL
POOL=/pool/swap
FILE=$WORK/swap.recording

page() { seq "$1" $(($1 + 2000)) | head -c 4096 >"$WORK/page"; }
recorders() { "$JITFS" ls /tracing/instances; }
record() { # OPTION…: in the background; waits until it listens
    "$JITFS" record --pool swap "$@" 2>"$WORK/recorded" &
    RECORDER=$!
    ends_with_script "$RECORDER"
    is_recording() { request '/tracing/events/ramzswap/page_discard/format' && instance=$(recorders) && [ -n "$instance" ] &&
        request "/tracing/instances/${instance%/}/trace_pipe?timeout=0" && [ "$STATUS" = 409 ]; }
    until_true 10 is_recording
}
number() { # NAME: of the first model in the report
    grep -o "\"$1\":[0-9]*" <<<"$REPORT" | head -1 | tr -dc 0-9
}

record -o "$FILE"
for i in 1 2 3 4 5 6 7 8 9 10; do page "$i" && request -T "$WORK/page" "$POOL/pages/$i"; done
head -c 4096 /dev/zero | request -T - "$POOL/pages/11"
head -c 4096 /dev/urandom >"$WORK/random"
request -T "$WORK/random" "$POOL/pages/12"
for i in 1 2 3 12; do request -o /dev/null "$POOL/pages/$i"; done
request -X DELETE "$POOL/pages/10"
# What is not this pool's is not recorded.
request -T "$WORK/page" /pool/other/pages/1
request "$POOL/mm_stat"
MM_STAT=$BODY
stat_of() { sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" <<<"$MM_STAT"; }
kill -INT "$RECORDER"
await_exit "$RECORDER" 10
equal "a recorder ends with Ctrl-C: exit status 0" 0 "$STATUS"
equal "and says what it did" "jitfs: 17 operations of swap recorded, 0 events lost" "$(cat "$WORK/recorded")"
equal "its instance is gone" "" "$(recorders)"
like "the file says what it is" '"pool":"swap","clock":"mono"' "$(head -c 200 "$FILE" | tr -d '\0')"

REPORT=$("$JITFS" replay --json --allocator all --policy clock,half "$FILE")
equal "it is replayed: exit status 0" 0 $?
like "whole" '"complete":true,"operations":17,.*"gaps":0,"lost":0,"pages":12,"pages_stored":11,' "$REPORT"
like "puts" '"put":\{"count":12,"mean_ns":[0-9]+\.[0-9],"p50_ns":[1-9]' "$REPORT"
like "gets" '"get":\{"count":4,' "$REPORT"
like "discards" '"discard":\{"count":1,' "$REPORT"
like "zeros and what does not compress" '"same":1,"huge":1,' "$REPORT"
equal "six models" 6 "$(grep -o '"allocator"' <<<"$REPORT" | wc -l)"
like "half sends the page out that does not compress" '"policy":"half",.*"spills":1,' "$REPORT"
like "of which the first is ours, without a limit" '"models":\[\{"allocator":"stacks","policy":"clock","mem_limit":null,' "$REPORT"
equal "the model of stacks holds what the pool holds" "$(stat_of mem_used_total)" "$(number held_bytes)"
equal "of as many compressed bytes" "$(stat_of compr_data_size)" "$(number ideal_bytes)"
check "the report is JSON" python3 -c 'import json,sys; json.loads(sys.argv[1])' "$REPORT"
like "a table has a row for each" '^stacks +clock +none ' "$("$JITFS" replay --allocator stacks,zsmalloc "$FILE")"
equal "from standard input, the same" "$REPORT" "$("$JITFS" replay --json --allocator all --policy half,clock - <"$FILE")"
unlike "no progress is shown where nobody looks" '%' "$("$JITFS" replay --json "$FILE" 2>&1 >/dev/null)"

record --count 3 -o - >"$WORK/three"
for i in 1 2 3 4 5; do request -T "$WORK/random" "$POOL/pages/$i"; done
await_exit "$RECORDER" 10
equal "--count ends it: exit status 0" 0 "$STATUS"
like "on standard output, as many as were asked for" '"operations":3,' "$("$JITFS" replay --json "$WORK/three")"
equal "its instance is gone" "" "$(recorders)"

record -o "$WORK/terminated"
kill -TERM "$RECORDER"
await_exit "$RECORDER" 10
equal "SIGTERM ends it as well" 0 "$STATUS"
equal "and nothing is left behind" "" "$(recorders)"
like "a recording of nothing is one" '"complete":true,"operations":0,' "$("$JITFS" replay --json "$WORK/terminated")"

refused() { # NAME STATUS REGEX COMMAND…
    local name=$1 expected=$2 pattern=$3 output
    shift 3
    output=$(timeout 20 "$@" 2>&1)
    equal "$name: exit status $expected" "$expected" $?
    like "$name: says why" "$pattern" "$output"
}
refused "a pool that is not there" 1 '^jitfs: /pool/none/disksize: ENOENT: ' "$JITFS" record --pool none -o "$WORK/none"
refused "a file that cannot be made" 1 '^jitfs: .*: ENOENT: ' "$JITFS" record --pool swap -o "$WORK/no/where"
equal "nothing is made for either" "" "$(recorders)"
refused "no pool" 64 'pool' "$JITFS" record
refused "a count of none" 64 'count' "$JITFS" record --pool swap --count 0
refused "no recording" 1 '^jitfs: .*random: EINVAL: it is no recording' "$JITFS" replay "$WORK/random"
refused "a file that is not there" 1 '^jitfs: .*: ENOENT: ' "$JITFS" replay "$WORK/nothing"
refused "an allocator that nobody knows" 64 'stacks, xvmalloc, zsmalloc' "$JITFS" replay --allocator slab "$FILE"
refused "a policy that nobody knows" 64 'clock, lru, fifo, half' "$JITFS" replay --policy all,lru "$FILE"
refused "a limit that is no size" 64 'mem-limit' "$JITFS" replay --mem-limit 1Q "$FILE"
size=$(stat -c %s "$FILE")
head -c $((size - 1)) "$FILE" >"$WORK/short"
refused "a recording that was cut short" 0 'cut short: its last whole block ends at byte [0-9]+$' "$JITFS" replay "$WORK/short"
like "is not complete" '"complete":false,"operations":17,' "$("$JITFS" replay --json "$WORK/short" 2>/dev/null)"
cp "$FILE" "$WORK/altered"
# Whatever stands there, another byte.
byte=$(od -An -tu1 -j $((size - 60)) -N 1 "$FILE")
printf "\\$(printf %03o $((byte ^ 255)))" | dd of="$WORK/altered" bs=1 seek=$((size - 60)) conv=notrunc status=none
refused "one that was altered" 1 'EINVAL: it is damaged at byte [0-9]+: ' "$JITFS" replay "$WORK/altered"

record -o "$WORK/killed"
request -T "$WORK/random" "$POOL/pages/1"
is_written() { [ "$("$JITFS" replay --json "$WORK/killed" 2>/dev/null | grep -c '"operations":1,')" = 1 ]; }
check "what came is in the file a moment later" until_true 10 is_written
kill -KILL "$RECORDER"
await_exit "$RECORDER" 5
like "and stays there when the recorder is killed" '"complete":false,"operations":1,' "$("$JITFS" replay --json "$WORK/killed" 2>/dev/null)"
"$JITFS" rm "/tracing/instances/$(recorders | tr -d /)"

# A recorder that does not read, a small buffer, and then more than fits.
record -o "$WORK/lost"
kill -STOP "$RECORDER"
instance=$(recorders)
request -X PUT -d 8 "/tracing/instances/${instance%/}/buffer_size_kb"
is_unread() { request "/tracing/instances/${instance%/}/trace_pipe?timeout=0" && [ "$STATUS" != 409 ]; }
until_true 10 is_unread
"${CURL[@]}" -T "$WORK/random" "$URL$POOL/pages/[0-999]"
kill -CONT "$RECORDER"
kill -INT "$RECORDER"
await_exit "$RECORDER" 15
REPORT=$("$JITFS" replay --json "$WORK/lost")
check "events that were lost are marked" test "$(number lost)" -gt 0
equal "and counted: none is missing" 1000 "$(($(number operations) + $(number lost)))"
like "the recorder says so" "recorded, $(number lost) events lost at [0-9]+ places$" "$(cat "$WORK/recorded")"
like "and so does a table" "^$(number lost) events were lost, at" "$("$JITFS" replay "$WORK/lost")"

record -o "$WORK/orphan"
request -T "$WORK/random" "$POOL/pages/1"
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
await_exit "$RECORDER" 15
equal "its recorder has nobody to ask: exit status 1" 1 "$STATUS"
like "and says so" '^jitfs: .*: ECONN' "$(cat "$WORK/recorded")"
like "what it recorded is whole" '"complete":true,"operations":1,' "$("$JITFS" replay --json "$WORK/orphan")"
