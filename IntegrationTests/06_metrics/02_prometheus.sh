# A Prometheus scrapes the daemon in both formats, and answers queries about it.
. "$(dirname "$0")/../daemon.sh"
. "$(dirname "$0")/prometheus.sh"
install_prometheus || exit 1
start_daemon --threads 2
make_traffic

cat >"$WORK/prometheus.yml" <<END
global: {scrape_interval: 500ms, scrape_timeout: 500ms}
scrape_configs:
  - job_name: openmetrics
    static_configs: [{targets: ['127.0.0.1:$PORT']}]
  - job_name: text
    params: {format: [prometheus]}
    static_configs: [{targets: ['127.0.0.1:$PORT']}]
END

# It takes no port 0 and tells none: one that is free now, and another where somebody was faster.
for attempt in 1 2 3; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
    prometheus --config.file="$WORK/prometheus.yml" --storage.tsdb.path="$WORK/data" \
        --web.listen-address="127.0.0.1:$port" >"$WORK/prometheus" 2>&1 &
    prometheus=$!
    ends_with_script $prometheus
    is_ready() { "${CURL[@]}" -f "http://127.0.0.1:$port/-/ready" || is_gone $prometheus; }
    until_true 30 is_ready
    is_gone $prometheus || break
done
check "Prometheus starts" "${CURL[@]}" -f "http://127.0.0.1:$port/-/ready"

# The value of a query with one answer: query EXPRESSION
query() {
    "${CURL[@]}" -G --data-urlencode "query=$1" "http://127.0.0.1:$port/api/v1/query" |
        sed -n 's/.*"result":\[{.*"value":\[[0-9.]*,"\([^"]*\)"\]}\]}}$/\1/p'
}
is_scraped() { [ "$(query 'count(jitfs_build_info)')" = 2 ] && [ "$(query 'min(up)')" = 1 ]; }
check "both targets are up" until_true 20 is_scraped
targets=$("${CURL[@]}" "http://127.0.0.1:$port/api/v1/targets")
unlike "and none had an error" '"lastError":"[^"]' "$targets"

for job in openmetrics text; do
    equal "$job: the version" 1 "$(query "jitfs_build_info{job=\"$job\",version!=\"\"}")"
    equal "$job: the instance" 1 "$(query "jitfs_trace_instances{job=\"$job\"}")"
    equal "$job: a counter" 1 "$(query "jitfs_rejections_total{job=\"$job\",reason=\"host\"}")"
    equal "$job: a bucket" 1 "$(query "jitfs_http_request_duration_seconds_bucket{job=\"$job\",kind=\"sink\",le=\"10.0\"}")"
    equal "$job: the target keeps its instance" '' "$(query "count({job=\"$job\",exported_instance!=\"\"})")"
    like "$job: the process" '^[0-9.e+]+$' "$(query "process_resident_memory_bytes{job=\"$job\"}")"
done
equal "both have the same series" "$(query 'count({job="text"})')" "$(query 'count({job="openmetrics"})')"
like "a quantile comes out of the histogram" '^[0-9.e-]+$' \
    "$(query 'histogram_quantile(0.9, sum by (le) (jitfs_http_request_duration_seconds_bucket{job="text"}))')"
metadata=$("${CURL[@]}" "http://127.0.0.1:$port/api/v1/metadata?metric=jitfs_trace_buffers_bytes")
like "and the help is known" '"help":"Memory that ring buffers may take' "$metadata"

kill $prometheus
await_exit $prometheus
equal "Prometheus ends" 0 "$STATUS"
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
