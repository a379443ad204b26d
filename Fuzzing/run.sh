#!/bin/bash
# Builds the fuzz targets and runs each for a while, from the seeds beside this script.
#
#   Fuzzing/run.sh [--seconds N] [--seed N] [TARGET…]
#
# Seconds are 60 for each target; all of them without a name. The seed is 0, a random one, unless it is told: CI repeats itself, so that a
# commit fails by what it changed. What libFuzzer finds worth keeping stays in Fuzzing/.build/corpus/TARGET; an input that
# fails is written to Fuzzing/.build/failures, and the script fails at the end: FUZZ_TARGET=TARGET Fuzzing/.build/release/jitfs-fuzz FILE
# runs it again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
seconds=60 seed=0
while [ $# -gt 0 ]; do
    case $1 in
    --seconds) seconds=${2:?N is missing} ;;
    --seed) seed=${2:?N is missing} ;;
    *) break ;;
    esac
    shift 2
done
swift build -c release --package-path "$here" --sanitize=fuzzer --sanitize=address \
    -Xswiftc -sanitize-coverage=edge,indirect-calls,trace-cmp,inline-8bit-counters,pc-table
fuzzer=$here/.build/release/jitfs-fuzz
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(ls "$here/Seeds")
failures=$here/.build/failures
rm -rf "$failures"
mkdir -p "$failures"
failed=()

# A crash is told by libFuzzer and the sanitizer; the runtime's own backtrace takes minutes.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
run() {
    mkdir -p "$here/.build/corpus/$1"
    FUZZ_TARGET=$1 timeout --kill-after=10 $((seconds + 120)) "$fuzzer" -max_total_time="$seconds" -seed="$seed" -timeout=20 -rss_limit_mb=2048 \
        -max_len=8192 -close_fd_mask=0 -print_final_stats=1 -artifact_prefix="$failures/$1-" \
        "$here/.build/corpus/$1" "$here/Seeds/$1" >"$failures/$1.log" 2>&1
}
# Two at a time: a target is one thread.
jobs=$(nproc)
pids=()
names=()
wait_first() {
    if wait "${pids[0]}"; then
        echo "${names[0]}: $(sed -n 's/^stat::number_of_executed_units: *//p' "$failures/${names[0]}.log") inputs"
    else
        echo "${names[0]}: FAILED"
        tail -n 40 "$failures/${names[0]}.log"
        failed+=("${names[0]}")
    fi
    pids=("${pids[@]:1}")
    names=("${names[@]:1}")
}
for target in "${targets[@]}"; do
    [ ${#pids[@]} -lt "$jobs" ] || wait_first
    run "$target" &
    pids+=($!)
    names+=("$target")
done
while [ ${#pids[@]} -gt 0 ]; do wait_first; done
[ ${#failed[@]} -eq 0 ] || { echo "failed: ${failed[*]}"; exit 1; }
