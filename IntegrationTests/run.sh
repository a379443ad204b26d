#!/usr/bin/env bash
# Runs the integration tests: all, or those that are named.
#
#   IntegrationTests/run.sh                          all
#   IntegrationTests/run.sh 02_curl                  those of a topic
#   IntegrationTests/run.sh 02_curl/03_errors.sh     one
#
# It wants two built programs; JITFSD and JITFS say which, else those of .build/debug are taken.
# Each script prints "ok - …" and "not ok - …"; the last line is "N passed, N failed", the exit status 1 if any failed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
export JITFSD=${JITFSD:-$root/.build/debug/jitfsd} JITFS=${JITFS:-$root/.build/debug/jitfs}
for program in "$JITFSD" "$JITFS"; do
    [ -x "$program" ] || { echo "run.sh: $program is not there; swift build makes it" >&2; exit 64; }
done

scripts=()
[ $# -gt 0 ] || set -- ''
for name in "$@"; do
    name=${name#"$here/"}
    name=${name#IntegrationTests/}
    if [ -f "$here/$name" ]; then
        scripts+=("$here/$name")
    else
        found=("$here/${name:-*}"/[0-9][0-9]_*.sh)
        [ -n "$name" ] || found=("$here"/[0-9][0-9]_*/[0-9][0-9]_*.sh)
        [ -f "${found[0]}" ] || { echo "run.sh: there is no test $name" >&2; exit 64; }
        scripts+=("${found[@]}")
    fi
done

passed=0
failed=0
for script in "${scripts[@]}"; do
    echo "# ${script#"$here/"}"
    output=$(mktemp)
    # A script has bounded waits; this bounds what they forgot. "# bound: SECONDS" says that one needs longer.
    bound=$(sed -n 's/^# bound: \([0-9]*\)$/\1/p' "$script")
    timeout -k 5 "${bound:-180}" bash "$script" </dev/null 2>&1 | grep -v --line-buffered ': line [0-9]*: *[0-9]* Killed ' | tee "$output"
    status=${PIPESTATUS[0]}
    passed=$((passed + $(grep -c '^ok - ' "$output")))
    bad=$(grep -c '^not ok - ' "$output")
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ] || [ "$status" -gt 1 ]; then
        echo "not ok - ${script#"$here/"} ends with status $status"
        bad=$((bad + 1))
    fi
    failed=$((failed + bad))
    rm -f "$output"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
