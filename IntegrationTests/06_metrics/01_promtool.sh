# What promtool says to the metrics: nothing.
. "$(dirname "$0")/../daemon.sh"
. "$(dirname "$0")/prometheus.sh"
install_prometheus || exit 1
start_daemon --threads 2
make_traffic

lint() { # NAME FILE
    OUT=$(promtool check metrics <"$2" 2>&1)
    equal "$1: nothing to say" "0 " "$? $OUT"
}
scrape() { "${CURL[@]}" "$@" >"$WORK/metrics"; }

scrape "$URL/metrics?format=prometheus"
lint "promtool on the text" "$WORK/metrics"
like "the requests are there" '^jitfs_http_request_duration_seconds_count\{kind="attribute",verb="write"\} 1$' "$(cat "$WORK/metrics")"
like "a Host that is not ours is counted" '^jitfs_rejections_total\{reason="host"\} 1$' "$(cat "$WORK/metrics")"
like "and its status" '^jitfs_http_responses_total\{code="403"\} 1$' "$(cat "$WORK/metrics")"

# promtool reads text alone, so the lines that only OpenMetrics has, or names otherwise, are put back.
scrape "$URL/metrics?format=openmetrics"
equal "OpenMetrics ends in # EOF" '# EOF' "$(tail -1 "$WORK/metrics")"
sed -E -e '/^# (UNIT|EOF)/d' -e 's/^# TYPE (\S+) counter$/# TYPE \1_total counter/' \
    -e 's/^# TYPE (\S+) info$/# TYPE \1_info gauge/' "$WORK/metrics" >"$WORK/text"
sed -n -E 's/^# TYPE (\S+)_(total|info) .*/\1 \1_\2/p' "$WORK/text" | while read -r short long; do
    sed -i "s/^# HELP $short /# HELP $long /" "$WORK/text"
done
lint "promtool on OpenMetrics, said as text" "$WORK/text"

request /metrics
equal "who says nothing gets text" 'text/plain; version=0.0.4; charset=utf-8' "$(header content-type)"
request -H 'Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1' /metrics
equal "Prometheus gets OpenMetrics" 'application/openmetrics-text; version=1.0.0; charset=utf-8' "$(header content-type)"
request -H 'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' /metrics
equal "a browser gets text" 'text/plain; version=0.0.4; charset=utf-8' "$(header content-type)"
status "who wants JSON gets 406" 406 -H 'Accept: application/json' /metrics
status "HEAD is answered" 200 -I /metrics
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
