# Sourced by the scripts beside it: a Prometheus to look at the metrics with, and promtool.

# Installs the package, unless it is there. Nothing is started by that: what a script needs it starts itself.
install_prometheus() {
    command -v prometheus >/dev/null && command -v promtool >/dev/null && return
    local policy=/usr/sbin/policy-rc.d root=()
    [ "$(id -u)" = 0 ] || root=(sudo)
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null && "${root[@]}" chmod 755 "$policy"
    else
        policy=
    fi
    { "${root[@]}" apt-get update -q &&
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends prometheus; } \
        >"$WORK/apt" 2>&1 || not_ok "Prometheus is installed" "$(tail -3 "$WORK/apt")"
    [ -z "$policy" ] || "${root[@]}" rm -f "$policy"
    command -v prometheus >/dev/null
}

# Things to be told of: requests of each kind, a refusal, an event that is enabled.
make_traffic() {
    make_instance mine
    request /tracing/tracing_on
    request -X PUT -d 1 /tracing/instances/mine/events/jitfs/enable
    request /tracing/instances/mine/trace
    request '/tracing/instances/mine/trace_pipe?timeout=0'
    request -d hello /tracing/instances/mine/trace_marker
    request -H 'Host: evil.example' /
    request /nothing
}
