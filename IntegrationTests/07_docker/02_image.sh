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

# What a clean checkout has; in the host's network, for a daemon may have none of its own.
git clone -q . "$WORK/checkout"
if ! docker build -q --network host -f docker/Dockerfile -t jitfs-test "$WORK/checkout" >"$WORK/docker" 2>&1; then
    not_ok "the image is built" "$(tail -5 "$WORK/docker")"
    exit 1
fi
ok "the image is built"
bytes=$(docker image inspect -f '{{.Size}}' jitfs-test)
check "it is not larger than 100 MiB ($((bytes >> 10)) KiB)" test "$bytes" -le $((100 << 20))

container=$(docker run -d --rm --network host --read-only --cap-drop ALL --health-interval 1s jitfs-test \
    --listen 127.0.0.1:0 --threads 2)
is_listening() { docker logs "$container" 2>&1 | grep -q '^listening on'; }
check "it listens" until_true 20 is_listening
pid=$(docker inspect -f '{{.State.Pid}}' "$container")
kilobytes=$(resident "$pid")
check "it takes not more than 14 MiB ($kilobytes KiB)" test "$kilobytes" -le $((14 << 10))
unlike "it is not root" '^Uid:.0' "$(grep ^Uid: "/proc/$pid/status")"
url=$(docker logs "$container" 2>&1 | sed -n 's/^listening on //p')
equal "jitfs is in it" ready "$(docker exec -e JITFS_URL="$url" "$container" jitfs cat /healthz)"
start=$(milliseconds)
docker stop -t 20 "$container" >"$WORK/docker" 2>&1
check "SIGTERM stops it, though it is process 1" test $(($(milliseconds) - start)) -lt 10000
docker image rm jitfs-test >"$WORK/docker" 2>&1
