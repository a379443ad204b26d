#!/bin/bash
# What a Linux 6.18 kernel did, step by step, asked over HTTP: every recorded case (replay.py says how).
# bound: 300
. "$(dirname "$0")/../daemon.sh"

start_daemon --import-events "$CATALOGUE" --import-events "$ROOT/Tests/Resources/jit.events"
timeout 280 python3 "$(dirname "$0")/replay.py" --url "$URL/tracing" >"$WORK/replay" 2>&1
STATUS=$?
equal "the replay ends well" 0 "$STATUS"
AREAS=0
while read -r area passed failed _; do
    AREAS=$((AREAS + 1))
    if [ "$failed" = 0 ]; then ok "$area: $passed cases"; else not_ok "$area: $failed of $((passed + failed)) cases fail"; fi
done < <(grep -E '^[a-z_-]+ +[0-9]+ +[0-9]+ +[0-9]+$' "$WORK/replay")
equal "there are all areas" 27 "$AREAS"
like "most cases were asked" '^(59[0-9]|6[0-9][0-9]) passed, 0 failed, [0-9]+ skipped$' "$(tail -1 "$WORK/replay")"
[ "$NOT_OK" = 0 ] || sed 's/^/# /' "$WORK/replay"
stop_daemon
equal "and the daemon stops cleanly" 0 "$STATUS"
