# bound: 170
# The pool as a block device, to tools that know nothing of jitfs: nbdkit's curl plugin, nbdcopy, nbdfuse, mkfs, a mount.
. "$(dirname "$0")/../daemon.sh"
"$ROOT/scripts/packages" nbdkit libnbd-bin e2fsprogs fuse3 >"$WORK/packages" 2>&1 || cat "$WORK/packages"
start_daemon --threads 2 --no-default-pool --pool disk:disksize=64M
DATA=/pool/disk/data
SIZE=67108864

read_range() { "${CURL[@]}" -r "$1" "$URL$DATA"; }
count() { # COLUMN: a number of mm_stat
    request '/pool/disk/mm_stat'
    sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" <<<"$BODY"
}

request --head $DATA
equal "HEAD gives the size" "200 $SIZE" "$STATUS $(header content-length)"
equal "and that ranges are taken" bytes "$(header accept-ranges)"
status "a range" 206 -r 100-4195 $DATA
equal "is what was asked for" "bytes 100-4195/$SIZE" "$(header content-range)"
check "what was never written is zeros" cmp -n 4096 <(read_range 100-4195) /dev/zero
request -r $((SIZE - 10))-$((SIZE + 5)) $DATA
equal "an end that is too large is brought back" "bytes $((SIZE - 10))-$((SIZE - 1))/$SIZE" "$(header content-range)"
status "a range past the end: 416" 416 -r $SIZE- $DATA
equal "which says the size" "bytes */$SIZE" "$(header content-range)"
status "several ranges: 416" 416 -r 0-1,4-5 $DATA

seq 100000 | head -c 10000 >"$WORK/text"
status "bytes across three pages are written" 204 -X PUT -H "Content-Range: bytes 5000-15000/-1" -T "$WORK/text" $DATA
check "and read" cmp <(read_range 5000-14999) "$WORK/text"
check "what stands beside them is zeros" cmp -n 904 <(read_range 4096-4999) /dev/zero
request '/pool/disk/pages?raw'
equal "in three pages" "1 2 3" "$(echo $BODY)"
status "they are chunked, too" 204 -X PUT -H "Content-Range: bytes 5100-5199/*" -H 'Transfer-Encoding: chunked' --data-binary 'x' $DATA
equal "one byte is changed" "x" "$(read_range 5100-5100)"
status "a write past the end: 416" 416 -X PUT -H "Content-Range: bytes $((SIZE - 100))-$SIZE/*" -T "$WORK/text" $DATA
status "part of a range is discarded" 204 -X DELETE -r 5000-8191 $DATA
check "it reads as zeros" cmp -n 4096 <(read_range 4096-8191) /dev/zero
request '/pool/disk/pages?raw'
equal "and a page of zeros is none" "2 3" "$(echo $BODY)"
head -c 8192 /dev/zero >"$WORK/zeros"
status "zeros that are written" 204 -X PUT -H "Content-Range: bytes 8192-16383/*" -T "$WORK/zeros" $DATA
equal "free their pages" 0 "$(count orig_data_size)"

# Bodies that are far longer than what may be collected are taken as they come.
request -d '{"name":"long","disksize":"256M"}' /pool
before=$(resident "$PID")
head -c 100M /dev/zero >"$WORK/hundred"
status "100 MiB of zeros are written at once" 204 -X PUT -T "$WORK/hundred" /pool/long/data
status "and in chunks, from the middle of a page" 204 -X PUT -H 'Content-Range: bytes 1000-104858599/*' \
    -H 'Transfer-Encoding: chunked' -T "$WORK/hundred" /pool/long/data
highest=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$PID/status")
check "in $((highest - before)) KiB of memory" test $((highest - before)) -lt 8192
yes 'not zeros' | head -c 20M >"$WORK/twenty"
status "20 MiB that are not zeros are written" 204 -X PUT -H 'Expect:' \
    -H 'Content-Range: bytes 1234567-22206086/*' -T "$WORK/twenty" /pool/long/data
