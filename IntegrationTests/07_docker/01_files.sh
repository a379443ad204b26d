# The files that stand beside the image parse, fit together, and name nothing that is not in /metrics. Needs no docker.
. "$(dirname "$0")/../daemon.sh"
. "$(dirname "$0")/../06_metrics/prometheus.sh"
install_prometheus || exit 1
check "python reads YAML" "$ROOT/scripts/packages" python3-yaml
docker=$ROOT/docker
dashboard=$docker/grafana/jitfs.json
names() { python3 "$ROOT/IntegrationTests/07_docker/names.py" "$@" 2>&1; }

equal "compose.yaml and what it mounts fit together" '' "$(names files "$docker")"
check "prometheus.yml is a configuration" promtool check config "$docker/prometheus.yml"
names rules "$dashboard" >"$WORK/rules.yml"
check "the dashboard's queries are queries" promtool check rules "$WORK/rules.yml"
like "all of them" ' [1-9][0-9]+ rules found' "$(promtool check rules "$WORK/rules.yml" 2>&1)"

start_daemon --threads 2
make_traffic
"${CURL[@]}" "$URL/metrics?format=prometheus" >"$WORK/metrics"
equal "their names and labels are in /metrics" '' "$(names metrics "$dashboard" "$WORK/metrics")"
stop_daemon
