# Every command of jitfs that ends by itself, against a daemon.
. "$(dirname "$0")/../daemon.sh"
start_daemon --import-events "$CATALOGUE" --threads 2
export JITFS_URL=$URL

run() { # sets STATUS, OUT, ERR
    OUT=$(timeout 20 "$JITFS" "$@" 2>"$WORK/err.cli" </dev/null)
    STATUS=$?
    ERR=$(cat "$WORK/err.cli")
}
runs() { # NAME EXPECTED-OUTPUT ARGUMENT…
    local name=$1 expected=$2
    shift 2
    run "$@"
    if [ "$STATUS" = 0 ] && [ "$OUT" = "$expected" ] && [ -z "$ERR" ]; then ok "$name"; else
        not_ok "$name" "status $STATUS for: jitfs $*" "expected: $expected" "actual: $OUT" "$ERR"
    fi
}
fails() { # NAME STATUS ERROR-REGEX ARGUMENT…
    local name=$1 expected=$2 regex=$3
    shift 3
    run "$@"
    if [ "$STATUS" = "$expected" ] && grep -qE -- "$regex" <<<"$ERR" && [ -z "$OUT" ]; then ok "$name"; else
        not_ok "$name" "expected $expected and $regex, got $STATUS for: jitfs $*" "$ERR" "$OUT"
    fi
}

runs "ls lists names" $'batch\ndebug/\nhealthz\nmetrics\nopenapi.yaml\npool/\nproc/\nsys/\ntracing/' ls /
run ls -l /tracing
like "ls -l tells type and mode" '^d 0750 instances/$' "$OUT"
like "of files too" '^- 0[0-7]{3} tracing_on$' "$OUT"
runs "ls of a file is the file" /tracing/tracing_on ls /tracing/tracing_on
runs "also with -l" "- 0640 /tracing/tracing_on" ls -l /tracing/tracing_on
fails "ls of nothing" 1 '^jitfs: /tracing/nothing: ENOENT: ' ls /tracing/nothing
fails "ls of a file, taken for a directory" 1 '^jitfs: /tracing/tracing_on/: ENOTDIR: ' ls /tracing/tracing_on/

runs "mkdir makes an instance" '' mkdir /tracing/instances/mine
fails "once" 1 '^jitfs: /tracing/instances/mine: EEXIST: ' mkdir /tracing/instances/mine
fails "where instances are made" 1 '^jitfs: /tracing/mine: EOPNOTSUPP: ' mkdir /tracing/mine
fails "and not at the root" 1 '^jitfs: /: EEXIST: ' mkdir /
mine=/tracing/instances/mine
runs "cat shows what the kernel's file would" 1 cat $mine/tracing_on
runs "cat --json shows the value" "{\"path\":\"$mine/tracing_on\",\"type\":\"file\",\"mode\":\"0640\",\"value\":true}" cat --json $mine/tracing_on
runs "write writes" '' write $mine/tracing_on 0
runs "and it is written" 0 cat $mine/tracing_on
echo 1 | "$JITFS" write $mine/tracing_on
runs "write takes standard input" 1 cat $mine/tracing_on
echo 0 | "$JITFS" write $mine/tracing_on -
runs "- is standard input too" 0 cat $mine/tracing_on
"$JITFS" write $mine/tracing_on 1
fails "what is refused is told" 1 "^jitfs: $mine/tracing_on: EINVAL: .+" write $mine/tracing_on maybe
fails "what cannot be written, too" 1 "^jitfs: $mine/trace_pipe: EOPNOTSUPP: " write $mine/trace_pipe x
fails "and what is not there" 1 "^jitfs: $mine/nothing: ENOENT: " write $mine/nothing x

runs "append appends" '' append $mine/set_event sched:sched_switch
runs "and appends" '' append $mine/set_event sched:sched_waking
runs "both are there" $'sched:sched_switch\nsched:sched_waking' cat $mine/set_event
runs "write replaces" '' write $mine/set_event sched:sched_wakeup
runs "what was there" sched:sched_wakeup cat $mine/set_event
runs "an empty input truncates" '' write $mine/set_event -
runs "to nothing" '' cat $mine/set_event
runs "a text with a dash stands behind --" '' append /tracing/dynamic_events 'u:shop/sold u64 id'
runs "as the removal of an event does" '' append /tracing/dynamic_events -- -:shop/sold
runs "append writes a marker" '' append $mine/trace_marker 'hello, world'
run cat $mine/trace
like "which bears the command's name" '^ +jitfs-[0-9]+ .*: tracing_mark_write: hello, world$' "$OUT"
run cat --json $mine/trace
like "also as JSON" '"comm":"jitfs","event":"ftrace/print"' "$OUT"
run cat /openapi.yaml
like "cat shows documents in their own form" '^openapi: 3' "$OUT"
run cat /tracing/events/sched/sched_switch/format
like "and formats as the kernel does" '^name: sched_switch$' "$OUT"

