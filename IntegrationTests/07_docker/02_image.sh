# The image is built and run as README says. Wants a docker daemon that has the two base images, or can fetch them.
# bound: 1800
. "$(dirname "$0")/../daemon.sh"
cd "$ROOT"
if ! timeout 10 docker info >"$WORK/docker" 2>&1; then
    skip "the image" "skipped: no docker daemon"
    exit
fi
for base in $(sed -n 's/^FROM \([^ ]*\).*/\1/p' docker/Dockerfile); do
    docker image inspect "$base" >"$WORK/docker" 2>&1 || timeout 60 docker pull -q "$base" >"$WORK/docker" 2>&1 || {
        skip "the image" "skipped: no docker image $base"
        exit
    }
done

# As a clean checkout; in the host's network, for docker may have none of its own.
git clone -q . "$WORK/checkout"
if ! docker build -q --network host -f docker/Dockerfile -t jitfs-test "$WORK/checkout" >"$WORK/docker" 2>&1; then
    not_ok "the image is built" "$(tail -5 "$WORK/docker")"
    exit 1
fi
ok "the image is built"
bytes=$(docker image inspect -f '{{.Size}}' jitfs-test)
check "it is not larger than 100 MiB ($((bytes >> 10)) KiB)" test "$bytes" -le $((100 << 20))

# With no network it has a loopback of its own: what it does by itself can be looked at wherever docker runs.
container=$(docker run -d --rm --network none --read-only --cap-drop ALL --health-interval 1s jitfs-test)
health() { docker inspect -f '{{.State.Health.Status}}' "$container"; }
is_healthy() { [ "$(health)" = healthy ]; }
until_true 30 is_healthy
equal "jitfs in it says that it is healthy" healthy "$(health)"
pid=$(docker inspect -f '{{.State.Pid}}' "$container")
kilobytes=$(resident "$pid")
check "it takes not more than 14 MiB ($kilobytes KiB)" test "$kilobytes" -le $((14 << 10))
unlike "it is not root" '^Uid:.0' "$(grep ^Uid: "/proc/$pid/status")"
docker exec "$container" jitfs mkdir /tracing/instances/mine
equal "jitfs works in it" mine/ "$(docker exec "$container" jitfs ls /tracing/instances)"
check "it has the catalogue" docker exec "$container" test -s /usr/share/jitfs/linux-6.18.events.zst
docker logs -f "$container" >"$WORK/log" 2>&1 &
logs=$!
ends_with_script "$logs"
docker stop -t 20 "$container" >"$WORK/docker" 2>&1
await_exit "$logs" 5
like "SIGTERM stops it clean, though it is process 1" '^jitfsd: stopping$' "$(cat "$WORK/log")"
docker image rm jitfs-test >"$WORK/docker" 2>&1