check "and read" cmp <("${CURL[@]}" -r 1234567-22206086 "$URL/pool/long/data") "$WORK/twenty"
rm "$WORK/hundred"
status "20 MiB past the end are refused before they are sent: 416" 416 -X PUT -H 'Expect: 100-continue' \
    -H 'Content-Range: bytes 268435400-999999999/*' -T "$WORK/twenty" /pool/long/data
equal "with nothing of them sent" 0 "$("${CURL[@]}" -o "$WORK/body" -w '%{size_upload}' -X PUT -H 'Expect: 100-continue' \
    -H 'Content-Range: bytes 268435400-999999999/*' -T "$WORK/twenty" "$URL/pool/long/data")"
request -X PUT -d 1M /pool/long/mem_limit
head -c 20M /dev/urandom >"$WORK/noise"
status "a limit that is reached in the middle is told: 507" 507 -X PUT -T "$WORK/noise" /pool/long/data
like "with its errno" ENOSPC "$BODY"
request -X DELETE /pool/long

# Its ends are one too large and its size -1, and it writes zeros as bytes, up to 64 MiB at once.
nbdkit -f -U "$WORK/nbd" curl "$URL$DATA" >"$WORK/nbdkit" 2>&1 &
ends_with_script $!
until_true 10 test -S "$WORK/nbd"
nbd="nbd+unix:///?socket=$WORK/nbd"
equal "nbdkit finds the size" "$SIZE" "$(nbdinfo --size "$nbd" 2>&1)"

truncate -s $SIZE "$WORK/image"
mkfs.ext4 -q -F "$WORK/image"
started=$SECONDS
check "an image is copied in" timeout 60 nbdcopy "$WORK/image" "$nbd"
check "without waiting for 100 Continue" test $((SECONDS - started)) -lt 30
check "and out" timeout 60 nbdcopy "$nbd" "$WORK/copy"
check "it is the same" cmp "$WORK/image" "$WORK/copy"
stored=$(count orig_data_size)
check "the zeros in it cost nothing" test "$stored" -lt $((SIZE / 8))
check "the whole device comes with one GET" cmp <("${CURL[@]}" "$URL$DATA") "$WORK/image"
check "a file system check finds nothing" e2fsck -fn "$WORK/copy"

if [ -c /dev/fuse ] && mkdir "$WORK/mnt" && touch "$WORK/device"; then
    nbdfuse "$WORK/device" "$nbd" >"$WORK/nbdfuse" 2>&1 &
    fuse=$!
    ends_with_script $fuse
    is_mounted() { [ "$(stat -c %s "$WORK/device")" = $SIZE ]; }
    if until_true 10 is_mounted; then
        check "a file system is made on it" timeout 60 mkfs.ext4 -q -F "$WORK/device"
        check "and checked" timeout 60 e2fsck -fn "$WORK/device"
        check "the pool holds little of it" test "$(count mem_used_total)" -lt 2000000
        if [ "$(id -u)" = 0 ] && loop=$(losetup -f --show "$WORK/device" 2>/dev/null); then
            if mount "$loop" "$WORK/mnt" 2>/dev/null; then
                check "a file is written through a mount" timeout 60 cp "$WORK/text" "$WORK/mnt/text"
                umount "$WORK/mnt"
                mount "$loop" "$WORK/mnt" && check "and is there again" cmp "$WORK/text" "$WORK/mnt/text"
                umount "$WORK/mnt"
            else
                skip "a mount" "no loop device can be mounted here"
            fi
            losetup -d "$loop"
            check "and the file system is sound" timeout 60 e2fsck -fn "$WORK/device"
        else
            skip "a mount" "there is no loop device here"
        fi
        fusermount3 -u "$WORK/device"
    else
        skip "a file system on the device" "nbdfuse cannot mount here: $(head -1 "$WORK/nbdfuse")"
    fi
else
    skip "a file system on the device" "there is no /dev/fuse here"
fi
request '/pool/disk/io_stat'
like "nothing failed" '"failed_reads":0,"failed_writes":0,"invalid_io":0' "$BODY"
status "the pool goes" 204 -X DELETE /pool/disk
stop_daemon
equal "the daemon ends with exit status 0" 0 "$STATUS"