run find $mine
like "find lists everything below, a path a line" "^$mine/events/sched/sched_switch/enable\$" "$OUT"
like "directories with a / behind them" "^$mine/events/sched/\$" "$OUT"
found=$(wc -l <<<"$OUT")
run find --json $mine
like "find --json gives objects" "^\{\"path\":\"$mine/per_cpu\",\"type\":\"directory\",\"mode\":\"0750\"\}\$" "$OUT"
equal "as many" "$found" "$(wc -l <<<"$OUT")"
fails "find in a file" 1 '^jitfs: /tracing/tracing_on: E[A-Z]+: ' find /tracing/tracing_on

for i in $(seq 1200); do printf 'u:many/e%04d u64 id\n' "$i"; done >"$WORK/many"
check "many events are registered" "$JITFS" append /tracing/dynamic_events - <"$WORK/many"
run ls /tracing/events/many
equal "ls goes through all the pages of a large directory" 1202 "$(wc -l <<<"$OUT")"
equal "and shows nothing twice" 1202 "$(sort -u <<<"$OUT" | wc -l)"

odd='/tracing/instances/a b%2F?#ü&"'
runs "mkdir of an odd name" '' mkdir "$odd"
run ls /tracing/instances
check "ls shows it as it is" grep -qxF 'a b%2F?#ü&"/' <<<"$OUT"
runs "cat finds it" 1 cat "$odd/tracing_on"
runs "rm removes it" '' rm "$odd"
fails "and it is gone" 1 'ENOENT: ' cat "$odd/tracing_on"
fails "a complaint is one line, whatever the name" 1 '^jitfs: /a\?b: ENOENT: there is no /a\?b$' cat $'/a\nb'
runs "rm removes an instance" '' rm $mine
fails "once" 1 "^jitfs: $mine: ENOENT: " rm $mine
fails "a file of an instance stays" 1 '^jitfs: /tracing/tracing_on: EOPNOTSUPP: ' rm /tracing/tracing_on

fails "a path begins with /" 1 '^jitfs: tracing: EINVAL: ' ls tracing
fails "and has no .." 1 '^jitfs: /tracing/\.\./healthz: EINVAL: ' cat /tracing/../healthz
fails "no command that there is" 64 'Usage: ' cart /tracing
fails "no path" 64 "Missing expected argument '<path>'" cat
fails "no option that there is" 64 "Unknown option '--colour'" cat --colour /tracing
fails "no server's address" 64 'http://HOST:PORT' ls --url ftp://localhost /
fails "an address with a query" 64 'http://HOST:PORT' ls --url 'http://localhost/?x' /
fails "a token that no header can carry" 64 'printable ASCII' ls --token $'x\r\nX: y' /
fails "nobody there" 1 '^jitfs: /: ECONNREFUSED: .*127\.0\.0\.1:1$' ls --url http://127.0.0.1:1 /
for name in ls cat write append mkdir rm find pipe; do
    like "--help tells of $name" "^ +$name +[A-Z]" "$("$JITFS" --help)"
    check "$name has a help of its own" "$JITFS" "$name" --help
done
like "--version is a number" '^[0-9]+\.[0-9]+\.[0-9]+$' "$("$JITFS" --version)"
timeout 20 "$JITFS" cat /openapi.yaml >/dev/full 2>"$WORK/full"
equal "what cannot be put out is told: exit status 1" 1 $?
like "with the reason" '^jitfs: standard output: ENOSPC: ' "$(cat "$WORK/full")"

export http_proxy=http://127.0.0.1:1 HTTP_PROXY=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1
runs "a proxy is not asked for loopback" 1 cat /tracing/tracing_on
unset http_proxy HTTP_PROXY all_proxy
stop_daemon

printf 'read %s\nwrite %s\n' "$(printf r | sha256sum | cut -c1-64)" "$(printf w | sha256sum | cut -c1-64)" >"$WORK/tokens"
start_daemon --token-file "$WORK/tokens"
export JITFS_URL=$URL/
fails "without a token" 1 '^jitfs: /tracing/tracing_on: EACCES: ' cat /tracing/tracing_on
JITFS_TOKEN=r runs "JITFS_TOKEN is one" 1 cat /tracing/tracing_on
JITFS_TOKEN=r fails "for reading" 1 'EACCES: ' write /tracing/tracing_on 0
JITFS_TOKEN=r runs "--token comes before it" '' write --token w /tracing/tracing_on 0
stop_daemon
