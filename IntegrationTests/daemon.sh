# Sourced by every script below: a daemon of its own, bounded waits, and one line for each thing that was looked at.
#
#   start_daemon [OPTION…]     starts $JITFSD on a free port; sets PID, URL, PORT; its output is in $WORK/out and $WORK/err
#   stop_daemon [SIGNAL]       ends it; sets STATUS
#   run_daemon OPTION…         runs one that is expected not to start; sets STATUS, OUT, ERR
#   request [CURL-OPTION…] TARGET   asks $URL; sets STATUS, BODY and HEADERS (lower-case names)
#   equal NAME EXPECTED ACTUAL, like NAME REGEX TEXT, unlike NAME REGEX TEXT, check NAME COMMAND…   one case each
#   skip NAME WHY
#   until_true SECONDS COMMAND…     looks every 20 ms, gives up after so long
#
# What is started in the background is given to `ends_with_script PID`; the script's end ends it, by its id.

set -u
: "${JITFSD:?run it through run.sh, or set JITFSD}" "${JITFS:?run it through run.sh, or set JITFS}"
unset JITFS_URL JITFS_TOKEN http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CATALOGUE=$ROOT/Tests/Resources/linux-6.18.events.zst
WORK=$(mktemp -d)
NOT_OK=0
CHILDREN=()
PID=

ends_with_script() { CHILDREN+=("$1"); }

at_end() {
    local status=$? child
    for child in "${CHILDREN[@]}"; do kill -KILL "$child" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$WORK"
    [ "$status" -eq 0 ] && [ "$NOT_OK" -gt 0 ] && status=1
    exit "$status"
}
trap at_end EXIT

ok() { echo "ok - $1"; }
not_ok() {
    NOT_OK=$((NOT_OK + 1))
    echo "not ok - $1"
    shift
    printf '%s\n' "$@" | cut -c1-400 | sed 's/^/#   /'
}
skip() { echo "ok - $1 # skip $2"; }
equal() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "expected: $2" "actual:   $3"; fi; }
like() { if grep -qE -- "$2" <<<"$3"; then ok "$1"; else not_ok "$1" "no $2 in:" "$3"; fi; }
unlike() { if grep -qE -- "$2" <<<"$3"; then not_ok "$1" "$2 is in:" "$3"; else ok "$1"; fi; }
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then ok "$name"; else not_ok "$name" "failed: $*" "$output"; fi
}

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

until_true() {
    local end=$(($(milliseconds) + $1 * 1000))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(milliseconds)" -lt "$end" ] || return 1
        sleep 0.02
    done
}

is_gone() { ! kill -0 "$1" 2>/dev/null; }

# Waits for a child of this shell; sets STATUS, "late" where it does not end (and then it is killed).
await_exit() {
    if until_true "${2:-10}" is_gone "$1"; then
        wait "$1" 2>/dev/null
        STATUS=$?
    else
        kill -KILL "$1" 2>/dev/null
        wait "$1" 2>/dev/null
        STATUS=late
    fi
}

# A daemon with exactly these options; waits for its listening lines.
start_exactly() {
    # The child empties them when it gets there: what the last one said must not be taken for this one's.
    : >"$WORK/out"
    : >"$WORK/err"
    "$JITFSD" "$@" >"$WORK/out" 2>"$WORK/err" &
    PID=$!
    ends_with_script "$PID"
    is_up() { grep -q '^listening on' "$WORK/out" || is_gone "$PID"; }
    until_true 30 is_up
    if is_gone "$PID" || ! grep -q '^listening on' "$WORK/out"; then
        not_ok "the daemon starts with: $*" "$(cat "$WORK/out" "$WORK/err")"
        exit 1
    fi
    URL=$(sed -n 's/^listening on \(http.*\)/\1/p' "$WORK/out" | head -1)
    PORT=${URL##*:}
}
start_daemon() { start_exactly --listen 127.0.0.1:0 "$@"; }

stop_daemon() {
    kill "-${1:-TERM}" "$PID"
    await_exit "$PID" 15
}

run_daemon() {
    timeout -k 1 20 "$JITFSD" "$@" >"$WORK/out" 2>"$WORK/err"
    STATUS=$?
    OUT=$(cat "$WORK/out")
    ERR=$(cat "$WORK/err")
}

CURL=(curl -q --noproxy '*' --silent --show-error --max-time 20 --path-as-is)

request() {
    local target=${!#}
    set -- "${@:1:$#-1}"
    STATUS=$("${CURL[@]}" -D "$WORK/headers" -o "$WORK/body" -w '%{http_code}' "$@" "$URL$target" 2>"$WORK/curl")
    BODY=$(tr '\0' '?' 2>/dev/null <"$WORK/body")
    HEADERS=$(tr -d '\r' <"$WORK/headers" | sed 's/^[^:]*:/\L&/')
    : >"$WORK/body"
}
# The same, as one case: status NAME STATUS [CURL-OPTION…] TARGET
status() {
    local name=$1 expected=$2
    shift 2
    request "$@"
    if [ "$STATUS" = "$expected" ]; then ok "$name"; else
        not_ok "$name" "expected $expected, got $STATUS for: $*" "$BODY" "$(cat "$WORK/curl")"
    fi
}
header() { sed -n "s/^$1: *//p" <<<"$HEADERS" | head -1; }

json() { request -X "$1" -H 'Content-Type: application/json' -d "$2" "$3"; }
make_instance() {
    request -d "{\"name\":\"$1\"}" /tracing/instances
    [ "$STATUS" = 201 ] || not_ok "an instance $1 is made" "$STATUS" "$BODY"
}

# Bytes that the process has in memory, in KiB.
resident() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status"; }
