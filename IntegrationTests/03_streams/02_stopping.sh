# A daemon with many streams open stops like any other.
. "$(dirname "$0")/../daemon.sh"
start_daemon
readers=()
for i in $(seq 50); do
    make_instance "i$i"
    "${CURL[@]}" -N --max-time 60 "$URL/tracing/instances/i$i/trace_pipe" >"$WORK/stream$i" 2>/dev/null &
    readers+=($!)
    ends_with_script $!
done
all_read() {
    for i in $(seq 50); do
        request "/tracing/instances/i$i/trace_pipe?timeout=0"
        [ "$STATUS" = 409 ] || return 1
    done
}
check "fifty streams are open" until_true 20 all_read
start=$(milliseconds)
stop_daemon TERM
took=$(($(milliseconds) - start))
equal "SIGTERM ends it with exit status 0" 0 "$STATUS"
check "within seconds ($took ms)" test $took -lt 4000
whole=0
for reader in "${readers[@]}"; do
    await_exit "$reader" 5
    [ "$STATUS" = 0 ] && whole=$((whole + 1))
done
equal "and every stream had its proper end" 50 $whole
